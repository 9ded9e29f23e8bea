package escalation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"notify1022/escalation/reply"
)

// replyDesk answers one text from a phone inside one transaction. The number it
// came from is the authority; what it asks goes the same way as the console.
type replyDesk struct {
	tx      Tx
	env     Env
	in      Inbound
	parsed  reply.Parsed
	sender  Contact // zero: nobody of the directory
	former  Contact // zero: never was one
	known   bool
	changes []Change
	notices []Notice
	tasks   []Task
	rest    *handoverRest // of a handover that the text has begun
}

// answer decides and saves; the outcome is a word for the inbox row.
func (r *replyDesk) answer(ctx context.Context) (string, error) {
	if !strings.HasPrefix(r.in.From, "+84") || !r.env.Numbering.Textable(r.in.From) {
		return "ignored", nil // never to short codes, names, landlines or foreign systems
	}
	repeat, err := r.tx.RepeatOf(ctx, r.in, span(r.env.Policy.ReplyRepeatWindow))
	if err != nil || repeat {
		return "redelivery", err
	}
	r.identify()
	r.parsed = reply.Parse(r.in.Text, r.env.at(), r.env.CalendarOf(r.sender.Unit).Calendar)
	outcome, err := r.dispatch(ctx)
	if err != nil {
		return "", err
	}
	if echo := outcome == "again" && len(r.changes) == 0; r.in.Incomplete && !echo {
		r.tellPiece()
	}
	return outcome, r.save(ctx)
}

func (r *replyDesk) save(ctx context.Context) error {
	if err := r.overtaken(ctx); err != nil {
		return err
	}
	if err := r.tx.Save(ctx, r.changes); err != nil {
		return err
	}
	return r.tx.Post(ctx, r.notices, r.tasks)
}

// turnDown answers a text that was refused where nobody expected it, and shows it to the
// operators.
func (r *replyDesk) turnDown(ctx context.Context, why *Problem) (string, error) {
	r.identify()
	r.tasks = append(r.tasks, Task{
		Key: RefusedTasks + itoa(r.in.ID), Kind: TaskConfirm, For: Operator, OpenedAt: r.env.Now, Contact: r.sender.ID,
		Text: "Tin nhắn của " + cmp.Or(r.sender.Name, MaskPhone(r.in.From)) + " chưa thực hiện được: " + why.Detail + " (hộp thư đến số " + itoa(r.in.ID) + ")",
	})
	if r.in.Incomplete {
		r.tellPiece()
	}
	if err := r.complain(ctx, "E9", map[string]string{"ly_do": why.Detail}); err != nil {
		return "", err
	}
	return "refused", r.save(ctx)
}

// identify finds who is registered with the number.
func (r *replyDesk) identify() {
	if r.sender, r.known = r.env.Directory.Sender(r.in.From, r.env.at()); r.known {
		return
	}
	for _, c := range r.env.Directory.ByPhone(r.in.From, r.env.at()) {
		r.former = c
	}
}

func (r *replyDesk) dispatch(ctx context.Context) (string, error) {
	if r.in.Headless {
		return r.piece(ctx)
	}
	switch r.parsed.Command {
	case reply.Stop, reply.Start:
		return r.preference(ctx)
	case reply.Rate:
		return r.rate(ctx)
	}
	if q, ok, err := r.asked(ctx); err != nil || ok {
		if err != nil {
			return "", err
		}
		return r.decideQuestion(ctx, q)
	}
	if !r.known {
		return r.stranger(ctx)
	}
	switch r.parsed.Command {
	case reply.Help:
		return "help", r.say(ctx, "GIUP", nil)
	case reply.List:
		return r.list(ctx)
	case reply.Leave:
		return r.leave(ctx)
	}
	return r.about(ctx)
}

// RefusedTasks is how the keys of tasks about replies begin that could not be carried out; the
// reply's number follows.
const RefusedTasks = "refused/"

// StrangerTasks is how the keys of tasks about texts from unknown numbers begin; the text's
// own number in the inbox follows; in older rows the sender's.
const StrangerTasks = "draft/"

// stranger answers a number nobody has registered: a former officer and a
// citizen each get their own words, and a text without a command becomes a draft.
func (r *replyDesk) stranger(ctx context.Context) (string, error) {
	if r.parsed.Command == reply.Unknown && r.parsed.Problem != reply.ProblemEmpty {
		r.tasks = append(r.tasks, Task{
			Key: StrangerTasks + itoa(r.in.ID), Kind: TaskIntake, For: Operator, OpenedAt: r.env.Now,
			Text: "Tin nhắn từ " + MaskPhone(r.in.From) + " có thể là phản ánh mới (hộp thư đến số " + itoa(r.in.ID) + ")",
		})
	}
	if r.former.ID != 0 {
		u, _ := r.env.Directory.Unit(r.former.Unit)
		return "former", r.complain(ctx, "E6", map[string]string{"don_vi": u.SMSName})
	}
	earlier, err := r.tx.ErrorAnswers(ctx, r.in.From, r.env.Now.AddDate(0, 0, -1))
	if err != nil || earlier > 0 {
		return "stranger", err // answered once a day is enough
	}
	return "stranger", r.complain(ctx, "E4", nil)
}

// preference records a stop or start word. Duty texts go out all the same; that
// an officer asked is the operators' business.
func (r *replyDesk) preference(ctx context.Context) (string, error) {
	stopped := r.parsed.Command == reply.Stop
	if stopped && r.known {
		r.tasks = append(r.tasks, Task{
			Key: "stop/" + itoa(r.sender.ID), Kind: TaskCall, For: ShiftLead, OpenedAt: r.env.Now, Contact: r.sender.ID,
			Text: r.sender.Name + " nhắn NGUNG; tin nghiệp vụ vẫn gửi, cần liên hệ",
		})
	}
	unwanted := Unwanted{}
	if stopped {
		unwanted = nothingWanted
	}
	return string(r.parsed.Command), r.tx.SavePreference(ctx, r.in.From, unwanted)
}

// leave records an absence; the unit's head confirms it later (Đ17.9).
func (r *replyDesk) leave(ctx context.Context) (string, error) {
	if r.parsed.Problem != "" || r.parsed.AtTime().IsZero() {
		return "leave:unclear", r.complain(ctx, "E1", nil)
	}
	from, to := r.parsed.AtTime(), r.parsed.UntilTime()
	if to.IsZero() {
		to = from
	}
	leave := Leave{Contact: r.sender.ID, From: from, To: to, Stand: bound(trimStand(r.parsed.Text), maxLine), At: r.env.at()}
	id, err := r.tx.SaveLeave(ctx, leave)
	if err != nil {
		return "", err
	}
	ahead := leave.Ahead(r.env.Now)
	stand, why := r.env.Directory.standIn(r.sender, leave.Stand, ahead.From, ahead.To, r.env.Numbering)
	task := Task{
		Key: leave.TaskKey(), Kind: TaskConfirm, For: ShiftLead, OpenedAt: r.env.Now, Contact: r.sender.ID,
		Text: r.sender.Name + " đề nghị vắng mặt từ " + dayText(from) + " đến " + dayText(to),
	}
	for _, also := range r.env.Directory.person(r.sender, r.env.Now) {
		if u, ok := r.env.Directory.Unit(also.Unit); ok && also.ID != r.sender.ID {
			task.Text += ", cũng là " + also.Role.title() + " của " + u.Name
		}
	}
	named := cmp.Or(stand.Name, leave.Stand, "chưa nêu")
	if missed := r.env.Directory.standsInOf(r.sender, ahead.From, ahead.To); len(missed) > 0 {
		why = r.env.Directory.standsInThen(r.sender, ahead.From, ahead.To)
		named += "; đang thay " + strings.Join(missed, ", ")
	}
	if why != "" {
		task.Text += " (" + why + ")"
	}
	r.tasks = append(r.tasks, task)
	r.askHead(id, leave, named)
	return "leave", r.say(ctx, "NGHI", map[string]string{"tu": dayText(from), "den": dayText(to), "nguoi": named})
}

// askHead asks the unit's head to agree; a head's own absence, or that of a unit
// without another one, is the shift lead's to confirm.
func (r *replyDesk) askHead(id int64, leave Leave, named string) {
	for _, head := range r.env.Directory.Serving(r.sender.Unit, Head, r.env.Now) {
		if head.ID == r.sender.ID || head.Phone == r.sender.Phone || !r.env.Numbering.Textable(head.Phone) {
			continue
		}
		n := Notice{
			Template: "XV", Class: ClassDecision, Lane: LaneSlip, Attempt: 1, At: r.env.Now, Seq: int(r.in.ID), NeedCode: true, Subject: LeaveSubject(id),
			To:   Recipient{Contact: head.ID, Role: Head, Unit: head.Unit},
			Vars: map[string]string{"nguoi": r.sender.Name, "tu": dayText(leave.From), "den": dayText(leave.To), "thay": named},
		}
		n.NotBefore = r.env.Policy.Held(n)
		r.notices = append(r.notices, n)
		return
	}
}

func dayText(t time.Time) string { return t.In(hanoi()).Format("2/1") }

func (r *replyDesk) load(ctx context.Context, id int64) (Petition, error) {
	loaded, err := r.tx.Petitions(ctx, id)
	if err != nil {
		return Petition{}, err
	}
	return loaded[0], nil
}

func refused(err error) bool {
	var p *Problem
	return errors.As(err, &p)
}

// under continues a decided change, to add the answer to its effects.
func (r *replyDesk) under(decided *Change, actor Actor) *change {
	return &change{p: &decided.Petition, env: r.env, actor: actor}
}

// say queues an answer that is about no petition.
func (r *replyDesk) say(_ context.Context, template string, vars map[string]string) error {
	all := map[string]string{"tel": r.env.Support, "mtl": "ma", "gio": ClockText(r.env.at())}
	for k, v := range vars {
		all[k] = v
	}
	n := Notice{
		Template: template, Vars: all, Lane: LaneSlip, Class: ClassAnswer, Attempt: 1, At: r.env.Now,
		To: Recipient{Phone: r.in.From}, Seq: int(r.in.ID),
	}
	if r.known {
		n.To = Recipient{Contact: r.sender.ID, Role: r.sender.Role, Unit: r.sender.Unit}
	}
	r.notices = append(r.notices, n)
	return nil
}

// complain queues an error answer, at most so many an hour to one number, so
// that two machines never talk to each other for ever (field failure 45).
func (r *replyDesk) complain(ctx context.Context, template string, vars map[string]string) error {
	if slices.ContainsFunc(r.notices, func(n Notice) bool { return n.Template == template && n.Vars["ma"] == vars["ma"] }) {
		return nil // one text with two wrong codes is one mistake
	}
	sent, err := r.tx.ErrorAnswers(ctx, r.in.From, r.env.Now.Add(-time.Hour))
	if err != nil || sent >= r.env.Policy.ErrorAnswersPerHour {
		return err
	}
	return r.say(ctx, template, vars)
}
