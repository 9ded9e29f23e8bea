package web

import (
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// examples gives each body of the document an example, made of its schema: what is required,
// and what else is commonly said.
func examples(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas.Map()
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			if media := op.RequestBody.Content["application/json"]; media != nil {
				media.Example = example(schemas, media.Schema, op.OperationID, "", 0)
			}
		}
	}
}

// sampleWords are values of fields by their names, so that an example reads like a request.
var sampleWords = map[string]any{
	"name": "Nguyễn Văn Mẫu", "phone": "0912345678", "email": "mau@example.vn", "address": "12 Lạch Tray", "content": "Đèn đường ngõ 72 Lạch Tray tắt 4 tối nay",
	"field": "chiếu sáng", "area": "P Gia Viên", "unit": "SXD", "units": []any{"SXD"}, "code": "SXD", "sms_name": "Sở Xây dựng", "template": "T1", "into": "HP261123-0001",
	"text": "Đã thay bóng đèn ngõ 72", "reason": "không thuộc thẩm quyền", "guidance": "Mời Ông/Bà liên hệ Ban Tiếp công dân thành phố", "missing": "địa điểm cụ thể", "outcome": "đã nghe máy",
	"to": "0912345678", "leader": "Phó Chủ tịch UBND thành phố", "url": "https://example.vn/su-kien", "at": "2026-11-25T10:00:00+07:00", "days": 3, "day": 2, "contact": 1, "order": 1,
	"document_no": "77/VP-TCD", "document_date": "2026-11-25", "note": "gọi trước khi đến", "vars": map[string]any{"ma": "HP261123-0001", "noi_dung": "họp giao ban lúc 8h", "lp": "1022.haiphong.gov.vn"},
}

// saidToo are fields that an example has although they are not required.
var saidToo = map[string][]string{
	"accept": {"unit", "field", "area", "phone"}, "forward": {"units", "note"}, "send-message": {"vars", "phone"}, "add-unit": {"code"}, "add-contact": {"unit", "phone"},
	"save-contact": {"unit", "phone"}, "set-delegation": {"from"}, "add-webhook": {"events"}, "replay-webhook": {"since"}, "progress": {"text"}, "supplement": {"text"}, "urge": {"text"},
}

// deepest bounds an example of a schema that has itself inside.
const deepest = 6

func example(schemas map[string]*huma.Schema, s *huma.Schema, operation, field string, depth int) any {
	if name := refName(s); name != "" {
		s = schemas[name]
	}
	fixed, named := sampleWords[field]
	switch {
	case depth > deepest || s == nil:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0:
		return example(schemas, s.AnyOf[0], operation, "code", depth+1)
	}
	switch s.Type {
	case huma.TypeArray:
		if list, ok := fixed.([]any); ok {
			return list
		}
		return []any{example(schemas, s.Items, operation, field, depth+1)}
	case huma.TypeObject:
		if table, ok := fixed.(map[string]any); ok {
			return table
		}
		object := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if slices.Contains(s.Required, name) || slices.Contains(saidToo[operation], name) {
				object[name] = example(schemas, s.Properties[name], operation, name, depth+1)
			}
		}
		return object
	case huma.TypeInteger:
		if n, ok := fixed.(int); ok {
			return n
		}
		return 1
	case huma.TypeBoolean:
		return false
	}
	if text, ok := fixed.(string); ok && named {
		return text
	}
	return "…"
}

// refName is the name of the schema that a schema refers to; empty: it is said in place.
func refName(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return strings.TrimPrefix(s.Ref, schemaRoot)
}

const schemaRoot = "#/components/schemas/"
