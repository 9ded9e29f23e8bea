package picture

// The blocks of GIF89a.
const (
	gifExtension = 0x21
	gifImage     = 0x2C
	gifTrailer   = 0x3B

	gifControl     = 0xF9
	gifApplication = 0xFF
)

// cleanGIF keeps the images, how they follow each other and how often; comments,
// texts and other applications' data go.
func cleanGIF(file []byte) ([]byte, error) {
	const header = 13
	if len(file) < header || string(file[:6]) != "GIF87a" && string(file[:6]) != "GIF89a" {
		return nil, ErrMalformed
	}
	at := header + colours(file[10])
	images := false
	if at > len(file) {
		return nil, ErrMalformed
	}
	out := append(make([]byte, 0, len(file)), file[:at]...)
	for at < len(file) {
		from, keep := at, true
		switch file[at] {
		case gifTrailer:
			if !images {
				return nil, ErrMalformed
			}
			return append(out, gifTrailer), nil
		case gifImage:
			const descriptor = 10
			if len(file)-at < descriptor {
				return nil, ErrMalformed
			}
			images = true
			at += descriptor + colours(file[at+9]) + 1 // and the size of the first code
		case gifExtension:
			if len(file)-at < 2 {
				return nil, ErrMalformed
			}
			keep = file[at+1] == gifControl || file[at+1] == gifApplication && loops(file[at+2:])
			at += 2
		default:
			return nil, ErrMalformed
		}
		if at = blocks(file, at); at < 0 {
			return nil, ErrMalformed
		}
		if keep {
			out = append(out, file[from:at]...)
		}
	}
	return nil, ErrMalformed
}

// colours is the length of the table that the packed flags announce.
func colours(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// loops reports the application that says how often an animation is shown, and
// nothing else: its name, one block of three bytes, the end.
func loops(data []byte) bool {
	const name, whole = 11, 17
	if len(data) < whole || data[0] != name || data[12] != 3 || data[13] != 1 || data[16] != 0 {
		return false
	}
	application := string(data[1 : 1+name])
	return application == "NETSCAPE2.0" || application == "ANIMEXTS1.0"
}

// blocks skips sub-blocks up to the empty one; -1: the file ends first.
func blocks(file []byte, at int) int {
	for at < len(file) {
		n := int(file[at])
		at += 1 + n
		if n == 0 {
			return at
		}
	}
	return -1
}
