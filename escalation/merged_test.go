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
