package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"time"

	"notify1022/escalation"
)

// Webhooks are the receivers of events.
type Webhooks interface {
	Webhooks(ctx context.Context) ([]Webhook, error)
	// AddWebhook returns what it stored, without the secret.
	AddWebhook(ctx context.Context, url, secret string, events []string, by escalation.Actor) (Webhook, error)
	// DisableWebhook and ReplayWebhook are a Problem of kind NotFound without one that is in use.
	DisableWebhook(ctx context.Context, id int64, by escalation.Actor) error
	ReplayWebhook(ctx context.Context, id int64, since time.Time, by escalation.Actor) (int64, error)
}

// Webhook is a receiver of events.
type Webhook struct {
	ID        int64     `json:"id"`
	URL       string    `json:"url"`
	Events    []string  `json:"events"`
	Secret    string    `json:"secret,omitempty" doc:"chỉ hiện một lần, khi tạo; ký mọi sự kiện gửi đi"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	Disabled  bool      `json:"disabled"`
	Queued    int       `json:"queued"`
	Failed    int       `json:"failed"`
}

// NewWebhook is the body of POST /webhooks.
type NewWebhook struct {
	URL    string   `json:"url"`
	Events []string `json:"events,omitempty" doc:"petition.status, message.state, inbound.reply; trống: tất cả"`
}

// Replay is the body of POST /webhooks/{id}/replay.
type Replay struct {
	Since time.Time `json:"since,omitzero" doc:"gửi lại cả những sự kiện đã nhận từ thời điểm này; trống: chỉ những sự kiện lỗi"`
}

// Replayed is its answer.
type Replayed struct {
	Events int64 `json:"events"`
}

// WebhookEvents are the events there are.
func WebhookEvents() []string { return []string{"petition.status", "message.state", "inbound.reply"} }

func (a *api) webhookOperations() []operation {
	if a.Webhooks == nil {
		return nil
	}
	add := operation{method: "POST", path: "/webhooks", id: "add-webhook", tag: "webhooks", summary: "Đăng ký nơi nhận sự kiện", rights: []Right{Connect}, status: 201, result: reflect.TypeFor[Webhook](), nameless: true}
	add.body, add.handle = with(a.addWebhook)
	add.again = func(_ *call, before Answered) (answer, error) {
		return answer{}, problem(http.StatusConflict, fmt.Sprintf("webhook đã được đăng ký (số %v) nhưng khóa ký chỉ hiện một lần và đã mất cùng câu trả lời; hãy xóa rồi đăng ký lại", before.Made),
			Fault{"header.Idempotency-Key", "đã được thực hiện"})
	}
	replay := operation{method: "POST", path: "/webhooks/{id}/replay", id: "replay-webhook", tag: "webhooks", summary: "Gửi lại sự kiện", rights: []Right{Connect}, status: 200, result: reflect.TypeFor[Replayed]()}
	replay.body, replay.handle = with(a.replayWebhook)
	return []operation{
		{method: "GET", path: "/webhooks", id: "list-webhooks", tag: "webhooks", summary: "Các nơi nhận sự kiện", rights: []Right{Connect}, status: 200, result: reflect.TypeFor[Page[Webhook]](), handle: a.listWebhooks},
		add,
		{method: "DELETE", path: "/webhooks/{id}", id: "disable-webhook", tag: "webhooks", summary: "Thôi gửi sự kiện", rights: []Right{Connect}, status: 204, handle: a.disableWebhook},
		replay,
	}
}

func (a *api) listWebhooks(c *call) (answer, error) {
	list, err := a.Webhooks.Webhooks(c.Context())
	return answer{body: Page[Webhook]{Items: orEmpty(list)}}, err
}

func (a *api) addWebhook(c *call, body *NewWebhook) (answer, error) {
	made, err := MakeWebhook(c.Context(), a.Webhooks, body.URL, body.Events, c.who.actor())
	return answer{body: made}, err
}

// MakeWebhook checks and stores a receiver; the answer has its secret, this once.
func MakeWebhook(ctx context.Context, shelf Webhooks, to string, events []string, by escalation.Actor) (Webhook, error) {
	if !webhookURL(to) {
		return Webhook{}, wrongField("body.url", "cần một địa chỉ https:// (http:// chỉ trên máy này), tối đa 500 ký tự")
	}
	if len(events) == 0 {
		events = WebhookEvents()
	}
	for _, e := range events {
		if !slices.Contains(WebhookEvents(), e) {
			return Webhook{}, wrongField("body.events", "không có sự kiện %q", shown(e))
		}
	}
	events = slices.Compact(slices.Sorted(slices.Values(events)))
	secret := rand.Text() + rand.Text()
	made, err := shelf.AddWebhook(ctx, to, secret, events, by)
	made.Secret = secret
	return made, err
}

// webhookURL reports an address that events may go to: TLS, or this very machine.
func webhookURL(given string) bool {
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.User != nil || len(given) > 500 || !visible(given) {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	own := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && own
}

func (c *call) id(what string) (int64, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return 0, noSuch(what)
	}
	return id, nil
}

func (a *api) disableWebhook(c *call) (answer, error) {
	id, err := c.id("webhook")
	if err != nil {
		return answer{}, err
	}
	return answer{}, a.Webhooks.DisableWebhook(c.Context(), id, c.who.actor())
}

func (a *api) replayWebhook(c *call, body *Replay) (answer, error) {
	id, err := c.id("webhook")
	if err != nil {
		return answer{}, err
	}
	n, err := a.Webhooks.ReplayWebhook(c.Context(), id, body.Since, c.who.actor())
	return answer{body: Replayed{n}}, err
}
