package web

import (
	"slices"
	"strconv"
)

// What somebody typed into a form is shown again when it was not carried out: refused,
// or because the device had to be confirmed first. It is never carried out by that: who
// typed it sends it again.

// keptFields are the fields of the pages' forms that people fill in.
var keptFields = map[string][]string{
	"result": {"text", "document_no", "document_date", "unit_url"}, "explanation": {"text", "document_no", "document_date"}, "eta": {"at", "reason"}, "progress": {"text"}, "clarify": {"missing"},
	"return": {"reason"}, "recording": {"reason"}, "assign": {"contact"},
	"rating": {"score", "service", "comment"}, "supplement": {"text"}, "note": {"text"}, "dispute": {"reason"}, "withdraw": {"reason"},
	"texts": {"progress", "rating", "bulk"},
}

// pressed are the forms that say something without a word, and what is still to be done
// where one was not carried out.
var pressed = map[string]string{
	"acknowledge": "“Đã nhận phiếu” chưa được gửi: hãy bấm lại.",
	"photos":      "Ảnh chưa được gửi: hãy chọn lại ảnh rồi gửi.",
	"answered":    "“Đơn vị đã trả lời tôi” chưa được gửi: hãy bấm lại.",
	"withdraw":    "Phản ánh chưa được rút: hãy bấm “Rút phản ánh” một lần nữa.",
	"texts":       "Các loại tin chưa được lưu: hãy xem lại và bấm Lưu.",
}

// typed is what was typed into the form of an act.
type typed struct {
	Act    string // whose form it was; empty: nothing was asked for
	fields map[string]string
}

// typedIn is what a form of the act was posted with.
func typedIn(act string, fields map[string]string) typed {
	t := typed{fields: map[string]string{}}
	if pressed[act] != "" {
		t.Act = act
	}
	for _, name := range keptFields[act] {
		if fields[name] != "" {
			t.Act, t.fields[name] = act, fields[name]
		}
	}
	return t
}

// Was is what the field of the act's form had; empty: nothing, or another form was posted.
func (t typed) Was(act, field string) string {
	if t.Act != act {
		return ""
	}
	return t.fields[field]
}

// Number is Was as a number; 0: none.
func (t typed) Number(act, field string) int {
	n, _ := strconv.Atoi(t.Was(act, field))
	return n
}

// Texts are the fields in the order of the form, for a page that has the form no more.
func (t typed) Texts() []string {
	var list []string
	for _, name := range keptFields[t.Act] {
		if t.fields[name] != "" {
			list = append(list, t.fields[name])
		}
	}
	return list
}

// carriedValue is a field that a form carries without showing it.
type carriedValue struct{ Name, Value string }

// carriedAct and carriedField are how the forms of the code page name what they carry;
// their own fields have other names.
const (
	carriedAct   = "da-nhap"
	carriedField = "da-nhap-"
)

// Hidden carries what was typed through the page that asks for a code.
func (t typed) Hidden() []carriedValue {
	if t.Act == "" {
		return nil
	}
	list := []carriedValue{{carriedAct, t.Act}}
	for _, name := range keptFields[t.Act] {
		if t.fields[name] != "" {
			list = append(list, carriedValue{carriedField + name, t.fields[name]})
		}
	}
	return list
}

// carried is what a form of the code page brought along.
func carried(fields map[string]string, acts ...string) typed {
	act, given := fields[carriedAct], map[string]string{}
	if !slices.Contains(acts, act) {
		return typed{}
	}
	for _, name := range keptFields[act] {
		given[name] = fields[carriedField+name]
	}
	return typedIn(act, given)
}

// unsent is what a page says after a code above the form that was not carried out; there:
// it has that form still.
func (t typed) unsent(there bool) string {
	const known = "Đã xác nhận thiết bị. "
	switch say, ok := pressed[t.Act]; {
	case !ok && !there:
		return known + "Nội dung đã nhập chưa được gửi và nay không còn gửi được; tình trạng hiện nay ở dưới đây."
	case !ok:
		return known + "Nội dung đã nhập chưa được gửi: hãy kiểm tra lại và bấm gửi."
	case !there:
		return known + "Việc vừa bấm chưa được gửi và nay không còn gửi được; tình trạng hiện nay ở dưới đây."
	default:
		return known + say
	}
}
