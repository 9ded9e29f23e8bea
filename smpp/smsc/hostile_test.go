package smsc_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"notify1022/smpp/smsc"
)

// The hostile rows of docs/smpp.md, seen from the SMSC's side.

// frame is one PDU with sequence number 5.
func frame(id uint32, body string) []byte {
	b := make([]byte, 16, 16+len(body))
	binary.BigEndian.PutUint32(b[0:], uint32(16+len(body)))
	binary.BigEndian.PutUint32(b[4:], id)
	binary.BigEndian.PutUint32(b[12:], 5)
	return append(b, body...)
}

// mustEnd expects a nack of ESME_RINVCMDLEN and the end of the link.
func (w wire) mustEnd() {
	w.t.Helper()
	w.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	b, err := io.ReadAll(w.nc)
	if err != nil || len(b) != 16 || !bytes.Equal(b[4:12], []byte{0x80, 0, 0, 0, 0, 0, 0, 2}) {
		w.t.Fatalf("got % x, %v", b, err)
	}
}

func TestAnESMEThatLosesTheFramingIsNackedAndClosed(t *testing.T) {
	_, addr := mustServer(t, smsc.Config{})
	for name, in := range map[string][]byte{
		"hostile row 1: command_length 4 GiB": append([]byte{0xFF, 0xFF, 0xFF, 0xFF}, frame(4, "")[4:]...),
		"hostile row 2: command_length 0":     make([]byte, 16),
		"hostile row 2: command_length 15":    {0, 0, 0, 15},
		"hostile row 5: HTTP":                 []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		"hostile row 5: TLS":                  []byte("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03abcdefghijkl"),
	} {
		t.Run(name, func(t *testing.T) {
			w := mustDial(t, addr)
			if _, err := w.nc.Write(in); err != nil {
				t.Fatal(err)
			}
			w.mustEnd()
		})
	}
}

func TestABadPDUDoesNotCostAnESMEItsBind(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	address := "\x00\x00\x008022\x00\x01\x01"       // up to the destination
	after := "\x00\x00\x00\x00\x00\x01\x00\x00\x00" // down to sm_length
	server.Handset("84570000001").Silent()          // no receipts between the answers
	payload := func(n int) string {
		return "\x04\x24" + string([]byte{byte(n >> 8), byte(n)}) + strings.Repeat("p", n)
	}
	for _, tc := range []struct {
		name           string
		id             uint32
		body           string
		answer, status uint32
	}{
		{"hostile row 3: 200 KiB", 4, strings.Repeat("x", 200<<10), 0x80000000, 2},
		{"hostile row 6: unknown request", 0x999, "abc", 0x80000000, 3},
		{"hostile row 8: no NUL", 4, "abc", 0x80000004, 2},
		{"hostile row 8: empty body", 4, "", 0x80000004, 2},
		{"hostile row 8: long destination", 4, address + strings.Repeat("9", 300) + "\x00" + after + "\x00", 0x80000004, 0x0B},
		{"hostile row 9: vendor TLV", 4, submitBody + "\x14\x01\x00\x02ab", 0x80000004, 0},
		{"hostile row 10: TLV past the end", 4, submitBody + "\x14\x01\x00\x09ab", 0x80000004, 0xC2},
		{"hostile row 11: repeated TLV", 4, submitBody + "\x02\x04\x00\x02ab\x02\x04\x00\x02cd", 0x80000004, 0},
		{"hostile row 11: empty TLV", 4, submitBody + "\x13\x0c\x00\x00", 0x80000004, 0},
		{"hostile row 11: stray octets", 4, submitBody + "abc", 0x80000004, 0},
		{"hostile row 31: UDHL past the end", 4, address + "84570000001\x00\x40" + after[1:] + "\x03\x09hi", 0x80000004, 0},
		{"hostile row 33: sm_length 255", 4, address + "84570000001\x00" + after + "\xff" + strings.Repeat("x", 255), 0x80000004, 1},
		{"hostile row 33: sm_length past the end", 4, submitBody[:len(submitBody)-1], 0x80000004, 1},
		{"hostile row 34: payload of 64,000", 4, address + "84570000001\x00" + after + "\x00" + payload(64000), 0x80000004, 0},
		{"hostile row 38: deliver_sm to an SMSC", 5, submitBody, 0x80000005, 4},
		{"hostile row 39: outbind to an SMSC", 0x0B, "a\x00b\x00", 0x80000000, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := mustDial(t, addr)
			if _, status := w.ask(9, bindBody); status != 0 {
				t.Fatalf("bind status %#x", status)
			}
			if a, status := w.ask(tc.id, tc.body); a != tc.answer || status != tc.status {
				t.Fatalf("answered %#x, status %#x; want %#x, %#x", a, status, tc.answer, tc.status)
			}
			if a, status := w.ask(4, submitBody); a != 0x80000004 || status != 0 {
				t.Fatalf("the next submit is answered %#x, status %#x", a, status)
			}
		})
	}
	if st := server.Stats(); st.Accepted == 0 || st.Accepted+st.Refused != st.Submits {
		t.Fatalf("stats %+v", st)
	}
}

func TestStrayResponsesAndAlertsAreDropped(t *testing.T) {
	// hostile rows 7, 12, 13, 16, 39
	_, addr := mustServer(t, smsc.Config{})
	w := mustDial(t, addr)
	w.ask(9, bindBody)
	for _, id := range []uint32{0x80000999, 0x80000005, 0x80000005, 0x80000000, 0x102} {
		if _, err := w.nc.Write(frame(id, "")); err != nil {
			t.Fatal(err)
		}
	}
	if a, status := w.ask(0x15, ""); a != 0x80000015 || status != 0 { // the next answer is this one
		t.Fatalf("answered %#x, status %#x", a, status)
	}
}

func TestPDUsOfAnESMEArriveInAnySegments(t *testing.T) {
	// hostile row 4
	_, addr := mustServer(t, smsc.Config{})
	w := mustDial(t, addr)
	for _, b := range frame(9, bindBody) {
		if _, err := w.nc.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	head := make([]byte, 16)
	w.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.ReadFull(w.nc, head); err != nil || head[3] < 16 {
		t.Fatalf("% x, %v", head, err)
	}
	if _, err := io.CopyN(io.Discard, w.nc, int64(binary.BigEndian.Uint32(head))-16); err != nil {
		t.Fatal(err)
	}
	go w.nc.Write(bytes.Repeat(frame(0x15, ""), 1000))
	if n, err := io.CopyN(io.Discard, w.nc, 16*1000); err != nil {
		t.Fatalf("%d octets of answers: %v", n, err)
	}
}
