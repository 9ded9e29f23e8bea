package web

import (
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
)

// mediaType is what a file is by its bytes: what browsers would find, and besides what
// phones make and browsers' rules (WHATWG MIME Sniffing) leave out or know only with a
// tag: QuickTime of iPhones, 3GP of older Androids, MPEG audio without ID3.
func mediaType(body []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	if kind == "video/mp4" && filmType(body) == "audio/mp4" {
		return "audio/mp4" // a voice note names the brands of films besides its own
	}
	if kind != "application/octet-stream" && kind != "text/plain" { // text: nothing forbidden in its first 512 octets
		return kind
	}
	if film := filmType(body); film != "" {
		return film
	}
	if mpegAudio(body) {
		return "audio/mpeg"
	}
	return kind
}

// filmBrands are the media types of ISO base media files (ISO 14496-12) by their major brand.
var filmBrands = map[string]string{
	"qt  ": "video/quicktime",
	"3gp4": "video/3gpp", "3gp5": "video/3gpp", "3gp6": "video/3gpp", "3gp7": "video/3gpp", "3ge6": "video/3gpp", "3gg6": "video/3gpp",
	"isom": "video/mp4", "iso2": "video/mp4", "iso4": "video/mp4", "iso5": "video/mp4", "iso6": "video/mp4", "avc1": "video/mp4", "M4V ": "video/mp4",
	"M4A ": "audio/mp4",
}

// filmBoxes may follow the box that names the brand.
var filmBoxes = []string{"moov", "mdat", "free", "skip", "wide", "moof", "uuid", "pdin", "sidx"}

// mostBrands bounds the box of the brands, in octets; real ones have 16 to 40.
const mostBrands = 256

// filmType is the media type of a film or a sound in boxes; empty: it is none. The box
// of the brands is followed by another one that such a file may have.
func filmType(body []byte) string {
	if len(body) < 16 || string(body[4:8]) != "ftyp" {
		return ""
	}
	size := int(min(binary.BigEndian.Uint32(body), mostBrands+1))
	if size < 16 || size > mostBrands || size%4 != 0 || size+8 > len(body) || !slices.Contains(filmBoxes, string(body[size+4:size+8])) {
		return ""
	}
	return filmBrands[string(body[8:12])]
}

// mpegFrames is how many frames of MPEG audio have to follow each other: a single one
// is found in many files by chance.
const mpegFrames = 4

// mpegAudio reports a file of MPEG audio layer III (ISO 11172-3, 13818-3) that begins
// with its first frame.
func mpegAudio(body []byte) bool {
	var first uint32
	for n := range mpegFrames {
		if len(body) < 4 {
			return false
		}
		head := binary.BigEndian.Uint32(body)
		length := mpegLength(head)
		const steady = 0xFFFE0C00 // sync, version, layer and rate of samples stay
		if length == 0 || n > 0 && head&steady != first&steady || length > len(body) {
			return false
		}
		first, body = head, body[length:]
	}
	return true
}

// Rates of layer III by the header's index: bits a second in thousands of MPEG 1 and of
// MPEG 2 and 2.5, samples a second of MPEG 1.
var (
	bitRates1  = [16]int{1: 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	bitRates2  = [16]int{1: 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	sampleRate = [3]int{44100, 48000, 32000}
)

// mpegLength is the length of the frame with the header, in octets; 0: it is none of
// layer III with a known rate.
func mpegLength(head uint32) int {
	version, layer, bits, samples := head>>19&3, head>>17&3, head>>12&15, head>>10&3
	if head>>21 != 0x7FF || version == 1 || layer != 1 || samples == 3 {
		return 0
	}
	rate, of, frame := bitRates2[bits], sampleRate[samples]/2, 72
	switch version {
	case 3:
		rate, of, frame = bitRates1[bits], sampleRate[samples], 144
	case 0:
		of /= 2
	}
	if rate == 0 {
		return 0
	}
	return frame*rate*1000/of + int(head>>9&1)
}
