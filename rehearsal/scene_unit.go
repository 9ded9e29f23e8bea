package rehearsal

import (
	"strings"

	"notify1022/escalation"
)

// A unit's ordinary ways: acknowledge, promise, answer, return, ask (Đ9.3, Đ18.1).
func unitStories() []story {
	return []story{
		{"nhận phiếu, xong trong hạn", doneInTime},
		{"hẹn và giữ đúng hẹn", promiseKept},
		{"sai hẹn, hẹn lại", promiseMissed},
		{"hẹn quá hạn Quy chế", promiseBeyond},
		{"XONG không nội dung, kết quả chậm công khai", bareDone},
		{"kết quả bị trả lại", sentBack},
		{"đề nghị trả lại bị từ chối", returnRefused},
		{"chủ trì và phối hợp", twoUnits},
		{"người dân không có số điện thoại", withoutPhone},
		{"bảo mật", confidential},
		{"đơn vị hỏi thêm một lần", askedOnce},
		{"số máy hỏng, chuyển người thay", failedNumber},
		{"đánh dấu khẩn, hồ sơ văn bản, gộp", urgentAndMerged},
	}
}

func doneInTime(s *scene) {
	s.at("16/11 08:00") // Monday
	p := s.forwarded(1)
	p.is(escalation.Forwarded)
	p.armed(escalation.RungHead, "17/11 08:00")
	p.armed(escalation.RungOverdue, "25/11 08:00") // six working days, 24/11 is a holiday
	p.gets(s.focal("SXD"), "O1", p.code, "Den duong ngo 72 Lach Tray", "8h00 17/11")
	p.gets(p.person(), "C4", "So Xay dung", "8h00 25/11")
	s.at("16/11 08:10")
	p.texts(s.focal("SXD"), "nhận {mtl} nhé")
	p.gets(s.focal("SXD"), "A1", p.code)
	p.is(escalation.InProgress)
	s.at("16/11 08:12")
	p.texts(s.focal("SXD"), "NHAN {mtl}") // once more: answered, changes nothing
	p.gets(s.focal("SXD"), "A7")
	s.at("16/11 10:00")
	p.result(s.focal("SXD"), "da thay 3 bong den cao ap, den sang tro lai tu 9h30")
	s.at("16/11 10:20")
	p.publish()
	p.gets(p.person(), "C7", "So Xay dung", p.code)
	p.getsNot(s.focal("SXD"), "O1N")
	s.at("17/11 09:00")
	p.by(citizen, &escalation.Rate{Score: 5, Comment: "Nhanh, cảm ơn."})
	s.at("23/11 10:20") // the rating window ends
	p.fired(escalation.RungRating, "23/11 10:20")
	p.is(escalation.Closed)
	p.count(p.person(), "C8", 0) // who has rated is not asked again
}

func promiseKept(s *scene) {
	s.at("16/11 08:05") // Monday
	p := s.forwarded(2)
	s.at("16/11 08:20")
	p.texts(s.focal("SXD"), "HEN {mtl} 16h can do dac mat duong")
	p.gets(s.focal("SXD"), "A2", "16h00 16/11")
	p.gets(p.person(), "C5", "16h00 16/11")
	p.is(escalation.Verifying)
	s.at("16/11 15:30")
	p.result(s.focal("SXD"), "da va o ga bang be tong nhua nguoi, dat bien canh bao")
	s.at("16/11 15:50")
	p.publish()
	etas := p.now().ETAs
	s.expect(len(etas) == 1 && !etas[0].Missed, "the promise was not kept: %+v", etas)
	p.getsNot(s.focal("SXD"), "O3")
	s.at("19/11 15:50") // who has not rated is asked once
	p.fired(escalation.RungRatingAsk, "19/11 15:50")
	p.count(p.person(), "C8", 1)
	s.at("23/11 15:50")
	p.is(escalation.Closed)
}

func promiseMissed(s *scene) {
	s.at("16/11 09:00") // Monday
	p := s.forwarded(5)
	s.at("16/11 09:10")
	p.texts(s.focal("CNHP"), "hẹn {mtl} 14h chiều nay")
	p.gets(p.person(), "C5", "14h00 16/11")
	s.at("16/11 14:00")
	p.fired(escalation.RungETA, "16/11 14:00")
	p.gets(s.focal("CNHP"), "O3", "14h00 16/11")
	p.asked(escalation.TaskCall)
	s.at("16/11 14:10")
	p.texts(s.focal("CNHP"), "HEN {mtl} 10h 17/11 cho ket qua xet nghiem mau nuoc")
	p.gets(p.person(), "C5b", "10h00 17/11")
	s.at("17/11 09:00") // a promise does not stop the 8 hours: the head reads of it
	p.fired(escalation.RungHead, "17/11 09:00")
	p.gets(s.head("CNHP"), "H1E", "10h00 17/11")
	p.is(escalation.Escalated)
	s.at("17/11 09:30")
	p.result(s.focal("CNHP"), "da suc xa duong ong, mau nuoc xet nghiem dat quy chuan")
	s.at("17/11 09:45")
	p.publish()
	etas := p.now().ETAs
	s.expect(len(etas) == 2 && etas[0].Missed && !etas[1].Missed, "promises: %+v", etas)
}

func promiseBeyond(s *scene) {
	s.at("17/11 13:30") // Tuesday
	p := s.forwarded(24)
	p.armed(escalation.RungOverdue, "26/11 13:30")
	s.at("17/11 13:45")
	p.texts(s.focal("PGV"), "HEN {mtl} 17h 30/11 cho do dac ranh gioi")
	p.gets(s.focal("PGV"), "A2x", "17h00 30/11")
	p.gets(s.head("PGV"), "H1E", "17h00 30/11")
	p.getsNot(p.person(), "C5")
	p.asked(escalation.TaskConfirm)
	s.at("17/11 14:00") // the operator agrees, and only now the citizen hears of it
	p.by(operator, &escalation.PromiseTime{At: at("30/11 17:00"), Reason: "chờ đo đạc ranh giới"})
	p.gets(p.person(), "C5", "17h00 30/11")
	s.at("25/11 09:00")
	p.fired(escalation.RungHead, "18/11 13:30")
	p.result(s.focal("PGV"), "da lap bien ban, yeu cau thao do phan lan ngo truoc 10/12")
	s.at("25/11 10:00")
	p.publish()
}

func bareDone(s *scene) {
	s.at("16/11 09:15") // Monday
	p := s.forwarded(7)
	s.at("16/11 09:20")
	p.texts(s.focal("PCHP"), "NHAN {mtl}")
	s.at("16/11 16:30")
	p.texts(s.focal("PCHP"), "xong {mtl}")
	p.gets(s.focal("PCHP"), "A3x", p.code)
	p.is(escalation.InProgress)
	p.armed(escalation.RungHead, "17/11 09:15")          // the clock runs on
	p.armed(escalation.RungFocalReminder, "17/11 08:00") // reminders rest for a working hour
	s.at("17/11 08:30")
	p.fired(escalation.RungFocalReminder, "17/11 08:00")
	p.gets(s.focal("PCHP"), "O2", p.code)
	p.result(s.focal("PCHP"), "da can pha lai tram bien ap, dien ap on dinh 220V")
	s.at("17/11 14:10")
	p.fired(escalation.RungPublish, "17/11 14:00") // nobody published for four working hours
	p.gets(s.shiftLead(), "T1", p.code)
	p.asked(escalation.TaskPublish)
	p.publish()
}

func sentBack(s *scene) {
	s.at("17/11 08:00") // Tuesday
	p := s.forwarded(12)
	s.at("17/11 08:15")
	p.texts(s.focal("PGV"), "ok {mtl} dang kiem tra")
	s.at("17/11 10:00")
	p.result(s.focal("PGV"), "da nhac nho chu bai xe")
	s.at("17/11 10:30")
	p.by(operator, &escalation.SendBack{Reason: "chưa nêu biện pháp xử lý"})
	p.is(escalation.InProgress)
	p.gets(s.focal("PGV"), "O4", "chua neu bien phap")
	p.armed(escalation.RungHead, "18/11 08:30") // the half hour with 1022 does not count
	s.at("17/11 15:00")
	p.by(onSlipPage(s.focal("PGV")), &escalation.GiveResult{Text: "Đã lập biên bản, xử phạt và dỡ bỏ bãi xe trên vỉa hè.",
		DocumentNo: "112/UBND", DocumentDate: "2026-11-17", UnitURL: "https://giavien.mau.example/tb112"})
	s.at("17/11 15:20")
	p.publish()
	s.expect(len(p.now().Results) == 1, "the first result is not kept as history")
}

func returnRefused(s *scene) {
	s.at("16/11 14:00") // Monday
	p := s.forwarded(15)
	s.at("16/11 14:10")
	p.texts(s.focal("DKCH"), "SAI {mtl} viec cua cong ty van tai bien")
	p.gets(s.focal("DKCH"), "A4", p.code)
	p.is(escalation.ReturnRequested)
	s.at("16/11 15:20") // 1022 owed a decision within the hour
	p.fired(escalation.RungReturnDecision, "16/11 15:10")
	p.gets(s.shiftLead(), "T1", p.code)
	p.by(operator, &escalation.RefuseReturn{Reason: "bến phà do đặc khu quản lý"})
	p.is(escalation.InProgress) // who asks to return has the slip
	p.gets(s.focal("DKCH"), "A4x", "ben pha do dac khu")
	s.at("16/11 16:00")
	p.result(s.focal("DKCH"), "da tang them quay ban ve va chuyen pha gio cao diem")
	s.at("16/11 16:20")
	p.publish()
}

func twoUnits(s *scene) {
	s.at("16/11 10:15") // Monday
	p := s.forwarded(10)
	p.gets(s.focal("CATP"), "O1", p.code)
	p.gets(s.focal("SXD"), "O1P", p.code, "CATP")
	p.armed(escalation.RungCooperate, "16/11 15:45") // half the lead's eight hours
	s.at("16/11 10:30")
	p.texts(s.focal("SXD"), "NHAN {mtl}")
	p.is(escalation.Forwarded) // the lead has not said anything
	s.at("16/11 14:00")
	p.texts(s.focal("SXD"), "XONG {mtl} tuyen duong nay cam xe tai tren 10 tan gio cao diem")
	p.is(escalation.Forwarded) // an opinion is no result
	s.at("16/11 15:00")
	p.result(s.focal("CATP"), "da xu phat 4 xe roi vai va yeu cau phu bat")
	s.at("16/11 15:15")
	p.publish()
	after := p.now()
	s.expect(after.SlipOf("SXD").Opinion != "", "the opinion is lost")
}

func withoutPhone(s *scene) {
	s.at("16/11 13:40") // Monday
	p := s.forwarded(14)
	p.asked(escalation.TaskContact)
	s.at("16/11 13:50")
	p.texts(s.focal("DKCH"), "NHAN {mtl}")
	s.at("16/11 15:40")
	p.result(s.focal("DKCH"), "da thu gom rac va bo tri them 6 thung rac tai bai tam")
	s.at("16/11 15:55")
	p.publish()
	tasks, err := s.archive.tasks(s.ctx, p.id)
	s.must(err)
	contacts := 0
	for _, t := range tasks {
		if t.Kind == escalation.TaskContact {
			contacts++
		}
	}
	s.expect(contacts >= 2, "%d contact tasks, want one for the forward and one for the result", contacts)
}

func confidential(s *scene) {
	s.at("16/11 10:40") // Monday
	p := s.forwarded(16)
	text, _ := p.text(s.focal("SGDDT"), "O1M")
	p.gets(s.focal("SGDDT"), "O1M", p.code, "BAO MAT")
	s.expect(!strings.Contains(text, "bien lai"), "a confidential slip tells its content")
	s.at("16/11 11:00")
	p.texts(s.focal("SGDDT"), "NHAN {mtl}")
	s.at("16/11 14:40")
	p.by(leadOperator, &escalation.RevokeLink{Unit: "SGDDT", Send: true}) // it was pasted into a group chat
	p.result(s.focal("SGDDT"), "da yeu cau nha truong tra lai tien va xuat bien lai day du")
	s.at("16/11 14:55")
	p.publish()
	p.gets(p.person(), "C7", p.code)
}

func askedOnce(s *scene) {
	s.at("16/11 13:05") // Monday
	p := s.forwarded(17)
	s.at("16/11 13:20")
	p.texts(s.focal("SYT"), "HOI {mtl} ngay kham va khoa kham")
	p.gets(s.focal("SYT"), "A5", p.code)
	p.gets(p.person(), "C3", "ngay kham va khoa kham")
	s.at("16/11 13:30")
	p.texts(s.focal("SYT"), "HOI {mtl} ten bac si")
	p.gets(s.focal("SYT"), "A5x", p.code)
	s.at("16/11 15:00")
	p.by(citizen, &escalation.Supplement{Text: "Khám ngày 2/11 tại khoa Nội."})
	p.gets(s.focal("SYT"), "O6", p.code)
	s.at("16/11 16:40")
	p.result(s.focal("SYT"), "benh vien da xin loi va hen lich kham lai cu the")
	s.at("16/11 16:50")
	p.publish()
	p.by(citizen, &escalation.LeaveNote{Text: "Cảm ơn tổng đài và bệnh viện."})
	p.is(escalation.Published) // thanks reopen nothing
}

func failedNumber(s *scene) {
	s.at("16/11 13:55") // Monday
	s.handset(s.focal("SCT")).Unreachable()
	p := s.forwarded(19)
	p.getsNot(s.focal("SCT"), "O1")
	p.gets(s.deputy("SCT"), "O1", p.code) // within seconds, because of the receipt
	s.at("16/11 14:05")
	p.texts(s.deputy("SCT"), "NHAN {mtl}")
	p.is(escalation.InProgress)
	s.at("16/11 15:50")
	p.by(citizen, &escalation.SayAnswered{})
	p.is(escalation.InProgress) // the unit's result is still owed
	s.at("16/11 16:10")
	p.result(s.deputy("SCT"), "da kiem tra, lap bien ban cua hang va yeu cau ban hang binh thuong")
	s.at("16/11 16:25")
	p.publish()
}

func urgentAndMerged(s *scene) {
	s.at("16/11 09:05") // Monday
	p := s.record(4, func(in *escalation.Intake) { in.Urgent = false })
	p.by(operator, &escalation.Forward{Unit: "SXD", Note: "cây nghiêng 30 độ",
		Call: &escalation.CallLog{To: "trực Sở Xây dựng", At: at("16/11 09:04"), Outcome: "no_answer"}})
	s.at("16/11 09:12")
	p.by(operator, &escalation.MarkUrgent{Reason: "cây nghiêng thêm, có người ở dưới"})
	p.gets(s.focal("SXD"), "O1K", p.code)
	p.gets(s.office(), "V0", p.code)
	s.at("16/11 09:20")
	p.texts(s.focal("SXD"), "NHAN {mtl}")
	s.at("16/11 09:50")
	twin := s.record(25)
	twin.by(operator, &escalation.Merge{Into: p.code})
	twin.is(escalation.Merged)
	twin.gets(twin.person(), "C11", twin.code)
	s.at("16/11 14:30")
	p.by(operator, &escalation.SendWrittenFile{Reason: "đề nghị có văn bản về cây xanh trước bão"})
	p.gets(s.office(), "V4")
	s.at("16/11 16:05")
	p.result(s.focal("SXD"), "da chong do va cat tia cay, khong con nguy hiem")
	s.at("16/11 16:15")
	p.publish()
	p.gets(p.person(), "C7", p.code)
	p.by(leadOperator, &escalation.Commend{Who: escalation.CommendCitizen, Reason: "báo cây nghiêng trước khi có người bị nạn"})
	rows, err := s.archive.messages(s.ctx, 0)
	s.must(err)
	follower := 0
	for _, m := range rows {
		if m.Template == "C7" && m.Phone == twin.person().phone {
			follower++
		}
	}
	s.expect(follower == 1, "who was merged got %d results, want 1", follower)
}
