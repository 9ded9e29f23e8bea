package smpp_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"notify1022/smpp"
)

// command_ids as numbers: what the scripted peer sends must not depend on the
// code under test.
const (
	nackID        = 0x80000000
	bindTRX       = 0x00000009
	bindTRXResp   = 0x80000009
	submitID      = 0x00000004
	submitResp    = 0x80000004
	deliverID     = 0x00000005
	deliverResp   = 0x80000005
	unbindID      = 0x00000006
	unbindResp    = 0x80000006
	enquireID     = 0x00000015
	enquireResp   = 0x80000015
	dataID        = 0x00000103
	dataResp      = 0x80000103
	alertID       = 0x00000102
	outbindID     = 0x0000000B
	unknownID     = 0x00000999
	unknownRespID = 0x80000999
)

// peer is the other side of the wire, octet by octet.
type peer struct {
	t  *testing.T
	nc net.Conn
}

// raw is one frame.
func raw(id, status, seq uint32, body ...byte) []byte {
	b := make([]byte, 16, 16+len(body))
	binary.BigEndian.PutUint32(b[0:], uint32(16+len(body)))
	binary.BigEndian.PutUint32(b[4:], id)
	binary.BigEndian.PutUint32(b[8:], status)
	binary.BigEndian.PutUint32(b[12:], seq)
	return append(b, body...)
}

func (p *peer) send(frames ...[]byte) {
	p.t.Helper()
	p.nc.SetWriteDeadline(time.Now().Add(5 * time.Second))
	for _, f := range frames {
		if _, err := p.nc.Write(f); err != nil {
			p.t.Fatal(err)
		}
	}
}

type answer struct {
	id, status, seq uint32
	body            string
}

// read is the next frame, enquire_links of the client answered by the way.
func (p *peer) read() (answer, error) {
	p.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	head := make([]byte, 16)
	if _, err := io.ReadFull(p.nc, head); err != nil {
		return answer{}, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head)-16)
	if _, err := io.ReadFull(p.nc, body); err != nil {
		return answer{}, err
	}
	a := answer{binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:]), binary.BigEndian.Uint32(head[12:]), string(body)}
	return a, nil
}

func (p *peer) mustRead(id uint32) answer {
	p.t.Helper()
	a, err := p.read()
	if err != nil || a.id != id {
		p.t.Fatalf("got %#x status %#x seq %d (%v), want %#x", a.id, a.status, a.seq, err, id)
	}
	return a
}

// mustAnswer expects exactly this answer next.
func (p *peer) mustAnswer(id, status, seq uint32) {
	p.t.Helper()
	if a := p.mustRead(id); a.status != status || a.seq != seq {
		p.t.Fatalf("%#x with status %#x seq %d, want %#x, %d", id, a.status, a.seq, status, seq)
	}
}

// mustBeUp proves that the link still works.
func (p *peer) mustBeUp() {
	p.t.Helper()
	p.send(raw(enquireID, 0, 4711))
	p.mustAnswer(enquireResp, 0, 4711)
}

// mustEnd expects the client to close without another frame.
func (p *peer) mustEnd() {
	p.t.Helper()
	if a, err := p.read(); err == nil {
		p.t.Fatalf("got %#x instead of the end", a.id)
	}
}

// acceptBind reads the bind and answers it.
func (p *peer) acceptBind() {
	p.t.Helper()
	b := p.mustRead(bindTRX)
	p.send(raw(bindTRXResp, 0, b.seq, []byte("smsc\x00")...))
}

// mustPeer is a client whose first connection leads to the returned peer; the
// next ones lead nowhere.
func mustPeer(t *testing.T, cfg smpp.Config) (*smpp.Client, *peer) {
	t.Helper()
	ours, theirs := tcpPair(t)
	dialled := false
	cfg.Dial = dialOnce(ours, &dialled)
	c := smpp.NewClient(cfg)
	c.Start()
	t.Cleanup(func() {
		theirs.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		c.Close(ctx)
	})
	return c, &peer{t, theirs}
}

func mustBoundPeer(t *testing.T, cfg smpp.Config) (*smpp.Client, *peer) {
	t.Helper()
	c, p := mustPeer(t, cfg)
	p.acceptBind()
	if err := c.WaitBound(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return c, p
}

// tcpPair is both ends of a loopback connection.
func tcpPair(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// deliverBody is a deliver_sm from an officer; tail follows short_message.
func deliverBody(esm byte, length byte, message, tail string) []byte {
	b := "\x00\x01\x01" + officer + "\x00\x00\x00" + hotline + "\x00"
	b += string([]byte{esm, 0, 0, 0, 0, 0, 0, 0, 0, length}) + message + tail
	return []byte(b)
}

func mo(message, tail string) []byte {
	return deliverBody(0, byte(len(message)), message, tail)
}

// start submits in the background.
func start(t *testing.T, c *smpp.Client) <-chan smpp.Outcome {
	t.Helper()
	got := make(chan smpp.Outcome, 2)
	if err := c.SubmitAsync(testContext(t), text(officer, "x"), func(o smpp.Outcome) { got <- o }); err != nil {
		t.Fatal(err)
	}
	return got
}

func mustEndAs(t *testing.T, got <-chan smpp.Outcome, kind smpp.OutcomeKind) smpp.Outcome {
	t.Helper()
	select {
	case o := <-got:
		if o.Kind != kind {
			t.Fatalf("outcome %+v, want %v", o, kind)
		}
		return o
	case <-time.After(5 * time.Second):
		t.Fatal("no outcome")
		return smpp.Outcome{}
	}
}

func pipePair(t *testing.T) (a, b net.Conn) {
	a, b = net.Pipe()
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func dialOnce(nc net.Conn, dialled *bool) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		if *dialled {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		*dialled = true
		return nc, nil
	}
}
