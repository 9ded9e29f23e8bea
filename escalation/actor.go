package escalation

import "strings"

// Role is what a person is to a petition.
type Role string

// Roles of people the hotline deals with. The first group are a unit's contacts,
// the second the city's and the hotline's own, the last two are no person's role.
const (
	Focal  Role = "focal"  // cán bộ đầu mối
	Deputy Role = "deputy" // người thay
	Head   Role = "head"   // Thủ trưởng đơn vị
	Leader Role = "leader" // lãnh đạo nhận báo cáo (Đ13.6)
	Duty   Role = "duty"   // trực ban

	Office        Role = "office"      // Văn phòng UBND thành phố
	CityLeader    Role = "city_leader" // Lãnh đạo UBND thành phố
	ShiftLead     Role = "shift_lead"  // trưởng ca 1022
	Operator      Role = "operator"    // tổng đài viên
	Administrator Role = "administrator"
	Officer       Role = "officer" // an account of a unit: focal officer or deputy

	CitizenRole Role = "citizen"
	System      Role = "system" // the ladder itself
)

// Label is the role as lists and forms name it; in a sentence it has its full title.
func (r Role) Label() string {
	switch r {
	case Focal:
		return "đầu mối"
	case Head:
		return "Thủ trưởng"
	case Leader:
		return "lãnh đạo"
	case Office:
		return "Văn phòng UBND TP"
	case CityLeader:
		return "Lãnh đạo UBND TP"
	}
	return r.title()
}

// title is the role as a sentence names it.
func (r Role) title() string {
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
	case Administrator:
		return "quản trị"
	case Officer:
		return "cán bộ đơn vị"
	case CitizenRole:
		return "người dân"
	case System:
		return "hệ thống"
	}
	return string(r)
}

// Channel is the way a command came in, or a petition was made.
type Channel string

// Channels of commands and petitions.
const (
	ByPhone    Channel = "phone"
	ByWeb      Channel = "web"
	ByEmail    Channel = "email"
	ByFacebook Channel = "facebook"
	BySMS      Channel = "sms"
	ByConsole  Channel = "console"
	ByAPI      Channel = "api"
	BySlipPage Channel = "slip_page"
	BySystem   Channel = "system"
)

// Label is the channel as people read it (Đ6).
func (c Channel) Label() string {
	switch c {
	case ByPhone:
		return "điện thoại"
	case ByWeb:
		return "trang web"
	case ByEmail:
		return "thư điện tử"
	case ByFacebook:
		return "fanpage Facebook"
	case BySMS:
		return "tin nhắn SMS"
	case ByConsole:
		return "bàn làm việc"
	case BySlipPage:
		return "trang phiếu"
	case ByAPI:
		return "API"
	case BySystem:
		return "hệ thống"
	}
	return string(c)
}

// Actor is who asked for a change: no change is without one (DESIGN "every
// change has an author").
type Actor struct {
	Name    string  `json:"name"`
	Role    Role    `json:"role"`
	Channel Channel `json:"channel"`
	Unit    string  `json:"unit,omitempty"`    // code of the unit a contact belongs to
	Contact int64   `json:"contact,omitempty"` // 0: not a contact of the directory
	// Account is the name an account signs in with: the change log tells people of one
	// name apart by it. Timelines, which units read, have no login names.
	Account string `json:"account,omitempty"`
}

// Ladder is the actor of everything that time does by itself.
func Ladder() Actor { return Actor{Name: "1022", Role: System, Channel: BySystem} }

// staff reports whether the actor works for the hotline.
func (a Actor) staff() bool {
	return a.Role == Operator || a.Role == ShiftLead || a.Role == Administrator
}

// forUnit reports whether the actor speaks for a processing unit.
func (a Actor) forUnit() bool {
	switch a.Role {
	case Focal, Deputy, Head, Officer, Duty:
		return true
	}
	return false
}

// forOffice reports whether the actor speaks for the city: its Office or its leaders.
func (a Actor) forOffice() bool { return a.Role == Office || a.Role == CityLeader }

// MaskPhone hides the middle of a number for logs and lists: 091****678.
func MaskPhone(phone string) string {
	digits := strings.TrimPrefix(phone, "+84")
	if digits != phone {
		digits = "0" + digits
	}
	if len(digits) < 7 {
		return strings.Repeat("*", len(digits))
	}
	return digits[:3] + "****" + digits[len(digits)-3:]
}
