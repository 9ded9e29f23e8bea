package escalation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// How notices are addressed: who of a role can be reached now, what a text's
// variables are, and what happens when nobody can be texted.

// standIns lists the roles asked in turn when nobody of a role can be reached.
func standIns(role Role) []Role {
	switch role {
	case Focal:
		return []Role{Focal, Deputy, Head}
	case Deputy:
		return []Role{Deputy, Head}
	case Head:
		return []Role{Head, Deputy, Leader}
	case ShiftLead:
		return []Role{ShiftLead, Operator, Administrator}
	case Office:
		return []Role{Office}
	}
	return []Role{role}
}

// reachable lists who of the role, and then of its stand-ins, can be texted now.
func (c *change) reachable(unit string, role Role) []Contact {
	var list []Contact
	for _, r := range standIns(role) {
		for _, contact := range c.env.Directory.Serving(unit, r, c.env.Now) {
			known := slices.ContainsFunc(list, func(k Contact) bool { return k.ID == contact.ID || k.Phone == contact.Phone })
			if !known && c.textable(contact) {
				list = append(list, contact)
			}
		}
	}
	return list
}

// tell queues a text to whoever serves in the role for the slip. Nobody to tell
// is never silent: it becomes a task and a line in the timeline.
func (c *change) tell(role Role, slip *Slip, template string, class Class, r Rung, vars map[string]string) {
	unit := ""
	if slip != nil {
		unit = slip.Unit
	}
	if role == Focal && slip != nil && slip.Assignee != 0 {
		if contact, ok := c.env.Directory.Contact(slip.Assignee); ok && contact.Serving(c.env.Now) && c.textable(contact) {
			c.tellContact(contact, role, slip, template, class, r, 1, vars)
			return
		}
	}
	if people := c.reachable(unit, role); len(people) > 0 {
		c.tellContact(people[0], role, slip, template, class, r, 1, vars)
		return
	}
	if contact, ok := c.mailable(unit, role); ok {
		before := len(c.fx.Notices)
		c.tellContact(contact, role, slip, template, class, r, 1, vars)
		c.fx.Notices[before].To.ByEmail = true
		return
	}
	c.nobody(unit, role, template)
}

// textable reports whether the contact may and can be texted about the petition.
func (c *change) textable(contact Contact) bool {
	return !slices.Contains(c.p.Exclude, contact.ID) && c.env.Numbering.Textable(contact.Phone)
}

// mailable finds somebody to write to where nobody can be texted.
func (c *change) mailable(unit string, role Role) (Contact, bool) {
	for _, r := range standIns(role) {
		for _, contact := range c.env.Directory.Serving(unit, r, c.env.Now) {
			if c.env.Mail && contact.Email != "" && !slices.Contains(c.p.Exclude, contact.ID) {
				return contact, true
			}
		}
	}
	return Contact{}, false
}

func (c *change) tellContact(contact Contact, role Role, slip *Slip, template string, class Class, r Rung, attempt int, vars map[string]string) {
	n := Notice{
		Petition: c.p.ID, Template: template, Class: class, Lane: c.lane(class), Round: r.Round, Rung: r.Name, Attempt: attempt,
		To: Recipient{Contact: contact.ID, Role: role, Unit: contact.Unit}, At: c.env.Now, Expires: c.expiry(class, r),
	}
	if slip != nil {
		n.Slip = slip.No
	}
	n.NeedCode = slip != nil && needsCode(template)
	n.Vars = c.officerVars(slip, contact, vars)
	n.NotBefore = c.env.Policy.Held(n)
	c.post(n)
}

// post adds a notice; two of one key within a change are numbered apart.
func (c *change) post(n Notice) {
	for slices.ContainsFunc(c.fx.Notices, func(o Notice) bool { return o.Key() == n.Key() }) {
		n.Seq++
	}
	c.fx.Notices = append(c.fx.Notices, n)
}

// nobody records that a step had nobody to notify, so that it never passes silently.
func (c *change) nobody(unit string, role Role, template string) {
	what := fmt.Sprintf("không có ai giữ vai trò %s nhận được tin nhắn", roleLabel(role))
	if u, ok := c.env.Directory.Unit(unit); ok {
		what += " tại " + u.Name
	}
	c.entry("unreachable", what+" (mẫu "+template+")")
	c.task(TaskUnreachable, ShiftLead, c.env.Now, what)
}

func roleLabel(r Role) string {
	switch r {
	case Focal:
		return "cán bộ đầu mối"
	case Deputy:
		return "người thay"
	case Head:
		return "Thủ trưởng đơn vị"
	case Leader:
		return "lãnh đạo nhận báo cáo"
	case Duty:
		return "trực ban"
	case Office:
		return "Văn phòng UBND thành phố"
	case CityLeader:
		return "Lãnh đạo UBND thành phố"
	case ShiftLead:
		return "trưởng ca"
	case Operator:
		return "tổng đài viên"
	case CitizenRole:
		return "người dân"
	}
	return string(r)
}

// citizen queues a text to the petition's citizen and to those who follow it. Who
// cannot be texted gets an email or a call (DESIGN "receipts").
func (c *change) citizen(template string, class Class, r Rung, vars map[string]string) {
	c.tellCitizen(c.p.ID, c.p.Code, template, class, r, vars)
	if template == "C3" || template == "C12" {
		return // a question is for who made this petition
	}
	for _, f := range c.p.Followers {
		v := map[string]string{}
		maps.Copy(v, vars)
		v["ma"], v["link"] = f.Code, c.env.Host+"/t/"+f.Token
		v["xh"] = Citizen{Organisation: f.Organisation}.Salutation()
		c.post(c.citizenNotice(f.ID, template, class, r, v))
	}
}

func (c *change) tellCitizen(id int64, code, template string, class Class, r Rung, vars map[string]string) {
	n := c.citizenNotice(id, template, class, r, vars)
	switch {
	case c.p.Citizen.Phone != "" && c.env.Numbering.Textable(c.p.Citizen.Phone):
		c.post(n)
	case c.p.Citizen.Email != "" && c.env.Mail:
		n.To.ByEmail = true
		c.post(n)
	default:
		c.entry("contact", "người dân không nhận được tin nhắn, cần liên hệ trực tiếp (mẫu "+template+")")
		c.task(TaskContact, Operator, c.env.Now, "Liên hệ người dân về "+code+" (mẫu "+template+")")
	}
}

func (c *change) citizenNotice(id int64, template string, class Class, r Rung, vars map[string]string) Notice {
	n := Notice{
		Petition: c.p.ID, Template: template, Class: class, Lane: LaneCitizen, Round: r.Round, Rung: r.Name, Attempt: 1,
		To: Recipient{Citizen: id, Role: CitizenRole}, At: c.env.Now, Vars: c.citizenVars(vars), NeedCode: template == "C8n",
	}
	n.NotBefore = c.env.Policy.Held(n)
	return n
}

// lane puts urgent petitions' texts first.
func (c *change) lane(class Class) Lane {
	switch {
	case class == ClassAlarm, c.p.Urgent && class != ClassReport:
		return LaneUrgent
	case class == ClassRating:
		return LaneCitizen
	}
	return LaneSlip
}

// expiry: a reminder is pointless once its next level is due.
func (c *change) expiry(class Class, r Rung) time.Time {
	if class != ClassReminder {
		return time.Time{}
	}
	spec, ok := c.env.Policy.Spec(r.Ladder, r.Name)
	if !ok || spec.Next == "" {
		return time.Time{}
	}
	for _, other := range c.p.Rungs {
		if other.Name == spec.Next && other.Slip == r.Slip && other.State == Armed && other.Due.After(c.env.Now) {
			return other.Due
		}
	}
	return time.Time{}
}

// needsCode lists the texts that print a reply code.
func needsCode(template string) bool {
	switch template {
	case "O1", "O1K", "O1M", "O1P", "O1N", "O2", "O7", "H1", "H1E", "A1", "A3x":
		return true
	case "O3":
		return true
	}
	return false
}

// officerVars are the variables of a text to an officer; given ones win.
func (c *change) officerVars(slip *Slip, to Contact, given map[string]string) map[string]string {
	v := map[string]string{
		"ma": c.p.Code, "tom_tat": c.p.Summary, "dia_ban": c.area(), "linh_vuc": c.field(), "don_vi": c.unitName(),
		"gio": ClockText(c.env.at()), "tel": c.env.Support, "lp": c.env.Host + "/p/" + c.p.pageToken(slip, to.Role), "kinh_gui": c.addressee(to),
	}
	if c.p.Confidential {
		v["tom_tat"], v["dia_ban"] = "", ""
	}
	if slip != nil {
		v["gio"] = ClockText(slip.ForwardedAt)
	}
	if due := c.limit(); !due.IsZero() {
		v["han_48"] = ClockText(due)
		v["con_lai"] = SpanText(c.env.Calendar.Between(c.env.Now, due))
	}
	v["han"] = c.deadlineFor(slip, to.Role)
	if !c.p.ETA.IsZero() {
		v["hen"] = ClockText(c.p.ETA)
	}
	maps.Copy(v, given)
	return v
}

// unitName is who deals with the petition, as texts print it: the unit that
// answered, the lead, else the Office or 1022 itself.
func (c *change) unitName() string {
	lead := c.p.LastLead()
	switch {
	case c.p.Result != nil && c.p.Result.Unit != "":
		return c.smsName(c.p.Result.Unit)
	case c.p.Status == WithOffice || c.p.Status == Disputed || c.p.Result != nil && c.p.Dispute != nil:
		return "VP UBND TP"
	case lead != nil && c.p.Result == nil:
		return c.smsName(lead.Unit)
	}
	return "1022"
}

func (c *change) smsName(unit string) string {
	if u, ok := c.env.Directory.Unit(unit); ok && u.SMSName != "" {
		return u.SMSName
	}
	return "đơn vị"
}

// addressee is how the contact's head is addressed.
func (c *change) addressee(to Contact) string {
	if u, ok := c.env.Directory.Unit(to.Unit); ok && u.Addressee != "" {
		return u.Addressee
	}
	return "Thủ trưởng đơn vị"
}

func (c *change) area() string {
	if area := c.redact(c.p.Area); area != "" {
		return area
	}
	return "Hải Phòng"
}

func (c *change) field() string {
	if field := c.redact(c.p.Field); field != "" {
		return field
	}
	return "chung"
}

// words are a person's own words in a text: without personal data, never empty.
func (c *change) words(text string) string {
	clean := c.redact(text)
	if letters(clean) == 0 {
		return "theo hồ sơ tại 1022"
	}
	return clean
}

// pageToken is the link a reader gets: people of a unit their slip, with its
// authority; the Office and the hotline a page to look at.
func (p *Petition) pageToken(slip *Slip, role Role) string {
	switch role {
	case Focal, Deputy, Head, Leader, Duty, Officer:
		if slip != nil {
			return slip.Token
		}
	}
	return p.ViewToken
}

// deadlineFor prints the receiver's own deadline: 8 h for officers, 48 h for heads.
func (c *change) deadlineFor(slip *Slip, role Role) string {
	name := RungHead
	switch {
	case slip != nil && !slip.Lead:
		name = RungCooperate
	case role == Head || role == Office || role == CityLeader:
		name = RungOverdue
	}
	if r := c.rungFor(slip, name); r != nil && (name != RungHead || r.State != Fired) {
		return ClockText(c.dueOf(*r))
	}
	if due := c.limit(); !due.IsZero() { // the 8 h are over: what counts now are the 48 h
		return ClockText(due)
	}
	return ""
}

// rungFor is the latest rung of the name for the slip, nil when there is none.
func (c *change) rungFor(slip *Slip, name RungName) *Rung {
	for i := len(c.p.Rungs) - 1; i >= 0 && slip != nil; i-- {
		if r := &c.p.Rungs[i]; r.Name == name && r.Slip == slip.No {
			return r
		}
	}
	return nil
}

// dueOf is when a rung is due; while the Office holds, by the time that is left.
func (c *change) dueOf(r Rung) time.Time {
	if r.State == Paused && c.p.Hold != nil {
		return c.env.Calendar.Add(c.env.at(), r.Left)
	}
	return r.Due
}

// citizenVars are the variables of a text to the citizen; given ones win.
func (c *change) citizenVars(given map[string]string) map[string]string {
	v := map[string]string{
		"ma": c.p.Code, "xh": c.p.Citizen.Salutation(), "link": c.env.Host + "/t/" + c.p.Token,
		"gio": ClockText(c.p.ReceivedAt), "tel": c.env.Support, "don_vi": c.unitName(),
	}
	if due := c.limit(); !due.IsZero() {
		v["han_48"] = ClockText(due)
	}
	if !c.p.ETA.IsZero() {
		v["hen"] = ClockText(c.p.ETA)
	}
	maps.Copy(v, given)
	return v
}

// citizenLater queues a text that waits: C1 yields to C4 when the petition is
// forwarded within minutes.
func (c *change) citizenLater(template string, wait time.Duration) {
	before := len(c.fx.Notices)
	c.citizen(template, ClassRecorded, Rung{Round: c.p.Rounds}, nil)
	for i := before; i < len(c.fx.Notices); i++ {
		c.fx.Notices[i].NotBefore = c.env.Now.Add(wait)
	}
}

// inform texts the shift lead (T1) in a few words.
func (c *change) inform(r Rung, words string) {
	c.tell(ShiftLead, nil, "T1", ClassAlarm, r, map[string]string{"noi_dung": words})
}

// own lists the citizen's own strings, to be taken out of texts.
func (c Citizen) own() []string {
	var own []string
	for _, s := range []string{c.Name, c.Phone, c.Email, c.Address} {
		if s != "" {
			own = append(own, s)
		}
	}
	return own
}

// erase takes the citizen's own strings out of a text that must keep its
// numbers: the address of another office.
func (c Citizen) erase(text string) string {
	for _, s := range append(c.own(), "0"+strings.TrimPrefix(c.Phone, "+84")) {
		if len(s) > 3 {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	return text
}

func (c *change) redact(text string) string { return c.env.Redact(text, c.p.Citizen.own()...) }
