package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
)

// Petition is a petition as a sheet holds it.
type Petition struct {
	// External is its number in the register that it comes from: a file that is read
	// twice records it once. A petition of our own has its code.
	External string
	Intake   escalation.Intake
	// Withheld is why the row lacks what would be recorded; empty: it does not. Such a row is
	// for reading, an import passes it over.
	Withheld Withheld

	// These are written and never read.
	Code    string
	Status  escalation.Status
	Summary string // without personal data
	Closed  time.Time
}

// Withheld is what has been left out of a petition's row.
type Withheld string

// Reasons for which content and citizen are not in a row.
const (
	WithheldDenunciation Withheld = "denunciation"
	WithheldErased       Withheld = "erased"
)

// Label is the reason as people read it.
func (w Withheld) Label() string {
	switch w {
	case WithheldDenunciation:
		return "tin tố giác"
	case WithheldErased:
		return "đã xóa dữ liệu cá nhân"
	}
	return string(w)
}

var petitionFields = []field[Petition]{
	must(text("external_code", func(p *Petition) *string { return &p.External }, "Mã ngoài", "Số phiếu", "Mã phiếu", "Số hồ sơ", "Mã hồ sơ", "Số thứ tự sổ")),
	{name: "code", headers: []string{"Mã phản ánh"}, write: func(p Petition) string { return p.Code }},
	{name: "status", headers: []string{"Trạng thái"}, write: func(p Petition) string { return p.Status.Label() }},
	oneOf("channel", petitionChannels, func(p *Petition) *escalation.Channel { return &p.Intake.Channel }, "Kênh", "Kênh tiếp nhận", "Nguồn"),
	{name: "kind", headers: []string{"Loại nội dung", "Loại", "Nhóm nội dung"}, number: true,
		read: func(p *Petition, cell string, _ ways) string {
			first, _, _ := strings.Cut(strings.TrimSpace(cell), ".")
			n, err := strconv.Atoi(first)
			if cell != "" && (err != nil || n < 1 || n > 5) {
				return "phải là số từ 1 đến 5 (Điều 5)"
			}
			p.Intake.Kind = n
			return ""
		},
		write: func(p Petition) string { return strconv.Itoa(p.Intake.Kind) }},
	personal(text("citizen.name", func(p *Petition) *string { return &p.Intake.Citizen.Name }, "Họ tên", "Họ và tên", "Người phản ánh", "Tên người phản ánh", "Họ tên người phản ánh")),
	personal(field[Petition]{name: "citizen.phone", headers: []string{"Số điện thoại", "Điện thoại", "SĐT", "Số máy"},
		read: func(p *Petition, cell string, w ways) string {
			phone, wrong := readPhone(cell, w)
			if wrong == "" {
				p.Intake.Citizen.Phone = phone.E164
			}
			return wrong
		},
		write: func(p Petition) string { return writePhone(p.Intake.Citizen.Phone) }}),
	personal(text("citizen.email", func(p *Petition) *string { return &p.Intake.Citizen.Email }, "Email", "Thư điện tử")),
	personal(text("citizen.address", func(p *Petition) *string { return &p.Intake.Citizen.Address }, "Địa chỉ", "Địa chỉ người phản ánh")),
	truth("citizen.organisation", func(p *Petition) *bool { return &p.Intake.Citizen.Organisation }, "Là tổ chức", "Tổ chức"),
	personal(text("content", func(p *Petition) *string { return &p.Intake.Content }, "Nội dung", "Nội dung phản ánh", "Nội dung phản ánh, kiến nghị")),
	{name: "summary", headers: []string{"Tóm tắt"}, write: func(p Petition) string { return p.Summary }},
	text("field", func(p *Petition) *string { return &p.Intake.Field }, "Lĩnh vực"),
	text("area", func(p *Petition) *string { return &p.Intake.Area }, "Địa bàn", "Khu vực", "Xã, phường"),
	moment("received_at", false, func(p *Petition) *time.Time { return &p.Intake.ReceivedAt }, "Thời điểm tiếp nhận", "Ngày tiếp nhận", "Ngày nhận", "Ngày"),
	moment("called_at", false, func(p *Petition) *time.Time { return &p.Intake.CalledAt }, "Thời điểm gọi", "Giờ gọi"),
	truth("confidential", func(p *Petition) *bool { return &p.Intake.Confidential }, "Giữ kín danh tính", "Giữ kín", "Bảo mật"),
	truth("publish_consent", func(p *Petition) *bool { return &p.Intake.PublishConsent }, "Đồng ý công khai", "Công khai"),
	truth("urgent", func(p *Petition) *bool { return &p.Intake.Urgent }, "Khẩn", "Khẩn cấp"),
	truth("denunciation", func(p *Petition) *bool { return &p.Intake.Denunciation }, "Tin tố giác", "Tố giác"),
	unitField("unit", func(p *Petition) *string { return &p.Intake.Unit }, "Mã đơn vị xử lý", "Mã đơn vị", "Đơn vị xử lý", "Đơn vị chủ trì", "Đơn vị"),
	personal(text("note", func(p *Petition) *string { return &p.Intake.Note }, "Ghi chú chuyển", "Ghi chú")),
	oneOf("withheld", []word{wordOf(WithheldDenunciation), wordOf(WithheldErased)}, func(p *Petition) *Withheld { return &p.Withheld }, "Không ghi nhận lại"),
	{name: "closed_at", headers: []string{"Thời điểm kết thúc"}, write: func(p Petition) string { return writeInstant(p.Closed) }},
}

var petitionChannels = []word{
	wordOf(escalation.ByPhone, "gọi điện", "tổng đài", "1022"),
	wordOf(escalation.ByWeb, "web", "website", "cổng thông tin"),
	wordOf(escalation.ByEmail, "email", "e-mail", "hộp thư"),
	wordOf(escalation.ByFacebook, "fanpage", "facebook", "mạng xã hội"),
	wordOf(escalation.BySMS, "tin nhắn", "sms"),
}

// OfPetition is a petition as it is written; external is its number elsewhere, empty
// for none. What a denunciation (tin tố giác) says and who made it leaves in no sheet.
func OfPetition(p escalation.Petition, external string) Petition {
	out := Petition{External: external, Code: p.Code, Status: p.Status, Summary: p.Summary, Closed: p.ClosedAt,
		Intake: escalation.Intake{
			Channel: p.Channel, Kind: p.Kind, Content: p.Content, Field: p.Field, Area: p.Area, ReceivedAt: p.ReceivedAt, CalledAt: p.CalledAt,
			Confidential: p.Confidential, PublishConsent: p.PublishConsent, Urgent: p.Urgent, Denunciation: p.Denunciation,
			Citizen: escalation.CitizenIntake{Name: p.Citizen.Name, Phone: p.Citizen.Phone, Email: p.Citizen.Email, Address: p.Citizen.Address, Organisation: p.Citizen.Organisation},
		}}
	if external == "" {
		out.External = p.Code
	}
	slip := p.Lead()
	if slip == nil {
		slip = p.LastLead()
	}
	if slip != nil {
		out.Intake.Unit, out.Intake.Note = slip.Unit, slip.Note
	}
	switch {
	case p.Denunciation:
		out.Withheld, out.Summary, out.Intake.Note = WithheldDenunciation, "", ""
		out.Intake.Citizen, out.Intake.Content, out.Intake.Field, out.Intake.Area = escalation.CitizenIntake{}, "", "", ""
	case p.Citizen == escalation.Citizen{}: // nobody is recorded without a name
		out.Withheld = WithheldErased
	}
	return out
}

// maxExternal bounds a number of another register.
const maxExternal = 100

// Taken is what a sheet of petitions says, to be recorded all or none.
type Taken struct {
	Rows     []Petition // those that can be recorded
	read     *decoded[Petition]
	at       []int // where in the sheet each of Rows is
	withheld map[Withheld]int
}

// TakePetitions reads a sheet of petitions. What Đ7 asks of each is the desk's to
// say, and goes into the outcome by End.
func TakePetitions(tables []Table, d *escalation.Directory, n escalation.Numbering) *Taken {
	t := &Taken{withheld: map[Withheld]int{}, read: decode(Petitions, petitionFields, tables, ways{directory: d, numbering: n})}
	if len(t.read.rows) > maxPetitions {
		t.read.fail(Problem{Detail: fmt.Sprintf("tệp có %d phản ánh; mỗi lần nhập không quá %d", len(t.read.rows), maxPetitions)})
		t.read.rows = nil
	}
	seen := map[string]int{}
	for i, r := range t.read.rows {
		p := r.on(Petition{})
		if p.Withheld != "" {
			t.withheld[p.Withheld]++
			continue
		}
		before, twice := seen[p.External]
		switch {
		case p.External == "" || utf8.RuneCountInString(p.External) > maxExternal:
			r.wrong("external_code", fmt.Sprintf("cần mã riêng của từng phản ánh, tối đa %d ký tự: nhờ nó mà nhập hai lần chỉ ghi một lần", maxExternal))
		case twice:
			r.wrong("external_code", fmt.Sprintf("mã này đã có ở hàng %d", before))
		default:
			seen[p.External] = r.no
		}
		t.Rows, t.at = append(t.Rows, p), append(t.at, i)
	}
	return t
}

// Wrong notes what the desk refuses in a row, by the name of the field.
func (t *Taken) Wrong(i int, field, detail string) { t.read.rows[t.at[i]].wrong(field, detail) }

// Any reports that there is a problem.
func (t *Taken) Any() bool { return t.read.failed() }

// End is the outcome; known tells which rows had been recorded before.
func (t *Taken) End(known func(i int) bool) Outcome {
	o := t.read.outcome()
	for _, why := range []Withheld{WithheldDenunciation, WithheldErased} {
		if n := t.withheld[why]; n > 0 {
			o.Note("%d hàng không ghi nhận lại được (%s), bỏ qua", n, why.Label())
		}
	}
	for i, at := range t.at {
		if known(i) {
			o.Same++
			continue
		}
		o.add(Change{Row: t.read.rows[at].no, What: t.Rows[i].External, New: true})
	}
	return t.read.end(o)
}
