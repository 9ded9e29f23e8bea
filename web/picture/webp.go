package picture

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The flags of VP8X that say which metadata follow (WebP container specification).
const (
	webpEXIF = 0x08
	webpXMP  = 0x04
)

var (
	webpKept  = []string{"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"}
	frameKept = []string{"VP8 ", "VP8L", "ALPH"}
)

// riffHeader is "RIFF", the size and "WEBP".
const riffHeader = 12

// cleanWebP keeps the chunks that make the picture, in a frame of an animation too,
// and of EXIF which way is up.
func cleanWebP(file []byte) ([]byte, error) {
	if len(file) < riffHeader || string(file[:4]) != "RIFF" || string(file[8:12]) != "WEBP" {
		return nil, ErrMalformed
	}
	size := uint64(binary.LittleEndian.Uint32(file[4:])) // without "RIFF" and itself
	if size < 4 || size > uint64(len(file)-8) {
		return nil, ErrMalformed
	}
	tail, err := chunks(file[riffHeader:8+size], webpKept)
	if err != nil {
		return nil, err
	}
	out := append(bytes.Clone(file[:riffHeader]), tail.kept...)
	if !tail.pixels {
		return nil, ErrMalformed
	}
	tiff := upright(tail.turned)
	if tail.extended { // a simple file has no metadata
		const flags = riffHeader + 8
		out[flags] &^= webpEXIF | webpXMP
		if tiff != nil {
			out[flags] |= webpEXIF
			out = appendRIFF(out, "EXIF", tiff)
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// walked is what a walk over chunks found.
type walked struct {
	kept     []byte
	turned   byte // EXIF's orientation
	pixels   bool
	extended bool // VP8X comes first
}

func chunks(from []byte, names []string) (walked, error) {
	w := walked{turned: 1}
	seen := false
	for len(from) > 0 {
		if len(from) < 8 {
			return w, ErrMalformed
		}
		n := uint64(binary.LittleEndian.Uint32(from[4:]))
		if n > uint64(len(from)-8) {
			return w, ErrMalformed
		}
		name, body := string(from[:4]), from[8:8+n]
		from = from[min(8+n+n&1, uint64(len(from))):] // padded to an even length
		switch {
		case name == "EXIF" && !seen:
			seen = true
			w.turned = orientation(bytes.TrimPrefix(body, []byte(exifHeader)))
			continue
		case !slices.Contains(names, name):
			continue
		case name == "VP8X":
			if n != 10 || len(w.kept) > 0 {
				return w, ErrMalformed
			}
			w.extended = true
		case name == "ANMF":
			const header = 16
			if n < header {
				return w, ErrMalformed
			}
			frame, err := chunks(body[header:], frameKept)
			if err != nil || !frame.pixels {
				return w, ErrMalformed
			}
			body, w.pixels = append(bytes.Clone(body[:header]), frame.kept...), true
		case name == "VP8 ", name == "VP8L":
			w.pixels = true
		}
		w.kept = appendRIFF(w.kept, name, body)
	}
	return w, nil
}

func appendRIFF(out []byte, name string, body []byte) []byte {
	out = append(out, name...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(body)))
	out = append(out, body...)
	if len(body)&1 == 1 {
		out = append(out, 0)
	}
	return out
}
