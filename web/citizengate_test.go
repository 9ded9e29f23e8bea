package web

import (
	"strings"
	"testing"
)

func TestAConfidentialPetitionWithoutAMobileOpensToNobodyByItsLinkAlone(t *testing.T) {
	for name, c := range map[string]struct {
		email string
		mails bool
		sent  bool
	}{
		"an address":        {"thu@example.vn", true, true},
		"no mail goes out":  {"thu@example.vn", false, false},
		"a landline, alone": {"", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, kept := withCodes(t, func(config *Config) { config.Mails = c.mails })
			p := h.accept(`"confidential":true`)
			p.Citizen.Phone, p.Citizen.Email = "+842253000009", c.email
			h.memory.petitions[p.ID] = p
			page := "/t/" + p.Token
			b := &browser{h, map[string]string{}}
			shut := b.get(page).mustStatus(t, 200).mustNotSay(t, "Quá trình xử lý", "/supplement")
			b.post(page+"/supplement", map[string][]string{"text": {"cột số 5"}}).mustNotSay(t, "Quá trình xử lý")
			if strings.Contains(h.stored(p.Code).Content, "cột số 5") {
				t.Fatal("who has the link alone acts")
			}
			if !c.sent {
				shut.mustSay(t, "Hãy gọi Tổng đài 1022, số 0225.1022")
				b.post(page+"/code", map[string][]string{"to": {"citizen"}}).mustStatus(t, 422)
				return
			}
			shut.mustSay(t, "t***@example.vn")
			b.confirm(t, kept, page, shut, "citizen").mustStatus(t, 303)
			b.get(page).mustStatus(t, 200).mustSay(t, "Quá trình xử lý")
		})
	}
}
