package rehearsal

import (
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
)

// Air notes what reaches the SMSC: its Verdict belongs into smsc.Config. It
// accepts everything.
type Air struct {
	receipts bool
	open     atomic.Int64 // replies on their way
	count    atomic.Int64 // submits

	mu      sync.Mutex
	seen    map[airKey]*sight
	replies chan reply // nil: nobody answers
}

// NewAir notes submits; with receipts each is reported delivered, without none is.
func NewAir(receipts bool) *Air { return &Air{receipts: receipts, seen: map[airKey]*sight{}} }

// airKey tells messages apart: recipients are distinct, and a message's segments
// share the reference.
type airKey struct {
	to  string // without +
	ref uint16
}

// sight is how often a key was submitted, and when.
type sight struct {
	times       int
	first, last time.Time
}

// reply is a slip that an officer might acknowledge.
type reply struct{ from, to, code string }

// ask is how a slip asks to be acknowledged.
var ask = regexp.MustCompile(`\bNHAN ([0-9]{5,8})\b`)

// Verdict notes a submit.
func (a *Air) Verdict(s smpp.Submit) smsc.Verdict {
	now := time.Now()
	a.count.Add(1)
	key := airKey{s.Dest.Addr, s.UserMessageReference}
	a.mu.Lock()
	defer a.mu.Unlock()
	if at := a.seen[key]; at != nil {
		at.times, at.last = at.times+1, now
	} else {
		a.seen[key] = &sight{times: 1, first: now, last: now}
	}
	if a.replies != nil {
		a.consider(s)
	}
	return smsc.Verdict{NoReceipt: !a.receipts}
}

// consider hands a slip's code to those who answer. A full channel drops it: the
// share of replies is met by those who get one.
func (a *Air) consider(s smpp.Submit) {
	data, _, _ := s.Segment()
	found := ask.FindStringSubmatch(sms.Decode(s.DataCoding, data))
	if found == nil {
		return
	}
	select {
	case a.replies <- reply{from: s.Dest.Addr, to: s.Source.Addr, code: found[1]}:
		a.open.Add(1)
	default:
	}
}

// listen lets slips be answered from now on; nil ends it.
func (a *Air) listen(replies chan reply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.replies = replies
}

// submits is how many there were.
func (a *Air) submits() int { return int(a.count.Load()) }

// waiting is how many replies are on their way.
func (a *Air) waiting() int64 { return a.open.Load() }

// sights is a copy of what was seen.
func (a *Air) sights() map[airKey]sight {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make(map[airKey]sight, len(a.seen))
	for k, s := range a.seen {
		all[k] = *s
	}
	return all
}
