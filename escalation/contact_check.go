package escalation

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// ContactRoles are the roles a person of the directory may have.
func ContactRoles() []Role {
	return []Role{Focal, Deputy, Head, Leader, Office, CityLeader, ShiftLead, Duty, Operator, Administrator}
}

// UnitRoles are those of a unit's own people.
func UnitRoles() []Role { return []Role{Focal, Deputy, Head, Leader, Duty} }

// CityRoles are those of people who need no unit: the Office's, the city's, the hotline's.
func CityRoles() []Role { return []Role{Office, CityLeader, ShiftLead, Operator, Administrator} }

// Roles are those that somebody of the unit may be given; the zero Unit is of people
// without one.
func (u Unit) Roles() []Role {
	switch {
	case u.Code == "":
		return CityRoles()
	case u.Kind == OfficeKind:
		return append([]Role{Office, CityLeader}, UnitRoles()...)
	}
	return UnitRoles()
}

// Lengths in characters of what texts and lists print of the directory.
const (
	maxName      = 200
	maxSMSName   = 15
	maxAddressee = 21
	maxWords     = 200 // fields and areas of a unit
	maxOrder     = 1000
)

var unitCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$`)

// UnitCode reports whether a text may be a unit's code.
func UnitCode(s string) bool { return unitCode.MatchString(s) }

// Addressed is the unit with an addressee: its own, or the one made of its short name.
func (u Unit) Addressed() Unit {
	if u.Addressee == "" {
		runes := []rune("TT " + u.SMSName)
		u.Addressee = string(runes[:min(len(runes), maxAddressee)])
	}
	return u
}

// Faults lists every field of the unit that is wrong.
func (u Unit) Faults() []*Problem {
	var f findings
	f.when(!UnitCode(u.Code), "code", "mã gồm chữ không dấu, số, dấu gạch, tối đa 32 ký tự")
	f.when(u.Name == "" || longer(u.Name, maxName) || !oneLine(u.Name), "name", "cần tên đơn vị trên một dòng, tối đa 200 ký tự")
	f.when(u.SMSName == "" || longer(u.SMSName, maxSMSName) || !oneLine(u.SMSName), "sms_name", "cần tên ngắn để in trong tin nhắn, tối đa 15 ký tự")
	f.when(longer(u.Addressee, maxAddressee) || !oneLine(u.Addressee), "addressee", "tối đa 21 ký tự")
	f.when(!slices.Contains(UnitKinds(), u.Kind), "kind", "loại đơn vị không có trong danh mục")
	f.when(len(u.Fields) > maxWords, "fields", "quá nhiều lĩnh vực")
	f.when(len(u.Areas) > maxWords, "areas", "quá nhiều địa bàn")
	f.when(longer(u.Calendar, 100), "calendar", "dài quá 100 ký tự")
	f.when(len(u.Aliases) > maxWords, "aliases", "quá nhiều địa danh")
	website := u.Website == "" || strings.HasPrefix(u.Website, "https://") || strings.HasPrefix(u.Website, "http://")
	f.when(!website || longer(u.Website, maxName) || !oneLine(u.Website), "website", "địa chỉ trang web phải bắt đầu bằng https://, tối đa 200 ký tự")
	f.when(longer(u.Phone, 40) || !oneLine(u.Phone), "phone", "tối đa 40 ký tự")
	f.when(!u.ValidTo.IsZero() && !u.ValidTo.After(u.ValidFrom), "valid_to", "phải sau valid_from")
	f.when(u.Successor == u.Code && u.Code != "", "successor", "đơn vị kế thừa phải là đơn vị khác")
	f.when(u.Successor != "" && u.ValidTo.IsZero(), "valid_to", "đơn vị có đơn vị kế thừa thì cần thời điểm thôi hoạt động")
	return f
}

// WorksBy reports why the unit cannot have the calendar that it names, nil: it can. The
// names are those that there are; the one it had before may have gone from there, and
// empty is the city's.
func (u Unit) WorksBy(names []string, before Unit) *Problem {
	if u.Calendar == "" || u.Calendar == before.Calendar || slices.Contains(names, u.Calendar) {
		return nil
	}
	return &Problem{Kind: Invalid, Field: "calendar", Detail: "không có lịch tên này trong cấu hình, hoặc tệp lịch không dùng được"}
}

// Faults lists every field of the contact that is wrong; the phone is in normal
// form already. A landline is allowed everywhere: it can be called.
func (c Contact) Faults(d *Directory) []*Problem {
	var f findings
	_, known := d.Unit(c.Unit)
	f.when(!slices.Contains(ContactRoles(), c.Role), "role", "vai trò không có trong danh mục")
	f.when(c.Unit != "" && !known, "unit", "không có đơn vị mã này")
	f.when(c.Unit == "" && slices.Contains(UnitRoles(), c.Role), "unit", "vai trò này cần đơn vị")
	f.when(c.Name == "" || longer(c.Name, maxName) || !oneLine(c.Name), "name", "cần họ tên trên một dòng, tối đa 200 ký tự")
	f.when(c.Phone == "" && c.Email == "", "phone", "cần số điện thoại hoặc email")
	f.when(c.Email != "" && !emailShape(c.Email), "email", "địa chỉ thư điện tử không đúng")
	f.when(c.Order < 0 || c.Order > maxOrder, "order", "phải từ 0 đến 1000")
	f.when(!c.ValidTo.IsZero() && !c.ValidTo.After(c.ValidFrom), "valid_to", "phải sau valid_from")
	return f
}

func longer(s string, most int) bool { return utf8.RuneCountInString(s) > most }

func oneLine(s string) bool { return !strings.ContainsAny(s, "\r\n\t") }

func emailShape(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	return ok && name != "" && len(s) <= 200 && strings.Contains(domain, ".") && !strings.ContainsAny(s, " \t\r\n<>,;\"") && !strings.Contains(domain, "@")
}
