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
	t.Parallel()
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

// boundTo is an account that is bound to an SMSC of its own.
func boundTo(t *testing.T, c smsc.Config) (*account, *smsc.Server) {
	t.Helper()
	server := smsc.New(c)
	t.Cleanup(server.Close)
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := testAccount(func(c *SMSC) { c.Addr = addr.String() })
	over.how = sms.UDH8
	over.client = smpp.NewClient(smpp.Config{Addr: addr.String(), SystemID: "a"})
	over.client.Start()
	t.Cleanup(func() { over.client.Close(context.Background()) })
	if err := over.client.WaitBound(t.Context()); err != nil {
		t.Fatal(err)
	}
	return over, server
}

// wordedAlarm is an alarm over accounts that makes its texts of the built-in wording.
func wordedAlarm(desk *toldDesk, accounts ...*account) *alarm {
	words := &catalogue{}
	words.current.Store(templates.Builtin())
	a := alarmOf(desk, nil, accounts...)
	a.renderer, a.host = &renderer{catalogue: words, log: slog.New(slog.DiscardHandler)}, "1022.haiphong.gov.vn"
	return a
}

// lastText is the latest text on a handset.
func lastText(t *testing.T, h *smsc.Handset) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := h.Wait(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	return got.Text
}

func TestAnAlarmGoesPastTheOutboxByABoundAccount(t *testing.T) {
	over, server := boundTo(t, smsc.Config{})
	desk := &toldDesk{people: oneAdministrator()}
	a := wordedAlarm(desk, over)
	a.learn(t.Context())
	desk.people, desk.away = nil, errors.New("the database is away") // who is told is known
	if err := a.Alarm(t.Context(), "kind", "không kiểm tra được cơ sở dữ liệu"); err != nil {
		t.Fatal(err)
	}
	if text := lastText(t, server.Handset("0570000904")); !strings.Contains(text, "khong kiem tra duoc co so du lieu") || len(desk.told) != 0 {
		t.Errorf("the administrator read %q; the outbox was told %d times", text, len(desk.told))
	}
}

// What to do stands at the end of the longest alarm.
func TestAnAlarmArrivesWhole(t *testing.T) {
	over, server := boundTo(t, smsc.Config{})
	desk := &toldDesk{people: oneAdministrator()}
	text := queue.Audit{ClockStep: 26 * time.Hour, OldestUrgent: time.Hour}.Text()
	if err := wordedAlarm(desk, over).Alarm(t.Context(), "clock", text); err != nil {
		t.Fatal(err)
	}
	want := "1022 HP canh bao he thong: " + sms.Unaccent(text) + ". 1022.haiphong.gov.vn/console"
	if got := lastText(t, server.Handset("0570000904")); got != want || !strings.Contains(got, "notify1022 clock accept") || len(desk.told) != 0 {
		t.Errorf("the administrator read %q, want %q; the outbox was told %d times", got, want, len(desk.told))
	}
}

// An account that takes one segment alone gets one: the gravest is named first.
func TestAnAlarmKeepsToWhatAnAccountTakes(t *testing.T) {
	cfg := Config{SMSC: []SMSC{{Bind: "transceiver", MaxSegments: 4}, {Bind: "transceiver", MaxSegments: 1}}}
	words := &catalogue{}
	words.current.Store(templates.Builtin())
	for most, want := range map[int]int{0: 2, 4: 2, cfg.segments(): 1} {
		m := &escalation.Outgoing{Template: "QT", Vars: map[string]string{"noi_dung": strings.Repeat("đồng hồ ", 20), "lp": "1022.haiphong.gov.vn/console"}}
		r := &renderer{catalogue: words, log: slog.New(slog.DiscardHandler), most: most}
		if err := r.Render(t.Context(), m); err != nil || m.Segments != want {
			t.Errorf("at most %d: %d segments, %v", most, m.Segments, err)
		}
	}
}

func TestAnAlarmReachesEveryAdministrator(t *testing.T) {
	for _, c := range []struct {
		name    string
		refuses []string // by the fallback
		next    bool     // there is another account
		want    []string // who reads it
		outbox  int
	}{
		{"both", nil, false, []string{"0570000904", "0570000905"}, 0},
		{"the first is refused", []string{"0570000904"}, false, []string{"0570000905"}, 0},
		{"the second is refused", []string{"0570000905"}, false, []string{"0570000904"}, 0},
		{"the first is refused and goes by the next account", []string{"0570000904"}, true, []string{"0570000904", "0570000905"}, 0},
		{"both are refused", []string{"0570000904", "0570000905"}, false, nil, 1},
	} {
		over, fallback := boundTo(t, smsc.Config{})
		next, main := boundTo(t, smsc.Config{})
		for _, number := range c.refuses {
			fallback.Handset(number).Fail(smpp.StatusInvalidDestination)
		}
		accounts := []*account{over}
		if c.next {
			accounts = append(accounts, next)
		}
		desk := &toldDesk{people: []escalation.Contact{{ID: 1, Phone: "+84570000904"}, {ID: 2}, {ID: 3, Phone: "+84570000905"}}}
		if err := wordedAlarm(desk, accounts...).Alarm(t.Context(), "late", "bước trễ"); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var got []string
		for _, number := range []string{"0570000904", "0570000905"} {
			if n := len(fallback.Handset(number).Inbox()) + len(main.Handset(number).Inbox()); n == 1 {
				got = append(got, number)
			} else if n > 1 {
				t.Errorf("%s: %s reads it %d times", c.name, number, n)
			}
		}
		if !slices.Equal(got, c.want) || len(desk.told) != c.outbox {
			t.Errorf("%s: it is read by %v, want %v; the outbox was told %d times", c.name, got, c.want, len(desk.told))
		}
	}
}

// The fallback takes the text and never answers.
func TestAnAccountThatDoesNotAnswerKeepsNoAlarmFromTheNext(t *testing.T) {
	t.Parallel()
	silent, _ := boundTo(t, smsc.Config{Faults: smsc.Faults{SilentEvery: 1}})
	next, main := boundTo(t, smsc.Config{})
	desk := &toldDesk{people: oneAdministrator()}
	if err := wordedAlarm(desk, silent, next).Alarm(t.Context(), "late", "bước trễ"); err != nil || len(desk.told) != 0 {
		t.Errorf("%v; the outbox was told %d times", err, len(desk.told))
	}
	if text := lastText(t, main.Handset("0570000904")); !strings.Contains(text, "buoc tre") {
		t.Errorf("the administrator read %q", text)
	}
}

// A worker has no account of its own: it binds for the alarm, and to the next account where
// the fallback is away.
func TestAnAlarmOfAProcessWithoutAGatewayGoesPastTheOutbox(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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

// The account that carries everything is away, the one for urgent texts is not (hotline.yaml).
func TestAnAccountThatIsAwayIsToldOfByTheOther(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("+07", 7*3600)) // Monday
		clock := func() time.Time { return now }
		db, err := store.Open(t.Context(), dsn, store.Options{Domain: clock, Machine: clock})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}); err != nil {
			t.Fatal(err)
		}
		ids, err := db.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đầu mối", Phone: "+84570000001"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.InsertMessages(t.Context(), []escalation.Notice{{Template: "O1", Vars: map[string]string{}, Attempt: 1, Lane: escalation.LaneSlip, Class: escalation.ClassSlip,
			At: now, To: escalation.Recipient{Contact: ids[0], Role: escalation.Focal, Unit: "SXD"}}}); err != nil {
			t.Fatal(err)
		}
		redis, err := queue.OpenRedis("embedded")
		if err != nil {
			t.Fatal(err)
		}
		defer redis.Close()
		var said []string
		for range 12 {
			if _, err := db.Beat(t.Context(), "gateway", []store.Bind{{SMSC: "main"}, {SMSC: "reserve", Bound: 1}}); err != nil {
				t.Fatal(err)
			}
			found, err := auditor{db: db, redis: redis, installation: "x"}.Audit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, found.Text())
			now = now.Add(time.Minute)
		}
		last := "tài khoản main mất kết nối nhà mạng 11 phút: xem nhật ký gateway, gọi nhà mạng; tin cho đơn vị chưa gửi 11 phút: xem kết nối SMSC, gọi nhà mạng"
		if said[4] != "" || said[5] != "tài khoản main mất kết nối nhà mạng 5 phút: xem nhật ký gateway, gọi nhà mạng" || said[11] != last {
			t.Fatalf("minute by minute the auditor says %q", said)
		}
		reserve, server := boundTo(t, smsc.Config{})
		away := testAccount(func(c *SMSC) { c.Name = "main" })
		away.client = smpp.NewClient(smpp.Config{Addr: "127.0.0.1:1", SystemID: "a"}) // not started, so not bound
		desk := &toldDesk{people: oneAdministrator()}
		if err := wordedAlarm(desk, reserve, away).Alarm(t.Context(), "unbound/main", said[11]); err != nil || len(desk.told) != 0 {
			t.Errorf("%v; the outbox was told %d times", err, len(desk.told))
		}
		if text := lastText(t, server.Handset("0570000904")); !strings.Contains(text, "tai khoan main mat ket noi nha mang 11 phut") {
			t.Errorf("the administrator read %q", text)
		}
	})
}
