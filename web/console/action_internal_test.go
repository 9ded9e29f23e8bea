package console

import (
	"slices"
	"testing"
	"time"

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

// What would be refused is not offered: a unit that is no more gets no slips. It may be asked to
// explain what it did, and its people be praised.
func TestAFormOffersNoUnitThatIsNoMoreForASlip(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, zone()) // Monday
	d := escalation.NewDirectory([]escalation.Unit{{Code: "LACHTRAY", ValidTo: now, Successor: "GIAVIEN"}, {Code: "GIAVIEN"}, {Code: "ANBIEN", ValidFrom: now.AddDate(0, 0, 1)}}, nil)
	about := []escalation.Verb{escalation.VerbAskExplanation, escalation.VerbCommend, escalation.VerbRevokeLink}
	for _, act := range actions() {
		if !slices.ContainsFunc(act.Fields, func(f field) bool { return f.Kind == "unit" || f.Kind == "units" }) {
			continue
		}
		var codes []string
		for _, u := range act.units(d, now) {
			codes = append(codes, u.Code)
		}
		want := []string{"GIAVIEN"}
		if slices.Contains(about, act.Verb) {
			want = []string{"ANBIEN", "GIAVIEN", "LACHTRAY"}
		}
		if !slices.Equal(codes, want) {
			t.Errorf("%s offers %v, want %v", act.Verb, codes, want)
		}
	}
}
