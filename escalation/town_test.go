package escalation

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation/worktime"
	"notify1022/templates"
)

// A small town to play petitions in. Its units: XD and MT are whole, GV too;
// NF has a head but no focal officer, LL only a landline, LV a focal officer on
// leave with a delegate; VP is the City Office itself.

// phone gives the fictional number of three digits.
func phone(n int) string { return fmt.Sprintf("+84570000%03d", n) }

func townUnits() []Unit {
	return []Unit{
		{Code: "XD", Name: "Sở Xây dựng", SMSName: "Sở Xây dựng", Addressee: "Giám đốc Sở XD", Kind: Department},
		{Code: "MT", Name: "Sở Nông nghiệp và Môi trường", SMSName: "Sở NNMT", Addressee: "Giám đốc Sở NNMT", Kind: Department},
		{Code: "GV", Name: "UBND phường Gia Viên", SMSName: "P Gia Viên", Addressee: "Chủ tịch P Gia Viên", Kind: Ward},
		{Code: "NF", Name: "Đơn vị không đầu mối", SMSName: "Đơn vị NF", Addressee: "Giám đốc NF", Kind: PublicUnit},
		{Code: "LL", Name: "Đơn vị chỉ có máy bàn", SMSName: "Đơn vị LL", Addressee: "Giám đốc LL", Kind: PublicUnit},
		{Code: "LV", Name: "Đơn vị có người nghỉ", SMSName: "Đơn vị LV", Addressee: "Giám đốc LV", Kind: PublicUnit},
		{Code: "VP", Name: "Văn phòng UBND thành phố", SMSName: "VP UBND TP", Addressee: "Chánh Văn phòng", Kind: OfficeKind},
	}
}

func townContacts() []Contact {
	return []Contact{
		{ID: 101, Unit: "XD", Role: Focal, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 1, Email: "thu@example.vn"},
		{ID: 111, Unit: "XD", Role: Focal, Name: "Ngô Văn Thí", Phone: phone(111), Order: 2},
		{ID: 112, Unit: "XD", Role: Deputy, Name: "Đặng Thị Định", Phone: phone(112), Order: 1},
		{ID: 102, Unit: "XD", Role: Head, Name: "Lê Thị Kiểm", Phone: phone(102), Order: 1},
		{ID: 103, Unit: "MT", Role: Focal, Name: "Trần Thị Mẫu", Phone: phone(103), Order: 1},
		{ID: 104, Unit: "MT", Role: Head, Name: "Phạm Văn Duyệt", Phone: phone(104), Order: 1},
		{ID: 127, Unit: "GV", Role: Focal, Name: "Lâm Thị Giả", Phone: phone(127), Order: 1},
		{ID: 128, Unit: "GV", Role: Head, Name: "Vương Văn Chuẩn", Phone: phone(128), Order: 1},
		{ID: 202, Unit: "NF", Role: Head, Name: "Hoàng Thị Soát", Phone: phone(202), Order: 1},
		{ID: 301, Unit: "LL", Role: Focal, Name: "Bùi Văn Nháp", Phone: "+842253000001", Order: 1},
		{ID: 401, Unit: "LV", Role: Focal, Name: "Vũ Thị Ví", Phone: phone(401), Order: 1, Absences: []Absence{{instantAt("2026-03-01 00:00"), instantAt("2026-12-31 00:00"), 402}}},
		{ID: 402, Unit: "LV", Role: Deputy, Name: "Đỗ Văn Dụ", Phone: phone(402), Order: 1},
		{ID: 403, Unit: "LV", Role: Head, Name: "Cao Văn Dượt", Phone: phone(403), Order: 1},
		{ID: 150, Unit: "XD", Role: Focal, Name: "Tạ Thị Tập", Phone: phone(150), Order: 9, ValidTo: instantAt("2026-01-01 00:00")},
		{ID: 901, Unit: "VP", Role: Office, Name: "Phan Thị Giả", Phone: phone(901), Order: 1},
		{ID: 911, Unit: "VP", Role: Office, Name: "Lý Văn Chuẩn", Phone: phone(911), Order: 2},
		{ID: 903, Role: ShiftLead, Name: "Mai Thị Phỏng", Phone: phone(903), Order: 1},
		{ID: 904, Role: Operator, Name: "Hồ Văn Mô", Phone: phone(904), Order: 1},
	}
}

// The people who act.
var (
	operator  = Actor{Name: "Hồ Văn Mô", Role: Operator, Channel: ByConsole}
	shiftLead = Actor{Name: "Mai Thị Phỏng", Role: ShiftLead, Channel: ByConsole}
	office    = Actor{Name: "Phan Thị Giả", Role: Office, Channel: ByConsole}
	citizen   = Actor{Name: "người dân", Role: CitizenRole, Channel: ByWeb}
	focalXD   = Actor{Name: "Nguyễn Văn Thử", Role: Focal, Channel: BySlipPage, Unit: "XD", Contact: 101}
	headXD    = Actor{Name: "Lê Thị Kiểm", Role: Head, Channel: BySlipPage, Unit: "XD", Contact: 102}
	focalMT   = Actor{Name: "Trần Thị Mẫu", Role: Focal, Channel: BySlipPage, Unit: "MT", Contact: 103}
	focalGV   = Actor{Name: "Lâm Thị Giả", Role: Focal, Channel: BySlipPage, Unit: "GV", Contact: 127}
)

// instantAt reads 2026-03-09 08:00 or 2026-03-09 08:00:30, Hanoi time.
func instantAt(s string) time.Time {
	if len(s) == len("2026-03-09 08:00") {
		s += ":00"
	}
	t, err := time.ParseInLocation(time.DateTime, s, hanoi())
	if err != nil {
		panic(err)
	}
	return t
}

// town is a desk over a ledger in memory, with a clock moved by hand.
type town struct {
	*memory
	teller
	desk   *Desk
	policy *Policy
	code   string // of the petition the story is about
	ctx    context.Context
}

// teller is what a story reports to: a test, or one history of a property.
type teller interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

var _ teller = testing.TB(nil)

// newTown opens the town at an instant; tweaks change its setting.
func newTown(t teller, now string, tweaks ...func(*Setting)) *town {
	t.Helper()
	made := 0
	made10 := func(prefix string) func() string {
		return func() string { made++; return fmt.Sprintf("%s%09d", prefix, made) }
	}
	setting := Setting{
		Policy: DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hai-phong-test", Numbering: Numbering{TestPrefixes: []string{"057"}},
		Token: made10("t"), Salt: made10("s"), Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.haiphong.gov.vn", Support: "0225.1022",
	}
	for _, tweak := range tweaks {
		tweak(&setting)
	}
	w := &town{memory: newMemory(instantAt(now), NewDirectory(townUnits(), townContacts())), teller: t, policy: setting.Policy, ctx: context.Background()}
	w.desk = NewDesk(w.memory, setting)
	t.Cleanup(w.whole)
	return w
}

// calendars are those in force.
func (w *town) calendars() Calendars {
	city, own := w.desk.Calendars()
	return Calendars{City: city, Own: own, Directory: w.directory}
}

// whole checks at the end of every story what must hold of it, whatever it told.
func (w *town) whole() {
	w.Helper()
	for _, wrong := range w.wrong {
		w.Error(wrong)
	}
	for id, p := range w.petitions {
		if p.Silent() {
			w.Errorf("%s is silent in status %s", p.Code, p.Status)
		}
		entries := w.entries[id]
		if err := VerifyChain(entries); err != nil {
			w.Errorf("%s: %v", p.Code, err)
		}
		if last := entries[len(entries)-1]; last.Hash != p.Hash || last.Seq != p.Seq {
			w.Errorf("%s: the petition does not know its last entry", p.Code)
		}
	}
}

// lamp is the petition most stories are about.
func lamp() Intake {
	return Intake{
		Channel: ByPhone, Kind: 1, Content: "Đèn đường ngõ 72 Lạch Tray tắt 4 tối nay, rất nguy hiểm.", Field: "chiếu sáng", Area: "P Gia Viên",
		Citizen: CitizenIntake{Name: "Đinh Thị Cư Dân", Phone: phone(501)[3:], Address: "15 phố Thử Nghiệm"},
	}
}

// accept records a petition and makes the story about it.
func (w *town) accept(in Intake) Petition {
	w.Helper()
	if in.Citizen.Phone != "" && !strings.HasPrefix(in.Citizen.Phone, "0") {
		in.Citizen.Phone = "0" + in.Citizen.Phone
	}
	p, err := w.desk.Accept(w.ctx, in, operator)
	if err != nil {
		w.Fatalf("accept: %v", err)
	}
	w.code = p.Code
	return p
}

// forwarded records the lamp and forwards it to units at an instant.
func (w *town) forwarded(units ...string) Petition {
	w.Helper()
	w.accept(lamp())
	refs := make([]UnitRef, len(units))
	for i, u := range units {
		refs[i].Code = u
	}
	return w.do(operator, &Forward{Units: refs})
}

// do carries out a command that must succeed.
func (w *town) do(actor Actor, cmd Command) Petition {
	w.Helper()
	p, err := w.desk.Do(w.ctx, w.code, cmd, actor, 0)
	if err != nil {
		w.Fatalf("%s by %s: %v", cmd.Verb(), actor.Role, err)
	}
	return p
}

// refuse carries out a command that must be refused with the kind and field.
func (w *town) refuse(actor Actor, cmd Command, kind ProblemKind, field string) {
	w.Helper()
	before, messages := w.petition(), len(w.messages)
	_, err := w.desk.Do(w.ctx, w.code, cmd, actor, 0)
	var p *Problem
	if !errors.As(err, &p) || p.Kind != kind || p.Field != field {
		w.Errorf("%s by %s: got %v, want a refusal %s of %q", cmd.Verb(), actor.Role, err, kind, field)
	}
	if !reflect.DeepEqual(w.petition(), before) || len(w.messages) != messages {
		w.Errorf("%s by %s was refused and changed something", cmd.Verb(), actor.Role)
	}
}

func (w *town) petition() *Petition {
	p := w.petitions[w.ids[w.code]].clone()
	return &p
}

// to moves the clock to an instant, stopping at each due rung on the way and
// firing it in its very second.
func (w *town) to(at string) {
	w.Helper()
	w.until(instantAt(at))
}

func (w *town) until(end time.Time) {
	for range 10_000 {
		next := w.nextDue()
		if next.IsZero() || next.After(end) {
			w.now = end
			return
		}
		if next.After(w.now) {
			w.now = next
		}
		if w.fire() == 0 {
			w.now = end // a reply holds it back
			return
		}
	}
	w.Fatal("the ladder does not come to an end")
}

func (w *town) nextDue() time.Time {
	var next time.Time
	for _, p := range w.petitions {
		if due := p.NextDue(); !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next
}

// jump moves the clock without anybody looking: an outage.
func (w *town) jump(at string) { w.now = instantAt(at) }

func (w *town) fire() int {
	w.Helper()
	n, _, err := w.desk.FireDue(w.ctx, 100)
	if err != nil {
		w.Fatalf("fire: %v", err)
	}
	return n
}

// told lists what was queued since the mark, as "template role", suppressed ones too.
func (w *town) told(mark int) []string {
	var list []string
	for _, l := range w.messages[mark:] {
		list = append(list, l.Notice.Template+" "+string(l.Notice.To.Role))
	}
	slices.Sort(list)
	return list
}

// mark is where told begins.
func (w *town) mark() int { return len(w.messages) }

// want compares what was told since the mark.
func (w *town) want(mark int, templates ...string) {
	w.Helper()
	slices.Sort(templates)
	if got := w.told(mark); !slices.Equal(got, templates) {
		w.Errorf("%s: told %v, want %v", w.now.Format("Mon 2006-01-02 15:04:05"), got, templates)
	}
}

// last is the latest message of a template.
func (w *town) letter(template string) *letter {
	w.Helper()
	for _, l := range slices.Backward(w.messages) {
		if l.Notice.Template == template {
			return l
		}
	}
	w.Fatalf("no %s was queued", template)
	return nil
}

func (w *town) wantStatus(status Status) {
	w.Helper()
	if got := w.petition().Status; got != status {
		w.Errorf("%s: status %s, want %s", w.now.Format("Mon 2006-01-02 15:04:05"), got, status)
	}
}

// wantDue compares the due time of the latest rung of the name, "" for none armed.
func (w *town) wantDue(name RungName, at string) {
	w.Helper()
	p := w.petition()
	got := ""
	if r := p.Rung(name); r != nil && r.State == Armed {
		got = r.Due.Format("2006-01-02 15:04")
	}
	if got != at {
		w.Errorf("%s is due %q, want %q", name, got, at)
	}
}

// openTasks counts the open tasks of a kind.
func (w *town) openTasks(kind TaskKind) int {
	n := 0
	for _, t := range w.tasks {
		if t.Kind == kind && t.DoneAt.IsZero() {
			n++
		}
	}
	return n
}

// wantEntry looks for a timeline line of the action that holds the words.
func (w *town) wantEntry(action, words string) {
	w.Helper()
	found := slices.ContainsFunc(w.entries[w.ids[w.code]], func(e Entry) bool {
		return e.Action == action && strings.Contains(e.Text, words)
	})
	if !found {
		w.Errorf("the timeline has no %q with %q", action, words)
	}
}

// answer is a result long enough to be one.
func answer() *GiveResult {
	return &GiveResult{Text: "Đã thay 3 bóng đèn, đường sáng trở lại từ 19 giờ."}
}
