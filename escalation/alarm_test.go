package escalation

import "testing"

func TestAnAlarmTextsEveryAdministratorOnceAnHourAndKind(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.directory = NewDirectory(nil, []Contact{
		{ID: 904, Role: Administrator, Name: "Quản trị", Phone: "+84570000904"},
		{ID: 905, Role: Administrator, Name: "Quản trị hai", Phone: "+84570000905", Order: 2},
	})
	people := w.directory.Serving("", Administrator, w.now)
	if len(people) != 2 {
		t.Fatalf("the town has %d administrators", len(people))
	}
	mark := w.mark()
	raise := func(kind, text string, want int) {
		t.Helper()
		if err := w.desk.Alarm(t.Context(), kind, text); err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, m := range w.messages[mark:] {
			if m.Notice.Template == "QT" && m.Notice.Lane == LaneUrgent && m.Notice.Expires.After(w.now) {
				got++
			}
		}
		if got != want {
			t.Errorf("%q: %d alarms that are of use, want %d", text, got, want)
		}
	}
	raise("late", "bậc trễ 5 phút", 2)
	w.to("2026-03-09 08:59")
	raise("late", "bậc trễ 64 phút", 2)
	raise("silent", "1 phản ánh không có bước xử lý tiếp theo", 4)
	w.to("2026-03-09 09:10") // the first ones are of no use any more
	raise("late", "bậc trễ 75 phút", 4)
}
