package escalation

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"notify1022/escalation/reply"
)

// Question is a reply code that stands for no petition: is this number yours, may this
// officer be away. Number and code together are the authority, as for slips.
type Question struct {
	Code    string
	Phone   string
	Subject Subject
	Contact int64 // who was asked; 0: whoever has the number
}

// Subject is what a question is about.
type Subject string

const (
	subjectNumber = "number" // the contact with the id says that the number is theirs
	subjectLeave  = "leave"  // the head agrees to the absence with the id (Đ17.9)
)

// NumberSubject is the question whether a number is the contact's.
func NumberSubject(contact int64) Subject { return Subject(subjectNumber + "/" + itoa(contact)) }

// LeaveSubject is the question whether an absence is agreed to.
func LeaveSubject(leave int64) Subject { return Subject(subjectLeave + "/" + itoa(leave)) }

// parts are what the question is about and the id of it.
func (s Subject) parts() (what string, id int64) {
	what, number, _ := strings.Cut(string(s), "/")
	id, _ = strconv.ParseInt(number, 10, 64)
	return what, id
}

// asked is the open question that the text answers; ok is false when it is about
// something else. Without a code it is the only question there is, where nothing else
// of the sender's is open.
func (r *replyDesk) asked(ctx context.Context) (q Question, ok bool, err error) {
	open, err := r.tx.Questions(ctx, r.in.From)
	if err != nil || len(open) == 0 {
		return Question{}, false, err
	}
	for _, q := range open {
		if r.names(q.Code) {
			return q, true, nil
		}
	}
	what, _ := open[0].Subject.parts()
	if len(open) > 1 || what != subjectLeave || r.parsed.Command != reply.Ack || len(r.parsed.Codes) > 0 {
		return Question{}, false, nil // a number is verified by its code alone
	}
	slips, err := r.slips(ctx)
	for _, b := range slips {
		if b.Open() {
			return Question{}, false, err
		}
	}
	return open[0], err == nil, err
}

// names reports whether the text has the code, also where it is no command ("KHONG 12344").
func (r *replyDesk) names(code string) bool {
	for _, c := range r.parsed.Codes {
		if c == code {
			return true
		}
	}
	for _, word := range strings.FieldsFunc(r.in.Text, func(r rune) bool { return r < '0' || r > '9' }) {
		if word == code {
			return true
		}
	}
	return false
}

// agreed is the sender's word on a question; clear is false when it is neither yes nor no.
func (r *replyDesk) agreed() (yes, clear bool) {
	switch {
	case r.parsed.Command == reply.Ack && r.parsed.Problem == "":
		return true, true
	case r.parsed.Command == reply.Return, r.parsed.Problem == reply.ProblemNegated, r.parsed.Problem == reply.ProblemUnknown:
		return false, r.refuses()
	}
	return false, false
}

func (r *replyDesk) refuses() bool {
	first, _, _ := strings.Cut(Plain(r.in.Text), " ")
	switch first {
	case "khong", "ko", "k", "sai", "chua", "no", "tu":
		return true
	}
	return false
}

// decideQuestion carries the answer to a question out.
func (r *replyDesk) decideQuestion(ctx context.Context, q Question) (string, error) {
	what, id := q.Subject.parts()
	yes, clear := r.agreed()
	if !clear {
		return what + ":unclear", r.complain(ctx, "E3", map[string]string{"mtl": q.Code})
	}
	if err := r.tx.CloseQuestion(ctx, q.Subject, map[bool]string{true: "đồng ý", false: "không đồng ý"}[yes]); err != nil {
		return "", err
	}
	switch what {
	case subjectNumber:
		return r.numberAnswered(ctx, id, yes)
	case subjectLeave:
		return r.leaveAnswered(ctx, id, yes)
	}
	return "", fmt.Errorf("a question about %q", q.Subject)
}

// numberAnswered: the number is verified, or somebody must look at the directory.
func (r *replyDesk) numberAnswered(ctx context.Context, id int64, yes bool) (string, error) {
	contact, ok := r.env.Directory.Contact(id)
	if !ok || contact.Phone != r.in.From || contact.ended(r.env.Now) {
		return "number:stale", r.complain(ctx, "E2", map[string]string{"code": r.typedCode()})
	}
	if !yes {
		r.tasks = append(r.tasks, Task{
			Key: "number/" + itoa(id), Kind: TaskConfirm, For: ShiftLead, OpenedAt: r.env.Now, Contact: id,
			Text: MaskPhone(contact.Phone) + " trả lời không phải là số của " + contact.Name + ": kiểm tra lại danh bạ",
		})
		return "number:refused", nil
	}
	h := handover{tx: r.tx, env: r.env, actor: Actor{Name: contact.Name, Role: contact.Role, Channel: BySMS, Unit: contact.Unit, Contact: id}}
	if err := h.verified(ctx, contact); err != nil {
		return "", err
	}
	r.changes, r.notices, r.tasks, r.rest = append(r.changes, h.changes...), append(r.notices, h.notices...), append(r.tasks, h.tasks...), h.rest
	u, _ := r.env.Directory.Unit(contact.Unit)
	r.sender, r.known = contact, true
	return "number:verified", r.say(ctx, "XN", map[string]string{"don_vi": cmp.Or(u.SMSName, "1022")})
}

// leaveAnswered: the head's word on an absence. It is weighed by the directory and for the
// row by which decideLeave carries it out.
func (r *replyDesk) leaveAnswered(ctx context.Context, id int64, yes bool) (string, error) {
	leave, err := r.tx.Leave(ctx, id)
	if err != nil {
		return "", err
	}
	if r.env.Directory, err = r.tx.LockDirectory(ctx); err != nil {
		return "", err
	}
	away, ok := r.env.Directory.Contact(leave.Contact)
	away = r.env.Directory.latest(away)
	if !ok || leave.Decided || !r.heads(away.Unit) {
		return "leave:stale", r.complain(ctx, "E2", map[string]string{"code": r.typedCode()})
	}
	ahead := leave.Ahead(r.env.Now)
	stand, why := r.env.Directory.standIn(away, leave.Stand, ahead.From, ahead.To, r.env.Numbering)
	if leave.Stand == "" { // that nobody is named is no fault, that somebody relies on them is
		why = r.env.Directory.standsInThen(away, ahead.From, ahead.To)
	}
	if yes && why != "" { // agreed, but to whom the texts go is for a person to say
		r.tasks = append(r.tasks, Task{
			Key: leave.TaskKey(), Kind: TaskConfirm, For: ShiftLead, OpenedAt: r.env.Now, Contact: away.ID,
			Text: "Thủ trưởng đồng ý cho " + away.Name + " vắng mặt, nhưng " + why + colon(leave.Stand),
		})
	}
	actor := Actor{Name: r.sender.Name, Role: Head, Channel: BySMS, Unit: r.sender.Unit, Contact: r.sender.ID}
	told, err := decideLeave(ctx, r.tx, r.env, id, yes, stand.ID, actor)
	if err != nil {
		return "", err
	}
	r.notices = append(r.notices, told)
	outcome := "leave:" + map[bool]string{true: "agreed", false: "refused"}[yes]
	if away.ID == r.sender.ID {
		return outcome, nil
	}
	return outcome, r.say(ctx, "NQ", told.Vars)
}

// heads reports whether the sender is head of the unit now: who was, when the question
// was asked, has no word any more.
func (r *replyDesk) heads(unit string) bool {
	for _, c := range r.env.Directory.ByPhone(r.in.From, r.env.Now) {
		if c.Unit == unit && c.Role == Head && c.Holds(r.env.Now) {
			r.sender, r.known = c, true
			return true
		}
	}
	return false
}
