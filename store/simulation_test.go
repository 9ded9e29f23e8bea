package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

// simulated runs a test over a clock that starts on Monday at a thousand times speed.
func simulated(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := newSimulation(t, dsn)
		fn(t, w)
	})
}

func newSimulation(t *testing.T, dsn string) *world {
	t.Helper()
	w := &world{t: t, dsn: dsn, machine: monday.AddDate(0, 1, 0)}
	w.Store = mustOpen(t, dsn, store.Options{Simulated: true, Machine: w.machineNow})
	if started, err := w.StartSimulation(t.Context(), monday, 1000); err != nil || !started {
		t.Fatalf("start: %t, %v", started, err)
	}
	return w
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.machine = w.machine.Add(d)
}

// shows checks what the simulated clock shows, counted from its start.
func (w *world) shows(want time.Duration) {
	w.t.Helper()
	at, err := w.Now(w.t.Context())
	w.must(err)
	if got := at.Sub(monday); got != want {
		w.t.Errorf("the simulated clock shows %v after its start, want %v", got, want)
	}
}

func (w *world) advance(wantHeld bool) {
	w.t.Helper()
	held, err := w.AdvanceSimulation(w.t.Context())
	w.must(err)
	if held != wantHeld {
		w.t.Errorf("held is %t, want %t", held, wantHeld)
	}
}

func TestASimulatedClockStopsAtDueInstantsUntilTheirWorkIsDone(t *testing.T) {
	simulated(t, func(t *testing.T, w *world) {
		w.pass(time.Minute)
		w.shows(0) // nobody has driven it yet
		w.advance(false)
		w.pass(time.Second)
		w.shows(1000 * time.Second)

		at, err := w.Now(t.Context())
		w.must(err)
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{{Round: 1, Name: escalation.RungHead, Due: at.Add(10 * time.Minute), State: escalation.Armed}}
		})
		w.pass(time.Hour)
		w.shows(1600 * time.Second)
		w.advance(true) // the rung is due and not fired
		w.pass(time.Hour)
		w.shows(1600 * time.Second)

		w.change(p.ID, func(p *escalation.Petition, fx *escalation.Effects) {
			p.Rungs[0].State = escalation.Fired
			fx.Notices = []escalation.Notice{{Petition: p.ID, Template: "H1", To: escalation.Recipient{Phone: headPhone}, Lane: escalation.LaneSlip, Class: escalation.ClassEscalation}}
		})
		w.advance(true) // its notice has no outcome
		rows := w.claim(10)
		w.advance(true)
		w.settle(rows[0].ID, 1, escalation.Accepted, "1")
		w.settle(rows[0].ID, 2, escalation.Accepted, "2")
		w.advance(false)
		w.pass(time.Second)
		w.shows(2600 * time.Second)

		in := w.single("0570000001", "NHAN") // read now: nothing passes until it is applied
		in.ReadAt, err = w.Now(t.Context())
		w.must(err)
		w.receive(in)
		w.pass(time.Second)
		w.shows(2600 * time.Second)
		w.advance(true)
		w.apply(w.ready()[0])
		w.advance(false)
	})
}

func TestASimulatedClockRunsAnHourAtMostUndriven(t *testing.T) {
	simulated(t, func(t *testing.T, w *world) {
		w.advance(false)
		w.pass(24 * time.Hour)
		w.shows(time.Hour)
		wait, err := w.Wait(t.Context(), monday.Add(2*time.Hour))
		w.must(err)
		if wait <= 0 || wait > 4*time.Second {
			t.Errorf("an hour at a thousand times speed: wait %v", wait)
		}
		if wait, _ := w.Wait(t.Context(), monday); wait != 0 {
			t.Errorf("what has passed: wait %v", wait)
		}
	})
}

func TestAHeldNoticeStopsTheSimulatedClockAtItsTime(t *testing.T) {
	simulated(t, func(t *testing.T, w *world) {
		w.advance(false)
		w.post(escalation.Notice{Template: "C5", To: escalation.Recipient{Phone: citizenPhone}, NotBefore: monday.Add(5 * time.Minute), Lane: escalation.LaneCitizen})
		w.pass(time.Hour)
		w.shows(5 * time.Minute)
		w.advance(true)
	})
}

func TestASimulatedClockKeepsItsAppointment(t *testing.T) {
	simulated(t, func(t *testing.T, w *world) {
		w.must(w.Appoint(t.Context(), monday.Add(10*time.Minute)))
		w.advance(false)
		w.pass(time.Hour)
		w.shows(10 * time.Minute)
		w.advance(false)
		w.pass(time.Hour)
		w.shows(10 * time.Minute)
		w.must(w.Appoint(t.Context(), time.Time{}))
		w.advance(false)
		w.pass(time.Hour)
		w.shows(70 * time.Minute)
	})
}

func TestALaterStartAndAnotherProcessContinueTheSimulatedClock(t *testing.T) {
	simulated(t, func(t *testing.T, w *world) {
		w.advance(false)
		w.pass(time.Second)
		other := mustOpen(t, w.dsn, store.Options{Simulated: true, Machine: w.machineNow})
		if started, err := other.StartSimulation(t.Context(), monday.AddDate(1, 0, 0), 1); started || err != nil {
			t.Errorf("a second start: %t, %v", started, err)
		}
		at, speed, err := other.SimNow(t.Context())
		if err != nil || !at.Equal(monday.Add(1000*time.Second)) || speed != 1000 {
			t.Errorf("the other process reads %v at %v: %v", at, speed, err)
		}
		w.must(other.SetSpeed(t.Context(), 2))
		w.pass(time.Minute)
		w.shows(1120 * time.Second)
	})
}

func TestARealClockNeverGoesBackAndIsNotSimulated(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := mustOpen(t, dsn, store.Options{})
		last, err := s.Now(t.Context())
		if err != nil || time.Since(last).Abs() > time.Minute {
			t.Fatalf("now is %v, %v", last, err)
		}
		for range 20 {
			now, err := s.Now(t.Context())
			if err != nil || now.Before(last) || now.Nanosecond()%1000 != 0 {
				t.Fatalf("%v after %v: %v", now, last, err)
			}
			last = now
		}
		if held, err := s.AdvanceSimulation(t.Context()); held || err != nil {
			t.Errorf("driving a real clock: %t, %v", held, err)
		}
		if wait, err := s.Wait(t.Context(), last.Add(time.Hour)); err != nil || wait < 59*time.Minute || wait > time.Hour {
			t.Errorf("an hour ahead: wait %v, %v", wait, err)
		}
		if step := s.ClockStep(); step != 0 {
			t.Errorf("a steady clock stepped by %v", step)
		}
	})
}

// A bundle that waits for its recipient's budget is no work of the instant, though its
// members are under way.
func TestABundleOverTheBudgetLetsTheSimulatedClockGoOn(t *testing.T) {
	simulated(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		w.Budget(1)
		w.advance(false)
		w.pass(time.Second)
		byPhone := func(n *escalation.Notice) { n.To = escalation.Recipient{Phone: focalPhone, Role: escalation.Focal} }
		first := w.reminder(byPhone)
		if rows := w.say(); len(rows) != 1 || rows[0].ID != first {
			t.Fatalf("%+v", rows)
		}
		w.end(first, escalation.Accepted, "1") // the hour's one text
		w.reminder(byPhone)
		w.reminder(byPhone)
		if rows := w.say(); len(rows) != 0 {
			t.Fatalf("over the budget: %+v", rows)
		}
		before, err := w.Now(t.Context())
		w.must(err)
		for range 8 {
			w.pass(time.Second)
			if _, err := w.AdvanceSimulation(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.say() // looked at again and again
		}
		after, err := w.Now(t.Context())
		if w.must(err); !after.After(before.Add(10 * time.Minute)) {
			t.Errorf("the clock stands at %s since %s", after, before)
		}
	})
}
