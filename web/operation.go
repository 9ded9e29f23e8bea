package web

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"notify1022/escalation"
)

// operation is one method on one path: how it is served and how the OpenAPI
// document shows it.
type operation struct {
	method  string
	path    string // below /api/v1, {code} for parameters
	id      string // operationId
	tag     string
	summary string  // Vietnamese
	rights  []Right // any of them opens it
	query   []parameter
	body    reflect.Type // nil: none
	// held is what a PUT's body begins with, a pointer to its type: what stands there now, so
	// that what the body does not name stays; nil: nothing.
	held    func(*call) (any, error)
	result  reflect.Type // nil: none
	status  int          // of success
	ifMatch bool
	files   []string // media types that it answers with besides JSON
	// nameless: what it creates has no address of its own
	nameless bool
	handle   func(*call) (answer, error)
	// again answers for what an earlier request of the same Idempotency-Key has done,
	// whose answer is lost; nil: it is said that it is done.
	again func(*call, Answered) (answer, error)
}

// roles are who may use the operation.
func (op operation) roles() []escalation.Role { return rolesWith(op.rights...) }

// parameter is one of the query.
type parameter struct {
	name, doc string
	kind      string // string, integer, boolean
	values    []string
}

// call is one request to an operation.
type call struct {
	*http.Request
	who   caller
	body  any // pointer to the operation's body type, decoded
	query url.Values
}

// answer is what an operation gives back.
type answer struct {
	body     any
	version  int64  // ETag; 0: none
	location string // Location; empty: none
	changed  bool   // the workers are woken
	file     *ReportFile
}

// with makes a handler of a function that takes the decoded body.
func with[T any](fn func(*call, *T) (answer, error)) (reflect.Type, func(*call) (answer, error)) {
	return reflect.TypeFor[T](), func(c *call) (answer, error) { return fn(c, c.body.(*T)) }
}

// serve carries one operation's requests through the steps of doc.go.
func (a *api) serve(op operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.request(op, w, r); err != nil {
			a.refuse(w, r, op.id, err)
		}
	})
}

func (a *api) request(op operation, w http.ResponseWriter, r *http.Request) error {
	who, err := a.authenticate(r)
	if err != nil {
		return err
	}
	noteCaller(r, who.Name)
	if !slices.Contains(op.roles(), who.Role) {
		return problem(http.StatusForbidden, "vai trò của khóa này không được dùng chức năng này")
	}
	query, err := op.parse(r)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r)
	if err != nil {
		return err
	}
	c := &call{Request: r, who: who, query: query}
	if key := r.Header.Get("Idempotency-Key"); key != "" && op.method == http.MethodPost {
		return a.once(op, c, w, key, raw)
	}
	reply, err := a.act(op, c, raw)
	if err != nil {
		return err
	}
	reply.write(w)
	return nil
}

// act decodes, carries out and encodes.
func (a *api) act(op operation, c *call, raw []byte) (reply, error) {
	if err := op.read(c, raw); err != nil {
		return reply{}, err
	}
	done, err := op.handle(c)
	if err != nil {
		return reply{}, err
	}
	if done.changed {
		a.Hint()
	}
	return encode(op.status, done)
}

// read decodes the body.
func (op operation) read(c *call, raw []byte) error {
	if op.body == nil {
		return nil
	}
	c.body = reflect.New(op.body).Interface()
	if op.held != nil {
		var err error
		if c.body, err = op.held(c); err != nil {
			return err
		}
	}
	return decode(raw, c.body)
}

// reply is an encoded answer, fit to be kept.
type reply struct {
	Status   int             `json:"status"`
	ETag     string          `json:"etag,omitempty"`
	Location string          `json:"location,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"`
	file     *ReportFile     // instead of Body; never kept
}

func encode(status int, done answer) (reply, error) {
	out := reply{Status: status, Location: done.location, file: done.file}
	if done.version != 0 {
		out.ETag = etag(done.version)
	}
	if done.body == nil {
		return out, nil
	}
	body, err := json.Marshal(done.body)
	out.Body = body
	return out, err
}

func (o reply) write(w http.ResponseWriter) {
	if o.file != nil {
		o.file.Serve(w)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if o.ETag != "" {
		h.Set("ETag", o.ETag)
	}
	if o.Location != "" {
		h.Set("Location", o.Location)
	}
	if o.Body != nil {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(o.Status)
	w.Write(o.Body)
}

// refuse answers an error: a problem as it is, a database that is away as 503,
// anything else as 500; the cause of both is in the log alone.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, what string, err error) {
	p := problemOf(err)
	if p == nil || Away(err) {
		a.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("operation", what), slog.String("error", err.Error()))
	}
	if p == nil {
		p = problem(http.StatusInternalServerError, "hệ thống đang gặp sự cố, hãy thử lại sau")
	}
	p.write(w)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, problem(http.StatusRequestEntityTooLarge, "nội dung gửi lên quá lớn (tối đa 1 MiB)")
	case err != nil:
		return nil, problem(http.StatusBadRequest, "không đọc được nội dung gửi lên")
	}
	return raw, nil
}

// parse checks the query: a mistyped name must not silently list everything.
func (op operation) parse(r *http.Request) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, problem(http.StatusBadRequest, "tham số trên đường dẫn không đúng cú pháp")
	}
	var faults []Fault
	for name, values := range query {
		i := slices.IndexFunc(op.query, func(p parameter) bool { return p.name == name })
		switch {
		case i < 0:
			faults = append(faults, Fault{"query." + shown(name), "không có tham số này"})
		case len(values) > 1:
			faults = append(faults, Fault{"query." + name, "tham số được nêu nhiều lần"})
		default:
			if message := op.query[i].check(values[0]); message != "" {
				faults = append(faults, Fault{"query." + name, message})
			}
		}
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(x, y Fault) int { return compare(x.Location, y.Location) })
		return nil, unprocessable(faults[:min(len(faults), maxFaults)]...)
	}
	return query, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// check tells what is wrong with a parameter's value; empty: nothing. An empty
// value stands for none.
func (p parameter) check(value string) string {
	const longest = 200
	switch {
	case value == "":
		return ""
	case utf8.RuneCountInString(value) > longest || !writable(value):
		return "quá dài hoặc có ký tự không được phép"
	case p.kind == "integer":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return "phải là số nguyên"
		}
	case p.kind == "boolean":
		if value != "true" && value != "false" {
			return "phải là true hoặc false"
		}
	case p.values != nil:
		if !slices.Contains(p.values, value) {
			return "giá trị không có trong danh sách cho phép"
		}
	}
	return ""
}

// Pages of a list.
const (
	defaultLimit = 50
	maxLimit     = 200
)

var paging = []parameter{
	{name: "cursor", doc: "next_cursor của trang trước", kind: "string"},
	{name: "limit", doc: "số mục mỗi trang, 1 đến 200, mặc định 50", kind: "integer"},
}

func paged(own ...parameter) []parameter { return append(own, paging...) }

// limit is the length of a page that the request asks for.
func (c *call) limit() (int, error) {
	given := c.query.Get("limit")
	if given == "" {
		return defaultLimit, nil
	}
	n, _ := strconv.Atoi(given)
	if n < 1 || n > maxLimit {
		return 0, wrongField("query.limit", "phải từ 1 đến %d", maxLimit)
	}
	return n, nil
}

// flag reads a boolean parameter; nil: not given.
func (c *call) flag(name string) *bool {
	given := c.query.Get(name)
	if given == "" {
		return nil
	}
	b := given == "true"
	return &b
}

// Page is one page of a list.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor" doc:"trống: hết danh sách"`
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch reads the version that the client saw; 0: it did not say, or any.
func ifMatch(r *http.Request) (int64, error) {
	given := r.Header.Get("If-Match")
	if given == "" || given == "*" {
		return 0, nil
	}
	digits := given
	if unquoted, err := strconv.Unquote(given); err == nil {
		digits = unquoted
	}
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || version < 1 {
		return 0, wrongField("header.If-Match", `phải là ETag đã nhận, ví dụ "3"`)
	}
	return version, nil
}
