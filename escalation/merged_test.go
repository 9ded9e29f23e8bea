package escalation

import (
	"reflect"
	"strings"
	"testing"
)

// units puts these units into the directory, in the place of those with their codes.
func (w *town) units(changed ...Unit) {
	list := w.directory.Units()
	for i := range list {
		for _, u := range changed {
			if list[i].Code == u.Code {
				list[i] = u
			}
		}
	}
	w.directory = NewDirectory(list, w.directory.all())
}

// dissolve lets a unit be no more, with the one that has its tasks; empty: none is known.
func (w *town) dissolve(code, successor string) {
	u, _ := w.directory.Unit(code)
	u.ValidTo, u.Successor = w.now, successor
	w.units(u)
}

func TestNobodyCanGiveASlipToAUnitThatIsNoMore(t *testing.T) {
	directive := &Direct{Leader: "Chủ tịch", Text: "xử lý dứt điểm", Due: instantAt("2026-03-16 17:00"), Unit: "GV"}
	for name, door := range map[string]struct {
		status Status
		actor  Actor
		cmd    Command
		field  string
	}{
		"to lead":                 {Received, operator, &Forward{Unit: "GV"}, "units"},
		"to co-operate":           {Received, operator, &Forward{Units: []UnitRef{{Code: "XD"}, {Code: "GV"}}}, "units"},
		"another lead":            {Forwarded, operator, &Reassign{Unit: "GV"}, "unit"},
		"named by the Office":     {WithOffice, office, &Reassign{Unit: "GV"}, "unit"},
		"what was given back":     {ReturnRequested, operator, &AcceptReturn{Unit: "GV"}, "unit"},
		"directed":                {Forwarded, office, directive, "unit"},
		"directed, with nobody's": {Received, office, directive, "unit"},
		"an emergency":            {Received, operator, &TransferEmergency{To: "114", Unit: "GV"}, "unit"},
	} {
		for successor, why := range map[string]string{"MT": "đã thuộc Sở Nông nghiệp và Môi trường (mã MT)", "": "hiện không hoạt động"} {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.in(door.status)
			w.dissolve("GV", successor)
			w.refuse(door.actor, door.cmd, Invalid, door.field)
			if _, err := w.desk.Do(w.ctx, w.code, door.cmd, door.actor, 0); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: refused by %v", name, err)
			}
		}
	}
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.dissolve("GV", "MT")
	in := lamp()
	in.Unit = "GV"
	if _, err := w.desk.Accept(w.ctx, in, operator); faultOf(err) != "units" {
		t.Errorf("at its recording: %v", err)
	}
}

// Đ9.1: nobody has chosen the unit, and help is on its way.
func TestAnEmergencyIsNotRefusedForAUnitThatIsNoMore(t *testing.T) {
	for name, c := range map[string]struct {
		to        string // the call
		proposed  []UnitRef
		successor string
		lead      string
	}{
		"proposed by the citizen":         {"114", []UnitRef{{Code: "GV"}}, "MT", "MT"},
		"proposed, and nobody took it on": {"114", []UnitRef{{Code: "GV"}}, "", ""},
		"proposed, and it is the Office":  {"114", []UnitRef{{Code: "GV"}}, "VP", ""},
		"proposed, and there is none":     {"114", []UnitRef{{Code: "??"}}, "MT", ""},
		"the one called":                  {"GV", nil, "MT", "MT"},
		"neither":                         {"114", nil, "MT", ""},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		in := lamp()
		in.Units, in.Citizen.Phone = c.proposed, "0"+in.Citizen.Phone
		p, err := w.desk.Accept(w.ctx, in, citizen)
		if err != nil {
			t.Fatal(err)
		}
		w.code = p.Code
		w.dissolve("GV", c.successor)
		w.do(operator, &TransferEmergency{To: c.to})
		w.wantStatus(EmergencyTransferred)
		lead := w.petition().Lead()
		if c.lead == "" && (lead != nil || len(w.opened(TaskCall, "Chuyển phiếu khẩn")) != 1) || c.lead != "" && (lead == nil || lead.Unit != c.lead) {
			t.Errorf("%s: the slip is %+v, tasks %d", name, lead, w.openTasks(TaskCall))
		}
	}
}

// field failure 30
func TestWhatAMergedUnitHadAnsweredIsReopenedWithWhoHasItsTasks(t *testing.T) {
	for _, c := range []struct {
		successor string
		status    Status
		lead      string
	}{{"GV", Forwarded, "GV"}, {"", Received, ""}, {"VP", WithOffice, ""}} {
		for _, again := range []func(w *town){
			func(w *town) { w.do(operator, &Reopen{Reason: "đèn lại tắt"}) },
			func(w *town) { w.do(citizen, &OpenDispute{Reason: "đèn vẫn tắt"}) }, // to the unit, by setting
			func(w *town) { w.do(citizen, &Rate{Score: 1, Comment: "đèn vẫn tắt"}) },
		} {
			w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.DissatisfiedTo = ToUnit }) // Monday
			w.in(Published)
			w.dissolve("XD", c.successor)
			again(w)
			w.wantStatus(c.status)
			lead := ""
			if s := w.petition().Lead(); s != nil {
				lead = s.Unit
			}
			if lead != c.lead {
				t.Errorf("the successor is %q, and %q leads", c.successor, lead)
			}
			if c.status == Received {
				w.wantDue(RungClarify, "2026-03-09 09:00") // to be forwarded anew
			}
		}
	}
}

func TestAUnitThatWasMergedAndHasOpenSlipsIsReported(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.forwarded("XD")
	last := w.code
	w.forwarded("GV", "XD") // where its opinion is waited for
	cooperates := w.code
	xd, _ := w.directory.Unit("XD")
	xd.ValidTo, xd.Successor = instantAt("2026-03-10 00:00"), "MT"
	w.units(xd)
	check := func(at string) (told []string) {
		t.Helper()
		w.to(at)
		mark := w.mark()
		for range 2 { // a node that died after it comes back to it
			if _, err := w.desk.MergedCheck(w.ctx, w.now); err != nil {
				t.Fatal(err)
			}
		}
		return w.told(mark)
	}
	if got := check("2026-03-09 08:05"); len(got) != 0 {
		t.Errorf("a unit in force is reported: %v", got)
	}
	if got := check("2026-03-10 07:35"); len(got) != 1 || got[0] != "V8 office" {
		t.Errorf("told %v", got)
	}
	if text := w.letter("V8").text; !strings.Contains(text, "3 PAKN") || !strings.Contains(text, "(3)") {
		t.Errorf("the Office reads %q", text)
	}
	tasks := w.opened(TaskConfirm, "còn 2 phiếu chủ trì đang mở, 1 phiếu phối hợp chưa có ý kiến; ")
	if len(tasks) != 1 || tasks[0].For != ShiftLead || !strings.Contains(tasks[0].Text, "Sở Nông nghiệp và Môi trường") {
		t.Fatalf("the tasks are %+v", tasks)
	}
	for id := range w.petitions {
		if p := w.petitions[id]; p.Lead() != nil && p.Lead().Unit == "XD" {
			w.code = p.Code
			w.do(operator, &Withdraw{})
		}
	}
	if got := check("2026-03-11 07:35"); len(got) != 1 || len(w.opened(TaskConfirm, "phiếu chủ trì đang mở")) != 1 {
		t.Errorf("an opinion is owed and the Office is told %v, or the task is closed", got)
	}
	w.code = cooperates
	w.do(focalXD, &GiveResult{Text: "Ý kiến: Sở Xây dựng đã bàn giao hồ sơ."})
	if got := check("2026-03-12 07:35"); len(got) != 0 || len(w.opened(TaskConfirm, "phiếu chủ trì đang mở")) != 0 {
		t.Errorf("nothing is open and the Office is told %v, or the task stands; the last was %s", got, last)
	}
}

func TestWhatAMergedUnitHasToExplainKeepsItsTaskOpen(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 3})
	xd, _ := w.directory.Unit("XD")
	xd.ValidTo = w.now
	w.units(xd)
	left, err := w.desk.MergedCheck(w.ctx, w.now)
	if want := (Owed{Explanations: []int64{w.petition().ID}}); err != nil || len(left) != 1 || !reflect.DeepEqual(left[0].Open, want) {
		t.Fatalf("%+v, %v", left, err)
	}
	if len(w.opened(TaskConfirm, "còn 1 yêu cầu giải trình chưa trả lời; chưa ghi đơn vị kế thừa")) != 1 {
		t.Error("there is no task")
	}
}

// field failure: a petition in which a unit leads and has to explain was two PAKN in the text
// to the Office, and so was one in which two such units had a part.
func TestTheOfficeIsToldOfPetitionsNotOfWhatIsOwedInThem(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 3})
	w.do(operator, &Reopen{Reason: "đèn vẫn tắt"})
	w.forwarded("XD", "MT")
	xd, _ := w.directory.Unit("XD")
	mt, _ := w.directory.Unit("MT")
	xd.ValidTo, mt.ValidTo = w.now, w.now
	w.units(xd, mt)
	if _, err := w.desk.MergedCheck(w.ctx, w.now); err != nil {
		t.Fatal(err)
	}
	if text := w.letter("V8").text; !strings.Contains(text, ": 2 PAKN con o") || strings.Count(text, "(2)") != 1 || strings.Count(text, "(1)") != 1 {
		t.Errorf("the Office reads %q", text)
	}
	if len(w.opened(TaskConfirm, "còn 2 phiếu chủ trì đang mở, 1 yêu cầu giải trình chưa trả lời; ")) != 1 || len(w.opened(TaskConfirm, "còn 1 phiếu phối hợp chưa có ý kiến; ")) != 1 {
		t.Error("the tasks do not name what is owed")
	}
}
