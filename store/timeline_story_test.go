package store_test

import (
	"time"

	"notify1022/escalation"
)

// What comes about too seldom in a busy town, told on purpose: each story is one petition,
// recorded at 08:00 of a working day.

// scripted is a story under way.
type scripted struct {
	*town
	code string
}

// The people of the stories.
var (
	shiftLead = escalation.Actor{Name: "Trưởng ca", Role: escalation.ShiftLead, Channel: escalation.ByConsole}
	officerXD = escalation.Actor{Name: "Đầu mối", Role: escalation.Focal, Unit: "SXD", Channel: escalation.BySMS}
	officerGT = escalation.Actor{Name: "Đầu mối GT", Role: escalation.Focal, Unit: "SGTVT", Channel: escalation.BySMS}
	headXD    = escalation.Actor{Name: "Thủ trưởng", Role: escalation.Head, Unit: "SXD", Channel: escalation.BySMS}
	headGT    = escalation.Actor{Name: "Thủ trưởng GT", Role: escalation.Head, Unit: "SGTVT", Channel: escalation.BySlipPage}
	cityHall  = escalation.Actor{Name: "Văn phòng", Role: escalation.Office, Channel: escalation.ByConsole}
	byCitizen = escalation.Actor{Name: "người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
)

func fixed() escalation.Command {
	return &escalation.GiveResult{Text: "Đã thay bóng đèn mới, đã kiểm tra."}
}

// passes lets time go by, the ladder firing at its end.
func (s *scripted) passes(d time.Duration) {
	s.w.later(d)
	s.fire()
}

// works lets so much of the city's working time pass since an instant.
func (s *scripted) works(since time.Time, d time.Duration) {
	s.passes(s.city.Add(since, d).Sub(s.w.now()))
}

// does lets somebody do something now.
func (s *scripted) does(by escalation.Actor, cmd escalation.Command) time.Time {
	return s.texted(0, by, cmd)
}

// texted lets somebody do it by a text that lay so long before it was read.
func (s *scripted) texted(ago time.Duration, by escalation.Actor, cmd escalation.Command) time.Time {
	s.w.t.Helper()
	s.w.must(s.act(s.code, anything{by, cmd}, s.w.now().Add(-ago)))
	return s.w.now()
}

// stories begin under the first policy, which is the regulation's.
var stories = []struct {
	name string
	tell func(s *scripted)
}{
	{"asked within the hour, then forwarded and answered in time", func(s *scripted) {
		s.passes(30 * time.Minute)
		s.does(shiftLead, &escalation.AskCitizen{Missing: "địa điểm"})
		s.passes(20 * time.Minute)
		s.does(shiftLead, &escalation.Supplement{Text: "trước cổng trường"})
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(time.Hour)
		s.does(officerXD, fixed())
	}},
	{"asked within the hour after a return, long after the receipt", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		s.does(shiftLead, &escalation.AcceptReturn{})
		s.passes(10 * time.Minute)
		s.does(shiftLead, &escalation.AskCitizen{Missing: "địa điểm"})
		s.does(shiftLead, &escalation.Forward{Unit: "SGTVT"})
	}},
	{"a unit asks and hands it back, the citizen's words begin 1022's hour anew, and it asks", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.AskCitizen{Missing: "địa điểm"})
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		since := s.does(shiftLead, &escalation.AcceptReturn{})
		s.works(since, 50*time.Minute)
		s.does(byCitizen, &escalation.Supplement{Text: "trước cổng trường"})
		s.works(since, 90*time.Minute)
		s.does(shiftLead, &escalation.AskCitizen{Missing: "số nhà"})
	}},
	{"asked too late after a return", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		since := s.does(shiftLead, &escalation.AcceptReturn{})
		s.works(since, 61*time.Minute)
		s.does(shiftLead, &escalation.AskCitizen{Missing: "địa điểm"})
	}},
	{"the limit ends while 1022 has it, and the next unit gets it afterwards", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		s.does(shiftLead, &escalation.AcceptReturn{})
		s.works(since, 49*time.Hour)
		s.does(shiftLead, &escalation.Forward{Unit: "SGTVT"})
		s.passes(time.Hour)
		s.does(officerGT, fixed())
	}},
	{"1022 has it for a while, and the limit ends with the next unit", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		s.does(shiftLead, &escalation.AcceptReturn{})
		s.passes(2 * time.Hour)
		s.does(shiftLead, &escalation.Forward{Unit: "SGTVT"})
		s.works(since, 50*time.Hour)
	}},
	{"texts that were read late: after the promised time, the 8 and the 48 hours", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(officerXD, &escalation.PromiseTime{At: s.w.now().Add(2 * time.Hour)})
		s.passes(125 * time.Minute)
		s.texted(10*time.Minute, officerXD, fixed())
		s.does(shiftLead, &escalation.SendBack{Reason: "thiếu ảnh"})
		s.works(since, 8*time.Hour+15*time.Minute)
		s.texted(15*time.Minute, officerXD, fixed())
		s.does(shiftLead, &escalation.SendBack{Reason: "thiếu ảnh"})
		s.works(since, 48*time.Hour+40*time.Minute) // 25 minutes lay with 1022
		s.texted(30*time.Minute, officerXD, fixed())
	}},
	{"the 8 hours end while a return waits, then the Office holds", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.works(since, 7*time.Hour)
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		s.works(since, 9*time.Hour)
		s.does(cityHall, &escalation.HoldClock{Reason: "chờ kết luận", Until: s.w.now().Add(20 * time.Hour)})
		s.passes(2 * time.Hour)
		s.does(cityHall, &escalation.ResumeClock{})
		s.fire()
		s.does(shiftLead, &escalation.RefuseReturn{Reason: "đúng thẩm quyền"})
		s.passes(time.Minute)
		s.does(officerXD, fixed())
	}},
	{"the 8 hours end while a return waits, then a result is sent back", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.works(since, 7*time.Hour)
		s.does(officerXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		s.works(since, 9*time.Hour)
		s.does(officerXD, fixed())
		s.passes(time.Hour)
		s.does(shiftLead, &escalation.SendBack{Reason: "thiếu ảnh"})
		s.passes(time.Hour)
		s.does(officerXD, fixed())
	}},
	{"an hour is left when a result is sent back, and the floor gives two", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.works(since, 7*time.Hour)
		s.does(officerXD, fixed())
		s.passes(24 * time.Hour)
		s.does(shiftLead, &escalation.SendBack{Reason: "thiếu ảnh"})
		s.passes(100 * time.Minute)
		s.does(officerXD, fixed())
	}},
	{"a promise whose unit had to give it away before", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(officerXD, &escalation.PromiseTime{At: s.w.now().Add(30 * time.Hour)})
		s.passes(time.Hour)
		s.does(shiftLead, &escalation.Reassign{Unit: "SGTVT"})
		s.works(since, 14*time.Hour)
		s.does(officerGT, fixed())
	}},
	{"the Office has it twice, and sends back what it answered", func(s *scripted) {
		s.passes(time.Hour)
		s.does(shiftLead, &escalation.Forward{Unit: "UBND"})
		s.passes(2 * time.Hour)
		s.does(cityHall, fixed())
		s.passes(time.Hour)
		s.does(shiftLead, &escalation.SendBack{Reason: "chưa rõ"})
		s.does(cityHall, &escalation.Forward{Unit: "SXD"})
		s.passes(3 * time.Hour)
		s.does(officerXD, &escalation.OpenDispute{Reason: "không thống nhất"})
		s.does(cityHall, &escalation.Acknowledge{})
		s.does(cityHall, &escalation.AskCitizen{Missing: "giấy tờ"})
		s.passes(30 * time.Hour)
		s.does(cityHall, &escalation.Forward{Unit: "SGTVT"})
	}},
	{"the clock waits for the citizen, and the policy that lets it is replaced", func(s *scripted) {
		s.policy(1)
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.AskCitizen{Missing: "số nhà"})
		s.policy(0)
		s.does(cityHall, &escalation.HoldClock{Reason: "chờ kết luận", Until: s.w.now().Add(20 * time.Hour)})
		s.passes(2 * time.Hour)
		s.does(cityHall, &escalation.ResumeClock{})
		s.works(since, 20*time.Hour)
		s.does(byCitizen, &escalation.Supplement{Text: "số 15"})
		s.passes(23 * time.Hour)
		s.does(officerXD, fixed())
	}},
	{"a result while the clock waits for the citizen", func(s *scripted) {
		s.policy(1)
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.works(since, 11*time.Hour)
		s.does(officerXD, &escalation.AskCitizen{Missing: "số nhà"})
		s.works(since, 52*time.Hour)
		s.does(officerXD, fixed())
	}},
	{"the limit counts from the head's notice, and the policy of the notice says otherwise", func(s *scripted) {
		s.policy(1)
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.policy(0)
		s.works(since, 59*time.Hour)
		s.does(officerXD, fixed())
	}},
	{"the limit counts from the forward, and the policy of the notice says otherwise", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.policy(1)
		s.works(since, 48*time.Hour+time.Minute)
		s.does(officerXD, fixed())
	}},
	{"a hold before the head's notice, from which the limit counts", func(s *scripted) {
		s.policy(1)
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(cityHall, &escalation.HoldClock{Reason: "chờ vật tư", Until: s.w.now().Add(15 * 24 * time.Hour)})
		s.works(since, 60*time.Hour)
		s.does(officerXD, fixed())
	}},
	{"a promise moves the 8 hours, but not those of a unit that gets it after the limit", func(s *scripted) {
		s.policy(2)
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(officerXD, &escalation.PromiseTime{At: s.w.now().Add(30 * time.Hour)})
		s.works(since, 51*time.Hour)
		s.does(shiftLead, &escalation.Reassign{Unit: "SGTVT"})
		s.does(officerGT, &escalation.PromiseTime{At: s.w.now().Add(30 * time.Hour)})
		s.fire()
		s.passes(time.Hour)
		s.does(officerGT, fixed())
	}},
	{"a promise beyond the limit moves the 8 hours to the limit, not past it", func(s *scripted) {
		s.policy(2)
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(officerXD, &escalation.PromiseTime{At: s.w.now().Add(20 * 24 * time.Hour)})
		s.works(since, 52*time.Hour)
		s.does(officerXD, fixed())
	}},
	{"a result on the unit's page, and another wording that is not", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(officerXD, &escalation.GiveResult{Text: "Đã thay bóng đèn mới, đã kiểm tra.", UnitURL: "https://soxaydung.example.vn/45"})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.GiveResult{Text: "Đã thay ba bóng đèn mới, đã kiểm tra."})
	}},
	{"urgent since the next day: the file is due from the receipt", func(s *scripted) {
		since := s.w.now()
		s.works(since, 8*time.Hour)
		s.does(shiftLead, &escalation.MarkUrgent{Reason: "nguy hiểm"})
		s.works(since, 26*time.Hour)
		s.does(shiftLead, &escalation.SendWrittenFile{})
	}},
	{"urgent, the file sent on the next day; another one for the result", func(s *scripted) {
		s.does(shiftLead, &escalation.MarkUrgent{Reason: "nguy hiểm"})
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(24 * time.Hour)
		s.does(shiftLead, &escalation.SendWrittenFile{})
		s.does(officerXD, fixed())
		s.does(shiftLead, &escalation.Publish{Written: escalation.NeedRemind, WrittenReason: "nhà thầu làm ẩu"})
		s.passes(24 * time.Hour)
		s.does(shiftLead, &escalation.SendWrittenFile{})
	}},
	{"a unit that co-operates goes, the lead stays", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Units: []escalation.UnitRef{{Code: "SXD", Role: "lead"}, {Code: "SGTVT", Role: "cooperate"}}})
		s.passes(time.Hour)
		s.does(officerGT, &escalation.AskReturn{Reason: "không thuộc địa bàn"})
		s.does(shiftLead, &escalation.AcceptReturn{})
		s.passes(time.Hour)
		s.does(officerXD, fixed())
	}},
	{"the call is taken, and the operator types what the officer says", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD", Call: &escalation.CallLog{To: "Sở Xây dựng", Outcome: "answered"}})
		s.passes(time.Hour)
		s.does(shiftLead, fixed())
	}},
	{"an operator acknowledges, and the officer names the head, who lets the officer answer", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.does(shiftLead, &escalation.Acknowledge{})
		s.passes(time.Hour)
		s.does(officerXD, &escalation.AssignInternal{Contact: s.w.head})
		s.passes(time.Hour)
		s.does(officerXD, fixed())
	}},
	{"the head answers what the officer let lie", func(s *scripted) {
		since := s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.works(since, 9*time.Hour)
		s.does(headXD, fixed())
	}},
	{"nobody has touched it when the officer is replaced, in the next story", func(s *scripted) { s.does(shiftLead, &escalation.Forward{Unit: "SXD"}) }},
	{"the officer who acknowledged is replaced, and the successor acknowledges anew (Đ17.9)", func(s *scripted) {
		s.does(shiftLead, &escalation.Forward{Unit: "SXD"})
		s.passes(20 * time.Minute)
		s.does(officerXD, &escalation.Acknowledge{})
		s.passes(time.Hour)
		next := s.succeeded()
		s.passes(time.Hour)
		s.does(next, &escalation.Acknowledge{})
		s.passes(time.Hour)
		s.does(next, fixed())
	}},
}

// succeeded puts somebody in the place of the focal officer of SXD.
func (s *scripted) succeeded() escalation.Actor {
	s.w.t.Helper()
	c := escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đầu mối mới", Phone: "+84570000161", Replaces: s.w.focal}
	id, err := s.desk().AddContact(s.w.t.Context(), c, true, shiftLead)
	s.w.must(err)
	s.w.must(s.desk().VerifyNumber(s.w.t.Context(), id, shiftLead))
	s.renewed = s.w.now()
	return escalation.Actor{Name: c.Name, Role: escalation.Focal, Unit: c.Unit, Channel: escalation.BySMS}
}
