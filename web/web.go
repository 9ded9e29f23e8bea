package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"notify1022/escalation"
)

// Config is what the door stands on. Desk to Idempotency and Templates, Policy,
// Redact are needed; the rest has a default.
type Config struct {
	Desk        Desk
	Petitions   Petitions
	Directory   Directory
	Outbox      Outbox
	Sendings    Sendings
	Looks       Looks
	Tasks       Tasks
	Keys        Keys
	Idempotency Idempotency

	Templates func() Catalogue          // texts in force
	Policy    func() *escalation.Policy // ladder in force
	Calendars func() []CalendarInfo     // the city's first, then those of units; nil: none
	Numbering escalation.Numbering
	// Redact is the redactor of slips and texts (templates.Summary).
	Redact func(content string, own ...string) string
	// Offices is the directory as it was last read, by which an office's number in a
	// citizen's words is known; nil, or giving nil: none is.
	Offices func() *escalation.Directory
	// Now is the domain's time; nil: the machine's.
	Now func(context.Context) (time.Time, error)
	// Clock is the machine's time, for rate limits; nil: time.Now.
	Clock func() time.Time
	// Hint is called after each successful change, so that workers look now. It
	// must not block; nil: nobody does.
	Hint func()

	Groups      Groups       // saved groups of people; nil: none
	Preferences Preferences  // nil: the citizen's page offers no choice of texts
	Lookups     Lookups      // nil: no /tra-cuu
	Published   Published    // nil: no /cong-khai
	Attachments Attachments  // nil: files are not taken
	Recordings  Recordings   // nil: units hear none
	Webhooks    Webhooks     // nil: no /webhooks
	Reports     Reports      // nil: no /reports
	ReportLinks ReportLinks  // nil: no /b/
	Console     http.Handler // everything under /console; nil: none
	Passcodes   Passcodes    // nil: no codes are sent, so nothing confidential opens
	// OpenLinks: links of slips and reports open on any device, without a code. What is
	// confidential never does.
	OpenLinks bool
	Mails     bool // emails are sent: a code to who has no mobile phone too
	// PublishFrom is when the units' counts begin to be shown on /cong-khai; zero: never.
	PublishFrom time.Time

	Subscriptions Subscriptions // of leaders to reports; nil: no /contacts/{id}/reports

	PublicURL string // https://1022.haiphong.gov.vn, without a slash at the end
	Support   string // phone shown to citizens and officers
	Version   string // of the program, in the OpenAPI document

	Ready   []Check      // what /readyz asks
	Metrics http.Handler // /metrics; nil: not served

	// TrustedProxies may name the client in X-Forwarded-For; nil: loopback.
	TrustedProxies []netip.Prefix
	// TokenRate and TokenBurst limit the public pages per address, and once more their
	// pictures: requests a second, and at once; 0: 5 and 300, for a mobile network may have
	// thousands of citizens behind one address. A miss costs fifty.
	TokenRate, TokenBurst float64

	Log *slog.Logger // nil: nobody hears
}

// api is the configured door.
type api struct {
	Config
	tokens *limiter
	files  *limiter // pictures of pages
	shown  cleanFiles
	pages  *pages
}

// maxAddresses bounds the memory of the rate limit: some 100 bytes each.
const maxAddresses = 20_000

// New returns the handler of everything the door serves. It is safe for
// concurrent use and keeps nothing but rate limits. An error names what the
// configuration lacks.
func New(config Config) (http.Handler, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	pages, err := newPages()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	a := &api{Config: config, tokens: newLimiter(config.TokenRate, config.TokenBurst, maxAddresses), pages: pages,
		files: newLimiter(config.TokenRate, config.TokenBurst, maxAddresses)}
	ops := a.operations()
	mux := http.NewServeMux()
	if err := a.routeAPI(mux, ops, describe(ops, a.publicOperations(), config.Version, config.PublicURL)); err != nil {
		return nil, fmt.Errorf("web: OpenAPI document: %w", err)
	}
	a.routePublic(mux)
	a.routeProbes(mux)
	if config.Console != nil {
		mux.Handle("/console", config.Console)
		mux.Handle("/console/", config.Console)
	}
	return compressed(a.guard(a.orFront(mux)))
}

func (c *Config) complete() error {
	missing := []string{}
	for name, absent := range map[string]bool{
		"Desk": c.Desk == nil, "Petitions": c.Petitions == nil, "Directory": c.Directory == nil, "Outbox": c.Outbox == nil, "Sendings": c.Sendings == nil, "Looks": c.Looks == nil,
		"Tasks": c.Tasks == nil, "Keys": c.Keys == nil, "Idempotency": c.Idempotency == nil, "Templates": c.Templates == nil,
		"Policy": c.Policy == nil, "Redact": c.Redact == nil,
	} {
		if absent {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return errors.New("web: the configuration lacks " + strings.Join(missing, ", "))
	}
	c.defaults()
	return nil
}

func (c *Config) defaults() {
	if c.Calendars == nil {
		c.Calendars = func() []CalendarInfo { return nil }
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Now == nil {
		c.Now = func(context.Context) (time.Time, error) { return time.Now(), nil }
	}
	if c.Hint == nil {
		c.Hint = func() {}
	}
	if c.TrustedProxies == nil {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	if c.TokenRate <= 0 {
		c.TokenRate = 5
	}
	if c.TokenBurst <= 0 {
		c.TokenBurst = 300
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
}

func (a *api) operations() []operation {
	var ops []operation
	for _, group := range [][]operation{
		a.petitionOperations(), a.messageOperations(), a.taskOperations(), a.unitOperations(), a.contactOperations(),
		a.delegationOperations(), a.catalogueOperations(), a.webhookOperations(), a.reportOperations(), a.subscriptionOperations(),
	} {
		ops = append(ops, group...)
	}
	return ops
}

// router takes the handlers of patterns, as *http.ServeMux does.
type router interface {
	Handle(pattern string, handler http.Handler)
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
}

// routeAPI serves the operations; a known path with another method is 405, an
// unknown path below /api/ is 404, both as a problem.
func (a *api) routeAPI(mux router, ops []operation, doc *huma.OpenAPI) error {
	openAPI, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	allowed := map[string][]string{}
	for _, op := range ops {
		mux.Handle(op.method+" "+apiRoot+op.path, a.serve(op))
		allowed[op.path] = append(allowed[op.path], op.method)
	}
	for path, methods := range allowed {
		mux.HandleFunc(apiRoot+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			problem(http.StatusMethodNotAllowed, "đường dẫn này không nhận phương thức đã gửi").write(w)
		})
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		problem(http.StatusNotFound, "không có đường dẫn này").write(w)
	})
	mux.Handle("GET /api/docs", a.showReference(ops, doc))
	mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(openAPI)
	})
	return nil
}
