package smsc

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"notify1022/smpp"
)

// Faults are misbehaviours on demand. The zero value behaves. In JSON
// durations are written "250ms".
type Faults struct {
	Latency            Duration    // before each submit_sm_resp
	Jitter             Duration    // up to this much more, at random
	ErrorRate          float64     // share of submits refused, 0 to 1
	ErrorStatus        smpp.Status // with this status; default RSYSERR
	Rate               int         // submits per second, beyond it RTHROTTLED; 0 is no limit
	DropEvery          int         // the link is cut after every N submits, before the answer
	SilentEvery        int         // every Nth submit is taken and never answered; 1 is all
	DuplicateReceipts  bool        // each receipt is sent twice
	DuplicateResponses bool        // each submit_sm_resp is sent twice
	GarbageEvery       int         // before every Nth answer an unknown PDU, and after it octets that are none
	StrayResponses     bool        // before each submit_sm_resp one that answers nothing
	FreezeEvery        int         // after every N submits the link goes dead without a word: half-open
	SplitWrites        int         // TCP writes of at most N octets; 0 is whole
	NoEnquireLink      bool        // enquire_link is not answered
}

// Duration is a time.Duration that JSON shows as text.
type Duration time.Duration

// MarshalText writes "250ms".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads "250ms".
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// faultsJSON is Faults on the control API.
type faultsJSON struct {
	Latency            Duration    `json:"latency"`
	Jitter             Duration    `json:"jitter"`
	ErrorRate          float64     `json:"error_rate"`
	ErrorStatus        smpp.Status `json:"error_status"`
	Rate               int         `json:"rate"`
	DropEvery          int         `json:"drop_every"`
	SilentEvery        int         `json:"silent_every"`
	DuplicateReceipts  bool        `json:"duplicate_receipts"`
	DuplicateResponses bool        `json:"duplicate_responses"`
	GarbageEvery       int         `json:"garbage_every"`
	StrayResponses     bool        `json:"stray_responses"`
	FreezeEvery        int         `json:"freeze_every"`
	SplitWrites        int         `json:"split_writes"`
	NoEnquireLink      bool        `json:"no_enquire_link"`
}

// MarshalJSON writes the names of the control API.
func (f Faults) MarshalJSON() ([]byte, error) { return json.Marshal(faultsJSON(f)) }

// UnmarshalJSON reads them; what is left out is off.
func (f *Faults) UnmarshalJSON(b []byte) error {
	var j faultsJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*f = Faults(j)
	return f.check()
}

func (f Faults) check() error {
	if f.ErrorRate < 0 || f.ErrorRate > 1 {
		return fmt.Errorf("error_rate %v is not between 0 and 1", f.ErrorRate)
	}
	if min(f.Latency, f.Jitter) < 0 || min(f.Rate, f.DropEvery, f.SilentEvery, f.GarbageEvery, f.FreezeEvery, f.SplitWrites) < 0 {
		return fmt.Errorf("a fault is negative")
	}
	return nil
}

// verdict is what the faults do to one submit.
type verdict struct {
	Faults
	status  smpp.Status // refused with
	drop    bool
	silent  bool
	garbage bool
	freeze  bool
}

// delay is what passes before the answer.
func (v *verdict) delay() time.Duration {
	d := time.Duration(v.Latency)
	if v.Jitter > 0 {
		d += rand.N(time.Duration(v.Jitter) + 1)
	}
	return d
}

// trouble draws verdicts.
type trouble struct {
	mu      sync.Mutex
	faults  Faults
	submits int       // since the faults were set
	second  time.Time // of the rate limit
	count   int       // in it
}

func (t *trouble) set(f Faults) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults, t.submits = f, 0
}

func (t *trouble) get() Faults {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.faults
}

func (t *trouble) draw() verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.faults
	t.submits++
	every := func(n int) bool { return n > 0 && t.submits%n == 0 }
	v := verdict{Faults: f, drop: every(f.DropEvery), silent: every(f.SilentEvery), garbage: every(f.GarbageEvery), freeze: every(f.FreezeEvery)}
	switch {
	case t.tooFast():
		v.status = smpp.StatusThrottled
	case f.ErrorRate > 0 && rand.Float64() < f.ErrorRate:
		v.status = or(f.ErrorStatus, smpp.StatusSystemError)
	}
	return v
}

// tooFast counts this submit in its second, with mu held.
func (t *trouble) tooFast() bool {
	if t.faults.Rate == 0 {
		return false
	}
	if now := time.Now(); now.Sub(t.second) >= time.Second {
		t.second, t.count = now, 0
	}
	t.count++
	return t.count > t.faults.Rate
}

// faultyConn is a connection that may write in small pieces or be frozen.
type faultyConn struct {
	net.Conn
	t      *trouble
	frozen atomic.Bool
}

// Read loses what comes over a frozen connection: the peer's system still
// acknowledges it, as with a half-open link.
func (c *faultyConn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.frozen.Load() {
			return n, err
		}
	}
}

func (c *faultyConn) Write(b []byte) (int, error) {
	if c.frozen.Load() {
		return len(b), nil
	}
	n := c.t.get().SplitWrites
	if n <= 0 {
		return c.Conn.Write(b)
	}
	written := 0
	for written < len(b) {
		m, err := c.Conn.Write(b[written:min(len(b), written+n)])
		written += m
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
