package templates_test

import (
	"errors"
	"strings"
	"testing"

	"notify1022/templates"
)

func mustRegistered(t testing.TB, text string) templates.Registered {
	t.Helper()
	r, err := templates.ParseRegistered(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return r
}

func TestATextFitsItsRegisteredWordingOrShowsWhereItLeavesIt(t *testing.T) {
	const wording = "1022 Hải Phòng đã tiếp nhận phản ánh {1} của {2}. Theo dõi: {3}"
	tests := []struct {
		why, registered, text string
		fits                  bool
		want                  string // the fixed part that is missing
	}{
		{"as sent", wording, "1022 Hai Phong da tiep nhan phan anh HP261123-0457 cua Ong/Ba. Theo doi: 1022.vn/t/Ab3", true, ""},
		{"accents are dropped on both sides", wording, "1022 Hải Phòng đã tiếp nhận phản ánh HP261123-0457 của Ông/Bà. Theo dõi: 1022.vn/t/Ab3", true, ""},
		{"a placeholder may be empty", wording, "1022 Hai Phong da tiep nhan phan anh  cua . Theo doi: ", true, ""},
		{"another word", wording, "1022 Hai Phong da nhan phan anh HP261123-0457 cua Ong/Ba. Theo doi: x", false, "1022 Hai Phong da tiep nhan phan anh "},
		{"another word behind a placeholder", wording, "1022 Hai Phong da tiep nhan phan anh HP1 cua Ong/Ba. Xem: x", false, ". Theo doi: "},
		{"capitals count", wording, "1022 HAI PHONG da tiep nhan phan anh a cua b. Theo doi: c", false, "1022 Hai Phong da tiep nhan phan anh "},
		{"spaces count", "a  b {1}", "a b c", false, "a  b "},
		{"a line end in a value", "Ma {1}.", "Ma 1\n2.", false, "."},
		{"a line end at the end of a value", "Ma {1}", "Ma 1\n", false, ""},
		{"a value that has the next words", "{1} cua {2}.", "phan anh cua to 5 cua Ba A.", true, ""},
		{"the bound of a placeholder", "Ma {1:3}!", "Ma 123!", true, ""},
		{"beyond the bound", "Ma {1:3}!", "Ma 1234!", false, "!"},
		{"beyond the bound at the end", "Ma {1:3}", "Ma 1234", false, ""},
		{"two placeholders share a value", "Ma {1:2}{2:2}.", "Ma 1234.", true, ""},
		{"160 characters without a bound", "Ma {1}", "Ma " + strings.Repeat("x", 160), true, ""},
		{"161 characters without a bound", "Ma {1}", "Ma " + strings.Repeat("x", 161), false, ""},
		{"words behind the end", "Xin cam on", "Xin cam on!", false, ""},
		{"words missing at the end", "Xin cam on!", "Xin cam on", false, "Xin cam on!"},
		{"an empty text", "Ma {1}", "", false, "Ma "},
		{"typography is what is sent", "“{1}” – {2}", `"a" - b`, true, ""},
	}
	for _, test := range tests {
		gap, fits := mustRegistered(t, test.registered).Fits(test.text)
		if fits != test.fits || gap.Want != test.want {
			t.Errorf("%s: %t, gap %+v; want %t, %q", test.why, fits, gap, test.fits, test.want)
		}
	}
}

func TestARegisteredWordingIsOneLineOfWordsAndPlaceholders(t *testing.T) {
	for text, want := range map[string]error{
		"": templates.ErrForbidden, "{1}": templates.ErrForbidden, "a {1": templates.ErrBraces, "a 1}": templates.ErrBraces, "a {}": templates.ErrBraces,
		"a {{1}}": templates.ErrBraces, "a {1:0}": templates.ErrBraces, "a {1:x}": templates.ErrBraces, "a {1:9999}": templates.ErrBraces,
		"a\nb": templates.ErrForbidden, "a \u4e2d": templates.ErrForbidden, strings.Repeat("a", 3000): templates.ErrTooLong,
	} {
		if _, err := templates.ParseRegistered(text); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", text, err, want)
		}
	}
}

func TestAWordingIsCoveredWhenEveryTextOfItFits(t *testing.T) {
	tests := []struct {
		why, registered, wording string
		covers                   bool
		want                     string
	}{
		{"the same", "PAKN {1}: {2}. {3}", "PAKN {ma}: {ly_do}. {lp}", true, ""},
		{"another word", "PAKN {1}: {2}. {3}", "PAKN {ma} - {ly_do}. {lp}", false, ": "},
		{"a fixed word in a placeholder's place", "PAKN {1}: {2}. {3}", "PAKN {ma}: ly do. {lp}", true, ""},
		{"a variable in a fixed word's place", "PAKN {1}: ly do. {2}", "PAKN {ma}: {ly_do}. {lp}", false, ": ly do. "},
		{"a placeholder too short for the value", "Xem {1:20}", "Xem {lp}", false, ""},
		{"a placeholder as long as the value", "Xem {1:33}", "Xem {lp}", true, ""},
		{"an optional value takes its comma away", "{1}: {2}, {3}. Han {4}", "{ma}: {tom_tat}, {dia_ban}. Han {han}", false, ", "},
		{"its other form is filed too", "{1}: {2}, {3}. Han {4}|{1}. Han {2}", "{ma}: {tom_tat}, {dia_ban}. Han {han}", false, ", "},
		{"all its forms are filed", "{1}: {2}, {3}. Han {4}|{1}: {2}. Han {3}|{1}, {2}. Han {3}|{1}. Han {2}", "{ma}: {tom_tat}, {dia_ban}. Han {han}", true, ""},
		{"a placeholder that takes the comma too", "PA {1}. Han {2}", "PA {ma}: {tom_tat}, {dia_ban}. Han {han}", false, ". Han "},
	}
	for _, test := range tests {
		var filed []templates.Registered
		for _, one := range strings.Split(test.registered, "|") {
			filed = append(filed, mustRegistered(t, one))
		}
		gap, covers, err := templates.Covers(filed, test.wording)
		if err != nil || covers != test.covers || gap.Want != test.want || strings.ContainsRune(gap.Rest, '\ue000') {
			t.Errorf("%s: %t, gap %+v, %v; want %t, %q", test.why, covers, gap, err, test.covers, test.want)
		}
	}
	if _, _, err := templates.Covers([]templates.Registered{mustRegistered(t, "a")}, "{"); !errors.Is(err, templates.ErrBraces) {
		t.Errorf("a wording that cannot be read: %v", err)
	}
}

func TestABuiltInWordingFitsItselfAsItIsFiled(t *testing.T) {
	for _, text := range templates.Builtin().All() {
		if text.Key.MailOnly() {
			continue
		}
		forms, err := templates.Forms(text.Text)
		if err != nil {
			t.Fatal(err)
		}
		var filed []templates.Registered
		for _, form := range forms {
			filed = append(filed, mustRegistered(t, form))
		}
		if gap, ok, err := templates.Covers(filed, text.Text); !ok || err != nil {
			t.Errorf("%s leaves its own forms %q: wants %q, has %q, %v", text.Key, forms, gap.Want, gap.Rest, err)
		}
		for _, less := range []string{"", "tom_tat", "dia_ban"} {
			values := templates.Sample(text.Key)
			if _, has := values[less]; has {
				values[less] = ""
			}
			sent, err := templates.Builtin().Render(text.Key, values, templates.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if gap, ok := templates.FitsOne(filed, sent.Text); !ok {
				t.Errorf("%s without %q leaves its own wording: wants %q, has %q", text.Key, less, gap.Want, gap.Rest)
			}
		}
	}
	if _, err := templates.Forms("{x"); !errors.Is(err, templates.ErrBraces) {
		t.Errorf("a wording that cannot be read: %v", err)
	}
	if got, err := templates.Forms("PAKN {ma}: {ly_do}, lại {ma}"); err != nil || len(got) != 1 || got[0] != "PAKN {1}: {2}, lai {1}" {
		t.Errorf("numbered: %q, %v", got, err)
	}
	if _, ok := templates.FitsOne(nil, "Ma"); ok {
		t.Error("a text fits where nothing is registered")
	}
}

// What is put into the placeholders of a registered wording fits it, and whatever comes
// the matcher ends.
func FuzzRegistered(f *testing.F) {
	f.Add("1022: {1} cua {2}.", "HP1", "Ba A")
	f.Add("{1}{2} x", "x x", "x")
	f.Add("a{1:2}b", "", "\n")
	f.Fuzz(func(t *testing.T, wording, one, two string) {
		r, err := templates.ParseRegistered(wording)
		if err != nil {
			return
		}
		r.Fits(one)
		if _, _, err := templates.Covers([]templates.Registered{r}, one); err != nil && !errors.Is(err, templates.ErrBraces) && !errors.Is(err, templates.ErrTooLong) {
			t.Errorf("%q: %v", one, err)
		}
		if strings.Count(wording, "{")+strings.Count(wording, ":") != 2 || !strings.Contains(wording, "{1}") || !strings.Contains(wording, "{2}") {
			return
		}
		text := strings.NewReplacer("{1}", one, "{2}", two).Replace(strings.TrimSpace(wording))
		plain := strings.ContainsAny(one+two, "\n\r\f\u0085\u2028\u2029")
		if _, ok := r.Fits(text); !ok && !plain && len(one) < 40 && len(two) < 40 && ascii(wording+one+two) {
			t.Errorf("%q does not fit %q", text, wording)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '~' || r < ' ' }) < 0
}
