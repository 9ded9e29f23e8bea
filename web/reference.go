package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// referencePage is the API for people to read, made of the document that programs read.
type referencePage struct {
	frame
	Groups  []referenceGroup
	Schemas []referenceSchema
}

type referenceGroup struct {
	Name       string
	Operations []referenceOperation
}

type referenceOperation struct {
	ID, Method, Path, Summary, Roles string
	Parameters, Fields               []referenceField
	Body, Example                    string // name of the body's schema, and a request
	Answers                          []referenceAnswer
}

// referenceField is a parameter, or a field of a body.
type referenceField struct {
	Name, In, Type, Schema, Doc string
	Required                    bool
	Values                      []string
}

type referenceAnswer struct {
	Status, Doc, Type, Schema, Headers string
}

type referenceSchema struct {
	Name   string
	Fields []referenceField
}

func (a *api) showReference(ops []operation, doc *huma.OpenAPI) http.Handler {
	page := referencePage{frame: a.frame("API")}
	for _, op := range ops {
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Name != op.tag {
			page.Groups = append(page.Groups, referenceGroup{Name: op.tag})
		}
		g := &page.Groups[len(page.Groups)-1]
		g.Operations = append(g.Operations, referenceOf(op, doc))
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		page.Schemas = append(page.Schemas, referenceSchema{name, fieldsIn(schemas[name])})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.render(w, r, http.StatusOK, a.pages.reference, page) })
}

// referenceOf is an operation as the document describes it.
func referenceOf(op operation, doc *huma.OpenAPI) referenceOperation {
	told := methodOf(doc.Paths[apiRoot+op.path], op.method)
	out := referenceOperation{ID: told.OperationID, Method: op.method, Path: apiRoot + op.path, Summary: told.Summary, Roles: strings.Join(words(op.roles()), ", ")}
	for _, p := range told.Parameters {
		f := fieldOf(p.Name, p.Schema, p.Required)
		f.In, f.Doc = p.In, p.Description
		out.Parameters = append(out.Parameters, f)
	}
	if told.RequestBody != nil {
		media := told.RequestBody.Content["application/json"]
		out.Body, out.Example = refName(media.Schema), indented(media.Example)
		out.Fields = fieldsIn(doc.Components.Schemas.Map()[out.Body])
	}
	for _, status := range slices.Sorted(maps.Keys(told.Responses)) {
		r := told.Responses[status]
		answer := referenceAnswer{Status: status, Doc: r.Description, Headers: strings.Join(slices.Sorted(maps.Keys(r.Headers)), ", ")}
		kinds := slices.Sorted(maps.Keys(r.Content))
		if answer.Type = strings.Join(kinds, ", "); len(kinds) > 0 {
			answer.Schema = refName(r.Content[kinds[0]].Schema)
		}
		out.Answers = append(out.Answers, answer)
	}
	return out
}

func methodOf(item *huma.PathItem, method string) *huma.Operation {
	return map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete}[method]
}

// fieldsIn are the fields of an object, what is required first.
func fieldsIn(s *huma.Schema) (list []referenceField) {
	if s == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		list = append(list, fieldOf(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	slices.SortStableFunc(list, func(a, b referenceField) int {
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return list
}

func fieldOf(name string, s *huma.Schema, required bool) referenceField {
	f := referenceField{Name: name, Required: required, Doc: s.Description}
	f.Type, f.Schema = typeWords(s)
	for _, v := range append(slices.Clone(s.Enum), itemsOf(s).Enum...) {
		f.Values = append(f.Values, fmt.Sprint(v))
	}
	return f
}

// itemsOf is what a list holds; of what is none an empty schema.
func itemsOf(s *huma.Schema) *huma.Schema {
	if s.Items == nil {
		return &huma.Schema{}
	}
	return s.Items
}

// typeWords says what a schema is, and which one it refers to.
func typeWords(s *huma.Schema) (text, schema string) {
	switch {
	case s.Ref != "":
		return "", refName(s)
	case len(s.AnyOf) > 0:
		var each []string
		for _, one := range s.AnyOf {
			word, _ := typeWords(one)
			each = append(each, word)
		}
		return strings.Join(each, " hoặc "), ""
	case s.Type == huma.TypeArray:
		text, schema = typeWords(s.Items)
		return strings.TrimSpace("danh sách " + text), schema
	}
	text = map[string]string{huma.TypeString: "chữ", huma.TypeInteger: "số nguyên", huma.TypeNumber: "số", huma.TypeBoolean: "true/false", huma.TypeObject: "đối tượng"}[s.Type]
	if s.Format == "date-time" {
		text = "thời điểm (RFC 3339)"
	}
	if s.Nullable {
		text += ", hoặc null"
	}
	return text, ""
}

// indented is a value as JSON that people read.
func indented(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}
