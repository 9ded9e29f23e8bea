package escalation

import (
	"strings"
	"testing"
)

// cut says a text of which parts are missing, the first one too where headless.
func (w *town) cut(from int, words string, headless bool) *received {
	w.Helper()
	in := w.text(phone(from), strings.ReplaceAll(words, "{mtl}", w.codeOf(from)))
	in.Incomplete, in.Headless = true, headless
	return w.apply(in)
}

func TestWhatLacksItsFirstPartIsNoCommand(t *testing.T) {
	for _, words := range []string{
		"sai quy dinh, de nghi thao do", "chuyen UBND phuong xu ly tiep", "khong thuoc dien boi thuong cua don vi", "hen lai dan 15h 11/3 de kiem tra",
		"xong truoc ngay 15/3, dan da dong y", "ok nhan du", "NGUNG", "5 sao", "DS", "nghi 10/3 den 12/3 Ngo Van Thi", "TT",
	} {
		t.Run(words, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.forwarded("XD")
			w.jump("2026-03-09 08:10")
			mark := w.mark()
			w.cut(101, words, true)
			w.wantStatus(Forwarded)
			if p := w.petition(); !p.Slips[0].AcknowledgedAt.IsZero() || p.Return != nil || len(w.leaves) != 0 || len(w.unwanted) != 0 {
				t.Error("it was carried out")
			}
			w.wantEntry("progress", words)
			if !strings.Contains(w.lines(), "thiếu phần đầu") {
				t.Errorf("the timeline does not say what is missing: %s", w.lines())
			}
			if len(w.opened(TaskConfirm, "Nguyễn Văn Thử", w.code, "thiếu phần đầu")) != 1 {
				t.Error("the operators are not told")
			}
			w.want(mark, "A6 focal")
		})
	}
}

func TestWhatLacksItsFirstPartGoesWhereTheOthersWent(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	first := w.forwarded("XD")
	w.forwarded("XD")
	other := w.code
	w.jump("2026-03-09 08:10")
	in := w.text(phone(101), "sai quy dinh, de nghi thao do")
	in.Incomplete, in.Headless, in.beside = true, true, []int64{first.ID}
	w.apply(in)
	if len(w.opened(TaskConfirm, first.Code, "thiếu phần đầu")) != 1 || len(w.opened(TaskConfirm, other)) != 0 {
		t.Error("it is not with the petition of the parts before it")
	}
}

// The words are kept, whatever has become of the petition meanwhile.
func TestWhatLacksItsFirstPartIsKeptWithAPetitionThatIsOver(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	p := w.forwarded("XD")
	w.do(operator, &Reassign{Unit: "GV"})
	w.jump("2026-03-09 08:10")
	in := w.text(phone(101), "sai quy dinh, de nghi thao do")
	in.Incomplete, in.Headless, in.beside = true, true, []int64{p.ID}
	w.apply(in)
	w.wantEntry("progress", "sai quy dinh")
	if len(w.opened(TaskConfirm, p.Code, "thiếu phần đầu")) != 1 {
		t.Error("the operators are not told")
	}
}

// With more than one slip nobody knows what a piece is about, also where one of them owes nothing any more.
func TestWhatLacksItsFirstPartIsShownWhereItFitsNowhere(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.says(101, "XONG {mtl} Da thay 3 bong den")
	w.forwarded("XD")
	w.jump("2026-03-09 08:30")
	mark := w.mark()
	w.cut(101, "sai quy dinh, de nghi thao do", true)
	w.wantStatus(Forwarded)
	if len(w.opened(TaskConfirm, "Nguyễn Văn Thử", "chưa rõ về phản ánh nào", "thiếu phần đầu")) != 1 {
		t.Error("the operators are not told")
	}
	w.want(mark, "E1 focal")
}

func TestAStrangersPieceIsADraft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.apply(func() *received {
		in := w.text(phone(777), "5 sao, den o ngo 12 van tat")
		in.Incomplete, in.Headless = true, true
		return in
	}())
	if len(w.opened(TaskIntake, "thiếu phần đầu")) != 1 {
		t.Error("the operators are not told")
	}
}

func TestWhatLacksAnotherPartIsAppliedAndAPersonLearnsOfIt(t *testing.T) {
	tests := []struct {
		words  string
		status Status
		task   TaskKind
	}{
		{"XONG {mtl} Da thay 3 bong den o", Resolved, TaskPublish},
		{"SAI {mtl} duong do phuong quan ly va", ReturnRequested, TaskConfirm},
		{"HEN {mtl} 15h 20/3 do", Verifying, TaskConfirm},
		{"NHAN {mtl} se cho nguoi", InProgress, TaskConfirm},
		{"TT {mtl} va", Forwarded, TaskConfirm},
		{"can them xe va", Forwarded, TaskConfirm},
		{"NOIMAY {mtl} de", InProgress, TaskCall},
	}
	for _, tt := range tests {
		t.Run(tt.words, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.forwarded("XD")
			w.cut(101, tt.words, false)
			w.wantStatus(tt.status)
			if n := len(w.opened(tt.task, "thiếu một phần")); n != 1 {
				t.Errorf("%d tasks say so", n)
			}
			if !strings.Contains(w.lines(), "thiếu một phần") {
				t.Errorf("the timeline does not say so: %s", w.lines())
			}
		})
	}
}

// A task about an earlier text of the officer, open still, does not stand for this one.
func TestAnOpenTaskDoesNotHideThatPartsAreMissing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.says(101, "{mtl} can them xe va nguoi o hien truong")
	w.cut(101, "{mtl} can them may xuc va", false)
	if len(w.opened(TaskConfirm, w.code, "thiếu một phần")) != 1 {
		t.Error("the operators are not told")
	}
}

func TestOfATextAboutNoPetitionAPersonLearnsThatPartsAreMissing(t *testing.T) {
	for _, words := range []string{"NHAN 99999 va", "GIUP toi", "DS va"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		in := w.cut(101, words, false)
		if len(w.opened(TaskConfirm, "Nguyễn Văn Thử", "thiếu một phần", itoa(in.ID))) != 1 {
			t.Errorf("%q (%s): the operators are not told", words, in.outcome)
		}
	}
}
