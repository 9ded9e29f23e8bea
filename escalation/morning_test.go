package escalation

import (
	"slices"
	"testing"
)

func (w *town) morningList(period string) Digest {
	w.Helper()
	digest, err := w.desk.MorningList(w.ctx, instantAt(period))
	if err != nil {
		w.Fatalf("morning list: %v", err)
	}
	return digest
}

func TestTheMorningListTellsEachWhatEndsToday(t *testing.T) {
	w := newTown(t, "2026-03-09 14:00") // Monday
	first := w.forwarded("XD")          // 8 h end on Tuesday at 14:00
	w.jump("2026-03-09 15:30")
	second := w.forwarded("XD")
	w.jump("2026-03-10 07:00")
	w.forwarded("MT") // 8 h end today too, but only begin at 07:30: at 17:00 sharp
	third := w.petition()
	w.until(instantAt("2026-03-10 07:15"))
	mark := w.mark()
	if got := w.morningList("2026-03-10 07:15"); got != (Digest{Petitions: 3, Notices: 2}) {
		t.Errorf("the list came to %+v", got)
	}
	w.want(mark, "B2 focal", "B2 focal")
	want := map[string]string{"XD": first.Code + " 14h00, " + second.Code + " 15h30", "MT": third.Code + " 17h00"}
	for _, l := range w.lettersOf(mark, "B2") {
		if l.Notice.Vars["danh_sach"] != want[l.Notice.To.Unit] || !l.Notice.Expires.Equal(instantAt("2026-03-10 17:00")) {
			t.Errorf("%s is told %q until %s", l.Notice.To.Unit, l.text, l.Notice.Expires)
		}
	}
	mark = w.mark()
	w.morningList("2026-03-10 07:15") // again: nobody is told twice
	w.want(mark)
}

func TestTheMorningListTellsTheHeadOfTheLastDay(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; 48 h end on Monday 16/03 at 17:00 of six days
	w.forwarded("XD")
	due := w.petition().Rungs
	var last string
	for _, r := range due {
		if r.Name == RungOverdue {
			last = r.Due.In(hanoi()).Format("2006-01-02")
		}
	}
	w.until(instantAt(last + " 07:15"))
	mark := w.mark()
	if got := w.morningList(last + " 07:15"); got != (Digest{Petitions: 1, Notices: 2}) {
		t.Errorf("the list came to %+v", got)
	}
	w.want(mark, "B2 head", "B2 focal")
}

func TestThereIsNoMorningListWhereNothingIsDueOrNobodyWorks(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, answer())
	for _, day := range []string{"2026-03-09", "2026-03-14"} { // answered; a Saturday
		mark := w.mark()
		if got := w.morningList(day + " 08:15"); got != (Digest{}) {
			t.Errorf("on %s the list came to %+v", day, got)
		}
		w.want(mark)
	}
}

func TestTheMorningListComesOnASaturdayToWhoWorksThen(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD") // till Saturday at 15:00
	w.forwarded("MT") // till Monday
	w.until(instantAt("2026-03-07 07:15"))
	if got := w.morningList("2026-03-07 07:15"); got != (Digest{Petitions: 1, Notices: 1}) {
		t.Errorf("on Saturday the list came to %+v", got)
	}
	if got := w.morningList("2026-03-08 07:15"); got != (Digest{}) {
		t.Errorf("on Sunday the list came to %+v", got)
	}
}

// Putting off and resuming at once leaves every deadline where it was, also one that a
// unit of another calendar has taken over.
func TestAHoldThatEndsAtOnceMovesNoDeadline(t *testing.T) {
	for _, kind := range []string{"sat", "late", "clock"} {
		w := newTown(t, "2026-03-06 15:00", withOwn(ownCalendar(t, "riêng", kind)))
		w.worksBy("XD", "riêng")
		w.forwarded("XD")
		w.to("2026-03-06 16:00")
		w.do(operator, &Reassign{Unit: "MT", Reason: "thuộc lĩnh vực môi trường"})
		before := clock(*w.petition())
		w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-20 10:00")})
		w.do(office, &ResumeClock{})
		if after := clock(*w.petition()); !slices.Equal(before, after) {
			t.Errorf("%s: %v became %v", kind, before, after)
		}
	}
}
