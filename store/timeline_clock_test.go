package store_test

import (
	"time"

	"notify1022/escalation"
)

// clocked reads the lines that have to do with the clock.
func (l *reader) clocked(e escalation.Entry) bool {
	t := l.turn
	switch e.Action {
	case string(escalation.VerbHold):
		t.held, t.holds = append(t.held, stretchOf{from: e.At}), true
		t.until = clockIn(l.said, "đến ", e.At)
		l.stops(e.At)
		l.note("hold", true)
	case string(escalation.VerbResume), "rung:resume":
		if !t.holds { // it tells what an answer, or the leave of a unit, has ended already
			break
		}
		at := earlierOf(e.At, t.until)
		t.resume(at)
		if l.question == nil {
			l.goesOn(at)
		}
	case string(escalation.VerbSendBack):
		l.sendsBack(e)
	case "rung:supplement_end":
		if l.question != nil {
			l.answered(l.question.ends)
		}
	case "rung:head":
		t.headHas, t.eight.told = true, true
		if l.limit == nil {
			l.limit = begin(l.worksBy(t.Unit, e.At), t.eight.due, l.rules.head, len(l.facts))
			l.note("limit by the policy of before", !l.rules.fromHead)
			l.note("limit from the head's notice", true)
		}
	case "rung:overdue":
		l.limit.told, t.ranOut = true, append(t.ranOut, l.limit.due)
		l.note("overdue with 1022", t.Unit == "")
		l.note("overdue", true)
	case "deferred:head":
		l.note("8 h over while a return waited", true)
	case "calendar":
		l.relays(e.At)
	default:
		return false
	}
	return true
}

// stops lets the unit's clock stand.
func (l *reader) stops(at time.Time) {
	for _, d := range []*deadline{l.turn.eight, l.limit} {
		if d != nil {
			d.stop(at)
		}
	}
}

// goesOn lets it run again.
func (l *reader) goesOn(at time.Time) {
	for _, d := range []*deadline{l.turn.eight, l.limit} {
		l.note("a clock that stood goes on", d != nil && d.stood)
		d.goOn(at, 0, l.city)
	}
}

// asksUnit notes that a unit has asked the citizen.
func (l *reader) asksUnit(e escalation.Entry) {
	l.acknowledged(e)
	if !l.rules.pauses && l.question == nil {
		return
	}
	l.question = &question{ends: l.city.AddDays(e.At, waitDays)}
	l.stops(e.At)
	l.note("clock waits for the citizen", true)
}

// answered ends the time in which the clock waits for the citizen.
func (l *reader) answered(at time.Time) {
	if l.question != nil && !l.turn.holds {
		l.goesOn(at)
	}
	l.question = nil
}

// relays lays the time that is left out by the calendar that the unit works by now; the
// limit that it has from the unit before stays.
func (l *reader) relays(at time.Time) {
	now := l.worksBy(l.turn.Unit, at)
	for _, d := range []*deadline{l.turn.eight, l.limit} {
		if d.runs(at) && d.by != now && d.turn == len(l.facts) {
			d.due, d.by = now.Add(at, d.by.Between(at, d.due)).UTC(), now
			l.note("laid out by another calendar", true)
		}
	}
}

// sendsBack notes that the result is none: the time that was left goes on, of each
// obligation the floor at least.
func (l *reader) sendsBack(e escalation.Entry) {
	t := l.turn
	t.sentBack = append(t.sentBack, stretchOf{t.given, e.At})
	unit := l.worksBy(t.Unit, e.At)
	for _, d := range []*deadline{t.eight, l.limit} {
		l.note("floor", d.goOn(e.At, l.rules.floor, unit))
	}
	t.Outcome, t.Level, t.ResultAt, t.DoneAt = 0, 0, time.Time{}, time.Time{}
	t.Judged, t.WithinFocal, t.WithinHead, t.OwnSite = false, false, false, false
	l.note("sent back", true)
	l.note("the Office's answer sent back", t.Unit == "")
	l.needsFile(t.given)
}

// promises notes a promised time, which may move the officer's (never past the head's).
func (l *reader) promises(e escalation.Entry) {
	l.acknowledged(e)
	t := l.turn
	at := clockIn(l.said, "trước ", e.At)
	t.Promises++
	t.promised, t.missed = at, false
	l.note("promise", true)
	if !l.rules.extends || !t.eight.runs(e.At) || !at.After(t.eight.due) {
		return
	}
	by := l.worksBy(t.Unit, e.At)
	most := by.Add(by.Add(t.ForwardedAt, l.rules.focal), l.rules.head).UTC()
	if l.limit != nil {
		most = l.limit.due
	}
	t.eight.due = laterOf(t.eight.due, earlierOf(at, most))
	l.note("promise moves the 8 h", true)
}

// misses notes that the promised time passed without a result, or that it did not: the
// text may have been read after all.
func (t *retold) misses(missed bool) {
	switch {
	case missed && !t.missed:
		t.due = append(t.due, t.promised)
	case !missed && t.missed:
		t.due = t.due[:len(t.due)-1]
	}
	t.missed = missed
}

// judge holds a unit's answer against its deadlines. Where the head's time counts from the
// end of the officer's, it is not over before that has ended.
func (l *reader) judge(e escalation.Entry) {
	t := l.turn
	if t.eight == nil {
		return
	}
	t.Judged, t.WithinFocal = true, !t.eight.passed(e.At)
	limit := l.limit
	if limit == nil && t.eight.passed(e.At) {
		limit = begin(t.eight.by, t.eight.due, l.rules.head, 0)
	}
	t.WithinHead = !limit.passed(e.At)
	l.note("within the 8 h", t.WithinFocal)
	l.note("within the 48 h", t.WithinHead && !t.WithinFocal)
	l.note("late", !t.WithinHead)
	l.note("read after the 8 h", t.WithinFocal && t.eight.told && e.At.Before(t.eight.due))
	l.note("judged by the policy of before", e.Policy != t.policy)
}
