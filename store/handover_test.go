package store_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// says lets a number answer the desk.
func (w *world) says(desk *escalation.Desk, from, words string) {
	w.t.Helper()
	w.receive(w.single(from, words))
	for _, id := range w.ready() {
		w.must(desk.Reply(w.t.Context(), id))
	}
}

func TestAHandoverThatCannotBeTextedIsMailedWithTheCodesOfTheNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const newPhone = "+84570000161"
		setting := w.setting()
		setting.Mail = true
		desk := escalation.NewDesk(w.Store, setting)
		w.accept(t.Context(), desk)
		w.accept(t.Context(), desk)
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đinh Văn Mới", Phone: newPhone, Email: "moi@example.vn", Replaces: w.focal}, true, operator)
		w.must(err)
		w.must(desk.VerifyNumber(t.Context(), id, operator))
		codes := w.bindings(newPhone)
		for _, m := range w.say() {
			if m.Template == "BG" {
				w.settle(m.ID, 1, escalation.Failed, "")
				w.must(desk.Undelivered(t.Context(), m.ID, 30*time.Minute))
			}
		}
		mails, err := w.ClaimMail(t.Context(), "gw", 10, time.Minute, render)
		if w.must(err); len(mails) != 1 || mails[0].Email != "moi@example.vn" {
			t.Fatalf("the mails are %+v", mails)
		}
		for _, b := range codes {
			if !strings.Contains(mails[0].Vars["danh_sach"], b.PetCode+" mã "+b.Code) {
				t.Errorf("%q does not name %s with %s", mails[0].Vars["danh_sach"], b.PetCode, b.Code)
			}
		}
		if more := w.bindings(newPhone); len(codes) != 2 || len(more) != 2 {
			t.Errorf("%d codes before the mail, %d after", len(codes), len(more))
		}
		w.says(desk, newPhone, "NHAN "+codes[0].Code)
		if p, err := w.PetitionByCode(t.Context(), codes[0].PetCode); err != nil || p.Slips[0].AcknowledgedAt.IsZero() {
			t.Errorf("the code of the mail is not heard: %+v, %v", p.Slips, err)
		}
	})
}

// Đ17.9
func TestASuccessorIsGivenTheOpenSlipsWithCodesOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const newPhone = "+84570000161"
		desk := w.desk()
		slips := []escalation.Petition{w.accept(t.Context(), desk), w.accept(t.Context(), desk), w.accept(t.Context(), desk)}
		before, err := w.Directory(t.Context())
		w.must(err)
		old, _ := before.Contact(w.focal)
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đinh Văn Mới", Phone: newPhone, Replaces: w.focal}, true, operator)
		w.must(err)
		asked := w.say()
		var code string
		for _, m := range asked {
			if m.Template == "XM" {
				code = m.Vars["mtl"]
			}
		}
		if code == "" {
			t.Fatalf("the number is not asked: %+v", asked)
		}
		w.says(desk, newPhone, "OK "+code)
		dir, err := w.Directory(t.Context())
		w.must(err)
		if c, _ := dir.Contact(id); !c.Verified || c.Pending || dir.Serving("SXD", escalation.Focal, w.now())[0].ID != id {
			t.Fatalf("after the answer: %+v", c)
		}
		if c, _ := dir.Contact(old.ID); !c.ValidTo.Equal(w.now()) {
			t.Errorf("the one before holds the role until %s", c.ValidTo)
		}
		var list string
		for _, m := range w.say() {
			if m.Template == "BG" && m.Phone == newPhone {
				list = m.Vars["danh_sach"]
			}
		}
		own := w.bindings(newPhone)
		if len(own) != len(slips) {
			t.Fatalf("%d codes of the successor's own", len(own))
		}
		for _, b := range own {
			if !strings.Contains(list, b.PetCode+" mã "+b.Code) {
				t.Errorf("%q does not name %s with %s", list, b.PetCode, b.Code)
			}
		}
		for _, b := range w.bindings(old.Phone) {
			if b.Open() {
				t.Errorf("the code %s of the one before is open", b.Code)
			}
		}
		w.says(desk, newPhone, "NHAN "+own[0].Code)
		found, err := w.PetitionByCode(t.Context(), own[0].PetCode)
		w.must(err)
		if found.Petition.Lead().AcknowledgedBy != "Đinh Văn Mới" {
			t.Errorf("acknowledged by %q", found.Petition.Lead().AcknowledgedBy)
		}
	})
}

func TestAnAbsenceAgreedToBySMSIsInTheDirectory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		w.says(desk, focalPhone, "NGHI 24/11")
		var code string
		for _, m := range w.say() {
			if m.Template == "XV" && m.Phone == headPhone {
				code = m.Vars["mtl"]
			}
		}
		w.says(desk, headPhone, "OK "+code)
		dir, err := w.Directory(t.Context())
		w.must(err)
		if c, _ := dir.Contact(w.focal); len(c.Absences) != 1 {
			t.Errorf("after the head agreed: %+v", c)
		}
		if waiting, err := w.Absences(t.Context(), false); err != nil || len(waiting) != 0 {
			t.Errorf("still waiting: %+v, %v", waiting, err)
		}
		w.says(desk, headPhone, "OK "+code) // the same code again means nothing any more
	})
}

func TestFailuresInARowAreCountedBackToTheLastTextThatArrived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		count := func() (n int) {
			w.tx(func(tx escalation.Tx) (err error) {
				n, err = tx.FailuresInARow(t.Context(), focalPhone, 3)
				return err
			})
			return n
		}
		for i, state := range []escalation.MessageState{escalation.Failed, escalation.Accepted, escalation.Failed, escalation.Delivered, escalation.Failed, "unworded"} {
			w.post(w.notice(w.add(nil), "O1"))
			if state == "unworded" { // a fault of ours says nothing of the number
				_, err := w.Claim(t.Context(), "gw", 100, time.Minute, func(*escalation.Outgoing) error { return errors.New("no such wording") })
				w.must(err)
			}
			for _, m := range w.say() {
				if state == escalation.Delivered {
					w.end(m.ID, escalation.Accepted, "arrived")
					w.receipt("arrived", state)
					continue
				}
				w.end(m.ID, state, "")
			}
			if want := []int{1, 1, 2, 0, 1, 1}[i]; count() != want {
				t.Errorf("after %d texts: %d in a row, want %d", i+1, count(), want)
			}
		}
	})
}

func TestAnEndedSuccessorsAnswerChangesNothingAndBlocksNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đinh Văn Mới", Phone: "+84570000161", Replaces: w.focal}, true, operator)
		w.must(err)
		var code string
		for _, m := range w.say() {
			if m.Template == "XM" {
				code = m.Vars["mtl"]
			}
		}
		w.later(time.Minute)
		w.must(w.By(operator).EndContact(t.Context(), id, time.Time{}))
		w.says(desk, "+84570000161", "OK "+code)
		if ids := w.ready(); len(ids) != 0 {
			t.Errorf("the answer waits for ever: %v", ids)
		}
		tasks, err := w.Tasks(t.Context(), store.TaskFilter{For: escalation.ShiftLead})
		if w.must(err); len(tasks.Items) != 0 {
			t.Errorf("the shift lead waits for ever: %+v", tasks.Items)
		}
		dir, err := w.Directory(t.Context())
		w.must(err)
		if got := dir.Serving("SXD", escalation.Focal, w.now())[0].ID; got != w.focal {
			t.Errorf("%d serves", got)
		}
	})
}

// What an edit reads of itself is not there when it is refused, and must not be served
// under the version that the next edit is given.
func TestARefusedEditLeavesNoDirectoryBehind(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		_, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Head, Name: "Đinh Văn Mới", Phone: "+84570000161", Replaces: w.focal}, true, operator)
		if err == nil {
			t.Fatal("a head succeeds a focal officer")
		}
		w.later(time.Minute)
		w.must(w.By(operator).EndContact(t.Context(), w.focal, time.Time{}))
		dir, err := w.Directory(t.Context())
		w.must(err)
		if c, _ := dir.Contact(w.focal); c.ValidTo.IsZero() {
			t.Errorf("the one who ended still serves: %+v", c)
		}
	})
}

// Đ9.6: what a unit has to explain outlives its slip, and the head that was asked.
func TestANewHeadIsGivenTheExplanationThatIsOwed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		var owed escalation.Petition
		city := escalation.Actor{Name: "Văn phòng", Role: escalation.Office, Channel: escalation.ByConsole}
		for i := range 2 { // of the first nothing is owed any more
			p := w.accept(t.Context(), desk)
			w.do(desk, p.Code, &escalation.SendWrittenFile{Reason: "chậm"}, operator)
			owed = w.do(desk, p.Code, &escalation.AskExplanation{Days: 9}, city)
			w.do(desk, p.Code, &escalation.Withdraw{}, operator)
			if i == 0 {
				w.do(desk, p.Code, &escalation.GiveExplanation{Text: "Đơn vị xin nhận khuyết điểm."}, w.focalOfficer())
			}
		}
		dir, err := w.Directory(t.Context())
		w.must(err)
		head := dir.Serving("SXD", escalation.Head, w.now())[0]
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Head, Name: "Đinh Văn Mới", Phone: "+84570000161", Replaces: head.ID}, true, operator)
		w.must(err)
		w.must(desk.VerifyNumber(t.Context(), id, operator))
		own := w.bindings("+84570000161")
		if len(own) != 1 || own[0].PetCode != owed.Code || own[0].Slip != owed.Written.Explanation().Slip {
			t.Fatalf("the codes of the new head: %+v", own)
		}
		for _, b := range w.bindings(head.Phone) {
			if b.Open() {
				t.Errorf("the code %s of the one before is open", b.Code)
			}
		}
	})
}

// renumbered gives the contact a new number, which somebody has made sure of by a call.
func (w *world) renumbered(desk *escalation.Desk, c escalation.Contact, phone string) escalation.Contact {
	w.t.Helper()
	id := c.ID
	c.Phone = phone
	w.must(desk.EditContact(w.t.Context(), c, operator))
	dir, err := w.Directory(w.t.Context())
	w.must(err)
	next, ok := dir.PendingFor(id, w.now())
	if !ok {
		w.t.Fatalf("nobody waits with the new number of %d", id)
	}
	w.later(time.Minute)
	w.must(desk.VerifyNumber(w.t.Context(), next.ID, operator))
	next.Pending, next.Verified = false, true
	return next
}

func TestSlipsAreLeftWithWhoseTimeHasEndedUntilSomebodyVerifiedTakesThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const newPhone = "+84570000161"
		desk, admin := w.desk(), w.By(operator)
		open := w.accept(t.Context(), desk)
		left := func(unit string) (list []escalation.LeftSlip) {
			w.tx(func(tx escalation.Tx) (err error) {
				list, err = tx.LeftSlips(t.Context(), unit)
				return err
			})
			return list
		}
		if got := left(""); len(got) != 0 {
			t.Errorf("left while the officer serves: %+v", got)
		}
		w.later(time.Minute)
		w.must(admin.EndContact(t.Context(), w.focal, time.Time{}))
		want := escalation.LeftSlip{Contact: w.focal, Petition: open.ID, Slip: 1}
		if got := left("SXD"); len(got) != 1 || got[0] != want || len(left("")) != 1 || len(left("UBND")) != 0 {
			t.Fatalf("left behind: %+v", got)
		}
		ids, err := admin.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đinh Văn Mới", Phone: newPhone})
		w.must(err)
		if _, err := desk.HandLeft(t.Context()); err != nil || len(left("")) != 1 {
			t.Fatalf("a number that nobody has made sure of gets slips: %v", err)
		}
		w.must(desk.VerifyNumber(t.Context(), ids[0], operator))
		if own := w.bindings(newPhone); len(own) != 1 || own[0].PetCode != open.Code || len(left("")) != 0 {
			t.Errorf("after the number is verified: %+v", own)
		}
	})
}

func TestWhatAUnitOwesIsCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		w.must(w.SaveUnits(t.Context(), escalation.Unit{Code: "SNN", Name: "Sở Nông nghiệp", SMSName: "So NN", Kind: escalation.Department}))
		owed := func() (got map[string]escalation.Owed) {
			t.Helper()
			w.tx(func(tx escalation.Tx) (err error) {
				got, err = tx.OwedBy(t.Context(), []string{"SXD", "SNN", "UBND", "KHONGCO"})
				return err
			})
			return got
		}
		asked := w.accept(t.Context(), desk)
		over := w.accept(t.Context(), desk)
		w.do(desk, over.Code, &escalation.Withdraw{}, operator)
		second := w.accept(t.Context(), desk)
		p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Rác và đèn ở chợ", Field: "chiếu sáng",
			Units: []escalation.UnitRef{{Code: "SXD"}, {Code: "SNN"}}, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: "+84570000101"}}, operator)
		w.must(err)
		w.change(asked.ID, func(p *escalation.Petition, _ *escalation.Effects) {
			p.Written = &escalation.Written{Reason: "chậm trả lời", SentAt: w.now(), Explanations: []escalation.Explanation{{Unit: "SXD", Slip: 1, AskedAt: w.now(), Due: w.now().Add(time.Hour)}}}
		})
		want := map[string]escalation.Owed{"SXD": {Lead: []int64{asked.ID, second.ID, p.ID}, Explanations: []int64{asked.ID}}, "SNN": {Opinions: []int64{p.ID}}}
		if got := owed(); !reflect.DeepEqual(got, want) {
			t.Errorf("owed: %+v, want %+v", got, want)
		}
		w.change(p.ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Slips[1].OpinionAt = w.now() })
		if got := owed(); got["SNN"].Petitions() != 0 {
			t.Errorf("an opinion that was given is owed: %+v", got)
		}
	})
}

func TestWhoIsExcludedGetsNoCodeForANewNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const newPhone = "+84570000161"
		desk := w.desk()
		open := w.accept(t.Context(), desk)
		w.change(open.ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Exclude = []int64{w.focal} })
		dir, err := w.Directory(t.Context())
		w.must(err)
		focal, _ := dir.Contact(w.focal)
		w.renumbered(desk, focal, newPhone)
		if own := w.bindings(newPhone); len(own) != 0 {
			t.Errorf("the new number has %+v", own)
		}
	})
}

// The account of somebody stays theirs with another number, and is not their successor's.
func TestAnAccountStaysWithWhoChangesTheNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		dir, err := w.Directory(t.Context())
		w.must(err)
		head := dir.Serving("SXD", escalation.Head, w.now())[0]
		_, err = w.By(operator).AddAccount(t.Context(), store.Account{Name: "thu", FullName: "Thủ trưởng", Role: escalation.Head, Unit: "SXD", Contact: head.ID, Hash: "x"})
		w.must(err)
		whose := func() int64 {
			account, err := w.AccountByName(t.Context(), "thu")
			w.must(err)
			return account.Contact
		}
		moved := w.renumbered(desk, head, "+84570000161")
		if got := whose(); got != moved.ID || got == head.ID {
			t.Errorf("the account is of %d, not of %d", got, moved.ID)
		}
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Head, Name: "Đinh Văn Mới", Phone: "+84570000163", Replaces: moved.ID}, true, operator)
		w.must(err)
		w.later(time.Minute)
		w.must(desk.VerifyNumber(t.Context(), id, operator))
		if got := whose(); got != moved.ID {
			t.Errorf("the account has become %d's", got)
		}
	})
}

// Đ13.6: who wants no reports wants none with another number either.
func TestTheChoiceOfReportsOutlivesAChangeOfNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk, admin := w.desk(), w.By(operator)
		dir, err := w.Directory(t.Context())
		w.must(err)
		head := dir.Serving("SXD", escalation.Head, w.now())[0]
		w.must(admin.Subscribe(t.Context(), escalation.Subscription{Contact: head.ID, Channel: escalation.ReportByNone, Each: escalation.ReportNever, Day: 1, At: 7 * time.Hour}))
		moved := w.renumbered(desk, head, "+84570000161")
		choices, err := w.Subscriptions(t.Context())
		w.must(err)
		got, ok := choices[moved.ID]
		if !ok || !got.Off() {
			t.Fatalf("with the new number: %+v", choices)
		}
		w.must(admin.Subscribe(t.Context(), escalation.Subscription{Contact: moved.ID, Channel: escalation.ReportBySMS, Each: escalation.ReportWeekly, Day: 1, At: 7 * time.Hour}))
		back := w.renumbered(desk, moved, "+84570000162")
		choices, err = w.Subscriptions(t.Context())
		w.must(err)
		if choices[back.ID].Off() {
			t.Error("the later choice is not the one that is kept")
		}
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Head, Name: "Đinh Văn Mới", Phone: "+84570000163", Replaces: back.ID}, true, operator)
		w.must(err)
		w.later(time.Minute)
		w.must(desk.VerifyNumber(t.Context(), id, operator))
		if choices, err = w.Subscriptions(t.Context()); err != nil || choices[id].Contact != 0 {
			t.Errorf("the successor has the choice of the one before: %+v, %v", choices[id], err)
		}
	})
}
