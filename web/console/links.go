package console

import (
	"context"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/web"
)

// APIKeys are the keys of programs.
type APIKeys interface {
	Keys(ctx context.Context) ([]APIKey, error)
	// Create makes a key; its secret is given out once, here.
	Create(ctx context.Context, name string, role escalation.Role, unit string, by escalation.Actor) (string, error)
	Revoke(ctx context.Context, id int64, by escalation.Actor) error
}

// APIKey is a key without its secret.
type APIKey struct {
	ID      int64
	Name    string
	Role    escalation.Role
	Unit    string
	At      time.Time
	Revoked time.Time
}

// linksPage is the keys and webhooks of other programs.
type linksPage struct {
	Keys   []APIKey
	Hooks  []web.Webhook
	Roles  []option
	Units  []escalation.Unit
	Events []string
	Secret string // shown this once
	Of     string // whose it is, also where it was shown to an earlier sending of the form
}

func (c *console) links(v *visit) error { return c.showLinks(v, "", "") }

func (c *console) showLinks(v *visit, secret, of string) error {
	page := linksPage{Secret: secret, Of: of, Events: web.WebhookEvents()}
	var err error
	if page.Keys, err = c.APIKeys.Keys(v.Context()); err != nil {
		return err
	}
	if page.Hooks, err = c.Webhooks.Webhooks(v.Context()); err != nil {
		return err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page.Units = directory.Units()
	for _, r := range web.Enter.Roles() {
		page.Roles = append(page.Roles, option{string(r), r.Label()})
	}
	return v.show(200, "links", "Kết nối", page)
}

func (c *console) addLink(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	switch v.PathValue("what") {
	case "key":
		role, unit := escalation.Role(form.Get("role")), form.Get("unit")
		ofUnit := role == escalation.Officer || role == escalation.Head
		switch {
		case form.Get("name") == "" || utf8.RuneCountInString(form.Get("name")) > 100:
			return wrong("name", "khóa cần một tên, tối đa 100 ký tự")
		case !web.Enter.Of(role):
			return wrong("role", "không có vai trò này")
		case ofUnit != (unit != ""):
			return wrong("unit", "chỉ khóa của cán bộ đơn vị, Thủ trưởng mới thuộc một đơn vị, và phải thuộc một đơn vị")
		}
		return c.makeLink(v, "khóa "+form.Get("name"), func(ctx context.Context) (string, error) {
			return c.APIKeys.Create(ctx, form.Get("name"), role, unit, v.actor())
		})
	case "webhook":
		return c.makeLink(v, "webhook "+form.Get("url"), func(ctx context.Context) (string, error) {
			made, err := web.MakeWebhook(ctx, c.Webhooks, form.Get("url"), form["event"], v.actor())
			return made.Secret, err
		})
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có loại kết nối này"}
}

// makeLink shows the secret to the sending of the form that made it: it is kept nowhere.
func (c *console) makeLink(v *visit, of string, create func(context.Context) (secret string, err error)) error {
	secret := ""
	_, _, err := v.once(func(ctx context.Context) (err error) {
		secret, err = create(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return c.showLinks(v, secret, of)
}

func (c *console) linkAct(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có kết nối này"}
	}
	switch v.PathValue("what") + "/" + v.PathValue("act") {
	case "key/revoke":
		err = c.APIKeys.Revoke(v.Context(), id, v.actor())
	case "webhook/disable":
		err = c.Webhooks.DisableWebhook(v.Context(), id, v.actor())
	case "webhook/replay":
		n, err := c.Webhooks.ReplayWebhook(v.Context(), id, time.Time{}, v.actor())
		if err != nil {
			return err
		}
		return v.done("/links", fmt.Sprintf("Sẽ gửi lại %d sự kiện.", n))
	default:
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	if err != nil {
		return err
	}
	return v.done("/links", "Đã thực hiện.")
}
