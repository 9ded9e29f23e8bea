package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store/storetest"
)

// versionOf is that of the calendar on a page.
func versionOf(body string) string {
	return regexp.MustCompile(`name="version" value="([^"]+)"`).FindStringSubmatch(body)[1]
}

func TestTheNextYearIsDeclaredAnnouncedInTheConsole(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-12-30T10:00:00+07:00", plainSite, fmt.Sprintf("calendars: {thu7: %s}", saturdayFile(t, t.TempDir()))) // Wednesday
	h.people()
	code := h.petition(false)
	admin := h.signedIn(escalation.Administrator, "")
	page := admin.must(admin.get("/console/calendar?year=2027"), 200, "Đã thông báo đến 2026-12-31")
	admin.must(admin.get("/console/p/"+code), 200, "tạm tính")
	admin.must(admin.get("/console/p/"+code+"/why/1/overdue"), 200, "lịch nghỉ sau ngày 31/12/2026 chưa công bố")
	due, _ := h.due(code, escalation.RungOverdue)

	day := []string{"version", versionOf(page.body), "date", "2027-01-01", "kind", "off", "name", "Tết Dương lịch", "document", "Thông báo 9999/TB-BNV"}
	admin.must(admin.carryOut("/console/calendar", day...), 303)
	edit := []string{"version", "sua-1", "kind", "announced", "date", "2027-12-31"}
	for _, date := range []string{"2025-12-31", "2028-12-31", "2026-12-31", "31/12/2027"} {
		admin.must(admin.post("/console/calendar", append(with(edit, "date", date), "step", "preview")...), 422)
	}
	shown := admin.must(admin.post("/console/calendar", append(edit, "step", "preview")...), 200,
		"0 thời hạn của 0 phản ánh sẽ dời; 0 sẽ đã qua hạn; ", "không còn tạm tính",
		"2027-01-01: Tết Dương lịch <span class=\"quiet\">Thông báo 9999/TB-BNV</span></li>", "2027-04-30: Ngày Chiến thắng <span class=\"quiet\">BLLĐ 45/2019/QH14 Đ112.1</span> <span class=\"tag\">ngày cố định, sẽ được ghi vào lịch")
	ready := formOf(t, shown.body, "step", "do")
	admin.must(admin.post("/console/calendar", with(ready, "date", "2027-06-30")...), 200, "Xem trước") // another date is shown first
	admin.must(admin.post("/console/calendar", ready...), 303)
	admin.must(admin.get("/console/calendar?year=2027"), 200, "Đã thông báo đến 2027-12-31", "2027-05-03: Nghỉ bù Ngày Quốc tế lao động", "thời hạn không còn tạm tính", "Thông báo 9999/TB-BNV")
	admin.must(admin.post("/console/calendar", ready...), 422, "đã được người khác sửa")

	if now, _ := h.due(code, escalation.RungOverdue); now != due {
		t.Errorf("overdue at %s, was %s", now, due)
	}
	for _, path := range []string{"/console/p/" + code, "/console/p/" + code + "/why/1/overdue"} {
		if body := admin.must(admin.get(path), 200).body; strings.Contains(body, `tạm tính</span>`) || strings.Contains(body, "chưa công bố") {
			t.Errorf("%s says that it is provisional", path)
		}
	}
	if cal := h.call(200, "GET", "/api/v1/calendars", nil); !strings.Contains(fmt.Sprint(cal), "2027-12-31") {
		t.Errorf("the API says %v", cal)
	}
	admin.must(admin.get("/console/calendar?name=thu7&year=2027"), 200, "Đã thông báo đến 2026-12-31") // it is a calendar of its own
	own := []string{"name_of", "thu7", "version", versionOf(admin.get("/console/calendar?name=thu7").body), "kind", "announced", "date", "2027-12-31"}
	admin.must(admin.carryOut("/console/calendar", own...), 303)
	admin.must(admin.get("/console/calendar?name=thu7&year=2027"), 200, "Đã thông báo đến 2027-12-31")
}

// doctor judges the calendar in force, and so does the page: what was edited counts until
// the configuration names another file, and then both say what is not in force any more.
func TestDoctorReadsTheCalendarInForce(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		dir, now := t.TempDir(), time.Now()
		over := now.AddDate(0, 0, -1).Format(time.DateOnly)
		text := regexp.MustCompile(`announced_until: \S+`).ReplaceAllString(builtCalendar(t), "announced_until: "+over)
		text = regexp.MustCompile(`announced_from: \S+`).ReplaceAllString(text, "announced_from: 2020-01-01")
		file := mustWrite(t, dir, "calendar.yaml", text)
		config := mustWrite(t, dir, "hotline.yaml", fmt.Sprintf("database: %s\ncalendar: %s\n", dsn, file))
		const warning, aside = "warn  calendar   the days off of next month are not announced in it", "warn  calendar   edits of the console over another file are not in force"
		doctor := func(says, silent string) {
			t.Helper()
			if got := runCLI(t, "", "doctor", "--config", config); !strings.Contains(got.out, says) || silent != "" && strings.Contains(got.out, silent) {
				t.Errorf("%+v", got)
			}
		}
		doctor(warning, "")
		if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
			t.Fatalf("%+v", got)
		}
		doctor(warning, aside)
		shelf := opened(t, config).shelf
		page, err := shelf.Page("")
		if err != nil {
			t.Fatal(err)
		}
		edited, _, err := page.Spec.AnnouncedTo(now.AddDate(1, 0, 0).Format(time.DateOnly))
		if err != nil {
			t.Fatal(err)
		}
		edited.Off = append(edited.Off, worktime.DayOff{Date: now.AddDate(0, 3, 0).Format(time.DateOnly), Name: "Nghỉ bão", Document: "Công điện 12"})
		if _, err := shelf.Save(t.Context(), "", edited, page.Version, escalation.Actor{Name: "quản trị", Role: escalation.Administrator, Channel: escalation.ByConsole}); err != nil {
			t.Fatal(err)
		}
		doctor("ok    calendar   sua-1 is in force", warning)

		if err := os.WriteFile(file, []byte(text+"# 2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		doctor(aside, "sua-1")
		doctor(warning, "")
		page, err = opened(t, config).shelf.Page("")
		if err != nil {
			t.Fatal(err)
		}
		days, until := page.Lost(time.Now().In(worktime.Zone()).Format(time.DateOnly))
		if until != edited.AnnouncedUntil || len(days) == 0 || !strings.Contains(fmt.Sprint(days), "Nghỉ bão") {
			t.Errorf("set aside are %v, announced to %s", days, until)
		}
		entered := days[0]
		again := page.Spec
		again.Off = append(slices.Clone(again.Off), worktime.DayOff{Date: entered.Date, Name: entered.Name, Document: entered.Document})
		if entered.Kind != "off" {
			t.Fatalf("the first that is lacking is %v", entered)
		}
		shelf = opened(t, config).shelf
		if _, err := shelf.Save(t.Context(), "", again, page.Version, escalation.Actor{Name: "quản trị", Role: escalation.Administrator, Channel: escalation.ByConsole}); err != nil {
			t.Fatal(err)
		}
		if page, err = shelf.Page(""); err != nil {
			t.Fatal(err)
		}
		if rest, _ := page.Lost(""); len(rest) != len(days)-1 || slices.Contains(rest, entered) {
			t.Errorf("when one of %v has been entered anew, %v are lacking", days, rest)
		}
	})
}
