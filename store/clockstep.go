package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrClockStepped is why Due holds: the wall clock jumped. It stands until the
// clocks agree again or an administrator accepts the step.
var ErrClockStepped = errors.New("the clock was stepped: nothing fires until it is back or an administrator accepts it (notify1022 clock accept)")

// stepSetting is the setting whose version counts the steps that administrators accepted.
const stepSetting = "clock_step"

// startLimit is how far clocks may part that nobody has watched: the database's, what is
// known of it from before, and this host's.
const startLimit = 2 * time.Minute

// clockRecord is what SQL knows of the clock: the latest instant that a process has seen
// while it watched, and the step for which it held then. What was recorded before the
// last acceptance says nothing.
type clockRecord struct {
	Accepted int64 `db:"accepted"` // version of stepSetting now
	Recorded int64 `db:"recorded"` // and when the record was made
	Seen     int64 `db:"seen"`
	Step     int64 `db:"step"`
	Doubt    int64 `db:"doubt"`
	Since    int64 `db:"since"` // from when on its process has watched; with a step, when the clock last agreed. 0: of the release before
}

func (r clockRecord) valid() bool         { return r.Seen != 0 && r.Recorded == r.Accepted }
func (r clockRecord) step() time.Duration { return time.Duration(r.Step) * time.Microsecond }

// watchman is what a process knows of its watching the clock, and so whose word counts
// where another says of a step what it does not: who has watched across it knows, who
// began after it knows nothing, whatever its host's clock says.
type watchman struct {
	since  time.Time     // from when on it has watched the clock go on evenly
	agreed time.Time     // while it is stepped: when it last agreed
	jumped time.Duration // by how much this host's own clock has jumped since
	given  bool          // the step's figure is the record's, not measured here
	told   int64         // what had been seen by the record in which this process says that it holds; 0: it has made none
	past   int64         // what had been seen by the record that was found at the start; what that says of a step is weighed
	alone  bool          // at the start the host's word alone was for the clock
}

func readClock(ctx context.Context, c conn) (r clockRecord, err error) {
	err = c.get(ctx, &r, `SELECT (SELECT COALESCE(MAX(version), 0) FROM setting WHERE name = ?) AS accepted,
		COALESCE(MAX(accepted), 0) AS recorded, COALESCE(MAX(seen_real), 0) AS seen, COALESCE(MAX(step), 0) AS step, COALESCE(MAX(doubt), 0) AS doubt,
		COALESCE(MAX(since_real), 0) AS since FROM clock WHERE one = 1`, stepSetting)
	if err != nil {
		return r, fmt.Errorf("read what is known of the clock: %w", err)
	}
	return r, nil
}

// ClockStep is by how much the wall clock has jumped since the last time the
// clocks agreed; 0 when they agree. While it is not 0 no rung fires.
func (s *Store) ClockStep() time.Duration { return s.clock.step() }

// AcceptClockStep lets the wall clock as it is now be the truth again: a process that
// holds for a step hears it when it next looks for what is due or gives a sign of life.
func (a Authored) AcceptClockStep(ctx context.Context) error {
	return a.s.inTx(ctx, func(t *tx) error {
		_, err := t.c.exec(ctx, `INSERT INTO setting (name, value, version, changed_by, changed_at) VALUES (?, '', 1, ?, ?)
			ON CONFLICT (name) DO UPDATE SET version = setting.version + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
			stepSetting, wire(a.by.Name), micros(t.domain))
		if err != nil {
			return fmt.Errorf("accept the clock's step: %w", err)
		}
		return t.log(ctx, a.by, "accept", "clock", "", stepSetting)
	})
}

// holds is ErrClockStepped while the clock is stepped and nobody has accepted it.
func (t *tx) holds(ctx context.Context) error {
	if t.s.options.Domain != nil {
		return nil
	}
	step, err := t.s.unaccepted(ctx, t.c)
	if err != nil || step == 0 {
		return err
	}
	return fmt.Errorf("clock stepped by %s: %w", step.Round(time.Second), ErrClockStepped)
}

// unaccepted is by how much the clock is stepped; 0 when somebody has accepted it.
func (s *Store) unaccepted(ctx context.Context, c conn) (time.Duration, error) {
	if s.clock.step() == 0 {
		return 0, nil
	}
	r, err := readClock(ctx, c)
	if err != nil {
		return 0, err
	}
	s.clock.hear(r.Accepted)
	return s.clock.step(), nil
}

// hear compares how many steps were accepted with what it was when the clocks last
// agreed: one more, and the clock as it is now is the truth again.
func (m *machineClock) hear(version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stepped != 0 && version != m.heard {
		m.agree()
	}
	if m.stepped == 0 {
		m.heard = version
	}
}

// agree lets the wall clock as it was last read be right.
func (m *machineClock) agree() {
	m.stepped, m.doubt = 0, false
	m.watch = watchman{since: m.wall, past: m.watch.past}
	m.rebase()
}

// recall holds the clock, which nobody has watched while this process did not run,
// against what is known of it. A database without the record has never been served, or is
// brought up to date next and then opened anew.
func (s *Store) recall(ctx context.Context) error {
	if s.clock.fixed != nil {
		return nil
	}
	if s.d.name == postgres.name {
		var there bool
		if err := s.reader().get(ctx, &there, `SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('clock') AND attname = 'since_real')`); err != nil || !there {
			return err
		}
	}
	r, err := readClock(ctx, s.reader())
	if err != nil {
		return err
	}
	if _, err := s.clock.now(ctx, s.reader()); err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	s.clock.recall(r)
	if step := s.clock.step(); step != 0 {
		s.log.Error("the clock is not believed: nothing fires until it is back or accepted (notify1022 clock accept)",
			"step", step.Round(time.Second), "last seen", instant(r.Seen))
	}
	return nil
}

// recall is what a process knows of the clock at its start. A step for which others
// hold, or held when the service ended, is held for again, unless the clock shows that
// it is over; a clock without a noted step is judged.
func (m *machineClock) recall(r clockRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = r.Accepted
	m.watch = watchman{since: m.wall, past: r.Seen}
	if !r.valid() {
		return
	}
	seen, step := instant(r.Seen), r.step()
	switch {
	case step > 0 && !m.wall.Add(-step).Before(seen.Add(-startLimit)), step < 0 && m.wall.Before(seen):
		m.stepped, m.doubt = step, r.Doubt != 0
		m.watch.agreed, m.watch.given = instant(r.Since), true
	default:
		m.stepped = judge(m.wall, seen, m.beside())
		m.doubt = m.stepped != 0
		m.watch.alone = !m.doubt && m.wall.Sub(seen) > startLimit
	}
	m.rebase()
}

// judge is by how much a clock is wrong that nobody has watched since it showed seen; 0
// when it may be right. Behind what it has shown it is wrong. Ahead of it by minutes it
// is right if the service was off for so long, which this host's clock has to bear out:
// where that one is behind, the later of both others is what the clock ought to show.
// A clock behind the host's fires nothing early and is believed.
func judge(wall, seen, host time.Time) time.Duration {
	off := wall.Sub(seen)
	switch {
	case off < -startLimit:
		return off
	case off <= startLimit || wall.Sub(host) <= startLimit:
		return 0
	case host.After(seen):
		return wall.Sub(host)
	}
	return off
}

// listenFor is for how long a process listens that believes a clock on its host's word
// alone: whoever has watched it says what he knows as soon as he looks again (tellStep), which
// workers do each four seconds, also while they look for their database, and gateways more often.
const listenFor = 6 * time.Second

// HearOthers waits, where at the start only this host's clock was for the database's, for
// those who have watched it: both may be wrong together, on one machine that was restarted.
// Until it returns nothing should fire or be sent. It ends with ctx.
func (s *Store) HearOthers(ctx context.Context) {
	if s.clock.steady || !s.clock.alone() {
		return
	}
	s.log.Info("the clock has gone on unseen: waiting for others who may have watched it", "for", listenFor)
	s.clock.listen(ctx, func(ctx context.Context) (clockRecord, error) { return readClock(ctx, s.reader()) })
	if s.clock.step() == 0 {
		return
	}
	s.log.Error("the clock is not believed: another process has watched its step (notify1022 clock accept)", "step", s.clock.step().Round(time.Second))
}

// listen looks at the record until it says of a step, or has been there to be written and read
// for listenFor: who looks once more when the time is over has heard it also where it stood
// still meanwhile, and while the database was away nobody could say what he knows.
func (m *machineClock) listen(ctx context.Context, look func(context.Context) (clockRecord, error)) {
	for from := time.Now(); m.step() == 0; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		asked := time.Now()
		r, err := look(ctx)
		if err != nil {
			from = time.Now()
			continue
		}
		if m.hearOf(r); asked.Sub(from) >= listenFor {
			return
		}
	}
}

func (m *machineClock) alone() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.watch.alone && m.stepped == 0
}

// hearOf weighs the record and leaves it as it is.
func (m *machineClock) hearOf(r clockRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.weigh(r)
}

// tellStep records a step that this process has measured as soon as it has, for those who
// begin after it; the next sign of life does so where the database is away.
func (s *Store) tellStep(ctx context.Context) {
	if !s.clock.untold() {
		return
	}
	if err := s.keepClock(ctx); err != nil {
		s.log.Warn("a step of the clock could not be recorded at once", "error", err)
	}
}

// untold reports whether a step was measured here of which the record does not say yet.
func (m *machineClock) untold() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stepped != 0 && !m.doubt && m.watch.told == 0 && !m.watch.given
}

// keepClock hears whether a step was accepted and records what this process knows of the
// clock, for those that start later and for those whose host stood still meanwhile.
func (s *Store) keepClock(ctx context.Context) error {
	if s.clock.fixed != nil {
		return nil
	}
	r, err := readClock(ctx, s.reader())
	if err != nil {
		return err
	}
	s.clock.hear(r.Accepted)
	k := s.clock.keep(r)
	_, err = s.writer().exec(ctx, `INSERT INTO clock (one, seen_real, step, doubt, accepted, since_real) VALUES (1, ?, ?, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET seen_real = excluded.seen_real, step = excluded.step, doubt = excluded.doubt, accepted = excluded.accepted,
			since_real = excluded.since_real`,
		k.Seen, k.Step, k.Doubt, k.Accepted, k.Since)
	if err != nil {
		return fmt.Errorf("record the clock: %w", err)
	}
	s.clock.recorded(k)
	return nil
}

// recorded notes what was written: what was meant to be written tells nobody.
func (m *machineClock) recorded(k clockRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watch.told = 0
	if k.Step != 0 && m.stepped != 0 {
		m.watch.told = k.Seen
	}
}

// keep weighs this process' view against the record and gives the new one.
func (m *machineClock) keep(r clockRecord) clockRecord {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.weigh(r); m.doubt && r.valid() {
		return clockRecord{Accepted: r.Accepted, Seen: r.Seen, Step: m.stepped.Microseconds(), Doubt: 1}
	}
	k := clockRecord{Accepted: r.Accepted, Seen: micros(m.even(m.wall, m.mono)), Step: m.stepped.Microseconds(), Since: micros(m.watch.since)}
	if m.stepped != 0 {
		k.Since = micros(m.watch.agreed)
	}
	return k
}

// weigh lets the record correct this process' view: another's step is held for that this
// one did not watch, and one that nobody else saw is forgotten.
func (m *machineClock) weigh(r clockRecord) {
	switch {
	case !r.valid():
	case m.missed(r):
		m.stepped, m.doubt = r.step(), false
		m.watch = watchman{since: instant(r.Since), agreed: instant(r.Since), given: true, past: m.watch.past}
		m.rebase()
	case m.stepped == 0:
	case m.doubt:
		if judge(m.wall, instant(r.Seen), m.beside()) == 0 {
			m.agree()
		}
	case m.stoodStill(r):
		m.agree()
	case m.watch.given && r.Step != 0 && (r.step()-m.stepped).Abs() <= stepLimit:
		m.stepped = r.step() // who measured it by a slow answer knows better by the next one
	}
}

// missed reports that a process has watched a step which this one, begun after it, takes
// for the truth or guesses at.
func (m *machineClock) missed(r clockRecord) bool {
	if r.Step == 0 || r.Doubt != 0 || r.Seen == m.watch.past || r.Since == 0 {
		return false
	}
	return m.doubt || m.stepped == 0 && m.watch.since.After(instant(r.Since))
}

// stoodStill reports that others have seen the clock go on without the step, so that it was
// this host that stood still: its own clock jumped by as much, or the other has watched
// since before. One that has not may have begun after the step and believe it; and what was
// seen before this process held says nothing, whenever it was written.
func (m *machineClock) stoodStill(r clockRecord) bool {
	since := m.watch.told != 0 && r.Seen > m.watch.told || instant(r.Seen).Sub(m.even(m.wall, m.mono)) > time.Second
	if r.Step != 0 || !since {
		return false
	}
	watched := r.Since != 0 && !instant(r.Since).After(m.watch.agreed)
	return watched || (m.watch.jumped-m.stepped).Abs() <= stepLimit
}

// How far ahead what is written at an instant may lie, whatever is configured: a lease of
// a gateway, a retry. Processes may be configured differently while that is changed.
const (
	usualLease = 10 * time.Minute
	usualRetry = time.Hour
)

// fromAhead brings back what was written by a clock that was ahead, before that was
// noticed or until it was accepted: it would stand still until that time comes. What may
// lie so far ahead by the waits that are configured is left alone.
func (t *tx) fromAhead(ctx context.Context, grace time.Duration) error {
	ahead := func(wait time.Duration) int64 { return micros(t.machine.Add(wait + stepLimit)) }
	now, lately := micros(t.machine), ahead(0)
	lease, retry := ahead(max(usualLease, t.s.options.Lease)), ahead(max(usualRetry, mostGraces*grace))
	for _, w := range []struct {
		statement string
		args      []any
	}{
		{`UPDATE message SET lease_real = ? WHERE state = 'sending' AND bundle_id = 0 AND lease_real > ?`, []any{now, lease}},
		{`UPDATE message SET unknown_real = ? WHERE state = 'unknown' AND unknown_real > ?`, []any{now, lately}},
		{`UPDATE message SET retry_real = ? WHERE state = 'queued' AND waits = 2 AND retry_real > ? AND retry_real < ?`, []any{now, retry, int64(never)}},
		{`UPDATE message SET accepted_real = ? WHERE ` + awaiting + ` AND accepted_real > ?`, []any{now, lately}},
		{`UPDATE message SET unanswered_real = ? WHERE unanswered > 0 AND handled = 0 AND state IN ('queued', 'sending', 'unknown') AND unanswered_real > ?`, []any{now, lately}},
		{`UPDATE inbox SET retry_real = ? WHERE applied_at = 0 AND retry_real > ?`, []any{now, retry}},
		{`UPDATE webhook SET claimed_real = ? WHERE claimed_real > ?`, []any{now, lease}},
		{`UPDATE webhook SET retry_real = ? WHERE retry_real > ?`, []any{now, retry}},
		{`UPDATE webhook_delivery SET retry_real = ? WHERE state = 'queued' AND retry_real > ?`, []any{now, retry}},
	} {
		if _, err := t.c.exec(ctx, w.statement, w.args...); err != nil {
			return fmt.Errorf("bring back what lies ahead of the clock: %w", err)
		}
	}
	return nil
}
