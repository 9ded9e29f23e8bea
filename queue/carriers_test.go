package queue

import (
	"testing"
	"time"

	"notify1022/escalation"
)

func TestTheRestOfATextGoesWhereTheHandsetJoinsIt(t *testing.T) {
	t.Parallel()
	manners := map[string]string{"a": "8022 udh8", "b": "8022 udh8", "c": "9022 udh8", "d": "8022 sar"}
	for _, test := range []struct {
		carriers []string
		over     string
		want     bool
	}{
		{nil, "c", true},
		{[]string{"a"}, "a", true},
		{[]string{"a"}, "b", true},
		{[]string{"a"}, "c", false},
		{[]string{"a"}, "d", false},
		{[]string{"a", "b"}, "a", true},
		{[]string{"a", "c"}, "a", false},
		{[]string{"gone"}, "a", false},
	} {
		if got := joins(&escalation.Outgoing{Carriers: test.carriers}, manners[test.over], manners); got != test.want {
			t.Errorf("%v, then %s: %t", test.carriers, test.over, got)
		}
	}
}

// Account a takes the first segment and asks for a slower pace at the second; meanwhile b has
// more room, or a is gone.
func TestALongTextStaysWithItsAccountOrGoesWholeOverAnother(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		manner string // of b
		gone   bool
		onA    bool
		want   []int // segments
	}{
		"it stays":              {"9022 udh8", false, true, []int{2}},
		"b sends in its manner": {"8022 udh8", true, false, []int{2}},
		"b sends in another":    {"9022 udh8", true, false, []int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, a, b := newShelf(), newRadio(9), newRadio(5)
			a.name, a.manner, b.name, b.manner = "a", "8022 udh8", "b", test.manner
			s.add(text(1, 2))
			running(t, testGateway(t, s, func(c *GatewayConfig) { c.Routes = []Route{{Transmitter: a}, {Transmitter: b}} }).Run)
			first, second := next(t, a.air, "segment 1"), next(t, a.air, "segment 2")
			a.open(1)
			if test.gone {
				a.open(0)
			}
			first.done(accepted())
			second.done(escalation.SegmentOutcome{State: escalation.Queued, Refusal: escalation.RefusedPace, RetryIn: time.Millisecond})
			over := b
			if test.onA {
				over = a
			}
			for _, segment := range test.want {
				x := next(t, over.air, "the rest")
				if x.segment != segment {
					t.Errorf("segment %d, want %d", x.segment, segment)
				}
				x.done(accepted())
			}
			eventually(t, "acceptance", func() bool { return s.get(1).state == escalation.Accepted })
			if e := s.get(1); len(a.air)+len(b.air) != 0 || e.PossibleDuplicate != (len(test.want) == 2) {
				t.Errorf("%d submits too many, marked %t", len(a.air)+len(b.air), e.PossibleDuplicate)
			}
		})
	}
}

// Segments of one text over two accounts count together only where a handset joins them, also
// when the answers of the first come after the second has begun.
func TestALongTextGoesAnewWhereWhatIsOutMayNotBeJoinedToTheRest(t *testing.T) {
	t.Parallel()
	a, b := newRadio(9), newRadio(9)
	a.name, a.manner, b.name, b.manner = "a", "8022 udh8", "b", "9022 udh8"
	d := &dispatcher{senders: []*sender{{route: Route{Transmitter: a}}, {route: Route{Transmitter: b}}}}
	for name, test := range map[string]struct {
		segments, of int // on the air, and in so many submits
		proven       []int
		carriers     []string
		again        bool // it may have gone out
		want         bool
	}{
		"one segment":                      {1, 1, nil, nil, true, false},
		"the first time":                   {2, 2, nil, nil, false, false},
		"nobody answered":                  {2, 2, nil, nil, true, true},
		"a part is with b":                 {2, 2, []int{1}, []string{"b"}, true, false},
		"a part is with a":                 {2, 2, []int{1}, []string{"a"}, true, true},
		"all of it is with a":              {2, 2, []int{1, 2}, []string{"a"}, true, false},
		"all of it, a part with each":      {2, 2, []int{1, 2}, []string{"a", "b"}, true, true},
		"a part, and it goes whole by now": {2, 1, []int{1}, []string{"b"}, true, true},
	} {
		m := &escalation.Outgoing{ID: 1, Segments: test.segments, Proven: test.proven, Carriers: test.carriers, PossibleDuplicate: test.again}
		if got := d.anew(d.senders[1], job{m: m, segments: test.of}); got != test.want {
			t.Errorf("%s: anew %t", name, got)
		}
	}
}
