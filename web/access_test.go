package web

import (
	"fmt"
	"maps"
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

// mayCall is who may do what with a key: A administrator, S shift lead, T operator, V City
// Office, C officer of a unit, H its head. It is written down once more here, so that whoever
// opens an operation to somebody says so twice.
var mayCall = map[string]string{
	"GET /petitions": "ASTVCH", "GET /petitions/{code}": "ASTVCH", "POST /petitions": "ASTV",
	"POST /petitions/{code}/forward": "ASTV", "POST /petitions/{code}/acknowledge": "ASTVCH", "POST /petitions/{code}/eta": "ASTVCH",
	"POST /petitions/{code}/progress": "ASTVCH", "POST /petitions/{code}/result": "ASTVCH", "POST /petitions/{code}/send-back": "AST",
	"POST /petitions/{code}/return": "ASTCH", "POST /petitions/{code}/accept-return": "AST", "POST /petitions/{code}/refuse-return": "AST",
	"POST /petitions/{code}/clarify": "ASTVCH", "POST /petitions/{code}/supplement": "AST", "POST /petitions/{code}/reject": "AST",
	"POST /petitions/{code}/answer": "AST", "POST /petitions/{code}/emergency": "AST", "POST /petitions/{code}/reassign": "ASTV",
	"POST /petitions/{code}/assign-internal": "ASTCH", "POST /petitions/{code}/dispute": "ASTVCH", "POST /petitions/{code}/urge": "ASTV",
	"POST /petitions/{code}/direct": "ASTV", "POST /petitions/{code}/submit-to-leader": "ASTV", "POST /petitions/{code}/urgent": "AST",
	"POST /petitions/{code}/hold": "V", "POST /petitions/{code}/resume": "V", "POST /petitions/{code}/publish": "AST", "POST /petitions/{code}/merge": "AST",
	"POST /petitions/{code}/withdraw": "AST", "POST /petitions/{code}/reopen": "ASTV", "POST /petitions/{code}/rating": "AST", "POST /petitions/{code}/touch": "AST",
	"POST /petitions/{code}/written-file": "ASTV", "POST /petitions/{code}/ask-explanation": "ASTV", "POST /petitions/{code}/explanation": "ASTCH",
	"POST /petitions/{code}/commend": "ASTV", "POST /petitions/{code}/revoke-link": "AST", "POST /petitions/{code}/note": "AST", "POST /petitions/{code}/say-answered": "AST",
	"POST /messages": "AS", "GET /messages": "ASTV",
	"GET /tasks": "ASTV", "POST /tasks/{id}/done": "ASTV", // the Office its own
	"GET /units": "ASTVCH", "GET /units/{code}": "ASTVCH", "POST /units": "AS", "PUT /units/{code}": "AS",
	"GET /contacts": "ASTVCH", "GET /contacts/{id}": "ASTVCH", // units their own
	"POST /contacts": "AS", "PUT /contacts/{id}": "AS", "POST /contacts/{id}/verify": "AS", "DELETE /contacts/{id}": "AS",
	"GET /contacts/{id}/reports": "ASTV", "PUT /contacts/{id}/reports": "AS",
	"GET /delegations": "ASTVCH", "POST /delegations": "ASH", // heads of their own people, as by SMS
	"GET /templates": "ASTV", "GET /calendars": "ASTVCH", "GET /policies": "ASTVCH", "GET /reports": "ASTVCH",
	"GET /webhooks": "A", "POST /webhooks": "A", "DELETE /webhooks/{id}": "A", "POST /webhooks/{id}/replay": "A",
}

var letters = map[string]string{"A": "administrator", "S": "shift_lead", "T": "operator", "V": "office", "C": "officer", "H": "head"}

// Every operation of the document is tried by every role. One that is new, and has no row
// here, fails.
func TestEachRolesKeyDoesExactlyWhatIsItsOwn(t *testing.T) {
	h, _, doc := described(t)
	other := h.accept("")
	left := maps.Clone(mayCall)
	for path, item := range doc.Paths {
		path, ours := strings.CutPrefix(path, apiRoot)
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			op := operationOf(item, method)
			if !ours || op == nil {
				continue
			}
			what := method + " " + path
			who, named := mayCall[what]
			if delete(left, what); !named {
				t.Errorf("%s is in the document and has no row here", what)
				continue
			}
			for letter, role := range letters {
				code := "SXD"
				if strings.HasPrefix(path, "/petitions/") {
					code = h.accept(`"unit":"SXD"`).Code
				}
				body := strings.ReplaceAll(rightEnough(op.OperationID), "OTHER", other.Code)
				res := h.api(role, method, strings.NewReplacer("{code}", code, "{id}", "1").Replace(path), body)
				if may := strings.Contains(who, letter); (res.StatusCode == 403) == may || res.StatusCode >= 500 || res.StatusCode == 401 {
					t.Errorf("%s as %s: %d, may %t: %s", what, role, res.StatusCode, may, res.body)
				}
			}
		}
	}
	for what := range left {
		t.Errorf("%s has a row and is not in the document", what)
	}
}

// rightEnough is a body that comes as far as the question who sends it.
func rightEnough(operation string) string {
	return map[string]string{
		"accept": petitionBody(""), "forward": `{"unit":"MTDT"}`, "eta": `{"at":"2026-11-25T10:00"}`, "complete-task": `{"outcome":"đã gọi"}`,
		"set-delegation": `{"contact":1,"from":"2026-11-24T08:00"}`, "urge": `{"due":"2026-11-24T10:00"}`,
		"merge": `{"into":"OTHER"}`,
	}[operation]
}

func TestOnlyKnownKeysMayEnter(t *testing.T) {
	h := newHouse(t, wholeDoor)
	for what := range mayCall {
		method, path, _ := strings.Cut(what, " ")
		h.api("nobody", method, strings.NewReplacer("{code}", "HP261123-0001", "{id}", "1").Replace(path), "{}").problem(t, 401)
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
