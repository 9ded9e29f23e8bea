package main

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report/sheet"
	"notify1022/store"
	"notify1022/store/storetest"
)

// Đ17.9
func TestNewNumbersOfASheetAreAskedOnceAndOnlyWhereThatIsWished(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		asked := func() (n int) {
			page, err := x.db.Messages(t.Context(), store.MessageFilter{Limit: 500})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Items {
				if m.Template == "XM" && m.Lane == escalation.LaneBulk {
					n++
				}
			}
			return n
		}
		run := func(text string, dry, ask bool) sheet.Outcome {
			t.Helper()
			tables, err := sheet.Read([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			out, err := x.run(t.Context(), sheetOrder{kind: sheet.Contacts, tables: tables, by: atTheCommandLine(), dry: dry, ask: ask})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		const more = "SXD,người thay,Bùi Văn Nháp,0225 3842222\nLACHTRAY,đầu mối,Trần Thị Mẫu,570000102\n" // a landline; one person at two desks
		seen := run(contactSheet+more, true, true)
		if seen.Numbers != 3 || len(seen.Notes) == 0 || !strings.HasPrefix(seen.Notes[0], "3 số mới được hỏi") || asked() != 0 {
			t.Fatalf("the dry run: %+v, %d asked", seen, asked())
		}
		if quiet := run(contactSheet+more, true, false); quiet.Mark() != seen.Mark() || !strings.HasPrefix(quiet.Notes[0], "3 số mới không được hỏi") {
			t.Errorf("without asking: %+v", quiet)
		}
		run(contactSheet+more, false, true)
		run(contactSheet+more, false, true)
		if n := asked(); n != 3 {
			t.Fatalf("%d numbers are asked, want 3", n)
		}
		run("Đơn vị,Vai trò,Họ tên,Số điện thoại\nSXD,đầu mối,Lý Văn Thêm,570000105\n", false, false)
		if n := asked(); n != 3 {
			t.Errorf("%d numbers are asked although it was not wished", n)
		}
	})
}

// elsewhere is an exchange over another, empty database of the same kind.
func elsewhere(t *testing.T, dsn string) exchange {
	t.Helper()
	return exchanging(t, map[bool]func(testing.TB) string{true: storetest.Postgres, false: storetest.SQLite}[strings.HasPrefix(dsn, "postgres")](t))
}

// Leave, stand-ins, successors who wait and what was verified move with the people.
func TestADirectoryIsTakenInElsewhereAsItWas(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		x.must(t, sheet.Contacts, contactSheet+"SXD,người thay,Lê Thay,570000103\n"+
			"SXD,lãnh đạo,Đỗ Không Nhận,570000106\nSXD,lãnh đạo,Ngô Nhận Thư,570000107\nSXD,lãnh đạo,Hồ Mặc Định,570000108\n", false)
		people, err := x.db.Contacts(t.Context(), store.ContactFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range people {
			choice := escalation.Subscription{Contact: k.ID, Channel: escalation.ReportByNone, Each: escalation.ReportMonthly, Day: 2, At: 8 * time.Hour}
			if k.Name == "Ngô Nhận Thư" {
				choice.Channel, choice.Each, choice.Day, choice.At = escalation.ReportByBoth, escalation.ReportWeekly, 3, 9*time.Hour+15*time.Minute
			}
			if k.Name != "Đỗ Không Nhận" && k.Name != "Ngô Nhận Thư" {
				continue
			}
			if err := x.db.By(atTheCommandLine()).Subscribe(t.Context(), choice); err != nil {
				t.Fatal(err)
			}
		}
		day := time.Date(2027, 3, 1, 0, 0, 0, 0, worktime.Zone())
		deputy, focal := people[0], people[1]
		focal.Verified = true
		focal.Absences = []escalation.Absence{{From: day, To: day.AddDate(0, 0, 3), Delegate: deputy.ID}, {From: day.AddDate(0, 1, 0).Add(8 * time.Hour)}}
		successor := escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Nguyễn Văn Thử", Phone: "+84570000109", Pending: true, Replaces: focal.ID}
		err = x.db.Tx(t.Context(), func(tx escalation.Tx) error {
			_, err1 := tx.SaveContact(t.Context(), focal, atTheCommandLine())
			_, err2 := tx.SaveContact(t.Context(), successor, atTheCommandLine())
			return errors.Join(err1, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
		first := x.given(t, sheet.Contacts)
		if out := x.must(t, sheet.Contacts, first, false); out.New+out.Changed != 0 || out.Same != 7 || len(out.Notes) != 0 {
			t.Errorf("over itself: %+v", out)
		}
		for _, want := range []string{"2027-03-01/2027-03-03 SXD/deputy/0570000103; 2027-04-01T08:00:00+07:00/", "SXD/focal/0570000101", "Đỗ Không Nhận,0570000106,,0,,,,,,,không gửi", "\"SMS và thư điện tử, hằng tuần, ngày làm việc 3, 09:15\""} {
			if !strings.Contains(first, want) {
				t.Errorf("the sheet lacks %q:\n%s", want, first)
			}
		}

		if people, err = x.db.Contacts(t.Context(), store.ContactFilter{}); err != nil {
			t.Fatal(err)
		}
		took := people[slices.IndexFunc(people, func(k escalation.Contact) bool { return k.Pending })]
		took.Pending = false
		err = x.db.Tx(t.Context(), func(tx escalation.Tx) error {
			_, err := tx.SaveContact(t.Context(), took, atTheCommandLine())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if out := x.must(t, sheet.Contacts, first, false); out.New+out.Changed != 0 || out.Problems.Any() {
			t.Errorf("over a successor who has taken office since: %+v", out)
		}

		y := elsewhere(t, dsn)
		y.must(t, sheet.Units, unitSheet, false)
		if out := y.taken(t, first, true); out.New != 7 {
			t.Fatalf("%+v", out)
		}
		if back := y.given(t, sheet.Contacts); back != first {
			t.Errorf("went out as\n%s\ncame back as\n%s", first, back)
		}

		chosen, err := y.db.Subscriptions(t.Context())
		if off := slices.ContainsFunc(slices.Collect(maps.Values(chosen)), escalation.Subscription.Off); err != nil || len(chosen) != 2 || !off {
			t.Errorf("the choices of reports are %+v (%v)", chosen, err)
		}

		z := elsewhere(t, dsn)
		z.must(t, sheet.Units, unitSheet, false)
		out := z.taken(t, first, false)
		if !slices.ContainsFunc(out.Notes, func(n string) bool {
			return strings.HasPrefix(n, "1 số ghi là đã xác minh: không lấy theo tệp")
		}) {
			t.Errorf("the notes are %v", out.Notes)
		}
		list, err := z.db.Contacts(t.Context(), store.ContactFilter{})
		if err != nil || slices.ContainsFunc(list, func(k escalation.Contact) bool { return k.Verified }) {
			t.Errorf("a sheet makes a number verified: %+v (%v)", list, err)
		}
		before := z.stood(t)
		for wrong, told := range map[string]string{
			strings.Replace(first, "SXD/deputy/0570000103", "SXD/deputy/0570000999", 1): "không có người thay này",
			strings.Replace(first, "SXD/deputy/0570000103", "SXD/focal/0570000101", 1):  "người thay phải là người khác",
			strings.Replace(first, "/2027-03-03", "/2027-02-03", 1):                     "kết thúc trước khi bắt đầu",
			strings.Replace(first, "2027-03-01/", "hôm nào/", 1):                        "mỗi lần vắng ghi như",
		} {
			if out := z.taken(t, wrong, false); out.Problems.Count() != 1 || !strings.Contains(out.Problems.List[0].Detail, told) {
				t.Errorf("want %q: %+v", told, out.Problems)
			}
		}
		if z.stood(t) != before {
			t.Error("a refused sheet changed something")
		}
	})
}

// Đ17.9: whoever is to take a place by a sheet keeps the rules of the page, and the rows that
// were there are as they were.
func TestASheetsSuccessorsKeepTheRulesOfThePage(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		const head = "unit,role,name,phone,valid_from,valid_to,pending,replaces\n"
		const first = "SXD,focal,Phạm Đang Chờ,0570000111,,,có,SXD/focal/0570000101\n"
		out := x.must(t, sheet.Contacts, head+"SXD,focal,Nguyễn Văn Thử,0570000101,,,,\nSXD,focal,Vũ Thứ Hai,0570000104,,,,\nSXD,focal,Bùi Sắp Đến,0570000105,2099-01-05,,,\n"+
			"SXD,head,Trần Thị Mẫu,0570000102,,,,\nLACHTRAY,head,Lê Thị Lạch,0570000103,,,,\n"+first, false)
		if out.New != 6 || out.Problems.Any() {
			t.Fatalf("%+v", out)
		}
		before := x.stood(t)
		for _, wrong := range []struct {
			rows, column, told string
			row                int
		}{
			{"SXD,focal,Người Mới,0570000112,,,có,LACHTRAY/head/0570000103\n", "H", "cùng đơn vị và cùng vai trò", 2},
			{"SXD,head,Người Mới,0570000112,,,có,SXD/focal/0570000104\n", "H", "cùng đơn vị và cùng vai trò", 2},
			{"SXD,focal,Người Mới,0570000112,,,có,SXD/focal/0570000101\n", "H", "đã có một người thay thế", 2},
			{"SXD,focal,Người Mới,0570000112,,,có,SXD/focal/0570000104\nSXD,focal,Người Nữa,0570000113,,,có,SXD/focal/0570000104\n", "H", "đã có một người thay thế", 3},
			{"SXD,focal,Người Mới,0570000112,,,có,SXD/focal/0570000111\n", "H", "không có người đang giữ vai trò", 2},
			{"SXD,focal,Người Mới,0570000112,,,có,SXD/focal/0570000105\n", "H", "không có người đang giữ vai trò", 2},
			{"SXD,focal,Người Mới,02253842222,,,có,SXD/focal/0570000104\n", "D", "phải nhận được tin nhắn", 2},
			{"SXD,focal,Người Mới,0570000104,,,có,SXD/focal/0570000104\n", "D", "số này", 2},
			{"SXD,focal,Người Mới,0570000112,2099-01-05,,có,SXD/focal/0570000104\n", "E", "hãy ghi vào ngày nhận việc", 2},
			{strings.Replace(first, "/0570000101", "/0570000104", 1), "H", "không đổi được bằng tệp", 2},
			{strings.Replace(first, "SXD/focal/0570000101", "", 1), "H", "không đổi được bằng tệp", 2},
			{"SXD,focal,Vũ Thứ Hai,0570000114,,,,\nSXD,focal,Người Mới,0570000112,,,có,SXD/focal/0570000104\n", "H", "đã có một người thay thế", 3},
		} {
			out := x.must(t, sheet.Contacts, head+wrong.rows, false)
			if out.Problems.Count() != 1 || out.Done {
				t.Errorf("%q: %+v", wrong.rows, out)
				continue
			}
			if p := out.Problems.List[0]; p.Row != wrong.row || p.Column != wrong.column || !strings.Contains(p.Detail, wrong.told) {
				t.Errorf("%q: %s", wrong.rows, p)
			}
		}
		if after := x.stood(t); after != before {
			t.Errorf("refused sheets left\n%s\nit was\n%s", after, before)
		}
	})
}

// A directory may hold a successor whose time ran out while they waited, another one beside
// them, and one who waits for the place of somebody who has left meanwhile.
func TestSuccessorsOfPlacesThatEndedAreTakenInElsewhereAsTheyWere(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		x.must(t, sheet.Contacts, contactSheet, false)
		people, err := x.db.Contacts(t.Context(), store.ContactFilter{})
		if err != nil {
			t.Fatal(err)
		}
		past := time.Date(2026, 3, 2, 0, 0, 0, 0, worktime.Zone())
		for i := range people {
			people[i].ValidFrom, people[i].ValidTo = past.AddDate(-1, 0, 0), past
		}
		focal := people[slices.IndexFunc(people, func(k escalation.Contact) bool { return k.Role == escalation.Focal })]
		late := escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đã Hết Hạn", Phone: "+84570000111", Pending: true, Replaces: focal.ID, ValidTo: past}
		next := escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Phạm Đang Chờ", Phone: "+84570000112", Pending: true, Replaces: focal.ID}
		if _, err := x.db.By(atTheCommandLine()).SaveContacts(t.Context(), append(people, late, next)...); err != nil {
			t.Fatal(err)
		}
		first := x.given(t, sheet.Contacts)
		y := elsewhere(t, dsn)
		y.must(t, sheet.Units, unitSheet, false)
		if out := y.taken(t, first, false); out.New != 4 {
			t.Fatalf("%+v", out)
		}
		if back := y.given(t, sheet.Contacts); back != first {
			t.Errorf("went out as\n%s\ncame back as\n%s", first, back)
		}
	})
}

// Who stands in for somebody goes away by no sheet; what a head has agreed to by SMS moves
// with the installation, and the shift lead hears of it.
func TestWhoStandsInGoesAwayByNoSheet(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		const head = "unit,role,name,phone,email,absences\n"
		const relies = "SXD,focal,Nguyễn Văn Thử,0570000101,,2099-03-02/2099-03-06 SXD/deputy/0570000103\n" // Monday
		deputy := func(absences string) string { return "SXD,deputy,Lê Thay,0570000103,," + absences + "\n" }
		if out := x.must(t, sheet.Contacts, head+relies+deputy(""), false); !out.Done {
			t.Fatalf("%+v", out)
		}
		before := x.stood(t)
		out := x.must(t, sheet.Contacts, head+deputy("2099-03-05/2099-03-10"), false)
		if out.Problems.Count() != 1 || out.Problems.List[0].Column != "F" || !strings.Contains(out.Problems.List[0].Detail, "Lê Thay đang được cử thay cho Nguyễn Văn Thử") || x.stood(t) != before {
			t.Errorf("away without a word: %+v", out)
		}
		if out := x.must(t, sheet.Contacts, head+deputy("2099-03-07/2099-03-10"), false); !out.Done {
			t.Errorf("away after it: %+v", out)
		}

		people, err := x.db.Contacts(t.Context(), store.ContactFilter{Role: escalation.Deputy})
		if err != nil {
			t.Fatal(err)
		}
		people[0].Absences = []escalation.Absence{{From: time.Date(2099, 3, 5, 0, 0, 0, 0, worktime.Zone()), To: time.Date(2099, 3, 7, 0, 0, 0, 0, worktime.Zone())}}
		if _, err := x.db.By(atTheCommandLine()).SaveContacts(t.Context(), people...); err != nil {
			t.Fatal(err)
		}
		if out := x.must(t, sheet.Contacts, head+strings.Replace(relies, "101,,", "101,thu@example.vn,", 1), false); out.Changed != 1 {
			t.Errorf("an address of somebody whose stand-in is away: %+v", out)
		}
		first := x.given(t, sheet.Contacts)
		y := elsewhere(t, dsn)
		y.must(t, sheet.Units, unitSheet, false)
		if out := y.taken(t, first, false); !out.Problems.Any() || !strings.Contains(out.Problems.List[0].Detail, "cũng vắng mặt") && !strings.Contains(out.Problems.List[0].Detail, "đang được cử thay") {
			t.Errorf("of somebody's sheet: %+v", out)
		}
		if out := y.taken(t, first, true); out.New != 2 || !strings.Contains(strings.Join(out.Notes, "\n"), "người thay cũng vắng mặt trong thời gian đó") {
			t.Errorf("of an installation of one's own: %+v", out)
		}
		if back := y.given(t, sheet.Contacts); back != first {
			t.Errorf("went out as\n%s\ncame back as\n%s", first, back)
		}
		tasks, err := y.db.Tasks(t.Context(), store.TaskFilter{For: escalation.ShiftLead, Limit: 10})
		if err != nil || len(tasks.Items) != 1 || !strings.Contains(tasks.Items[0].Text, "Nguyễn Văn Thử vắng mặt từ 2/3, nhưng người thay cũng vắng mặt") {
			t.Errorf("the tasks are %+v (%v)", tasks.Items, err)
		}
	})
}

// taken imports people by the command line.
func (x exchange) taken(t *testing.T, body string, trust bool) sheet.Outcome {
	t.Helper()
	tables, err := sheet.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	out, err := x.run(t.Context(), sheetOrder{kind: sheet.Contacts, tables: tables, by: atTheCommandLine(), trust: trust})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
