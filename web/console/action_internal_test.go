package console

import (
	"testing"

	"notify1022/escalation"
)

// buttonless are the acts of the API that have no button, and why.
var buttonless = map[escalation.Verb]string{
	escalation.VerbTouch: "opening a new petition's page is the act",
}

// The desk has what the API has: an act that only a program can do is done by nobody.
func TestEachActThatTheAPIHasForSomebodyIsAButtonOnThePage(t *testing.T) {
	slip := escalation.Slip{No: 1, Unit: "LACHTRAY", Lead: true}
	for _, role := range []escalation.Role{escalation.Operator, escalation.ShiftLead, escalation.Administrator, escalation.Office, escalation.Officer, escalation.Head} {
		for _, verb := range escalation.Verbs() {
			p := escalation.Petition{Slips: []escalation.Slip{slip}}
			permitted := escalation.Permitted(&p, escalation.Actor{Role: role, Unit: "LACHTRAY"}, verb) == nil
			_, known := actionOf(string(verb)) // who is permitted is offered it
			_, without := buttonless[verb]
			switch {
			case permitted && !known && !without:
				t.Errorf("%s may %s by the API alone", role, verb)
			case known && without:
				t.Errorf("%s has a button and is listed as one without", verb)
			}
		}
	}
}
