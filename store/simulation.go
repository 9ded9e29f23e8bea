package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// stride is the most domain time a simulated clock may run ahead without being
// driven, so that a driver that died stops it.
const stride = time.Hour

// simulation is the anchor of a simulated clock: at the machine's instant
// realAt it showed simAt, and runs speed times as fast, never past until.
type simulation struct {
	simAt, realAt, until time.Time
	speed                float64
}

// now is what the clock shows at the machine's instant.
func (m simulation) now(machine time.Time) time.Time {
	run := machine.Sub(m.realAt)
	if run < 0 {
		run = 0 // the machine's clock went back: the simulated one stands
	}
	at := m.simAt.Add(time.Duration(float64(run) * m.speed)).Truncate(time.Microsecond)
	if at.After(m.until) {
		return m.until
	}
	return at
}

// wait is the machine's time until the clock may show t.
func (m simulation) wait(machine, t time.Time) time.Duration {
	const least, most = time.Millisecond, time.Second
	if m.speed <= 0 {
		return most
	}
	need := time.Duration(float64(t.Sub(m.now(machine))) / m.speed)
	return min(max(need, least), most)
}

// simulation reads the simulated clock and the machine's: PostgreSQL is asked for both at once.
func (s *Store) simulation(ctx context.Context, c conn) (sim simulation, machine time.Time, err error) {
	if s.d.name == lite.name || s.clock.fixed != nil {
		if machine, err = s.clock.now(ctx, c); err == nil {
			sim, err = readSimulation(ctx, c, "")
		}
		return sim, machine, err
	}
	machine, err = s.clock.told(func() (wall time.Time, err error) {
		sim, wall, err = readClocks(ctx, c, postgresNow, "")
		return wall, err
	})
	return sim, machine, err
}

func readSimulation(ctx context.Context, c conn, lock string) (simulation, error) {
	sim, _, err := readClocks(ctx, c, "0", lock)
	return sim, err
}

// readClocks reads the simulated clock and, with it, what wall says.
func readClocks(ctx context.Context, c conn, wall, lock string) (sim simulation, shown time.Time, err error) {
	var row struct {
		Wall   int64 `db:"wall"`
		SimAt  int64 `db:"sim_at"`
		RealAt int64 `db:"real_at"`
		Until  int64 `db:"until_at"`
		Speed  int64 `db:"speed"`
	}
	err = c.get(ctx, &row, `SELECT sim_at, real_at, until_at, speed, `+wall+` AS wall FROM sim_clock`+lock)
	if errors.Is(err, sql.ErrNoRows) {
		return sim, shown, errors.New("the simulated clock has not been started")
	}
	if err != nil {
		return sim, shown, fmt.Errorf("read the simulated clock: %w", err)
	}
	return simulation{instant(row.SimAt), instant(row.RealAt), instant(row.Until), float64(row.Speed) / 1000}, instant(row.Wall), nil
}

func (m simulation) write(ctx context.Context, c conn) error {
	_, err := c.exec(ctx, `UPDATE sim_clock SET sim_at = ?, real_at = ?, until_at = ?, speed = ?`,
		micros(m.simAt), micros(m.realAt), micros(m.until), int64(m.speed*1000))
	if err != nil {
		return fmt.Errorf("write the simulated clock: %w", err)
	}
	return nil
}

// StartSimulation anchors the simulated clock at the first start of this
// database; later starts and other processes continue the one that runs, and
// started is false. speed is domain seconds per second, to a thousandth.
func (s *Store) StartSimulation(ctx context.Context, at time.Time, speed float64) (started bool, err error) {
	machine, err := s.clock.now(ctx, s.writer())
	if err != nil {
		return false, err
	}
	n, err := s.writer().exec(ctx, `INSERT INTO sim_clock (one, sim_at, real_at, until_at, speed) VALUES (1, ?, ?, ?, ?)
		ON CONFLICT (one) DO NOTHING`, micros(at), micros(machine), micros(at), int64(speed*1000))
	if err != nil {
		return false, fmt.Errorf("start the simulated clock: %w", err)
	}
	return n == 1, nil
}

// SimNow is what the simulated clock shows and how fast it runs.
func (s *Store) SimNow(ctx context.Context) (at time.Time, speed float64, err error) {
	sim, machine, err := s.simulation(ctx, s.reader())
	return sim.now(machine), sim.speed, err
}

// SetSpeed lets the simulated clock go on from where it is at another speed; 0 stops it.
func (s *Store) SetSpeed(ctx context.Context, speed float64) error {
	return s.inTx(ctx, func(t *tx) error {
		sim, err := readSimulation(ctx, t.c, s.d.forUpdate)
		if err != nil {
			return err
		}
		sim.simAt, sim.realAt, sim.speed = sim.now(t.machine), t.machine, speed
		return sim.write(ctx, t.c)
	})
}

// AdvanceSimulation lets a simulated clock that has reached its limit run on to
// the next instant at which something happens, an hour at most, unless there is
// still work at the instant shown: a due rung, a message without an outcome, a
// reply that waits. held says that it stands for such work. A worker calls it
// every few milliseconds; on a clock that is not simulated it does nothing.
func (s *Store) AdvanceSimulation(ctx context.Context) (held bool, err error) {
	if !s.options.Simulated || s.options.Domain != nil {
		return false, nil
	}
	sim, machine, err := s.simulation(ctx, s.reader())
	if err != nil || sim.now(machine).Before(sim.until) {
		return false, err
	}
	err = s.inTx(ctx, func(t *tx) error {
		held, err = s.advance(ctx, t)
		return err
	})
	return held, err
}

func (s *Store) advance(ctx context.Context, t *tx) (held bool, err error) {
	sim, err := readSimulation(ctx, t.c, s.d.forUpdate)
	if err != nil || sim.now(t.machine).Before(sim.until) {
		return false, err
	}
	at := sim.until
	var work bool
	if err := t.c.get(ctx, &work, workNow, micros(at), micros(at), int64(never)); err != nil || work {
		return work, err
	}
	appointed, err := t.appointment(ctx)
	if err != nil || !appointed.IsZero() && !appointed.After(at) {
		return false, err
	}
	var next int64
	if err := t.c.get(ctx, &next, nextInstant, micros(at), micros(at)); err != nil {
		return false, err
	}
	sim.simAt, sim.realAt, sim.until = at, t.machine, at.Add(stride)
	if next != 0 && instant(next).Before(sim.until) {
		sim.until = instant(next)
	}
	if !appointed.IsZero() && appointed.Before(sim.until) {
		sim.until = appointed
	}
	return false, sim.write(ctx, t.c)
}

// workNow is work at the instant shown. Members of a bundle are not: its own row is. Nor
// is what somebody has paused. The first armed rung is asked for: a planner that does not know
// that armed rungs are due last reads every rung to find that none is.
const workNow = `
	SELECT EXISTS (SELECT 1 FROM (SELECT MIN(due) AS due FROM rung WHERE state = 'armed') AS first WHERE due <= ?)
	    OR EXISTS (SELECT 1 FROM message WHERE state = 'queued' AND not_before <= ? AND retry_real < ?)
	    OR EXISTS (SELECT 1 FROM message WHERE state = 'sending' AND bundle_id = 0)
	    OR EXISTS (SELECT 1 FROM inbox WHERE ` + inOrder + `)`

const nextInstant = `
	SELECT COALESCE(MIN(at), 0) FROM (
		SELECT MIN(due) AS at FROM rung WHERE state = 'armed' AND due > ?
		UNION ALL
		SELECT MIN(not_before) AS at FROM message WHERE state = 'queued' AND not_before > ?
	) AS next`

// stopAt makes a simulated clock stop at the instant, or where it is when it is
// past it, because something will have to be done then.
func (t *tx) stopAt(ctx context.Context, at time.Time) error {
	if !t.s.options.Simulated || t.s.options.Domain != nil {
		return nil
	}
	sim, err := readSimulation(ctx, t.c, t.s.d.forUpdate)
	if err != nil || !at.Before(sim.until) {
		return err
	}
	machine, err := t.s.clock.now(ctx, t.c)
	if err != nil {
		return err
	}
	shown := sim.now(machine)
	if sim.until = shown; at.After(shown) {
		sim.until = at
	}
	return sim.write(ctx, t.c)
}

// earliest is the first due time of what the changes leave armed, zero for none.
func earliest(changes []escalation.Change) (least time.Time) {
	for _, c := range changes {
		for _, r := range c.Petition.Rungs {
			if r.State == escalation.Armed && (least.IsZero() || r.Due.Before(least)) {
				least = r.Due
			}
		}
	}
	return least
}
