package store_test

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// Stories of docs/field-failures.md in which several act at once.

// another is a second process on the same database: its own pool and caches.
func (w *world) another() *world {
	w.t.Helper()
	return &world{Store: mustOpen(w.t, w.dsn, store.Options{Domain: w.now, Machine: w.machineNow}), t: w.t, dsn: w.dsn}
}

// deskOver is a desk over something that stands before the store.
func (w *world) deskOver(ledger escalation.Ledger) *escalation.Desk {
	token := func() string { return rand.Text()[:10] }
	return escalation.NewDesk(ledger, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hp", Numbering: escalation.Numbering{TestPrefixes: []string{"057"}},
		Token: token, Salt: token, Redact: func(s string, _ ...string) string { return s }, Host: "1022.example.vn", Support: "0225.1022",
	})
}

// count counts the petition's messages of a template.
func count(messages []store.MessageView, template string) int {
	return len(slices.DeleteFunc(slices.Clone(messages), func(m store.MessageView) bool { return m.Template != template }))
}

// field failure 4
func TestAHundredDeliveriesOfOneDueTimeTellEachOfThreeOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.later(24 * time.Hour) // Tuesday 08:00: eight working hours
		var mu sync.Mutex
		fired := 0
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				n, _, err := desk.FireDue(context.Background(), 10)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				fired += n
			})
		}
		wg.Wait()
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		for template, want := range map[string]int{"H1": 1, "O7": 1, "C6": 1} {
			if got := count(found.Messages, template); got != want {
				t.Errorf("%d messages %s", got, template)
			}
		}
		if found.Status != escalation.Escalated || fired != 4 { // the head, and three reminders of before that are dropped
			t.Errorf("%d rungs were taken, the petition is %s", fired, found.Status)
		}
	})
}

// stalled is a worker that stops for a while with petitions in its hands, as a
// process in a long collection or on a slow machine does.
type stalled struct {
	*store.Store
	others <-chan struct{} // closed when nobody else has anything to do
}

// Tx is the store's, with the pause in it.
func (s stalled) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	return s.Store.Tx(ctx, func(tx escalation.Tx) error { return fn(stalledTx{tx, s.others}) })
}

type stalledTx struct {
	escalation.Tx
	others <-chan struct{}
}

// Due hands out what is due after the pause. SQLite's others wait for its one
// writer, so the pause ends by itself.
func (tx stalledTx) Due(ctx context.Context, now time.Time, limit int, past escalation.DuePetition, except []int64) ([]escalation.DuePetition, error) {
	due, err := tx.Tx.Due(ctx, now, limit, past, except)
	if len(due) > 0 {
		select {
		case <-tx.others:
		case <-time.After(300 * time.Millisecond):
		}
	}
	return due, err
}

// field failure 40
func TestThreeWorkersOnOneDatabaseFireAndClaimEverythingOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		petitions := *races
		desk := w.desk()
		var codes []string
		for range petitions {
			codes = append(codes, w.accept(t.Context(), desk).Code)
		}
		w.later(24 * time.Hour) // Tuesday 08:00: eight working hours
		var mu sync.Mutex
		claimed := map[int64]int{}
		idle := make(chan struct{})
		var all, healthy sync.WaitGroup
		for i := range 3 {
			node := w.another()
			var ledger escalation.Ledger = node.Store
			if i == 0 {
				ledger = stalled{node.Store, idle}
			} else {
				healthy.Add(1)
			}
			all.Go(func() {
				if i != 0 {
					defer healthy.Done()
				}
				workAlong(t, node, w.deskOver(ledger), func(ids []int64) {
					mu.Lock()
					defer mu.Unlock()
					for _, id := range ids {
						claimed[id]++
					}
				})
			})
		}
		healthy.Wait()
		close(idle)
		all.Wait()
		w.firedOnce(codes)
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("message %d was claimed %d times", id, n)
			}
		}
		page, err := w.Messages(t.Context(), store.MessageFilter{Limit: 500})
		w.must(err)
		for _, m := range page.Items {
			if m.State == escalation.Queued {
				t.Errorf("message %d (%s) was claimed by nobody", m.ID, m.Template)
			}
		}
	})
}

// workAlong fires and claims until there is nothing left that the node can have.
func workAlong(t *testing.T, node *world, desk *escalation.Desk, claimed func(ids []int64)) {
	for range 500 {
		fired, _, err := desk.FireDue(context.Background(), 5)
		if err != nil {
			t.Error(err)
			return
		}
		rows, err := node.Claim(context.Background(), fmt.Sprintf("%p", node), 7, time.Minute, render)
		if err != nil {
			t.Error(err)
			return
		}
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		claimed(ids)
		if fired == 0 && len(rows) == 0 {
			return
		}
	}
	t.Error("the work does not come to an end")
}

// firedOnce checks that each petition's head rung told each recipient once.
func (w *world) firedOnce(codes []string) {
	w.t.Helper()
	for _, code := range codes {
		found, err := w.PetitionByCode(w.t.Context(), code)
		w.must(err)
		rungs := 0
		for _, e := range found.Timeline {
			if e.Action == "rung:head" {
				rungs++
			}
		}
		if h1, o7, c6 := count(found.Messages, "H1"), count(found.Messages, "O7"), count(found.Messages, "C6"); rungs != 1 || h1 != 1 || o7 != 1 || c6 != 1 {
			w.t.Errorf("%s: fired %d times, %d H1, %d O7, %d C6", code, rungs, h1, o7, c6)
		}
	}
}

// races is how many petitions end while their ladder fires; ten thousand by
// command: go test ./store -run RacesWith -races 10000.
var races = flag.Int("races", 100, "petitions that end while their ladder fires")

// field failure 31
func TestNothingFiresBehindTheWithdrawalItRacesWith(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		petitions := *races
		desk := w.desk()
		var codes []string
		for range petitions {
			codes = append(codes, w.accept(t.Context(), desk).Code)
		}
		w.later(24 * time.Hour) // Tuesday 08:00: eight working hours
		citizen := escalation.Actor{Name: "người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for range 4 * petitions {
					if _, _, err := desk.FireDue(context.Background(), 1); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range 2 {
			wg.Go(func() {
				for j := i; j < petitions; j += 2 {
					code := codes[petitions-1-j] // the ladder comes from the other end
					if _, err := desk.Do(context.Background(), code, &escalation.Withdraw{Reason: "đã tự sửa"}, citizen, 0); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		before := 0
		for _, code := range codes {
			found, err := w.PetitionByCode(t.Context(), code)
			w.must(err)
			if w.silentSince(found, "withdraw") {
				before++
			}
		}
		t.Logf("%s: the ladder was first %d times of %d", w.Backend(), before, petitions)
	})
}

// silentSince checks that nothing happened to the petition after the action that
// ended it; it reports whether the ladder had come before.
func (w *world) silentSince(found store.Case, action string) (laddered bool) {
	w.t.Helper()
	ended := false
	for _, e := range found.Timeline {
		rung := strings.HasPrefix(e.Action, "rung:")
		if rung && ended {
			w.t.Errorf("%s: %s after %s", found.Code, e.Action, action)
		}
		laddered, ended = laddered || rung && e.Action != "rung:slip", ended || e.Action == action
	}
	if !ended {
		w.t.Errorf("%s has not ended", found.Code)
	}
	for _, m := range found.Messages {
		switch m.Class {
		case escalation.ClassSlip, escalation.ClassReminder, escalation.ClassEscalation:
			if m.State == escalation.Queued {
				w.t.Errorf("%s has ended and %s is queued", found.Code, m.Template)
			}
		}
	}
	return laddered
}

// field failure 44
func TestAReplyDeliveredManyTimesAtOnceActsOnceAndIsAnsweredOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		words := "NHAN " + w.codeOf(w.texts(p.Code, "O1")[0].ID)
		w.later(10 * time.Minute)
		const copies = 12
		var wg sync.WaitGroup
		for range copies {
			wg.Go(func() {
				if err := w.Receive(context.Background(), w.single("84570000001", words)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		page, err := w.Inbounds(t.Context(), store.InboundFilter{Limit: 100})
		w.must(err)
		if len(page.Items) != copies {
			t.Fatalf("%d texts are stored", len(page.Items))
		}
		for _, in := range page.Items {
			for range 2 { // and each is applied twice
				wg.Go(func() {
					if err := desk.Reply(context.Background(), in.ID); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		acknowledged := 0
		for _, e := range found.Timeline {
			if e.Action == string(escalation.VerbAcknowledge) {
				acknowledged++
			}
		}
		answers, err := w.Messages(t.Context(), store.MessageFilter{Limit: 500})
		w.must(err)
		if a1, a7 := count(answers.Items, "A1"), count(answers.Items, "A7"); acknowledged != 1 || a1 != 1 || a7 != 0 {
			t.Errorf("acknowledged %d times, answered %d times, %d times as a repetition", acknowledged, a1, a7)
		}
	})
}

// A receipt and the answer to its submit come at the same moment: each transaction may
// miss the other's row. No sweep is needed to bring them together.
func TestReceiptsThatCrossTheirAnswersAreMetAtOnce(t *testing.T) {
	const messages = 200
	each(t, func(t *testing.T, w *world) {
		for n := range messages {
			w.post(w.notice(w.add(nil), "O1"))
			m := w.claim(1)[0]
			id := fmt.Sprint("x", n)
			var both sync.WaitGroup
			both.Go(func() {
				if err := w.Settle(context.Background(), []escalation.SegmentOutcome{
					{Message: m.ID, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "vnpt", SMSCID: id},
					{Message: m.ID, Segment: 2, Segments: 2, State: escalation.Accepted, SMSC: "vnpt", SMSCID: id + "b"}}); err != nil {
					t.Error(err)
				}
			})
			for _, part := range []string{id, id + "b"} {
				both.Go(func() {
					if err := w.Receipt(context.Background(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: part, State: escalation.Delivered, Code: "DELIVRD"}); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			if got := w.message(m.ID); got.State != escalation.Delivered {
				t.Fatalf("message %d of %d is %s", n+1, messages, got.State)
			}
		}
	})
}
