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

	"github.com/google/go-cmp/cmp"

	"notify1022/escalation"
	"notify1022/store"
)

// full is a petition with something in every field that is stored apart.
func full(w *world) func(p *escalation.Petition, fx *escalation.Effects) {
	return func(p *escalation.Petition, fx *escalation.Effects) {
		p.Citizen = escalation.Citizen{Name: "Trần Thị B", Phone: citizenPhone, Email: "b@example.vn", Address: "1 Phố X", Organisation: true}
		p.Field, p.Area, p.Urgent, p.Confidential, p.WaitsFor = "giao_thong", "P. Lê Chân", true, true, escalation.Office
		p.Slips = []escalation.Slip{
			{No: 1, Unit: "SXD", Lead: true, Round: 1, Token: fmt.Sprint("slip-", p.ID), ForwardedAt: w.now()},
			{No: 2, Unit: "UBND", Round: 2, ForwardedAt: w.now(), EndedAt: w.now(), EndedFor: "returned", MovedTo: "SXD"},
		}
		p.Rungs = []escalation.Rung{ // not in the order of due times or rounds
			w.armed(escalation.RungHead, 8*time.Hour),
			{Round: 1, Name: escalation.RungNudge, Ladder: "unit", Slip: 1, Due: w.now(), State: escalation.Fired, FiredAt: w.now(), Basis: "1h working"},
			{Round: 2, Name: escalation.RungOverdue, Ladder: "unit", Slip: 1, Due: w.now().Add(48 * time.Hour), State: escalation.Paused, Left: 90*time.Minute + time.Nanosecond, Basis: "48h", Provisional: true},
		}
		p.Result = &escalation.Result{Text: "Đã thay bóng đèn\x00", At: w.now()}
	}
}

func TestAPetitionIsLoadedAsItWasSaved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		saved := w.add(full(w))
		w.tx(func(tx escalation.Tx) error {
			list, err := tx.Petitions(t.Context(), saved.ID)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(saved, list[0]); diff != "" {
				t.Errorf("saved and loaded differ:\n%s", diff)
			}
			return nil
		})
		changed := w.change(saved.ID, func(p *escalation.Petition, _ *escalation.Effects) {
			p.Status, p.Citizen.Address, p.Slips[0].AcknowledgedAt = escalation.InProgress, "", w.now()
			p.Rungs[0].State = escalation.Disarmed
			p.Rungs = append(p.Rungs, escalation.Rung{Round: 3, Name: escalation.RungETA, Due: w.now().Add(time.Hour), State: escalation.Armed})
		})
		found, err := w.PetitionByCode(t.Context(), saved.Code)
		w.must(err)
		if diff := cmp.Diff(changed, found.Petition); diff != "" {
			t.Errorf("changed and loaded differ:\n%s", diff)
		}
		if byToken, err := w.PetitionByToken(t.Context(), saved.Token); err != nil || byToken.ID != saved.ID {
			t.Errorf("by token: petition %d, %v", byToken.ID, err)
		}
		if bySlip, slip, err := w.PetitionBySlipToken(t.Context(), saved.Slips[0].Token); err != nil || bySlip.ID != saved.ID || slip != 1 {
			t.Errorf("by slip token: petition %d slip %d, %v", bySlip.ID, slip, err)
		}
		w.change(saved.ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Slips[0].Token = "slip-token-given-anew" })
		if bySlip, _, err := w.PetitionBySlipToken(t.Context(), "slip-token-given-anew"); err != nil || bySlip.ID != saved.ID {
			t.Errorf("by the slip's new token: petition %d, %v", bySlip.ID, err)
		}
		for _, token := range []string{"", "unknown", saved.Slips[0].Token} {
			if _, _, err := w.PetitionBySlipToken(t.Context(), token); problem(err) != escalation.NotFound {
				t.Errorf("slip token %q: %v, want not found", token, err)
			}
		}
	})
}

func TestPetitionsComeInTheOrderOfTheirIdsAndAMissingOneIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.add(nil), w.add(nil)
		w.tx(func(tx escalation.Tx) error {
			list, err := tx.Petitions(t.Context(), b.ID, a.ID, b.ID)
			w.must(err)
			if len(list) != 2 || list[0].ID != a.ID || list[1].ID != b.ID {
				t.Errorf("got %d petitions, want %d and %d", len(list), a.ID, b.ID)
			}
			if _, err := tx.Petitions(t.Context(), a.ID, 999); problem(err) != escalation.NotFound {
				t.Errorf("a missing id: %v, want not found", err)
			}
			if _, err := tx.PetitionID(t.Context(), "HP000000-0000"); problem(err) != escalation.NotFound {
				t.Errorf("a missing code: %v, want not found", err)
			}
			return nil
		})
	})
}

func TestAVersionThatIsNotTheOneLoadedIsStale(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(full(w))
		w.change(p.ID, func(*escalation.Petition, *escalation.Effects) {})
		for before, want := range map[int64]escalation.ProblemKind{0: escalation.Stale, 1: escalation.Stale, 3: escalation.Stale, 2: ""} {
			next := p
			next.Version = before + 1
			err := w.Tx(t.Context(), func(tx escalation.Tx) error {
				if err := tx.Save(t.Context(), []escalation.Change{{Before: before, Petition: next}}); err != nil {
					return err
				}
				if _, err := tx.PetitionID(t.Context(), p.Code); err != nil {
					return err // what was written is heard of with the next question
				}
				return errors.New("rolled back")
			})
			if problem(err) != want {
				t.Errorf("saving over version %d of 2: %v, want %q", before, err, want)
			}
		}
	})
}

func TestAnErrorRollsEverythingBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		refused := errors.New("refused")
		err := w.Tx(t.Context(), func(tx escalation.Tx) error {
			next := p
			next.Version, next.Status = 2, escalation.Closed
			if err := tx.Save(t.Context(), []escalation.Change{{Before: 1, Petition: next, Effects: escalation.Effects{
				Notices: []escalation.Notice{w.notice(p, "O1")}, Tasks: []escalation.Task{{Key: "k", Kind: escalation.TaskCall}}}}}); err != nil {
				return err
			}
			return refused
		})
		if err != refused {
			t.Errorf("got %v, want the function's own error", err)
		}
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		tasks, err := w.Tasks(t.Context(), store.TaskFilter{})
		w.must(err)
		if found.Version != 1 || len(found.Messages) != 0 || len(tasks.Items) != 0 {
			t.Errorf("version %d, %d messages, %d tasks are left", found.Version, len(found.Messages), len(tasks.Items))
		}
	})
}

// field failure 17
func TestAFiredRungIsHistory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(full(w))
		for what, edit := range map[string]func(r *escalation.Rung){
			"arming a fired rung":           func(r *escalation.Rung) { r.State, r.Due = escalation.Armed, w.now().Add(time.Hour) },
			"firing a fired rung once more": func(r *escalation.Rung) { r.FiredAt = r.FiredAt.Add(time.Hour) },
			"disarming a fired rung":        func(r *escalation.Rung) { r.State = escalation.Disarmed },
		} {
			err := w.Tx(t.Context(), func(tx escalation.Tx) error {
				next := p
				next.Version = 2
				next.Rungs = slices.Clone(p.Rungs)
				edit(&next.Rungs[1])
				return tx.Save(t.Context(), []escalation.Change{{Before: 1, Petition: next}})
			})
			if problem(err) != escalation.Stale {
				t.Errorf("%s: %v, want stale", what, err)
			}
		}
	})
}

func TestCodesOfADayRiseAndNoneIsGivenTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		codes, ids := map[string]bool{}, map[int64]bool{}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				last := ""
				for range 10 {
					err := w.Tx(context.Background(), func(tx escalation.Tx) error {
						id, code, err := tx.NextCode(context.Background(), tx.Now())
						mu.Lock()
						defer mu.Unlock()
						if err == nil && (codes[code] || ids[id] || code <= last) {
							t.Errorf("code %s, id %d after %s", code, id, last)
						}
						codes[code], ids[id], last = true, true, code
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if len(codes) != 40 || !codes["HP261116-0001"] {
			t.Errorf("%d codes, want 40 from HP261116-0001", len(codes))
		}
	})
}

func TestTwoWorkersFireEachRungOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const petitions = 60
		for range petitions {
			w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, time.Minute), w.armed(escalation.RungOverdue, time.Hour)}
				p.WaitsFor = escalation.Office
			})
		}
		if due := dueNow(w, 10); len(due) != 0 {
			t.Fatalf("%d petitions are due early", len(due))
		}
		w.later(time.Minute)
		var mu sync.Mutex
		fired := map[int64]int{}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for range petitions {
					var taken []int64
					err := w.Tx(context.Background(), func(tx escalation.Tx) error {
						taken = nil
						due, err := dueOf(context.Background(), tx, 7)
						if err != nil {
							return err
						}
						var changes []escalation.Change
						for _, p := range due {
							taken = append(taken, p.ID)
							p.Rungs[0].State, p.Rungs[0].FiredAt = escalation.Fired, tx.Now()
							p.Version++
							n := w.notice(p, "H1")
							n.Rung = escalation.RungHead
							changes = append(changes, escalation.Change{Before: p.Version - 1, Petition: p, Effects: escalation.Effects{Notices: []escalation.Notice{n}}})
						}
						return tx.Save(context.Background(), changes)
					})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, id := range taken {
						fired[id]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, n := range fired {
			if n != 1 {
				t.Errorf("petition %d fired %d times", id, n)
			}
		}
		page, err := w.Messages(t.Context(), store.MessageFilter{Limit: 500})
		w.must(err)
		if len(fired) != petitions || len(page.Items) != petitions {
			t.Errorf("%d petitions fired, %d messages; want %d of each", len(fired), len(page.Items), petitions)
		}
	})
}

func dueNow(w *world, limit int) []int64 {
	w.t.Helper()
	var ids []int64
	w.tx(func(tx escalation.Tx) error {
		due, err := tx.Due(w.t.Context(), tx.Now(), limit, escalation.DuePetition{}, nil)
		ids = nil
		for _, p := range due {
			ids = append(ids, p.ID)
		}
		return err
	})
	return ids
}

func TestDuePetitionsComeOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		add := func(d time.Duration) int64 {
			return w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, d)}
			}).ID
		}
		c, a, b := add(3*time.Minute), add(time.Minute), add(2*time.Minute)
		w.later(time.Hour)
		if got := dueNow(w, 2); !slices.Equal(got, []int64{a, b}) {
			t.Errorf("two of the due: %v, want %v", got, []int64{a, b})
		}
		if got := dueNow(w, 9); !slices.Equal(got, []int64{a, b, c}) {
			t.Errorf("all of the due: %v, want %v", got, []int64{a, b, c})
		}
		instants, err := w.DueInstants(t.Context(), monday, monday.Add(2*time.Minute), 10)
		w.must(err)
		if len(instants) != 2 || !instants[0].Equal(monday.Add(time.Minute)) {
			t.Errorf("due instants within two minutes: %v", instants)
		}
		oldest, ok, err := w.OldestDue(t.Context(), w.now())
		w.must(err)
		if !ok || !oldest.Equal(monday.Add(time.Minute)) {
			t.Errorf("oldest due: %v, %v", oldest, ok)
		}
		if _, ok, _ := w.OldestDue(t.Context(), monday); ok {
			t.Error("a rung is due before its time")
		}
	})
}

func TestTheChainHoldsInSQLAndAfterErasure(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.later(time.Minute)
		_, err := desk.Do(t.Context(), p.Code, &escalation.Acknowledge{}, escalation.Actor{Name: "Đầu mối", Role: escalation.Focal, Channel: escalation.ByConsole, Unit: "SXD", Contact: w.focal}, 0)
		w.must(err)
		chain := func() []escalation.Entry {
			entries, err := w.Timeline(t.Context(), p.ID)
			w.must(err)
			return entries
		}
		if err := escalation.VerifyChain(chain()); err != nil || len(chain()) < 2 {
			t.Fatalf("%d entries: %v", len(chain()), err)
		}
		if !slices.ContainsFunc(chain(), func(e escalation.Entry) bool { return e.Private != "" }) {
			t.Log("no entry holds a personal text")
		}
		w.must(w.EraseCitizen(t.Context(), p.ID))
		if err := escalation.VerifyChain(chain()); err != nil {
			t.Errorf("after the citizen was erased: %v", err)
		}
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if (found.Citizen != escalation.Citizen{}) {
			t.Error("the citizen is still there")
		}
		for _, m := range found.Messages {
			if m.To.Citizen != 0 && (m.Phone != "" || m.State == escalation.Queued) {
				t.Errorf("message %d to the citizen: %s, number kept %t", m.ID, m.State, m.Phone != "")
			}
		}
		for _, e := range found.Timeline {
			if e.Private != "" {
				t.Errorf("entry %d keeps its personal text", e.Seq)
			}
		}
	})
}

func TestTheDeskFiresItsLadderFromSQL(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.later(24 * time.Hour) // Tuesday 08:00: eight working hours have passed
		for range 10 {
			n, _, err := desk.FireDue(t.Context(), 5)
			w.must(err)
			if n == 0 {
				break
			}
		}
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if found.Status != escalation.Escalated {
			t.Errorf("after eight working hours the petition is %s", found.Status)
		}
		if !slices.ContainsFunc(found.Messages, func(m store.MessageView) bool { return m.Template == "H1" && m.Phone == headPhone }) {
			t.Error("the head of unit was not told")
		}
		a, err := w.Audit(t.Context())
		w.must(err)
		if a.Silent != 0 || a.DueRungs != 0 {
			t.Errorf("audit: %+v", a)
		}
	})
}

func TestListsArePagedSearchedAndNarrowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var codes []string
		for i := range 5 {
			p := w.add(func(p *escalation.Petition, fx *escalation.Effects) {
				if full(w)(p, fx); i == 2 {
					p.Content, p.WasOverdue, p.Status, p.Citizen.Phone = "Rác thải 100% chưa dọn", true, escalation.Overdue, "+84570000102"
				}
			})
			codes = append(codes, p.Code)
		}
		slices.Reverse(codes)
		var paged []string
		for cursor := ""; ; {
			page, err := w.ListPetitions(t.Context(), store.Filter{Cursor: cursor, Limit: 2})
			w.must(err)
			for _, p := range page.Items {
				paged = append(paged, p.Code)
			}
			if cursor = page.NextCursor; cursor == "" {
				break
			}
		}
		if !slices.Equal(paged, codes) {
			t.Errorf("paged %v, want %v", paged, codes)
		}
		one, overdue := codes[2], true
		for name, tc := range map[string]struct {
			f    store.Filter
			want []string
		}{
			"text without marks":  {store.Filter{Q: "RAC thai"}, []string{one}},
			"a percent sign":      {store.Filter{Q: "100% chua"}, []string{one}},
			"a wildcard is text":  {store.Filter{Q: "1_0"}, nil},
			"code":                {store.Filter{Q: strings.ToLower(one)}, []string{one}},
			"the citizen's phone": {store.Filter{Q: "0570 000 102"}, []string{one}},
			"overdue":             {store.Filter{Overdue: &overdue}, []string{one}},
			"status":              {store.Filter{Status: []escalation.Status{escalation.Overdue, escalation.Closed}}, []string{one}},
			"unit":                {store.Filter{Unit: "SXD"}, codes},
			"another unit":        {store.Filter{Unit: "UBND"}, nil},
			"received later":      {store.Filter{Since: monday.Add(time.Hour)}, nil},
		} {
			page, err := w.ListPetitions(t.Context(), tc.f)
			w.must(err)
			var got []string
			for _, p := range page.Items {
				got = append(got, p.Code)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%s: %v, want %v", name, got, tc.want)
			}
		}
		if _, err := w.ListPetitions(t.Context(), store.Filter{Cursor: "not a cursor!"}); problem(err) != escalation.Invalid {
			t.Errorf("a wrong cursor: %v, want invalid", err)
		}
		counts, err := w.CountByStatus(t.Context())
		w.must(err)
		if counts[escalation.Overdue] != 1 || counts[escalation.Forwarded] != 4 {
			t.Errorf("counts: %v", counts)
		}
		n := 0
		w.must(w.EachPetition(t.Context(), monday, monday.Add(time.Hour), func(p escalation.Petition) error { n++; return nil }))
		if n != 5 {
			t.Errorf("walked over %d petitions, want 5", n)
		}
	})
}

func TestASilentPetitionIsSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Status = escalation.Closed })
		w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.WaitsFor = escalation.Office })
		a, err := w.Audit(t.Context())
		w.must(err)
		if a.Silent != 1 || !slices.Equal(a.SilentCodes, []string{p.Code}) {
			t.Errorf("silent petitions: %d %v, want %s", a.Silent, a.SilentCodes, p.Code)
		}
	})
}

func TestATaskAskedForTwiceIsOneUntilItIsDone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		ask := func() {
			w.tx(func(tx escalation.Tx) error {
				return tx.Post(t.Context(), nil, []escalation.Task{{Key: "1/call", Kind: escalation.TaskCall, PetitionID: p.ID, Text: "Gọi", For: escalation.Operator, OpenedAt: tx.Now()}})
			})
		}
		open := func() []escalation.Task {
			page, err := w.Tasks(t.Context(), store.TaskFilter{})
			w.must(err)
			return page.Items
		}
		ask()
		ask()
		if got := open(); len(got) != 1 || got[0].Petition != p.Code {
			t.Fatalf("%d open tasks: %+v", len(got), got)
		}
		complete := func(id int64, outcome string) (done escalation.Task, err error) {
			err = w.Tx(t.Context(), func(tx escalation.Tx) error {
				done, err = tx.CompleteTask(t.Context(), id, "op", outcome)
				return err
			})
			return done, err
		}
		first := open()[0].ID
		done, err := complete(first, "đã gọi")
		w.must(err)
		if done.DoneAt.IsZero() || done.Outcome != "đã gọi" {
			t.Errorf("completed: %+v", done)
		}
		if _, err := complete(done.ID, "lại"); problem(err) != escalation.WrongTime {
			t.Errorf("completing it twice: %v, want conflict", err)
		}
		if _, err := complete(999, ""); problem(err) != escalation.NotFound {
			t.Errorf("completing an unknown one: %v, want not found", err)
		}
		ask()
		if got := open(); len(got) != 1 || got[0].ID == done.ID {
			t.Errorf("asked for again: %+v", got)
		}
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.CloseTasks = []escalation.TaskKind{escalation.TaskCall}
		})
		if got := open(); len(got) != 0 {
			t.Errorf("closed with the petition, still open: %+v", got)
		}
		ask()
		other := escalation.Task{Key: "other", Kind: escalation.TaskCall, PetitionID: p.ID, Text: "gọi", For: escalation.Operator, OpenedAt: open()[0].OpenedAt}
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.CloseKeys, fx.Tasks = []string{open()[0].Key, "never opened"}, []escalation.Task{other}
		})
		if got := open(); len(got) != 1 || got[0].Key != "other" {
			t.Errorf("one of them closed by its key: %+v", got)
		}
	})
}

// dueOf loads up to limit petitions with due rungs.
func dueOf(ctx context.Context, tx escalation.Tx, limit int) ([]escalation.Petition, error) {
	due, err := tx.Due(ctx, tx.Now(), limit, escalation.DuePetition{}, nil)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(due))
	for i, d := range due {
		ids[i] = d.ID
	}
	list, err := tx.Petitions(ctx, ids...)
	// Between the choice and the lock another worker may have fired it.
	return slices.DeleteFunc(list, func(p escalation.Petition) bool { return p.NextDue().IsZero() || p.NextDue().After(tx.Now()) }), err
}
