package worktime

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Bounds on a file; a hundred years of holidays stay well below.
const (
	maxRows    = 10_000
	maxSeasons = 500
	maxPerDay  = 24 // stretches of working time on one day
)

// plan is a checked Spec.
type plan struct {
	week          pattern
	yearly        [1300]*pattern // by month*100+day
	dated         []datedSeason
	rows          map[day]row
	announcedFrom day
	announcedTo   day
	problems      []error
}

type datedSeason struct {
	from, to day
	pattern  *pattern
	key      string
}

// row is one dated exception.
type row struct {
	key   string // where it stands in the file
	note  note
	hours []hours // of a work or short day; nil on a work day: the usual ones
}

// check reads the whole Spec and returns every problem at once.
func (s Spec) check() (*plan, error) {
	p := &plan{rows: map[day]row{}}
	if s.Zone != "" && s.Zone != ZoneName {
		p.fail("zone", "%s is not %s", quote(s.Zone), ZoneName)
	}
	p.week = p.pattern("hours", s.Hours)
	p.seasons(s.Seasons)
	p.dates(s)
	p.announced(s)
	return p, errors.Join(p.problems...)
}

// fail notes a problem with the key that has it.
func (p *plan) fail(key, format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
}

func (p *plan) pattern(key string, h Hours) pattern {
	var week pattern
	before := len(p.problems)
	for _, name := range slices.Sorted(maps.Keys(h)) {
		w, known := weekdays[name]
		if !known {
			p.fail(key+"."+name, "is not a day; days are mon, tue, wed, thu, fri, sat, sun")
			continue
		}
		week[w] = p.hours(key+"."+name, h[name])
	}
	if week.empty() && len(p.problems) == before {
		p.fail(key, "no day has working time")
	}
	return week
}

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// hours reads the stretches of one day, which must be in order.
func (p *plan) hours(key string, list []string) []hours {
	if len(list) > maxPerDay {
		p.fail(key, "has %d stretches; at most %d", len(list), maxPerDay)
		return nil
	}
	var all []hours
	for i, text := range list {
		h, err := parseHours(text)
		if err == nil && len(all) > 0 && h.start < all[len(all)-1].end {
			err = errors.New("begins before the one in front of it has ended")
		}
		if err != nil {
			p.fail(fmt.Sprintf("%s[%d]", key, i), "%s %v", quote(text), err)
			continue
		}
		all = append(all, h)
	}
	return all
}

func parseHours(s string) (hours, error) {
	from, to, found := strings.Cut(s, "-")
	start, startOK := parseClock(from)
	end, endOK := parseClock(to)
	switch {
	case !found || !startOK || !endOK || start == secondsPerDay:
		return hours{}, errors.New("is not of the form 07:30-11:30")
	case end == 0:
		return hours{}, errors.New("ends before it starts; write 24:00 for the end of the day")
	case end < start:
		return hours{}, errors.New("ends before it starts; work past midnight is two stretches on two days")
	case end == start:
		return hours{}, errors.New("is empty")
	}
	return hours{start, end}, nil
}

// parseClock reads 07:30, 07:30:15 or 24:00 as seconds since midnight.
func parseClock(s string) (int64, bool) {
	if s == "24:00" || s == "24:00:00" {
		return secondsPerDay, true
	}
	if !shaped(s, "dd:dd") || len(s) != 5 && (len(s) != 8 || !shaped(s, "dd:dd:dd")) {
		return 0, false
	}
	two := func(i int) int64 { return int64(s[i]-'0')*10 + int64(s[i+1]-'0') }
	h, m, sec := two(0), two(3), int64(0)
	if len(s) == 8 {
		sec = two(6)
	}
	return h*3600 + m*60 + sec, h < 24 && m < 60 && sec < 60
}

// date reads a date that exists.
func (p *plan) date(key, s string) (day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	var bad *time.ParseError
	switch {
	case s == "":
		p.fail(key, "is missing")
	case errors.As(err, &bad) && bad.Message != "":
		p.fail(key, "%s does not exist", quote(s))
	case err != nil:
		p.fail(key, "%s is not of the form 2026-03-13", quote(s))
	case t.Year() < firstYear || t.Year() > lastYear:
		p.fail(key, "%s is outside the years %d to %d", quote(s), firstYear, lastYear)
	default:
		return date(t.Date()), true
	}
	return 0, false
}

func (p *plan) announced(s Spec) {
	p.announcedFrom, p.announcedTo = math.MinInt32, math.MaxInt32
	if s.AnnouncedFrom != "" {
		p.announcedFrom, _ = p.date("announced_from", s.AnnouncedFrom)
	}
	if s.AnnouncedUntil == "" {
		return
	}
	if until, ok := p.date("announced_until", s.AnnouncedUntil); ok {
		p.announcedTo = until
		if until < p.announcedFrom {
			p.fail("announced_until", "is before announced_from")
		}
	}
}
