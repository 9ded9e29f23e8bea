package web

import (
	"reflect"

	"notify1022/escalation"
	"notify1022/templates"
)

// Catalogue is the texts in force; *templates.Set is one. It never changes.
type Catalogue interface {
	Lookup(key templates.Key) (templates.Template, bool)
	All() []templates.Template
	Render(key templates.Key, vars map[string]string, opt templates.Options) (templates.Rendered, error)
}

// CalendarInfo is a working calendar in force.
type CalendarInfo struct {
	Name           string `json:"name"`
	Version        string `json:"version"`
	AnnouncedUntil string `json:"announced_until" doc:"sau ngày này thời hạn là tạm tính"`
}

// TemplateView is a text in force.
type TemplateView struct {
	Key      string `json:"key"`
	Version  int    `json:"version"`
	Audience string `json:"audience"`
	Title    string `json:"title"`
	When     string `json:"when"`
	Text     string `json:"text"`
}

// PolicyView is the ladder in force.
type PolicyView struct {
	Policy  *escalation.Policy `json:"policy"`
	Expired bool               `json:"expired" doc:"không có quyết định nào đang bao trùm thời điểm này"`
}

func (a *api) catalogueOperations() []operation {
	return []operation{
		{method: "GET", path: "/templates", id: "list-templates", tag: "catalogue", summary: "Các mẫu tin đang dùng", rights: []Right{SeeTexts}, status: 200,
			result: reflect.TypeFor[Page[TemplateView]](), handle: a.listTemplates},
		{method: "GET", path: "/calendars", id: "list-calendars", tag: "catalogue", summary: "Lịch làm việc đang dùng", rights: []Right{Enter}, status: 200,
			result: reflect.TypeFor[Page[CalendarInfo]](), handle: a.listCalendars},
		{method: "GET", path: "/policies", id: "list-policies", tag: "catalogue", summary: "Quy tắc nhắc và chuyển cấp đang dùng", rights: []Right{Enter}, status: 200,
			result: reflect.TypeFor[Page[PolicyView]](), handle: a.listPolicies},
	}
}

func (a *api) listTemplates(*call) (answer, error) {
	page := Page[TemplateView]{Items: []TemplateView{}}
	for _, t := range a.Templates().All() {
		page.Items = append(page.Items, TemplateView{Key: string(t.Key), Version: t.Version, Audience: string(t.Audience), Title: t.Title, When: t.When, Text: t.Text})
	}
	return answer{body: page}, nil
}

func (a *api) listCalendars(*call) (answer, error) {
	return answer{body: Page[CalendarInfo]{Items: orEmpty(a.Calendars())}}, nil
}

func (a *api) listPolicies(c *call) (answer, error) {
	now, err := a.Now(c.Context())
	if err != nil {
		return answer{}, err
	}
	p := a.Policy()
	return answer{body: Page[PolicyView]{Items: []PolicyView{{Policy: p, Expired: p.Expired(now)}}}}, nil
}
