package sms

import (
	"bytes"
	"container/list"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Limits bounds a Reassembler. Zero in a field means its default.
type Limits struct {
	Timeout  time.Duration // age of the first part at which a message is given up; 60 s
	MaxSets  int           // messages held at once; 1000
	MaxBytes int           // octets held at once, bookkeeping included; 4 MiB
}

// The defaults of Limits. A phone sends the parts of a message within seconds;
// a person waits a minute for an answer, not more. A message of 255 parts is
// 36 kB and bookkeeping, so a hundred of the longest fit.
const (
	defaultTimeout  = 60 * time.Second
	defaultMaxSets  = 1000
	defaultMaxBytes = 4 << 20
	partOverhead    = 64  // slice header, sequence number, allocator
	setOverhead     = 256 // map entry, list element, struct
)

func (l Limits) orDefault() Limits {
	if l.Timeout <= 0 {
		l.Timeout = defaultTimeout
	}
	if l.MaxSets <= 0 {
		l.MaxSets = defaultMaxSets
	}
	if l.MaxBytes <= 0 {
		l.MaxBytes = defaultMaxBytes
	}
	return l
}

// Key names one part of one message. References repeat between senders, so the
// addresses belong to it; a changed total is another message.
type Key struct {
	Src, Dst string
	Part
}

func (k Key) message() Key {
	k.Seq = 0
	return k
}

// Fragment is the data of one part, without its header.
type Fragment struct {
	Seq  uint8
	Data []byte
}

// Incomplete is a message that was given up.
type Incomplete struct {
	Key   Key        // Seq is 0
	Parts []Fragment // in order of Seq; never empty, never all
	First time.Time  // when the first part to arrive came
	Why   Reason
}

// Data returns the parts that came, joined in order, gaps closed.
func (m Incomplete) Data() []byte {
	return join(m.Parts)
}

// Reason says why a message was given up.
type Reason uint8

const (
	TimedOut Reason = iota // Limits.Timeout went by
	Evicted                // it was the oldest when MaxSets or MaxBytes was reached
	Replaced               // its sender used the reference again with other data
)

// String returns "timed out", "evicted" or "replaced".
func (r Reason) String() string {
	switch r {
	case TimedOut:
		return "timed out"
	case Evicted:
		return "evicted"
	case Replaced:
		return "replaced"
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

// set is a message being collected. When done it stays until it is too old or
// the room is needed, so that a part which the SMSC delivers again is still
// known as a duplicate and does not begin a message that nobody ends.
type set struct {
	key   Key
	parts []Fragment // in order of Seq
	first time.Time
	bytes int
	done  bool
}

// Reassembler joins the parts of concatenated messages in memory. Parts come in
// any order, twice, and from many senders at once. It starts no goroutine and
// reads no clock: time goes by when Add or Expire is told so. It is safe for
// concurrent use.
//
// A restart forgets what was held; who must not lose a part stores it before
// acknowledging it and joins from the store.
type Reassembler struct {
	limits Limits

	mu        sync.Mutex
	sets      map[Key]*list.Element // by Key.message
	waiting   *list.List            // of *set not done, the oldest in front
	done      *list.List            // of *set done, the first completed in front
	bytes     int                   // sum of set.bytes in both lists
	lost      []Incomplete          // given up, not yet fetched by Expire
	lostBytes int
	dropped   int
}

// NewReassembler returns a Reassembler with the given limits.
func NewReassembler(limits Limits) *Reassembler {
	return &Reassembler{
		limits:  limits.orDefault(),
		sets:    make(map[Key]*list.Element),
		waiting: list.New(),
		done:    list.New(),
	}
}

// Add takes one part, received at now, and returns the whole message when this
// part was the last one missing. The data is still encoded: characters divided
// between two parts by a careless sender are whole again only after joining.
//
// A part that is not Valid is a message by itself and is returned at once. A
// part that came before changes nothing, also while its message is complete but
// not older than Timeout. Other data under the same key and number means that
// the sender uses the reference again: the old message is given up.
func (r *Reassembler) Add(key Key, data []byte, now time.Time) (full []byte, complete bool) {
	if !key.Valid() {
		return data, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire(now)

	at, s := r.open(key, data, now)
	if s == nil {
		return nil, false
	}
	r.insert(s, at, Fragment{Seq: key.Seq, Data: bytes.Clone(data)})
	if len(s.parts) == int(key.Total) {
		r.finish(s)
		full, complete = join(s.parts), true
	}
	r.shrink()
	return full, complete
}

// Expire returns the messages given up since the last call: those older than
// Timeout at now, those evicted and those replaced, in the order in which they
// were given up. Between two calls at most MaxSets of them and MaxBytes octets
// are kept; beyond that the oldest are dropped and counted.
func (r *Reassembler) Expire(now time.Time) []Incomplete {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire(now)
	lost := r.lost
	r.lost, r.lostBytes = nil, 0
	return lost
}

// Held returns the number of messages and octets in memory, and how many
// given-up messages were dropped because nobody called Expire.
func (r *Reassembler) Held() (sets, octets, dropped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sets) + len(r.lost), r.bytes + r.lostBytes, r.dropped
}

// open returns the set that the part belongs to and its place there, nil when
// the part is a duplicate.
func (r *Reassembler) open(key Key, data []byte, now time.Time) (at int, s *set) {
	if e, ok := r.sets[key.message()]; ok {
		s = e.Value.(*set)
		at, found := s.find(key.Seq)
		if !found {
			return at, s
		}
		if bytes.Equal(s.parts[at].Data, data) {
			return 0, nil
		}
		r.giveUp(e, Replaced)
	}
	s = &set{key: key.message(), first: now, bytes: setOverhead + len(key.Src) + len(key.Dst)}
	r.bytes += s.bytes
	r.sets[s.key] = r.waiting.PushBack(s)
	return 0, s
}

func (s *set) find(seq uint8) (at int, found bool) {
	return slices.BinarySearchFunc(s.parts, seq, func(f Fragment, seq uint8) int {
		return int(f.Seq) - int(seq)
	})
}

func (r *Reassembler) insert(s *set, at int, f Fragment) {
	s.parts = slices.Insert(s.parts, at, f)
	size := partOverhead + len(f.Data)
	s.bytes += size
	r.bytes += size
}

func (r *Reassembler) finish(s *set) {
	r.waiting.Remove(r.sets[s.key])
	s.done = true
	r.sets[s.key] = r.done.PushBack(s)
}

func (r *Reassembler) expire(now time.Time) {
	for _, l := range []*list.List{r.waiting, r.done} {
		for e := l.Front(); e != nil && now.Sub(e.Value.(*set).first) >= r.limits.Timeout; e = l.Front() {
			r.giveUp(e, TimedOut)
		}
	}
}

// shrink makes room until the limits hold: done messages go first, they are
// only remembered, then the oldest of the others.
func (r *Reassembler) shrink() {
	for len(r.sets) > r.limits.MaxSets || r.bytes > r.limits.MaxBytes {
		e := r.done.Front()
		if e == nil {
			e = r.waiting.Front()
		}
		r.giveUp(e, Evicted)
	}
}

// giveUp forgets a set and, when it was not done, keeps it for Expire.
func (r *Reassembler) giveUp(e *list.Element, why Reason) {
	s := e.Value.(*set)
	r.waiting.Remove(e) // of a list that e is not in: nothing happens
	r.done.Remove(e)
	delete(r.sets, s.key)
	r.bytes -= s.bytes
	if s.done {
		return
	}
	r.lost = append(r.lost, Incomplete{Key: s.key, Parts: s.parts, First: s.first, Why: why})
	r.lostBytes += s.bytes
	for len(r.lost) > r.limits.MaxSets || r.lostBytes > r.limits.MaxBytes {
		r.lostBytes -= r.lost[0].bytes()
		r.lost[0] = Incomplete{}
		r.lost = r.lost[1:]
		r.dropped++
	}
}

// bytes is what set.bytes was.
func (m Incomplete) bytes() int {
	n := setOverhead + len(m.Key.Src) + len(m.Key.Dst)
	for _, f := range m.Parts {
		n += partOverhead + len(f.Data)
	}
	return n
}

func join(parts []Fragment) []byte {
	n := 0
	for _, f := range parts {
		n += len(f.Data)
	}
	b := make([]byte, 0, n)
	for _, f := range parts {
		b = append(b, f.Data...)
	}
	return b
}
