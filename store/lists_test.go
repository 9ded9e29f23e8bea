package store_test

import (
	"slices"
	"testing"

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

