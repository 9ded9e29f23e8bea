package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
)

// The states of a draft. Only an open one can be decided, once.
const (
	DraftOpen      = "open"
	DraftApproved  = "approved"
	DraftRefused   = "refused"
	DraftWithdrawn = "withdrawn"
)

// mostReason bounds the reason of a refusal or withdrawal, in octets.
const mostReason = 1000

// Draft is a wording that takes effect when a second person approves it.
type Draft struct {
	ID         int64
	Key        templates.Key
	Text       string
	Author     string
	Account    int64 // of the author
	CreatedAt  time.Time
	ActiveFrom time.Time // zero: from its approval on
	State      string
	Version    int    // that it became; 0: none
	DecidedBy  string // who approved, refused or withdrew it
	DecidedAt  time.Time
	Reason     string // of a refusal or withdrawal
}

type draftRow struct {
	ID         int64         `db:"id"`
	Key        templates.Key `db:"key"`
	Text       string        `db:"text"`
	Author     string        `db:"author"`
	Account    int64         `db:"account_id"`
	CreatedAt  int64         `db:"created_at"`
	ActiveFrom int64         `db:"active_from"`
	State      string        `db:"state"`
	Version    int           `db:"version"`
	DecidedBy  string        `db:"decided_by"`
	DecidedAt  int64         `db:"decided_at"`
	Reason     string        `db:"reason"`
}

const draftColumns = `id, key, text, author, account_id, created_at, active_from, state, version, decided_by, decided_at, reason`

func (r draftRow) draft() Draft {
	return Draft{ID: r.ID, Key: r.Key, Text: r.Text, Author: r.Author, Account: r.Account, CreatedAt: instant(r.CreatedAt),
		ActiveFrom: instant(r.ActiveFrom), State: r.State, Version: r.Version, DecidedBy: r.DecidedBy, DecidedAt: instant(r.DecidedAt), Reason: r.Reason}
}

// DraftTemplate keeps a wording that passes its checks as the key's one open draft. The
// account is its author's: the one who may not approve it.
func (a Authored) DraftTemplate(ctx context.Context, key templates.Key, text string, from time.Time, account int64) (id int64, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		if _, err := t.nextTemplate(ctx, key, text); err != nil {
			return err
		}
		err := t.c.get(ctx, &id, `INSERT INTO template_draft (key, text, author, account_id, created_at, active_from, state) VALUES (?, ?, ?, ?, ?, ?, 'open')
			ON CONFLICT (key) WHERE state = 'open' DO NOTHING RETURNING id`, string(key), text, wire(a.by.Name), account, micros(t.domain), micros(from))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return &escalation.Problem{Kind: escalation.WrongTime, Field: "text", Detail: "mẫu này đã có một bản đang chờ duyệt; hãy duyệt, từ chối hoặc rút bản đó trước"}
		case err != nil:
			return fmt.Errorf("draft template %s: %w", key, err)
		}
		return t.log(ctx, a.by, "draft", LogTemplate, "", string(key))
	})
	return id, err
}

// OpenDrafts lists the drafts that wait, the oldest first.
func (s *Store) OpenDrafts(ctx context.Context) ([]Draft, error) {
	return s.drafts(ctx, `state = 'open' ORDER BY id`)
}

// Drafts lists the drafts of a key, the latest first.
func (s *Store) Drafts(ctx context.Context, key templates.Key, limit int) ([]Draft, error) {
	return s.drafts(ctx, `key = ? ORDER BY id DESC LIMIT ?`, string(key), limit)
}

// Draft reads one; *escalation.Problem NotFound.
func (s *Store) Draft(ctx context.Context, id int64) (Draft, error) {
	list, err := s.drafts(ctx, `id = ?`, id)
	if err == nil && len(list) == 0 {
		err = noDraft()
	}
	if err != nil {
		return Draft{}, err
	}
	return list[0], nil
}

func (s *Store) drafts(ctx context.Context, condition string, args ...any) ([]Draft, error) {
	var rows []draftRow
	if err := s.reader().all(ctx, &rows, `SELECT `+draftColumns+` FROM template_draft WHERE `+condition, args...); err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	list := make([]Draft, len(rows))
	for i, r := range rows {
		list[i] = r.draft()
	}
	return list, nil
}

func noDraft() error { return missing("id", "không có bản chờ duyệt này") }

// ApproveDraft makes a draft the key's next version. Who wrote it may not approve it:
// forbidden. One that is decided already is stale.
func (a Authored) ApproveDraft(ctx context.Context, id, account int64) (version int, err error) {
	err = a.decide(ctx, id, DraftApproved, "", func(t *tx, d draftRow) error {
		if account == 0 || account == d.Account {
			return &escalation.Problem{Kind: escalation.Forbidden, Field: "id", Detail: "người soạn không được tự duyệt bản của mình; cần một người khác có quyền duyệt"}
		}
		from := instant(d.ActiveFrom)
		if from.Before(t.domain) {
			from = t.domain
		}
		if version, err = t.saveTemplate(ctx, d.Key, d.Text, d.Author, from); err != nil {
			return err
		}
		_, err := t.c.exec(ctx, `UPDATE template_draft SET version = ? WHERE id = ?`, version, id)
		return err
	})
	return version, err
}

// RefuseDraft ends a draft of somebody else's, with the reason.
func (a Authored) RefuseDraft(ctx context.Context, id, account int64, reason string) error {
	return a.decide(ctx, id, DraftRefused, reason, func(_ *tx, d draftRow) error {
		if account == d.Account {
			return &escalation.Problem{Kind: escalation.Forbidden, Field: "id", Detail: "đây là bản của chính mình: hãy rút lại thay vì từ chối"}
		}
		return nil
	})
}

// WithdrawDraft ends a draft of one's own, with the reason.
func (a Authored) WithdrawDraft(ctx context.Context, id, account int64, reason string) error {
	return a.decide(ctx, id, DraftWithdrawn, reason, func(_ *tx, d draftRow) error {
		if account != d.Account {
			return &escalation.Problem{Kind: escalation.Forbidden, Field: "id", Detail: "chỉ người soạn được rút bản này; người khác có thể từ chối"}
		}
		return nil
	})
}

// decide ends an open draft where may allows it.
func (a Authored) decide(ctx context.Context, id int64, state, reason string, may func(*tx, draftRow) error) error {
	if state != DraftApproved && (reason == "" || len(reason) > mostReason) {
		return invalid("reason", "cần nêu lý do, ngắn gọn")
	}
	return a.s.inTx(ctx, func(t *tx) error {
		var d draftRow
		err := t.c.get(ctx, &d, `SELECT `+draftColumns+` FROM template_draft WHERE id = ?`+t.s.d.forUpdate, id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noDraft()
		case err != nil:
			return fmt.Errorf("read draft %d: %w", id, err)
		case d.State != DraftOpen:
			return &escalation.Problem{Kind: escalation.Stale, Field: "id", Detail: "bản này đã được " + d.DecidedBy + " quyết định"}
		}
		if err := may(t, d); err != nil {
			return err
		}
		_, err = t.c.exec(ctx, `UPDATE template_draft SET state = ?, decided_by = ?, decided_at = ?, reason = ? WHERE id = ?`,
			state, wire(a.by.Name), micros(t.domain), wire(reason), id)
		if err != nil {
			return fmt.Errorf("decide draft %d: %w", id, err)
		}
		return t.log(ctx, a.by, state, LogTemplate, reason, string(d.Key))
	})
}
