package web

import (
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"notify1022/escalation"
)

// apiRoot is where the operations' paths begin.
const apiRoot = "/api/v1"

// describe is the OpenAPI 3.1 document of the operations and the public pages.
func describe(ops []operation, public []publicOperation, version, publicURL string) *huma.OpenAPI {
	registry := huma.NewMapRegistry(schemaRoot, huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[time.Time](), reflect.TypeFor[instantSchema]())
	registry.RegisterTypeAlias(reflect.TypeFor[escalation.UnitRef](), reflect.TypeFor[unitRefSchema]())
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "notify1022", Version: version,
			Description: "Tiếp nhận phản ánh, chuyển phiếu, nhắc và chuyển cấp của Tổng đài 1022 Hải Phòng."},
		Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
			"key": {Type: "http", Scheme: "bearer", Description: "khóa API: notify1022 apikey create"}}},
		Security: []map[string][]string{{"key": {}}},
	}
	if publicURL != "" {
		doc.Servers = []*huma.Server{{URL: publicURL}}
	}
	problems := registry.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, op := range ops {
		doc.AddOperation(op.describe(registry, problems))
	}
	for _, op := range public {
		doc.AddOperation(op.describe())
	}
	// What has another way to be said is not required.
	for name, fields := range map[string][]string{"Forward": {"units"}, "Urge": {"text"}} {
		optional(registry.Map()[name], fields)
	}
	enumerate(registry.Map())
	examples(doc)
	return doc
}

func (op operation) describe(registry huma.Registry, problems *huma.Schema) *huma.Operation {
	d := &huma.Operation{Method: op.method, Path: apiRoot + op.path, OperationID: op.id, Summary: op.summary, Tags: []string{op.tag},
		Description: "Vai trò: " + strings.Join(words(op.roles()), ", "), Parameters: pathParameters(op.path), Responses: op.refusals(problems)}
	for _, p := range op.query {
		s := &huma.Schema{Type: p.kind}
		for _, v := range p.values {
			s.Enum = append(s.Enum, v)
		}
		d.Parameters = append(d.Parameters, &huma.Param{Name: p.name, In: "query", Description: p.doc, Schema: s})
	}
	if op.method == http.MethodPost {
		d.Parameters = append(d.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "giữ 24 giờ: gửi lại cùng nội dung nhận lại câu trả lời cũ"})
	}
	if op.ifMatch {
		d.Parameters = append(d.Parameters, &huma.Param{Name: "If-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "ETag đã đọc; đã có thay đổi khác thì 409"})
	}
	if op.body != nil {
		d.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: registry.Schema(op.body, true, op.id)}}}
	}
	done := &huma.Response{Description: http.StatusText(op.status), Headers: op.headersOf()}
	if op.result != nil {
		done.Content = map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(op.result, true, op.id)}}
	}
	for _, kind := range op.files {
		done.Content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "tệp"}}
	}
	d.Responses[strconv.Itoa(op.status)] = done
	return d
}

// answerHeaders are the headers that answers have besides those of every answer.
var answerHeaders = map[string]string{
	"ETag":                 "phiên bản của phản ánh, để gửi lại trong If-Match",
	"Location":             "địa chỉ của cái vừa tạo",
	"Idempotency-Replayed": "true: câu trả lời của yêu cầu trước cùng Idempotency-Key",
	"Content-Disposition":  "tên tệp khi tải về",
	"Retry-After":          "số giây nên chờ trước khi gửi lại",
}

func headers(names ...string) map[string]*huma.Header {
	list := map[string]*huma.Header{}
	for _, name := range names {
		kind := huma.TypeString
		if name == "Retry-After" {
			kind = huma.TypeInteger
		}
		list[name] = &huma.Header{Description: answerHeaders[name], Schema: &huma.Schema{Type: kind}}
	}
	return list
}

// headersOf are the headers of the operation's success.
func (op operation) headersOf() map[string]*huma.Header {
	var names []string
	if t := op.result; t == reflect.TypeFor[PetitionView]() || t == reflect.TypeFor[Accepted]() {
		names = append(names, "ETag")
	}
	if op.status == http.StatusCreated && !op.nameless {
		names = append(names, "Location")
	}
	if op.method == http.MethodPost {
		names = append(names, "Idempotency-Replayed")
	}
	if op.files != nil {
		names = append(names, "Content-Disposition")
	}
	return headers(names...)
}

// refusals are the problems that the operation may answer with.
func (op operation) refusals(problems *huma.Schema) map[string]*huma.Response {
	why := map[int]string{
		http.StatusUnauthorized: "không có khóa API đúng", http.StatusForbidden: "vai trò hoặc đơn vị của khóa không được làm việc này",
		http.StatusInternalServerError: "hệ thống gặp sự cố", http.StatusServiceUnavailable: "cơ sở dữ liệu đang gián đoạn",
		http.StatusUnprocessableEntity: "dữ liệu chưa đúng, errors nêu từng trường", http.StatusBadRequest: "không đọc được tham số hoặc nội dung",
	}
	if strings.Contains(op.path, "{") {
		why[http.StatusNotFound] = "không tìm thấy"
	}
	if op.method != http.MethodGet {
		why[http.StatusConflict] = "trạng thái không cho phép, If-Match cũ, hoặc Idempotency-Key đang hay đã dùng"
		why[http.StatusRequestEntityTooLarge] = "nội dung quá 1 MiB"
	}
	list := map[string]*huma.Response{}
	for status, words := range why {
		r := &huma.Response{Description: words, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problems}}}
		if status == http.StatusConflict || status == http.StatusServiceUnavailable {
			r.Headers = headers("Retry-After")
		}
		list[strconv.Itoa(status)] = r
	}
	return list
}

var pathParameter = regexp.MustCompile(`\{([a-z]+)\}`)

// pathParameters are those of a path; an id is a number.
func pathParameters(path string) []*huma.Param {
	var list []*huma.Param
	for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
		s := &huma.Schema{Type: huma.TypeString}
		if m[1] == "id" {
			s = &huma.Schema{Type: huma.TypeInteger, Format: "int64"}
		}
		list = append(list, &huma.Param{Name: m[1], In: "path", Required: true, Schema: s})
	}
	return list
}

// optional takes fields out of a schema's required ones.
func optional(s *huma.Schema, fields []string) {
	for _, f := range fields {
		for i, r := range s.Required {
			if r == f {
				s.Required = append(s.Required[:i:i], s.Required[i+1:]...)
				break
			}
		}
	}
}

// instantSchema is how a time is shown in the document.
type instantSchema struct{}

// Schema implements huma.SchemaProvider.
func (instantSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time",
		Description: "RFC 3339; khi gửi cũng nhận 2026-03-13T16:50 (giờ Việt Nam)", Examples: []any{"2026-03-13T16:50:00+07:00"}}
}

// unitRefSchema: a unit is named by its code alone, or with its part.
type unitRefSchema struct{}

// Schema implements huma.SchemaProvider.
func (unitRefSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{
		{Type: huma.TypeString, Description: "mã đơn vị; đơn vị đầu chủ trì, các đơn vị sau phối hợp"},
		{Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"code"}, Properties: map[string]*huma.Schema{
			"code": {Type: huma.TypeString}, "role": {Type: huma.TypeString, Enum: []any{"lead", "cooperate"}}}},
	}}
}
