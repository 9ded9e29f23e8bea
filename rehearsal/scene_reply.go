package rehearsal

import "notify1022/escalation"

// Texts that are not what they should be, and from whom they should not come
// (DESIGN §6).
func replyStories() []story {
	return []story{
		{"tin nhắn từ số lạ", stranger},
		{"số của cán bộ cũ", formerOfficer},
		{"tin nhắn sai mã, thiếu giờ, phủ định", oddTexts},
	}
}

func stranger(s *scene) {
	who := s.number("0570000777")
	s.at("16/11 08:55") // Monday
	s.write(who, "Den duong truoc nha toi hong da 3 hom")
	s.answered(who, "chua dang ky la dau moi") // E4
	tasks, err := s.archive.tasks(s.ctx, 0)
	s.must(err)
	drafts := 0
	for _, t := range tasks {
		if t.Petition == 0 && t.Kind == escalation.TaskIntake {
			drafts++
		}
	}
	s.expect(drafts == 1, "%d drafts of a petition, want 1", drafts)
	s.at("16/11 09:02")
	s.write(who, "Sao chua thay ai tra loi")
	s.rest()
	got := len(s.handset(who).Inbox())
	s.expect(got == 1, "a stranger was answered %d times in a day, want once", got)
}

func formerOfficer(s *scene) {
	who := s.number("0570000221")
	s.at("16/11 10:03") // Monday
	s.write(who, "NHAN 12340")
	s.answered(who, "khong con la dau moi") // E6
}

func oddTexts(s *scene) {
	officer := s.focal("SGDDT")
	s.at("18/11 08:00") // Wednesday
	p := s.forwarded(16, func(in *escalation.Intake) {
		in.Content, in.Confidential = "Cổng trường ùn tắc mỗi chiều.", false
	})
	s.at("18/11 08:05")
	s.write(officer, "NHAN 99999")
	s.answered(officer, "khong co PAKN ma 99999") // E2
	s.at("18/11 08:10")
	p.texts(officer, "HEN {mtl}")
	s.answered(officer, "chua ro thoi gian hen") // E5
	s.at("18/11 08:15")
	p.texts(officer, "chua nhan {mtl} duoc")
	p.gets(officer, "A6", p.code)
	p.is(escalation.Forwarded)
	s.at("18/11 08:20")
	s.write(officer, "DS")
	s.answered(officer, "PAKN dang cho", p.code)
	s.at("18/11 08:25")
	p.texts(officer, "TT {mtl}")
	p.gets(officer, "TT", "da chuyen don vi xu ly")
	s.at("18/11 08:30")
	s.write(officer, "GIUP")
	s.answered(officer, "NOIMAY")
	s.at("18/11 08:50")
	s.write(officer, "nhan") // one open slip: the code may be left out
	p.gets(officer, "A1", p.code)
	p.is(escalation.InProgress)
	s.at("18/11 08:55")
	p.texts(officer, "NOIMAY {mtl}")
	p.asked(escalation.TaskCall)
	s.at("18/11 09:00")
	s.write(officer, "NGHI 19/11 den 20/11 Hoang Thi Soat thay")
	s.answered(officer, "de nghi vang mat")
	s.at("18/11 10:00")
	p.texts(officer, "XONG {mtl} đã phân luồng cổng trường, bố trí bảo vệ hướng dẫn phụ huynh đón con đúng nơi quy định, "+
		"phối hợp công an phường trực từ 16h đến 17h30 các ngày học và lắp biển cấm dừng đỗ") // several segments, accented
	p.gets(officer, "A3")
	p.is(escalation.Resolved)
	s.at("18/11 10:15")
	p.publish()
}
