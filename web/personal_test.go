package web

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

func TestAPersonReadsTheirRoleInWords(t *testing.T) {
	for _, role := range escalation.ContactRoles() {
		var page strings.Builder
		if err := WritePersonal(&page, escalation.PersonalData{Contacts: []escalation.PersonalContact{{Name: officerName, Unit: "Sở Xây dựng", Role: role}}}); err != nil {
			t.Fatal(err)
		}
		if words := role.Label(); words == string(role) || !strings.Contains(page.String(), "Sở Xây dựng, "+words) || strings.Contains(page.String(), "Xây dựng, "+string(role)) {
			t.Errorf("%s is not told in words", role)
		}
	}
}
