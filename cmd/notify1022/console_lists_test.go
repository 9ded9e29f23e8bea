package main

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

// Who calls about a petition that is over is answered like anybody else.
func TestAPetitionThatHasEndedIsFoundAndReopened(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	over, open := h.petition(false), h.petition(false)
	h.call(200, "POST", "/api/v1/petitions/"+over+"/withdraw", object{"reason": "đèn đã sáng"})
	operator := h.signedIn(escalation.Operator, "")
	for _, q := range []string{over, strings.ToLower(over), strings.TrimPrefix(over, "HP"), strings.TrimPrefix(over, "HP261123-")} {
		if got := operator.get("/console/board?q=" + q); got.status != 303 || got.to != "/console/p/"+over {
			t.Errorf("%q leads to %q (%d)", q, got.to, got.status)
		}
	}
	operator.must(operator.get("/console/p/"+over), 200, "Mở lại")
	if got := operator.must(operator.get("/console/board"), 200, open); strings.Contains(got.body, over) {
		t.Error("the board has what is over")
	}
	h.call(200, "POST", "/api/v1/petitions/"+open+"/withdraw", object{"reason": "đèn đã sáng"})
	operator.must(operator.get("/console/board?q=trước+ngõ"), 200, "Không thấy trong các phản ánh đang mở", `href="/console/board?ended=1&amp;q=tr%C6%B0%E1%BB%9Bc&#43;ng%C3%B5"`)
	operator.must(operator.get("/console/board?q=trước+ngõ&ended=1"), 200, over, open, "đã kết thúc", `name="ended" value="1" checked`)
	operator.must(operator.get("/console/board?status=withdrawn"), 200, over, open)
	if got := operator.must(operator.get("/console/board?status=closed"), 200); strings.Contains(got.body, over) {
		t.Error("another ended status has it")
	}
	officer := h.signedIn(escalation.Officer, "LACHTRAY")
	officer.must(officer.get("/console/board?ended=1"), 200, over)
	other := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Việc của nơi khác", "citizen": object{"name": "Trần Thử", "phone": "0570000009"}})["code"].(string)
	if got := officer.get("/console/board?q=" + other); got.status != 200 || strings.Contains(got.body, `href="/console/p/`+other) {
		t.Errorf("a unit is led to another's petition: %d", got.status)
	}
	officer.must(officer.get("/console/board?q="+over), 303)
}
