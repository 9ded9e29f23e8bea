package escalation

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"notify1022/escalation/reply"
)

// A long text of which parts are missing. What begins with the first part says what it wants:
// it is applied, and a person learns that there was more. Any other piece only looks like a
// command ("… | sai quy định, đề nghị tháo dỡ"): its words are kept for a person.

// PieceTasks is how the keys of tasks about incomplete texts begin that led to nothing else; the
// text's number follows.
const PieceTasks = "piece/"

// piece keeps the words of a registered sender with the petitions that they are about,
// also where those are over; a stranger's are a draft like all others.
func (r *replyDesk) piece(ctx context.Context) (string, error) {
	if echo, err := r.tx.RepeatOf(ctx, r.in, echoWindow); err != nil || echo {
		return "again", err
	}
	r.parsed = reply.Parsed{Command: reply.Unknown, Problem: reply.ProblemUnknown}
	if !r.known {
		return r.stranger(ctx)
	}
	bindings, err := r.pieceOf(ctx)
	if err != nil {
		return "", err
	}
	if len(bindings) == 0 {
		r.unplaced()
		return "unknown", r.complain(ctx, "E1", r.example(ctx))
	}
	var ids []int64
	for _, b := range bindings {
		ids = append(ids, b.Petition)
	}
	slices.Sort(ids)
	if _, err := r.tx.Petitions(ctx, ids...); err != nil { // at once, which locks them in order
		return "", err
	}
	for _, b := range bindings {
		p, err := r.load(ctx, b.Petition)
		if err != nil {
			return "", err
		}
		actor := Actor{Name: r.sender.Name, Role: b.Role, Channel: BySMS, Unit: b.Unit, Contact: r.sender.ID}
		if _, err := r.keep(b, p, actor, "Tin nhắn của "+actor.Name+" về "+p.Code, "tin nhắn của đơn vị"); err != nil {
			return "", err
		}
	}
	return "text", nil
}

// pieceOf lists the sender's slips, one of each petition, that a piece is about: those of the
// parts before it, else those whose codes it names, else the only one. One that owes nothing
// counts, too: the parts before may have settled it.
func (r *replyDesk) pieceOf(ctx context.Context) ([]Binding, error) {
	bindings, err := r.slips(ctx)
	if err != nil {
		return nil, err
	}
	beside, err := r.tx.BesidePiece(ctx, r.in)
	if err != nil {
		return nil, err
	}
	if list := oneEach(bindings, func(b Binding) bool { return slices.Contains(beside, b.Petition) }); len(list) > 0 {
		return list, nil
	}
	var list []Binding
	for _, f := range namedAmong(bindings, reply.Mentioned(r.in.Text), r.env.at()) {
		list = append(list, f.binding)
	}
	known := func(b Binding) bool { return b.knownAt(r.env.at()) }
	if open := oneEach(bindings, known); len(list) == 0 && len(open) == 1 {
		list = open
	}
	return list, nil
}

// tellPiece has whoever works on what an incomplete text led to know that it is one: in the
// timeline, and in the tasks that it opened, or one of its own.
func (r *replyDesk) tellPiece() {
	about := "Tin nhắn của " + cmp.Or(r.sender.Name, MaskPhone(r.in.From))
	for i := range r.changes {
		r.tellPieceOf(&r.changes[i], about)
	}
	for i := range r.tasks {
		r.tasks[i].Text = r.lacking(r.tasks[i].Text)
	}
	if len(r.changes)+len(r.tasks) == 0 {
		r.tasks = append(r.tasks, Task{
			Key: PieceTasks + itoa(r.in.ID), Kind: TaskConfirm, For: Operator, OpenedAt: r.env.Now, Contact: r.sender.ID, Text: r.lacking(about),
		})
	}
}

func (r *replyDesk) tellPieceOf(decided *Change, about string) {
	c := r.under(decided, Ladder())
	c.entry(string(VerbProgress), "tin nhắn vừa nhận "+r.missing()+", nội dung có thể chưa đủ")
	c.seal()
	tasks := decided.Effects.Tasks
	for i := range tasks { // by a key of its own: a task about another text may be open
		tasks[i].Key += "/" + itoa(r.in.ID)
		tasks[i].Text = r.lacking(tasks[i].Text)
	}
	if len(tasks) == 0 {
		c.task(TaskConfirm, Operator, c.env.Now, r.lacking(about+" về "+c.p.Code))
	}
	decided.Effects.Entries = append(decided.Effects.Entries, c.fx.Entries...)
	decided.Effects.Tasks = append(tasks, c.fx.Tasks...)
}

func (r *replyDesk) missing() string {
	if r.in.Headless {
		return "thiếu phần đầu"
	}
	return "thiếu một phần"
}

// lacking is the text of a task with what is missing, and where the words lie.
func (r *replyDesk) lacking(task string) string {
	at := " (hộp thư đến số " + itoa(r.in.ID)
	without := strings.Replace(task, at+")", "", 1)
	return without + at + ", tin " + r.missing() + ")"
}
