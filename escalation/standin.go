package escalation

import (
	"slices"
	"strings"
	"time"
)

// standIn finds whom an officer named to stand in: by number, or by name among the
// unit's people. Where that is nobody, or somebody who is away then, why says so; then
// texts go to the next by order.
func (d *Directory) standIn(away Contact, named string, from, to time.Time, numbering Numbering) (stand Contact, why string) {
	named = trimStand(named)
	if named == "" {
		return Contact{}, "chưa nêu người thay"
	}
	found := slices.DeleteFunc(d.named(away.Unit, named, from, numbering), func(c Contact) bool { return c.ID == away.ID || c.Phone == away.Phone })
	if len(found) == 0 {
		return Contact{}, "không có người thay này trong danh bạ của đơn vị"
	}
	for _, c := range found {
		if c.Phone != found[0].Phone {
			return Contact{}, "có nhiều người trùng tên người thay"
		}
	}
	if why := d.StandsIn(away, found[0], from, to); why != "" {
		return Contact{}, why
	}
	return found[0], ""
}

// named are the unit's people of a name or number, in the order in which they are asked.
func (d *Directory) named(unit, typed string, at time.Time, numbering Numbering) (found []Contact) {
	phone, err := numbering.ParsePhone(typed)
	for _, c := range d.contacts {
		byNumber := err == nil && c.Phone == phone.E164
		if c.Unit == unit && c.Holds(at) && (byNumber || samePerson(c.Name, typed)) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, byOrder)
	return found
}

// trimStand drops the word before the name: "CHO Trần Thị Mẫu".
func trimStand(named string) string {
	named = strings.TrimSpace(named)
	first, rest, more := strings.Cut(named, " ")
	switch Plain(first) {
	case "cho", "thay":
		if more {
			return strings.TrimSpace(rest)
		}
		return ""
	}
	return named
}

// samePerson compares names without marks and case; the end of a name is enough.
func samePerson(name, typed string) bool {
	name, typed = Plain(name), Plain(typed)
	return name == typed || strings.HasSuffix(name, " "+typed)
}

// StandsInForHead reports that the 8 hours have brought the slip to the head (Đ9.4), who is away or
// cannot be reached, and that the contact is asked in their place: who was named for it (Đ17.9),
// otherwise the next role, as a text finds them.
func (p *Petition) StandsInForHead(c Contact, s *Slip, d *Directory, n Numbering, at time.Time) bool {
	if !p.fired(s, RungHead) {
		return false
	}
	for _, reached := range []func(Contact) bool{
		func(k Contact) bool { return n.Textable(k.Phone) }, func(k Contact) bool { return k.Email != "" },
	} {
		for _, role := range standIns(Head) {
			asked := slices.DeleteFunc(d.Serving(s.Unit, role, at), func(k Contact) bool { return !reached(k) || p.Excludes(d, k) })
			if len(asked) > 0 {
				return slices.ContainsFunc(asked, func(k Contact) bool { return k.same(c) && (k.Unit != s.Unit || k.Role != Head) })
			}
		}
	}
	return false
}

// StandsIn says why a contact cannot stand in for another in the stretch; empty: they
// can. Who is away themselves cannot, so that no chain of stand-ins ends where it began.
func (d *Directory) StandsIn(away, stand Contact, from, to time.Time) string {
	switch {
	case stand.same(away):
		return "người thay phải là người khác"
	case !stand.Holds(from) || !to.IsZero() && !stand.ValidTo.IsZero() && stand.ValidTo.Before(to):
		return "người thay không giữ vai trò suốt thời gian đó"
	case slices.ContainsFunc(stand.Absences, func(a Absence) bool { return a.overlaps(from, to) }):
		return "người thay cũng vắng mặt trong thời gian đó"
	}
	return d.standsInThen(away, from, to)
}

// standsInThen says that the contact has been named to stand in for others during the
// stretch; empty: for nobody. Who goes away all the same leaves them without anybody.
func (d *Directory) standsInThen(away Contact, from, to time.Time) string {
	if names := d.standsInOf(away, from, to); len(names) > 0 {
		return away.Name + " đang được cử thay cho " + strings.Join(names, ", ") + " trong thời gian đó"
	}
	return ""
}

// standsInOf names those for whom the contact has been named to stand in during the stretch.
func (d *Directory) standsInOf(away Contact, from, to time.Time) (names []string) {
	for _, c := range d.contacts {
		asked := slices.ContainsFunc(c.Absences, func(a Absence) bool {
			other, ok := d.contacts[a.Delegate]
			return ok && other.same(away) && a.overlaps(from, to)
		})
		if asked && !c.same(away) && !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return names
}
