package store_test

import (
	"fmt"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// rules is what a version of the policy says of the deadlines that judge.
type rules struct {
	hour     time.Duration // to ask the citizen in (Đ8.3)
	focal    time.Duration // cán bộ đầu mối (Đ9.3)
	head     time.Duration // Thủ trưởng (Đ9.4)
	floor    time.Duration // left at least when a result is sent back
	fileDays string        // to send the file to the Office in (Đ9.6)
	days     int           // the same
	fromHead bool          // the head's time counts from the end of the officer's
	extends  bool          // a promise moves the officer's time
	pauses   bool          // a unit's question to the citizen stops the clock
}

// waitDays are how many working days a citizen's answer is waited for.
const waitDays = 6

// deadline is a time that a unit has, by the calendar that gave it.
type deadline struct {
	by    *worktime.Calendar
	due   time.Time
	stood bool          // the clock does not run
	left  time.Duration // while it stood
	told  bool          // it has passed, and whom it concerns was told: history
	turn  int           // in which it began
}

func begin(by *worktime.Calendar, from time.Time, d time.Duration, turn int) *deadline {
	return &deadline{by: by, due: by.Add(from, d).UTC(), turn: turn}
}

// runs reports a deadline that lies ahead of an instant and comes nearer.
func (d *deadline) runs(at time.Time) bool { return d != nil && !d.told && !d.stood && d.due.After(at) }

// passed reports whether the time was over at an instant.
func (d *deadline) passed(at time.Time) bool { return d != nil && !d.stood && at.After(d.due) }

// stop keeps the time that is left. What has passed has none to keep.
func (d *deadline) stop(at time.Time) {
	if d.runs(at) {
		d.stood, d.left = true, d.by.Between(at, d.due)
	}
}

// goOn lays out what was left, and what it lacks to the floor by the unit's calendar. It
// reports whether the floor was needed.
func (d *deadline) goOn(at time.Time, floor time.Duration, unit *worktime.Calendar) bool {
	if d == nil || !d.stood {
		return false
	}
	d.stood, d.due = false, d.by.Add(at, d.left).UTC()
	short := floor - unit.Between(at, d.due)
	if short <= 0 {
		return false
	}
	d.due, d.by = unit.Add(d.due, short).UTC(), unit
	return true
}

// file is one for the Office (Đ9.6).
type file struct {
	due  time.Time // zero: it was sent before anybody owed it
	sent time.Time
}

// question is a unit's to the citizen, while the clock waits for the answer.
type question struct{ ends time.Time }

// clockIn reads the first "14h05 25/11" after a word, of the year that lies nearest.
func clockIn(text, after string, near time.Time) time.Time {
	_, clock, _ := strings.Cut(text, after)
	var h, m, day, month int
	if _, err := fmt.Sscanf(clock, "%dh%d %d/%d", &h, &m, &day, &month); err != nil {
		panic(err)
	}
	var best time.Time
	for year := near.Year() - 1; year <= near.Year()+1; year++ {
		at := time.Date(year, time.Month(month), day, h, m, 0, 0, monday.Location())
		if best.IsZero() || at.Sub(near).Abs() < best.Sub(near).Abs() {
			best = at
		}
	}
	return best.UTC()
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
