package main

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/store/storetest"
)

// A petition whose stored form cannot be read is met first at each look; the one
// behind it is escalated all the same, and the first as soon as it is mended.
//
// field failure 7
func TestAWorkerFiresPastAPetitionThatCannotBeRead(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		later := time.Duration(0)
		monday := time.Date(2026, 11, 16, 8, 0, 0, 0, time.FixedZone("+07", 7*3600))
		now := func() time.Time { return monday.Add(later) }
		db, err := store.Open(t.Context(), dsn, store.Options{Domain: now})
		must(err)
		defer db.Close()
		must(db.Migrate(t.Context()))
		must(db.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}))
		_, err = db.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đầu mối", Phone: "+84570000001"})
		must(err)
		desk := escalation.NewDesk(db, escalation.Setting{Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hp",
			Numbering: escalation.Numbering{TestPrefixes: []string{"057"}}, Token: newToken, Salt: newSalt,
			Redact: func(s string, _ ...string) string { return s }, Host: "1022.example.vn"})
		var codes []string
		for range 2 {
			p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng trước số 12", Field: "chiếu sáng",
				Units: []escalation.UnitRef{{Code: "SXD"}}, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: "+84570000101"}}, escalation.Actor{Name: "op", Role: escalation.ShiftLead, Channel: escalation.ByConsole})
			must(err)
			codes = append(codes, p.Code)
		}
		rows := rawDatabase(t, dsn)
		rewrite := func(from, to string) {
			t.Helper()
			_, err := rows.Exec(fmt.Sprintf(`UPDATE petition SET state = replace(state, '%s', '%s') WHERE code = '%s'`, from, to, codes[0]))
			must(err)
		}
		rewrite(`"rounds":1`, `"rounds":"one"`)
		later = 24 * time.Hour // Tuesday 08:00: eight working hours
		worker, err := queue.NewWorker(queue.WorkerConfig{Installation: "test", Desk: desk, Clock: db, Rungs: db, Outbox: db, Inbox: db, Periods: db,
			Parallel: 1, Log: slog.New(slog.DiscardHandler)})
		must(err)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		ended := make(chan error, 1)
		go func() { ended <- worker.Run(ctx) }()
		(&hotline{t: t}).eventually("was the healthy petition escalated", func() bool {
			found, err := db.PetitionByCode(t.Context(), codes[1])
			return err == nil && found.Status == escalation.Escalated
		})
		rewrite(`"rounds":"one"`, `"rounds":1`)
		(&hotline{t: t}).eventually("was the mended one escalated", func() bool {
			found, err := db.PetitionByCode(t.Context(), codes[0])
			return err == nil && found.Status == escalation.Escalated
		})
		stop()
		must(<-ended)
	})
}
