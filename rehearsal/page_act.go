package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"notify1022/escalation"
)

// Limits of what the page may ask for.
const (
	maxTownSpeed = 3600 // an hour a second: faster is what a jump is for
	maxSMS       = 1000 // characters of a text that somebody types
	sendLimit    = 10 * time.Second
)

func wrong(field, detail string) error {
	return &escalation.Problem{Kind: escalation.Invalid, Field: field, Detail: detail}
}

// postClock changes the speed, or jumps: to the next deadline, or to the next
// beginning of working time.
func (t *Town) postClock(r *http.Request) (any, error) {
	var in struct {
		Speed *float64 `json:"speed"`
		Skip  string   `json:"skip"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	ctx := r.Context()
	switch {
	case in.Speed != nil && (*in.Speed < 0 || *in.Speed > maxTownSpeed):
		return nil, wrong("speed", "tốc độ phải từ 0 đến 3600")
	case in.Speed != nil:
		t.mu.Lock()
		t.skip = skip{}
		t.mu.Unlock()
		if err := t.service.Store.SetSpeed(ctx, *in.Speed); err != nil {
			return nil, err
		}
	case in.Skip == "next" || in.Skip == "morning":
		if err := t.jump(ctx, in.Skip); err != nil {
			return nil, err
		}
	default:
		return nil, wrong("skip", "cần speed, hoặc skip là next hay morning")
	}
	return t.clock(ctx)
}

// jump lets the clock run as fast as it can to where something happens.
func (t *Town) jump(ctx context.Context, kind string) error {
	now, speed, err := t.service.Store.SimNow(ctx)
	if err != nil {
		return err
	}
	to, err := t.target(ctx, kind, now)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.skip.to.IsZero() {
		speed = t.skip.speed // a jump in a jump
	}
	t.skip = skip{to, speed}
	return t.service.Store.SetSpeed(ctx, storySpeed)
}

func (t *Town) target(ctx context.Context, kind string, now time.Time) (time.Time, error) {
	if kind == "morning" {
		y, m, d := now.In(Opening().Location()).Date()
		return t.service.Calendar.Next(time.Date(y, m, d+1, 0, 0, 0, 0, Opening().Location())), nil
	}
	due, err := t.service.Store.DueInstants(ctx, now, now.AddDate(0, 1, 0), 1)
	if err != nil {
		return time.Time{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.agenda) > 0 && (len(due) == 0 || t.agenda[0].when.Before(due[0])) {
		return t.agenda[0].when, nil
	}
	if len(due) == 0 {
		return time.Time{}, &escalation.Problem{Kind: escalation.WrongTime, Field: "skip", Detail: "không còn mốc nào phía trước"}
	}
	return due[0], nil
}

// postPetition records a petition in the words of whoever sits at the page.
func (t *Town) postPetition(r *http.Request) (any, error) {
	var in struct {
		Content string `json:"content"`
		Unit    string `json:"unit"`
		Urgent  bool   `json:"urgent"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Content) == "" {
		return nil, wrong("content", "chưa có nội dung phản ánh")
	}
	const name, number = "Nguyễn Văn Khách", "0570000499"
	p, err := t.service.accept(r.Context(), escalation.Intake{
		Channel: escalation.ByPhone, Kind: 2, Content: in.Content, Unit: in.Unit, Urgent: in.Urgent, PublishConsent: true,
		Citizen: escalation.CitizenIntake{Name: name, Phone: number},
	}, operator)
	if err != nil {
		return nil, err
	}
	t.moveIn(p.ID, name, number)
	return t.viewPetition(p), nil
}

// postAct carries out an act at the console.
func (t *Town) postAct(r *http.Request) (any, error) {
	cmd, ok := escalation.NewCommand(escalation.Verb(r.PathValue("verb")))
	if !ok {
		return nil, missing("verb", "không có thao tác này")
	}
	var in struct {
		As      escalation.Role `json:"as"`
		Command json.RawMessage `json:"command"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	who, err := actorAs(in.As)
	if err != nil {
		return nil, err
	}
	if len(in.Command) > 0 {
		d := json.NewDecoder(bytes.NewReader(in.Command))
		d.DisallowUnknownFields()
		if err := d.Decode(cmd); err != nil {
			return nil, badRequest{err}
		}
	}
	p, err := t.service.do(r.Context(), r.PathValue("code"), cmd, who)
	if err != nil {
		return nil, err
	}
	return t.viewPetition(p), nil
}

func actorAs(role escalation.Role) (escalation.Actor, error) {
	for _, a := range []escalation.Actor{operator, leadOperator, cityOffice, citizen} {
		if a.Role == role {
			return a, nil
		}
	}
	return escalation.Actor{}, wrong("as", "vai phải là operator, shift_lead, office hoặc citizen")
}

// postText sends what somebody typed on a handset.
func (t *Town) postText(r *http.Request) (any, error) {
	var in struct {
		Text string `json:"text"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	p, err := t.phone(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	switch n := len([]rune(in.Text)); {
	case strings.TrimSpace(in.Text) == "":
		return nil, wrong("text", "chưa có nội dung tin nhắn")
	case n > maxSMS:
		return nil, wrong("text", "tin nhắn dài quá 1000 ký tự")
	}
	ctx, cancel := context.WithTimeout(r.Context(), sendLimit)
	defer cancel()
	err = t.service.handset(p.number).Send(ctx, t.service.Officer, in.Text)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, &escalation.Problem{Kind: escalation.WrongTime, Field: "text", Detail: "1022 chưa nhận tin, hãy thử lại"}
	}
	if err != nil {
		return nil, err
	}
	return map[string]bool{"sent": true}, nil
}
