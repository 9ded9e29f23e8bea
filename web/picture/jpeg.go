package picture

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ITU-T T.81 table B.1).
const (
	markSOF0 = 0xC0
	markRST0 = 0xD0
	markRST7 = 0xD7
	markSOI  = 0xD8
	markEOI  = 0xD9
	markSOS  = 0xDA
	markEXP  = 0xDF
	markAPP0 = 0xE0
	markAPP1 = 0xE1
	markAPP2 = 0xE2
	markAPPE = 0xEE
)

const (
	exifHeader = "Exif\x00\x00"
	iccHeader  = "ICC_PROFILE\x00"
)

// cleanJPEG keeps the segments that decode the picture, JFIF's density, the colour
// profile and Adobe's colour transform. All else goes: EXIF, XMP, IPTC, comments,
// thumbnails, and what follows the end.
func cleanJPEG(file []byte) ([]byte, error) {
	if len(file) < 2 || file[0] != 0xFF || file[1] != markSOI {
		return nil, ErrMalformed
	}
	out := append(make([]byte, 0, len(file)), 0xFF, markSOI)
	turned, scanned := false, false
	for rest := file[2:]; ; {
		mark, body, after, ok := segment(rest)
		switch {
		case !ok:
			return nil, ErrMalformed
		case mark == markEOI && !scanned:
			return nil, ErrMalformed
		case mark == markEOI:
			return append(out, 0xFF, markEOI), nil
		case mark == markAPP1 && !turned && bytes.HasPrefix(body, []byte(exifHeader)):
			turned = true
			if tiff := upright(orientation(body[len(exifHeader):])); tiff != nil {
				out = appendSegment(out, markAPP1, append([]byte(exifHeader), tiff...))
			}
		case keptJPEG(mark, body):
			out = appendSegment(out, mark, withoutThumbnail(mark, body))
		}
		if mark == markSOS {
			scanned = true
			n := scan(after)
			out = append(out, after[:n]...)
			after = after[n:]
		}
		rest = after
	}
}

// segment cuts the next segment off; fill bytes may stand before a marker (T.81
// §B.1.1.2). Outside a scan a restart, a second start or a stray byte is no segment.
func segment(from []byte) (mark byte, body, after []byte, ok bool) {
	if len(from) < 2 || from[0] != 0xFF {
		return 0, nil, nil, false
	}
	for len(from) > 1 && from[1] == 0xFF {
		from = from[1:]
	}
	if len(from) < 2 {
		return 0, nil, nil, false
	}
	mark, from = from[1], from[2:]
	switch {
	case mark == markEOI:
		return mark, nil, from, true
	case mark < markSOF0, mark >= markRST0 && mark <= markSOI, len(from) < 2:
		return 0, nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(from)) // counts itself
	if n < 2 || n > len(from) {
		return 0, nil, nil, false
	}
	return mark, from[2:n], from[n:], true
}

func appendSegment(out []byte, mark byte, body []byte) []byte {
	out = append(out, 0xFF, mark)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}

// keptJPEG: from SOF0 to EXP everything decodes; of the applications' three do.
func keptJPEG(mark byte, body []byte) bool {
	switch mark {
	case markAPP0:
		return bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= jfifSize
	case markAPP2:
		return bytes.HasPrefix(body, []byte(iccHeader))
	case markAPPE:
		return bytes.HasPrefix(body, []byte("Adobe")) && len(body) == 12
	}
	return mark <= markEXP
}

// jfifSize is JFIF's header without the thumbnail, whose two sizes end it.
const jfifSize = 14

func withoutThumbnail(mark byte, body []byte) []byte {
	if mark != markAPP0 {
		return body
	}
	return append(bytes.Clone(body[:jfifSize-2]), 0, 0)
}

// scan is the length of the coded data: up to a marker that is no restart.
func scan(data []byte) int {
	for i := 0; i+1 < len(data); i++ {
		if data[i] == 0xFF && data[i+1] != 0 && (data[i+1] < markRST0 || data[i+1] > markRST7) {
			return i
		}
	}
	return len(data)
}
