package web

import (
	"context"
	"crypto/rand"
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

// Sendings are texts that somebody sends to many. They are one list, whichever door they
// came through.
type Sendings interface {
	// Start queues the notices as one sending, all or nothing, at night for the morning;
	// again: just these were queued before, as the sending with that number. Without a title
	// it has the text's.
	Start(ctx context.Context, title string, notices []escalation.Notice, by escalation.Actor) (id int64, again bool, err error)
	// Queued are the ids of a sending's messages, in the order of its recipients.
	Queued(ctx context.Context, id int64) ([]int64, error)
	// SendingOf is the sending that a message belongs to; 0: none.
	SendingOf(ctx context.Context, message int64) (int64, error)
}

// Groups are saved groups of people.
type Groups interface {
	// Members are the contacts of the group with the name; ok is false where there is none.
	Members(ctx context.Context, name string) (contacts []int64, ok bool, err error)
}

// NotByHand is why a text is not sent by hand.
const NotByHand = "mẫu tin này hệ thống tự gửi theo việc của phản ánh (mã, phiếu, nhắc, báo cáo, trả lời), không gửi tay được"

func (a *api) sendOperation() operation {
	send := operation{method: "POST", path: "/messages", id: "send-message", tag: "messages", status: 202, rights: []Right{SendTexts},
		summary: "Gửi tin theo mẫu; trên 100 tin phải xác nhận bằng agree", result: reflect.TypeFor[Sent]()}
	send.body, send.handle = with(a.send)
	send.again = a.sentBefore
	return send
}

// Send is the body of POST /messages.
type Send struct {
	Template string            `json:"template"`
	To       []Addressee       `json:"to"`
	Vars     map[string]string `json:"vars,omitempty"`
	Title    string            `json:"title,omitempty" doc:"tên của lần gửi trong Gửi tin của bàn làm việc; trống: mã mẫu tin"`
	Agree    int               `json:"agree,omitempty" doc:"số tin sẽ gửi, để xác nhận một lần gửi trên 100 tin; câu trả lời 422 có trường confirm nêu số này"`
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

// Sent is the answer: the sending, as the console lists it, and one id per recipient.
type Sent struct {
	Sending int64   `json:"sending" doc:"số của lần gửi: xem, tạm dừng, hủy ở Gửi tin của bàn làm việc"`
	IDs     []int64 `json:"ids"`
}

// Bounds of one sending by hand, in the console too.
const (
	MaxRecipients = 20_000
	asksAbove     = 100 // segments
)

// Bounds of a request.
const (
	maxAddressees = 500
	maxVar        = 1000
	maxTitle      = 200
	maxGroup      = 400 // octets of a saved group's name
)

// Agreed reports whether a sending of so many segments may go: above a hundred whoever sends
// it says how many they are.
func Agreed(segments, agree int) bool { return segments <= asksAbove || agree == segments }

// Confirm is what a request says to be carried out after all.
type Confirm struct {
	Agree      int `json:"agree" doc:"gửi lại yêu cầu với số này ở trường agree"`
	Recipients int `json:"recipients"`
	Segments   int `json:"segments"`
}

// unconfirmed asks once more.
func unconfirmed(recipients, segments int) *Problem {
	p := wrongField("body.agree", `lần gửi này có %d tin đến %d người nhận; để xác nhận, hãy gửi lại yêu cầu với "agree": %d`, segments, recipients, segments)
	p.Confirm = &Confirm{Agree: segments, Recipients: recipients, Segments: segments}
	return p
}

func (a *api) send(c *call, body *Send) (answer, error) {
	segments, err := a.checkText(body)
	if err != nil {
		return answer{}, err
	}
	recipients, err := a.recipients(c.Context(), body.To)
	if err != nil {
		return answer{}, err
	}
	if segments *= len(recipients); !Agreed(segments, body.Agree) {
		return answer{}, unconfirmed(len(recipients), segments)
	}
	notices := make([]escalation.Notice, len(recipients))
	mark := escalation.RungName("send@" + rand.Text()) // no petition tells two sendings apart
	for i, to := range recipients {
		notices[i] = escalation.Notice{Template: body.Template, Vars: body.Vars, To: to, Rung: mark, Lane: escalation.LaneBulk,
			Class: escalation.ClassReport, Attempt: 1}
	}
	id, _, err := a.Sendings.Start(c.Context(), strings.TrimSpace(body.Title), notices, c.who.actor())
	if err != nil {
		return answer{}, err
	}
	ids, err := a.Sendings.Queued(c.Context(), id)
	return answer{body: Sent{id, orEmpty(ids)}, changed: true}, err
}

// sentBefore answers for a sending that was queued before.
func (a *api) sentBefore(c *call, before Answered) (answer, error) {
	if len(before.Made) == 0 {
		return answer{}, answerLost()
	}
	id, err := a.Sendings.SendingOf(c.Context(), before.Made[0])
	return answer{body: Sent{id, before.Made}, changed: true}, err
}

var placeholder = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// checkText renders the text once, so that what cannot be sent is refused here
// and not found in the outbox, and tells how many segments it has.
func (a *api) checkText(body *Send) (segments int, err error) {
	set := a.Templates()
	text, ok := set.Lookup(templates.Key(body.Template))
	switch {
	case !ok:
		return 0, wrongField("body.template", "không có mẫu tin %q", shown(body.Template))
	case !text.ByHand():
		return 0, wrongField("body.template", "%s", NotByHand)
	}
	var faults []Fault
	if utf8.RuneCountInString(body.Title) > maxTitle {
		faults = append(faults, Fault{"body.title", fmt.Sprintf("dài quá %d ký tự", maxTitle)})
	}
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
		return 0, unprocessable(slices.Compact(faults)[:min(len(slices.Compact(faults)), maxFaults)]...)
	}
	made, err := set.Render(text.Key, body.Vars, templates.Options{})
	switch {
	case errors.Is(err, templates.ErrNoRoom):
		return 0, wrongField("body.vars", "nội dung không vừa một tin nhắn")
	case err != nil:
		return 0, wrongField("body.vars", "có biến để trống hoặc có ký tự không gửi được")
	}
	return made.Segments, nil
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
	case len(s.list) > MaxRecipients:
		return nil, wrongField("body.to", "quá %d người nhận", MaxRecipients)
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
