package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// How a text over its recipient's budget waits.
const (
	budgetHour  = time.Hour
	budgetPause = 5 * time.Minute
	overBudget  = "over the budget of its number"
)

// Budget sets how many texts an hour one number gets, duty notices besides; 0: as
// many as there are. It is set before the gateways run.
func (s *Store) Budget(hourly int) { s.budget.Store(int64(hourly)) }

// Quiet sets until when a text waits that should have gone out earlier and finds itself
// in quiet hours (escalation.Policy.HeldAgain); zero: it goes. It is set before the
// gateways run; without it nothing is held.
func (s *Store) Quiet(held func(n escalation.Notice, now time.Time) time.Time) { s.quiet.Store(&held) }

// hold leaves out the picked texts that an outage has brought into quiet hours: they
// wait for the morning. One of which a part has gone out already goes on.
func (t *tx) hold(ctx context.Context, rows []messageRow, proven map[int64][]int) ([]messageRow, error) {
	held := t.s.quiet.Load()
	if held == nil {
		return rows, nil
	}
	var kept []messageRow
	var waiting [][]any
	var first time.Time
	for _, r := range rows {
		until := (*held)(r.meant(), t.domain)
		if until.IsZero() || len(proven[r.ID]) > 0 {
			kept = append(kept, r)
			continue
		}
		if waiting = append(waiting, []any{r.ID, micros(until), waitsDomain}); first.IsZero() || until.Before(first) {
			first = until
		}
	}
	if len(waiting) == 0 {
		return rows, nil
	}
	if _, err := t.c.update(ctx, "message", []string{"not_before BIGINT", "waits SMALLINT"}, "", waiting); err != nil {
		return nil, fmt.Errorf("hold %d texts for the morning: %w", len(waiting), err)
	}
	return kept, t.stopAt(ctx, first)
}

// meant is what quiet hours ask of the row. A pause for a budget says nothing of when the
// text was to go.
func (r messageRow) meant() escalation.Notice {
	n := escalation.Notice{Template: r.Template, To: r.recipient(), Lane: r.Lane, Class: r.Class, At: instant(r.At), NotBefore: instant(r.NotBefore)}
	if r.Error == overBudget {
		n.NotBefore = time.Time{}
	}
	return n
}

// spare leaves out the picked texts that are over their recipient's budget: they wait
// some minutes and are looked at again, in their order, until the hour has room. A
// storm of reminders then buries nobody, and none of it is lost.
func (t *tx) spare(ctx context.Context, rows []messageRow) ([]messageRow, error) {
	room, err := t.room(ctx, rows)
	if err != nil || room == nil {
		return rows, err
	}
	var kept []messageRow
	var waiting [][]any
	first := t.domain.Add(budgetPause)
	for _, r := range rows {
		if !budgeted(r) {
			kept = append(kept, r)
			continue
		}
		if room[r.Phone] > 0 {
			room[r.Phone]--
			kept = append(kept, r)
			continue
		}
		waiting = append(waiting, []any{r.ID, micros(t.pauseEnd(r)), waitsDomain, overBudget})
	}
	if len(waiting) == 0 {
		return kept, nil
	}
	if _, err := t.c.update(ctx, "message", []string{"not_before BIGINT", "waits SMALLINT", "error TEXT"}, "", waiting); err != nil {
		return nil, fmt.Errorf("let %d texts wait: %w", len(waiting), err)
	}
	return kept, t.stopAt(ctx, first)
}

// pauseEnd is when a text over its budget is looked at again: not in quiet hours.
func (t *tx) pauseEnd(r messageRow) time.Time {
	until := t.domain.Add(budgetPause)
	if held := t.s.quiet.Load(); held != nil {
		r.Error = overBudget
		if morning := (*held)(r.meant(), until); morning.After(until) {
			return morning
		}
	}
	return until
}

func budgeted(r messageRow) bool { return r.Phone != "" && !r.Class.Duty() }

// goneWithinHour counts what went to some numbers since an instant, or is on its way to them;
// each part reads rows of its own index alone, however many texts a number ever got.
const goneWithinHour = `SELECT phone, class, COUNT(*) AS n FROM (
	SELECT phone, class FROM message WHERE phone IN (?) AND phone <> '' AND sent_at > 0 AND sent_at > ? AND bundle_id = 0
	UNION ALL SELECT phone, class FROM message WHERE state = 'sending' AND phone IN (?) AND bundle_id = 0 AND sent_at <= ?
	UNION ALL SELECT phone, class FROM message WHERE state = 'unknown' AND phone IN (?) AND bundle_id = 0 AND sent_at <= ?
	) AS gone GROUP BY phone, class`

// room is how many more texts each of the rows' numbers may get; nil: there is no limit.
// A bundle is one text; its members are none.
func (t *tx) room(ctx context.Context, rows []messageRow) (map[string]int, error) {
	budget := int(t.s.budget.Load())
	if budget <= 0 {
		return nil, nil
	}
	room := map[string]int{}
	var phones []string
	for _, r := range rows {
		if _, ok := room[r.Phone]; !ok && budgeted(r) {
			room[r.Phone] = budget
			phones = append(phones, r.Phone)
		}
	}
	if len(phones) == 0 {
		return nil, nil
	}
	hour := micros(t.domain.Add(-budgetHour))
	var sent []struct {
		Phone string           `db:"phone"`
		Class escalation.Class `db:"class"`
		N     int              `db:"n"`
	}
	err := t.c.in(ctx, &sent, goneWithinHour, phones, hour, phones, hour, phones, hour)
	if err != nil {
		return nil, fmt.Errorf("count texts of the last hour: %w", err)
	}
	for _, s := range sent {
		if !s.Class.Duty() {
			room[s.Phone] -= s.N
		}
	}
	return room, nil
}
