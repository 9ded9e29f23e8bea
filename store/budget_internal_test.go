package store

import (
	"strings"
	"testing"

	"notify1022/store/storetest"
)

// A claim counts what a number got within the hour by the texts of that hour, not by all that
// the number ever got.
func TestTheTextsOfAnHourAreCountedByTheirIndexes(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		query := strings.ReplaceAll(strings.ReplaceAll(goneWithinHour, "IN (?)", "IN ('+84570000001', '+84570000002')"), "?", "1000000")
		plan := planOf(t, s, query)
		for _, index := range []string{"message_sent", "message_sending", "message_unknown"} {
			if !strings.Contains(plan, index) {
				t.Errorf("%s does not serve:\n%s", index, plan)
			}
		}
	})
}
