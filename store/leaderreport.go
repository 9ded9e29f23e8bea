package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// LogReport is the change log's word for reports to leaders: ref is the contact's id, the
// period of a report that was sent by hand, or the draft's id.
const LogReport = "report"

type choiceRow struct {
	Contact   int64  `db:"contact_id"`
	Channel   string `db:"channel"`
	Each      string `db:"each"`
	Day       int    `db:"day"`
	Minute    int64  `db:"minute"`
	ChangedAt int64  `db:"changed_at"`
	ChangedBy string `db:"changed_by"`
}

// Subscriptions are the leaders' choices, by contact. Who has made none is not there.
func (s *Store) Subscriptions(ctx context.Context) (map[int64]escalation.Subscription, error) {
	return listChoices(ctx, s.reader())
}

func listChoices(ctx context.Context, c conn) (map[int64]escalation.Subscription, error) {
	var rows []choiceRow
	err := c.all(ctx, &rows, `SELECT contact_id, channel, each, day, minute, changed_at, changed_by FROM report_choice`)
	choices := make(map[int64]escalation.Subscription, len(rows))
	for _, r := range rows {
		choices[r.Contact] = escalation.Subscription{
			Contact: r.Contact, Channel: escalation.ReportChannel(r.Channel), Each: escalation.ReportEach(r.Each), Day: r.Day,
			At: time.Duration(r.Minute) * time.Minute, ChangedAt: instant(r.ChangedAt), ChangedBy: r.ChangedBy,
		}
	}
	return choices, wrapList(err, "choices of reports")
}

// Subscribe stores a leader's choice. Whether it may be made is checked before
// (escalation.Subscription.Check).
func (a Authored) Subscribe(ctx context.Context, c escalation.Subscription) error {
	return a.s.inTx(ctx, func(t *tx) error { return t.Subscribe(ctx, c, a.by) })
}

// Subscribe stores a leader's choice for the desk.
func (t *tx) Subscribe(ctx context.Context, c escalation.Subscription, by escalation.Actor) error {
	_, err := t.c.exec(ctx, `INSERT INTO report_choice (contact_id, channel, each, day, minute, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (contact_id) DO UPDATE SET channel = excluded.channel, each = excluded.each, day = excluded.day, minute = excluded.minute,
		changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		c.Contact, string(c.Channel), string(c.Each), c.Day, int64(c.At/time.Minute), micros(t.domain), wire(by.Name))
	if err != nil {
		return fmt.Errorf("store the choice of contact %d: %w", c.Contact, err)
	}
	action := "subscribe"
	if c.Off() {
		action = "unsubscribe"
	}
	return t.log(ctx, by, action, LogReport, c.Text(), idText(c.Contact))
}

// KeepPerson gives a contact the choice of reports that another row of the person has made, and
// the account that is theirs.
func (t *tx) KeepPerson(ctx context.Context, from, to int64) error {
	_, err := t.c.exec(ctx, `INSERT INTO report_choice (contact_id, channel, each, day, minute, changed_at, changed_by)
		SELECT CAST(? AS BIGINT), channel, each, day, minute, changed_at, changed_by FROM report_choice WHERE contact_id = ?
		ON CONFLICT (contact_id) DO NOTHING`, to, from)
	if err != nil {
		return fmt.Errorf("keep the choice of contact %d for contact %d: %w", from, to, err)
	}
	if _, err := t.c.exec(ctx, `UPDATE account SET contact_id = ? WHERE contact_id = ?`, to, from); err != nil {
		return fmt.Errorf("keep the account of contact %d for contact %d: %w", from, to, err)
	}
	return nil
}

// ReportLink opens the whole of a report for its reader, until it expires.
type ReportLink struct {
	Token   string
	Contact int64
	Unit    string // empty: the whole city
	Period  string
	Draft   int64 // of a confirmed draft; 0: none
	Expires time.Time
}

// Reading is one report on its way to one person.
type Reading struct {
	Contact int64
	Rung    escalation.RungName // names the report: a person gets it once
	Link    ReportLink
	Notices []escalation.Notice
}

// SendReport queues a report's notices with their link; false: this person has it already.
func (s *Store) SendReport(ctx context.Context, r Reading) (sent bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		sent, err = t.sendReport(ctx, r)
		return err
	})
	return sent, err
}

func (t *tx) sendReport(ctx context.Context, r Reading) (sent bool, err error) {
	n, err := t.c.exec(ctx, `INSERT INTO report_sent (contact_id, rung, sent_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, r.Contact, string(r.Rung), micros(t.domain))
	if err == nil && n > 0 {
		_, err = t.c.exec(ctx, `DELETE FROM report_link WHERE expires_at < ?`, micros(t.domain))
	}
	if err == nil && n > 0 {
		l := r.Link
		_, err = t.c.exec(ctx, `INSERT INTO report_link (token, contact_id, unit, period, draft_id, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
			wire(l.Token), l.Contact, wire(l.Unit), wire(l.Period), l.Draft, micros(l.Expires))
	}
	if err != nil {
		return false, fmt.Errorf("send a report to contact %d: %w", r.Contact, err)
	}
	if n == 0 {
		return false, nil
	}
	return true, t.Post(ctx, r.Notices, nil)
}

// ReportSent reports whether the person has the report of that name.
func (s *Store) ReportSent(ctx context.Context, contact int64, rung escalation.RungName) (sent bool, err error) {
	err = s.reader().get(ctx, &sent, `SELECT EXISTS (SELECT 1 FROM report_sent WHERE contact_id = ? AND rung = ?)`, contact, string(rung))
	if err != nil {
		return false, fmt.Errorf("look for a report of contact %d: %w", contact, err)
	}
	return sent, nil
}

// OpenTasks puts tasks on the operators' list; one that is open already is one.
func (s *Store) OpenTasks(ctx context.Context, tasks []escalation.Task) error {
	if len(tasks) == 0 {
		return nil
	}
	return s.inTx(ctx, func(t *tx) error { return t.Post(ctx, nil, tasks) })
}

// SendReports queues reports that somebody sends by hand, together, and logs it; n is to
// how many people something went that had not gone before.
func (a Authored) SendReports(ctx context.Context, period, detail string, list []Reading) (n int, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		to := map[int64]bool{}
		for _, r := range list {
			sent, err := t.sendReport(ctx, r)
			if err != nil {
				return err
			}
			if sent {
				to[r.Contact] = true
			}
		}
		if n = len(to); n == 0 {
			return nil
		}
		return t.log(ctx, a.by, "send", LogReport, detail, period)
	})
	return n, err
}

type linkRow struct {
	Token   string `db:"token"`
	Contact int64  `db:"contact_id"`
	Unit    string `db:"unit"`
	Period  string `db:"period"`
	Draft   int64  `db:"draft_id"`
	Expires int64  `db:"expires_at"`
}

// ReportLink finds a link that has not expired; *escalation.Problem NotFound.
func (s *Store) ReportLink(ctx context.Context, token string) (ReportLink, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return ReportLink{}, err
	}
	var r linkRow
	err = s.reader().get(ctx, &r, `SELECT token, contact_id, unit, period, draft_id, expires_at FROM report_link WHERE token = ? AND expires_at > ?`, wire(token), micros(now))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ReportLink{}, missing("token", "đường dẫn không đúng hoặc đã hết hạn")
	case err != nil:
		return ReportLink{}, fmt.Errorf("look for a link to a report: %w", err)
	}
	return ReportLink{r.Token, r.Contact, r.Unit, r.Period, r.Draft, instant(r.Expires)}, nil
}
