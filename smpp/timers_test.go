package smpp_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

// chanConn is one end of a connection made of channels, on which a synctest
// bubble can rest while both sides wait.
type chanConn struct {
	in, out  chan []byte
	gone     chan struct{} // closed with either end
	close    *sync.Once
	rest     []byte
	mu       sync.Mutex
	read     *time.Timer
	readGone chan struct{}
}

// chanPair is both ends; each direction holds a thousand writes.
func chanPair() (a, b *chanConn) {
	there, back := make(chan []byte, 1000), make(chan []byte, 1000)
	gone, once := make(chan struct{}), &sync.Once{}
	return &chanConn{in: back, out: there, gone: gone, close: once}, &chanConn{in: there, out: back, gone: gone, close: once}
}

func (c *chanConn) Read(b []byte) (int, error) {
	if len(c.rest) == 0 {
		c.mu.Lock()
		late := c.readGone
		c.mu.Unlock()
		select {
		case c.rest = <-c.in:
		case <-late:
			return 0, os.ErrDeadlineExceeded
		case <-c.gone:
			return 0, io.EOF
		}
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *chanConn) Write(b []byte) (int, error) {
	select {
	case <-c.gone:
		return 0, net.ErrClosed
	case c.out <- append([]byte(nil), b...):
		return len(b), nil
	}
}

func (c *chanConn) Close() error {
	c.close.Do(func() { close(c.gone) })
	return nil
}

func (c *chanConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read != nil {
		c.read.Stop()
	}
	c.readGone = nil
	if !t.IsZero() {
		late := make(chan struct{})
		c.readGone, c.read = late, time.AfterFunc(time.Until(t), func() { close(late) })
	}
	return nil
}

func (c *chanConn) SetWriteDeadline(time.Time) error { return nil }
func (c *chanConn) SetDeadline(t time.Time) error    { return c.SetReadDeadline(t) }
func (c *chanConn) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (c *chanConn) RemoteAddr() net.Addr             { return &net.UnixAddr{} }

// bubble is a client that dials servers made of channels, all in one bubble
// with a clock of its own.
type bubble struct {
	t     *testing.T
	cfg   smpp.Config
	mu    sync.Mutex
	dials []time.Time
	peers chan *chanConn
}

// inBubble runs f; the defaults of Config are in force.
func inBubble(t *testing.T, f func(t *testing.T, b *bubble)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, peers: make(chan *chanConn, 1000)}
		b.cfg = smpp.Config{SystemID: "user", Dial: func(context.Context) (net.Conn, error) {
			ours, theirs := chanPair()
			b.mu.Lock()
			b.dials = append(b.dials, time.Now())
			b.mu.Unlock()
			b.peers <- theirs
			return ours, nil
		}}
		f(t, b)
	})
}

// start runs the client until the test ends.
func (b *bubble) start() *smpp.Client {
	c := smpp.NewClient(b.cfg)
	c.Start()
	b.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		c.Close(ctx)
	})
	return c
}

// scripted is the next connection as a peer that is played by hand.
func (b *bubble) scripted() *peer { return &peer{b.t, <-b.peers} }

// readFrame is one frame without peer.read's time limit.
func readFrame(t *testing.T, nc net.Conn) answer {
	t.Helper()
	p := &peer{t, nc}
	nc.SetReadDeadline(time.Now().Add(24 * time.Hour))
	head := make([]byte, 16)
	if _, err := io.ReadFull(p.nc, head); err != nil {
		t.Fatalf("read: %v", err)
	}
	a := answer{id: uint32(head[0])<<24 | uint32(head[1])<<16 | uint32(head[2])<<8 | uint32(head[3])}
	body := make([]byte, a.id-16)
	if _, err := io.ReadFull(p.nc, body); err != nil {
		t.Fatalf("read: %v", err)
	}
	a.id = uint32(head[4])<<24 | uint32(head[5])<<16 | uint32(head[6])<<8 | uint32(head[7])
	a.seq = uint32(head[12])<<24 | uint32(head[13])<<16 | uint32(head[14])<<8 | uint32(head[15])
	return a
}

// about allows for the tick of the session's one timer.
func about(got, want time.Duration) bool { return got >= want && got <= want+2*time.Second }

func TestAQuietLinkIsProbedAndGivenUpByTheClock(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.OnStatus = func(smpp.BindStatus) {}
		b.start()
		p := b.scripted()
		bind := readFrame(t, p.nc)
		p.nc.Write(raw(bindTRXResp, 0, bind.seq, []byte("smsc\x00")...))
		began := time.Now()
		probe := readFrame(t, p.nc)
		if probe.id != enquireID || !about(time.Since(began), 30*time.Second) {
			t.Fatalf("%#x after %v", probe.id, time.Since(began))
		}
		p.nc.Write(raw(enquireResp, 0, probe.seq))
		began = time.Now()
		probe = readFrame(t, p.nc)
		if probe.id != enquireID || !about(time.Since(began), 30*time.Second) {
			t.Fatalf("second %#x after %v", probe.id, time.Since(began))
		}
		began = time.Now() // this one stays unanswered
		if _, err := p.nc.Read(make([]byte, 1)); err != io.EOF || !about(time.Since(began), 10*time.Second) {
			t.Fatalf("%v after %v", err, time.Since(began))
		}
	})
}

func TestASubmitWithoutAResponseEndsByTheClock(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		c := b.start()
		p := b.scripted()
		bind := readFrame(t, p.nc)
		p.nc.Write(raw(bindTRXResp, 0, bind.seq, []byte("smsc\x00")...))
		began := time.Now()
		o := c.Submit(t.Context(), text(officer, "x"))
		if o.Kind != smpp.Unknown || !errors.Is(o.Why, smpp.ErrResponseTimeout) || !about(time.Since(began), 10*time.Second) {
			t.Fatalf("%+v after %v", o, time.Since(began))
		}
	})
}

func TestABindWithoutAnAnswerIsTriedAgainWithGrowingPauses(t *testing.T) {
	// hostile row 20
	inBubble(t, func(t *testing.T, b *bubble) {
		c := b.start()
		time.Sleep(10 * time.Minute)
		if c.Bound() {
			t.Fatal("bound")
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		n := len(b.dials)
		// Each try lasts 10 s; pauses grow to at most 60 s, anywhere below.
		if n < 10 || n > 40 {
			t.Fatalf("%d tries in ten minutes", n)
		}
		for i, at := range b.dials[1:] {
			if gap := at.Sub(b.dials[i]); gap < 10*time.Second || gap > 71*time.Second {
				t.Fatalf("try %d after %v", i+1, gap)
			}
		}
	})
}

func TestALinkWithoutMessagesIsLeftAfterTheInactivityTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.InactivityTimeout, b.cfg.EnquireLink = 5*time.Minute, 30*time.Second
		b.start()
		server := smsc.New(smsc.Config{})
		server.Serve(<-b.peers)
		events := server.Events(t.Context())
		began := time.Now()
		for e := range events {
			if e.Kind == smsc.EventUnbind {
				break
			}
		}
		if !about(time.Since(began), 5*time.Minute) {
			t.Fatalf("left after %v", time.Since(began))
		}
		server.Close()
	})
}

func TestAnUnbindThatIsNotAnsweredEndsByTheClock(t *testing.T) {
	// hostile row 29
	inBubble(t, func(t *testing.T, b *bubble) {
		c := b.start()
		p := b.scripted()
		bind := readFrame(t, p.nc)
		p.nc.Write(raw(bindTRXResp, 0, bind.seq, []byte("smsc\x00")...))
		if err := c.WaitBound(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err := c.Close(t.Context())
		if err == nil || time.Since(began) < 5*time.Second || time.Since(began) > 12*time.Second {
			t.Fatalf("%v after %v", err, time.Since(began))
		}
	})
}

func TestEveryOutcomeIsCountedWhateverTheFaults(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.Window, b.cfg.Binds = 20, 2
		c := b.start()
		server := smsc.New(smsc.Config{Faults: smsc.Faults{
			Latency: smsc.Duration(300 * time.Millisecond), ErrorRate: 0.1, SilentEvery: 17, DropEvery: 101, DuplicateResponses: true,
		}})
		serving := make(chan struct{})
		go func() {
			for {
				select {
				case nc := <-b.peers:
					server.Serve(nc)
				case <-serving:
					return
				}
			}
		}()
		const total = 2000
		got := map[smpp.OutcomeKind]uint64{}
		ended := make(chan smpp.Outcome, total)
		for range total {
			if err := c.SubmitAsync(t.Context(), text(officer, "x"), func(o smpp.Outcome) { ended <- o }); err != nil {
				t.Fatal(err)
			}
		}
		for range total {
			got[(<-ended).Kind]++
		}
		if err := c.Close(t.Context()); err != nil {
			t.Logf("closing: %v", err)
		}
		close(serving)
		server.Close()
		st, there := c.Stats(), server.Stats()
		if st.InFlight != 0 || got[smpp.Accepted] != st.Accepted || got[smpp.Refused] != st.Refused || got[smpp.Unknown] != st.Unknown {
			t.Errorf("got %v, stats %+v", got, st)
		}
		if st.Accepted == 0 || st.Refused == 0 || st.Unknown == 0 || st.Binds < 3 {
			t.Errorf("the faults did not bite: %+v", st)
		}
		if there.Accepted > st.Accepted+st.Unknown || there.Accepted < st.Accepted {
			t.Errorf("%d at the SMSC, %d accepted and %d unknown here", there.Accepted, st.Accepted, st.Unknown)
		}
	})
}
