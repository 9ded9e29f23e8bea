package queue

import (
	"context"
	"testing"
	"time"

	"notify1022/escalation"
)

// field failure 43
func TestARefusalForNowIsTriedLaterAndLaterAndAtLastFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refusals int
		want     time.Duration
	}{{0, time.Second}, {1, 2 * time.Second}, {3, 8 * time.Second}, {10, time.Minute}, {1000, time.Minute}} {
		if got := retryIn(c.refusals); got != c.want {
			t.Errorf("after %d refusals: again in %s, want %s", c.refusals, got, c.want)
		}
	}
	const last = mostBlamed - 1
	for _, c := range []struct {
		name             string
		refusal          escalation.Refusal
		refusals, blamed int
		works            bool // the SMSC takes others
		want             escalation.SegmentOutcome
	}{
		{"its first", escalation.RefusedText, 0, 0, false, refused(1, 1, time.Second)},
		{"its last", escalation.RefusedText, last, last, false, escalation.SegmentOutcome{State: escalation.Failed, Refusals: mostBlamed, Blamed: mostBlamed}},
		{"its first after a bad night of the SMSC", escalation.RefusedText, 700, 0, true, refused(701, 1, time.Minute)},
		{"for as long as the SMSC takes nothing", escalation.RefusedService, 700, last, false, refused(701, last, time.Minute)},
		{"by an SMSC that takes others", escalation.RefusedService, last, last, true, escalation.SegmentOutcome{State: escalation.Failed, Refusals: mostBlamed, Blamed: mostBlamed}},
		{"for the pace", escalation.RefusedPace, 700, last, true, refused(701, last, time.Minute)},
		{"by nobody", escalation.NotSubmitted, last, last, true, refused(0, 0, backDelay)},
	} {
		m := &escalation.Outgoing{Attempts: 900, Refusals: c.refusals, Blamed: c.blamed}
		got := counted(m, escalation.SegmentOutcome{State: escalation.Queued, Refusal: c.refusal}, c.works)
		if c.want.Refusal = c.refusal; got != c.want {
			t.Errorf("refused %s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func refused(refusals, blamed int, after time.Duration) escalation.SegmentOutcome {
	return escalation.SegmentOutcome{State: escalation.Queued, Refusals: refusals, Blamed: blamed, RetryIn: after}
}

// An SMSC that was away takes its texts when it is back, however long that was.
func TestARowWaitsUntouchedWhileNoBoundAccountCarriesItsLane(t *testing.T) {
	t.Parallel()
	s, main, reserve := newShelf(), newRadio(0), newRadio(5)
	g := testGateway(t, s, func(c *GatewayConfig) {
		c.Routes = []Route{{Transmitter: main}, {reserve, []escalation.Lane{escalation.LaneUrgent}}}
	})
	s.add(text(1, 1))
	running(t, g.Run)
	for id := range int64(3) {
		urgent := text(id+2, 1)
		urgent.Lane = escalation.LaneUrgent
		s.add(urgent)
		g.Wake()
		next(t, reserve.air, "an urgent text").done(accepted())
		settledAs(t, s, urgent.ID, escalation.Accepted)
	}
	if e := s.get(1); e.claims != 0 || len(reserve.air) != 0 {
		t.Errorf("the slip was claimed %d times, %d over the wrong account", e.claims, len(reserve.air))
	}
	main.open(5)
	g.Wake()
	next(t, main.air, "the slip").done(escalation.SegmentOutcome{State: escalation.Queued, Refusal: escalation.RefusedService})
	if e := settledAs(t, s, 1, escalation.Queued); e.last.RetryIn != time.Second {
		t.Errorf("after a moment's trouble it goes again in %s", e.last.RetryIn)
	}
}

func TestNoMoreOfALaneIsClaimedThanItsAccountsTake(t *testing.T) {
	t.Parallel()
	s, main, reserve := newShelf(), newRadio(2), newRadio(50)
	for id := range int64(20) {
		s.add(text(id+1, 1))
	}
	g := testGateway(t, s, func(c *GatewayConfig) {
		c.Routes = []Route{{Transmitter: main}, {reserve, []escalation.Lane{escalation.LaneUrgent, escalation.LaneBulk}}}
	})
	full, err := g.d.round(context.Background())
	if err != nil || !full {
		t.Errorf("the account's two places are taken: %t, %v", full, err)
	}
	if busy := s.mostBusy(); busy != 2 {
		t.Errorf("%d slips claimed, want 2: the other account does not carry them", busy)
	}
	if full, err = g.d.round(context.Background()); full || err != nil {
		t.Errorf("there is no room any more: %t, %v", full, err)
	}
}

// cutOff says that it has room and hands nothing over: its link is lost meanwhile.
type cutOff struct{ *radio }

func (cutOff) Submit(context.Context, *escalation.Outgoing, int, func(escalation.SegmentOutcome)) error {
	return errTest
}

func TestARowOfWhichNothingLeftGoesBackAsItWas(t *testing.T) {
	t.Parallel()
	s := newShelf()
	m := text(1, 3)
	m.Attempts, m.Refusals, m.Blamed = 30, 2, 2
	s.add(m)
	running(t, testGateway(t, s, func(c *GatewayConfig) { c.Routes = []Route{{Transmitter: cutOff{newRadio(5)}}} }).Run)
	e := settledAs(t, s, 1, escalation.Queued)
	if len(e.settled) != 0 || e.last.Segment != 0 || e.last.RetryIn != backDelay || e.Refusals != 2 || e.Blamed != 2 || e.last.Attempt != 31 {
		t.Errorf("it goes back as %+v with %d segments settled", e.last, len(e.settled))
	}
}

func TestAnAccountThatTookATextWorksForAWhile(t *testing.T) {
	t.Parallel()
	s := newSender(Route{Transmitter: newRadio(1)}, nil)
	trouble := escalation.SegmentOutcome{State: escalation.Queued, Refusal: escalation.RefusedService}
	if s.works(trouble) {
		t.Error("it took nothing yet")
	}
	if !s.works(accepted()) || !s.works(trouble) {
		t.Error("it has just taken one")
	}
	s.took = time.Now().Add(-worksStill)
	if s.works(trouble) {
		t.Error("that was long ago")
	}
}
