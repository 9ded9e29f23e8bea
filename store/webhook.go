package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"notify1022/escalation"
)

// LogWebhook is the change log's word for a webhook.
const LogWebhook = "webhook"

// The events a webhook may ask for.
const (
	EventPetition = "petition.status"
	EventMessage  = "message.state"
	EventInbound  = "inbound.reply"
)

// Webhook is a receiver of events.
type Webhook struct {
	ID        int64
	URL       string
	Secret    string // signs what is sent; shown once
	Events    []string
	By        string
	CreatedAt time.Time
	Disabled  bool
	Queued    int
	Failed    int
}

// Delivery is one event for one receiver. Its key tells it apart, also to the receiver.
type Delivery struct {
	ID       int64
	Webhook  Webhook // its id, address and secret
	Event    string
	Key      string
	Body     string
	Attempts int   // before this one
	Failures int   // attempts for the receiver that failed since one succeeded
	Claim    int64 // names the claim that gave it out
}

type webhookRow struct {
	ID        int64  `db:"id"`
	URL       string `db:"url"`
	Secret    string `db:"secret"`
	Events    string `db:"events"`
	By        string `db:"created_by"`
	CreatedAt int64  `db:"created_at"`
	Disabled  bool   `db:"disabled"`
	Queued    int    `db:"queued"`
	Failed    int    `db:"failed"`
}

func (r webhookRow) webhook() Webhook {
	return Webhook{r.ID, r.URL, r.Secret, strings.Split(r.Events, ","), r.By, instant(r.CreatedAt), r.Disabled, r.Queued, r.Failed}
}

// AddWebhook stores a receiver and returns it as stored; events before are not sent to it.
func (a Authored) AddWebhook(ctx context.Context, w Webhook) (Webhook, error) {
	var row webhookRow
	err := a.s.inTx(ctx, func(t *tx) error {
		row = webhookRow{URL: wire(w.URL), Secret: w.Secret, Events: strings.Join(w.Events, ","), By: wire(a.by.Name), CreatedAt: micros(t.domain)}
		err := t.c.get(ctx, &row.ID, `INSERT INTO webhook (url, secret, events, created_by, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id`,
			row.URL, row.Secret, row.Events, row.By, row.CreatedAt)
		if err != nil {
			return fmt.Errorf("add a webhook: %w", err)
		}
		t.note(row.ID)
		return t.log(ctx, a.by, "add", LogWebhook, "", idText(row.ID))
	})
	a.s.hooks.forget()
	return row.webhook(), err
}

// DisableWebhook stops sending to a receiver; what is queued for it is dropped.
func (a Authored) DisableWebhook(ctx context.Context, id int64) error {
	err := a.s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `UPDATE webhook SET disabled = 1 WHERE id = ? AND disabled = 0`, id)
		switch {
		case err != nil:
			return fmt.Errorf("disable webhook %d: %w", id, err)
		case n == 0:
			return missing("id", "không có webhook đang dùng với số này")
		}
		if _, err := t.c.exec(ctx, `UPDATE webhook_delivery SET state = 'failed', error = 'the webhook was disabled', done_real = ? WHERE webhook_id = ? AND state = 'queued'`, micros(t.machine), id); err != nil {
			return err
		}
		return t.log(ctx, a.by, "disable", LogWebhook, "", idText(id))
	})
	a.s.hooks.forget()
	return err
}

// ReplayWebhook sends once more what failed, and what was delivered since an instant of
// the domain's (zero: nothing of it), beginning now whatever failed before. It returns how
// many. One that is not there or was disabled is a Problem of kind NotFound.
func (a Authored) ReplayWebhook(ctx context.Context, id int64, since time.Time) (n int64, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		found, err := t.c.exec(ctx, `UPDATE webhook SET failures = 0, retry_real = 0 WHERE id = ? AND disabled = 0`, id)
		switch {
		case err != nil:
			return fmt.Errorf("replay webhook %d: %w", id, err)
		case found == 0:
			return missing("id", "không có webhook đang dùng với số này")
		}
		condition, args := `state = 'failed'`, []any{id}
		if !since.IsZero() {
			condition, args = `(state = 'failed' OR state = 'delivered' AND created_at >= ?)`, append(args, micros(since))
		}
		if n, err = t.c.exec(ctx, `UPDATE webhook_delivery SET state = 'queued', attempts = 0, retry_real = 0, error = '' WHERE webhook_id = ? AND `+condition, args...); err != nil {
			return fmt.Errorf("replay webhook %d: %w", id, err)
		}
		return t.log(ctx, a.by, "replay", LogWebhook, fmt.Sprint(n), idText(id))
	})
	return n, err
}

// Webhooks lists the receivers with what waits for them and what failed.
func (s *Store) Webhooks(ctx context.Context) ([]Webhook, error) {
	var rows []webhookRow
	err := s.reader().all(ctx, &rows, `SELECT w.id, w.url, w.secret, w.events, w.created_by, w.created_at, w.disabled,
		(SELECT COUNT(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'queued') AS queued,
		(SELECT COUNT(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'failed') AS failed FROM webhook w ORDER BY w.id`)
	list := make([]Webhook, len(rows))
	for i, r := range rows {
		list[i] = r.webhook()
	}
	return list, wrapList(err, "webhooks")
}

// hookCache keeps for a moment whether anybody listens: most installations have nobody,
// and pay nothing.
type hookCache struct {
	mu      sync.Mutex
	at      time.Time
	events  map[string]bool
	changes int // how often forget was called: what was read before is not kept after
}

const hooksFor = 2 * time.Second

func (k *hookCache) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.changes = time.Time{}, k.changes+1
}

// heard is whether somebody listens for the event, if that was read a moment ago.
func (k *hookCache) heard(event string) (listens, known bool, changes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.events[event], !k.at.IsZero() && time.Since(k.at) <= hooksFor, k.changes
}

// keep remembers the events of the lists, read after so many changes.
func (k *hookCache) keep(lists []string, changes int) (events map[string]bool) {
	events = map[string]bool{}
	for _, list := range lists {
		for event := range strings.SplitSeq(list, ",") {
			events[event] = true
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if changes == k.changes {
		k.at, k.events = time.Now(), events
	}
	return events
}

// listens reports whether a receiver asks for the event. Nobody waits for the one who
// reads: its transaction may hold rows that they hold up.
func (t *tx) listens(ctx context.Context, event string) (bool, error) {
	listens, known, changes := t.s.hooks.heard(event)
	if known {
		return listens, nil
	}
	var rows []string
	if err := t.c.all(ctx, &rows, `SELECT events FROM webhook WHERE disabled = 0`); err != nil {
		return false, fmt.Errorf("look for webhooks: %w", err)
	}
	return t.s.hooks.keep(rows, changes)[event], nil
}

// announce queues an event for every receiver that asks for it, in the transaction that
// made it true: nobody is told of what was rolled back, and nothing is forgotten.
func (t *tx) announce(ctx context.Context, event string, keys []string, bodies []any) error {
	if len(keys) == 0 {
		return nil
	}
	if listens, err := t.listens(ctx, event); !listens || err != nil {
		return err
	}
	var hooks []int64
	if err := t.c.all(ctx, &hooks, `SELECT id FROM webhook WHERE disabled = 0 AND ',' || events || ',' LIKE ?`, "%,"+event+",%"); err != nil {
		return fmt.Errorf("find webhooks: %w", err)
	}
	var rows [][]any
	for i, key := range keys {
		body, err := toJSON(bodies[i])
		if err != nil {
			return err
		}
		for _, hook := range hooks {
			rows = append(rows, []any{hook, event, key, body, "queued", micros(t.domain)})
		}
	}
	return t.c.put(ctx, failing("announce %s", event), `INSERT INTO webhook_delivery (webhook_id, event, key, body, state, created_at)`, `ON CONFLICT DO NOTHING`, rows)
}

// announcePetitions tells of petitions whose status is another one now.
func (t *tx) announcePetitions(ctx context.Context, changes []escalation.Change) error {
	var keys []string
	var bodies []any
	for _, c := range changes {
		p := c.Petition
		before, known := t.loaded[p.ID]
		if known && before.Status == p.Status && c.Before != 0 {
			continue
		}
		keys = append(keys, fmt.Sprintf("%s/%d", p.Code, p.Version))
		bodies = append(bodies, map[string]any{"code": p.Code, "status": p.Status, "version": p.Version, "at": t.domain, "was_overdue": p.WasOverdue})
	}
	return t.announce(ctx, EventPetition, keys, bodies)
}

// changeMessages runs an update of messages, whose arguments may hold lists, and tells
// of those that it met.
func (t *tx) changeMessages(ctx context.Context, update string, args ...any) (int64, error) {
	listens, err := t.listens(ctx, EventMessage)
	if err != nil {
		return 0, err
	}
	if !listens {
		return t.c.execIn(ctx, update, args...)
	}
	var ids []int64
	if err := t.c.in(ctx, &ids, update+` RETURNING id`, args...); err != nil {
		return 0, err
	}
	return int64(len(ids)), t.announceMessages(ctx, ids)
}

// touchMessages is changeMessages for who needs no number; it waits for nobody where
// nobody listens.
func (t *tx) touchMessages(ctx context.Context, update string, args ...any) error {
	listens, err := t.listens(ctx, EventMessage)
	switch {
	case err != nil:
		return err
	case listens:
		_, err = t.changeMessages(ctx, update, args...)
		return err
	}
	return t.c.writeIn(ctx, failing("change messages"), update, args...)
}

// announceMessages tells of messages whose state is another one now.
func (t *tx) announceMessages(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil // a receipt of a message that is not known yet
	}
	if listens, err := t.listens(ctx, EventMessage); !listens || err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, announced) {
		if err := t.announceStates(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

// announced is how many messages one statement reads.
const announced = 500

func (t *tx) announceStates(ctx context.Context, ids []int64) error {
	var rows []struct {
		ID    int64  `db:"id"`
		State string `db:"state"`
		Code  string `db:"code"`
	}
	err := t.c.in(ctx, &rows, `SELECT m.id, m.state, COALESCE(p.code, '') AS code FROM message m LEFT JOIN petition p ON p.id = m.petition_id WHERE m.id IN (?) ORDER BY m.id`, ids)
	if err != nil {
		return fmt.Errorf("read states to announce: %w", err)
	}
	var keys []string
	var bodies []any
	for _, r := range rows {
		if r.State == string(escalation.Sending) {
			continue // on its way: nothing became of it yet
		}
		keys = append(keys, fmt.Sprintf("%d/%s", r.ID, r.State))
		bodies = append(bodies, map[string]any{"id": r.ID, "state": r.State, "petition": r.Code, "at": t.domain})
	}
	return t.announce(ctx, EventMessage, keys, bodies)
}

// announceInbound tells of a reply that was applied. Its text may hold anything and is
// not sent along; who may read it asks for it.
func (t *tx) announceInbound(ctx context.Context, id int64, outcome string) error {
	return t.announce(ctx, EventInbound, []string{idText(id)}, []any{map[string]any{"id": id, "outcome": outcome, "at": t.domain}})
}

// deliveryLease is how long a receiver whose event was claimed is another's.
const deliveryLease = time.Minute

// ClaimDeliveries takes the next event of up to limit receivers, those first that were sent
// to the longest ago. A receiver is passed over while a worker sends to it, for a minute at
// most, and while it waits after a failure.
func (s *Store) ClaimDeliveries(ctx context.Context, limit int) (list []Delivery, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		var hooks []hookTurn
		err := t.c.all(ctx, &hooks, `SELECT id, url, secret, failures, claimed_real FROM webhook w
			WHERE disabled = 0 AND retry_real <= ? AND claimed_real <= ?
				AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'queued' AND d.retry_real <= ?)
			ORDER BY claimed_real, id LIMIT ?`+t.s.d.skip, micros(t.machine), micros(t.machine), micros(t.machine), limit)
		if err != nil {
			return err
		}
		list, err = t.claimNext(ctx, hooks)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim webhook deliveries: %w", err)
	}
	return list, nil
}

// hookTurn is a receiver that may be sent to now.
type hookTurn struct {
	ID       int64  `db:"id"`
	URL      string `db:"url"`
	Secret   string `db:"secret"`
	Failures int    `db:"failures"`
	Claimed  int64  `db:"claimed_real"` // when its last claim ended
}

type deliveryRow struct {
	ID       int64  `db:"id"`
	Event    string `db:"event"`
	Key      string `db:"key"`
	Body     string `db:"body"`
	Attempts int    `db:"attempts"`
}

// claimNext claims the next event of each of the receivers, whose rows this transaction holds.
func (t *tx) claimNext(ctx context.Context, hooks []hookTurn) (list []Delivery, err error) {
	until := micros(t.machine.Add(deliveryLease))
	for _, h := range hooks {
		// What a worker that died had in its hands keeps its place.
		_, err := t.c.exec(ctx, `UPDATE webhook_delivery SET retry_real = 0 WHERE webhook_id = ? AND state = 'queued' AND retry_real = ?`, h.ID, h.Claimed)
		if err != nil {
			return nil, err
		}
		var rows []deliveryRow
		err = t.c.all(ctx, &rows, `SELECT id, event, key, body, attempts FROM webhook_delivery WHERE webhook_id = ? AND state = 'queued' AND retry_real <= ?
			ORDER BY retry_real, id LIMIT 1`+t.s.d.skip, h.ID, micros(t.machine))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, Delivery{r.ID, Webhook{ID: h.ID, URL: h.URL, Secret: h.Secret}, r.Event, r.Key, r.Body, r.Attempts, h.Failures, until})
		}
	}
	for _, d := range list {
		if _, err := t.c.exec(ctx, `UPDATE webhook SET claimed_real = ? WHERE id = ?`, until, d.Webhook.ID); err != nil {
			return nil, err
		}
		// A worker of the release before asks for events alone.
		if _, err := t.c.exec(ctx, `UPDATE webhook_delivery SET retry_real = ? WHERE id = ?`, until, d.ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// DeliveryEnd is what an attempt came to.
type DeliveryEnd struct {
	ID        int64
	Receiver  int64
	Claim     int64
	Status    int           // of HTTP; 0: no answer
	Failure   string        // empty: delivered
	Pause     time.Duration // nothing is sent to the receiver for so long
	Behind    time.Duration // others go ahead of this event for so long; 0: it keeps its place
	GiveUp    bool          // this event has failed for good
	GiveUpAll bool          // and all that wait for the receiver
}

// EndDelivery notes what an attempt came to, and gives its receiver free. Of a claim that is
// over only a success counts: another worker may have the event in its hands.
func (s *Store) EndDelivery(ctx context.Context, e DeliveryEnd) error {
	err := s.inTx(ctx, func(t *tx) error {
		if e.Failure == "" {
			return t.delivered(ctx, e)
		}
		return t.undelivered(ctx, e)
	})
	if err != nil {
		return fmt.Errorf("end webhook delivery %d: %w", e.ID, err)
	}
	return nil
}

func (t *tx) delivered(ctx context.Context, e DeliveryEnd) error {
	now := micros(t.machine)
	_, err := t.c.exec(ctx, `UPDATE webhook SET failures = 0, retry_real = 0, claimed_real = ? WHERE id = ? AND claimed_real = ?`, now, e.Receiver, e.Claim)
	if err != nil {
		return err
	}
	_, err = t.c.exec(ctx, `UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, status = ?, error = '', retry_real = 0, done_real = ?
		WHERE id = ? AND state = 'queued'`, e.Status, now, e.ID)
	return err
}

func (t *tx) undelivered(ctx context.Context, e DeliveryEnd) error {
	now := micros(t.machine)
	n, err := t.c.exec(ctx, `UPDATE webhook SET failures = failures + 1, retry_real = ?, claimed_real = ? WHERE id = ? AND claimed_real = ?`,
		micros(t.machine.Add(e.Pause)), now, e.Receiver, e.Claim)
	if err != nil || n == 0 {
		return err
	}
	state, at := "queued", int64(0)
	switch {
	case e.GiveUp || e.GiveUpAll:
		state = "failed"
	case e.Behind > 0:
		at = micros(t.machine.Add(e.Behind))
	}
	_, err = t.c.exec(ctx, `UPDATE webhook_delivery SET state = ?, attempts = attempts + 1, status = ?, error = ?, retry_real = ?, done_real = ? WHERE id = ? AND state = 'queued'`,
		state, e.Status, wire(e.Failure), at, now, e.ID)
	if err != nil || !e.GiveUpAll {
		return err
	}
	_, err = t.c.exec(ctx, `UPDATE webhook_delivery SET state = 'failed', error = ?, done_real = ? WHERE webhook_id = ? AND state = 'queued'`,
		wire(e.Failure), now, e.Receiver)
	return err
}
