package web

import (
	"net/http"
	"reflect"
	"strings"
)

// referencePage is the API for people to read, made of the same operations.
type referencePage struct {
	frame
	Groups []referenceGroup
}

type referenceGroup struct {
	Name string
	Rows []referenceRow
}

type referenceRow struct {
	Method, Path, Summary, Fields, Roles string
}

func (a *api) showReference(ops []operation) http.Handler {
	page := referencePage{frame: a.frame("API")}
	for _, op := range ops {
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Name != op.tag {
			page.Groups = append(page.Groups, referenceGroup{Name: op.tag})
		}
		g := &page.Groups[len(page.Groups)-1]
		g.Rows = append(g.Rows, referenceRow{op.method, apiRoot + op.path, op.summary, bodyFields(op.body), strings.Join(words(op.roles()), ", ")})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.render(w, r, http.StatusOK, a.pages.reference, page) })
}

// bodyFields lists the JSON names of a body's fields.
func bodyFields(t reflect.Type) string {
	if t == nil || t.Kind() != reflect.Struct {
		return ""
	}
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
