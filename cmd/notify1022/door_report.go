package main

import (
	"bytes"
	"context"
	"html/template"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/report"
	"notify1022/web"
	bureau "notify1022/web/console"
)

// reportShelf makes reports for API and console.
type reportShelf struct{ reporter }

var _ bureau.Reports = reportShelf{}

func (s *service) reports() reportShelf {
	return reportShelf{reporter{db: s.db, calendar: s.book.Now, price: s.cfg.SMSPrice}}
}

// Report makes a report in a format.
func (s reportShelf) Report(ctx context.Context, asked web.ReportAsked) (web.ReportFile, error) {
	f, err := report.ParseFormat(asked.Format)
	if err != nil {
		return web.ReportFile{}, &escalation.Problem{Kind: escalation.Invalid, Field: "format", Detail: err.Error()}
	}
	officers, err := withOfficers(asked.Officers, f)
	if err != nil {
		return web.ReportFile{}, err
	}
	r, err := s.build(ctx, asked.Period, asked.Unit, officers)
	if err != nil {
		return web.ReportFile{}, err
	}
	var out bytes.Buffer
	if err := r.Write(&out, f); err != nil {
		return web.ReportFile{}, err
	}
	file := web.ReportFile{Type: f.MediaType(), Body: out.Bytes()}
	switch f {
	case report.CSV, report.XLSX:
		file.Name = r.FileName(f)
	case report.HTML:
		file.Style = report.StyleDigest()
	}
	return file, nil
}

// withOfficers reads whether a report of the city has its officers: files do by themselves.
func withOfficers(asked string, f report.Format) (bool, error) {
	switch asked {
	case "":
		return f.File(), nil
	case "yes", "no":
		return asked == "yes", nil
	}
	return false, &escalation.Problem{Kind: escalation.Invalid, Field: "officers", Detail: "theo cán bộ: yes hoặc no"}
}

// Page makes a report for the console's page.
func (s reportShelf) Page(ctx context.Context, period, unit string, officers bool) (string, template.HTML, error) {
	r, err := s.build(ctx, period, unit, officers)
	if err != nil {
		return "", "", err
	}
	var out strings.Builder
	if err := r.WriteFragment(&out); err != nil {
		return "", "", err
	}
	return r.Name + ", " + r.Period.Title(), template.HTML(out.String()), nil
}

// Periods offers this month and those before, weeks, quarters and years.
func (s reportShelf) Periods(now time.Time) []bureau.ReportPeriod {
	var list []bureau.ReportPeriod
	for _, kind := range []struct {
		kind report.PeriodKind
		back int
	}{{report.Month, 12}, {report.Week, 8}, {report.Quarter, 4}, {report.Year, 3}} {
		p := report.Containing(kind.kind, now)
		for range kind.back + 1 {
			list = append(list, bureau.ReportPeriod{Value: p.Name, Name: p.Title()})
			p = p.Before()
		}
	}
	return list
}

// Style is the look of Page.
func (s reportShelf) Style() string { return report.StyleSheet() }
