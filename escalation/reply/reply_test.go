package reply_test

import (
	"testing"
	"time"

	"notify1022/escalation/reply"
	"notify1022/escalation/worktime"
)

var zone = time.FixedZone("+07", 7*60*60)

// monday is the now of most tables: Mon 2026-11-23 09:00.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, zone)

// The city's calendar is what spans are counted in outside these tests.
var _ reply.Calendar = (*worktime.Calendar)(nil)

// office is a calendar of Monday to Friday, 07:30-11:30 and 13:00-17:00, with
// no holidays: enough to tell working time from clock time.
type office struct{}

func (office) Add(t time.Time, d time.Duration) time.Time {
	for d > 0 {
		if working(t) {
			d -= time.Minute
		}
		t = t.Add(time.Minute)
	}
	return t
}

func (office) AddDays(t time.Time, n int) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 17, 0, 0, 0, zone)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day
}

func working(t time.Time) bool {
	at := t.Hour()*60 + t.Minute()
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday &&
		(at >= 7*60+30 && at < 11*60+30 || at >= 13*60 && at < 17*60)
}

func parse(text string) reply.Parsed { return reply.Parse(text, monday, office{}) }

// want is what a table says of one message.
type want struct {
	text    string
	command reply.Command
	codes   string // joined by blanks
	rest    string
	problem string
}

func check(t *testing.T, table []want) {
	t.Helper()
	for _, w := range table {
		p := parse(w.text)
		codes := ""
		for i, c := range p.Codes {
			if i > 0 {
				codes += " "
			}
			codes += c
		}
		if p.Command != w.command || codes != w.codes || p.Text != w.rest || p.Problem != w.problem {
			t.Errorf("%q:\n got %s [%s] %q %q at=%s\nwant %s [%s] %q %q", w.text, p.Command, codes, p.Text, p.Problem, p.At, w.command, w.codes, w.rest, w.problem)
		}
	}
}
