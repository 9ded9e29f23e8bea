package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report/sheet"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
	bureau "notify1022/web/console"
)

// exchanging is an exchange over a database of its own.
func exchanging(t *testing.T, dsn string) exchange {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	numbering := escalation.Numbering{TestPrefixes: []string{"057"}}
	desk := escalation.NewDesk(db, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "test", Numbering: numbering,
		Token: newToken, Salt: newToken, Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.example.vn", Support: "0225.1022",
	})
	spec := worktime.HaiPhongSpec()
	book := &calendarBook{db: db, desk: desk, base: spec, version: "test", fixed: worktime.HaiPhong(), log: slog.New(slog.DiscardHandler)}
	book.current.Store(&calendarPage{calendar: book.fixed, spec: spec, version: "test"})
	return exchange{db, desk, &calendarShelf{city: book}, numbering}
}

func (x exchange) must(t *testing.T, kind sheet.Kind, text string, dry bool) sheet.Outcome {
	t.Helper()
	tables, err := sheet.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := x.run(t.Context(), sheetOrder{kind: kind, tables: tables, by: atTheCommandLine(), dry: dry})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	unitSheet    = "Mã đơn vị,Tên đơn vị,Tên ngắn,Loại\nSXD,Sở Xây dựng,So XD,sở\nLACHTRAY,Phường Lạch Tray,P Lach Tray,phường\n"
	contactSheet = "Đơn vị,Vai trò,Họ tên,Số điện thoại\nSở Xây dựng,đầu mối,Nguyễn Văn Thử,570000101\nSXD,thủ trưởng,Trần Thị Mẫu,570000102\n"
	daySheet     = "Ngày,Loại,Nội dung,Văn bản\n06/09/2027,nghỉ,Nghỉ bão,Công điện 12\n"
	petSheet     = "Số phiếu,Kênh,Loại nội dung,Họ tên,Số điện thoại,Nội dung,Đơn vị\nS-1,điện thoại,1,Nguyễn Thị An,570000401,Đèn đường tắt ở ngõ 72,\nS-2,điện thoại,2,Trần Thử,570000402,Rác không ai thu gom,SXD\n"
)

// stood counts what an import may have left.
func (x exchange) stood(t *testing.T) string {
	t.Helper()
	units, err1 := x.db.Units(t.Context())
	contacts, err2 := x.db.Contacts(t.Context(), store.ContactFilter{})
	petitions, err3 := x.db.CountByStatus(t.Context())
	_, saved, err4 := x.db.Setting(t.Context(), calendarSetting)
	messages, err5 := x.db.CountMessages(t.Context())
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(units, contacts, petitions, saved, messages)
}

func TestAnImportIsAllOrNothingAndTwiceIsOnce(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		for _, test := range []struct {
			kind      sheet.Kind
			good, bad string // bad has one fault, in its last row
			rows      int
		}{
			{sheet.Units, unitSheet, strings.Replace(unitSheet, "phường\n", "\n", 1), 2},
			{sheet.Contacts, contactSheet, strings.Replace(contactSheet, "570000102", "570000101x", 1), 2},
			{sheet.Holidays, daySheet, daySheet + "06/09/2027,nghỉ,Trùng,Công điện 13\n", 1},
			{sheet.Petitions, petSheet, strings.Replace(petSheet, "Trần Thử", "", 1), 2},
		} {
			before := x.stood(t)
			if out := x.must(t, test.kind, test.bad, false); out.Problems.Count() != 1 || out.Done {
				t.Fatalf("%s: %+v", test.kind, out)
			}
			if out := x.must(t, test.kind, test.good, true); out.Problems.Any() || out.New != test.rows || out.Done {
				t.Fatalf("%s, dry: %+v", test.kind, out)
			}
			if after := x.stood(t); after != before {
				t.Fatalf("%s: a refused import or a dry run left\n%s\nit was\n%s", test.kind, after, before)
			}
			if out := x.must(t, test.kind, test.good, false); out.New != test.rows || !out.Done {
				t.Fatalf("%s: %+v", test.kind, out)
			}
			once := x.stood(t)
			if once == before {
				t.Fatalf("%s: nothing was imported", test.kind)
			}
			if out := x.must(t, test.kind, test.good, false); out.New+out.Changed != 0 || out.Same != test.rows {
				t.Fatalf("%s, again: %+v", test.kind, out)
			}
			if after := x.stood(t); after != once {
				t.Fatalf("%s: a second import left\n%s\nit was\n%s", test.kind, after, once)
			}
		}
	})
}

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

func TestWhatIsExportedIsImportedAsTheSame(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		for kind, text := range map[sheet.Kind]string{sheet.Units: unitSheet} {
			x.must(t, kind, text, false)
		}
		x.must(t, sheet.Contacts, contactSheet, false)
		x.must(t, sheet.Holidays, daySheet, false)
		x.must(t, sheet.Petitions, petSheet, false)
		if _, err := x.desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Không từ bảng nào", Citizen: escalation.CitizenIntake{Name: "=Thử", Phone: "0570000403"}}, atTheCommandLine()); err != nil {
			t.Fatal(err)
		}
		before := x.stood(t)
		for _, kind := range sheet.Kinds() {
			for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
				for _, private := range []bool{false, true} {
					var out bytes.Buffer
					if err := x.Export(t.Context(), &out, bureau.ExportOrder{Kind: kind, Format: format, Private: private}, atTheCommandLine()); err != nil {
						t.Fatal(err)
					}
					if got := x.must(t, kind, out.String(), false); got.Same == 0 || got.New+got.Changed > 0 || got.Problems.Any() {
						t.Errorf("%s as %s: %+v", kind, format, got)
					}
				}
			}
		}
		if after := x.stood(t); after != before {
			t.Errorf("an exported sheet changed\n%s\ninto\n%s", before, after)
		}
		log, err := x.db.ChangeLog(t.Context(), "petition", "", "", 0)
		if err != nil || len(log.Items) == 0 || !slices.ContainsFunc(log.Items, func(l store.Logged) bool {
			return l.Action == "export" && strings.Contains(l.Detail, "dữ liệu cá nhân")
		}) {
			t.Errorf("the log: %+v, %v", log.Items, err)
		}
	})
}

// Two administrators confirm the same file at the same moment.
func TestTwoImportsOfOneFileRecordItOnce(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		tables, err := sheet.Read([]byte(petSheet))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 4)
		for range cap(done) {
			go func() {
				_, err := x.run(t.Context(), sheetOrder{kind: sheet.Petitions, tables: tables, by: atTheCommandLine()})
				done <- err
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		counts, err := x.db.CountByStatus(t.Context())
		total := 0
		for _, n := range counts {
			total += n
		}
		if err != nil || total != 2 {
			t.Errorf("%d petitions, %v", total, err)
		}
	})
}

func TestAnImportThatWasAgreedToIsTheOneThatIsDone(t *testing.T) {
	x := exchanging(t, storetest.SQLite(t))
	seen, err := x.DryRun(t.Context(), sheet.Units, []byte(unitSheet))
	if err != nil {
		t.Fatal(err)
	}
	x.must(t, sheet.Units, "code,name,sms_name,kind\nSXD,Sở khác,So khac,sở\n", false)
	var problem *escalation.Problem
	if _, err := x.Import(t.Context(), sheet.Units, []byte(unitSheet), seen.Mark(), true, atTheCommandLine()); !errors.As(err, &problem) || problem.Kind != escalation.Stale {
		t.Fatalf("%v", err)
	}
	seen, err = x.DryRun(t.Context(), sheet.Units, []byte(unitSheet))
	if err != nil || seen.New != 1 || seen.Changed != 1 {
		t.Fatalf("%+v, %v", seen, err)
	}
	if out, err := x.Import(t.Context(), sheet.Units, []byte(unitSheet), seen.Mark(), true, atTheCommandLine()); err != nil || !out.Done {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestTheVerbsImportAndExportKeepTheirWord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := mustWrite(t, dir, "config.yaml", "environment: simulation\ndatabase: sqlite:"+dir+"/n.db\ntest_prefixes: [\"057\"]\n")
	run := func(stdin string, args ...string) ran {
		return runCLI(t, stdin, append(args, "--config", config)...)
	}
	units := mustWrite(t, dir, "units.csv", unitSheet)
	for _, test := range []struct {
		in   string
		args []string
		code int
		says string // on stdout, or on stderr with code 2
	}{
		{"", []string{"import", "units", units, "--dry-run"}, exitDone, "sẽ thêm 2, sẽ sửa 0, giữ nguyên 0"},
		{"", []string{"import", "units", units}, exitDone, "hàng 2, mới: SXD Sở Xây dựng"},
		{"", []string{"import", "units", units}, exitDone, "đã thêm 0, đã sửa 0, giữ nguyên 2"},
		{strings.Replace(unitSheet, "So XD", "SXD", 1), []string{"import", "units", "-"}, exitDone, `Tên ngắn: "So XD" → "SXD"`},
		{contactSheet, []string{"import", "contacts", "-"}, exitDone, "đã thêm 2"},
		{strings.Replace(contactSheet, "570000102", "0225 3842222", 1), []string{"import", "contacts", "-"}, exitDone, "lưu ý: hàng 3, cột D (Số điện thoại): số cố định"},
		{petSheet, []string{"import", "petitions", "-"}, exitDone, "đã thêm 2"},
		{daySheet, []string{"import", "holidays", "-"}, exitDone, "0 thời hạn của 0 phản ánh đã dời"},
		{"code,name\nSXD,\n", []string{"import", "units", "-"}, exitUsage, "lỗi: hàng 2, cột B (name)"},
		{"", []string{"import", "units", filepath.Join(dir, "nothing.csv")}, exitUsage, "no such file"},
		{"", []string{"import", "people", units}, exitUsage, "must be one of"},
		{"\xd0\xcf\x11\xe0", []string{"import", "units", "-"}, exitUsage, ".xls cũ"},
		{"", []string{"export", "units"}, exitDone, "SXD,Sở Xây dựng,SXD,TT So XD,so_nganh,,,,,,,,,\r\n"},
		{"", []string{"export", "petitions", "--from", "2020-01-01"}, exitDone, "S-2,HP"},
		{"", []string{"export", "petitions", "--from", "hôm nay"}, exitUsage, "--from"},
		{"", []string{"export", "units", "--personal"}, exitUsage, "--personal"},
		{"", []string{"export", "units", "--format", "pdf"}, exitUsage, "--format"},
	} {
		got := run(test.in, test.args...)
		if got.code != test.code || !strings.Contains(got.out+got.err, test.says) || test.code == exitDone && !strings.Contains(got.out, test.says) {
			t.Errorf("%v: exit code %d\nstdout %s\nstderr %s\nwant %q", test.args, got.code, got.out, got.err, test.says)
		}
	}
	if got := run("", "export", "petitions"); strings.Contains(got.out, "Nguyễn Thị An") || strings.Contains(got.out, "0570000401") {
		t.Errorf("citizens' data without --personal:\n%s", got.out)
	}
	if got := run("", "export", "petitions", "--personal"); !strings.Contains(got.out, "Nguyễn Thị An") {
		t.Errorf("no citizens' data with --personal:\n%s", got.out)
	}
	out := filepath.Join(dir, "days.xlsx")
	if got := run("", "export", "holidays", "--out", out); got.code != exitDone || got.out != "" {
		t.Errorf("%+v", got)
	}
	book, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err := book.GetRows("ngày nghỉ, làm bù"); err != nil || len(rows) < 30 || rows[0][0] != "Ngày" || rows[1][0] != "2024-01-01" {
		t.Errorf("%v, %v", rows[:2], err)
	}
	if got := run("", "import", "holidays", out); got.code != exitDone || !strings.Contains(got.out, "đã thêm 0, đã sửa 0") {
		t.Errorf("%+v", got)
	}
}

func TestTheProgressBarIsDrawnOnTerminalsAlone(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "err"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if b := newBar(file); b.w != nil {
		t.Error("a file is no terminal")
	}
	var out bytes.Buffer
	b := &bar{w: &out, last: -1}
	for i := range 1001 {
		b.show(i, 1000)
	}
	b.end()
	if drawn := strings.Count(out.String(), "\r"); drawn != 101 || !strings.HasSuffix(out.String(), "########] 100%\n") {
		t.Errorf("drawn %d times: %q", drawn, out.String())
	}
}

func TestAnAdministratorImportsInTheConsole(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	admin := h.signedIn(escalation.Administrator, "")
	admin.must(admin.get("/console/exchange"), 200, "Nhập/xuất dữ liệu")
	admin.must(admin.upload("/console/exchange", "file", map[string][]byte{"don-vi.csv": []byte(strings.Replace(unitSheet, "sở\n", "gì đó\n", 1))}, "kind", "units"), 422, "<td>2</td>", "D Loại", "không có trong danh mục", "1 lỗi: chưa nhập gì")
	admin.must(admin.upload("/console/exchange", "file", map[string][]byte{"don-vi.xls": []byte("\xd0\xcf\x11\xe0")}, "kind", "units"), 422, ".xls cũ")
	admin.must(admin.upload("/console/exchange", "file", nil, "kind", "units"), 422, "một tệp")
	page := admin.must(admin.upload("/console/exchange", "file", map[string][]byte{"don-vi.csv": []byte(unitSheet)}, "kind", "units"), 200, "SXD Sở Xây dựng", "Nhập: thêm 1, sửa 1")
	form := regexp.MustCompile(`action="(/console/exchange/[A-Z0-9]+/do)"><input type="hidden" name="agreed" value="([0-9a-f]+)"`).FindStringSubmatch(page.body)
	stranger := h.signedInAs("khac", escalation.Administrator, "")
	stranger.must(stranger.post(form[1], "agreed", form[2]), 404) // not its file
	admin.must(admin.post(form[1], "agreed", "khac"), 422, "hãy xem lại", "Nhập: thêm 1")
	page = admin.must(admin.upload("/console/exchange", "file", map[string][]byte{"don-vi.csv": []byte(unitSheet)}, "kind", "units"), 200)
	form = regexp.MustCompile(`action="(/console/exchange/[A-Z0-9]+/do)"><input type="hidden" name="agreed" value="([0-9a-f]+)"`).FindStringSubmatch(page.body)
	admin.must(admin.post(form[1], "agreed", form[2]), 303)
	admin.must(admin.post(form[1], "agreed", form[2]), 404, "đã nhập") // once
	admin.must(admin.get("/console/log?what=unit"), 200, "<td>nhập</td>", "SXD")
	sent := admin.must(admin.post("/console/exchange/export", "kind", "units", "format", "csv"), 200, "SXD,Sở Xây dựng")
	admin.must(admin.upload("/console/exchange", "file", map[string][]byte{"xuat.csv": []byte(sent.body)}, "kind", "units"), 200, "Không có gì để ghi")
	h.petition(false)
	days := []string{"kind", "petitions", "format", "csv", "from", "2026-11-01", "to", "2026-11-30"}
	if got := admin.must(admin.post("/console/exchange/export", days...), 200, "HP261123-0001"); strings.Contains(got.body, "Nguyễn Văn Thử") {
		t.Error("the sheet names the citizen")
	}
	admin.must(admin.post("/console/exchange/export", append(days, "private", "1")...), 200, "Nguyễn Văn Thử")
	admin.must(admin.get("/console/log?what=petition"), 200, "<td>xuất</td>", "có dữ liệu cá nhân")
	admin.must(admin.post("/console/exchange/export", "kind", "petitions", "format", "csv", "from", "2025-01-01", "to", "2026-11-30"), 422, "một quý")
}

// A file of the greatest size is one transaction, and is over in far less than a
// lease; no second is asserted, the test's own time limit is.
func TestALargeFileOfPetitionsIsRecordedWhole(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		var text strings.Builder
		text.WriteString("external_code,channel,kind,citizen.name,citizen.phone,content,unit\n")
		for i := range 1000 {
			fmt.Fprintf(&text, "S-%d,phone,1,Người %d,0570000%03d,Đèn đường tắt ở ngõ %d,\n", i, i, i%999+1, i)
		}
		began := time.Now()
		out := x.must(t, sheet.Petitions, text.String(), false)
		t.Logf("%d petitions in %s", out.New, time.Since(began).Round(time.Millisecond))
		if out.New != 1000 || !out.Done || len(out.Changes) != 200 {
			t.Errorf("%d new, %+v", out.New, out.Problems)
		}
	})
}

// What was taken in comes back as it was, on an installation that has none of it.
func TestAnExportOfPetitionsIsTakenInElsewhereAsItWas(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		x := exchanging(t, dsn)
		x.must(t, sheet.Units, unitSheet, false)
		noted := strings.Replace(strings.Replace(petSheet, ",Đơn vị\n", ",Đơn vị,Ghi chú,Giữ kín\n", 1), ",SXD\n", ",SXD,gấp giúp dân,có\n", 1)
		x.must(t, sheet.Petitions, strings.Replace(noted, "ngõ 72,\n", "ngõ 72,,,\n", 1)+"S-3,điện thoại,1,Lê Thử,570000403,Chuyện kín,,,\nS-4,điện thoại,1,Lê Thử,570000404,Người sẽ xóa,,,\n", false)
		for external, become := range map[string]func(p escalation.Petition) error{
			"S-3": func(p escalation.Petition) error {
				_, err := x.desk.Do(t.Context(), p.Code, &escalation.Withdraw{}, atTheCommandLine(), 0)
				return err
			},
			"S-4": func(p escalation.Petition) error {
				_, err := x.desk.Do(t.Context(), p.Code, &escalation.Withdraw{}, atTheCommandLine(), 0)
				if err == nil {
					err = forgetPetition(t.Context(), x.desk, x.db, p.ID, escalation.ForgetCitizen, "theo yêu cầu", atTheCommandLine())
				}
				return err
			},
		} {
			if err := become(x.known(t, external)); err != nil {
				t.Fatal(err)
			}
		}
		first := x.given(t, sheet.Petitions)
		y := elsewhere(t, dsn)
		y.must(t, sheet.Units, unitSheet, false)
		out := y.must(t, sheet.Petitions, first, false)
		if out.New != 3 || !slices.ContainsFunc(out.Notes, func(n string) bool { return strings.Contains(n, "đã xóa dữ liệu cá nhân") }) {
			t.Fatalf("taken in elsewhere: %+v", out)
		}
		if before, after := takenIn(t, first), takenIn(t, y.given(t, sheet.Petitions)); len(after) != 3 || !slices.Equal(before, after) {
			t.Errorf("went out as\n%v\ncame back as\n%v", before, after)
		}
	})
}

// known is the petition with the number of the register.
func (x exchange) known(t *testing.T, external string) (p escalation.Petition) {
	t.Helper()
	err := x.db.Tx(t.Context(), func(tx escalation.Tx) error {
		codes, err := tx.Registered(t.Context(), []string{external})
		if err != nil {
			return err
		}
		id, err := tx.PetitionID(t.Context(), codes[external])
		if err != nil {
			return err
		}
		list, err := tx.Petitions(t.Context(), id)
		if err == nil {
			p = list[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// given is everything of the kind as CSV.
func (x exchange) given(t *testing.T, kind sheet.Kind) string {
	t.Helper()
	var out strings.Builder
	err := x.Export(t.Context(), &out, bureau.ExportOrder{Kind: kind, Format: sheet.CSV, Private: true}, atTheCommandLine())
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// takenIn are the rows of a sheet that can be recorded, with what is recorded of them.
func takenIn(t *testing.T, body string) (list []string) {
	t.Helper()
	tables, err := sheet.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	dir := escalation.NewDirectory([]escalation.Unit{{Code: "SXD"}}, nil)
	for _, p := range sheet.TakePetitions(tables, dir, escalation.Numbering{TestPrefixes: []string{"057"}}).Rows {
		list = append(list, fmt.Sprintf("%s %+v", p.External, p.Intake))
	}
	return list
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
