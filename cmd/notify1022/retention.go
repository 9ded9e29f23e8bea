package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/store"
)

// Retention is how long each kind of record is kept: 90d, 18mo, 5y, or never, which is
// kept for ever. docs/personal-data.md says what each period does.
type Retention struct {
	Citizen    string `yaml:"citizen"`    // name, numbers, address, the citizen's own words, files: after the end of the petition, 5y
	Document   string `yaml:"document"`   // content, results, reasons: after the end of the petition, 10y
	Messages   string `yaml:"messages"`   // words and addresses of texts and emails that went out, 2y
	Inbound    string `yaml:"inbound"`    // words and numbers of texts that came in, 2y
	Recordings string `yaml:"recordings"` // recorded calls of petitions that have ended, 1y
	Audit      string `yaml:"audit"`      // the change log, and answered requests about personal data, 5y
}

// span is a period of the calendar.
type span struct{ years, months, days int }

const keepForEver = "never"

// parseSpan reads 90d, 18mo or 5y; ever is true for never.
func parseSpan(s string) (p span, ever bool, err error) {
	if s == keepForEver {
		return span{}, true, nil
	}
	for _, unit := range []struct {
		suffix string
		into   *int
		most   int
	}{{"mo", &p.months, 1200}, {"d", &p.days, 36_500}, {"y", &p.years, 100}} {
		digits, ok := strings.CutSuffix(s, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > unit.most {
			break
		}
		*unit.into = n
		return p, false, nil
	}
	return span{}, false, fmt.Errorf("%.20q is no period such as 90d, 18mo, 5y or never", s)
}

// before is the instant that far back.
func (p span) before(t time.Time) time.Time { return t.AddDate(-p.years, -p.months, -p.days) }

// fields are the periods by their keys.
func (r Retention) fields() map[string]string {
	return map[string]string{"citizen": r.Citizen, "document": r.Document, "messages": r.Messages, "inbound": r.Inbound,
		"recordings": r.Recordings, "audit": r.Audit}
}

// check: in production nothing goes within three months, in which a citizen may still
// rate, dispute or ask; and no document outlives shorter than its citizen.
func (r Retention) check(w *complaints, production bool) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, worktime.Zone())
	least := at.AddDate(0, 0, -1)
	if production {
		least = at.AddDate(0, 0, -90)
	}
	for key, text := range r.fields() {
		p, ever, err := parseSpan(text)
		switch {
		case err != nil:
			w.add("retention."+key, "%s", err)
		case !ever && p.before(at).After(least):
			w.add("retention."+key, "is less than 90d")
		}
	}
	citizen, citizenEver, err1 := parseSpan(r.Citizen)
	document, documentEver, err2 := parseSpan(r.Document)
	if err1 == nil && err2 == nil && !documentEver && (citizenEver || document.before(at).After(citizen.before(at))) {
		w.add("retention.document", "is shorter than retention.citizen")
	}
}

// retention erases what is too old, a bounded part of it at a time.
type retention struct {
	db      *store.Store
	desk    *escalation.Desk
	files   fileShelf
	periods Retention
	page    int           // records in a transaction
	limit   time.Duration // of one run, by the machine's clock
	log     *slog.Logger
}

// How the deletion goes about: five runs a night, each well within what periodic work
// may take; what is left is the next run's.
const (
	retentionKind  = "retention"
	retentionPage  = 200
	retentionLimit = 90 * time.Second
)

func (s *service) retention() *retention {
	return &retention{db: s.db, desk: s.desk, files: fileShelf{s.db, s.cfg.Files}, periods: s.cfg.Retention, page: retentionPage, limit: retentionLimit, log: s.log}
}

// period is the deletion as periodic work: by its instant, so that of several nodes one
// does it.
func (r *retention) period() queue.Period {
	next := queue.DailyAt(worktime.Zone(), nil, 30*time.Minute, 90*time.Minute, 150*time.Minute, 210*time.Minute, 270*time.Minute)
	return queue.Period{Kind: retentionKind, Next: next, Run: r.Run, Anytime: true}
}

// errSpent ends a run whose time is over, or that is stopped.
var errSpent = errors.New("the run's time is over")

// Run erases what was too old at the instant.
func (r *retention) Run(ctx context.Context, instant time.Time) error {
	until := time.Now().Add(r.limit)
	steps := []struct {
		kind, period string
		run          func(ctx context.Context, before time.Time, spent func() bool) (int, error)
	}{
		{store.RetainCitizen, r.periods.Citizen, r.petitions(store.RetainCitizen, escalation.ForgetCitizen)},
		{store.RetainDocument, r.periods.Document, r.petitions(store.RetainDocument, escalation.ForgetDocument)},
		{store.RetainMessage, r.periods.Messages, r.rows(store.RetainMessage)},
		{store.RetainInbound, r.periods.Inbound, r.rows(store.RetainInbound)},
		{store.RetainPart, r.periods.Inbound, r.rows(store.RetainPart)},
		{store.RetainDraft, r.periods.Inbound, r.deletes(r.db.DropOldDrafts)},
		{store.RetainRecording, r.periods.Recordings, r.recordings},
		{store.RetainAudit, r.periods.Audit, r.deletes(r.db.DropOldLog)},
	}
	var failed []error
	for _, step := range steps {
		period, ever, err := parseSpan(step.period)
		if err != nil || ever { // the configuration was checked
			continue
		}
		n, err := step.run(ctx, period.before(instant), func() bool { return ctx.Err() != nil || time.Now().After(until) })
		if n > 0 {
			r.log.Info("records erased whose time was over", "kind", step.kind, "records", n, "period", step.period)
		}
		if err != nil && err != errSpent { // no reason to keep the other kinds
			failed = append(failed, fmt.Errorf("erase old records (%s): %w", step.kind, err))
		}
		if errors.Is(err, errSpent) {
			break // the next run goes on; one that is stopped is tried again
		}
	}
	return errors.Join(append(failed, ctx.Err())...)
}

// why is what a petition's timeline says of the deletion.
const retentionWhy = "hết thời hạn lưu giữ"

// petitions erases citizens or documents of petitions that ended long ago: first of those
// that were held back before and are so no more. One that cannot be erased is held back, too,
// so that it keeps no other: the log tells of it, the run is not undone, and the next one tries again.
func (r *retention) petitions(kind string, how escalation.Forgetting) func(context.Context, time.Time, func() bool) (int, error) {
	return func(ctx context.Context, before time.Time, spent func() bool) (int, error) {
		forgotten := func(p store.Outlived) bool {
			err := r.forget(ctx, p, how)
			if err != nil && !heldBack(err) {
				r.log.Error("a petition could not be erased; it is tried again in each run", "petition", p.Code, "kind", kind, "err", err)
			}
			return err == nil
		}
		after := int64(0)
		again := func() ([]store.Outlived, error) { return r.db.HeldBack(ctx, kind, before, after, r.page) }
		n, err := r.each(again, spent, func(p store.Outlived) (done int, err error) {
			after = p.ID
			if !forgotten(p) {
				return 0, nil
			}
			return 1, r.db.WentThroughHeld(ctx, kind, p)
		})
		if err != nil {
			return n, err
		}
		next := func() ([]store.Outlived, error) { return r.db.Outlived(ctx, kind, before, r.page) }
		more, err := r.each(next, spent, func(p store.Outlived) (done int, err error) {
			if !forgotten(p) {
				return 0, r.db.HoldBack(ctx, kind, p)
			}
			return 1, r.db.WentThrough(ctx, kind, p)
		})
		return n + more, err
	}
}

// forget erases the citizen or the document of a petition.
func (r *retention) forget(ctx context.Context, p store.Outlived, how escalation.Forgetting) error {
	err := forgetPetition(ctx, r.desk, r.db, p.ID, how, retentionWhy, escalation.Ladder())
	if err != nil || how != escalation.ForgetDocument {
		return err
	}
	// what the unit added is part of the document
	return r.db.By(escalation.Ladder()).EraseFiles(ctx, escalation.Petition{ID: p.ID, Code: p.Code})
}

// each goes through pages of petitions until there is none, or the run's time is over.
func (r *retention) each(page func() ([]store.Outlived, error), spent func() bool, do func(store.Outlived) (int, error)) (n int, err error) {
	for {
		list, err := page()
		if err != nil || len(list) == 0 {
			return n, err
		}
		for _, p := range list {
			if spent() {
				return n, errSpent
			}
			done, err := do(p)
			if n += done; err != nil {
				return n, err
			}
		}
	}
}

// forgetPetition takes the citizen out of a petition: first out of its words, for which
// the citizen's own strings are needed, then the citizen's row, texts and files.
func forgetPetition(ctx context.Context, desk *escalation.Desk, db *store.Store, id int64, how escalation.Forgetting, why string, by escalation.Actor) error {
	if err := desk.Forget(ctx, id, how, why, by); err != nil {
		return err
	}
	return db.EraseCitizen(ctx, id)
}

// heldBack reports a petition that is still needed: it has been opened again, or its unit
// owes an explanation.
func heldBack(err error) bool {
	var p *escalation.Problem
	return errors.As(err, &p) && p.Kind == escalation.WrongTime
}

// rows empties old rows of a table.
func (r *retention) rows(kind string) func(context.Context, time.Time, func() bool) (int, error) {
	return func(ctx context.Context, before time.Time, spent func() bool) (total int, err error) {
		var page store.Emptied
		for {
			if spent() {
				return total, errSpent
			}
			page, err = r.db.EmptyOld(ctx, kind, before, page.After, r.page)
			if total += page.Rows; err != nil || !page.More {
				return total, err
			}
		}
	}
}

// recordings removes old recordings; their bytes follow with the sweep of erased files.
func (r *retention) recordings(ctx context.Context, before time.Time, spent func() bool) (n int, err error) {
	for {
		list, err := r.db.OldRecordings(ctx, before, r.page)
		if err != nil || len(list) == 0 {
			return n, err
		}
		for _, a := range list {
			if spent() {
				return n, errSpent
			}
			if err := r.db.DropAttachment(ctx, a); err != nil {
				return n, err
			}
			n++
		}
	}
}

// deletes deletes old rows a page at a time.
func (r *retention) deletes(drop func(context.Context, time.Time, int) (int, error)) func(context.Context, time.Time, func() bool) (int, error) {
	return func(ctx context.Context, before time.Time, spent func() bool) (total int, err error) {
		for {
			if spent() {
				return total, errSpent
			}
			n, err := drop(ctx, before, r.page)
			if total += n; err != nil || n == 0 {
				return total, err
			}
		}
	}
}

// personalLadder looks each hour of working days whether a request about personal data
// comes due.
func (s *service) personalLadder(days func(time.Time) bool) queue.Period {
	var at []time.Duration
	for hour := 7; hour <= 18; hour++ {
		at = append(at, time.Duration(hour)*time.Hour)
	}
	return queue.Period{Kind: "personal_ladder", Next: queue.DailyAt(worktime.Zone(), days, at...), Anytime: true, Run: func(ctx context.Context, _ time.Time) error {
		told, err := s.desk.PersonalLadder(ctx)
		if told > 0 {
			s.log.Info("requests about personal data are due", "requests", told)
			s.wakeGateway()
		}
		return err
	}}
}
