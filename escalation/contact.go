package escalation

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// Unit is a processing unit (đơn vị xử lý) or the City Office.
type Unit struct {
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	SMSName   string   `json:"sms_name"`  // at most 15 characters, printed as {don_vi}
	Addressee string   `json:"addressee"` // how its head is addressed, at most 21 characters, {kinh_gui}
	Kind      UnitKind `json:"kind"`
	Fields    []string `json:"fields"`
	Areas     []string `json:"areas"`
	Calendar  string   `json:"calendar"` // name of its own calendar; empty: the city's

	Aliases   []string  `json:"aliases,omitempty"`   // old names of its places: people still say "quận Ngô Quyền"
	Website   string    `json:"website,omitempty"`   // where it publishes its results itself (Đ11.3)
	Phone     string    `json:"phone,omitempty"`     // its public number (Đ17.3); never texted
	ValidFrom time.Time `json:"valid_from,omitzero"` // zero: always
	ValidTo   time.Time `json:"valid_to,omitzero"`   // zero: for ever; exclusive
	Successor string    `json:"successor,omitempty"` // code of the unit it was merged into
}

// InForce reports whether the unit exists at the instant: it may have been merged.
func (u Unit) InForce(at time.Time) bool {
	return !at.Before(u.ValidFrom) && (u.ValidTo.IsZero() || at.Before(u.ValidTo))
}

// UnitKind is the type of a unit, data that outlives reforms of the administration.
type UnitKind string

// Kinds of units.
const (
	Department      UnitKind = "so_nganh"
	Commune         UnitKind = "xa"
	Ward            UnitKind = "phuong"
	SpecialZone     UnitKind = "dac_khu"
	Sectoral        UnitKind = "nganh_doc"
	PublicUnit      UnitKind = "su_nghiep"
	ServiceProvider UnitKind = "dich_vu_cong"
	OfficeKind      UnitKind = "office"
)

// Label is the kind as people read it.
func (k UnitKind) Label() string {
	switch k {
	case Department:
		return "sở, ngành"
	case Commune:
		return "xã"
	case Ward:
		return "phường"
	case SpecialZone:
		return "đặc khu"
	case Sectoral:
		return "ngành dọc"
	case PublicUnit:
		return "đơn vị sự nghiệp"
	case ServiceProvider:
		return "dịch vụ công ích"
	case OfficeKind:
		return "Văn phòng UBND"
	}
	return string(k)
}

// UnitKinds lists every kind of unit.
func UnitKinds() []UnitKind {
	return []UnitKind{Department, Commune, Ward, SpecialZone, Sectoral, PublicUnit, ServiceProvider, OfficeKind}
}

// Contact is a person of the directory in one role.
type Contact struct {
	ID        int64     `json:"id"`
	Unit      string    `json:"unit"` // code; empty for people of the hotline itself
	Role      Role      `json:"role"`
	Name      string    `json:"name"`
	Phone     string    `json:"phone"` // E.164; empty or a landline: never texted
	Email     string    `json:"email"`
	Order     int       `json:"order"` // smaller is asked first
	Verified  bool      `json:"verified"`
	ValidFrom time.Time `json:"valid_from"` // zero: always
	ValidTo   time.Time `json:"valid_to"`   // zero: for ever; exclusive
	// Absences are those noted, in their order; they do not overlap.
	Absences []Absence `json:"-"`

	// Replaces is whose place the contact takes (Đ17.9); Pending until the number is
	// verified, and nobody in the role until then.
	Replaces int64 `json:"replaces,omitempty"`
	Pending  bool  `json:"pending,omitempty"`
}

// Serving reports whether the contact holds the role at the instant and is not away.
func (c Contact) Serving(at time.Time) bool {
	_, away := c.Away(at)
	return c.Holds(at) && !away
}

// Holds reports whether the contact holds the role at the instant, away or not.
func (c Contact) Holds(at time.Time) bool {
	return !c.Pending && !at.Before(c.ValidFrom) && (c.ValidTo.IsZero() || at.Before(c.ValidTo))
}

// ended reports whether the contact's time in the role is over.
func (c Contact) ended(at time.Time) bool { return !c.ValidTo.IsZero() && !c.ValidTo.After(at) }

// same reports whether two rows are one person's: the row itself, or one with the number.
func (c Contact) same(other Contact) bool {
	return c.ID == other.ID || c.Phone != "" && c.Phone == other.Phone
}

// Directory is a snapshot of units and contacts. It is a value: decisions look
// people up in it and never ask a database.
type Directory struct {
	units    map[string]Unit
	contacts map[int64]Contact
	roles    map[roleKey][]Contact
	phones   map[string][]Contact // without those whose number is not verified
}

type roleKey struct {
	unit string
	role Role
}

// NewDirectory indexes the units and contacts. Contacts of one role are kept by
// Order, then by ID.
func NewDirectory(units []Unit, contacts []Contact) *Directory {
	d := &Directory{
		units:    make(map[string]Unit, len(units)),
		contacts: make(map[int64]Contact, len(contacts)),
		roles:    make(map[roleKey][]Contact),
		phones:   make(map[string][]Contact),
	}
	for _, u := range units {
		d.units[u.Code] = u
	}
	for _, c := range contacts {
		d.contacts[c.ID] = c
		key := roleKey{c.Unit, c.Role}
		d.roles[key] = append(d.roles[key], c)
		if c.Phone != "" && !c.Pending {
			d.phones[c.Phone] = append(d.phones[c.Phone], c)
		}
	}
	for _, list := range d.roles {
		slices.SortStableFunc(list, byOrder)
	}
	return d
}

// byOrder is the order in which contacts of one role are asked.
func byOrder(a, b Contact) int {
	return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
}

// Unit finds a unit by its code.
func (d *Directory) Unit(code string) (Unit, bool) {
	u, ok := d.units[code]
	return u, ok
}

// house is the contact's unit, for who has none what a text calls where they serve.
func (d *Directory) house(c Contact) Unit {
	if u, ok := d.Unit(c.Unit); ok {
		return u
	}
	switch c.Role {
	case Office:
		return Unit{Name: Office.title(), SMSName: "VP UBND TP"}
	case CityLeader:
		return Unit{Name: CityLeader.title(), SMSName: "UBND TP"}
	}
	return Unit{Name: "Tổng đài 1022", SMSName: "Tổng đài 1022"}
}

// Units lists the units in the order of their codes.
func (d *Directory) Units() []Unit {
	list := make([]Unit, 0, len(d.units))
	for _, u := range d.units {
		list = append(list, u)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Code < list[j].Code })
	return list
}

// Contact finds a person by id.
func (d *Directory) Contact(id int64) (Contact, bool) {
	c, ok := d.contacts[id]
	return c, ok
}

// Successor follows a unit that is no more to the one that has its tasks at the
// instant; ok is false when there is none, or the chain leads nowhere.
func (d *Directory) Successor(code string, at time.Time) (Unit, bool) {
	for range 8 { // reforms in a row; more is a ring
		u, ok := d.units[code]
		if !ok || u.InForce(at) {
			return u, ok
		}
		code = u.Successor
	}
	return Unit{}, false
}

// OfficeNumber reports whether the number is an office's: the public one of a unit (Đ17.3), or
// a fixed line that somebody of the directory has. An officer's mobile is none.
func (d *Directory) OfficeNumber(phone Phone, n Numbering) bool {
	if d == nil {
		return false
	}
	if phone.Kind == Landline && len(d.phones[phone.E164]) > 0 {
		return true
	}
	for _, u := range d.units {
		for one := range strings.FieldsFuncSeq(u.Phone, func(c rune) bool { return strings.ContainsRune(",;/", c) }) {
			if p, err := n.ParsePhone(one); err == nil && p.E164 == phone.E164 {
				return true
			}
		}
	}
	return false
}

// ByPhone lists the people registered with the number, those who hold their
// role at the instant first.
func (d *Directory) ByPhone(phone string, at time.Time) []Contact {
	var now, former []Contact
	for _, c := range d.phones[phone] {
		if c.Holds(at) {
			now = append(now, c)
		} else {
			former = append(former, c)
		}
	}
	sort.Slice(now, func(i, j int) bool { return now[i].ID < now[j].ID })
	sort.Slice(former, func(i, j int) bool { return former[i].ID < former[j].ID })
	return append(now, former...)
}

// Sender is the first who holds the number at the instant.
func (d *Directory) Sender(phone string, at time.Time) (sender Contact, known bool) {
	if list := d.ByPhone(phone, at); len(list) > 0 && list[0].Holds(at) {
		return list[0], true
	}
	return Contact{}, false
}

// Serving lists who serves in the role at the instant, first to be asked first.
// Someone on leave is replaced by the delegate. People of the City Office, the
// city's leaders and the hotline belong to no unit, so unit is ignored for them.
func (d *Directory) Serving(unit string, role Role, at time.Time) []Contact {
	switch role {
	case Office, CityLeader, ShiftLead, Operator, Administrator:
		return d.cityWide(role, at)
	}
	return d.serving(d.roles[roleKey{unit, role}], at)
}

func (d *Directory) cityWide(role Role, at time.Time) []Contact {
	var list []Contact
	for key, contacts := range d.roles {
		if key.role == role {
			list = append(list, contacts...)
		}
	}
	slices.SortStableFunc(list, byOrder)
	return d.serving(list, at)
}

func (d *Directory) serving(list []Contact, at time.Time) []Contact {
	var serving []Contact
	seen := make(map[int64]bool, len(list))
	for _, c := range list {
		if a, away := c.Away(at); away && c.Holds(at) {
			stand, ok := d.contacts[a.Delegate]
			if !ok || !stand.Serving(at) {
				continue
			}
			c = stand
		}
		if c.Serving(at) && !seen[c.ID] {
			seen[c.ID] = true
			serving = append(serving, c)
		}
	}
	return serving
}
