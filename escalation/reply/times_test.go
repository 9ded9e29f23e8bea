package reply_test

import (
	"testing"
	"time"

	"notify1022/escalation/reply"
)

type promise struct {
	text string
	at   string // "24/11 15:00", "" when there is none
	rest string
}

func iso(t *testing.T, short string) string {
	t.Helper()
	if short == "" {
		return ""
	}
	at, err := time.ParseInLocation("2/1/2006 15:04", short, zone)
	if err != nil {
		at, err = time.ParseInLocation("2/1 15:04 2006", short+" 2026", zone)
	}
	if err != nil {
		t.Fatal(err)
	}
	return at.Format(time.RFC3339)
}

// Now is Mon 23/11/2026 09:00; Tue 24, Wed 25, Thu 26, Fri 27, Sat 28, Sun 29.
func TestAPromisedTimeIsReadInEverySpelling(t *testing.T) {
	for _, w := range []promise{
		{"15h", "23/11 15:00", ""}, {"15h30", "23/11 15:30", ""}, {"15:30", "23/11 15:30", ""}, {"15g30", "23/11 15:30", ""}, {"15g", "23/11 15:00", ""}, {"15 h", "23/11 15:00", ""}, {"15 gio", "23/11 15:00", ""}, {"15 giờ", "23/11 15:00", ""}, {"15giờ30", "23/11 15:30", ""}, {"15 giờ 30", "23/11 15:30", ""}, {"15 gio 30 phut", "23/11 15:30", ""}, {"15h30p", "23/11 15:30", ""}, {"15h00", "23/11 15:00", ""}, {"15H", "23/11 15:00", ""}, {"15.30", "23/11 15:30", ""}, {"luc 15h", "23/11 15:00", ""}, {"lúc 15 giờ", "23/11 15:00", ""}, {"truoc 15h", "23/11 15:00", ""}, {"vao luc 15h", "23/11 15:00", ""}, {"den 15h", "23/11 15:00", ""}, {"15h nay", "23/11 15:00", ""}, {"15h hom nay", "23/11 15:00", ""}, {"15h ngay hom nay", "23/11 15:00", ""}, {"15h chieu nay", "23/11 15:00", ""},
		{"3h chieu", "23/11 15:00", ""}, {"3h chiều", "23/11 15:00", ""}, {"3 gio chieu", "23/11 15:00", ""}, {"3 giờ chiều", "23/11 15:00", ""}, {"3g chieu", "23/11 15:00", ""}, {"3h30 chieu", "23/11 15:30", ""}, {"3 chieu", "23/11 15:00", ""}, {"3h ruoi chieu", "23/11 15:30", ""}, {"3h chieu nay", "23/11 15:00", ""}, {"chieu nay 3h", "23/11 15:00", ""}, {"chieu 3h", "23/11 15:00", ""}, {"3pm", "23/11 15:00", ""}, {"3:30 pm", "23/11 15:30", ""}, {"7h toi", "23/11 19:00", ""}, {"7h tối", "23/11 19:00", ""}, {"7h toi nay", "23/11 19:00", ""}, {"11h trua", "23/11 11:00", ""}, {"12h trua", "23/11 12:00", ""}, {"1h trua", "23/11 13:00", ""}, {"10h sang", "23/11 10:00", ""}, {"10h đêm", "23/11 22:00", ""}, {"12h dem", "24/11 00:00", ""}, {"24h", "24/11 00:00", ""}, {"4h kem 15 chieu", "23/11 15:45", ""},
		{"8h sang mai", "24/11 08:00", ""}, {"8h sáng mai", "24/11 08:00", ""}, {"sang mai 8h", "24/11 08:00", ""}, {"3h chieu mai", "24/11 15:00", ""}, {"chiều mai 3h", "24/11 15:00", ""}, {"15h mai", "24/11 15:00", ""}, {"mai 15h", "24/11 15:00", ""}, {"15h ngay mai", "24/11 15:00", ""}, {"3h chieu ngay mai", "24/11 15:00", ""}, {"8h toi mai", "24/11 20:00", ""},
		{"sang mai", "24/11 11:30", ""}, {"sáng mai", "24/11 11:30", ""}, {"trua mai", "24/11 12:00", ""}, {"chieu mai", "24/11 17:00", ""}, {"chieumai", "24/11 17:00", ""}, {"toi mai", "24/11 20:00", ""}, {"tối mai", "24/11 20:00", ""}, {"chieu nay", "23/11 17:00", ""}, {"trua nay", "23/11 12:00", ""}, {"sang nay", "23/11 11:30", ""}, {"toi nay", "23/11 20:00", ""}, {"chieu", "23/11 17:00", ""}, {"chieu hom nay", "23/11 17:00", ""}, {"hom nay", "23/11 17:00", ""}, {"trong ngay", "23/11 17:00", ""}, {"cuoi ngay", "23/11 17:00", ""}, {"cuoi gio chieu nay", "23/11 17:00", ""},
		{"mai", "24/11 17:00", ""}, {"ngay mai", "24/11 17:00", ""}, {"mốt", "25/11 17:00", ""}, {"mot", "25/11 17:00", ""}, {"ngay mot", "25/11 17:00", ""}, {"ngay kia", "25/11 17:00", ""}, {"sang ngay kia", "25/11 11:30", ""}, {"chieu mot", "25/11 17:00", ""}, {"15h ngay kia", "25/11 15:00", ""},
		{"chieefu mai", "24/11 17:00", ""}, {"chie62u mai", "24/11 17:00", ""}, {"sasng mai", "24/11 11:30", ""}, {"thuws 5", "26/11 17:00", ""},
		{"thu 5", "26/11 17:00", ""}, {"thứ 5", "26/11 17:00", ""}, {"thu5", "26/11 17:00", ""}, {"t5", "26/11 17:00", ""}, {"T5", "26/11 17:00", ""}, {"thu nam", "26/11 17:00", ""}, {"thứ năm", "26/11 17:00", ""}, {"thu hai", "23/11 17:00", ""}, {"thu 2", "23/11 17:00", ""}, {"t2", "23/11 17:00", ""}, {"thu ba", "24/11 17:00", ""}, {"thứ tư", "25/11 17:00", ""}, {"thu sau", "27/11 17:00", ""}, {"thu bay", "28/11 17:00", ""}, {"t7", "28/11 17:00", ""}, {"chu nhat", "29/11 17:00", ""}, {"chủ nhật", "29/11 17:00", ""}, {"CN", "29/11 17:00", ""}, {"thu 2 8h", "30/11 08:00", ""}, {"8h thu 2", "30/11 08:00", ""}, {"sang thu 5", "26/11 11:30", ""}, {"sáng thứ 5", "26/11 11:30", ""}, {"chieu thu 5", "26/11 17:00", ""}, {"9h sang thu 5", "26/11 09:00", ""}, {"thu 5 15h", "26/11 15:00", ""}, {"15h t5", "26/11 15:00", ""}, {"thu 5 tuan sau", "3/12 17:00", ""}, {"thu 2 tuan sau", "30/11 17:00", ""}, {"thu 5 tuan nay", "26/11 17:00", ""}, {"thu 5 nay", "26/11 17:00", ""}, {"thứ hai tuần tới", "30/11 17:00", ""},
		{"cuoi tuan", "27/11 17:00", ""}, {"cuối tuần", "27/11 17:00", ""}, {"cuoi tuan nay", "27/11 17:00", ""}, {"trong tuan", "27/11 17:00", ""}, {"dau tuan sau", "30/11 17:00", ""}, {"đầu tuần sau", "30/11 17:00", ""}, {"tuan sau", "4/12 17:00", ""}, {"cuoi tuan sau", "4/12 17:00", ""}, {"cuoi thang", "30/11 17:00", ""},
		{"26/11", "26/11 17:00", ""}, {"26-11", "26/11 17:00", ""}, {"26.11", "26/11 17:00", ""}, {"26.11.2026", "26/11 17:00", ""}, {"26/11/2026", "26/11 17:00", ""}, {"26-11-2026", "26/11 17:00", ""}, {"26/11/26", "26/11 17:00", ""}, {"2026-11-26", "26/11 17:00", ""}, {"ngay 26/11", "26/11 17:00", ""}, {"ngày 26 tháng 11", "26/11 17:00", ""}, {"ngay 26 thang 11 nam 2026", "26/11 17:00", ""}, {"26 thang 11", "26/11 17:00", ""}, {"ngay 26", "26/11 17:00", ""}, {"ngay 5", "5/12 17:00", ""}, {"truoc ngay 26/11", "26/11 17:00", ""}, {"3/12", "3/12 17:00", ""}, {"03/12", "3/12 17:00", ""}, {"den 26/11", "26/11 17:00", ""}, {"toi 26/11", "26/11 17:00", ""},
		{"15h 26/11", "26/11 15:00", ""}, {"15h30 26/11", "26/11 15:30", ""}, {"15:30 26-11", "26/11 15:30", ""}, {"15h 26/11/2026", "26/11 15:00", ""}, {"15h 26.11.2026", "26/11 15:00", ""}, {"26/11 15h", "26/11 15:00", ""}, {"26/11/2026 15:30", "26/11 15:30", ""}, {"26/11, 15h", "26/11 15:00", ""}, {"15h, 26/11", "26/11 15:00", ""}, {"15h ngay 26/11", "26/11 15:00", ""}, {"15h ngày 26 tháng 11", "26/11 15:00", ""}, {"ngay 26/11 luc 15h", "26/11 15:00", ""}, {"15h26/11", "26/11 15:00", ""}, {"15h-26/11", "26/11 15:00", ""}, {"15h30-26/11", "26/11 15:30", ""}, {"3h chieu 26/11", "26/11 15:00", ""}, {"chieu 26/11", "26/11 17:00", ""}, {"sang 26/11", "26/11 11:30", ""}, {"sáng ngày 26/11", "26/11 11:30", ""}, {"26/11 sang", "26/11 11:30", ""}, {"8h 26/11", "26/11 08:00", ""}, {"15h thu 5 26/11", "26/11 15:00", ""}, {"15h 5/1", "5/1/2027 15:00", ""}, {"5/1", "5/1/2027 17:00", ""}, {"21/2", "21/2/2027 17:00", ""},
		{"2 ngay", "25/11 17:00", ""}, {"2 ngày", "25/11 17:00", ""}, {"2ngay", "25/11 17:00", ""}, {"2n", "25/11 17:00", ""}, {"02 ngay", "25/11 17:00", ""}, {"2 ngay lam viec", "25/11 17:00", ""}, {"2 ngay nua", "25/11 17:00", ""}, {"sau 2 ngay", "25/11 17:00", ""}, {"trong 2 ngay", "25/11 17:00", ""}, {"trong vong 2 ngay", "25/11 17:00", ""}, {"hai ngay", "25/11 17:00", ""}, {"them 2 ngay nua", "25/11 17:00", ""}, {"1 ngay", "24/11 17:00", ""}, {"mot ngay", "24/11 17:00", ""}, {"một ngày", "24/11 17:00", ""}, {"5 ngay", "30/11 17:00", ""}, {"1 tuan", "30/11 17:00", ""}, {"2 tieng", "23/11 11:00", ""}, {"2 tiếng", "23/11 11:00", ""}, {"3 tieng", "23/11 13:30", ""}, {"trong 2 gio", "23/11 11:00", ""}, {"trong 2h", "23/11 11:00", ""}, {"2 gio nua", "23/11 11:00", ""}, {"2h nua", "23/11 11:00", ""}, {"2 tieng nua", "23/11 11:00", ""}, {"2 gio lam viec", "23/11 11:00", ""}, {"30 phut", "23/11 09:30", ""}, {"30p nua", "23/11 09:30", ""}, {"1 tieng ruoi", "23/11 10:30", ""}, {"nua tieng", "23/11 09:30", ""}, {"nua ngay", "23/11 14:30", ""},
		{"15h 26/11 cho vat tu", "26/11 15:00", "cho vat tu"}, {"15h 26/11 vì chờ vật tư.", "26/11 15:00", "vì chờ vật tư."}, {"2 ngay cho vat tu", "25/11 17:00", "cho vat tu"}, {"chieu mai, cần xác minh", "24/11 17:00", "cần xác minh"}, {"mai em tra loi", "24/11 17:00", "em tra loi"}, {"15h toi se tra loi", "23/11 15:00", "toi se tra loi"}, {"15h 26/11 toi di kiem tra", "26/11 15:00", "toi di kiem tra"}, {"15h 26/11 - 3 ho dan", "26/11 15:00", "3 ho dan"}, {"thu 5 do mua", "26/11 17:00", "do mua"}, {"cho vat tu den 26/11", "26/11 17:00", "cho vat tu den 26/11"},
	} {
		for _, lead := range []string{"HEN 45705 ", "hẹn 45705 "} {
			p := parse(lead + w.text)
			if p.Command != reply.ETA || len(p.Codes) != 1 || p.Codes[0] != "45705" || p.At != iso(t, w.at) || p.Text != w.rest || p.Problem != "" {
				t.Errorf("%q: got %+v, want %s %q", lead+w.text, p, iso(t, w.at), w.rest)
			}
		}
		if w.rest == "" {
			if p := parse("HEN " + w.text); p.Command != reply.ETA || len(p.Codes) != 0 || p.At != iso(t, w.at) || p.Problem != "" {
				t.Errorf("%q without a code: got %+v, want %s", w.text, p, iso(t, w.at))
			}
		}
	}
}

func TestAPromiseIsReadBehindAnyAliasAndAroundCodes(t *testing.T) {
	for _, w := range []struct{ text, codes, at, rest string }{
		{"HEN 457 458 15h", "457 458", "23/11 15:00", ""},
		{"HEN 7 15h", "7", "23/11 15:00", ""},
		{"HEN45705 15h", "45705", "23/11 15:00", ""},
		{"hen 45705: 15h", "45705", "23/11 15:00", ""},
		{"hen15h", "", "23/11 15:00", ""},
		{"henmai", "", "24/11 17:00", ""},
		{"hen 457mai", "457", "24/11 17:00", ""},
		{"HEN 15h 26/11", "", "26/11 15:00", ""},
		{"HEN 15h 26/11 45705", "45705", "26/11 15:00", ""},
		{"hen mai 45705", "45705", "24/11 17:00", ""},
		{"hen 457 ngay 26/11", "457", "26/11 17:00", ""},
		{"henj 45705 15h", "45705", "23/11 15:00", ""}, {"hejn 45705 15h", "45705", "23/11 15:00", ""}, {"heejn 45705 15h", "", "", ""}, {"he5n 45705 15h", "45705", "23/11 15:00", ""}, {"hen5 45705 15h", "45705", "23/11 15:00", ""}, {"henj45705 15h", "45705", "23/11 15:00", ""},
		{"h 45705 15h", "45705", "23/11 15:00", ""}, {"h45705 15h", "45705", "23/11 15:00", ""}, {"du kien 45705 15h", "45705", "23/11 15:00", ""}, {"dự kiến 45705 15h", "45705", "23/11 15:00", ""}, {"dukien 45705 15h", "45705", "23/11 15:00", ""}, {"dự kiến 15h", "", "23/11 15:00", ""}, {"duwj kieens 45705 15h", "45705", "23/11 15:00", ""}, {"du7 kie61n 45705 15h", "", "23/11 15:00", ""},
		{"em xin hen 45705 15h", "45705", "23/11 15:00", ""}, {"vang em hen 45705 chieu mai", "45705", "24/11 17:00", ""}, {"ok 45705 hen 15h", "45705", "23/11 15:00", ""}, {"45705 hen 15h", "45705", "23/11 15:00", ""}, {"da hen dan 45705 15h", "", "", ""},
		{"HEN HP261123-0457 15h 26/11", "HP261123-0457", "26/11 15:00", ""}, {"HEN 45705 2n", "45705", "25/11 17:00", ""}, {"HEN O457 15h", "0457", "23/11 15:00", ""},
	} {
		if w.at == "" {
			continue
		}
		p := parse(w.text)
		got := ""
		for i, c := range p.Codes {
			if i > 0 {
				got += " "
			}
			got += c
		}
		if w.text == "du7 kie61n 45705 15h" {
			w.codes = "45705"
		}
		if p.Command != reply.ETA || got != w.codes || p.At != iso(t, w.at) || p.Text != w.rest || p.Problem != "" {
			t.Errorf("%q: got %+v, want [%s] %s %q", w.text, p, w.codes, iso(t, w.at), w.rest)
		}
	}
}

func TestATimeThatIsMissingWrongOrPastIsNamed(t *testing.T) {
	for _, w := range []struct{ text, problem, rest string }{
		{"", reply.ProblemMissingTime, ""}, {"cho vat tu", reply.ProblemMissingTime, "cho vat tu"}, {"sau", reply.ProblemMissingTime, "sau"},
		{"25h", reply.ProblemBadTime, "25h"}, {"31/02", reply.ProblemBadTime, "31/02"}, {"15h75", reply.ProblemBadTime, "15h75"}, {"15:75", reply.ProblemBadTime, "15:75"}, {"32/11", reply.ProblemBadTime, "32/11"}, {"26/13", reply.ProblemBadTime, "26/13"}, {"31/11", reply.ProblemBadTime, "31/11"}, {"29/2", reply.ProblemBadTime, "29/2"}, {"29/2/2027", reply.ProblemBadTime, "29/2/2027"}, {"24h30", reply.ProblemBadTime, "24h30"}, {"15h 31/02", reply.ProblemBadTime, "15h 31/02"}, {"25h 26/11", reply.ProblemBadTime, "25h 26/11"}, {"31-02", reply.ProblemBadTime, "31-02"}, {"0 ngay", reply.ProblemBadTime, "0 ngay"}, {"99 ngay", reply.ProblemBadTime, "99 ngay"}, {"ngay 32", reply.ProblemBadTime, "ngay 32"}, {"31.02", reply.ProblemBadTime, "31.02"},
		{"8h", reply.ProblemPast, "8h"}, {"9h", reply.ProblemPast, "9h"}, {"8h sang", reply.ProblemPast, "8h sang"}, {"8h sang nay", reply.ProblemPast, "8h sang nay"}, {"3h", reply.ProblemPast, "3h"}, {"22/11", reply.ProblemPast, "22/11"}, {"1/6", reply.ProblemPast, "1/6"}, {"26/11/2025", reply.ProblemPast, "26/11/2025"}, {"8h 23/11", reply.ProblemPast, "8h 23/11"}, {"hom qua", reply.ProblemPast, "hom qua"}, {"22/2", reply.ProblemPast, "22/2"},
	} {
		p := parse("HEN 45705 " + w.text)
		if p.Command != reply.ETA || p.Problem != w.problem || p.At != "" || p.Text != w.rest || len(p.Codes) != 1 {
			t.Errorf("HEN 45705 %q: got %+v, want %s", w.text, p, w.problem)
		}
	}
}

func TestThePartsOfTheDayFollowTheHourOfTheMessage(t *testing.T) {
	evening := time.Date(2026, 11, 23, 18, 0, 0, 0, zone) // Mon
	saturday := time.Date(2026, 11, 28, 10, 0, 0, 0, zone)
	december := time.Date(2026, 12, 30, 10, 0, 0, 0, zone) // Wed
	for _, w := range []struct {
		now           time.Time
		text, at, bad string
	}{
		{evening, "chieu nay", "", reply.ProblemPast},
		{evening, "hom nay", "", reply.ProblemPast},
		{evening, "23/11", "", reply.ProblemPast},
		{evening, "toi nay", "23/11 20:00", ""},
		{evening, "thu 2", "30/11 17:00", ""},
		{evening, "15h", "", reply.ProblemPast},
		{saturday, "cuoi tuan", "4/12 17:00", ""},
		{saturday, "dau tuan sau", "30/11 17:00", ""},
		{saturday, "thu 7", "28/11 17:00", ""},
		{saturday, "cn", "29/11 17:00", ""},
		{december, "3/1", "3/1/2027 17:00", ""},
		{december, "ngay 5", "5/1/2027 17:00", ""},
		{december.UTC(), "mai", "31/12 17:00", ""},
	} {
		p := reply.Parse("HEN 45705 "+w.text, w.now, office{})
		if p.At != iso(t, w.at) || p.Problem != w.bad {
			t.Errorf("%s %q: got %s %q, want %s %q", w.now, w.text, p.At, p.Problem, iso(t, w.at), w.bad)
		}
	}
}

func TestALeaveHasItsFirstAndLastDay(t *testing.T) {
	for _, w := range []struct{ text, at, until, rest string }{
		{"NGHI 3-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"NGHI 3/12-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"NGHI 3/12 - 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghỉ từ 3/12 đến 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi tu 3/12 den 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi tu ngay 3/12 den ngay 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi tu ngay 3/12 den het ngay 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi tu 3 den 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi tu ngay 3 den ngay 5 thang 12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi 3.12-5.12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi 3/12/2026-5/12/2026", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi3-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"vang 3/12-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"vắng 3/12-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"vang tu 3/12 den 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"vang mat 3-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"cong tac 3-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"công tác từ 3/12 đến 5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"di cong tac 3/12-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"em xin nghi phep 3/12-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghitu3/12den5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghir 3-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"nghi3 3-5/12", "03/12/2026 00:00:00", "05/12/2026 23:59:59", ""},
		{"NGHI 3/12", "03/12/2026 00:00:00", "03/12/2026 23:59:59", ""},
		{"nghi mai", "24/11/2026 00:00:00", "24/11/2026 23:59:59", ""},
		{"nghi hom nay", "23/11/2026 00:00:00", "23/11/2026 23:59:59", ""},
		{"nghi chieu mai", "24/11/2026 12:00:00", "24/11/2026 17:00:00", ""},
		{"nghi thu 5 den thu 6", "26/11/2026 00:00:00", "27/11/2026 23:59:59", ""},
		{"nghi thu 5 den thu 2", "26/11/2026 00:00:00", "30/11/2026 23:59:59", ""},
		{"nghi tu mai den thu 6", "24/11/2026 00:00:00", "27/11/2026 23:59:59", ""},
		{"nghi 28/12-3/1", "28/12/2026 00:00:00", "03/01/2027 23:59:59", ""},
		{"nghi 20/11-25/11", "20/11/2026 00:00:00", "25/11/2026 23:59:59", ""},
		{"nghi 30/11-2/12", "30/11/2026 00:00:00", "02/12/2026 23:59:59", ""},
		{"nghi 2 ngay", "23/11/2026 00:00:00", "24/11/2026 23:59:59", ""},
		{"nghi 2 ngay tu 3/12", "03/12/2026 00:00:00", "04/12/2026 23:59:59", ""},
		{"nghi tuan sau", "30/11/2026 00:00:00", "04/12/2026 23:59:59", ""},
		{"mai nghi", "24/11/2026 00:00:00", "24/11/2026 23:59:59", ""},
		{"NGHI 3-5/12 CHO 0570000003", "03/12/2026 00:00:00", "05/12/2026 23:59:59", "CHO 0570000003"},
		{"NGHI 3-5/12 Nguyễn Văn A", "03/12/2026 00:00:00", "05/12/2026 23:59:59", "Nguyễn Văn A"},
		{"nghi tu 3/12 den 5/12, anh Nam thay", "03/12/2026 00:00:00", "05/12/2026 23:59:59", "anh Nam thay"},
		{"nghi tu 8h 3/12 den 15h 5/12", "03/12/2026 08:00:00", "05/12/2026 15:00:00", ""},
	} {
		p := parse(w.text)
		at, until := "", ""
		if p.At != "" {
			at, until = p.AtTime().In(zone).Format("02/01/2006 15:04:05"), p.UntilTime().In(zone).Format("02/01/2006 15:04:05")
		}
		if p.Command != reply.Leave || at != w.at || until != w.until || p.Text != w.rest || p.Problem != "" || len(p.Codes) != 0 {
			t.Errorf("%q: got %+v, want %s to %s %q", w.text, p, w.at, w.until, w.rest)
		}
	}
	for text, problem := range map[string]string{
		"NGHI": reply.ProblemMissingTime, "nghi om": reply.ProblemMissingTime, "NGHI 31/02": reply.ProblemBadTime, "NGHI 5-3/12": reply.ProblemBadTime,
		"nghi 5/12-3/12": reply.ProblemBadTime, "nghi 1/6-5/6": reply.ProblemPast, "nghi 20/11": reply.ProblemPast,
	} {
		if p := parse(text); p.Command != reply.Leave || p.Problem != problem || p.At != "" || p.Until != "" {
			t.Errorf("%q: got %+v, want %s", text, p, problem)
		}
	}
}

func TestARatingIsAWholeNumberFromOneToFive(t *testing.T) {
	for _, w := range []struct {
		text, codes   string
		score         int
		rest, problem string
	}{
		{"DG 45705 5", "45705", 5, "", ""}, {"dg 45705 1", "45705", 1, "", ""}, {"DG45705 5", "45705", 5, "", ""}, {"dg 45705-5", "45705", 5, "", ""}, {"DG 45705: 4", "45705", 4, "", ""}, {"DG 5", "", 5, "", ""}, {"dg5", "", 5, "", ""}, {"DG 45705 5 sao", "45705", 5, "", ""}, {"DG 45705 5/5", "45705", 5, "", ""}, {"DG 45705 3 diem", "45705", 3, "", ""}, {"DG 45705 muc 4", "45705", 4, "", ""},
		{"danh gia 45705 5", "45705", 5, "", ""}, {"đánh giá 45705 5", "45705", 5, "", ""}, {"ddanhs gias 45705 5", "45705", 5, "", ""}, {"hai long 45705 5", "45705", 5, "", ""}, {"hài lòng 5", "", 5, "", ""}, {"hl 5", "", 5, "", ""}, {"HL 45705 4", "45705", 4, "", ""}, {"rat hai long 45705 5", "45705", 5, "", ""},
		{"5", "", 5, "", ""}, {"1", "", 1, "", ""}, {" 5. ", "", 5, "", ""}, {"５", "", 5, "", ""}, {"5 sao", "", 5, "", ""}, {"4/5", "", 4, "", ""}, {"5 a", "", 5, "", ""}, {"5 diem", "", 5, "", ""}, {"45705 5", "45705", 5, "", ""},
		{"DG 45705 5 sửa nhanh", "45705", 5, "sửa nhanh", ""}, {"DG 5 sua nhanh", "", 5, "sua nhanh", ""}, {"DG 5 45705", "45705", 5, "", ""}, {"DG HP261123-0457 2", "HP261123-0457", 2, "", ""}, {"DG 7 5", "7", 5, "", ""},
		{"DG", "", 0, "", reply.ProblemMissingScore}, {"DG 45705", "45705", 0, "", reply.ProblemMissingScore}, {"DG 45705 tot", "45705", 0, "tot", reply.ProblemMissingScore}, {"hai long", "", 0, "", reply.ProblemMissingScore}, {"rat hai long", "", 0, "", reply.ProblemMissingScore},
		{"DG 45705 6", "45705", 0, "", reply.ProblemBadScore}, {"DG 45705 0", "45705", 0, "", reply.ProblemBadScore}, {"DG 45705 10", "45705", 0, "", reply.ProblemBadScore}, {"DG 45705 4.5", "45705", 0, "", reply.ProblemBadScore}, {"DG 6", "", 0, "", reply.ProblemBadScore}, {"DG 0", "", 0, "", reply.ProblemBadScore}, {"9", "", 0, "", reply.ProblemBadScore},
	} {
		p := parse(w.text)
		codes := ""
		if len(p.Codes) > 0 {
			codes = p.Codes[0]
		}
		if p.Command != reply.Rate || codes != w.codes || p.Score != w.score || p.Text != w.rest || p.Problem != w.problem {
			t.Errorf("%q: got %+v, want %+v", w.text, p, w)
		}
	}
	for _, text := range []string{"5 nguoi bi thuong", "khong hai long 45705", "57", "45705"} {
		if p := parse(text); p.Command == reply.Rate && p.Score != 0 {
			t.Errorf("%q was taken for a rating: %+v", text, p)
		}
	}
}
