package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/templates"
)

var admin = escalation.Actor{Name: "Hoàng Thị Quản", Role: escalation.Administrator, Channel: escalation.ByConsole}

// careful is the real desk with the real redactor.
func (w *world) careful() *escalation.Desk {
	n := 0
	token := func() string { n++; return fmt.Sprintf("C%09d", n) }
	return escalation.NewDesk(w.Store, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hp", Numbering: escalation.Numbering{TestPrefixes: []string{"057"}},
		Token: token, Salt: token, Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.example.vn", Support: "0225.1022",
	})
}

// told is a petition of the number with content.
func (w *world) told(desk *escalation.Desk, phone, content string, change ...func(*escalation.Intake)) escalation.Petition {
	w.t.Helper()
	in := escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: content, Field: "chiếu sáng",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0" + phone[3:], Address: "15 phố Thử Nghiệm"}}
	for _, c := range change {
		c(&in)
	}
	p, err := desk.Accept(w.t.Context(), in, operator)
	w.must(err)
	return p
}

// ended answers it directly, and the citizen rates that.
func (w *world) ended(desk *escalation.Desk, p escalation.Petition) {
	w.t.Helper()
	w.do(desk, p.Code, &escalation.AnswerDirectly{Text: "Đã báo cho Nguyễn Văn Thử, 0570000101."}, operator)
	w.do(desk, p.Code, &escalation.Rate{Score: 5, Comment: "Tôi Nguyễn Văn Thử cảm ơn"}, escalation.Actor{Name: "Người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb})
}

const words = "Đèn trước nhà 15 phố Thử Nghiệm tắt, tôi Nguyễn Văn Thử, 0570000101"

// holds reports where the database still knows the person.
func (w *world) holds(p escalation.Petition, traces ...string) (found []string) {
	w.t.Helper()
	c, err := w.PetitionByCode(w.t.Context(), p.Code)
	w.must(err)
	state, err := json.Marshal(c)
	w.must(err)
	citizen := fmt.Sprint(c.Citizen)
	for _, trace := range traces {
		if strings.Contains(string(state), trace) || strings.Contains(citizen, trace) {
			found = append(found, trace)
		}
	}
	return found
}

func TestAnExportHoldsWhatIsKeptAboutOneNumberAndLogsTheLook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		p := w.told(desk, citizenPhone, words)
		w.ended(desk, p)
		open := w.told(desk, citizenPhone, "Ngập đường")
		secret := w.told(desk, citizenPhone, "Tố giác ông hàng xóm", func(in *escalation.Intake) { in.Denunciation = true })
		other := w.told(desk, "+84570000999", "Rác ở ngõ bên")
		w.receive(w.single("84570000101", "xin chao 1022"))
		w.apply(w.ready()[0])
		w.tx(func(tx escalation.Tx) error {
			return tx.SavePreference(t.Context(), citizenPhone, escalation.Unwanted{Bulk: true})
		})
		data, err := w.By(admin).ExportPersonal(t.Context(), citizenPhone, "091****678")
		w.must(err)
		var codes []string
		for _, one := range data.Petitions {
			codes = append(codes, one.Code)
		}
		if !slices.Equal(codes, []string{p.Code, open.Code}) || data.Withheld != 1 || data.Incomplete {
			t.Errorf("petitions %v, %d withheld", codes, data.Withheld)
		}
		first := data.Petitions[0]
		if first.Content != words || first.Citizen.Address != "15 phố Thử Nghiệm" || first.Rating == nil || len(first.Steps) < 3 || len(first.Texts) == 0 || first.Held != "" || data.Petitions[1].Held == "" {
			t.Errorf("%+v", first)
		}
		if len(data.Received) != 1 || data.Received[0].Text != "xin chao 1022" || !data.Unwanted.Bulk {
			t.Errorf("received %+v, unwanted %+v", data.Received, data.Unwanted)
		}
		out, err := json.Marshal(data)
		w.must(err)
		for _, never := range []string{secret.Code, "Tố giác", other.Code, operator.Name + `"`, "withheld"} {
			if strings.Contains(string(out), never) {
				t.Errorf("the export holds %q", never)
			}
		}
		log, err := w.ChangeLog(t.Context(), store.LogPersonal, "", "", 10)
		w.must(err)
		if len(log.Items) != 1 || log.Items[0].Actor != admin.Name || log.Items[0].Action != "export" || log.Items[0].Ref != "091****678" {
			t.Errorf("the log says %+v", log.Items)
		}
	})
}

func TestAnExportOfAnOfficersNumberTellsNothingOfOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		id := w.post(w.notice(p, "O1"))[0]
		w.claim(10)
		data, err := w.By(admin).ExportPersonal(t.Context(), focalPhone, "x")
		w.must(err)
		if len(data.Contacts) != 1 || len(data.Others) != 1 || data.Others[0].Text != "" || w.message(id).Text == "" {
			t.Errorf("%+v", data)
		}
	})
}

func TestForgettingACitizenKeepsCountsAndChain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		p := w.told(desk, citizenPhone, words)
		w.ended(desk, p)
		before, err := w.CountByStatus(t.Context())
		w.must(err)
		w.must(desk.Forget(t.Context(), p.ID, escalation.ForgetCitizen, "theo yêu cầu", admin))
		w.must(w.EraseCitizen(t.Context(), p.ID))
		if left := w.holds(p, "Nguyễn Văn Thử", "0570000101", "84570000101", "15 phố Thử Nghiệm"); len(left) > 0 {
			t.Errorf("still known: %v", left)
		}
		c, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		w.must(escalation.VerifyChain(c.Timeline))
		if last := c.Timeline[len(c.Timeline)-1]; last.Hash != c.Hash || last.Action != "erase" {
			t.Errorf("the last entry is %+v", last)
		}
		after, err := w.CountByStatus(t.Context())
		w.must(err)
		if fmt.Sprint(before) != fmt.Sprint(after) || c.Rating == nil || c.Rating.Score != 5 || c.Field != "chiếu sáng" {
			t.Errorf("counts %v, before %v; %+v", after, before, c.Rating)
		}
		found, err := w.ListPetitions(t.Context(), store.Filter{Q: "Thử Nghiệm"})
		w.must(err)
		if len(found.Items) != 0 {
			t.Error("the address is still found")
		}
	})
}

// A citizen whose petition was merged rates the answer of the other one.
func TestWhatACitizenSaidOfAPetitionThatTheirsWasMergedIntoIsTheirsToo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		parent, child := w.told(desk, "+84570000999", "Đèn tắt"), w.told(desk, citizenPhone, words)
		w.do(desk, child.Code, &escalation.Merge{Into: parent.Code}, operator)
		w.do(desk, parent.Code, &escalation.AnswerDirectly{Text: "Đèn đã sáng."}, operator)
		w.do(desk, parent.Code, &escalation.Rate{Score: 4, Comment: "Xin cảm ơn quý đơn vị, Thử", For: child.Code}, escalation.Actor{Name: "Người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb})
		data, err := w.By(admin).ExportPersonal(t.Context(), citizenPhone, "x")
		w.must(err)
		if one := data.Petitions[0]; one.Rating == nil || one.Rating.Score != 4 || one.Answer != "Đèn đã sáng." || one.Steps[len(one.Steps)-1].Own != "Xin cảm ơn quý đơn vị, Thử" {
			t.Errorf("%+v", one)
		}
		for range 2 { // erasing again changes nothing
			w.must(desk.Forget(t.Context(), child.ID, escalation.ForgetCitizen, "theo yêu cầu", admin))
			w.must(w.EraseCitizen(t.Context(), child.ID))
		}
		c, err := w.PetitionByCode(t.Context(), parent.Code)
		w.must(err)
		w.must(escalation.VerifyChain(c.Timeline))
		state, err := json.Marshal(c)
		w.must(err)
		if vote := c.RatingOf(child.Code); strings.Contains(string(state), "Xin cảm ơn quý đơn vị") || vote == nil || vote.Score != 4 {
			t.Errorf("the vote is %+v in %s", vote, state)
		}
	})
}

// Keys of texts and of tasks have the number of somebody unknown.
func TestNoKeyHasANumberThatIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		stranger, digits := "+84570000777", "570000777"
		w.receive(w.single(stranger, "den duong o ngo 5 hong"))
		w.must(desk.Reply(t.Context(), w.ready()[0]))
		w.tx(func(tx escalation.Tx) error { // as the release before keyed it
			return tx.Post(t.Context(), nil, []escalation.Task{{Key: escalation.StrangerTasks + stranger + "/2026-03-09T08:00:00+07:00", Kind: escalation.TaskIntake, For: escalation.Operator, OpenedAt: w.now()}})
		})
		for _, m := range w.claim(10) {
			w.settle(m.ID, 1, escalation.Accepted, "a")
			w.settle(m.ID, 2, escalation.Accepted, "b")
		}
		if raw := w.everything(); !strings.Contains(raw, digits) {
			t.Fatal("nothing is to be forgotten")
		}
		w.must(w.By(admin).ForgetPhone(t.Context(), stranger, "yêu cầu 1"))
		if raw := w.everything(); strings.Contains(raw, digits) {
			t.Errorf("the number is still there:\n%s", raw)
		}
		open, err := w.Tasks(t.Context(), store.TaskFilter{Kind: escalation.TaskIntake})
		w.must(err)
		if len(open.Items) != 0 {
			t.Errorf("still to be done: %+v", open.Items)
		}
		w.later(time.Hour)
		if n, err := w.DropOldDrafts(t.Context(), w.now(), 10); err != nil || n != 2 {
			t.Errorf("%d old drafts go, %v", n, err)
		}
	})
}

func TestForgettingANumberLeavesWishesAndOfficers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(w.single("84570000101", "xin chao 1022"))
		w.receive(w.single("84570000001", "ghi chu"))
		for _, id := range w.ready() {
			w.apply(id)
		}
		w.tx(func(tx escalation.Tx) error {
			return tx.SavePreference(t.Context(), citizenPhone, escalation.Unwanted{Rating: true})
		})
		for _, phone := range []string{citizenPhone, focalPhone} {
			w.must(w.By(admin).ForgetPhone(t.Context(), phone, "yêu cầu 1"))
		}
		data, err := w.By(admin).ExportPersonal(t.Context(), citizenPhone, "x")
		w.must(err)
		if len(data.Received) != 0 || !data.Unwanted.Rating {
			t.Errorf("%+v", data)
		}
		if data, err = w.By(admin).ExportPersonal(t.Context(), focalPhone, "x"); err != nil || len(data.Received) != 1 {
			t.Errorf("an officer's texts: %+v, %v", data.Received, err)
		}
	})
}

func TestACorrectedNumberGetsWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		p := w.told(desk, citizenPhone, "Ngập đường") // C1 waits for fifteen minutes
		_, err := desk.Correct(t.Context(), p.Code, escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000102"}, operator)
		w.must(err)
		texts := w.texts(p.Code, "C1")
		if len(texts) != 1 || texts[0].Phone != "+84570000102" || texts[0].State != escalation.Queued {
			t.Errorf("%+v", texts)
		}
	})
}

// A try at the wrong number may be on its way, and its receipt is no proof that the right one has
// the text.
func TestATextThatWasTriedAtAWrongNumberIsToldAnewAtTheRightOne(t *testing.T) {
	const right = "+84570000102"
	for _, template := range []string{"C7", "C8"} {
		for name, tc := range map[string]struct {
			end     escalation.MessageState // of the first try
			waited  time.Duration
			correct bool // before the try ends
		}{
			"nobody knows whether it went out":        {escalation.Unknown, 2 * time.Minute, false},
			"refused for now":                         {escalation.Queued, 10 * time.Second, false},
			"refused for now, after it was put right": {escalation.Queued, 10 * time.Second, true},
		} {
			t.Run(template+" "+name, func(t *testing.T) {
				each(t, func(t *testing.T, w *world) {
					desk := w.careful()
					p := w.told(desk, citizenPhone, "Ngập đường")
					w.do(desk, p.Code, &escalation.AnswerDirectly{Text: "Đã xử lý xong."}, operator)
					result := w.asked(p, p, template)
					result.NeedCode, result.Class, result.Attempt = false, map[string]escalation.Class{"C7": escalation.ClassResult, "C8": escalation.ClassRating}[template], 7
					id := w.post(result)[0]
					for _, o := range w.say() {
						if o.ID != id {
							w.end(o.ID, escalation.Accepted, fmt.Sprint("other", o.ID))
						}
					}
					correct := func() {
						_, err := desk.Correct(t.Context(), p.Code, escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000102"}, operator)
						w.must(err)
					}
					if tc.correct {
						correct()
					}
					w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{{Message: id, Segment: 1, Segments: 1, State: tc.end, SMSC: "vnpt", RetryIn: time.Second}}))
					if !tc.correct {
						correct()
					}
					w.later(tc.waited)
					_, err := w.Lapse(t.Context(), time.Minute)
					w.must(err)
					sent := w.say()
					w.passOn(desk)
					sent = append(sent, w.say()...)
					sent = slices.DeleteFunc(sent, func(o escalation.Outgoing) bool { return o.Template != template })
					if len(sent) != 1 || sent[0].Phone != right || sent[0].PossibleDuplicate {
						t.Fatalf("told anew: %+v", sent)
					}
					if old := w.message(id); sent[0].ID != id && (old.State != escalation.Failed || old.Phone != citizenPhone || old.Error != escalation.Readdressed) {
						t.Errorf("the first is %s to %s: %s", old.State, old.Phone, old.Error)
					}
					w.end(sent[0].ID, escalation.Accepted, "b1")
					w.passOn(desk)
					if again := w.say(); slices.ContainsFunc(again, func(o escalation.Outgoing) bool { return o.Template == template }) {
						t.Errorf("it is told once more: %+v", again)
					}
				})
			})
		}
	}
}

func TestACorrectedNumberThatAskedForNoTextsGetsNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		p := w.told(desk, citizenPhone, "Ngập đường")
		progress := w.asked(p, p, "C5")
		progress.NeedCode, progress.Class = false, escalation.ClassProgress
		rating := w.asked(p, p, "C8")
		rating.NeedCode = false
		ids := w.post(progress, rating)
		w.tx(func(tx escalation.Tx) error {
			return tx.SavePreference(t.Context(), "+84570000102", escalation.Unwanted{Rating: true})
		})
		_, err := desk.Correct(t.Context(), p.Code, escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000102"}, operator)
		w.must(err)
		w.wantState(ids[0], escalation.Queued)
		w.wantState(ids[1], escalation.Dropped)
		if to := w.message(ids[0]); to.Phone != "+84570000102" {
			t.Errorf("%+v", to)
		}
	})
}

func TestACorrectedEmailLeavesTheTextWithACode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		p := w.told(desk, citizenPhone, "Ngập đường")
		id := w.post(w.asked(p, p, "C8n"))[0]
		_, err := desk.Correct(t.Context(), p.Code, escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000101", Email: "thu@example.vn"}, operator)
		w.must(err)
		w.wantState(id, escalation.Queued)
	})
}

func TestANumberStandsWhereverItIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		stands := func(phone string) (s escalation.NumberStands) {
			w.tx(func(tx escalation.Tx) (err error) {
				s, err = tx.NumberStands(t.Context(), phone)
				return err
			})
			return s
		}
		p := w.told(desk, citizenPhone, words)
		w.post(w.asked(p, p, "C8n"))
		w.receive(w.single("84570000101", "xin chao"))
		if got := stands(citizenPhone); got != (escalation.NumberStands{Petitions: 1, Received: true, Sent: true, Codes: true}) {
			t.Errorf("%+v", got)
		}
		if got := stands(focalPhone); got != (escalation.NumberStands{Officer: true}) {
			t.Errorf("an officer: %+v", got)
		}
		w.apply(w.ready()[0])
		w.ended(desk, p)
		w.must(desk.Forget(t.Context(), p.ID, escalation.ForgetCitizen, "theo yêu cầu", admin))
		w.must(w.EraseCitizen(t.Context(), p.ID))
		w.must(w.By(admin).ForgetPhone(t.Context(), citizenPhone, "yêu cầu 1"))
		if got := stands(citizenPhone); got != (escalation.NumberStands{}) {
			t.Errorf("after the erasure: %+v", got)
		}
	})
}

func TestARequestLivesInTheStore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		r, err := desk.RecordPersonal(t.Context(), escalation.PersonalErase, "0570000101", "thư ngày 16/11", time.Time{}, admin)
		w.must(err)
		if want := time.Date(2026, 11, 18, 17, 0, 0, 0, worktime.Zone()); !r.Due.Equal(want) { // Wednesday
			t.Errorf("due %s, want %s", r.Due, want)
		}
		tasks, err := w.Tasks(t.Context(), store.TaskFilter{Kind: escalation.TaskPersonal})
		w.must(err)
		if len(tasks.Items) != 1 || !tasks.Items[0].Due.Equal(r.Due) {
			t.Errorf("tasks %+v", tasks.Items)
		}
		w.later(72 * time.Hour)
		for want := 1; want >= 0; want-- {
			told, err := desk.PersonalLadder(t.Context())
			w.must(err)
			if told != want {
				t.Errorf("told of %d, want %d", told, want)
			}
		}
		_, err = desk.AnswerPersonal(t.Context(), r.ID, escalation.PersonalDone, "đã xóa", admin)
		w.must(err)
		page, err := w.PersonalRequests(t.Context(), "", 10)
		w.must(err)
		if got := page.Items[0]; got.Phone != "" || got.Masked == "" || got.OverdueAt.IsZero() || got.Open() || got.Answer != "đã xóa" {
			t.Errorf("%+v", got)
		}
		if tasks, err = w.Tasks(t.Context(), store.TaskFilter{Kind: escalation.TaskPersonal}); err != nil || len(tasks.Items) != 0 {
			t.Errorf("open tasks %+v, %v", tasks.Items, err)
		}
	})
}

func TestPetitionsWhoseTimeIsOverAreGoneThroughOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		var ended []escalation.Petition
		for range 5 {
			p := w.told(desk, citizenPhone, words)
			w.ended(desk, p)
			ended = append(ended, p)
			w.later(time.Minute)
		}
		secret := w.told(desk, citizenPhone, "Tố giác", func(in *escalation.Intake) { in.Denunciation = true })
		w.do(desk, secret.Code, &escalation.Reject{Reason: "tố giác", Guidance: "Công an phường"}, operator)
		w.told(desk, citizenPhone, "Ngập đường") // open
		w.later(time.Hour)
		var seen []int64
		for {
			list, err := w.Outlived(t.Context(), store.RetainCitizen, w.now(), 2)
			w.must(err)
			if len(list) == 0 {
				break
			}
			for _, p := range list {
				seen = append(seen, p.ID)
				w.must(w.WentThrough(t.Context(), store.RetainCitizen, p))
			}
		}
		var want []int64
		for _, p := range ended {
			want = append(want, p.ID)
		}
		if !slices.Equal(seen, want) {
			t.Errorf("went through %v, want %v", seen, want)
		}
		docs, err := w.Outlived(t.Context(), store.RetainDocument, w.now(), 100)
		w.must(err)
		if len(docs) != 6 {
			t.Errorf("%d documents, want the denunciation too", len(docs))
		}
		if list, err := w.Outlived(t.Context(), store.RetainDocument, monday, 100); err != nil || len(list) != 0 {
			t.Errorf("before their time: %v, %v", list, err)
		}
	})
}

// emptied is how many rows one run over the old rows of the kind empties, two at a time.
func (w *world) emptied(kind string) (n int) {
	w.t.Helper()
	var page store.Emptied
	for range 10 {
		var err error
		page, err = w.EmptyOld(w.t.Context(), kind, w.now(), page.After, 2)
		w.must(err)
		if n += page.Rows; !page.More {
			return n
		}
	}
	w.t.Fatal("the run does not end")
	return n
}

func TestARowThatIsNotOverStopsNoLaterOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for n := range 6 {
			w.receive(w.single(fmt.Sprint(84570000101+n), "xin chao"))
		}
		waiting := w.ready()
		for _, id := range waiting[1:] {
			w.apply(id)
		}
		w.later(24 * time.Hour)
		if n, again := w.emptied(store.RetainInbound), w.emptied(store.RetainInbound); n != 5 || again != 0 {
			t.Errorf("%d emptied behind the one that waits, again %d", n, again)
		}
		w.apply(waiting[0])
		if n := w.emptied(store.RetainInbound); n != 1 {
			t.Errorf("%d emptied once it was applied", n)
		}
		erased, err := w.Erased(t.Context())
		w.must(err)
		if erased[store.RetainInbound] != 6 {
			t.Errorf("%v counted", erased)
		}
	})
}

func TestOldTextsAreEmptiedAndStillCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Citizen.Phone = citizenPhone })
		for n := range 5 {
			notice := w.notice(p, "O1")
			notice.Seq = n
			w.post(notice)
		}
		for _, o := range w.claim(4) {
			for segment := 1; segment <= o.Segments; segment++ {
				w.settle(o.ID, segment, escalation.Accepted, fmt.Sprint("id", o.ID, "-", segment))
			}
		}
		w.receive(w.single("84570000101", "xin chao"))
		w.apply(w.ready()[0])
		w.later(24 * time.Hour)
		before, err := w.CountMessages(t.Context())
		w.must(err)
		emptied := w.emptied(store.RetainMessage)
		c, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		for i, m := range c.Messages {
			blank := m.Text == "" && m.Phone == ""
			if last := i == 4; blank == last { // the fifth waits
				t.Errorf("message %d: %+v", i, m)
			}
		}
		after, err := w.CountMessages(t.Context())
		w.must(err)
		if emptied != 4 || fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%d emptied; %v, before %v", emptied, after, before)
		}
		for _, kind := range []string{store.RetainInbound, store.RetainPart} {
			if n, again := w.emptied(kind), w.emptied(kind); n != 1 || again != 0 {
				t.Errorf("%s: %d, again %d", kind, n, again)
			}
		}
		erased, err := w.Erased(t.Context())
		w.must(err)
		if erased[store.RetainMessage] != 4 || erased[store.RetainInbound] != 1 {
			t.Errorf("%v", erased)
		}
	})
}

func TestOldRecordingsGoAndTheirBytesWhenNobodyElseNamesThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		p := w.told(desk, citizenPhone, words)
		open := w.told(desk, citizenPhone, words)
		for _, a := range []store.Attachment{
			{Petition: p.ID, Name: "goi.mp3", SHA256: "aa", Stage: "recording"}, {Petition: p.ID, Name: "anh.jpg", SHA256: "bb", Stage: "intake"},
			{Petition: open.ID, Name: "goi.mp3", SHA256: "aa", Stage: "recording"},
		} {
			_, err := w.AddAttachment(t.Context(), a, 20)
			w.must(err)
		}
		w.ended(desk, p)
		w.later(time.Hour)
		old, err := w.OldRecordings(t.Context(), w.now(), 10)
		w.must(err)
		if len(old) != 1 || old[0].Petition != p.ID {
			t.Fatalf("%+v", old)
		}
		removed := func() (n int) {
			sums, err := w.ErasedFiles(t.Context(), 10)
			w.must(err)
			for _, sum := range sums {
				w.must(w.RemoveErased(t.Context(), sum, func() error { n++; return nil }))
			}
			return n
		}
		w.must(w.DropAttachment(t.Context(), old[0]))
		if n := removed(); n != 0 {
			t.Error("the bytes of an open petition are removed")
		}
		w.ended(desk, open)
		if old, err = w.OldRecordings(t.Context(), w.now(), 10); err != nil || len(old) != 1 {
			t.Fatalf("%+v, %v", old, err)
		}
		w.must(w.DropAttachment(t.Context(), old[0]))
		if n := removed(); n != 1 {
			t.Errorf("%d files are removed", n)
		}
	})
}

func TestOldLinesOfTheLogGoInPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 3 {
			_, err := w.By(admin).ExportPersonal(context.Background(), citizenPhone, "x")
			w.must(err)
		}
		w.later(time.Hour)
		_, err := w.By(admin).ExportPersonal(t.Context(), citizenPhone, "x")
		w.must(err)
		total := 0
		for range 5 {
			n, err := w.DropOldLog(t.Context(), w.now(), 2)
			w.must(err)
			total += n
		}
		log, err := w.ChangeLog(t.Context(), store.LogPersonal, "", "", 10)
		w.must(err)
		if len(log.Items) != 1 {
			t.Errorf("%d dropped, %d left", total, len(log.Items))
		}
	})
}
