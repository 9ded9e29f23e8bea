package escalation

import (
	"strings"
	"testing"
)

func TestWhatIsTypedAboutADenunciationStandsInNoTextAndNoOpenLine(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Denunciation, in.Content, in.Field = true, "Có người bán hàng cấm ở bến xe.", "tố giác hàng cấm"
	w.accept(in)
	w.do(shiftLead, &AskCitizen{Missing: "chỗ giấu hàng cấm"})
	w.do(citizen, &Supplement{Text: "hàng cấm sau quầy vé"})
	w.do(shiftLead, &Forward{Unit: "GV", Note: "kiểm tra hàng cấm ở quầy", Call: &CallLog{To: "trực ban", Outcome: "đã báo hàng cấm"}})
	w.do(focalGV, &Acknowledge{Note: "đang xem hàng cấm"})
	w.do(focalGV, &PromiseTime{At: instantAt("2026-03-09 15:00"), Reason: "chờ bắt hàng cấm"})
	w.do(focalGV, &Progress{Text: "đã thấy hàng cấm"})
	w.do(focalGV, &AskReturn{Reason: "hàng cấm không thuộc xã"})
	w.do(shiftLead, &RefuseReturn{Reason: "hàng cấm ở địa bàn xã"})
	w.do(focalGV, &GiveResult{Text: "Đã thu giữ hàng cấm ở quầy vé"})
	w.do(shiftLead, &SendBack{Reason: "thiếu số lượng hàng cấm"})
	w.do(shiftLead, &Reassign{Unit: "XD", Reason: "hàng cấm ở công trình"})
	kept := 0
	for _, e := range w.entries[w.petition().ID] {
		if strings.Contains(e.Text, "hàng cấm") {
			t.Errorf("%s tells everybody: %s", e.Action, e.Text)
		}
		if strings.Contains(e.Private, "hàng cấm") {
			kept++
		}
	}
	if kept < 12 {
		t.Errorf("%d typed texts are kept for the shift leads", kept)
	}
	for _, l := range w.messages {
		if strings.Contains(l.text, "hang cam") {
			t.Errorf("%s prints it: %s", l.Notice.Template, l.text)
		}
	}
	w.letter("O1M")
	w.letter("C3")
	w.letter("O4")
}

func TestEveryVerbOfADenunciationHasFixedWords(t *testing.T) {
	for _, v := range append(Verbs(), VerbAccept) {
		if acts[string(v)] == "" {
			t.Errorf("%s has none", v)
		}
	}
	for _, action := range []string{"rung:head", "failed:O1", "unreachable"} {
		if words, private := guard(action, "quá hạn", ""); words != "quá hạn" || private != "" {
			t.Errorf("%s: %q, %q", action, words, private)
		}
	}
	if words, private := guard("new", "typed", "more"); words != "đã ghi nhận" || private != "typed\nmore" {
		t.Errorf("an unknown action: %q, %q", words, private)
	}
}
