package store_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// A process that dies between the commit and the answer leaves a key that says
// what was done, however long ago; one that changed nothing leaves it free.
func TestAKeyTellsWhatItsRequestChangedInTheSameCommit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		if _, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash"); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		p := w.accept(store.UnderKey(t.Context(), "k"), desk)
		w.later(time.Hour)
		before, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash")
		if err != nil || fresh || before.Petition != p.Code || before.Status != 0 {
			t.Errorf("%+v, fresh %t, %v", before, fresh, err)
		}
		w.must(w.EndIdempotent(t.Context(), "k", 0, nil))
		if before, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash"); err != nil || fresh || before.Petition != p.Code {
			t.Errorf("given back: %+v, fresh %t, %v", before, fresh, err)
		}

		refused := errors.New("refused")
		if _, fresh, err := w.BeginIdempotent(t.Context(), "other", "hash"); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		err = w.Tx(store.UnderKey(context.Background(), "other"), func(tx escalation.Tx) error {
			list, err := tx.Petitions(t.Context(), p.ID)
			if err != nil {
				return err
			}
			return errors.Join(tx.Save(store.UnderKey(t.Context(), "other"), []escalation.Change{{Petition: list[0], Before: list[0].Version}}), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		w.must(w.EndIdempotent(t.Context(), "other", 0, nil))
		if _, fresh, err := w.BeginIdempotent(t.Context(), "other", "hash"); err != nil || !fresh {
			t.Errorf("a request that changed nothing keeps its key: fresh %t, %v", fresh, err)
		}
	})
}

// kinds are the acts that no petition is saved with, and what the key has to know of each.
func (w *world) kinds(t *testing.T) map[string]func(ctx context.Context) ([]int64, error) {
	by, desk := w.By(operator), w.desk()
	task := func(key string, petition int64) int64 {
		w.tx(func(tx escalation.Tx) error {
			return tx.Post(t.Context(), nil, []escalation.Task{{Key: key, Kind: escalation.TaskCall, PetitionID: petition, Text: "gọi", For: escalation.Operator, OpenedAt: w.now()}})
		})
		page, err := w.Tasks(t.Context(), store.TaskFilter{Petition: petition})
		w.must(err)
		return slices.MaxFunc(page.Items, func(a, b escalation.Task) int { return cmp.Compare(a.ID, b.ID) }).ID
	}
	open, free, of := task("open", 0), task("free", 0), task("of", w.accept(t.Context(), desk).ID)
	contact := escalation.Contact{Unit: "SXD", Role: escalation.Deputy, Name: "Chu Thị Thí", Phone: "+84570000177"}
	asked, err := by.SaveContacts(t.Context(), contact)
	w.must(err)
	complete := func(id int64) func(context.Context) ([]int64, error) {
		return func(ctx context.Context) ([]int64, error) {
			done, err := desk.CompleteTask(ctx, id, "đã nghe máy", operator)
			return []int64{done.ID}, err
		}
	}
	return map[string]func(context.Context) ([]int64, error){
		"messages": func(ctx context.Context) ([]int64, error) {
			n := escalation.Notice{Template: "T1", Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1, At: w.now()}
			one, two := n, n
			one.To, two.To = escalation.Recipient{Phone: "+84570000171"}, escalation.Recipient{Phone: "+84570000172"}
			return by.InsertMessages(ctx, []escalation.Notice{one, two})
		},
		"contact": func(ctx context.Context) ([]int64, error) {
			next := contact
			next.Name, next.Phone = "Đỗ Thị Dụ", "+84570000178"
			id, err := desk.AddContact(ctx, next, true, operator)
			return []int64{id}, err
		},
		"number asked": func(ctx context.Context) ([]int64, error) { return nil, desk.AskNumber(ctx, asked[0]) },
		"absence": func(ctx context.Context) ([]int64, error) {
			away := contact
			away.ID, away.Absences = asked[0], []escalation.Absence{{From: w.now()}}
			return by.SaveContacts(ctx, away)
		},
		"unit": func(ctx context.Context) ([]int64, error) {
			return nil, by.SaveUnits(ctx, escalation.Unit{Code: "MOI", Name: "Đơn vị mới", SMSName: "DV moi", Kind: escalation.Department})
		},
		"call to be made again": func(ctx context.Context) ([]int64, error) {
			tried, err := desk.TryTask(ctx, open, "không nghe máy", operator)
			return []int64{tried.ID}, err
		},
		"request about personal data": func(ctx context.Context) ([]int64, error) {
			admin := operator
			admin.Role = escalation.Administrator
			asked, err := desk.RecordPersonal(ctx, escalation.PersonalAccess, "0570000179", "", time.Time{}, admin)
			return []int64{asked.ID}, err
		},
		"key": func(ctx context.Context) ([]int64, error) {
			_, err := by.CreateAPIKey(ctx, "cổng dữ liệu", escalation.Operator, "")
			return nil, err
		},
		"another draft": func(ctx context.Context) ([]int64, error) {
			return nil, by.RemakeReportDraft(ctx, store.ReportDraft{Period: "2026-10", Sums: "{}", Cover: "{}", Sheet: []byte("PK")}, escalation.DraftTask("2026-10", "tháng 10", w.now(), w.now()))
		},
		"task":            complete(free),
		"petition's task": complete(of),
		"webhook": func(ctx context.Context) ([]int64, error) {
			made, err := by.AddWebhook(ctx, store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventMessage}})
			return []int64{made.ID}, err
		},
		"webhook's replay": func(ctx context.Context) ([]int64, error) {
			hooks, err := w.Webhooks(ctx)
			if err != nil {
				return nil, err
			}
			if len(hooks) == 0 {
				if _, err := by.AddWebhook(context.WithoutCancel(t.Context()), store.Webhook{URL: "https://example.vn/", Secret: "s", Events: []string{store.EventMessage}}); err != nil {
					return nil, err
				}
				hooks, err = w.Webhooks(ctx)
			}
			if err == nil {
				_, err = by.ReplayWebhook(ctx, hooks[0].ID, w.now().Add(-time.Hour))
			}
			return nil, err
		},
	}
}

// A process that dies between the commit and the answer leaves a key that says that the
// act is done, and what it made, whatever the act.
func TestAKeyTellsOfEveryKindOfActInTheSameCommit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for kind, act := range w.kinds(t) {
			if _, fresh, err := w.BeginIdempotent(t.Context(), kind, "hash"); err != nil || !fresh {
				t.Fatal(kind, fresh, err)
			}
			made, err := act(store.UnderKey(t.Context(), kind))
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			w.later(time.Hour)
			w.must(w.EndIdempotent(t.Context(), kind, 0, nil))
			before, fresh, err := w.BeginIdempotent(t.Context(), kind, "hash")
			if err != nil || fresh || !before.Changed || before.Status != 0 || !slices.Equal(before.Made, made) {
				t.Errorf("%s: %+v, fresh %t, %v; made %v", kind, before, fresh, err, made)
			}
			if named := before.Petition != ""; named != (kind == "petition's task") {
				t.Errorf("%s names the petition %q", kind, before.Petition)
			}
		}
	})
}
