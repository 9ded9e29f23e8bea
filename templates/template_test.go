package templates

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"notify1022/smpp/sms"
)

func TestTheBuiltInCatalogueIsCompleteAndPassesItsChecks(t *testing.T) {
	want := []Key{
		C1, C2, C3, C4, C4x, C5, C5b, C6, C6b, C7, C8, C8n, C9, C10, C11, C12,
		O1, O1K, O1M, O1P, O1N, O2, O3, O4, O5, O6, O7, O8, B1, B2,
		H1, H1E, H2, H3, N1, N2, N3, N3n, V0, V1, V2, V3, V4, V5, V6, V7, V8, VG, VQ, VT, R1,
		A1, A2, A2x, A3, A3x, A4, A4x, A5, A5x, A6, A7, A8, A9, A10,
		DS, TT, NGHI, GIUP, DG, DGx, E1, E2, E3, E4, E5, E6, E7, E8, E9, OTP, XM, XN, XV, NQ, BG, GA, GAx, T1, QT, KT,
	}
	var got []Key
	for _, tpl := range Builtin().All() {
		got = append(got, tpl.Key)
		if err := Check(tpl); err != nil {
			t.Error(err)
		}
		if !slices.Contains([]Audience{Citizen, Officer, Head, Office, Answer, Admin}, tpl.Audience) {
			t.Errorf("%s: audience %q", tpl.Key, tpl.Audience)
		}
		if tpl.Version != 1 || tpl.Title == "" || tpl.When == "" {
			t.Errorf("%s: %+v", tpl.Key, tpl)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("keys\n got %v\nwant %v", got, want)
	}
}

func TestEveryVariableIsUsedDescribedAndItsSampleIsWithinItsLength(t *testing.T) {
	used := map[string]bool{}
	for _, tpl := range Builtin().All() {
		for _, v := range Allowed(tpl.Key) {
			used[v.Name] = true
		}
	}
	for _, v := range Variables() {
		if !used[v.Name] {
			t.Errorf("{%s} is used by no text", v.Name)
		}
		if v.Meaning == "" || v.Sample == "" || v.Max == 0 {
			t.Errorf("{%s} is not described: %+v", v.Name, v)
		}
		if n := septets(v.Sample); n > v.Max {
			t.Errorf("{%s}: sample of %d septets, at most %d", v.Name, n, v.Max)
		}
		if cut := v.Kind >= Name; cut != (v.Min > 0) || v.Min > v.Max {
			t.Errorf("{%s}: %v from %d to %d", v.Name, v.Kind, v.Min, v.Max)
		}
	}
}

func TestConfidentialSlipsHaveNoPlaceForSummaryOrArea(t *testing.T) {
	for _, v := range Allowed(O1M) {
		if v.Name == "tom_tat" || v.Name == "dia_ban" {
			t.Errorf("O1M may use {%s}", v.Name)
		}
	}
}

func TestAWordingIsCheckedWhenItIsSaved(t *testing.T) {
	const o6 = "1022 HP: người dân đã bổ sung thông tin PAKN {ma}. Hạn trả lời {han}. Xem: {lp}"
	for name, tc := range map[string]struct {
		key   Key
		text  string
		want  error  // nil: may be saved
		about string // what the error must name
	}{
		"the built-in one":      {O6, o6, nil, ""},
		"other words":           {O6, "PAKN {ma} có bổ sung, hạn {han}: {lp}", nil, ""},
		"a variable twice":      {O6, o6 + " {ma}", nil, ""},
		"optional left out":     {O1, "PAKN {ma} hạn {han}. Soạn NHAN {mtl}. {lp}", nil, ""},
		"unknown key":           {"O99", o6, ErrUnknownKey, "O99"},
		"unknown variable":      {O6, o6 + " {ten}", ErrUnknownVariable, "{ten}"},
		"lists the allowed":     {O6, o6 + " {ten}", ErrUnknownVariable, "{ma}, {han}, {lp}"},
		"another text's":        {O1M, "PAKN {ma} ({linh_vuc}) {tom_tat}, {han}. NHAN {mtl}. {lp}", ErrUnknownVariable, "{tom_tat}"},
		"a name with a space":   {O6, o6 + " { ma }", ErrUnknownVariable, "{ ma }"},
		"no name":               {O6, o6 + " {}", ErrUnknownVariable, "{}"},
		"code left out":         {O6, "Hạn {han}. Xem: {lp}", ErrMissingVariable, "{ma}"},
		"link left out":         {O6, "PAKN {ma}. Hạn {han}", ErrMissingVariable, "{lp}"},
		"deadline left out":     {O6, "PAKN {ma}. {lp}", ErrMissingVariable, "{han}"},
		"open brace":            {O6, o6 + " {ma", ErrBraces, ""},
		"close brace":           {O6, o6 + " }", ErrBraces, ""},
		"nested braces":         {O6, o6 + " {{ma}}", ErrBraces, ""},
		"bracket":               {O6, o6 + " [x]", ErrForbidden, "'['"},
		"euro":                  {O6, o6 + " 5€", ErrForbidden, "'€'"},
		"ampersand":             {O6, o6 + " & x", ErrForbidden, "'&'"},
		"at":                    {O6, o6 + " @", ErrForbidden, "'@'"},
		"line end":              {O6, o6 + "\nx", ErrForbidden, `'\n'`},
		"no-break space":        {O6, o6 + "\u00a0x", ErrForbidden, `'\u00a0'`},
		"zero width":            {O6, o6 + "\u200b", ErrForbidden, `'\u200b'`},
		"emoji":                 {O6, o6 + " 🙂", ErrForbidden, "'🙂'"},
		"invalid UTF-8":         {O6, o6 + "\xff", ErrForbidden, ""},
		"empty":                 {E4, "", ErrForbidden, "empty"},
		"blank":                 {E4, "  ", ErrForbidden, "empty"},
		"too long":              {O6, o6 + strings.Repeat(" dài", 10), ErrTooLong, "163 septets of 160"},
		"too long with values":  {H1, "1022 HP kính gửi {kinh_gui}: PAKN {ma} quá 8 giờ làm việc chưa có kết quả. Hạn {han_48}. Soạn NHAN {mtl}. {lp}", ErrTooLong, ""},
		"very long":             {O6, strings.Repeat("dài ", 1000), ErrTooLong, ""},
		"decomposed letters":    {O6, "PAKN {ma} ha\u0323n {han}: {lp}", nil, ""},
		"a dash is sent as '-'": {O6, "PAKN {ma} – hạn {han}: {lp}", nil, ""},
	} {
		err := Check(Template{Key: tc.key, Version: 2, Text: tc.text})
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		} else if err != nil && !strings.Contains(err.Error(), tc.about) {
			t.Errorf("%s: %v does not name %s", name, err, tc.about)
		}
	}
}

func TestAllFaultsOfAWordingAreReportedTogether(t *testing.T) {
	err := Check(Template{Key: O6, Version: 0, Text: "[{ten}] {han}"})
	for _, want := range []error{ErrVersion, ErrForbidden, ErrUnknownVariable, ErrMissingVariable} {
		if !errors.Is(err, want) {
			t.Errorf("%v does not report %v", err, want)
		}
	}
}

func TestASetIsReplacedNotChanged(t *testing.T) {
	first := Builtin()
	second, err := first.With(Template{Key: A8, Version: 2, Text: "1022 HP: PAKN {ma} đã đóng."})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := first.Lookup(A8)
	after, ok := second.Lookup(A8)
	if !ok || before.Version != 1 || after.Version != 2 || after.Text != "1022 HP: PAKN {ma} đã đóng." {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if after.Title != before.Title || after.When != before.When || after.Audience != Answer {
		t.Errorf("title, when, audience are lost: %+v", after)
	}
	if len(second.All()) != len(first.All()) {
		t.Error("other texts are lost")
	}
	for _, version := range []int{-1, 0, 1, 2} {
		if _, err := second.With(Template{Key: A8, Version: version, Text: before.Text}); !errors.Is(err, ErrVersion) {
			t.Errorf("version %d after 2: %v", version, err)
		}
	}
	if _, err := second.With(Template{Key: "X", Version: 2, Text: "x"}); !errors.Is(err, ErrUnknownKey) {
		t.Error(err)
	}
	if _, err := second.With(Template{Key: A8, Version: 3, Text: "{x}"}); !errors.Is(err, ErrUnknownVariable) {
		t.Error(err)
	}
	// What a version left out may come back in the next one.
	if _, err := second.With(Template{Key: A8, Version: 3, Text: before.Text}); err != nil {
		t.Error(err)
	}
}

func TestLookupsOfUnknownKeysSayNo(t *testing.T) {
	if _, ok := Builtin().Lookup("C99"); ok || Allowed("C99") != nil || Sample("C99") != nil {
		t.Error("C99 is known")
	}
	if _, ok := new(Set).Lookup(C1); ok {
		t.Error("the empty set has C1")
	}
}

func TestABrokenCatalogueIsRefused(t *testing.T) {
	const good = "C10 citizen\ntitle: a\nwhen: b\ntext: c {ma}\n"
	if _, err := read(good); err != nil {
		t.Fatal(err)
	}
	for name, catalogue := range map[string]string{
		"twice":          good + "\n" + good,
		"unknown field":  good + "colour: red\n",
		"no text":        "C10 citizen\ntitle: a\nwhen: b\n",
		"no title":       "C10 citizen\nwhen: b\ntext: c\n",
		"broken braces":  "C10 citizen\ntitle: a\nwhen: b\ntext: {ma\n",
		"no variable":    "C10 citizen\ntitle: a\nwhen: b\ntext: {name}\n",
		"forbidden sign": "C10 citizen\ntitle: a\nwhen: b\ntext: a & b\n",
		"too long":       "C10 citizen\ntitle: a\nwhen: b\ntext: " + strings.Repeat("dài ", 41) + "\n",
	} {
		if _, err := read(catalogue); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNoWordingIsACommandWhenItsAccentsAreGone(t *testing.T) {
	for _, tpl := range Builtin().All() {
		plain := sms.Unaccent(tpl.Text)
		if strings.HasPrefix(plain, "NHAN ") || strings.Contains(strings.ToLower(plain), "nhan nhan") {
			t.Errorf("%s reads as the command NHAN: %s", tpl.Key, plain)
		}
	}
}
