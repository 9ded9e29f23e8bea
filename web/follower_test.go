package web

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

const neighbour = "Ngô Thị Hàng Xóm"

// merge brings a neighbour's petition into one that lies with a unit.
func (h *house) merge(extra string) (parent, child escalation.Petition) {
	h.t.Helper()
	parent = h.accept(`"unit":"SXD"` + extra)
	var a Accepted
	h.api("operator", "POST", "/petitions", `{"channel":"phone","kind":1,"citizen":{"name":"`+neighbour+`","phone":"0570000502","address":"9 Lê Lợi"},`+
		`"content":"Ngõ tối quá.","field":"chiếu sáng","area":"P Gia Viên"}`).mustStatus(h.t, 201).mustRead(h.t, &a)
	child = h.stored(a.Code)
	h.api("operator", "POST", "/petitions/"+child.Code+"/merge", `{"into":"`+parent.Code+`"}`).mustStatus(h.t, 200)
	return parent, child
}

// answered publishes the parent's answer, which names its citizen and address.
func (h *house) answered(code string) {
	h.t.Helper()
	h.api("officer", "POST", "/petitions/"+code+"/result", `{"text":"Đã thay bóng đèn cho ông `+citizenName+`, 12 Lạch Tray"}`).mustStatus(h.t, 200)
	h.api("operator", "POST", "/petitions/"+code+"/publish", `{"redacted":"Đã thay bóng đèn cho ông `+citizenName+`, 12 Lạch Tray"}`).mustStatus(h.t, 200)
}

func TestAMergedCitizenSeesAndRatesTheAnswerOfThePetitionFollowed(t *testing.T) {
	for _, extra := range []string{"", `,"confidential":true`} {
		h := withOwnDevice(t)
		parent, child := h.merge(extra)
		page := func() string { return string(h.get("/t/"+child.Token).mustStatus(t, 200).body) }
		if body := page(); !strings.Contains(body, "Sở Xây dựng đang xử lý, chậm nhất 8h00 ngày 02/12/2026") || strings.Contains(body, "/rating") {
			t.Errorf("before the answer: %s", body)
		}
		h.post("/t/"+child.Token+"/rating", "score", "5").mustStatus(t, 409)
		h.answered(parent.Code)
		body := page()
		for _, want := range []string{child.Code, parent.Code, "Đã thay bóng đèn", "/t/" + child.Token + "/rating", "/t/" + child.Token + "/dispute", "Ngõ tối"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q: %s", want, body)
			}
		}
		for _, secret := range append([]string{"Lạch Tray", "4 tối nay", parent.Token, neighbour}, secrets...) {
			if strings.Contains(body, secret) {
				t.Errorf("the page shows %q: %s", secret, body)
			}
		}
		h.post("/t/"+parent.Token+"/rating", "score", "5").mustStatus(t, 303)
		h.post("/t/"+child.Token+"/rating", "score", "9").mustStatus(t, 422)
		h.post("/t/"+child.Token+"/rating", "score", "4", "comment", neighbour+" cảm ơn, gọi 0570000502").mustStatus(t, 303)
		p := h.stored(parent.Code)
		if p.Rating.Score != 5 {
			t.Errorf("the citizen's own rating is now %+v", p.Rating)
		}
		if f := p.Followed(child.Code); f.Rating == nil || f.Rating.Score != 4 || strings.Contains(f.Rating.Comment, neighbour) || strings.Contains(f.Rating.Comment, "0570000502") {
			t.Errorf("the follower's rating %+v", f.Rating)
		}
		if body := page(); !strings.Contains(body, "đã đánh giá: 4/5; có thể sửa đến") {
			t.Errorf("after the rating: %s", body)
		}
	}
}

func TestAMergedCitizenDisputesThePetitionFollowed(t *testing.T) {
	h := newHouse(t)
	parent, child := h.merge("")
	h.post("/t/"+child.Token+"/dispute", "reason", "chậm").mustStatus(t, 409)
	h.answered(parent.Code)
	h.post("/t/"+child.Token+"/dispute", "reason", "").mustStatus(t, 422)
	h.post("/t/"+child.Token+"/dispute", "reason", "đèn vẫn tắt, tôi là "+neighbour).mustStatus(t, 303)
	p := h.stored(parent.Code)
	if p.Status != escalation.Disputed || !strings.Contains(p.Dispute.By, child.Code) {
		t.Errorf("%s %+v", p.Status, p.Dispute)
	}
	for _, e := range h.memory.timeline[p.ID] {
		if strings.Contains(e.Text+e.Private+e.Actor, neighbour) {
			t.Errorf("the follower's name is kept with another's petition: %+v", e)
		}
	}
	if body := string(h.get("/t/" + child.Token).body); !strings.Contains(body, "Văn phòng UBND thành phố đang chủ trì") {
		t.Errorf("%s", body)
	}
	h.post("/t/"+child.Token+"/supplement", "text", "ảnh").mustStatus(t, 409)
}

func TestAPetitionMergedTwiceFollowsTheLast(t *testing.T) {
	h := newHouse(t)
	parent, child := h.merge("")
	last := h.accept(`"unit":"SXD"`)
	h.api("operator", "POST", "/petitions/"+parent.Code+"/merge", `{"into":"`+last.Code+`"}`).mustStatus(t, 200)
	h.answered(last.Code)
	h.post("/t/"+child.Token+"/rating", "score", "3").mustStatus(t, 303)
	h.post("/t/"+parent.Token+"/rating", "score", "2").mustStatus(t, 303)
	p := h.stored(last.Code)
	if p.Rating != nil || p.Followed(child.Code).Rating.Score != 3 || p.Followed(parent.Code).Rating.Score != 2 {
		t.Errorf("%+v %+v", p.Rating, p.Followers)
	}
}
