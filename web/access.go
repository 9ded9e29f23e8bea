package web

import (
	"slices"

	"notify1022/escalation"
)

// Right is what people may do through whichever door: a page of the console and an operation
// of the API that do the same ask for the same right, so that a key may do what its role may
// at the desk, and no more. What may be done to a petition is the domain's to say, for all
// doors (escalation.Permitted).
type Right string

// The rights. Those of a unit's people are about what their unit has: its petitions, its own
// people, its report.
const (
	Enter          Right = "enter" // petitions, their files, reports, calendars, units, one's own account
	TakeIn         Right = "take in petitions"
	SeeDirectory   Right = "see the whole directory"
	EditDirectory  Right = "edit the directory"
	NoteAbsence    Right = "note who is away" // heads by SMS too, of their own unit
	SeeTexts       Right = "see wordings"
	EditTexts      Right = "edit wordings"
	SeeOutbox      Right = "see texts queued and sent"
	SendTexts      Right = "send a text by hand"
	RunGateway     Right = "stop and start sending"
	SeeGateway     Right = "see the gateway"
	SeeCitizens    Right = "see who the citizens are"
	DoTasks        Right = "do the hotline's tasks"
	ConfirmPeople  Right = "confirm a change of people" // Đ17.9: the Office's own tasks
	DoOfficeWork   Right = "do the Office's work"
	HandleFiles    Right = "handle files of Đ9.6"
	SendFiles      Right = "send files of Đ9.6"
	DecideHearings Right = "decide who hears a recording"
	SendReports    Right = "send reports"
	ConfirmReports Right = "confirm reports"
	EditCalendar   Right = "edit the calendar"
	KeepAccounts   Right = "keep accounts"
	Connect        Right = "connect programs"
	HandlePersonal Right = "handle requests about personal data"
	Exchange       Right = "take sheets in and out"
	ReadLog        Right = "read the change log"
)

// Roles are who has the right. Administrators have them all.
func (r Right) Roles() []escalation.Role {
	hotline := []escalation.Role{escalation.Operator, escalation.ShiftLead, escalation.Administrator}
	leads := hotline[1:]
	switch r {
	case Enter:
		return append(hotline, escalation.Office, escalation.Officer, escalation.Head)
	case TakeIn, SeeDirectory, SeeTexts, SeeOutbox, HandleFiles:
		return append(hotline, escalation.Office)
	case SeeCitizens, DoTasks, SeeGateway, SendFiles:
		return hotline
	case DoOfficeWork, ConfirmPeople, SendReports:
		return append(leads, escalation.Office)
	case EditDirectory, EditTexts, SendTexts, RunGateway, DecideHearings, ConfirmReports:
		return leads
	case NoteAbsence:
		return append(leads, escalation.Head)
	}
	return []escalation.Role{escalation.Administrator}
}

// Of reports whether the role has the right.
func (r Right) Of(role escalation.Role) bool { return slices.Contains(r.Roles(), role) }

// rolesWith are who has at least one of the rights, in the order of who enters.
func rolesWith(rights ...Right) []escalation.Role {
	return slices.DeleteFunc(Enter.Roles(), func(role escalation.Role) bool {
		return !slices.ContainsFunc(rights, func(r Right) bool { return r.Of(role) })
	})
}
