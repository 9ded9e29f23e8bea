package web

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"notify1022/escalation"
)

func TestMessagesGoToEachRecipientOnce(t *testing.T) {
	h := newHouse(t)
	send := func(to string) response {
		return h.api("shift_lead", "POST", "/messages", `{"template":"T1","to":`+to+`,"vars":{"noi_dung":"họp giao ban lúc 8h","ma":"HP261123-0001","lp":"1022.haiphong.gov.vn"}}`)
	}
	for to, count := range map[string]int{`[{"phone":"0570000777"}]`: 1, `[{"contact":1},{"phone":"0570 000 101"}]`: 1, `[{"unit":"SXD"}]`: 1,
		`[{"unit":"SXD","role":"head"}]`: 1, `[{"role":"focal"}]`: 2, `[{"group":"so_nganh"}]`: 1, `[{"group":"all"}]`: 2, `[{"role":"shift_lead"}]`: 1} {
		var s Sent
		send(to).mustStatus(t, 202).mustRead(t, &s)
		if len(s.IDs) != count {
			t.Errorf("%s: %d messages, expected %d", to, len(s.IDs), count)
		}
	}
	for to, location := range map[string]string{`[]`: "body.to", `[{}]`: "body.to[0]", `[{"phone":"1"}]`: "body.to[0].phone", `[{"phone":"0225 3000 001"}]`: "body.to[0].phone",
		`[{"contact":99}]`: "body.to[0].contact", `[{"unit":"NONE"}]`: "body.to[0].unit", `[{"unit":"MTDT","role":"head"}]`: "body.to[0].unit",
		`[{"unit":"MTDT","role":"deputy"}]`: "body.to[0].unit", `[{"group":"x"}]`: "body.to[0].group", `[{"role":"x"}]`: "body.to[0].role",
		`[{"phone":"0570000777","unit":"SXD"}]`: "body.to[0]"} {
		if p := send(to).problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", to, p.Errors)
		}
	}
	for body, location := range map[string]string{`{"template":"ZZ","to":[{"unit":"SXD"}]}`: "body.template", `{"template":"T1","to":[{"unit":"SXD"}]}`: "body.vars.noi_dung",
		`{"template":"T1","to":[{"unit":"SXD"}],"vars":{"noi_dung":5}}`: "body.vars.noi_dung"} {
		if p := h.api("shift_lead", "POST", "/messages", body).problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", body, p.Errors)
		}
	}
	var page Page[MessageView]
	h.api("operator", "GET", "/messages?limit=3&template=T1", "").mustStatus(t, 200).mustRead(t, &page)
	if len(page.Items) != 3 || page.NextCursor == "" {
		t.Errorf("%d messages, cursor %q", len(page.Items), page.NextCursor)
	}
}

func TestTasksAreDoneOnce(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	h.api("officer", "POST", "/petitions/"+p.Code+"/result", `{"text":"Đã thay bóng đèn ngõ 72"}`).mustStatus(t, 200)
	var page Page[escalation.Task]
	h.api("operator", "GET", "/tasks?done=false&kind=publish", "").mustStatus(t, 200).mustRead(t, &page)
	if len(page.Items) != 1 {
		t.Fatalf("%d tasks", len(page.Items))
	}
	path := fmt.Sprintf("/tasks/%d/done", page.Items[0].ID)
	h.api("operator", "POST", path, `{}`).problem(t, 422)
	var task escalation.Task
	h.api("operator", "POST", path, `{"outcome":"đã gọi"}`).mustStatus(t, 200).mustRead(t, &task)
	if task.DoneBy != "khóa operator" || task.DoneAt.IsZero() {
		t.Errorf("%+v", task)
	}
	h.api("operator", "POST", path, `{"outcome":"đã gọi"}`).problem(t, 409)
}

// Đ17.9: a key of the Office sees what the Office is asked to confirm, and confirms it.
func TestTheOfficesKeyHasTheOfficesTasks(t *testing.T) {
	h := newHouse(t)
	h.memory.tasks = append(h.memory.tasks,
		escalation.Task{ID: 701, Kind: escalation.TaskConfirm, For: escalation.Office, Text: "Sở Xây dựng: A thay B làm cán bộ đầu mối", OpenedAt: start},
		escalation.Task{ID: 702, Kind: escalation.TaskCall, For: escalation.Operator, Text: "Gọi ông Mẫu", OpenedAt: start})
	for _, path := range []string{"/tasks", "/tasks?for=office"} {
		var page Page[escalation.Task]
		h.api("office", "GET", path, "").mustStatus(t, 200).mustRead(t, &page)
		if len(page.Items) != 1 || page.Items[0].ID != 701 {
			t.Errorf("%s: %+v", path, page.Items)
		}
	}
	h.api("office", "GET", "/tasks?for=operator", "").problem(t, 403)
	h.api("office", "POST", "/tasks/702/done", `{"outcome":"đã gọi"}`).problem(t, 403)
	h.api("office", "POST", "/tasks/701/done", `{"outcome":"đã xác nhận"}`).mustStatus(t, 200)
	h.api("officer", "POST", "/tasks/702/done", `{"outcome":"đã gọi"}`).problem(t, 403)
	var page Page[escalation.Task]
	h.api("office", "GET", "/tasks?done=true", "").mustStatus(t, 200).mustRead(t, &page)
	if len(page.Items) != 1 || page.Items[0].DoneBy != "khóa office" {
		t.Errorf("done: %+v", page.Items)
	}
	h.api("operator", "GET", "/tasks?for=office", "").mustStatus(t, 200)
}

func TestUnitsAndContactsAreKeptWithTheirAuthor(t *testing.T) {
	h := newHouse(t)
	const ward = `{"code":"P-GV","name":"UBND phường Gia Viên","sms_name":"P Gia Viên","kind":"phuong","fields":["vỉa hè"],"areas":["Gia Viên"],"addressee":"Chủ tịch P Gia Viên"}`
	res := h.api("administrator", "POST", "/units", ward).mustStatus(t, 201)
	if res.Header.Get("Location") != "/api/v1/units/P-GV" {
		t.Errorf("Location %q", res.Header.Get("Location"))
	}
	h.api("administrator", "POST", "/units", ward).problem(t, 409)
	h.api("administrator", "PUT", "/units/P-GV", strings.Replace(ward, "vỉa hè", "rác", 1)).mustStatus(t, 200)
	h.api("administrator", "PUT", "/units/NEW", `{"name":"A","sms_name":"A","kind":"xa"}`).problem(t, 404)
	for body, location := range map[string]string{`{}`: "body.code", `{"code":"A B","name":"x","sms_name":"x","kind":"xa"}`: "body.code",
		`{"code":"A","name":"x","sms_name":"dài hơn mười lăm ký tự","kind":"xa"}`: "body.sms_name", `{"code":"A","name":"x","sms_name":"x","kind":"huyen"}`: "body.kind"} {
		if p := h.api("administrator", "POST", "/units", body).problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", body, p.Errors)
		}
	}

	var c ContactView
	h.api("administrator", "POST", "/contacts", `{"unit":"P-GV","role":"focal","name":"Lâm Thị Giả","phone":"84 570 000 127","order":1}`).mustStatus(t, 201).mustRead(t, &c)
	if c.Phone != "+84570000127" || !c.Textable || c.ID == 0 {
		t.Errorf("%+v", c)
	}
	h.api("administrator", "PUT", fmt.Sprintf("/contacts/%d", c.ID), `{"unit":"P-GV","role":"head","name":"Lâm Thị Giả","phone":"0225 3000 002"}`).mustStatus(t, 200).mustRead(t, &c)
	if c.Textable || c.Role != escalation.Head {
		t.Errorf("a landline in %+v", c)
	}
	for body, location := range map[string]string{`{"role":"focal","name":"A","phone":"0570000301"}`: "body.unit", `{"unit":"NONE","role":"focal","name":"A","phone":"0570000301"}`: "body.unit",
		`{"unit":"SXD","role":"boss","name":"A","phone":"0570000301"}`: "body.role", `{"unit":"SXD","role":"focal","phone":"0570000301"}`: "body.name",
		`{"unit":"SXD","role":"focal","name":"A","phone":"0500000000"}`: "body.phone", `{"unit":"SXD","role":"focal","name":"A"}`: "body.phone",
		`{"unit":"SXD","role":"focal","name":"A","email":"x"}`: "body.email", `{"unit":"SXD","role":"focal","name":"A","phone":"0570000301","order":-1}`: "body.order"} {
		if p := h.api("administrator", "POST", "/contacts", body).problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", body, p.Errors)
		}
	}
	h.api("administrator", "POST", "/delegations", fmt.Sprintf(`{"contact":%d,"from":"2026-11-25T07:30","to":"2026-11-27T17:00","delegate":1}`, c.ID)).mustStatus(t, 200)
	h.api("administrator", "POST", "/delegations", fmt.Sprintf(`{"contact":%d,"from":"2026-11-25T07:30","to":"2026-11-24T17:00"}`, c.ID)).problem(t, 422)
	var away Page[Delegation]
	h.api("operator", "GET", "/delegations", "").mustStatus(t, 200).mustRead(t, &away)
	if len(away.Items) != 1 || away.Items[0].Delegate != 1 {
		t.Errorf("%+v", away)
	}
	h.api("administrator", "POST", "/delegations", fmt.Sprintf(`{"contact":%d,"from":"2026-12-20T07:30","to":"2026-12-22T17:00"}`, c.ID)).mustStatus(t, 200)
	h.api("administrator", "PUT", fmt.Sprintf("/contacts/%d", c.ID), `{"unit":"P-GV","role":"head","name":"Lâm Thị Giả","phone":"0225 3000 003"}`).mustStatus(t, 200)
	for _, left := range []int{2, 1, 0, 0} { // without a time the first that is not over ends
		if h.api("operator", "GET", "/delegations", "").mustStatus(t, 200).mustRead(t, &away); len(away.Items) != left {
			t.Errorf("%+v, want %d", away.Items, left)
		}
		h.api("administrator", "POST", "/delegations", fmt.Sprintf(`{"contact":%d}`, c.ID)).mustStatus(t, 200)
	}
	for body, location := range map[string]string{`"to":"2026-11-24T17:00"`: "body.from", `"from":"2026-11-25T07:30","to":"2026-11-24T17:00"`: "body.to", `"from":"2026-11-25T07:30","delegate":99`: "body.delegate"} {
		if p := h.api("administrator", "POST", "/delegations", fmt.Sprintf(`{"contact":%d,%s}`, c.ID, body)).problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", body, p.Errors)
		}
	}
	h.api("administrator", "DELETE", fmt.Sprintf("/contacts/%d", c.ID), "").mustStatus(t, 204)
	for query, there := range map[string]bool{"?unit=P-GV": false, "?unit=P-GV&former=true": true} {
		if body := string(h.api("administrator", "GET", "/contacts"+query, "").mustStatus(t, 200).body); strings.Contains(body, c.Name) != there {
			t.Errorf("%s: a former contact is listed %t", query, !there)
		}
	}
	for _, author := range h.memory.authors {
		if author != "khóa administrator" {
			t.Errorf("a change by %q", author)
		}
	}
}

// What a PUT does not name stays: the document asks for no more than name and kind, and
// who renames a unit does not mean to take its fields away. What is named empty is emptied.
func TestAnEditKeepsWhatItDoesNotName(t *testing.T) {
	h := newHouse(t, wholeDoor)
	unit := func() escalation.Unit { return h.memory.units["SXD"] }
	before := unit()
	before.Fields, before.Areas, before.Aliases, before.Website, before.Phone = []string{"xây dựng"}, []string{"Gia Viên"}, []string{"Sở cũ"}, "https://sxd.vn", "02253000009"
	before.ValidTo = start.AddDate(1, 0, 0)
	h.memory.units["SXD"] = before
	h.api("shift_lead", "PUT", "/units/SXD", `{"name":"Sở Xây dựng Hải Phòng","sms_name":"Sở XD","kind":"so_nganh"}`).mustStatus(t, 200)
	want := before
	want.Name, want.SMSName = "Sở Xây dựng Hải Phòng", "Sở XD"
	if got := unit(); !reflect.DeepEqual(got, want) {
		t.Errorf("it is %+v,\nwas     %+v", got, before)
	}
	h.api("shift_lead", "PUT", "/units/SXD", `{"fields":[],"phone":"","website":null}`).mustStatus(t, 200)
	if got := unit(); len(got.Fields) != 0 || got.Phone != "" || got.Website != before.Website || len(got.Areas) != 1 {
		t.Errorf("it is %+v", got)
	}
	h.api("shift_lead", "POST", "/units", `{"code":"MOI","name":"Xã Mới","sms_name":"X Mới","kind":"xa"}`).mustStatus(t, 201)
	h.api("shift_lead", "PUT", "/units/MOI", `{"sms_name":"X Cũ"}`).mustStatus(t, 200)
	if got := h.memory.units["MOI"].Addressee; !strings.Contains(got, "X Cũ") {
		t.Errorf("it is addressed as %q", got) // which goes by the name
	}

	person := func() escalation.Contact { return h.memory.contacts[1] }
	was := person()
	was.Email, was.Order, was.Verified, was.ValidFrom = "a@example.vn", 3, true, start.AddDate(-1, 0, 0)
	h.memory.contacts[1] = was
	h.api("shift_lead", "PUT", "/contacts/1", `{"name":"Trần Thị Mẫu Mực"}`).mustStatus(t, 200)
	was.Name = "Trần Thị Mẫu Mực"
	if got := person(); !reflect.DeepEqual(got, was) {
		t.Errorf("it is %+v,\nwas     %+v", got, was)
	}
	h.api("shift_lead", "PUT", "/contacts/1", `{"email":""}`).mustStatus(t, 200)
	if got := person(); got.Email != "" || got.Phone != was.Phone {
		t.Errorf("it is %+v", got)
	}

	h.api("shift_lead", "PUT", "/contacts/2/reports", `{"channel":"sms","each":"month","day":3,"at":"09:00"}`).mustStatus(t, 200)
	var choice SubscriptionBody
	h.api("shift_lead", "PUT", "/contacts/2/reports", `{"day":4}`).mustStatus(t, 200).mustRead(t, &choice)
	if choice != (SubscriptionBody{Channel: "sms", Each: "month", Day: 4, At: "09:00"}) {
		t.Errorf("%+v", choice)
	}
}

func TestListsOfTheDirectoryHavePages(t *testing.T) {
	h := newHouse(t)
	for path, count := range map[string]int{"/units?limit=2": 3, "/contacts?limit=2": 6} {
		seen, cursor := 0, ""
		for range 10 {
			var page Page[map[string]any]
			h.api("operator", "GET", path+"&cursor="+cursor, "").mustStatus(t, 200).mustRead(t, &page)
			seen += len(page.Items)
			if cursor = page.NextCursor; cursor == "" {
				break
			}
		}
		if seen != count {
			t.Errorf("%s gave %d, expected %d", path, seen, count)
		}
	}
}

func TestTheCatalogueIsShown(t *testing.T) {
	h := newHouse(t)
	for path, word := range map[string]string{"/templates": `"O1"`, "/calendars": "2026-12-31", "/policies": `"expired":true`} {
		res := h.api("office", "GET", path, "").mustStatus(t, 200)
		if !strings.Contains(string(res.body), word) {
			t.Errorf("%s lacks %s", path, word)
		}
	}
}

// savedGroups are saved groups by name.
type savedGroups map[string][]int64

func (g savedGroups) Members(_ context.Context, name string) ([]int64, bool, error) {
	members, ok := g[name]
	return members, ok, nil
}

func TestATextGoesToASavedGroup(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Groups = savedGroups{"Trực bão": {1, 4, 6, 999}, "Máy bàn": {6}, "so_nganh": {4}}
	})
	send := func(to string) response {
		return h.api("shift_lead", "POST", "/messages", `{"template":"T1","to":`+to+`,"vars":{"noi_dung":"họp","ma":"HP261123-0001","lp":"1022.vn/p/a"}}`)
	}
	for to, count := range map[string]int{`[{"group":"Trực bão"}]`: 2, `[{"group":"Trực bão"},{"contact":1},{"group":"Trực bão"}]`: 2, `[{"group":"so_nganh"}]`: 1} {
		var s Sent
		send(to).mustStatus(t, 202).mustRead(t, &s)
		if len(s.IDs) != count {
			t.Errorf("%s: %d messages, expected %d", to, len(s.IDs), count)
		}
	}
	for to, location := range map[string]string{`[{"group":"Không có"}]`: "body.to[0].group", `[{"group":"Máy bàn"}]`: "body.to[0].group",
		`[{"group":"Trực bão","role":"head"}]`: "body.to[0].role", `[{"group":"Trực bão","unit":"SXD"}]`: "body.to[0]"} {
		if p := send(to).problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", to, p.Errors)
		}
	}
}
