package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// maxBody is the largest request body: a petition of the greatest length, JSON
// escapes included, fits many times.
const maxBody = 1 << 20

// maxFaults is how many faults one answer names.
const maxFaults = 20

// decode reads one JSON object into the struct that into points at, strictly:
// an unknown field, a value of the wrong type and a character that no text may
// hold are faults. An empty body is an empty object. null is the absent value.
// The error is a *Problem: 400 for what is no JSON, 422 with every fault named.
func decode(raw []byte, into any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return problem(400, "nội dung gửi lên không phải JSON đúng cú pháp")
	}
	if _, err := d.Token(); err != io.EOF {
		return problem(400, "sau đối tượng JSON còn ký tự thừa")
	}
	var r reading
	r.fill(reflect.ValueOf(into).Elem(), tree, "body")
	if len(r.faults) > 0 {
		return unprocessable(r.faults...)
	}
	return nil
}

// reading collects the faults of one body.
type reading struct{ faults []Fault }

func (r *reading) fault(at, message string, args ...any) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, Fault{at, fmt.Sprintf(message, args...)})
	}
}

// fill puts a value of the JSON tree into v.
func (r *reading) fill(v reflect.Value, tree any, at string) {
	if tree == nil {
		return
	}
	switch into := v.Addr().Interface().(type) {
	case *time.Time:
		r.instant(into, tree, at)
		return
	case *escalation.UnitRef:
		if code, ok := tree.(string); ok {
			into.Code = r.text(code, at)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.fill(v.Elem(), tree, at)
	case reflect.Struct:
		r.object(v, tree, at)
	case reflect.Slice:
		r.list(v, tree, at)
	case reflect.Map:
		r.table(v, tree, at)
	default:
		r.scalar(v, tree, at)
	}
}

func (r *reading) object(v reflect.Value, tree any, at string) {
	fields, ok := tree.(map[string]any)
	if !ok {
		r.fault(at, "phải là một đối tượng JSON")
		return
	}
	known := fieldsOf(v.Type())
	for _, name := range sortedKeys(fields) {
		i, ok := known[name]
		if !ok {
			r.fault(at+"."+shown(name), "không có trường này")
			continue
		}
		r.fill(v.Field(i), fields[name], at+"."+name)
	}
}

func (r *reading) list(v reflect.Value, tree any, at string) {
	items, ok := tree.([]any)
	if !ok {
		r.fault(at, "phải là một danh sách")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		r.fill(list.Index(i), item, fmt.Sprintf("%s[%d]", at, i))
	}
	v.Set(list)
}

// table fills a map of texts, the only kind of map a body has.
func (r *reading) table(v reflect.Value, tree any, at string) {
	fields, ok := tree.(map[string]any)
	if !ok {
		r.fault(at, "phải là một đối tượng JSON")
		return
	}
	texts := make(map[string]string, len(fields))
	for _, name := range sortedKeys(fields) {
		place := at + "." + shown(name)
		text, ok := fields[name].(string)
		if !ok {
			r.fault(place, "phải là chữ")
			continue
		}
		texts[r.text(name, place)] = r.text(text, place)
	}
	v.Set(reflect.ValueOf(texts))
}

func (r *reading) scalar(v reflect.Value, tree any, at string) {
	switch v.Kind() {
	case reflect.String:
		if s, ok := tree.(string); ok {
			v.SetString(r.text(s, at))
			return
		}
		r.fault(at, "phải là chữ")
	case reflect.Bool:
		if b, ok := tree.(bool); ok {
			v.SetBool(b)
			return
		}
		r.fault(at, "phải là true hoặc false")
	case reflect.Int, reflect.Int64:
		if n, ok := tree.(json.Number); ok {
			if i, err := n.Int64(); err == nil && !v.OverflowInt(i) {
				v.SetInt(i)
				return
			}
		}
		r.fault(at, "phải là số nguyên")
	default:
		panic(fmt.Sprintf("web: a body has a field of kind %s at %s", v.Kind(), at))
	}
}

// instant reads RFC 3339 or a time in Vietnam, 2026-03-13T16:50.
func (r *reading) instant(into *time.Time, tree any, at string) {
	s, ok := tree.(string)
	if ok {
		t, err := worktime.ParseInstant(s)
		if err == nil {
			*into = t
			return
		}
	}
	r.fault(at, "thời gian phải có thật và có dạng 2026-03-13T16:50 hoặc RFC 3339")
}

// text refuses what no text column holds.
func (r *reading) text(s, at string) string {
	if !writable(s) {
		r.fault(at, "có ký tự điều khiển không được phép")
		return ""
	}
	return s
}

// writable reports that a text is valid UTF-8 without control characters other
// than line ends and tabs. PostgreSQL refuses NUL.
func writable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, forbidden)
}

// forbidden reports a character that no text may have.
func forbidden(c rune) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f }

// fieldsOf maps the JSON names of a struct to its fields.
func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// shown cuts a name that the client chose to what an answer may repeat.
func shown(name string) string {
	const longest = 40
	runes := []rune(name)
	if len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return name
}
