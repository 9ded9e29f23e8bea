package picture

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that make the picture and its colours (PNG third edition
// §11). Texts, times, EXIF and private chunks are not among them.
var pngKept = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "cICP", "mDCV", "cLLI", "acTL", "fcTL", "fdAT",
}

// cleanPNG keeps those chunks, and of eXIf which way is up.
func cleanPNG(file []byte) ([]byte, error) {
	if len(file) < len(pngSignature) || string(file[:len(pngSignature)]) != pngSignature {
		return nil, ErrMalformed
	}
	out := append(make([]byte, 0, len(file)), pngSignature...)
	turned, pixels := false, false
	for i, rest := 0, file[len(pngSignature):]; ; i++ {
		const around = 12 // length, name, check
		if len(rest) < around {
			return nil, ErrMalformed
		}
		n := uint64(binary.BigEndian.Uint32(rest))
		if n > uint64(len(rest)-around) {
			return nil, ErrMalformed
		}
		name, body, check := string(rest[4:8]), rest[8:8+n], binary.BigEndian.Uint32(rest[8+n:])
		pixels = pixels || name == "IDAT"
		switch {
		case (i == 0) != (name == "IHDR"), check != crc32.ChecksumIEEE(rest[4:8+n]):
			return nil, ErrMalformed
		case name == "eXIf" && !turned:
			turned = true
			if tiff := upright(orientation(body)); tiff != nil {
				out = appendChunk(out, name, tiff)
			}
		case name == "IEND" && (!pixels || n != 0):
			return nil, ErrMalformed
		case slices.Contains(pngKept, name):
			out = append(out, rest[:around+n]...)
		}
		if name == "IEND" {
			return out, nil
		}
		rest = rest[around+n:]
	}
}

func appendChunk(out []byte, name string, body []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	from := len(out)
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
}
