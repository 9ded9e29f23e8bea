package store

import (
	"testing"

	"notify1022/store/storetest"
)

// A database that takes no writes shows itself while nothing else is wrong.
func TestALookThatFindsNothingIsWrittenDownToo(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		seen := func() (at int64) {
			t.Helper()
			known, err := s.NoteFaults(t.Context())
			if err != nil || len(known) != 0 {
				t.Fatalf("known: %v, %v", known, err)
			}
			if err := s.reader().get(t.Context(), &at, `SELECT COALESCE(MAX(seen_real), 0) FROM fault`); err != nil {
				t.Fatal(err)
			}
			return at
		}
		if first, second := seen(), seen(); first == 0 || second <= first {
			t.Errorf("seen at %d, then at %d", first, second)
		}
	})
}
