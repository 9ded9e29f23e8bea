package smsc_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"notify1022/smpp/smsc"
)

// wire is an ESME octet by octet.
type wire struct {
	t  *testing.T
	nc net.Conn
}

func mustDial(t *testing.T, addr string) wire {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return wire{t, nc}
}

// ask sends a PDU with sequence number 5 and reads the answer's command_id and
// status.
func (w wire) ask(id uint32, body string) (answer, status uint32) {
	w.t.Helper()
	b := make([]byte, 16)
	binary.BigEndian.PutUint32(b[0:], uint32(16+len(body)))
	binary.BigEndian.PutUint32(b[4:], id)
	binary.BigEndian.PutUint32(b[12:], 5)
	if _, err := w.nc.Write(append(b, body...)); err != nil {
		w.t.Fatal(err)
	}
	w.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	head := make([]byte, 16)
	if _, err := io.ReadFull(w.nc, head); err != nil {
		w.t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, w.nc, int64(binary.BigEndian.Uint32(head))-16); err != nil {
		w.t.Fatal(err)
	}
	if seq := binary.BigEndian.Uint32(head[12:]); seq != 5 {
		w.t.Fatalf("sequence number %d", seq)
	}
	return binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
}

const (
	bindBody   = "user\x00secret\x00\x00\x34\x00\x00\x00"
	submitBody = "\x00\x00\x008022\x00\x01\x0184570000001\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02hi"
)

// multiBody is a submit_multi of "hi" to destinations on the wire.
func multiBody(dests ...string) string {
	return "\x00\x00\x008022\x00" + string(rune(len(dests))) + strings.Join(dests, "") + "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02hi"
}

func TestRequestsOutOfPlaceAreRefused(t *testing.T) {
	_, addr := mustServer(t, smsc.Config{Accounts: map[string]string{"user": "secret"}})
	type step struct {
		id     uint32
		body   string
		answer uint32
		status uint32
	}
	for _, tc := range []struct {
		name  string
		steps []step
	}{
		{"hostile row 38: submit before bind", []step{{4, submitBody, 0x80000004, 4}}},
		{"hostile row 38: bind when bound", []step{{9, bindBody, 0x80000009, 0}, {9, bindBody, 0x80000009, 5}}},
		{"submit_multi on a receiver", []step{{1, bindBody, 0x80000001, 0}, {0x21, multiBody("\x01\x01\x0184570000001\x00"), 0x80000021, 4}}},
		{"submit on a receiver", []step{{1, bindBody, 0x80000001, 0}, {4, submitBody, 0x80000004, 4}}},
		{"unknown account", []step{{9, "other\x00secret\x00\x00\x34\x00\x00\x00", 0x80000009, 0x0F}}},
		{"wrong password, then the right one", []step{{2, "user\x00wrong\x00\x00\x34\x00\x00\x00", 0x80000002, 0x0E}, {2, bindBody, 0x80000002, 0}}},
		{"bind without a NUL", []step{{9, "user", 0x80000009, 2}}},
		{"hostile row 10: TLV past the end", []step{{9, bindBody, 0x80000009, 0}, {4, submitBody + "\x14\x00\x00\x09a", 0x80000004, 0xC2}, {4, submitBody, 0x80000004, 0}}},
		{"hostile row 33: sm_length past the end", []step{{9, bindBody, 0x80000009, 0}, {4, submitBody[:len(submitBody)-1], 0x80000004, 1}}},
		{"hostile row 6: unknown request", []step{{0x999, "", 0x80000000, 3}, {0x15, "", 0x80000015, 0}}},
		{"query, cancel, replace, multi, deliver", []step{
			{9, bindBody, 0x80000009, 0},
			{3, "1\x00\x00\x00\x00", 0x80000003, 0x67}, {8, "", 0x80000008, 0x11}, {7, "", 0x80000007, 0x13},
			{0x21, "", 0x80000021, 2}, {0x21, multiBody("\x02friends\x00"), 0x80000021, 0x44}, {5, submitBody, 0x80000005, 4}, {0x15, "", 0x80000015, 0},
		}},
		{"unbind", []step{{9, bindBody, 0x80000009, 0}, {6, "", 0x80000006, 0}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := mustDial(t, addr)
			for _, s := range tc.steps {
				if a, status := w.ask(s.id, s.body); a != s.answer || status != s.status {
					t.Fatalf("%#x answered %#x, status %#x; want %#x, %#x", s.id, a, status, s.answer, s.status)
				}
			}
		})
	}
}

func TestAConnectionThatDoesNotBindIsClosed(t *testing.T) {
	// hostile row 40
	_, addr := mustServer(t, smsc.Config{BindTimeout: 30 * time.Millisecond})
	w := mustDial(t, addr)
	w.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := w.nc.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("read %v", err)
	}
}
