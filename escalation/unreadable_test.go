package escalation

import (
	"errors"
	"strings"
	"testing"

	"notify1022/escalation/worktime"
)

// overdueThree are three petitions that are overdue on Wednesday 18 March 2026 at 08:00.
func overdueThree(t *testing.T) (w *town, codes []string) {
	w = newTown(t, "2026-03-09 08:00") // Monday
	for range 3 {
		codes = append(codes, w.forwarded("XD").Code)
	}
	w.until(instantAt("2026-03-18 08:00"))
	return w, codes
}

func TestADigestGoesOnBehindAPageOfWhichNothingCanBeRead(t *testing.T) {
	for bad := range 3 {
		w, codes := overdueThree(t)
		w.pages = func(int) int { return 1 }
		w.spoilt = map[int64]bool{w.ids[codes[bad]]: true}
		mark := w.mark()
		got := w.overdueDigest("2026-03-18 08:00")
		if got.Petitions != 2 || got.LeftOut == nil || !strings.Contains(got.LeftOut.Error(), "petition "+itoa(w.ids[codes[bad]])) {
			t.Errorf("without %d the digest came to %+v", bad, got)
		}
		w.want(mark, "V2 office", "B1 head", "B1 focal")
		w.jump("2026-03-19 08:00") // Thursday: it is told once while the task is open
		w.overdueDigest("2026-03-19 08:00")
		if tasks := w.opened(TaskConfirm, "Phản ánh "+codes[bad]+" không đọc được"); len(tasks) != 1 {
			t.Errorf("the tasks are %+v", tasks)
		}
	}
}

// A release that understands none of them is mended by another, which has to find the digest
// undone.
func TestADigestOfWhichNothingCanBeReadFails(t *testing.T) {
	w, codes := overdueThree(t)
	w.spoilt = map[int64]bool{}
	for _, code := range codes {
		w.spoilt[w.ids[code]] = true
	}
	mark := w.mark()
	_, err := w.desk.OverdueDigest(w.ctx, instantAt("2026-03-18 08:00"))
	var u *Unreadable
	if !errors.As(err, &u) || u.Petition != w.ids[codes[0]] {
		t.Errorf("the digest ends with %v", err)
	}
	w.spoilt = nil
	w.overdueDigest("2026-03-18 08:00")
	w.want(mark, "V2 office", "B1 head", "B1 focal")
}

func TestNoMoreThanTwentyPetitionsAreNamedAtOnce(t *testing.T) {
	var leftOut []*Unreadable
	for id := range int64(30) {
		leftOut = append(leftOut, &Unreadable{Petition: id + 1, Err: errors.New("stored JSON")})
	}
	if tasks := unreadableTasks(leftOut, instantAt("2026-03-18 08:00")); len(tasks) != 20 {
		t.Errorf("%d tasks", len(tasks))
	}
}

func TestAPetitionThatCannotBeReadIsTheOnlyOneThatAnEditDoesNotMove(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	bad := w.forwarded("XD").Code
	w.forwarded("XD")
	ids := []int64{w.ids[bad], w.ids[w.code]}
	old := worktime.HaiPhong()
	spec := worktime.HaiPhongSpec()
	spec.Off = append(spec.Off, worktime.DayOff{Date: "2026-03-10", Name: "nghỉ bão", Document: "QĐ thử"})
	edited, err := spec.Compile(2024, 2027)
	if err != nil {
		t.Fatal(err)
	}
	w.desk = w.desk.With(WorkCalendar{Calendar: edited, Version: "edited"})
	w.spoilt = map[int64]bool{ids[0]: true}
	for _, dry := range []bool{true, false} {
		done, err := w.desk.Recompute(w.ctx, ids, CalendarEdit{Was: old, Since: instantAt("2026-03-10 00:00")}, office, dry)
		if err != nil || len(done.LeftOut) != 1 || done.LeftOut[0].Code != bad || len(done.Moved) == 0 {
			t.Errorf("dry %t: %+v, %v", dry, done, err)
		}
		for _, m := range done.Moved {
			if m.Petition != w.code {
				t.Errorf("moved is %+v", m)
			}
		}
		want := map[bool]int{true: 0, false: 1}[dry]
		if tasks := w.opened(TaskConfirm, "Phản ánh "+bad+" không đọc được"); len(tasks) != want {
			t.Errorf("dry %t: the tasks are %+v", dry, tasks)
		}
	}
	w.wantGiven(RungOverdue, "edited")
}

// Who asks for a petition that is not there is told so, as before.
func TestAPetitionThatIsNotThereIsNoneThatCannotBeRead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	done, err := w.desk.Recompute(w.ctx, []int64{w.ids[w.code], 999}, UnitCalendar{"XD"}, office, true)
	if !refused(err) || len(done.LeftOut) != 0 {
		t.Errorf("%+v, %v", done, err)
	}
}
