package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/store/storetest"
)

// taker is a receiver that tells of each event, and answers when it is released.
type taker struct {
	heard   chan string // the event's id
	release chan struct{}
}

func startTaker(t *testing.T, db *store.Store, events int) *taker {
	t.Helper()
	r := &taker{make(chan string, 2*events), make(chan struct{})}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	_, err := db.By(escalation.Ladder()).AddWebhook(t.Context(), store.Webhook{URL: server.URL, Secret: "s", Events: []string{store.EventPetition}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *taker) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	_, rest, _ := strings.Cut(string(body), `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	r.heard <- id
	<-r.release
}

func (r *taker) next(ctx context.Context, t *testing.T) string {
	t.Helper()
	select {
	case id := <-r.heard:
		return id
	case <-ctx.Done():
		t.Fatalf("no further event: %v", ctx.Err())
		return ""
	}
}

func TestAReceiverThatHangsKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	const events = 50
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		db, err := store.Open(t.Context(), dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		hangs, works := startTaker(t, db, events), startTaker(t, db, events)
		t.Cleanup(func() { close(hangs.release) }) // before its server waits for it
		close(works.release)
		var want []string
		for n := range events {
			want = append(want, fmt.Sprintf("petition.status/%s/1", addPetition(t, db, n)))
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- queue.NewCourier(hookShelf{db}, slog.New(slog.DiscardHandler)).Run(ctx) }()
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		whole, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if id := hangs.next(whole, t); id != want[0] {
			t.Errorf("the one that hangs is told of %s first", id)
		}
		for _, id := range want {
			if got := works.next(whole, t); got != id {
				t.Fatalf("told of %s, want %s", got, id)
			}
		}
	})
}

// addPetition takes in a petition and returns its code.
func addPetition(t *testing.T, db *store.Store, n int) (code string) {
	t.Helper()
	err := db.Tx(t.Context(), func(tx escalation.Tx) error {
		id, made, err := tx.NextCode(t.Context(), tx.Now())
		if err != nil {
			return err
		}
		code = made
		p := escalation.Petition{ID: id, Code: code, Token: fmt.Sprint("token-", n), Version: 1, Status: escalation.Forwarded, Content: "Đèn đường hỏng"}
		return tx.Save(t.Context(), []escalation.Change{{Petition: p}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}
