package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// A round that takes several audits tells of a silent petition when its stretch is looked at,
// until a whole round has not found it any more; a city is one stretch.
func TestTheAuditGoesRoundTheOpenPetitionsByStretches(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		at := time.Date(2026, 11, 16, 9, 0, 0, 0, hanoi)
		save := func(p escalation.Petition) {
			t.Helper()
			if err := s.Tx(t.Context(), func(tx escalation.Tx) error {
				return tx.Save(t.Context(), []escalation.Change{{Petition: p, Before: p.Version - 1}})
			}); err != nil {
				t.Fatal(err)
			}
		}
		petition := func(id int64) escalation.Petition {
			return escalation.Petition{ID: id, Code: fmt.Sprintf("HP261116-%04d", id), Token: fmt.Sprint("token-", id), Version: 1,
				Status: escalation.Forwarded, Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng", ReceivedAt: at, RecordedAt: at}
		}
		for id := int64(1); id <= 7; id++ {
			p := petition(id)
			if id != 5 {
				p.Rungs = []escalation.Rung{{Name: escalation.RungHead, Round: 1, Due: at, State: escalation.Armed}}
			}
			save(p)
		}
		looks := func(most int, want ...int) {
			t.Helper()
			s.silence.most = most
			for n, silent := range want {
				a, err := s.Audit(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if named := slices.Contains(a.SilentCodes, "HP261116-0005"); a.Silent != silent || named != (silent > 0) {
					t.Errorf("look %d at %d each: %d silent, %v; want %d", n+1, most, a.Silent, a.SilentCodes, silent)
				}
			}
		}
		looks(0, 1, 1)        // one stretch
		s.silence = silence{} // a process that starts
		looks(2, 0, 0, 1, 1)
		mended := petition(5)
		mended.Version, mended.WaitsFor = 2, escalation.Office
		save(mended)
		looks(2, 1, 1, 1, 0, 0)
	})
}
