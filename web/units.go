package web

import (
	"context"
	"reflect"
	"strings"
	"time"

	"notify1022/escalation"
)

// Directory keeps units and contacts. Every change has an author. Safe for
// concurrent use.
type Directory interface {
	// Directory is the snapshot in force.
	Directory(ctx context.Context) (*escalation.Directory, error)
	// Contacts lists all contacts, former ones too.
	Contacts(ctx context.Context) ([]escalation.Contact, error)
	// AddUnit stores a new unit; a code that is taken is a Problem of kind WrongTime.
	AddUnit(ctx context.Context, u escalation.Unit, actor escalation.Actor) error
	// SaveUnit replaces the unit with the code; a missing one is a Problem of kind NotFound.
	SaveUnit(ctx context.Context, u escalation.Unit, actor escalation.Actor) error
	// AddContact stores a new contact and returns its id; ask: its number is asked by
	// SMS whether it is theirs, as that of a successor always is.
	AddContact(ctx context.Context, c escalation.Contact, ask bool, actor escalation.Actor) (int64, error)
	// AskNumber asks again; VerifyNumber notes that somebody made sure by other means.
	AskNumber(ctx context.Context, id int64) error
	VerifyNumber(ctx context.Context, id int64, actor escalation.Actor) error
	// SaveContact replaces the contact with the id; missing: NotFound.
	SaveContact(ctx context.Context, c escalation.Contact, actor escalation.Actor) error
	// NoteAbsence notes that a contact is away, a *Problem when that cannot be; EndAbsence
	// that they are back from the absence which begins at the instant, zero: from the
	// first that is not over.
	NoteAbsence(ctx context.Context, contact int64, a escalation.Absence, actor escalation.Actor) error
	EndAbsence(ctx context.Context, contact int64, from time.Time, actor escalation.Actor) error
	// RemoveContact ends the contact's time in the role now; missing: NotFound.
	// The row stays, so that replies from the number are a former officer's.
	RemoveContact(ctx context.Context, id int64, actor escalation.Actor) error
}

// UnitBody is a unit as POST and PUT take it; PUT takes the code from the path.
type UnitBody struct {
	Code      string              `json:"code,omitempty"`
	Name      string              `json:"name"`
	SMSName   string              `json:"sms_name"`
	Addressee string              `json:"addressee,omitempty" doc:"trống: Thủ trưởng và tên ngắn"`
	Kind      escalation.UnitKind `json:"kind"`
	Fields    []string            `json:"fields,omitempty"`
	Areas     []string            `json:"areas,omitempty"`
	Calendar  string              `json:"calendar,omitempty"`
	Aliases   []string            `json:"aliases,omitempty" doc:"địa danh cũ người dân vẫn gọi"`
	Website   string              `json:"website,omitempty" doc:"trang đơn vị công khai kết quả (Đ11.3)"`
	Phone     string              `json:"phone,omitempty" doc:"số công khai của cơ quan (Đ17.3)"`
	ValidFrom time.Time           `json:"valid_from,omitzero"`
	ValidTo   time.Time           `json:"valid_to,omitzero" doc:"không kể thời điểm này"`
	Successor string              `json:"successor,omitempty" doc:"mã đơn vị kế thừa"`
}

func (a *api) unitOperations() []operation {
	unit := reflect.TypeFor[escalation.Unit]()
	add := operation{method: "POST", path: "/units", id: "add-unit", tag: "units", summary: "Thêm đơn vị", rights: []Right{EditDirectory}, status: 201, result: unit}
	add.body, add.handle = with(a.addUnit)
	add.again = a.unitAdded
	save := operation{method: "PUT", path: "/units/{code}", id: "save-unit", tag: "units", summary: "Sửa đơn vị; trường không nêu thì giữ nguyên, nêu rỗng thì xóa", rights: []Right{EditDirectory}, status: 200, result: unit}
	save.body, save.handle = with(a.saveUnit)
	save.held = a.heldUnit
	return []operation{
		{method: "GET", path: "/units", id: "list-units", tag: "units", summary: "Danh sách đơn vị", rights: []Right{Enter}, status: 200,
			result: reflect.TypeFor[Page[escalation.Unit]](), handle: a.listUnits,
			query: paged(parameter{name: "kind", doc: "loại đơn vị", kind: "string", values: words(escalation.UnitKinds())})},
		{method: "GET", path: "/units/{code}", id: "get-unit", tag: "units", summary: "Một đơn vị", rights: []Right{Enter}, status: 200,
			result: unit, handle: a.getUnit},
		add, save,
	}
}

func (a *api) listUnits(c *call) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return answer{}, err
	}
	kind, after := escalation.UnitKind(c.query.Get("kind")), c.query.Get("cursor")
	page := Page[escalation.Unit]{Items: []escalation.Unit{}}
	for _, u := range directory.Units() {
		switch {
		case kind != "" && u.Kind != kind, u.Code <= after:
		case len(page.Items) == limit:
			page.NextCursor = page.Items[limit-1].Code
			return answer{body: page}, nil
		default:
			page.Items = append(page.Items, listed(u))
		}
	}
	return answer{body: page}, nil
}

// listed shows missing lists as empty ones.
func listed(u escalation.Unit) escalation.Unit {
	u.Fields, u.Areas = orEmpty(u.Fields), orEmpty(u.Areas)
	return u
}

func (a *api) getUnit(c *call) (answer, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return answer{}, err
	}
	u, ok := directory.Unit(c.PathValue("code"))
	if !ok {
		return answer{}, noSuch("đơn vị")
	}
	return answer{body: listed(u)}, nil
}

func (a *api) addUnit(c *call, body *UnitBody) (answer, error) {
	u, err := CheckUnit(body.Code, body)
	if err != nil {
		return answer{}, err
	}
	if err := a.calendarKnown(c, u); err != nil {
		return answer{}, err
	}
	if err := a.Directory.AddUnit(c.Context(), u, c.who.actor()); err != nil {
		return answer{}, err
	}
	return unitMade(u), nil
}

func unitMade(u escalation.Unit) answer {
	return answer{body: listed(u), location: "/api/v1/units/" + u.Code, changed: true}
}

// unitAdded answers for a unit that was added before.
func (a *api) unitAdded(c *call, _ Answered) (answer, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return answer{}, err
	}
	u, ok := directory.Unit(c.body.(*UnitBody).Code)
	if !ok {
		return answer{}, answerLost()
	}
	return unitMade(u), nil
}

// heldUnit is the unit of the path as a body would name it whole.
func (a *api) heldUnit(c *call) (any, error) {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return nil, err
	}
	u, ok := directory.Unit(c.PathValue("code"))
	if !ok {
		return nil, noSuch("đơn vị")
	}
	b := &UnitBody{Code: u.Code, Name: u.Name, SMSName: u.SMSName, Addressee: u.Addressee, Kind: u.Kind, Fields: u.Fields, Areas: u.Areas,
		Calendar: u.Calendar, Aliases: u.Aliases, Website: u.Website, Phone: u.Phone, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo, Successor: u.Successor}
	if u.Addressee = ""; u.Addressed().Addressee == b.Addressee { // it follows the name
		b.Addressee = ""
	}
	return b, nil
}

func (a *api) saveUnit(c *call, body *UnitBody) (answer, error) {
	code := c.PathValue("code")
	if !escalation.UnitCode(code) {
		return answer{}, noSuch("đơn vị")
	}
	if body.Code != "" && body.Code != code {
		return answer{}, wrongField("body.code", "mã đơn vị không đổi được")
	}
	u, err := CheckUnit(code, body)
	if err != nil {
		return answer{}, err
	}
	if err := a.calendarKnown(c, u); err != nil {
		return answer{}, err
	}
	if err := a.Directory.SaveUnit(c.Context(), u, c.who.actor()); err != nil {
		return answer{}, err
	}
	return answer{body: listed(u), changed: true}, nil
}

// calendarKnown refuses a calendar that is not among those of the configuration; one
// that the unit has already may have gone from there.
func (a *api) calendarKnown(c *call, u escalation.Unit) error {
	directory, err := a.Directory.Directory(c.Context())
	if err != nil {
		return err
	}
	list := a.Calendars() // the first is the city's
	var names []string
	for _, info := range list[min(1, len(list)):] {
		names = append(names, info.Name)
	}
	old, _ := directory.Unit(u.Code)
	if fault := u.WorksBy(names, old); fault != nil {
		return wrongField("body."+fault.Field, "%s", fault.Detail)
	}
	return nil
}

// CheckUnit makes a unit of the body; every fault is named (*Problem).
func CheckUnit(code string, b *UnitBody) (escalation.Unit, error) {
	u := escalation.Unit{Code: code, Name: strings.TrimSpace(b.Name), SMSName: strings.TrimSpace(b.SMSName),
		Addressee: strings.TrimSpace(b.Addressee), Kind: b.Kind, Fields: b.Fields, Areas: b.Areas, Calendar: b.Calendar,
		Aliases: b.Aliases, Website: strings.TrimSpace(b.Website), Phone: strings.TrimSpace(b.Phone), ValidFrom: b.ValidFrom, ValidTo: b.ValidTo, Successor: b.Successor}
	u = u.Addressed()
	var f faults
	f.of(u.Faults())
	return u, f.problem()
}

// faults collects what is wrong with a body.
type faults []Fault

func (f *faults) when(wrong bool, location, message string) {
	if wrong {
		*f = append(*f, Fault{location, message})
	}
}

func (f faults) problem() error {
	if len(f) == 0 {
		return nil
	}
	return unprocessable(f...)
}

// of takes over what the domain finds wrong.
func (f *faults) of(problems []*escalation.Problem) {
	for _, p := range problems {
		f.when(true, "body."+p.Field, p.Detail)
	}
}
