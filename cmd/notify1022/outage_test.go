package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/queue/queuetest"
	"notify1022/smpp"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
)

// operators are the two SMSCs of docs/examples/hotline.yaml: one for everything, and
// a reserve for what is urgent.
type operators struct {
	*room
	t             *testing.T
	main, reserve *smsc.Server
	mainAddr      string
	db            *sql.DB
}

const (
	focalNumber  = "0570000001"
	deputyNumber = "0570000002"
	personNumber = "0570000101"
	adminNumber  = "0570000904"
)

// startOperators starts a service between two SMSCs, of which main is away. more are keys
// of main's account.
func startOperators(t *testing.T, dsn, more string) *operators {
	t.Helper()
	o := &operators{t: t, main: smsc.New(smsc.Config{}), reserve: smsc.New(smsc.Config{}), mainAddr: queuetest.FreeAddr(t), db: rawDatabase(t, dsn)}
	t.Cleanup(o.main.Close)
	t.Cleanup(o.reserve.Close)
	addr, err := o.reserve.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := mustWrite(t, t.TempDir(), "config.yaml", fmt.Sprintf(`
environment: simulation
listen: 127.0.0.1:0
public_url: https://1022.haiphong.gov.vn
database: %q
files: %q
smsc:
  - {name: main, addr: %q, system_id: hotline, password: secret, source: {officer: "8022", citizen: "1022HP"}%s}
  - {name: reserve, addr: %q, system_id: hotline, password: secret, rate: 10, lanes: [urgent], source: {officer: "8022", citizen: "1022HP"}}
test_prefixes: ["057"]
`, dsn, t.TempDir(), o.mainAddr, more, addr.String()))
	o.room, _, _ = startServe(t, "--config", config, "--sim-now", "2026-11-23T10:00:00+07:00", "--sim-speed", "1") // by day, whenever the test runs: a slip waits for no morning
	if err := o.Store.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}); err != nil {
		t.Fatal(err)
	}
	var contacts []escalation.Contact
	for role, phone := range map[escalation.Role]string{escalation.Focal: focalNumber, escalation.Deputy: deputyNumber, escalation.Head: "0570000003"} {
		contacts = append(contacts, escalation.Contact{Unit: "SXD", Role: role, Name: string(role), Phone: "+84" + phone[1:]})
	}
	if _, err := o.Store.SaveContacts(t.Context(), contacts...); err != nil {
		t.Fatal(err)
	}
	return o
}

// comes lets main listen.
func (o *operators) comes() {
	o.t.Helper()
	if _, err := o.main.Listen(o.mainAddr); err != nil {
		o.t.Fatal(err)
	}
}

// accept records a petition: a slip to the focal officer, a confirmation to the citizen.
func (o *operators) accept() escalation.Petition {
	o.t.Helper()
	p, err := o.Desk.Accept(o.t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng trước số nhà, rất tối", Field: "chiếu sáng",
		Units: []escalation.UnitRef{{Code: "SXD"}}, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: "+84" + personNumber[1:]}},
		escalation.Actor{Name: "op", Role: escalation.ShiftLead, Channel: escalation.ByConsole})
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// urgent sends an urgent text and waits until the reserve has brought it to its reader.
func (o *operators) urgent(n int) {
	o.t.Helper()
	_, err := o.Store.InsertMessages(o.t.Context(), []escalation.Notice{{Template: "QT", Class: escalation.ClassAlarm, Lane: escalation.LaneUrgent, Attempt: 1, Seq: n,
		To: escalation.Recipient{Phone: "+84" + adminNumber[1:]}, Vars: map[string]string{"noi_dung": "thu", "lp": "1022.haiphong.gov.vn"}}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.arrives(o.reserve, adminNumber, n)
}

// arrives waits for the nth text on a handset.
func (o *operators) arrives(at *smsc.Server, phone string, n int) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), patience)
	defer cancel()
	if _, err := at.Handset(phone).Wait(ctx, n-1); err != nil {
		page, _ := o.Store.Messages(o.t.Context(), store.MessageFilter{})
		for _, m := range page.Items {
			o.t.Logf("%s to %s: %s after %d claims, %s", m.Template, m.Phone, m.State, m.Attempts, m.Error)
		}
		o.t.Fatalf("text %d to %s did not come: %v", n, phone, err)
	}
}

// rawDatabase is the database itself.
func rawDatabase(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	driver, source := "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, source = "sqlite", path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// field failure 43
func TestAnOutageOfAnAccountCostsTheTextsOfItsLanesNothing(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		o := startOperators(t, dsn, "")
		o.accept()
		for n := range 3 {
			o.urgent(n + 1)
		}
		var claims, segments int
		err := o.db.QueryRow(`SELECT SUM(attempts), (SELECT COUNT(*) FROM segment s JOIN message m ON m.id = s.message_id WHERE m.lane <> 'urgent')
			FROM message WHERE lane <> 'urgent'`).Scan(&claims, &segments)
		if err != nil {
			t.Fatal(err)
		}
		if claims != 0 || segments != 0 {
			t.Errorf("of texts that no account carries now there are %d claims and %d rows of segments", claims, segments)
		}
		// The release before claimed them each five seconds of an outage.
		if _, err := o.db.Exec(`UPDATE message SET attempts = 40 WHERE lane <> 'urgent'`); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		events := o.main.Events(ctx)
		o.main.SetFaults(smsc.Faults{ErrorRate: 1}) // it is just starting
		o.comes()
		for refused := 0; refused < 2; {
			select {
			case e := <-events:
				if e.Kind == smsc.EventSubmit {
					refused++
				}
			case <-time.After(patience):
				t.Fatal("main was not asked")
			}
		}
		o.main.SetFaults(smsc.Faults{})
		o.arrives(o.main, focalNumber, 1)
		o.arrives(o.main, personNumber, 1)
		if n := len(o.main.Handset(deputyNumber).Inbox()); n != 0 {
			t.Errorf("the deputy got %d texts", n)
		}
	})
}

// field failure 43
func TestANumberThatTheTelecomBarsForGoodCostsSeconds(t *testing.T) {
	t.Parallel()
	o := startOperators(t, storetest.SQLite(t), `, errors: {"0x0401": permanent}`)
	o.main.Handset(focalNumber).Fail(smpp.Status(0x0401))
	o.comes()
	o.accept()
	o.arrives(o.main, personNumber, 1) // bound
	lag, begun := queuetest.Lag(t), time.Now()
	o.arrives(o.main, deputyNumber, 1)
	if took, own := time.Since(begun), lag(begun); took > 5*time.Second+own {
		t.Errorf("the deputy was told after %s, want 5 s at most (and %s of the machine's)", took, own)
	}
}
