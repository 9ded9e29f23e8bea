package main

import (
	"context"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/web"
)

// hookShelf shows doors and courier the receivers of events.
type hookShelf struct{ db *store.Store }

var (
	_ web.Webhooks     = hookShelf{}
	_ queue.Deliveries = hookShelf{}
)

// Webhooks lists the receivers.
func (s hookShelf) Webhooks(ctx context.Context) ([]web.Webhook, error) {
	list, err := s.db.Webhooks(ctx)
	out := make([]web.Webhook, len(list))
	for i, w := range list {
		out[i] = shownWebhook(w)
	}
	return out, err
}

// shownWebhook is a receiver without its secret.
func shownWebhook(w store.Webhook) web.Webhook {
	return web.Webhook{ID: w.ID, URL: w.URL, Events: w.Events, CreatedBy: w.By, CreatedAt: w.CreatedAt, Disabled: w.Disabled, Queued: w.Queued, Failed: w.Failed}
}

// AddWebhook stores a receiver.
func (s hookShelf) AddWebhook(ctx context.Context, url, secret string, events []string, by escalation.Actor) (web.Webhook, error) {
	w, err := s.db.By(by).AddWebhook(ctx, store.Webhook{URL: url, Secret: secret, Events: events})
	return shownWebhook(w), err
}

// DisableWebhook ends one.
func (s hookShelf) DisableWebhook(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).DisableWebhook(ctx, id)
}

// ReplayWebhook sends again.
func (s hookShelf) ReplayWebhook(ctx context.Context, id int64, since time.Time, by escalation.Actor) (int64, error) {
	return s.db.By(by).ReplayWebhook(ctx, id, since)
}

// ClaimDeliveries takes the next event of receivers that may be sent to.
func (s hookShelf) ClaimDeliveries(ctx context.Context, limit int) ([]queue.Delivery, error) {
	list, err := s.db.ClaimDeliveries(ctx, limit)
	out := make([]queue.Delivery, len(list))
	for i, d := range list {
		out[i] = queue.Delivery{ID: d.ID, Receiver: d.Webhook.ID, Claim: d.Claim, URL: d.Webhook.URL, Secret: d.Webhook.Secret,
			Event: d.Event, Key: d.Key, Body: d.Body, Attempts: d.Attempts, Failures: d.Failures}
	}
	return out, err
}

// EndDelivery notes what an attempt came to.
func (s hookShelf) EndDelivery(ctx context.Context, e queue.DeliveryEnd) error {
	return s.db.EndDelivery(ctx, store.DeliveryEnd{ID: e.ID, Receiver: e.Receiver, Claim: e.Claim, Status: e.Status, Failure: e.Failure,
		Pause: e.Pause, Behind: e.Behind, GiveUp: e.GiveUp, GiveUpAll: e.GiveUpAll})
}
