package escalation

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

var admin = Actor{Name: "Hoàng Thị Quản", Role: Administrator, Channel: ByConsole}

// withAdmin puts an administrator's phone into the town's directory.
func (w *town) withAdmin() {
	w.directory = NewDirectory(townUnits(), append(townContacts(), Contact{ID: 190, Role: Administrator, Name: admin.Name, Phone: phone(190)}))
}

func TestARequestAboutPersonalDataIsDueInTwoWorkingDays(t *testing.T) {
	for _, tt := range []struct{ received, due string }{
		{"2026-03-09 08:00", "2026-03-11 17:00"}, // Monday
		{"2026-03-12 16:59", "2026-03-16 17:00"}, // Thursday: Friday and Monday
		{"2026-03-14 10:00", "2026-03-17 17:00"}, // Saturday: Monday and Tuesday
		{"2026-04-24 09:00", "2026-04-29 17:00"}, // Friday; the 27th is the day off for Giỗ Tổ
	} {
		w := newTown(t, tt.received)
		r, err := w.desk.RecordPersonal(t.Context(), PersonalAccess, "0570000501", "gọi từ chính số máy", time.Time{}, admin)
		if err != nil || !r.Due.Equal(instantAt(tt.due)) {
			t.Errorf("received %s: due %s, want %s (%v)", tt.received, r.Due, tt.due, err)
		}
		if w.openTasks(TaskPersonal) != 1 || !w.tasks[0].Due.Equal(r.Due) || w.tasks[0].For != Administrator || strings.Contains(w.tasks[0].Text, "0570000501") {
			t.Errorf("the task is %+v", w.tasks[0])
		}
	}
}

func TestARequestIsRemindedOnceAndItsBreachShows(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday, due on Wednesday at 17:00
	w.withAdmin()
	r, err := w.desk.RecordPersonal(t.Context(), PersonalErase, "0570000501", "", time.Time{}, admin)
	if err != nil {
		t.Fatal(err)
	}
	at := func(when string, templates ...string) {
		t.Helper()
		w.jump(when)
		mark := w.mark()
		if _, err := w.desk.PersonalLadder(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.want(mark, templates...)
	}
	at("2026-03-11 11:00")
	at("2026-03-11 13:00", "QT administrator")
	if text := w.letter("QT").text; !strings.Contains(text, "phai tra loi truoc 17h00 11/3") {
		t.Error(text)
	}
	at("2026-03-11 14:00")
	at("2026-03-11 17:00", "QT administrator")
	at("2026-03-12 08:00")
	if n := w.openTasks(TaskPersonal); n != 2 || w.personal[0].OverdueAt.IsZero() {
		t.Errorf("%d tasks, %+v", n, w.personal[0])
	}
	done, err := w.desk.AnswerPersonal(t.Context(), r.ID, PersonalDone, "đã xóa 2 phản ánh", admin)
	if err != nil || done.Phone != "" || done.Masked == "" || w.openTasks(TaskPersonal) != 0 {
		t.Errorf("%+v, %v, %d tasks", done, err, w.openTasks(TaskPersonal))
	}
	if _, err := w.desk.AnswerPersonal(t.Context(), r.ID, PersonalDone, "lần nữa", admin); !refused(err) {
		t.Error("a request is answered twice")
	}
	at("2026-03-13 08:00")
}

func TestAnErasureIsNotDoneWhileTheNumberStands(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	p := w.accept(lamp())
	ask := func(kind PersonalKind) int64 {
		r, err := w.desk.RecordPersonal(t.Context(), kind, p.Citizen.Phone, "", time.Time{}, admin)
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	id := ask(PersonalErase)
	_, err := w.desk.AnswerPersonal(t.Context(), id, PersonalDone, "đã xóa", admin)
	if !refused(err) || !strings.Contains(err.Error(), "số máy còn trong 1 phản ánh: hãy xóa trước") {
		t.Errorf("%v", err)
	}
	if r := w.personal[0]; !r.Open() || r.Phone == "" {
		t.Errorf("a refused answer changed %+v", r)
	}
	if r, err := w.desk.AnswerPersonal(t.Context(), id, PersonalPartly, "phản ánh đang được xử lý", admin); err != nil || r.Phone == "" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := w.desk.AnswerPersonal(t.Context(), ask(PersonalAccess), PersonalDone, "đã gửi", admin); err != nil {
		t.Error(err)
	}
}

// field failure: of two requests about one number the second, answered after the number had
// been erased, kept it as long as the log.
func TestNoAnsweredRequestKeepsANumberThatStandsNowhere(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	p := w.accept(lamp())
	ask := func(kind PersonalKind) int64 {
		r, err := w.desk.RecordPersonal(t.Context(), kind, p.Citizen.Phone, "", time.Time{}, admin)
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	answer := func(id int64, outcome PersonalOutcome) PersonalRequest {
		t.Helper()
		r, err := w.desk.AnswerPersonal(t.Context(), id, outcome, "đã trả lời", admin)
		if err != nil || r.Masked == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		return r
	}
	if r := answer(ask(PersonalAccess), PersonalDone); r.Phone == "" {
		t.Error("a number that stands is forgotten")
	}
	first, twin, seen := ask(PersonalErase), ask(PersonalErase), ask(PersonalAccess)
	gone := *w.petition()
	gone.Citizen = Citizen{}
	w.petitions[gone.ID] = gone
	if r := answer(first, PersonalDone); r.Phone != "" {
		t.Error("what was erased is kept with the request")
	}
	for _, r := range w.personal {
		if r.Open() && r.Phone == "" {
			t.Errorf("request %d is open and nobody knows whom to answer", r.ID)
		}
	}
	for id, outcome := range map[int64]PersonalOutcome{twin: PersonalRefused, seen: PersonalDone} {
		if r := answer(id, outcome); r.Phone != "" {
			t.Errorf("the answered request %d (%s) keeps the number", id, r.Kind)
		}
	}
}

func TestAReminderIsLeftOutWhenTheTimeHasPassed(t *testing.T) {
	w := newTown(t, "2026-03-13 08:00") // Friday
	w.withAdmin()
	_, err := w.desk.RecordPersonal(t.Context(), PersonalCorrect, "0570000501", "", instantAt("2026-03-09 08:00"), admin) // a letter of Monday
	if err != nil {
		t.Fatal(err)
	}
	mark := w.mark()
	if _, err := w.desk.PersonalLadder(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "QT administrator")
	if text := w.letter("QT").text; !strings.Contains(text, "qua han") {
		t.Error(text)
	}
}

func TestARequestIsRefusedThatCannotBe(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	for name, try := range map[string]func() error{
		"operator": func() error {
			_, err := w.desk.RecordPersonal(t.Context(), PersonalAccess, "0570000501", "", time.Time{}, operator)
			return err
		},
		"kind": func() error {
			_, err := w.desk.RecordPersonal(t.Context(), "all", "0570000501", "", time.Time{}, admin)
			return err
		},
		"phone": func() error {
			_, err := w.desk.RecordPersonal(t.Context(), PersonalAccess, "12", "", time.Time{}, admin)
			return err
		},
		"future": func() error {
			_, err := w.desk.RecordPersonal(t.Context(), PersonalAccess, "0570000501", "", w.now.Add(time.Minute), admin)
			return err
		},
		"too old": func() error {
			_, err := w.desk.RecordPersonal(t.Context(), PersonalAccess, "0570000501", "", w.now.AddDate(-2, 0, 0), admin)
			return err
		},
		"unknown": func() error {
			_, err := w.desk.AnswerPersonal(t.Context(), 999, PersonalDone, "xong", admin)
			return err
		},
	} {
		if err := try(); !refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(w.tasks) != 0 {
		t.Errorf("%d tasks", len(w.tasks))
	}
}

// sentinel stands for whatever somebody may have written.
const sentinel = "Trần Văn Bí Mật"

// written is a petition with the sentinel in every string that is no code of ours.
func written(t *testing.T) Petition {
	var p Petition
	fill(reflect.ValueOf(&p).Elem())
	p.Code, p.Status, p.ClosedAt, p.Version = "HP260309-0001", Closed, instantAt("2026-03-09 08:00"), 7
	p.Citizen = Citizen{Name: sentinel, Phone: phone(501)}
	for _, w := range p.Files() { // one that is owed holds everything back
		w.Explanations[0].At = p.ClosedAt
	}
	return p
}

// fill makes every pointer and slice hold one, and every string the sentinel.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.String:
		v.SetString(sentinel)
	}
}

// stays are fields that hold no words of anybody: codes, instants, fixed words, and names of people
// of the hotline and the units. A new field of a petition is erased or listed here.
var stays = map[string]bool{
	"code": true, "token": true, "view_token": true, "status": true, "channel": true, "field": true, "units": true, "unit": true, "note_by": true,
	"acknowledged_by": true, "first_acknowledged_by": true, "ended_for": true, "moved_to": true, "by": true, "document_no": true, "document_date": true, "unit_url": true,
	"to": true, "why": true, "closed_for": true, "status_before": true, "merged_into": true, "waits_for": true, "policy": true, "calendar": true,
	"hash": true, "of": true, "officer": true, "who": true, "need": true, "batch": true, "sent_by": true, "asked_by": true, "missed_at": true,
}

func TestNoWordOutlivesADocument(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	env, err := w.desk.env(t.Context(), &memoryTx{memory: w.memory}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range []Forgetting{ForgetCitizen, ForgetDocument} {
		p := written(t)
		change, err := forget(p, how, "thử", admin, env)
		if err != nil {
			t.Fatal(err)
		}
		state, err := json.Marshal(change.Petition)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(state, &tree); err != nil {
			t.Fatal(err)
		}
		survives(t, string(how), "", tree)
		if !reflect.DeepEqual(p, written(t)) {
			t.Errorf("%s: the petition given was changed", how)
		}
		if change.Petition.Rating == nil || len(change.Petition.Slips) != 1 || change.Petition.Policy != p.Policy {
			t.Errorf("%s: what is counted is gone: %s", how, state)
		}
	}
}

func survives(t *testing.T, how, field string, v any) {
	t.Helper()
	switch v := v.(type) {
	case string:
		if strings.Contains(v, sentinel) && !stays[field] {
			t.Errorf("%s leaves %q in %s", how, v, field)
		}
	case []any:
		for _, e := range v {
			survives(t, how, field, e)
		}
	case map[string]any:
		for name, e := range v {
			survives(t, how, name, e)
		}
	}
}

func TestWhatIsOpenIsNotForgotten(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Content = "Đèn trước nhà 15 phố Thử Nghiệm tắt, gọi tôi 0570000501 hoặc 0570000777."
	p := w.accept(in)
	if err := w.desk.Forget(t.Context(), p.ID, ForgetCitizen, "theo yêu cầu", admin); !heldError(err) {
		t.Errorf("an open petition: %v", err)
	}
	w.do(operator, &Withdraw{})
	if err := w.desk.Forget(t.Context(), p.ID, ForgetCitizen, "theo yêu cầu", admin); err != nil {
		t.Fatal(err)
	}
	w.wantEntry(actionForget, "theo yêu cầu")
	if got := w.petition(); strings.Contains(got.Content, "Thử Nghiệm") || strings.Contains(got.Content, "0570000") || !strings.Contains(got.Content, "tắt") || got.Status != Withdrawn {
		t.Errorf("the content is %q", got.Content)
	}
}

func heldError(err error) bool {
	return refused(err) && strings.Contains(err.Error(), "đang được xử lý")
}

func TestACorrectionNamesFieldsAndNoValues(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	code := w.accept(lamp()).Code
	who := CitizenIntake{Name: "Đinh Thị Cư Dân", Phone: "0570000555", Address: "15 phố Thử Nghiệm"}
	if _, err := w.desk.Correct(t.Context(), code, who, focalXD); !refused(err) {
		t.Errorf("by an officer: %v", err)
	}
	if _, err := w.desk.Correct(t.Context(), code, CitizenIntake{Name: "A"}, operator); !refused(err) {
		t.Errorf("without a way to be reached: %v", err)
	}
	p, err := w.desk.Correct(t.Context(), code, who, operator)
	if err != nil || p.Citizen.Phone != phone(555) {
		t.Fatalf("%+v, %v", p.Citizen, err)
	}
	w.wantEntry(actionCorrect, "số điện thoại")
	last := w.entries[p.ID][len(w.entries[p.ID])-1]
	if strings.Contains(last.Text, "0555") || last.Private != "" || strings.Contains(last.Text, "địa chỉ") {
		t.Errorf("the timeline says %+v", last)
	}
	if _, err := w.desk.Correct(t.Context(), code, who, operator); !refused(err) {
		t.Errorf("nothing to correct: %v", err)
	}
}

func TestAnExportNamesNoOfficer(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(headXD, &AssignInternal{Contact: 101})
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	w.do(citizen, &Rate{Score: 4, Comment: "khá nhanh"})
	p := *w.petition()
	out := PersonalOf(p, w.entries[p.ID])
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range townContacts() {
		if strings.Contains(string(text), c.Name) {
			t.Errorf("the export names %s", c.Name)
		}
	}
	if last := out.Steps[len(out.Steps)-1]; last.Own != "khá nhanh" || out.Steps[0].Own != lamp().Content {
		t.Errorf("the citizen's own words: %+v, %+v", out.Steps[0], last)
	}
}

// Who asked to be erased, and which of their petitions are: both doors ask here.
func TestWhoMayBeErasedIsDecidedInOnePlace(t *testing.T) {
	erase := PersonalRequest{Kind: PersonalErase}
	answered := PersonalRequest{Kind: PersonalErase, DoneAt: instantAt("2026-03-09 08:00")}
	for name, tt := range map[string]struct {
		r   PersonalRequest
		may bool
	}{"asked": {erase, true}, "answered": {answered, false}, "asked for something else": {PersonalRequest{Kind: PersonalAccess}, false}} {
		if err := tt.r.MayErase(); (err == nil) != tt.may || err != nil && faultOf(err) != "id" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tt := range map[string]struct {
		p    Petition
		held string
	}{
		"over":                {Petition{Status: Closed}, ""},
		"open":                {Petition{Status: InProgress}, "phản ánh đang được xử lý"},
		"a denunciation":      {Petition{Status: Closed, Denunciation: true}, "tin tố giác: giữ theo quy định của pháp luật"},
		"owed an explanation": {Petition{Status: Closed, Written: &Written{Explanations: []Explanation{{Unit: "XD"}}}}, "đơn vị đang phải giải trình (Đ9.6)"},
	} {
		if got := tt.p.HeldForCitizen(); got != tt.held {
			t.Errorf("%s: held because %q, want %q", name, got, tt.held)
		}
	}
}
