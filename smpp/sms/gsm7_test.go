package sms

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// goldenAlphabet is GSM 03.38 §6.2.1 written a second time, by rows of sixteen,
// with code points where letters look alike. '\x1b' marks the escape.
const goldenAlphabet = "@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\r\u00C5\u00E5" +
	"\u0394_\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\x1b\u00C6\u00E6\u00DF\u00C9" +
	" !\"#\u00A4%&'()*+,-./" +
	"0123456789:;<=>?" +
	"\u00A1ABCDEFGHIJKLMNO" +
	"PQRSTUVWXYZ\u00C4\u00D6\u00D1\u00DC\u00A7" +
	"\u00BFabcdefghijklmno" +
	"pqrstuvwxyz\u00E4\u00F6\u00F1\u00FC\u00E0"

// goldenExtension is the extension table in the order of its septets.
const (
	goldenExtension       = "\f^{}\\[~]|\u20AC"
	goldenExtensionSeptet = "\x0A\x14\x28\x29\x2F\x3C\x3D\x3E\x40\x65"
)

func TestTheDefaultAlphabetIsThatOfTheStandard(t *testing.T) {
	golden := []rune(goldenAlphabet)
	if len(golden) != 128 {
		t.Fatalf("golden table has %d runes", len(golden))
	}
	for code, r := range golden {
		if code == escape {
			continue
		}
		if got := EncodeGSM7(string(r)); string(got) != string([]byte{byte(code)}) {
			t.Errorf("EncodeGSM7(%q) = % x, want %02x", r, got, code)
		}
		if got := DecodeGSM7([]byte{byte(code)}); got != string(r) {
			t.Errorf("DecodeGSM7(%02x) = %q, want %q", code, got, r)
		}
	}
}

func TestTheExtensionTableIsThatOfTheStandard(t *testing.T) {
	for i, r := range []rune(goldenExtension) {
		want := string([]byte{escape, goldenExtensionSeptet[i]})
		if got := EncodeGSM7(string(r)); string(got) != want {
			t.Errorf("EncodeGSM7(%q) = % x, want % x", r, got, want)
		}
		if got := DecodeGSM7([]byte(want)); got != string(r) {
			t.Errorf("DecodeGSM7(% x) = %q, want %q", want, got, r)
		}
	}
	known := 0
	for code := range 256 {
		if _, ok := fromExtension(byte(code)); ok {
			known++
		}
	}
	if known != len(goldenExtensionSeptet) {
		t.Errorf("extension table has %d characters, want %d", known, len(goldenExtensionSeptet))
	}
}

func TestNoOtherRuneFits(t *testing.T) {
	fits := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if _, ok := septet(r); ok {
			fits++
		}
	}
	if want := 127 + 10; fits != want {
		t.Errorf("%d runes have a septet, want %d", fits, want)
	}
	for _, text := range []string{"`", "ç", "à̀", "đ", "ơ", "₫", "–", "…", "’", "\u00A0", "\t", "\x1b", "\x00", "😀", "\xff", "Α"} {
		if Fits(text) {
			t.Errorf("Fits(%q)", text)
		}
	}
	for _, text := range []string{"", goldenExtension, "Ph\u00E9 duy\u00E8t", "\r\n"} {
		if !Fits(text) {
			t.Errorf("not Fits(%q)", text)
		}
	}
}

func TestWhatGSMLacksIsSentAsAQuestionMark(t *testing.T) {
	for text, want := range map[string]string{
		"đường":  "???ng",
		"a😀b":    "a?b",
		"a\xffb": "a?b",
		"`":      "?",
		"":       "",
	} {
		if got := string(EncodeGSM7(text)); got != want {
			t.Errorf("EncodeGSM7(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestDamagedSeptetsAreReplacedAndTheRestIsRead(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		"\x1b":               "\uFFFD",
		"a\x1b":              "a\uFFFD",
		"a\x1bzb":            "a\uFFFDzb",
		"\x1b\x1b\x65":       "\uFFFD€",
		"\x80a\xff":          "\uFFFDa\uFFFD",
		"\x1b\x80b":          "\uFFFD\uFFFDb",
		"\x00\x1b\x3c\x1b>!": "@[]!",
	} {
		if got := DecodeGSM7([]byte(in)); got != want {
			t.Errorf("DecodeGSM7(% x) = %q, want %q", in, got, want)
		}
	}
}

func FuzzDecodeGSM7(f *testing.F) {
	for _, seed := range []string{"", "\x1b", "\x1b\x65", "\x1b\x1b", "abc\x80", "\x00\x11\x1b\x40"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text := DecodeGSM7(b)
		if !utf8.ValidString(text) {
			t.Fatalf("DecodeGSM7(% x) is not UTF-8", b)
		}
		if strings.ContainsRune(text, utf8.RuneError) {
			return
		}
		if got := EncodeGSM7(text); string(got) != string(b) {
			t.Fatalf("% x read as %q is written % x", b, text, got)
		}
	})
}
