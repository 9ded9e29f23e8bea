package store_test

import (
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// What has ended is found beside what is open, by all that narrows the board.
func TestAllPetitionsAreFoundWhetherTheyHaveEndedOrNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		open := w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Content = "Nắp cống phố Mẫu vỡ" })
		over := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Content, p.Field, p.Channel, p.Urgent, p.WasOverdue, p.Status = "Nắp cống phố Mẫu vỡ", "thoát nước", escalation.ByWeb, true, true, escalation.Closed
			p.Slips = []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Token: "s1", ForwardedAt: w.now(), EndedAt: w.now(), EndedFor: "closed"}}
		})
		both, overdue := []string{over.Code, open.Code}, true
		for name, is := range map[string]struct {
			f    store.BoardFilter
			want []string
		}{
			"all":     {store.BoardFilter{}, both},
			"words":   {store.BoardFilter{Filter: store.Filter{Q: "nap cong"}}, both},
			"status":  {store.BoardFilter{Filter: store.Filter{Status: []escalation.Status{escalation.Closed}}}, both[:1]},
			"unit":    {store.BoardFilter{Filter: store.Filter{Unit: "SXD"}}, both[:1]},
			"overdue": {store.BoardFilter{Filter: store.Filter{Overdue: &overdue}}, both[:1]},
			"field":   {store.BoardFilter{Field: "thoát nước"}, both[:1]},
			"channel": {store.BoardFilter{Channel: escalation.ByPhone}, both[1:]},
			"urgent":  {store.BoardFilter{Urgent: true}, both[:1]},
			"nobody":  {store.BoardFilter{Mine: "lan"}, nil},
		} {
			page, err := w.AllPetitions(t.Context(), is.f)
			w.must(err)
			if got := summaryCodes(page.Items); !slices.Equal(got, is.want) {
				t.Errorf("%s: %v, want %v", name, got, is.want)
			}
		}
		first, err := w.AllPetitions(t.Context(), store.BoardFilter{Filter: store.Filter{Limit: 1}})
		w.must(err)
		rest, err := w.AllPetitions(t.Context(), store.BoardFilter{Filter: store.Filter{Limit: 1, Cursor: first.NextCursor}})
		w.must(err)
		if got := append(summaryCodes(first.Items), summaryCodes(rest.Items)...); !slices.Equal(got, both) || rest.NextCursor != "" {
			t.Errorf("its pages are %v", got)
		}
	})
}

// A directive stays in sight when its time has passed, until there is a result.
func TestADirectiveWhoseTimeHasPassedIsListedUntilThereIsAResult(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		directive := func(round int, state escalation.RungState, basis string) escalation.Rung {
			r := w.armed(escalation.RungDirective, time.Hour)
			r.Round, r.Ladder, r.State, r.Basis = round, escalation.DirectiveLadder, state, basis
			if state == escalation.Fired {
				r.FiredAt = r.Due
			}
			return r
		}
		with := func(status escalation.Status, rungs ...escalation.Rung) escalation.Petition {
			return w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Status, p.Rungs = status, rungs })
		}
		late := with(escalation.InProgress, directive(2, escalation.Fired, "directed"))
		urgedAgain := with(escalation.InProgress, directive(2, escalation.Fired, "directed"), directive(3, escalation.Armed, "urged"))
		ahead := with(escalation.InProgress, directive(2, escalation.Armed, "directed"))
		with(escalation.Resolved, directive(2, escalation.Fired, "directed"))
		again := with(escalation.InProgress, directive(2, escalation.Fired, "directed"), directive(3, escalation.Armed, "directed"))
		reopened := with(escalation.InProgress, directive(2, escalation.Fired, "directed"))
		w.later(2 * time.Hour)
		w.change(reopened.ID, func(p *escalation.Petition, fx *escalation.Effects) {
			fx.Entries = append(fx.Entries, escalation.Entry{PetitionID: p.ID, Seq: 1, At: w.now(), Actor: "Tổng đài", Role: escalation.Operator, Action: "reopen", Status: p.Status})
		})
		list := func(f store.BoardFilter) []string {
			page, err := w.Board(t.Context(), f)
			w.must(err)
			return summaryCodes(page.Items)
		}
		sorted := func(list ...string) []string { slices.Sort(list); return list }
		overdue := true
		was := w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.WasOverdue = true })
		for name, is := range map[string]struct {
			f    store.BoardFilter
			want []string
		}{
			"late":    {store.BoardFilter{Late: true}, sorted(late.Code, urgedAgain.Code)},
			"ahead":   {store.BoardFilter{Directed: true}, sorted(ahead.Code, again.Code)},
			"overdue": {store.BoardFilter{Filter: store.Filter{Overdue: &overdue}}, sorted(late.Code, urgedAgain.Code, was.Code)},
		} {
			units, err := w.BoardUnits(t.Context(), is.f)
			w.must(err)
			if got := sorted(list(is.f)...); !slices.Equal(got, is.want) || units[""] != len(is.want) {
				t.Errorf("%s: %v (%v), want %v", name, got, units, is.want)
			}
		}
	})
}

// What was written down before is found by its words, whatever field and area it was given.
func TestPetitionsLikeATextAreFoundByItsWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		twin := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Content, p.Field = "Nắp cống vỡ trước ngõ Mẫu", "thoát nước"
		})
		w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Content = "Chó thả rông ở công viên" })
		w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Content, p.Denunciation = "Nắp cống vỡ trước ngõ Mẫu", true
		})
		near, err := w.Neighbours(t.Context(), "nap cong truoc ngo Mẫu bị vỡ", w.now().Add(-time.Hour), 10)
		w.must(err)
		if got := summaryCodes(near); !slices.Equal(got, []string{twin.Code}) {
			t.Errorf("found are %v, want %s", got, twin.Code)
		}
		for text, since := range map[string]time.Time{"nap cong vo": w.now().Add(time.Hour), "": {}, `" OR ' & |`: {}} {
			if near, err = w.Neighbours(t.Context(), text, since, 10); err != nil || len(near) != 0 {
				t.Errorf("%q since %s finds %v, %v", text, since, summaryCodes(near), err)
			}
		}
	})
}

// Among thousands a rare word leads to the one that has it.
func TestARareWordIsFoundBeyondTheNewestPetitions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fillBoard(t, w.dsn, 100, 2_400)
		db := mustDial(t, w.dsn)
		defer db.Close()
		for _, change := range []string{`UPDATE petition SET search = 'hp260101-5 su co o bai sung hoang long' WHERE id = 5`, `UPDATE petition SET search = 'hp260101-6 gio mo cua thu vien hoang long', status = 'answered_directly' WHERE id = 6`} {
			_, err := db.ExecContext(t.Context(), change)
			w.must(err)
		}
		const text = "Sự cố bãi súng Hoàng Long"
		near, err := w.Neighbours(t.Context(), text, time.Now().AddDate(0, 0, -7), 10)
		w.must(err)
		if !slices.Contains(summaryCodes(near), "HP260101-5") {
			t.Errorf("found are %v", summaryCodes(near))
		}
		if near, err = w.Neighbours(t.Context(), text, time.Now(), 10); err != nil || len(near) != 0 {
			t.Errorf("before the days are %v, %v", summaryCodes(near), err)
		}
	})
}

// Answers are offered across fields; whose citizen did not agree is the caller's to leave out.
func TestAnswersLikeATextAreOfAnyField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		answered := func(status escalation.Status, change func(p *escalation.Petition)) string {
			return w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Content, p.Status, p.PublishConsent = "Giờ mở cửa thư viện", status, true
				change(p)
			}).Code
		}
		want := []string{answered(escalation.Closed, func(p *escalation.Petition) { p.Published, p.Field = "Từ 8 giờ", "văn hóa" }),
			answered(escalation.AnsweredDirectly, func(p *escalation.Petition) { p.Answer = "Từ 8 giờ" })}
		answered(escalation.Closed, func(p *escalation.Petition) { p.Published, p.Confidential = "Từ 8 giờ", true })
		answered(escalation.InProgress, func(*escalation.Petition) {})
		list, err := w.AnsweredLike(t.Context(), "thư viện mở cửa lúc nào", 8)
		w.must(err)
		var got []string
		for _, p := range list {
			got = append(got, p.Code)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("offered are %v, want %v", got, want)
		}
	})
}
