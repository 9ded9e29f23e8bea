package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

func TestTheCitizenScoresTheHotlineApart(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	body := string(h.get("/t/"+p.Token).mustStatus(t, 200).body)
	if !strings.Contains(body, `name="service" value="5"`) || strings.Contains(body, `name="service" value="5" required`) {
		t.Error("the page does not ask for the second score, or insists on it")
	}
	h.post("/t/"+p.Token+"/rating", "score", "3", "service", "6").mustStatus(t, 422)
	h.post("/t/"+p.Token+"/rating", "score", "3", "service", "x").mustStatus(t, 422)
	h.post("/t/"+p.Token+"/rating", "score", "3", "service", "5").mustStatus(t, 303)
	if r := h.stored(p.Code).Rating; r.Score != 3 || r.Service != 5 {
		t.Errorf("%+v", r)
	}
	body = string(h.get("/t/"+p.Token).mustStatus(t, 200).body)
	for _, want := range []string{`name="score" value="3" checked`, `name="service" value="5" checked`, "Tổng đài 1022: 5/5", "Sửa đánh giá"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestALowScoreIsOfferedReopeningOnThePage(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	res := h.post("/t/"+p.Token+"/rating", "score", "2").mustStatus(t, 303)
	body := string(h.get(res.Header.Get("Location")).mustStatus(t, 200).body)
	if !strings.Contains(body, "nêu lý do ở mục") || !strings.Contains(body, "/dispute") || h.stored(p.Code).Status != escalation.Published {
		t.Errorf("%s", body)
	}
	h.post("/t/"+p.Token+"/rating", "score", "1", "comment", "đèn vẫn tắt").mustStatus(t, 303)
	if s := h.stored(p.Code).Status; s != escalation.Disputed {
		t.Errorf("status %s", s)
	}
}

func TestAVoteTooLateIsRefusedInWordsAndTheFormIsGone(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	h.post("/t/"+p.Token+"/rating", "score", "4").mustStatus(t, 303)
	h.clock = start.Add(8 * 24 * time.Hour)
	h.memory.now = h.clock
	if body := string(h.get("/t/"+p.Token).mustStatus(t, 200).body); strings.Contains(body, "/rating\"") || !strings.Contains(body, "đã đánh giá: 4/5.") {
		t.Error("the form is still there")
	}
	res := h.post("/t/"+p.Token+"/rating", "score", "1").mustStatus(t, 409)
	if !strings.Contains(string(res.body), "thời gian sửa đã hết") {
		t.Errorf("%s", res.body)
	}
}

func TestADirectAnswerHasAForm(t *testing.T) {
	h := newHouse(t)
	p := h.accept("")
	h.api("operator", "POST", "/petitions/"+p.Code+"/answer", `{"text":"Cắt điện theo lịch đến 17 giờ."}`).mustStatus(t, 200)
	if body := string(h.get("/t/"+p.Token).mustStatus(t, 200).body); !strings.Contains(body, "/t/"+p.Token+"/rating") {
		t.Error("a direct answer cannot be rated")
	}
	h.post("/t/"+p.Token+"/rating", "score", "5").mustStatus(t, 303)
}

// wishes are the preferences of numbers, in memory.
type wishes map[string]escalation.Unwanted

func (w wishes) Unwanted(_ context.Context, phone string) (escalation.Unwanted, error) {
	return w[phone], nil
}

func (w wishes) Prefer(_ context.Context, _ string, unwanted escalation.Unwanted, _ escalation.Actor) error {
	w["+84"+citizenPhone[1:]] = unwanted
	return nil
}

func TestTheCitizenTurnsOffTextsByPurpose(t *testing.T) {
	kept := wishes{}
	h := newHouse(t, func(c *Config) { c.Preferences = kept })
	p := h.accept("")
	body := string(h.get("/t/"+p.Token).mustStatus(t, 200).body)
	for _, name := range []string{"progress", "rating", "bulk"} {
		if !strings.Contains(body, `name="`+name+`" value="1" checked`) {
			t.Errorf("%s is not offered", name)
		}
	}
	h.post("/t/"+p.Token+"/texts", "progress", "1", "bulk", "1").mustStatus(t, 303)
	if got := kept["+84"+citizenPhone[1:]]; got != (escalation.Unwanted{Rating: true}) {
		t.Errorf("%+v", got)
	}
	if body := string(h.get("/t/"+p.Token).mustStatus(t, 200).body); strings.Contains(body, `name="rating" value="1" checked`) {
		t.Error("the wish does not show")
	}
	h.get("/t/"+p.Token+"/texts").mustStatus(t, 404) // a form's address is no page
	bare := newHouse(t)                              // without preferences
	q := bare.accept("")
	bare.post("/t/"+q.Token+"/texts").mustStatus(t, 404)
}

func TestACitizenWithoutANumberChoosesNoTexts(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Preferences = wishes{} })
	p := h.accept(`"citizen":{"name":"Nguyễn Văn Thử","email":"a@example.vn"}`)
	if body := string(h.get("/t/"+p.Token).mustStatus(t, 200).body); strings.Contains(body, "/texts") {
		t.Error("texts are offered")
	}
}
