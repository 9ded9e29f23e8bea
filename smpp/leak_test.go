package smpp_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

// shuffler answers submits in random order and forgets one in a hundred.
type shuffler struct {
	nc      net.Conn
	r       *rand.Rand
	waiting []uint32 // sequence numbers to be answered
	lost    int
}

// run serves until the connection ends.
func (s *shuffler) run() {
	in := make([]byte, 1<<20)
	have := 0
	for {
		s.nc.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
		n, err := s.nc.Read(in[have:])
		have += n
		quiet := false
		if e, ok := err.(net.Error); ok && e.Timeout() {
			quiet = true
		} else if err != nil {
			return
		}
		out, rest := s.take(in[:have])
		have = copy(in, rest)
		if !s.write(append(out, s.answers(quiet)...)) {
			return
		}
	}
}

// take notes the submits among the frames and answers the rest at once.
func (s *shuffler) take(b []byte) (out, rest []byte) {
	for len(b) >= 16 && int(binary.BigEndian.Uint32(b)) <= len(b) {
		id, seq := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[12:])
		switch {
		case id != submitID:
			out = append(out, raw(id|0x80000000, 0, seq)...)
		case s.r.IntN(100) == 0:
			s.lost++
		default:
			s.waiting = append(s.waiting, seq)
		}
		b = b[binary.BigEndian.Uint32(b):]
	}
	return out, b
}

// answers keeps up to 400 for a later round, all are due when it is quiet.
func (s *shuffler) answers(quiet bool) []byte {
	s.r.Shuffle(len(s.waiting), func(i, j int) { s.waiting[i], s.waiting[j] = s.waiting[j], s.waiting[i] })
	keep := 0
	if !quiet {
		keep = min(len(s.waiting), s.r.IntN(400))
	}
	var out []byte
	for _, seq := range s.waiting[keep:] {
		out = append(out, raw(submitResp, 0, seq, 'i', 'd', 0)...)
	}
	s.waiting = s.waiting[:keep]
	return out
}

func (s *shuffler) write(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	s.nc.SetWriteDeadline(time.Now().Add(10 * time.Second))
	_, err := s.nc.Write(b)
	return err == nil
}

// TestAWindowOfAThousandLeaksNothing submits 200,000 messages, or 10 million
// with NOTIFY1022_LONG set, over a window of 1,000 to a peer that answers in
// any order and loses one response in a hundred.
func TestAWindowOfAThousandLeaksNothing(t *testing.T) {
	total := 200_000
	if os.Getenv("NOTIFY1022_LONG") != "" {
		total = 10_000_000
	}
	cfg := quick("")
	cfg.Window, cfg.ResponseTimeout = 1000, 2*time.Second
	c, p := mustBoundPeer(t, cfg)
	s := &shuffler{nc: p.nc, r: rand.New(rand.NewPCG(1, 2))}
	var peer sync.WaitGroup
	peer.Go(s.run)

	var accepted, unknown, other atomic.Int64
	var left sync.WaitGroup
	done := func(o smpp.Outcome) {
		switch o.Kind {
		case smpp.Accepted:
			accepted.Add(1)
		case smpp.Unknown:
			unknown.Add(1)
		default:
			other.Add(1)
		}
		left.Done()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(total)*100*time.Microsecond+15*time.Minute)
	defer cancel()
	before := liveHeap()
	message := text(officer, "x")
	for range total {
		left.Add(1)
		if err := c.SubmitAsync(ctx, message, done); err != nil {
			t.Fatal(err)
		}
	}
	left.Wait()
	grown := int64(liveHeap()) - int64(before)
	st := c.Stats()
	if c.Free() != 1000 || st.InFlight != 0 || st.Submitted != uint64(total) {
		t.Errorf("free %d, stats %+v", c.Free(), st)
	}
	if n := accepted.Load() + unknown.Load() + other.Load(); n != int64(total) || other.Load() != 0 {
		t.Errorf("%d accepted, %d unknown, %d others of %d", accepted.Load(), unknown.Load(), other.Load(), total)
	}
	if st.Binds != 1 {
		t.Errorf("%d binds: the link was given up", st.Binds)
	}
	if grown > 8<<20 {
		t.Errorf("the heap grew by %d octets", grown)
	}
	p.nc.Close()
	peer.Wait()
	// A response may come after its timeout on a busy machine: then it was not lost.
	if got := int(unknown.Load()) - int(st.LateResponses); got > s.lost || s.lost == 0 {
		t.Errorf("%d unknown, %d late, %d were lost", unknown.Load(), st.LateResponses, s.lost)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestAThousandIdleSessionsCostLittle binds 1,000 ESMEs to one server; client
// ends of the connections and their sockets are counted in.
func TestAThousandIdleSessionsCostLittle(t *testing.T) {
	const sessions, limit = 1000, 50 << 20
	server, addr := mustListen(t, smsc.Config{})
	before := memory()
	for i := range sessions {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatalf("session %d: %v", i, err)
		}
		t.Cleanup(func() { nc.Close() })
		p := &peer{t, nc}
		p.send(raw(bindTRX, 0, 1, []byte("esme\x00\x00\x00\x34\x00\x00\x00")...))
		p.mustAnswer(bindTRXResp, 0, 1)
	}
	used := memory() - before
	if n := server.Stats().BoundNow; n != sessions {
		t.Fatalf("%d bound", n)
	}
	t.Logf("%d sessions: %.1f MB", sessions, float64(used)/(1<<20))
	if used > limit {
		t.Fatalf("%d sessions cost %d octets", sessions, used)
	}
}

// memory is what heap and stacks occupy.
func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// TestASubmitAllocatesAHandful counts a whole round trip: what we allocate and
// what the test's peer does.
func TestASubmitAllocatesAHandful(t *testing.T) {
	c, p := mustBoundPeer(t, quick(""))
	var serving sync.WaitGroup
	serving.Go(func() {
		in, out := make([]byte, 4096), raw(submitResp, 0, 0, 'i', 'd', 0)
		for {
			n, err := p.nc.Read(in)
			if err != nil {
				return
			}
			if n < 16 || binary.BigEndian.Uint32(in[4:]) != submitID {
				p.nc.Write(raw(binary.BigEndian.Uint32(in[4:])|0x80000000, 0, binary.BigEndian.Uint32(in[12:])))
				continue
			}
			copy(out[12:16], in[12:16])
			if _, err := p.nc.Write(out); err != nil {
				return
			}
		}
	})
	message, ctx := text(officer, "x"), t.Context()
	n := testing.AllocsPerRun(500, func() {
		if o := c.Submit(ctx, message); o.Kind != smpp.Accepted {
			t.Fatalf("outcome %+v", o)
		}
	})
	p.nc.SetReadDeadline(time.Now().Add(-time.Second))
	p.nc.Close()
	serving.Wait()
	if n > 2 { // the message id; the test's own now and then
		t.Fatalf("%v allocations for one submit", n)
	}
}
