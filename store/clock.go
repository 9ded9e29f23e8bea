package store

import (
	"context"
	"sync"
	"time"
)

// stepLimit is how far wall and monotonic time may part between two looks before
// the clock counts as stepped and nothing fires.
const stepLimit = 5 * time.Second

// machineClock is the machine's time: the database server's on PostgreSQL, the
// wall clock at the start advanced monotonically on SQLite. While the wall clock is
// stepped it goes on as it went before, on both: leases, retries, expiry and periods
// keep their pace, and what is new is not dated by a clock that may be wrong.
type machineClock struct {
	fixed  func() time.Time                               // set by tests
	ask    func(context.Context, conn) (time.Time, error) // the wall clock
	host   func(read time.Time) time.Time                 // what this host's own showed when it was read, to compare with
	steady bool                                           // SQLite: small steps are not followed either

	mu         sync.Mutex
	wall       time.Time     // last wall reading looked at; zero: none yet
	mono, late time.Time     // the monotonic readings between which it was made
	own        time.Time     // and what this host's clock showed
	base, from time.Time     // steady: what the clock showed, and the monotonic reading beside it
	stepped    time.Duration // sum of the steps not yet accepted
	doubt      bool          // the step was found at the start, by comparing: how large it is nobody knows
	heard      int64         // the version of stepSetting when the clocks last agreed
	watch      watchman
}

func newMachineClock(fixed func() time.Time, ask func(context.Context, conn) (time.Time, error)) *machineClock {
	m := &machineClock{fixed: fixed, ask: ask, host: func(read time.Time) time.Time { return read.Round(0) }}
	if ask == nil {
		m.steady = true
		m.ask = func(context.Context, conn) (time.Time, error) { return time.Now().Round(0), nil }
	}
	return m
}

// postgresNow is what PostgreSQL's clock shows, in microseconds.
const postgresNow = `CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`

// askPostgres is the database server's clock.
func askPostgres(ctx context.Context, c conn) (time.Time, error) {
	var at int64
	err := c.get(ctx, &at, `SELECT `+postgresNow)
	return instant(at), err
}

// now reads the machine's clock, to the microsecond.
func (m *machineClock) now(ctx context.Context, c conn) (time.Time, error) {
	return m.told(func() (time.Time, error) { return m.ask(ctx, c) })
}

// told is now by what is asked for the wall clock.
func (m *machineClock) told(ask func() (wall time.Time, err error)) (time.Time, error) {
	if m.fixed != nil {
		return m.fixed().Truncate(time.Microsecond), nil
	}
	asked := time.Now()
	host := m.host(asked)
	wall, err := ask()
	if err != nil {
		return time.Time{}, err
	}
	return m.look(wall, host, asked, time.Now()), nil
}

// look compares a wall reading, made between two monotonic ones, with the last one, and
// gives the machine's time; host is what this host's own clock showed at the first of the
// two. Slow drift passes, and so does a slow answer, the first one too; a jump is kept.
func (m *machineClock) look(wall, host, asked, answered time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wall.IsZero() {
		m.wall, m.mono, m.late, m.own = wall, asked, answered, host
		m.watch.since = wall
		m.rebase()
	}
	if m.late.Sub(m.mono) > stepLimit { // a step within the last answer would not have been seen
		m.watch.since = wall
	}
	mono, late, step := m.read(wall, asked, answered)
	if mono.Before(m.mono) { // another goroutine has looked since, perhaps across a step
		if step.Abs() > stepLimit {
			wall = wall.Add(-step)
		}
		return m.even(wall, mono)
	}
	own := host.Add(mono.Sub(asked))
	if step.Abs() > stepLimit || m.stepped != 0 {
		if m.stepped == 0 {
			m.watch = watchman{since: m.watch.since, agreed: m.wall, past: m.watch.past}
		}
		m.stepped += step
		m.watch.jumped += own.Sub(m.own) - mono.Sub(m.mono)
	}
	if m.stepped.Abs() <= stepLimit {
		m.stepped, m.doubt = 0, false
	}
	if step == 0 {
		m.from = m.from.Add(mono.Sub(m.mono) - wall.Sub(m.wall)) // the base was read later than it seemed, by as much as the last reading
	}
	m.wall, m.mono, m.late, m.own = wall, mono, late, own
	return m.even(wall, mono)
}

// read is between which instants between asked and answered a wall reading can have been
// made by a clock that goes on evenly since the last one, of which that is not known more
// exactly either; where there is none, by how much the clock has jumped at the least.
func (m *machineClock) read(wall, asked, answered time.Time) (mono, late time.Time, step time.Duration) {
	took := wall.Sub(m.wall)
	first, last := m.mono.Add(took), m.late.Add(took)
	switch {
	case first.After(answered):
		return answered, answered, first.Sub(answered)
	case last.Before(asked):
		return asked, asked, last.Sub(asked)
	}
	if first.Before(asked) {
		first = asked
	}
	if last.After(answered) {
		last = answered
	}
	return first, last, 0
}

// beside is the latest that this host's clock can have shown when the wall clock was last read.
func (m *machineClock) beside() time.Time { return m.own.Add(m.late.Sub(m.mono)) }

// even is the machine's time at a reading, steps left out.
func (m *machineClock) even(wall, mono time.Time) time.Time {
	if m.steady {
		return m.base.Add(mono.Sub(m.from)).Truncate(time.Microsecond)
	}
	return wall.Add(-m.stepped).Truncate(time.Microsecond) // a step is measured to the nanosecond; what is decided must be what is stored
}

// rebase lets the wall clock, less what it is stepped by, be the truth from here on.
func (m *machineClock) rebase() { m.base, m.from = m.wall.Add(-m.stepped).Round(0), m.mono }

func (m *machineClock) doubted() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.doubt
}

func (m *machineClock) step() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stepped
}

// MachineNow is the machine's time, which is never simulated.
func (s *Store) MachineNow(ctx context.Context) (time.Time, error) {
	return s.clock.now(ctx, s.reader())
}

// Simulated reports whether the domain's clock is another than the machine's.
func (s *Store) Simulated() bool { return s.options.Simulated || s.options.Domain != nil }

// Now is the domain's instant outside a transaction.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	defer s.tellStep(ctx)
	at, _, err := s.times(ctx, s.reader())
	return at, err
}

// times reads both clocks: the domain's, which may be simulated, and the machine's.
func (s *Store) times(ctx context.Context, c conn) (domain, machine time.Time, err error) {
	if s.options.Simulated && s.options.Domain == nil {
		sim, machine, err := s.simulation(ctx, c)
		return sim.now(machine), machine, err
	}
	machine, err = s.clock.now(ctx, c)
	switch {
	case err != nil:
		return time.Time{}, time.Time{}, err
	case s.options.Domain != nil:
		return s.options.Domain().Truncate(time.Microsecond), machine, nil
	}
	return machine.In(hanoi), machine, nil
}

// Wait is how long, by the machine, until the domain's clock may show t; 0 when
// it shows t already. A simulated clock that stands still gives the shortest
// possible time: whoever waits asks again.
func (s *Store) Wait(ctx context.Context, t time.Time) (time.Duration, error) {
	if s.options.Simulated && s.options.Domain == nil {
		sim, machine, err := s.simulation(ctx, s.reader())
		if err != nil || !sim.now(machine).Before(t) {
			return 0, err
		}
		return sim.wait(machine, t), nil
	}
	domain, _, err := s.times(ctx, s.reader())
	if err != nil {
		return 0, err
	}
	return max(t.Sub(domain), 0), nil
}
