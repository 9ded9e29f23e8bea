package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// calendarCmd is the dry run of a calendar file.
type calendarCmd struct {
	File      string `arg:"" optional:"" help:"Calendar file; default: the calendar in force."`
	Was       string `help:"With --recompute: the calendar file that was in force before; empty: the built-in one." placeholder:"FILE"`
	Name      string `help:"With --recompute: the calendar of units of this name; default: the city's." placeholder:"N"`
	Recompute bool   `help:"Give the open, unfired deadlines their instants under the calendar in force now."`
	DryRun    bool   `help:"With --recompute: say what would move, and change nothing."`
	Year      []int  `help:"Years to look at; default: this one and the next." placeholder:"Y"`
}

func (c *calendarCmd) Run(ctx context.Context, con *console, s *settings) error {
	if c.Recompute {
		return c.recompute(ctx, con, s)
	}
	if c.DryRun || c.Was != "" || c.Name != "" {
		return usagef("--was, --name and --dry-run go with --recompute")
	}
	years := c.Year
	if len(years) == 0 {
		now := time.Now().In(worktime.Zone()).Year()
		years = []int{now, now + 1}
	}
	for _, y := range years {
		if y < calendarFrom || y > calendarTo {
			return usagef("--year %d is not between %d and %d", y, calendarFrom, calendarTo)
		}
	}
	slices.Sort(years)
	current, err := (&deadlineCmd{}).calendar(s)
	if err != nil {
		return err
	}
	next := current
	if c.File != "" {
		if next, _, err = loadCalendar(c.File); err != nil {
			return usageError{err}
		}
	}
	for _, y := range slices.Compact(years) {
		fmt.Fprintln(con.out, yearOf(next, y))
		for _, line := range differences(current, next, y) {
			fmt.Fprintln(con.out, "  "+line)
		}
	}
	return nil
}

// yearOf counts a year's working days and hours.
func yearOf(cal *worktime.Calendar, year int) string {
	days, total := 0, time.Duration(0)
	for d := range datesOf(year) {
		hours := cal.Hours(d)
		if len(hours) > 0 {
			days++
		}
		for _, h := range hours {
			total += h.End.Sub(h.Start)
		}
	}
	line := fmt.Sprintf("%d: %d working days, %s of working time", year, days, worktime.Span{Time: total})
	if cal.Provisional(time.Date(year, 12, 31, 12, 0, 0, 0, worktime.Zone())) {
		line += " (provisional: days off not announced to its end)"
	}
	return line
}

// differences lists the dates of a year whose hours change.
func differences(current, next *worktime.Calendar, year int) []string {
	var lines []string
	for d := range datesOf(year) {
		before, after := hoursText(current.Hours(d)), hoursText(next.Hours(d))
		if before != after {
			lines = append(lines, fmt.Sprintf("%s %s: %s -> %s", d.Format(time.DateOnly), d.Format("Mon"), before, after))
		}
	}
	return lines
}

// datesOf goes through a year's dates, each at its 00:00.
func datesOf(year int) func(yield func(time.Time) bool) {
	return func(yield func(time.Time) bool) {
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, worktime.Zone()); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if !yield(d) {
				return
			}
		}
	}
}

func hoursText(list []worktime.Interval) string {
	if len(list) == 0 {
		return "off"
	}
	var parts []string
	for _, h := range list {
		end := h.End.Format("15:04")
		if h.End.Day() != h.Start.Day() {
			end = "24:00"
		}
		parts = append(parts, h.Start.Format("15:04")+"-"+end)
	}
	return strings.Join(parts, " ")
}
