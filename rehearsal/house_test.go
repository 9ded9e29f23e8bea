package rehearsal

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/templates"
)

// house is a whole service in one process, put together as serve does: SQLite,
// embedded Redis, a worker, a gateway, and an SMPP client bound to the simulator
// over TCP.
type house struct {
	*Service
	worker  *queue.Worker
	gateway *queue.Gateway
}

const officerNumber = "8022"

// newHouse opens a house on a simulated clock that stands at the opening, and
// closes it with the test.
func newHouse(t testing.TB) *house {
	t.Helper()
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(testLog(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	path := filepath.Join(t.TempDir(), "rehearsal.db")
	db, err := store.Open(ctx, "sqlite:"+path, store.Options{Simulated: true, Log: log})
	fatal(t, err)
	_, err = db.StartSimulation(ctx, Opening(), 0)
	fatal(t, err)
	fatal(t, LoadDirectory(ctx, db))
	is, err := db.Installation(ctx)
	fatal(t, err)

	redis, err := queue.OpenRedis("embedded")
	fatal(t, err)
	network := smsc.New(smsc.Config{Logger: log})
	addr, err := network.Listen("127.0.0.1:0")
	fatal(t, err)

	h := &house{}
	desk := escalation.NewDesk(db, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hai-phong", Numbering: Numbering(),
		Token: func() string { return strings.ToLower(rand.Text()[:10]) }, Salt: rand.Text,
		Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.haiphong.gov.vn", Support: "0225.1022",
	})
	h.Service = &Service{Desk: desk, Store: db, SMSC: network, Database: path, Officer: officerNumber, Calendar: worktime.HaiPhong(),
		Posted: func() { h.gateway.Wake() }}
	h.worker, err = queue.NewWorker(queue.WorkerConfig{
		Installation: is.ID, Desk: desk, Clock: db, Rungs: db, Outbox: db, Inbox: db, Periods: db, Redis: redis,
		Simulation: simulated{db}, Parallel: 1, Posted: func() { h.gateway.Wake() }, Log: log,
	})
	fatal(t, err)
	inbox := queue.NewReceiver(db, db, h.worker.Read, nil)
	client := smpp.NewClient(smpp.Config{Name: "rehearsal", Addr: addr.String(), SystemID: "rehearsal", Window: 50,
		Handler: &mailbox{inbox}, Logger: log})
	h.gateway, err = queue.NewGateway(queue.GatewayConfig{Owner: "rehearsal", Outbox: db, Renderer: typesetter{},
		Routes: []queue.Route{{Transmitter: &account{client}}}, Refused: h.worker.Refused, Log: log})
	fatal(t, err)
	open(t, h, client, redis)
	return h
}

func open(t testing.TB, h *house, client *smpp.Client, redis *queue.Redis) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- h.worker.Run(ctx) }()
	go func() { ended <- h.gateway.Run(ctx) }()
	client.Start()
	t.Cleanup(func() {
		cancel()
		err := errors.Join(<-ended, <-ended)
		limit, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		err = errors.Join(err, client.Close(limit), redis.Close(), h.Store.Close())
		h.SMSC.Close()
		if err != nil {
			t.Errorf("closing the house: %v", err)
		}
	})
	limit, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	fatal(t, client.WaitBound(limit))
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testLog is where the house complains to: nowhere, unless somebody asks.
func testLog() io.Writer {
	if os.Getenv("NOTIFY1022_TEST_LOG") != "" {
		return os.Stderr
	}
	return io.Discard
}

// simulated gives the store's clock to the worker.
type simulated struct{ *store.Store }

func (s simulated) Advance(ctx context.Context) (bool, error) { return s.AdvanceSimulation(ctx) }

// typesetter renders from the built-in catalogue.
type typesetter struct{}

func (typesetter) Render(_ context.Context, m *escalation.Outgoing) error {
	text, err := templates.Builtin().Render(templates.Key(m.Template), m.Vars, templates.Options{})
	if err != nil {
		return err
	}
	m.Text, m.TemplateVersion, m.Coding, m.Segments = text.Text, text.Version, text.Coding.String(), text.Segments
	return nil
}

// account submits one segment, all that the catalogue's texts take.
type account struct{ client *smpp.Client }

func (a *account) Name() string                                 { return "rehearsal" }
func (a *account) Free() int                                    { return a.client.Free() }
func (a *account) Bound() bool                                  { return a.client.Bound() }
func (a *account) Manner(*escalation.Outgoing) string           { return "rehearsal" }
func (a *account) Segments(m *escalation.Outgoing) (int, error) { return m.Segments, nil }

func (a *account) Submit(ctx context.Context, m *escalation.Outgoing, _ int, done func(escalation.SegmentOutcome)) error {
	parts, err := sms.Split(m.Text, sms.GSM7, sms.UDH8, m.Reference)
	if err != nil {
		return err
	}
	s := smpp.Submit{Source: smpp.Sender(officerNumber), Dest: smpp.International(strings.TrimPrefix(m.Phone, "+")),
		RegisteredDelivery: 1, UserMessageReference: m.Reference, ShortMessage: parts[0].ShortMessage()}
	return a.client.SubmitAsync(ctx, s, func(o smpp.Outcome) {
		out := escalation.SegmentOutcome{SMSC: "rehearsal", Status: uint32(o.Status), State: escalation.Unknown}
		switch {
		case o.Kind == smpp.Accepted:
			out.State, out.SMSCID = escalation.Accepted, smpp.MessageIDForms(o.MessageID)[0]
		case o.Temporary():
			out.State = escalation.Queued
			if o.Class() == smpp.ClassSlowdown {
				out.Refusal = escalation.RefusedPace
			}
		case o.Kind == smpp.Refused:
			out.State = escalation.Failed
		}
		done(out)
	})
}

// mailbox brings deliver_sm to the inbox.
type mailbox struct{ inbox *queue.Receiver }

func (m *mailbox) HandleDeliver(ctx context.Context, d smpp.Deliver) error {
	if d.IsReceipt() {
		got, _ := smpp.ParseReceipt(d)
		state := escalation.Failed
		if got.State == smpp.StateDelivered {
			state = escalation.Delivered
		}
		return m.inbox.HandleReceipt(ctx, escalation.ReceiptNote{SMSC: "rehearsal", SMSCID: smpp.MessageIDForms(got.MessageID)[0],
			State: state, Code: got.State.String(), At: time.Now(), Raw: d.Content()})
	}
	p := escalation.Part{SMSC: "rehearsal", From: d.Source.Addr, To: d.Dest.Addr, ESMClass: d.ESMClass, DataCoding: d.DataCoding, Raw: d.Content()}
	text := p.Raw
	if d.ESMClass&smpp.ESMClassUDHI != 0 {
		udh, rest, _ := sms.ParseUDH(p.Raw)
		text = rest
		if c, ok := udh.Concat(); ok {
			p.Ref, p.RefWidth, p.Seq, p.Total = int(c.Ref), int(c.RefWidth), int(c.Seq), int(c.Total)
		}
	}
	p.Text = sms.Decode(d.DataCoding, text)
	return m.inbox.HandlePart(ctx, p)
}
