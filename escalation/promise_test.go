package escalation

import "testing"

// Stories of a promised time.

func TestTheHeadHearsOfAPromiseBeyondTheLimitWhoeverMadeIt(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; the limit is Tuesday 17/03 08:00
	w.forwarded("XD")
	mark := w.mark()
	w.do(operator, &PromiseTime{At: instantAt("2026-03-18 15:00")}) // Wednesday
	w.want(mark, "C5 citizen", "H1E head")
	mark = w.mark()
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-18 15:00")})
	w.want(mark) // the same instant: the head knows
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-19 15:00")})
	w.want(mark, "H1E head")
	mark = w.mark()
	w.do(operator, &PromiseTime{At: instantAt("2026-03-19 15:00")})
	w.want(mark, "C5b citizen")
	w.do(operator, &Reassign{Unit: "GV"})
	mark = w.mark()
	w.do(operator, &PromiseTime{At: instantAt("2026-03-19 15:00")})
	w.want(mark, "C5b citizen", "H1E head") // another head
}

func TestAPromiseLeavesTheHeadsReminderAlone(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-16 08:00") // Monday, 40 h
	if w.letter("H2").State != Queued || w.letter("O2").State != Queued {
		t.Fatal("the reminders are not queued")
	}
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-16 16:00")})
	if got := w.letter("H2").State; got != Queued {
		t.Errorf("the head's reminder is %s", got)
	}
	if got := w.letter("O2").State; got != Dropped {
		t.Errorf("the officer's reminder is %s", got)
	}
}
