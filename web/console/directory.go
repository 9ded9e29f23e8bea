package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// Roster changes who serves where (Đ17.2, Đ17.9).
type Roster interface {
	// Unit checks and stores a unit, a new one or the one with the code.
	SaveUnit(ctx context.Context, u web.UnitBody, added bool, by escalation.Actor) error
	// Person checks and stores a person; id 0: a new one, whose number is asked by SMS
	// where ask is set.
	SavePerson(ctx context.Context, id int64, person web.ContactBody, ask bool, by escalation.Actor) error
	EndPerson(ctx context.Context, id int64, by escalation.Actor) error
	AskNumber(ctx context.Context, id int64) error
	VerifyNumber(ctx context.Context, id int64, by escalation.Actor) error
	// NoteAbsence notes that a person is away, EndAbsence that they are back from the
	// absence which begins at the instant.
	NoteAbsence(ctx context.Context, id int64, a escalation.Absence, by escalation.Actor) error
	EndAbsence(ctx context.Context, id int64, from time.Time, by escalation.Actor) error
	// Absences are those asked for by SMS that nobody has decided yet.
	Absences(ctx context.Context) ([]Absence, error)
	DecideAbsence(ctx context.Context, id int64, agreed bool, stand int64, by escalation.Actor) error
}

// Absence is a leave that waits for a word.
type Absence struct {
	ID int64
	escalation.Leave
}

// unitRow is a unit in the list.
type unitRow struct {
	escalation.Unit
	People  int
	Missing []escalation.Role // of whom nobody can be reached
	Over    bool              // no longer in force
}

// directoryPage is the list of units.
type directoryPage struct {
	Query    string
	Units    []unitRow
	City     int // people of no unit
	Gaps     int
	Absences []absenceRow
	Kinds    []escalation.UnitKind
	MayEdit  bool
}

type absenceRow struct {
	Absence
	Person escalation.Contact
	Unit   string
	Stands []escalation.Contact
}

func (c *console) directory(v *visit) error {
	dir, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := directoryPage{Query: v.URL.Query().Get("q"), Kinds: escalation.UnitKinds(), MayEdit: v.may(web.EditDirectory)}
	missing := map[string][]escalation.Role{}
	for _, g := range escalation.Roster(dir, c.Numbering, c.Mail, v.now) {
		missing[g.Unit.Code] = g.Roles
	}
	people := map[string]int{}
	all, err := c.Directory.Contacts(v.Context())
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Holds(v.now) {
			people[p.Unit]++
		}
	}
	page.City = people[""]
	for _, u := range dir.Units() {
		row := unitRow{Unit: u, People: people[u.Code], Missing: missing[u.Code], Over: !u.InForce(v.now)}
		if len(row.Missing) > 0 {
			page.Gaps++
		}
		if row.found(page.Query) {
			page.Units = append(page.Units, row)
		}
	}
	if page.MayEdit {
		if page.Absences, err = c.absences(v, dir, all); err != nil {
			return err
		}
	}
	return v.show(200, "directory", "Danh bạ", page)
}

// found reports whether the unit's names, fields or places have the words.
func (u unitRow) found(query string) bool {
	words := strings.Join(slices.Concat([]string{u.Code, u.Name, u.SMSName}, u.Fields, u.Areas, u.Aliases), " ")
	return strings.Contains(web.Plain(words), web.Plain(query))
}

func (c *console) absences(v *visit, dir *escalation.Directory, all []escalation.Contact) ([]absenceRow, error) {
	waiting, err := c.Roster.Absences(v.Context())
	if err != nil {
		return nil, err
	}
	var rows []absenceRow
	for _, a := range waiting {
		person, _ := dir.Contact(a.Contact)
		u, _ := dir.Unit(person.Unit)
		row, ahead := absenceRow{Absence: a, Person: person, Unit: u.Name}, a.Ahead(v.now)
		for _, p := range all {
			if p.Unit == person.Unit && p.ID != person.ID && dir.StandsIn(person, p, ahead.From, ahead.To) == "" {
				row.Stands = append(row.Stands, p)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// decideAbsence is the word on an absence asked for by SMS.
func (c *console) decideAbsence(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có đăng ký nghỉ này"}
	}
	stand, _ := strconv.ParseInt(form.Get("stand"), 10, 64)
	agreed := v.PathValue("act") == "agree"
	if !agreed && v.PathValue("act") != "refuse" {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	if err := c.Roster.DecideAbsence(v.Context(), id, agreed, stand, v.actor()); err != nil {
		return err
	}
	c.Hint()
	return v.done("/directory", map[bool]string{true: "Đã đồng ý.", false: "Đã từ chối."}[agreed])
}
