package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// stepLimit is how far wall and monotonic time may part between two looks before
// the clock counts as stepped and nothing fires.
const stepLimit = 5 * time.Second

// ErrClockStepped is why Due holds: the wall clock jumped. It stands until the
// clocks agree again or an administrator accepts the step.
var ErrClockStepped = errors.New("the clock was stepped: nothing fires until it is back or an administrator accepts it (notify1022 clock accept)")

// stepSetting is the setting whose version counts the steps that administrators accepted.
const stepSetting = "clock_step"

// machineClock is the machine's time: the database server's on PostgreSQL, the
// wall clock at the start advanced monotonically on SQLite.
type machineClock struct {
	fixed func() time.Time                               // set by tests
	ask   func(context.Context, conn) (time.Time, error) // PostgreSQL

	mu      sync.Mutex
	base    time.Time     // wall and monotonic reading at the start
	wall    time.Time     // last wall reading looked at
	mono    time.Time     // with the monotonic reading beside it
	stepped time.Duration // sum of the steps not yet accepted
	noticed bool          // Due has held for the step, and knows
	since   int64         // the version of stepSetting at that time
}

func newMachineClock(fixed func() time.Time, ask func(context.Context, conn) (time.Time, error)) *machineClock {
	return &machineClock{fixed: fixed, ask: ask, base: time.Now()}
}

// now reads the machine's clock, to the microsecond.
func (m *machineClock) now(ctx context.Context, c conn) (time.Time, error) {
	if m.fixed != nil {
		return m.fixed().Truncate(time.Microsecond), nil
	}
	mono := time.Now()
	if m.ask != nil {
		at, err := m.ask(ctx, c)
		if err == nil {
			m.look(at, mono)
		}
		return at, err
	}
	m.look(mono.Round(0), mono)
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.base.Round(0).Add(mono.Sub(m.base)).Truncate(time.Microsecond), nil
}

// look compares a wall reading with the last one. Slow drift passes; a jump is kept.
func (m *machineClock) look(wall, mono time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wall.IsZero() {
		m.wall, m.mono = wall, mono
		return
	}
	if mono.Before(m.mono) {
		return // another goroutine has looked since
	}
	step := wall.Sub(m.wall) - mono.Sub(m.mono)
	if step.Abs() > stepLimit || m.stepped != 0 {
		m.stepped += step
	}
	if m.stepped.Abs() <= stepLimit {
		m.stepped, m.noticed = 0, false
	}
	m.wall, m.mono = wall, mono
}

func (m *machineClock) step() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stepped
}

// hear compares how many steps were accepted with what it was when the step was noticed:
// accepted says that this one was, and the clock as it is now is the truth again.
func (m *machineClock) hear(version int64) (accepted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stepped == 0 {
		return true
	}
	if !m.noticed {
		m.noticed, m.since = true, version
	}
	if version == m.since {
		return false
	}
	m.stepped, m.wall, m.noticed = 0, time.Time{}, false
	m.base = time.Now()
	return true
}

// ClockStep is by how much the wall clock has jumped since the last time the
// clocks agreed; 0 when they agree. While it is not 0 no rung fires.
func (s *Store) ClockStep() time.Duration { return s.clock.step() }

// AcceptClockStep lets the wall clock as it is now be the truth again, in every process
// that holds for a step when it next looks for what is due.
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
	step := t.s.clock.step()
	if step == 0 || t.s.options.Domain != nil {
		return nil
	}
	var accepted int64
	if err := t.c.get(ctx, &accepted, `SELECT COALESCE(MAX(version), 0) FROM setting WHERE name = ?`, stepSetting); err != nil {
		return fmt.Errorf("has the clock's step been accepted: %w", err)
	}
	if t.s.clock.hear(accepted) {
		return nil
	}
	return fmt.Errorf("clock stepped by %s: %w", step.Round(time.Second), ErrClockStepped)
}

// MachineNow is the machine's time, which is never simulated.
func (s *Store) MachineNow(ctx context.Context) (time.Time, error) {
	return s.clock.now(ctx, s.reader())
}

// Simulated reports whether the domain's clock is another than the machine's.
func (s *Store) Simulated() bool { return s.options.Simulated || s.options.Domain != nil }

// Now is the domain's instant outside a transaction.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	at, _, err := s.times(ctx, s.reader())
	return at, err
}

// times reads both clocks: the domain's, which may be simulated, and the machine's.
func (s *Store) times(ctx context.Context, c conn) (domain, machine time.Time, err error) {
	machine, err = s.clock.now(ctx, c)
	switch {
	case err != nil:
		return time.Time{}, time.Time{}, err
	case s.options.Domain != nil:
		return s.options.Domain().Truncate(time.Microsecond), machine, nil
	case !s.options.Simulated:
		return machine.In(hanoi), machine, nil
	}
	sim, err := readSimulation(ctx, c, "")
	return sim.now(machine), machine, err
}

// Wait is how long, by the machine, until the domain's clock may show t; 0 when
// it shows t already. A simulated clock that stands still gives the shortest
// possible time: whoever waits asks again.
func (s *Store) Wait(ctx context.Context, t time.Time) (time.Duration, error) {
	c := s.reader()
	domain, machine, err := s.times(ctx, c)
	if err != nil || !domain.Before(t) {
		return 0, err
	}
	if s.options.Domain != nil || !s.options.Simulated {
		return t.Sub(domain), nil
	}
	sim, err := readSimulation(ctx, c, "")
	if err != nil {
		return 0, err
	}
	return sim.wait(machine, t), nil
}
