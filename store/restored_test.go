package store_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// A database that was restored holds slips as queued that went out hours ago: as queued
// they go again, as accepted at no instant all of them lack a receipt at once.
//
// field failure 43
func TestWhatWentOutBeforeARestoreIsNeitherSentAgainNorPassedOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Second)
		p := w.add(nil)
		ids := w.post(w.notice(p, "O1"), w.notice(p, "H1"), w.notice(p, "O3"))
		slip, leased, left := ids[0], ids[1], ids[2]
		bundled := []int64{w.reminder(), w.reminder()}
		w.later(2 * time.Second)
		_, err := w.raw().Exec(`UPDATE message SET state = 'sending', lease_owner = 'of before', lease_real = 1 WHERE id = ` + strconv.FormatInt(leased, 10))
		w.must(err)
		bundle := int64(0)
		for _, o := range w.claim(10) {
			if o.Template == "B1" {
				bundle = o.ID
			}
		}
		w.must(w.Release(t.Context(), "gw"))
		if bundle == 0 {
			t.Fatal("the reminders make no bundle")
		}
		lan := escalation.Actor{Name: "Lan", Role: escalation.Administrator, Channel: escalation.BySystem}
		taken, err := w.By(lan).TakeAsSent(t.Context(), []int64{slip, leased, bundle, 999999})
		if err != nil || !slices.Equal(taken, []int64{slip, leased, bundle}) {
			t.Fatalf("taken as sent %v, %v", taken, err)
		}
		if again, err := w.By(lan).TakeAsSent(t.Context(), taken); err != nil || len(again) != 0 {
			t.Errorf("and once more %v, %v", again, err)
		}
		for _, id := range append(bundled, taken...) {
			if m := w.message(id); m.State != escalation.Accepted || m.SentAt.IsZero() {
				t.Errorf("%s is %s, sent at %s", m.Template, m.State, m.SentAt)
			}
		}
		if got := w.claim(10); len(got) != 1 || got[0].ID != left {
			t.Errorf("sent are %v, want what was left alone", got)
		}
		w.settle(left, 1, escalation.Accepted, "a")
		w.settle(left, 2, escalation.Accepted, "b")
		w.later(24 * time.Hour)
		if got := w.unhandled(); slices.ContainsFunc(got, func(id int64) bool { return id != left }) {
			t.Errorf("%v are passed on", got)
		}
		log, err := w.ChangeLog(t.Context(), store.LogMessage, strconv.FormatInt(slip, 10), "", 0)
		if w.must(err); len(log.Items) != 1 || log.Items[0].Actor != "Lan" || log.Items[0].Action != "settle" {
			t.Errorf("the log says %+v", log.Items)
		}
	})
}

func TestWhatMayHaveGoneOutBeforeAnInstantIsListed(t *testing.T) {
	never := func(escalation.Notice) (at time.Time) { return at }
	each(t, func(t *testing.T, w *world) {
		later := w.notice(escalation.Petition{}, "O1")
		later.NotBefore, later.Seq = w.now().Add(2*time.Hour), 2
		ids := w.post(w.notice(escalation.Petition{}, "O1"), w.notice(escalation.Petition{}, "O2"), later)
		gone := w.post(w.notice(escalation.Petition{}, "O3"))[0]
		_, err := w.raw().Exec(`UPDATE message SET state = 'delivered' WHERE id = ` + strconv.FormatInt(gone, 10))
		w.must(err)
		for _, c := range []struct {
			before time.Time
			after  int64
			want   []int64
		}{{w.now(), 0, nil}, {w.now().Add(time.Hour), 0, ids[:2]}, {w.now().Add(time.Hour), ids[0], ids[1:2]}, {w.now().Add(3 * time.Hour), 0, ids}} {
			if got, err := w.MayHaveGone(t.Context(), c.before, never, c.after, 10); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("before %s after %d: %v, %v; want %v", c.before, c.after, got, err, c.want)
			}
		}
	})
}

// After a restore the ladder fires anew what it had fired, and the lists of a morning are
// made once more: now, and due long since.
func TestWhatWasMadeAnewAfterARestoreCountsByWhenItWasDue(t *testing.T) {
	quiet := escalation.DefaultPolicy().Held
	each(t, func(t *testing.T, w *world) {
		stopped := monday.Add(-time.Hour)
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{{Round: 1, Name: "head", Due: stopped.Add(-time.Minute), State: escalation.Fired}, {Round: 1, Name: "overdue", Due: stopped.Add(time.Minute), State: escalation.Fired}}
		})
		rung := func(name escalation.RungName) escalation.Notice {
			n := w.notice(p, "H1")
			n.Round, n.Rung = 1, name
			return n
		}
		night := stopped.AddDate(0, 0, -1).Format("2006-01-02") + "T23:00"
		gone := w.post(rung("head"), rung(escalation.RungName("morning_list@"+stopped.Add(-10*time.Minute).Format("2006-01-02T15:04")+"/SXD")))
		w.post(rung("overdue"), rung(escalation.RungName("digest_overdue@"+monday.Format("2006-01-02T15:04"))), rung("personal_due/7"))
		for _, c := range []struct {
			when   string
			before time.Time
			want   []int64
		}{{"the service stopped", stopped, gone[:1]}, {"before any of it was due", stopped.Add(-24 * time.Hour), nil}} {
			if got, err := w.MayHaveGone(t.Context(), c.before, quiet, 0, 1); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, %v; want %v", c.when, got, err, c.want)
			}
		}
		if got, err := w.MayHaveGone(t.Context(), stopped, quiet, gone[0], 1); err != nil || !slices.Equal(got, gone[1:]) {
			t.Errorf("the next page: %v, %v; want %v", got, err, gone[1:])
		}
		held := w.post(rung(escalation.RungName("a night's@" + night)))
		if got, err := w.MayHaveGone(t.Context(), stopped.Add(-6*time.Hour), quiet, held[0]-1, 10); err != nil || len(got) != 0 {
			t.Errorf("what waited for the morning, when the service had stopped by then: %v, %v", got, err)
		}
	})
}

// The slips of the lost stretch are on the handsets: what is given out after a restore must
// not be what they carry.
func TestAfterARestoreNoCodeOfTheLostStretchIsGivenOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		give := func(slip int, role escalation.Role, contact int64) (n int) {
			code := w.codeOf(w.post(w.coded(p.ID, slip, 0, role, contact))[0])
			n, err := strconv.Atoi(code[:len(code)-1]) // without its check digit
			w.must(err)
			return n
		}
		give(1, escalation.Focal, w.focal)
		w.must(w.By(escalation.Actor{Name: "Lan"}).HoldRestored(t.Context()))
		if paused, err := w.Paused(t.Context()); err != nil || !paused {
			t.Errorf("the sending is stopped: %t, %v", paused, err)
		}
		if next := w.add(nil); next.ID != p.ID+1001 || next.Code != p.Code[:len("HP260309-")]+"1002" {
			t.Errorf("after petition %d, %s comes %d, %s", p.ID, p.Code, next.ID, next.Code)
		}
		if n := give(2, escalation.Focal, w.focal); n != 2001 {
			t.Errorf("a phone that had 1000 goes on with %d", n)
		}
		if n := give(1, escalation.Head, w.head); n != 2000 {
			t.Errorf("a phone without a code in the backup begins with %d", n)
		}
		w.later(24 * time.Hour)
		w.must(w.By(escalation.Actor{Name: "Lan"}).HoldRestored(t.Context()))
		if next := w.add(nil); !strings.HasSuffix(next.Code, "-1001") {
			t.Errorf("the backup knows no petition of the day; its first is now %s", next.Code)
		}
		for slip, c := range []struct{ had, want int }{{2001, 3002}, {8999, 1001}, {9000, 1002}, {9999, 2000}, {10500, 11501}, {99500, 1501}} {
			w.counter(focalPhone, c.had)
			w.must(w.By(escalation.Actor{Name: "Lan"}).HoldRestored(t.Context()))
			if n := give(slip+3, escalation.Focal, w.focal); n != c.want {
				t.Errorf("after %d comes %d, want %d", c.had, n, c.want)
			}
		}
	})
}
