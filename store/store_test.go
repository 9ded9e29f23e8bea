package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/store/storetest"
)

// world is a store with clocks moved by hand and a small directory.
type world struct {
	*store.Store
	t   *testing.T
	dsn string

	mu              sync.Mutex
	domain, machine time.Time

	focal, head, office int64 // contacts
}

const (
	focalPhone   = "+84570000001"
	headPhone    = "+84570000002"
	officePhone  = "+84570000003"
	citizenPhone = "+84570000101"
)

// monday is Monday 16 November 2026, 08:00 in Hải Phòng.
var monday = time.Date(2026, 11, 16, 8, 0, 0, 0, time.FixedZone("+07", 7*3600))

// each runs a test on SQLite and on PostgreSQL.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		t.Helper()
		fn(t, newWorld(t, dsn, store.Options{}))
	})
}

func newWorld(t *testing.T, dsn string, options store.Options) *world {
	t.Helper()
	w := &world{t: t, dsn: dsn, domain: monday, machine: monday}
	options.Machine = w.machineNow
	if !options.Simulated {
		options.Domain = w.now
	}
	w.Store = mustOpen(t, dsn, options)
	w.must(w.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department},
		escalation.Unit{Code: "UBND", Name: "Văn phòng UBND thành phố", SMSName: "VP UBND", Kind: escalation.OfficeKind}))
	ids, err := w.SaveContacts(t.Context(),
		escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đầu mối", Phone: focalPhone, Email: "focal@example.vn"},
		escalation.Contact{Unit: "SXD", Role: escalation.Head, Name: "Thủ trưởng", Phone: headPhone},
		escalation.Contact{Unit: "UBND", Role: escalation.Office, Name: "Văn phòng", Phone: officePhone})
	w.must(err)
	w.focal, w.head, w.office = ids[0], ids[1], ids[2]
	return w
}

func mustOpen(t *testing.T, dsn string, options store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, options)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return s
}

func (w *world) now() time.Time        { w.mu.Lock(); defer w.mu.Unlock(); return w.domain }
func (w *world) machineNow() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.machine }

// later moves both clocks.
func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.domain, w.machine = w.domain.Add(d), w.machine.Add(d)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) tx(fn func(tx escalation.Tx) error) {
	w.t.Helper()
	w.must(w.Tx(w.t.Context(), fn))
}

// add saves a new petition that build completes, and returns it.
func (w *world) add(build func(p *escalation.Petition, fx *escalation.Effects)) escalation.Petition {
	w.t.Helper()
	var p escalation.Petition
	w.tx(func(tx escalation.Tx) error {
		id, code, err := tx.NextCode(w.t.Context(), tx.Now())
		if err != nil {
			return err
		}
		p = escalation.Petition{ID: id, Code: code, Token: fmt.Sprint("token-", id), Version: 1, Status: escalation.Forwarded,
			Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng", ReceivedAt: tx.Now(), RecordedAt: tx.Now()}
		fx := escalation.Effects{}
		if build != nil {
			build(&p, &fx)
		}
		return tx.Save(w.t.Context(), []escalation.Change{{Petition: p, Effects: fx}})
	})
	return p
}

// change loads a petition, lets edit change it, and saves it.
func (w *world) change(id int64, edit func(p *escalation.Petition, fx *escalation.Effects)) escalation.Petition {
	w.t.Helper()
	var p escalation.Petition
	w.tx(func(tx escalation.Tx) error {
		list, err := tx.Petitions(w.t.Context(), id)
		if err != nil {
			return err
		}
		p = list[0]
		p.Rungs = append([]escalation.Rung(nil), p.Rungs...)
		fx := escalation.Effects{}
		edit(&p, &fx)
		before := p.Version
		p.Version++
		return tx.Save(w.t.Context(), []escalation.Change{{Before: before, Petition: p, Effects: fx}})
	})
	return p
}

// armed is a rung of the first round that is due after d.
func (w *world) armed(name escalation.RungName, d time.Duration) escalation.Rung {
	return escalation.Rung{Round: 1, Name: name, Ladder: "unit", Slip: 1, Due: w.now().Add(d), State: escalation.Armed, Basis: "test"}
}

// notice is a slip to the focal officer.
func (w *world) notice(p escalation.Petition, template string) escalation.Notice {
	return escalation.Notice{Petition: p.ID, Template: template, Vars: map[string]string{"ma": p.Code}, Round: 1, Slip: 1, Attempt: 1,
		To: escalation.Recipient{Contact: w.focal, Role: escalation.Focal, Unit: "SXD"}, Lane: escalation.LaneSlip, Class: escalation.ClassSlip, At: w.now()}
}

// post queues notices and returns their ids.
func (w *world) post(notices ...escalation.Notice) []int64 {
	w.t.Helper()
	ids, err := w.InsertMessages(w.t.Context(), notices)
	w.must(err)
	return ids
}

func (w *world) message(id int64) store.MessageView {
	w.t.Helper()
	page, err := w.Messages(w.t.Context(), store.MessageFilter{IDs: []int64{id}})
	w.must(err)
	if len(page.Items) != 1 {
		w.t.Fatalf("message %d is not there", id)
	}
	return page.Items[0]
}

func (w *world) wantState(id int64, want escalation.MessageState) {
	w.t.Helper()
	if got := w.message(id).State; got != want {
		w.t.Errorf("message %d is %s, want %s", id, got, want)
	}
}

func problem(err error) escalation.ProblemKind {
	var p *escalation.Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return ""
}

// desk is the real desk over the store.
func (w *world) desk() *escalation.Desk { return escalation.NewDesk(w.Store, w.setting()) }

// setting is what the desk decides by.
func (w *world) setting() escalation.Setting {
	n := 0
	var mu sync.Mutex
	token := func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("T%09d", n)
	}
	return escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hp", Numbering: escalation.Numbering{TestPrefixes: []string{"057"}},
		Token: token, Salt: token, Redact: func(s string, _ ...string) string { return s }, Host: "1022.example.vn", Support: "0225.1022",
	}
}

var operator = escalation.Actor{Name: "op", Role: escalation.ShiftLead, Channel: escalation.ByConsole}

// accept records a petition through the desk and forwards it.
func (w *world) accept(ctx context.Context, desk *escalation.Desk) escalation.Petition {
	w.t.Helper()
	p, err := desk.Accept(ctx, escalation.Intake{
		Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư, tối rất nguy hiểm", Unit: "SXD",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone},
	}, operator)
	w.must(err)
	return p
}

// Citizens' names are in it.
func TestASQLiteDatabaseIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %s", filepath.Base(name), info.Mode())
		}
	}
}
