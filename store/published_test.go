package store_test

import (
	"slices"
	"testing"
	"time"

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

func TestWhatWasPublishedLastIsReadFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := func(minutes int) func(*escalation.Petition) {
			return func(p *escalation.Petition) {
				p.PublishedAt = time.Date(2026, 11, 23, 10, minutes, 0, 250_000_000, time.FixedZone("", 7*3600))
			}
		}
		first := w.answeredWith("Đã trả lời", at(30))
		again := w.answeredWith("Đã trả lời", at(10))
		same := w.answeredWith("Đã trả lời", at(30))
		read := func(cursor string, limit int) (codes []string, next string) {
			list, next, err := w.Published(t.Context(), "", cursor, limit)
			w.must(err)
			for _, p := range list {
				codes = append(codes, p.Code)
			}
			return codes, next
		}
		page, next := read("", 2)
		if want := []string{same.Code, first.Code}; !slices.Equal(page, want) || next == "" {
			t.Errorf("first are read %v, want %v", page, want)
		}
		// It is reopened and answered once more: by any release it comes first.
		w.change(again.ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Status, p.Published = escalation.Received, "" })
		w.change(again.ID, func(p *escalation.Petition, _ *escalation.Effects) {
			p.Status, p.Published = escalation.Published, "Đã trả lời lại"
			at(50)(p)
		})
		w.change(first.ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Status = escalation.Closed })
		if page, _ := read("", 50); !slices.Equal(page, []string{again.Code, same.Code, first.Code}) {
			t.Errorf("after it was answered again: %v", page)
		}
		if page, next := read(next, 2); len(page) > 0 || next != "" {
			t.Errorf("the second page has %v: it went to the first", page)
		}
		for _, cursor := range []string{"x", ".", "1.", ".1", "1-1", "?.1"} {
			if _, _, err := w.Published(t.Context(), "", cursor, 2); err == nil {
				t.Errorf("cursor %q is read", cursor)
			}
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
