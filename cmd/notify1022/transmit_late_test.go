package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
)

// slowLine is a gateway over one account whose SMSC answers late, on a clock that runs
// when everybody waits.
type slowLine struct {
	t      *testing.T
	db     *store.Store
	raw    *sql.DB
	server *smsc.Server
}

// withSlowLine runs f beside a gateway with the timers of production.
func withSlowLine(t *testing.T, dsn string, latency time.Duration, f func(l *slowLine)) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := smsc.New(smsc.Config{Faults: smsc.Faults{Latency: smsc.Duration(latency)}})
	defer server.Close()
	over := testAccount(nil)
	over.pacer = queue.NewPacer(nil, "late", "simulator", 0)
	link, err := over.link(queue.NewReceiver(db, db, func() {}, queue.NewMetrics()), func(string) {}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	link.Dial = func(context.Context) (net.Conn, error) {
		ours, theirs := net.Pipe()
		server.Serve(theirs)
		return ours, nil
	}
	over.client = smpp.NewClient(link)
	gateway, err := queue.NewGateway(queue.GatewayConfig{Owner: "late", Outbox: db, Renderer: asItIs{}, Routes: []queue.Route{{Transmitter: over}}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { over.client.Run(ctx) })
	running.Go(func() { gateway.Run(ctx) })
	f(&slowLine{t: t, db: db, raw: rawDatabase(t, dsn), server: server})
	stop()
	running.Wait()
}

// asItIs sends a text as its variables have it.
type asItIs struct{}

func (asItIs) Render(_ context.Context, m *escalation.Outgoing) error {
	m.Text, m.Coding = m.Vars["noi_dung"], "gsm7"
	return nil
}

// send queues a text.
func (l *slowLine) send(phone, text string) (id int64) {
	l.t.Helper()
	ids, err := l.db.InsertMessages(l.t.Context(), []escalation.Notice{{Template: "T1", Class: escalation.ClassSlip, Lane: escalation.LaneSlip, Attempt: 1,
		To: escalation.Recipient{Phone: phone}, Vars: map[string]string{"noi_dung": text}}})
	if err != nil {
		l.t.Fatal(err)
	}
	return ids[0]
}

// pass lets time go by; what lost its answer is sent again after a minute.
func (l *slowLine) pass(d time.Duration) {
	l.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(min(d, 5*time.Second)) {
		if _, err := l.db.Lapse(l.t.Context(), time.Minute); err != nil {
			l.t.Fatal(err)
		}
	}
}

// ids are the SMSC's of a text, in the order of attempts and segments.
func (l *slowLine) ids(message int64) (ids []string) {
	l.t.Helper()
	rows, err := l.raw.Query(`SELECT smsc_id FROM segment WHERE message_id = ? ORDER BY attempt, segment`, message)
	if err != nil {
		l.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			l.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestATextOfTwoSegmentsWhoseAnswersAreLateStopsWithTheFirst(t *testing.T) {
	const phone = "0570000001"
	for _, test := range []struct {
		latency  time.Duration
		attempts int // the second goes after a minute and ten seconds
	}{{11 * time.Second, 1}, {90 * time.Second, 2}} {
		dsn := storetest.SQLite(t)
		synctest.Test(t, func(t *testing.T) {
			withSlowLine(t, dsn, test.latency, func(l *slowLine) {
				l.pass(time.Second / 4) // the session looks at its timers on the second
				id := l.send("+84"+phone[1:], strings.Repeat("phieu chuyen ", 20))
				l.pass(10 * time.Minute)
				page, err := l.db.Messages(t.Context(), store.MessageFilter{IDs: []int64{id}})
				if err != nil || len(page.Items) != 1 {
					t.Fatalf("%+v, %v", page.Items, err)
				}
				m := page.Items[0]
				if m.Segments != 2 || m.Attempts != test.attempts || m.PossibleDuplicate != (test.attempts > 1) || m.State != escalation.Delivered {
					t.Errorf("%s: %d segments, %d attempts, %s, %s", test.latency, m.Segments, m.Attempts, m.State, m.Error)
				}
				if n := len(l.server.Handset(phone).Inbox()); n != test.attempts {
					t.Errorf("%s: %d copies are on the handset", test.latency, n)
				}
				// The SMSC counts as they come: each attempt has the answers to its own.
				if ids := l.ids(id); len(ids) != 2*test.attempts || ids[0] == "" || !slices.IsSorted(ids) {
					t.Errorf("%s: the SMSC's ids are %q", test.latency, ids)
				}
			})
		})
	}
}
