package rehearsal

import "notify1022/escalation"

// What the City Office does: disputes, directives, holds (Đ9.5, Đ9.6, Đ14).
func officeStories() []story {
	return []story{
		{"trả lại hai lần, Văn phòng giao lại", returnedTwice},
		{"hai đơn vị chưa thống nhất, có chỉ đạo", dispute},
		{"người dân không nhất trí", dissatisfied},
		{"đã có chỉ đạo; tạm dừng, giao nội bộ", heldAndAssigned},
	}
}

func returnedTwice(s *scene) {
	s.at("16/11 09:30") // Monday
	p := s.forwarded(8)
	s.at("16/11 09:45")
	p.texts(s.focal("SKHCN"), "SAI {mtl} day nay treo tren cot dien, cua dien luc")
	p.is(escalation.ReturnRequested)
	s.at("16/11 10:00")
	p.by(operator, &escalation.AcceptReturn{Unit: "PCHP"})
	p.is(escalation.Forwarded)
	p.gets(s.focal("SKHCN"), "O5", p.code)
	p.gets(s.focal("PCHP"), "O1", p.code)
	p.armed(escalation.RungOverdue, "25/11 09:30") // the first forward's 48 hours stay
	s.at("16/11 10:10")
	p.texts(s.focal("SKHCN"), "NHAN {mtl}")
	p.gets(s.focal("SKHCN"), "O5", p.code)
	s.answered(s.focal("SKHCN"), "da chuyen PC HP") // A9
	s.at("16/11 10:35")
	p.texts(s.focal("PCHP"), "khong thuoc {mtl} day vien thong khong phai day dien")
	s.at("16/11 11:05")
	p.by(operator, &escalation.AcceptReturn{Note: "hai đơn vị đều trả lại"})
	p.is(escalation.Disputed)
	p.gets(s.office(), "V3", "chua thong nhat")
	p.gets(p.person(), "C9", p.code)
	s.at("16/11 13:30")
	p.by(cityOffice, &escalation.Acknowledge{})
	p.is(escalation.WithOffice)
	p.by(cityOffice, &escalation.SubmitToLeader{Text: "đề nghị giao Sở Khoa học và Công nghệ chủ trì"})
	s.at("16/11 14:15")
	p.by(cityOffice, &escalation.Reassign{Unit: "SKHCN", Reason: "Văn phòng giao chủ trì"})
	p.is(escalation.Forwarded)
	s.at("16/11 16:45")
	p.result(s.focal("SKHCN"), "da yeu cau doanh nghiep bo gon cap, xong trong ngay 16/11")
	s.at("17/11 08:40")
	p.publish()
}

func dispute(s *scene) {
	s.at("16/11 10:44") // Monday
	p := s.forwarded(22)
	p.gets(s.focal("SXD"), "O1K", p.code)
	p.gets(s.focal("CATP"), "O1K", p.code)
	p.gets(s.office(), "V0", p.code)
	s.at("16/11 11:15")
	p.by(onSlipPage(s.focal("CATP")), &escalation.OpenDispute{Reason: "tủ điều khiển do Sở Xây dựng quản lý"})
	p.is(escalation.Disputed)
	p.gets(s.office(), "V3", p.code)
	p.gets(s.focal("SXD"), "O5", p.code)
	p.gets(p.person(), "C9", p.code)
	s.at("16/11 13:10")
	p.by(cityOffice, &escalation.Acknowledge{})
	p.is(escalation.WithOffice)
	s.at("16/11 15:05")
	p.by(cityOffice, &escalation.Direct{Leader: "Phó Chủ tịch UBND thành phố", Text: "Sở Xây dựng chủ trì sửa ngay tủ điều khiển",
		Document: "1234/UBND-XD", Due: at("18/11 17:00"), Unit: "SXD"})
	p.is(escalation.Forwarded)
	p.gets(s.head("SXD"), "N2", p.code, "17h00 18/11")
	s.at("18/11 17:00") // the directive is not met: the Office hears of it
	p.fired(escalation.RungDirective, "18/11 17:00")
	s.at("19/11 08:30")
	p.result(s.head("SXD"), "da thay tu dieu khien den tin hieu, hoat dong binh thuong")
	s.at("19/11 08:45")
	p.publish()
}

func dissatisfied(s *scene) {
	s.at("16/11 13:12") // Monday
	p := s.forwarded(13)
	s.at("16/11 13:25")
	p.texts(s.focal("PGV"), "NHAN {mtl}")
	s.at("16/11 15:02")
	p.result(s.focal("PGV"), "da nhac nho cac ho kinh doanh khong lan chiem long duong")
	s.at("16/11 15:32")
	p.publish()
	s.at("17/11 09:05")
	p.by(citizen, &escalation.Rate{Score: 1, Comment: "Sáng nay chợ vẫn họp kín lòng đường."})
	p.is(escalation.Disputed)
	p.gets(s.office(), "V3", "cong dan khong nhat tri")
	p.gets(p.person(), "C9", p.code)
	s.at("19/11 17:00") // the Office is asked again until it names a lead
	p.count(s.office(), "V3", 2)
	s.at("20/11 08:10")
	p.by(cityOffice, &escalation.Acknowledge{})
	p.is(escalation.WithOffice)
	p.by(cityOffice, &escalation.Forward{Unit: "PGV"})
	p.is(escalation.Forwarded)
	s.at("20/11 15:10")
	p.result(s.focal("PGV"), "da giai toa cho tam, bo tri luc luong truc tu 5h den 8h hang ngay")
	s.at("20/11 15:30")
	p.publish()
	s.at("21/11 09:00") // Saturday
	p.by(citizen, &escalation.Rate{Score: 4})
}

func heldAndAssigned(s *scene) {
	s.at("17/11 08:20") // Tuesday
	p := s.forwarded(26)
	p.gets(s.office(), "V0", "da co chi dao") // Đ5.4: at once
	s.at("17/11 09:20")
	p.refused(operator, &escalation.HoldClock{Reason: "chờ", Until: at("23/11 08:00")}, escalation.Forbidden)
	p.by(cityOffice, &escalation.HoldClock{Reason: "chờ hồ sơ thiết kế", Until: at("23/11 08:00")})
	s.at("19/11 09:20")
	p.by(cityOffice, &escalation.ResumeClock{})
	p.armed(escalation.RungHead, "20/11 08:20") // seven hours were left
	s.at("19/11 10:00")
	p.by(cityOffice, &escalation.HoldClock{Reason: "chờ ý kiến tư vấn", Until: at("20/11 10:00")})
	s.at("20/11 10:00")
	p.fired(escalation.RungResume, "20/11 10:00")
	p.armed(escalation.RungHead, "23/11 08:20") // six hours and twenty minutes were left
	s.at("20/11 10:30")
	colleague := s.second("SXD")
	id, err := s.archive.contact(s.ctx, "SXD", escalation.Focal, colleague.phone)
	s.must(err)
	p.by(onSlipPage(s.focal("SXD")), &escalation.AssignInternal{Contact: id})
	p.gets(colleague, "O1", p.code)
	s.at("20/11 15:45")
	p.result(colleague, "da phe duyet phuong an, khoi cong sua cau truoc 15/12")
	s.at("20/11 16:00")
	p.publish()
}
