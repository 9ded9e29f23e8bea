package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// anything is one act of somebody on a petition.
type anything struct {
	by  escalation.Actor
	cmd escalation.Command
}

func anythings(w *world) []anything {
	lead := escalation.Actor{Name: "Trưởng ca", Role: escalation.ShiftLead, Channel: escalation.ByConsole}
	officer := escalation.Actor{Name: "Đầu mối", Role: escalation.Focal, Unit: "SXD", Contact: w.focal, Channel: escalation.BySMS}
	head := escalation.Actor{Name: "Thủ trưởng", Role: escalation.Head, Unit: "SXD", Contact: w.head, Channel: escalation.BySMS}
	city := escalation.Actor{Name: "Văn phòng", Role: escalation.Office, Channel: escalation.ByConsole}
	who := escalation.Actor{Name: "người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
	answer := &escalation.GiveResult{Text: "Đã thay bóng đèn mới lúc 14 giờ.", UnitURL: "https://soxaydung.example.vn"}
	later := w.now().Add(5 * time.Hour)
	return []anything{
		{lead, &escalation.Forward{Unit: "SXD"}}, {lead, &escalation.Forward{Unit: "SGTVT"}}, {officer, &escalation.Acknowledge{}}, {head, &escalation.Acknowledge{}},
		{officer, answer}, {officer, answer}, {head, answer}, {city, answer}, {lead, &escalation.Publish{}}, {lead, &escalation.Publish{WrittenReminder: true}},
		{lead, &escalation.SendBack{Reason: "trả lời chung chung"}}, {officer, &escalation.PromiseTime{At: later}},
		{officer, &escalation.AskReturn{Reason: "không thuộc thẩm quyền"}}, {lead, &escalation.AcceptReturn{}}, {lead, &escalation.RefuseReturn{Reason: "đúng thẩm quyền"}},
		{lead, &escalation.Reassign{Unit: "SXD"}}, {lead, &escalation.Reassign{Unit: "UBND"}}, {lead, &escalation.AskCitizen{Missing: "địa điểm"}},
		{lead, &escalation.Supplement{Text: "trước cổng trường"}}, {lead, &escalation.Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"}},
		{lead, &escalation.AnswerDirectly{Text: "Cắt điện theo lịch."}}, {lead, &escalation.Reopen{Reason: "chưa xong"}}, {who, &escalation.Rate{Score: 5, Service: 4}},
		{who, &escalation.Rate{Score: 1, Comment: "đèn vẫn tắt"}}, {officer, &escalation.OpenDispute{Reason: "không thống nhất"}}, {city, &escalation.Acknowledge{}},
		{city, &escalation.HoldClock{Reason: "chờ giám định", Until: later}}, {city, &escalation.ResumeClock{}}, {lead, &escalation.Withdraw{}},
		{lead, &escalation.MarkUrgent{Reason: "nguy hiểm"}}, {lead, &escalation.SendWrittenFile{}}, {city, &escalation.AskExplanation{Days: 3}},
		{head, &escalation.GiveExplanation{Text: "Đơn vị thiếu vật tư, đã rút kinh nghiệm."}}, {city, &escalation.Direct{Leader: "Phó Chủ tịch", Text: "làm ngay", Due: later, Unit: "SXD"}},
	}
}

// live plays acts in any order over a few petitions, two of which somebody follows, the
// ladder firing in between.
func live(w *world, seed uint64, steps int) []int64 {
	w.must(w.SaveUnits(w.t.Context(), escalation.Unit{Code: "SGTVT", Name: "Sở Giao thông", SMSName: "So GT", Kind: escalation.Department}))
	random := rand.New(rand.NewPCG(seed, 1))
	desk := w.desk()
	var ids []int64
	var codes []string
	for i := range 8 {
		in := escalation.Intake{Channel: escalation.ByPhone, Kind: 1 + i%5, Content: "Đèn đường hỏng ở ngã tư", Field: "chiếu sáng", Area: "P Gia Viên", Denunciation: i == 7,
			Urgent: i == 6, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone}}
		p, err := desk.Accept(w.t.Context(), in, operator)
		w.must(err)
		ids, codes = append(ids, p.ID), append(codes, p.Code)
	}
	var votes []anything
	for i, code := range slices.Clone(codes[:2]) {
		p, err := desk.Accept(w.t.Context(), escalation.Intake{Channel: escalation.ByWeb, Kind: 1, Content: "Đèn đường hỏng, như đã báo", Field: "chiếu sáng", Area: "P Gia Viên",
			Citizen: escalation.CitizenIntake{Name: "Trần Thị B", Phone: citizenPhone}}, operator)
		w.must(err)
		_, err = desk.Do(w.t.Context(), p.Code, &escalation.Merge{Into: code}, operator, 0)
		w.must(err)
		ids = append(ids, p.ID)
		who := escalation.Actor{Name: "người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
		votes = append(votes, anything{who, &escalation.Rate{For: p.Code, Score: 4 - i, Service: 5}})
	}
	done := 0
	for range steps {
		w.later([]time.Duration{time.Minute, 20 * time.Minute, 2 * time.Hour, 9 * time.Hour, 50 * time.Hour}[random.IntN(5)])
		_, _, err := desk.FireDue(w.t.Context(), 100)
		w.must(err)
		acts := anythings(w)
		act := acts[random.IntN(len(acts))]
		if _, err := desk.Do(w.t.Context(), codes[random.IntN(len(codes))], act.cmd, act.by, 0); err == nil {
			done++
		}
		if i := random.IntN(2 * len(votes)); i < len(votes) {
			desk.Do(w.t.Context(), codes[i], votes[i].cmd, votes[i].by, 0) // refused while there is no answer
		}
	}
	if done < steps/20 {
		w.t.Errorf("only %d of %d acts were carried out", done, steps)
	}
	return ids
}

// citysAlone are calendars where every unit works by the city's.
func citysAlone() escalation.Calendars {
	return escalation.Calendars{City: escalation.WorkCalendar{Calendar: worktime.HaiPhong()}}
}

// wantFacts compares the rows with what the petitions' documents say.
func wantFacts(w *world, ids []int64) {
	w.t.Helper()
	turns := 0
	w.tx(func(tx escalation.Tx) error {
		list, err := tx.Petitions(w.t.Context(), ids...)
		if err != nil {
			return err
		}
		for _, p := range list {
			want, got := escalation.Facts(p, citysAlone()), store.FactsOf(w.t, w.Store, p.ID)
			turns += len(want)
			if len(got) != len(want) {
				w.t.Errorf("%s has %d facts, want %d", p.Code, len(got), len(want))
				continue
			}
			for i := range want {
				if got[i] != want[i] {
					w.t.Errorf("%s turn %d\nin SQL   %+v\ndocument %+v", p.Code, i+1, got[i], want[i])
				}
			}
		}
		return nil
	})
	if turns < 2*(len(ids)-2) { // the last two have followed others since their receipt
		w.t.Errorf("%d petitions had only %d turns: the history is too tame", len(ids), turns)
	}
}

func TestFactsInSQLAreThoseOfTheDocuments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		wantFacts(w, live(w, 1022, 400))
	})
}

func TestFactsOfEarlierPetitionsAreFilledInOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := live(w, 2026, 300)
		store.ForgetFacts(t, w.Store, ids[:5])
		n, err := w.FillFacts(t.Context(), citysAlone())
		w.must(err)
		if n != len(ids) {
			t.Errorf("%d petitions were gone through, want %d", n, len(ids))
		}
		wantFacts(w, ids)
		if n, err := w.FillFacts(t.Context(), citysAlone()); err != nil || n != 0 {
			t.Errorf("a second time: %d petitions, %v", n, err)
		}
	})
}

// Releases before wrote facts without votes, without when promises were missed, with questions
// where they were not asked, and spans by the calendar of then.
func TestWhatHasComeToBeCountedOtherwiseIsFilledInAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := live(w, 10, 300)
		w.MustExec(t, "UPDATE fact SET service = 0, followers = '', followers_1022 = '', missed_at = '', asked = 1 - asked, asked_in_time = 0")
		_, err := w.FillFacts(t.Context(), citysAlone())
		w.must(err)
		wantFacts(w, ids)
		followed, missed := 0, 0
		for _, id := range ids {
			for _, f := range store.FactsOf(t, w.Store, id) {
				followed, missed = followed+f.Followers.Given(), missed+f.Missed
			}
		}
		if followed == 0 || missed == 0 {
			t.Errorf("%d followers have voted, %d promises were missed: the history is too tame", followed, missed)
		}
	})
	each(t, func(t *testing.T, w *world) {
		id := live(w, 7, 100)[0]
		w.MustExec(t, "UPDATE fact SET held_1022 = 3723")
		_, err := w.FillFacts(t.Context(), citysAlone())
		w.must(err)
		for _, f := range store.FactsOf(t, w.Store, id) {
			if f.HeldBy1022 != 3723*time.Second {
				t.Errorf("turn %d was measured anew: %s", f.Turn, f.HeldBy1022)
			}
		}
	})
}

// A million rows that are as they should be are not written again at an upgrade.
func TestFillingInTouchesNoRowThatIsAsItShouldBe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := live(w, 1022, 300)
		var facts []escalation.Fact
		for _, id := range ids {
			facts = append(facts, store.FactsOf(t, w.Store, id)...)
		}
		if n := store.FillFactsOf(t, w.Store, facts); n != 0 {
			t.Errorf("%d rows of %d that are as they should be were written", n, len(facts))
		}
		for _, other := range []string{"service = 3", "followers = '0 0 0 0 0 9'", "followers_1022 = '0 0 0 0 0 9'", "missed_at = '9'", "asked = 1 - asked", "asked_in_time = 1 - asked_in_time"} {
			w.MustExec(t, fmt.Sprintf("UPDATE fact SET %s WHERE petition_id = %d AND turn = 1", other, ids[7]))
			if n := store.FillFactsOf(t, w.Store, facts); n != 1 {
				t.Errorf("%d rows were written for one with %s", n, other)
			}
		}
		store.ForgetFacts(t, w.Store, ids[:1])
		if n, want := store.FillFactsOf(t, w.Store, facts), len(factsOfPetition(facts, ids[0])); int(n) != want {
			t.Errorf("%d rows were written for %d that were missing", n, want)
		}
		wantFacts(w, ids)
	})
}

// factsOfPetition are those of a petition.
func factsOfPetition(facts []escalation.Fact, petition int64) []escalation.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f escalation.Fact) bool { return f.Petition != petition })
}
