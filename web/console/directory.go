package console

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
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

// unitPage is one unit with its people, or those who are of none.
type unitPage struct {
	Unit     escalation.Unit
	Path     string // of the page, below the directory
	New      bool
	City     bool // people of no unit
	Over     bool
	People   []rosterRow
	Former   []rosterRow
	Missing  []escalation.Role
	Kinds    []escalation.UnitKind
	Roles    []escalation.Role
	Units    []escalation.Unit
	MayEdit  bool
	Problem  string
	Next     string // successor's name
	Own      []OwnCalendar
	Broken   string         // why the unit's calendar cannot be used
	Moves    *CalendarMoves // open deadlines that another calendar has given; nil: not asked for
	Seen     string         // digest of them
	MayMove  bool           // and there are calendars to move between
	Contacts []escalation.Contact

	Channels []escalation.ReportChannel
	Eaches   []escalation.ReportEach
}

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

func (c *console) unit(v *visit) error {
	return c.showUnit(v, 200, v.PathValue("unit"), nil)
}

// Pages of the directory that are no unit's, by words that are no unit's code: where one
// is added, and of the people of the Office, the city and the hotline who are of no unit.
const (
	newUnitPath = "-"
	cityPath    = "_"
)

const cityTitle = "Văn phòng, thành phố, tổng đài"

// unitCode is the unit of the page; empty: people of none.
func (v *visit) unitCode() string {
	if code := v.PathValue("unit"); code != cityPath {
		return code
	}
	return ""
}

// showUnit shows a unit; what a form of the page led to is put into the page by with.
func (c *console) showUnit(v *visit, status int, code string, with func(*unitPage)) error {
	dir, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := unitPage{Path: code, Kinds: escalation.UnitKinds(), Units: dir.Units(), MayEdit: v.may(web.EditDirectory),
		Channels: escalation.ReportChannels(), Eaches: escalation.ReportEaches(),
		Own: c.Calendar.Own()}
	title := cityTitle
	switch code {
	case newUnitPath:
		page.New = true
		return v.show(status, "unit", "Thêm đơn vị", page)
	case cityPath:
		page.City = true
	default:
		u, ok := dir.Unit(code)
		if !ok {
			return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có đơn vị này"}
		}
		page.Unit, page.Over, title = u, !u.InForce(v.now), u.Name
		if next, ok := dir.Successor(code, v.now); ok && page.Over {
			page.Next = next.Name
		}
		page.Broken, page.MayMove = page.broken(), v.may(web.EditCalendar) && len(page.Own) > 0
	}
	page.Roles = page.Unit.Roles()
	if err := c.peopleOf(v, dir, &page); err != nil {
		return err
	}
	if with != nil {
		with(&page)
	}
	return v.show(status, "unit", title, page)
}

// peopleOf puts the people of the page's unit into it, and who is missing.
func (c *console) peopleOf(v *visit, dir *escalation.Directory, page *unitPage) error {
	all, err := c.Directory.Contacts(v.Context())
	if err != nil {
		return err
	}
	choices, err := c.Leaders.Subscriptions(v.Context())
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Unit == page.Unit.Code {
			page.place(c.rosterRow(dir, p, choices, v.now), v.now)
		}
	}
	for _, g := range escalation.Roster(dir, c.Numbering, c.Mail, v.now) {
		if g.Unit.Code == page.Unit.Code {
			page.Missing = g.Roles
		}
	}
	return nil
}

// broken says why the unit's calendar cannot be used; empty: it can.
func (p *unitPage) broken() string {
	if p.Unit.Calendar == "" {
		return ""
	}
	for _, own := range p.Own {
		if own.Name == p.Unit.Calendar {
			return own.Problem
		}
	}
	return "chưa có lịch tên này trong cấu hình"
}

// moveUnit shows which of the unit's open deadlines another calendar has given, and moves
// them to the calendar that it works by now when just those were shown.
func (c *console) moveUnit(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	code := v.PathValue("unit")
	moves, err := c.Calendar.MoveUnit(v.Context(), code, true, v.actor())
	if err != nil {
		return err
	}
	if seen := moves.seen(code); !carriesOut(form, seen) {
		return c.showUnit(v, 200, code, func(p *unitPage) { p.Moves, p.Seen = &moves, seen })
	}
	if moves, err = c.Calendar.MoveUnit(v.Context(), code, false, v.actor()); err != nil {
		return err
	}
	return v.done("/directory/"+code, "Đã dời "+strconv.Itoa(moves.Deadlines)+" thời hạn của "+strconv.Itoa(moves.Petitions)+" phản ánh sang lịch của đơn vị.")
}

// seen is the digest of deadlines that are to be moved to a unit's calendar. The instants
// that they get are not in it: where only one of the two calendars is at work they grow
// with each minute.
func (m CalendarMoves) seen(unit string) string {
	shown := []string{unit, m.Version, strconv.Itoa(m.Deadlines), strconv.Itoa(m.Petitions)}
	for _, one := range m.First {
		shown = append(shown, one.Petition, string(one.Rung), one.From.Format(time.RFC3339))
	}
	return digest(shown...)
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

// listOf are the parts of a field that lists by semicolons.
func listOf(s string) []string {
	var list []string
	for _, part := range strings.Split(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// dayOf reads a day of a form; empty: zero.
func dayOf(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, s, zone())
	if err != nil {
		return time.Time{}, wrong(field, "ngày không đúng")
	}
	return day, nil
}

// instantOf reads a day or an instant of a form. A field that says what was shown of the
// instant before leaves it as it is, to the second.
func instantOf(field, s string, before time.Time) (time.Time, error) {
	switch {
	case s == "":
		return time.Time{}, nil
	case s == isoDay(before), s == isoMinute(before):
		return before, nil
	case len(s) == len(time.DateOnly):
		return dayOf(field, s)
	}
	at, err := worktime.ParseInstant(s)
	if err != nil {
		return time.Time{}, wrong(field, "thời điểm không đúng")
	}
	return at, nil
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

func (c *console) saveUnit(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	code := v.PathValue("unit")
	body := web.UnitBody{
		Code: code, Name: form.Get("name"), SMSName: form.Get("sms_name"), Addressee: form.Get("addressee"), Kind: escalation.UnitKind(form.Get("kind")),
		Fields: listOf(form.Get("fields")), Areas: listOf(form.Get("areas")), Aliases: listOf(form.Get("aliases")), Website: form.Get("website"),
		Phone: form.Get("phone"), Successor: form.Get("successor"), Calendar: form.Get("calendar"),
	}
	added := code == newUnitPath
	if added {
		body.Code = form.Get("code")
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	old, known := directory.Unit(body.Code)
	if body.ValidFrom, err = instantOf("valid_from", form.Get("valid_from"), old.ValidFrom); err != nil {
		return err
	}
	if body.ValidTo, err = instantOf("valid_to", form.Get("valid_to"), old.ValidTo); err != nil {
		return err
	}
	said, err := c.calendarOf(form, &body, old, known)
	if err != nil {
		return err
	}
	if err := c.Roster.SaveUnit(v.Context(), body, added, v.actor()); err != nil {
		return err
	}
	return v.done("/directory/"+body.Code, "Đã lưu "+body.Name+"."+said)
}

// calendarOf checks the calendar that a form names: one there is, or the unit's own as
// before. It says what another one is for.
func (c *console) calendarOf(form url.Values, body *web.UnitBody, old escalation.Unit, known bool) (said string, err error) {
	if !form.Has("calendar") {
		body.Calendar = old.Calendar
	}
	if body.Calendar == old.Calendar {
		return "", nil
	}
	var names []string
	for _, own := range c.Calendar.Own() {
		if own.Problem == "" {
			names = append(names, own.Name)
		}
	}
	if fault := (escalation.Unit{Calendar: body.Calendar}).WorksBy(names, old); fault != nil {
		return "", wrong(fault.Field, "%s", fault.Detail)
	}
	if !known {
		return "", nil
	}
	return " Lịch mới áp dụng cho các thời hạn đặt từ nay; các thời hạn đang chạy giữ nguyên.", nil
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
