package web

import (
	"fmt"
	"html/template"
	"io"

	"notify1022/escalation"
)

// WritePersonal writes what is kept about one phone number as a page of its own, for its
// owner to read and print: no script, no link to anywhere.
func WritePersonal(w io.Writer, data escalation.PersonalData) error {
	page, err := template.New("personal.html").Funcs(template.FuncMap{"when": whenText, "who": whoText, "role": escalation.Role.Label, "asked": escalation.PersonalKind.Label,
		"outcome": escalation.PersonalOutcome.Label}).ParseFS(files, "pages/personal.html")
	if err == nil {
		err = page.Execute(w, data)
	}
	if err != nil {
		return fmt.Errorf("write personal data as a page: %w", err)
	}
	return nil
}

// whoText names who acted by the part they played.
func whoText(r escalation.Role) string {
	switch r {
	case escalation.CitizenRole:
		return "người dân"
	case escalation.System:
		return "hệ thống"
	case escalation.Operator, escalation.ShiftLead, escalation.Administrator:
		return "Tổng đài 1022"
	case escalation.Office, escalation.CityLeader:
		return "Văn phòng UBND thành phố"
	}
	return "đơn vị xử lý"
}
