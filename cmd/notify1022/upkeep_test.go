package main

import (
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/store/storetest"
)

// A simulated town lives at another time than its machine: texts wait by the machine's clock,
// rungs are late and replies old by the town's.
func TestTheAuditorMeasuresEachAgeByItsOwnClock(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		machine := time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("+07", 7*3600)) // Monday
		domain := machine.AddDate(1, 0, 0)
		db, err := store.Open(t.Context(), dsn, store.Options{Machine: func() time.Time { return machine }, Domain: func() time.Time { return domain }})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(db.Migrate(t.Context()))
		must(db.Tx(t.Context(), func(tx escalation.Tx) error {
			id, code, err := tx.NextCode(t.Context(), tx.Now())
			if err != nil {
				return err
			}
			rung := escalation.Rung{Round: 1, Name: escalation.RungHead, Ladder: escalation.ForwardLadder, Slip: 1, Due: tx.Now().Add(-4 * time.Minute), State: escalation.Armed}
			text := escalation.Notice{Petition: id, Template: "QT", Attempt: 1, Lane: escalation.LaneUrgent, Class: escalation.ClassAlarm,
				To: escalation.Recipient{Phone: "+84570000001"}, At: tx.Now()}
			return tx.Save(t.Context(), []escalation.Change{{Petition: escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Forwarded,
				Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng", ReceivedAt: tx.Now(), RecordedAt: tx.Now(), Rungs: []escalation.Rung{rung}},
				Effects: escalation.Effects{Notices: []escalation.Notice{text}}}})
		}))
		part := escalation.Part{SMSC: "vnpt", From: "84570000001", To: "8022", Text: "NHAN", Raw: []byte("NHAN"), ReadAt: domain}
		must(db.Receive(t.Context(), part))
		part.Ref, part.RefWidth, part.Seq, part.Total = 7, 8, 1, 2 // of a long text
		must(db.Receive(t.Context(), part))
		must(db.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "a-1", State: escalation.Delivered, At: domain}))
		machine, domain = machine.Add(3*time.Minute), domain.Add(time.Minute)
		redis, err := queue.OpenRedis("embedded")
		must(err)
		defer redis.Close()
		found, err := auditor{db: db, redis: redis, installation: "x"}.Audit(t.Context())
		must(err)
		if found.OldestUrgent != 3*time.Minute || found.OldestRung != 5*time.Minute || found.OldestUnapplied != time.Minute {
			t.Errorf("the urgent text waits for %s, want 3 minutes; the rung is %s late, want 5; the reply is %s old, want 1", found.OldestUrgent, found.OldestRung, found.OldestUnapplied)
		}
		if found.Unapplied != 1 || found.LooseParts != 1 || found.Unmet != 1 {
			t.Errorf("%d replies, %d loose parts and %d receipts of nothing, want one of each", found.Unapplied, found.LooseParts, found.Unmet)
		}
	})
}

// standstill is a process that stands still for five minutes once it has read the machine's
// clock so often.
type standstill struct {
	mu    sync.Mutex
	begun time.Time
	left  int
}

func (s *standstill) machine() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left < 0 {
		return s.begun.Add(5 * time.Minute)
	}
	return s.begun
}

// domain is the same clock, read with it.
func (s *standstill) domain() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left <= 0 {
		return s.begun.Add(5 * time.Minute)
	}
	return s.begun
}

// What a process that stands still found before is not older than it was then: others have
// sent it since.
func TestAProcessThatStoodStillTakesNothingForLate(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := &standstill{begun: time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("+07", 7*3600)), left: 1000} // Monday
		db, err := store.Open(t.Context(), dsn, store.Options{Machine: s.machine, Domain: s.domain})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(db.Migrate(t.Context()))
		must(db.Tx(t.Context(), func(tx escalation.Tx) error {
			return tx.Post(t.Context(), []escalation.Notice{{Template: "QT", Attempt: 1, Lane: escalation.LaneUrgent, Class: escalation.ClassAlarm,
				To: escalation.Recipient{Phone: "+84570000001"}, At: tx.Now()}}, nil)
		}))
		must(db.Receive(t.Context(), escalation.Part{SMSC: "vnpt", From: "84570000001", To: "8022", Text: "NHAN", Raw: []byte("NHAN"), ReadAt: s.begun}))
		redis, err := queue.OpenRedis("embedded")
		must(err)
		defer redis.Close()
		s.begun = s.begun.Add(time.Minute)
		_, err = db.Beat(t.Context(), "gateway", nil)
		must(err)

		s.left = 2 // with the figures
		found, err := auditor{db: db, redis: redis, installation: "x"}.Audit(t.Context())
		must(err)
		if found.OldestUrgent != time.Minute || found.OldestUnapplied != time.Minute {
			t.Errorf("the urgent text waits for %s, the reply for %s, want a minute each", found.OldestUrgent, found.OldestUnapplied)
		}
		s.left = 3 // the gateways, and the figures
		if err := (&service{db: db}).outboxMoves(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
