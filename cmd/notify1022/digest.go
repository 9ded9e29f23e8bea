package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/store"
)

// digests lets the worker send the City Office's digests and the morning list.
type digests struct {
	desk   *escalation.Desk
	db     *store.Store
	zone   *time.Location
	posted func()
	log    *slog.Logger
}

var _ queue.Digests = (*digests)(nil)

// periods are the digests' instants by the calendar in force.
func (s *service) periods() []queue.Period {
	d := &digests{desk: s.desk, db: s.db, zone: worktime.Zone(), posted: s.wakeGateway, log: s.log}
	days := func(midnight time.Time) bool { return workday(s.book.Now())(midnight) }
	periods := queue.DigestPeriods(d, d.zone, days)
	periods = append(periods, s.retention().period(), s.personalLadder(days))
	if at, ok, _ := s.policy.MorningAt(); ok { // the policy was checked when it was read
		anybody := func(midnight time.Time) bool {
			_, works := s.shelf.inForce().DayEnd(midnight)
			return works
		}
		periods = append(periods, queue.MorningPeriod(d, d.zone, anybody, at))
	}
	periods = append(periods, s.leaders().periods(days)...)
	return append(periods, d.rosterPeriod(s.book.Now))
}

// rosterSeen marks the roster's latest look as done: a load is to measure its own texts.
func (s *service) rosterSeen(ctx context.Context) error {
	now, err := s.db.Now(ctx)
	if err != nil {
		return err
	}
	next := rosterTimes(worktime.Zone())
	at := next(now.Add(-14 * 24 * time.Hour))
	for later := next(at); !later.After(now); later = next(at) {
		at = later
	}
	_, err = s.db.Once(ctx, rosterKind, at.Format(time.RFC3339), func(context.Context) error { return nil })
	return err
}

func rosterTimes(zone *time.Location) func(time.Time) time.Time {
	return queue.DailyAt(zone, nil, rosterMorning, rosterAfternoon)
}

// rosterPeriod looks each morning whether every unit that works has people who can be
// reached (Đ17.2), and in the afternoon before days off for those days: before a holiday
// for every unit, before a weekend for those that work then.
func (d *digests) rosterPeriod(calendar func() *worktime.Calendar) queue.Period {
	return queue.Period{
		Kind: rosterKind, Anytime: true,
		Next: rosterTimes(d.zone),
		Run: func(ctx context.Context, period time.Time) error {
			local, works := period.In(d.zone), workday(calendar())
			days := escalation.RosterDays{Off: !works(midnightOf(local))}
			if local.Hour() >= 12 {
				if days.Ahead, days.Holiday = daysOff(local, works); days.Off || len(days.Ahead) == 0 {
					return nil
				}
			}
			if len(days.Ahead) > 0 && !days.Holiday {
				return d.gaps(ctx, period, days)
			}
			failed := []error{d.desk.AskPending(ctx), d.handLeft(ctx, period)} // what fails holds up nothing else
			if !days.Off {
				failed = append(failed, d.mergedUnits(ctx, period))
			}
			return errors.Join(append(failed, d.gaps(ctx, period, days))...)
		},
	}
}

func midnightOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// handLeft gives the slips of people who have left to whoever has the role now.
func (d *digests) handLeft(ctx context.Context, period time.Time) error {
	handed, err := d.desk.HandLeft(ctx)
	if handed > 0 {
		d.log.Info("slips of people who have left were handed over", "period", period.Format(time.RFC3339), "people", handed)
		d.posted()
	}
	return err
}

// mergedUnits tells of units that are no more and owe something still.
func (d *digests) mergedUnits(ctx context.Context, period time.Time) error {
	merged, err := d.desk.MergedCheck(ctx, period)
	if err != nil || len(merged) == 0 {
		return err
	}
	d.log.Warn("units that are no more have open slips", "period", period.Format(time.RFC3339), "units", len(merged))
	d.posted()
	return nil
}

// gaps tells of units of which nobody can be reached, now or on the days ahead.
func (d *digests) gaps(ctx context.Context, period time.Time, days escalation.RosterDays) error {
	gaps, err := d.desk.RosterCheck(ctx, period, days)
	if err != nil || len(gaps) == 0 {
		return err
	}
	d.log.Warn("units without anybody who can be reached", "period", period.Format(time.RFC3339), "units", len(gaps))
	d.posted()
	return nil
}

const (
	rosterKind      = "roster"
	rosterMorning   = 7*time.Hour + 35*time.Minute
	rosterAfternoon = 15 * time.Hour
)

// daysOff are the noons of the days off that follow; holiday: they are more than a
// weekend, a stretch that has a Monday to Friday in it.
func daysOff(day time.Time, working func(midnight time.Time) bool) (noons []time.Time, holiday bool) {
	for i := 1; i <= 31; i++ {
		midnight := time.Date(day.Year(), day.Month(), day.Day()+i, 0, 0, 0, 0, day.Location())
		if working(midnight) {
			break
		}
		noons = append(noons, midnight.Add(12*time.Hour))
		holiday = holiday || midnight.Weekday() != time.Saturday && midnight.Weekday() != time.Sunday
	}
	return noons, holiday
}

// workday reports whether anybody works on the day that begins at midnight.
func workday(c *worktime.Calendar) func(midnight time.Time) bool {
	return func(midnight time.Time) bool {
		_, working := c.DayEnd(midnight)
		return working
	}
}

// Overdue tells what is overdue at the period's instant.
func (d *digests) Overdue(ctx context.Context, period time.Time) error {
	told, err := d.desk.OverdueDigest(ctx, period)
	if err != nil {
		return err
	}
	d.leftOut(queue.DigestOverdue, period, told)
	d.log.Info("overdue digest", "period", period.Format(time.RFC3339), "petitions", told.Petitions, "notices", told.Notices)
	d.posted()
	return nil
}

// Morning tells what comes due today.
func (d *digests) Morning(ctx context.Context, period time.Time) error {
	told, err := d.desk.MorningList(ctx, period)
	if err != nil {
		return err
	}
	d.leftOut(queue.MorningList, period, told)
	d.log.Info("morning list", "period", period.Format(time.RFC3339), "petitions", told.Petitions, "notices", told.Notices)
	d.posted()
	return nil
}

// Forwarded tells what was forwarded since the digest before that was sent. One
// that an outage made drop out is made up for, as far as firstDigest goes back.
func (d *digests) Forwarded(ctx context.Context, period time.Time) error {
	from, err := d.before(ctx, period)
	if err != nil {
		return err
	}
	told, err := d.desk.ForwardedDigest(ctx, from, period)
	if err != nil {
		return err
	}
	d.leftOut(queue.DigestForwarded, period, told)
	log := d.log.With("from", from.Format(time.RFC3339), "period", period.Format(time.RFC3339), "slips", told.Petitions)
	if told.Notices == 0 && told.Petitions > 0 {
		log.Info("forwarded digest not mailed: no email channel, or nobody of the City Office has an address")
		return nil
	}
	log.Info("forwarded digest", "mails", told.Notices)
	d.posted()
	return nil
}

// leftOut says why petitions are not in a digest; the shift lead has a task for each.
func (d *digests) leftOut(kind string, period time.Time, told escalation.Digest) {
	if told.LeftOut != nil {
		d.log.Error("petitions that cannot be read were left out", "kind", kind, "period", period.Format(time.RFC3339), "err", told.LeftOut)
	}
}

// firstDigest is how far the first digest looks back: over the longest holidays.
const firstDigest = 14 * 24 * time.Hour

// before is the instant of the digest before, or as far back as one looks.
func (d *digests) before(ctx context.Context, period time.Time) (time.Time, error) {
	first := period.Add(-firstDigest)
	last, err := d.db.LastPeriod(ctx, queue.DigestForwarded, period.Format(time.RFC3339))
	if err != nil || last == "" {
		return first, err
	}
	at, err := time.Parse(time.RFC3339, last)
	if err != nil || at.Before(first) {
		return first, err
	}
	return at.In(d.zone), nil
}
