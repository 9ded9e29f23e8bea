package escalation

import (
	"strings"
	"testing"
)

func TestOnlyTheUnitsPeopleGetALinkWithTheSlipsAuthority(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.until(instantAt("2026-03-17 08:00")) // 48 working hours later
	p := w.petition()
	slip, view := p.Slips[0].Token, p.ViewToken
	if view == "" || view == slip || view == p.Token {
		t.Fatalf("the page to look at has no token of its own: %q", view)
	}
	for template, token := range map[string]string{"O1": slip, "H1": slip, "H3": slip, "V1": view} {
		if link := w.letter(template).Notice.Vars["lp"]; !strings.HasSuffix(link, "/p/"+token) {
			t.Errorf("%s links to %s, want the page with token %s", template, link, token)
		}
	}
}

func TestATextToTheShiftLeadNeverHoldsTheCitizensToken(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.until(instantAt("2026-03-09 09:00"))
	p := w.petition()
	if link := w.letter("T1").Notice.Vars["lp"]; strings.Contains(link, p.Token) || !strings.Contains(link, p.ViewToken) {
		t.Errorf("T1 links to %s", link)
	}
}

func TestANumberBehindTheCodeThatIsNoCodeStaysInTheAnswer(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.answered(101, "XONG {mtl} 120 ho dan da co dien tro lai", "A3")
	if got := w.petition().Result.Text; got != "120 ho dan da co dien tro lai" {
		t.Errorf("the answer is %q", got)
	}
}

func TestTheTimelineShowsTheStatusThatTheActLedTo(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &TransferEmergency{To: "114", Outcome: "answered"})
	entries := w.entries[w.petition().ID]
	if last := entries[len(entries)-1]; last.Status != EmergencyTransferred {
		t.Errorf("%s is recorded with status %s", last.Action, last.Status)
	}
}
