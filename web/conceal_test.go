package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
)

// noWords are the fields of a petition in which nobody types: numbers given out,
// states, codes of units, names of files of the code. Everything else may hold a
// citizen's name or number and is concealed from all but the hotline. A new field of
// type string is on this list, or concealed in PetitionView.concealFrom.
var noWords = []string{
	"Code", "Token", "ViewToken", "Status", "Channel", "Units[]", "StatusBefore", "MergedInto", "WaitsFor", "Policy", "Calendar", "Hash", "ClosedFor",
	"Slips[].Unit", "Slips[].Token", "Slips[].EndedFor", "Slips[].MovedTo",
	"Rungs[].Name", "Rungs[].Ladder", "Rungs[].State", "Rungs[].Basis", "Rungs[].Calendar",
	"Result.Unit", "Result.Channel", "Results[].Unit", "Results[].Channel",
	"Result.UnitURL", "Results[].UnitURL", // a page of the unit's own, whose numbers are not phones
	"Return.Unit", "Return.To", "ReturnsWaiting[].Unit", "ReturnsWaiting[].To", "Clarify.Unit", "Directives[].Unit",
	"Written.Need", "Written.Batch", "Written.Explanations[].Unit", "Written.Explanations[].Channel",
	"WrittenPast[].Need", "WrittenPast[].Batch", "WrittenPast[].Explanations[].Unit", "WrittenPast[].Explanations[].Channel",
	"Followers[].Code", "Followers[].Token", "Rating.Of", "Ratings[].Of", "Followers[].Rating.Of",
	"Citizen.Name", "Citizen.Phone", "Citizen.Email", "Citizen.Address", // filled in by the test
}

// everyWord fills each string that is reached from v, and says which paths it met.
func everyWord(v reflect.Value, path, text string, met map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		everyWord(v.Elem(), path, text, met)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		everyWord(v.Index(0), path+"[]", text, met)
	case reflect.String:
		if met[path] = true; !slices.Contains(noWords, path) {
			v.SetString(text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(start))
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if path != "" {
				name = path + "." + name
			}
			everyWord(v.Field(i), name, text, met)
		}
	case reflect.Map, reflect.Interface:
		panic("a petition holds a " + v.Kind().String() + " at " + path + ": decide how it is concealed")
	}
}

func TestNoFieldOfAPetitionTellsAUnitWhoMadeIt(t *testing.T) {
	h := newHouse(t)
	a := &api{Config: Config{Directory: h.memory, Now: func(context.Context) (time.Time, error) { return start, nil }, Redact: templates.Summary, PublicURL: "https://1022.example.vn"}}
	const email = "thu@example.vn"
	for _, confidential := range []bool{false, true} {
		met := map[string]bool{}
		p := escalation.Petition{}
		words := "ông " + citizenName + ", 0570 000 501, " + email
		if confidential {
			words += ", 12 Lạch Tray"
		}
		everyWord(reflect.ValueOf(&p).Elem(), "", words, met)
		p.Code, p.Status, p.Confidential = "HP261123-0001", escalation.Published, confidential
		p.Citizen = escalation.Citizen{Name: citizenName, Phone: "+84" + citizenPhone[1:], Email: email, Address: "12 Lạch Tray"}
		p.Slips[0].Unit, p.Slips[0].Lead, p.Slips[0].Token, p.Result.Unit = "SXD", true, "tok0000001", "SXD"
		for _, path := range noWords {
			if !met[path] {
				t.Errorf("%s is declared to hold no words and is no field", path)
			}
		}
		record := Record{Petition: p, Timeline: []escalation.Entry{{Action: "progress", Text: words, Actor: words, Private: words}}}
		shown := map[string]any{}
		for _, who := range []Key{{Role: escalation.Officer, Unit: "SXD"}, {Role: escalation.Head, Unit: "SXD"}, {Role: escalation.Office}} {
			shown["the view of "+string(who.Role)] = Viewer{a}.View(who, record)
		}
		slip, err := a.slipPage(httptest.NewRequest("GET", "/p/tok0000001", nil), record, p.Slips[0])
		if err != nil {
			t.Fatal(err)
		}
		slip.frame = frame{}
		shown["the slip page"] = slip
		if row, err := a.publishedRow(t.Context(), p, h.memory.directory()); err != nil {
			t.Fatal(err)
		} else if !confidential {
			shown["/cong-khai"] = row
		}
		for where, page := range shown {
			text, err := json.Marshal(page)
			if err != nil {
				t.Fatal(err)
			}
			secrets := []string{"Văn Thử", "570 000 501", "570000501", email}
			if confidential {
				secrets = append(secrets, "12 Lạch Tray")
			}
			for _, secret := range secrets {
				if at := strings.Index(string(text), secret); at >= 0 {
					t.Errorf("confidential %t: %s tells %q: …%s", confidential, where, secret, text[max(0, at-80):min(len(text), at+40)])
				}
			}
		}
		if whole := fmt.Sprint(Viewer{a}.View(Key{Role: escalation.Operator}, record).Citizen); !strings.Contains(whole, citizenName) {
			t.Error("the hotline does not see the citizen")
		}
	}
}

func TestFromOutsideTheHotlineAConfidentialPetitionIsNotFoundByItsWords(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD","confidential":true,"content":"Bích Ngọc báo 091 2345678"`)
	for role, finds := range map[string]bool{"operator": true, "shift_lead": true, "officer": false, "head": false, "office": false} {
		for q, found := range map[string]bool{"Bích": finds, p.Code: true} {
			body := h.api(role, "GET", "/petitions?q="+url.QueryEscape(q), "").mustStatus(t, 200).body
			if strings.Contains(string(body), p.Code) != found {
				t.Errorf("%s looking for %q: found %t", role, q, !found)
			}
		}
		for q, status := range map[string]int{"091234": 403, "091 2345": 403, "8491234": 403, "+84 912 3": 403, "09": 200, "0912": 200, p.Code[2:]: 200, "05-11-2026": 200, "00012": 200} {
			if finds {
				status = 200
			}
			h.api(role, "GET", "/petitions?q="+url.QueryEscape(q), "").mustStatus(t, status)
		}
	}
}

func TestTheAreaOfAConfidentialPetitionIsReadWhereTheWorkIsDone(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD","confidential":true,"area":"12 Lạch Tray, P Gia Viên"`)
	for role, sees := range map[string]bool{"operator": true, "shift_lead": true, "officer": false, "office": false} {
		if body := string(h.api(role, "GET", "/petitions", "").mustStatus(t, 200).body); strings.Contains(body, "Gia Viên") != sees {
			t.Errorf("%s reads the area in the list: %t", role, !sees)
		}
		body := string(h.api(role, "GET", "/petitions/"+p.Code, "").mustStatus(t, 200).body)
		if !strings.Contains(body, "P Gia Viên") || strings.Contains(body, "12 Lạch Tray") != sees {
			t.Errorf("%s reads of the place: %s", role, body)
		}
	}
}
