package web

import (
	"bytes"
	"net/http/httptest"
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

// field failure: who had the link to look at sent photos as the unit.
func TestPhotosAreTakenFromAnOpenSlipAlone(t *testing.T) {
	files := &shelf{room: 5}
	h := withOwnDevice(t, func(c *Config) { c.Attachments = files })
	p := h.accept(`"unit":"SXD"`)
	secret := h.accept(`"denunciation":true`)
	h.api("shift_lead", "POST", "/petitions/"+secret.Code+"/forward", `{"unit":"SXD"}`).mustStatus(t, 200)
	send := func(token string, status int) response {
		body, kind := photoForm(t, []string{NonceField, NewNonce(), "stage", "after"}, photo(t))
		r := httptest.NewRequest("POST", "/p/"+token+"/photos", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return h.do(r).mustStatus(t, status)
	}
	send(p.ViewToken, 409).mustSay(t, "chỉ để xem")
	send(h.stored(secret.Code).Slips[0].Token, 409)
	if len(files.names) > 0 {
		t.Fatalf("taken: %v", files.names)
	}
	send(p.Slips[0].Token, 303)
	h.api("operator", "POST", "/petitions/"+p.Code+"/reassign", `{"unit":"MTDT"}`).mustStatus(t, 200)
	send(p.Slips[0].Token, 409).mustSay(t, "Phiếu đã kết thúc")
	if len(files.names) != 1 {
		t.Errorf("taken: %v", files.names)
	}
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
