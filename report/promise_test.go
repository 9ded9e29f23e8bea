package report

import (
	"fmt"
	"testing"

	"notify1022/escalation"
	"notify1022/report/ledger"
)

// instants are what a fact keeps of them.
func instants(t *testing.T, at ...string) (list escalation.Instants) {
	for i, s := range at {
		list += escalation.Instants([]string{"", " "}[min(i, 1)] + fmt.Sprint(clock(t, s).UnixMicro()))
	}
	return list
}

// A promise counts in the period in which it fell due without a result, also while the answer
// is still owed, or in which the result came in time.
func TestAPromiseCountsOnceByItsOwnInstant(t *testing.T) {
	open := escalation.Fact{Petition: 1, Turn: 1, Channel: escalation.ByPhone, Unit: "SXD", ReceivedAt: noon("2026-10-05"), OpenedAt: noon("2026-10-05"), ForwardedAt: noon("2026-10-05"), Promises: 1}
	missed := func(at ...string) escalation.Fact {
		f := open
		f.Promises, f.Missed, f.MissedAt = len(at), len(at), instants(t, at...)
		return f
	}
	answered := func(f escalation.Fact, day string) escalation.Fact {
		f.Outcome, f.Level, f.ResultAt, f.DoneAt = escalation.OutcomeAnswered, escalation.HeadLevel, noon(day), noon(day)
		return f
	}
	kept := answered(open, "2026-11-05")
	kept.Kept = 1
	old := answered(open, "2026-11-05") // of before it was noted when
	old.Missed = 1
	for name, c := range map[string]struct {
		fact escalation.Fact
		want string
	}{
		"missed, the answer is owed":        {missed("2026-11-10 15:00"), "0,0% (0/1)"},
		"missed before, answered":           {answered(missed("2026-10-30 15:00"), "2026-11-05"), "–"},
		"missed, answered afterwards":       {answered(missed("2026-11-30 15:00"), "2026-12-05"), "0,0% (0/1)"},
		"missed twice, once of them before": {answered(missed("2026-10-30 15:00", "2026-11-02 15:00"), "2026-11-05"), "0,0% (0/1)"},
		"missed twice":                      {answered(missed("2026-11-02 15:00", "2026-11-03 15:00"), "2026-11-05"), "0,0% (0/2)"},
		"kept":                              {kept, "100,0% (1/1)"},
		"it lies ahead":                     {open, "–"},
		"of an earlier release":             {old, "0,0% (0/1)"},
	} {
		src := ledger.Ledger{Facts: []escalation.Fact{c.fact}}
		for _, at := range [][3]string{{"", "city", "value"}, {"SXD", "summary", "value"}} {
			if got := reportOf(t, src, at[0]).cellText(at[1], "promises_kept", at[2]); got != c.want {
				t.Errorf("%s: %s in the report of %q, want %s", name, got, at[0], c.want)
			}
		}
		if got := reportOf(t, src, "").cellText("unit_answers", "SXD", "promises_kept"); got != c.want {
			t.Errorf("%s: %s of the unit, want %s", name, got, c.want)
		}
	}
}
