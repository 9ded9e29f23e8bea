package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// pages are the petitions of all pages of one, while a transaction is open that they do not wait
// for.
func (w *world) pages(read func(after int64, limit int) (escalation.PetitionPage, error)) (list []escalation.Petition) {
	w.t.Helper()
	w.tx(func(escalation.Tx) error {
		for after := int64(0); ; {
			page, err := read(after, 1)
			if err != nil || page.Last == 0 {
				return err
			}
			if len(page.Petitions) != 1 || page.Petitions[0].ID != page.Last {
				w.t.Errorf("a page of one has %v, and ends at %d", idsOf(page.Petitions), page.Last)
			}
			list, after = append(list, page.Petitions...), page.Last
		}
	})
	return list
}

func TestADigestReadsWhatIsOverdueAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []int64
		for i, status := range []escalation.Status{escalation.Overdue, escalation.Forwarded, escalation.Resolved, escalation.Overdue, escalation.Closed} {
			p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Status = status
				p.Slips = []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Round: 1, ForwardedAt: w.now().Add(time.Duration(i) * time.Minute)}}
				p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, 8*time.Hour)}
			})
			if status == escalation.Overdue {
				want = append(want, p.ID)
			}
		}
		list := w.pages(func(after int64, limit int) (escalation.PetitionPage, error) {
			return w.Overdue(t.Context(), after, limit)
		})
		if got := idsOf(list); !slices.Equal(got, want) {
			t.Errorf("overdue are %v, want %v", got, want)
		}
		if len(list) > 0 && (len(list[0].Rungs) != 1 || len(list[0].Slips) != 1) {
			t.Errorf("an overdue petition is read as %+v", list[0])
		}
	})
}

func TestADigestReadsTheSlipsAfterItsBeginningUpToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []int64
		for _, minutes := range []int{0, 1, 5, 6} {
			at := w.now().Add(time.Duration(minutes) * time.Minute)
			ids = append(ids, w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Slips = []escalation.Slip{
					{No: 1, Unit: "SXD", Lead: true, Round: 1, ForwardedAt: at},
					{No: 2, Unit: "UBND", Round: 1, ForwardedAt: at, EndedAt: at.Add(time.Hour), EndedFor: "reassigned"},
				}
			}).ID)
		}
		got := idsOf(w.pages(func(after int64, limit int) (escalation.PetitionPage, error) {
			return w.Forwarded(t.Context(), w.now(), w.now().Add(5*time.Minute), after, limit)
		}))
		if !slices.Equal(got, ids[1:3]) {
			t.Errorf("forwarded are %v, want %v", got, ids[1:3])
		}
	})
}

func TestTheMorningListReadsTheResultsDueInItsStretch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []int64
		for i, rung := range []escalation.RungName{escalation.RungHead, escalation.RungOverdue, escalation.RungNudge, escalation.RungHead} {
			ids = append(ids, w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Rungs = []escalation.Rung{w.armed(rung, time.Duration(i+1)*time.Hour)}
			}).ID)
		}
		got := idsOf(w.pages(func(after int64, limit int) (escalation.PetitionPage, error) {
			return w.DueWithin(t.Context(), w.now(), w.now().Add(3*time.Hour), after, limit)
		}))
		if !slices.Equal(got, ids[:2]) {
			t.Errorf("due are %v, want %v", got, ids[:2])
		}
	})
}

func idsOf(list []escalation.Petition) []int64 {
	var ids []int64
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestADigestCalledAgainForItsPeriodAddsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.SaveContacts(t.Context(), escalation.Contact{Unit: "UBND", Role: escalation.Office, Name: "Hai", Phone: "+84570000004", Email: "vp@example.vn", Order: 2})
		w.must(err)
		w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Status, p.Summary = escalation.Overdue, "Đèn đường hỏng"
			p.Slips = []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Round: 1, Token: "slip-token", ForwardedAt: w.now()}}
		})
		desk := escalation.NewDesk(w, escalation.Setting{Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(),
			Numbering: escalation.Numbering{TestPrefixes: []string{"057"}}, Host: "1022.haiphong.gov.vn", Mail: true})
		period := w.now().Add(-time.Hour)
		for range 2 {
			if got, err := desk.OverdueDigest(t.Context(), w.now()); err != nil || got != (escalation.Digest{Petitions: 1, Notices: 4}) {
				t.Fatalf("overdue: %+v, %v", got, err)
			}
			if got, err := desk.ForwardedDigest(t.Context(), period, w.now()); err != nil || got != (escalation.Digest{Petitions: 1, Notices: 1}) {
				t.Fatalf("forwarded: %+v, %v", got, err)
			}
		}
		page, err := w.Messages(t.Context(), store.MessageFilter{})
		w.must(err)
		var templates []string
		for _, m := range page.Items {
			templates = append(templates, m.Template)
		}
		slices.Sort(templates)
		if !slices.Equal(templates, []string{"B1", "B1", "V2", "VQ", "VT"}) {
			t.Errorf("the outbox holds %v", templates)
		}
	})
}

func TestTheLastPeriodIsTheLatestOneDoneBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		done := func(kind, period string, fail error) {
			_, err := w.Once(t.Context(), kind, period, func(context.Context) error { return fail })
			if err != fail {
				t.Fatal(err)
			}
		}
		done("digest", "2026-11-20T16:30:00+07:00", nil)
		done("digest", "2026-11-23T11:00:00+07:00", errLater)
		done("other", "2026-11-23T11:00:00+07:00", nil)
		for before, want := range map[string]string{
			"2026-11-23T16:30:00+07:00": "2026-11-20T16:30:00+07:00",
			"2026-11-20T16:30:00+07:00": "",
		} {
			if got, err := w.LastPeriod(t.Context(), "digest", before); err != nil || got != want {
				t.Errorf("before %s: %q (%v), want %q", before, got, err, want)
			}
		}
	})
}

var errLater = errors.New("later")

func TestAnEditOfOneCalendarAsksForWhatThatCalendarGave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []int64
		for _, given := range [][2]string{{"hai-phong", "hai-phong"}, {"thứ 7/tep-1", "hai-phong"}, {"thứ 7b/tep-1", "thứ 7b/tep-1"}} {
			ids = append(ids, w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Slips = []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Round: 1, ForwardedAt: w.now()}}
				head, overdue := w.armed(escalation.RungHead, 8*time.Hour), w.armed(escalation.RungOverdue, 48*time.Hour)
				head.Slip, head.Calendar, overdue.Slip, overdue.Calendar = 1, given[0], 1, given[1]
				p.Rungs = []escalation.Rung{head, overdue}
			}).ID)
		}
		affected := func(name string, after time.Duration) []int64 {
			got, err := w.Affected(t.Context(), 0, name, w.now().Add(after), 10)
			w.must(err)
			return got
		}
		if got := affected("thứ 7", time.Hour); !slices.Equal(got, ids[1:2]) {
			t.Errorf("an edit of thứ 7 asks for %v of %v", got, ids)
		}
		if got := affected("thứ 7", 20*time.Hour); len(got) != 0 { // its rung is earlier
			t.Errorf("%v", got)
		}
		if got := affected("", 20*time.Hour); !slices.Equal(got, ids) {
			t.Errorf("an edit of the city's asks for %v of %v", got, ids)
		}
		of := func(name string) []int64 {
			got, err := w.AffectedOf(t.Context(), 0, "SXD", name, 10)
			w.must(err)
			return got
		}
		if got := of("thứ 7b"); !slices.Equal(got, ids[:2]) {
			t.Errorf("by another than thứ 7b are %v of %v", got, ids)
		}
		if got := of(""); !slices.Equal(got, ids[1:]) {
			t.Errorf("by another than the city's are %v of %v", got, ids)
		}
		given, err := w.GivenBy(t.Context(), ids)
		w.must(err)
		if given[ids[0]] != "hai-phong" || given[ids[1]] != "thứ 7/tep-1" {
			t.Errorf("due next by %v", given)
		}
	})
}

// counting is a ledger that counts what is saved through it.
type counting struct {
	escalation.Ledger
	saved map[int64]int
}

func (c counting) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	return c.Ledger.Tx(ctx, func(tx escalation.Tx) error { return fn(countingTx{tx, c.saved}) })
}

type countingTx struct {
	escalation.Tx
	saved map[int64]int
}

func (tx countingTx) Save(ctx context.Context, changes []escalation.Change) error {
	for _, c := range changes {
		tx.saved[c.Petition.ID]++
	}
	return tx.Tx.Save(ctx, changes)
}

// field failure 16
func TestAnEditLooksAtAndWritesNoPetitionButThoseItMoves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		since := monday.AddDate(0, 0, 2).Add(-8 * time.Hour) // Wednesday 18 November 2026, 00:00
		kinds := []struct {
			status escalation.Status
			rung   escalation.RungName
			ladder escalation.LadderName
			state  escalation.RungState
			due    time.Time
			moves  bool
		}{
			{escalation.Forwarded, escalation.RungHead, escalation.ForwardLadder, escalation.Armed, monday.AddDate(0, 0, 3), true},     // Thursday
			{escalation.Forwarded, escalation.RungHead, escalation.ForwardLadder, escalation.Armed, since.Add(-7 * time.Hour), false},  // Tuesday, before the edit counts
			{escalation.Closed, escalation.RungHead, escalation.ForwardLadder, escalation.Disarmed, monday.AddDate(0, 0, 10), false},   // over
			{escalation.Closed, escalation.RungWrittenFile, escalation.WrittenLadder, escalation.Armed, monday.AddDate(0, 0, 3), true}, // over, and the file is owed (Đ9.6)
			{escalation.Escalated, escalation.RungHead, escalation.ForwardLadder, escalation.Fired, monday.AddDate(0, 0, 10), false},   // history
			{escalation.Escalated, escalation.RungOverdue, escalation.ForwardLadder, escalation.Armed, since.AddDate(0, 0, -1), false}, // before the edit
		}
		var all, moving []int64
		w.tx(func(tx escalation.Tx) error {
			var changes []escalation.Change
			for i := range 600 {
				kind := kinds[i%len(kinds)]
				id, code, err := tx.NextCode(t.Context(), tx.Now())
				if err != nil {
					return err
				}
				p := escalation.Petition{ID: id, Code: code, Token: fmt.Sprint("token-", id), Version: 1, Status: kind.status, Channel: escalation.ByPhone,
					Kind: 1, Content: "Đèn đường hỏng", ReceivedAt: tx.Now(), RecordedAt: tx.Now(),
					Slips: []escalation.Slip{{No: 1, Unit: "SXD", Lead: true, Round: 1, ForwardedAt: tx.Now()}},
					Rungs: []escalation.Rung{{Round: 1, Name: kind.rung, Ladder: kind.ladder, Slip: 1, Due: kind.due, State: kind.state, Calendar: "hp"}}}
				all = append(all, id)
				if kind.moves {
					moving = append(moving, id)
				}
				changes = append(changes, escalation.Change{Petition: p})
			}
			return tx.Save(t.Context(), changes)
		})
		var asked []int64
		for after := int64(0); ; {
			page, err := w.Affected(t.Context(), after, "", since, 100)
			w.must(err)
			if len(page) == 0 {
				break
			}
			asked, after = append(asked, page...), page[len(page)-1]
		}
		if !slices.Equal(asked, moving) {
			t.Errorf("the edit asks for %d petitions of 600, %d can move", len(asked), len(moving))
		}
		spec := worktime.HaiPhongSpec()
		spec.Off = append(spec.Off, worktime.DayOff{Date: "2026-11-18", Name: "nghỉ bão", Document: "QĐ thử"})
		edited, err := spec.Compile(2024, 2027)
		w.must(err)
		was, setting := w.setting().Calendar, w.setting()
		setting.Calendar, setting.CalendarVersion = edited, "hp-2"
		saved := map[int64]int{}
		desk := escalation.NewDesk(counting{w.Store, saved}, setting)
		for range 2 { // the second time there is nothing to do
			for page := range slices.Chunk(all, 200) {
				_, err := desk.Recompute(t.Context(), page, escalation.CalendarEdit{Was: was, Since: since}, operator, false)
				w.must(err)
			}
		}
		for _, id := range all {
			if want := map[bool]int{true: 1}[slices.Contains(moving, id)]; saved[id] != want {
				t.Fatalf("petition %d was written %d times, want %d", id, saved[id], want)
			}
		}
	})
}
