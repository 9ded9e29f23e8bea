package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/templates"
)

// toldDesk keeps what was asked of the outbox.
type toldDesk struct {
	told []string
	err  error
}

func (d *toldDesk) Alarm(_ context.Context, text string) error {
	d.told = append(d.told, text)
	return d.err
}

func (d *toldDesk) Administrators(context.Context) ([]escalation.Contact, error) {
	return []escalation.Contact{{ID: 1, Phone: "+84570000904"}}, nil
}

func TestAnAlarmWithoutABoundAccountGoesThroughTheOutbox(t *testing.T) {
	desk := &toldDesk{}
	woken := 0
	a := &alarm{desk: desk, accounts: func() []*account { return nil }, posted: func() { woken++ }, log: slog.New(slog.DiscardHandler)}
	if err := a.Alarm(t.Context(), "bậc trễ"); err != nil {
		t.Fatal(err)
	}
	if len(desk.told) != 1 || woken != 1 {
		t.Errorf("told %q, gateway woken %d times", desk.told, woken)
	}
}

func TestAnAlarmThatNoRouteTookIsAnError(t *testing.T) {
	desk := &toldDesk{err: errors.New("the database is away")}
	a := &alarm{desk: desk, accounts: func() []*account { return nil }, posted: func() {}, log: slog.New(slog.DiscardHandler)}
	if err := a.Alarm(t.Context(), "bậc trễ"); !errors.Is(err, desk.err) {
		t.Errorf("got %v", err)
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
	desk := &toldDesk{}
	a := &alarm{
		desk: desk, accounts: func() []*account { return []*account{over} }, renderer: &renderer{catalogue: words, log: slog.New(slog.DiscardHandler)},
		host: "1022.example.vn", posted: func() {}, log: slog.New(slog.DiscardHandler),
	}
	if err := a.Alarm(t.Context(), "tin khẩn chưa gửi 5 phút"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got, err := server.Handset("0570000904").Wait(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Text, "tin khan chua gui 5 phut") || len(desk.told) != 0 {
		t.Errorf("the administrator read %q; the outbox was told %d times", got.Text, len(desk.told))
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
