package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/store/storetest"
)

// field failure 14
func TestTheGapsOfPeriodicWorkAreListed(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		config := mustWrite(t, t.TempDir(), "config.yaml", fmt.Sprintf("database: %s\n", dsn))
		if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
			t.Fatalf("%+v", got)
		}
		db, err := store.Open(t.Context(), dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		p := queue.Period{Kind: queue.DigestOverdue, Next: queue.DailyAt(worktime.Zone(), nil, 8*time.Hour)}
		at := func(day int) time.Time { return time.Date(2026, 11, day, 8, 0, 0, 0, worktime.Zone()) }
		for day := 3; day <= 20; day++ {
			if slices.Contains([]int{7, 8, 9, 14}, day) {
				continue // nothing ran
			}
			if _, err := db.Once(t.Context(), p.Kind, at(day).Format(time.RFC3339), func(context.Context) error {
				if day == 12 { // until the next took its place
					return context.DeadlineExceeded
				}
				return nil
			}); (err != nil) != (day == 12) {
				t.Fatal(err)
			}
		}
		const gaps = "\n  missed: 2026-11-07T08:00:00+07:00 and the 2 up to 2026-11-09T08:00:00+07:00\n  missed: 2026-11-12T08:00:00+07:00\n  missed: 2026-11-14T08:00:00+07:00"
		for _, c := range []struct {
			what  string
			until time.Time
			want  string
		}{
			{"from the first on", at(20).Add(time.Hour), "digest_overdue: 13 of 18 done" + gaps},
			{"one is owed", at(21).Add(time.Minute), "digest_overdue: 13 of 19 done, the latest is owed" + gaps},
			{"one is given up for the next", at(22).Add(time.Minute), "digest_overdue: 13 of 20 done, the latest is owed" + gaps + "\n  missed: 2026-11-21T08:00:00+07:00"},
		} {
			r, err := runsOf(t.Context(), db, p, at(1), c.until)
			if err != nil || r.String() != c.want {
				t.Errorf("%s: %s, %v; want %s", c.what, r, err, c.want)
			}
		}
		got := runCLI(t, "", "periods", "--config", config, "--days", "3660")
		if got.code != exitDone || !strings.Contains(got.out, "digest_overdue: ") || !strings.Contains(got.out, "city_draft: 0 of 0 done") {
			t.Errorf("%+v", got)
		}
		if got := runCLI(t, "", "periods", "--config", config, "--days", "0"); got.code != exitUsage {
			t.Errorf("%+v", got)
		}
	})
}
