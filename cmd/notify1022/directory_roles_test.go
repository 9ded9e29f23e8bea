package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

// contactNamed is the person of the directory with the name, in whatever role.
func (h *hotline) contactNamed(name string) escalation.Contact {
	h.t.Helper()
	all, err := h.room.Store.Contacts(h.ctx, store.ContactFilter{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	h.t.Fatalf("nobody is called %q", name)
	return escalation.Contact{}
}

var (
	fieldInForm = regexp.MustCompile(`(?s)<input name="([^"]+)"[^>]*? value="([^"]*)"`)
	dateInForm  = regexp.MustCompile(`<input type="(?:date|datetime-local)" name="([^"]+)" value="([^"]*)"`)
	roleInForm  = regexp.MustCompile(`(?s)<select name="role">(.*?)</select>`)
	firstOption = regexp.MustCompile(`<option value="([^"]*)"`)
	chosen      = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// savedForm is a person's form as a browser would send it: where no option is selected, the
// first.
func savedForm(t *testing.T, page, action string) (pairs []string) {
	t.Helper()
	_, form, ok := strings.Cut(page, `action="`+action+`"`)
	if !ok {
		t.Fatalf("there is no form for %s:\n%.3000s", action, page)
	}
	form, _, _ = strings.Cut(form, "</form>")
	options := roleInForm.FindStringSubmatch(form)
	role := chosen.FindStringSubmatch(options[1])
	if role == nil {
		role = firstOption.FindStringSubmatch(options[1])
	}
	pairs = append(pairs, "role", role[1])
	for _, expr := range []*regexp.Regexp{fieldInForm, dateInForm} {
		for _, m := range expr.FindAllStringSubmatch(form, -1) {
			pairs = append(pairs, m[1], html.UnescapeString(m[2]))
		}
	}
	return pairs
}

func TestAPersonKeepsTheirRoleWhenTheyAreCorrected(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "VPUB", "role": "city_leader", "name": "Phó Chủ tịch", "phone": "0570000007"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "operator", "name": "Người biệt phái", "phone": "0570000008"})
	lead := h.signedIn(escalation.ShiftLead, "")
	for name, role := range map[string]escalation.Role{"Văn phòng": escalation.Office, "Phó Chủ tịch": escalation.CityLeader, "Người biệt phái": escalation.Operator, "Người head": escalation.Head} {
		before := h.contactNamed(name)
		unit := "/console/directory/" + before.Unit
		act := fmt.Sprintf("%s/contacts/%d/save", unit, before.ID)
		form := savedForm(t, lead.must(lead.get(unit), 200, name).body, act)
		for email, sent := range map[string][]string{
			"a@example.vn": form, "b@example.vn": with(form, "role", ""), "c@example.vn": with(form, "role", "khac"), "d@example.vn": form[2:],
		} {
			lead.must(lead.post(act, with(sent, "email", email)...), 303)
			if after := h.contactNamed(name); after.Role != role || after.Email != email {
				t.Errorf("%s is %s with %s, want %s with %s", name, after.Role, after.Email, role, email)
			}
		}
	}
	focal := h.contactNamed("Người focal")
	act := fmt.Sprintf("/console/directory/LACHTRAY/contacts/%d/save", focal.ID)
	form := savedForm(t, lead.get("/console/directory/LACHTRAY").body, act)
	lead.must(lead.post(act, with(form, "role", "deputy")...), 303)
	if after := h.contactNamed("Người focal"); after.Role != escalation.Deputy {
		t.Errorf("a role that was chosen is not given: %s", after.Role)
	}
}
