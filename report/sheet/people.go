package sheet

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// people are the contacts by what names one in a cell: unit, role, and number, email or
// name. Somebody whom only the sheet has yet goes by a negative id.
type people struct {
	ids   map[string]int64
	names map[int64]string
}

// nameOf is what names a contact in a cell, such as SXD/focal/0912345678.
func nameOf(k escalation.Contact) string {
	return canonical(k.Unit + "/" + string(k.Role) + "/" + cmp.Or(writePhone(k.Phone), k.Email, k.Name))
}

// peopleOf knows contacts; of several with one name who holds the role for ever, or longest.
func peopleOf(contacts []Person) *people {
	p := &people{ids: map[string]int64{}, names: map[int64]string{}}
	until := map[string]time.Time{}
	for _, k := range contacts {
		if k.ID == 0 {
			continue // nobody can name them
		}
		name := nameOf(k.Contact)
		p.names[k.ID] = name
		last, twice := until[name]
		if !twice || k.ValidTo.IsZero() || !last.IsZero() && last.Before(k.ValidTo) {
			p.ids[name], until[name] = k.ID, k.ValidTo
		}
	}
	return p
}

// id is whom a cell names; a name that is not known yet gets an id that is none.
func (p *people) id(name string) int64 {
	if name == "" {
		return 0
	}
	id, ok := p.ids[name]
	if !ok {
		id = -int64(len(p.ids)) - 1
		p.ids[name], p.names[id] = id, name
	}
	return id
}

// absencesField are the times in which somebody is away: from/to, the last day counted in,
// and who stands in.
func absencesField(p *people) field[Person] {
	return field[Person]{name: "absences", headers: []string{"Vắng mặt", "Nghỉ"},
		read: func(k *Person, cell string, w ways) string {
			var list []escalation.Absence
			for _, item := range splitList(cell) {
				a, wrong := readAbsence(item, p, w)
				if wrong != "" {
					return wrong
				}
				if last := len(list) - 1; last >= 0 && (list[last].To.IsZero() || list[last].To.After(a.From)) {
					return "các lần vắng phải theo thứ tự thời gian và không chồng nhau"
				}
				list = append(list, a)
			}
			k.Absences = list
			return ""
		},
		write: func(k Person) string {
			items := make([]string, len(k.Absences))
			for i, a := range k.Absences {
				items[i] = strings.TrimSpace(writeInstant(a.From) + "/" + writeLast(a.To) + " " + p.names[a.Delegate])
			}
			return joinList(items)
		},
	}
}

const absenceShape = "mỗi lần vắng ghi như 2026-12-03/2026-12-05 SXD/deputy/0912345678, cách nhau bằng dấu chấm phẩy; người thay có thể để trống"

func readAbsence(item string, p *people, w ways) (a escalation.Absence, wrong string) {
	span, who, _ := strings.Cut(item, " ")
	from, to, ok := strings.Cut(span, "/")
	if !ok || from == "" {
		return a, absenceShape
	}
	if a.From, _, wrong = readInstant(from, w); wrong != "" {
		return a, absenceShape
	}
	if to != "" {
		var day bool
		if a.To, day, wrong = readInstant(to, w); wrong != "" {
			return a, absenceShape
		}
		if day {
			a.To = a.To.AddDate(0, 0, 1)
		}
		if !a.To.After(a.From) {
			return a, "lần vắng kết thúc trước khi bắt đầu"
		}
	}
	a.Delegate = p.id(strings.TrimSpace(who))
	return a, ""
}

// replacesField is whose place a successor takes once the number is verified.
func replacesField(p *people) field[Person] {
	return field[Person]{name: "replaces", headers: []string{"Thay cho"},
		read:  func(k *Person, cell string, _ ways) string { k.Replaces = p.id(cell); return "" },
		write: func(k Person) string { return p.names[k.Replaces] },
	}
}

// writeLast is the end of a stretch as moment writes one: a whole day is counted in.
func writeLast(t time.Time) string {
	if local := t.In(worktime.Zone()); !t.IsZero() && startOfDay(local) {
		t = local.AddDate(0, 0, -1)
	}
	return writeInstant(t)
}

// link gives the new people among those of final that are saved the ids by which others of
// the sheet name them, and returns what is wrong with whom each of them names.
func (p *people) link(final, former []Person, saved []int, d *escalation.Directory, terms Terms) (wrong []nameFault) {
	p.number(final, saved)
	all := numbered(final)
	whole, first := escalation.NewDirectory(d.Units(), all), firstInLine(all, saved, d, terms)
	for _, at := range saved {
		k, before := all[at], escalation.Contact{}
		if at < len(former) {
			before = former[at].Contact
		}
		field, detail := succession(whole, k, first[k.Replaces] != at, terms)
		if detail != "" {
			wrong = append(wrong, nameFault{at: at, field: field, detail: detail})
		}
		for _, a := range brought(before, k, terms.Now) {
			if detail, held := away(whole, k, a, terms.Now); detail != "" {
				wrong = append(wrong, nameFault{at, "absences", detail, held})
			}
		}
	}
	return wrong
}

// brought are the absences ahead that a contact has and had not before.
func brought(before, after escalation.Contact, now time.Time) []escalation.Absence {
	return slices.DeleteFunc(after.Ahead(now), func(a escalation.Absence) bool {
		return slices.ContainsFunc(before.Absences, func(b escalation.Absence) bool {
			return b.From.Equal(a.From) && b.To.Equal(a.To) && b.Delegate == a.Delegate
		})
	})
}

// away says why a contact cannot be away as told; empty: they can. held: a directory may
// hold it all the same, since a head's word by SMS counts and people leave.
func away(whole *escalation.Directory, k escalation.Contact, a escalation.Absence, now time.Time) (detail string, held bool) {
	if _, ok := whole.Contact(a.Delegate); a.Delegate != 0 && !ok {
		return "không có người thay này trong danh bạ hay trong tệp", false
	}
	var fault *escalation.Problem
	if errors.As(whole.CanBeAway(k, a, now), &fault) {
		return fault.Detail, true
	}
	return "", false
}

// number gives each new person whom somebody among those saved names the id of that name.
func (p *people) number(final []Person, saved []int) {
	named := map[int64]bool{}
	for _, at := range saved {
		named[final[at].Replaces] = true
		for _, a := range final[at].Absences {
			named[a.Delegate] = true
		}
	}
	there := map[int64]bool{0: true}
	for i := range final {
		if id := p.ids[nameOf(final[i].Contact)]; final[i].ID == 0 && id < 0 && named[id] && !there[id] {
			final[i].ID = id
		}
		there[final[i].ID] = true
	}
}

// firstInLine is who waits for the place of each contact, of several the first: those with
// another number wait for their own, then who waits already, then the sheet's by row.
func firstInLine(final []escalation.Contact, saved []int, d *escalation.Directory, terms Terms) map[int64]int {
	first := map[int64]int{}
	for _, at := range saved {
		if _, next := d.Renumbered(final[at], terms.Now, terms.Numbering); next != nil {
			first[final[at].ID] = at
		}
	}
	for i, k := range final {
		if _, taken := first[k.Replaces]; !taken && k.Pending && !ended(k, terms.Now) {
			first[k.Replaces] = i
		}
	}
	return first
}

// succession says what is wrong with whose place a contact takes, and in which column;
// empty: nothing. Only who waits for it takes one; an end in the past ends the waiting.
func succession(whole *escalation.Directory, k escalation.Contact, waited bool, terms Terms) (field, detail string) {
	before, ok := whole.Contact(k.Replaces)
	switch {
	case k.Replaces != 0 && !ok:
		return "replaces", "không có người này trong danh bạ hay trong tệp"
	case k.Pending && k.Replaces == 0:
		return "pending", "người chờ xác minh số phải ghi thay cho ai"
	case !k.Pending || ended(k, terms.Now):
		return "", ""
	}
	var fault *escalation.Problem
	if errors.As(k.Succeeds(before, waited, terms.Now, terms.Numbering), &fault) {
		return fault.Field, fault.Detail
	}
	return "", ""
}

// nameFault is what is wrong with somebody whom a contact names.
type nameFault struct {
	at            int // of the contact
	field, detail string
	held          bool // a directory may hold it all the same
}

// numbered are the contacts each with an id of its own, as a directory needs them.
func numbered(people []Person) []escalation.Contact {
	const beyond = -1 << 32 // no name gets as far
	list := make([]escalation.Contact, len(people))
	for i, p := range people {
		if list[i] = p.Contact; p.ID == 0 {
			list[i].ID = beyond - int64(i)
		}
	}
	return list
}
