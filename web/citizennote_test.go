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
