package web

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/templates"
)

// Outbox lists messages and takes those written by hand.
type Outbox interface {
	// Messages gives one page, the latest first, as stable as ListPetitions; an
	// unknown petition code gives an empty one.
	Messages(ctx context.Context, f MessageFilter) (MessagePage, error)
	// Send queues notices that belong to no petition, in one transaction, and
	// returns their ids in order. A zero At becomes the transaction's now;
	// NotBefore is set where the recipient's quiet hours want it.
	Send(ctx context.Context, notices []escalation.Notice, actor escalation.Actor) ([]int64, error)
}

// Groups are saved groups of people.
type Groups interface {
	// Members are the contacts of the group with the name; ok is false where there is none.
	Members(ctx context.Context, name string) (contacts []int64, ok bool, err error)
}

// MessageFilter narrows a list; zero fields do not.
type MessageFilter struct {
	Petition string // code
	State    escalation.MessageState
	Template string
	Cursor   string
	Limit    int
}

// MessagePage is one page; Next is empty at the end.
type MessagePage struct {
	Items []Message
	Next  string
}

// Message is an outbox row. Phone and email are whole: the door masks them.
type Message struct {
	ID                int64
	Petition          string // code; empty: about none
	Confidential      bool   // what the petition is
	Denunciation      bool
	Template          string
	Role              escalation.Role // in which the recipient is addressed
	Unit              string          // of the recipient
	Phone, Email      string
	Text              string // empty until it is rendered
	State             escalation.MessageState
	Segments          int
	QueuedAt          time.Time
	NotBefore         time.Time
	SentAt            time.Time
	DeliveredAt       time.Time
	PossibleDuplicate bool
	Error             string
}

// MessageView is a message as the API shows it.
type MessageView struct {
	ID                int64                   `json:"id"`
	Petition          string                  `json:"petition,omitempty"`
	Template          string                  `json:"template"`
	Role              escalation.Role         `json:"role,omitempty"`
	Unit              string                  `json:"unit,omitempty"`
	To                string                  `json:"to" doc:"đã che: 091****678"`
	Text              string                  `json:"text"`
	State             escalation.MessageState `json:"state"`
	Segments          int                     `json:"segments"`
	QueuedAt          time.Time               `json:"queued_at,omitzero"`
	NotBefore         time.Time               `json:"not_before,omitzero"`
	SentAt            *time.Time              `json:"sent_at" nullable:"true"`
	DeliveredAt       *time.Time              `json:"delivered_at" nullable:"true"`
	PossibleDuplicate bool                    `json:"possible_duplicate"`
	Error             string                  `json:"error,omitempty"`
}

func messages(who caller, list []Message) []MessageView {
	views := make([]MessageView, 0, len(list))
	for _, m := range list {
		views = append(views, m.view(who))
	}
	return views
}

// view masks the address; the text carries links, which are authorities, so it
// is shown to the hotline, the Office (officers' texts) and the unit addressed, and of a
// denunciation to nobody who may not read it.
func (m Message) view(who caller) MessageView {
	v := MessageView{
		ID: m.ID, Petition: m.Petition, Template: m.Template, Role: m.Role, Unit: m.Unit, To: mask(m), State: m.State,
		Segments: m.Segments, QueuedAt: m.QueuedAt, NotBefore: m.NotBefore, SentAt: instant(m.SentAt),
		DeliveredAt: instant(m.DeliveredAt), PossibleDuplicate: m.PossibleDuplicate, Error: m.Error,
	}
	switch {
	case who.staff(), who.Role == escalation.Office && m.Role != escalation.CitizenRole, who.ofUnit() && m.Unit == who.Unit:
		v.Text = m.Text
	}
	closed := m.Denunciation && who.locked()
	if closed || m.Template == "OTP" { // a one-time code is for the phone it went to
		v.Text = ""
	}
	if m.Role == escalation.CitizenRole && (closed || m.Confidential && !who.staff()) { // the rest of a number tells a neighbour whose it is
		v.To = ""
	}
	return v
}

func mask(m Message) string {
	if m.Phone != "" {
		return escalation.MaskPhone(m.Phone)
	}
	name, domain, ok := strings.Cut(m.Email, "@")
	if !ok {
		return ""
	}
	first := []rune(name)
	return string(first[:min(1, len(first))]) + "***@" + domain
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *api) messageOperations() []operation {
	states := []string{"queued", "sending", "accepted", "delivered", "failed", "unknown", "expired", "suppressed"}
	send := operation{method: "POST", path: "/messages", id: "send-message", tag: "messages", status: 202, roles: city,
		summary: "Gửi tin theo mẫu", result: reflect.TypeFor[Sent]()}
	send.body, send.handle = with(a.send)
	send.again = func(_ *call, before Answered) (answer, error) {
		return answer{body: Sent{IDs: orEmpty(before.Made)}, changed: true}, nil
	}
	return []operation{send, {
		method: "GET", path: "/messages", id: "list-messages", tag: "messages", summary: "Tin nhắn đã xếp hàng và đã gửi, mới nhất trước",
		roles: city, status: 200, result: reflect.TypeFor[Page[MessageView]](), handle: a.listMessages,
		query: paged(
			parameter{name: "petition", doc: "mã phản ánh", kind: "string"},
			parameter{name: "state", doc: "trạng thái tin", kind: "string", values: states},
			parameter{name: "template", doc: "mã mẫu tin", kind: "string"}),
	}}
}

func (a *api) listMessages(c *call) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	page, err := a.Outbox.Messages(c.Context(), MessageFilter{
		Petition: c.query.Get("petition"), State: escalation.MessageState(c.query.Get("state")),
		Template: c.query.Get("template"), Cursor: c.query.Get("cursor"), Limit: limit,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{body: Page[MessageView]{Items: messages(c.who, page.Items), NextCursor: page.Next}}, nil
}

// Send is the body of POST /messages.
type Send struct {
	Template string            `json:"template"`
	To       []Addressee       `json:"to"`
	Vars     map[string]string `json:"vars,omitempty"`
}

// Addressee names who gets a message: a bare phone, a contact, a unit's people of
// a role (focal when none is named), everybody of a role, or a group.
type Addressee struct {
	Phone   string          `json:"phone,omitempty"`
	Contact int64           `json:"contact,omitempty"`
	Unit    string          `json:"unit,omitempty"`
	Role    escalation.Role `json:"role,omitempty"`
	Group   string          `json:"group,omitempty" doc:"một loại đơn vị (so_nganh, xa, phuong, …) hoặc all, kèm role, mặc định focal; hoặc tên một nhóm đã lưu, không kèm role"`
}

// Sent is the answer: one id per recipient.
type Sent struct {
	IDs []int64 `json:"ids"`
}

// Bounds of one sending by hand.
const (
	maxAddressees = 500
	maxRecipients = 5000
	maxVar        = 1000
	maxGroup      = 400 // octets of a saved group's name
)

func (a *api) send(c *call, body *Send) (answer, error) {
	if err := a.checkText(body); err != nil {
		return answer{}, err
	}
	recipients, err := a.recipients(c.Context(), body.To)
	if err != nil {
		return answer{}, err
	}
	notices := make([]escalation.Notice, len(recipients))
	stamp := int(a.Clock().UnixMicro()) // no petition tells two sendings apart
	for i, to := range recipients {
		notices[i] = escalation.Notice{Template: body.Template, Vars: body.Vars, To: to, Lane: escalation.LaneBulk,
			Class: escalation.ClassReport, Attempt: 1, Seq: stamp}
	}
	ids, err := a.Outbox.Send(c.Context(), notices, c.who.actor())
	if err != nil {
		return answer{}, err
	}
	return answer{body: Sent{IDs: orEmpty(ids)}, changed: true}, nil
}

var placeholder = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// checkText renders the text once, so that what cannot be sent is refused here
// and not found in the outbox.
func (a *api) checkText(body *Send) error {
	set := a.Templates()
	text, ok := set.Lookup(templates.Key(body.Template))
	if !ok {
		return wrongField("body.template", "không có mẫu tin %q", shown(body.Template))
	}
	var faults []Fault
	for name, value := range body.Vars {
		if utf8.RuneCountInString(value) > maxVar {
			faults = append(faults, Fault{"body.vars." + shown(name), fmt.Sprintf("dài quá %d ký tự", maxVar)})
		}
	}
	for _, m := range placeholder.FindAllStringSubmatch(text.Text, -1) {
		if _, given := body.Vars[m[1]]; !given {
			faults = append(faults, Fault{"body.vars." + m[1], "mẫu tin cần biến này"})
		}
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(x, y Fault) int { return compare(x.Location, y.Location) })
		return unprocessable(slices.Compact(faults)[:min(len(slices.Compact(faults)), maxFaults)]...)
	}
	_, err := set.Render(text.Key, body.Vars, templates.Options{})
	switch {
	case errors.Is(err, templates.ErrNoRoom):
		return wrongField("body.vars", "nội dung không vừa một tin nhắn")
	case err != nil:
		return wrongField("body.vars", "có biến để trống hoặc có ký tự không gửi được")
	}
	return nil
}

// recipients resolves the addressees; nobody gets the text twice.
func (a *api) recipients(ctx context.Context, to []Addressee) ([]escalation.Recipient, error) {
	if len(to) == 0 || len(to) > maxAddressees {
		return nil, wrongField("body.to", "cần từ 1 đến %d nơi nhận", maxAddressees)
	}
	directory, err := a.Directory.Directory(ctx)
	if err != nil {
		return nil, err
	}
	now, err := a.Now(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := a.savedGroups(ctx, to)
	if err != nil {
		return nil, err
	}
	s := sending{directory: directory, numbering: a.Numbering, now: now, groups: groups, seen: map[string]bool{}}
	for i, addressee := range to {
		s.add(addressee, fmt.Sprintf("body.to[%d]", i))
	}
	switch {
	case len(s.faults) > 0:
		return nil, unprocessable(s.faults[:min(len(s.faults), maxFaults)]...)
	case len(s.list) > maxRecipients:
		return nil, wrongField("body.to", "quá %d người nhận", maxRecipients)
	}
	return s.list, nil
}

// savedGroups are the members of the saved groups among the addressees, by name.
func (a *api) savedGroups(ctx context.Context, to []Addressee) (map[string][]int64, error) {
	groups := map[string][]int64{}
	for _, t := range to {
		if _, known := groups[t.Group]; known || a.Groups == nil || t.Group == "" || ofUnits(t.Group) || !writable(t.Group) || len(t.Group) > maxGroup {
			continue
		}
		members, ok, err := a.Groups.Members(ctx, t.Group)
		if err != nil {
			return nil, err
		}
		if ok {
			groups[t.Group] = members
		}
	}
	return groups, nil
}

// ofUnits reports that a group is the units of a kind, or all.
func ofUnits(group string) bool {
	return group == "all" || slices.Contains(escalation.UnitKinds(), escalation.UnitKind(group))
}

// sending collects the recipients of one text.
type sending struct {
	directory *escalation.Directory
	numbering escalation.Numbering
	now       time.Time
	groups    map[string][]int64 // saved ones, by name
	seen      map[string]bool    // by number
	list      []escalation.Recipient
	faults    []Fault
}

func (s *sending) fault(at, message string, args ...any) {
	s.faults = append(s.faults, Fault{at, fmt.Sprintf(message, args...)})
}

func (s *sending) add(to Addressee, at string) {
	role := to.Role
	if role == "" && to.Phone == "" && to.Contact == 0 {
		role = escalation.Focal
	}
	named := 0
	for _, is := range []bool{to.Phone != "", to.Contact != 0, to.Unit != "", to.Group != ""} {
		if is {
			named++
		}
	}
	switch {
	case named > 1 || named == 0 && to.Role == "" || named == 1 && to.Role != "" && to.Unit == "" && to.Group == "":
		s.fault(at, "nêu đúng một trong phone, contact, unit, role, group (role đi kèm được với unit, group)")
	case to.Role != "" && !slices.Contains(escalation.ContactRoles(), to.Role):
		s.fault(at+".role", "không có vai trò %q", shown(string(to.Role)))
	case to.Phone != "":
		s.addPhone(to.Phone, at)
	case to.Contact != 0:
		s.addContact(to.Contact, at)
	case to.Unit != "":
		s.addUnit(to.Unit, role, at)
	case to.Group == "" || ofUnits(to.Group):
		s.addUnits(to.Group, role, at)
	default:
		s.addGroup(to, at)
	}
}

func (s *sending) addPhone(number, at string) {
	phone, err := s.numbering.ParsePhone(number)
	switch {
	case err != nil:
		s.fault(at+".phone", "%s", err)
	case phone.Kind == escalation.Landline:
		s.fault(at+".phone", "số cố định không nhận được tin nhắn")
	case !s.seen[phone.E164]:
		s.seen[phone.E164] = true
		s.list = append(s.list, escalation.Recipient{Phone: phone.E164})
	}
}

func (s *sending) addContact(id int64, at string) {
	contact, ok := s.directory.Contact(id)
	if !ok {
		s.fault(at+".contact", "không có người này trong danh bạ")
		return
	}
	if s.people([]escalation.Contact{contact}, contact.Role) == 0 {
		s.fault(at+".contact", "người này không có số nhận được tin nhắn")
	}
}

func (s *sending) addUnit(code string, role escalation.Role, at string) {
	if _, ok := s.directory.Unit(code); !ok {
		s.fault(at+".unit", "không có đơn vị mã %q", shown(code))
		return
	}
	if s.people(s.directory.Serving(code, role, s.now), role) == 0 {
		s.fault(at+".unit", "đơn vị không có ai giữ vai trò %s nhận được tin nhắn", role)
	}
}

// addGroup adds the members of a saved group who still hold their roles.
func (s *sending) addGroup(to Addressee, at string) {
	members, ok := s.groups[to.Group]
	switch {
	case !ok:
		s.fault(at+".group", "không có nhóm %q", shown(to.Group))
		return
	case to.Role != "":
		s.fault(at+".role", "nhóm đã lưu không đi kèm role")
		return
	}
	found := 0
	for _, id := range members {
		if k, ok := s.directory.Contact(id); ok && k.Holds(s.now) {
			found += s.people([]escalation.Contact{k}, k.Role)
		}
	}
	if found == 0 {
		s.fault(at+".group", "nhóm không có ai nhận được tin nhắn")
	}
}

// addUnits adds the people of a role: of every unit of a kind, of all units, or
// of the city and the hotline.
func (s *sending) addUnits(group string, role escalation.Role, at string) {
	kind := escalation.UnitKind(group)
	found := s.people(s.directory.Serving("", role, s.now), role)
	for _, u := range s.directory.Units() {
		if group == "" || group == "all" || u.Kind == kind {
			found += s.people(s.directory.Serving(u.Code, role, s.now), role)
		}
	}
	if found == 0 {
		s.fault(at, "không có ai nhận được tin nhắn")
	}
}

// people adds those who can be texted and returns how many they are.
func (s *sending) people(list []escalation.Contact, role escalation.Role) int {
	found := 0
	for _, c := range list {
		if !s.numbering.Textable(c.Phone) {
			continue
		}
		found++
		if !s.seen[c.Phone] {
			s.seen[c.Phone] = true
			s.list = append(s.list, escalation.Recipient{Contact: c.ID, Role: role, Unit: c.Unit})
		}
	}
	return found
}
