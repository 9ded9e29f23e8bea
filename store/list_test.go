package store_test

import (
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

func TestPetitionsThatWereNeverOverdueFillTheirPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var punctual []string
		for i := range 6 {
			p := w.add(func(p *escalation.Petition, _ *escalation.Effects) { p.WasOverdue = i%2 == 0 })
			if i%2 == 1 {
				punctual = append(punctual, p.Code)
			}
		}
		slices.Reverse(punctual)
		never, once := false, true
		page, err := w.ListPetitions(t.Context(), store.Filter{Overdue: &never, Limit: 3})
		w.must(err)
		if got := codesOf(page); !slices.Equal(got, punctual) || page.NextCursor != "" {
			t.Errorf("never overdue: %v and %q, want %v on one page", got, page.NextCursor, punctual)
		}
		page, err = w.ListPetitions(t.Context(), store.Filter{Overdue: &once})
		w.must(err)
		if got := codesOf(page); len(got) != 3 || slices.Contains(got, punctual[0]) {
			t.Errorf("once overdue: %v", got)
		}
	})
}

func TestAGuardedSearchFindsADenunciationByItsCodeAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, fx *escalation.Effects) {
			full(w)(p, fx)
			p.Denunciation, p.Content, p.Field, p.Area = true, "Bán hàng cấm ở bến xe", "tố giác", "P Gia Viên"
			p.Citizen.Phone = "+84570000102"
		})
		for q, found := range map[string]bool{"hàng cấm": false, "to giac": false, "gia vien": false, "0570 000 102": false,
			p.Code: true, p.Code[2:]: true} {
			for _, guarded := range []bool{true, false} {
				page, err := w.ListPetitions(t.Context(), store.Filter{Q: q, Guarded: guarded})
				w.must(err)
				if got := len(page.Items) == 1; got != (found || !guarded) {
					t.Errorf("%q, guarded %t: found %t", q, guarded, got)
				}
			}
		}
		page, err := w.ListPetitions(t.Context(), store.Filter{Guarded: true})
		w.must(err)
		if len(page.Items) != 1 {
			t.Error("without a search it is in the list, without its words")
		}
	})
}

// field failure: who a confidential petition was from was felt for by the words of its place.
func TestFromOutsideTheHotlineAConfidentialPetitionIsFoundByItsCodeAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, fx *escalation.Effects) {
			full(w)(p, fx)
			p.Confidential, p.Content, p.Area = true, "Bích Ngọc, 0912345678: quán bia gây ồn, 0 giờ", "Số 15 ngõ 72 Lạch Tray"
			p.Citizen.Phone = "+84570000103"
		})
		open := w.add(func(p *escalation.Petition, fx *escalation.Effects) {
			full(w)(p, fx)
			p.Confidential, p.Content = false, "Quán bia gây ồn"
		})
		tail := p.Code[strings.Index(p.Code, "-")+1:]
		for q, found := range map[string]bool{"bich ngoc": false, "so 15 ngo 72": false, "091234": false, "quan bia": false, "0": true, "0 00": false,
			"15": false, "gio": false, p.Code: true, p.Code[2:]: true, tail: true, p.Code + " quan": false} {
			for _, outside := range []bool{true, false} {
				page, err := w.ListPetitions(t.Context(), store.Filter{Q: q, Outside: outside})
				w.must(err)
				if got := slices.Contains(codesOf(page), p.Code); outside && got != found || !outside && !got {
					t.Errorf("%q, outside %t: found %t", q, outside, got)
				}
				counts, err := w.BoardUnits(t.Context(), store.BoardFilter{Filter: store.Filter{Q: q, Outside: outside}})
				w.must(err)
				if counts["SXD"] != len(page.Items) {
					t.Errorf("%q, outside %t: counted %v, listed %d", q, outside, counts, len(page.Items))
				}
			}
		}
		page, err := w.ListPetitions(t.Context(), store.Filter{Q: "quan bia", Outside: true})
		w.must(err)
		if got := codesOf(page); !slices.Equal(got, []string{open.Code}) {
			t.Errorf("what is not confidential is found by its words: %v", got)
		}
	})
}

func codesOf(page store.Page[store.Summary]) []string {
	var codes []string
	for _, p := range page.Items {
		codes = append(codes, p.Code)
	}
	return codes
}
