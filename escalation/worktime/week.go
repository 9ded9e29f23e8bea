package worktime

import "time"

// week is the bare week without seasons and holidays. It answers the
// questions of count.go for any second by division, counting from the Monday
// below.
type week struct {
	spans   []span // seconds since Monday 00:00
	total   int64  // working seconds in a week, never 0
	through [8]int64
	ends    [7]int64 // last working second of the day, from its 00:00; 0: none
}

const (
	firstMonday    day = 4 // 1970-01-05
	secondsPerWeek     = 7 * secondsPerDay
)

func newWeek(p pattern) week {
	var w week
	for i := range 7 {
		midnight := int64(i) * secondsPerDay
		w.through[i+1] = w.through[i]
		hours := p[(firstMonday + day(i)).weekday()]
		for _, h := range hours {
			w.spans = append(w.spans, span{midnight + h.start, midnight + h.end, w.total})
			w.total += h.end - h.start
			w.ends[i] = h.end
		}
		if len(hours) > 0 {
			w.through[i+1]++
		}
	}
	return w
}

// count: see Calendar.count; from the first Monday.
func (w *week) count(sec int64) (seconds int64, open bool) {
	since := sec - firstMonday.start()
	weeks := floorDiv(since, secondsPerWeek)
	inside := since - weeks*secondsPerWeek
	for _, s := range w.spans {
		if inside < s.start {
			return weeks*w.total + s.before, false
		}
		if inside < s.end {
			return weeks*w.total + s.before + inside - s.start, true
		}
	}
	return (weeks + 1) * w.total, false
}

// first: see Calendar.first.
func (w *week) first(n int64) int64 { return w.last(n-1) + 1 }

// last: see Calendar.last.
func (w *week) last(n int64) int64 {
	weeks := floorDiv(n, w.total)
	n -= weeks * w.total
	i := len(w.spans) - 1
	for w.spans[i].before > n {
		i--
	}
	return firstMonday.start() + weeks*secondsPerWeek + w.spans[i].start + n - w.spans[i].before
}

// daysThrough returns the working days from the first Monday to the end of d.
func (w *week) daysThrough(d day) int64 {
	since := int64(d + 1 - firstMonday)
	return floorDiv(since, 7)*w.through[7] + w.through[floorMod(since, 7)]
}

// nthDay returns the date on which daysThrough reaches n.
func (w *week) nthDay(n int64) day {
	weeks := floorDiv(n-1, w.through[7])
	rest := n - weeks*w.through[7] // 1 to the working days of a week
	i := 0
	for w.through[i+1] < rest {
		i++
	}
	return firstMonday + day(weeks*7+int64(i))
}

// spansOn returns the intervals of d in Unix seconds.
func (w *week) spansOn(d day) []span {
	i := floorMod(int64(d-firstMonday), 7)
	var on []span
	for _, s := range w.spans {
		if s.start/secondsPerDay == i {
			shift := d.start() - i*secondsPerDay
			on = append(on, span{start: s.start + shift, end: s.end + shift})
		}
	}
	return on
}

// end returns when the working time of d ends.
func (w *week) end(d day) (sec int64, working bool) {
	end := w.ends[floorMod(int64(d-firstMonday), 7)]
	return d.start() + end, end > 0
}

// pattern is the working hours of a week by time.Weekday.
type pattern [7][]hours

// hours is a half-open stretch of a day, in seconds since its 00:00.
type hours struct{ start, end int64 }

func (p pattern) empty() bool {
	for _, h := range p {
		if len(h) > 0 {
			return false
		}
	}
	return true
}

// usual returns the hours of the first working day of the week: those of a
// day worked in exchange that has no hours of its own.
func (p pattern) usual() []hours {
	for _, w := range weekdayOrder {
		if len(p[w]) > 0 {
			return p[w]
		}
	}
	return nil
}

var weekdayOrder = [7]time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday,
	time.Friday, time.Saturday, time.Sunday,
}
