package store_test

import (
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

func TestAnEventIsQueuedWithWhatMadeItTrueAndOnlyForWhoListens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.add(nil) // before anybody listens
		by := w.By(escalation.Ladder())
		id, err := by.AddWebhook(t.Context(), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventPetition, store.EventMessage}})
		w.must(err)
		p := w.add(nil)
		list, err := w.ClaimDeliveries(t.Context(), 10)
		w.must(err)
		if len(list) != 1 || list[0].Key != p.Code+"/1" || list[0].Webhook.URL != "https://example.vn/" {
			t.Fatalf("queued are %+v", list)
		}
		if again, err := w.ClaimDeliveries(t.Context(), 10); err != nil || len(again) != 0 {
			t.Errorf("claimed twice: %+v, %v", again, err)
		}
		w.must(w.EndDelivery(t.Context(), list[0].ID, 500, "answered 500", 0))
		if n, err := by.ReplayWebhook(t.Context(), id, w.now()); err != nil || n != 1 {
			t.Errorf("%d events are sent anew, %v", n, err)
		}
		w.must(by.DisableWebhook(t.Context(), id))
		if list, err := w.ClaimDeliveries(t.Context(), 10); err != nil || len(list) != 0 {
			t.Errorf("a receiver that is disabled is sent %+v, %v", list, err)
		}
	})
}

func TestAReceiptOfAnUnknownMessageIsKeptWhileSomebodyListensForStates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.By(escalation.Ladder()).AddWebhook(t.Context(), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventMessage}})
		w.must(err)
		m := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen so HP261116-0001")
		w.must(w.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "early", From: headPhone[1:], State: escalation.Delivered})) // before its answer
		w.end(m.ID, escalation.Accepted, "early")
		if got := w.message(m.ID); got.State != escalation.Delivered {
			t.Errorf("the message is %s by a receipt that came early", got.State)
		}
		list, err := w.ClaimDeliveries(t.Context(), 10)
		w.must(err)
		if len(list) != 1 {
			t.Errorf("announced are %+v", list)
		}
	})
}
