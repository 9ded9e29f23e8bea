package rehearsal

import (
	"testing"
	"time"

	"notify1022/escalation"
)

func TestLostAndDoubledAreCountedAgainstTheOutbox(t *testing.T) {
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC) // a Monday
	rows := []loadRow{
		{ID: 1, Phone: "+84571000001", State: escalation.Delivered, Segments: 1},
		{ID: 2, Phone: "+84571000002", State: escalation.Accepted, Segments: 2},
		{ID: 3, Phone: "+84571000003", State: escalation.Delivered, Segments: 1},                                     // never seen
		{ID: 4, Phone: "+84571000004", State: escalation.Delivered, Segments: 1, Duplicate: true},                    // seen twice
		{ID: 5, Phone: "+84571000005", State: escalation.Unknown, Segments: 1},                                       // without an outcome
		{ID: 6, Phone: "+84571000006", State: escalation.Queued, NotBefore: now.Add(time.Hour).UnixMicro()},          // not its time yet
		{ID: 7, Phone: "+84571000007", State: escalation.Dropped},                                                    // pointless
		{ID: 8 + 1<<16, Phone: "+84571000008", State: escalation.Accepted, Segments: 1},                              // the reference has 16 bits
		{ID: 9, Phone: "+84571000009", State: escalation.Queued, NotBefore: now.Add(-time.Hour).UnixMicro()},         // forgotten
		{ID: 10, Phone: "+84571000010", State: escalation.Delivered, Segments: 1, NotBefore: now.UnixMicro() - 1000}, // seen once more than it should
	}
	seen := map[airKey]sight{
		{"84571000001", 1}:  {times: 1},
		{"84571000002", 2}:  {times: 2},
		{"84571000004", 4}:  {times: 2},
		{"84571000008", 8}:  {times: 1},
		{"84571000010", 10}: {times: 2},
		{"84571000011", 11}: {times: 1}, // nobody's
	}
	l := &Load{service: LoadService{Now: func() time.Time { return now }}}
	l.compare(rows, seen)
	r := l.result
	if r.Messages != 8 || r.Receipts != 4 || r.Lost != 3 || r.Doubled != 2 || r.Marked != 1 || r.Stray != 1 || r.Clean() {
		t.Errorf("%d texts, %d receipts, %d lost, %d doubled (%d marked), %d stray, clean %t", r.Messages, r.Receipts, r.Lost, r.Doubled, r.Marked, r.Stray, r.Clean())
	}
}

func TestASpreadNamesTheMiddleAndTheEnds(t *testing.T) {
	var d []time.Duration
	for ms := 100; ms >= 1; ms-- {
		d = append(d, time.Duration(ms)*time.Millisecond)
	}
	if s := spread(d); s.Count != 100 || s.P50 != 0.05 || s.P99 != 0.099 || s.Max != 0.1 {
		t.Errorf("%+v", s)
	}
	if s := spread(nil); s != (Spread{}) {
		t.Errorf("of nothing: %+v", s)
	}
}
