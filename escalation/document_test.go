package escalation

import (
	"strings"
	"testing"
)

func TestADirectiveNamesItsDocument(t *testing.T) {
	for _, test := range []struct{ no, date, field string }{
		{"1234/UBND-XD", "2026-03-09", ""},
		{"12/TB-VP", "", ""},
		{"45-CV/TU", "2026-01-05", ""},
		{"876/QĐ-UBND", "2025-12-31", ""},
		{"", "", ""},
		{"", "2026-03-09", "document_no"},
		{"không số", "", "document_no"},
		{"UBND", "", "document_no"},
		{"0570000501", "", "document_no"}, // a phone
		{"12/<b>", "", "document_no"},
		{strings.Repeat("1/", 31), "", "document_no"},
		{"12/TB", "2026-03-10", "document_date"}, // tomorrow
		{"12/TB", "2026-02-30", "document_date"},
		{"12/TB", "09/03/2026", "document_date"},
		{"12/TB", "2016-03-01", "document_date"},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		cmd := &Direct{Leader: "Phó Chủ tịch", Text: "xử lý dứt điểm", DocumentNo: test.no, DocumentDate: test.date, Due: instantAt("2026-03-12 09:00")}
		if test.field != "" {
			w.refuse(office, cmd, Invalid, test.field)
			continue
		}
		w.do(office, cmd)
		want := Directive{Leader: "Phó Chủ tịch", Text: "xử lý dứt điểm", DocumentNo: test.no, DocumentDate: test.date, Unit: "XD", At: w.now, Due: instantAt("2026-03-12 09:00")}
		if got := w.petition().Directives; len(got) != 1 || got[0] != want {
			t.Errorf("%s %s: kept as %+v", test.no, test.date, got)
		}
		last := w.lastLine()
		if named := DocumentText(test.no, test.date); named != "" && !strings.HasSuffix(last, "(văn bản "+named+")") || named == "" && strings.Contains(last, "văn bản") {
			t.Errorf("the timeline says %q", last)
		}
	}
	if got := DocumentText("1234/UBND-XD", "2026-11-17"); got != "số 1234/UBND-XD ngày 17/11/2026" {
		t.Error(got)
	}
}

func TestAWrittenReminderNamesTheOfficesDocument(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.refuse(office, &SendWrittenFile{DocumentNo: "77/VP-TCD", DocumentDate: "2026-03-09"}, WrongTime, "") // the file is not there yet
	w.refuse(operator, &SendWrittenFile{DocumentNo: "không số"}, Invalid, "document_no")
	w.refuse(operator, &SendWrittenFile{DocumentNo: "5/BC-1022"}, WrongTime, "") // a number alone sends nothing
	w.do(operator, &SendWrittenFile{Send: true, Reason: "đơn vị chậm nhiều lần", DocumentNo: "5/BC-1022", DocumentDate: "2026-03-09"})
	sent := w.petition().Written
	if sent == nil || sent.SentAt.IsZero() || sent.DocumentNo != "5/BC-1022" {
		t.Fatalf("sent: %+v", sent)
	}
	mark := w.mark()
	w.refuse(operator, &SendWrittenFile{}, WrongTime, "")
	w.do(office, &SendWrittenFile{DocumentNo: "77/VP-TCD", DocumentDate: "2026-03-09"})
	if after := w.petition().Written; after.DocumentNo != "77/VP-TCD" || after.DocumentDate != "2026-03-09" || !after.SentAt.Equal(sent.SentAt) {
		t.Errorf("after the Office's reminder: %+v", after)
	}
	if told := w.told(mark); len(told) != 0 {
		t.Errorf("a number that is noted tells %v", told)
	}
	if last := w.lastLine(); !strings.HasSuffix(last, "số 77/VP-TCD ngày 09/03/2026") {
		t.Errorf("the timeline says %q", last)
	}
}

// lastLine is what the petition's timeline says last.
func (w *town) lastLine() string {
	entries := w.entries[w.petition().ID]
	return entries[len(entries)-1].Text
}
