package escalation

import (
	"errors"
	"strings"
	"testing"
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
