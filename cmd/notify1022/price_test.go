package main

import (
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
)

// pricedTexts are texts as the core makes them.
var pricedTexts = []struct {
	template string
	class    escalation.Class
	lane     escalation.Lane
	to       string // citizen, officer, number
}{
	{"C1", escalation.ClassRecorded, escalation.LaneCitizen, "citizen"},
	{"C2", escalation.ClassDecision, escalation.LaneCitizen, "citizen"},
	{"C4", escalation.ClassProgress, escalation.LaneCitizen, "citizen"},
	{"C7", escalation.ClassResult, escalation.LaneCitizen, "citizen"},
	{"C8", escalation.ClassRating, escalation.LaneCitizen, "citizen"},
	{"C8n", escalation.ClassRating, escalation.LaneCitizen, "citizen"},
	{"C9", escalation.ClassDecision, escalation.LaneCitizen, "citizen"},
	{"C10", escalation.ClassAnswer, escalation.LaneCitizen, "citizen"},
	{"C11", escalation.ClassDecision, escalation.LaneCitizen, "citizen"},
	{"DG", escalation.ClassAnswer, escalation.LaneCitizen, "citizen"},
	{"DGx", escalation.ClassAnswer, escalation.LaneCitizen, "citizen"},
	{"OTP", escalation.ClassAnswer, escalation.LaneUrgent, "citizen"},
	{"E1", escalation.ClassAnswer, escalation.LaneSlip, "number"},
	{"E7", escalation.ClassAnswer, escalation.LaneSlip, "number"}, // to whoever has answered C8n
	{"E8", escalation.ClassAnswer, escalation.LaneSlip, "number"},
	{"OTP", escalation.ClassAnswer, escalation.LaneUrgent, "officer"},
	{"O1", escalation.ClassSlip, escalation.LaneSlip, "officer"},
	{"O4", escalation.ClassDecision, escalation.LaneSlip, "officer"},
	{"H1", escalation.ClassEscalation, escalation.LaneUrgent, "officer"},
}

// priceRoom is a database with those texts, one a day, and the account that they go by.
type priceRoom struct {
	t     *testing.T
	db    *store.Store
	price SMSPrice
}

func pricedDay(i int) time.Time { return time.Date(2025, 3, 3+i, 9, 0, 0, 0, worktime.Zone()) } // from a Monday on

func pricedPhone(i int) string { return fmt.Sprintf("+8457000%04d", 100+i) }

// queue stores the texts, each to a number of its own.
func (r *priceRoom) queue() {
	r.t.Helper()
	err := r.db.SaveUnits(r.t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department})
	if err != nil {
		r.t.Fatal(err)
	}
	for i, text := range pricedTexts {
		n := escalation.Notice{Template: text.template, Class: text.class, Lane: text.lane, Attempt: 1, Seq: i, At: pricedDay(i), Vars: templates.Sample(templates.Key(text.template))}
		if text.to == "officer" {
			ids, err := r.db.SaveContacts(r.t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: fmt.Sprint("Cán bộ ", i), Phone: pricedPhone(i), Verified: true})
			if err != nil {
				r.t.Fatal(err)
			}
			n.To = escalation.Recipient{Contact: ids[0], Role: escalation.Focal, Unit: "SXD"}
		}
		err := r.db.Tx(r.t.Context(), func(tx escalation.Tx) error {
			if text.to != "citizen" {
				if text.to == "number" {
					n.To = escalation.Recipient{Phone: pricedPhone(i)}
				}
				return tx.Post(r.t.Context(), []escalation.Notice{n}, nil)
			}
			id, code, err := tx.NextCode(r.t.Context(), tx.Now())
			if err != nil {
				return err
			}
			n.Petition, n.To = id, escalation.Recipient{Citizen: id, Role: escalation.CitizenRole}
			p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Closed, Channel: escalation.ByPhone, Citizen: escalation.Citizen{Name: "Nguyễn Văn Thử", Phone: pricedPhone(i)}}
			return tx.Save(r.t.Context(), []escalation.Change{{Petition: p, Effects: escalation.Effects{Notices: []escalation.Notice{n}}}})
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// submit sends all texts to the telecom.
func (r *priceRoom) submit(over *account) {
	r.t.Helper()
	words := &catalogue{}
	words.current.Store(templates.Builtin())
	form := &renderer{catalogue: words, log: slog.New(slog.DiscardHandler)}
	claimed, err := r.db.Claim(r.t.Context(), "gateway", 100, time.Minute, func(m *escalation.Outgoing) error { return form.Render(r.t.Context(), m) })
	if err != nil || len(claimed) != len(pricedTexts) {
		r.t.Fatalf("%d of %d texts go out: %v", len(claimed), len(pricedTexts), err)
	}
	for _, m := range claimed {
		for segment := 1; segment <= m.Segments; segment++ {
			done := make(chan escalation.SegmentOutcome, 1)
			if err := over.Submit(r.t.Context(), &m, segment, func(o escalation.SegmentOutcome) { done <- o }); err != nil {
				r.t.Fatal(err)
			}
			if o := <-done; o.State != escalation.Accepted {
				r.t.Fatalf("%s: %+v", m.Template, o)
			}
		}
	}
}

// cost is what the report of the day says that its texts cost.
func (r *priceRoom) cost(i int, unit string) int {
	r.t.Helper()
	day := pricedDay(i).Format(time.DateOnly)
	made, err := reporter{db: r.db, calendar: worktime.HaiPhong, price: r.price}.build(r.t.Context(), day+".."+day, unit, false)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, table := range made.Tables {
		if table.Key != "sms" {
			continue
		}
		for _, row := range table.Rows {
			if row.Key == string(pricedTexts[i].class) {
				return costCell(r.t, table, row)
			}
		}
	}
	r.t.Fatalf("the report of %s has no row of %s", day, pricedTexts[i].class)
	return 0
}

func costCell(t *testing.T, table report.Table, row report.Row) int {
	t.Helper()
	for i, column := range table.Columns {
		if column.Key == "cost" {
			return row.Cells[i].N
		}
	}
	t.Fatalf("%s has no cost", table.Title)
	return 0
}

// asSeen holds the reports' costs against the senders that the telecom saw.
func (r *priceRoom) asSeen(when string, server *smsc.Server) {
	r.t.Helper()
	prices := map[string]float64{"8022": r.price.Officer, "1022HP": r.price.Citizen}
	for i, text := range pricedTexts {
		seen, err := server.Handset("0"+strings.TrimPrefix(pricedPhone(i), "+84")).Wait(r.t.Context(), 0)
		if err != nil {
			r.t.Fatal(err)
		}
		want := int(math.Round(prices[seen.From] * float64(seen.Segments)))
		if got := r.cost(i, ""); got != want {
			r.t.Errorf("%s: %s to the %s came from %s and cost %d, the report says %d", when, text.template, text.to, seen.From, want, got)
		}
		if text.to != "officer" {
			continue
		}
		if got := r.cost(i, "SXD"); got != want {
			r.t.Errorf("%s: %s to the %s cost %d, the unit's report says %d", when, text.template, text.to, want, got)
		}
	}
}

// Whoever sees what a text came from knows what it costs: the report says the same.
func TestATextCostsWhatItsSenderDoes(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, worktime.Zone()) // Monday
		db, err := store.Open(t.Context(), dsn, store.Options{Domain: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := &priceRoom{t: t, db: db, price: SMSPrice{Officer: 350, Citizen: 812.5}}
		r.queue()
		over, server := boundTo(t, smsc.Config{})
		r.submit(over)
		r.asSeen("young", server)

		if _, err := rawDatabase(t, dsn).ExecContext(t.Context(), "UPDATE message SET created_real = 1"); err != nil { // long ago for the machine's clock
			t.Fatal(err)
		}
		if days, err := db.CountTexts(t.Context(), len(pricedTexts)); err != nil || days != len(pricedTexts) {
			t.Fatalf("%d days were counted: %v", days, err)
		}
		r.asSeen("counted", server)
	})
}
