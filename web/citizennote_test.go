package web

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

func TestACitizensThanksDoNotReopenAPublishedPetition(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	b, page := &browser{h, map[string]string{}}, "/t/"+p.Token
	open := b.get(page).mustStatus(t, 200).mustSay(t, "Gửi lời nhắn", "Phản ánh sẽ được mở lại để xử lý tiếp").mustNotSay(t, "<h2>Bổ sung thông tin</h2>")
	res := b.post(page+"/note", open.form(t, "note", "text", "Cảm ơn tổng đài nhiều")).mustStatus(t, 303)
	b.get(res.Header.Get("Location")).mustStatus(t, 200).mustSay(t, "Đã gửi lời nhắn", "Đã nhận lời nhắn")
	if got := h.stored(p.Code); got.Status != escalation.Published || strings.Contains(got.Content, "Cảm ơn") {
		t.Errorf("%s: %s", got.Status, got.Content)
	}
	// A page from before the answer was there: its words are kept, and nothing is reopened.
	h.post(page+"/supplement", "text", "Cột số 5 trước cổng").mustStatus(t, 409).mustSay(t, "mở lại", "Cột số 5 trước cổng</textarea>")
	if got := h.stored(p.Code).Status; got != escalation.Published {
		t.Errorf("status %s", got)
	}
	b.post(page+"/supplement", b.get(page).form(t, "supplement", "text", "Đèn lại tắt")).mustStatus(t, 303)
	if got := h.stored(p.Code).Status; got != escalation.Received {
		t.Errorf("status %s", got)
	}
}

func TestTheTaskToReadANoteIsTheHotlines(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	h.post("/t/"+p.Token+"/note", "text", "Cảm ơn tổng đài nhiều").mustStatus(t, 303)
	if body := string(h.api("operator", "GET", "/tasks", "").mustStatus(t, 200).body); !strings.Contains(body, "Đọc lời nhắn của người dân về "+p.Code) {
		t.Errorf("no task: %s", body)
	}
}

func TestTheUnitHasAnsweredMeLeavesContentAndQuestionAlone(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	h.api("officer", "POST", "/petitions/"+p.Code+"/clarify", `{"missing":"số cột"}`).mustStatus(t, 200)
	b, page := &browser{h, map[string]string{}}, "/t/"+p.Token
	b.post(page+"/answered", b.get(page).form(t, "answered")).mustStatus(t, 303)
	got := h.stored(p.Code)
	if got.Content != p.Content || got.Clarify == nil {
		t.Errorf("content %q, question %+v", got.Content, got.Clarify)
	}
	b.get(page).mustStatus(t, 200).mustSay(t, "Cần bổ sung: số cột", "Người dân cho biết đơn vị đã trả lời").mustNotSay(t, "/answered")
	h.post(page+"/answered").mustStatus(t, 409)
	if n := h.entries(p.Code, string(escalation.VerbSayAnswered)); n != 1 {
		t.Errorf("%d times in the timeline", n)
	}
}
