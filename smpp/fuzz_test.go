package smpp

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/iotest"
	"time"
)

// script is a connection that reads from r and takes any deadline.
type script struct {
	net.Conn // nil: only what is overridden may be called
	r        io.Reader
}

func (s script) Read(b []byte) (int, error)      { return s.r.Read(b) }
func (s script) SetReadDeadline(time.Time) error { return nil }

// cutAll reads all frames; what it returns does not depend on how the stream
// is cut into reads.
func cutAll(t *testing.T, r io.Reader) (frames []PDU, end string) {
	t.Helper()
	f := newFrameReader(script{r: r}, time.Second)
	for {
		p, err := f.next()
		if err == nil {
			p.Body = bytes.Clone(p.Body)
			frames = append(frames, p)
			continue
		}
		if _, long := err.(*oversizeError); long {
			frames = append(frames, PDU{})
			continue
		}
		if len(f.buf) > 2*maxPDU {
			t.Fatalf("the buffer has %d octets", len(f.buf))
		}
		return frames, err.Error()
	}
}

// FuzzFrames holds that framing does not depend on TCP segments, loses no
// octet and never panics.
func FuzzFrames(f *testing.F) {
	f.Add(bytes.Repeat(appendPDU(nil, PDU{ID: CmdEnquireLink, Seq: 1}), 3))
	f.Add(appendPDU(nil, PDU{ID: CmdSubmitSM, Seq: 1, Body: make([]byte, 5000)}))
	f.Add([]byte{0, 0, 0, 15})
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Add(append([]byte{0, 3, 0, 0}, make([]byte, 200<<10)...))
	f.Fuzz(func(t *testing.T, stream []byte) {
		whole, end := cutAll(t, bytes.NewReader(stream))
		single, end2 := cutAll(t, iotest.OneByteReader(bytes.NewReader(stream)))
		half, end3 := cutAll(t, iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(stream))))
		if len(whole) != len(single) || len(whole) != len(half) || end != end3 {
			t.Fatalf("%d, %d, %d frames; %s, %s, %s", len(whole), len(single), len(half), end, end2, end3)
		}
		for i, p := range whole {
			if !bytes.Equal(p.Body, single[i].Body) || !bytes.Equal(p.Body, half[i].Body) || p.Seq != half[i].Seq {
				t.Fatalf("frame %d differs", i)
			}
		}
	})
}

// FuzzReceipt holds that any text is read without a panic, and that what is
// found was there.
func FuzzReceipt(f *testing.F) {
	f.Add([]byte("id:7f3a sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD err:000 text:x"), byte(0))
	f.Add([]byte("ID : 1 Stat:UNDELIV"), byte(8))
	f.Add([]byte("\x00i\x00d\x00:\x001"), byte(8))
	f.Fuzz(func(t *testing.T, text []byte, dcs byte) {
		d := Deliver{ESMClass: ESMClassReceipt, DataCoding: dcs, ShortMessage: text}
		r, ok := ParseReceipt(d)
		if ok != (r.MessageID != "" || r.State != StateNone) {
			t.Fatalf("%+v, %v", r, ok)
		}
		if len(r.MessageID) > 3*len(text) || len(r.Text) > 3*len(text) {
			t.Fatalf("longer than the text: %+v", r)
		}
		for _, form := range MessageIDForms(r.MessageID) {
			if len(r.MessageID) <= maxMessageID && !SameMessageID(form, r.MessageID) && r.MessageID != "" {
				t.Fatalf("%q is not %q", form, r.MessageID)
			}
		}
	})
}

// FuzzRequests holds that no body of the other PDUs panics.
func FuzzRequests(f *testing.F) {
	for _, g := range goldens() {
		b, err := g.write()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if m, err := DecodeSubmitMulti(body); err == nil {
			if _, err := AppendSubmitMulti(nil, m); err == nil && len(m.Dests)+len(m.Lists) == 0 {
				t.Fatal("nobody is a destination")
			}
		}
		if r, err := DecodeSubmitMultiResp(body); err == nil && len(r.Failed) > 0xFF {
			t.Fatal("more than can be counted")
		}
		DecodeBindResp(body)
		DecodeAlert(body)
		DecodeOutbind(body)
		DecodeQuery(body)
		DecodeQueryResp(body)
		DecodeCancel(body)
		DecodeReplace(body)
	})
}
