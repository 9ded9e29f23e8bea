package sms

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPartsBreakExactlyAtTheirBoundaries(t *testing.T) {
	type count struct{ units, segments int }
	for _, c := range []struct {
		name   string
		letter string
		in     Coding
		how    Concat
		counts []count
	}{
		{"GSM-7, 8-bit header", "a", GSM7, UDH8, []count{{0, 1}, {1, 1}, {159, 1}, {160, 1}, {161, 2}, {305, 2}, {306, 2}, {307, 3}, {459, 3}, {460, 4}, {255 * 153, 255}}},
		{"GSM-7, 16-bit header", "a", GSM7, UDH16, []count{{160, 1}, {161, 2}, {304, 2}, {305, 3}, {255 * 152, 255}}},
		{"GSM-7, SAR", "a", GSM7, SAR, []count{{160, 1}, {161, 2}, {306, 2}, {307, 3}}},
		{"UCS-2, 8-bit header", "ệ", UCS2, UDH8, []count{{0, 1}, {69, 1}, {70, 1}, {71, 2}, {133, 2}, {134, 2}, {135, 3}, {201, 3}, {202, 4}, {255 * 67, 255}}},
		{"UCS-2, 16-bit header", "ệ", UCS2, UDH16, []count{{70, 1}, {71, 2}, {132, 2}, {133, 3}}},
		{"UCS-2, SAR", "ệ", UCS2, SAR, []count{{70, 1}, {71, 2}, {134, 2}, {135, 3}}},
		{"octets, 8-bit header", "a", Binary, UDH8, []count{{140, 1}, {141, 2}, {268, 2}, {269, 3}}},
		{"Latin-1, 16-bit header", "é", Latin1, UDH16, []count{{140, 1}, {141, 2}, {266, 2}, {267, 3}}},
	} {
		for _, n := range c.counts {
			t.Run(fmt.Sprintf("%s, %d", c.name, n.units), func(t *testing.T) {
				segments := mustSplit(t, strings.Repeat(c.letter, n.units), c.in, c.how)
				if len(segments) != n.segments {
					t.Fatalf("%d segments, want %d", len(segments), n.segments)
				}
			})
		}
	}
}

// A pair that would lie across the boundary moves to the next part whole, which
// may cost a part that plain division of the units does not show.
func TestAPairIsNeverDividedBetweenParts(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		in    Coding
		units []int // of each part
	}{
		{"escape pair fills the single message", strings.Repeat("a", 158) + "€", GSM7, []int{160}},
		{"escape pair overflows the single message", strings.Repeat("a", 159) + "€", GSM7, []int{153, 8}},
		{"escape pair ends the first part", strings.Repeat("a", 151) + "€" + strings.Repeat("a", 20), GSM7, []int{153, 20}},
		{"escape pair across the first boundary", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 20), GSM7, []int{152, 22}},
		{"306 septets in three parts", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), GSM7, []int{152, 153, 1}},
		{"80 euros alone", strings.Repeat("€", 80), GSM7, []int{160}},
		{"81 euros", strings.Repeat("€", 81), GSM7, []int{152, 10}},
		{"70 euros fit one message", strings.Repeat("€", 70), GSM7, []int{140}},
		{"surrogate pair fills the single message", strings.Repeat("ệ", 68) + "😀", UCS2, []int{70}},
		{"surrogate pair overflows the single message", strings.Repeat("ệ", 69) + "😀", UCS2, []int{67, 4}},
		{"surrogate pair across the first boundary", strings.Repeat("ệ", 66) + "😀" + strings.Repeat("ệ", 10), UCS2, []int{66, 12}},
		{"134 units in three parts", strings.Repeat("ệ", 66) + "😀" + strings.Repeat("ệ", 66), UCS2, []int{66, 67, 1}},
		{"35 emoji alone", strings.Repeat("😀", 35), UCS2, []int{70}},
		{"60 emoji", strings.Repeat("😀", 60), UCS2, []int{66, 54}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []int
			for _, s := range mustSplit(t, c.text, c.in, UDH8) {
				units := len(s.Data)
				if c.in == UCS2 {
					units /= 2
				}
				got = append(got, units)
				if text := Decode(byte(s.Coding), s.Data); strings.ContainsRune(text, '\uFFFD') {
					t.Errorf("part %d is damaged: %q", s.Seq, text)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.units) {
				t.Errorf("parts of %v units, want %v", got, c.units)
			}
		})
	}
}

func TestWhatStillFitsIsCountedByTheLastPart(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		in   Coding
		left int
	}{
		{"nothing yet", "", GSM7, 160},
		{"full alone", strings.Repeat("a", 160), GSM7, 0},
		{"one more: two headers", strings.Repeat("a", 161), GSM7, 145},
		{"209 septets", strings.Repeat("a", 209), GSM7, 97},
		{"two full parts", strings.Repeat("a", 306), GSM7, 0},
		{"a third part", strings.Repeat("a", 307), GSM7, 152},
		{"an escape pair fills the single message", strings.Repeat("a", 158) + "€", GSM7, 0},
		{"an escape pair moves to the second part", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 20), GSM7, 131},
		{"306 septets in three parts", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), GSM7, 152},
		{"UCS-2, full alone", strings.Repeat("ệ", 70), UCS2, 0},
		{"UCS-2, one more", strings.Repeat("ệ", 71), UCS2, 63},
		{"UCS-2, two full parts", strings.Repeat("ệ", 134), UCS2, 0},
		{"UCS-2, a surrogate pair moves to the second part", strings.Repeat("ệ", 66) + "😀" + strings.Repeat("ệ", 10), UCS2, 55},
	} {
		t.Run(c.name, func(t *testing.T) {
			left := Left(c.text, c.in)
			if left != c.left {
				t.Errorf("%d units are left, want %d", left, c.left)
			}
			letter := map[Coding]string{GSM7: "a", UCS2: "ệ"}[c.in]
			full, here := c.text+strings.Repeat(letter, left), Segments(c.text, c.in)
			if Segments(full, c.in) != here || Segments(full+letter, c.in) != here+1 {
				t.Errorf("%d units more do not fill %d messages", left, here)
			}
		})
	}
}

func TestHeadersSayReferenceTotalAndNumber(t *testing.T) {
	text := strings.Repeat("a", 161)
	for _, c := range []struct {
		how Concat
		ref uint16 // as it went on the wire
		udh [2]string
	}{
		{UDH8, 0xCD, [2]string{"\x05\x00\x03\xCD\x02\x01", "\x05\x00\x03\xCD\x02\x02"}},
		{UDH16, 0xABCD, [2]string{"\x06\x08\x04\xAB\xCD\x02\x01", "\x06\x08\x04\xAB\xCD\x02\x02"}},
		{SAR, 0xABCD, [2]string{}},
	} {
		segments, err := Split(text, GSM7, c.how, 0xABCD)
		if err != nil || len(segments) != 2 {
			t.Fatalf("%v: %d segments, %v", c.how, len(segments), err)
		}
		for i, s := range segments {
			if string(s.UDH) != c.udh[i] || s.Ref != c.ref || int(s.Seq) != i+1 || s.Total != 2 || s.Coding != GSM7 {
				t.Errorf("%v: segment %d is %+v", c.how, i, s)
			}
			if got := s.ShortMessage(); string(got) != c.udh[i]+string(s.Data) {
				t.Errorf("%v: short_message % x", c.how, got)
			}
		}
	}
}

func TestAloneThereIsNoHeader(t *testing.T) {
	for _, how := range []Concat{UDH8, UDH16, SAR, Payload} {
		for _, text := range []string{"", "a", strings.Repeat("€", 70), strings.Repeat("a", 160)} {
			segments, err := Split(text, GSM7, how, 0xABCD)
			if err != nil || len(segments) != 1 {
				t.Fatalf("%v of %d octets: %d segments, %v", how, len(text), len(segments), err)
			}
			if s := segments[0]; s.UDH != nil || s.Ref != 0 || s.Seq != 1 || s.Total != 1 {
				t.Errorf("%v of %d octets: %+v", how, len(text), s)
			}
		}
	}
}

func TestAPayloadIsOneSegmentOfAnyLength(t *testing.T) {
	text := strings.Repeat("ệ", 255*67)
	segments := mustSplit(t, text, UCS2, Payload)
	if len(segments) != 1 || segments[0].UDH != nil || DecodeUCS2(segments[0].Data) != text {
		t.Errorf("%d segments, first with header % x", len(segments), segments[0].UDH)
	}
	if got := SegmentsBy(text, UCS2, Payload); got != 255 {
		t.Errorf("the SMSC cuts %d messages of it, want 255", got)
	}
}

func TestATextIsRefusedRatherThanTruncated(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		in   Coding
		how  Concat
		want error
	}{
		{"256 parts GSM-7", strings.Repeat("a", 255*153+1), GSM7, UDH8, ErrTooLong},
		{"256 parts UDH16", strings.Repeat("a", 255*152+1), GSM7, UDH16, ErrTooLong},
		{"256 parts UCS-2", strings.Repeat("ệ", 255*67+1), UCS2, SAR, ErrTooLong},
		{"256 parts of payload", strings.Repeat("ệ", 255*67+1), UCS2, Payload, ErrTooLong},
		{"unknown coding", "a", Coding(9), UDH8, ErrCoding},
		{"unknown concatenation", "a", GSM7, Concat(4), ErrConcat},
	} {
		segments, err := Split(c.text, c.in, c.how, 1)
		if !errors.Is(err, c.want) || segments != nil {
			t.Errorf("%s: %d segments, error %v, want %v", c.name, len(segments), err, c.want)
		}
	}
	if got := Segments(strings.Repeat("a", 255*153+1), GSM7); got != 256 {
		t.Errorf("Segments = %d beyond the limit, want 256", got)
	}
}

func TestPartsJoinToTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, c := drawText(t)
		how := rapid.SampledFrom([]Concat{UDH8, UDH16, SAR, Payload}).Draw(t, "how")
		ref := rapid.Uint16().Draw(t, "ref")
		segments, err := Split(text, c, how, ref)
		if err != nil {
			t.Fatal(err)
		}
		var joined []byte
		for i, s := range segments {
			joined = append(joined, s.Data...)
			if int(s.Seq) != i+1 || int(s.Total) != len(segments) {
				t.Fatalf("segment %d is %d of %d", i, s.Seq, s.Total)
			}
			if air := airSize(s, how); how != Payload && air > 140 {
				t.Fatalf("segment %d has %d octets on the air", i, air)
			}
			if bytes.Contains([]byte(Decode(byte(c), s.Data)), []byte("\uFFFD")) {
				t.Fatalf("segment %d has half a character", i)
			}
		}
		if got := Decode(byte(c), joined); got != text {
			t.Fatalf("joined: %q", got)
		}
		if how != Payload && SegmentsBy(text, c, how) != len(segments) {
			t.Fatalf("SegmentsBy = %d, split into %d", SegmentsBy(text, c, how), len(segments))
		}
		if how == UDH8 && Segments(text, c) != len(segments) {
			t.Fatalf("Segments = %d, split into %d", Segments(text, c), len(segments))
		}
	})
}

// Greedy filling is the least number of parts: every part but the last has no
// room for the character after it.
func TestNoPartCouldHoldOneCharacterMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, c := drawText(t)
		segments, err := Split(text, c, UDH8, 7)
		if err != nil {
			t.Fatal(err)
		}
		limit := map[Coding]int{GSM7: 153, UCS2: 67}[c]
		for i := range len(segments) - 1 {
			here := Decode(byte(c), segments[i].Data)
			after := []rune(Decode(byte(c), segments[i+1].Data))[0]
			if Units(here+string(after), c) <= limit {
				t.Fatalf("part %d of %d units leaves out %q", i, Units(here, c), after)
			}
		}
	})
}

func TestCountingSegmentsAllocatesNothing(t *testing.T) {
	for _, c := range thousand() {
		if n := testing.AllocsPerRun(100, func() { Segments(c.text, c.in) }); n != 0 {
			t.Errorf("%v: %v allocations", c.in, n)
		}
	}
}

func TestSplittingAllocatesByPartsNotByCharacters(t *testing.T) {
	for _, c := range thousand() {
		parts := Segments(c.text, c.in)
		n := testing.AllocsPerRun(100, func() {
			if _, err := Split(c.text, c.in, UDH8, 7); err != nil {
				t.Fatal(err)
			}
		})
		if most := float64(2*parts + 1); n > most {
			t.Errorf("%v: %v allocations for %d parts, want at most %v", c.in, n, parts, most)
		}
	}
}

func BenchmarkSegments1000Characters(b *testing.B) {
	for _, c := range thousand() {
		b.Run(c.in.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Segments(c.text, c.in)
			}
		})
	}
}

func BenchmarkSplit1000Characters(b *testing.B) {
	for _, c := range thousand() {
		b.Run(c.in.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Split(c.text, c.in, UDH8, 7); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type sample struct {
	text string
	in   Coding
}

// thousand returns a text of 1,000 characters for each alphabet, pairs among
// them.
func thousand() []sample {
	return []sample{
		{strings.Repeat("Don vi [UBND] da xu ly €.", 40), GSM7},
		{strings.Repeat("Đơn vị UBND đã xử lý 👍😀👍.", 40), UCS2},
	}
}

func drawText(t *rapid.T) (string, Coding) {
	if rapid.Bool().Draw(t, "gsm") {
		return rapid.StringOfN(rapid.RuneFrom(gsmRunes()), 0, 700, -1).Draw(t, "text"), GSM7
	}
	runes := []rune("ađệ€😀👍\uFFFF\U00010000")
	return rapid.StringOfN(rapid.RuneFrom(runes), 0, 400, -1).Draw(t, "text"), UCS2
}

// airSize is the octets of one segment as packed for the air. For SAR the SMSC
// adds an 8-bit header.
func airSize(s Segment, how Concat) int {
	head := len(s.UDH)
	if how == SAR && s.Total > 1 {
		head = 6
	}
	if s.Coding != GSM7 {
		return head + len(s.Data)
	}
	headerSeptets := (head*8 + 6) / 7 // the first septet begins on a septet boundary
	return ((headerSeptets+len(s.Data))*7 + 7) / 8
}

func mustSplit(t *testing.T, text string, c Coding, how Concat) []Segment {
	t.Helper()
	segments, err := Split(text, c, how, 0xABCD)
	if err != nil {
		t.Fatal(err)
	}
	return segments
}
