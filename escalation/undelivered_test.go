package escalation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Stories of texts about no petition that reach nobody.

// failsOn lets one text of the template fail after the other and says to whom each went,
// "901/true" by email, and how many tasks for the operators there are after each.
func (w *town) failsOn(template string) (told []string) {
	w.Helper()
	before := len(w.opened(TaskUnreachable, "Tin số"))
	for range 12 {
		l := w.letter(template)
		w.undelivered(l)
		tasks := len(w.opened(TaskUnreachable, "Tin số")) - before
		told = append(told, fmt.Sprintf("%d/%t %d", l.Notice.To.Contact, l.Notice.To.ByEmail, tasks))
		if w.letter(template) == l {
			break
		}
	}
	return told
}

func (w *town) wantTold(template string, want ...string) {
	w.Helper()
	if got := w.failsOn(template); !slices.Equal(got, want) {
		w.Errorf("%s went to %v, want %v", template, got, want)
	}
}

func TestWhatAnyOfTheOfficeMayActOnGoesToTheNextThenByEmailThenToAPerson(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn", 911: "vp2@example.vn"})
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
	w.wantTold("V5", "901/false 0", "911/false 0", "901/true 0", "911/true 1")
}

func TestTheDailyCountLinksTheNextToNoPageThatMayBeClosedToThem(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn"})
	w.forwarded("XD")
	w.until(instantAt("2026-03-18 08:00")) // Wednesday
	w.overdueDigest("2026-03-18 08:00")
	first := w.letter("V2")
	if !strings.Contains(first.Notice.Vars["lp"], "/p/") {
		t.Fatalf("one petition is linked by %q", first.Notice.Vars["lp"])
	}
	w.undelivered(first)
	next := w.letter("V2")
	if next.Phone != phone(911) || next.Notice.Vars["so"] != "1" || next.Notice.Vars["lp"] != "1022.haiphong.gov.vn" {
		t.Errorf("%s is told %q", next.Phone, next.text)
	}
	w.wantTold("V2", "911/false 0", "901/true 1")
}

func TestAReportThatCannotBeTextedIsMailedWithItsSheet(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{102: "lanhdao@example.vn"})
	vars := map[string]string{"don_vi": "Sở XD", "ky": "tháng 2/2026", "n_tiep": "1", "n_dung": "1", "n_qua": "0", "n_cho": "0", "hl": "chưa có", "lp": "1022.haiphong.gov.vn/b/x"}
	sheet := &Enclosure{Files: []EnclosedFile{{Name: "a.xlsx", MediaType: "application/zip", Content: []byte("x")}}}
	send := func(contact int64, sms, email bool) {
		for _, n := range ReportNotices(w.contact(contact), sms, email, "report@2026-02", vars, sheet, w.desk.setting.Load().Policy, w.now) {
			w.memory.post([]Notice{n}, nil)
		}
	}
	send(102, true, false)
	w.undelivered(w.letter("R1"))
	mail := w.letter("R1")
	if !mail.Notice.To.ByEmail || mail.Email != "lanhdao@example.vn" || mail.Notice.Vars["lp"] != vars["lp"] || mail.Notice.Enclosure.Empty() {
		t.Errorf("what follows is %+v", mail.Notice)
	}
	w.wantTold("R1", "102/true 1")
	send(104, true, false) // has no address
	w.wantTold("R1", "104/false 1")
}

func TestAReportThatWentByBothWaysIsNotMailedTwice(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{102: "lanhdao@example.vn"})
	words := map[string]string{"don_vi": "Sở XD", "ky": "tháng 2/2026", "n_tiep": "1", "n_dung": "1", "n_qua": "0", "n_cho": "0", "hl": "chưa có", "lp": "x"}
	w.memory.post(ReportNotices(w.contact(102), true, true, "report@2026-02", words, &Enclosure{Text: "x"}, w.desk.setting.Load().Policy, w.now), nil)
	mark := w.mark()
	w.undelivered(w.messages[mark-2])
	w.want(mark)
	if tasks := w.opened(TaskUnreachable, "Tin số"); len(tasks) != 0 {
		t.Errorf("a person is asked though the report was mailed: %+v", tasks)
	}
}

func TestCodesOfAHandoverAreMailedToWhoCanUseThem(t *testing.T) {
	for name, tt := range map[string]struct {
		meanwhile func(*Contact)
		want      []string
	}{
		"the number is theirs": {func(*Contact) {}, []string{"%d/false 0", "%d/true 1"}},
		"it is in doubt":       {func(c *Contact) { c.Verified = false }, []string{"%d/false 1"}},
		"it is another":        {func(c *Contact) { c.Phone = phone(162) }, []string{"%d/false 1"}},
		"their time is over":   {func(c *Contact) { c.ValidTo = c.ValidFrom }, []string{"%d/false 1"}},
	} {
		w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
		w.forwarded("XD")
		id := w.newcomer()
		w.from(161, "OK "+w.asked(161))
		text := w.letter("BG")
		c := w.contact(id)
		c.Email = "moi@example.vn"
		tt.meanwhile(&c)
		w.person(c)
		var want []string
		for _, line := range tt.want {
			want = append(want, fmt.Sprintf(line, id))
		}
		if got := w.failsOn("BG"); !slices.Equal(got, want) {
			t.Errorf("%s: BG went to %v, want %v", name, got, want)
		}
		if last := w.letter("BG"); last.Notice.To.ByEmail && Plain(last.text) != Plain(text.text) {
			t.Errorf("%s: the mail says %q, the text %q", name, last.text, text.text)
		}
	}
}

func TestAnOfficersListIsMailedWhileItIsOfUse(t *testing.T) {
	for at, want := range map[string]string{"2026-03-18 09:00": "101/true", "2026-03-19 09:00": "101/false"} {
		w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
		w.forwarded("XD")
		w.forwarded("XD")
		w.until(instantAt("2026-03-18 08:00")) // Wednesday
		mark := w.mark()
		w.overdueDigest("2026-03-18 08:00")
		w.jump(at)
		for _, l := range w.lettersOf(mark, "B1") {
			if l.Notice.To.Contact == 101 {
				w.undelivered(l)
			}
		}
		lists := slices.DeleteFunc(w.lettersOf(mark, "B1"), func(l *letter) bool { return l.Notice.To.Contact != 101 })
		last := lists[len(lists)-1]
		if got := fmt.Sprintf("%d/%t", last.Notice.To.Contact, last.Notice.To.ByEmail); got != want || last.Notice.Vars["danh_sach"] != lists[0].Notice.Vars["danh_sach"] {
			t.Errorf("at %s the list went to %s, want %s", at, got, want)
		}
	}
}

func TestWithoutMailOnlyTheOfficesTextsGoOn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	words := map[string]string{"so": "1", "danh_sach": "Đơn vị NF", "lp": "x"}
	w.memory.post([]Notice{
		{Template: "V7", Class: ClassReport, Lane: LaneSlip, Rung: "roster@x", Attempt: 1, At: w.now, To: Recipient{Contact: 901, Role: Office, Unit: "VP"}, Vars: words},
	}, nil)
	w.wantTold("V7", "901/false 0", "911/false 1")
	by := Notice{Template: "V7", Class: ClassReport, Lane: LaneBulk, Seq: 7, Attempt: 1, At: w.now.Add(time.Minute), To: Recipient{Contact: 901, Role: Office, Unit: "VP"}, Vars: words}
	w.memory.post([]Notice{by}, nil) // by hand, to one person
	w.wantTold("V7", "901/false 1")
}

func TestAnUrgentMarkThatIsLostGoesToTheNextThoughTheSlipWasAcknowledged(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	w.jump("2026-03-09 09:00")
	w.do(operator, &MarkUrgent{Reason: "sập cầu"})
	w.undelivered(w.letter("O1K"))
	if to := w.letter("O1K").Notice.To.Contact; to != 111 {
		t.Errorf("the urgent mark is with contact %d, want the next officer", to)
	}
}

func TestASlipThatIsLostAfterItsAcknowledgementIsNeededNoMore(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 09:00")
	w.do(operator, &MarkUrgent{Reason: "sập cầu"})
	w.jump("2026-03-09 09:05")
	w.do(focalXD, &Acknowledge{})
	mark := w.mark()
	w.undelivered(w.letter("O1"))
	w.undelivered(w.letter("O1K"))
	w.want(mark)
}

// The officer that the unit has named has the slip: another is not named by a lost text.
func TestWhoIsAssignedASlipAndCannotBeToldIsATask(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 09:00")
	w.do(headXD, &AssignInternal{Contact: 112})
	mark := w.mark()
	w.undelivered(w.letter("O1"))
	w.want(mark)
	tasks := w.opened(TaskUnreachable, "Đặng Thị Định")
	if len(tasks) != 1 || tasks[0].For != ShiftLead {
		t.Errorf("the tasks are %+v", tasks)
	}
}

func TestWhoIsAssignedASlipIsWrittenToWhereATextIsLost(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	w.forwarded("XD")
	w.do(headXD, &AssignInternal{Contact: 101})
	w.undelivered(w.letter("O1"))
	if n := w.letter("O1").Notice; n.To.Contact != 101 || !n.To.ByEmail {
		t.Errorf("the slip goes to %+v", n.To)
	}
}
