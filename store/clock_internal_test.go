package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// field failure 11
func TestAStepOfTheClockHoldsUntilItIsBackOrAccepted(t *testing.T) {
	start := time.Now()
	for name, tc := range map[string]struct {
		steps  []time.Duration // by which wall and monotonic time part, one look per minute
		accept bool
		want   time.Duration
	}{
		"steady":              {steps: []time.Duration{0, 0}},
		"slow drift":          {steps: []time.Duration{4 * time.Second, 4 * time.Second, -3 * time.Second}},
		"an hour ahead":       {steps: []time.Duration{time.Hour, 0}, want: time.Hour},
		"a day back":          {steps: []time.Duration{-24 * time.Hour}, want: -24 * time.Hour},
		"ahead and back":      {steps: []time.Duration{time.Hour, -time.Hour}},
		"ahead and half back": {steps: []time.Duration{time.Hour, -time.Minute, -29 * time.Minute}, want: 30 * time.Minute},
		"accepted":            {steps: []time.Duration{time.Hour}, accept: true},
	} {
		m := newMachineClock(nil, nil)
		wall, mono := start.Round(0), start
		m.heard = 7 // of another step
		m.look(wall, mono.Round(0), mono, mono)
		for _, step := range tc.steps {
			wall, mono = wall.Add(time.Minute+step), mono.Add(time.Minute)
			m.look(wall, mono.Round(0), mono, mono)
		}
		if tc.accept {
			if m.hear(7); m.step() == 0 {
				t.Errorf("%s: before anybody did", name)
			}
			m.hear(8)
			m.look(wall, mono.Round(0), mono, mono)
		}
		if got := m.step(); got != tc.want {
			t.Errorf("%s: stepped by %v, want %v", name, got, tc.want)
		}
	}
}

func TestASlowAnswerIsNoStepOfTheClock(t *testing.T) {
	start := time.Now()
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(start.Round(0), start.Round(0), start, start)
	slow := start.Add(time.Minute)
	for _, read := range []time.Duration{0, 20 * time.Second, 40 * time.Second} { // after the question was put
		want := slow.Add(read)
		if got := m.look(want.Round(0), slow.Round(0), slow, slow.Add(40*time.Second)); m.step() != 0 || !got.Equal(want.Truncate(time.Microsecond)) {
			t.Errorf("read %s after it was asked: %s, stepped by %s", read, got, m.step())
		}
		slow = slow.Add(time.Minute)
	}
	if m.look(slow.Add(time.Minute).Round(0), slow.Round(0), slow, slow.Add(40*time.Second)); m.step() != 20*time.Second {
		t.Errorf("what the wait does not explain: stepped by %s", m.step())
	}
}

// A process that is frozen, or whose database comes up late, while it reads the clock for
// the first time: its reading may have been made at any instant of the wait.
//
// field failure 11
func TestASlowFirstAnswerIsNoStepOfTheClock(t *testing.T) {
	start := time.Now()
	for name, build := range map[string]func() *machineClock{
		"PostgreSQL's": func() *machineClock {
			return newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
		},
		"this host's": func() *machineClock { return newMachineClock(nil, nil) },
	} {
		for _, read := range []time.Duration{0, 6 * time.Second, 10 * time.Second} { // after the question was put
			m := build()
			answer := func(put, read, took time.Duration, off time.Duration) time.Time {
				asked := start.Add(put)
				return m.look(asked.Add(read+off).Round(0), asked.Round(0), asked, asked.Add(took))
			}
			answer(0, read, 10*time.Second, 0)
			answer(20*time.Second, read, 10*time.Second, 0) // which does not say when the first was read
			for put := 40 * time.Second; put < time.Minute; put += time.Second {
				if got := answer(put, 0, time.Millisecond, 0); m.step() != 0 || got.Sub(start.Add(put)).Abs() > time.Millisecond {
					t.Fatalf("%s, read after %s: after %s it shows %s, stepped by %s", name, read, put, got.Sub(start), m.step())
				}
			}
			if answer(time.Minute, 0, time.Millisecond, -8*time.Second); (m.step() + 8*time.Second).Abs() > 10*time.Millisecond {
				t.Errorf("%s, read after %s: stepped back by 8 s, it says %s", name, read, m.step())
			}
		}
	}
}

func TestAReadingFromBeforeTheStepIsDatedByTheClockOfBefore(t *testing.T) {
	start := time.Now()
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(start.Round(0), start.Round(0), start, start)
	after := start.Add(2 * time.Minute)
	if got := m.look(after.Add(time.Hour).Round(0), after.Round(0), after, after); !got.Equal(after.Truncate(time.Microsecond)) {
		t.Errorf("after the step it is %s, want %s", got, after)
	}
	before := start.Add(time.Minute) // asked first, heard of last
	if got := m.look(before.Round(0), before.Round(0), before, before); !got.Equal(before.Truncate(time.Microsecond)) || m.step() != time.Hour {
		t.Errorf("before the step it was %s, want %s; stepped by %s", got, before, m.step())
	}
}

// One process has measured the step by an answer that took two seconds; the others keep
// what they have measured.
func TestAStepThatIsMeasuredByASlowAnswerIsNobodyElses(t *testing.T) {
	start := time.Now()
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(start.Round(0), start.Round(0), start, start)
	after := start.Add(time.Minute)
	m.look(after.Add(-time.Hour).Round(0), after.Round(0), after, after)
	m.keep(clockRecord{Seen: micros(start), Step: (2*time.Second - time.Hour).Microseconds(), Since: micros(start.Add(-time.Hour))})
	if m.step() != -time.Hour {
		t.Errorf("it is stepped by %s", m.step())
	}
}

// What is decided at an instant is stored by it, and read again.
func TestWhileTheClockIsSteppedItShowsWholeMicroseconds(t *testing.T) {
	start := time.Now()
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(instant(micros(start)), start.Round(0), start, start)
	after := start.Add(time.Minute + 789*time.Nanosecond)
	if got := m.look(instant(micros(after.Add(time.Hour))), after.Round(0), after, after); m.step() == 0 || !got.Equal(instant(micros(got))) {
		t.Errorf("it shows %s, stepped by %s", got, m.step())
	}
}

// A machine that slept wakes to a clock that seems to have jumped, its own with it; one
// whose host was paused does not know that time has passed at all.
func TestAHostThatStoodStillIsNoStepOfTheClock(t *testing.T) {
	for name, tc := range map[string]struct {
		slept time.Duration // by how much this host's own clock has jumped
		seen  time.Duration // since the host stood still: what others have seen of the clock
		since time.Duration // and from when on they have watched it
		held  bool
	}{
		"slept, others saw the clock go on":            {time.Hour, 59 * time.Minute, -time.Hour, false},
		"slept, who saw it go on began meanwhile":      {time.Hour, 59 * time.Minute, 30 * time.Minute, false},
		"paused, others saw the clock go on":           {0, 59 * time.Minute, -time.Hour, false},
		"awake, who says so began after the step":      {0, 59 * time.Minute, 59 * time.Minute, true},
		"awake, the release before does not say since": {0, 59 * time.Minute, 0, true},
		"slept, nobody saw anything":                   {time.Hour, -5 * time.Second, -time.Hour, true},
	} {
		start := time.Now()
		m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
		m.look(start.Round(0), start.Round(0), start, start)
		woken := start.Add(time.Second)
		m.look(start.Add(time.Hour).Round(0), woken.Add(tc.slept).Round(0), woken, woken)
		if m.step() == 0 {
			t.Fatalf("%s: it is not held at first", name)
		}
		r := clockRecord{Seen: micros(start.Add(tc.seen))}
		if tc.since != 0 {
			r.Since = micros(start.Add(tc.since))
		}
		kept := m.keep(r)
		if held := m.step() != 0; held != tc.held || kept.step() != m.step() {
			t.Errorf("%s: held: %t; recorded as stepped by %s", name, held, kept.step())
		}
	}
}

// A pause of seconds is shorter than the time between two signs of life: whose word is the
// newer is known once this one has said that it holds.
func TestAShortPauseIsForgottenOnceAnotherHasSeenTheClockSince(t *testing.T) {
	start := time.Now()
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(start.Round(0), start.Round(0), start, start)
	woken := start.Add(time.Second)
	m.look(start.Add(8*time.Second).Round(0), woken.Round(0), woken, woken)
	for _, round := range []struct {
		seen time.Time // by the other
		want time.Duration
	}{{start, 7 * time.Second}, {start, 7 * time.Second}, {start.Add(3 * time.Second), 0}} { // the second was written late
		m.recorded(m.keep(clockRecord{Seen: micros(round.seen), Since: micros(start.Add(-time.Hour))}))
		if m.step() != round.want {
			t.Errorf("the other saw %s: it holds for %s, want %s", round.seen.Sub(start), m.step(), round.want)
		}
	}
}

// A process that is frozen while it listens, or whose database is away, has heard nothing
// from those who watched the clock; they could not say it either.
//
// field failure 11
func TestWhoListensHearsAWholeWhile(t *testing.T) {
	down := errors.New("the database is away")
	for name, tc := range map[string]struct {
		look func(since time.Duration) error // at what instant of its own; it may take its time
		told time.Duration                   // when another says what it knows; 0: never
		held bool
		ends time.Duration // at the latest
	}{
		"nobody knows": {func(time.Duration) error { return nil }, 0, false, 8 * time.Second},
		"an answer is late": {func(since time.Duration) error {
			if since > 4*time.Second && since < 6*time.Second {
				time.Sleep(30 * time.Second)
			}
			return nil
		}, 10 * time.Second, true, 40 * time.Second},
		"the database is away for the whole time": {func(since time.Duration) error {
			if since < 6500*time.Millisecond {
				return down
			}
			return nil
		}, 10 * time.Second, true, 14 * time.Second},
		"the database stays away": {func(time.Duration) error { return down }, 0, false, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
				m.look(start.Round(0), start.Round(0), start, start)
				m.recall(clockRecord{Seen: micros(start.Add(-time.Hour)), Since: micros(start.Add(-2 * time.Hour))})
				if !m.alone() {
					t.Fatal("it has not to listen")
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				m.listen(ctx, func(context.Context) (clockRecord, error) {
					since := time.Since(start)
					r := clockRecord{Seen: micros(start), Since: micros(start.Add(-2 * time.Hour))}
					if tc.told != 0 && since >= tc.told {
						r.Step = time.Hour.Microseconds()
					}
					return r, tc.look(since)
				})
				if held, took := m.step() != 0, time.Since(start); held != tc.held || took < listenFor || took > tc.ends {
					t.Errorf("after %s it holds: %t", took, held)
				}
				if down := tc.ends == time.Hour; down != (ctx.Err() != nil) {
					t.Errorf("it ended with its context: %t", !down)
				}
			})
		})
	}
}

// What the host's clock shows is of the instant at which the other one was read, however
// long a process stands still until it compares them.
func TestTheHostsClockIsComparedAsItWasThen(t *testing.T) {
	start := time.Now()
	for name, stood := range map[string]time.Duration{"at once": 0, "after three minutes": 3 * time.Minute} {
		m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
		ahead, seen := start.Add(4*time.Minute), clockRecord{Seen: micros(start.Add(-time.Hour)), Since: micros(start.Add(-2 * time.Hour))}
		m.look(ahead.Round(0), start.Round(0), start, start)
		m.host = func(time.Time) time.Time { return start.Add(stood) }
		if m.recall(seen); m.step() != 4*time.Minute || !m.doubt {
			t.Errorf("compared %s it is stepped by %s, in doubt: %t", name, m.step(), m.doubt)
		}
		if m.hearOf(seen); m.step() == 0 {
			t.Errorf("compared %s it is believed later", name)
		}
	}
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(start.Add(3*time.Minute).Round(0), start.Round(0), start, start.Add(3*time.Minute))
	m.host = func(time.Time) time.Time { return start.Add(3 * time.Minute) }
	if m.recall(clockRecord{Seen: micros(start.Add(-time.Hour)), Since: micros(start.Add(-2 * time.Hour))}); m.step() != 0 {
		t.Errorf("an answer of three minutes is a step of %s", m.step())
	}
}

// A process may stand still between the two.
func TestTheHostsClockIsReadWithItsMonotonicTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Now().Round(0), nil })
		m.host = func(read time.Time) time.Time { time.Sleep(3 * time.Minute); return read }
		if _, err := m.now(t.Context(), conn{}); err != nil || !m.own.Equal(m.mono) {
			t.Errorf("the host's clock is paired with what was read %s later, %v", m.mono.Sub(m.own), err)
		}
	})
}

// What happened within an answer that took ten seconds nobody here has watched.
func TestWhoseFirstAnswerWasSlowHasWatchedSinceTheNextOne(t *testing.T) {
	start := time.Now()
	m := newMachineClock(nil, func(context.Context, conn) (time.Time, error) { return time.Time{}, nil })
	m.look(start.Round(0), start.Round(0), start, start.Add(10*time.Second))
	m.recall(clockRecord{})
	for _, after := range []time.Duration{20 * time.Second, 30 * time.Second} {
		at := start.Add(after)
		m.look(at.Add(-8*time.Second).Round(0), at.Round(0), at, at)
	}
	if m.step() != 0 {
		t.Fatalf("it has noticed a step of %s by itself", m.step())
	}
	m.hearOf(clockRecord{Seen: micros(start), Step: (-8 * time.Second).Microseconds(), Since: micros(start.Add(5 * time.Second))})
	if m.step() != -8*time.Second {
		t.Errorf("who has watched says 8 s back; it is stepped by %s", m.step())
	}
}

func TestOneBadItemCostsNobodyElse(t *testing.T) {
	bad := errors.New("bad")
	var stored []int
	b := batcher[int]{commit: func(_ context.Context, items []int) error {
		if slices.Contains(items, 13) {
			return bad
		}
		stored = append(stored, items...)
		return nil
	}}
	batch := make([]*entrant[int], 0, 20)
	for i := range 20 {
		batch = append(batch, &entrant[int]{item: i, done: make(chan struct{})})
	}
	b.run(t.Context(), batch)
	for i, e := range batch {
		if <-e.done; (e.err != nil) != (i == 13) {
			t.Errorf("item %d: %v", i, e.err)
		}
	}
	if len(stored) != 19 {
		t.Errorf("%d items are stored, want 19", len(stored))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.do(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that is gone: %v", err)
	}
}
