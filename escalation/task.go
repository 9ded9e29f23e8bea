package escalation

import (
	"context"
	"strings"
	"time"
)

// TaskKind is what somebody of the hotline is asked to do.
type TaskKind string

// Kinds of tasks.
const (
	TaskCall        TaskKind = "call"        // call an officer
	TaskContact     TaskKind = "contact"     // reach a citizen who cannot be texted
	TaskUnreachable TaskKind = "unreachable" // nobody of a role can be reached
	TaskPublish     TaskKind = "publish"     // check and publish a result
	TaskConfirm     TaskKind = "confirm"     // decide: a return, a promised time, a person's leave
	TaskIntake      TaskKind = "intake"      // an undecided intake or a draft from an SMS
	TaskExplain     TaskKind = "explain"     // a unit's text may be the explanation it owes (Đ9.6)
	TaskPersonal    TaskKind = "personal"    // a person's request about their own data
)

// TaskKinds are all of them, in the order a shift reads them.
func TaskKinds() []TaskKind {
	return []TaskKind{TaskCall, TaskContact, TaskUnreachable, TaskPublish, TaskConfirm, TaskIntake, TaskExplain, TaskPersonal}
}

// Task is one entry of the operators' list. Key is unique among open tasks: the
// same task asked for twice is one.
type Task struct {
	ID         int64     `json:"id"`
	Key        string    `json:"-"`
	Kind       TaskKind  `json:"kind"`
	PetitionID int64     `json:"-"`
	Petition   string    `json:"petition,omitempty"` // code
	Contact    int64     `json:"contact,omitempty"`
	Text       string    `json:"text"`
	For        Role      `json:"for"`
	OpenedAt   time.Time `json:"opened_at"`
	Due        time.Time `json:"due,omitzero"`
	Tries      int       `json:"tries,omitempty"` // calls that reached nobody so far
	DoneAt     time.Time `json:"done_at,omitzero"`
	DoneBy     string    `json:"done_by,omitempty"`
	Outcome    string    `json:"outcome,omitempty"`
}

// PeoplePath is the page on which the City Office confirms changes of people (Đ17.9).
const PeoplePath = "/console/office#nhan-su"

// WorkedBy refuses who may not work on the task: the hotline's people may on each, the
// City Office on what it is asked to do.
func (t Task) WorkedBy(actor Actor) error {
	if actor.staff() || actor.Role == System || actor.Role == Office && t.For == Office {
		return nil
	}
	return forbidden("việc này không giao cho vai trò này")
}

// actionTask is a finished task in the timeline.
const actionTask = "task"

// OfTask reports an entry about work on a task, which is no act upon the petition.
func (e Entry) OfTask() bool { return e.Action == actionTask || e.Action == actionTry }

// OfCall reports an entry about a call of the hotline to those who deal with a petition.
func (e Entry) OfCall() bool { return e.OfTask() && strings.HasPrefix(e.Text, TaskCall.doneText("")) }

// taskEnds are the ends of calls that the timeline tells everybody, by the words
// that stand for them in an outcome that people type. A refusal comes before what it
// refuses.
var taskEnds = []struct {
	words  []string
	public string
}{
	{[]string{"no_answer", "không nghe máy", "không bắt máy", "không trả lời", "chưa nghe máy"}, "không nghe máy"},
	{[]string{"busy", "máy bận"}, "máy bận"},
	{[]string{"không liên lạc được", "không liên hệ được", "thuê bao", "tắt máy", "ngoài vùng"}, "không liên lạc được"},
	{[]string{"gọi lại"}, "hẹn gọi lại"},
	{[]string{"sai số", "nhầm số", "nhầm máy"}, "sai số"},
	{[]string{"answered", "nghe máy", "bắt máy", "đã trả lời", "đã gặp", "đã báo"}, "đã nghe máy"},
}

// taskEnd is the end of a call in words for everybody; empty: it is none of those.
func taskEnd(outcome string) string {
	given := strings.ToLower(outcome)
	for _, o := range taskEnds {
		for _, words := range o.words {
			if strings.Contains(given, words) {
				return o.public
			}
		}
	}
	return ""
}

// actionTry is a call in the timeline that has left its task open.
const actionTry = "task_try"

// doneText is what the timeline says of a finished task. The task's own words
// may name people, and so may the outcome: of a call its end is told, where it is a known one.
func (k TaskKind) doneText(outcome string) string {
	end := taskEnd(outcome)
	if end != "" {
		end = ": " + end
	}
	switch k {
	case TaskCall:
		return "đã gọi điện" + end
	case TaskContact:
		return "đã liên hệ người dân" + end
	case TaskUnreachable:
		return "đã xử lý việc không có ai nhận tin"
	case TaskPublish:
		return "đã kiểm tra kết quả"
	case TaskConfirm:
		return "đã xem xét, quyết định"
	case TaskIntake:
		return "đã xem phản ánh mới"
	case TaskExplain:
		return "đã ghi nhận giải trình"
	case TaskPersonal:
		return "đã xử lý yêu cầu về dữ liệu cá nhân"
	}
	return "đã xong một việc"
}

// CompleteTask closes a task with its outcome, and writes the petition's
// timeline where the task is about one. A task that is done is refused: the
// first answer stands.
func (d *Desk) CompleteTask(ctx context.Context, id int64, outcome string, actor Actor) (Task, error) {
	return d.work(ctx, outcome, actor, func(tx Tx, _ Env) (task Task, action, text string, err error) {
		if task, err = tx.CompleteTask(ctx, id, actor.Name, outcome); err == nil {
			err = undecided(ctx, tx, task)
		}
		if err == nil {
			err = actedByHand(ctx, tx, task, actor)
		}
		return task, actionTask, task.Kind.doneText(outcome), err
	})
}

// asksDecision begins the task to decide a return, another the one that says it is late.
const asksDecision = "Quyết định đề nghị trả lại "

// DecidesReturn reports a task that is done by deciding a return.
func (t Task) DecidesReturn() bool {
	return t.Kind == TaskConfirm && (strings.HasPrefix(t.Text, asksDecision) || strings.HasPrefix(t.Text, rungText(RungReturnDecision)))
}

// undecided refuses a task's end while the decision that it asks for is not made: nobody would
// be left to remember it.
func undecided(ctx context.Context, tx Tx, task Task) error {
	if task.PetitionID == 0 {
		return nil
	}
	loaded, err := tx.Petitions(ctx, task.PetitionID)
	if err != nil {
		return err
	}
	if lacks := loaded[0].Lacks(task); lacks != "" {
		return conflict("%s", lacks)
	}
	return nil
}

// TryTask notes a call that reached nobody, or one that is to be made again, and has a reply
// that was put aside tried at once. The task stays open; it is due when the policy's
// call_again of working time has passed.
func (d *Desk) TryTask(ctx context.Context, id int64, outcome string, actor Actor) (Task, error) {
	return d.work(ctx, outcome, actor, func(tx Tx, env Env) (task Task, action, text string, err error) {
		again, err := parseOffset(env.Policy.CallAgain)
		if err != nil {
			return task, "", "", err
		}
		if task, err = tx.PostponeTask(ctx, id, again.due(env.Now, WorkingClock, env.calendars().City)); err == nil {
			err = tryAside(ctx, tx, task, actor)
		}
		return task, actionTry, TaskCall.doneText(outcome) + ", sẽ gọi lại sau " + ClockText(task.Due), err
	})
}

// work writes what somebody did about a task, and the timeline of its petition.
func (d *Desk) work(ctx context.Context, outcome string, actor Actor, write func(Tx, Env) (task Task, action, text string, err error)) (Task, error) {
	var done Task
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if err := required("outcome", outcome, "kết quả"); err != nil {
			return err
		}
		var action, text string
		if done, action, text, err = write(tx, env); err != nil {
			return err
		}
		if err := done.WorkedBy(actor); err != nil || done.PetitionID == 0 { // refused, it rolls back
			return err
		}
		loaded, err := tx.Petitions(ctx, done.PetitionID)
		if err != nil {
			return err
		}
		if loaded[0].Closed(actor.Role) { // rolls the task back
			return forbidden("tin tố giác chỉ trưởng ca được xử lý")
		}
		next := loaded[0].clone()
		c := &change{p: &next, env: env, actor: actor}
		c.entry(action, text, outcome)
		return tx.Save(ctx, []Change{c.done(loaded[0])})
	})
	return done, err
}
