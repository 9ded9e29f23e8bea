package rehearsal

import (
	"slices"
	"time"

	"notify1022/escalation/worktime"
)

// An independent reading of the regulation: what each petition of a year must bring
// about, and when. It counts working time by itself, day by day from the announced
// days off of 2026, and shares no line with escalation or worktime but the zone.
//
// What it judges: the slip, the nudges, the officer's reminder, the head's notice with
// the officer's and the citizen's, the head's reminder, the overdue report with theirs,
// the citizen's forwarding, result, refusal and rating texts. What it leaves out, and
// the tally only counts: answers to officers' texts, and the daily digests.

// modelOff are the days off of 2026 and its turn beside weekends, modelWork the Saturdays worked
// in exchange (domain: announced by the Government on 25/12/2025 and after).
var (
	modelOff = []string{"2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-04-27",
		"2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24", "2027-01-01"}
	modelWork = []string{"2026-01-10", "2026-08-22"}
)

func modelWorks(day time.Time) bool {
	date := day.Format(time.DateOnly)
	if slices.Contains(modelWork, date) {
		return true
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !slices.Contains(modelOff, date)
}

// modelHalves are a working day's halves, from midnight.
var modelHalves = [2][2]time.Duration{{7*time.Hour + 30*time.Minute, 11*time.Hour + 30*time.Minute}, {13 * time.Hour, 17 * time.Hour}}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(worktime.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, worktime.Zone())
}

// modelAdd walks from t through the halves of working days until d has passed: the
// instant at which it has, the end of a half rather than the beginning of the next.
func modelAdd(t time.Time, d time.Duration) time.Time {
	if d == 0 {
		return t
	}
	for day := midnight(t); ; day = day.AddDate(0, 0, 1) {
		if !modelWorks(day) {
			continue
		}
		for _, half := range modelHalves {
			from, to := day.Add(half[0]), day.Add(half[1])
			if t.After(from) {
				from = t
			}
			if !from.Before(to) {
				continue
			}
			if left := to.Sub(from); d > left {
				d -= left
				continue
			}
			return from.Add(d)
		}
	}
}

// modelSlip is when a slip forwarded at t reaches its officer: at night in the
// morning, at a quarter to seven.
func modelSlip(t time.Time) time.Time {
	day := midnight(t)
	switch at := t.Sub(day); {
	case at < 6*time.Hour+45*time.Minute:
		return day.Add(6*time.Hour + 45*time.Minute)
	case at >= 21*time.Hour:
		return day.Add(30*time.Hour + 45*time.Minute)
	}
	return t
}

// modelDay is when a text that waits for the citizen's morning goes out.
func modelDay(t time.Time) time.Time {
	day := midnight(t)
	switch at := t.Sub(day); {
	case at < 7*time.Hour:
		return day.Add(7 * time.Hour)
	case at >= 21*time.Hour:
		return day.Add(31 * time.Hour)
	}
	return t
}

// demand is one text that must reach somebody at an instant.
type demand struct {
	template string
	who      yearRole
	at       time.Time
}

type yearRole int

const (
	toFocal yearRole = iota
	toDeputy
	toHead
	toOffice
	toCitizen
)

// demands are the texts that a petition brings about until the end.
func (f *fate) demands(end time.Time) []demand {
	var list []demand
	if !f.forwarded.Before(end) {
		return nil
	}
	add := func(template string, who yearRole, at time.Time) {
		if at.Before(end) {
			list = append(list, demand{template, who, at})
		}
	}
	if f.rejected {
		add("C2", toCitizen, f.forwarded)
		return list
	}
	add("C4", toCitizen, f.forwarded)
	add("O1", toFocal, modelSlip(f.forwarded))
	// What is due at the very instant of an act comes first.
	open := func(at time.Time) bool { return f.answered.IsZero() || !at.After(f.answered) }
	silent := func(at time.Time) bool { return open(at) && (f.acked.IsZero() || !at.After(f.acked)) }
	due := func(hours int) time.Time { return modelAdd(f.forwarded, time.Duration(hours)*time.Hour) }
	if at := due(1); silent(at) {
		add("O1N", toFocal, at)
	}
	if at := due(2); silent(at) {
		add("O1N", toDeputy, at)
	}
	if at := due(6); open(at) {
		add("O2", toFocal, at)
	}
	if at := due(8); open(at) {
		add("H1", toHead, at)
		add("O7", toFocal, at)
		add("C6", toCitizen, at)
	}
	if at := due(40); open(at) {
		add("H2", toHead, at)
	}
	if at := due(48); open(at) {
		add("V1", toOffice, at)
		add("H3", toHead, at)
		add("C6b", toCitizen, at)
	}
	if !f.published.IsZero() {
		if f.published.Before(end) {
			add("C7", toCitizen, modelDay(f.published))
		}
		if at := f.published.AddDate(0, 0, 3); f.published.Before(end) && modelDay(at).Before(end) {
			add("C8", toCitizen, modelDay(at))
		}
	}
	return list
}

// Modelled lists the templates that the model judges.
func modelled() []string {
	return []string{"O1", "O1N", "O2", "O7", "H1", "H2", "H3", "V1", "C2", "C4", "C6", "C6b", "C7", "C8"}
}

// month is what a monthly report says, by the month of receipt.
type month struct {
	Received, Rejected, Forwarded, ByOfficer, ByHead, Overdue int
}

// tally is the model's monthly report. Within 8 h means: the head was never told.
func tally(list []fate, end time.Time) map[string]month {
	months := map[string]month{}
	for i := range list {
		f := &list[i]
		if !f.forwarded.Before(end) {
			continue
		}
		key := f.forwarded.Format("2006-01")
		m := months[key]
		m.Received++
		if f.rejected {
			m.Rejected++
			months[key] = m
			continue
		}
		m.Forwarded++
		answered := !f.answered.IsZero() && f.answered.Before(end)
		head, overdue := modelAdd(f.forwarded, 8*time.Hour), modelAdd(f.forwarded, 48*time.Hour)
		switch {
		case overdue.Before(end) && (f.answered.IsZero() || !overdue.After(f.answered)):
			m.Overdue++
		case answered && f.answered.Before(head):
			m.ByOfficer++
		case answered:
			m.ByHead++
		}
		months[key] = m
	}
	return months
}
