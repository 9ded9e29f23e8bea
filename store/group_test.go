package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

func TestAGroupOfPeopleIsMadeRenamedFilledAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.lan().AddGroup(t.Context(), "Trực bão")
		w.must(err)
		w.must(w.lan().AddMembers(t.Context(), id, []int64{w.head, w.focal}))
		w.must(w.lan().AddMembers(t.Context(), id, []int64{w.focal, w.office}))
		w.must(w.lan().RemoveMembers(t.Context(), id, []int64{w.head, 999}))
		w.must(w.minh().RenameGroup(t.Context(), id, "Trực bão, lũ"))
		g, members, err := w.GroupByName(t.Context(), "Trực bão, lũ")
		w.must(err)
		if g.ID != id || g.CreatedBy != "Lan" || g.Members != 2 || !slices.Equal(members, []int64{w.focal, w.office}) {
			t.Errorf("the group is %+v with %v", g, members)
		}
		if list, err := w.Groups(t.Context()); len(list) != 1 || list[0].Members != 2 || err != nil {
			t.Errorf("groups: %+v, %v", list, err)
		}
		w.must(w.lan().DeleteGroup(t.Context(), id))
		if _, _, err := w.Group(t.Context(), id); problem(err) != escalation.NotFound {
			t.Errorf("a group that was forgotten: %v", err)
		}
		page, err := w.ChangeLog(t.Context(), store.LogGroup, fmt.Sprint(id), "", 10)
		if err != nil || len(page.Items) != 6 {
			t.Errorf("the log has %+v, %v", page.Items, err)
		}
	})
}

func TestABadGroupIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.lan().AddGroup(t.Context(), "A")
		w.must(err)
		_, err = w.lan().AddGroup(t.Context(), "B")
		w.must(err)
		for _, name := range []string{"", " ", "A", "all", "phuong", strings.Repeat("ă", 81), "x\x00"} {
			if _, err := w.lan().AddGroup(t.Context(), name); problem(err) != escalation.Invalid {
				t.Errorf("a group %.10q: %v", name, err)
			}
		}
		if err := w.lan().RenameGroup(t.Context(), id, "B"); problem(err) != escalation.Invalid {
			t.Errorf("a name that is taken: %v", err)
		}
		for name, err := range map[string]error{
			"rename": w.lan().RenameGroup(t.Context(), 999, "C"), "delete": w.lan().DeleteGroup(t.Context(), 999),
			"add": w.lan().AddMembers(t.Context(), 999, []int64{w.focal}), "a stranger": w.lan().AddMembers(t.Context(), id, []int64{999}),
		} {
			if problem(err) != escalation.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAGroupHasABound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := make([]escalation.Contact, 1001)
		for i := range people {
			people[i] = escalation.Contact{Role: escalation.Operator, Name: fmt.Sprint("Người ", i)}
		}
		ids, err := w.SaveContacts(t.Context(), people...)
		w.must(err)
		id, err := w.lan().AddGroup(t.Context(), "A")
		w.must(err)
		w.must(w.lan().AddMembers(t.Context(), id, ids[:1000]))
		if err := w.lan().AddMembers(t.Context(), id, ids[1000:]); problem(err) != escalation.Invalid {
			t.Errorf("one too many: %v", err)
		}
		if g, _, err := w.Group(t.Context(), id); g.Members != 1000 || err != nil {
			t.Errorf("%d members, %v", g.Members, err)
		}
	})
}
