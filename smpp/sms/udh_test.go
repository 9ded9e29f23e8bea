package sms

import (
	"bytes"
	"strings"
	"testing"
)

func TestHeadersAreTakenOffTheText(t *testing.T) {
	for _, c := range []struct {
		name, in, rest string
		part           Part
		concat         bool
	}{
		{"8-bit", "\x05\x00\x03\xCD\x03\x02text", "text", Part{0xCD, 8, 2, 3}, true},
		{"16-bit", "\x06\x08\x04\xAB\xCD\x03\x02text", "text", Part{0xABCD, 16, 2, 3}, true},
		{"no text", "\x05\x00\x03\xCD\x03\x02", "", Part{0xCD, 8, 2, 3}, true},
		{"after a port element", "\x0B\x05\x04\x23\xF4\x00\x00\x00\x03\x07\x02\x01x", "x", Part{7, 8, 1, 2}, true},
		{"the last of two counts", "\x0B\x00\x03\x01\x02\x01\x08\x04\x00\x02\x02\x02x", "x", Part{2, 16, 2, 2}, true},
		{"an impossible one does not count", "\x0B\x00\x03\x01\x02\x01\x08\x04\x00\x02\x02\x03x", "x", Part{1, 8, 1, 2}, true},
		{"other element only", "\x03\x24\x01\x01x", "x", Part{}, false},
		{"part 0", "\x05\x00\x03\x01\x02\x00x", "x", Part{}, false},
		{"part beyond total", "\x05\x00\x03\x01\x02\x03x", "x", Part{}, false},
		{"total 0", "\x05\x00\x03\x01\x00\x00x", "x", Part{}, false},
		{"total 1", "\x05\x00\x03\x01\x01\x01x", "x", Part{}, false},
		{"wrong size", "\x04\x00\x02\x01\x02x", "x", Part{}, false},
		{"empty element", "\x02\x00\x00x", "x", Part{}, false},
	} {
		udh, rest, ok := ParseUDH([]byte(c.in))
		if !ok || string(rest) != c.rest {
			t.Errorf("%s: rest %q, ok %v", c.name, rest, ok)
		}
		if part, concat := udh.Concat(); part != c.part || concat != c.concat {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, part, concat, c.part, c.concat)
		}
	}
}

func TestAMalformedHeaderLeavesTheMessageRaw(t *testing.T) {
	for name, in := range map[string]string{
		"no octets":             "",
		"length 0":              "\x00text",
		"length past the end":   "\x05\x00\x03\x01\x02",
		"only a length":         "\x05",
		"element past the end":  "\x05\x00\x04\x01\x02\x01text",
		"element without size":  "\x01\x00text",
		"stray octet after one": "\x06\x00\x03\x01\x02\x01\x00text",
		"length 255":            "\xFF" + strings.Repeat("\x00", 100),
	} {
		udh, rest, ok := ParseUDH([]byte(in))
		if ok || udh != nil || string(rest) != in {
			t.Errorf("%s: header %v, rest %q, ok %v", name, udh, rest, ok)
		}
	}
}

func TestASplitTextParsesBack(t *testing.T) {
	for _, how := range []Concat{UDH8, UDH16} {
		for _, s := range mustSplit(t, strings.Repeat("ệ", 200), UCS2, how) {
			udh, rest, ok := ParseUDH(s.ShortMessage())
			part, concat := udh.Concat()
			if !ok || !concat || part.Ref != s.Ref || part.Seq != s.Seq || part.Total != s.Total || !bytes.Equal(rest, s.Data) {
				t.Errorf("%v: %+v parsed as %+v, ok %v", how, s, part, ok)
			}
		}
	}
}

func FuzzParseUDH(f *testing.F) {
	for _, seed := range []string{"", "\x00", "\x05\x00\x03\x01\x02\x01ab", "\x06\x08\x04\x01\x02\x02\x01ab", "\x05\x00\x04\x01\x02\x01", "\xFF", "\x0B\x05\x04\x23\xF4\x00\x00\x00\x03\x07\x02\x01x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		udh, rest, ok := ParseUDH(b)
		part, concat := udh.Concat()
		if concat && !part.Valid() {
			t.Fatalf("impossible part %+v", part)
		}
		if !ok {
			if !bytes.Equal(rest, b) || udh != nil {
				t.Fatalf("% x is malformed but gave %v and % x", b, udh, rest)
			}
			return
		}
		head := []byte{b[0]}
		for _, e := range udh {
			head = append(append(head, e.ID, byte(len(e.Data))), e.Data...)
		}
		if got := append(head, rest...); !bytes.Equal(got, b) {
			t.Fatalf("% x taken apart and joined is % x", b, got)
		}
	})
}
