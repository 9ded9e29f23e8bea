package console

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation/worktime"
)

// A new file of the configuration sets aside what was edited; the page says what it lacks.
func TestThePageSaysWhatOfAnEditTheNewFileLacks(t *testing.T) {
	file := worktime.Spec{AnnouncedUntil: "2026-12-31", Off: []worktime.DayOff{{Date: "2027-01-01", Name: "Tết Dương lịch", Document: "tệp"}}}
	edited := worktime.Spec{AnnouncedUntil: "2027-12-31",
		Off:   []worktime.DayOff{{Date: "2027-01-01", Name: "Tết Dương lịch", Document: "Thông báo 1"}, {Date: "2027-02-05", Name: "Tết Nguyên đán", Document: "Thông báo 1"}},
		Work:  []worktime.WorkDay{{Date: "2027-01-09", Document: "Thông báo 2"}},
		Short: []worktime.ShortDay{{Date: "2027-02-04", Hours: []string{"07:30-11:30"}, Document: "Thông báo 3"}}}
	days, until := CalendarInForce{Spec: file, Aside: &edited}.Lost("2026-01-01")
	want := []CalendarDay{{Date: "2027-01-09", Kind: "work", Name: "làm bù", Document: "Thông báo 2"}, {Date: "2027-02-04", Kind: "short", Name: "giờ riêng 07:30-11:30", Document: "Thông báo 3"},
		{Date: "2027-02-05", Kind: "off", Name: "Tết Nguyên đán", Document: "Thông báo 1"}}
	if !slices.Equal(days, want) || until != "2027-12-31" {
		t.Errorf("lost are %v, announced to %s", days, until)
	}
	for name, c := range map[string]CalendarInForce{"nothing was set aside": {Spec: file}, "the file has it all": {Spec: edited, Aside: &file}} {
		if days, until := c.Lost("2026-01-01"); len(days) > 0 || until != "" {
			t.Errorf("%s: %v, %s", name, days, until)
		}
	}
	made, err := newPages()
	if err != nil {
		t.Fatal(err)
	}
	show := func(page calendarPage) string {
		var out bytes.Buffer
		if err := made.all["calendar"].ExecuteTemplate(&out, "content", struct{ Page calendarPage }{page}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	page := show(calendarPage{MayEdit: true, Announced: "2026-12-31", Lost: days, LostUntil: until})
	for _, word := range []string{"không còn hiệu lực", "2027-02-05: Tết Nguyên đán", "2027-01-09: làm bù", "đã thông báo đến 2027-12-31"} {
		if !strings.Contains(page, word) {
			t.Errorf("the page lacks %q", word)
		}
	}
	for name, page := range map[string]calendarPage{"nothing is lost": {MayEdit: true}, "it is not theirs to mend": {Lost: days, LostUntil: until}} {
		if strings.Contains(show(page), "không còn hiệu lực") {
			t.Errorf("%s: the page speaks of it", name)
		}
	}
	if page := show(calendarPage{}); !strings.Contains(page, "coi như đã thông báo hết") {
		t.Error("of a calendar without a date the page says that it is announced to none")
	}
}
