package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// burningTown has petitions that are due after 3, 1 and 2 hours, one that waits for a
// person, and one that is over.
func burningTown(w *world) (want []string) {
	var codes []string
	for i, hours := range []int{3, 1, 2, 0} {
		codes = append(codes, w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Content, p.Field, p.Channel = fmt.Sprintf("Đèn đường số %d ở Lạch Tray hỏng", i), "chiếu sáng", escalation.ByPhone
			p.ReceivedAt = w.now().Add(-time.Hour)
			if hours > 0 {
				p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, time.Duration(hours)*time.Hour)}
			}
		}).Code)
	}
	w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.Status = escalation.Closed })
	return []string{codes[3], codes[1], codes[2], codes[0]}
}

func summaryCodes(list []store.Summary) []string {
	var codes []string
	for _, p := range list {
		codes = append(codes, p.Code)
	}
	return codes
}

func TestTheBoardShowsWhatBurnsFirstAndPagesWithoutShifting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		want := burningTown(w)
		page, err := w.Board(t.Context(), store.BoardFilter{Filter: store.Filter{Limit: 2}})
		w.must(err)
		first := summaryCodes(page.Items)
		w.add(func(p *escalation.Petition, _ *escalation.Effects) { // comes in between, burns most
			p.ReceivedAt = w.now().Add(-2 * time.Hour)
		})
		rest, err := w.Board(t.Context(), store.BoardFilter{Filter: store.Filter{Cursor: page.NextCursor, Limit: 10}})
		w.must(err)
		if got := append(first, summaryCodes(rest.Items)...); !slices.Equal(got, want) || rest.NextCursor != "" {
			t.Errorf("the board shows %v, want %v", got, want)
		}
		if _, err := w.Board(t.Context(), store.BoardFilter{Filter: store.Filter{Cursor: "12"}}); err == nil {
			t.Error("a cursor that was never given is taken")
		}
	})
}

// A shift takes over what is due before its end, and apart from it what has no clock.
func TestTheBoardTellsWhatIsDueFromWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		codes := burningTown(w) // without a clock, then due in 1, 2 and 3 hours
		shift := store.BoardFilter{After: w.now(), Before: w.now().Add(150 * time.Minute)}
		for name, is := range map[string]struct {
			f    store.BoardFilter
			want []string
		}{
			"the shift":       {shift, codes[1:3]},
			"without a clock": {store.BoardFilter{Clockless: true}, codes[:1]},
		} {
			page, err := w.Board(t.Context(), is.f)
			w.must(err)
			units, err := w.BoardUnits(t.Context(), is.f)
			w.must(err)
			total := 0
			for _, n := range units {
				total += n
			}
			if got := summaryCodes(page.Items); !slices.Equal(got, is.want) || total != len(is.want) {
				t.Errorf("%s has %v, %d in all, want %v", name, got, total, is.want)
			}
		}
	})
}

func TestTheBoardIsNarrowedAndSearchedWithoutMarks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		want := burningTown(w)
		for name, f := range map[string]store.BoardFilter{
			"words":        {Filter: store.Filter{Q: "lach tray"}},
			"a begun word": {Filter: store.Filter{Q: "Lạch Tr"}},
			"field":        {Field: "chiếu sáng"},
			"channel":      {Channel: escalation.ByPhone, Field: "chiếu sáng"},
		} {
			page, err := w.Board(t.Context(), f)
			w.must(err)
			if got := summaryCodes(page.Items); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		for name, f := range map[string]store.BoardFilter{
			"other words": {Filter: store.Filter{Q: "tray lach tram"}}, "urgent": {Urgent: true}, "quotes": {Filter: store.Filter{Q: `" OR ' & | ! :*`}},
		} {
			page, err := w.Board(t.Context(), f)
			w.must(err)
			if len(page.Items) != 0 {
				t.Errorf("%s: %v", name, summaryCodes(page.Items))
			}
		}
		counts, err := w.OpenByStatus(t.Context())
		w.must(err)
		if len(counts) != 1 {
			t.Errorf("open by status: %v", counts)
		}
	})
}

// The board is searched in the words of what is open: they come and go with it.
func TestTheBoardIsSearchedAmongWhatIsOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Content, p.Citizen.Phone = "Hố ga mất nắp", "+84570000601"
		})
		w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Content, p.Status = "Hố ga mất nắp", escalation.Closed
		})
		found := func(q string) []string {
			page, err := w.Board(t.Context(), store.BoardFilter{Filter: store.Filter{Q: q}})
			w.must(err)
			return summaryCodes(page.Items)
		}
		edit := func(q string, want bool, change func(p *escalation.Petition, _ *escalation.Effects)) {
			t.Helper()
			w.change(p.ID, change)
			if got := found(q); slices.Contains(got, p.Code) != want || len(got) > 1 {
				t.Errorf("%q finds %v", q, got)
			}
		}
		edit("nap hoga", false, func(*escalation.Petition, *escalation.Effects) {})
		edit("ho ga", true, func(*escalation.Petition, *escalation.Effects) {})
		edit("0570 000 601", true, func(*escalation.Petition, *escalation.Effects) {})
		edit("ho ga", false, func(p *escalation.Petition, _ *escalation.Effects) { p.Status = escalation.Closed })
		edit("cong", false, func(p *escalation.Petition, _ *escalation.Effects) { p.Content = "Cống mất nắp" })
		edit("cong", true, func(p *escalation.Petition, _ *escalation.Effects) { p.Status = escalation.InProgress })
		edit("ho ga", false, func(*escalation.Petition, *escalation.Effects) {})
	})
}

// What thousands of open petitions have is looked for among what burns first, and all of it
// is found also where none of that has it.
func TestAWordOfManyPetitionsIsFoundWhereverTheyStandOnTheBoard(t *testing.T) {
	const open, last = 9_000, 3_100
	each(t, func(t *testing.T, w *world) {
		fillBoard(t, w.dsn, open, 0)
		db := mustDial(t, w.dsn)
		defer db.Close()
		_, err := db.ExecContext(t.Context(), `UPDATE petition SET search = 'bao lut' WHERE id IN (SELECT id FROM petition ORDER BY next_due DESC, id DESC LIMIT `+fmt.Sprint(last)+`)`)
		w.must(err)
		all, err := w.Board(t.Context(), store.BoardFilter{})
		w.must(err)
		first, err := w.Board(t.Context(), store.BoardFilter{Filter: store.Filter{Q: "su co"}})
		w.must(err)
		if got, want := summaryCodes(first.Items), summaryCodes(all.Items); !slices.Equal(got, want) || first.NextCursor != all.NextCursor {
			t.Errorf("what nearly all have begins with %v, the board with %v", got, want)
		}
		found, due := map[string]bool{}, time.Time{}
		for cursor, more := "", true; more; more = cursor != "" {
			page, err := w.Board(t.Context(), store.BoardFilter{Filter: store.Filter{Q: "bao lut", Cursor: cursor, Limit: 500}})
			w.must(err)
			for _, p := range page.Items {
				if p.NextDue.Before(due) {
					t.Errorf("%s is out of order", p.Code)
				}
				found[p.Code], due = true, p.NextDue
			}
			cursor = page.NextCursor
		}
		if len(found) != last {
			t.Errorf("%d of %d are found", len(found), last)
		}
		units, err := w.BoardUnits(t.Context(), store.BoardFilter{Filter: store.Filter{Q: "bao lut"}})
		w.must(err)
		total := 0
		for _, n := range units {
			total += n
		}
		if total != last {
			t.Errorf("%d of %d are counted", total, last)
		}
	})
}

func TestTheStampChangesWithWhatAScreenShows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before, err := w.Stamp(t.Context())
		w.must(err)
		_, err = w.InsertMessages(t.Context(), []escalation.Notice{{Template: "T1", To: escalation.Recipient{Phone: "+84570000102"}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1, At: w.now()}})
		w.must(err)
		after, err := w.Stamp(t.Context())
		w.must(err)
		if before == after {
			t.Errorf("the stamp stays %s", after)
		}
		depths, err := w.Depths(t.Context())
		w.must(err)
		if len(depths) != 1 || depths[0].Lane != escalation.LaneBulk || depths[0].Count != 1 {
			t.Errorf("depths are %+v", depths)
		}
		if _, err := w.LastHour(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := w.LastErrors(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAccountIsLockedAfterFiftyWrongPasswordsAnAddressAfterFive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.AddAccount(t.Context(), store.Account{Name: "lan", Role: escalation.Operator, Hash: "h"})
		w.must(err)
		for try := range 6 {
			if ok, err := w.TrySignIn(t.Context(), id, "192.0.2.1"); err != nil || ok != (try < 5) {
				t.Errorf("try %d of an address: %t, %v", try+1, ok, err)
			}
		}
		if ok, err := w.TrySignIn(t.Context(), id, "192.0.2.2"); err != nil || !ok {
			t.Errorf("one address locks another out: %v", err)
		}
		w.must(w.NoteSignIn(t.Context(), id, "192.0.2.1", true))
		if ok, err := w.TrySignIn(t.Context(), id, "192.0.2.1"); err != nil || !ok {
			t.Errorf("the right password gives no tries back: %v", err)
		}
		for range 49 {
			w.must(w.NoteSignIn(t.Context(), id, "192.0.2.1", false))
		}
		a, err := w.Account(t.Context(), id)
		w.must(err)
		if !a.Locked.IsZero() {
			t.Error("locked after 49")
		}
		w.must(w.NoteSignIn(t.Context(), id, "192.0.2.9", false))
		if a, _ = w.Account(t.Context(), id); a.Locked.IsZero() {
			t.Error("not locked after fifty")
		}
		w.must(w.By(escalation.Ladder()).SetPassword(t.Context(), id, "h2", false))
		b, _ := w.Account(t.Context(), id)
		if !b.Locked.IsZero() || b.Epoch <= a.Epoch || b.Hash != "h2" {
			t.Errorf("a new password leaves %+v", b)
		}
		if ok, _ := w.UseTOTPStep(t.Context(), id, 7); !ok {
			t.Error("a step is refused")
		}
		if ok, _ := w.UseTOTPStep(t.Context(), id, 7); ok {
			t.Error("a step is taken twice")
		}
	})
}
