package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// stepLimit is how far wall and monotonic time may part between two looks before
// the clock counts as stepped and nothing fires.
const stepLimit = 5 * time.Second

// ErrClockStepped is why Due holds: the wall clock jumped. It stands until the
// clocks agree again or an administrator accepts the step.
var ErrClockStepped = errors.New("the clock was stepped: nothing fires until AcceptClockStep or the clock is back")

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
		m.stepped = 0
	}
	m.wall, m.mono = wall, mono
}

func (m *machineClock) step() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stepped
}

func (m *machineClock) accept() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stepped, m.wall = 0, time.Time{}
	m.base = time.Now()
}

// ClockStep is by how much the wall clock has jumped since the last time the
// clocks agreed; 0 when they agree. While it is not 0 no rung fires.
func (s *Store) ClockStep() time.Duration { return s.clock.step() }

// AcceptClockStep lets the wall clock as it is now be the truth again.
func (s *Store) AcceptClockStep() { s.clock.accept() }

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
