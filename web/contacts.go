package web

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

// ContactBody is a contact as POST and PUT take it.
type ContactBody struct {
	Unit      string          `json:"unit,omitempty" doc:"mã đơn vị; người của tổng đài và thành phố có thể để trống"`
	Role      escalation.Role `json:"role"`
	Name      string          `json:"name"`
	Phone     string          `json:"phone,omitempty"`
	Email     string          `json:"email,omitempty"`
	Order     int             `json:"order,omitempty" doc:"số nhỏ được hỏi trước"`
	ValidFrom time.Time       `json:"valid_from,omitzero"`
	ValidTo   time.Time       `json:"valid_to,omitzero"`
	Replaces  int64           `json:"replaces,omitempty" doc:"người được thay (Đ17.9): có hiệu lực khi số máy mới đã xác minh"`
	Verify    bool            `json:"verify,omitempty" doc:"gửi tin xác minh số máy"`
}

// ContactView is a contact as the API shows it.
type ContactView struct {
	ID        int64           `json:"id"`
	Unit      string          `json:"unit"`
	Role      escalation.Role `json:"role"`
	Name      string          `json:"name"`
	Phone     string          `json:"phone" doc:"+84…"`
	Email     string          `json:"email"`
	Order     int             `json:"order"`
	Textable  bool            `json:"textable" doc:"nhận được tin nhắn"`
	Verified  bool            `json:"verified"`
	ValidFrom time.Time       `json:"valid_from,omitzero"`
	ValidTo   time.Time       `json:"valid_to,omitzero"`
	Pending   bool            `json:"pending,omitempty" doc:"chờ xác minh số máy, chưa giữ vai trò"`
	Replaces  int64           `json:"replaces,omitempty"`
}

func (a *api) contactView(c escalation.Contact) ContactView {
	return ContactView{ID: c.ID, Unit: c.Unit, Role: c.Role, Name: c.Name, Phone: c.Phone, Email: c.Email, Order: c.Order,
		Textable: a.Numbering.Textable(c.Phone), Verified: c.Verified, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo, Pending: c.Pending, Replaces: c.Replaces}
}

func (a *api) contactOperations() []operation {
	view := reflect.TypeFor[ContactView]()
	add := operation{method: "POST", path: "/contacts", id: "add-contact", tag: "contacts", summary: "Thêm người liên hệ", rights: []Right{EditDirectory}, status: 201, result: view}
	add.body, add.handle = with(a.addContact)
	add.again = a.contactAdded
	save := operation{method: "PUT", path: "/contacts/{id}", id: "save-contact", tag: "contacts", summary: "Sửa người liên hệ (Đ17.9); trường không nêu thì giữ nguyên, nêu rỗng thì xóa", rights: []Right{EditDirectory}, status: 200, result: view}
	save.body, save.handle = with(a.saveContact)
	save.held = a.heldContact
	verify := operation{method: "POST", path: "/contacts/{id}/verify", id: "verify-contact", tag: "contacts", summary: "Xác minh số máy: gửi tin hỏi, hoặc ghi nhận đã gọi", rights: []Right{EditDirectory}, status: 200, result: view}
	verify.body, verify.handle = with(a.verifyContact)
	verify.again = func(c *call, _ Answered) (answer, error) { return a.getContact(c) }
	return []operation{
		{method: "GET", path: "/contacts", id: "list-contacts", tag: "contacts", summary: "Danh bạ; đơn vị chỉ xem người của mình", rights: []Right{Enter},
			status: 200, result: reflect.TypeFor[Page[ContactView]](), handle: a.listContacts,
			query: paged(parameter{name: "unit", doc: "mã đơn vị", kind: "string"}, parameter{name: "former", doc: "kể cả người đã thôi giữ vai trò", kind: "boolean"}, parameter{name: "role", doc: "vai trò", kind: "string", values: words(escalation.ContactRoles())})},
		{method: "GET", path: "/contacts/{id}", id: "get-contact", tag: "contacts", summary: "Một người liên hệ", rights: []Right{Enter}, status: 200, result: view, handle: a.getContact},
		add, save, verify,
		{method: "DELETE", path: "/contacts/{id}", id: "remove-contact", tag: "contacts", summary: "Người liên hệ thôi giữ vai trò", rights: []Right{EditDirectory}, status: http.StatusNoContent, handle: a.removeContact},
	}
}

func words[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func (a *api) listContacts(c *call) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	after, err := c.afterID()
	if err != nil {
		return answer{}, err
	}
	all, err := a.known(c)
	if err != nil {
		return answer{}, err
	}
	unit, role := c.query.Get("unit"), escalation.Role(c.query.Get("role"))
	page := Page[ContactView]{Items: []ContactView{}}
	for _, contact := range all {
		switch {
		case contact.ID <= after, unit != "" && contact.Unit != unit, role != "" && contact.Role != role:
		case len(page.Items) == limit:
			page.NextCursor = strconv.FormatInt(page.Items[limit-1].ID, 10)
			return answer{body: page}, nil
		default:
			page.Items = append(page.Items, a.contactView(contact))
		}
	}
	return answer{body: page}, nil
}

// known lists the people whom the caller may see, by id, those who have ended
// their role only when the request wants them.
func (a *api) known(c *call) ([]escalation.Contact, error) {
	all, err := a.Directory.Contacts(c.Context())
	if err != nil {
		return nil, err
	}
	now, err := a.Now(c.Context())
	if err != nil {
		return nil, err
	}
	former := c.query.Get("former") == "true"
	list := slices.DeleteFunc(slices.Clone(all), func(contact escalation.Contact) bool {
		ended := !contact.ValidTo.IsZero() && !contact.ValidTo.After(now)
		return !c.who.knows(contact) || ended && !former
	})
	slices.SortFunc(list, func(x, y escalation.Contact) int { return cmp.Compare(x.ID, y.ID) })
	return list, nil
}

// afterID reads a cursor that is an id; 0: from the start.
func (c *call) afterID() (int64, error) {
	given := c.query.Get("cursor")
	if given == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(given, 10, 64)
	if err != nil || id < 1 {
		return 0, wrongField("query.cursor", "không phải next_cursor của trang trước")
	}
	return id, nil
}

// knows reports whether the caller may see the person: units see their own.
func (c caller) knows(contact escalation.Contact) bool { return !c.ofUnit() || contact.Unit == c.Unit }

// contact finds the person of the path.
func (a *api) contact(c *call) (escalation.Contact, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return escalation.Contact{}, noSuch("người liên hệ")
	}
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return escalation.Contact{}, err
	}
	contact, ok := directory.Contact(id)
	if !ok || !c.who.knows(contact) {
		return escalation.Contact{}, noSuch("người liên hệ")
	}
	return contact, nil
}

func (a *api) getContact(c *call) (answer, error) {
	contact, err := a.contact(c)
	if err != nil {
		return answer{}, err
	}
	return answer{body: a.contactView(contact)}, nil
}

func (a *api) addContact(c *call, body *ContactBody) (answer, error) {
	contact, err := a.checkContact(c, body)
	if err != nil {
		return answer{}, err
	}
	if contact.ID, err = a.Directory.AddContact(c.Context(), contact, body.Verify, c.who.actor()); err != nil {
		return answer{}, err
	}
	return a.added(contact), nil
}

func (a *api) added(contact escalation.Contact) answer {
	return answer{body: a.contactView(contact), location: "/api/v1/contacts/" + strconv.FormatInt(contact.ID, 10), changed: true}
}

// contactAdded answers for a person who was added before.
func (a *api) contactAdded(c *call, before Answered) (answer, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return answer{}, err
	}
	if len(before.Made) == 1 {
		if contact, ok := directory.Contact(before.Made[0]); ok {
			return a.added(contact), nil
		}
	}
	return answer{}, answerLost()
}

// VerifyBody says how a number is verified.
type VerifyBody struct {
	By string `json:"by" doc:"sms: gửi tin hỏi; call: đã gọi điện xác minh"`
}

func (a *api) verifyContact(c *call, body *VerifyBody) (answer, error) {
	contact, err := a.contact(c)
	if err != nil {
		return answer{}, err
	}
	switch body.By {
	case "sms":
		err = a.Directory.AskNumber(c.Context(), contact.ID)
	case "call":
		err = a.Directory.VerifyNumber(c.Context(), contact.ID, c.who.actor())
	default:
		err = wrongField("body.by", "phải là sms hoặc call")
	}
	if err != nil {
		return answer{}, err
	}
	if contact, err = a.contact(c); err != nil {
		return answer{}, err
	}
	return answer{body: a.contactView(contact), changed: true}, nil
}

// heldContact is the person of the path as a body would name them whole.
func (a *api) heldContact(c *call) (any, error) {
	k, err := a.contact(c)
	if err != nil {
		return nil, err
	}
	return &ContactBody{Unit: k.Unit, Role: k.Role, Name: k.Name, Phone: k.Phone, Email: k.Email, Order: k.Order, ValidFrom: k.ValidFrom, ValidTo: k.ValidTo}, nil
}

// saveContact keeps what the body does not say: leave, stand-in, and that the
// number was verified as long as it is the same.
func (a *api) saveContact(c *call, body *ContactBody) (answer, error) {
	old, err := a.contact(c)
	if err != nil {
		return answer{}, err
	}
	contact, err := a.checkContact(c, body)
	if err != nil {
		return answer{}, err
	}
	keepOf(&contact, old)
	if err := a.Directory.SaveContact(c.Context(), contact, c.who.actor()); err != nil {
		return answer{}, err
	}
	if contact, err = a.contact(c); err != nil { // a new number is in force once it is verified
		return answer{}, err
	}
	return answer{body: a.contactView(contact), changed: true}, nil
}

// keepOf keeps of a contact what an edit does not say.
func keepOf(contact *escalation.Contact, old escalation.Contact) {
	contact.ID, contact.Absences = old.ID, old.Absences
	contact.Replaces, contact.Pending = old.Replaces, old.Pending
	contact.Verified = old.Verified && old.Phone == contact.Phone
}

// EditContact is the contact as the body changes it; every fault is named (*Problem).
func EditContact(directory *escalation.Directory, numbering escalation.Numbering, id int64, b *ContactBody) (escalation.Contact, error) {
	contact, err := CheckContact(directory, numbering, b)
	if err != nil || id == 0 {
		return contact, err
	}
	old, ok := directory.Contact(id)
	if !ok {
		return contact, noSuch("người liên hệ")
	}
	keepOf(&contact, old)
	return contact, nil
}

func (a *api) removeContact(c *call) (answer, error) {
	contact, err := a.contact(c)
	if err != nil {
		return answer{}, err
	}
	return answer{changed: true}, a.Directory.RemoveContact(c.Context(), contact.ID, c.who.actor())
}

func (a *api) checkContact(c *call, b *ContactBody) (escalation.Contact, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return escalation.Contact{}, err
	}
	return CheckContact(directory, a.Numbering, b)
}

// CheckContact makes a contact of the body; every fault is named (*Problem). A landline
// is allowed everywhere: it can be called, and textable says that it gets no SMS.
func CheckContact(directory *escalation.Directory, numbering escalation.Numbering, b *ContactBody) (escalation.Contact, error) {
	contact := escalation.Contact{Unit: b.Unit, Role: b.Role, Name: strings.TrimSpace(b.Name), Email: strings.TrimSpace(b.Email),
		Order: b.Order, ValidFrom: b.ValidFrom, ValidTo: b.ValidTo, Replaces: b.Replaces}
	var f faults
	if b.Phone != "" {
		phone, err := numbering.ParsePhone(b.Phone)
		if err != nil {
			f.when(true, "body.phone", err.Error())
			contact.Phone = b.Phone // said once
		} else {
			contact.Phone = phone.E164
		}
	}
	f.of(contact.Faults(directory))
	return contact, f.problem()
}

// DelegationBody is an absence: POST /delegations. Of days that were noted before the
// later word counts. Without from and to it ends the first that is not over.
type DelegationBody struct {
	Contact  int64     `json:"contact"`
	From     time.Time `json:"from,omitzero" doc:"trống cả from và to: bỏ đợt vắng mặt đầu tiên chưa hết"`
	To       time.Time `json:"to,omitzero" doc:"không kể thời điểm này; trống: chưa biết"`
	Delegate int64     `json:"delegate,omitempty" doc:"người thay; 0: người kế tiếp theo order"`
}

func (b *DelegationBody) absence() escalation.Absence {
	return escalation.Absence{From: b.From, To: b.To, Delegate: b.Delegate}
}

// Delegation is an absence as the API shows it.
type Delegation struct {
	Contact  int64     `json:"contact"`
	Name     string    `json:"name"`
	Unit     string    `json:"unit"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Delegate int64     `json:"delegate"`
}

func delegation(c escalation.Contact, a escalation.Absence) Delegation {
	return Delegation{Contact: c.ID, Name: c.Name, Unit: c.Unit, From: a.From, To: a.To, Delegate: a.Delegate}
}

func (a *api) delegationOperations() []operation {
	set := operation{method: "POST", path: "/delegations", id: "set-delegation", tag: "contacts", summary: "Ghi nhận vắng mặt và người thay (Đ17.9)",
		rights: []Right{NoteAbsence}, status: http.StatusOK, result: reflect.TypeFor[Delegation]()}
	set.body, set.handle = with(a.delegate)
	set.again = a.delegated
	return []operation{set, {method: "GET", path: "/delegations", id: "list-delegations", tag: "contacts", summary: "Những người đang hoặc sẽ vắng mặt",
		rights: []Right{Enter}, status: 200, result: reflect.TypeFor[Page[Delegation]](), handle: a.listDelegations}}
}

func (a *api) listDelegations(c *call) (answer, error) {
	all, err := a.Directory.Contacts(c.Context())
	if err != nil {
		return answer{}, err
	}
	now, err := a.Now(c.Context())
	if err != nil {
		return answer{}, err
	}
	page := Page[Delegation]{Items: []Delegation{}}
	for _, contact := range all {
		if !c.who.knows(contact) {
			continue
		}
		for _, a := range contact.Ahead(now) {
			page.Items = append(page.Items, delegation(contact, a))
		}
	}
	return answer{body: page}, nil
}

// delegated answers for an absence that was noted before.
func (a *api) delegated(c *call, _ Answered) (answer, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return answer{}, err
	}
	body := c.body.(*DelegationBody)
	contact, ok := directory.Contact(body.Contact)
	if !ok {
		return answer{}, answerLost()
	}
	return answer{body: delegation(contact, body.absence()), changed: true}, nil
}

func (a *api) delegate(c *call, b *DelegationBody) (answer, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return answer{}, err
	}
	contact, ok := directory.Contact(b.Contact)
	if !ok || !c.who.knows(contact) {
		return answer{}, wrongField("body.contact", "không có người này trong danh bạ")
	}
	if stand, ok := directory.Contact(b.Delegate); b.Delegate != 0 && (!ok || !c.who.knows(stand)) {
		return answer{}, wrongField("body.delegate", "người thay phải là người khác trong danh bạ")
	}
	if b.From.IsZero() && b.To.IsZero() {
		err = a.Directory.EndAbsence(c.Context(), contact.ID, time.Time{}, c.who.actor())
	} else {
		err = a.Directory.NoteAbsence(c.Context(), contact.ID, b.absence(), c.who.actor())
	}
	if err != nil {
		return answer{}, err
	}
	return answer{body: delegation(contact, b.absence()), changed: true}, nil
}
