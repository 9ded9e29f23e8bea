package escalation

import (
	"testing"
	"time"
)

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

// Workers look each minute. A fault is told of when it begins, and hourly; one that comes
// and goes is one fault until it has stayed away for long.
func TestAFaultIsToldOfWhenItBeginsAndEachHour(t *testing.T) {
	at := func(clock string) time.Time {
		t.Helper()
		now, err := time.Parse("2006-01-02 15:04", "2026-03-09 "+clock) // Monday
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	f := Fault{Kind: "late"}
	for _, step := range []struct {
		seen, owed string
		told       bool
	}{
		{"09:05", "09:05", false},
		{"09:06", "09:05", true}, // the first text did not go out
		{"09:07", "", false},
		{"09:17", "", false},     // back after ten minutes
		{"09:28", "09:28", true}, // after eleven
		{"10:17", "10:17", true}, // after most of an hour
		{"10:24", "", false},
		{"10:33", "", false},
		{"10:42", "", false},
		{"10:51", "", false},
		{"11:00", "", false},
		{"11:09", "", false},
		{"11:16", "", false},
		{"11:17", "11:17", false}, // an hour on; nobody could be told
		{"11:18", "11:17", true},
		{"08:18", "08:18", false}, // that clock was ahead
	} {
		f = f.Noted(at(step.seen))
		owed := ""
		if since := f.Owed(); !since.IsZero() {
			owed = since.Format("15:04")
		}
		if owed != step.owed {
			t.Errorf("seen at %s: owed since %q, want %q", step.seen, owed, step.owed)
		}
		if step.told {
			f.Told = at(step.seen)
		}
	}
}
