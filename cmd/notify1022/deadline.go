package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// deadlineCmd computes deadlines.
type deadlineCmd struct {
	From     string `help:"When it was received: RFC 3339 or 2026-03-13T16:50 (+07:00)." placeholder:"T"`
	Add      string `help:"Limit: 8h, 90m, 1h30m of working time, 2d working days." placeholder:"D"`
	Calendar string `help:"Calendar file; default: the configuration's, else the city's built-in one." placeholder:"F" type:"path"`
	Explain  bool   `help:"Print the days on the way too."`
	Lines    string `arg:"" optional:"" name:"lines" help:"- reads lines of T D and writes one deadline for each."`
}

func (d *deadlineCmd) Run(c *console, s *settings) error {
	if err := d.check(); err != nil {
		return err
	}
	cal, err := d.calendar(s)
	if err != nil {
		return err
	}
	if d.Lines == "-" {
		return eachLine(c.in, c.out, func(line string) (string, error) {
			from, add, err := fields(line)
			if err != nil {
				return "", err
			}
			due, _, _, err := deadline(cal, from, add)
			return due, err
		})
	}
	due, from, span, err := deadline(cal, d.From, d.Add)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintln(c.out, due)
	if d.Explain {
		fmt.Fprint(c.out, cal.Explain(from, span).String())
	} else if cal.Provisional(cal.AddSpan(from, span)) {
		s.log.Warn("the deadline is provisional: it lies outside the announced days off")
	}
	return nil
}

func (d *deadlineCmd) check() error {
	switch {
	case d.Lines != "" && d.Lines != "-":
		return usagef("unexpected argument %.40q; write --from T --add D, or - for lines", d.Lines)
	case d.Lines == "-" && (d.From != "" || d.Add != "" || d.Explain):
		return usagef("- reads T D per line and takes neither --from, --add nor --explain")
	case d.Lines == "" && d.From == "":
		return usagef("--from is missing")
	case d.Lines == "" && d.Add == "":
		return usagef("--add is missing")
	}
	return nil
}

// calendar is the flag's file, the configuration's, or the built-in one.
func (d *deadlineCmd) calendar(s *settings) (*worktime.Calendar, error) {
	path := d.Calendar
	if path == "" && s.path != "" {
		cfg, err := s.config()
		if err != nil {
			return nil, err
		}
		path = cfg.Calendar
	}
	cal, _, err := loadCalendar(path)
	if err != nil {
		return nil, usageError{err}
	}
	return cal, nil
}

func fields(line string) (from, add string, err error) {
	words := strings.Fields(line)
	if len(words) != 2 {
		return "", "", errors.New("the line is not of the form T D")
	}
	return words[0], words[1], nil
}

// deadline is the limit's end as RFC 3339 in Vietnam's time.
func deadline(cal *worktime.Calendar, from, add string) (due string, at time.Time, span worktime.Span, err error) {
	if at, err = worktime.ParseInstant(from); err != nil {
		return "", at, span, err
	}
	if span, err = worktime.ParseSpan(add); err != nil {
		return "", at, span, err
	}
	return cal.AddSpan(at, span).Format(time.RFC3339Nano), at, span, nil
}
