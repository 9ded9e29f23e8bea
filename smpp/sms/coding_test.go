package sms

import (
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestOneForeignRuneMakesTheWholeTextUCS2(t *testing.T) {
	for text, want := range map[string]Coding{
		"":                    GSM7,
		"Da tiep nhan PAKN":   GSM7,
		"100€ [gap]":          GSM7,
		"Da tiep nhan – PAKN": UCS2,
		"Đã tiếp nhận":        UCS2,
		"ok 👍":                UCS2,
		"a\u00A0b":            UCS2,
	} {
		if got := Detect(text); got != want {
			t.Errorf("Detect(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestUnitsAreWhatTheTelecomBills(t *testing.T) {
	for _, c := range []struct {
		text string
		in   Coding
		want int
	}{
		{"", GSM7, 0},
		{"", UCS2, 0},
		{"abc", GSM7, 3},
		{"€", GSM7, 2},
		{"[€]\f", GSM7, 8},
		{"đ", GSM7, 1}, // sent as '?'
		{"abc", UCS2, 3},
		{"€", UCS2, 1},
		{"đường", UCS2, 5},
		{"a\u0301", UCS2, 2}, // decomposed
		{"😀", UCS2, 2},
		{"a\xffb", UCS2, 3},
		{"é€", Latin1, 2},
		{"é", Binary, 2},
		{"é", Coding(77), 2},
	} {
		if got := Units(c.text, c.in); got != c.want {
			t.Errorf("Units(%q, %v) = %d, want %d", c.text, c.in, got, c.want)
		}
	}
}

func TestUCS2IsUTF16WithWholeSurrogatePairs(t *testing.T) {
	for text, want := range map[string]string{
		"":     "",
		"Ađ":   "\x00A\x01\x11",
		"ệ":    "\x1E\xC7",
		"😀":    "\xD8\x3D\xDE\x00",
		"\xff": "\xFF\xFD",
	} {
		if got := string(EncodeUCS2(text)); got != want {
			t.Errorf("EncodeUCS2(%q) = % x, want % x", text, got, want)
		}
	}
}

func TestDamagedUCS2IsReplacedAndTheRestIsRead(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"\x00":                     "\uFFFD",
		"\x00A\x00":                "A\uFFFD",
		"\xD8\x3D":                 "\uFFFD",
		"\xD8\x3D\x00A":            "\uFFFDA",
		"\xDE\x00\xD8\x3D":         "\uFFFD\uFFFD",
		"\xD8\x3D\xD8\x3D\xDE\x00": "\uFFFD😀",
		"\xD8\x3D\xDE":             "\uFFFD\uFFFD",
		"\x1E\xC7\xD8\x3D\xDE\x00": "ệ😀",
	} {
		if got := DecodeUCS2([]byte(in)); got != want {
			t.Errorf("DecodeUCS2(% x) = %q, want %q", in, got, want)
		}
	}
}

func TestTextSurvivesTheAir(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") // valid UTF-8
		if got := DecodeUCS2(EncodeUCS2(text)); got != text {
			t.Fatalf("UCS2: %q came back as %q", text, got)
		}
		gsm := rapid.StringOfN(rapid.RuneFrom(gsmRunes()), 0, 200, -1).Draw(t, "gsm")
		if got := DecodeGSM7(EncodeGSM7(gsm)); got != gsm {
			t.Fatalf("GSM7: %q came back as %q", gsm, got)
		}
	})
}

func TestDataCodingChoosesTheAlphabet(t *testing.T) {
	gsm, ucs2 := "\x00\x1b\x65", "\x1E\xC7"
	for _, c := range []struct {
		dataCoding byte
		in, want   string
	}{
		{0, gsm, "@€"},
		{1, "a\xe9", "a\uFFFD"},    // IA5
		{2, "a\xe9", "a\uFFFD"},    // octets
		{3, "a\xe9\xff", "aéÿ"},    // Latin 1
		{4, "a\xe9", "a\uFFFD"},    // octets
		{5, "a\xe9", "a\uFFFD"},    // JIS is not read
		{8, ucs2, "ệ"},             //
		{0x10, gsm, "@€"},          // flash
		{0x14, "a\xe9", "a\uFFFD"}, // flash, 8-bit data
		{0x18, ucs2, "ệ"},          // flash
		{0xC8, gsm, "@€"},          // message waiting
		{0xE0, ucs2, "ệ"},          // message waiting
		{0xF0, gsm, "@€"},          // message class 0
		{0xF3, gsm, "@€"},
		{0xF5, "a\xe9", "a\uFFFD"}, // message class 1, 8-bit data
	} {
		if got := Decode(c.dataCoding, []byte(c.in)); got != c.want {
			t.Errorf("Decode(%#02x, % x) = %q, want %q", c.dataCoding, c.in, got, c.want)
		}
	}
}

func TestEveryDataCodingDecodesToUTF8(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dataCoding, b := rapid.Byte().Draw(t, "data_coding"), rapid.SliceOf(rapid.Byte()).Draw(t, "octets")
		if text := Decode(dataCoding, b); !utf8.ValidString(text) {
			t.Fatalf("Decode(%#02x, % x) = %q", dataCoding, b, text)
		}
	})
}

func FuzzDecodeUCS2(f *testing.F) {
	for _, seed := range []string{"", "\x00", "\xD8\x3D", "\xDE\x00\xD8", "\xD8\x3D\xDE\x00", "\x1E\xC7"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		want := string(utf16.Decode(units))
		if len(b)%2 == 1 {
			want += "\uFFFD"
		}
		if got := DecodeUCS2(b); got != want {
			t.Fatalf("DecodeUCS2(% x) = %q, want %q", b, got, want)
		}
	})
}

func TestCodingsSayTheirNames(t *testing.T) {
	for c, want := range map[Coding]string{GSM7: "gsm7", UCS2: "ucs2", Latin1: "latin1", Binary: "binary", 9: "coding(9)"} {
		if got := c.String(); got != want {
			t.Errorf("Coding(%d) = %q, want %q", uint8(c), got, want)
		}
	}
	for how, want := range map[Concat]string{UDH8: "udh8", UDH16: "udh16", SAR: "sar", Payload: "payload", 9: "concat(9)"} {
		if got := how.String(); got != want {
			t.Errorf("Concat(%d) = %q, want %q", uint8(how), got, want)
		}
	}
}

// gsmRunes returns the 137 runes that GSM 03.38 can write.
func gsmRunes() []rune {
	var runes []rune
	for _, r := range goldenAlphabet + goldenExtension {
		if r != escape {
			runes = append(runes, r)
		}
	}
	return runes
}
