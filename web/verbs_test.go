package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
)

// verbCase is a course of calls; each must answer as said.
type verbCase struct {
	role, verb, body string
	status           int
	location         string // of the fault
	after            escalation.Status
}

func TestEveryVerbTakesItsBody(t *testing.T) {
	const at, past = `"2026-11-23T15:00"`, `"2026-11-20T15:00"`
	courses := map[string][]verbCase{
		"result": {
			{"officer", "acknowledge", ``, 200, "", escalation.InProgress},
			{"officer", "eta", `{"at":` + past + `}`, 422, "body.at", ""},
			{"officer", "eta", `{"at":` + at + `,"reason":"khảo sát"}`, 200, "", escalation.Verifying},
			{"officer", "progress", `{}`, 422, "body.text", ""},
			{"officer", "progress", `{"text":"đang kiểm tra"}`, 200, "", ""},
			{"officer", "assign-internal", `{"contact":999}`, 422, "body.contact", ""},
			{"officer", "assign-internal", `{"contact":1}`, 200, "", ""},
			{"officer", "result", `{"text":"xong"}`, 422, "body.text", ""},
			{"officer", "result", `{"text":"Đã thay bóng đèn ngõ 72","citizen_answered":{"at":` + at + `,"how":"gọi điện"}}`, 200, "", escalation.Resolved},
			{"operator", "send-back", `{}`, 422, "body.reason", ""},
			{"operator", "send-back", `{"reason":"thiếu ảnh"}`, 200, "", escalation.InProgress},
			{"officer", "result", `{"text":"Đã thay bóng đèn, có ảnh"}`, 200, "", escalation.Resolved},
			{"officer", "publish", `{}`, 403, "", ""},
			{"operator", "publish", `{}`, 200, "", escalation.Published},
			{"operator", "rating", `{"score":9}`, 422, "body.score", ""},
			{"operator", "rating", `{"score":5}`, 200, "", ""},
			{"operator", "reopen", `{}`, 422, "body.reason", ""},
			{"operator", "reopen", `{"reason":"đèn lại tắt"}`, 200, "", escalation.Forwarded},
		},
		"return": {
			{"officer", "return", `{"reason":""}`, 422, "body.reason", ""},
			{"officer", "return", `{"reason":"không thuộc","unit":"NONE"}`, 422, "body.unit", ""},
			{"officer", "return", `{"reason":"không thuộc thẩm quyền"}`, 200, "", escalation.ReturnRequested},
			{"operator", "refuse-return", `{"reason":"đúng thẩm quyền"}`, 200, "", ""},
			{"officer", "return", `{"reason":"vẫn không thuộc"}`, 200, "", ""},
			{"operator", "accept-return", `{"unit":"MTDT"}`, 200, "", ""},
			{"officer", "acknowledge", `{}`, 403, "", ""},
			{"operator", "reassign", `{"unit":"SXD"}`, 200, "", ""},
		},
		"office": {
			{"office", "urge", `{}`, 422, "body.due", ""},
			{"office", "urge", `{"due":` + at + `}`, 200, "", ""},
			{"office", "direct", `{"leader":"Chủ tịch","text":"khẩn trương","due":` + at + `}`, 200, "", ""},
			{"operator", "hold", `{"reason":"chờ","until":` + at + `}`, 403, "", ""},
			{"office", "hold", `{"reason":"chờ vật tư","until":` + at + `}`, 200, "", ""},
			{"office", "resume", ``, 200, "", ""},
			{"operator", "urgent", `{"reason":"nguy hiểm"}`, 200, "", ""},
			{"operator", "written-file", `{}`, 200, "", ""},
			{"officer", "commend", `{"who":"officer","officer":"Cán bộ mẫu","reason":"làm tốt"}`, 403, "", ""},
			{"office", "commend", `{"who":"officer","reason":"làm tốt"}`, 422, "body.officer", ""},
			{"office", "commend", `{"who":"officer","officer":"Cán bộ mẫu","reason":"xử lý trong đêm"}`, 200, "", ""},
			{"officer", "clarify", `{"missing":"số cột đèn"}`, 200, "", ""},
			{"officer", "clarify", `{"missing":"ảnh"}`, 409, "", ""},
			{"operator", "supplement", `{"text":"cột số 5"}`, 200, "", ""},
			{"officer", "dispute", `{"reason":"không thống nhất"}`, 200, "", ""},
			{"office", "submit-to-leader", `{"text":"trình"}`, 200, "", ""},
		},
	}
	for name, course := range courses {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.accept(`"unit":"SXD"`)
			for i, c := range course {
				res := h.api(c.role, "POST", "/petitions/"+p.Code+"/"+c.verb, c.body)
				if c.status != 200 {
					if got := res.problem(t, c.status); c.location != "" && !got.names(c.location) {
						t.Errorf("%d %s: %s is not named: %+v", i, c.verb, c.location, got.Errors)
					}
					continue
				}
				var v PetitionView
				res.mustStatus(t, 200).mustRead(t, &v)
				if c.after != "" && v.Status != c.after {
					t.Errorf("%d %s: status %s, expected %s", i, c.verb, v.Status, c.after)
				}
				if got := res.Header.Get("ETag"); got != fmt.Sprintf("%q", fmt.Sprint(v.Version)) {
					t.Errorf("%d %s: ETag %s of version %d", i, c.verb, got, v.Version)
				}
			}
		})
	}
}

func TestEveryVerbOfTheIntakeTakesItsBody(t *testing.T) {
	for _, c := range []verbCase{
		{"operator", "touch", ``, 200, "", escalation.Received},
		{"operator", "forward", `{"units":["SXD"]}`, 200, "", escalation.Forwarded},
		{"operator", "forward", `{"unit":"SXD","note":"gấp","call":{"to":"0225 3000 001","outcome":"answered"}}`, 200, "", escalation.Forwarded},
		{"operator", "forward", `{}`, 422, "body.units", ""},
		{"operator", "clarify", `{"missing":"địa chỉ"}`, 200, "", escalation.AwaitingInfo},
		{"operator", "reject", `{"reason":"khiếu nại"}`, 422, "body.guidance", ""},
		{"operator", "reject", `{"reason":"khiếu nại","guidance":"Ban Tiếp công dân"}`, 200, "", escalation.Rejected},
		{"operator", "answer", `{"text":"Nộp tại bộ phận một cửa"}`, 200, "", escalation.AnsweredDirectly},
		{"operator", "emergency", `{"to":"114","outcome":"answered","unit":"SXD"}`, 200, "", escalation.EmergencyTransferred},
		{"operator", "withdraw", `{"reason":"dân đổi ý"}`, 200, "", escalation.Withdrawn},
		{"operator", "merge", `{"into":"HP261123-9999"}`, 422, "body.into", ""},
		{"operator", "result", `{"text":"Một câu trả lời đủ dài"}`, 409, "", ""},
		{"operator", "forwards", `{}`, 404, "", ""},
	} {
		t.Run(c.verb+" "+fmt.Sprint(c.status), func(t *testing.T) {
			h := newHouse(t)
			p := h.accept("")
			res := h.api(c.role, "POST", "/petitions/"+p.Code+"/"+c.verb, c.body)
			if c.status != 200 {
				if got := res.problem(t, c.status); c.location != "" && !got.names(c.location) {
					t.Errorf("%s is not named: %+v", c.location, got.Errors)
				}
				return
			}
			var v PetitionView
			res.mustStatus(t, 200).mustRead(t, &v)
			if v.Status != c.after {
				t.Errorf("status %s, expected %s", v.Status, c.after)
			}
		})
	}
}

func TestAMergedPetitionNamesItsParent(t *testing.T) {
	h := newHouse(t)
	parent, child := h.accept(""), h.accept("")
	var v PetitionView
	h.api("operator", "POST", "/petitions/"+child.Code+"/merge", `{"into":"`+parent.Code+`"}`).mustStatus(t, 200).mustRead(t, &v)
	if v.MergedIn != parent.Code {
		t.Errorf("merged into %q", v.MergedIn)
	}
	res := h.api("operator", "GET", "/petitions/"+parent.Code, "").mustStatus(t, 200)
	res.mustRead(t, &v)
	if !slices.Equal(v.Followers, []string{child.Code}) || strings.Contains(string(res.body), child.Token) {
		t.Errorf("followers of the parent: %s", res.body)
	}
}

func TestAStaleVersionChangesNothing(t *testing.T) {
	h := newHouse(t)
	p := h.accept("")
	path := "/petitions/" + p.Code + "/touch"
	for _, c := range []struct {
		match  string
		status int
	}{{`"7"`, 409}, {`"x"`, 422}, {`"0"`, 422}, {`"1"`, 200}, {`"1"`, 409}, {`*`, 409 /* touched twice is allowed only while received */}} {
		res := h.api("operator", "POST", path, "", "If-Match", c.match)
		if c.match == "*" {
			if res.StatusCode != 200 {
				t.Errorf("If-Match *: %d", res.StatusCode)
			}
			continue
		}
		if c.status == 200 {
			res.mustStatus(t, 200)
			continue
		}
		if got := res.problem(t, c.status); !got.names("header.If-Match") {
			t.Errorf("If-Match %s: %+v", c.match, got.Errors)
		}
	}
}
