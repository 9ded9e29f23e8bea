package escalation

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Stories of people who are away (Đ17.9).

// stretch writes absences as "11/3-13/3 by 111", an open end as "11/3-".
func stretch(list []Absence) string {
	var said []string
	for _, a := range list {
		s := dayText(a.From) + "-"
		if !a.To.IsZero() {
			s += dayText(a.To)
		}
		if a.Delegate != 0 {
			s += " by " + itoa(a.Delegate)
		}
		said = append(said, s)
	}
	return strings.Join(said, ", ")
}

func TestALaterWordOnAnAbsenceCountsForItsDaysAndNoOthers(t *testing.T) {
	day := func(n int) time.Time {
		if n == 0 {
			return time.Time{}
		}
		return time.Date(2026, time.March, n, 0, 0, 0, 0, hanoi())
	}
	away := func(from, to int, by int64) Absence { return Absence{day(from), day(to), by} }
	for name, tt := range map[string]struct {
		before []Absence
		more   Absence
		want   string
	}{
		"the first":                      {nil, away(11, 13, 111), "11/3-13/3 by 111"},
		"one more, later":                {[]Absence{away(11, 13, 111)}, away(20, 22, 0), "11/3-13/3 by 111, 20/3-22/3"},
		"one more, before":               {[]Absence{away(20, 22, 0)}, away(11, 13, 111), "11/3-13/3 by 111, 20/3-22/3"},
		"longer than was said":           {[]Absence{away(11, 13, 111)}, away(12, 16, 0), "11/3-12/3 by 111, 12/3-16/3"},
		"longer, with the same stand-in": {[]Absence{away(11, 13, 111)}, away(12, 16, 111), "11/3-16/3 by 111"},
		"somebody else on one day":       {[]Absence{away(11, 16, 111)}, away(12, 13, 112), "11/3-12/3 by 111, 12/3-13/3 by 112, 13/3-16/3 by 111"},
		"all of them again":              {[]Absence{away(11, 13, 111), away(14, 15, 112)}, away(10, 20, 0), "10/3-20/3"},
		"the end is known at last":       {[]Absence{away(11, 0, 111)}, away(11, 16, 111), "11/3-16/3 by 111"},
		"the end is not known yet":       {[]Absence{away(11, 0, 111)}, away(20, 22, 0), "11/3-20/3 by 111, 20/3-22/3, 22/3- by 111"},
		"for ever":                       {[]Absence{away(11, 13, 111)}, away(12, 0, 0), "11/3-12/3 by 111, 12/3-"},
		"what is over is dropped":        {[]Absence{away(2, 4, 111), away(8, 10, 0)}, away(20, 22, 0), "8/3-10/3, 20/3-22/3"},
		"the same again":                 {[]Absence{away(11, 13, 111)}, away(11, 13, 111), "11/3-13/3 by 111"},
	} {
		c := Contact{ID: 101, Absences: tt.before}
		before := stretch(tt.before)
		if got := stretch(c.with(tt.more, day(9)).Absences); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if got := stretch(tt.before); got != before {
			t.Errorf("%s: what it was made from is %s now", name, got)
		}
	}
}

// away lists the days of March 2026 on which the contact is away at noon.
func (w *town) away(contact int64) (days []int) {
	c, _ := w.directory.Contact(contact)
	for day := 9; day <= 31; day++ {
		if _, away := c.Away(time.Date(2026, time.March, day, 12, 0, 0, 0, hanoi())); away {
			days = append(days, day)
		}
	}
	return days
}

func (w *town) wantAway(contact int64, days ...int) {
	w.Helper()
	if got := w.away(contact); !slices.Equal(got, days) {
		w.Errorf("%d is away on %v, want %v", contact, got, days)
	}
}

// agreed: the officer asks for an absence, and the head agrees.
func (w *town) agreed(words string) {
	w.Helper()
	w.says(101, words)
	if in := w.from(102, "OK "+w.asked(102)); in.outcome != "leave:agreed" {
		w.Fatalf("%s: %s", words, in.outcome)
	}
}

func TestASecondAbsenceLeavesTheFirst(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.agreed("NGHI 11-12/3 CHO Ngo Van Thi")
	w.agreed("NGHI 20-22/3")
	w.wantAway(101, 11, 12, 20, 21, 22)
	w.agreed("NGHI 12-13/3")
	w.wantAway(101, 11, 12, 13, 20, 21, 22)
	if got := w.directory.Serving("XD", Focal, instantAt("2026-03-11 09:00"))[0].ID; got != 111 {
		t.Errorf("on the 11th %d serves", got)
	}
}

func TestWhoIsAwayIsAwayFromEachOfTheirDesks(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.person(Contact{ID: 171, Unit: "MT", Role: Focal, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 0})
	w.person(Contact{ID: 172, Unit: "XD", Role: Deputy, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 0})
	w.person(Contact{ID: 173, Unit: "GV", Role: Focal, Name: "Nguyễn Văn Thử", Phone: phone(101), ValidTo: instantAt("2026-01-01 00:00")})
	w.person(Contact{ID: 174, Unit: "XD", Role: Duty, Name: "Lê Thị Khác", Phone: phone(101)})
	w.says(101, "NGHI 11-12/3 CHO Ngo Van Thi")
	if tasks := w.opened(TaskConfirm, "cũng là cán bộ đầu mối của Sở Nông nghiệp và Môi trường, cũng là người thay của Sở Xây dựng"); len(tasks) != 1 {
		t.Errorf("the shift lead is not told of the other desks: %+v", w.opened(TaskConfirm, "vắng mặt"))
	}
	if in := w.from(102, "OK "+w.asked(102)); in.outcome != "leave:agreed" {
		t.Fatal(in.outcome)
	}
	for _, id := range []int64{101, 171, 172} {
		w.wantAway(id, 11, 12)
	}
	w.wantAway(173)
	w.wantAway(174) // somebody else, on the same desk's telephone
	at := instantAt("2026-03-11 09:00")
	for _, tt := range []struct {
		unit string
		role Role
		want int64
	}{{"XD", Focal, 111}, {"XD", Deputy, 111}, {"MT", Focal, 103}} { // of MT nobody was named: the next by order
		if got := w.directory.Serving(tt.unit, tt.role, at)[0].ID; got != tt.want {
			t.Errorf("%s %s: %d serves, want %d", tt.unit, tt.role, got, tt.want)
		}
	}
	if why := w.directory.StandsIn(w.contact(112), w.contact(171), at, at.Add(time.Hour)); !strings.Contains(why, "cũng vắng") {
		t.Errorf("may stand in: %q", why)
	}
	if err := w.desk.EndAbsence(w.ctx, 171, time.Time{}, shiftLead); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{101, 171, 172} { // back at one desk, back at all
		w.wantAway(id)
	}
}

func (w *town) contact(id int64) Contact {
	c, _ := w.directory.Contact(id)
	return c
}

func TestWhatIsNotedOfAnAbsenceIsCheckedAndEndsOneByOne(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	from := func(n int) time.Time { return time.Date(2026, time.March, n, 0, 0, 0, 0, hanoi()) }
	for field, a := range map[string]Absence{
		"from": {To: from(12)}, "to": {From: from(12), To: from(11)}, "delegate": {From: from(11), To: from(12), Delegate: 999},
	} {
		if err := w.desk.NoteAbsence(w.ctx, 101, a, shiftLead); faultOf(err) != field {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if err := w.desk.NoteAbsence(w.ctx, 101, Absence{from(11), from(12), 101}, shiftLead); faultOf(err) != "delegate" {
		t.Errorf("stands in for themselves: %v", err)
	}
	if err := w.desk.NoteAbsence(w.ctx, 999, Absence{From: from(11)}, shiftLead); faultOf(err) != "contact" {
		t.Errorf("of nobody: %v", err)
	}
	for _, day := range []int{20, 11, 25} {
		if err := w.desk.NoteAbsence(w.ctx, 101, Absence{From: from(day), To: from(day + 1)}, shiftLead); err != nil {
			t.Fatal(err)
		}
	}
	w.wantAway(101, 11, 20, 25)
	if err := w.desk.EndAbsence(w.ctx, 101, from(20), shiftLead); err != nil {
		t.Fatal(err)
	}
	w.wantAway(101, 11, 25)
	if err := w.desk.EndAbsence(w.ctx, 101, from(20), shiftLead); faultOf(err) != "from" {
		t.Errorf("ended twice: %v", err)
	}
	for _, left := range [][]int{{25}, nil, nil} { // the first that is not over
		if err := w.desk.EndAbsence(w.ctx, 101, time.Time{}, shiftLead); err != nil {
			t.Fatal(err)
		}
		w.wantAway(101, left...)
	}
}

func TestAStandInThatCannotStandInIsRefusedAndNothingIsDecided(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.says(101, "NGHI 11-12/3")
	w.person(Contact{ID: 111, Unit: "XD", Role: Focal, Name: "Ngô Văn Thí", Phone: phone(111), Order: 2, Absences: []Absence{{From: instantAt("2026-03-12 00:00")}}})
	if err := w.desk.DecideLeave(w.ctx, 1, true, 111, shiftLead); faultOf(err) != "delegate" {
		t.Errorf("a stand-in who is away: %v", err)
	}
	w.wantAway(101)
	if err := w.desk.DecideLeave(w.ctx, 1, true, 112, shiftLead); err != nil {
		t.Fatal(err)
	}
	w.wantAway(101, 11, 12)
	if err := w.desk.DecideLeave(w.ctx, 1, false, 0, shiftLead); !refused(err) {
		t.Errorf("decided twice: %v", err)
	}
	if len(w.opened(TaskConfirm, "đề nghị vắng mặt")) != 0 {
		t.Error("the shift lead is still asked")
	}
}

func TestTheHeadAgreesToAnAbsenceBySMS(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.says(101, "NGHI 11-12/3 CHO Ngo Van Thi")
	l := w.letter("XV")
	if l.Phone != phone(102) || !strings.Contains(l.text, "Ngo Van Thi") {
		t.Fatalf("%s: %s", l.Phone, l.text)
	}
	if got := w.directory.Serving("XD", Focal, instantAt("2026-03-11 09:00"))[0].ID; got != 101 {
		t.Errorf("before the head agrees %d serves", got)
	}
	mark := w.mark()
	if in := w.from(102, "OK "+w.asked(102)); in.outcome != "leave:agreed" {
		t.Fatal(in.outcome)
	}
	w.want(mark, "NQ focal", "NQ head")
	for at, want := range map[string]int64{"2026-03-10 17:00": 101, "2026-03-11 00:00": 111, "2026-03-12 23:59": 111, "2026-03-13 00:00": 101} {
		if got := w.directory.Serving("XD", Focal, instantAt(at))[0].ID; got != want {
			t.Errorf("at %s %d serves, want %d", at, got, want)
		}
	}
	if len(w.opened(TaskConfirm, "đề nghị vắng mặt")) != 0 {
		t.Error("the shift lead is still asked")
	}
}

func TestTheHeadRefusesAnAbsence(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.says(101, "NGHI 11-12/3 CHO Ngo Van Thi")
	if in := w.from(102, "khong dong y "+w.asked(102)); in.outcome != "leave:refused" {
		t.Fatal(in.outcome)
	}
	if got := w.directory.Serving("XD", Focal, instantAt("2026-03-11 09:00"))[0].ID; got != 101 {
		t.Errorf("%d serves", got)
	}
}

func TestWhoIsAwayStandsInForNobody(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	away, _ := w.directory.Contact(111)
	away.Absences = []Absence{{instantAt("2026-03-12 00:00"), instantAt("2026-03-14 00:00"), 101}}
	w.person(away)
	focal, _ := w.directory.Contact(101)
	from, to := instantAt("2026-03-11 00:00"), instantAt("2026-03-13 00:00")
	if why := w.directory.StandsIn(focal, away, from, to); !strings.Contains(why, "cũng vắng") {
		t.Errorf("two stand in for one another: %q", why)
	}
	deputy, _ := w.directory.Contact(112)
	if why := w.directory.StandsIn(focal, deputy, from, to); !strings.Contains(why, "đang được cử thay") {
		t.Errorf("a stand-in goes away: %q", why)
	}
	if why := w.directory.StandsIn(focal, deputy, instantAt("2026-03-16 00:00"), instantAt("2026-03-17 00:00")); why != "" {
		t.Errorf("later: %q", why)
	}
	if why := w.directory.StandsIn(focal, focal, from, to); why == "" {
		t.Error("an officer stands in for themselves")
	}
}

// The officer's new number is a row of its own, and somebody has named that one meanwhile.
func TestTheHeadAgreesToAnAbsenceOfWhoseNewRowSomebodyRelies(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.says(101, "NGHI 11-12/3 CHO Ngo Van Thi")
	moved := w.renumber(101, 161)
	away := Absence{From: instantAt("2026-03-11 00:00"), To: instantAt("2026-03-13 00:00"), Delegate: moved.ID}
	if err := w.desk.NoteAbsence(w.ctx, 112, away, shiftLead); err != nil {
		t.Fatal(err)
	}
	if in := w.from(102, "OK "+w.asked(102)); in.outcome != "leave:agreed" {
		t.Fatal(in.outcome)
	}
	w.wantAway(moved.ID, 11, 12)
	if by := w.contact(moved.ID).Absences[0].Delegate; by != 0 {
		t.Errorf("%d stands in", by)
	}
	tasks := w.opened(TaskConfirm, "Thủ trưởng đồng ý cho Nguyễn Văn Thử vắng mặt, nhưng Nguyễn Văn Thử đang được cử thay cho Đặng Thị Định")
	if len(tasks) != 1 || tasks[0].For != ShiftLead {
		t.Errorf("the tasks are %+v", tasks)
	}
}

func TestAHeadOfYesterdayHasNoWordOnAnAbsence(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.says(101, "NGHI 11-12/3")
	code := w.asked(102)
	c, _ := w.directory.Contact(102)
	c.ValidTo = w.now
	w.person(c)
	if in := w.from(102, "OK "+code); in.outcome != "leave:stale" {
		t.Error(in.outcome)
	}
}

func TestWhoStandsInForSomebodyDoesNotGoAwayWithoutAWord(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	own := Absence{From: instantAt("2026-03-11 00:00"), To: instantAt("2026-03-13 00:00")}
	err := w.desk.NoteAbsence(w.ctx, 402, own, shiftLead) // who stands in for 401
	if faultOf(err) != "from" || !strings.Contains(err.Error(), "Đỗ Văn Dụ đang được cử thay cho Vũ Thị Ví") {
		t.Errorf("noted without a word: %v", err)
	}
	w.says(402, "NGHI 11-12/3")
	if l := w.letter("NGHI"); !strings.Contains(l.text, "dang thay Vu Thi Vi") {
		t.Errorf("the officer reads %q", l.text)
	}
	if l := w.letter("XV"); !strings.Contains(l.text, "dang thay Vu Thi Vi") {
		t.Errorf("the head reads %q", l.text)
	}
	if len(w.opened(TaskConfirm, "đang được cử thay cho Vũ Thị Ví")) != 1 {
		t.Error("the shift lead is not told")
	}
	if err := w.desk.DecideLeave(w.ctx, 1, true, 0, shiftLead); faultOf(err) != "from" {
		t.Errorf("agreed by the console: %v", err)
	}
	w.wantAway(402)
	if in := w.from(403, "OK "+w.asked(403)); in.outcome != "leave:agreed" {
		t.Fatal(in.outcome)
	}
	w.wantAway(402, 11, 12) // the head's word counts
	if len(w.opened(TaskConfirm, "Thủ trưởng đồng ý cho Đỗ Văn Dụ vắng mặt, nhưng Đỗ Văn Dụ đang được cử thay cho Vũ Thị Ví")) != 1 {
		t.Error("nobody is asked who stands in for the other now")
	}
	if err := w.desk.NoteAbsence(w.ctx, 401, Absence{From: instantAt("2026-03-01 00:00"), To: instantAt("2026-12-31 00:00")}, shiftLead); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.NoteAbsence(w.ctx, 402, own, shiftLead); err != nil {
		t.Errorf("nobody relies on them any more: %v", err)
	}
}

// Who changed the number during somebody's leave stands in from then on (keepPerson).
func TestAStandInNeedsToBeThereFromNowOn(t *testing.T) {
	now := instantAt("2026-03-11 08:00") // Wednesday
	away := Contact{ID: 1, Unit: "SXD", Role: Focal, Name: "An", Phone: "+84570000101"}
	stand := Contact{ID: 2, Unit: "SXD", Role: Deputy, Name: "Bình", Phone: "+84570000102", ValidFrom: instantAt("2026-03-10 09:00")}
	dir := NewDirectory([]Unit{{Code: "SXD"}}, []Contact{away, stand})
	a := Absence{From: instantAt("2026-03-09 00:00"), To: instantAt("2026-03-14 00:00"), Delegate: 2}
	if err := dir.CanBeAway(away, a, now); err != nil {
		t.Errorf("of a leave that has begun: %v", err)
	}
	if err := dir.CanBeAway(away, a, instantAt("2026-03-08 08:00")); faultOf(err) != "delegate" {
		t.Errorf("of one that is ahead: %v", err)
	}
}

// begun is a town whose officer 101 is on leave from the 9th to the 13th, asked for and not
// agreed to; the stand-in has another number since the 10th.
func begun(t *testing.T) (w *town, stand int64) {
	w = newTown(t, "2026-03-09 08:00") // Monday
	w.says(101, "NGHI 9-13/3 CHO Ngo Van Thi")
	w.jump("2026-03-10 09:00")
	return w, w.renumber(111, 161).ID
}

func TestTheConsoleAgreesToALeaveThatHasBegun(t *testing.T) {
	w, stand := begun(t)
	w.jump("2026-03-11 08:00")
	if err := w.desk.DecideLeave(w.ctx, 1, true, stand, shiftLead); err != nil {
		t.Fatal(err)
	}
	w.wantAway(101, 9, 10, 11, 12, 13) // the leave is kept whole
	if got := w.contact(101).Absences[0].Delegate; got != stand {
		t.Errorf("%d stands in, want %d", got, stand)
	}
}

func TestTheHeadAgreesToALeaveThatHasBegun(t *testing.T) {
	w, stand := begun(t)
	w.jump("2026-03-11 08:00")
	if in := w.from(102, "OK "+w.asked(102)); in.outcome != "leave:agreed" {
		t.Fatal(in.outcome)
	}
	w.wantAway(101, 9, 10, 11, 12, 13)
	if got := w.contact(101).Absences[0].Delegate; got != stand {
		t.Errorf("%d stands in, want %d", got, stand)
	}
	if tasks := w.opened(TaskConfirm, "Thủ trưởng đồng ý cho"); len(tasks) != 0 {
		t.Errorf("the shift lead is asked all the same: %+v", tasks)
	}
}

func TestADayThatIsOverHindersNoLeaveThatHasBegun(t *testing.T) {
	monday := Absence{From: instantAt("2026-03-09 00:00"), To: instantAt("2026-03-10 00:00")}
	for name, day := range map[string]func(*town){
		"the stand-in was away": func(w *town) {
			c := w.contact(111)
			c.Absences = []Absence{monday}
			w.person(c)
		},
		"others relied on the officer": func(w *town) {
			c := w.contact(112)
			c.Absences = []Absence{{monday.From, monday.To, 101}}
			w.person(c)
		},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.says(101, "NGHI 9-13/3 CHO Ngo Van Thi")
		day(w)
		w.jump("2026-03-11 08:00")
		if err := w.desk.DecideLeave(w.ctx, 1, true, 111, shiftLead); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.wantAway(101, 9, 10, 11, 12, 13)
	}
}
