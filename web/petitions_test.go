package web

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

func TestAPetitionWithAUnitIsRecordedAndForwardedAtOnce(t *testing.T) {
	for _, units := range []string{`"unit":"SXD"`, `"units":["SXD","MTDT"]`, `"units":[{"code":"MTDT","role":"cooperate"},{"code":"SXD","role":"lead"}]`} {
		h := newHouse(t)
		res := h.api("operator", "POST", "/petitions", petitionBody(units)).mustStatus(t, 201)
		var a Accepted
		res.mustRead(t, &a)
		if a.Status != escalation.Forwarded || !strings.HasPrefix(a.Code, "HP261123-") || a.Version != 1 {
			t.Errorf("%s: %s", units, res.body)
		}
		if got, want := res.Header.Get("Location"), "/api/v1/petitions/"+a.Code; got != want {
			t.Errorf("Location %q, expected %q", got, want)
		}
		if a.Link != "https://1022.haiphong.gov.vn/t/"+h.stored(a.Code).Token {
			t.Errorf("link %q", a.Link)
		}
		if lead := h.stored(a.Code); lead.Lead() == nil || lead.Lead().Unit != "SXD" {
			t.Errorf("%s: lead %+v", units, lead.Lead())
		}
		dues := map[escalation.RungName]string{}
		for _, d := range a.Deadlines {
			if fired := d.FiredAt != nil; fired != (d.Rung == escalation.RungSlip) { // the slip itself is the ladder's first step
				t.Errorf("%s: fired %t", d.Rung, fired)
			}
			dues[d.Rung] = d.Due.Format(time.RFC3339)
		}
		// Monday 2026-11-23 08:00 and 8 working hours; the 24th is a holiday.
		if dues[escalation.RungHead] != "2026-11-25T08:00:00+07:00" {
			t.Errorf("head due %s", dues[escalation.RungHead])
		}
		if h.hints.Load() != 1 {
			t.Errorf("%d hints", h.hints.Load())
		}
	}
}

func TestIntakeFaultsNameTheirFields(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		body     string
		status   int
		location string
	}{
		"no name":            {`{"channel":"phone","kind":1,"citizen":{"phone":"0570000501"},"content":"x"}`, 422, "body.citizen.name"},
		"no channel to them": {`{"channel":"phone","kind":1,"citizen":{"name":"A"},"content":"x"}`, 422, "body.citizen.phone"},
		"bad phone":          {petitionBody(`"citizen":{"name":"A","phone":"12"}`), 422, "body.citizen.phone"},
		"bad email":          {petitionBody(`"citizen":{"name":"A","email":"x"}`), 422, "body.citizen.email"},
		"bad kind":           {petitionBody(`"kind":6`), 422, "body.kind"},
		"kind as text":       {petitionBody(`"kind":"1"`), 422, "body.kind"},
		"half a kind":        {petitionBody(`"kind":1.5`), 422, "body.kind"},
		"bad channel":        {petitionBody(`"channel":"fax"`), 422, "body.channel"},
		"empty content":      {petitionBody(`"content":" "`), 422, "body.content"},
		"unknown field":      {petitionBody(`"colour":"red"`), 422, "body.colour"},
		"unknown inner":      {petitionBody(`"citizen":{"name":"A","phone":"0570000501","age":3}`), 422, "body.citizen.age"},
		"unknown unit":       {petitionBody(`"unit":"NONE"`), 422, "body.units"},
		"unit as number":     {petitionBody(`"units":[5]`), 422, "body.units[0]"},
		"impossible day":     {petitionBody(`"received_at":"2026-02-30T10:00"`), 422, "body.received_at"},
		"future receipt":     {petitionBody(`"received_at":"2026-11-24T10:00"`), 422, "body.received_at"},
		"NUL in a text":      {petitionBody(`"area":"a\u0000b"`), 422, "body.area"},
		"citizen as a list":  {petitionBody(`"citizen":[]`), 422, "body.citizen"},
		"flag as text":       {petitionBody(`"urgent":"yes"`), 422, "body.urgent"},
		"not JSON":           {`{"channel":`, 400, ""},
		"two objects":        {`{}{}`, 400, ""},
		"a list":             {`[]`, 422, "body"},
		"nothing":            {``, 422, "body.channel"},
		"too large":          {`{"content":"` + strings.Repeat("x", maxBody) + `"}`, 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.memory.snapshot()
			p := h.api("operator", "POST", "/petitions", c.body).problem(t, c.status)
			if c.location != "" && !p.names(c.location) {
				t.Errorf("%s is not named: %+v", c.location, p.Errors)
			}
			if h.memory.snapshot() != before {
				t.Error("a refused request changed something")
			}
		})
	}
	if h.hints.Load() != 0 {
		t.Errorf("refusals woke the workers %d times", h.hints.Load())
	}
}

func TestEveryFaultOfABodyIsNamedAtOnce(t *testing.T) {
	h := newHouse(t)
	p := h.api("operator", "POST", "/petitions", `{"kind":"x","urgent":1,"foo":2,"called_at":"now"}`).problem(t, 422)
	for _, l := range []string{"body.kind", "body.urgent", "body.foo", "body.called_at"} {
		if !p.names(l) {
			t.Errorf("%s is not named: %+v", l, p.Errors)
		}
	}
}

func TestTimesMayBeLocalOrRFC3339(t *testing.T) {
	h := newHouse(t)
	for _, given := range []string{"2026-11-23T07:45", "2026-11-23T07:45:00+07:00", "2026-11-23T00:45:00Z"} {
		p := h.accept(`"received_at":"` + given + `"`)
		if want := start.Add(-15 * time.Minute); !p.ReceivedAt.Equal(want) {
			t.Errorf("%s read as %s", given, p.ReceivedAt)
		}
	}
}

func TestThePetitionShowsDeadlinesTimelineAndMessages(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	res := h.api("operator", "GET", "/petitions/"+p.Code, "").mustStatus(t, 200)
	if res.Header.Get("ETag") != `"1"` {
		t.Errorf("ETag %s", res.Header.Get("ETag"))
	}
	var tree struct {
		Deadlines, Timeline, Messages []map[string]any
		Citizen                       map[string]any
	}
	res.mustRead(t, &tree)
	for name, list := range map[string][]map[string]any{"deadlines": tree.Deadlines, "timeline": tree.Timeline, "messages": tree.Messages} {
		if len(list) == 0 {
			t.Fatalf("%s is empty", name)
		}
	}
	for _, d := range tree.Deadlines {
		if fired, there := d["fired_at"]; !there || (fired != nil) != (d["rung"] == "slip") || d["due"] == nil {
			t.Errorf("deadline %v", d)
		}
	}
	for _, key := range []string{"at", "actor", "role", "channel", "action", "text"} {
		if _, there := tree.Timeline[0][key]; !there {
			t.Errorf("timeline without %s", key)
		}
	}
	for _, key := range []string{"id", "template", "to", "text", "state", "segments", "sent_at", "delivered_at", "possible_duplicate"} {
		if _, there := tree.Messages[0][key]; !there {
			t.Errorf("messages without %s", key)
		}
	}
	for _, m := range tree.Messages {
		if !strings.Contains(m["to"].(string), "****") {
			t.Errorf("an address is not masked: %v", m["to"])
		}
	}
	if tree.Citizen["name"] != citizenName {
		t.Errorf("an operator sees the citizen %v", tree.Citizen)
	}
}

func TestAPetitionWithoutMessagesShowsAnEmptyList(t *testing.T) {
	h := newHouse(t)
	p := h.accept("")
	h.memory.messages = nil
	if body := string(h.api("operator", "GET", "/petitions/"+p.Code, "").mustStatus(t, 200).body); !strings.Contains(body, `"messages":[]`) {
		t.Errorf("%s", body)
	}
}

func TestPagesStayStableWhileRowsAreInserted(t *testing.T) {
	h := newHouse(t)
	var want []string
	for range 25 {
		want = append(want, h.accept("").Code)
	}
	slices.Reverse(want)
	var got []string
	cursor := ""
	for pages := 0; pages < 20; pages++ {
		var page Page[PetitionRow]
		h.api("operator", "GET", "/petitions?limit=4&cursor="+cursor, "").mustStatus(t, 200).mustRead(t, &page)
		for _, row := range page.Items {
			got = append(got, row.Code)
		}
		h.accept("") // somebody calls between two pages
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages gave %v, expected %v", got, want)
	}
}

func TestListsFilterAndRefuseWhatTheyDoNotKnow(t *testing.T) {
	h := newHouse(t)
	forwarded := h.accept(`"unit":"SXD"`)
	h.accept("")
	for query, count := range map[string]int{"": 2, "?status=forwarded": 1, "?status=forwarded,received": 2, "?unit=SXD": 1, "?unit=MTDT": 0,
		"?overdue=true": 0, "?overdue=false": 2, "?q=" + forwarded.Code: 1, "?q=570000501": 2, "?status=": 2} {
		var page Page[PetitionRow]
		h.api("operator", "GET", "/petitions"+query, "").mustStatus(t, 200).mustRead(t, &page)
		if len(page.Items) != count {
			t.Errorf("%s: %d items, expected %d", query, len(page.Items), count)
		}
	}
	for query, location := range map[string]string{"?statu=x": "query.statu", "?status=x": "query.status", "?limit=0": "query.limit", "?limit=201": "query.limit",
		"?limit=a": "query.limit", "?overdue=1": "query.overdue", "?cursor=!": "query.cursor", "?q=%00": "query.q", "?q=a&q=b": "query.q"} {
		if p := h.api("operator", "GET", "/petitions"+query, "").problem(t, 422); !p.names(location) {
			t.Errorf("%s: %+v", query, p.Errors)
		}
	}
	for _, path := range []string{"/messages?state=lost", "/tasks?kind=x", "/contacts?cursor=-1", "/units?kind=x"} {
		h.api("operator", "GET", path, "").problem(t, 422)
	}
}

// The look is logged: whoever is shown the citizen by a key, and nobody else.
func TestALookAtACitizenByAKeyIsLogged(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	secret := h.accept(`"denunciation":true`)
	if len(h.memory.looks) != 0 {
		t.Errorf("recording is a look: %v", h.memory.looks)
	}
	for _, role := range []string{"office", "officer", "head"} { // masked
		h.api(role, "GET", "/petitions/"+p.Code, "").mustStatus(t, 200)
	}
	for _, role := range []string{"operator", "shift_lead"} { // a list shows nobody
		if body := string(h.api(role, "GET", "/petitions?q="+citizenPhone, "").mustStatus(t, 200).body); strings.Contains(body, citizenName) || strings.Contains(body, citizenPhone[1:]) {
			t.Errorf("a list says who: %s", body)
		}
	}
	h.api("operator", "GET", "/petitions/"+secret.Code, "").mustStatus(t, 200) // closed to operators
	if len(h.memory.looks) != 0 {
		t.Errorf("what shows nobody is a look: %v", h.memory.looks)
	}
	h.api("operator", "GET", "/petitions/"+p.Code, "").mustStatus(t, 200).mustSay(t, citizenName)
	h.api("shift_lead", "POST", "/petitions/"+p.Code+"/progress", `{"text":"đã gọi"}`).mustStatus(t, 200).mustSay(t, citizenName)
	if want := []string{"khóa operator, khóa số 2: " + p.Code, "khóa shift_lead, khóa số 3: " + p.Code}; !slices.Equal(keysIn(h.memory.looks), keysIn(want)) {
		t.Errorf("the looks are %v", h.memory.looks)
	}

	h.memory.shut = errors.New("the database is away")
	if res := h.api("operator", "GET", "/petitions/"+p.Code, "").mustStatus(t, 500); strings.Contains(string(res.body), citizenName) {
		t.Error("who cannot be logged is shown the citizen")
	}
	h.api("operator", "POST", "/petitions/"+p.Code+"/progress", `{"text":"đã gọi lại"}`).mustStatus(t, 200).mustNotSay(t, citizenName, citizenPhone)
}

var keyNumber = regexp.MustCompile(`khóa số \d+`)

// keysIn are the looks without the keys' numbers, which the house gives out by chance.
func keysIn(looks []string) []string {
	list := slices.Clone(looks)
	for i := range list {
		list[i] = keyNumber.ReplaceAllString(list[i], "khóa số")
	}
	return list
}

func TestAnIntakeIsToldEverythingThatIsWrongWithIt(t *testing.T) {
	h := newHouse(t)
	p := h.api("operator", "POST", "/petitions", `{"channel":"pigeon","kind":9,"content":" ","citizen":{"name":"","phone":"12"},"received_at":"2027-01-01T08:00"}`).problem(t, 422)
	for _, location := range []string{"body.channel", "body.kind", "body.content", "body.citizen.name", "body.citizen.phone", "body.received_at"} {
		if !p.names(location) {
			t.Errorf("%s is not named: %+v", location, p.Errors)
		}
	}
	if len(p.Errors) != 6 || !strings.Contains(p.Detail, "chưa có nội dung phản ánh") || !strings.Contains(p.Detail, "chưa có họ tên") {
		t.Errorf("%+v", p)
	}
	if p := h.api("operator", "POST", "/petitions", petitionBody(`"kind":9`)).problem(t, 422); len(p.Errors) != 1 || p.Detail != p.Errors[0].Message {
		t.Errorf("of one fault it is said: %+v", p)
	}
}
