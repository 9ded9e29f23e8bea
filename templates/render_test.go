package templates

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"notify1022/smpp/sms"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

func TestEveryTextReadsAsInTheGoldenFile(t *testing.T) {
	var got bytes.Buffer
	fmt.Fprintln(&got, "# Every text on sample data: what goes on the air, and its accented form.")
	fmt.Fprintln(&got, "# Written by go test -run Golden -update; units are septets (gsm7) or UTF-16 units (ucs2).")
	for _, tpl := range Builtin().All() {
		fmt.Fprintf(&got, "\n%s %s: %s\n", tpl.Key, tpl.Audience, tpl.Title)
		for _, opt := range []Options{{}, {Accented: true}} {
			r, err := Builtin().Render(tpl.Key, Sample(tpl.Key), opt)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%s %3d/%d  %s\n", r.Coding, r.Units, r.Segments, r.Text)
		}
	}
	golden := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		if i >= len(gotLines) || i >= len(wantLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("golden.txt:%d differs\n got %q\nwant %q", i+1, line(gotLines, i), line(wantLines, i))
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}

func TestEveryTextIsOneSegmentWithTheLongestValues(t *testing.T) {
	for _, tpl := range Builtin().All() {
		longest := map[string]string{}
		for _, v := range Allowed(tpl.Key) {
			longest[v.Name] = strings.Repeat("W", v.Max)
		}
		for name, vars := range map[string]map[string]string{"sample": Sample(tpl.Key), "longest": longest} {
			r, err := Builtin().Render(tpl.Key, vars, Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if r.Coding != sms.GSM7 || r.Units > 160 || r.Segments != 1 {
				t.Errorf("%s %s: %v, %d units, %d segments", tpl.Key, name, r.Coding, r.Units, r.Segments)
			}
		}
	}
}

// Lengths that the authors of the wordings counted, on 5-digit reply codes and
// 14-character unit names.
func TestLengthsAreThoseTheAuthorsCounted(t *testing.T) {
	for key, want := range map[Key]int{
		C1: 149, C4: 156, C5: 153, C5b: 157, C6: 151, C6b: 154, C7: 153, C9: 159, C10: 134, C11: 157, C12: 153,
		O1N: 158, O2: 154, O3: 148, O6: 123, O7: 156, H1: 159, H2: 156, H3: 151, N1: 158, N2: 149, V1: 154,
		A1: 151, A2: 138, A3: 114, A3x: 159, A4: 125, A5x: 124, A6: 101, A8: 100, GIUP: 137, E1: 133, E2: 104, E4: 129, OTP: 104,
	} {
		vars := Sample(key)
		vars["don_vi"] = "Cấp thoát nước" // 14 characters
		if key == C11 {
			vars["don_vi"] = "ĐK Bạch Long Vĩ"
		}
		r, err := Builtin().Render(key, vars, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Units != want {
			t.Errorf("%s: %d septets, counted %d: %s", key, r.Units, want, r.Text)
		}
	}
}

func render(t *testing.T, key Key, change map[string]string) string {
	t.Helper()
	vars := Sample(key)
	maps.Copy(vars, change)
	r, err := Builtin().Render(key, vars, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Coding != sms.GSM7 || r.Segments != 1 || r.Units != sms.Units(r.Text, sms.GSM7) {
		t.Errorf("%+v", r)
	}
	return r.Text
}

func TestTheSummaryTakesTheSpaceThatIsLeft(t *testing.T) {
	for _, tc := range []struct{ summary, area, want string }{
		{"Nắp hố ga vỡ.", "P Gia Viên", "1022 HP chuyen PAKN HP261123-0457: Nap ho ga vo, P Gia Vien. Han 14h05 25/11. Soan NHAN 57234 de nhan. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
		{"Dây cáp viễn thông võng sát đầu người đi đường.", "P Gia Viên", "1022 HP chuyen PAKN HP261123-0457: Day cap vien thong vong sat dau..., P Gia Vien. Han 14h05 25/11. Soan NHAN 57234 de nhan. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
		{strings.Repeat("dài", 50), "P Gia Viên", "1022 HP chuyen PAKN HP261123-0457: " + strings.Repeat("dai", 11) + "..., P Gia Vien. Han 14h05 25/11. Soan NHAN 57234 de nhan. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
		{"", "", "1022 HP chuyen PAKN HP261123-0457. Han 14h05 25/11. Soan NHAN 57234 de nhan. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
		{"", "P Gia Viên", "1022 HP chuyen PAKN HP261123-0457: P Gia Vien. Han 14h05 25/11. Soan NHAN 57234 de nhan. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
		{"Nắp hố ga vỡ", "", "1022 HP chuyen PAKN HP261123-0457: Nap ho ga vo. Han 14h05 25/11. Soan NHAN 57234 de nhan. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
	} {
		if got := render(t, O1, map[string]string{"tom_tat": tc.summary, "dia_ban": tc.area}); got != tc.want {
			t.Errorf("%q\n got %s\nwant %s", tc.summary, got, tc.want)
		}
	}
}

func TestEmptySummaryAndAreaTakeTheirParenthesesAway(t *testing.T) {
	want := "1022 HP kinh bao VP UBND TP: PAKN HP261123-0457 da co chi dao, da chuyen So Xay dung. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"
	got := render(t, V0, map[string]string{"tom_tat": "", "dia_ban": "", "ly_do": ReasonDirected, "don_vi": "Sở Xây dựng"})
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	want = "1022 HP chuyen PAKN HP261123-0457 de phoi hop (CATP chu tri). Y kien truoc 14h05 25/11. Soan NHAN 57234. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"
	if got := render(t, O1P, map[string]string{"tom_tat": "", "don_vi": "CATP"}); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestWhatAPersonTypesNeverMakesAnSMSUCS2(t *testing.T) {
	for typed, want := range map[string]string{
		"Rác – nhiều":                 "Rac - nhieu",
		"Rác… nhiều":                  "Rac... nhieu",
		"dân’s “rác”":                 `dan's "rac"`,
		"Rác\u00a0nhiều":              "Rac nhieu",
		"Rác 😡 nhiều":                 "Rac nhieu",
		"Rác 👨‍👩‍👧🏽 nhiều❤️":          "Rac nhieu",
		"Rác\r\n\tnhiều":              "Rac nhieu",
		"Rác\x00\x1bnhiều":            "Rac nhieu",
		"Ra\u0301c nhie\u0302\u0300u": "Rac nhieu",
		"Ｒáｃ 12㎡":                     "Rac 12m2",
		"\xffRác":                     "Rac",
		"{ma} {{x}} {":                "{ma} {{x}} {",
		"垃圾 rác":                      "?? rac",
		"R\u200bác":                   "Rac",
		"Rác. ":                       "Rac",
		"𝗥á𝗰":                         "Rac",
	} {
		want := "1022 HP chuyen PAKN HP261123-0457: " + want + ". Han 14h05 25/11."
		if got := render(t, O1, map[string]string{"tom_tat": typed, "dia_ban": ""}); !strings.HasPrefix(got, want) {
			t.Errorf("%q\n got %s\nwant %s", typed, got, want)
		}
	}
}

func TestExtensionCharactersInAValueCountTwice(t *testing.T) {
	got := render(t, O1, map[string]string{"tom_tat": strings.Repeat("[]", 60)})
	if n := strings.Count(got, "["); n == 0 || n > 10 {
		t.Errorf("%d brackets: %s", n, got)
	}
}

func TestListsAreCutBehindAnItem(t *testing.T) {
	got := render(t, B1, nil)
	want := "1022 HP: 12 PAKN den han: HP261123-0457 14h05, HP261123-0458 15h, HP261123-0461 16h30... Soan XONG/HEN kem ma. 1022.haiphong.gov.vn/p/Ab3dE5gH7k"
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestNamesAreCutToTheirLength(t *testing.T) {
	got := render(t, C7, map[string]string{"don_vi": "Trung tâm Kiểm soát bệnh tật thành phố"})
	if !strings.HasPrefix(got, "1022 Hai Phong: Trung tam Kiem da tra loi") {
		t.Error(got)
	}
}

func TestCodesAndLinksAreSentAsTheyAreOrRefused(t *testing.T) {
	for name, change := range map[string]map[string]string{
		"space in code":     {"ma": "HP261123 0457"},
		"accent in code":    {"ma": "HPđ"},
		"line end in link":  {"lp": "a\nb"},
		"control character": {"mtl": "57\x00"},
		"emoji":             {"lp": "a🙂"},
		"huge":              {"lp": strings.Repeat("a", 10_000)},
	} {
		vars := Sample(O1)
		maps.Copy(vars, change)
		if _, err := Builtin().Render(O1, vars, Options{}); !errors.Is(err, ErrBadValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMissingVariableIsNamedAndNoValueIs(t *testing.T) {
	vars := map[string]string{"ma": "HP261123-0457", "tom_tat": "bí mật", "dia_ban": "", "lp": "x/p/y", "han": " "}
	_, err := Builtin().Render(O1, vars, Options{})
	if !errors.Is(err, ErrMissingVariable) {
		t.Fatal(err)
	}
	if want := "render O1 version 1: {han}, {mtl}: missing variable"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if _, err := Builtin().Render("O99", vars, Options{}); !errors.Is(err, ErrUnknownKey) {
		t.Error(err)
	}
}

func TestTooLongALinkIsNoRoomUnlessMoreSegmentsAreAllowed(t *testing.T) {
	vars := Sample(A3x)
	vars["lp"] = "mot-ten-mien-rat-dai.haiphong.gov.vn/p/Ab3dE5gH7k"
	if _, err := Builtin().Render(A3x, vars, Options{}); !errors.Is(err, ErrNoRoom) {
		t.Fatal(err)
	}
	r, err := Builtin().Render(A3x, vars, Options{MaxSegments: 2})
	if err != nil || r.Segments != 2 || !strings.HasSuffix(r.Text, vars["lp"]) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAnAccentedTextSaysTheSameAsTheUnaccentedOne(t *testing.T) {
	for _, tpl := range Builtin().All() {
		plain, err := Builtin().Render(tpl.Key, Sample(tpl.Key), Options{})
		if err != nil {
			t.Fatal(err)
		}
		accented, err := Builtin().Render(tpl.Key, Sample(tpl.Key), Options{Accented: true})
		if err != nil {
			t.Fatal(err)
		}
		if sms.Unaccent(accented.Text) != plain.Text || accented.Coding != sms.UCS2 {
			t.Errorf("%+v\n%+v", accented, plain)
		}
	}
}

// value draws values as the callers supply them: codes, links and times within
// their length, everything else as a person may type it.
func drawValue(t *rapid.T, v Variable) string {
	switch v.Kind {
	case Exact:
		return rapid.StringMatching(fmt.Sprintf(`[0-9A-Za-z./_-]{1,%d}`, v.Max)).Draw(t, v.Name)
	case Fixed:
		return rapid.StringMatching(fmt.Sprintf(`[0-9a-z/]{1,%d}`, v.Max)).Draw(t, v.Name)
	}
	words := rapid.SampledFrom([]string{"rác", "Đường", "ngập nửa mét", ",", ";", "–", "…", "😡", "\u00a0", "{ma}", "[x]", "€", "\n", "垃圾", "ﬁ", "ẽ̃", "\xff", "12/34", "x"})
	text := strings.Join(rapid.SliceOfN(words, 0, 60).Draw(t, v.Name), rapid.SampledFrom([]string{" ", "", ", "}).Draw(t, "between"))
	if rapid.Bool().Draw(t, "any") {
		text = rapid.String().Draw(t, v.Name)
	}
	if v.Optional {
		return text
	}
	return "a" + text
}

func TestWhateverTheValuesATextFitsAndItsCodesAreWhole(t *testing.T) {
	all := Builtin().All()
	rapid.Check(t, func(t *rapid.T) {
		tpl := rapid.SampledFrom(all).Draw(t, "template")
		vars := map[string]string{}
		for _, v := range Allowed(tpl.Key) {
			vars[v.Name] = drawValue(t, v)
		}
		r, err := Builtin().Render(tpl.Key, vars, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Coding != sms.GSM7 || !sms.Fits(r.Text) || r.Units > 160 || r.Segments != 1 {
			t.Fatalf("%+v", r)
		}
		for _, v := range Allowed(tpl.Key) {
			if v.Kind == Exact && !strings.Contains(r.Text, vars[v.Name]) {
				t.Fatalf("%s has no %s: %s", tpl.Key, v.Name, r.Text)
			}
		}
		line := r.Text
		table := tpl.Key.MailOnly()
		if table { // it stands in lines of its own, none empty
			line = strings.ReplaceAll(line, "\n", "|")
		}
		if strings.ContainsAny(line, "\x00\n\r") || strings.Contains(line, "  ") || strings.Contains(line, "||") && table {
			t.Fatalf("%q", r.Text)
		}
		accented, err := Builtin().Render(tpl.Key, vars, Options{Accented: true})
		if err != nil || sms.Units(sms.Unaccent(accented.Text), sms.GSM7) > 160 {
			t.Fatalf("%+v, %v", accented, err)
		}
	})
}

func TestASetServesManyAtOnce(t *testing.T) {
	done := make(chan error)
	keys := slices.Collect(maps.Keys(Builtin().texts))
	for range 4 {
		go func() {
			var err error
			for _, key := range keys {
				_, e := Builtin().Render(key, Sample(key), Options{})
				err = errors.Join(err, e)
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	short := Sample(O1)
	short["tom_tat"] = "Nắp hố ga vỡ"
	for name, bench := range map[string]struct {
		key  Key
		vars map[string]string
		opt  Options
	}{
		"fits":     {O1, short, Options{}},
		"cut":      {O1, Sample(O1), Options{}},
		"citizen":  {C4, Sample(C4), Options{}},
		"accented": {O1, Sample(O1), Options{Accented: true}},
	} {
		b.Run(name, func(b *testing.B) {
			set := Builtin()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := set.Render(bench.key, bench.vars, bench.opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Behind the header of a part there is room for 153 septets or 67 UTF-16 units.
func TestWhatIsLeftIsOfTheLastSegment(t *testing.T) {
	vars := Sample(VT)
	for n := range 600 {
		vars["bang"] = "1. " + strings.Repeat("a", n)
		for _, accented := range []bool{false, true} {
			r, err := Builtin().Render(VT, vars, Options{Accented: accented, MaxSegments: MailSegments})
			if err != nil {
				t.Fatal(err)
			}
			alone, part := segmentUnits, partUnits
			if r.Coding == sms.UCS2 {
				alone, part = 70, 67
			}
			room := part * r.Segments
			if r.Segments == 1 {
				room = alone
			}
			if r.Left != room-r.Units {
				t.Errorf("%d units of %v in %d segments: %d are left, want %d", r.Units, r.Coding, r.Segments, r.Left, room-r.Units)
			}
		}
	}
}

func TestAMailsTableKeepsItsLinesAndIsCutBehindOne(t *testing.T) {
	line := "HP261123-0457, ĐK Bạch Long Vĩ, hạn 16h00 24/11: " + strings.Repeat("nước ngập ", 16)
	table := strings.Repeat(line+"\r\n\n", 20)
	for segments, whole := range map[int]bool{MailSegments: true, 10: false, 1: false} {
		vars := Sample(VT)
		vars["bang"] = table
		r, err := Builtin().Render(VT, vars, Options{Accented: true, MaxSegments: segments})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Builtin().Render(VT, vars, Options{MaxSegments: segments})
		if err != nil || plain.Segments > segments {
			t.Errorf("%d segments of %d (%v)", plain.Segments, segments, err)
		}
		lines := strings.Split(r.Text, "\n")
		if whole && len(lines) != 22 || strings.Contains(r.Text, "\r") || slices.Contains(lines, "") {
			t.Errorf("%d segments: %d lines: %q", segments, len(lines), r.Text)
		}
		if !strings.HasPrefix(lines[len(lines)-1], "Theo dõi: ") {
			t.Errorf("%d segments: the wording is not behind the table: %q", segments, lines[len(lines)-1])
		}
		if segments == 10 && lines[len(lines)-2] != "..." {
			t.Errorf("cut inside a line: %q", lines[len(lines)-2])
		}
	}
}

func TestATableWithoutLinesIsMissing(t *testing.T) {
	vars := Sample(VT)
	vars["bang"] = " \n\t\n"
	if _, err := Builtin().Render(VT, vars, Options{}); !errors.Is(err, ErrMissingVariable) {
		t.Errorf("an empty table: %v", err)
	}
}
