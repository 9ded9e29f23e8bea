package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
)

// hostile are values that no field expects.
var hostile = []string{`null`, `true`, `-1`, `1e400`, `9223372036854775808`, `""`, `"\u0000"`, `"\ud800"`, `"2026-13-45T99:99"`, `"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59+14:00"`, `[]`, `[null]`, `[[[[[[]]]]]]`, `{}`,
	`{"code":null}`, `"' OR 1=1 --"`, `"<script>"`, `"` + strings.Repeat("ư", 3000) + `"`, `"HP261123-0001"`, `"SXD"`, `[{"code":"SXD","role":"lead"}]`, `{"name":"A","phone":"0570000501"}`, `5`, `"phone"`}

// fields are names that bodies have.
var fields = []string{"channel", "kind", "citizen", "content", "unit", "units", "text", "reason", "at", "due", "until", "score", "into", "contact", "missing", "guidance", "to", "template", "vars", "name", "phone", "role", "code",
	"url", "events", "since", "outcome", "leader", "document", "email", "order", "fields", "areas", "from", "delegate", "received_at", "exclude", "urgent", "__proto__"}

// randomBody is a body of some depth by chance.
func randomBody(r *rand.Rand, depth int) string {
	switch n := r.IntN(10); {
	case n == 0:
		return strings.Repeat(`{"a":`, r.IntN(200)) // cut off
	case n == 1:
		return hostile[r.IntN(len(hostile))]
	}
	var b strings.Builder
	b.WriteString("{")
	for i := range r.IntN(6) {
		if i > 0 {
			b.WriteString(",")
		}
		value := hostile[r.IntN(len(hostile))]
		if depth > 0 && r.IntN(4) == 0 {
			value = randomBody(r, depth-1)
		}
		fmt.Fprintf(&b, "%q:%s", fields[r.IntN(len(fields))], value)
	}
	b.WriteString("}")
	return b.String()
}

func TestNoBodyIsAnsweredWithAFailureInside(t *testing.T) {
	var config Config
	h := newHouse(t, wholeDoor, func(c *Config) { config = *c })
	p := h.accept(`"unit":"SXD"`)
	r := rand.New(rand.NewPCG(1022, 5))
	ops := (&api{Config: config}).operations()
	for _, id := range []string{"add-webhook", "replay-webhook", "get-report", "save-contact-reports"} {
		if !slices.ContainsFunc(ops, func(op operation) bool { return op.id == id }) {
			t.Fatalf("%s is not among the operations", id)
		}
	}
	done := map[string]bool{}
	for n := range 40 * len(ops) {
		op := ops[n%len(ops)]
		path := strings.NewReplacer("{code}", []string{p.Code, "SXD", "HP261123-9999"}[r.IntN(3)], "{id}", fmt.Sprint(r.IntN(9))).Replace(op.path)
		if strings.HasPrefix(path, "/petitions") && op.method == "GET" && r.IntN(2) == 0 {
			path += "?q=" + strings.Repeat("%25", r.IntN(5)) + "&limit=" + fmt.Sprint(r.IntN(300)-50)
		}
		if op.id == "get-report" {
			path += "?period=" + []string{"2026-11", "%00", "2026-W99", "..", strings.Repeat("9", 300)}[r.IntN(5)] + "&unit=" + []string{"", "SXD", "MTDT", "%C6%AF"}[r.IntN(4)] +
				"&format=" + []string{"", "json", "csv", "xlsx", "html", "table", "exe"}[r.IntN(7)]
		}
		body := randomBody(r, 3)
		role := []string{"administrator", "operator", "shift_lead", "office", "officer", "head"}[r.IntN(6)]
		res := h.api(role, op.method, path, body)
		if done[role] = done[role] || res.StatusCode < 400; res.StatusCode < 300 {
			done[op.id] = true
		}
		if res.StatusCode >= 500 {
			t.Fatalf("%s %s with %.500s: %d %s\n%s", op.method, path, body, res.StatusCode, res.body, h.log)
		}
	}
	for _, reached := range []string{"administrator", "operator", "shift_lead", "office", "officer", "head", "get-report", "get-contact-reports", "disable-webhook"} {
		if !done[reached] {
			t.Errorf("nothing of %s came through to its end", reached)
		}
	}
}

// wholeDoor configures everything that the API may have.
func wholeDoor(c *Config) {
	c.Webhooks, c.Reports, c.Attachments = &receivers{}, reportsByName{}, &shelf{room: MaxAttachments}
	c.Lookups, c.Preferences = tries{}, wishes{}
	c.ReportLinks, c.Subscriptions = november{}, choices{}
}

// november is one report, sent to one leader.
type november struct{}

const reportToken = "november26"

func (november) ReportLink(_ context.Context, token string) (ReportLink, error) {
	if token != reportToken {
		return ReportLink{}, noSuch("báo cáo")
	}
	return ReportLink{Token: token, Period: "2026-11", Reader: escalation.Contact{ID: 9, Role: escalation.CityLeader, Name: "Bùi Thị Chỉ", Phone: "+84570000909"}}, nil
}

func (november) ReportPage(context.Context, ReportLink) (string, template.HTML, error) {
	return "Báo cáo tháng 11/2026", "<p>1.234 phản ánh</p>", nil
}

func (november) ReportStyle() string { return "p{margin:0}" }

// choices are the leaders' choices of reports.
type choices map[int64]escalation.Subscription

func (c choices) Subscriptions(context.Context) (map[int64]escalation.Subscription, error) {
	return c, nil
}

func (c choices) Subscribe(_ context.Context, s escalation.Subscription, _ escalation.Actor) error {
	c[s.Contact] = s
	return nil
}

// bare is a shelf from which nothing can be had.
type bare struct{ *shelf }

func (bare) Open(context.Context, int64) (Attachment, io.ReadSeekCloser, error) {
	return Attachment{}, nil, noSuch("tệp")
}

func (bare) OpenPublic(context.Context, int64) (Attachment, io.ReadSeekCloser, error) {
	return Attachment{}, nil, noSuch("tệp")
}

// typedBadly are values that no field of a form expects.
var typedBadly = []string{"", " ", "\x00", "a\x0bb", "\xff\xfe", "-1", "999999999999999999999", "2026-13-45", "0001-01-01T00:00", "<script>", "' OR 1=1 --", "HP261123-0001", "citizen", "1", "5", strings.Repeat("ư", 3000), strings.Repeat("9", 70_000)}

func TestNoFormIsAnsweredWithAFailureInside(t *testing.T) {
	var config Config
	h := newHouse(t, wholeDoor, func(c *Config) {
		c.Published, c.Attachments, c.TokenBurst, config = nobodysAnswers{}, bare{&shelf{room: MaxAttachments}}, 1<<20, *c
	})
	p := h.accept(`"unit":"SXD"`)
	r := rand.New(rand.NewPCG(1022, 6))
	ops := (&api{Config: config}).publicOperations()
	reached := map[int]bool{}
	for n := range 60 * len(ops) {
		op := ops[n%len(ops)]
		token := map[byte]string{'t': p.Token, 'p': p.Slips[0].Token, 'b': reportToken}[(op.path + " ")[1]]
		if r.IntN(5) == 0 {
			token = "khongcodau"
		}
		path := strings.NewReplacer("{token}", token, "{id}", fmt.Sprint(r.IntN(9)), "{act}", append(op.acts, "x")[r.IntN(len(op.acts)+1)]).Replace(op.path)
		var typed []string
		for _, f := range op.fields {
			typed = append(typed, strings.TrimSuffix(f, "*"), typedBadly[r.IntN(len(typedBadly))])
		}
		res := h.get(path)
		if op.method == "POST" {
			res = h.post(path, typed...)
		}
		reached[res.StatusCode] = true
		if res.StatusCode >= 500 {
			t.Fatalf("%s %s with %.500q: %d %s\n%s", op.method, path, typed, res.StatusCode, res.body, h.log)
		}
	}
	for _, status := range []int{200, 303, 404, 413, 422} {
		if !reached[status] {
			t.Errorf("nothing was answered with %d", status)
		}
	}
}

// reportsByName are reports of periods that are written like months, in each format.
type reportsByName struct{}

func (reportsByName) Report(_ context.Context, asked ReportAsked) (ReportFile, error) {
	period, unit, format := asked.Period, asked.Unit, asked.Format
	if len(period) != len("2026-11") {
		return ReportFile{}, &escalation.Problem{Kind: escalation.Invalid, Field: "period", Detail: "kỳ báo cáo chưa đúng"}
	}
	switch format {
	case "json":
		body, err := json.Marshal(map[string]string{"period": period, "unit": unit})
		return ReportFile{Type: "application/json; charset=utf-8", Body: body}, err
	case "csv":
		return ReportFile{Name: "bao-cao.csv", Type: "text/csv; charset=utf-8", Body: []byte(period)}, nil
	case "xlsx":
		return ReportFile{Name: "bao-cao.xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Body: []byte("PK")}, nil
	case "html":
		return ReportFile{Type: "text/html; charset=utf-8", Body: []byte(period)}, nil
	}
	return ReportFile{Type: "text/plain; charset=utf-8", Body: []byte(period)}, nil
}
