package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestALinkIsShownToThoseWhoMayUseIt(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"units":["SXD","MTDT"]`)
	lead, helper := p.Slips[0].Token, p.Slips[1].Token
	for role, sees := range map[string][]bool{ // the citizen's, the lead's, the helper's
		"operator": {true, true, true}, "office": {false, true, true}, "officer": {false, true, false}, "officer@MTDT": {false, false, true},
	} {
		body := string(h.api(role, "GET", "/petitions/"+p.Code, "").mustStatus(t, 200).body)
		for i, token := range []string{p.Token, lead, helper} {
			if strings.Contains(body, token) != sees[i] {
				t.Errorf("%s sees link %d: %t", role, i, !sees[i])
			}
		}
	}
}

func TestOnlyKnownKeysAndTheirRolesMayEnter(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	all := []string{"administrator", "operator", "shift_lead", "office", "officer", "head"}
	for _, c := range []struct {
		method, path, body string
		may                []string
	}{
		{"GET", "/petitions", "", all},
		{"GET", "/petitions/" + p.Code, "", all},
		{"POST", "/petitions", petitionBody(""), []string{"administrator", "operator", "shift_lead", "office"}},
		{"POST", "/petitions/" + p.Code + "/revoke-link", `{"unit":"SXD","send":true}`, []string{"administrator", "operator", "shift_lead"}},
		{"GET", "/tasks", "", []string{"administrator", "operator", "shift_lead", "office"}},
		{"GET", "/messages", "", []string{"administrator", "operator", "shift_lead", "office"}},
		{"POST", "/units", `{"code":"U%d","name":"Xã A","sms_name":"Xã A","kind":"xa"}`, []string{"administrator", "shift_lead", "office"}},
		{"POST", "/contacts", `{"unit":"SXD","role":"focal","name":"A","phone":"0570000301"}`, []string{"administrator", "shift_lead", "office"}},
		{"GET", "/units", "", all}, {"GET", "/contacts", "", all}, {"GET", "/templates", "", all}, {"GET", "/calendars", "", all},
		{"GET", "/policies", "", all}, {"GET", "/delegations", "", all},
	} {
		for i, role := range all {
			res := h.api(role, c.method, c.path, strings.ReplaceAll(c.body, "%d", fmt.Sprint(i)))
			if may := slices.Contains(c.may, role); may && res.StatusCode >= 300 {
				t.Errorf("%s may not %s %s: %d %s", role, c.method, c.path, res.StatusCode, res.body)
			} else if !may {
				res.problem(t, 403)
			}
		}
		h.api("nobody", c.method, c.path, c.body).problem(t, 401)
	}
	for _, auth := range []string{"Bearer wrong", "Bearer ", "Basic x", h.keys["operator"], "Bearer " + h.keys["operator"] + "x", "Bearer " + h.keys["operator"][:10]} {
		res := h.api("nobody", "GET", "/petitions", "", "Authorization", auth)
		res.problem(t, 401)
		if res.Header.Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
	}
}

func TestAUnitSeesItsOwnPetitionsAlone(t *testing.T) {
	h := newHouse(t)
	own, other := h.accept(`"unit":"SXD"`), h.accept(`"unit":"MTDT"`)
	var page Page[PetitionRow]
	h.api("officer", "GET", "/petitions", "").mustStatus(t, 200).mustRead(t, &page)
	if len(page.Items) != 1 || page.Items[0].Code != own.Code {
		t.Errorf("an officer lists %+v", page.Items)
	}
	h.api("officer", "GET", "/petitions?unit=MTDT", "").problem(t, 403)
	h.api("officer", "GET", "/petitions?q=0570.000.501", "").problem(t, 403) // nobody but the hotline finds citizens by phone
	h.api("officer", "GET", "/petitions/"+other.Code, "").problem(t, 403)
	h.api("head", "POST", "/petitions/"+other.Code+"/acknowledge", "").problem(t, 403)
	var contacts Page[ContactView]
	h.api("officer", "GET", "/contacts", "").mustStatus(t, 200).mustRead(t, &contacts)
	for _, c := range contacts.Items {
		if c.Unit != "SXD" {
			t.Errorf("an officer of SXD sees a contact of %q", c.Unit)
		}
	}
	h.api("officer", "GET", "/contacts/3", "").problem(t, 404)
}

func TestCitizensAreHiddenFromUnitsAndTheOffice(t *testing.T) {
	for _, confidential := range []bool{false, true} {
		h := newHouse(t)
		p := h.accept(fmt.Sprintf(`"unit":"SXD","confidential":%t`, confidential))
		for _, role := range []string{"officer", "head", "office"} {
			res := h.api(role, "GET", "/petitions/"+p.Code, "").mustStatus(t, 200)
			body := string(res.body)
			for _, secret := range []string{citizenName, "nguyen van thu", citizenPhone, "+84570000501", "0570 000 501", p.Token, "Lạch Tray\",\"organisation"} {
				if strings.Contains(body, secret) {
					t.Errorf("confidential=%t: %s sees %q", confidential, role, secret)
				}
			}
			if confidential && strings.Contains(body, `"citizen":`) {
				t.Errorf("%s sees who made a confidential petition", role)
			}
			if !strings.Contains(body, "Đèn đường") {
				t.Errorf("%s does not see the content: %s", role, body)
			}
		}
	}
}

func TestADenunciationIsReadByShiftLeadsAlone(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"denunciation":true`)
	for role, sees := range map[string]bool{"operator": false, "office": false, "shift_lead": true, "administrator": true} {
		for _, path := range []string{"/petitions/" + p.Code, "/petitions"} {
			body := string(h.api(role, "GET", path, "").mustStatus(t, 200).body)
			if strings.Contains(body, "Đèn đường") != sees {
				t.Errorf("%s at %s: sees the content %t", role, path, !sees)
			}
		}
	}
	h.api("operator", "POST", "/petitions/"+p.Code+"/forward", `{"unit":"SXD"}`).problem(t, 403)
}
