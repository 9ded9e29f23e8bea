package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
)

func TestMigrationsRunFromEmptyAndAgain(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := mustOpen(t, dsn, store.Options{Environment: "production"})
		first, err := s.Installation(t.Context())
		if err != nil || len(first.ID) != 36 || first.Environment != "production" || first.CreatedAt.IsZero() {
			t.Fatalf("installation: %+v, %v", first, err)
		}
		if err := s.SchemaCurrent(t.Context()); err != nil {
			t.Error(err)
		}
		again := mustOpen(t, dsn, store.Options{Environment: "simulation"})
		second, err := again.Installation(t.Context())
		if err != nil || second != first {
			t.Errorf("opened again it is %+v, %v; want %+v", second, err, first)
		}
	})
}

func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				s, err := store.Open(context.Background(), dsn, store.Options{})
				if err == nil {
					defer s.Close()
					err = s.Migrate(context.Background())
				}
				if err == nil {
					err = s.SchemaCurrent(context.Background())
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestAnUnknownDatabaseAddressIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, dsn := range []string{"", "sqlite:", "sqlite::memory:", "mysql://root:secret@x/y", "postgres://u:secret@127.0.0.1:1/x?sslmode=wrong"} {
		_, err := store.Open(t.Context(), dsn, store.Options{})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

// field failure 13
func TestPeriodicWorkIsDoneOnceByManyAndAgainAfterAFailure(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		failure := errors.New("mail server away")
		if done, err := w.Once(t.Context(), "digest", "2026-11-16", func(context.Context) error { return failure }); done || !errors.Is(err, failure) {
			t.Fatalf("failing work: %t, %v", done, err)
		}
		var ran, told atomic.Int32
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				done, err := w.Once(context.Background(), "digest", "2026-11-16", func(ctx context.Context) error {
					ran.Add(1)
					return w.Tx(ctx, func(tx escalation.Tx) error { return nil }) // work may use the store
				})
				if err != nil {
					t.Error(err)
				}
				if done {
					told.Add(1)
				}
			})
		}
		wg.Wait()
		if ran.Load() != 1 || told.Load() != 1 {
			t.Errorf("ran %d times, %d were told so", ran.Load(), told.Load())
		}
		w.later(time.Hour)
		if done, err := w.Once(t.Context(), "digest", "2026-11-16", func(context.Context) error { return errors.New("it is done") }); done || err != nil {
			t.Errorf("who comes when it is done: %t, %v", done, err)
		}
		if done, err := w.PeriodDone(t.Context(), "digest", "2026-11-16"); !done || err != nil {
			t.Errorf("done: %t, %v", done, err)
		}
		if done, err := w.Once(t.Context(), "digest", "2026-11-17", func(context.Context) error { return nil }); !done || err != nil {
			t.Errorf("the next day: %t, %v", done, err)
		}
	})
}

func TestWorkOfADeadProcessIsTakenOverWhenItsLeaseIsOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.Once(t.Context(), "report", "2026-W47", func(ctx context.Context) error {
			if done, err := w.Once(ctx, "report", "2026-W47", func(context.Context) error { return nil }); done || err != nil {
				t.Errorf("while it is under way: %t, %v", done, err)
			}
			w.later(time.Minute) // the lease passes unrenewed
			if done, err := w.Once(ctx, "report", "2026-W47", func(context.Context) error { return nil }); !done || err != nil {
				t.Errorf("after the lease: %t, %v", done, err)
			}
			return nil
		})
		if !errors.Is(err, store.ErrPeriodLost) {
			t.Errorf("the one that was too late: %v, want ErrPeriodLost", err)
		}
	})
}

func TestAnEditOfTheDirectoryIsSeenByOtherProcesses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := mustOpen(t, w.dsn, store.Options{Domain: w.now, Machine: w.machineNow})
		read := func() escalation.Contact {
			dir, err := other.Directory(t.Context())
			w.must(err)
			c, _ := dir.Contact(w.focal)
			return c
		}
		if read().Phone != focalPhone {
			t.Fatalf("read %+v", read())
		}
		c := read()
		c.Phone = "+84570000077"
		_, err := w.SaveContacts(t.Context(), c)
		w.must(err)
		if read().Phone != "+84570000077" {
			t.Error("the other process still has the old number")
		}
		w.must(w.EndContact(t.Context(), w.focal, time.Time{}))
		if read().Holds(w.now()) {
			t.Error("a contact that was ended still holds the role")
		}
	})
}

func TestADirectoryThatContradictsItselfIsRefusedWhole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := escalation.Contact{Unit: "SXD", Role: escalation.Deputy, Name: "Người thay", Phone: "+84570000050"}
		for name, bad := range map[string]escalation.Contact{
			"unit":     {Unit: "X", Role: escalation.Focal, Name: "A"},
			"role":     {Unit: "SXD", Name: "A"},
			"name":     {Unit: "SXD", Role: escalation.Focal},
			"valid_to": {Unit: "SXD", Role: escalation.Focal, Name: "A", ValidFrom: monday, ValidTo: monday},
			"phone":    {Unit: "SXD", Role: escalation.Focal, Name: "A", Phone: focalPhone},
			"id":       {ID: 999, Unit: "SXD", Role: escalation.Duty, Name: "A"},
		} {
			_, err := w.SaveContacts(t.Context(), good, bad)
			var p *escalation.Problem
			if !errors.As(err, &p) || p.Field != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		list, err := w.Contacts(t.Context(), store.ContactFilter{Unit: "SXD", Role: escalation.Deputy})
		w.must(err)
		if len(list) != 0 {
			t.Errorf("the good half was saved: %+v", list)
		}
		again := escalation.Contact{ID: w.focal, Unit: "SXD", Role: escalation.Focal, Name: "Tên mới", Phone: focalPhone}
		if _, err := w.SaveContacts(t.Context(), again, good); err != nil {
			t.Errorf("saving a contact over itself: %v", err)
		}
		if err := w.SaveUnits(t.Context(), escalation.Unit{Code: "A", Name: "A"}, escalation.Unit{Code: "A", Name: "B"}); problem(err) != escalation.Invalid {
			t.Errorf("a unit twice: %v", err)
		}
		if err := w.DeleteUnit(t.Context(), "SXD"); problem(err) != escalation.WrongTime {
			t.Errorf("deleting a unit with contacts: %v", err)
		}
		w.must(w.SaveUnits(t.Context(), escalation.Unit{Code: "A", Name: "A", Fields: []string{"x"}, Areas: []string{"y"}}))
		units, err := w.Units(t.Context())
		w.must(err)
		if len(units) != 3 || units[0].Fields[0] != "x" {
			t.Errorf("units: %+v", units)
		}
		w.must(w.DeleteUnit(t.Context(), "A"))
	})
}

func TestAnAPIKeyIsKnownByItsDigestUntilItIsRevoked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key, err := w.CreateAPIKey(t.Context(), "cổng dữ liệu", escalation.Operator, "")
		w.must(err)
		found, err := w.APIKey(t.Context(), key)
		if err != nil || found.Role != escalation.Operator || len(key) < 43 {
			t.Fatalf("%+v, %v", found, err)
		}
		for _, wrong := range []string{"", "short", key[:len(key)-1] + "!", key + "x", key[:8] + strings.Repeat("A", 35)} {
			if _, err := w.APIKey(t.Context(), wrong); !errors.Is(err, store.ErrUnknownKey) {
				t.Errorf("a wrong key of %d characters: %v", len(wrong), err)
			}
		}
		w.must(w.RevokeAPIKey(t.Context(), found.ID))
		if _, err := w.APIKey(t.Context(), key); !errors.Is(err, store.ErrUnknownKey) {
			t.Errorf("a revoked key: %v", err)
		}
		if _, err := w.CreateAPIKey(t.Context(), "", escalation.Operator, ""); problem(err) != escalation.Invalid {
			t.Errorf("a key without a name: %v", err)
		}
	})
}

func TestAnAccountsNameIsItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.AddAccount(t.Context(), store.Account{Name: "lan", FullName: "Lan", Role: escalation.Operator, Hash: "h", MustChange: true})
		w.must(err)
		if _, err := w.AddAccount(t.Context(), store.Account{Name: "lan", Role: escalation.Officer, Hash: "h2"}); problem(err) != escalation.Invalid {
			t.Errorf("the same name: %v", err)
		}
		a, err := w.AccountByName(t.Context(), "lan")
		w.must(err)
		if a.ID != id || !a.MustChange || a.Disabled {
			t.Errorf("found %+v", a)
		}
		w.must(w.By(operator).DisableAccount(t.Context(), id, true))
		a.FullName, a.Disabled = "Lan Anh", false
		w.must(w.SaveAccount(t.Context(), a)) // an edit of what was read before does not open it again
		if list, _ := w.Accounts(t.Context()); len(list) != 1 || !list[0].Disabled {
			t.Errorf("accounts %+v", list)
		}
		if _, err := w.AccountByName(t.Context(), "ai đó"); problem(err) != escalation.NotFound {
			t.Errorf("an unknown one: %v", err)
		}
	})
}

func TestNoKeyIsGivenOutThatTheLogDoesNotKnow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		author := escalation.Actor{Name: "Hồ Văn Mô", Account: "mo-2", Role: escalation.Administrator, Channel: escalation.ByConsole}
		_, err := w.By(author).CreateAPIKey(t.Context(), "cổng dữ liệu", escalation.Operator, "")
		w.must(err)
		log, err := w.ChangeLog(t.Context(), store.LogKey, "", "", 0)
		w.must(err)
		if len(log.Items) != 1 || log.Items[0].Actor != "Hồ Văn Mô (mo-2)" || log.Items[0].Ref != "cổng dữ liệu" {
			t.Errorf("logged: %+v", log.Items)
		}
		db := w.raw()
		defer db.Close()
		_, err = db.Exec("ALTER TABLE change_log RENAME TO change_log_away")
		w.must(err)
		if key, err := w.By(author).CreateAPIKey(t.Context(), "cổng khác", escalation.Operator, ""); err == nil || key != "" {
			t.Errorf("a key without a line in the log: %q, %v", key, err)
		}
		keys, err := w.APIKeys(t.Context())
		w.must(err)
		if len(keys) != 1 {
			t.Errorf("kept: %+v", keys)
		}
		if err := w.By(author).RevokeAPIKey(t.Context(), keys[0].ID); err == nil {
			t.Error("revoked without a line in the log")
		}
		if keys, _ = w.APIKeys(t.Context()); len(keys) != 1 || !keys[0].RevokedAt.IsZero() {
			t.Errorf("revoked: %+v", keys)
		}
	})
}

func TestTheLastAdministratorStaysHoweverManyAreClosedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []int64
		for _, name := range []string{"a", "b", "c", "d"} {
			id, err := w.AddAccount(t.Context(), store.Account{Name: name, Role: escalation.Administrator, Hash: "h"})
			w.must(err)
			ids = append(ids, id)
		}
		refused := atOnce(len(ids), func(i int) bool {
			var err error
			if i%2 == 0 {
				err = w.By(operator).DisableAccount(context.WithoutCancel(t.Context()), ids[i], true)
			} else {
				err = w.By(operator).SaveAccount(context.WithoutCancel(t.Context()), store.Account{ID: ids[i], Role: escalation.Operator})
			}
			if err != nil && problem(err) != escalation.WrongTime {
				t.Error(err)
			}
			return err != nil
		})
		list, err := w.Accounts(t.Context())
		w.must(err)
		left := slices.DeleteFunc(list, func(a store.Account) bool { return a.Disabled || a.Role != escalation.Administrator })
		if len(left) != 1 || refused != 1 {
			t.Errorf("%d administrators are left, %d refused", len(left), refused)
		}
	})
}

func TestASessionLivesUntilItsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		k := w.Sessions()
		w.must(k.Commit("t1", []byte("one"), w.machineNow().Add(time.Minute)))
		w.must(k.Commit("t1", []byte("two"), w.machineNow().Add(time.Minute)))
		if data, found, err := k.Find("t1"); !found || string(data) != "two" || err != nil {
			t.Errorf("found %q %t %v", data, found, err)
		}
		w.later(time.Minute)
		if _, found, err := k.Find("t1"); found || err != nil {
			t.Errorf("after its end: %t, %v", found, err)
		}
		w.must(k.Delete("t1"))
		w.must(k.Delete("t1"))
	})
}

func TestARepeatedRequestGetsTheFirstAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		begin := func() (store.Answered, bool) {
			before, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash")
			w.must(err)
			return before, fresh
		}
		if _, fresh := begin(); !fresh {
			t.Fatal("the first is not fresh")
		}
		if before, fresh := begin(); fresh || before.Status != 0 {
			t.Errorf("while the first is worked on: %+v %t", before, fresh)
		}
		w.must(w.EndIdempotent(t.Context(), "k", 201, []byte("{}")))
		if before, fresh := begin(); fresh || before.Status != 201 || string(before.Body) != "{}" || before.Hash != "hash" {
			t.Errorf("the answer: %+v %t", before, fresh)
		}
		w.later(24*time.Hour + time.Second)
		if _, fresh := begin(); !fresh {
			t.Error("after a day the key is still taken")
		}
		w.must(w.EndIdempotent(t.Context(), "k", 0, nil))
		if _, fresh := begin(); !fresh {
			t.Error("a forgotten key is still taken")
		}
	})
}

func TestTheLatestActiveWordingIsInForce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const text = "1022: {ma} đã chuyển {don_vi}"
		by := w.By(escalation.Actor{Name: "op"})
		if _, err := by.SaveTemplate(t.Context(), "no-such-key", text, time.Time{}); problem(err) != escalation.Invalid {
			t.Errorf("an unknown key: %v", err)
		}
		builtin, ok := builtinText("T1")
		if !ok {
			t.Fatal("the catalogue has no T1")
		}
		if v, err := by.SaveTemplate(t.Context(), "T1", builtin, time.Time{}); v != 2 || err != nil {
			t.Fatalf("saved as version %d, %v", v, err)
		}
		if v, err := by.SaveTemplate(t.Context(), "T1", builtin, w.now().Add(time.Hour)); v != 3 || err != nil {
			t.Fatalf("saved as version %d, %v", v, err)
		}
		for _, want := range []int{2, 3} {
			active, err := w.ActiveTemplates(t.Context())
			w.must(err)
			if len(active) != 1 || active[0].Version != want {
				t.Errorf("active: %+v, want version %d", active, want)
			}
			w.later(time.Hour)
		}
	})
}

func TestASettingIsSavedOverTheVersionSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.SaveSetting(t.Context(), "calendar", "one", 0, "admin"))
		if err := w.SaveSetting(t.Context(), "calendar", "two", 0, "admin"); problem(err) != escalation.Stale {
			t.Errorf("over a version not seen: %v", err)
		}
		w.must(w.SaveSetting(t.Context(), "calendar", "two", 1, "admin"))
		if value, version, err := w.Setting(t.Context(), "calendar"); value != "two" || version != 2 || err != nil {
			t.Errorf("read %q version %d, %v", value, version, err)
		}
		if _, version, err := w.Setting(t.Context(), "never"); version != 0 || err != nil {
			t.Errorf("never saved: version %d, %v", version, err)
		}
	})
}

func TestLiveGatewaysAreCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stand := []store.Bind{{SMSC: "chinh", Bound: 2, Sent: 12.5, Rate: 100, Part: 0.5}, {SMSC: "du-phong"}}
		w.must(w.Heartbeat(t.Context(), "web-1", "web"))
		for i, name := range []string{"gw-1", "gw-2"} {
			if live, err := w.Beat(t.Context(), name, nil); live != i+1 || err != nil {
				t.Errorf("%s counts %d, %v", name, live, err)
			}
		}
		w.later(time.Minute)
		if live, err := w.Beat(t.Context(), "gw-1", stand); live != 1 || err != nil {
			t.Errorf("after a minute %d live, %v", live, err)
		}
		if nodes, err := w.Nodes(t.Context(), 30*time.Second); len(nodes) != 1 || !slices.Equal(nodes[0].Binds, stand) || err != nil {
			t.Errorf("the gateway that lives says %+v, %v", nodes, err)
		}
		if _, err := w.Beat(t.Context(), "gw-1", nil); err != nil {
			t.Error(err)
		}
		w.must(w.Heartbeat(t.Context(), "gw-0", "gateway")) // as the release before does
		nodes, err := w.Nodes(t.Context(), 30*time.Second)
		if len(nodes) != 2 || nodes[0].Binds != nil || nodes[1].Binds == nil || len(nodes[1].Binds) != 0 || err != nil {
			t.Errorf("a gateway that does not say, and one without accounts, are %+v, %v", nodes, err)
		}
		w.must(w.Leaving(t.Context(), "gw-0"))
		w.must(w.Leaving(t.Context(), "gw-1"))
		if nodes, err := w.Nodes(t.Context(), time.Minute); len(nodes) != 2 || err != nil {
			t.Errorf("nodes of the last minute: %+v, %v", nodes, err)
		}
	})
}

func builtinText(key templates.Key) (string, bool) {
	t, ok := templates.Builtin().Lookup(key)
	return t.Text, ok
}
