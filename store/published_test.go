package store_test

import (
	"slices"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

// answeredWith is a petition with a published answer.
func (w *world) answeredWith(answer string, change func(*escalation.Petition)) escalation.Petition {
	return w.add(func(p *escalation.Petition, _ *escalation.Effects) {
		p.Status, p.PublishConsent, p.Published, p.Summary = escalation.Published, true, answer, p.Content
		if change != nil {
			change(p)
		}
	})
}

func TestPublicAnswersArePagedAndFoundInSQL(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []string
		for i := range 7 {
			want = append([]string{w.answeredWith("Đã thay bóng đèn", nil).Code}, want...)
			for range 3 { // most closed petitions are nobody else's business
				w.answeredWith("Đã trả lời", func(p *escalation.Petition) { p.PublishConsent = false })
			}
			if i == 3 {
				w.answeredWith("Đã trả lời", func(p *escalation.Petition) { p.Confidential = true })
				w.answeredWith("Đã trả lời", func(p *escalation.Petition) { p.Denunciation = true })
				w.answeredWith("Đang xem lại", func(p *escalation.Petition) { p.Status = escalation.Disputed })
			}
		}
		var got []string
		for cursor, pages := "", 0; ; pages++ {
			list, next, err := w.Published(t.Context(), "bong den", cursor, 3)
			w.must(err)
			for _, p := range list {
				got = append(got, p.Code)
			}
			if pages == 0 {
				w.answeredWith("Đã thay bóng đèn", nil) // comes in between
			}
			if next != "" && len(list) != 3 {
				t.Errorf("page %d has %d answers and a next one", pages, len(list))
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the pages show %v, want %v", got, want)
		}
		list, _, err := w.Published(t.Context(), "", "", 50)
		w.must(err)
		w.change(list[0].ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Status, p.Published = escalation.Received, "" })
		if again, _, err := w.Published(t.Context(), "", "", 50); err != nil || len(again) != len(list)-1 || again[0].ID == list[0].ID {
			t.Errorf("a reopened one is still listed (%v)", err)
		}
		if found, _, err := w.Published(t.Context(), "xem lai", "", 50); err != nil || len(found) != 0 {
			t.Errorf("a disputed one is found: %v (%v)", found, err)
		}
	})
}

func TestTheBoardOfDirectivesIsPaged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Rungs = []escalation.Rung{w.armed(escalation.RungDirective, 1)}
			})
		}
		w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, 1)}
		})
		seen := map[string]bool{}
		for cursor := ""; ; {
			page, err := w.Board(t.Context(), store.BoardFilter{Directed: true, Filter: store.Filter{Cursor: cursor, Limit: 2}})
			w.must(err)
			for _, p := range page.Items {
				seen[p.Code] = true
			}
			if cursor = page.NextCursor; cursor == "" {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d of 5 directives are shown", len(seen))
		}
	})
}
