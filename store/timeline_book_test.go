package store_test

import (
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// asks notes that 1022 asked the citizen, which has an hour for it each time that it gets the
// petition.
func (l *reader) asks(at time.Time) {
	t := l.turn
	if t.Asked {
		return
	}
	t.Asked, t.AskedInTime = true, !l.hour.IsZero() && !at.After(l.hour)
	l.note("asked in time", t.AskedInTime)
	l.note("asked late", !t.AskedInTime)
	l.note("asked after a return", len(l.facts) > l.course)
	l.note("asked in an hour that began anew", l.anewHour && t.AskedInTime)
}

// beginsHour gives 1022 its hour.
func (l *reader) beginsHour(at time.Time, anew bool) {
	l.hour, l.anewHour = l.city.Add(at, l.rules.hour), anew
}

// owesFile begins the two days of an urgent matter, from its receipt at first (Đ9.6). One
// that has a file in this course has it.
func (l *reader) owesFile(at time.Time) {
	if len(l.files) > 0 {
		return
	}
	if !l.anew {
		at = l.facts0().OpenedAt
	}
	l.files = append(l.files, &file{due: l.city.AddDays(at, l.rules.days)})
}

// needsFile reads whether the line says that a document is needed, from having the
// result: another one where the one before was sent.
func (l *reader) needsFile(from time.Time) {
	if !strings.Contains(l.said, "; cần ") {
		return
	}
	l.note("file for a result", true)
	if n := len(l.files); n == 0 || !l.files[n-1].sent.IsZero() {
		l.files = append(l.files, &file{due: l.city.AddDays(from, l.rules.days)})
	}
}

// sendsFile notes that the file was sent, perhaps one that nobody owed.
func (l *reader) sendsFile(at time.Time) {
	if len(l.files) == 0 {
		l.files = append(l.files, &file{})
	}
	if last := l.files[len(l.files)-1]; last.sent.IsZero() {
		last.sent = at
	}
}

// span is the working time between two instants.
func span(cal *worktime.Calendar, from, to time.Time) time.Duration {
	if from.IsZero() || !to.After(from) {
		return 0
	}
	return cal.Between(from, to).Truncate(time.Second)
}

// close books the turn; last: nothing of its course comes after it.
func (l *reader) close(last bool) {
	t := l.turn
	by := l.city
	if t.eight != nil {
		by = t.eight.by
	}
	t.AcknowledgedIn = span(by, t.ForwardedAt, t.AcknowledgedAt)
	from := t.ForwardedAt
	if from.IsZero() {
		from = t.OpenedAt
	}
	t.AnsweredIn = 0
	if t.Outcome == escalation.OutcomeAnswered || t.Outcome == escalation.OutcomeDirect {
		t.AnsweredIn = span(by, from, t.ResultAt)
	}
	t.spans(l.city, by)
	l.overdue(t)
	t.Missed, t.MissedAt = len(t.due), ""
	for i, due := range t.due {
		t.MissedAt += escalation.Instants([]string{"", " "}[min(i, 1)] + fmt.Sprint(due.UnixMicro()))
	}
	l.note("two promises missed in a turn", len(t.due) > 1)
	if t.Outcome == escalation.OutcomeAnswered && t.Promises > 0 && !t.missed && t.Unit != "" {
		t.Kept = 1
	}
	if l.course == len(l.facts) {
		decided := t.ForwardedAt
		if decided.IsZero() && (t.Outcome == escalation.OutcomeRejected || t.Outcome == escalation.OutcomeDirect) {
			decided = t.DoneAt
		}
		t.AtOnce = !t.Reopened && !decided.IsZero() && span(l.city, t.OpenedAt, decided) <= 15*time.Minute
	}
	if last {
		l.counts(t)
	}
	l.facts = append(l.facts, t.Fact)
	if last {
		l.booksFiles(&l.facts[l.course])
	}
}

// overdue books when the head's time ended without a result: the last time that it did. A
// text that had come by then was read later.
func (l *reader) overdue(t *retold) {
	t.OverdueAt = time.Time{}
	for _, at := range t.ranOut {
		inTime := t.Outcome == escalation.OutcomeAnswered && !t.ResultAt.After(at)
		l.note("read after the 48 h", inTime)
		if !inTime {
			t.OverdueAt = at
		}
	}
	if t.OverdueAt.IsZero() && !t.Office { // whoever the Office names has the whole time
		t.OverdueAt = t.before
		l.note("overdue when another got it", !t.before.IsZero())
	}
}

// booksFiles books what 1022 owes the Office of a course: it stands in the first turn. What
// was not due yet when the course was gone is owed by nobody.
func (l *reader) booksFiles(f *escalation.Fact) {
	f.Written, f.WrittenInTime = false, false
	for _, file := range l.files {
		spared := file.sent.IsZero() && !l.gone.IsZero() && file.due.After(l.gone)
		l.note("file not due yet", spared)
		if spared {
			continue
		}
		late := file.sent.IsZero() || !file.due.IsZero() && file.sent.After(file.due)
		f.Written, f.WrittenInTime = true, !late && (f.WrittenInTime || !f.Written)
	}
	l.note("file in time", f.WrittenInTime)
	l.note("file late or owed", f.Written && !f.WrittenInTime)
}

// counts books the votes, which stand in the last turn of a course.
func (l *reader) counts(t *retold) {
	if t.ResultAt.IsZero() {
		return
	}
	given := func(who string) vote {
		if v := l.votes[who]; !v.at.Before(t.ResultAt) {
			return v
		}
		return vote{}
	}
	t.Score, t.Service = given("").score, given("").service
	for _, code := range l.known {
		t.Followers[given(code).score]++
		t.FollowersOn1022[given(code).service]++
	}
}

// spans are who had the turn how long, 1022 and the Office by the city's calendar, the
// unit by its own.
func (t *retold) spans(city, by *worktime.Calendar) {
	t.HeldBy1022, t.HeldByOffice = 0, 0
	until := t.ForwardedAt
	if until.IsZero() {
		until = t.DoneAt
	}
	if t.Office {
		taken := t.OpenedAt
		if !t.taken.IsZero() && t.taken.Before(until) {
			taken = t.taken
		}
		t.HeldByOffice = t.own(city, taken, until)
		t.HeldBy1022 = span(city, taken, until) - t.HeldByOffice
		until = taken
	}
	t.HeldBy1022 += span(city, t.OpenedAt, until)
	if t.Unit != "" && !t.DoneAt.IsZero() {
		up := t.DoneAt
		if t.headHas {
			up = earlierOf(t.eight.due, up)
		}
		t.HeldByFocal = t.own(by, t.ForwardedAt, up)
		t.HeldByHead = t.own(by, up, t.DoneAt)
		t.HeldBy1022 += within(city, t.sentBack, t.ForwardedAt, t.DoneAt)
		t.HeldByOffice += within(city, t.held, t.ForwardedAt, t.DoneAt)
	}
	t.HeldBy1022 += span(city, t.ResultAt, t.PublishedAt)
}

// own is what of a stretch somebody has had: not what a result lay with 1022, nor a hold.
func (t *retold) own(by *worktime.Calendar, from, to time.Time) time.Duration {
	return span(by, from, to) - within(by, t.sentBack, from, to) - within(by, t.held, from, to)
}

// within is how much of a stretch others take.
func within(by *worktime.Calendar, list []stretchOf, from, to time.Time) (sum time.Duration) {
	for _, s := range list {
		sum += span(by, laterOf(from, s.from), earlierOf(to, s.to))
	}
	return sum
}
