package console

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/web"
)

// Tasks is the operators' list.
type Tasks interface {
	web.Tasks
	// TryTask notes a call that has to be made again: the task stays open and is due anew.
	// It is refused as CompleteTask is.
	TryTask(ctx context.Context, id int64, outcome string, by escalation.Actor) (escalation.Task, error)
	// Lacking says by their ids which of the tasks CompleteTask would refuse, and why
	// (escalation.Petition.Lacks).
	Lacking(ctx context.Context, tasks []escalation.Task) (map[int64]string, error)
	// InboundTexts are the words of received texts by their numbers, without those that are
	// not kept any more; guarded: without numbers that a denunciation is bound to.
	InboundTexts(ctx context.Context, ids []int64, guarded bool) (map[int64]string, error)
}

// taskPage is the list of what somebody of the hotline has to do.
type taskPage struct {
	Rows []taskRow
	Next string
	Kind string
	All  []kindCount
	Done bool
	Back string // the query of the page, to which an outcome leads back
}

type kindCount struct {
	Kind  escalation.TaskKind
	Label string
}

// taskRow is a task with the keys that close it.
type taskRow struct {
	escalation.Task
	Label    string
	Person   string // whom to call
	Phone    string // to call: the hotline's own people see it whole
	Outcomes []taskOutcome
	Late     bool
	Board    string // where what it is about is listed; empty: it is about one petition, or none
	Citizen  bool   // whom to call is the petition's citizen, shown when asked for
	Also     []also // further calls to the same citizen, made in one
	Acts     []taskAct
	Aside    bool   // it is about a reply that was put aside
	Words    string // that reply's
	Lacks    string // what is to be decided before it may be ticked off
}

// boardOf is the board of a unit that is no more and has open slips.
func boardOf(t escalation.Task) string {
	unit, ok := strings.CutPrefix(t.Key, escalation.MergedTasks)
	if !ok {
		return ""
	}
	return boardAt(url.Values{"unit": {unit}})
}

// also is a task that is done with the row's own.
type also struct {
	ID   int64
	Text string
}

// taskAct is the act upon the petition by which a task is decided.
type taskAct struct{ Verb, Label string }

// actsOf are the acts by which the task is decided.
func actsOf(t escalation.Task) []taskAct {
	switch {
	case t.Petition == "" || t.Kind != escalation.TaskConfirm:
		return nil
	case t.DecidesReturn():
		return []taskAct{{string(escalation.VerbAcceptReturn), "Đồng ý"}, {string(escalation.VerbRefuseReturn), "Không đồng ý"}}
	case strings.HasPrefix(t.Text, "Giờ hẹn "):
		return []taskAct{{string(escalation.VerbETA), "Hẹn lại"}}
	}
	return nil
}

// toCitizen reports a call to the petition's citizen.
func toCitizen(t escalation.Task) bool {
	return t.Petition != "" && (t.Kind == escalation.TaskContact || t.Kind == escalation.TaskCall && strings.HasPrefix(t.Text, "Nối máy người dân"))
}

type taskOutcome struct {
	Key, Value, Label string
	Again             bool // the task stays open
}

// offered are the outcomes that are not refused: a task that lacks a decision stays open.
func offered(t escalation.Task, lacks string) []taskOutcome {
	return slices.DeleteFunc(outcomesOf(t), func(o taskOutcome) bool { return lacks != "" && !o.Again })
}

// outcomesOf are the ways a task ends, each on a key of its own.
func outcomesOf(t escalation.Task) []taskOutcome {
	if _, aside := t.Aside(); aside {
		return []taskOutcome{{"1", "đã xử lý", "Đã xử lý", false}, {"2", "thử lại", "Thử lại", true}}
	}
	switch t.Kind {
	case escalation.TaskCall, escalation.TaskContact, escalation.TaskUnreachable:
		return []taskOutcome{{"1", "đã nghe máy", "Nghe máy", false}, {"2", "không nghe máy", "Không nghe", true}, {"3", "hẹn gọi lại", "Gọi lại sau", true}}
	}
	return []taskOutcome{{"1", "đã xử lý", "Đã xử lý", false}}
}

func (c *console) tasks(v *visit) error {
	q := v.URL.Query()
	page, err := c.taskData(v, q.Get("kind"), q.Get("done") != "", q.Get("cursor"), maxList)
	if err != nil {
		return err
	}
	page.Back = taskQuery(q).Encode()
	return v.show(200, "tasks", "Việc phải làm", page)
}

// taskQuery is what of a query chooses the list and its page.
func taskQuery(q url.Values) url.Values {
	kept := url.Values{}
	for _, name := range []string{"kind", "cursor"} {
		if value := q.Get(name); value != "" && len(value) <= 100 {
			kept.Set(name, value)
		}
	}
	return kept
}

func (c *console) taskData(v *visit, kind string, done bool, cursor string, limit int) (taskPage, error) {
	list, err := c.Tasks.Tasks(v.Context(), web.TaskFilter{Kind: escalation.TaskKind(kind), Done: done, Guarded: v.who().Locked(), Cursor: cursor, Limit: limit})
	if err != nil {
		return taskPage{}, err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return taskPage{}, err
	}
	lacking := map[int64]string{}
	if !done {
		if lacking, err = c.Tasks.Lacking(v.Context(), list.Items); err != nil {
			return taskPage{}, err
		}
	}
	page := taskPage{Next: list.Next, Kind: kind, Done: done}
	for _, k := range escalation.TaskKinds() {
		page.All = append(page.All, kindCount{k, taskLabels[k]})
	}
	calls := map[string]int{} // of citizens, by petition: the row
	for _, t := range list.Items {
		if i, ok := calls[t.Petition]; ok && !done && t.Kind == escalation.TaskContact {
			page.Rows[i].Also = append(page.Rows[i].Also, also{t.ID, t.Text})
			continue
		}
		if t.Kind == escalation.TaskContact && t.Petition != "" {
			calls[t.Petition] = len(page.Rows)
		}
		row := taskRow{Task: t, Label: taskLabels[t.Kind], Outcomes: offered(t, lacking[t.ID]), Lacks: lacking[t.ID], Late: !t.Due.IsZero() && t.Due.Before(v.now), Citizen: toCitizen(t), Acts: actsOf(t), Board: boardOf(t)}
		if k, ok := directory.Contact(t.Contact); ok {
			row.Person, row.Phone = k.Name, "0"+trimCountry(k.Phone)
		}
		page.Rows = append(page.Rows, row)
	}
	return page, c.fillAside(v, page.Rows)
}

// fillAside shows the words of the replies that were put aside.
func (c *console) fillAside(v *visit, rows []taskRow) error {
	at := map[int64]int{} // by the reply: the row
	for i, r := range rows {
		if id, ok := r.Task.Aside(); ok {
			at[id], rows[i].Aside = i, true
		}
	}
	if len(at) == 0 {
		return nil
	}
	words, err := c.Tasks.InboundTexts(v.Context(), slices.Collect(maps.Keys(at)), v.who().Locked())
	for id, text := range words {
		rows[at[id]].Words = text
	}
	return err
}

func trimCountry(e164 string) string {
	if len(e164) > 3 && e164[:3] == "+84" {
		return e164[3:]
	}
	return e164
}

// taskDone closes a task, or leaves it open for another try, in the petition's timeline too.
func (c *console) taskDone(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	outcome, write := form.Get("outcome"), c.Tasks.CompleteTask
	if outcome == "" {
		outcome, write = form.Get("try"), c.Tasks.TryTask
	}
	if note := form.Get("note"); note != "" && outcome != "" {
		outcome += ": " + note
	}
	task, again, err := v.workOn(outcome, write)
	if err != nil {
		return err
	}
	if !again {
		if err := c.alsoDone(v, form["also"], outcome, task); err != nil {
			return err
		}
	}
	c.Hint()
	said := "Đã ghi: " + outcome + "."
	if !again && task.DoneAt.IsZero() {
		said += " Việc còn mở, hạn " + whenText(task.Due) + "."
	}
	to := "/tasks"
	if q, err := url.ParseQuery(form.Get("back")); err == nil && len(taskQuery(q)) > 0 {
		to += "?" + taskQuery(q).Encode()
	}
	return v.doneOnce(to, said, again)
}

// alsoDone gives the outcome of a call to the further calls to the same citizen that were
// made in it, each with its line in the timeline. One that somebody else has done meanwhile
// keeps that outcome.
func (c *console) alsoDone(v *visit, ids []string, outcome string, with escalation.Task) error {
	if len(ids) == 0 || with.Kind != escalation.TaskContact {
		return nil
	}
	write := c.Tasks.TryTask
	if !with.DoneAt.IsZero() {
		write = c.Tasks.CompleteTask
	}
	open, err := c.Tasks.Tasks(v.Context(), web.TaskFilter{Kind: escalation.TaskContact, Petition: with.Petition, Guarded: v.who().Locked(), Limit: maxList})
	if err != nil {
		return err
	}
	for _, t := range open.Items {
		if t.ID == with.ID || !slices.Contains(ids, strconv.FormatInt(t.ID, 10)) {
			continue
		}
		var problem *escalation.Problem
		if _, err := write(v.Context(), t.ID, outcome, v.actor()); err != nil && !errors.As(err, &problem) {
			return err
		}
	}
	return nil
}

// workOn writes what was done about the task of the path, once for each time that its form
// was shown; again: an earlier sending did, and the task is not known here.
func (v *visit) workOn(outcome string, write func(context.Context, int64, string, escalation.Actor) (escalation.Task, error)) (task escalation.Task, again bool, err error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return task, false, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có việc này"}
	}
	if outcome == "" || utf8.RuneCountInString(outcome) > 2000 {
		return task, false, wrong("outcome", "cần kết quả, tối đa 2000 ký tự")
	}
	_, again, err = v.once(func(ctx context.Context) (err error) {
		task, err = write(ctx, id, outcome, v.actor())
		return err
	})
	if err == nil {
		v.c.Hint()
	}
	return task, again, err
}

// shiftPage is what the next shift takes over.
type shiftPage struct {
	From, To time.Time
	Lists    []shiftList
	Tasks    taskPage
	Counts   []statusCount
	Total    int
}

// shiftList is one list of the handover; Left is how many more there are.
type shiftList struct {
	Name, Empty string
	Rows        []boardRow
	Total, Left int
}

// shiftRows is how many rows a list of the handover shows.
const shiftRows = 200

func (c *console) shift(v *visit) error {
	page := shiftPage{From: v.now, To: v.now.Add(c.Shift)}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	for _, l := range []struct {
		name, empty string
		f           BoardFilter
	}{
		{"Đến mốc trong ca sau", "Không có mốc nào.", BoardFilter{After: page.From, Before: page.To}},
		{"Quá hạn", "Không có phản ánh quá hạn.", BoardFilter{Statuses: []escalation.Status{escalation.Overdue}}},
		{"Chờ người, không có đồng hồ", "Không có.", BoardFilter{Clockless: true}},
	} {
		l.f.Guarded, l.f.Limit = v.who().Locked(), shiftRows
		found, err := c.Board.Board(v.Context(), l.f)
		if err != nil {
			return err
		}
		units, err := c.Board.Units(v.Context(), l.f)
		if err != nil {
			return err
		}
		list := shiftList{Name: l.name, Empty: l.empty, Rows: v.rows(found.Items, directory)}
		for _, n := range units {
			list.Total += n
		}
		list.Left = max(0, list.Total-len(list.Rows))
		page.Lists = append(page.Lists, list)
	}
	if page.Tasks, err = c.taskData(v, "", false, "", 200); err != nil {
		return err
	}
	counts, err := c.stamps.counts(v.Context())
	if err != nil {
		return err
	}
	for _, s := range escalation.Statuses() {
		if n := counts[s]; n > 0 {
			page.Counts = append(page.Counts, statusCount{Status: s, N: n})
			page.Total += n
		}
	}
	return v.show(200, "shift", "Giao ca", page)
}
