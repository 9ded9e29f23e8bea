package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/templates"
	bureau "notify1022/web/console"
)

// textShelf shows the wordings.
type textShelf struct {
	db        *store.Store
	catalogue *catalogue
	approval  bool // a second person approves what is saved
	senders   []sender
	outbox    outboxShelf
}

var _ bureau.Texts = textShelf{}

// All lists the texts in force.
func (s textShelf) All() []templates.Template { return s.catalogue.Set().All() }

// Lookup finds one.
func (s textShelf) Lookup(key templates.Key) (templates.Template, bool) {
	return s.catalogue.Set().Lookup(key)
}

// Render fills a text in force.
func (s textShelf) Render(template string, vars map[string]string, byEmail bool) (templates.Rendered, error) {
	options := templates.Options{MaxSegments: maxRendered}
	if byEmail {
		options = templates.Options{Accented: true, MaxSegments: templates.MailSegments}
	}
	return s.catalogue.Set().Render(templates.Key(template), vars, options)
}

// Try fills a wording that is not saved.
func (s textShelf) Try(key templates.Key, text string, vars map[string]string) (templates.Rendered, error) {
	set := s.catalogue.Set()
	before, ok := set.Lookup(key)
	if !ok {
		return templates.Rendered{}, templates.ErrUnknownKey
	}
	set, err := set.With(templates.Template{Key: key, Version: before.Version + 1, Text: text})
	if err != nil {
		return templates.Rendered{}, err
	}
	return set.Render(key, vars, templates.Options{MaxSegments: maxRendered})
}

// Test queues a text that is tried, with the line of the log.
func (s textShelf) Test(ctx context.Context, n escalation.Notice, detail string, by bureau.Editor) error {
	timed, err := s.outbox.timed(ctx, []escalation.Notice{n})
	if err != nil {
		return err
	}
	return s.db.By(by.Actor).TryText(ctx, timed[0], detail)
}

// Versions lists a key's wordings, the latest first, the built-in one last.
func (s textShelf) Versions(ctx context.Context, key templates.Key) ([]bureau.TextVersion, error) {
	saved, err := s.db.TemplateVersions(ctx)
	if err != nil {
		return nil, err
	}
	built, _ := templates.Builtin().Lookup(key)
	list := []bureau.TextVersion{{Version: built.Version, Text: built.Text, Author: "1022"}}
	for _, v := range saved {
		if v.Key == key {
			list = append([]bureau.TextVersion{{Version: v.Version, Text: v.Text, Author: v.Author, CreatedAt: v.CreatedAt, From: v.ActiveFrom}}, list...)
		}
	}
	return list, nil
}

// Save makes the next version and puts it in force in this process at once; with a
// second person's approval by setting it is a draft.
func (s textShelf) Save(ctx context.Context, key templates.Key, text string, from time.Time, by bureau.Editor) (waits bool, err error) {
	if err := s.refuseUnfiled(ctx, key, text); err != nil {
		return false, err
	}
	if s.approval {
		_, err := s.db.By(by.Actor).DraftTemplate(ctx, key, text, from, by.Account)
		return true, err
	}
	if _, err := s.db.By(by.Actor).SaveTemplate(ctx, key, text, from); err != nil {
		return false, err
	}
	return false, s.catalogue.load(ctx)
}

// Approval says whether a second person has to approve.
func (s textShelf) Approval() bool { return s.approval }

// draftsShown is how many drafts of a key its page lists.
const draftsShown = 50

// Waiting lists the open drafts.
func (s textShelf) Waiting(ctx context.Context) ([]bureau.TextDraft, error) {
	list, err := s.db.OpenDrafts(ctx)
	return draftsOf(list), err
}

// Drafts lists a key's drafts, the latest first.
func (s textShelf) Drafts(ctx context.Context, key templates.Key) ([]bureau.TextDraft, error) {
	list, err := s.db.Drafts(ctx, key, draftsShown)
	return draftsOf(list), err
}

func draftsOf(list []store.Draft) []bureau.TextDraft {
	out := make([]bureau.TextDraft, len(list))
	for i, d := range list {
		out[i] = bureau.TextDraft{ID: d.ID, Key: d.Key, Text: d.Text, Author: d.Author, Account: d.Account, CreatedAt: d.CreatedAt, From: d.ActiveFrom,
			Open: d.State == store.DraftOpen, State: draftStates[d.State], Version: d.Version, DecidedBy: d.DecidedBy, DecidedAt: d.DecidedAt, Reason: d.Reason}
	}
	return out
}

var draftStates = map[string]string{store.DraftOpen: "chờ duyệt", store.DraftApproved: "đã duyệt", store.DraftRefused: "bị từ chối", store.DraftWithdrawn: "đã rút"}

// Decide ends a draft; an approved one is in force in this process at once.
func (s textShelf) Decide(ctx context.Context, key templates.Key, id int64, how bureau.Decision, reason string, by bureau.Editor) error {
	d, err := s.db.Draft(ctx, id)
	if err != nil {
		return err
	}
	if d.Key != key {
		return &escalation.Problem{Kind: escalation.NotFound, Field: "id", Detail: "không có bản chờ duyệt này"}
	}
	authored := s.db.By(by.Actor)
	switch how {
	case bureau.Refuse:
		return authored.RefuseDraft(ctx, id, by.Account, reason)
	case bureau.Withdraw:
		return authored.WithdrawDraft(ctx, id, by.Account, reason)
	}
	if err := s.refuseUnfiled(ctx, key, d.Text); err != nil {
		return err
	}
	if _, err := authored.ApproveDraft(ctx, id, by.Account); err != nil {
		return err
	}
	return s.catalogue.load(ctx)
}

// refuseUnfiled refuses a wording that no longer fits what is on file, where what does
// not fit is not sent. What was never registered may be saved: it has to be, to be filed.
func (s textShelf) refuseUnfiled(ctx context.Context, key templates.Key, text string) error {
	if err := templates.Check(templates.Template{Key: key, Version: 1, Text: text}); err != nil {
		return nil // the save says what is wrong
	}
	list, err := s.Filings(ctx, key, text)
	if err != nil {
		return err
	}
	for _, f := range list {
		switch {
		case !f.Strict() || f.Fits || len(f.Registered) == 0:
		case f.Want == "":
			return &escalation.Problem{Kind: escalation.Invalid, Field: "text", Detail: fmt.Sprintf("không khớp mẫu đã đăng ký cho %s: thừa ở cuối, hoặc giá trị có thể dài quá (%q)", f.Sender, f.Rest)}
		default:
			return &escalation.Problem{Kind: escalation.Invalid, Field: "text", Detail: fmt.Sprintf("không khớp mẫu đã đăng ký cho %s: thiếu %q, đang là %q", f.Sender, f.Want, f.Rest)}
		}
	}
	return nil
}

// Filings are what is on file of a text for each of its senders.
func (s textShelf) Filings(ctx context.Context, key templates.Key, wording string) ([]bureau.Filing, error) {
	t, ok := s.Lookup(key)
	if !ok {
		return nil, nil
	}
	registered, err := s.db.RegisteredTexts(ctx, key)
	if err != nil {
		return nil, err
	}
	var list []bureau.Filing
	for _, from := range sendersOf(s.senders, t) {
		f := bureau.Filing{Sender: from.address, Kind: from.kind, Rule: from.rule}
		for _, r := range registered {
			if r.Sender == from.address {
				f.Registered = append(f.Registered, bureau.Registration{Sender: r.Sender, Number: r.Number, Text: r.Text, On: r.On, Author: r.Author, At: r.ChangedAt})
			}
		}
		gap, fits, err := templates.Covers(newFilings(registered)[filingKey{key, from.address}], wording)
		if err != nil {
			return nil, fmt.Errorf("compare text %s with what is on file: %w", key, err)
		}
		f.Fits, f.Want, f.Rest = fits, gap.Want, gap.Rest
		list = append(list, f)
	}
	return list, nil
}

// Register enters a registration for one of the text's senders, in force in this process
// at once.
func (s textShelf) Register(ctx context.Context, key templates.Key, r bureau.Registration, by bureau.Editor) error {
	t, ok := s.Lookup(key)
	if !ok || !slices.ContainsFunc(sendersOf(s.senders, t), func(from sender) bool { return from.address == r.Sender }) {
		return &escalation.Problem{Kind: escalation.Invalid, Field: "sender", Detail: "mẫu này không gửi từ nguồn đã chọn"}
	}
	err := s.db.By(by.Actor).RegisterText(ctx, store.RegisteredText{Key: key, Sender: r.Sender, Number: r.Number, Text: r.Text, On: r.On})
	if err != nil {
		return err
	}
	return s.catalogue.load(ctx)
}

// Unregister takes a registration off.
func (s textShelf) Unregister(ctx context.Context, key templates.Key, from, number string, by bureau.Editor) error {
	if err := s.db.By(by.Actor).UnregisterText(ctx, key, from, number); err != nil {
		return err
	}
	return s.catalogue.load(ctx)
}

// ForFiling are all forms of all wordings in force, by sender.
func (s textShelf) ForFiling(ctx context.Context) ([]bureau.ForFiling, error) {
	registered, err := s.db.RegisteredTexts(ctx, "")
	if err != nil {
		return nil, err
	}
	var list []bureau.ForFiling
	for _, t := range s.All() {
		if t.Key.MailOnly() {
			continue
		}
		forms, err := templates.Forms(t.Text)
		if err != nil {
			return nil, fmt.Errorf("text %s for filing: %w", t.Key, err)
		}
		sample, err := s.Render(string(t.Key), templates.Sample(t.Key), false)
		if err != nil {
			return nil, fmt.Errorf("text %s for filing: %w", t.Key, err)
		}
		for _, from := range sendersOf(s.senders, t) {
			for _, form := range forms {
				f := bureau.ForFiling{Sender: from.address, Key: t.Key, Title: t.Title, Wording: form, Sample: sample.Text, Segments: sample.Segments}
				f.Number, f.On = filedAs(registered, t.Key, from.address, form)
				list = append(list, f)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b bureau.ForFiling) int { return strings.Compare(a.Sender, b.Sender) })
	return list, nil
}

// filedAs is the registration that a form of a wording fits.
func filedAs(list []store.RegisteredText, key templates.Key, from, form string) (number, on string) {
	for _, r := range list {
		if r.Key != key || r.Sender != from {
			continue
		}
		one, err := templates.ParseRegistered(r.Text)
		if err != nil {
			continue
		}
		if _, ok := one.Fits(form); ok {
			return r.Number, r.On
		}
	}
	return "", ""
}
