package sheet

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// workbook makes an XLSX as people make them.
func workbook(t *testing.T, fill func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f, "Sheet1")
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// set writes a row of cells beginning at a cell.
func set(t *testing.T, f *excelize.File, sheet, at string, cells ...any) {
	t.Helper()
	if err := f.SetSheetRow(sheet, at, &cells); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, body []byte) []Table {
	t.Helper()
	tables, err := Read(body)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

var town = escalation.NewDirectory([]escalation.Unit{
	{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department},
	{Code: "LACHTRAY", Name: "Phường Lạch Tray", SMSName: "P Lach Tray", Kind: escalation.Ward},
	{Code: "P1", Name: "Phòng Một", SMSName: "Phong"}, {Code: "P2", Name: "Phòng Hai", SMSName: "Phong"},
}, nil)

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, worktime.Zone()) // Thursday

// The list of focal officers as a ward's office sends it: a title over all columns,
// headers in two rows, the unit once for all of its people, numbers that lost their
// zero, dates as text, as serial numbers and as date cells, a sum at the end of
// nothing, a hidden sheet.
func TestARealListOfOfficersIsRead(t *testing.T) {
	body := workbook(t, func(f *excelize.File, s string) {
		f.SetCellStr(s, "A1", "DANH SÁCH CÁN BỘ ĐẦU MỐI TIẾP NHẬN PHẢN ÁNH")
		f.MergeCell(s, "A1", "H1")
		f.SetCellStr(s, "A2", "(Kèm theo Công văn số 12/UBND-VP)")
		f.SetCellStr(s, "A4", "STT")
		f.MergeCell(s, "A4", "A5")
		f.SetCellStr(s, "B4", norm.NFD.String("Đơn vị"))
		f.MergeCell(s, "B4", "B5")
		f.SetCellStr(s, "C4", "Người liên hệ")
		f.MergeCell(s, "C4", "E4")
		set(t, f, s, "C5", " HỌ VÀ TÊN ", "Vai trò (*)", "Số điện thoại:")
		set(t, f, s, "F4", "Từ ngày", "Đến hết ngày")
		f.MergeCell(s, "F4", "F5")
		f.MergeCell(s, "G4", "G5")
		set(t, f, s, "A6", 1, "Phường Lạch Tray", norm.NFD.String("Nguyễn Văn Thử"), "Cán bộ đầu mối", 570000101, "05/03/2026", "31-12-26")
		set(t, f, s, "A7", 2, nil, "Trần Thị Mẫu", "THỦ TRƯỞNG", "0570.000.102", 46086, nil) // 2026-03-05
		f.MergeCell(s, "B6", "B7")
		set(t, f, s, "A8", 3, "SXD", "Lê Văn Cố Định", "đầu mối", 2253842222.0)
		if err := f.SetCellValue(s, "F8", time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		set(t, f, s, "A9", 4, "SXD", "Phạm Đầu Số Cũ", "người thay", "01682 345 678", "ngày 5 tháng 3 năm 2026")
		f.SetRowVisible(s, 9, false)
		f.SetCellFormula(s, "A12", "SUM(A6:A9)")
		f.NewSheet("Nháp")
		set(t, f, "Nháp", "A1", "Đơn vị", "Họ tên", "Vai trò", "Số điện thoại", "Email", "Thứ tự", "Từ ngày", "Đến ngày")
		set(t, f, "Nháp", "A2", "SXD", "Không Đọc", "đầu mối", "0570000999")
		f.SetSheetVisible("Nháp", false)
	})
	o, save := PlanContacts(mustRead(t, body), town, nil, Terms{Now: noon, Numbering: numbering})
	if o.Problems.Any() {
		t.Fatalf("%v", o.Problems.List)
	}
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, worktime.Zone())
	want := []escalation.Contact{
		{Unit: "LACHTRAY", Role: escalation.Focal, Name: "Nguyễn Văn Thử", Phone: "+84570000101", ValidFrom: day, ValidTo: time.Date(2027, 1, 1, 0, 0, 0, 0, worktime.Zone())},
		{Unit: "LACHTRAY", Role: escalation.Head, Name: "Trần Thị Mẫu", Phone: "+84570000102", ValidFrom: day},
		{Unit: "SXD", Role: escalation.Focal, Name: "Lê Văn Cố Định", Phone: "+842253842222", ValidFrom: day},
		{Unit: "SXD", Role: escalation.Deputy, Name: "Phạm Đầu Số Cũ", Phone: "+84382345678", ValidFrom: day},
	}
	if !slices.EqualFunc(save, PersonsOf(want, nil), func(a, b Person) bool {
		from, to := a.ValidFrom.Equal(b.ValidFrom), a.ValidTo.Equal(b.ValidTo)
		a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		return reflect.DeepEqual(a, b) && from && to
	}) {
		t.Errorf("read\n%+v\nwant\n%+v", save, want)
	}
	notes := strings.Join(o.Notes, "\n")
	for _, note := range []string{"1 hàng đang ẩn cũng được đọc", "hàng 8, cột E (Số điện thoại:): số cố định, không nhận được SMS", "hàng 9, cột E (Số điện thoại:): đầu số cũ đã đổi thành 038", "cột không dùng: STT"} {
		if !strings.Contains(notes, note) {
			t.Errorf("the notes lack %q:\n%s", note, notes)
		}
	}
}

// Đ13.6
func TestHowALeaderGetsReportsIsReadAsPeopleWriteIt(t *testing.T) {
	morning := 8 * time.Hour
	for cell, want := range map[string]escalation.Subscription{
		"SMS, hằng tháng, ngày làm việc 2, 08:00":          {Channel: escalation.ReportBySMS, Each: escalation.ReportMonthly, Day: 2, At: morning},
		"Thư điện tử, hàng tuần, ngày 5, 16h45":            {Channel: escalation.ReportByEmail, Each: escalation.ReportWeekly, Day: 5, At: 16*time.Hour + 45*time.Minute},
		"both,quarter,10,8:00":                             {Channel: escalation.ReportByBoth, Each: escalation.ReportQuarterly, Day: 10, At: morning},
		"sms và thư điện tử, QUÝ, Ngày làm việc thứ 1, 8h": {Channel: escalation.ReportByBoth, Each: escalation.ReportQuarterly, Day: 1, At: morning},
		"Không gửi": {Channel: escalation.ReportByNone, Each: escalation.ReportMonthly, Day: 2, At: morning},
		"none":      {Channel: escalation.ReportByNone, Each: escalation.ReportMonthly, Day: 2, At: morning},
		norm.NFD.String("Email, hằng quý, ngày 3, 17:00"): {Channel: escalation.ReportByEmail, Each: escalation.ReportQuarterly, Day: 3, At: 17 * time.Hour},
	} {
		body := []byte("reports;unit;role;name;phone\n" + cell + ";SXD;leader;An;0570000101\n")
		o, save := PlanContacts(mustRead(t, body), town, nil, Terms{Now: noon, Numbering: numbering, By: escalation.Actor{Role: escalation.Administrator}})
		if len(save) != 1 || save[0].Reports != want {
			t.Errorf("%q: %+v, %+v", cell, save, o.Problems.List)
		}
	}
}

func TestAChoiceOfReportsThatMayNotBeMadeIsRefused(t *testing.T) {
	off := escalation.Subscription{Contact: 1, Channel: escalation.ReportByNone, Each: escalation.ReportMonthly, Day: 2, At: 8 * time.Hour, ChangedAt: noon}
	known := []escalation.Contact{{ID: 1, Unit: "SXD", Role: escalation.Leader, Name: "An", Phone: "+84570000101"}}
	for _, test := range []struct {
		role, cell string
		by         escalation.Role
		told       string // empty: taken
	}{
		{"leader", "SMS", escalation.Administrator, "ghi như: SMS, hằng tháng"},
		{"leader", "fax, hằng tháng, ngày 2, 08:00", escalation.Administrator, "ghi như"},
		{"leader", "SMS, hằng năm, ngày 2, 08:00", escalation.Administrator, "ghi như"},
		{"leader", "SMS, hằng tháng, mồng 2, 08:00", escalation.Administrator, "ghi như"},
		{"leader", "SMS, hằng tháng, ngày 2, sáng", escalation.Administrator, "ghi như"},
		{"leader", "SMS, hằng tháng, ngày 2, 08:75", escalation.Administrator, "ghi như"},
		{"leader", "SMS, hằng tuần, ngày 6, 08:00", escalation.Administrator, "từ 1 đến 5"},
		{"leader", "SMS, hằng tháng, ngày 2, 23:00", escalation.Administrator, "từ 07:00 đến 17:00"},
		{"focal", "SMS, hằng tháng, ngày 2, 08:00", escalation.Administrator, "chỉ lãnh đạo"},
		{"leader", "không gửi", escalation.ShiftLead, "chỉ quản trị viên"},
		{"leader", "SMS, hằng tháng, ngày 2, 08:00", escalation.Operator, "trưởng ca hoặc quản trị viên"},
		{"leader", "SMS, hằng tháng, ngày 2, 08:00", escalation.ShiftLead, ""},
		{"head", "không gửi", escalation.ShiftLead, ""}, // gets none as it is
	} {
		body := []byte("unit;role;name;phone;reports\nSXD;" + test.role + ";An;0570000102;" + test.cell + "\n")
		o, save := PlanContacts(mustRead(t, body), town, nil, Terms{Now: noon, Numbering: numbering, By: escalation.Actor{Role: test.by}})
		switch {
		case test.told == "" && len(save) == 1:
		case test.told != "" && len(o.Problems.List) == 1 && o.Problems.List[0].Column == "E" && strings.Contains(o.Problems.List[0].Detail, test.told):
		default:
			t.Errorf("%+v: %+v, %+v", test, o.Problems, save)
		}
	}
	kept := []byte("unit;role;name;phone;reports\nSXD;leader;An;0570000101;\n") // an empty cell gives nothing back
	if o, save := PlanContacts(mustRead(t, kept), town, PersonsOf(known, map[int64]escalation.Subscription{1: off}), Terms{Now: noon, Numbering: numbering}); o.Same != 1 || len(save) != 0 {
		t.Errorf("%+v", o)
	}
}

// A change of prefixes that the setting tells is none of 2018.
func TestAnOldPrefixIsRemarkedWhicheverChangeReplacedIt(t *testing.T) {
	changing := escalation.Numbering{Mobiles: []string{"054"}, Changed: map[string]string{"099": "054"}}
	body := []byte("unit,role,name,phone\nSXD,focal,An,0992345678\nSXD,deputy,Bình,01682345678\n")
	o, save := PlanContacts(mustRead(t, body), town, nil, Terms{Now: noon, Numbering: changing})
	if len(save) != 2 || save[0].Phone != "+84542345678" {
		t.Fatalf("%+v, %+v", o.Problems, save)
	}
	want := []string{
		"hàng 2, cột D (phone): đầu số cũ đã đổi thành 054, nên gọi kiểm tra",
		"hàng 3, cột D (phone): đầu số cũ đã đổi thành 038, nên gọi kiểm tra",
	}
	if !slices.Equal(o.Notes, want) {
		t.Errorf("the notes are %q", o.Notes)
	}
}

func TestEachWrongCellIsNamedByRowAndColumn(t *testing.T) {
	body := []byte("Mã đơn vị;Vai trò;Họ tên;SĐT;Từ ngày\n" +
		"SXD;đầu mối;Nguyễn Văn Thử;0570000101;\n" +
		"\n" +
		"KHONGCO;sếp;;123;30/02/2026\n" +
		"Phong;đầu mối;Trần Thị Mẫu;0570000103;03/25/2026\n" +
		"SXD;đầu mối;Người Trùng Số;0570 000 101;\n")
	o, save := PlanContacts(mustRead(t, body), town, nil, Terms{Now: noon, Numbering: numbering})
	var got []string
	for _, p := range o.Problems.List {
		got = append(got, fmt.Sprintf("%d%s", p.Row, p.Column))
	}
	want := []string{"4A", "4B", "4C", "4D", "4E", "5A", "5E", "6D"}
	if !slices.Equal(got, want) || save != nil {
		t.Errorf("problems at %v, want %v: %v", got, want, o.Problems.List)
	}
	for _, p := range o.Problems.List {
		if strings.Contains(p.String(), "0570000101") || strings.Contains(p.String(), "123") {
			t.Errorf("a problem repeats the cell: %s", p)
		}
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("code,name\n")
	for i := range 500 {
		fmt.Fprintf(&b, "mã %d,Tên\n", i)
	}
	o, _ := PlanUnits(mustRead(t, []byte(b.String())), town, nil)
	if len(o.Problems.List) != maxListed || o.Problems.Count() != 1500 { // code, sms_name, kind
		t.Errorf("%d listed of %d", len(o.Problems.List), o.Problems.Count())
	}
}

func TestACSVIsReadInWhateverShapeItComes(t *testing.T) {
	plain := "Mã đơn vị,Tên đơn vị,Tên ngắn,Loại,Lĩnh vực\nSYT,\"Sở Y tế, \"\"cơ sở 2\"\"\",So YT,sở,\"y tế\ndược\"\n"
	wide := func(order func([]byte, uint16) []byte, mark bool) []byte {
		var out []byte
		if mark {
			out = order(out, 0xfeff)
		}
		for _, u := range utf16.Encode([]rune(plain)) {
			out = order(out, u)
		}
		return out
	}
	little := func(b []byte, u uint16) []byte { return append(b, byte(u), byte(u>>8)) }
	big := func(b []byte, u uint16) []byte { return append(b, byte(u>>8), byte(u)) }
	semicolons := strings.NewReplacer("tế,", "tế,", ",", ";").Replace(plain)
	for name, body := range map[string][]byte{
		"plain": []byte(plain), "mark": []byte("\ufeff" + plain), "CRLF": []byte(strings.ReplaceAll(plain, "\n", "\r\n")), "CR": []byte(strings.ReplaceAll(plain, "\n", "\r")),
		"semicolons": []byte(semicolons), "tabs": []byte(strings.NewReplacer("tế,", "tế,", ",", "\t").Replace(plain)), "sep": []byte("sep=;\r\n" + semicolons), "decomposed": []byte(norm.NFD.String(plain)),
		"title": []byte("DANH SÁCH ĐƠN VỊ,,,\n\n" + plain), "UTF-16LE": wide(little, true), "UTF-16BE": wide(big, true), "no line end": []byte(strings.TrimSpace(plain)),
		"empty columns and rows": []byte(strings.Replace(strings.Replace(plain, "vực\n", "vực,,,\n", 1), "dược\"\n", "dược\",,,\n,,,,,,,\n\n", 1)),
	} {
		o, save := PlanUnits(mustRead(t, body), escalation.NewDirectory(nil, nil), nil)
		if len(save) != 1 || save[0].Name != `Sở Y tế, "cơ sở 2"` || save[0].Kind != escalation.Department || save[0].Addressee != "TT So YT" || len(save[0].Fields) != 2 {
			t.Errorf("%s: %+v %v", name, save, o.Problems.List)
		}
	}
	ascii := "code,name,sms_name,kind\nSYT,So Y te,So YT,sở\n"
	for name, order := range map[string]func([]byte, uint16) []byte{"little": little, "big": big} {
		plain = ascii
		if _, save := PlanUnits(mustRead(t, wide(order, false)), escalation.NewDirectory(nil, nil), nil); len(save) != 1 {
			t.Errorf("UTF-16 without a mark, %s: %+v", name, save)
		}
	}
}

func TestDatesAreReadAsVietnameseWriteThem(t *testing.T) {
	for cell, want := range map[string]string{
		"05/03/2026": "2026-03-05", "5/3/2026": "2026-03-05", "5-3-26": "2026-03-05", "05.03.2026": "2026-03-05", "2026-03-05": "2026-03-05", "2026/3/5": "2026-03-05",
		"46086": "2026-03-05", "46086.0": "2026-03-05", "ngày 5 tháng 3 năm 2026": "2026-03-05", "Thứ năm, 05/03/2026": "2026-03-05", "05/03\u00a0/2026": "2026-03-05",
		norm.NFD.String("Ngày 05 tháng 03 năm 2026"): "2026-03-05", "5–3–2026": "2026-03-05",
		"25/12/2026": "2026-12-25", "12/25/2026": "", "29/02/2026": "", "29/02/2028": "2028-02-29", "2026": "", "mai": "", "00/01/2026": "", "46086.5": "", "05/03/1900": "", "1e9": "",
	} {
		got, wrong := readDay(cell, ways{})
		if text := got.Format(time.DateOnly); want != "" && (wrong != "" || text != want) || want == "" && wrong == "" {
			t.Errorf("%q is %s (%s), want %s", cell, text, wrong, want)
		}
	}
	if got, _ := readDay("44624", ways{epoch1904: true}); got.Format(time.DateOnly) != "2026-03-05" {
		t.Errorf("a date that counts from 1904: %s", got)
	}
	for cell, want := range map[string]string{
		"05/03/2026 14:30": "2026-03-05T14:30:00", "14h30 05/03/2026": "2026-03-05T14:30:00", "14:30:05, 5/3/2026": "2026-03-05T14:30:05", "2026-03-05T14:30": "2026-03-05T14:30:00",
		"2026-03-05T07:30:00Z": "2026-03-05T14:30:00", "46086.5": "2026-03-05T12:00:00", "46086.604166666664": "2026-03-05T14:30:00", "8h 05/03/2026": "2026-03-05T08:00:00", "2026-03-05 8:05": "2026-03-05T08:05:00",
		"2026-03-05T8:05": "2026-03-05T08:05:00", "25:00 05/03/2026": "", "14:30": "", "05/03/2026 14:30 15:00": "",
	} {
		got, _, wrong := readInstant(cell, ways{})
		if text := got.Format("2006-01-02T15:04:05"); want != "" && (wrong != "" || text != want) || want == "" && wrong == "" {
			t.Errorf("%q is %s (%s), want %s", cell, text, wrong, want)
		}
	}
}

func TestANumberThatASpreadsheetMangledIsRepaired(t *testing.T) {
	for cell, want := range map[string]string{
		"570000101": "+84570000101", "570000101.0": "+84570000101", "5.70000101E8": "+84570000101", "5.70000101e+08": "+84570000101", "8.4570000101E10": "+84570000101",
		"0570 000 101": "+84570000101", "0570.000.101": "+84570000101", "(+84) 570-000-101": "+84570000101", "057\u00a0000\u00a00101": "+84570000101",
		"2253842222": "+842253842222", "0225.3842222": "+842253842222", "1682345678": "+84382345678", "01682345678": "+84382345678",
		"": "", "123": "!", "0570000101; 0570000102": "!", "0570000101/0570000102": "!", "5.7E8x": "!", "1022": "!", "1e300": "!",
	} {
		got, wrong := readPhone(cell, ways{numbering: numbering})
		if want == "!" && wrong == "" || want != "!" && (wrong != "" || got.E164 != want) {
			t.Errorf("%q is %q (%s), want %q", cell, got.E164, wrong, want)
		}
	}
}

func TestAListIsReadWithItsSemicolons(t *testing.T) {
	for cell, want := range map[string][]string{
		"a; b ;;c": {"a", "b", "c"}, "a\nb": {"a", "b"}, `a\;b`: {"a;b"}, `a\\;b`: {`a\`, "b"}, `a\b`: {`a\b`}, `a\`: {`a\`}, " ; ": nil, "": nil,
	} {
		if got := splitList(cell); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", cell, got, want)
		}
	}
}

func TestSomebodyIsKnownByNumberOrByName(t *testing.T) {
	known := []escalation.Contact{
		{ID: 1, Unit: "SXD", Role: escalation.Focal, Name: "Nguyễn Văn Thử", Phone: "+84570000101", Order: 1, Verified: true, Absences: []escalation.Absence{{From: noon, Delegate: 2}}},
		{ID: 2, Unit: "SXD", Role: escalation.Focal, Name: "Trần Thị Mẫu", Phone: "+84570000102", Order: 2, Verified: true},
		{ID: 3, Unit: "SXD", Role: escalation.Focal, Name: "Người Đã Nghỉ", Phone: "+84570000103", ValidTo: noon.AddDate(0, -1, 0)},
	}
	body := []byte("unit,role,name,phone,valid_from\n" +
		"SXD,focal,TRẦN THỊ MẪU,0570000109,\n" + // the number has changed
		"SXD,focal,Nguyễn Thị Thử,0570000101,\n" + // the name was wrong
		"SXD,focal,Người Đã Nghỉ,0570000103,05/03/2026\n") // is back: a new time in the role
	o, save := PlanContacts(mustRead(t, body), town, PersonsOf(known, nil), Terms{Now: noon, Numbering: numbering})
	if o.Problems.Any() || o.Changed != 2 || o.New != 1 {
		t.Fatalf("%+v", o)
	}
	if k := save[0]; k.ID != 2 || k.Phone != "+84570000109" || k.Verified || k.Order != 2 {
		t.Errorf("%+v", k)
	}
	if k := save[1]; k.ID != 1 || k.Name != "Nguyễn Thị Thử" || !k.Verified || len(k.Absences) != 1 || k.Absences[0].Delegate != 2 {
		t.Errorf("%+v", k)
	}
	if save[2].ID != 0 {
		t.Errorf("%+v", save[2])
	}
	again, _ := PlanContacts(mustRead(t, bytes.Replace(body, []byte("05/03/2026"), nil, 1)), town, PersonsOf(known, nil), Terms{Now: noon, Numbering: numbering})
	if len(again.Problems.List) != 1 || !strings.Contains(again.Problems.List[0].Detail, "Từ ngày") {
		t.Errorf("%+v", again.Problems)
	}
	diff := o.Changes[0].Fields
	if len(diff) != 2 || diff[1].Field != "phone" || diff[1].Before != "0570000102" || diff[1].After != "0570000109" {
		t.Errorf("%+v", diff)
	}
}

func TestADayIsAddedChangedAndTakenAway(t *testing.T) {
	spec := worktime.HaiPhongSpec()
	body := []byte("Ngày,Loại,Nội dung,Văn bản,Giờ làm việc\n" +
		"06/09/2027,nghỉ,Nghỉ bão,Công điện 12,\n" + // Monday
		"22/08/2026,Như các tuần khác,,,\n" +
		"24/11/2026,nghỉ,Ngày Văn hóa,QĐ 5,\n" +
		"07/09/2027,giờ riêng,,QĐ 6,\"07:30-11:30; 13:00-15:00\"\n" +
		"01/01/2026,nghỉ,Tết Dương lịch,BLLĐ 45/2019/QH14 Đ112.1,\n")
	o, edited := PlanHolidays(mustRead(t, body), spec)
	if o.Problems.Any() || o.New != 2 || o.Changed != 2 || o.Same != 1 {
		t.Fatalf("%+v", o)
	}
	if len(edited.Off) != len(spec.Off)+1 || len(edited.Work) != len(spec.Work)-1 || len(edited.Short) != 1 {
		t.Errorf("%d off, %d worked, %d short", len(edited.Off), len(edited.Work), len(edited.Short))
	}
	for name, row := range map[string]string{
		"no name": "06/09/2027,nghỉ,,QĐ,", "no document": "06/09/2027,làm bù,,,", "hours backwards": "06/09/2027,giờ riêng,,QĐ,17:00-08:00", "no hours": "06/09/2027,giờ riêng,,QĐ,",
		"a short Sunday": "05/09/2027,giờ riêng,,QĐ,08:00-11:00", "no kind there is": "06/09/2027,lễ hội,Lễ,QĐ,", "no date": ",nghỉ,Lễ,QĐ,",
	} {
		o, same := PlanHolidays(mustRead(t, []byte("Ngày,Loại,Nội dung,Văn bản,Giờ làm việc\n"+row+"\n")), spec)
		if !o.Problems.Any() || len(same.Off) != len(spec.Off) || len(same.Short) != 0 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestFilesThatAreNoSheetsAreRefused(t *testing.T) {
	good := workbook(t, func(f *excelize.File, s string) { set(t, f, s, "A1", "code", "name") })
	bomb := workbook(t, func(f *excelize.File, s string) {
		long := strings.Repeat("0", 32_000)
		for i := range 1200 {
			f.SetCellStr(s, fmt.Sprintf("A%d", i+1), fmt.Sprint(i)+long)
		}
	})
	wide := workbook(t, func(f *excelize.File, s string) {
		f.SetCellStr(s, "A1", "code")
		for i := range 300 {
			cell, _ := excelize.CoordinatesToCellName(i+1, 2)
			f.SetCellInt(s, cell, int64(i))
		}
	})
	for name, test := range map[string]struct {
		body []byte
		says string
	}{
		"empty": {nil, "trống"}, "binary": {[]byte("a\x00b\x01c"), "không phải CSV"}, "latin": {[]byte("M\xe3,T\xean\n"), "UTF-8"}, "old": {[]byte("\xd0\xcf\x11\xe0..."), ".xls cũ"},
		"cut": {good[:len(good)/2], "hỏng"}, "quote": {[]byte("code,name\nA,\"b\nc"), "hàng 2"}, "bare quote": {[]byte("code,name\n\nA,b\"c\n"), "hàng 3"},
		"bomb": {bomb, "giải nén"}, "wide": {wide, "cột"}, "large": {make([]byte, MaxFile+1), "lớn hơn"},
	} {
		if _, err := Read(test.body); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
	for name, body := range map[string]string{"no headers": "a,b\nc,d\n", "half": "name,kind\nA,xã\n", "only headers": "code,name\n", "twice": "code,name,name\nA,B,C\n"} {
		if o, save := PlanUnits(mustRead(t, []byte(body)), town, nil); !o.Problems.Any() || save != nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestACalendarThatIsNotThereIsRefused(t *testing.T) {
	before := escalation.Unit{Code: "SYT", Name: "Sở Y tế", SMSName: "So YT", Kind: escalation.Department, Calendar: "da bo"}
	for name, there := range map[string]bool{"": true, "truc": true, "da bo": true, "tu ca": false} {
		tables := mustRead(t, []byte("code,name,calendar\nSYT,Sở Y tế,"+name+"\n"))
		o, _ := PlanUnits(tables, escalation.NewDirectory([]escalation.Unit{before}, nil), []string{"truc"})
		if o.Problems.Any() == there || !there && o.Problems.List[0].Column != "C" {
			t.Errorf("%q: %+v", name, o.Problems)
		}
	}
}

func TestAFormulaIsItsValueAndAFailedOneAProblem(t *testing.T) {
	inline := func(cell, text string) string {
		return `<c r="` + cell + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	head := `<row r="1">` + inline("A1", "Mã đơn vị") + inline("B1", "Tên đơn vị") + inline("C1", "Tên ngắn") + inline("D1", "Loại") + `</row>`
	row := func(name, short string) []byte {
		return zipped(t, parts(head+`<row r="2">`+inline("A2", "SYT")+name+short+inline("D2", "sở")+`</row>`, ""))
	}
	worked := `<c r="B2" t="str"><f>CONCATENATE("Sở ","Y tế")</f><v>Sở Y tế</v></c>`

	o, save := PlanUnits(mustRead(t, row(worked, inline("C2", "SYT"))), town, nil)
	if o.Problems.Any() || len(save) != 1 || save[0].Name != "Sở Y tế" {
		t.Errorf("%+v, %+v", o.Problems, save)
	}
	for _, failed := range []string{`<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, `<c r="C2" t="e"><v>#N/A</v></c>`, inline("C2", "#N/A")} {
		o, save = PlanUnits(mustRead(t, row(worked, failed)), town, nil)
		if len(o.Problems.List) != 1 || o.Problems.List[0].Column != "C" || save != nil {
			t.Errorf("%s: %+v, %+v", failed, o.Problems, save)
		}
	}
}

func TestPetitionsWithoutPersonalDataNameNobody(t *testing.T) {
	p := escalation.Petition{Code: "HP260305-0001", Status: escalation.Received, Channel: escalation.ByPhone, Kind: 1, Content: "Đèn tắt, tôi là An 0570000101", Summary: "Đèn tắt",
		Citizen: escalation.Citizen{Name: "Nguyễn Thị An", Phone: "+84570000101", Address: "Ngõ 72"}, ReceivedAt: noon}
	secret := p
	secret.Code, secret.Denunciation, secret.Content, secret.Summary = "HP260305-0002", true, "hẻm 9", "hẻm 9"
	secret.Slips = []escalation.Slip{{No: 1, Lead: true, Unit: "SXD", Note: "hẻm 9"}}
	erased := p
	erased.Code, erased.Citizen, erased.Content = "HP260305-0003", escalation.Citizen{}, "Đèn tắt"
	for _, f := range []Format{CSV, XLSX} {
		for _, private := range []bool{false, true} {
			var out bytes.Buffer
			err := WritePetitions(&out, f, private, each([]Petition{OfPetition(secret, ""), OfPetition(p, "S-1"), OfPetition(erased, "")}))
			if err != nil {
				t.Fatal(err)
			}
			var all strings.Builder
			for _, line := range mustRead(t, out.Bytes())[0].Lines {
				all.WriteString(strings.Join(line.Cells, "|") + "\n")
			}
			for _, word := range []string{"An", "0570000101", "Ngõ 72"} {
				if strings.Contains(all.String(), word) != private {
					t.Errorf("%s, private %t, %q:\n%s", f, private, word, all.String())
				}
			}
			if strings.Contains(all.String(), "hẻm 9") || !strings.Contains(all.String(), "HP260305-0002") || !strings.Contains(all.String(), "S-1") {
				t.Errorf("%s", all.String())
			}
			taken := TakePetitions(mustRead(t, out.Bytes()), town, numbering)
			if taken.Any() || len(taken.Rows) != 1 || taken.Rows[0].External != "S-1" || !taken.Rows[0].Intake.ReceivedAt.Equal(noon) || private && taken.Rows[0].Intake.Content != p.Content {
				t.Errorf("%+v", taken.Rows)
			}
			notes := strings.Join(taken.End(func(int) bool { return false }).Notes, "\n")
			if !strings.Contains(notes, "1 hàng không ghi nhận lại được (tin tố giác)") || !strings.Contains(notes, "1 hàng không ghi nhận lại được (đã xóa dữ liệu cá nhân)") {
				t.Errorf("the notes are %s", notes)
			}
		}
	}
}
