package console

import (
	"net/url"
	"strconv"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

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
	Hands    bool   // the visitor may hand it what the unit leads
	Own      []OwnCalendar
	Broken   string         // why the unit's calendar cannot be used
	Moves    *CalendarMoves // open deadlines that another calendar has given; nil: not asked for
	Seen     string         // digest of them
	MayMove  bool           // and there are calendars to move between
	Contacts []escalation.Contact

	Channels []escalation.ReportChannel
	Eaches   []escalation.ReportEach
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
			page.Next, page.Hands = next.Name, page.MayEdit && next.Kind != escalation.OfficeKind
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
	return v.done("/directory/"+code, "Đã dời "+strconv.Itoa(moves.Deadlines)+" thời hạn của "+strconv.Itoa(moves.Petitions)+" phản ánh sang lịch của đơn vị"+moves.leftOut()+".")
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
