package queue

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/templates"
)

// everyFault is everything wrong at once, at its longest.
func everyFault() Audit {
	now := time.Date(2026, 11, 23, 7, 5, 0, 0, time.UTC) // Monday, 14h05
	codes := []string{"HP261116-0001", "HP261116-0002", "HP261116-0003", "HP261116-0004"}
	a := Audit{
		Now: now, Silent: 123, SilentCodes: codes, OldestRung: 26 * time.Hour, OldestUrgent: 26 * time.Hour, Unapplied: 1234, OldestUnapplied: 26 * time.Hour,
		OldestSlip: 26 * time.Hour, OldestCitizen: 26 * time.Hour, Away: []AwayAccount{{"a-rather-long-account-name", 26 * time.Hour}, {"reserve", time.Hour}},
		PassedOver: 123, Refused: 1234, RefusedWhy: "ESME_RINVOPTPARSTREAM", OverBudget: 1234, Archived: true, ClockStep: -26 * time.Hour, ClockDoubt: true, ProbeBroken: now,
	}
	for _, code := range codes {
		a.Stuck = append(a.Stuck, escalation.DuePetition{Code: code, Due: now.Add(-26 * time.Hour)})
	}
	return a
}

// read is the alarm as it stands on the administrator's phone.
func read(t *testing.T, text string) string {
	t.Helper()
	r, err := templates.Builtin().Render(templates.QT, map[string]string{"noi_dung": text, "lp": "1022.haiphong.gov.vn/console"}, templates.Options{MaxSegments: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r.Text
}

func TestAnAlarmSaysWhatToDoAboutEachFault(t *testing.T) {
	t.Parallel()
	remedies := map[string]string{
		"clock": "chay notify1022 clock accept, sai thi chinh lai", "late": "tre 1 ngay 2 gio: xem nhat ky worker", "stuck": "HP261116-0003. Goi nguoi can bao",
		"urgent": "xem ket noi SMSC, goi nha mang", "unbound/a-rather-long-account-name": "xem nhat ky gateway, goi nha mang", "unbound/reserve": "1 gio: xem nhat ky gateway, goi nha mang",
		"slip": "1 ngay 2 gio: xem ket noi SMSC, goi nha mang", "refused": "van dang gui lai: goi nha mang", "citizen": "xem ket noi SMSC, goi nha mang", "silent": "can mo ra xu ly: HP261116-0001, HP261116-0002, HP261116-0003", "unapplied": "xem nhat ky worker",
		"probe": "14h05 23/11 chua co tra loi: xem may kiem tra, goi nha mang", "passed_over": "truong ca xem Viec phai lam; xem nhat ky worker", "archive": "xem nhat ky worker",
		"budget": "gui dan", "audit": "xem may chu co so du lieu", "write": "xem may chu, o dia co so du lieu, nhat ky worker",
	}
	for _, f := range append(everyFault().faults(), blind, unwritten) {
		text := read(t, alarmText([]fault{f}))
		if remedies[f.kind] == "" || !strings.Contains(text, remedies[f.kind]+".") && !strings.Contains(text, remedies[f.kind]+",") && !strings.Contains(text, remedies[f.kind]+" ") || strings.Contains(text, "...") {
			t.Errorf("%s is read as %q", f.kind, text)
		}
		if n := utf8.RuneCountInString(f.whole); n > alarmLetters {
			t.Errorf("%s takes %d letters", f.kind, n)
		}
		delete(remedies, f.kind)
	}
	if len(remedies) != 0 {
		t.Errorf("nothing raises %v", remedies)
	}
}

func TestAnAlarmOfEverythingNamesEachFault(t *testing.T) {
	t.Parallel()
	want := "1022 HP canh bao he thong: dong ho lech; buoc tre; buoc ket; tin khan cham; mat ket noi; tin cham; phan anh bi quen; tra loi cham; vong kiem tra dut; tin gac lai; viec bi bo lai; tin cho. 1022.haiphong.gov.vn/console"
	if got := read(t, everyFault().Text()); got != want {
		t.Errorf("it is read as\n%s, want\n%s", got, want)
	}
	a := everyFault()
	a.OldestSlip, a.OldestCitizen, a.Away, a.Refused = 0, 0, nil, 0
	a.Silent, a.Stuck, a.OldestRung, a.Unapplied, a.OldestUnapplied, a.Archived, a.ClockDoubt, a.PassedOver = 0, nil, 0, 0, 0, false, false, 0
	got := read(t, a.Text())
	for _, words := range []string{"notify1022 clock accept, sai thi chinh lai;", "tin khan", "vong kiem tra", "tin cho"} {
		if !strings.Contains(got, words) {
			t.Errorf("%q is not in %q", words, got)
		}
	}
}

func TestASteppedClockIsToldAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step time.Duration
		want string
	}{
		{24 * time.Hour, "nhanh thêm 1 ngày,"},
		{-time.Hour, "lùi 1 giờ,"},
		{49*time.Hour + 59*time.Minute, "nhanh thêm 2 ngày 1 giờ,"},
		{-65 * time.Minute, "lùi 1 giờ 5 phút,"},
		{150 * time.Second, "nhanh thêm 2 phút,"},
		{7 * time.Second, "nhanh thêm 7 giây,"},
		{48*time.Hour + 30*time.Minute, "nhanh thêm 2 ngày,"},
	} {
		if got := (Audit{ClockStep: c.step}).Text(); !strings.Contains(got, "đồng hồ bị chỉnh "+c.want) {
			t.Errorf("%s: %q", c.step, got)
		}
	}
	if got := (Audit{ClockStep: time.Hour, ClockDoubt: true}).Text(); !strings.Contains(got, "nhanh thêm 1 giờ lúc dịch vụ tắt (hoặc máy này sai giờ),") {
		t.Error(got)
	}
}

// A telecom that restarts, and a burst that takes its time, are no fault.
func TestAnAccountAndALaneHaveTheirTimeBeforeTheyAreAFault(t *testing.T) {
	t.Parallel()
	a := Audit{OldestSlip: laneLate, OldestCitizen: laneLate, Away: []AwayAccount{{"main", unbound - time.Second}}}
	if got := a.Text(); got != "" {
		t.Error(got)
	}
	a.Away = []AwayAccount{{"main", unbound}, {"other", unbound}}
	if kinds := kindsOf(a.faults()); !slices.Equal(kinds, []string{"unbound/main", "unbound/other"}) {
		t.Errorf("%v: each account is a fault of its own", kinds)
	}
	a.Away, a.OldestSlip, a.OldestCitizen = nil, 11*time.Minute, 12*time.Minute
	if got, want := a.Text(), "tin cho đơn vị chưa gửi 11 phút: xem kết nối SMSC, gọi nhà mạng; tin cho người dân chưa gửi 12 phút: xem kết nối SMSC, gọi nhà mạng"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
