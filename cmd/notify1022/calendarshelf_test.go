package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// saturdayFile is a calendar of units that work on Saturdays as on Mondays.
func saturdayFile(t *testing.T, dir string) string {
	t.Helper()
	return mustWrite(t, dir, "saturdays.yaml", strings.Replace(builtCalendar(t), "\nhours:\n", "\nhours:\n  sat: [\"07:30-11:30\", \"13:00-17:00\"]\n", 1))
}

// builtCalendar is the text of the built-in calendar's file.
func builtCalendar(t *testing.T) string {
	t.Helper()
	built, err := os.ReadFile("../../escalation/worktime/testdata/haiphong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(built)
}

// due is when a rung of the petition is due, as the database has it.
func (h *hotline) due(code string, name escalation.RungName) (at, calendar string) {
	h.t.Helper()
	found, err := h.room.Store.PetitionByCode(h.ctx, code)
	if err != nil {
		h.t.Fatal(err)
	}
	r := found.Rung(name)
	return r.Due.Format("2006-01-02 15:04"), r.Calendar
}

// field failure 19
func TestABrokenCalendarOfUnitsIsToldAndTheServiceGoesOnWithTheCitys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := mustWrite(t, dir, "broken.yaml", "zone: Asia/Ho_Chi_Minh\nhours: {mon: [\"17:00-07:00\"]}\n")
	calendars := fmt.Sprintf("calendars: {hong: %s, thu7: %s}", broken, saturdayFile(t, dir))

	config := mustWrite(t, dir, "doctor.yaml", fmt.Sprintf("database: sqlite:%s/doctor.db\n%s\n", dir, calendars))
	if got := runCLI(t, "", "doctor", "--config", config); !strings.Contains(got.out, "warn  calendars  hong cannot be used") || !strings.Contains(got.out, "ok    calendars  thu7") {
		t.Errorf("%+v", got)
	}

	h := startHotline(t, "2026-11-27T15:00:00+07:00", plainSite, calendars) // Friday
	h.people()
	h.call(422, "PUT", "/api/v1/units/LACHTRAY", object{"name": "UBND phường Lạch Tray", "sms_name": "P Lạch Tray", "kind": "phuong", "calendar": "thu8"})
	if err := h.room.Store.SaveUnits(h.ctx, escalation.Unit{Code: "LACHTRAY", Name: "UBND phường Lạch Tray", SMSName: "P Lạch Tray", Kind: escalation.Ward, Calendar: "hong"}); err != nil {
		t.Fatal(err)
	}
	admin := h.signedIn(escalation.Administrator, "")
	admin.must(admin.get("/console/calendar"), 200, "Tệp lịch không dùng được", "broken.yaml")
	admin.must(admin.get("/console/directory/LACHTRAY"), 200, "Lịch hong không dùng được")
	code := h.petition(false)
	if at, by := h.due(code, escalation.RungHead); !strings.HasPrefix(at, "2026-11-30") || strings.Contains(by, "/") { // Monday
		t.Errorf("due %s by %s", at, by)
	}
}

func TestAUnitGetsItsOwnCalendarAndWhatIsOpenMovesOnAWord(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-27T15:00:00+07:00", plainSite, fmt.Sprintf("calendars: {thu7: %s}", saturdayFile(t, t.TempDir()))) // Friday
	h.people()
	before := h.petition(false)
	admin := h.signedIn(escalation.Administrator, "")
	admin.must(admin.post("/console/directory/LACHTRAY", "name", "UBND phường Lạch Tray", "sms_name", "P Lạch Tray", "addressee", "Chủ tịch P Lạch Tray", "kind", "phuong",
		"calendar", "khong-co"), 422, "không có lịch tên này")
	admin.must(admin.post("/console/directory/LACHTRAY", "name", "UBND phường Lạch Tray", "sms_name", "P Lạch Tray", "addressee", "Chủ tịch P Lạch Tray", "kind", "phuong",
		"calendar", "thu7"), 303)
	after := h.petition(false)
	if at, by := h.due(before, escalation.RungHead); !strings.HasPrefix(at, "2026-11-30") || strings.HasPrefix(by, "thu7/") {
		t.Errorf("what was open moved by itself to %s by %s", at, by)
	}
	if at, by := h.due(after, escalation.RungHead); !strings.HasPrefix(at, "2026-11-28") || !strings.HasPrefix(by, "thu7/tep-") { // Saturday
		t.Errorf("the unit's own eight hours end at %s by %s", at, by)
	}
	const move = "/console/directory/LACHTRAY/calendar"
	admin.must(admin.get("/console/directory/LACHTRAY"), 200, "Xem các thời hạn đang chạy theo lịch khác")
	admin.must(admin.post(move, "step", "do"), 200, "của 1 phản ánh được đặt theo lịch khác") // was not shown
	shown := formOf(t, admin.must(admin.post(move, "step", "preview"), 200, before, "của 1 phản ánh được đặt theo lịch khác").body, "step", "do")
	admin.must(admin.post("/console/directory/LACHTRAY", "name", "UBND phường Lạch Tray", "sms_name", "P Lạch Tray", "addressee", "Chủ tịch P Lạch Tray", "kind", "phuong", "calendar", ""), 303)
	between := h.petition(false) // by the city's, and the unit goes back to its own
	admin.must(admin.post("/console/directory/LACHTRAY", "name", "UBND phường Lạch Tray", "sms_name", "P Lạch Tray", "addressee", "Chủ tịch P Lạch Tray", "kind", "phuong", "calendar", "thu7"), 303)
	now := formOf(t, admin.must(admin.post(move, shown...), 200, "của 2 phản ánh được đặt theo lịch khác", between).body, "step", "do")
	if at, by := h.due(before, escalation.RungHead); !strings.HasPrefix(at, "2026-11-30") {
		t.Errorf("moved to %s by %s though more would move than was shown", at, by)
	}
	admin.must(admin.post(move, now...), 303)
	if at, by := h.due(before, escalation.RungHead); !strings.HasPrefix(at, "2026-11-28") || !strings.HasPrefix(by, "thu7/") {
		t.Errorf("moved to %s by %s", at, by)
	}
	admin.must(admin.post(move, now...), 200, "đều theo lịch hiện nay") // sent again it moves nothing
	for _, page := range []string{"/console/board", "/console/board/rows", "/console/office", "/console/p/" + after} {
		body := admin.must(admin.get(page), 200, after, `data-calendar="thu7"`).body
		if own, city := opens(t, body, "thu7"), opens(t, body, ""); own.Round(time.Minute) != 16*time.Hour+30*time.Minute || city.Round(time.Minute) != 64*time.Hour+30*time.Minute { // Saturday 07:30, Monday 07:30
			t.Errorf("%s: the unit's clock goes on in %s, the city's in %s", page, own, city)
		}
	}
	why := regexp.MustCompile(`/console/p/[^"]+/why/\d+/head`).FindString(admin.must(admin.get("/console/p/"+after), 200).body)
	admin.must(admin.get(why), 200, "Thứ Bảy 28/11/2026", "thu7/tep-") // Saturday is one of the days that count

	// An edit of the unit's calendar moves what that calendar gave.
	page := admin.must(admin.get("/console/calendar?name=thu7&year=2026"), 200, "Lịch làm việc thu7", "UBND phường Lạch Tray")
	version := regexp.MustCompile(`name="version" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	edit := []string{"name_of", "thu7", "version", version, "date", "2026-11-28", "kind", "off", "name", "Nghỉ bão", "document", "Công điện 12"}
	h.call(201, "POST", "/api/v1/units", object{"code": "SXD", "name": "Sở Xây dựng", "sms_name": "Sở Xây dựng", "kind": "so_nganh"})
	other := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay", "unit": "SXD",
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	stays, _ := h.due(other, escalation.RungHead)
	admin.must(admin.post("/console/calendar", append(edit, "step", "preview")...), 200, "của 3 phản ánh sẽ dời", after)
	admin.must(admin.carryOut("/console/calendar", edit...), 303)
	if at, by := h.due(after, escalation.RungHead); !strings.HasPrefix(at, "2026-11-30") || by != "thu7/sua-1" {
		t.Errorf("after the edit %s by %s", at, by)
	}
	if at, _ := h.due(other, escalation.RungHead); at != stays {
		t.Errorf("another unit's deadline moved from %s to %s", stays, at)
	}
	admin.must(admin.get("/console/calendar?name=thu7&year=2026"), 200, "Nghỉ bão")
	if city := admin.must(admin.get("/console/calendar?year=2026"), 200); strings.Contains(city.body, "Nghỉ bão") {
		t.Error("the city's calendar was edited, too")
	}
	admin.must(admin.get("/console/calendar?name=khong"), 404)
}

// opens is in what time the browser's clocks by the calendar go on again after they next stop.
func opens(t *testing.T, body, calendar string) time.Duration {
	t.Helper()
	found := regexp.MustCompile(`data-hours="` + calendar + `" data-working="true" data-edges="[0-9.]+ ([0-9.]+) `).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("the page has no hours of calendar %q", calendar)
	}
	seconds, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(seconds) * time.Second
}

// Each unit's deadline of one round is explained and counted by its own calendar.
func TestUnitsThatWorkTogetherHaveEachTheirOwnClock(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-27T15:00:00+07:00", plainSite, fmt.Sprintf("calendars: {thu7: %s}", saturdayFile(t, t.TempDir()))) // Friday
	h.people()
	if err := h.room.Store.SaveUnits(h.ctx, escalation.Unit{Code: "LACHTRAY", Name: "UBND phường Lạch Tray", SMSName: "P Lạch Tray", Kind: escalation.Ward, Calendar: "thu7"},
		escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}); err != nil {
		t.Fatal(err)
	}
	code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay", "units": []string{"SXD", "LACHTRAY"},
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	admin := h.signedIn(escalation.Administrator, "")
	page := admin.must(admin.get("/console/p/"+code), 200).body
	calendars := map[string]string{} // by the deadline that is explained
	for _, row := range regexp.MustCompile(`/why/(\d/[a-z_]+)".*?</tr>`).FindAllStringSubmatch(page, -1) {
		if clock := regexp.MustCompile(`data-left="\d+"( data-calendar="([^"]*)")?`).FindStringSubmatch(row[0]); clock != nil {
			calendars[row[1]] = clock[2]
		}
	}
	for deadline, want := range map[string]string{"1/head": "", "2/cooperate": "thu7"} {
		if got, there := calendars[deadline]; !there || got != want {
			t.Errorf("the clock of %s goes by %q: %v", deadline, got, calendars)
		}
	}
}

// What a unit has to explain is counted by the unit's calendar, and so is its clock.
func TestAnExplanationsClockGoesByTheUnitsCalendar(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-27T15:00:00+07:00", plainSite, fmt.Sprintf("calendars: {thu7: %s}", saturdayFile(t, t.TempDir()))) // Friday
	h.people()
	if err := h.room.Store.SaveUnits(h.ctx, escalation.Unit{Code: "LACHTRAY", Name: "UBND phường Lạch Tray", SMSName: "P Lạch Tray", Kind: escalation.Ward, Calendar: "thu7"}); err != nil {
		t.Fatal(err)
	}
	code := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/ask-explanation", object{"days": 3})
	admin := h.signedIn(escalation.Administrator, "")
	page := admin.must(admin.get("/console/ho-so?state=asking"), 200, code, `data-calendar="thu7"`)
	if opens(t, page.body, "thu7") == opens(t, page.body, "") {
		t.Error("the page has the city's hours twice")
	}
}

func TestTheCalendarCommandMovesWhatAUnitsCalendarGave(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		dir := t.TempDir()
		was := saturdayFile(t, dir)
		text, err := os.ReadFile(was)
		if err != nil {
			t.Fatal(err)
		}
		off := nextWorkingDay(t, was)
		is := mustWrite(t, dir, "edited.yaml", strings.Replace(string(text), "\noff:\n", fmt.Sprintf("\noff:\n  - {date: %q, name: \"nghỉ bão\", document: \"QĐ thử\"}\n", off), 1))
		config := func(name, file string) string {
			return mustWrite(t, dir, name, fmt.Sprintf("database: %s\ncalendars: {thu7: %s}\n", dsn, file))
		}
		before := acceptedBy(t, config("was.config", was), escalation.Unit{Code: "SXD", Calendar: "thu7"}, "+84570000001")
		citys := acceptedBy(t, config("was.config", was), escalation.Unit{Code: "SNN"}, "+84570000002")
		for file, p := range map[string]escalation.Petition{was: before, "": citys} {
			cal, version, err := loadCalendar(file)
			if err != nil {
				t.Fatal(err)
			}
			kept := stored(t, config("was.config", was), p.Code)
			head := kept.Rung(escalation.RungHead)
			if want := cal.Add(p.FirstForwardedAt, 8*time.Hour).Truncate(time.Second); !head.Due.Equal(want) || !strings.HasSuffix(head.Calendar, version) {
				t.Errorf("eight hours end at %s by %s, want %s by %s", head.Due, head.Calendar, want, version)
			}
		}
		edited := config("is.config", is)
		if got := runCLI(t, "", "calendar", "--config", edited, "--was", was, "--recompute", "--name", "khong"); got.code != exitUsage {
			t.Errorf("%+v", got)
		}
		if got := runCLI(t, "", "calendar", "--config", edited, "--was", was, "--recompute", "--name", "thu7"); got.code != exitDone || strings.Contains(got.out, citys.Code) {
			t.Errorf("%+v", got)
		}
		for _, p := range []escalation.Petition{before, citys} {
			now := stored(t, edited, p.Code)
			moved := now.Rung(escalation.RungOverdue).Due.After(p.Rung(escalation.RungOverdue).Due)
			if moved != (p.Code == before.Code) {
				t.Errorf("overdue at %s, was %s by %s", now.Rung(escalation.RungOverdue).Due.Format(time.RFC3339), p.Rung(escalation.RungOverdue).Due.Format(time.RFC3339), p.Rung(escalation.RungOverdue).Calendar)
			}
		}
		if again := runCLI(t, "", "calendar", "--config", edited, "--was", was, "--recompute", "--name", "thu7"); !strings.HasPrefix(again.out, "0 deadlines") {
			t.Errorf("%+v", again)
		}
	})
}
