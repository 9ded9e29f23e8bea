package escalation

import (
	"testing"
	"time"
)

// Whose work a slip is, for the reports by officer. XD has two focal officers, Nguyễn Văn
// Thử (101) and Ngô Văn Thí (111), and a deputy; NF has a head alone, LL a landline.

// colleague is somebody of XD's on the slip's page.
func colleague(contact int64, name string) Actor {
	return Actor{Name: name, Role: Focal, Channel: BySlipPage, Unit: "XD", Contact: contact}
}

func TestAPetitionIsTheWorkOfTheOfficerWhoHasIt(t *testing.T) {
	second := colleague(111, "Ngô Văn Thí")
	unnamed := Actor{Name: "Sở Xây dựng", Role: Officer, Channel: BySlipPage, Unit: "XD"}
	account := Actor{Name: "P. QLHT", Role: Officer, Channel: ByConsole, Unit: "XD", Contact: 112, Account: "sxd"}
	called := func(to, outcome string) *Forward {
		return &Forward{Unit: "XD", Call: &CallLog{To: to, Outcome: outcome}}
	}
	for name, tt := range map[string]struct {
		forward *Forward
		then    func(w *town)
		want    string
	}{
		"nobody has done anything":                  {&Forward{Unit: "XD"}, func(*town) {}, "Nguyễn Văn Thử"},
		"nobody did until it was overdue":           {&Forward{Unit: "XD"}, func(w *town) { w.to("2026-03-20 10:00") }, "Nguyễn Văn Thử"},
		"the second officer acknowledged":           {&Forward{Unit: "XD"}, func(w *town) { w.do(second, &Acknowledge{}); w.do(focalXD, answer()) }, "Ngô Văn Thí"},
		"the second officer promised":               {&Forward{Unit: "XD"}, func(w *town) { w.do(second, &PromiseTime{At: instantAt("2026-03-09 15:00")}) }, "Ngô Văn Thí"},
		"the second officer asked to return it":     {&Forward{Unit: "XD"}, func(w *town) { w.do(second, &AskReturn{Reason: "không thuộc thẩm quyền"}) }, "Ngô Văn Thí"},
		"an account of the deputy":                  {&Forward{Unit: "XD"}, func(w *town) { w.do(account, &Acknowledge{}) }, "Đặng Thị Định"},
		"an operator acknowledged":                  {&Forward{Unit: "XD"}, func(w *town) { w.do(operator, &Acknowledge{}) }, "Nguyễn Văn Thử"},
		"an operator typed the answer":              {&Forward{Unit: "XD"}, func(w *town) { w.do(operator, answer()) }, "Nguyễn Văn Thử"},
		"an operator typed it after an officer":     {&Forward{Unit: "XD"}, func(w *town) { w.do(second, &Acknowledge{}); w.do(operator, answer()) }, "Ngô Văn Thí"},
		"a page that asks for no code":              {&Forward{Unit: "XD"}, func(w *town) { w.do(unnamed, answer()) }, "Nguyễn Văn Thử"},
		"somebody took the call":                    {called("Sở Xây dựng", "answered"), func(*town) {}, "Nguyễn Văn Thử"},
		"the second officer took the call":          {called("Ngô Văn Thí", "answered"), func(*town) {}, "Ngô Văn Thí"},
		"the second officer's number was called":    {called("0570000111", "answered"), func(*town) {}, "Ngô Văn Thí"},
		"the second officer did not take it":        {called("Ngô Văn Thí", "no_answer"), func(*town) {}, "Nguyễn Văn Thử"},
		"the first acted after the second's call":   {called("Ngô Văn Thí", "answered"), func(w *town) { w.says(101, "NHAN") }, "Nguyễn Văn Thử"},
		"named by the first":                        {&Forward{Unit: "XD"}, func(w *town) { w.do(focalXD, &AssignInternal{Contact: 111}) }, "Ngô Văn Thí"},
		"named by an operator, answered by another": {&Forward{Unit: "XD"}, func(w *town) { w.do(operator, &AssignInternal{Contact: 111}); w.do(focalXD, answer()) }, "Ngô Văn Thí"},
		"named twice": {&Forward{Unit: "XD"}, func(w *town) {
			w.do(focalXD, &AssignInternal{Contact: 111})
			w.do(second, &AssignInternal{Contact: 112})
		}, "Đặng Thị Định"},
		"the head answered within the 8 hours": {&Forward{Unit: "XD"}, func(w *town) { w.do(headXD, answer()) }, "Lê Thị Kiểm"},
		"the head got it and answered":         {&Forward{Unit: "XD"}, func(w *town) { w.to("2026-03-10 09:00"); w.do(headXD, answer()) }, "Nguyễn Văn Thử"},
		"the text did not reach the first":     {&Forward{Unit: "XD"}, func(w *town) { w.undelivered(w.letter("O1")) }, "Ngô Văn Thí"},
		"the first handed over untouched":      {&Forward{Unit: "XD"}, func(w *town) { w.newcomer(); w.from(161, "OK "+w.asked(161)) }, "Đinh Văn Mới"},
		"the unit has a head alone":            {&Forward{Unit: "NF"}, func(*town) {}, "Hoàng Thị Soát"},
		"the unit has a landline":              {&Forward{Unit: "LL"}, func(*town) {}, "Bùi Văn Nháp"},
		"the officer is on leave":              {&Forward{Unit: "LV"}, func(*town) {}, "Đỗ Văn Dụ"},
		"a co-operating unit answered":         {&Forward{Units: []UnitRef{{Code: "XD"}, {Code: "MT"}}}, func(w *town) { w.do(focalMT, answer()) }, "Nguyễn Văn Thử"},
		"nobody is there":                      {&Forward{Unit: "KN"}, func(*town) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.directory = NewDirectory(append(w.directory.Units(), Unit{Code: "KN", Name: "Đơn vị không người", SMSName: "Đơn vị KN", Kind: PublicUnit}), w.directory.all())
			w.accept(lamp())
			w.do(operator, tt.forward)
			tt.then(w)
			if f := Facts(*w.petition(), w.calendars())[0]; f.Officer != tt.want {
				t.Errorf("the work of %q, want %q", f.Officer, tt.want)
			}
		})
	}
}

// The timeline and the pages tell how it was acknowledged, whoever's work it is.
func TestACallThatWasTakenIsToldAsACall(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &Forward{Unit: "XD", Call: &CallLog{To: "0570000101", Outcome: "answered"}})
	w.to("2026-03-09 08:30")
	w.says(101, "NHAN")
	lead := w.petition().Lead()
	if f := Facts(*w.petition(), w.calendars())[0]; !f.AcknowledgedAt.Equal(instantAt("2026-03-09 08:00")) || lead.AcknowledgedBy != "điện thoại" {
		t.Errorf("acknowledged at %s, by %q", f.AcknowledgedAt, lead.AcknowledgedBy)
	}
	w.wantEntry("call", "đã gọi đơn vị: có người nhận")
}

// Of slips of before officers were noted the acknowledgement tells, where it was one of the
// unit's who gave it. Of others the stored fact stays: this one names nobody.
func TestASlipOfBeforeIsTheWorkOfWhoAcknowledgedIt(t *testing.T) {
	for by, want := range map[string]string{"Ngô Văn Thí": "Ngô Văn Thí", "Tạ Thị Tập": "Tạ Thị Tập", "điện thoại": "", "Hồ Văn Mô": "", "": ""} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		old := w.petitions[w.ids[w.code]]
		old.Slips[0].Officer, old.Slips[0].Taken = "", false
		if by != "" {
			old.Slips[0].AcknowledgedAt, old.Slips[0].AcknowledgedBy = w.now, by
		}
		w.petitions[w.ids[w.code]] = old
		w.do(operator, &MarkUrgent{Reason: "nguy hiểm"})
		if f := Facts(*w.petition(), w.calendars())[0]; f.Officer != want {
			t.Errorf("acknowledged by %q: the work of %q", by, f.Officer)
		}
		w.do(focalXD, answer())
		if want == "" {
			want = "Nguyễn Văn Thử"
		}
		if f := Facts(*w.petition(), w.calendars())[0]; f.Officer != want {
			t.Errorf("acknowledged by %q, then answered: the work of %q", by, f.Officer)
		}
	}
}

// Somebody who was spoken to and leaves without a successor leaves the slip behind.
func TestASlipThatWasAcknowledgedByTelephoneIsNotLeftBehind(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &Forward{Unit: "XD", Call: &CallLog{Outcome: "answered"}})
	w.to("2026-03-09 09:00")
	w.ends(101, "2026-03-09 09:00")
	w.ends(111, "2026-03-09 09:00")
	c := w.listed()
	mark := w.mark()
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "BG focal", "V5 office")
	if f := Facts(*w.petition(), w.calendars())[0]; f.Officer != c.Name || f.AcknowledgedIn != time.Duration(0) {
		t.Errorf("the work of %q, acknowledged in %s", f.Officer, f.AcknowledgedIn)
	}
}
