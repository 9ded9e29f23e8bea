package main

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/store/storetest"
)

// Petitions that went every way, for what reports say of them before and after the deletion.

// The people of the units; their contacts are saved by staffed.
var (
	ofXD   = escalation.Actor{Name: "Trần Thị Mẫu", Role: escalation.Focal, Channel: escalation.BySMS, Unit: "XD"}
	ofMT   = escalation.Actor{Name: "Lâm Thị Giả", Role: escalation.Focal, Channel: escalation.BySMS, Unit: "MT"}
	headXD = escalation.Actor{Name: "Lê Thị Kiểm", Role: escalation.Head, Channel: escalation.BySMS, Unit: "XD"}
	ofCity = escalation.Actor{Name: "Phan Thị Giả", Role: escalation.Office, Channel: escalation.ByConsole}
	person = escalation.Actor{Name: "người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
)

// staffed gives the archive two units and the Office.
func (a *archive) staffed() {
	a.Helper()
	db := a.db.By(lead)
	err := db.SaveUnits(a.Context(), escalation.Unit{Code: "XD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department},
		escalation.Unit{Code: "MT", Name: "Sở Nông nghiệp và Môi trường", SMSName: "So NNMT", Kind: escalation.Department},
		escalation.Unit{Code: "VP", Name: "Văn phòng UBND thành phố", SMSName: "VP UBND", Kind: escalation.OfficeKind})
	if err == nil {
		_, err = db.SaveContacts(a.Context(), escalation.Contact{Unit: "XD", Role: escalation.Focal, Name: ofXD.Name, Phone: "+84570000103"},
			escalation.Contact{Unit: "XD", Role: escalation.Head, Name: headXD.Name, Phone: "+84570000104"},
			escalation.Contact{Unit: "MT", Role: escalation.Focal, Name: ofMT.Name, Phone: "+84570000105"},
			escalation.Contact{Unit: "VP", Role: escalation.Office, Name: ofCity.Name, Phone: "+84570000106"})
	}
	if err != nil {
		a.Fatal(err)
	}
}

// story is one petition under way.
type story struct {
	*archive
	code string
}

func (s story) does(by escalation.Actor, commands ...escalation.Command) {
	s.Helper()
	for _, cmd := range commands {
		if _, err := s.desk.Do(s.Context(), s.code, cmd, by, 0); err != nil {
			s.Fatalf("%s %s: %v", s.code, cmd.Verb(), err)
		}
	}
}

// passes lets time go by, in which the ladder fires.
func (a *archive) passes(d time.Duration) {
	a.Helper()
	for end := a.clock().Add(d); a.clock().Before(end); {
		a.to(a.clock().Add(min(end.Sub(a.clock()), 6*time.Hour)))
		if _, _, err := a.desk.FireDue(a.Context(), 100); err != nil {
			a.Fatal(err)
		}
	}
}

// sends lets every text that waits reach its phone.
func (a *archive) sends() {
	a.Helper()
	for {
		rows, err := a.db.Claim(a.Context(), "gateway", 100, time.Minute, func(o *escalation.Outgoing) error { o.Text, o.Segments = "tin", 1; return nil })
		if err != nil {
			a.Fatal(err)
		}
		if len(rows) == 0 {
			return
		}
		for _, m := range rows {
			smsc := fmt.Sprint("id", m.ID)
			err := a.db.Settle(a.Context(), []escalation.SegmentOutcome{{Message: m.ID, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "vnpt", SMSCID: smsc}})
			if err == nil {
				err = a.db.Receipt(a.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: smsc, State: escalation.Delivered, Code: "DELIVRD"})
			}
			if err != nil {
				a.Fatal(err)
			}
		}
	}
}

// answer is what units and the Office write.
func answer() escalation.Command {
	return &escalation.GiveResult{Text: "Đã thông cống, đường hết ngập. Gọi lại 0570000101.", UnitURL: "https://soxaydung.example.vn"}
}

var publish = &escalation.Publish{PublicContent: "Ngập đường phố Thử Nghiệm"}

// everyWay are the ways, each from the receipt to its end.
var everyWay = map[string]func(s story){
	"published, rated, the officer proposed for reward": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD", Note: "làm gấp", Call: &escalation.CallLog{To: "trực ban", Outcome: "answered"}})
		s.passes(time.Hour)
		s.does(ofXD, &escalation.Acknowledge{Note: "đang làm"}, answer())
		s.passes(time.Hour)
		s.does(lead, publish, &escalation.Commend{Who: escalation.CommendOfficer, Officer: ofXD.Name, Reason: "xử lý trong đêm"})
		s.does(person, &escalation.Rate{Score: 4, Service: 5, Comment: "cảm ơn anh Mẫu"})
	},
	"sent back, and another unit answers": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD"})
		s.passes(time.Hour)
		s.does(ofXD, answer())
		s.does(lead, &escalation.SendBack{Reason: "0570000101"}) // nothing is left of it without personal data
		s.passes(time.Hour)
		s.does(lead, &escalation.Reassign{Unit: "MT"})
		s.passes(time.Hour)
		s.does(ofMT, answer())
		s.does(lead, &escalation.Publish{Written: escalation.NeedRemind, WrittenReason: "chậm"}, &escalation.SendWrittenFile{})
	},
	"sent back, then withdrawn": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD"})
		s.does(ofXD, answer())
		s.does(lead, &escalation.SendBack{Reason: "chưa rõ"})
		s.does(person, &escalation.Withdraw{Reason: "đã xong"})
	},
	"rejected after a question": func(s story) {
		s.does(lead, &escalation.AskCitizen{Missing: "địa điểm"}, &escalation.Supplement{Text: "trước cổng trường"})
		s.does(lead, &escalation.Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"})
	},
	"answered directly": func(s story) { s.does(lead, &escalation.AnswerDirectly{Text: "Cắt điện theo lịch."}) },
	"an emergency": func(s story) {
		s.does(lead, &escalation.TransferEmergency{To: "114", Outcome: "đã tiếp nhận"}, answer(), publish)
	},
	"returned, clarified by the next unit, answered": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD"})
		s.passes(time.Hour)
		s.does(ofXD, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"})
		s.does(lead, &escalation.AcceptReturn{Unit: "MT"})
		s.does(ofMT, &escalation.AskCitizen{Missing: "số nhà"})
		s.passes(time.Hour)
		s.does(ofMT, answer())
		s.does(lead, publish)
	},
	"promised, disputed, answered by the Office": func(s story) {
		s.does(lead, &escalation.Forward{Units: []escalation.UnitRef{{Code: "XD", Role: "lead"}, {Code: "MT", Role: "cooperate"}}})
		s.does(ofXD, &escalation.PromiseTime{At: s.clock().Add(4 * time.Hour), Reason: "chờ vật tư"})
		s.does(ofMT, &escalation.GiveResult{Text: "Đồng ý phối hợp xử lý."})
		s.passes(5 * time.Hour)
		s.does(ofXD, &escalation.OpenDispute{Reason: "không thống nhất"})
		s.does(ofCity, answer())
		s.does(lead, publish)
	},
	"published, disputed by the citizen, answered anew": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD"})
		s.does(ofXD, answer())
		s.does(lead, publish)
		s.does(person, &escalation.Rate{Score: 1, Comment: "đường vẫn ngập"})
		s.does(ofCity, &escalation.Forward{Unit: "MT"})
		s.passes(time.Hour)
		s.does(ofMT, answer())
		s.does(lead, publish)
	},
	"held, overdue, explained, answered by the head": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD"}, &escalation.MarkUrgent{Reason: "nguy hiểm"}, &escalation.SendWrittenFile{})
		s.does(ofCity, &escalation.HoldClock{Reason: "chờ kết luận", Until: s.clock().Add(30 * time.Hour)}, &escalation.AskExplanation{Days: 3, Text: "vì sao chậm"},
			&escalation.Direct{Leader: "Phó Chủ tịch", Text: "làm ngay", Due: s.clock().Add(50 * time.Hour), Unit: "XD"})
		s.passes(12 * 24 * time.Hour)
		s.does(headXD, &escalation.GiveExplanation{Text: "Đơn vị thiếu vật tư, đã rút kinh nghiệm."}, answer())
		s.does(lead, publish)
	},
	"nobody acknowledges, an operator types the answer, two are merged": func(s story) {
		s.does(lead, &escalation.Forward{Unit: "XD"})
		s.passes(3 * time.Hour)
		child := story{s.archive, s.received()}
		child.does(lead, &escalation.Merge{Into: s.code})
		s.does(lead, answer(), publish)
		s.does(person, &escalation.Rate{For: child.code, Score: 3, Comment: "tạm được"})
	},
}

// received is a petition of a citizen's own number.
func (a *archive) received() string {
	a.Helper()
	p, err := a.desk.Accept(a.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Nhà tôi 15 phố Thử Nghiệm ngập nước", Field: "thoát nước", Area: "P Gia Viên",
		PublishConsent: true, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000101"}}, lead)
	if err != nil {
		a.Fatal(err)
	}
	return p.Code
}

// figures are all cells of the reports of a month and its year, of the city and of the units,
// but for the words that are erased: why somebody was proposed for reward.
func (a *archive) figures() map[string]string {
	a.Helper()
	cells := map[string]string{}
	for _, of := range []struct{ period, unit string }{{"2026-03", ""}, {"2026-03", "XD"}, {"2026-03", "MT"}, {"2026-Q1", ""}} {
		r, err := reporter{db: a.db, calendar: func() *worktime.Calendar { return worktime.HaiPhong() }, price: SMSPrice{Officer: 350, Citizen: 700}}.build(a.Context(), of.period, of.unit, true)
		if err != nil {
			a.Fatal(err)
		}
		for _, t := range r.Tables {
			for _, row := range t.Rows {
				for i, cell := range row.Cells {
					if t.Columns[i].Key != "reason" {
						cells[fmt.Sprintf("%s %s, %s, %s (%s), %s", of.period, of.unit, t.Key, row.Label, row.Key, t.Columns[i].Name)] = cell.Text()
					}
				}
			}
		}
	}
	return cells
}

// compare reports the figures that are others than they were.
func (a *archive) compare(when string, before map[string]string) {
	a.Helper()
	after := a.figures()
	if len(after) != len(before) {
		a.Errorf("%s the reports have %d cells, before %d", when, len(after), len(before))
	}
	for name, was := range before {
		if is := after[name]; is != was {
			a.Errorf("%s: %s: %q, before %q", when, name, is, was)
		}
	}
}

func TestReportsCountTheSameBeforeAndAfterTheDeletion(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		a := openArchive(t, dsn, Retention{Citizen: "1y", Document: "2y", Messages: "90d", Inbound: "90d", Recordings: "90d", Audit: "never"})
		a.staffed()
		for _, way := range slices.Sorted(maps.Keys(everyWay)) {
			everyWay[way](story{a, a.received()})
		}
		a.passes(40 * 24 * time.Hour) // all of them rest
		a.sends()
		before := a.figures()
		list, err := a.db.ListPetitions(t.Context(), store.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		erased := func(when string, gone func(p escalation.Petition) bool) {
			t.Helper()
			for _, p := range list.Items {
				if c := a.read(p.Code); !gone(c.Petition) {
					t.Errorf("%s %s in status %s: %+v, %q", when, p.Code, c.Status, c.Citizen, c.Content)
				}
			}
			a.compare(when, before)
		}
		for _, p := range list.Items {
			if err := forgetPetition(t.Context(), a.desk, a.db, p.ID, escalation.ForgetCitizen, "theo yêu cầu", lead); err != nil {
				t.Fatal(err)
			}
		}
		erased("after the citizen has asked", func(p escalation.Petition) bool { return p.Citizen.Name == "" })
		a.to(a.clock().AddDate(3, 0, 0))
		for range 10 { // each goes on where the one before ended
			a.run()
		}
		erased("after the nightly deletion", func(p escalation.Petition) bool { return p.Content == "" && p.Published == "" })
	})
}
