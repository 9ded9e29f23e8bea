package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/report"
	"notify1022/store"
)

// leaders sends reports to the units' leaders (Đ13.6), and keeps the drafts of the whole
// city for the City Office (Đ13.7).
type leaders struct {
	reporter
	on        bool // periodic reports go out
	policy    *escalation.Policy
	numbering escalation.Numbering
	host      string
	mail      bool
	posted    func()
	log       *slog.Logger
}

func (s *service) leaders() *leaders {
	return &leaders{
		reporter: s.reports().reporter, on: s.cfg.LeaderReports == "on", policy: s.policy, numbering: s.cfg.numbering(),
		host: s.cfg.Host(), mail: s.mailer != nil, posted: s.wakeGateway, log: s.log,
	}
}

// The kinds of the periodic work.
const (
	leaderReports     = "leader_reports"
	cityDraft         = "city_draft"
	cityDraftReminder = "city_draft_reminder"
)

const (
	draftAt = 7*time.Hour + 45*time.Minute // Đ13.7: ready when the office opens
	// longestOutage is how far back reports are looked for that were not sent: a quarter
	// and its days off.
	longestOutage = 100 * 24 * time.Hour
	// linkFor is how long a report's link opens.
	linkFor = 60 * 24 * time.Hour
)

// periods are the quarter hours of working days at which reports go out, and the days of
// the city's draft.
func (l *leaders) periods(days func(midnight time.Time) bool) []queue.Period {
	var at []time.Duration
	for t := escalation.ReportFirst; t <= escalation.ReportLast; t += escalation.ReportStep {
		at = append(at, t)
	}
	zone := worktime.Zone()
	return []queue.Period{
		{Kind: leaderReports, Next: queue.DailyAt(zone, days, at...), Run: l.run, Anytime: true},
		{Kind: cityDraft, Next: queue.DailyAt(zone, nthWorkday(days, 1), draftAt), Run: func(ctx context.Context, slot time.Time) error {
			return l.draft(ctx, slot, days)
		}},
		{Kind: cityDraftReminder, Next: queue.DailyAt(zone, nthWorkday(days, 3), draftAt), Run: func(ctx context.Context, slot time.Time) error {
			return l.remind(ctx, slot, days)
		}},
	}
}

// nthWorkday accepts the working day n of each month.
func nthWorkday(days func(midnight time.Time) bool, n int) func(midnight time.Time) bool {
	return func(midnight time.Time) bool {
		first := midnight.AddDate(0, 0, 1-midnight.Day())
		return escalation.Workday(first, first.AddDate(0, 1, 0), n, days).Equal(midnight)
	}
}

// run sends what was due since the slot before that was done, up to this one.
func (l *leaders) run(ctx context.Context, slot time.Time) error {
	if !l.on {
		return nil // the slot counts as done: switching it on makes up for nothing
	}
	from, err := l.before(ctx, slot)
	if err != nil {
		return err
	}
	directory, err := l.db.Directory(ctx)
	if err != nil {
		return err
	}
	choices, err := l.db.Subscriptions(ctx)
	if err != nil {
		return err
	}
	due, tasks := escalation.Reports(directory, choices, from, slot, l.numbering, l.mail, workday(l.calendar()))
	failed := l.db.OpenTasks(ctx, tasks)
	round := round{leaders: l, made: map[string]letter{}}
	for _, r := range due {
		failed = errors.Join(failed, round.send(ctx, r))
	}
	if round.sent > 0 {
		l.log.Info("reports to leaders", "slot", slot.Format(time.RFC3339), "people", round.sent, "late", round.late)
		l.posted()
	}
	return failed
}

// before is the slot before that was done. On an installation that has none nothing is
// made up for.
func (l *leaders) before(ctx context.Context, slot time.Time) (time.Time, error) {
	last, err := l.db.LastPeriod(ctx, leaderReports, slot.Format(time.RFC3339))
	if err != nil || last == "" {
		return slot.Add(-escalation.ReportStep), err
	}
	at, err := time.Parse(time.RFC3339, last)
	if first := slot.Add(-longestOutage); err == nil && at.Before(first) {
		at = first
	}
	return at, err
}

// letter is a report as it is told to all its readers.
type letter struct {
	sums      report.Sums
	period    report.Period
	enclosure *escalation.Enclosure
}

// letterOf makes a report and what a mail carries of it.
func (l *leaders) letterOf(ctx context.Context, period, unit string) (letter, error) {
	r, err := l.build(ctx, period, unit, report.XLSX.File())
	if err != nil {
		return letter{}, err
	}
	enclosure, err := r.Letter("")
	return letter{r.Sums(), r.Period, enclosure}, err
}

// reading addresses a letter to a person.
func (l *leaders) reading(c escalation.Contact, sms, email bool, rung escalation.RungName, link store.ReportLink, vars map[string]string, e *escalation.Enclosure, now time.Time) store.Reading {
	link.Token, link.Contact, link.Expires = newToken(), c.ID, now.Add(linkFor)
	vars["lp"] = l.host + "/b/" + link.Token
	if !l.mail {
		e = nil // nothing is mailed, after a text in vain neither
	}
	return store.Reading{Contact: c.ID, Rung: rung, Link: link, Notices: escalation.ReportNotices(c, sms, email, rung, vars, e, l.policy, now)}
}

// round sends the reports of one slot; a unit's is made once for all its readers.
type round struct {
	*leaders
	made       map[string]letter
	sent, late int
}

func (r *round) send(ctx context.Context, reading escalation.Reading) error {
	period := report.Ended(reading.Each, reading.Stretch)
	rung := escalation.RungName("report@" + period.Name)
	for _, row := range reading.Rows {
		if had, err := r.db.ReportSent(ctx, row, rung); err != nil || had { // of an attempt that broke off
			return err
		}
	}
	key := reading.Unit.Code + "/" + period.Name
	made, ok := r.made[key]
	if !ok {
		var err error
		if made, err = r.letterOf(ctx, period.Name, reading.Unit.Code); err != nil {
			return err
		}
		r.made[key] = made
	}
	now, err := r.db.Now(ctx)
	if err != nil {
		return err
	}
	late := reading.Late(now)
	sent, err := r.db.SendReport(ctx, r.reading(reading.Contact, reading.SMS, reading.Email, rung,
		store.ReportLink{Unit: reading.Unit.Code, Period: period.Name}, made.sums.Words(reading.Unit.SMSName, made.period, late), made.enclosure, now))
	if sent {
		r.sent++
	}
	if sent && late {
		r.late++
	}
	return err
}

// draft makes the month's draft of the whole city, once.
func (l *leaders) draft(ctx context.Context, slot time.Time, days func(midnight time.Time) bool) error {
	month := report.Containing(report.Month, slot).Before()
	d, err := l.makeDraft(ctx, month, escalation.Ladder())
	if err != nil {
		return err
	}
	added, err := l.db.AddReportDraft(ctx, d, l.draftTask(month, slot, days))
	if added {
		l.log.Info("the city's draft report is ready", "period", month.Name)
	}
	return err
}

func (l *leaders) draftTask(month report.Period, now time.Time, days func(midnight time.Time) bool) escalation.Task {
	due := queue.DailyAt(worktime.Zone(), nthWorkday(days, 3), escalation.ReportLast)(month.To)
	return escalation.DraftTask(month.Name, month.ShortName(), now, due)
}

// remind asks again, on working day 3, for the draft that nobody has confirmed; one that
// an outage left out is made.
func (l *leaders) remind(ctx context.Context, slot time.Time, days func(midnight time.Time) bool) error {
	month := report.Containing(report.Month, slot).Before()
	latest, err := l.db.LatestDraft(ctx, month.Name)
	var refusal *escalation.Problem
	switch {
	case errors.As(err, &refusal):
		return l.draft(ctx, slot, days)
	case err != nil || !latest.ConfirmedAt.IsZero():
		return err
	}
	return l.db.OpenTasks(ctx, []escalation.Task{escalation.DraftReminder(month.Name, month.ShortName(), slot)})
}

// makeDraft freezes the figures of a month as they are now.
func (l *leaders) makeDraft(ctx context.Context, month report.Period, by escalation.Actor) (store.ReportDraft, error) {
	r, err := l.build(ctx, month.Name, "", report.XLSX.File())
	if err != nil {
		return store.ReportDraft{}, err
	}
	var book bytes.Buffer
	var body strings.Builder
	if err := errors.Join(r.WriteXLSX(&book), r.WithoutPeople().WriteFragment(&body)); err != nil { // links open the page
		return store.ReportDraft{}, err
	}
	sums, err1 := json.Marshal(r.Sums())
	cover, err2 := json.Marshal(r.Cover())
	return store.ReportDraft{
		Period: month.Name, Title: r.Name + ", " + r.Period.Title(), Sums: string(sums), Cover: string(cover), Body: body.String(),
		SheetName: r.FileName(report.XLSX), Sheet: book.Bytes(), MadeBy: by.Name,
	}, errors.Join(err1, err2)
}

// Redo makes another version of a month's draft.
func (l *leaders) Redo(ctx context.Context, period string, by escalation.Actor) error {
	month, err := report.ParsePeriod(period)
	now, err2 := l.db.Now(ctx)
	switch {
	case err != nil || month.Kind != report.Month:
		return &escalation.Problem{Kind: escalation.Invalid, Field: "period", Detail: "dự thảo lập theo tháng, dạng 2026-11"}
	case err2 != nil:
		return err2
	case month.To.After(now):
		return &escalation.Problem{Kind: escalation.Invalid, Field: "period", Detail: "tháng này chưa kết thúc"}
	}
	d, err := l.makeDraft(ctx, month, by)
	if err != nil {
		return err
	}
	return l.db.By(by).RemakeReportDraft(ctx, d, l.draftTask(month, now, workday(l.calendar())))
}

// Confirm sends a draft to the City Office, as it was made.
func (l *leaders) Confirm(ctx context.Context, id int64, note string, by escalation.Actor) error {
	d, err := l.db.ReportDraft(ctx, id)
	if err != nil {
		return err
	}
	month, err := report.ParsePeriod(d.Period)
	if err != nil {
		return fmt.Errorf("draft %d: %w", id, err)
	}
	var sums report.Sums
	var cover report.Cover
	if err := errors.Join(json.Unmarshal([]byte(d.Sums), &sums), json.Unmarshal([]byte(d.Cover), &cover)); err != nil {
		return fmt.Errorf("draft %d: %w", id, err)
	}
	directory, err := l.db.Directory(ctx)
	if err != nil {
		return err
	}
	now, err := l.db.Now(ctx)
	if err != nil {
		return err
	}
	mails, text, ok := escalation.OfficeWays(directory, l.numbering, l.mail, now)
	if !ok {
		return &escalation.Problem{Kind: escalation.WrongTime, Detail: "Văn phòng UBND thành phố chưa có thư điện tử hay số di động nào trong danh bạ để nhận báo cáo"}
	}
	rung := escalation.RungName(fmt.Sprintf("city_report@%s/%d", d.Period, d.Version))
	link := store.ReportLink{Period: d.Period, Draft: d.ID}
	enclosure := cover.Letter(note, d.SheetName, d.Sheet)
	var list []store.Reading
	for _, c := range mails {
		list = append(list, l.reading(c, false, true, rung, link, sums.Words(report.CityName, month, false), enclosure, now))
	}
	if len(mails) == 0 {
		list = append(list, l.reading(text, true, false, rung, link, sums.Words(report.CityName, month, false), nil, now))
	}
	if err := l.db.By(by).ConfirmReportDraft(ctx, id, note, list); err != nil {
		return err
	}
	l.posted()
	return nil
}
