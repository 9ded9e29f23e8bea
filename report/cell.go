package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// Kind says what a cell holds.
type Kind string

// Kinds of cells.
const (
	Count Kind = "count" // N
	Share Kind = "share" // N of Of
	Span  Kind = "span"  // working time, whole minutes
	Mean  Kind = "mean"  // a score
	Money Kind = "money" // N đồng
	Date  Kind = "date"  // a day
	Words Kind = "text"  // a text, on one line
)

// Cell is one value of a table, unformatted. The zero value is a count of none.
type Cell struct {
	Kind  Kind
	N     int
	Of    int // of a share; 0: there is nothing to have a share of
	Span  time.Duration
	Mean  float64
	Date  time.Time // the midnight with which the day begins
	Words string
	None  bool // there is nothing to have a median or mean of
}

func count(n int) Cell             { return Cell{Kind: Count, N: n} }
func share(n, of int) Cell         { return Cell{Kind: Share, N: n, Of: of} }
func span(d time.Duration) Cell    { return Cell{Kind: Span, Span: d.Truncate(time.Minute)} }
func mean(m float64, ok bool) Cell { return Cell{Kind: Mean, Mean: m, None: !ok} }

// date is the day of the instant in the city.
func date(at time.Time) Cell {
	year, month, dayOfMonth := at.In(worktime.Zone()).Date()
	return Cell{Kind: Date, Date: day(year, int(month), dayOfMonth)}
}

// words is a text that somebody wrote: no control letters, bounded.
func words(s string) Cell {
	const most = 300
	return Cell{Kind: Words, Words: escalation.Clip(strings.Join(strings.FieldsFunc(s, unicode.IsControl), " "), most)}
}

// meanSpan is the mean of n spans.
func meanSpan(sum time.Duration, n int) Cell {
	if n == 0 {
		return Cell{Kind: Span, None: true}
	}
	return span(sum / time.Duration(n))
}

// Percent is the share in per cent, false when there is nothing to have a share of.
func (c Cell) Percent() (float64, bool) {
	if c.Of == 0 {
		return 0, false
	}
	return 100 * float64(c.N) / float64(c.Of), true
}

// noValue stands where there is nothing to have a share, a median or a mean of.
const noValue = "–"

// Text is the cell as people read it: "1.234", "80,0% (8/10)", "5 giờ 12 phút", "12/11/2026".
func (c Cell) Text() string {
	if c.None {
		return noValue
	}
	switch c.Kind {
	case Share:
		percent, ok := c.Percent()
		if !ok {
			return noValue
		}
		return fmt.Sprintf("%s%% (%s/%s)", decimal(percent, 1), thousands(c.N), thousands(c.Of))
	case Span:
		return spanText(c.Span)
	case Mean:
		return decimal(c.Mean, 2)
	case Money:
		return thousands(c.N) + " đ"
	case Date:
		return dateText(c.Date)
	case Words:
		return c.Words
	}
	return thousands(c.N)
}

// spanText prints working time: "45 phút", "5 giờ 12 phút".
func spanText(d time.Duration) string {
	minutes := int(d / time.Minute)
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d phút", minutes)
	case minutes%60 == 0:
		return thousands(minutes/60) + " giờ"
	}
	return fmt.Sprintf("%s giờ %d phút", thousands(minutes/60), minutes%60)
}

// decimal prints a number with a comma, as Vietnamese does.
func decimal(f float64, places int) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', places, 64), ".", ",", 1)
}

// thousands prints a whole number with dots between its thousands.
func thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}
