package store_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// Lan writes, Minh decides; the numbers are their accounts.
const (
	lanAccount  = 7
	minhAccount = 8
)

func (w *world) lan() store.Authored {
	return w.By(escalation.Actor{Name: "Lan", Role: escalation.ShiftLead})
}
func (w *world) minh() store.Authored {
	return w.By(escalation.Actor{Name: "Minh", Role: escalation.ShiftLead})
}

const draftedText = "Trưởng ca xem {ma}: {noi_dung} {lp}"

func TestADraftIsInForceOnlyOnceASecondPersonApproved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.lan().DraftTemplate(t.Context(), "T1", draftedText, time.Time{}, lanAccount)
		w.must(err)
		if active, err := w.ActiveTemplates(t.Context()); len(active) != 0 || err != nil {
			t.Errorf("a draft is in force: %+v, %v", active, err)
		}
		if _, err := w.lan().DraftTemplate(t.Context(), "T1", draftedText, time.Time{}, lanAccount); problem(err) != escalation.WrongTime {
			t.Errorf("a second open draft: %v", err)
		}
		if _, err := w.lan().DraftTemplate(t.Context(), "T1", "{khong_co}", time.Time{}, lanAccount); problem(err) != escalation.Invalid {
			t.Errorf("a draft that cannot be sent: %v", err)
		}
		for name, account := range map[string]int64{"its author": lanAccount, "nobody": 0} {
			if _, err := w.lan().ApproveDraft(t.Context(), id, account); problem(err) != escalation.Forbidden {
				t.Errorf("approved by %s: %v", name, err)
			}
		}
		w.later(time.Hour)
		if version, err := w.minh().ApproveDraft(t.Context(), id, minhAccount); version != 2 || err != nil {
			t.Fatalf("approved as version %d, %v", version, err)
		}
		active, err := w.ActiveTemplates(t.Context())
		if err != nil || len(active) != 1 || active[0].Text != draftedText {
			t.Errorf("in force: %+v, %v", active, err)
		}
		d, err := w.Draft(t.Context(), id)
		w.must(err)
		if d.State != store.DraftApproved || d.DecidedBy != "Minh" || !d.DecidedAt.Equal(w.now()) || d.Author != "Lan" || d.Version != 2 {
			t.Errorf("the draft's story: %+v", d)
		}
		if _, err := w.minh().ApproveDraft(t.Context(), id, minhAccount); problem(err) != escalation.Stale {
			t.Errorf("approved twice: %v", err)
		}
		if _, err := w.minh().ApproveDraft(t.Context(), 999, minhAccount); problem(err) != escalation.NotFound {
			t.Errorf("a draft that never was: %v", err)
		}
		page, err := w.ChangeLog(t.Context(), store.LogTemplate, "T1", "", 10)
		if err != nil || len(page.Items) != 2 {
			t.Errorf("the log has %+v, %v", page.Items, err)
		}
	})
}

func TestADraftWaitsForItsDayEvenWhenApproved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.lan().DraftTemplate(t.Context(), "T1", draftedText, w.now().Add(2*time.Hour), lanAccount)
		w.must(err)
		_, err = w.minh().ApproveDraft(t.Context(), id, minhAccount)
		w.must(err)
		for _, want := range []int{0, 0, 1} {
			if active, err := w.ActiveTemplates(t.Context()); len(active) != want || err != nil {
				t.Errorf("in force: %+v, %v, want %d", active, err, want)
			}
			w.later(time.Hour)
		}
	})
}

func TestADraftIsRefusedByOthersAndWithdrawnByItsAuthorWithAReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		draft := func() int64 {
			id, err := w.lan().DraftTemplate(t.Context(), "T1", draftedText, time.Time{}, lanAccount)
			w.must(err)
			return id
		}
		first := draft()
		for _, reason := range []string{"", strings.Repeat("x", 2000)} {
			if err := w.minh().RefuseDraft(t.Context(), first, minhAccount, reason); problem(err) != escalation.Invalid {
				t.Errorf("refused for %.10q: %v", reason, err)
			}
		}
		if err := w.lan().RefuseDraft(t.Context(), first, lanAccount, "sai"); problem(err) != escalation.Forbidden {
			t.Errorf("refused by its author: %v", err)
		}
		if err := w.minh().WithdrawDraft(t.Context(), first, minhAccount, "sai"); problem(err) != escalation.Forbidden {
			t.Errorf("withdrawn by somebody else: %v", err)
		}
		w.must(w.minh().RefuseDraft(t.Context(), first, minhAccount, "chưa rõ"))
		second := draft()
		w.must(w.lan().WithdrawDraft(t.Context(), second, lanAccount, "soạn lại"))
		list, err := w.Drafts(t.Context(), "T1", 10)
		w.must(err)
		if len(list) != 2 || list[0].State != store.DraftWithdrawn || list[1].State != store.DraftRefused || list[1].Reason != "chưa rõ" {
			t.Errorf("the drafts' story: %+v", list)
		}
		if open, err := w.OpenDrafts(t.Context()); len(open) != 0 || err != nil {
			t.Errorf("open: %+v, %v", open, err)
		}
		if active, err := w.ActiveTemplates(t.Context()); len(active) != 0 || err != nil {
			t.Errorf("in force: %+v, %v", active, err)
		}
	})
}

func TestOfTwoWhoDecideAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.lan().DraftTemplate(t.Context(), "T1", draftedText, time.Time{}, lanAccount)
		w.must(err)
		var wg sync.WaitGroup
		var decided atomic.Int64
		for n := range 6 {
			wg.Go(func() {
				var err error
				if n%2 == 0 {
					_, err = w.minh().ApproveDraft(t.Context(), id, minhAccount)
				} else {
					err = w.minh().RefuseDraft(t.Context(), id, minhAccount, "không")
				}
				switch {
				case err == nil:
					decided.Add(1)
				case problem(err) != escalation.Stale:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if decided.Load() != 1 {
			t.Errorf("%d decisions", decided.Load())
		}
		d, err := w.Draft(t.Context(), id)
		w.must(err)
		active, err := w.ActiveTemplates(t.Context())
		w.must(err)
		if (d.State == store.DraftApproved) != (len(active) == 1) {
			t.Errorf("the draft is %s, %d wordings in force", d.State, len(active))
		}
	})
}
