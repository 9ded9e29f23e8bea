package escalation

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Stories of the roster's look (Đ17.2).

// gapsOf says which units a look finds wanting, besides those that the town always has.
func (w *town) gapsOf(days RosterDays) string {
	w.Helper()
	gaps, err := w.desk.RosterCheck(w.ctx, w.now, days)
	if err != nil {
		w.Fatal(err)
	}
	var list []string
	for _, g := range gaps {
		if g.Unit.Code != "LL" && g.Unit.Code != "NF" {
			list = append(list, fmt.Sprint(g.Unit.Code, g.Roles))
		}
	}
	return strings.Join(list, " ")
}

// on is somebody of XD who has the duty number for a while; empty: always.
func (w *town) on(id int64, from, to string) {
	c := Contact{ID: id, Unit: "XD", Role: Duty, Name: "Trực ban " + itoa(id), Phone: phone(int(id))}
	if from != "" {
		c.ValidFrom = instantAt(from)
	}
	if to != "" {
		c.ValidTo = instantAt(to)
	}
	w.person(c)
}

func TestAUnitThatWorksOnADayOffIsLookedAtThen(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	away := Absence{From: instantAt("2026-03-07 00:00"), To: instantAt("2026-03-08 00:00")}
	for _, id := range []int64{101, 111, 112} {
		c := w.contact(id)
		c.Absences = []Absence{away}
		w.person(c)
	}
	weekend := []time.Time{instantAt("2026-03-07 12:00"), instantAt("2026-03-08 12:00")}
	mark := w.mark()
	if got := w.gapsOf(RosterDays{Ahead: weekend}); got != "XD[focal]" {
		t.Errorf("on Friday, of the weekend: %q", got)
	}
	w.want(mark, "V7 office")
	w.now = instantAt("2026-03-07 07:35")
	if got := w.gapsOf(RosterDays{Off: true}); got != "XD[focal]" {
		t.Errorf("on Saturday: %q", got)
	}
	w.now = instantAt("2026-03-08 07:35")
	mark = w.mark()
	if got := w.gapsOf(RosterDays{Off: true}); got != "" {
		t.Errorf("on Sunday: %q", got)
	}
	w.want(mark) // what the other units lack is Monday's news
	w.now = instantAt("2026-03-06 15:00")
	w.worksBy("XD", "") // by the city's calendar nothing is owed on Saturday
	if got := w.gapsOf(RosterDays{Ahead: weekend}); got != "" {
		t.Errorf("without a calendar of its own: %q", got)
	}
	if got := w.gapsOf(RosterDays{Ahead: weekend, Holiday: true}); got != "XD[focal]" {
		t.Errorf("before a holiday: %q", got)
	}
}

func TestADutyNumberWhoseNextShiftIsMissingIsReported(t *testing.T) {
	for name, tt := range map[string]struct {
		shifts func(w *town)
		want   string
	}{
		"no duty number":    {func(*town) {}, ""},
		"somebody for ever": {func(w *town) { w.on(161, "", "") }, ""},
		"the next shift is there": {func(w *town) {
			w.on(161, "2026-03-08 07:00", "2026-03-09 17:00")
			w.on(162, "2026-03-10 17:00", "2026-03-11 07:00")
		}, ""},
		"the last ends tonight":     {func(w *town) { w.on(161, "2026-03-08 07:00", "2026-03-09 17:00") }, "XD[duty]"},
		"the last ended at night":   {func(w *town) { w.on(161, "2026-03-08 07:00", "2026-03-09 06:00") }, "XD[duty]"},
		"given up":                  {func(w *town) { w.on(161, "2026-03-01 07:00", "2026-03-02 07:00") }, ""},
		"removed":                   {func(w *town) { w.on(161, "", "2026-03-09 06:00") }, ""},
		"there is time to enter it": {func(w *town) { w.on(161, "2026-03-08 07:00", "2026-03-12 07:00") }, ""},
		"away, nobody stands in": {func(w *town) {
			w.on(161, "", "")
			c := w.contact(161)
			c.Absences = []Absence{{From: instantAt("2026-03-09 00:00"), To: instantAt("2026-03-10 00:00")}}
			w.person(c)
		}, "XD[duty]"},
		"a landline is called": {func(w *town) {
			w.person(Contact{ID: 161, Unit: "XD", Role: Duty, Name: "Trực ban Sở", Phone: "+842253000009"})
		}, ""},
	} {
		w := newTown(t, "2026-03-09 07:35") // Monday
		tt.shifts(w)
		if got := w.gapsOf(RosterDays{}); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if n := len(w.opened(TaskUnreachable, "trực ban của Sở Xây dựng hết ca mà chưa có ca sau")); (n == 1) != (tt.want != "") {
			t.Errorf("%s: %d tasks", name, n)
		}
	}
}

func TestWhatWasLeftIsHandedOverOnADayThatTheUnitWorks(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.forwarded("MT")
	for _, c := range []Contact{w.listed(), {ID: 170, Unit: "MT", Role: Focal, Name: "Đinh Thị Khác", Phone: phone(170)}} {
		c.Verified = true
		w.person(c)
	}
	w.ends(101, "2026-03-07 00:00")
	w.ends(103, "2026-03-07 00:00")
	w.now = instantAt("2026-03-07 07:35") // Saturday
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 || w.letter("BG").Phone != phone(169) {
		t.Errorf("on Saturday: handed to %d people, %v", n, err)
	}
	w.now = instantAt("2026-03-09 07:35") // Monday
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 || w.letter("BG").Phone != phone(170) {
		t.Errorf("on Monday: handed to %d people, %v", n, err)
	}
}
