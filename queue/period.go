package queue

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Period is work that is due at instants of the domain's clock, done once by all
// nodes together.
type Period struct {
	Kind string // unique; part of the key in SQL
	// Next is the first instant after t by the calendar in force, which may be edited:
	// nobody keeps it for longer than a tick. Zero: never again.
	Next func(t time.Time) time.Time
	// Run does the work of the instant. An error leaves it undone: it is tried
	// again until the next instant takes its place. Its context ends some seconds after
	// the worker's: what is broken off is tried again, here or by another node.
	Run func(ctx context.Context, instant time.Time) error
	// Anytime: nobody waits for it at its instant, so its being late is worth no
	// warning.
	Anytime bool
	// Settle is how long after its instant the work is begun: what was decided before the
	// instant is committed by then. On a simulated clock, which stops for what is being
	// done, it is begun at once.
	Settle time.Duration
}

// Digests are the bundled reports of DESIGN §4; one of them may be called again
// for the same period after it failed.
type Digests interface {
	// Forwarded tells the City Office of the slips since the digest before (Đ5.4).
	Forwarded(ctx context.Context, period time.Time) error
	// Overdue tells Office, heads and officers what is overdue (Đ9.4).
	Overdue(ctx context.Context, period time.Time) error
	// Morning tells officers and heads what comes due today.
	Morning(ctx context.Context, period time.Time) error
}

// How periodic work goes about.
const (
	periodTick  = time.Second
	periodLimit = 2 * time.Minute
	periodLeave = 5 * time.Second  // of work under way at a stop, for which a service manager waits 30 s
	settle      = 40 * time.Second // longer than any transaction lasts
	// lookBack finds the latest period missed while nothing ran: longer than a
	// month, for monthly reports.
	lookBack = 40 * 24 * time.Hour
)

// The kinds of the digests.
const (
	DigestForwarded = "digest_forwarded"
	DigestOverdue   = "digest_overdue"
	MorningList     = "morning_list"
)

// DigestPeriods are the City Office's digest at 11:00 and 16:30 of working days
// (Đ5.4) and the overdue digest at 08:00 of working days (Đ9.4).
func DigestPeriods(d Digests, zone *time.Location, workday func(time.Time) bool) []Period {
	return []Period{
		{Kind: DigestForwarded, Next: DailyAt(zone, workday, 11*time.Hour, 16*time.Hour+30*time.Minute), Run: d.Forwarded, Settle: settle},
		{Kind: DigestOverdue, Next: DailyAt(zone, workday, 8*time.Hour), Run: d.Overdue},
	}
}

// MorningPeriod is the list of what is due today, at the time of day on working days.
func MorningPeriod(d Digests, zone *time.Location, workday func(time.Time) bool, at time.Duration) Period {
	return Period{Kind: MorningList, Next: DailyAt(zone, workday, at), Run: d.Morning}
}

// DailyAt gives the times of day, rising and counted from midnight, of each day
// that day accepts (nil: every day). A year without such a day has no next one.
func DailyAt(zone *time.Location, day func(time.Time) bool, at ...time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time {
		local := t.In(zone)
		for i := range 366 {
			midnight := time.Date(local.Year(), local.Month(), local.Day()+i, 0, 0, 0, 0, zone)
			if day != nil && !day(midnight) {
				continue
			}
			for _, d := range at {
				if next := midnight.Add(d); next.After(t) {
					return next
				}
			}
		}
		return time.Time{}
	}
}

// calendar runs periodic work as the domain's clock passes its instants. Of
// several missed instants of a kind the latest alone is done: old news does not
// come in a burst after an outage.
type calendar struct {
	periods Periods
	clock   Clock
	jobs    []*planned
	metrics *Metrics
	log     *slog.Logger
}

type planned struct {
	Period
	passed   time.Time // whose instants are noted, and those before it; zero before the first look
	next     time.Time // the first instant after it, when it was asked for; zero: none
	asked    time.Time // machine's: when that was
	owed     time.Time // came due and is not done; zero: nothing
	failures int
	busy     int       // how often another node was found at it
	retry    time.Time // machine's
}

// Work that another node has begun is asked for again until that node, were it dead,
// has lost its hold on it.
const (
	elsewhereEach = 30 * time.Second
	elsewhereMost = 10
)

func newCalendar(c *WorkerConfig) *calendar {
	cal := &calendar{periods: c.Periods, clock: c.Clock, metrics: c.Metrics, log: c.Log}
	for _, p := range c.Jobs {
		cal.jobs = append(cal.jobs, &planned{Period: p})
	}
	return cal
}

func (c *calendar) run(ctx context.Context) {
	for sleep(ctx, periodTick) {
		c.look(ctx)
	}
}

func (c *calendar) look(ctx context.Context) {
	if len(c.jobs) == 0 {
		return
	}
	now, err := c.clock.Now(ctx)
	if err != nil {
		return // counted by the guard, which reads the same clock
	}
	for _, j := range c.jobs {
		if ctx.Err() != nil {
			return
		}
		j.advance(now)
		if j.owed.IsZero() || time.Now().Before(j.retry) || now.Before(j.owed.Add(j.Settle)) && !simulated(c.clock) {
			continue
		}
		c.do(ctx, j)
	}
}

// advance notes the latest instant that has passed, by the calendar as it is now: the day
// ahead may have been made a day off since the instant was asked for, or one of work. It is
// asked for anew when it comes, and each tick until then: a simulated clock is looked at
// every few milliseconds. A day of work that is typed when it is over brings no old news.
func (j *planned) advance(now time.Time) {
	if j.passed.IsZero() {
		j.passed = now.Add(-lookBack)
	}
	if ahead := j.next.IsZero() || j.next.After(now); ahead && time.Since(j.asked) < periodTick {
		return
	}
	j.asked, j.next = time.Now(), j.Next(j.passed)
	for !j.next.IsZero() && !j.next.After(now) {
		j.owed, j.failures, j.busy, j.retry = j.next, 0, 0, time.Time{}
		j.next = j.Next(j.next)
	}
	if now.After(j.passed) {
		j.passed = now
	}
}

func (c *calendar) do(ctx context.Context, j *planned) {
	call, cancel := leave(ctx, periodLimit, periodLeave)
	defer cancel()
	instant := j.owed
	done, err := c.periods.Once(call, j.Kind, instant.Format(time.RFC3339), func(ctx context.Context) error {
		return guarded(func() error { return j.Run(ctx, instant) })
	})
	if err != nil {
		j.retry = time.Now().Add(backoff(time.Second, 5*time.Minute, j.failures))
		j.failures++
		c.metrics.periods.WithLabelValues(j.Kind, "failed").Inc()
		c.log.Error("periodic work failed; it is tried again", "err", fmt.Errorf("%s of %s: %w", j.Kind, instant.Format(time.RFC3339), err))
		return
	}
	if !done {
		c.metrics.periods.WithLabelValues(j.Kind, "elsewhere").Inc()
		if j.busy++; j.busy < elsewhereMost {
			j.retry = time.Now().Add(elsewhereEach)
			return
		}
		j.owed = time.Time{}
		return
	}
	j.owed = time.Time{}
	c.metrics.periods.WithLabelValues(j.Kind, "done").Inc()
	c.late(call, j, instant)
}

// late says that work was done long after its instant. A simulated clock passes
// instants by in its stride, which is nobody's delay.
func (c *calendar) late(ctx context.Context, j *planned, instant time.Time) {
	now, err := c.clock.Now(ctx)
	if err != nil || now.Sub(instant) <= time.Minute || simulated(c.clock) {
		return
	}
	level := slog.LevelWarn
	if j.Anytime {
		level = slog.LevelInfo
	}
	c.log.Log(ctx, level, "periodic work was late", "kind", j.Kind, "period", instant.Format(time.RFC3339))
}
