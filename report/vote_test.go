package report

import (
	"testing"

	"notify1022/escalation"
	"notify1022/report/ledger"
)

// 1022 answers at once, or writes the result of an emergency, which the citizen has when it
// is published.
func TestCitizensVoteOnWhatTheyHaveHad(t *testing.T) {
	direct := escalation.Fact{Petition: 1, Turn: 1, Channel: escalation.ByPhone, ReceivedAt: noon("2026-11-09"), OpenedAt: noon("2026-11-09"),
		Outcome: escalation.OutcomeDirect, Level: escalation.OperatorLevel, ResultAt: noon("2026-11-09"), DoneAt: noon("2026-11-09"), Score: 5}
	emergency := direct
	emergency.Petition, emergency.Outcome, emergency.Score = 2, escalation.OutcomeAnswered, 0
	published := emergency
	published.Petition, published.Published, published.PublishedAt, published.Score = 3, true, noon("2026-11-10"), 3
	for _, c := range []struct {
		facts           []escalation.Fact
		answered, rated string
	}{
		{[]escalation.Fact{direct}, "1", "100,0% (1/1)"},
		{[]escalation.Fact{emergency}, "1", "–"},
		{[]escalation.Fact{direct, emergency}, "2", "100,0% (1/1)"},
		{[]escalation.Fact{direct, emergency, published}, "3", "100,0% (2/2)"},
	} {
		r := reportOf(t, ledger.Ledger{Facts: c.facts}, "")
		if answered, rated := r.cellText("city", "direct_answers", "value"), r.cellText("city", "rated", "value"); answered != c.answered || rated != c.rated {
			t.Errorf("of %d facts %s are answers of 1022, %s voted; want %s and %s", len(c.facts), answered, rated, c.answered, c.rated)
		}
	}
}
