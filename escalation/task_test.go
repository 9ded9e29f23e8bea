package escalation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func (tx *memoryTx) CompleteTask(_ context.Context, id int64, by, outcome string) (Task, error) {
	return tx.changeTask(id, func(t *Task) { t.DoneAt, t.DoneBy, t.Outcome = tx.now, by, outcome })
}

func (tx *memoryTx) PostponeTask(_ context.Context, id int64, due time.Time) (Task, error) {
	return tx.changeTask(id, func(t *Task) { t.Due, t.Tries = due, t.Tries+1 })
}

// changeTask changes a task that is not done when the transaction ends.
func (tx *memoryTx) changeTask(id int64, change func(*Task)) (Task, error) {
	for _, t := range tx.tasks {
		switch {
		case t.ID != id:
		case !t.DoneAt.IsZero():
			return Task{}, conflict("việc này đã xong")
		default:
			next := *t
			change(&next)
			tx.later(func() { *t = next })
			return next, nil
		}
	}
	return Task{}, notFound("task", "không có việc này")
}

// Who did not answer is called again, in an hour of working time.
func TestACallThatReachedNobodyStaysToBeMade(t *testing.T) {
	w := newTown(t, "2026-03-09 16:30") // Monday, half an hour before the end
	w.forwarded("XD")
	w.do(focalXD, answer())
	task := w.tasks[len(w.tasks)-1]
	for tries, due := range []string{"2026-03-10 08:00", "2026-03-10 08:00"} { // Tuesday from 07:30
		put, err := w.desk.TryTask(w.ctx, task.ID, "không nghe máy", operator)
		if err != nil || !put.DoneAt.IsZero() || put.Tries != tries+1 || !put.Due.Equal(instantAt(due)) {
			t.Fatalf("try %d: %+v, %v", tries+1, put, err)
		}
	}
	entries := w.entries[w.petition().ID]
	if last := entries[len(entries)-1]; last.Action != "task_try" || last.Text != "đã gọi điện: không nghe máy, sẽ gọi lại sau 8h00 10/3" || last.Private != "không nghe máy" {
		t.Errorf("the timeline says %+v", last)
	}
	if _, err := w.desk.CompleteTask(w.ctx, task.ID, "đã nghe máy", operator); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.TryTask(w.ctx, task.ID, "không nghe máy", operator); !isProblem(err, WrongTime) {
		t.Errorf("a task that is done is tried again: %v", err)
	}
}

func TestAFinishedTaskStandsInTheTimelineWithItsAuthor(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, answer())
	task := w.tasks[len(w.tasks)-1]
	done, err := w.desk.CompleteTask(w.ctx, task.ID, "đã gọi chị Cư Dân", operator)
	if err != nil || done.DoneBy != operator.Name || done.Kind != TaskPublish {
		t.Fatalf("%+v, %v", done, err)
	}
	entries := w.entries[w.petition().ID]
	last := entries[len(entries)-1]
	if last.Action != "task" || last.Actor != operator.Name || last.Text != "đã kiểm tra kết quả" || last.Private != "đã gọi chị Cư Dân" {
		t.Errorf("the timeline says %+v", last)
	}
	if _, err := w.desk.CompleteTask(w.ctx, task.ID, "lại", operator); !isProblem(err, WrongTime) {
		t.Errorf("done twice: %v", err)
	}
	for outcome, kind := range map[string]ProblemKind{"": Invalid, "gọi rồi": NotFound, strings.Repeat("x", maxText+1): Invalid} {
		if _, err := w.desk.CompleteTask(w.ctx, 99999, outcome, operator); !isProblem(err, kind) {
			t.Errorf("an unknown task with %.10q: %v", outcome, err)
		}
	}
}

func isProblem(err error, kind ProblemKind) bool {
	var p *Problem
	return errors.As(err, &p) && p.Kind == kind
}

func TestAnOperatorCompletesNoTaskOfADenunciation(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Denunciation = true
	w.accept(in)
	w.until(instantAt("2026-03-09 08:31")) // untouched for half an hour
	i := slices.IndexFunc(w.tasks, func(k *Task) bool { return k.Kind == TaskIntake })
	if i < 0 {
		t.Fatal("no task")
	}
	var refused *Problem
	if _, err := w.desk.CompleteTask(w.ctx, w.tasks[i].ID, "đã xem", operator); !errors.As(err, &refused) || refused.Kind != Forbidden {
		t.Errorf("an operator: %v", err)
	}
	if _, err := w.desk.CompleteTask(w.ctx, w.tasks[i].ID, "đã xem", shiftLead); err != nil {
		t.Errorf("a shift lead: %v", err)
	}
}

func TestTheOfficeWorksOnItsOwnTasksAlone(t *testing.T) {
	for _, c := range []struct {
		who  Actor
		task Role
		may  bool
	}{
		{office, Office, true}, {office, ShiftLead, false}, {office, Operator, false},
		{operator, Office, true}, {shiftLead, Office, true}, {Ladder(), Office, true}, {Actor{Role: Head}, Office, false}, {Actor{Role: CityLeader}, Office, false},
	} {
		if err := (Task{For: c.task}).WorkedBy(c.who); (err == nil) != c.may {
			t.Errorf("%s on a task for %s: %v", c.who.Role, c.task, err)
		}
	}
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
	i := slices.IndexFunc(w.tasks, func(k *Task) bool { return k.For == Office })
	if i < 0 {
		t.Fatal("the Office is asked nothing")
	}
	if link := w.letter("V5").Notice.Vars["lp"]; link != "1022.haiphong.gov.vn"+PeoplePath {
		t.Errorf("V5 leads to %s", link)
	}
	if done, err := w.desk.CompleteTask(w.ctx, w.tasks[i].ID, "đã xác nhận", office); err != nil || done.DoneBy != office.Name {
		t.Errorf("the Office's word: %+v, %v", done, err)
	}
	w.forwarded("XD")
	w.until(instantAt("2026-03-09 12:00")) // not acknowledged: a call
	if i = slices.IndexFunc(w.tasks, func(k *Task) bool { return k.Kind == TaskCall }); i < 0 {
		t.Fatal("nobody is to be called")
	}
	if _, err := w.desk.CompleteTask(w.ctx, w.tasks[i].ID, "đã gọi", office); !isProblem(err, Forbidden) {
		t.Errorf("the Office completes the hotline's call: %v", err)
	}
	if _, err := w.desk.TryTask(w.ctx, w.tasks[i].ID, "máy bận", office); !isProblem(err, Forbidden) {
		t.Errorf("the Office tries the hotline's call: %v", err)
	}
}

// How a call ended is told everybody; what else was typed is not.
func TestTheTimelineTellsHowACallEndedInKnownWordsAlone(t *testing.T) {
	for outcome, want := range map[string]string{
		"đã nghe máy": "đã gọi điện: đã nghe máy", "không nghe máy": "đã gọi điện: không nghe máy", "Không nghe máy, gọi anh Mẫu": "đã gọi điện: không nghe máy",
		"hẹn gọi lại": "đã gọi điện: hẹn gọi lại", "máy bận": "đã gọi điện: máy bận", "thuê bao": "đã gọi điện: không liên lạc được", "chị Mẫu 0570000101": "đã gọi điện",
	} {
		if got := TaskCall.doneText(outcome); got != want {
			t.Errorf("%q is told as %q, expected %q", outcome, got, want)
		}
		if e := (Entry{Action: actionTask, Text: TaskCall.doneText(outcome)}); !e.OfCall() {
			t.Errorf("%q is no call", e.Text)
		}
	}
	for _, k := range []TaskKind{TaskContact, TaskUnreachable, TaskPublish, TaskConfirm, TaskIntake, TaskPersonal} {
		if e := (Entry{Action: actionTask, Text: k.doneText("không nghe máy")}); e.OfCall() {
			t.Errorf("%q is a call", e.Text)
		}
	}
}

// tickedOff ticks each open task off, as often as one opens, and wants the petition to keep
// somebody who is asked.
func (w *town) tickedOff(ends string) {
	w.Helper()
	w.until(instantAt(ends))
	kept := 0
	p := w.petition()
	for _, t := range w.tasks {
		if t.DoneAt.IsZero() && t.PetitionID == p.ID {
			_, err := w.desk.CompleteTask(w.ctx, t.ID, "đã xử lý", operator)
			if offered := p.Lacks(*t) == ""; offered != (err == nil) {
				w.Errorf("%q offered: %t, and when ticked off: %v", t.Text, offered, err)
			}
		}
		if t.DoneAt.IsZero() && t.PetitionID == p.ID {
			kept++
		}
	}
	if p = w.petition(); kept == 0 && !p.Status.Ended() && p.NextDue().IsZero() {
		w.Errorf("a petition that is %s is on nobody's list", p.Status)
	}
}

func TestNoTickLeavesAPetitionOnNobodysList(t *testing.T) {
	for name, begin := range map[string]func(*town){
		"untouched": func(*town) {},
		"touched":   func(w *town) { w.do(operator, &Touch{}) },
		"a result":  func(w *town) { w.do(operator, &Forward{Unit: "XD"}); w.do(focalXD, answer()) },
		"an urgent one": func(w *town) {
			w.do(operator, &MarkUrgent{Reason: "sập cầu"})
			w.do(operator, &Forward{Unit: "XD"})
			w.do(focalXD, answer())
		},
		"a question":   func(w *town) { w.do(operator, &AskCitizen{Missing: "địa chỉ"}) },
		"an emergency": func(w *town) { w.do(operator, &TransferEmergency{To: "114", At: w.now}) },
		"taken back": func(w *town) {
			w.do(operator, &Forward{Unit: "XD"})
			w.do(focalXD, &AskReturn{Reason: "không thuộc"})
			w.do(operator, &AcceptReturn{})
		},
		"taken back when overdue, and a question": func(w *town) {
			w.in(Overdue)
			w.do(focalXD, &AskReturn{Reason: "không thuộc"})
			w.do(operator, &AcceptReturn{})
			w.do(operator, &AskCitizen{Missing: "địa chỉ"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.accept(lamp())
			begin(w)
			w.tickedOff("2026-03-09 09:30")
			w.tickedOff("2026-04-20 08:00") // when all rungs have fired
		})
	}
}

func TestWhatIsDecidedMayBeTickedOff(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &TransferEmergency{To: "114", At: w.now})
	w.until(instantAt("2026-03-09 09:00"))
	w.do(operator, &Forward{Unit: "XD"})
	for _, task := range w.tasks {
		if task.DoneAt.IsZero() {
			if _, err := w.desk.CompleteTask(w.ctx, task.ID, "đã nghe máy", operator); err != nil {
				t.Errorf("%q: %v", task.Text, err)
			}
		}
	}
}
