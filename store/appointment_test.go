package store_test

import (
	"context"
	"testing"
	"time"

	"notify1022/store"
)

func TestASimulatedClockKeepsItsAppointmentUntilTheNextOne(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+t.TempDir()+"/a.db", store.Options{Simulated: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	start := time.Date(2026, 11, 16, 7, 0, 0, 0, time.FixedZone("+07", 7*60*60)) // Monday
	if _, err := db.StartSimulation(ctx, start, 1e6); err != nil {
		t.Fatal(err)
	}
	runs := func(want time.Time) {
		t.Helper()
		limit := time.Now().Add(10 * time.Second)
		for time.Now().Before(limit) {
			if _, err := db.AdvanceSimulation(ctx); err != nil {
				t.Fatal(err)
			}
			if now, _, err := db.SimNow(ctx); err != nil || !now.Before(want) {
				if err != nil || !now.Equal(want) {
					t.Fatalf("the clock shows %s (%v), want %s", now, err, want)
				}
				return
			}
		}
		t.Fatalf("the clock did not reach %s", want)
	}
	appoint := func(at time.Time) {
		t.Helper()
		if err := db.Appoint(ctx, at); err != nil {
			t.Fatal(err)
		}
	}
	appoint(start.Add(3*time.Hour + 25*time.Minute))
	runs(start.Add(3*time.Hour + 25*time.Minute))
	for range 20 { // however often it is driven
		if _, err := db.AdvanceSimulation(ctx); err != nil {
			t.Fatal(err)
		}
	}
	runs(start.Add(3*time.Hour + 25*time.Minute))
	appoint(start.Add(time.Hour)) // one that has passed: it stands where it is
	runs(start.Add(3*time.Hour + 25*time.Minute))
	appoint(start.Add(4 * time.Hour))
	runs(start.Add(4 * time.Hour))
	appoint(time.Time{}) // none: it runs on
	if err := db.SetSpeed(ctx, 1e6); err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(10 * time.Second); ; {
		if _, err := db.AdvanceSimulation(ctx); err != nil {
			t.Fatal(err)
		}
		if now, _, _ := db.SimNow(ctx); now.After(start.Add(6 * time.Hour)) {
			return
		}
		if time.Now().After(limit) {
			t.Fatal("without an appointment the clock stands")
		}
	}
}
