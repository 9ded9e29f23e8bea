package store_test

import (
	"fmt"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

func TestRegistrationsOfAWordingAreKeptPerSender(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		brand := store.RegisteredText{Key: "C1", Sender: "1022HP", Number: "VNPT-17", Text: "1022: phản ánh {1} đã tiếp nhận", On: "2026-11-30"}
		w.must(w.lan().RegisterText(t.Context(), brand))
		other := brand
		other.Sender, other.Number = "HP1022", "VT-3"
		w.must(w.lan().RegisterText(t.Context(), other))
		brand.Text = "1022: phản ánh {1} được tiếp nhận"
		w.must(w.minh().RegisterText(t.Context(), brand))
		list, err := w.RegisteredTexts(t.Context(), "C1")
		w.must(err)
		if len(list) != 2 || list[0].Text != brand.Text || list[0].Author != "Minh" || list[1].Sender != "HP1022" || list[0].On != "2026-11-30" {
			t.Errorf("on file: %+v", list)
		}
		if none, err := w.RegisteredTexts(t.Context(), "C2"); len(none) != 0 || err != nil {
			t.Errorf("of another text: %+v, %v", none, err)
		}
		w.must(w.lan().UnregisterText(t.Context(), "C1", "HP1022", "VT-3"))
		if err := w.lan().UnregisterText(t.Context(), "C1", "HP1022", "VT-3"); problem(err) != escalation.NotFound {
			t.Errorf("taken off twice: %v", err)
		}
		page, err := w.ChangeLog(t.Context(), store.LogRegistered, "C1 1022HP VNPT-17", "", 10)
		if err != nil || len(page.Items) != 2 {
			t.Errorf("the log has %+v, %v", page.Items, err)
		}
	})
}

func TestABadRegistrationIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := store.RegisteredText{Key: "C1", Sender: "1022HP", Number: "1", Text: "a {1}", On: "2026-11-30"}
		for field, spoil := range map[string]func(*store.RegisteredText){
			"key":        func(r *store.RegisteredText) { r.Key = "no-such-key" },
			"sender":     func(r *store.RegisteredText) { r.Sender = "" },
			"number":     func(r *store.RegisteredText) { r.Number = strings.Repeat("9", 61) },
			"on":         func(r *store.RegisteredText) { r.On = "30/11/2026" },
			"registered": func(r *store.RegisteredText) { r.Text = "a {1" },
		} {
			bad := good
			spoil(&bad)
			if err := w.lan().RegisterText(t.Context(), bad); problem(err) != escalation.Invalid || !strings.HasPrefix(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		for n := range 20 {
			good.Number = fmt.Sprint(n)
			w.must(w.lan().RegisterText(t.Context(), good))
		}
		good.Number = "20"
		if err := w.lan().RegisterText(t.Context(), good); problem(err) != escalation.Invalid {
			t.Errorf("one too many: %v", err)
		}
	})
}
