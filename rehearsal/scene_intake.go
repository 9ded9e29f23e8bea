package rehearsal

import "notify1022/escalation"

// What 1022 itself does with a petition: answer, refuse, ask, transfer (Đ8, Đ9.1).
func intakeStories() []story {
	return []story{
		{"trả lời trực tiếp", directAnswer},
		{"không tiếp nhận, có hướng dẫn", rejection},
		{"khiếu nại: không tiếp nhận", complaint},
		{"hỏi thêm trong 1 giờ, số cố định", clarification},
		{"không phải tiếng Việt, bổ sung, rồi rút", withdrawal},
		{"mở lại sau khi trả lời trực tiếp", reopening},
		{"cuộc gọi khẩn cấp", emergency},
		{"tin tố giác, chỉ trưởng ca", denunciation},
	}
}

func directAnswer(s *scene) {
	s.at("16/11 07:40") // Monday
	p := s.record(6)
	p.is(escalation.Received)
	p.armed(escalation.RungClarify, "16/11 08:40")
	p.by(operator, &escalation.Touch{})
	s.at("16/11 07:50")
	p.by(operator, &escalation.AnswerDirectly{Text: "Đơn vị cấp nước đang khắc phục sự cố đường ống, có nước lại trước 10h sáng nay."})
	p.is(escalation.AnsweredDirectly)
	s.at("16/11 09:30")
	p.getsNot(p.person(), "C1") // pointless once answered
	p.by(citizen, &escalation.Rate{Score: 4})
}

func rejection(s *scene) {
	s.at("16/11 08:45") // Monday
	p := s.record(20)
	s.at("16/11 09:00")
	p.gets(p.person(), "C1", p.code)
	s.at("16/11 10:00") // nobody looked at it for more than an hour
	p.fired(escalation.RungIntake, "16/11 09:15")
	p.fired(escalation.RungClarify, "16/11 09:45")
	p.gets(s.shiftLead(), "T1", p.code)
	p.asked(escalation.TaskIntake)
	p.by(operator, &escalation.Reject{Reason: "thủ tục hành chính", Guidance: "Cổng Dịch vụ công quốc gia"})
	p.is(escalation.Rejected)
	p.gets(p.person(), "C2", "thu tuc hanh chinh", "Cong Dich vu cong")
	s.at("18/11 09:00") // what is added afterwards wakes it under the same code
	p.by(citizen, &escalation.Supplement{Text: "Tôi đã nộp đủ hồ sơ từ tháng 9."})
	p.is(escalation.Received)
	s.at("18/11 09:20")
	p.by(operator, &escalation.Reject{Reason: "thủ tục hành chính", Guidance: "Bộ phận một cửa"})
	p.is(escalation.Rejected)
}

func complaint(s *scene) {
	s.at("16/11 14:20") // Monday
	p := s.record(27)
	s.at("16/11 14:25")
	p.by(operator, &escalation.Reject{Reason: "đơn khiếu nại", Guidance: "Ban Tiếp công dân thành phố"})
	p.is(escalation.Rejected)
	s.at("16/11 15:00")
	p.getsNot(p.person(), "C1")
	p.gets(p.person(), "C2", "Ban Tiep cong dan")
}

func clarification(s *scene) {
	s.at("16/11 08:02") // Monday
	p := s.record(30)
	p.by(operator, &escalation.Touch{})
	s.at("16/11 08:30") // within the hour of Đ8.3
	p.by(operator, &escalation.AskCitizen{Missing: "địa điểm, việc cần phản ánh"})
	p.is(escalation.AwaitingInfo)
	p.asked(escalation.TaskContact) // a landline is called, never texted
	p.armed(escalation.RungSupplement, "19/11 17:00")
	s.at("25/11 17:00") // Wednesday; Tuesday was a holiday
	p.fired(escalation.RungSupplement, "19/11 17:00")
	p.fired(escalation.RungSupplementEnd, "25/11 17:00")
	p.asked(escalation.TaskConfirm)
	s.at("26/11 08:00")
	p.by(operator, &escalation.Reject{Reason: "không đủ thông tin", Guidance: "Tổng đài 0225.1022"})
	p.is(escalation.Rejected)
	s.expect(len(s.handset(p.person()).Inbox()) == 0, "a landline was texted")
}

func withdrawal(s *scene) {
	s.at("16/11 08:20") // Monday
	p := s.record(29)
	p.by(operator, &escalation.AskCitizen{Missing: "nội dung bằng tiếng Việt (Đ7.1)"})
	p.gets(p.person(), "C3", p.code)
	s.at("16/11 09:10")
	p.by(citizen, &escalation.Supplement{Text: "Đèn đường hỏng gần khách sạn của tôi."})
	p.is(escalation.Received)
	s.at("16/11 09:25")
	p.by(operator, &escalation.Forward{Unit: "SXD"})
	p.gets(s.focal("SXD"), "O1", p.code)
	p.gets(p.person(), "C4", "So Xay dung")
	s.at("16/11 11:00")
	p.by(citizen, &escalation.Withdraw{Reason: "đèn đã sáng"})
	p.is(escalation.Withdrawn)
	p.gets(p.person(), "C10")
	p.gets(s.focal("SXD"), "O5")
	p.texts(s.focal("SXD"), "NHAN {mtl}")
	s.answered(s.focal("SXD"), "da ket thuc") // A8
}

func reopening(s *scene) {
	s.at("16/11 08:50") // Monday
	p := s.record(21)
	p.by(operator, &escalation.AnswerDirectly{Text: "Công dân đến cơ quan bảo hiểm xã hội nơi cư trú để điều chỉnh thông tin."})
	s.at("17/11 08:10")
	p.by(operator, &escalation.Reopen{Reason: "công dân gọi lại, cơ quan không giải quyết"})
	p.is(escalation.Received)
	s.at("17/11 08:25")
	p.by(operator, &escalation.Forward{Unit: "BHXH"})
	p.gets(s.deputy("BHXH"), "O1") // the focal officer is on leave
	s.at("17/11 09:40")
	p.result(s.deputy("BHXH"), "da huong dan cong dan bo sung giay khai sinh va sua thong tin the")
	s.at("17/11 10:00")
	p.publish()
	p.gets(p.person(), "C7", p.code)
}

func emergency(s *scene) {
	s.at("16/11 08:33") // Monday
	p := s.record(3)
	p.by(operator, &escalation.TransferEmergency{To: "MTDT", Outcome: "đã nối máy trực ban"})
	p.is(escalation.EmergencyTransferred)
	p.gets(s.focal("MTDT"), "O1K", p.code, "Nap ho ga")
	p.gets(s.office(), "V0", p.code)
	s.at("16/11 09:33") // one clock hour later: did help come?
	p.fired(escalation.RungEmergency, "16/11 09:33")
	p.gets(s.shiftLead(), "T1", p.code)
	s.at("16/11 09:40")
	p.texts(s.focal("MTDT"), "NHAN {mtl}")
	p.gets(s.focal("MTDT"), "A1")
	s.at("16/11 11:10")
	p.result(s.focal("MTDT"), "da thay nap ho ga moi va rao chan xong luc 11h")
	s.at("16/11 11:20")
	p.publish()
	s.at("18/11 17:00") // two working days from the receipt (Đ9.6): nobody sent the file
	p.fired(escalation.RungWrittenReminder, "18/11 13:00")
	p.fired(escalation.RungWrittenFile, "18/11 17:00")
	p.gets(s.office(), "V4")
}

func denunciation(s *scene) {
	s.at("16/11 10:50") // Monday
	p := s.record(28)
	p.gets(s.shiftLead(), "T1", p.code)
	p.refused(operator, &escalation.Reject{Reason: "tố giác", Guidance: "113"}, escalation.Forbidden)
	p.by(leadOperator, &escalation.TransferEmergency{To: "113", Outcome: "đã tiếp nhận tin"})
	p.is(escalation.EmergencyTransferred)
	s.at("16/11 13:30")
	p.fired(escalation.RungEmergency, "16/11 11:50")
	p.by(leadOperator, &escalation.GiveResult{Text: "Cơ quan công an đã tiếp nhận tin báo và xử lý theo quy định."})
	p.by(leadOperator, &escalation.Publish{})
	p.gets(p.person(), "C7")
	timeline, err := s.archive.timeline(s.ctx, p.id)
	s.must(err)
	for _, e := range timeline {
		s.expect(e.Role != escalation.Operator || e.Action == string(escalation.VerbAccept), "an operator did %s on a denunciation", e.Action)
	}
}
