package rehearsal

import "notify1022/escalation"

// What time does by itself: 8 hours, 48 hours, nights and weekends (Đ9.4).
func ladderStories() []story {
	return []story{
		{"quá 8 giờ: báo cáo Thủ trưởng", eightHours},
		{"quá 48 giờ: báo cáo UBND thành phố", fortyEightHours},
		{"quá 8 giờ trong khi chờ quyết định trả lại", deferredHead},
		{"phản ánh ban đêm", atNight},
		{"thứ Sáu 16h50", onFriday},
	}
}

func eightHours(s *scene) {
	s.at("16/11 08:07") // Monday
	p := s.forwarded(9)
	s.at("17/11 08:15") // nobody has said a word
	p.fired(escalation.RungNudge, "16/11 09:07")
	p.fired(escalation.RungUnacknowledged, "16/11 10:07")
	p.fired(escalation.RungFocalReminder, "16/11 15:37")
	p.fired(escalation.RungHead, "17/11 08:07")
	p.gets(s.focal("SNNMT"), "O1N", p.code)
	p.gets(s.deputy("SNNMT"), "O1N", p.code)
	p.asked(escalation.TaskCall)
	p.gets(s.focal("SNNMT"), "O2", p.code)
	p.gets(s.head("SNNMT"), "H1", p.code, "8h07 25/11")
	p.gets(s.focal("SNNMT"), "O7", p.code)
	p.gets(p.person(), "C6", p.code)
	p.is(escalation.Escalated)
	s.at("17/11 08:30")
	p.texts(s.head("SNNMT"), "NHAN {mtl}")
	p.gets(s.head("SNNMT"), "A1", p.code)
	p.is(escalation.Escalated) // sticky
	s.at("17/11 10:10")
	p.result(s.focal("SNNMT"), "da kiem tra ban dem, lap bien ban co so dot rac")
	s.at("17/11 10:30")
	p.publish()
	s.expect(p.now().WasEscalated, "the escalation is forgotten")
}

func fortyEightHours(s *scene) {
	s.at("16/11 08:40") // Monday
	p := s.forwarded(18)
	s.at("16/11 09:00")
	p.texts(s.focal("SYT"), "da nhan {mtl}")
	p.is(escalation.InProgress)
	s.at("25/11 08:40") // Wednesday: six working days later
	p.fired(escalation.RungHead, "17/11 08:40")
	p.fired(escalation.RungHeadReminder, "23/11 08:40")
	p.fired(escalation.RungOverdue, "25/11 08:40")
	p.gets(s.head("SYT"), "H2", p.code, "8 gio")
	p.gets(s.office(), "V1", p.code, "So Y te", "8h40 25/11")
	p.gets(s.head("SYT"), "H3", p.code)
	p.gets(p.person(), "C6b", p.code)
	p.is(escalation.Overdue)
	s.at("25/11 10:00")
	p.by(cityOffice, &escalation.Urge{Text: "trả lời dứt điểm", Due: at("26/11 11:00")})
	p.gets(s.head("SYT"), "N1", p.code, "11h00 26/11")
	s.at("26/11 09:00")
	p.texts(s.focal("SYT"), "HEN {mtl} 10h")
	p.is(escalation.Overdue) // sticky
	s.at("26/11 09:30")
	p.result(s.head("SYT"), "da kiem tra, dinh chi quan com 10 ngay, xu phat vi pham hanh chinh")
	s.at("26/11 09:50")
	p.by(operator, &escalation.Publish{Written: escalation.NeedExplain, WrittenReason: "quá 48 giờ, đã đôn đốc"}) // Đ9.6
	p.is(escalation.Published)
	after := p.now()
	s.expect(after.WasOverdue && after.Results == nil && after.Result.Late, "the delay is forgotten")
	s.at("26/11 10:30")
	p.by(operator, &escalation.SendWrittenFile{Reason: "chậm trả lời nhiều lần"})
	s.at("26/11 10:40")
	p.by(cityOffice, &escalation.AskExplanation{Days: 2, Text: "vì sao quá 48 giờ"})
	p.gets(s.head("SYT"), "N3", p.code, "17h00 30/11")
	s.at("26/11 11:10") // the slip is over, the unit explains itself all the same
	p.by(escalation.Actor{Name: "Sở Y tế", Role: escalation.Head, Channel: escalation.BySlipPage, Unit: "SYT"},
		&escalation.GiveExplanation{Text: "Phải chờ kết quả xét nghiệm mẫu, Sở xin rút kinh nghiệm."})
	s.expect(!p.now().Written.Explanation().Awaited(), "the explanation is not there")
}

func deferredHead(s *scene) {
	s.at("18/11 13:00") // Wednesday
	p := s.forwarded(12, func(in *escalation.Intake) { in.Content = "Biển quảng cáo che khuất đèn tín hiệu." })
	p.armed(escalation.RungHead, "19/11 11:30") // the end of the last counted instant, not 13:00
	s.at("19/11 11:00")
	p.texts(s.focal("PGV"), "SAI {mtl} viec cua So Van hoa")
	s.at("19/11 11:30") // while the return is not decided the shift lead hears of it
	p.getsNot(s.head("PGV"), "H1")
	p.gets(s.shiftLead(), "T1", p.code)
	p.is(escalation.ReturnRequested)
	s.at("19/11 13:20")
	p.by(operator, &escalation.RefuseReturn{Reason: "biển do phường cấp phép"})
	p.gets(s.head("PGV"), "H1", p.code) // refusing fires it at once
	p.is(escalation.Escalated)
	s.at("19/11 15:00")
	p.result(s.focal("PGV"), "da thao do bien quang cao che khuat den tin hieu")
	s.at("19/11 15:10")
	p.publish()
}

func atNight(s *scene) {
	s.at("16/11 23:10") // Monday night
	p := s.forwarded(11)
	p.armed(escalation.RungHead, "17/11 17:00") // counting starts at 07:30
	p.gets(p.person(), "C4", p.code)            // who has just called is not asleep
	p.getsNot(s.focal("PGV"), "O1")
	s.at("17/11 06:45")
	p.gets(s.focal("PGV"), "O1", p.code)
	p.gets(s.focal("SVHTTDL"), "O1P", p.code)
	s.at("17/11 08:05")
	p.texts(s.focal("PGV"), "NHAN {mtl}")
	s.at("17/11 16:00")
	p.result(s.focal("PGV"), "da lap bien ban, chu quan cam ket khong mo loa sau 22h")
	s.at("17/11 16:30")
	p.publish()
}

func onFriday(s *scene) {
	s.at("20/11 16:50") // Friday
	p := s.forwarded(23)
	p.armed(escalation.RungNudge, "23/11 08:20")
	p.armed(escalation.RungHead, "23/11 16:50")
	p.armed(escalation.RungOverdue, "1/12 16:50")
	s.at("20/11 16:55")
	p.texts(s.focal("MTDT"), "NHAN {mtl}")
	s.at("23/11 10:00") // Monday
	p.result(s.focal("MTDT"), "da khoi thong 12 ho ga tuyen pho Le Loi, het ngap")
	s.at("23/11 10:15")
	p.publish()
}
