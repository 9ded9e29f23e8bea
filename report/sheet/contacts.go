package sheet

import (
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// Person is a row of contacts: who holds a role, and how they get the reports of their unit.
type Person struct {
	escalation.Contact
	// Reports is the choice that was made for them (Đ13.6); with Each empty nobody chose,
	// with ChangedAt zero it is the sheet that does.
	Reports escalation.Subscription
}

// PersonsOf are contacts with the choices made for them, by id. A choice that was made for
// somebody who gets no reports any more is none.
func PersonsOf(contacts []escalation.Contact, choices map[int64]escalation.Subscription) []Person {
	list := make([]Person, len(contacts))
	for i, c := range contacts {
		if list[i].Contact = c; c.MaySubscribe() {
			list[i].Reports = choices[c.ID]
		}
	}
	return list
}

// Chosen is the choice that the sheet makes for the person; ok is false where it makes none.
func (p Person) Chosen() (choice escalation.Subscription, ok bool) {
	return p.Reports, p.Reports.Each != "" && p.Reports.ChangedAt.IsZero()
}

// contactColumns are the columns of contacts, people of whom are named in some.
func contactColumns(p *people) []field[Person] {
	return append(slices.Clone(contactFields), absencesField(p), replacesField(p), reportsField())
}

var contactFields = []field[Person]{
	must(unitField("unit", func(k *Person) *string { return &k.Unit }, "Mã đơn vị", "Đơn vị", "Tên đơn vị", "Cơ quan", "Đơn vị công tác")),
	must(oneOf("role", contactRoles, func(k *Person) *escalation.Role { return &k.Role }, "Vai trò", "Nhiệm vụ")),
	must(text("name", func(k *Person) *string { return &k.Name }, "Họ tên", "Họ và tên", "Tên", "Họ tên cán bộ", "Cán bộ")),
	{name: "phone", headers: []string{"Số điện thoại", "Điện thoại", "SĐT", "Di động", "Số di động", "Điện thoại di động", "ĐT"},
		read: func(k *Person, cell string, w ways) string {
			phone, wrong := readPhone(cell, w)
			if wrong == "" {
				k.Phone = phone.E164
			}
			return wrong
		},
		write: func(k Person) string { return writePhone(k.Phone) }},
	text("email", func(k *Person) *string { return &k.Email }, "Email", "Thư điện tử", "Địa chỉ email", "Hộp thư", "E-mail công vụ"),
	{name: "order", headers: []string{"Thứ tự", "Thứ tự liên hệ"}, number: true,
		read: func(k *Person, cell string, _ ways) string {
			n, ok := whole(cell)
			if !ok && cell != "" || n < 0 || n > 1000 {
				return "phải là số từ 0 đến 1000"
			}
			k.Order = int(n)
			return ""
		},
		write: func(k Person) string { return fmt.Sprint(k.Order) }},
	moment("valid_from", false, func(k *Person) *time.Time { return &k.ValidFrom }, "Từ ngày", "Hiệu lực từ", "Ngày bắt đầu"),
	moment("valid_to", true, func(k *Person) *time.Time { return &k.ValidTo }, "Đến hết ngày", "Đến ngày", "Hiệu lực đến", "Ngày kết thúc"),
	truth("verified", func(k *Person) *bool { return &k.Verified }, "Đã xác minh số"),
	truth("pending", func(k *Person) *bool { return &k.Pending }, "Chờ xác minh số"),
}

var contactRoles = []word{
	wordOf(escalation.Focal, "cán bộ đầu mối", "CBĐM"),
	wordOf(escalation.Deputy, "đầu mối dự phòng", "cán bộ thay thế"),
	wordOf(escalation.Head, "thủ trưởng đơn vị", "người đứng đầu"),
	wordOf(escalation.Leader, "lãnh đạo nhận báo cáo", "lãnh đạo đơn vị"),
	wordOf(escalation.Duty, "trực"),
	wordOf(escalation.Office, "văn phòng", "văn phòng UBND thành phố"),
	wordOf(escalation.CityLeader, "lãnh đạo thành phố", "lãnh đạo UBND thành phố"),
	wordOf(escalation.ShiftLead),
	wordOf(escalation.Operator),
	wordOf(escalation.Administrator, "quản trị viên"),
}

// unitField is a field that is a unit: its code, or its name where that is one unit's.
func unitField[T any](name string, at func(*T) *string, headers ...string) field[T] {
	return field[T]{name: name, headers: headers,
		read:  func(v *T, cell string, w ways) (wrong string) { *at(v), wrong = w.unit(cell); return wrong },
		write: func(v T) string { return *at(&v) },
	}
}

// unit finds the code of a unit; empty is none.
func (w ways) unit(cell string) (code, wrong string) {
	if _, ok := w.directory.Unit(cell); ok || cell == "" {
		return cell, ""
	}
	var found []string
	for _, u := range w.directory.Units() {
		if k := key(cell); k == key(u.Code) || k == key(u.Name) || k == key(u.SMSName) {
			found = append(found, u.Code)
		}
	}
	switch len(found) {
	case 0:
		return "", "không có đơn vị mã hay tên này"
	case 1:
		return found[0], ""
	}
	return "", "tên này là của nhiều đơn vị, hãy ghi mã"
}

// Terms are what a sheet of contacts is taken by besides itself.
type Terms struct {
	Now       time.Time // the domain's
	Numbering escalation.Numbering
	// Trusted: the sheet is of an installation of one's own. What it says of who is verified
	// counts, which of others' sheets it does not, for a number is verified by who has it; and
	// an absence without anybody who can stand in is remarked and taken as it stood there.
	Trusted bool
	By      escalation.Actor // who takes it in: not everybody takes reports away
}

// PlanContacts lays a sheet over the contacts that there are; former are those of
// them who hold their role no more too. A row is somebody known when unit, role and
// number are the same, or else unit, role and name: then the number has changed.
// What the sheet has no column for stays. That a number was verified stays as long as it
// is the same. A new person whom others of the sheet name, to stand in or to be replaced,
// has a negative id, and those have it.
func PlanContacts(tables []Table, d *escalation.Directory, former []Person, terms Terms) (o Outcome, save []Person) {
	names := peopleOf(former)
	read := decode(Contacts, contactColumns(names), tables, ways{numbering: terms.Numbering, directory: d})
	o = read.outcome()
	m := &matching{read: read, known: former, now: terms.Now, of: make([]int, len(read.rows)), taken: map[int]bool{}}
	m.run()
	final := slices.Clone(former)
	var rows []int // which row made final[i], 0: none
	rows = make([]int, len(final))
	var saved []int // of final
	claimed := 0    // numbers that the sheet alone calls verified
	for i, r := range read.rows {
		before, at := Person{}, m.of[i]
		if at >= 0 {
			before = former[at]
		}
		after := r.on(before)
		said := read.has("verified") && after.Verified && after.Phone != ""
		after.Verified = before.Verified && after.Phone == before.Phone || said && terms.Trusted
		if at >= 0 {
			r.keepPlace(before, &after)
		}
		if said && !after.Verified {
			claimed++
		}
		for _, fault := range after.Faults(d) {
			r.wrong(fault.Field, fault.Detail)
		}
		if why := refusedReports(before, after, terms); why != "" {
			r.wrong("reports", why)
		}
		r.noteNumber(&o, terms.Numbering)
		diffs := r.differences(before, after)
		what := after.Name + ", " + after.Role.Label() + " " + after.Unit
		switch {
		case at >= 0 && len(diffs) == 0:
			o.Same++
			rows[at] = r.no
			continue
		case at >= 0:
			o.add(Change{Row: r.no, What: what, Fields: diffs})
			final[at], rows[at] = after, r.no
		default:
			o.add(Change{Row: r.no, What: what, New: true})
			at, final, rows = len(final), append(final, after), append(rows, r.no)
		}
		saved = append(saved, at)
	}
	if claimed > 0 {
		o.Note("%d số ghi là đã xác minh: không lấy theo tệp, xác minh lại ở đây", claimed)
	}
	twice(read, final, rows, m.ended)
	for _, w := range names.link(final, former, saved, d, terms) {
		r := row[Person]{no: rows[w.at], of: read}
		if w.held && terms.Trusted {
			o.Note("%s", r.place(w.field, w.detail))
			continue
		}
		r.wrong(w.field, w.detail)
	}
	for _, at := range saved {
		save = append(save, final[at])
	}
	if o = read.end(o); o.Problems.Any() {
		save = nil
	}
	return o, save
}

// keepPlace leaves somebody known in office, or waiting for it, and whose place they took
// as it is: no sheet decides it. A row that means another place than the one waited for, or
// a successor with the number of the one before, is refused.
func (r row[T]) keepPlace(before Person, after *Person) {
	switch {
	case before.Pending && after.Replaces != before.Replaces:
		r.wrong("replaces", "người này đang chờ xác minh số để thay người đã ghi trước đây: không đổi được bằng tệp")
	case !before.Pending && after.Pending && after.Replaces == before.ID:
		r.wrong("phone", "số này là số của người đang giữ vai trò")
	}
	after.Pending, after.Replaces = before.Pending, before.Replaces
}

// noteNumber says what a number cannot do, and that an old prefix was replaced.
func (r row[T]) noteNumber(o *Outcome, n escalation.Numbering) {
	for i, c := range r.of.columns {
		if c.name != "phone" {
			continue
		}
		phone, wrong := readPhone(r.cells[i], ways{numbering: n})
		switch {
		case wrong != "" || phone.E164 == "":
		case phone.Kind == escalation.Landline:
			o.Note("%s", r.place("phone", "số cố định, không nhận được SMS"))
		case phone.Converted:
			o.Note("%s", r.place("phone", "đầu số cũ đã đổi thành "+writePhone(phone.E164)[:3]+", nên gọi kiểm tra"))
		}
	}
}

// matching finds whom each row is about.
type matching struct {
	read  *decoded[Person]
	known []Person
	now   time.Time
	of    []int // index into known; -1: nobody
	taken map[int]bool
}

// run goes over all rows with the surest likeness first, so that a row that is
// exactly somebody is not given to somebody who is only like it.
func (m *matching) run() {
	rows := make([]Person, len(m.read.rows))
	places := map[place][]int{} // of known
	for i, k := range m.known {
		p := place{k.Unit, k.Role}
		places[p] = append(places[p], i)
	}
	for i, r := range m.read.rows {
		m.of[i], rows[i] = -1, r.on(Person{})
	}
	for _, like := range []func(k, row Person) bool{m.exactly, m.byPhone, m.byName} {
		for i, row := range rows {
			if m.of[i] >= 0 {
				continue
			}
			free := places[place{row.Unit, row.Role}]
			if first := slices.IndexFunc(free, func(at int) bool { return !m.taken[at] && like(m.known[at], row) }); first >= 0 {
				m.of[i], m.taken[free[first]] = free[first], true
			}
		}
	}
}

type place struct {
	unit string
	role escalation.Role
}

// exactly: number, name and time are the same. Where the sheet does not say the
// time, somebody who has ended is not meant.
func (m *matching) exactly(k, row Person) bool {
	from, to := m.read.has("valid_from"), m.read.has("valid_to")
	return k.Phone == row.Phone && canonical(k.Name) == row.Name && (m.read.has("email") && canonical(k.Email) == row.Email || !m.read.has("email")) &&
		(k.ValidFrom.Equal(row.ValidFrom) || !from) && (k.ValidTo.Equal(row.ValidTo) || !to) && (to || !m.ended(k))
}

func (m *matching) byPhone(k, row Person) bool {
	return row.Phone != "" && k.Phone == row.Phone && !m.ended(k) && overlap(k, row)
}

func (m *matching) byName(k, row Person) bool {
	return key(k.Name) == key(row.Name) && !m.ended(k) && !m.ended(row) && (k.Pending == row.Pending || !m.read.has("pending"))
}

func (m *matching) ended(k Person) bool { return ended(k.Contact, m.now) }

// ended reports whether the contact's time in the role is over.
func ended(k escalation.Contact, now time.Time) bool {
	return !k.ValidTo.IsZero() && !k.ValidTo.After(now)
}

// twice refuses the same number in the same role of a unit while both hold it.
func twice(read *decoded[Person], final []Person, rows []int, ended func(Person) bool) {
	type holder struct {
		place
		phone string
	}
	holders := map[holder][]int{}
	for i, k := range final {
		h := holder{place{k.Unit, k.Role}, k.Phone}
		for _, other := range holders[h] {
			o := final[other]
			if k.Phone == "" || rows[i] == 0 && rows[other] == 0 || !overlap(k, o) {
				continue
			}
			no, beside := max(rows[i], rows[other]), min(rows[i], rows[other])
			detail := "số này đã có trong cùng vai trò của đơn vị"
			switch {
			case beside == 0 && (ended(k) || ended(o)):
				detail = "số này đã giữ vai trò này và đã thôi: hãy ghi cột Từ ngày"
			case beside > 0:
				detail += fmt.Sprintf(", ở hàng %d", beside)
			}
			row[Person]{no: no, of: read}.wrong("phone", detail)
			break
		}
		holders[h] = append(holders[h], i)
	}
}

func overlap(a, b Person) bool {
	return (a.ValidTo.IsZero() || a.ValidTo.After(b.ValidFrom)) && (b.ValidTo.IsZero() || b.ValidTo.After(a.ValidFrom))
}
