package rehearsal

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"notify1022/escalation"
)

type entryView struct {
	At      time.Time          `json:"at"`
	Actor   string             `json:"actor"`
	Role    string             `json:"role"`
	Channel escalation.Channel `json:"channel"`
	Action  string             `json:"action"`
	Text    string             `json:"text"`
	Private string             `json:"private,omitempty"`
	Status  escalation.Status  `json:"status"`
}

type messageView struct {
	At       time.Time               `json:"at"`
	Template string                  `json:"template"`
	To       string                  `json:"to"` // masked
	Role     string                  `json:"role"`
	Text     string                  `json:"text"`
	State    escalation.MessageState `json:"state"`
	Why      string                  `json:"why,omitempty"`
}

type detailView struct {
	petitionView
	Content   string             `json:"content"`
	Channel   escalation.Channel `json:"channel"`
	Result    string             `json:"result,omitempty"`
	Deadlines []deadlineView     `json:"deadlines"`
	Timeline  []entryView        `json:"timeline"`
	Messages  []messageView      `json:"messages"`
}

func (t *Town) getPetition(r *http.Request) (any, error) {
	ctx, code := r.Context(), r.PathValue("code")
	found, err := t.archive.petitions(ctx, code)
	if err != nil {
		return nil, err
	}
	if code == "" || len(found) == 0 {
		return nil, missing("code", "không có phản ánh này")
	}
	p := found[0]
	now, _, err := t.service.Store.SimNow(ctx)
	if err != nil {
		return nil, err
	}
	v := detailView{petitionView: t.viewPetition(p), Content: p.Content, Channel: p.Channel,
		Deadlines: []deadlineView{}, Timeline: []entryView{}, Messages: []messageView{}}
	if p.Result != nil {
		v.Result = p.Result.Text
	}
	if p.Denunciation {
		v.Content, v.Result = lockedContent, ""
	}
	rungs, err := t.archive.rungs(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rungs {
		if r.State != escalation.Disarmed {
			v.Deadlines = append(v.Deadlines, t.viewDeadline(r, now))
		}
	}
	slices.SortStableFunc(v.Deadlines, func(a, b deadlineView) int { return a.Due.Compare(b.Due) })
	entries, err := t.archive.timeline(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if p.Denunciation {
			e.Private = ""
		}
		v.Timeline = append(v.Timeline, entryView{e.At, e.Actor, roleName(e.Role), e.Channel, e.Action, e.Text, e.Private, e.Status})
	}
	sent, err := t.archive.messages(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range sent {
		v.Messages = append(v.Messages, viewMessage(m))
	}
	return v, nil
}

func viewMessage(m sent) messageView {
	at := m.SentAt
	if at == 0 {
		at = max(m.NotBefore, m.At)
	}
	return messageView{At: at.time(), Template: m.Template, To: escalation.MaskPhone(m.Phone), Role: roleName(m.Role),
		Text: m.Text, State: m.State, Why: cmp.Or(m.Error, m.Pointless)}
}

type chatView struct {
	handsetView
	Number string     `json:"number"` // masked
	Texts  []textView `json:"texts"`
}

type textView struct {
	line
	When time.Time `json:"at"`
}

func (t *Town) getHandset(r *http.Request) (any, error) {
	p, err := t.phone(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	lines, err := t.archive.lines(r.Context(), p.number)
	if err != nil {
		return nil, err
	}
	v := chatView{handsetView: p.handsetView, Number: escalation.MaskPhone(p.number), Texts: []textView{}}
	for _, l := range lines {
		v.Texts = append(v.Texts, textView{l, l.At.time()})
	}
	v.Count = len(lines)
	return v, nil
}

func (t *Town) phone(id string) (phone, error) {
	list := t.phones()
	i := slices.IndexFunc(list, func(p phone) bool { return p.ID == id })
	if i < 0 {
		return phone{}, missing("id", "không có máy này")
	}
	return list[i], nil
}
