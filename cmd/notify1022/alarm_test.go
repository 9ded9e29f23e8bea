package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
)

// toldDesk keeps what was asked of the outbox.
type toldDesk struct {
	told   []string
	err    error
	people []escalation.Contact
	away   error // of who is to be told
}

func (d *toldDesk) Alarm(_ context.Context, _, text string) error {
	d.told = append(d.told, text)
	return d.err
}

func (d *toldDesk) Administrators(context.Context) ([]escalation.Contact, error) {
	return d.people, d.away
}

// oneAdministrator is who is told.
func oneAdministrator() []escalation.Contact {
	return []escalation.Contact{{ID: 1, Phone: "+84570000904"}}
}

// alarmOf is an alarm over accounts, with an outbox that moves unless stuck.
func alarmOf(desk *toldDesk, stuck error, accounts ...*account) *alarm {
	return &alarm{
		desk: desk, routes: func(context.Context) iter.Seq[*account] { return slices.Values(accounts) }, moves: func(context.Context) error { return stuck },
		posted: func() {}, log: slog.New(slog.DiscardHandler),
	}
}

func TestAnAlarmWithoutABoundAccountGoesThroughTheOutbox(t *testing.T) {
	desk := &toldDesk{people: oneAdministrator()}
	a, woken := alarmOf(desk, nil), 0
	a.posted = func() { woken++ }
	for range 2 { // said again later, it is posted again
		if err := a.Alarm(t.Context(), "kind", "bậc trễ"); err != nil {
			t.Fatal(err)
		}
	}
	if len(desk.told) != 2 || woken != 2 {
		t.Errorf("told %q, gateway woken %d times", desk.told, woken)
	}
}

// Two workers audit each minute, and the figures in the text grow.
func TestAlarmsDoNotPileUpInAnOutboxThatNobodyEmpties(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("+07", 7*3600)) // Monday
		db, err := store.Open(t.Context(), dsn, store.Options{Domain: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.SaveContacts(t.Context(), escalation.Contact{Role: escalation.Administrator, Name: "Quản trị", Phone: "+84570000904"}); err != nil {
			t.Fatal(err)
		}
		desk := escalation.NewDesk(db, escalation.Setting{Host: "1022.example.vn"})
		stuck := errors.New("no gateway lives")
		workers := []*alarm{alarmOf(nil, stuck), alarmOf(nil, stuck)}
		for minute := range 130 {
			for _, a := range workers {
				a.desk = desk
				if err := a.Alarm(t.Context(), "urgent", fmt.Sprintf("tin khẩn chưa gửi %d phút", minute)); !errors.Is(err, stuck) {
					t.Fatalf("it counts as told: %v", err)
				}
			}
			now = now.Add(time.Minute)
		}
		list, err := db.Messages(t.Context(), store.MessageFilter{Template: "QT"})
		if err != nil || len(list.Items) != 3 {
			t.Fatalf("%d alarms of three hours lie there, %v", len(list.Items), err)
		}
		if _, err := db.Lapse(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		waiting, err := db.Messages(t.Context(), store.MessageFilter{Template: "QT", State: escalation.Queued})
		if err != nil || len(waiting.Items) != 1 {
			t.Errorf("%d of them are still of use, %v", len(waiting.Items), err)
		}
	})
}

func TestAnAlarmThatNoRouteTookIsAnError(t *testing.T) {
	desk := &toldDesk{people: oneAdministrator(), err: errors.New("the database is away")}
	if err := alarmOf(desk, nil).Alarm(t.Context(), "kind", "bậc trễ"); !errors.Is(err, desk.err) {
		t.Errorf("got %v", err)
	}
	desk = &toldDesk{}
	if err := alarmOf(desk, nil).Alarm(t.Context(), "kind", "bậc trễ"); !errors.Is(err, errNobodyToTell) || len(desk.told) != 0 {
		t.Errorf("without an administrator: %v", err)
	}
}

func TestAnAlarmGoesPastTheOutboxByABoundAccount(t *testing.T) {
	server := smsc.New(smsc.Config{})
	defer server.Close()
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := testAccount(func(c *SMSC) { c.Addr = addr.String() })
	over.how = sms.UDH8
	over.client = smpp.NewClient(smpp.Config{Addr: addr.String(), SystemID: "a"})
	over.client.Start()
	defer over.client.Close(t.Context())
	if err := over.client.WaitBound(t.Context()); err != nil {
		t.Fatal(err)
	}
	words := &catalogue{}
	words.current.Store(templates.Builtin())
	desk := &toldDesk{people: oneAdministrator()}
	a := alarmOf(desk, nil, over)
	a.renderer, a.host = &renderer{catalogue: words, log: slog.New(slog.DiscardHandler)}, "1022.example.vn"
	a.learn(t.Context())
	desk.people, desk.away = nil, errors.New("the database is away") // who is told is known
	if err := a.Alarm(t.Context(), "kind", "không kiểm tra được cơ sở dữ liệu"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got, err := server.Handset("0570000904").Wait(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Text, "khong kiem tra duoc co so du lieu") || len(desk.told) != 0 {
		t.Errorf("the administrator read %q; the outbox was told %d times", got.Text, len(desk.told))
	}
}

// A worker has no account of its own: it binds for the alarm, and to the next account where
// the fallback is away.
func TestAnAlarmOfAProcessWithoutAGatewayGoesPastTheOutbox(t *testing.T) {
	main, reserve := smsc.New(smsc.Config{}), smsc.New(smsc.Config{})
	var entries []SMSC
	for i, server := range []*smsc.Server{main, reserve} {
		t.Cleanup(server.Close)
		addr, err := server.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		entry := simulatorEntry(addr.String())
		entry.Name = []string{"main", "reserve"}[i]
		entries = append(entries, entry)
	}
	redis, err := queue.OpenRedis("embedded")
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	db, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := slog.New(slog.DiscardHandler)
	s := &service{cfg: Config{Environment: simulation, SMSC: entries, TestPrefixes: []string{"057"}}, order: order{roles: []string{roleWorker}},
		redis: redis, db: db, metrics: queue.NewMetrics(), log: log}
	words := &catalogue{}
	words.current.Store(templates.Builtin())
	desk := &toldDesk{people: oneAdministrator()}
	a := alarmOf(desk, nil)
	a.routes, a.renderer = s.bindAside, &renderer{catalogue: words, log: log}
	for _, server := range []*smsc.Server{reserve, main} {
		if err := a.Alarm(t.Context(), "kind", "bậc trễ"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if _, err := server.Handset("0570000904").Wait(ctx, 0); err != nil {
			t.Fatal(err)
		}
		reserve.Close()
	}
	if len(desk.told) != 0 {
		t.Errorf("the outbox was told %d times", len(desk.told))
	}
}

func TestRefusedCredentialsReachAnAdministratorByAnotherAccount(t *testing.T) {
	server := smsc.New(smsc.Config{Accounts: map[string]string{"good": "secret"}})
	t.Cleanup(server.Close)
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := mustWrite(t, dir, "config.yaml", fmt.Sprintf(`
environment: simulation
listen: 127.0.0.1:0
database: sqlite:%[1]s/notify1022.db
smsc:
  - {name: first, addr: "%[2]s", system_id: bad, password: secret, source: {officer: "8022", citizen: "1022HP"}}
  - {name: second, addr: "%[2]s", system_id: good, password: secret, source: {officer: "8022", citizen: "1022HP"}}
test_prefixes: ["057"]
`, dir, addr))
	db, err := store.Open(t.Context(), "sqlite:"+dir+"/notify1022.db", store.Options{Environment: simulation, Simulated: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.StartSimulation(t.Context(), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC), 1); err != nil { // Monday
		t.Fatal(err)
	}
	if _, err := db.SaveContacts(t.Context(), escalation.Contact{Role: escalation.Administrator, Name: "Quản trị 1022", Phone: "+84570000904"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	startServe(t, "--config", config, "--sim-now", "2026-11-23T09:00:00+07:00", "--sim-speed", "1")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := server.Handset("0570000904").Wait(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Text, "SMSC first tu choi tai khoan") {
		t.Errorf("the administrator read %q", got.Text)
	}
}
