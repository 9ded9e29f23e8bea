package smpp

import (
	"bytes"
	"testing"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// benchSubmit is a text of 100 characters.
func benchSubmit() Submit {
	return Submit{
		Source: Sender("8022"), Dest: International("84570000001"),
		RegisteredDelivery: 1, ShortMessage: bytes.Repeat([]byte("a"), 100),
	}
}

func TestASubmitThereAndBackAllocatesTwice(t *testing.T) {
	s, buf := benchSubmit(), make([]byte, 0, 512)
	n := testing.AllocsPerRun(100, func() {
		b, err := AppendSubmit(buf, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeSubmit(b); err != nil {
			t.Fatal(err)
		}
	})
	if n > 2 {
		t.Fatalf("%v allocations", n)
	}
}

// BenchmarkSubmitCodec is one submit_sm encoded and decoded.
func BenchmarkSubmitCodec(b *testing.B) {
	s := benchSubmit()
	b.Run("ours", func(b *testing.B) {
		buf := make([]byte, 0, 512)
		b.ReportAllocs()
		for b.Loop() {
			out, err := AppendSubmit(buf, s)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := DecodeSubmit(out); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-smpp", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			out, err := appendGoSMPP(nil, goSubmit(&s))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := decodeGoSMPP(PDU{ID: pdu.SubmitSMID, Seq: 1, Body: out}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
