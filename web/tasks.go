package web

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"notify1022/escalation"
)

// Tasks is the list of what the hotline, and the City Office, have to do.
type Tasks interface {
	// Tasks gives one page: open ones in the order of their due time, or of their opening
	// where they have none, finished ones the latest first; as stable as ListPetitions.
	Tasks(ctx context.Context, f TaskFilter) (TaskPage, error)
	// CompleteTask closes a task and writes the timeline of its petition. A missing
	// one is a Problem of kind NotFound, one that is done already of kind WrongTime.
	CompleteTask(ctx context.Context, id int64, outcome string, by escalation.Actor) (escalation.Task, error)
}

// TaskFilter narrows a list; zero fields do not.
type TaskFilter struct {
	Kind     escalation.TaskKind
	Petition string // code
	For      escalation.Role
	Done     bool // finished ones instead of open ones
	Guarded  bool // without those of denunciations
	Cursor   string
	Limit    int
}

// TaskPage is one page; Next is empty at the end.
type TaskPage struct {
	Items []escalation.Task
	Next  string
}

// Done is the body of POST /tasks/{id}/done.
type Done struct {
	Outcome string `json:"outcome"`
}

func (a *api) taskOperations() []operation {
	done := operation{method: "POST", path: "/tasks/{id}/done", id: "complete-task", tag: "tasks", summary: "Đã làm xong việc; Văn phòng UBND thành phố: việc của mình", rights: []Right{DoTasks, ConfirmPeople}, status: 200,
		result: reflect.TypeFor[escalation.Task]()}
	done.body, done.handle = with(a.completeTask)
	done.again = a.taskDone
	return []operation{{
		method: "GET", path: "/tasks", id: "list-tasks", tag: "tasks", summary: "Việc của tổng đài: việc chưa xong theo hạn, gấp nhất trước; việc đã xong mới nhất trước. Văn phòng UBND thành phố chỉ xem việc của mình (xác nhận thay đổi nhân sự, Đ17.9)", rights: []Right{DoTasks, ConfirmPeople}, status: 200,
		result: reflect.TypeFor[Page[escalation.Task]](), handle: a.listTasks,
		query: paged(
			parameter{name: "kind", doc: "loại việc", kind: "string", values: words(escalation.TaskKinds())},
			parameter{name: "petition", doc: "mã phản ánh", kind: "string"},
			parameter{name: "for", doc: "vai trò được giao", kind: "string", values: words(rolesWith(DoTasks, ConfirmPeople))},
			parameter{name: "done", doc: "true: việc đã xong; mặc định việc chưa xong", kind: "boolean"}),
	}, done}
}

func (a *api) listTasks(c *call) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	whose := escalation.Role(c.query.Get("for"))
	if c.who.Role == escalation.Office { // sees what it is asked to do, and nothing else
		if whose != "" && whose != escalation.Office {
			return answer{}, problem(http.StatusForbidden, "việc này không giao cho Văn phòng UBND thành phố")
		}
		whose = escalation.Office
	}
	page, err := a.Tasks.Tasks(c.Context(), TaskFilter{
		Kind: escalation.TaskKind(c.query.Get("kind")), Petition: c.query.Get("petition"), For: whose,
		Done: c.query.Get("done") == "true", Guarded: c.who.locked(), Cursor: c.query.Get("cursor"), Limit: limit,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{body: Page[escalation.Task]{Items: orEmpty(page.Items), NextCursor: page.Next}}, nil
}

func (a *api) completeTask(c *call, body *Done) (answer, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return answer{}, noSuch("việc này")
	}
	outcome := strings.TrimSpace(body.Outcome)
	if outcome == "" || utf8.RuneCountInString(outcome) > maxText {
		return answer{}, wrongField("body.outcome", "cần kết quả, tối đa %d ký tự", maxText)
	}
	task, err := a.Tasks.CompleteTask(c.Context(), id, outcome, c.who.actor())
	if err != nil {
		return answer{}, err
	}
	return answer{body: task, changed: true}, nil
}

// taskDone answers for a task that was completed before, as long as it is among the
// last ones.
func (a *api) taskDone(c *call, before Answered) (answer, error) {
	page, err := a.Tasks.Tasks(c.Context(), TaskFilter{Petition: before.Petition, Done: true, Limit: maxLimit})
	if err != nil {
		return answer{}, err
	}
	for _, t := range page.Items {
		if slices.Contains(before.Made, t.ID) {
			return answer{body: t, changed: true}, nil
		}
	}
	return answer{}, answerLost()
}

// maxText bounds a free text that a person types, in characters.
const maxText = 2000
