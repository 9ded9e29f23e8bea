package console

import (
	"context"
	"slices"
	"strconv"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/web"
)

type rosterRow struct {
	escalation.Contact
	Roles    []escalation.Role // that the person may have here, their own among them
	Textable bool
	Leaves   []leaveRow
	Instead  string                   // whose place a pending one takes
	Reports  *escalation.Subscription // of the unit's figures; nil: not for this role
}

// leaveRow is an absence of a person that is not over.
type leaveRow struct {
	escalation.Absence
	Stand string // who stands in; empty: the next by order
	Begun bool
	Key   string // of the form that ends it
}

func (c *console) rosterRow(dir *escalation.Directory, p escalation.Contact, choices map[int64]escalation.Subscription, now time.Time) rosterRow {
	u, _ := dir.Unit(p.Unit)
	row := rosterRow{Contact: p, Roles: rolesOf(u, p), Textable: c.Numbering.Textable(p.Phone)}
	for _, a := range p.Ahead(now) {
		stand, _ := dir.Contact(a.Delegate)
		row.Leaves = append(row.Leaves, leaveRow{a, stand.Name, !a.From.After(now), a.From.Format(time.RFC3339Nano)})
	}
	if before, ok := dir.Contact(p.Replaces); ok && p.Pending {
		row.Instead = before.Name
	}
	if p.MaySubscribe() {
		choice := escalation.ChoiceOf(choices, p, c.Numbering)
		row.Reports = &choice
	}
	return row
}

// rolesOf are the roles that a person of the unit may have. Their own is always among
// them: a form that lacks it would send another.
func rolesOf(u escalation.Unit, p escalation.Contact) []escalation.Role {
	roles := u.Roles()
	if !slices.Contains(roles, p.Role) {
		roles = append([]escalation.Role{p.Role}, roles...)
	}
	return roles
}

// place puts a person among those who serve or will, or the former ones.
func (p *unitPage) place(row rosterRow, now time.Time) {
	if !row.ValidTo.IsZero() && !row.ValidTo.After(now) {
		p.Former = append(p.Former, row)
		return
	}
	p.People = append(p.People, row)
	if row.Holds(now) {
		p.Contacts = append(p.Contacts, row.Contact)
	}
}

// byHour reports that a person's time is given by the hour: of who is on duty, or has an
// hour already. Of a new person the roles say it, that one may have on the page.
func byHour(roles []escalation.Role, person any) bool {
	p, known := person.(escalation.Contact)
	if !known {
		return slices.Contains(roles, escalation.Duty)
	}
	return p.Role == escalation.Duty || !midnight(p.ValidFrom) || !midnight(p.ValidTo)
}

// personOfForm is what a form says of a person of the page; before is who it was, zero for
// somebody new.
func (v *visit) personOfForm(before escalation.Contact) (web.ContactBody, error) {
	form, err := v.form()
	if err != nil {
		return web.ContactBody{}, err
	}
	body := web.ContactBody{Unit: v.unitCode(), Role: escalation.Role(form.Get("role")), Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email")}
	body.Order, _ = strconv.Atoi(form.Get("order"))
	body.Replaces, _ = strconv.ParseInt(form.Get("replaces"), 10, 64)
	if body.ValidFrom, err = instantOf("valid_from", form.Get("valid_from"), before.ValidFrom); err != nil {
		return body, err
	}
	body.ValidTo, err = instantOf("valid_to", form.Get("valid_to"), before.ValidTo)
	return body, err
}

func (c *console) addContact(v *visit) error {
	body, err := v.personOfForm(escalation.Contact{})
	if err != nil {
		return err
	}
	ask := v.PostForm.Get("ask") != ""
	_, again, err := v.once(func(ctx context.Context) error { return c.Roster.SavePerson(ctx, 0, body, ask, v.actor()) })
	if err != nil {
		return err
	}
	c.Hint()
	said := "Đã thêm " + body.Name + "."
	if body.Replaces != 0 {
		said = "Đã ghi nhận " + body.Name + "; nhận việc khi số máy trả lời tin xác minh."
	}
	return v.doneOnce("/directory/"+v.PathValue("unit"), said, again)
}

// contactAct is one act on a person: save, end, ask, verify, leave, back, reports.
func (c *console) contactAct(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có người này trong danh bạ"}
	}
	dir, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	person, ok := dir.Contact(id)
	if !ok || person.Unit != v.unitCode() {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có người này trong danh bạ"}
	}
	u, _ := dir.Unit(person.Unit)
	said, err := c.actOn(v, dir, u, person)
	if err != nil {
		return err
	}
	c.Hint()
	return v.done("/directory/"+v.PathValue("unit"), said)
}

// savedPerson says what became of an edit: of somebody in office a new number, and whoever
// comes with it, serve once the number has answered (Đ17.9).
func (c *console) savedPerson(v *visit, before, waited escalation.Contact, name string) (said string, err error) {
	dir, err := c.Directory.Directory(v.Context())
	if err != nil {
		return "", err
	}
	next, waits := dir.PendingFor(before.ID, v.now)
	switch {
	case !waits || next.Name != name || next.Name == waited.Name && next.Phone == waited.Phone:
		return "Đã lưu " + name + ".", nil
	case next.Name == before.Name:
		return "Đã ghi nhận số mới của " + name + "; số cũ còn nhận việc đến khi số mới trả lời tin xác minh.", nil
	}
	return "Đã ghi nhận " + name + " thay " + before.Name + "; nhận việc khi số máy trả lời tin xác minh.", nil
}

func (c *console) actOn(v *visit, dir *escalation.Directory, u escalation.Unit, person escalation.Contact) (said string, err error) {
	switch v.PathValue("act") {
	case "save":
		body, err := v.personOfForm(person)
		if err != nil {
			return "", err
		}
		if !slices.Contains(rolesOf(u, person), body.Role) {
			body.Role = person.Role // nobody has chosen another
		}
		if err := c.Roster.SavePerson(v.Context(), person.ID, body, false, v.actor()); err != nil {
			return "", err
		}
		waited, _ := dir.PendingFor(person.ID, v.now)
		return c.savedPerson(v, person, waited, body.Name)
	case "end":
		return person.Name + " thôi giữ vai trò.", c.Roster.EndPerson(v.Context(), person.ID, v.actor())
	case "ask":
		return "Đã gửi tin xác minh đến " + person.Name + ".", c.Roster.AskNumber(v.Context(), person.ID)
	case "verify":
		return "Đã xác minh số của " + person.Name + ".", c.Roster.VerifyNumber(v.Context(), person.ID, v.actor())
	case "back":
		return "Đã bỏ đợt vắng mặt của " + person.Name + ".", c.backOf(v, person)
	case "reports":
		choice, err := v.subscriptionOfForm(person.ID)
		if err != nil {
			return "", err
		}
		return "Đã lưu cách nhận báo cáo của " + person.Name + ".", c.Leaders.Subscribe(v.Context(), choice, v.actor())
	case "leave":
		return "Đã ghi nhận " + person.Name + " vắng mặt.", c.leaveOf(v, person)
	}
	return "", &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
}

// backOf ends the absence that the form names, the first where it names none.
func (c *console) backOf(v *visit, person escalation.Contact) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var from time.Time
	if key := form.Get("from"); key != "" {
		if from, err = worktime.ParseInstant(key); err != nil {
			return wrong("from", "thời điểm bắt đầu không đúng")
		}
	}
	return c.Roster.EndAbsence(v.Context(), person.ID, from, v.actor())
}

func (c *console) leaveOf(v *visit, person escalation.Contact) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	from, err := worktime.ParseInstant(form.Get("from"))
	if err != nil {
		return wrong("from", "thời điểm bắt đầu không đúng")
	}
	var to time.Time
	if form.Get("to") != "" {
		if to, err = worktime.ParseInstant(form.Get("to")); err != nil {
			return wrong("to", "thời điểm kết thúc không đúng")
		}
	}
	stand, _ := strconv.ParseInt(form.Get("stand"), 10, 64)
	return c.Roster.NoteAbsence(v.Context(), person.ID, escalation.Absence{From: from, To: to, Delegate: stand}, v.actor())
}
