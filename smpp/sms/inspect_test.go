package sms

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestInspectTellsWhatATextCosts(t *testing.T) {
	for _, c := range []struct {
		text string
		want Info
	}{
		{"", Info{"gsm7", 0, 1, "", 1}},
		{"Da tiep nhan", Info{"gsm7", 12, 1, "Da tiep nhan", 1}},
		{"100€", Info{"gsm7", 5, 1, "100€", 1}},
		{"Đã tiếp nhận…", Info{"ucs2", 13, 1, "Da tiep nhan...", 1}},
		{"café", Info{"gsm7", 4, 1, "cafe", 1}},
		{"ok 👍", Info{"ucs2", 5, 1, "ok ?", 1}},
		{strings.Repeat("đ", 71), Info{"ucs2", 71, 2, strings.Repeat("d", 71), 1}},
		{strings.Repeat("đ", 161), Info{"ucs2", 161, 3, strings.Repeat("d", 161), 2}},
		{strings.Repeat("…", 60), Info{"ucs2", 60, 1, strings.Repeat("...", 60), 2}},
		{strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), Info{"gsm7", 306, 3, strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3}},
	} {
		if got := Inspect(c.text); got != c.want {
			t.Errorf("Inspect(%q) = %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestInspectIsJSONWithThePromisedKeys(t *testing.T) {
	got, err := json.Marshal(Inspect("Gửi 5₫"))
	want := `{"coding":"ucs2","units":6,"segments":1,"unaccented":"Gui 5d","unaccented_segments":1}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}
