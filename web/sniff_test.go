package web

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// boxes is the beginning of an ISO base media file with the brands.
func boxes(next string, brands ...string) []byte {
	var out bytes.Buffer
	size := uint32(12 + 4*len(brands))
	binary.Write(&out, binary.BigEndian, size)
	out.WriteString("ftyp" + brands[0] + "\x00\x00\x02\x00")
	for _, b := range brands[1:] {
		out.WriteString(b)
	}
	for out.Len() < int(size) {
		out.WriteString(brands[0])
	}
	binary.Write(&out, binary.BigEndian, uint32(8))
	out.WriteString(next)
	return out.Bytes()
}

// frames are n frames of MPEG audio of the header.
func frames(head uint32, n int) []byte {
	one := make([]byte, mpegLength(head))
	binary.BigEndian.PutUint32(one, head)
	return bytes.Repeat(one, n)
}

func TestWhatPhonesRecordIsKnownByItsBytes(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"iPhone film":             {boxes("wide", "qt  ", "qt  "), "video/quicktime"},
		"Android 3GP":             {boxes("moov", "3gp4", "isom", "3gp4"), "video/3gpp"},
		"Android film":            {boxes("mdat", "isom", "isom", "iso2"), "video/mp4"},
		"film with mp42":          {boxes("mdat", "mp42", "isom", "mp42"), "video/mp4"},
		"iPhone sound":            {boxes("free", "M4A ", "M4A "), "audio/mp4"},
		"iPhone voice note":       {boxes("free", "M4A ", "M4A ", "mp42", "isom"), "audio/mp4"},
		"MP3, 44.1 kHz, 128 kbit": {frames(0xFFFB9000, 4), "audio/mpeg"},
		"MP3, 16 kHz, 24 kbit":    {frames(0xFFF33800, 5), "audio/mpeg"},
		"MP3, 8 kHz, 16 kbit":     {frames(0xFFE32800, 5), "audio/mpeg"},
		"MP3 with a tag":          {append([]byte("ID3\x03\x00\x00\x00\x00\x00\x00"), frames(0xFFFB9000, 1)...), "audio/mpeg"},
		"unknown brand":           {boxes("mdat", "crx ", "crx "), "application/octet-stream"},
		"HEIC":                    {boxes("meta", "heic", "mif1"), "application/octet-stream"},
		"brands and no film":      {boxes("evil", "qt  ", "qt  "), "application/octet-stream"},
		"brands alone":            {boxes("wide", "qt  ", "qt  ")[:20], "application/octet-stream"},
		"box without end":         {append([]byte{0xFF, 0xFF, 0xFF, 0xFC}, boxes("wide", "qt  ")[4:]...), "application/octet-stream"},
		"one frame by chance":     {append(frames(0xFFFB9000, 1), make([]byte, 4000)...), "application/octet-stream"},
		"frames cut off":          {frames(0xFFFB9000, 4)[:1400], "application/octet-stream"},
		"sync and nothing":        {[]byte{0xFF, 0xFB}, "text/plain"},
		"UTF-16":                  {[]byte{0xFF, 0xFE, 'a', 0}, "text/plain"},
		"program":                 {append([]byte("MZ"), make([]byte, 100)...), "application/octet-stream"},
	} {
		if got := mediaType(c.body); got != c.want {
			t.Errorf("%s is %s, expected %s", name, got, c.want)
		}
	}
	if got := mpegLength(0xFFFB9000); got != 417 {
		t.Errorf("a frame of 128 kbit at 44.1 kHz has %d octets", got)
	}
}

func FuzzMediaType(f *testing.F) {
	f.Add(boxes("wide", "qt  "))
	f.Add(frames(0xFFFB9200, 3))
	f.Fuzz(func(t *testing.T, body []byte) { mediaType(body) })
}
