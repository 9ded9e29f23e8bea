package web

import (
	"strings"
	"testing"

	"notify1022/escalation"
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

// "Links open without codes" is said of slips and reports. What is confidential opens by a
// code all the same, and a citizen withdraws by one.
func TestLinksThatOpenWithoutCodesOpenNothingConfidential(t *testing.T) {
	h, kept := withCodes(t, wholeDoor, func(c *Config) { c.OpenLinks, c.Lookups = true, tries{} })
	stranger := func() *browser { return &browser{h, map[string]string{}} }
	plain, secret, crime := h.accept(`"unit":"SXD"`), h.accept(`"unit":"SXD","confidential":true`), h.accept(`"denunciation":true`)
	h.api("shift_lead", "POST", "/petitions/"+crime.Code+"/forward", `{"unit":"SXD"}`).mustStatus(t, 200)

	stranger().get("/p/"+plain.Slips[0].Token).mustStatus(t, 200).mustSay(t, "Đèn đường")
	stranger().get("/p/"+plain.ViewToken).mustStatus(t, 200).mustSay(t, "Đèn đường")
	stranger().get("/t/"+plain.Token).mustStatus(t, 200).mustSay(t, "Quá trình xử lý")
	stranger().get("/b/"+reportToken).mustStatus(t, 200).mustSay(t, "1.234 phản ánh")
	for _, page := range []string{"/p/" + secret.Slips[0].Token, "/p/" + secret.ViewToken, "/t/" + secret.Token, "/p/" + h.stored(crime.Code).Slips[0].Token} {
		stranger().get(page).mustStatus(t, 200).mustSay(t, "mã một lần").mustNotSay(t, "Đèn đường", "Gia Viên", "Quá trình xử lý")
	}
	stranger().post("/p/"+secret.Slips[0].Token+"/acknowledge", nil).mustStatus(t, 422)
	if slip := h.stored(secret.Code).Slips[0]; !slip.AcknowledgedAt.IsZero() {
		t.Error("who has the link alone acts")
	}

	b, page := stranger(), "/p/"+secret.Slips[0].Token
	b.confirm(t, kept, page, b.get(page).mustStatus(t, 200), "1").mustStatus(t, 303)
	b.get(page).mustStatus(t, 200).mustSay(t, "Đèn đường", officerName)

	b, page = stranger(), "/t/"+plain.Token
	clear(kept.sent)
	asked := b.post(page+"/withdraw", nil).mustStatus(t, 200).mustSay(t, "Để rút phản ánh")
	b.confirm(t, kept, page, asked, "citizen").mustStatus(t, 200)
	b.post(page+"/withdraw", nil).mustStatus(t, 303)
	if got := h.stored(plain.Code).Status; got != escalation.Withdrawn {
		t.Errorf("it is %s", got)
	}
}
