package escalation

import (
	"testing"

	"pgregory.net/rapid"
)

// Any history of commands, texts, lost messages and outages keeps the rules.
// field failures 28, 31
func TestAnyHistoryKeepsTheRules(t *testing.T) {
	steps := 0
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		h.desk = NewDesk(quietEnd{h}, *h.desk.setting.Load())
		for range rapid.IntRange(20, 120).Draw(t, "steps") {
			h.step()
		}
		steps += h.steps
	})
	t.Logf("%d steps", steps)
}
