package main

import (
	"context"
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
	if _, err := authored.ApproveDraft(ctx, id, by.Account); err != nil {
		return err
	}
	return s.catalogue.load(ctx)
}
