package web

import (
	"context"
	"reflect"
	"strings"
	"time"

	"notify1022/escalation"
)

// Outbox lists messages and takes those that a page sends.
type Outbox interface {
	// Messages gives one page, the latest first, as stable as ListPetitions; an
	// unknown petition code gives an empty one.
	Messages(ctx context.Context, f MessageFilter) (MessagePage, error)
	// Send queues notices that belong to no petition, in one transaction, and
	// returns their ids in order. A zero At becomes the transaction's now;
	// NotBefore is set where the recipient's quiet hours want it.
	Send(ctx context.Context, notices []escalation.Notice, actor escalation.Actor) ([]int64, error)
}

// MessageFilter narrows a list; zero fields do not.
type MessageFilter struct {
	Petition string // code
	State    escalation.MessageState
	Template string
	Cursor   string
	Limit    int
}

// MessagePage is one page; Next is empty at the end.
type MessagePage struct {
	Items []Message
	Next  string
}

// Message is an outbox row. Phone and email are whole: the door masks them.
type Message struct {
	ID                int64
	Petition          string // code; empty: about none
	Confidential      bool   // what the petition is
	Denunciation      bool
	Template          string
	Role              escalation.Role // in which the recipient is addressed
	Unit              string          // of the recipient
	Phone, Email      string
	Text              string // empty until it is rendered
	State             escalation.MessageState
	Segments          int
	QueuedAt          time.Time
	NotBefore         time.Time
	SentAt            time.Time
	DeliveredAt       time.Time
	PossibleDuplicate bool
	Error             string
}

// MessageView is a message as the API shows it.
type MessageView struct {
	ID                int64                   `json:"id"`
	Petition          string                  `json:"petition,omitempty"`
	Template          string                  `json:"template"`
	Role              escalation.Role         `json:"role,omitempty"`
	Unit              string                  `json:"unit,omitempty"`
	To                string                  `json:"to" doc:"đã che: 091****678"`
	Text              string                  `json:"text"`
	State             escalation.MessageState `json:"state"`
	Segments          int                     `json:"segments"`
	QueuedAt          time.Time               `json:"queued_at,omitzero"`
	NotBefore         time.Time               `json:"not_before,omitzero"`
	SentAt            *time.Time              `json:"sent_at" nullable:"true"`
	DeliveredAt       *time.Time              `json:"delivered_at" nullable:"true"`
	PossibleDuplicate bool                    `json:"possible_duplicate"`
	Error             string                  `json:"error,omitempty"`
}

func messages(who caller, list []Message) []MessageView {
	views := make([]MessageView, 0, len(list))
	for _, m := range list {
		views = append(views, m.view(who))
	}
	return views
}

// view masks the address; the text carries links, which are authorities, so it
// is shown to the hotline, the Office (officers' texts) and the unit addressed, and of a
// denunciation to nobody who may not read it.
func (m Message) view(who caller) MessageView {
	v := MessageView{
		ID: m.ID, Petition: m.Petition, Template: m.Template, Role: m.Role, Unit: m.Unit, To: mask(m), State: m.State,
		Segments: m.Segments, QueuedAt: m.QueuedAt, NotBefore: m.NotBefore, SentAt: instant(m.SentAt),
		DeliveredAt: instant(m.DeliveredAt), PossibleDuplicate: m.PossibleDuplicate, Error: m.Error,
	}
	switch {
	case who.staff(), who.Role == escalation.Office && m.Role != escalation.CitizenRole, who.ofUnit() && m.Unit == who.Unit:
		v.Text = m.Text
	}
	closed := m.Denunciation && who.locked()
	if closed || m.Template == "OTP" { // a one-time code is for the phone it went to
		v.Text = ""
	}
	if m.Role == escalation.CitizenRole && (closed || m.Confidential && !who.staff()) { // the rest of a number tells a neighbour whose it is
		v.To = ""
	}
	return v
}

func mask(m Message) string {
	if m.Phone != "" {
		return escalation.MaskPhone(m.Phone)
	}
	name, domain, ok := strings.Cut(m.Email, "@")
	if !ok {
		return ""
	}
	first := []rune(name)
	return string(first[:min(1, len(first))]) + "***@" + domain
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// messageStates are the states of a message, as lists name them.
var messageStates = []string{"queued", "sending", "accepted", "delivered", "failed", "unknown", "expired", "suppressed"}

func (a *api) messageOperations() []operation {
	return []operation{a.sendOperation(), {
		method: "GET", path: "/messages", id: "list-messages", tag: "messages", summary: "Tin nhắn đã xếp hàng và đã gửi, mới nhất trước",
		rights: []Right{SeeOutbox}, status: 200, result: reflect.TypeFor[Page[MessageView]](), handle: a.listMessages,
		query: paged(
			parameter{name: "petition", doc: "mã phản ánh", kind: "string"},
			parameter{name: "state", doc: "trạng thái tin", kind: "string", values: messageStates},
			parameter{name: "template", doc: "mã mẫu tin", kind: "string"}),
	}}
}

func (a *api) listMessages(c *call) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	page, err := a.Outbox.Messages(c.Context(), MessageFilter{
		Petition: c.query.Get("petition"), State: escalation.MessageState(c.query.Get("state")),
		Template: c.query.Get("template"), Cursor: c.query.Get("cursor"), Limit: limit,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{body: Page[MessageView]{Items: messages(c.who, page.Items), NextCursor: page.Next}}, nil
}
