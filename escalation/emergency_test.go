package escalation

import "testing"

func TestTheTimelineSaysWhenAnEmergencyCallWasMadeAndHowItEnded(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.jump("2026-03-09 08:10")
	w.do(operator, &TransferEmergency{To: "114", Outcome: "no_answer", At: instantAt("2026-03-09 08:05")})
	w.wantEntry(string(VerbEmergency), "lúc "+ClockText(instantAt("2026-03-09 08:05"))+": không nghe máy")
}
