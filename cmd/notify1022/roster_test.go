package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// failing is a ledger whose first transactions fail.
type failing struct {
	escalation.Ledger
	left int
}

func (f *failing) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	if f.left > 0 {
		f.left--
		return errors.New("out of order")
	}
	return f.Ledger.Tx(ctx, fn)
}

// rosterLook is the roster's period over a store of its own, at a fixed instant.
func rosterLook(t *testing.T, at string, setting func(*escalation.Setting), wrap func(escalation.Ledger) escalation.Ledger) (db *store.Store, look func() error) {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	if db, err = store.Open(t.Context(), "sqlite:"+t.TempDir()+"/r.db", store.Options{Domain: func() time.Time { return now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := escalation.Setting{Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "test",
		Numbering: escalation.Numbering{TestPrefixes: []string{"057"}}, Token: newToken, Salt: newSalt, Host: "1022.example.vn"}
	setting(&s)
	d := &digests{desk: escalation.NewDesk(wrap(db), s), db: db, zone: worktime.Zone(), posted: func() {}, log: slog.New(slog.DiscardHandler)}
	period := d.rosterPeriod(worktime.HaiPhong)
	return db, func() error {
		if due := period.Next(now.Add(-time.Second)); !due.Equal(now) {
			return nil // nothing is due
		}
		return period.Run(t.Context(), now)
	}
}

func plainLedger(l escalation.Ledger) escalation.Ledger { return l }

// unreachable counts the open tasks about units without anybody.
func unreachable(t *testing.T, db *store.Store) (units []string) {
	t.Helper()
	page, err := db.Tasks(t.Context(), store.TaskFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range page.Items {
		if task.Kind == escalation.TaskUnreachable && strings.HasPrefix(task.Text, "Kiểm tra danh bạ") {
			units = append(units, task.Text)
		}
	}
	return units
}

func TestWhatFailsOfTheRostersLookHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	for n := range 4 { // the successors, what was left, the merged units; then nothing fails
		broken := &failing{left: n}
		db, look := rosterLook(t, "2026-11-23T07:35:00+07:00", func(*escalation.Setting) {}, func(l escalation.Ledger) escalation.Ledger { broken.Ledger = l; return broken }) // Monday
		if err := db.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}); err != nil {
			t.Fatal(err)
		}
		err := look()
		if (err != nil) != (n > 0) || n > 0 && strings.Count(err.Error(), "out of order") != n {
			t.Errorf("%d fail: %v", n, err)
		}
		if got := unreachable(t, db); len(got) != 2 {
			t.Errorf("%d fail and the roster says %v", n, got)
		}
	}
}

func TestTheRosterIsLookedAtEachDayAndTellsOnlyOfWhatIsOwed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		at   string
		want int
	}{
		{"2026-11-27T07:35:00+07:00", 2}, // Friday
		{"2026-11-27T15:00:00+07:00", 0}, // before a plain weekend
		{"2026-11-28T07:35:00+07:00", 0}, // Saturday, when the unit does not work
		{"2026-11-28T15:00:00+07:00", 0},
		{"2026-11-23T15:00:00+07:00", 2}, // Monday before Culture Day
	} {
		for shift, more := range map[bool]int{false: 0, true: 1} { // a duty number is owed at any hour
			db, look := rosterLook(t, tt.at, func(*escalation.Setting) {}, plainLedger)
			if err := db.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}); err != nil {
				t.Fatal(err)
			}
			now, err := db.Now(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if shift {
				_, err = db.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Duty, Name: "Trực ban", Phone: "+84570000001", ValidFrom: now.Add(-time.Hour), ValidTo: now.Add(time.Hour)})
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.at == "2026-11-28T15:00:00+07:00" { // the morning has told of it
				more = 0
			}
			if err := look(); err != nil || len(unreachable(t, db)) != tt.want+more {
				t.Errorf("%s, a shift that ends: %t: %v, %v", tt.at, shift, unreachable(t, db), err)
			}
		}
	}
}
