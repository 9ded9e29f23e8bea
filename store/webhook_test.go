package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

func TestAnEventIsQueuedWithWhatMadeItTrueAndOnlyForWhoListens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.add(nil) // before anybody listens
		by := w.By(escalation.Ladder())
		hook, err := by.AddWebhook(t.Context(), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventPetition, store.EventMessage}})
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
		if n, err := by.ReplayWebhook(t.Context(), hook.ID, w.now()); err != nil || n != 1 {
			t.Errorf("%d events are sent anew, %v", n, err)
		}
		w.must(by.DisableWebhook(t.Context(), hook.ID))
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

func TestEveryEndOfAMessageIsAnnounced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.By(escalation.Ladder()).AddWebhook(t.Context(), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventMessage}})
		w.must(err)
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		bundle := w.say()[0].ID
		w.end(bundle, escalation.Accepted, "b")

		dropped := w.reminder(func(n *escalation.Notice) { n.NotBefore = w.now().Add(time.Hour) })
		w.answered(dropped)
		expired := w.reminder(func(n *escalation.Notice) { n.NotBefore, n.Expires = w.now().Add(time.Hour), w.now().Add(time.Minute) })
		w.later(2 * time.Minute)
		_, err = w.Lapse(t.Context(), time.Minute)
		w.must(err)
		unworded := w.post(w.notice(w.add(nil), "O1"))[0]
		_, err = w.Claim(t.Context(), "gw", 100, time.Minute, func(*escalation.Outgoing) error { return errors.New("no such wording") })
		w.must(err)
		landline := w.notice(w.add(nil), "A1")
		landline.To = escalation.Recipient{Phone: "+842253000001"}
		stillborn := w.post(landline)[0]

		list, err := w.ClaimDeliveries(t.Context(), 100)
		w.must(err)
		var got []string
		for _, d := range list {
			got = append(got, d.Key)
		}
		slices.Sort(got)
		want := []string{
			fmt.Sprintf("%d/accepted", members[0]), fmt.Sprintf("%d/accepted", members[1]), fmt.Sprintf("%d/accepted", bundle),
			fmt.Sprintf("%d/suppressed", dropped), fmt.Sprintf("%d/expired", expired), fmt.Sprintf("%d/failed", unworded),
			fmt.Sprintf("%d/failed", stillborn),
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("announced are %v, want %v", got, want)
		}
	})
}

func TestATextThatACorrectionSuppressedIsAnnounced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.By(escalation.Ladder()).AddWebhook(t.Context(), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventMessage}})
		w.must(err)
		desk := w.careful()
		p := w.told(desk, citizenPhone, "Ngập đường")
		texts := w.texts(p.Code, "C1")
		_, err = desk.Correct(t.Context(), p.Code, escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Email: "thu@example.vn"}, operator)
		w.must(err)
		list, err := w.ClaimDeliveries(t.Context(), 100)
		w.must(err)
		if want := fmt.Sprintf("%d/suppressed", texts[0].ID); !slices.ContainsFunc(list, func(d store.Delivery) bool { return d.Key == want }) {
			t.Errorf("announced are %+v, not %s", list, want)
		}
	})
}
