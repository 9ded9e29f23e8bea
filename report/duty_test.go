package report

import (
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/report/ledger"
)

// A question after a return is another turn's: the forward before it was made at once all the
// same (Đ9.2), and both are held against the hour of then (Đ8.3).
func TestAQuestionAfterAReturnLeavesTheForwardAtOnce(t *testing.T) {
	first := escalation.Fact{Petition: 1, Turn: 1, Channel: escalation.ByPhone, Unit: "SXD", ReceivedAt: noon("2026-11-09"), OpenedAt: noon("2026-11-09"), ForwardedAt: noon("2026-11-09"),
		AtOnce: true, Outcome: escalation.OutcomeReturned, DoneAt: noon("2026-11-10")}
	second := escalation.Fact{Petition: 1, Turn: 2, Channel: escalation.ByPhone, ReceivedAt: first.ReceivedAt, OpenedAt: first.DoneAt, Asked: true, AskedInTime: true}
	asked := first
	asked.Petition, asked.Asked, asked.Outcome, asked.DoneAt = 2, true, escalation.OutcomeOpen, time.Time{}
	r := reportOf(t, ledger.Ledger{Facts: []escalation.Fact{first, second, asked}}, "")
	for row, want := range map[string]string{"forwarded_at_once": "100,0% (1/1)", "asked_in_time": "50,0% (1/2)"} {
		if got := r.cellText("duties", row, "value"); got != want {
			t.Errorf("%s is %s, want %s", row, got, want)
		}
	}
}
