package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// heard stores a text and says that it was applied.
func (w *world) heard(phone, text string) {
	w.t.Helper()
	w.must(w.Receive(w.t.Context(), escalation.Part{SMSC: "vnpt", From: phone, To: "8022", Text: text, Raw: []byte(text), ReadAt: w.now()}))
	w.tx(func(tx escalation.Tx) error {
		open, err := w.Inbounds(w.t.Context(), store.InboundFilter{Unapplied: true})
		for _, in := range open.Items {
			err = errors.Join(err, tx.MarkApplied(w.t.Context(), in.ID, "noted"))
		}
		return err
	})
}

// everything is what the tables of texts and of people hold, as one text.
func (w *world) everything() string {
	w.t.Helper()
	db := w.raw()
	defer db.Close()
	var all strings.Builder
	for _, query := range []string{
		`SELECT phone || ' ' || text || ' ' || hash FROM inbox`, `SELECT phone || ' ' || from_raw || ' ' || text FROM inbox_part`,
		`SELECT raw FROM inbox_part WHERE raw IS NOT NULL`, `SELECT phone || ' ' || text || ' ' || vars || ' ' || key FROM message`, `SELECT name || ' ' || phone FROM citizen`, `SELECT text || ' ' || outcome || ' ' || key FROM task`, `SELECT reason FROM recording_request`,
		`SELECT phone FROM reply_code`, `SELECT phone FROM phone`, `SELECT phone FROM personal_request WHERE done_at <> 0`,
	} {
		rows, err := db.Query(query)
		w.must(err)
		for rows.Next() {
			var line []byte
			w.must(rows.Scan(&line))
			all.Write(append(line, '\n'))
		}
		w.must(errors.Join(rows.Err(), rows.Close()))
	}
	return all.String()
}

func (w *world) file(petition int64, stage, sum string) int64 {
	w.t.Helper()
	id, err := w.AddAttachment(w.t.Context(), store.Attachment{Petition: petition, Name: "nha toi.jpg", Type: "image/jpeg", SHA256: sum, Stage: stage, By: "Người dân", Role: escalation.CitizenRole}, 20)
	w.must(err)
	return id
}

// ofCitizen is a petition that the number made.
func (w *world) ofCitizen(phone string) escalation.Petition {
	return w.add(func(p *escalation.Petition, _ *escalation.Effects) {
		p.Citizen = escalation.Citizen{Name: "Nguyễn Văn Thử", Phone: phone}
	})
}

func TestErasingACitizenErasesFilesAndTexts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.ofCitizen(citizenPhone)
		other := w.ofCitizen("+84570000102")
		intake, shared, recording := w.file(p.ID, "intake", "aa01"), w.file(p.ID, "intake", "aa02"), w.file(p.ID, "recording", "aa03")
		after := w.file(p.ID, "after", "aa04")
		kept := w.file(other.ID, "intake", "aa02")
		w.heard(citizenPhone, "nha toi o so 5")
		w.heard("+84570000102", "toi la nguoi khac")
		w.tx(func(tx escalation.Tx) error {
			err := tx.Post(t.Context(), nil, []escalation.Task{{Key: "contact/1", Kind: escalation.TaskContact, PetitionID: p.ID, Text: "gọi chị Cư Dân", OpenedAt: w.now()}})
			return errors.Join(err, tx.FinishTasks(t.Context(), "trực ban", "đã gặp chị Cư Dân", "contact/1"))
		})
		w.must(w.By(operator).AskRecording(t.Context(), p.ID, "SXD", "chị Cư Dân nói địa chỉ"))
		if raw := w.everything(); strings.Count(raw, "Cư Dân") != 4 {
			t.Fatalf("what is to be erased: %s", raw)
		}
		for range 2 { // erasing again changes nothing
			w.must(w.By(escalation.Actor{Name: "quản trị", Role: escalation.Administrator}).EraseCitizen(t.Context(), p.ID))
		}
		for id, there := range map[int64]bool{intake: false, shared: false, recording: false, after: true, kept: true} {
			if _, err := w.Attachment(t.Context(), id); (err == nil) != there {
				t.Errorf("file %d is there: %t (%v)", id, !there, err)
			}
		}
		heard, err := w.HeardBeside(t.Context(), other.ID, false, 10)
		w.must(err)
		if len(heard) != 1 {
			t.Errorf("the other citizen's texts: %+v", heard)
		}
		if raw := w.everything(); strings.Contains(raw, "nha toi o so 5") || strings.Contains(raw, "Cư Dân") || strings.Contains(raw, strings.TrimPrefix(citizenPhone, "+84")) {
			t.Error("the citizen's text or number is still there")
		}
		gone := map[string]bool{}
		away := errors.New("the disk is away")
		sweep := func(fails error) (err error) {
			sums, listed := w.ErasedFiles(t.Context(), 10)
			w.must(listed)
			for _, sum := range sums {
				err = errors.Join(err, w.RemoveErased(t.Context(), sum, func() error { gone[sum] = fails == nil; return fails }))
			}
			return err
		}
		if err := sweep(away); !errors.Is(err, away) {
			t.Errorf("a disk that is away: %v", err)
		}
		w.must(sweep(nil))
		w.must(sweep(nil))
		if !gone["aa01"] || !gone["aa03"] || gone["aa02"] || gone["aa04"] {
			t.Errorf("removed: %v", gone)
		}
		if sums, err := w.ErasedFiles(t.Context(), 10); err != nil || len(sums) != 0 {
			t.Errorf("still to be removed: %v (%v)", sums, err)
		}
	})
}

// asked is a question to the citizen of a petition about the answer of another or of the same.
func (w *world) asked(about, citizen escalation.Petition, template string) escalation.Notice {
	return escalation.Notice{Petition: about.ID, Template: template, Vars: map[string]string{"ma": citizen.Code}, Round: 1, Attempt: 1, NeedCode: true,
		To: escalation.Recipient{Citizen: citizen.ID, Role: escalation.CitizenRole}, Lane: escalation.LaneCitizen, Class: escalation.ClassRating, At: w.now()}
}

// A citizen's code for what their petition was merged into is kept with that.
func TestErasingAFollowerErasesTheirCodeAndTheirsAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		parent, child, other := w.told(desk, "+84570000999", "Đèn tắt"), w.told(desk, citizenPhone, words), w.told(desk, "+84570000888", "Đèn tắt")
		again := w.told(desk, "+84570000888", "Đèn tắt nữa")
		for _, p := range []escalation.Petition{child, other, again} {
			w.do(desk, p.Code, &escalation.Merge{Into: parent.Code}, operator)
		}
		w.do(desk, parent.Code, &escalation.AnswerDirectly{Text: "Đèn đã sáng."}, operator)
		w.do(desk, parent.Code, &escalation.Rate{Score: 4}, escalation.Actor{Name: "Người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb})
		w.post(w.asked(parent, parent, "C8n"), w.asked(parent, child, "C8n"), w.asked(parent, other, "C8n"), w.asked(parent, again, "C8n"))
		w.before(child.ID) // its code does not say whose it is
		erase := func(p escalation.Petition, gone string, there ...string) {
			t.Helper()
			w.must(desk.Forget(t.Context(), p.ID, escalation.ForgetCitizen, "theo yêu cầu", admin))
			w.must(w.EraseCitizen(t.Context(), p.ID))
			raw := w.everything()
			if gone != "" && strings.Contains(raw, gone) {
				t.Errorf("%s is still there:\n%s", gone, raw)
			}
			for _, phone := range there {
				if len(w.bindings(phone)) != 1 {
					t.Errorf("%s has %d codes, want its own", phone, len(w.bindings(phone)))
				}
			}
		}
		erase(child, "570000101", "+84570000999")
		erase(other, "", "+84570000999", "+84570000888")
		erase(parent, "570000999", "+84570000888")
		erase(again, "570000888")
	})
}

// before makes the codes of a petition's citizen those of before it was kept whose they are.
func (w *world) before(petition int64) {
	w.t.Helper()
	db := w.raw()
	defer db.Close()
	_, err := db.Exec(fmt.Sprintf(`UPDATE reply_code SET citizen_of = 0 WHERE citizen_of = %d`, petition))
	w.must(err)
}

func TestATextOnItsWayIsEmptiedOnceItHasSettled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.ofCitizen(citizenPhone)
		to := w.asked(p, p, "C5")
		to.NeedCode = false
		var texts []escalation.Notice
		for to.Seq = range 3 {
			texts = append(texts, to)
		}
		texts = append(texts, escalation.Notice{Template: "A0", Attempt: 1, To: escalation.Recipient{Phone: citizenPhone}, Lane: escalation.LaneCitizen, Class: escalation.ClassAnswer, At: w.now()})
		ids := w.post(texts...)
		sent := w.claim(10)
		if len(sent) != 4 {
			t.Fatalf("%d texts are under way", len(sent))
		}
		w.settle(ids[1], 1, escalation.Unknown, "")
		w.settle(ids[1], 2, escalation.Unknown, "")
		w.must(w.EraseCitizen(t.Context(), p.ID))
		w.must(w.By(admin).ForgetPhone(t.Context(), citizenPhone, "yêu cầu 1"))
		w.tx(func(tx escalation.Tx) error {
			stands, err := tx.NumberStands(t.Context(), citizenPhone)
			if stands != (escalation.NumberStands{}) {
				t.Errorf("%+v", stands)
			}
			return err
		})
		for segment := range 2 {
			w.settle(ids[0], segment+1, escalation.Accepted, fmt.Sprint("id", segment))
			w.settle(ids[2], segment+1, escalation.Queued, "")
		}
		w.lapsed()
		w.lapsed()
		for i, want := range []escalation.MessageState{escalation.Accepted, escalation.Dropped, escalation.Dropped, escalation.Dropped} {
			w.wantState(ids[i], want)
		}
		if raw := w.everything(); strings.Contains(raw, "570000101") {
			t.Errorf("the number is still there:\n%s", raw)
		}
		if list := w.unhandled(); len(list) != 0 {
			t.Errorf("to be passed on: %v", list)
		}
	})
}

func TestANumberOfOthersKeepsTheirTexts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.heard(citizenPhone, "truoc do")
		w.later(time.Hour)
		p := w.ofCitizen(citizenPhone)
		w.ofCitizen(citizenPhone)
		w.later(time.Hour)
		w.heard(citizenPhone, "trong luc do")
		w.change(p.ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Status, p.ClosedAt = escalation.Closed, w.now() })
		w.later(time.Hour)
		w.heard(citizenPhone, "sau do")
		w.must(w.EraseCitizen(t.Context(), p.ID))
		raw := w.everything()
		for text, there := range map[string]bool{"truoc do": true, "trong luc do": false, "sau do": true} {
			if strings.Contains(raw, text) != there {
				t.Errorf("%q is there: %t", text, !there)
			}
		}
	})
}

func TestBytesThatComeBackAreNotRemoved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, other := w.ofCitizen(citizenPhone), w.ofCitizen("+84570000102")
		w.file(p.ID, "intake", "bb01")
		w.must(w.EraseCitizen(t.Context(), p.ID))
		sums, err := w.ErasedFiles(t.Context(), 10)
		w.must(err)
		w.file(other.ID, "intake", "bb01")
		for _, sum := range sums {
			w.must(w.RemoveErased(t.Context(), sum, func() error { t.Error("bytes of another petition were removed"); return nil }))
		}
	})
}

// However often a form is sent, also when there is no more room.
func TestTheSameBytesAreOneFileOfAPetition(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.ofCitizen(citizenPhone)
		photo := store.Attachment{Petition: p.ID, Name: "a.jpg", Type: "image/jpeg", SHA256: "cc01", Stage: "before"}
		atOnce(4, func(int) bool {
			if _, err := w.AddAttachment(context.WithoutCancel(t.Context()), photo, 2); err != nil {
				t.Error(err)
			}
			return true
		})
		first, err := w.Attachments(t.Context(), p.ID)
		w.must(err)
		photo.Stage = "after" // the same picture may show something else
		_, err = w.AddAttachment(t.Context(), photo, 2)
		w.must(err)
		again, err := w.AddAttachment(t.Context(), photo, 2)
		w.must(err)
		list, err := w.Attachments(t.Context(), p.ID)
		w.must(err)
		if len(first) != 1 || len(list) != 2 || list[1].ID != again {
			t.Errorf("there are %+v, then %+v, and again %d", first, list, again)
		}
	})
}

func TestAPetitionTakesNoMoreFilesThanItMayHoweverManyComeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.ofCitizen(citizenPhone)
		refused := atOnce(12, func(i int) bool {
			_, err := w.AddAttachment(context.WithoutCancel(t.Context()), store.Attachment{Petition: p.ID, Name: "a.jpg", Type: "image/jpeg", SHA256: fmt.Sprintf("cc%02d", i), Stage: "intake"}, 5)
			var full *escalation.Problem
			if err != nil && !(errors.As(err, &full) && full.Kind == escalation.WrongTime) {
				t.Error(err)
			}
			return err != nil
		})
		list, err := w.Attachments(t.Context(), p.ID)
		w.must(err)
		if len(list) != 5 || refused != 7 {
			t.Errorf("%d files, %d refused", len(list), refused)
		}
	})
}

func TestTriesAreCountedHoweverManyComeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		var taken []int64
		refused := atOnce(20, func(int) bool {
			try, ok, err := w.Try(context.WithoutCancel(t.Context()), "lookup:x", 5, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if ok {
				mu.Lock()
				defer mu.Unlock()
				taken = append(taken, try)
			}
			return !ok
		})
		slices.Sort(taken)
		if refused != 15 || len(slices.Compact(taken)) != 5 {
			t.Fatalf("%d tries were taken, %d refused", len(taken), refused)
		}
		if _, ok, err := w.Try(t.Context(), "lookup:y", 5, time.Hour); err != nil || !ok {
			t.Errorf("another subject is locked too (%v)", err)
		}
		w.must(w.TakeBack(t.Context(), "lookup:x", taken[0]))
		if _, ok, err := w.Try(t.Context(), "lookup:x", 5, time.Hour); err != nil || !ok {
			t.Errorf("a right try counts (%v)", err)
		}
		if _, ok, _ := w.Try(t.Context(), "lookup:x", 5, time.Hour); ok {
			t.Error("a sixth wrong try was taken")
		}
		w.later(time.Hour + time.Second)
		if _, ok, _ := w.Try(t.Context(), "lookup:x", 5, time.Hour); !ok {
			t.Error("the lock does not end")
		}
	})
}

// atOnce calls fn n times at one moment and counts how often it was true.
func atOnce(n int, fn func(int) bool) (count int) {
	var mu sync.Mutex
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			if fn(i) {
				mu.Lock()
				defer mu.Unlock()
				count++
			}
		})
	}
	done.Wait()
	return count
}

// A code to open a page is about no petition, and went to the citizen all the same.
func TestErasingACitizenEmptiesTheirOneTimeCodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Citizen = escalation.Citizen{Name: "Nguyễn Văn Thử", Email: "thu@example.vn"}
		})
		_, err := w.InsertMessages(t.Context(), []escalation.Notice{
			{Template: "OTP", Vars: map[string]string{"otp": "123456", "ma": p.Code}, To: escalation.Recipient{Citizen: p.ID, Role: escalation.CitizenRole, ByEmail: true},
				Lane: escalation.LaneUrgent, Class: escalation.ClassAnswer, Attempt: 1, Rung: "otp", At: w.now()},
		})
		w.must(err)
		w.must(w.EraseCitizen(t.Context(), p.ID))
		if raw := w.everything(); strings.Contains(raw, "thu@example.vn") || strings.Contains(raw, "123456") {
			t.Errorf("left is\n%s", raw)
		}
	})
}
