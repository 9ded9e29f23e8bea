package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
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
