package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/reply"
)

// coded is a notice with a reply code for a slip.
func (w *world) coded(petition int64, slip, seq int, role escalation.Role, contact int64) escalation.Notice {
	return escalation.Notice{Petition: petition, Template: "O1", To: escalation.Recipient{Contact: contact, Role: role, Unit: "SXD"}, Slip: slip, Round: slip,
		Seq: seq, Attempt: 1, NeedCode: true, Lane: escalation.LaneSlip, Class: escalation.ClassSlip, At: w.now()}
}

func (w *world) bindings(phone string) []escalation.Binding {
	w.t.Helper()
	var list []escalation.Binding
	w.tx(func(tx escalation.Tx) (err error) {
		list, err = tx.Bindings(w.t.Context(), phone)
		return err
	})
	return list
}

// codeOf is the code in the text of a message.
func (w *world) codeOf(id int64) string {
	w.t.Helper()
	var m escalation.Message
	w.tx(func(tx escalation.Tx) (err error) {
		m, err = tx.Message(w.t.Context(), id)
		return err
	})
	return m.Notice.Vars["mtl"]
}

func TestAReplyCodeStaysForTheSlipAndDiffersWithinAPhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, q := w.add(nil), w.add(nil)
		ids := w.post(
			w.coded(p.ID, 1, 0, escalation.Focal, w.focal), w.coded(p.ID, 1, 1, escalation.Focal, w.focal), // slip and nudge
			w.coded(p.ID, 2, 0, escalation.Focal, w.focal), w.coded(q.ID, 1, 0, escalation.Focal, w.focal),
			w.coded(p.ID, 1, 0, escalation.Head, w.head))
		codes := make([]string, len(ids))
		for i, id := range ids {
			codes[i] = w.codeOf(id)
			if !reply.ValidCode(codes[i]) {
				t.Errorf("code %q is not valid", codes[i])
			}
		}
		if codes[0] != codes[1] || codes[0] == codes[2] || codes[2] == codes[3] || codes[0] == codes[3] {
			t.Errorf("codes of one phone: %v", codes[:4])
		}
		again := w.post(w.coded(p.ID, 1, 7, escalation.Focal, w.focal))
		if got := w.codeOf(again[0]); got != codes[0] {
			t.Errorf("a later notice of the slip has %s, want %s", got, codes[0])
		}
		list := w.bindings(focalPhone)
		if len(list) != 3 || list[0].PetCode != q.Code || list[0].Status != escalation.Forwarded || !list[0].Open() || list[0].Contact != w.focal {
			t.Errorf("bindings of the focal officer: %+v", list)
		}
	})
}

func TestACitizensCodeSaysWhosePetitionItIs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		parent := w.add(nil)
		child := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Citizen = escalation.Citizen{Name: "Nguyễn Văn Thử", Phone: "+84570000501"}
		})
		n := w.coded(parent.ID, 0, 0, escalation.CitizenRole, 0)
		n.To = escalation.Recipient{Citizen: child.ID, Role: escalation.CitizenRole}
		w.post(n)
		list := w.bindings(child.Citizen.Phone)
		if len(list) != 1 || list[0].PetCode != parent.Code || list[0].Citizen != child.ID || list[0].OwnCode != child.Code {
			t.Errorf("the citizen's codes: %+v", list)
		}
		w.post(w.coded(parent.ID, 1, 0, escalation.Focal, w.focal))
		if list = w.bindings(focalPhone); len(list) != 1 || list[0].OwnCode != "" {
			t.Errorf("the officer's codes: %+v", list)
		}
	})
}

func TestAReleasedCodeAnswersForThirtyDaysAndRestsAsLong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Slips = []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Token: "s1", MovedTo: "UBND", EndedAt: w.now()}, {No: 2, Unit: "SXD", Token: "s2"}}
		})
		ids := w.post(w.coded(p.ID, 1, 0, escalation.Focal, w.focal), w.coded(p.ID, 2, 0, escalation.Focal, w.focal))
		first, second := w.codeOf(ids[0]), w.codeOf(ids[1])
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.ReleaseCodes = []escalation.ReleaseCode{{Slip: 1, Reason: "reassigned"}}
			fx.Notices = []escalation.Notice{w.coded(p.ID, 1, 5, escalation.Focal, w.focal)}
		})
		list := w.bindings(focalPhone)
		var released *escalation.Binding
		for i := range list {
			if list[i].Code == first {
				released = &list[i]
			} else if !list[i].Open() {
				t.Errorf("code %s of another slip was released", list[i].Code)
			}
		}
		if released == nil || released.Open() || released.Reason != "reassigned" || released.MovedTo != "UBND" {
			t.Fatalf("the released code: %+v (other: %s)", released, second)
		}
		w.later(30*24*time.Hour + time.Second)
		for _, b := range w.bindings(focalPhone) {
			if b.Code == first {
				t.Error("a code released more than thirty days ago still answers")
			}
		}
	})
}

func TestCodesGrowLongerWhenAPhoneHasEveryShortOneTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		notices := make([]escalation.Notice, 9000)
		for i := range notices {
			notices[i] = w.coded(p.ID, i+1, 0, escalation.Focal, w.focal)
		}
		w.tx(func(tx escalation.Tx) error { return tx.Post(t.Context(), notices, nil) })
		seen, freed := map[string]bool{}, ""
		for _, b := range w.bindings(focalPhone) {
			if len(b.Code) != 5 || seen[b.Code] {
				t.Fatalf("code %s, seen before %t", b.Code, seen[b.Code])
			}
			if seen[b.Code] = true; b.Slip == 77 {
				freed = b.Code
			}
		}
		if len(seen) != 9000 {
			t.Fatalf("%d codes, want 9000", len(seen))
		}
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.ReleaseCodes = []escalation.ReleaseCode{{Slip: 77, Reason: "closed"}}
		})
		next := w.codeOf(w.post(w.coded(p.ID, 9001, 0, escalation.Focal, w.focal))[0])
		if len(next) != 6 || next == freed {
			t.Errorf("the next code is %s while %s rests", next, freed)
		}
		other := w.codeOf(w.post(w.coded(p.ID, 9001, 0, escalation.Head, w.head))[0])
		if len(other) != 5 {
			t.Errorf("another phone's first code is %s", other)
		}
	})
}

func TestAReleasedCodeIsNotGivenOutWhileItRests(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		give := func(slip int) string { return w.codeOf(w.post(w.coded(p.ID, slip, 0, escalation.Focal, w.focal))[0]) }
		used := map[string]bool{}
		for slip := range 5 {
			used[give(slip+1)] = true
		}
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.ReleaseCodes = []escalation.ReleaseCode{{Reason: "closed"}}
		})
		w.counter(focalPhone, 0) // the counter comes round
		if code := give(6); used[code] {
			t.Errorf("%s was given out while it rests", code)
		}
		w.later(30*24*time.Hour + time.Second)
		w.counter(focalPhone, 0)
		if code := give(7); !used[code] {
			t.Errorf("after thirty days %s was given out, want one of the released", code)
		}
		w.counter(focalPhone, 9999)
		if code := give(8); len(code) != 5 {
			t.Errorf("after 9999 the counter goes on with %s", code)
		}
	})
}

// raw is the database itself.
func (w *world) raw() *sql.DB {
	w.t.Helper()
	driver, source := "pgx", w.dsn
	if path, ok := strings.CutPrefix(w.dsn, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	w.must(err)
	return db
}

// counter sets a phone's counter as if many codes had been given out.
func (w *world) counter(phone string, n int) {
	w.t.Helper()
	db := w.raw()
	defer db.Close()
	_, err := db.Exec(fmt.Sprintf("UPDATE phone SET counter = %d WHERE phone = '%s'", n, phone))
	w.must(err)
}

func TestConcurrentSavesGiveOneCodeEach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				for i := range 10 {
					err := w.Tx(context.Background(), func(tx escalation.Tx) error {
						return tx.Post(context.Background(), []escalation.Notice{
							w.coded(p.ID, worker*10+i+1, 0, escalation.Focal, w.focal), w.coded(p.ID, worker*10+i+1, 0, escalation.Head, w.head)}, nil)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, phone := range []string{focalPhone, headPhone} {
			seen := map[string]bool{}
			for _, b := range w.bindings(phone) {
				seen[b.Code] = true
			}
			if len(seen) != 40 {
				t.Errorf("%d different codes, want 40", len(seen))
			}
		}
	})
}

func TestARecipientWithoutAnAddressFailsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Citizen = escalation.Citizen{Name: "C", Phone: "+842253123456", Email: "c@example.vn"}
		})
		none := w.add(nil)
		for name, tc := range map[string]struct {
			to    escalation.Recipient
			state escalation.MessageState
			phone string
			email string
		}{
			"contact by phone":         {escalation.Recipient{Contact: w.focal}, escalation.Queued, focalPhone, ""},
			"contact by email":         {escalation.Recipient{Contact: w.focal, ByEmail: true}, escalation.Queued, "", "focal@example.vn"},
			"contact without email":    {escalation.Recipient{Contact: w.head, ByEmail: true}, escalation.Failed, "", ""},
			"contact unknown":          {escalation.Recipient{Contact: 999}, escalation.Failed, "", ""},
			"citizen with a landline":  {escalation.Recipient{Citizen: p.ID}, escalation.Failed, "+842253123456", ""},
			"citizen by email":         {escalation.Recipient{Citizen: p.ID, ByEmail: true}, escalation.Queued, "", "c@example.vn"},
			"citizen without anything": {escalation.Recipient{Citizen: none.ID}, escalation.Failed, "", ""},
			"bare number":              {escalation.Recipient{Phone: "+84570000009"}, escalation.Queued, "+84570000009", ""},
		} {
			id := w.post(escalation.Notice{Petition: p.ID, Template: fmt.Sprint("T-", name), To: tc.to, Lane: escalation.LaneSlip, Class: escalation.ClassSlip})[0]
			if m := w.message(id); m.State != tc.state || m.Phone != tc.phone || m.Email != tc.email {
				t.Errorf("%s: %s to %q %q, want %s to %q %q", name, m.State, m.Phone, m.Email, tc.state, tc.phone, tc.email)
			}
		}
	})
}

func TestAPreferenceHoldsByPurposeAndForWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Citizen.Phone = citizenPhone })
		seq := 0
		notice := func(template string, class escalation.Class, lane escalation.Lane) int64 {
			seq++
			return w.post(escalation.Notice{Petition: p.ID, Template: template, To: escalation.Recipient{Citizen: p.ID}, Lane: lane, Class: class, Seq: seq})[0]
		}
		ids := func() map[string]int64 {
			return map[string]int64{
				"progress": notice("C4", escalation.ClassProgress, escalation.LaneCitizen), "rating": notice("C8", escalation.ClassRating, escalation.LaneCitizen),
				"question": notice("C3", escalation.ClassProgress, escalation.LaneCitizen), "bulk": notice("TB", escalation.ClassDecision, escalation.LaneBulk),
			}
		}
		for name, unwanted := range map[string]escalation.Unwanted{"progress": {Progress: true}, "rating": {Rating: true}, "bulk": {Bulk: true}} {
			before := ids()
			w.tx(func(tx escalation.Tx) error { return tx.SavePreference(t.Context(), citizenPhone, unwanted) })
			after := ids()
			for purpose := range before {
				want := escalation.Queued
				if purpose == name {
					want = escalation.Dropped
				}
				w.wantState(before[purpose], want)
				w.wantState(after[purpose], want)
			}
			w.tx(func(tx escalation.Tx) error {
				return tx.SavePreference(t.Context(), citizenPhone, escalation.Unwanted{})
			})
		}
	})
}

func TestWhoAskedForNoTextsGetsOnlyAnswersToHisOwnActs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Citizen.Phone = citizenPhone })
		w.tx(func(tx escalation.Tx) error {
			return tx.SavePreference(t.Context(), citizenPhone, escalation.Unwanted{Progress: true, Rating: true, Bulk: true})
		})
		for class, want := range map[escalation.Class]escalation.MessageState{
			escalation.ClassProgress: escalation.Dropped, escalation.ClassRating: escalation.Dropped,
			escalation.ClassResult: escalation.Queued, escalation.ClassAnswer: escalation.Queued,
		} {
			id := w.post(escalation.Notice{Petition: p.ID, Template: string(class), To: escalation.Recipient{Citizen: p.ID}, Lane: escalation.LaneCitizen, Class: class})[0]
			w.wantState(id, want)
		}
		if unwanted, err := w.Unwanted(t.Context(), citizenPhone); !unwanted.Rating || err != nil {
			t.Errorf("unwanted: %+v, %v", unwanted, err)
		}
		w.tx(func(tx escalation.Tx) error {
			return tx.SavePreference(t.Context(), citizenPhone, escalation.Unwanted{})
		})
		id := w.post(escalation.Notice{Petition: p.ID, Template: "again", To: escalation.Recipient{Citizen: p.ID}, Lane: escalation.LaneCitizen, Class: escalation.ClassProgress})[0]
		w.wantState(id, escalation.Queued)
	})
}
