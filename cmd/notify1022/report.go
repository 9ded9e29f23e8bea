package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report"
	"notify1022/store"
)

// reportCmd prints the periodic report.
type reportCmd struct {
	Period string `required:"" help:"2026-W47, 2026-11, 2026-Q4, 2026 or 2026-11-03..2026-11-20." placeholder:"P"`
	Unit   string `help:"Code of a unit; default: the whole city." placeholder:"U"`
	Format string `help:"table, json, csv, xlsx or html." default:"table" placeholder:"F"`

	Officers string `help:"Whether the city's report is by officer too: yes or no; default: json, csv and xlsx are." placeholder:"Y"`
}

func (r *reportCmd) Run(ctx context.Context, c *console, s *settings) error {
	format, err := report.ParseFormat(r.Format)
	if err != nil {
		return usageError{err}
	}
	if _, err := report.ParsePeriod(r.Period); err != nil {
		return usageError{err}
	}
	officers, err := withOfficers(r.Officers, format)
	if err != nil {
		return usageError{err}
	}
	cfg, err := s.config()
	if err != nil {
		return err
	}
	db, err := s.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	shelf, err := calendarsOf(ctx, cfg, db, s.log)
	if err != nil {
		return err
	}
	if filled, err := db.FactsFilled(ctx); err == nil && !filled {
		s.log.Warn("petitions of before the report's tables are not counted yet: run notify1022 migrate, or let the service run")
	}
	made, err := reporter{db: db, calendar: shelf.Now, price: cfg.SMSPrice}.build(ctx, r.Period, r.Unit, officers)
	if err != nil {
		return err
	}
	var out bytes.Buffer // all or nothing
	if err := made.Write(&out, format); err != nil {
		return err
	}
	_, err = c.out.Write(out.Bytes())
	return err
}

// reporter makes reports for every door.
type reporter struct {
	db       *store.Store
	calendar func() *worktime.Calendar // in force
	price    SMSPrice                  // 0: not told
}

var _ report.Source = (*store.Store)(nil)

// build makes the report of a period, of the city, by officer or not, or of a unit. A name
// that cannot be read, and a unit that is not there, are *escalation.Problem.
func (r reporter) build(ctx context.Context, period, unit string, officers bool) (*report.Report, error) {
	p, err := report.ParsePeriod(period)
	if err != nil {
		return nil, &escalation.Problem{Kind: escalation.Invalid, Field: "period", Detail: err.Error()}
	}
	units, err := r.db.Units(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(units))
	for _, u := range units {
		names[u.Code] = u.Name
	}
	if _, known := names[unit]; unit != "" && !known {
		return nil, &escalation.Problem{Kind: escalation.NotFound, Field: "unit", Detail: fmt.Sprintf("không có đơn vị mã %.40q", unit)}
	}
	now, err := r.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	if p.From.After(now) {
		return nil, &escalation.Problem{Kind: escalation.Invalid, Field: "period", Detail: "kỳ báo cáo chưa bắt đầu"}
	}
	return report.Build(ctx, r.db, report.Order{Period: p, Unit: unit, Officers: officers, Names: names, Calendar: r.calendar(), OfficerPrice: r.price.Officer, CitizenPrice: r.price.Citizen, MadeAt: now})
}

// factsAgain is how long a start waits before it tries again what broke off, or what
// another process has begun.
const factsAgain = time.Minute

// fillFacts makes, once, what reports, the list of files (Đ9.6) and that of public answers need
// of petitions that were there before, and then waits for the end.
func (s *service) fillFacts(ctx context.Context) error {
	return atOnce(ctx, factsAgain, func(ctx context.Context) {
		if n, err := s.db.FillPublished(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("answers that were public before could not all be put in their order; it is tried again", "err", err)
		} else if n > 0 {
			s.log.Info("answers that were public before are in their order", "petitions", n)
		}
		n, err := s.db.FillFacts(ctx, s.shelf.inForce())
		if err == nil {
			err = s.db.FillFiles(ctx)
		}
		switch {
		case n > 0 && err == nil:
			s.log.Info("petitions of before the report's tables are counted", "petitions", n)
		case err != nil && ctx.Err() == nil:
			s.log.Warn("petitions of before could not all be counted for reports and lists; it is tried again", "err", err)
		}
	})
}
