package web

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

// expired is what the page of a link that has expired may not have.
var expired = []string{"Đèn đường", "Nội dung</h2>", "Đã thay bóng", "Ai đã giữ", "<audio", "/tep/", "chiếu sáng", "P Gia Viên", "Công ty Môi trường", "/result", "/photos", "MTDT"}

func (r response) mustNotSay(t *testing.T, words ...string) response {
	t.Helper()
	for _, w := range words {
		if strings.Contains(string(r.body), w) {
			t.Errorf("the page says %q:\n%s", w, r.body)
		}
	}
	return r
}

// DESIGN: a slip's token expires when the petition closes.
func TestASlipsLinkExpiresWithTheSlipAndThePetition(t *testing.T) {
	for name, end := range map[string]func(*house, escalation.Petition){
		"withdrawn": func(h *house, p escalation.Petition) {
			h.api("operator", "POST", "/petitions/"+p.Code+"/withdraw", `{}`).mustStatus(t, 200)
		},
		"reassigned": func(h *house, p escalation.Petition) {
			h.api("operator", "POST", "/petitions/"+p.Code+"/reassign", `{"unit":"MTDT"}`).mustStatus(t, 200)
		},
		"handed back": func(h *house, p escalation.Petition) {
			h.api("officer", "POST", "/petitions/"+p.Code+"/return", `{"reason":"không thuộc thẩm quyền"}`).mustStatus(t, 200)
			h.api("operator", "POST", "/petitions/"+p.Code+"/accept-return", `{"unit":"MTDT"}`).mustStatus(t, 200)
		},
		"published": func(h *house, p escalation.Petition) {
			h.api("officer", "POST", "/petitions/"+p.Code+"/result", `{"text":"Đã thay bóng đèn ngõ 72"}`).mustStatus(t, 200)
			h.api("operator", "POST", "/petitions/"+p.Code+"/publish", `{}`).mustStatus(t, 200)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, kept := withCodes(t, func(c *Config) { c.Recordings, c.Attachments = heard{}, taped{&shelf{room: 5}} })
			p := h.accept(`"unit":"SXD"`)
			page := "/p/" + p.Slips[0].Token
			b := &browser{h, map[string]string{}}
			b.confirm(t, kept, page, b.get(page), "1").mustStatus(t, 303)
			b.get(page).mustStatus(t, 200).mustSay(t, "Đèn đường", "/result")
			end(h, p)
			b.get(page).mustStatus(t, 200).mustSay(t, "Phiếu đã kết thúc", p.Code, "Sở Xây dựng", "Kết thúc lúc").mustNotSay(t, expired...)
			h.get(page).mustStatus(t, 200).mustSay(t, "Phiếu đã kết thúc").mustNotSay(t, append(expired, "/code")...)
			for act, status := range map[string]int{"result": 409, "acknowledge": 409, "recording": 404, "code": 303, "call": 303, "explanation": 409} {
				b.post(page+"/"+act, map[string][]string{"text": {"Đã thay bóng xong rồi"}, "reason": {"nghe lại"}}).mustStatus(t, status).mustNotSay(t, "Đèn đường", "Ai đã giữ", "MTDT")
			}
			b.get(page+"/tep/1").mustStatus(t, 404)
		})
	}
}

func TestThePageToLookAtExpiresWithThePetition(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.ViewToken
	h.get(page).mustStatus(t, 200).mustSay(t, "Đèn đường")
	h.api("operator", "POST", "/petitions/"+p.Code+"/withdraw", `{}`).mustStatus(t, 200)
	h.get(page).mustStatus(t, 200).mustSay(t, "Phiếu đã kết thúc", p.Code).mustNotSay(t, expired...)
}

func TestARevokedLinkIsAnsweredLikeAnUnknownOne(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	old := p.Slips[0].Token
	unknown := h.get("/p/unknown123").mustStatus(t, 404)
	h.api("operator", "POST", "/petitions/"+p.Code+"/revoke-link", `{}`).mustStatus(t, 200)
	if got := h.get("/p/"+old).mustStatus(t, 404); string(got.body) != string(unknown.body) {
		t.Errorf("it is answered otherwise: %s", got.body)
	}
	h.post("/p/"+old+"/acknowledge").mustStatus(t, 404)
	h.get("/p/"+h.stored(p.Code).Slips[0].Token).mustStatus(t, 200).mustSay(t, "Đèn đường")
}
