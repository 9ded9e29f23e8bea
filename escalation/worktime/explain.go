package worktime

import "time"

// DayKind says why a date is counted or skipped.
type DayKind string

const (
	DayIsOrdinary  DayKind = "ordinary"  // a working day of the week
	DayIsRest      DayKind = "rest"      // a rest day of the week
	DayIsOff       DayKind = "off"       // a row of off
	DayIsExchanged DayKind = "exchanged" // a row of work (làm bù)
	DayIsShort     DayKind = "short"     // a row of short
	DayIsComputed  DayKind = "computed"  // a fixed holiday, or its make-up day, not announced
)

// note is what a calendar remembers of a date besides its hours.
type note struct {
	kind           DayKind
	name, document string
}

// Explanation tells how a deadline comes about, date by date.
type Explanation struct {
	From        time.Time
	Span        Span
	Due         time.Time
	Provisional bool // Due lies outside the announced dates
	Days        []ExplainedDay
	// Left counts the dates that are not listed because the list would be
	// longer than maxExplained.
	Left int

	announcedUntil time.Time
}

// ExplainedDay is one date from the day of receipt to the day of the deadline.
type ExplainedDay struct {
	Date     time.Time // its 00:00
	Kind     DayKind
	Hours    []Interval    // the working intervals of the date
	Counted  time.Duration // working time counted on it; 0 for limits in days
	Sum      time.Duration // working time counted up to its end
	Number   int           // for limits in days: 1 for the first counted; 0: not counted
	Receipt  bool          // the day of receipt
	Name     string        // of the holiday
	Document string        // that orders it
}

// maxExplained is the longest list of dates: a little more than a year.
const maxExplained = 400

// Explain returns the deadline of s for what was received at from and every
// date on the way, counted or skipped, with the reason and its document.
func (c *Calendar) Explain(from time.Time, s Span) Explanation {
	e := Explanation{From: c.local(from), Span: s, Due: c.AddSpan(from, s)}
	e.Provisional = c.Provisional(e.Due)
	if c.announcedUntil < maxSecond {
		e.announcedUntil = c.unix(c.announcedLastLabel.start(), 0)
	}
	first, last := dayOf(clamp(from.Unix())), dayOf(clamp(e.Due.Unix()))
	if e.Due.Equal(c.unix(last.start(), 0)) && last > first {
		last-- // due at 24:00
	}
	number := 0
	for d := first; d <= last; d++ {
		if len(e.Days) == maxExplained {
			e.Left = int(last - d + 1)
			break
		}
		x := c.explainDay(d)
		x.Receipt = d == first
		if s.Days == 0 {
			x.Counted = c.CountedOn(x.Date, e.From, e.Due)
			x.Sum = c.Between(e.From, earlier(e.Due, c.unix((d+1).start(), 0)))
		} else if !x.Receipt && len(x.Hours) > 0 {
			number++
			x.Number = number
		}
		e.Days = append(e.Days, x)
	}
	return e
}

func (c *Calendar) explainDay(d day) ExplainedDay {
	date := c.unix(d.start(), 0)
	x := ExplainedDay{Date: date, Kind: DayIsOrdinary, Hours: c.Hours(date)}
	if n, ok := c.notes[d]; ok {
		x.Kind, x.Name, x.Document = n.kind, n.name, n.document
	} else if len(x.Hours) == 0 {
		x.Kind = DayIsRest
	}
	return x
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
