package web

import (
	"encoding/json"
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

// document is the OpenAPI 3.1 document of the operations, as JSON.
func document(ops []operation, version, publicURL string) ([]byte, error) {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
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
	problems := &huma.Response{Description: "từ chối, kèm lý do", Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: registry.Schema(reflect.TypeFor[Problem](), true, "Problem")}}}
	for _, op := range ops {
		doc.AddOperation(op.describe(registry, problems))
	}
	// What has another way to be said is not required.
	for name, fields := range map[string][]string{"Forward": {"units"}, "Urge": {"text"}} {
		optional(registry.Map()[name], fields)
	}
	return json.Marshal(doc)
}

func (op operation) describe(registry huma.Registry, problems *huma.Response) *huma.Operation {
	d := &huma.Operation{Method: op.method, Path: apiRoot + op.path, OperationID: op.id, Summary: op.summary, Tags: []string{op.tag},
		Description: "Vai trò: " + strings.Join(words(op.roles), ", "), Responses: map[string]*huma.Response{"default": problems}}
	for _, m := range pathParameter.FindAllStringSubmatch(op.path, -1) {
		d.Parameters = append(d.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
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
	done := &huma.Response{Description: http.StatusText(op.status)}
	if op.result != nil {
		done.Content = map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(op.result, true, op.id)}}
	}
	d.Responses[strconv.Itoa(op.status)] = done
	return d
}

var pathParameter = regexp.MustCompile(`\{([a-z]+)\}`)

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
