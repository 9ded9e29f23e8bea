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
		end := endOf(list[0])
		end.Status, end.Failure, end.GiveUp = 500, "answered 500", true
		w.must(w.EndDelivery(t.Context(), end))
		if n, err := by.ReplayWebhook(t.Context(), hook.ID, w.now()); err != nil || n != 1 {
			t.Errorf("%d events are sent anew, %v", n, err)
		}
		w.must(by.DisableWebhook(t.Context(), hook.ID))
		for _, id := range []int64{hook.ID, 999} {
			var refused *escalation.Problem
			if n, err := by.ReplayWebhook(t.Context(), id, w.now()); !errors.As(err, &refused) || refused.Kind != escalation.NotFound || n != 0 {
				t.Errorf("events of the webhook %d are sent anew: %d, %v", id, n, err)
			}
		}
		if list, err := w.ClaimDeliveries(t.Context(), 10); err != nil || len(list) != 0 {
			t.Errorf("a receiver that is disabled is sent %+v, %v", list, err)
		}
	})
}

// announced delivers what waits for receivers, and returns it.
func (w *world) announced() (all []store.Delivery) {
	w.t.Helper()
	for {
		list, err := w.ClaimDeliveries(w.t.Context(), 10)
		w.must(err)
		if len(list) == 0 {
			return all
		}
		for _, d := range list {
			w.must(w.EndDelivery(w.t.Context(), endOf(d)))
		}
		all = append(all, list...)
	}
}

// endOf is the end of an event that was delivered.
func endOf(d store.Delivery) store.DeliveryEnd {
	return store.DeliveryEnd{ID: d.ID, Receiver: d.Webhook.ID, Claim: d.Claim, Status: 200}
}

// failed is the end of one that was not.
func failed(d store.Delivery, pause time.Duration) store.DeliveryEnd {
	e := endOf(d)
	e.Status, e.Failure, e.Pause = 0, "no answer", pause
	return e
}

// listens stores receivers of petitions' events, and then announces that many.
func (w *world) listens(receivers, events int) (hooks []int64, codes []string) {
	w.t.Helper()
	for range receivers {
		made, err := w.By(escalation.Ladder()).AddWebhook(w.t.Context(), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventPetition}})
		w.must(err)
		hooks = append(hooks, made.ID)
	}
	for range events {
		codes = append(codes, w.add(nil).Code+"/1")
	}
	return hooks, codes
}

// claimed takes events and fails unless they are these, as "receiver key".
func (w *world) claimed(limit int, want ...string) []store.Delivery {
	w.t.Helper()
	list, err := w.ClaimDeliveries(w.t.Context(), limit)
	w.must(err)
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintf("%d %s", d.Webhook.ID, d.Key))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.t.Fatalf("claimed are %q, want %q", got, want)
	}
	return list
}

func TestAReceiverIsSentToByOneWorkerAtATimeInOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hooks, codes := w.listens(2, 3)
		of := func(hook, event int) string { return fmt.Sprintf("%d %s", hooks[hook], codes[event]) }
		one := w.claimed(1, of(0, 0))[0]
		two := w.claimed(10, of(1, 0))[0] // the other worker's
		w.claimed(10)
		w.must(w.EndDelivery(t.Context(), endOf(two)))
		w.claimed(10, of(1, 1))
		w.later(time.Minute) // the workers are dead, or stood still
		again := w.claimed(10, of(0, 0), of(1, 1))
		w.must(w.EndDelivery(t.Context(), failed(one, 0)))
		w.claimed(10) // the first worker's claim is over: it gives nobody free
		for _, d := range again {
			w.must(w.EndDelivery(t.Context(), endOf(d)))
		}
		w.claimed(10, of(0, 1), of(1, 2))
	})
}

func TestAReceiverThatFailsWaitsWithAllItsEvents(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hooks, codes := w.listens(2, 3)
		of := func(hook, event int) string { return fmt.Sprintf("%d %s", hooks[hook], codes[event]) }
		list := w.claimed(10, of(0, 0), of(1, 0))
		slices.SortFunc(list, func(a, b store.Delivery) int { return int(a.Webhook.ID - b.Webhook.ID) })
		w.must(w.EndDelivery(t.Context(), failed(list[0], time.Minute)))
		w.must(w.EndDelivery(t.Context(), endOf(list[1])))
		d := w.claimed(10, of(1, 1))[0]
		w.must(w.EndDelivery(t.Context(), endOf(d)))
		w.later(time.Minute)
		list = w.claimed(10, of(0, 0), of(1, 2)) // it has kept its place
		if d := list[slices.IndexFunc(list, func(d store.Delivery) bool { return d.Webhook.ID == hooks[0] })]; d.Attempts != 1 || d.Failures != 1 {
			t.Errorf("it has failed %d times, its receiver %d times", d.Attempts, d.Failures)
		} else {
			end := failed(d, time.Second)
			end.Behind = 2 * time.Second
			w.must(w.EndDelivery(t.Context(), end))
		}
		w.later(3 * time.Second)
		d = w.claimed(1, of(0, 1))[0]
		w.must(w.EndDelivery(t.Context(), endOf(d)))
		d = w.claimed(1, of(0, 2))[0]
		end := failed(d, time.Hour)
		end.GiveUpAll = true
		w.must(w.EndDelivery(t.Context(), end))
		hook := func() store.Webhook {
			all, err := w.Webhooks(t.Context())
			w.must(err)
			return all[0]
		}
		if h := hook(); h.Queued != 0 || h.Failed != 2 {
			t.Errorf("%d wait, %d were given up", h.Queued, h.Failed)
		}
		if n, err := w.By(escalation.Ladder()).ReplayWebhook(t.Context(), hooks[0], time.Time{}); n != 2 || err != nil {
			t.Errorf("%d events are sent anew, %v", n, err)
		}
		if d := w.claimed(1, of(0, 0))[0]; d.Attempts != 0 || d.Failures != 0 { // at once: somebody has mended it
			t.Errorf("sent anew it has failed %d times, its receiver %d times", d.Attempts, d.Failures)
		}
	})
}

func TestEventsThatWereGivenUpAreKeptAsLongAsThoseDelivered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hooks, _ := w.listens(2, 2)
		by := w.By(escalation.Ladder())
		for range 2 {
			list, err := w.ClaimDeliveries(t.Context(), 1)
			w.must(err)
			end := failed(list[0], 0)
			end.GiveUp = true
			w.must(w.EndDelivery(t.Context(), end))
		}
		w.must(by.DisableWebhook(t.Context(), hooks[0]))
		count := func(want ...int) {
			t.Helper()
			_, err := w.Prune(t.Context(), 90*24*time.Hour)
			w.must(err)
			all, err := w.Webhooks(t.Context())
			w.must(err)
			if got := []int{all[0].Failed, all[0].Queued, all[1].Failed, all[1].Queued}; !slices.Equal(got, want) {
				t.Errorf("failed and queued are %v, want %v", got, want)
			}
		}
		count(2, 0, 1, 1)
		w.later(100 * 24 * time.Hour)
		count(0, 0, 0, 1) // what waits is nothing that was
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
		if list := w.announced(); len(list) != 1 {
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

		var got []string
		for _, d := range w.announced() {
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
		list := w.announced()
		if want := fmt.Sprintf("%d/suppressed", texts[0].ID); !slices.ContainsFunc(list, func(d store.Delivery) bool { return d.Key == want }) {
			t.Errorf("announced are %+v, not %s", list, want)
		}
	})
}

func TestASuccessCountsHoweverLateItIsNoted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hooks, codes := w.listens(1, 2)
		of := func(event int) string { return fmt.Sprintf("%d %s", hooks[0], codes[event]) }
		late := w.claimed(1, of(0))[0]
		w.later(time.Minute)
		w.claimed(1, of(0))
		w.must(w.EndDelivery(t.Context(), endOf(late)))
		w.claimed(1) // its second sending is under way
		w.later(time.Minute)
		w.claimed(1, of(1))
	})
}
