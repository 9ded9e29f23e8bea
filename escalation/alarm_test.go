package escalation

import "testing"

func TestAnAlarmTextsEveryAdministratorOnceAnInstant(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.directory = NewDirectory(nil, []Contact{
		{ID: 904, Role: Administrator, Name: "Quản trị", Phone: "+84570000904"},
		{ID: 905, Role: Administrator, Name: "Quản trị hai", Phone: "+84570000905", Order: 2},
	})
	mark := w.mark()
	for range 2 {
		if err := w.desk.Alarm(t.Context(), "bậc trễ 5 phút"); err != nil {
			t.Fatal(err)
		}
	}
	people := w.directory.Serving("", Administrator, w.now)
	if len(people) == 0 {
		t.Fatal("the town has no administrator")
	}
	got := 0
	for _, m := range w.messages[mark:] {
		if m.Notice.Template == "QT" && m.Notice.Lane == LaneUrgent {
			got++
		}
	}
	if got != len(people) {
		t.Errorf("%d alarms for %d administrators", got, len(people))
	}
}
