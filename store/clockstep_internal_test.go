package store

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// watch is a store whose wall clock answers wrongly by as much as is set: PostgreSQL's
// there, the host's on SQLite.
type watch struct {
	*Store
	t    *testing.T
	dsn  string
	off  atomic.Int64 // nanoseconds
	host atomic.Int64 // and this host's own clock
	seq  int
}

func watched(t *testing.T, dsn string) *watch {
	w := &watch{Store: opened(t, dsn), t: t, dsn: dsn}
	w.begin()
	return w
}

// begin is what a process does at its start: it has watched no clock.
func (w *watch) begin() {
	w.t.Helper()
	c := newMachineClock(nil, nil)
	if w.d.name == postgres.name {
		c.ask, c.steady = askPostgres, false
	}
	right := c.ask
	c.ask = func(ctx context.Context, on conn) (time.Time, error) {
		at, err := right(ctx, on)
		return at.Add(time.Duration(w.off.Load())), err
	}
	c.host = func(read time.Time) time.Time { return read.Round(0).Add(time.Duration(w.host.Load())) }
	w.clock = c
	w.must(w.recall(w.t.Context()))
}

func (w *watch) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watch) beat() { w.t.Helper(); w.must(w.Heartbeat(w.t.Context(), "n1", "worker")) }

func (w *watch) step(by time.Duration) { w.off.Add(int64(by)) }

func (w *watch) accept() {
	w.t.Helper()
	w.must(w.By(escalation.Ladder()).AcceptClockStep(w.t.Context()))
}

func (w *watch) due() error {
	return w.Tx(w.t.Context(), func(tx escalation.Tx) error {
		_, err := tx.Due(w.t.Context(), tx.Now(), 10, escalation.DuePetition{}, nil)
		return err
	})
}

// fires checks whether rungs fire and what the auditor says of the clock.
func (w *watch) fires(when string, step time.Duration) {
	w.t.Helper()
	if err := w.due(); errors.Is(err, ErrClockStepped) != (step != 0) || step == 0 && err != nil {
		w.t.Errorf("%s: %v", when, err)
	}
	if a, err := w.Audit(w.t.Context()); err != nil || (a.ClockStep-step).Abs() > 2*time.Second {
		w.t.Errorf("%s: the auditor says %s, %v; want %s", when, a.ClockStep, err, step)
	}
}

// shows checks what the domain's clock shows; periods are due by it.
func (w *watch) shows(when string, want time.Time) {
	w.t.Helper()
	if now, err := w.Now(w.t.Context()); err != nil || now.Sub(want).Abs() > time.Minute {
		w.t.Errorf("%s: the domain's clock shows %s, %v; want %s", when, now, err, want)
	}
}

// queue lets a text wait until an instant, or be of use until one; zero: neither.
func (w *watch) queue(notBefore, expires time.Time) (id int64) {
	w.t.Helper()
	w.seq++
	n := escalation.Notice{Template: "T1", To: escalation.Recipient{Phone: "+84570000001"}, Lane: escalation.LaneBulk, Class: escalation.ClassReport,
		Attempt: 1, Seq: w.seq, NotBefore: notBefore, Expires: expires}
	w.must(w.Tx(w.t.Context(), func(tx escalation.Tx) error {
		return tx.Post(w.t.Context(), []escalation.Notice{n}, nil)
	}))
	w.must(w.writer().get(w.t.Context(), &id, `SELECT MAX(id) FROM message`))
	return id
}

// events are two for other programs: a worker dies at one, the other's receiver did not
// answer for an hour.
func (w *watch) events() {
	w.t.Helper()
	for range 2 {
		hook, err := w.By(escalation.Ladder()).AddWebhook(w.t.Context(), Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{EventInbound}})
		w.must(err)
		_, err = w.writer().exec(w.t.Context(), `INSERT INTO webhook_delivery (webhook_id, event, key, body, state, created_at) VALUES (?, ?, '1', '{}', 'queued', 1)`, hook.ID, EventInbound)
		w.must(err)
	}
	list, err := w.ClaimDeliveries(w.t.Context(), 2)
	w.must(err)
	w.must(w.EndDelivery(w.t.Context(), DeliveryEnd{ID: list[0].ID, Receiver: list[0].Webhook.ID, Claim: list[0].Claim, Failure: "no answer", Pause: time.Hour, Behind: time.Hour}))
}

// goes claims whatever may go.
func (w *watch) goes() (ids []int64) {
	w.t.Helper()
	rows, err := w.Claim(w.t.Context(), "n1", 20, time.Minute, frozen)
	w.must(err)
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

func (w *watch) lapse() {
	w.t.Helper()
	_, err := w.Lapse(w.t.Context(), 0)
	w.must(err)
}

func (w *watch) ends(id int64, state escalation.MessageState) {
	w.t.Helper()
	w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{{Message: id, Segment: 1, Segments: 1, State: state, SMSC: "vnpt", SMSCID: "a1"}}))
}

func (w *watch) is(when string, id int64, want escalation.MessageState) {
	w.t.Helper()
	var state escalation.MessageState
	w.must(w.writer().get(w.t.Context(), &state, `SELECT state FROM message WHERE id = ?`, id))
	if state != want {
		w.t.Errorf("%s: text %d is %s, want %s", when, id, state, want)
	}
}

var clockSteps = []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour}

// field failure 11
func TestWhileTheClockIsSteppedNothingFiresAndTheAuditorSaysSo(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		for _, back := range []bool{true, false} {
			w := watched(t, dsn)
			for _, step := range clockSteps {
				begun := time.Now().Add(time.Duration(w.off.Load()))
				w.fires("before the step", 0)
				w.step(step)
				w.fires("after a step of "+step.String(), step)
				w.shows("after a step of "+step.String(), begun)
				w.beat()
				w.fires("a step that nobody accepted, of "+step.String(), step)
				if back {
					w.step(-step)
				} else {
					w.accept()
					begun = begun.Add(step)
				}
				w.fires("when it is over", 0)
				w.shows("when it is over", begun)
			}
		}
	})
}

// field failure 11
func TestWhatWaitsKeepsItsTimeWhileTheClockIsStepped(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		for _, step := range clockSteps {
			now, err := w.Now(t.Context())
			w.must(err)
			night, useful := w.queue(now.Add(30*time.Minute), time.Time{}), w.queue(time.Time{}, now.Add(30*time.Minute))
			underway := w.queue(time.Time{}, time.Time{})
			if got := w.goes(); !slices.Equal(got, []int64{useful, underway}) {
				t.Fatalf("before a step of %s %v go", step, got)
			}
			w.must(w.Release(t.Context(), "n1"))
			w.must(w.writerExec(`UPDATE message SET state = 'sending', lease_owner = 'n1', lease_real = ? WHERE id = ?`, micros(now.Add(time.Minute)), underway))

			w.step(step)
			w.lapse()
			w.is("after a step of "+step.String(), useful, escalation.Queued)
			w.is("after a step of "+step.String(), underway, escalation.Sending)
			if got := w.goes(); !slices.Equal(got, []int64{useful}) {
				t.Errorf("after a step of %s %v go, want %d alone: %d waits for the morning", step, got, useful, night)
			}
			w.ends(useful, escalation.Unknown)
			w.step(-step)
			w.lapse()
			w.is("when the clock is back", useful, escalation.Queued)
			if got := w.goes(); !slices.Equal(got, []int64{useful}) {
				t.Errorf("after a step of %s and back %v go", step, got)
			}
			w.ends(useful, escalation.Accepted)
			w.ends(underway, escalation.Accepted)
			w.must(w.writerExec(`UPDATE message SET state = 'suppressed' WHERE id = ?`, night))
		}
	})
}

// What a clock wrote that was ahead does not stand still until that time comes.
func TestAfterAStepBackNothingStandsStillForTheLengthOfIt(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		w.events()
		unknown, leased, refused := w.queue(time.Time{}, time.Time{}), w.queue(time.Time{}, time.Time{}), w.queue(time.Time{}, time.Time{})
		if got := w.goes(); len(got) != 3 {
			t.Fatalf("%v go", got)
		}
		w.ends(unknown, escalation.Unknown)
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{{Message: refused, Segment: 1, Segments: 1, State: escalation.Queued, SMSC: "vnpt", RetryIn: time.Minute}}))
		if got, err := w.holdPeriod(t.Context(), "morning", "p1", "n2"); err != nil || !got { // who dies at it
			t.Fatal(got, err)
		}
		w.step(-24 * time.Hour)
		w.fires("after the step", -24*time.Hour)
		w.accept()
		w.fires("when it is accepted", 0)
		for range 3 { // the lease, its becoming unknown, its being queued again
			w.step(time.Millisecond)
			w.lapse()
		}
		if got := w.goes(); !slices.Equal(got, []int64{unknown, leased, refused}) {
			t.Errorf("%v go, want all three: %d, %d, %d", got, unknown, leased, refused)
		}
		if done, err := w.Once(t.Context(), "morning", "p1", func(context.Context) error { return nil }); err != nil || !done {
			t.Errorf("the period is done: %t, %v", done, err)
		}
		if list, err := w.ClaimDeliveries(t.Context(), 10); err != nil || len(list) != 2 {
			t.Errorf("events are given out: %+v, %v", list, err)
		}
	})
}

// A wait that is configured is no clock that was ahead.
func TestTheLongestLeaseAndGraceAreLeftToRunOut(t *testing.T) {
	const lease, grace = time.Hour, time.Hour // of the configuration's check
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		w.options.Lease = lease
		leased, silent := w.queue(time.Time{}, time.Time{}), w.queue(time.Time{}, time.Time{})
		if rows, err := w.Claim(t.Context(), "n1", 20, lease, frozen); err != nil || len(rows) != 2 {
			t.Fatalf("%d go, %v", len(rows), err)
		}
		now, err := w.MachineNow(t.Context())
		w.must(err)
		w.must(w.writerExec(`UPDATE message SET state = 'unknown', lease_owner = '', unanswered = 6, unknown_real = ? WHERE id = ?`, micros(now.Add(-grace)), silent))
		retry := func() (at int64) {
			t.Helper()
			w.must(w.writer().get(t.Context(), &at, `SELECT retry_real FROM message WHERE id = ?`, silent))
			return at
		}
		planned := int64(0)
		for range 3 {
			_, err := w.Lapse(t.Context(), grace)
			w.must(err)
			w.is("by the longest lease", leased, escalation.Sending)
			w.is("by the longest grace", silent, escalation.Queued)
			if at := retry(); planned == 0 && at > micros(now.Add(14*grace)) {
				planned = at
			} else if at != planned {
				t.Errorf("the repetition of %s is to go at %s", instant(planned), instant(at))
			}
		}
	})
}

// The administrator may be quicker than the process.
func TestAStepIsAcceptedBeforeAnybodyAskedWhatIsDue(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		w.step(24 * time.Hour)
		w.shows("after the step", time.Now())
		w.accept()
		w.fires("when it is accepted", 0)
		w.step(time.Hour)
		w.beat() // a process that asks for no rungs
		w.accept()
		w.beat()
		if step := w.ClockStep(); step != 0 {
			t.Errorf("a sign of life did not hear that the step was accepted: %s", step)
		}
	})
}

// field failure 11
func TestARestartAcceptsNoStepOfTheClock(t *testing.T) {
	const week, day = 7 * 24 * time.Hour, 24 * time.Hour
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		for name, tc := range map[string]struct {
			off         time.Duration // how long the service was off
			step        time.Duration // of the database's clock meanwhile
			host        time.Duration // how wrong this host's clock is
			during      time.Duration // a step before, for which the service held when it ended
			want        time.Duration // by what it is held for
			rightAtOnce bool          // the clock put right is believed at once
		}{
			"restarted":                              {},
			"off for a week":                         {off: week},
			"set back an hour":                       {step: -time.Hour, host: -time.Hour, want: -time.Hour, rightAtOnce: true},
			"off for an hour and set back a day":     {off: time.Hour, step: -day, want: time.Hour - day, rightAtOnce: true},
			"off for a week and a day ahead":         {off: week, step: day, want: day, rightAtOnce: true},
			"off for an hour, the host is wrong":     {off: time.Hour, host: -3 * day, want: time.Hour},
			"restarted on a host that is behind":     {host: -10 * time.Minute},
			"off for a week, the host is ahead":      {off: week, host: 10 * time.Minute},
			"held for an hour ahead":                 {during: time.Hour, host: time.Hour, want: time.Hour, rightAtOnce: true},
			"held for an hour back":                  {during: -time.Hour, host: -time.Hour, want: -time.Hour, rightAtOnce: true},
			"held for an hour ahead, put right then": {during: time.Hour, step: -time.Hour},
			"held for an hour back, put right then":  {during: -time.Hour, step: time.Hour},
		} {
			w := watched(t, dsn)
			w.must(w.writerExec(`DELETE FROM clock`))
			w.beat()
			w.step(tc.during)
			w.beat()
			w.must(w.writerExec(`UPDATE clock SET seen_real = seen_real - ?`, tc.off.Microseconds()))
			w.step(tc.step)
			w.host.Store(int64(tc.host))
			w.begin()
			w.fires(name, tc.want)
			if doubt := tc.want != 0 && tc.during == 0; w.clock.doubted() != doubt {
				t.Errorf("%s: in doubt: %t", name, !doubt)
			}
			if tc.want != 0 {
				w.beat()
				w.begin()
				w.fires(name+", restarted again", tc.want)
			}
			if tc.rightAtOnce {
				w.step(-tc.step - tc.during)
				w.host.Store(0)
				w.beat()
				w.fires(name+", put right", 0)
			}
			if tc.want != 0 && !tc.rightAtOnce {
				w.accept()
				w.fires(name+", accepted", 0)
			}
			w.begin()
			w.fires(name+", started once more", 0)
		}
	})
}

// beside is another process on the same database, on a host of its own, that starts now.
func (w *watch) beside(host time.Duration) *watch {
	w.t.Helper()
	other := &watch{Store: opened(w.t, w.dsn), t: w.t, dsn: w.dsn}
	other.off.Store(w.off.Load())
	other.host.Store(int64(host))
	other.begin()
	return other
}

// A machine is restarted with its clock an hour ahead, the database on it: what starts there
// finds that clock borne out by its own host's. Who has watched it knows better.
//
// field failure 11
func TestWhoStartsOnTheHostWithTheWrongClockTalksNobodyOutOfTheStep(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		for name, watcherFirst := range map[string]bool{"the watcher says so first": true, "the other one says first that all is well": false} {
			watcher := watched(t, dsn)
			watcher.must(watcher.writerExec(`DELETE FROM clock`))
			watcher.begin()
			watcher.beat()
			watcher.step(time.Hour)
			other := watcher.beside(time.Hour)
			if watcherFirst {
				watcher.beat()
			}
			other.beat()
			watcher.beat()
			watcher.fires(name+": the watcher", time.Hour)
			other.beat()
			other.fires(name+": the other", time.Hour)
			watcher.step(-time.Hour)
			other.step(-time.Hour)
			other.host.Store(0)
			for range 2 {
				other.fires(name+": the other, put right", 0)
				watcher.fires(name+": the watcher, put right", 0)
				other.beat()
				watcher.beat()
			}
			watcher.step(time.Hour)
			other.step(time.Hour)
			watcher.beat()
			other.beat()
			watcher.accept()
			for range 2 {
				watcher.fires(name+": the watcher, accepted", 0)
				other.fires(name+": the other, accepted", 0)
				watcher.beat()
				other.beat()
			}
		}
	})
}

// Who begins under a clock that its host alone bears out fires nothing before it has heard
// those who watched it.
func TestWhoBelievesAClockOnItsHostsWordAloneHearsOthersFirst(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		watcher := watched(t, dsn)
		if watcher.clock.steady {
			t.Skip("NOT TESTED on SQLite: its clock is that of its one process, and there are no others to hear")
		}
		watcher.beat()
		watcher.HearOthers(t.Context()) // has nothing to wait for
		watcher.step(time.Hour)
		other := watcher.beside(time.Hour)
		heard := make(chan struct{})
		go func() { other.HearOthers(t.Context()); close(heard) }()
		select {
		case <-heard:
			t.Error("it believes its host at once")
		case <-time.After(200 * time.Millisecond):
		}
		watcher.due() // it looks, and need not wait for its next sign of life
		<-heard
		other.fires("once it has heard", time.Hour)
	})
}

// A process that was paused for seconds holds for a step that there was not; whoever has
// watched the clock meanwhile goes on, and so does it.
func TestAPausedProcessMakesNobodyElseHold(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		other := w.beside(0)
		other.due() // has looked at the clock
		w.beat()
		other.beat()
		w.step(time.Minute) // as if its host had stood still
		w.beat()
		w.fires("woken", time.Minute)
		other.beat()
		other.fires("the other", 0)
		w.beat()
		w.fires("when it has heard the other", 0)
	})
}

func (w *watch) writerExec(statement string, args ...any) error {
	_, err := w.writer().exec(w.t.Context(), statement, args...)
	return err
}

// A record that could not be written tells nobody, and what is read then is this process' own
// of before.
func TestAStepOfWhichTheRecordFailedIsHeldFor(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		w.fires("before", 0)
		w.beat()
		mended := `DROP TRIGGER full_disk`
		if w.d.name == postgres.name {
			w.must(w.writerExec(`CREATE FUNCTION full_disk() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''full''; END' LANGUAGE plpgsql`))
			w.must(w.writerExec(`CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON clock FOR EACH ROW EXECUTE FUNCTION full_disk()`))
			mended += ` ON clock`
		} else {
			w.must(w.writerExec(`CREATE TRIGGER full_disk BEFORE UPDATE ON clock BEGIN SELECT RAISE(ABORT, 'full'); END`))
		}
		w.step(time.Hour)
		w.fires("while nothing can be written", time.Hour)
		w.must(w.writerExec(mended))
		w.beat()
		w.fires("when it can", time.Hour)
		w.beat()
		w.fires("and then", time.Hour)
	})
}

// Another process that read the clock before the step and writes after it knows nothing of it.
func TestWhatAnotherSawBeforeTheStepSaysNothingOfIt(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := watched(t, dsn)
		w.fires("before", 0)
		w.beat()
		w.beat()
		before, err := readClock(t.Context(), w.reader())
		w.must(err)
		w.step(time.Hour)
		w.fires("just after the step", time.Hour)
		w.must(w.writerExec(`UPDATE clock SET seen_real = ?, step = 0, doubt = 0, accepted = ?, since_real = ?`, before.Seen, before.Accepted, before.Since))
		w.beat()
		w.fires("after the late record", time.Hour)
	})
}
