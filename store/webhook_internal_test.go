package store

import (
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// A transaction that asked who listens before a receiver was disabled, and ends after it.
func TestAnEventThatIsQueuedForADisabledReceiverIsNeitherSentNorKept(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		by := s.By(escalation.Ladder())
		hook, err := by.AddWebhook(t.Context(), Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{EventPetition}})
		if err != nil {
			t.Fatal(err)
		}
		if err := by.DisableWebhook(t.Context(), hook.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.writer().exec(t.Context(), `INSERT INTO webhook_delivery (webhook_id, event, key, body, state, created_at) VALUES (?, ?, 'HP261123-0001/1', '{}', 'queued', 1)`,
			hook.ID, EventPetition); err != nil {
			t.Fatal(err)
		}
		if list, err := s.ClaimDeliveries(t.Context(), 10); len(list) != 0 || err != nil {
			t.Errorf("claimed are %+v, %v", list, err)
		}
		if _, err := s.Prune(t.Context(), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Webhooks(t.Context()); err != nil || all[0].Queued != 0 {
			t.Errorf("it waits still: %+v, %v", all, err)
		}
	})
}
