package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

// benchEach measures on every database, on its own clock.
func benchEach(b *testing.B, fn func(b *testing.B, s *store.Store)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s, err := store.Open(b.Context(), dsn(b), store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			fn(b, s)
		})
	}
}

func benchNotice(i int) escalation.Notice {
	return escalation.Notice{Template: "O1", To: escalation.Recipient{Phone: fmt.Sprintf("+84570000%03d", i%1000)}, Seq: i, Attempt: 1,
		Lane: escalation.LaneSlip, Class: escalation.ClassSlip}
}

// One petition with eight rungs, a slip, two notices with reply codes, three entries, its fact.
func BenchmarkSaveAForwardedPetition(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		for i := 0; b.Loop(); i++ {
			err := s.Tx(b.Context(), func(tx escalation.Tx) error {
				id, code, err := tx.NextCode(b.Context(), tx.Now())
				if err != nil {
					return err
				}
				p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Forwarded, Content: "Đèn đường hỏng"}
				p.Citizen.Name, p.Slips = "A", []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Token: code}}
				fx := escalation.Effects{}
				for n := range 8 {
					p.Rungs = append(p.Rungs, escalation.Rung{Round: 1, Name: escalation.RungName(fmt.Sprint(n)), Due: tx.Now().Add(time.Hour), State: escalation.Armed})
				}
				for n := range 3 {
					fx.Entries = append(fx.Entries, escalation.Entry{PetitionID: id, Seq: n + 1, At: tx.Now(), Action: "forward"})
				}
				for n := range 2 {
					m := benchNotice(i + n)
					m.Petition, m.NeedCode = id, true
					fx.Notices = append(fx.Notices, m)
				}
				fx.Facts = escalation.Facts(p, citysAlone())
				return tx.Save(b.Context(), []escalation.Change{{Petition: p, Effects: fx}})
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A hundred messages claimed, rendered and settled.
func BenchmarkClaimAndSettleAHundred(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		next := 0
		for b.Loop() {
			b.StopTimer()
			notices := make([]escalation.Notice, 100)
			for i := range notices {
				notices[i] = benchNotice(next)
				next++
			}
			if _, err := s.InsertMessages(b.Context(), notices); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			rows, err := s.Claim(b.Context(), "gw", 100, time.Minute, func(o *escalation.Outgoing) error { o.Text, o.Segments = "text", 1; return nil })
			if err != nil || len(rows) != 100 {
				b.Fatalf("%d rows, %v", len(rows), err)
			}
			outcomes := make([]escalation.SegmentOutcome, len(rows))
			for i, r := range rows {
				outcomes[i] = escalation.SegmentOutcome{Message: r.ID, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "x", SMSCID: fmt.Sprint(r.ID)}
			}
			if err := s.Settle(b.Context(), outcomes); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The same beside texts that are held for the morning: they cost a claim nothing.
func BenchmarkClaimBesideHeldTexts(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		for _, held := range []int{0, 50000} {
			for from := 0; from < held; from += 5000 {
				notices := make([]escalation.Notice, 5000)
				for i := range notices {
					notices[i] = benchNotice(from + i)
					notices[i].Template, notices[i].NotBefore = "O2", time.Now().Add(9*time.Hour)
				}
				if err := s.Tx(b.Context(), func(tx escalation.Tx) error { return tx.Post(b.Context(), notices, nil) }); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(fmt.Sprint("held=", held), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Claim(b.Context(), "gw", 100, time.Minute, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// Texts from many phones at once, each answered after its commit.
func BenchmarkReceive(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				p := escalation.Part{SMSC: "x", From: fmt.Sprintf("84570000%03d", i%1000), To: "8022", Text: "NHAN 10008", Raw: []byte("NHAN 10008"), ReadAt: time.Now()}
				if err := s.Receive(context.Background(), p); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
