package main

import (
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"notify1022/escalation"
	"notify1022/store"
)

// formOf are the names and values that a browser sends of the page's form that has the
// button, of several buttons that one alone; without a name, of the form with that id.
func formOf(t *testing.T, body, name, value string) []string {
	t.Helper()
	for form := range formsIn(t, body) {
		there := name == "" && attr(form, "id") == value
		for n := range form.Descendants() {
			there = there || n.Data == "button" && attr(n, "name") == name && attr(n, "value") == value
		}
		switch {
		case there && name == "":
			return fieldsOf(form)
		case there:
			return append(fieldsOf(form), name, value)
		}
	}
	t.Fatalf("no form has a button %s=%s:\n%.3000s", name, value, body)
	return nil
}

// formTo is what a browser sends of the page's form to the path that has a field of the name.
func formTo(t *testing.T, body, path, field string) []string {
	t.Helper()
	for form := range formsIn(t, body) {
		if pairs := fieldsOf(form); attr(form, "action") == path && slices.Contains(pairs, field) {
			return pairs
		}
	}
	t.Fatalf("no form to %s has a field %s:\n%.3000s", path, field, body)
	return nil
}

// formsIn are the forms of a page.
func formsIn(t *testing.T, body string) iter.Seq[*html.Node] {
	t.Helper()
	page, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(*html.Node) bool) {
		for n := range page.Descendants() {
			if n.Data == "form" && !yield(n) {
				return
			}
		}
	}
}

// fieldsOf are the names and values of a form without its buttons.
func fieldsOf(form *html.Node) (pairs []string) {
	for n := range form.Descendants() {
		switch n.Data {
		case "input":
			if kind := attr(n, "type"); attr(n, "name") != "" && kind != "file" && (kind != "checkbox" && kind != "radio" || has(n, "checked")) {
				pairs = append(pairs, attr(n, "name"), attr(n, "value"))
			}
		case "textarea":
			pairs = append(pairs, attr(n, "name"), innerText(n))
		case "select":
			for _, v := range chosenIn(n) {
				pairs = append(pairs, attr(n, "name"), v)
			}
		}
	}
	return pairs
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func innerText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// chosenIn are the values a select sends: what is selected, or, of one that takes a
// single value, the first.
func chosenIn(n *html.Node) []string {
	var all, selected []string
	for o := range n.Descendants() {
		if o.Data != "option" || o.Type != html.ElementNode {
			continue
		}
		value := attr(o, "value")
		if !has(o, "value") {
			value = innerText(o)
		}
		all = append(all, value)
		if has(o, "selected") {
			selected = append(selected, value)
		}
	}
	if len(selected) == 0 && !has(n, "multiple") && len(all) > 0 {
		return all[:1]
	}
	return selected
}

// carryOut previews a form and sends just what the preview's page would send.
func (v *visitor) carryOut(path string, pairs ...string) shownPage {
	v.t.Helper()
	preview := v.must(v.post(path, append(slices.Clone(pairs), "step", "preview")...), 200)
	return v.post(path, formOf(v.t, preview.body, "step", "do")...)
}

// with is a form with one field changed.
func with(pairs []string, name, value string) []string {
	out := slices.Clone(pairs)
	for i := 0; i+1 < len(out); i += 2 {
		if out[i] == name {
			out[i+1] = value
		}
	}
	return out
}

// What is carried out is what was previewed, to the letter.
func TestAnActThatWasNotPreviewedIsShownFirst(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	path := "/console/p/" + code + "/act/progress"
	own := versionField.FindStringSubmatch(operator.must(operator.get(path), 200).body)
	typed := []string{"version", own[1], "seq", own[2], "text", "đã gọi đơn vị"}
	shown := operator.must(operator.post(path, append(typed, "step", "do")...), 200, "Sẽ thực hiện")
	form := formOf(t, shown.body, "step", "do")
	operator.must(operator.post(path, with(form, "text", "đã xong")...), 200, "Sẽ thực hiện", "đã xong")
	if got := operator.get("/console/p/" + code); strings.Contains(got.body, "đã gọi đơn vị") || strings.Contains(got.body, "đã xong") {
		t.Error("something was carried out that nobody has seen")
	}
	operator.must(operator.post(path, "seq", own[2], "text", "đã gọi đơn vị", "step", "do"), 422, "biểu mẫu đã cũ")
	operator.must(operator.post(path, form...), 303)
	operator.must(operator.get("/console/p/"+code), 200, "đã gọi đơn vị")
	if strings.Contains(shown.body, "data-key=\"Enter\"") || strings.Index(shown.body, `name="step" value="preview" hidden`) > strings.Index(shown.body, `value="do"`) {
		t.Error("Enter may carry the act out")
	}
}

// A preview keeps the call, who was chosen and every other field.
func TestThePreviewsPageSendsAllThatWasTyped(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	h.call(201, "POST", "/api/v1/units", object{"code": "DIEN", "name": "Điện lực", "sms_name": "Dien luc", "kind": "dich_vu_cong"})
	code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường hỏng", "citizen": object{"name": "Trần Thử", "phone": "0570000009"}})["code"].(string)
	operator := h.signedIn(escalation.Operator, "")
	act := func(verb string, typed ...string) {
		t.Helper()
		path := "/console/p/" + code + "/act/" + verb
		own := versionField.FindStringSubmatch(operator.must(operator.get(path), 200).body)
		operator.must(operator.carryOut(path, append(typed, "version", own[1], "seq", own[2])...), 303)
	}
	act("forward", "lead", "LACHTRAY", "cooperate", "DIEN", "note", "gấp", "call_to", "Bà Mẫu", "call_outcome", "no_answer")
	operator.must(operator.get("/console/p/"+code), 200, "không nghe máy", "Điện lực (phối hợp)")
	head := regexp.MustCompile(`<option value="(\d+)">Người head`).FindStringSubmatch(operator.get("/console/p/" + code + "/act/assign-internal").body)
	act("assign-internal", "contact", head[1])
	operator.must(operator.get("/console/p/"+code), 200, "Người head")

	again := operator.must(operator.post("/console/intake", "channel", "phone", "kind", "1", "content", "Nắp cống vỡ", "way", "forward", "cooperate", "DIEN", "emergency_unit", "LACHTRAY", "name", "Lê Thử", "phone", "0570000007"), 422)
	for _, want := range [][2]string{{"cooperate", "DIEN"}, {"emergency_unit", "LACHTRAY"}} {
		kept := false
		form := formOf(t, again.body, "", "intake")
		for i := 0; i+1 < len(form); i += 2 {
			kept = kept || form[i] == want[0] && form[i+1] == want[1]
		}
		if !kept {
			t.Errorf("a refused intake has lost %s: %v", want[0], form)
		}
	}
}

// "Không nghe" leaves the call to be made; Enter in the note says nothing.
func TestACallThatReachedNobodyIsStillOnTheList(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		return tx.Post(h.ctx, nil, []escalation.Task{{Key: "k", Kind: escalation.TaskCall, Text: "Gọi bà Mẫu", For: escalation.Operator, OpenedAt: tx.Now()}})
	})
	if err != nil {
		t.Fatal(err)
	}
	operator := h.signedIn(escalation.Operator, "")
	page := operator.must(operator.get("/console/tasks?kind=call"), 200, "Gọi bà Mẫu", `<button disabled hidden></button>`)
	done := regexp.MustCompile(`/console/tasks/\d+/done`).FindString(page.body)
	operator.must(operator.post(done, append(formOf(t, page.body, "try", "không nghe máy"), "note", "máy bận")...), 303)
	operator.must(operator.get("/console/tasks?kind=call"), 200, "Việc còn mở", "Gọi bà Mẫu", "đã gọi 1 lần", "hạn 11h0")
	operator.must(operator.post(done, "note", "bà Mẫu bận"), 422, "cần kết quả")
	operator.must(operator.post(done, formOf(t, page.body, "outcome", "đã nghe máy")...), 303)
	if got := operator.get("/console/tasks?kind=call"); strings.Contains(got.body, "Gọi bà Mẫu") {
		t.Error("a call that was answered is still on the list")
	}
}

var routeLine = regexp.MustCompile(`\{method: "([A-Z]+)", path: "([^"]+)", right: `)

// The table of who may see what has a row for each page that there is.
func TestEveryRouteIsInTheTableOfRoles(t *testing.T) {
	source, err := os.ReadFile("../../web/console/console.go")
	if err != nil {
		t.Fatal(err)
	}
	routes := routeLine.FindAllSubmatch(source, -1)
	if len(routes) < 60 {
		t.Fatalf("only %d routes are found", len(routes))
	}
	mux, left := http.NewServeMux(), map[string]bool{}
	for _, r := range routes {
		pattern := string(r[1]) + " /console" + string(r[2])
		left[pattern] = true
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	for row := range mayOpen {
		method, path, _ := strings.Cut(row, " ")
		_, pattern := mux.Handler(httptest.NewRequest(method, path, nil))
		if pattern == "" {
			t.Errorf("%s is no page", row)
		}
		delete(left, pattern)
	}
	for pattern := range left {
		t.Errorf("nobody says who may open %s", pattern)
	}
}

// A status narrows what the other filters have left, and stays when they change.
func TestTheBoardsFiltersCombine(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	urgent, plain := h.petition(true), h.petition(false)
	operator, head := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.Head, "LACHTRAY")
	page := operator.must(operator.get("/console/board?urgent=1"), 200, urgent)
	link := regexp.MustCompile(`href="(/console/board\?[^"]*status=forwarded[^"]*)"`).FindStringSubmatch(page.body)
	if link == nil {
		t.Fatal("no status can be chosen")
	}
	narrowed := operator.must(operator.get(html.UnescapeString(link[1])), 200, urgent, `value="forwarded" selected`)
	if strings.Contains(narrowed.body, plain) {
		t.Error("choosing a status forgets the other filters")
	}
	if got := head.must(head.get("/console/board?status=overdue"), 200, `<select name="status">`); strings.Contains(got.body, plain) {
		t.Error("a head's board is not narrowed by status")
	}
	operator.must(operator.get("/console/shift"), 200, "Đến mốc trong ca sau (2)", "Quá hạn (0)", "Chờ người, không có đồng hồ (0)")
}

func TestACharacterThatIsNotTakenLosesNothingInTheConsole(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	lead := h.signedIn(escalation.ShiftLead, "")
	form := formOf(t, lead.must(lead.get("/console/p/"+code+"/act/progress"), 200).body, "step", "preview")
	lead.must(lead.post("/console/p/"+code+"/act/progress", with(form, "text", "Đã gọi\x07 cho đơn vị")...), 422, "Đã gọi cho đơn vị</textarea>", "ký tự không được phép")
	lead.must(lead.post("/console/intake", "content", "Đèn \x0bđường tắt", "name", "Phạm Thử", "phone", "0570000007", "channel", "phone", "kind", "1"), 422, "Đèn đường tắt</textarea>", `value="Phạm Thử"`)
	lead.must(lead.post("/console/texts/T1", "text", "Trưởng ca\x00 xem {ma}: {noi_dung} {lp}"), 422, "Trưởng ca xem {ma}: {noi_dung} {lp}</textarea>")
	lead.must(lead.post("/console/groups", "name", "Trực\x07 bão"), 422, `name="name" value="Trực bão"`, "Gửi lại") // no form of its own
	if n := h.petitions(); n != 1 {
		t.Errorf("%d petitions", n)
	}
}

// A unit asks the citizen once (Đ18.1), and gives a slip back once until 1022 has decided. The
// hotline may ask again.
func TestWhatAUnitHasDoneAlreadyIsNotOfferedToIt(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	code := h.petition(false)
	officer, operator := h.signedIn(escalation.Officer, "LACHTRAY"), h.signedIn(escalation.Operator, "")
	offered := func(v *visitor, verb string) bool {
		return strings.Contains(v.must(v.get("/console/p/"+code), 200).body, "/console/p/"+code+"/act/"+verb+`"`)
	}
	for _, verb := range []string{"clarify", "return"} {
		if !offered(officer, verb) || !offered(operator, verb) {
			t.Errorf("%s is not offered at first", verb)
		}
	}
	h.call(200, "POST", "/api/v1/petitions/"+code+"/return", object{"reason": "đèn của nơi khác"})
	if offered(officer, "return") || offered(operator, "return") {
		t.Error("a return is offered while one waits")
	}
	path := "/console/p/" + code + "/act/clarify"
	form := formOf(t, officer.must(officer.get(path), 200).body, "step", "preview")
	shown := officer.must(officer.post(path, with(form, "missing", "cột số mấy")...), 200, "Sẽ thực hiện")
	officer.must(officer.post(path, formOf(t, shown.body, "step", "do")...), 303)
	if offered(officer, "clarify") || !offered(operator, "clarify") {
		t.Errorf("a question is offered to the unit again %t, to the hotline %t", offered(officer, "clarify"), offered(operator, "clarify"))
	}
}

// Whose account is that of somebody who stands in for the head (Đ17.9) takes as the head what the 8
// hours have brought to them, and before it as who they are.
func TestWhoStandsInForTheHeadTakesTheSlipInTheConsole(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	focal, head := h.contactNamed("Người focal"), h.contactNamed("Người head")
	h.call(200, "POST", "/api/v1/delegations", object{"contact": head.ID, "from": "2026-11-23T00:00:00+07:00", "to": "2026-11-27T00:00:00+07:00", "delegate": focal.ID})
	v, admin := h.signedIn(escalation.Officer, "LACHTRAY"), h.signedIn(escalation.Administrator, "")
	account, err := h.room.Store.AccountByName(h.ctx, "officer")
	if err != nil {
		t.Fatal(err)
	}
	save := formTo(t, admin.must(admin.get("/console/people"), 200).body, fmt.Sprintf("/console/people/%d/save", account.ID), "full_name")
	admin.must(admin.post(fmt.Sprintf("/console/people/%d/save", account.ID), with(save, "contact_phone", officePhone)...), 422, "danh bạ của đơn vị không có ai")
	admin.must(admin.post(fmt.Sprintf("/console/people/%d/save", account.ID), with(save, "contact_phone", focalPhone)...), 303)
	if account, err = h.room.Store.AccountByName(h.ctx, "officer"); err != nil || account.Contact != focal.ID {
		t.Errorf("the account is of %d, %v", account.Contact, err)
	}
	if save = formTo(t, admin.get("/console/people").body, fmt.Sprintf("/console/people/%d/save", account.ID), "full_name"); !slices.Contains(save, focal.Phone) {
		t.Errorf("the form does not show whose the account is: %q", save)
	}
	code := h.petition(false)
	path := "/console/p/" + code
	take := func() {
		t.Helper()
		form := formOf(t, v.must(v.get(path+"/act/acknowledge"), 200).body, "step", "preview")
		shown := v.must(v.post(path+"/act/acknowledge", form...), 200, "Sẽ thực hiện")
		v.must(v.post(path+"/act/acknowledge", formOf(t, shown.body, "step", "do")...), 303)
	}
	take()
	if s := h.recordOf(code).Slips[0]; s.AcknowledgedAt.IsZero() || !s.HeadAcknowledgedAt.IsZero() {
		t.Errorf("taken as an officer: %+v", s)
	}
	if page := v.must(v.get(path), 200); strings.Contains(page.body, path+`/act/acknowledge"`) {
		t.Error("what was taken is offered again")
	}
	h.runUntil("2026-11-25T10:30:00+07:00") // the 24th is a day off
	h.text(focalPhone, "qua 8 gio lam viec", code)
	v.must(v.get(path), 200, path+`/act/acknowledge"`)
	take()
	if s := h.recordOf(code).Slips[0]; s.HeadAcknowledgedAt.IsZero() {
		t.Errorf("taken as the head: %+v", s)
	}
}

// An account outlives its person's time in the unit; who has the number then is somebody else.
func TestWhoHasLeftStandsInForNobody(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	focal, head := h.contactNamed("Người focal"), h.contactNamed("Người head")
	if err := addAccount(h.ctx, h.room.Store, store.Account{Name: "cu", FullName: "Người cũ", Role: escalation.Officer, Unit: "LACHTRAY", Contact: focal.ID}, consolePassword); err != nil {
		t.Fatal(err)
	}
	v := h.visitor()
	v.must(v.post("/console/sign-in", "name", "cu", "password", consolePassword), 303)
	code := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/acknowledge", nil)
	left := h.call(200, "GET", fmt.Sprint("/api/v1/contacts/", focal.ID), nil)
	h.call(200, "PUT", fmt.Sprint("/api/v1/contacts/", focal.ID), object{"unit": "LACHTRAY", "role": "focal", "name": left["name"], "phone": focalPhone, "valid_to": "2026-11-23T09:30:00+07:00"})
	later := h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "deputy", "name": "Người sau", "phone": focalPhone})
	h.call(200, "POST", "/api/v1/delegations", object{"contact": head.ID, "from": "2026-11-23T00:00:00+07:00", "to": "2026-11-27T00:00:00+07:00", "delegate": later["id"]})
	h.runUntil("2026-11-25T10:30:00+07:00")
	h.text(focalPhone, "qua 8 gio lam viec", code)
	if page := v.must(v.get("/console/p/"+code), 200); strings.Contains(page.body, "/console/p/"+code+`/act/acknowledge"`) {
		t.Error("who has left is offered what the head is asked to do")
	}
}

// Of a petition that two units have, each is offered what is its own to do: whether the other has
// taken its slip is no matter, and the time is the lead's to promise (Đ9.3).
func TestACoOperatingUnitIsOfferedWhatIsItsOwn(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/units", object{"code": "ANBIEN", "name": "UBND phường An Biên", "sms_name": "P An Bien", "kind": "phuong"})
	code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay", "units": []string{"ANBIEN", "LACHTRAY"},
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/acknowledge", nil) // for the lead
	officer := h.signedIn(escalation.Officer, "LACHTRAY")
	act := func(verb string) string { return "/console/p/" + code + "/act/" + verb + `"` }
	page := officer.must(officer.get("/console/p/"+code), 200, "UBND phường Lạch Tray (phối hợp)", act("acknowledge"), act("result"))
	if strings.Contains(page.body, act("eta")) {
		t.Error("a co-operating unit is offered to promise the citizen a time")
	}
	form := formOf(t, officer.must(officer.get("/console/p/"+code+"/act/acknowledge"), 200).body, "step", "preview")
	shown := officer.must(officer.post("/console/p/"+code+"/act/acknowledge", form...), 200, "Sẽ thực hiện")
	officer.must(officer.post("/console/p/"+code+"/act/acknowledge", formOf(t, shown.body, "step", "do")...), 303)
	if page = officer.must(officer.get("/console/p/"+code), 200); strings.Contains(page.body, act("acknowledge")) {
		t.Error("a slip that was taken can be taken again")
	}
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "focal", "name": "Người An Biên", "phone": nextPhone})
	colleagues := officer.must(officer.get("/console/p/"+code+"/act/assign-internal"), 200, "Người focal")
	if strings.Contains(colleagues.body, "Người An Biên") {
		t.Error("the people of another unit are told, who cannot be chosen")
	}
	h.call(200, "POST", "/api/v1/petitions/"+code+"/return", object{"reason": "đèn của nơi khác"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/accept-return", object{}) // nobody leads now
	page = officer.must(officer.get("/console/p/"+code), 200, act("progress"))
	if strings.Contains(page.body, act("result")) {
		t.Error("an opinion is offered while 1022 decides anew, and would be refused")
	}
}
