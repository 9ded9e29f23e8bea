package escalation

import (
	"context"
	"time"

	"notify1022/escalation/reply"
)

// What an officer writes without a command reaches a person too: it is kept with
// the petition it is about, or the operators are shown where it lies.

// echoWindow is how long the same free text of a number is not answered again, so
// that a phone that answers by itself and the hotline never talk for ever (field
// failure 45).
const echoWindow = time.Hour

// freeText keeps a registered officer's words with the petitions whose codes they
// name, or with the only open slip. It acknowledges nothing: nobody has
// understood it yet.
func (r *replyDesk) freeText(ctx context.Context) (string, error) {
	if echo, err := r.tx.RepeatOf(ctx, r.in, echoWindow); err != nil || echo {
		return "again", err
	}
	bindings, err := r.slips(ctx)
	if err != nil {
		return "", err
	}
	if list := about(bindings, reply.Mentioned(r.in.Text), r.env.at()); len(list) > 0 {
		return r.each(ctx, list)
	}
	r.unplaced()
	return "unknown", r.complain(ctx, "E1", r.example(ctx))
}

// about lists what free words are about: the sender's codes among those named,
// else the only slip that was open when they were read.
func about(bindings []Binding, codes []string, at time.Time) []found {
	list := namedAmong(bindings, codes, at)
	if only := onlyOne(bindings, at); len(list) == 0 && !only.none && !only.ambiguous {
		list = append(list, only)
	}
	return list
}

// namedAmong lists what the codes among the sender's own stand for.
func namedAmong(bindings []Binding, codes []string, at time.Time) (list []found) {
	for _, code := range codes {
		if f := lookUpCode(bindings, code, at); !f.none && !f.ambiguous {
			list = addFound(list, f)
		}
	}
	return list
}

// unplaced shows the operators words that belong to no petition of the sender's.
// A command is answered and can be sent anew; these were a message to somebody.
func (r *replyDesk) unplaced() {
	if r.parsed.Command != reply.Unknown && r.parsed.Command != reply.Note {
		return
	}
	r.tasks = append(r.tasks, Task{
		Key: "text/" + itoa(r.in.ID), Kind: TaskConfirm, For: Operator, OpenedAt: r.env.Now, Contact: r.sender.ID,
		Text: "Tin nhắn của " + r.sender.Name + " chưa rõ về phản ánh nào (hộp thư đến số " + itoa(r.in.ID) + ")",
	})
}

// keep writes the sender's words into the timeline, for a person to decide what
// they mean; they change nothing else.
func (r *replyDesk) keep(b Binding, p Petition, actor Actor, task, line string) (string, error) {
	return r.keepAs(TaskConfirm, b, p, actor, task, line)
}

func (r *replyDesk) keepAs(kind TaskKind, b Binding, p Petition, actor Actor, task, line string) (string, error) {
	c := &change{p: &p, env: r.env, actor: actor}
	c.entry(string(VerbProgress), line+colon(c.redact(bound(r.in.Text, maxText))), r.in.Text)
	c.task(kind, Operator, c.env.Now, task)
	r.answerWith(c, p.Slip(b.Slip), "A6", nil)
	r.changes = append(r.changes, c.done(p))
	return "text", nil
}

// crosses reports a text that was read before the slip ended and is applied
// after: it counts from when it was read, so it is no late one, and a person
// decides what it means now that the petition has gone on. For a bare
// acknowledgement the usual answer says enough.
func (r *replyDesk) crosses(ended time.Time) bool {
	bare := r.parsed.Command == reply.Ack && letters(r.parsed.Text) < r.env.Policy.MinResultLetters
	return r.env.at().Before(ended) && !bare && r.parsed.Command != reply.Status
}

// besides is what an acknowledgement holds besides in its words, empty when
// nothing: no promise and no result is lost in it.
func (r *replyDesk) besides() reply.Command {
	if r.parsed.Command != reply.Ack {
		return ""
	}
	if command := reply.Besides(r.in.Text, r.env.at(), r.env.CalendarOf(r.sender.Unit).Calendar); command != reply.Unknown {
		return command
	}
	return ""
}

// news are words that a repeated command adds, empty when it says the same again.
func (r *replyDesk) news(p Petition) string {
	text, known := r.parsed.Text, ""
	switch r.parsed.Command {
	case reply.Ack:
	case reply.ETA:
		known = p.ETAs[len(p.ETAs)-1].Reason
	case reply.Return:
		known = p.Return.Reason
	default:
		return ""
	}
	if text == known || letters(text) < r.env.Policy.MinResultLetters {
		return ""
	}
	return text
}
