package escalation

import (
	"strings"
	"testing"
	"time"
)

func TestTheLineOfTheRecordingSaysWhatReportsCountThePetitionBy(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Urgent, in.ReceivedAt, in.Area = true, w.now.Add(-time.Hour), "gần 15 phố Thử Nghiệm, P Gia Viên"
	w.accept(in)
	said := w.entries[w.petition().ID][0].Text
	if strings.Contains(said, "15 phố Thử Nghiệm") {
		t.Errorf("the citizen's own address: %s", said)
	}
	for _, want := range []string{"tiếp nhận qua phone; loại 1 (Đ5); lĩnh vực: chiếu sáng; địa bàn: ", "P Gia Viên", "; khẩn; đến lúc 7h00 9/3"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
	in = lamp()
	in.Denunciation = true
	w.accept(in)
	if said := w.entries[w.petition().ID][0].Text; said != "tiếp nhận" {
		t.Errorf("of a denunciation: %s", said)
	}
}

func TestTheTimelineSaysWhichUnitCeasesToCoOperate(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(Actor{Name: "Trần Thị Mẫu", Role: Focal, Unit: "MT", Contact: 103, Channel: BySMS}, &AskReturn{Reason: "không thuộc địa bàn"})
	w.do(operator, &AcceptReturn{})
	w.wantEntry(string(VerbAcceptReturn), "chấp thuận trả lại của đơn vị phối hợp Sở NNMT")
}

func TestTheTimelineSaysThatAResultIsOnTheUnitsOwnPage(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	there := &GiveResult{Text: "Đã thay bóng đèn mới.", UnitURL: "https://soxaydung.example.vn/45", WrittenReminder: true}
	w.do(focalXD, there)
	w.wantEntry(string(VerbResult), "đã có kết quả, chờ kiểm tra và công khai; có đường dẫn trên trang của đơn vị; cần văn bản nhắc nhở (Đ9.6): "+reminderReason)
	w.do(focalXD, &GiveResult{Text: "Đã thay bóng đèn mới, số 5."})
	w.wantEntry(string(VerbResult), "sửa nội dung trả lời")
}
