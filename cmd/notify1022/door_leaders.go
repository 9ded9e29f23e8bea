package main

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"strings"

	"notify1022/escalation"
	"notify1022/report"
	"notify1022/store"
	"notify1022/web"
	bureau "notify1022/web/console"
)

var (
	_ bureau.Leaders    = (*leaders)(nil)
	_ web.ReportLinks   = (*leaders)(nil)
	_ web.Subscriptions = (*leaders)(nil)
)

// Subscriptions are the choices made, by contact.
func (l *leaders) Subscriptions(ctx context.Context) (map[int64]escalation.Subscription, error) {
	return l.db.Subscriptions(ctx)
}

// Subscribe checks and stores a leader's choice.
func (l *leaders) Subscribe(ctx context.Context, s escalation.Subscription, by escalation.Actor) error {
	directory, err := l.db.Directory(ctx)
	if err != nil {
		return err
	}
	c, ok := directory.Contact(s.Contact)
	if !ok {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có người này trong danh bạ"}
	}
	choices, err := l.db.Subscriptions(ctx)
	if err != nil {
		return err
	}
	if err := s.Check(c, escalation.ChoiceOf(choices, c, l.numbering), by); err != nil {
		return err
	}
	return l.db.By(by).Subscribe(ctx, s)
}

// Readers are the people a report of the unit, or of the city, may be sent to.
func (l *leaders) Readers(ctx context.Context, unit string) ([]bureau.ReportReader, error) {
	directory, err := l.db.Directory(ctx)
	if err != nil {
		return nil, err
	}
	now, err := l.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var list []bureau.ReportReader
	for _, c := range escalation.ReportReaders(directory, unit, now) {
		sms, email := escalation.ReportWays(c, escalation.ReportByBoth, l.numbering, l.mail)
		list = append(list, bureau.ReportReader{Contact: c, SMS: sms, Email: email})
	}
	return list, nil
}

// Words are what R1 says of a report, with a link as long as a real one.
func (l *leaders) Words(ctx context.Context, period, unit string) (map[string]string, error) {
	r, err := l.build(ctx, period, unit, false)
	if err != nil {
		return nil, err
	}
	name, err := l.shortName(ctx, unit)
	if err != nil {
		return nil, err
	}
	vars := r.Sums().Words(name, r.Period, false)
	vars["lp"] = l.host + "/b/" + strings.Repeat("x", tokenLength)
	return vars, nil
}

func (l *leaders) shortName(ctx context.Context, unit string) (string, error) {
	if unit == "" {
		return report.CityName, nil
	}
	directory, err := l.db.Directory(ctx)
	if err != nil {
		return "", err
	}
	u, _ := directory.Unit(unit)
	return u.SMSName, nil
}

// SendNow sends a report to the people chosen, each by the ways chosen. The nonce is that
// of the form: sent twice, what went to a person by a way has gone, and the rest goes.
func (l *leaders) SendNow(ctx context.Context, period, unit string, to []bureau.ReportReader, nonce string, by escalation.Actor) (int, error) {
	made, err := l.letterOf(ctx, period, unit)
	if err != nil {
		return 0, err
	}
	name, err := l.shortName(ctx, unit)
	if err != nil {
		return 0, err
	}
	now, err := l.db.Now(ctx)
	if err != nil {
		return 0, err
	}
	var list []store.Reading
	add := func(r bureau.ReportReader, way string) {
		rung := escalation.RungName("report_now@" + nonce + "@" + way)
		list = append(list, l.reading(r.Contact, way == "sms", way == "email", rung, store.ReportLink{Unit: unit, Period: made.period.Name},
			made.sums.Words(name, made.period, false), made.enclosure, now))
	}
	for _, r := range to {
		if r.SMS {
			add(r, "sms")
		}
		if r.Email {
			add(r, "email")
		}
	}
	detail := fmt.Sprintf("%s: %d người", name, len(to))
	n, err := l.db.By(by).SendReports(ctx, made.period.Name, detail, list)
	if n > 0 {
		l.posted()
	}
	return n, err
}

// mostDrafts is how many drafts the page lists: two years of months with a few versions.
const mostDrafts = 40

// Drafts lists the latest drafts of the whole city.
func (l *leaders) Drafts(ctx context.Context, confirmed bool) ([]bureau.ReportDraft, error) {
	drafts, err := l.db.ReportDrafts(ctx, confirmed, mostDrafts)
	list := make([]bureau.ReportDraft, len(drafts))
	for i, d := range drafts {
		list[i] = draftOf(d)
	}
	return list, err
}

// Draft reads one whole.
func (l *leaders) Draft(ctx context.Context, id int64) (bureau.ReportDraft, error) {
	d, err := l.db.ReportDraft(ctx, id)
	return draftOf(d), err
}

func draftOf(d store.ReportDraft) bureau.ReportDraft {
	return bureau.ReportDraft{
		ID: d.ID, Period: d.Period, Version: d.Version, Title: d.Title, Body: template.HTML(d.Body), SheetName: d.SheetName, Sheet: d.Sheet, SheetType: report.XLSX.MediaType(),
		MadeAt: d.MadeAt, MadeBy: d.MadeBy, Note: d.Note, ConfirmedAt: d.ConfirmedAt, ConfirmedBy: d.ConfirmedBy, Open: d.Latest && d.ConfirmedAt.IsZero(),
	}
}

// ReportLink finds who may open what; a person who no longer holds the role opens nothing.
func (l *leaders) ReportLink(ctx context.Context, token string) (web.ReportLink, error) {
	found, err := l.db.ReportLink(ctx, token)
	if err != nil {
		return web.ReportLink{}, err
	}
	directory, err1 := l.db.Directory(ctx)
	now, err2 := l.db.Now(ctx)
	if err := errors.Join(err1, err2); err != nil {
		return web.ReportLink{}, err
	}
	reader, ok := directory.Contact(found.Contact)
	if !ok || !reader.Holds(now) {
		return web.ReportLink{}, &escalation.Problem{Kind: escalation.NotFound, Detail: "đường dẫn đã hết hạn"}
	}
	return web.ReportLink{Token: token, Reader: reader, Unit: found.Unit, Period: found.Period, Draft: found.Draft}, nil
}

// ReportPage is what the link shows: the figures as they are now, of a confirmed draft as
// they were made. No single officer is in it.
func (l *leaders) ReportPage(ctx context.Context, link web.ReportLink) (title string, body template.HTML, err error) {
	if link.Draft != 0 {
		d, err := l.db.ReportDraft(ctx, link.Draft)
		return d.Title, template.HTML(d.Body), err
	}
	r, err := l.build(ctx, link.Period, link.Unit, false)
	if err != nil {
		return "", "", err
	}
	var out strings.Builder
	if err := r.WithoutPeople().WriteFragment(&out); err != nil {
		return "", "", err
	}
	return r.Name + ", " + r.Period.Title(), template.HTML(out.String()), nil
}

// ReportStyle is the look of ReportPage.
func (l *leaders) ReportStyle() string { return report.StyleSheet() }
