package web

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"notify1022/escalation"
)

// Subscriptions are the leaders' choices of periodic reports (Đ13.6).
type Subscriptions interface {
	// Subscriptions are the choices made, by contact.
	Subscriptions(ctx context.Context) (map[int64]escalation.Subscription, error)
	// Subscribe stores a choice; a *escalation.Problem says why it may not be made.
	Subscribe(ctx context.Context, s escalation.Subscription, by escalation.Actor) error
}

// SubscriptionBody is a choice as PUT takes it and GET shows it.
type SubscriptionBody struct {
	Channel escalation.ReportChannel `json:"channel" doc:"sms, email, both hoặc none"`
	Each    escalation.ReportEach    `json:"each" doc:"week, month, quarter hoặc none: kỳ đã kết thúc"`
	Day     int                      `json:"day" doc:"ngày làm việc thứ mấy của tuần (1–5), của tháng hoặc quý (1–10)"`
	At      string                   `json:"at" doc:"07:00 đến 17:00, chẵn 15 phút"`
	Default bool                     `json:"default,omitempty" doc:"chưa ai chọn; không đọc khi gửi lên"`
}

func (a *api) subscriptionOperations() []operation {
	if a.Subscriptions == nil {
		return nil
	}
	view := reflect.TypeFor[SubscriptionBody]()
	save := operation{method: "PUT", path: "/contacts/{id}/reports", id: "save-contact-reports", tag: "contacts", summary: "Cách lãnh đạo nhận báo cáo định kỳ (Đ13.6); ngừng gửi: quản trị viên", rights: []Right{EditDirectory}, status: 200, result: view}
	save.body, save.handle = with(a.saveSubscription)
	save.held = a.heldSubscription
	return []operation{
		{method: "GET", path: "/contacts/{id}/reports", id: "get-contact-reports", tag: "contacts", summary: "Cách lãnh đạo nhận báo cáo định kỳ (Đ13.6)", rights: []Right{SeeDirectory}, status: 200, result: view, handle: a.getSubscription},
		save,
	}
}

func (a *api) getSubscription(c *call) (answer, error) {
	body, err := a.heldSubscription(c)
	return answer{body: body}, err
}

// heldSubscription is the choice of the person of the path.
func (a *api) heldSubscription(c *call) (any, error) {
	contact, err := a.contact(c)
	if err != nil {
		return nil, err
	}
	choices, err := a.Subscriptions.Subscriptions(c.Context())
	if err != nil {
		return nil, err
	}
	s := escalation.ChoiceOf(choices, contact, a.Numbering)
	return &SubscriptionBody{s.Channel, s.Each, s.Day, s.Clock(), s.ChangedAt.IsZero()}, nil
}

func (a *api) saveSubscription(c *call, body *SubscriptionBody) (answer, error) {
	contact, err := a.contact(c)
	if err != nil {
		return answer{}, err
	}
	s := escalation.Subscription{Contact: contact.ID, Channel: body.Channel, Each: body.Each, Day: body.Day}
	if s.At, err = TimeOfDay(body.At); err != nil {
		return answer{}, wrongField("body.at", "%s", err)
	}
	if err := a.Subscriptions.Subscribe(c.Context(), s, c.who.actor()); err != nil {
		return answer{}, err
	}
	return answer{body: SubscriptionBody{s.Channel, s.Each, s.Day, s.Clock(), false}}, nil
}

// TimeOfDay reads HH:MM as the time since midnight.
func TimeOfDay(s string) (time.Duration, error) {
	at, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("giờ %s không có dạng 07:30", strconv.QuoteToGraphic(s[:min(len(s), 10)]))
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}
