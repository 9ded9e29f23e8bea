package sms

// Info is what a text would be on the air, as given and without its accents.
type Info struct {
	Coding             string `json:"coding"`   // "gsm7" or "ucs2"
	Units              int    `json:"units"`    // septets, or UTF-16 units
	Segments           int    `json:"segments"` // of the text as given
	Unaccented         string `json:"unaccented"`
	UnaccentedSegments int    `json:"unaccented_segments"` // always GSM 03.38
}

// Inspect measures text with 8-bit headers. It changes and refuses nothing:
// more than MaxParts segments are counted all the same.
func Inspect(text string) Info {
	c, plain := Detect(text), Unaccent(text)
	return Info{
		Coding:             c.String(),
		Units:              Units(text, c),
		Segments:           Segments(text, c),
		Unaccented:         plain,
		UnaccentedSegments: Segments(plain, GSM7),
	}
}
