package escalation

import (
	"strings"
	"testing"
)

// Stories of texts that wait while their reader leaves.

// gateway sends what may go by now. What would go astray fails, as in the store, and is passed on.
func (w *town) gateway() {
	w.Helper()
	for range 2 { // and what follows
		for _, l := range w.messages {
			switch {
			case l.State != Queued || l.Notice.NotBefore.After(w.now):
			case w.directory.Astray(l.Notice.To, l.Phone, l.Notice.At, w.now):
				l.Error = NotTheirs
				w.undelivered(l)
			default:
				l.State = Delivered
			}
		}
	}
}

// arrived are the texts of the template that went to the number.
func (w *town) arrived(template, phone string) (list []*letter) {
	for _, l := range w.messages {
		if l.State == Delivered && l.Notice.Template == template && l.Phone == phone {
			list = append(list, l)
		}
	}
	return list
}

// takes has somebody take the place of the contact, with a number that a call has verified.
func (w *town) takes(before int64, name string, number int) int64 {
	w.Helper()
	c := w.contact(before)
	id, err := w.desk.AddContact(w.ctx, Contact{Unit: c.Unit, Role: c.Role, Name: name, Phone: phone(number), Order: 7, Replaces: before}, true, shiftLead)
	if err == nil {
		err = w.desk.VerifyNumber(w.ctx, id, shiftLead)
	}
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func TestASlipThatWaitsForTheMorningGoesToWhoHasThePlaceThen(t *testing.T) {
	for name, tt := range map[string]struct {
		leave func(*town)
		reads int
	}{
		"somebody succeeds":         {func(w *town) { w.takes(101, "Đinh Văn Mới", 161) }, 161},
		"a successor is succeeded":  {func(w *town) { w.takes(w.takes(101, "Đinh Văn Mới", 161), "Đinh Thị Khác", 162) }, 162},
		"the same, another number":  {func(w *town) { w.takes(101, "Nguyễn Văn Thử", 161) }, 161},
		"the time ends by its date": {func(w *town) { w.ends(101, "2026-03-10 00:00") }, 111},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 21:10", mailChannel) // Monday
			p := w.forwarded("XD")
			w.to("2026-03-09 21:30")
			tt.leave(w)
			w.to("2026-03-10 06:45")
			w.gateway()
			for _, l := range w.messages {
				if l.State == Delivered && (l.Phone == phone(101) || l.Email == w.contact(101).Email && l.Email != "") {
					t.Errorf("%s went to who has left: %s", l.Notice.Template, l.text)
				}
			}
			got := w.arrived("O1", phone(tt.reads))
			if len(got) != 1 || !strings.Contains(got[0].text, p.Slips[0].Token) || !strings.Contains(got[0].text, w.codeOf(tt.reads)) {
				t.Errorf("the new officer is sent %d slips", len(got))
			}
			w.wantEntry("failed:O1", "tin O1 không gửi đến người đã thôi vai trò hoặc đổi số máy (lần 1)")
			w.wantEntry("fallback:O1", "gửi tiếp cho ")
		})
	}
}

func TestAnEscalationThatWaitsGoesToTheNewHead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.gateway()
	w.to("2026-03-10 08:00") // H1 waits for an SMSC
	w.takes(102, "Đinh Văn Mới", 161)
	w.gateway()
	if len(w.arrived("H1", phone(161))) != 1 || len(w.arrived("H1", phone(102))) != 0 {
		t.Error("the new head is not told")
	}
}

func TestANudgeToWhoHasLeftIsNotPassedOnForTheyBeginAnew(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-09 09:00") // O1 and O1N wait for an SMSC
	w.takes(101, "Đinh Văn Mới", 161)
	mark := w.mark()
	w.gateway()
	w.want(mark, "O1 focal")
	mark = w.mark()
	w.to("2026-03-09 10:00")
	w.want(mark, "O1N focal")
}

func TestNothingIsMailedToWhoHasLeft(t *testing.T) {
	w := newTown(t, "2026-03-09 21:10", mailChannel) // Monday
	head := w.contact(202)
	head.Email = "soat@example.vn"
	w.person(head)
	w.forwarded("NF") // of which there is nobody else
	w.ends(202, "2026-03-10 00:00")
	w.to("2026-03-10 06:45")
	tasks := len(w.opened(TaskUnreachable, "Đơn vị không đầu mối"))
	w.gateway()
	for _, l := range w.messages {
		if l.Email == head.Email {
			t.Errorf("%s is mailed to who has left", l.Notice.Template)
		}
	}
	if got := len(w.opened(TaskUnreachable, "Đơn vị không đầu mối")) - tasks; got != 1 {
		t.Errorf("%d tasks", got)
	}
}

func TestAReportThatWaitsFollowsItsReaderToAnotherNumberAndNobodyElse(t *testing.T) {
	for name, tt := range map[string]struct {
		texts, tasks int
	}{"Lê Thị Kiểm": {1, 0}, "Đinh Văn Mới": {0, 1}} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		words := map[string]string{"don_vi": "Sở XD", "ky": "tháng 2/2026", "n_tiep": "1", "n_dung": "1", "n_qua": "0", "n_cho": "0", "hl": "chưa có", "lp": "x"}
		w.memory.post(ReportNotices(w.contact(102), true, false, "report@2026-02", words, &Enclosure{Text: "x"}, w.policy, w.now), nil)
		w.to("2026-03-09 09:00")
		w.takes(102, name, 161)
		w.gateway()
		if len(w.arrived("R1", phone(102))) != 0 || len(w.arrived("R1", phone(161))) != tt.texts {
			t.Errorf("%s: %d reports at the new number, %d at the old", name, len(w.arrived("R1", phone(161))), len(w.arrived("R1", phone(102))))
		}
		if got := len(w.opened(TaskUnreachable, "(R1) không gửi đến người đã thôi vai trò")); got != tt.tasks {
			t.Errorf("%s: %d tasks", name, got)
		}
	}
}

func TestAHandoverToWhoIsSucceededBeforeItWentIsTheSuccessorsAlone(t *testing.T) {
	w := newTown(t, "2026-03-09 21:10") // Monday
	w.forwarded("XD")
	first := w.takes(101, "Đinh Văn Mới", 161)
	w.to("2026-03-09 21:40")
	w.takes(first, "Đinh Thị Khác", 162)
	w.to("2026-03-10 06:45")
	w.gateway()
	if len(w.arrived("BG", phone(161))) != 0 || len(w.arrived("BG", phone(162))) != 1 {
		t.Error("the slips are told to who has left, or to nobody")
	}
	if tasks := w.opened(TaskUnreachable, "(BG)"); len(tasks) != 0 {
		t.Errorf("a person is asked for what is done: %s", tasks[0].Text)
	}
}

func TestWhatIsDecidedAfterSomebodysEndIsMeantForThem(t *testing.T) {
	now := instantAt("2026-03-10 06:45") // Tuesday
	at := func(end string) *Directory {
		return NewDirectory(nil, []Contact{{ID: 1, Phone: phone(1), Email: "a@example.vn", ValidTo: instantAt(end)}})
	}
	for name, tt := range map[string]struct {
		end, phone, decided string
		mail, want          bool
	}{
		"has left since":       {"2026-03-09 21:30", phone(1), "2026-03-09 21:10", false, true},
		"has left, by mail":    {"2026-03-09 21:30", "", "2026-03-09 21:10", true, true},
		"serves still":         {"2026-03-10 06:46", phone(1), "2026-03-09 21:10", false, false},
		"serves, by mail":      {"2026-03-10 06:46", "", "2026-03-09 21:10", true, false},
		"has another number":   {"2026-03-10 06:46", phone(2), "2026-03-09 21:10", false, true},
		"leaves at once":       {"2026-03-09 21:10", phone(1), "2026-03-09 21:10", false, true}, // a simulated clock stands still
		"had left before":      {"2026-03-09 21:09", phone(1), "2026-03-09 21:10", false, false},
		"leaves in the minute": {"2026-03-10 06:45", phone(1), "2026-03-09 21:10", false, true},
	} {
		if got := at(tt.end).Astray(Recipient{Contact: 1, ByEmail: tt.mail}, tt.phone, instantAt(tt.decided), now); got != tt.want {
			t.Errorf("%s: astray is %t", name, got)
		}
	}
	if at("2026-03-09 21:09").Astray(Recipient{Phone: phone(1)}, phone(1), now, now) {
		t.Error("a number that is nobody's row is left by somebody")
	}
}
