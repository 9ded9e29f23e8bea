package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

var numbering = escalation.Numbering{TestPrefixes: []string{"057"}}

// nasty are texts that sheets, formulas and XML stumble over.
var nasty = []string{
	"=1+1", "+84", "-5", "@SUM(A1)", "'=x", "''-", "'thường", `="0912"`, "\"", `a"b`, "a,b", "a;b", "a\\;b", "\\", "a\tb", "a\nb", "\n=x",
	"sep=;", "Nguyễn\u00a0Văn A", norm.NFD.String("Trần Thị Ngữ Ỷ"), "👩‍👩‍👧 đèn 🚦", "_x000A_", "_x005F_x000A_", "&lt;b&gt;", "<b>", "]]>", "#N/A ", "0912345678",
	"9.12E8", "46086", "TRUE", "\u200b", "\ufeff", "ＡＢ＝", "＝1", strings.Repeat("dài ", 40), "e\u0301\u0323", "\x0b\x1f", "\u2028", "𝒜", "null", "--", "1e5",
}

func texts(line bool) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringN(0, 8, 30)), 1, 3).Draw(t, "parts")
		s := strings.ToValidUTF8(strings.Join(parts, rapid.SampledFrom([]string{"", " ", "\u00a0"}).Draw(t, "glue")), "")
		if line {
			s = strings.Map(func(c rune) rune {
				if c == '\n' || c == '\r' || c == '\t' {
					return ' '
				}
				return c
			}, s)
		}
		return s
	})
}

// cutTo is a canonical text of at most n runes, or the fallback.
func cutTo(s string, n int, fallback string) string {
	runes := []rune(canonical(s))
	if s = canonical(string(runes[:min(len(runes), n)])); s == "" || errorValue(s) {
		return fallback
	}
	return s
}

func lists(t *rapid.T, name string) []string {
	var out []string
	for _, s := range rapid.SliceOfN(texts(false), 0, 4).Draw(t, name) {
		if s = canonical(s); s != "" && !errorValue(s) {
			out = append(out, s)
		}
	}
	return out
}

var someUnits = rapid.Custom(func(t *rapid.T) []escalation.Unit {
	var units []escalation.Unit
	for i := range rapid.IntRange(1, 6).Draw(t, "units") {
		u := escalation.Unit{
			Code: fmt.Sprintf("%s%d", rapid.StringMatching(`[A-Z][A-Z0-9_.-]{0,5}`).Draw(t, "code"), i), Name: cutTo(texts(true).Draw(t, "name"), 200, "Tên"),
			SMSName: cutTo(texts(true).Draw(t, "sms"), 15, "T"), Addressee: cutTo(texts(true).Draw(t, "to"), 21, "TT"),
			Kind: rapid.SampledFrom(escalation.UnitKinds()).Draw(t, "kind"), Fields: lists(t, "fields"), Areas: lists(t, "areas"),
			Calendar: cutTo(texts(true).Draw(t, "calendar"), 20, ""),
		}
		units = append(units, u)
	}
	return units
})

func instants(t *rapid.T, name string) time.Time {
	base := time.Date(2026, 3, 5, 0, 0, 0, 0, worktime.Zone())
	switch rapid.IntRange(0, 3).Draw(t, name) {
	case 0:
		return time.Time{}
	case 1:
		return base.AddDate(0, 0, rapid.IntRange(-3000, 3000).Draw(t, name))
	case 2:
		return base.Add(time.Duration(rapid.Int64Range(-1e9, 1e9).Draw(t, name)) * time.Second)
	}
	return base.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, name)) * time.Microsecond)
}

// choiceOf is a choice that somebody has made, as a sheet makes it.
func choiceOf(t *rapid.T) (s escalation.Subscription) {
	if !rapid.Bool().Draw(t, "chosen") {
		return s
	}
	s.Channel, s.Each = rapid.SampledFrom(escalation.ReportChannels()).Draw(t, "channel"), rapid.SampledFrom(escalation.ReportEaches()[:3]).Draw(t, "each")
	s.Day, s.At = rapid.IntRange(1, 5).Draw(t, "day"), escalation.ReportFirst+escalation.ReportStep*time.Duration(rapid.IntRange(0, 40).Draw(t, "at"))
	if s.Off() { // the sheet says no more of it
		s.Each, s.Day, s.At = escalation.ReportMonthly, 2, 8*time.Hour
	}
	return s
}

func contactsOf(t *rapid.T, units []escalation.Unit) []Person {
	var list []Person
	for i := range rapid.IntRange(1, 8).Draw(t, "contacts") {
		k := Person{Contact: escalation.Contact{
			Unit: rapid.SampledFrom(units).Draw(t, "unit").Code, Role: rapid.SampledFrom(escalation.ContactRoles()).Draw(t, "role"),
			Name: cutTo(texts(true).Draw(t, "name"), 200, "Tên"), Phone: fmt.Sprintf("+84570000%03d", i+1), Order: rapid.IntRange(0, 1000).Draw(t, "order"),
			ValidFrom: instants(t, "from"), ValidTo: instants(t, "to"),
		}}
		if k.MaySubscribe() {
			k.Reports = choiceOf(t)
		}
		if rapid.Bool().Draw(t, "no phone") {
			k.Phone, k.Email = rapid.SampledFrom([]string{"", "+842253842222"}).Draw(t, "line"), fmt.Sprintf("a%d@b.vn", i)
		}
		k.Verified = k.Phone != "" && rapid.Bool().Draw(t, "verified")
		if from := instants(t, "away"); !from.IsZero() {
			k.Absences = append(k.Absences, escalation.Absence{From: from, To: from.Add(time.Duration(rapid.Int64Range(1, 1e9).Draw(t, "for")) * time.Millisecond)})
			if rapid.Bool().Draw(t, "again") {
				k.Absences = append(k.Absences, escalation.Absence{From: k.Absences[0].To.AddDate(0, 0, 1)})
			}
		}
		if !k.ValidTo.IsZero() && !k.ValidTo.After(k.ValidFrom) {
			k.ValidFrom, k.ValidTo = k.ValidTo, time.Time{}
		}
		if !slices.ContainsFunc(list, func(o Person) bool {
			return o.Unit == k.Unit && o.Role == k.Role && (o.Phone == k.Phone && k.Phone != "" || key(o.Name) == key(k.Name))
		}) {
			list = append(list, k)
		}
	}
	return list
}

var byTime = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })

func tablesOf(t *rapid.T, written func(*bytes.Buffer) error) []Table {
	var out bytes.Buffer
	if err := written(&out); err != nil {
		t.Fatal(err)
	}
	tables, err := Read(out.Bytes())
	if err != nil {
		t.Fatalf("%v of\n%.2000s", err, out.String())
	}
	return tables
}

func TestWhatIsWrittenComesBackAsItWas(t *testing.T) {
	for _, format := range []Format{CSV, XLSX} {
		t.Run(string(format), rapid.MakeCheck(func(t *rapid.T) {
			units := someUnits.Draw(t, "units")
			full, none := escalation.NewDirectory(units, nil), escalation.NewDirectory(nil, nil)
			tables := tablesOf(t, func(b *bytes.Buffer) error { return WriteUnits(b, format, full) })
			if o, save := PlanUnits(tables, full, nil); o.Same != len(units) || o.Problems.Any() || len(save) > 0 {
				t.Fatalf("over themselves: %+v", o)
			}
			var calendars []string
			for _, u := range units {
				calendars = append(calendars, u.Calendar)
			}
			o, save := PlanUnits(tables, none, calendars)
			if diff := cmp.Diff(full.Units(), save); diff != "" || o.New != len(units) {
				t.Fatalf("over nothing: %+v\n%s", o, diff)
			}

			people := contactsOf(t, units)
			now := time.Date(2026, 3, 5, 9, 0, 0, 0, worktime.Zone())
			tables = tablesOf(t, func(b *bytes.Buffer) error { return WriteContacts(b, format, people) })
			if o, save := PlanContacts(tables, full, people, Terms{Now: now, Numbering: numbering}); o.Same != len(people) || o.Problems.Any() || len(save) > 0 {
				t.Fatalf("contacts over themselves: %+v", o)
			}
			o, kept := PlanContacts(tables, full, nil, Terms{Now: now, Numbering: numbering, Trusted: true, By: escalation.Actor{Role: escalation.Administrator}})
			if diff := cmp.Diff(people, kept, byTime); diff != "" {
				t.Fatalf("contacts over nothing: %+v\n%s", o, diff)
			}
		}))
	}
}

var someDays = rapid.Custom(func(t *rapid.T) worktime.Spec {
	spec := worktime.HaiPhongSpec()
	for i := range rapid.IntRange(0, 5).Draw(t, "days") {
		date := time.Date(2027, 9, 6+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) // Monday to Friday
		document := rapid.SampledFrom([]string{"", "QĐ 1", cutTo(texts(false).Draw(t, "document"), 100, "")}).Draw(t, "kept")
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			spec.Off = append(spec.Off, worktime.DayOff{Date: date, Name: cutTo(texts(false).Draw(t, "name"), 100, "Lễ"), Document: document})
		case 1:
			spec.Work = append(spec.Work, worktime.WorkDay{Date: date, Document: document})
		case 2:
			spec.Short = append(spec.Short, worktime.ShortDay{Date: date, Hours: []string{"07:30-11:30", "13:00-15:00:30"}, Document: document})
		}
	}
	return spec
})

func TestACalendarsDaysComeBackAsTheyWere(t *testing.T) {
	for _, format := range []Format{CSV, XLSX} {
		t.Run(string(format), rapid.MakeCheck(func(t *rapid.T) {
			spec := someDays.Draw(t, "spec")
			tables := tablesOf(t, func(b *bytes.Buffer) error { return WriteHolidays(b, format, spec) })
			o, same := PlanHolidays(tables, spec)
			if diff := cmp.Diff(spec, same); diff != "" || o.Problems.Any() || o.New+o.Changed > 0 {
				t.Fatalf("over itself: %+v\n%s", o, diff)
			}
			for i := range spec.Off { // a document is asked of what is new
				if spec.Off[i].Document == "" {
					spec.Off[i].Document = "QĐ 2"
				}
			}
			for i := range spec.Work {
				if spec.Work[i].Document == "" {
					spec.Work[i].Document = "QĐ 2"
				}
			}
			bare := spec
			bare.Off, bare.Work, bare.Short = nil, nil, nil
			tables = tablesOf(t, func(b *bytes.Buffer) error { return WriteHolidays(b, format, spec) })
			o, back := PlanHolidays(tables, bare)
			if diff := cmp.Diff(daysOf(spec), daysOf(back)); diff != "" {
				t.Fatalf("over nothing: %+v\n%s", o, diff)
			}
		}))
	}
}

func TestATextThatIsGuardedComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := texts(false).Draw(t, "text")
		g := escalation.GuardCell(s)
		if escalation.UnguardCell(g) != s || strings.HasPrefix(g, "=") || strings.HasPrefix(g, "+") || strings.HasPrefix(g, "-") || strings.HasPrefix(g, "@") {
			t.Fatalf("%q → %q → %q", s, g, escalation.UnguardCell(g))
		}
	})
}
