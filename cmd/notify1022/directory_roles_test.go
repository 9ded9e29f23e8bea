package main

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// contactNamed is the person of the directory with the name, in whatever role.
func (h *hotline) contactNamed(name string) escalation.Contact {
	h.t.Helper()
	all, err := h.room.Store.Contacts(h.ctx, store.ContactFilter{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	h.t.Fatalf("nobody is called %q", name)
	return escalation.Contact{}
}

// without is a form that lacks a field.
func without(pairs []string, name string) (left []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != name {
			left = append(left, pairs[i], pairs[i+1])
		}
	}
	return left
}

func TestAPersonKeepsTheirRoleWhenTheyAreCorrected(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "VPUB", "role": "city_leader", "name": "Phó Chủ tịch", "phone": "0570000007"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "operator", "name": "Người biệt phái", "phone": "0570000008"})
	lead := h.signedIn(escalation.ShiftLead, "")
	for name, role := range map[string]escalation.Role{"Văn phòng": escalation.Office, "Phó Chủ tịch": escalation.CityLeader, "Người biệt phái": escalation.Operator, "Người head": escalation.Head} {
		before := h.contactNamed(name)
		unit := "/console/directory/" + before.Unit
		act := fmt.Sprintf("%s/contacts/%d/save", unit, before.ID)
		form := formTo(t, lead.must(lead.get(unit), 200, name).body, act, "role")
		for email, sent := range map[string][]string{
			"a@example.vn": form, "b@example.vn": with(form, "role", ""), "c@example.vn": with(form, "role", "khac"), "d@example.vn": without(form, "role"),
		} {
			lead.must(lead.post(act, with(sent, "email", email)...), 303)
			if after := h.contactNamed(name); after.Role != role || after.Email != email {
				t.Errorf("%s is %s with %s, want %s with %s", name, after.Role, after.Email, role, email)
			}
		}
	}
	focal := h.contactNamed("Người focal")
	act := fmt.Sprintf("/console/directory/LACHTRAY/contacts/%d/save", focal.ID)
	form := formTo(t, lead.get("/console/directory/LACHTRAY").body, act, "role")
	lead.must(lead.post(act, with(form, "role", "deputy")...), 303)
	if after := h.contactNamed("Người focal"); after.Role != escalation.Deputy {
		t.Errorf("a role that was chosen is not given: %s", after.Role)
	}
}

// People of the Office, the city and the hotline are often of no unit (docs/examples/contacts.csv).
func TestPeopleOfNoUnitHaveAPageOfTheDirectory(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"role": "office", "name": "Hoàng Văn Phòng", "phone": "0570000105", "order": 3})
	const path = "/console/directory/_"
	lead, operator := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Operator, "")
	lead.must(lead.get("/console/directory"), 200, `href="`+path+`"`, "2 người không thuộc đơn vị nào")
	page := lead.must(lead.get(path), 200, "Văn phòng, thành phố, tổng đài", "Hoàng Văn Phòng", "Trưởng ca", "Văn phòng UBND TP")
	if strings.Contains(page.body, "Người focal") || strings.Contains(page.body, `value="focal"`) || strings.Contains(page.body, "Thông tin đơn vị") {
		t.Error("the page has what is of units alone")
	}
	if read := operator.must(operator.get(path), 200, "Hoàng Văn Phòng"); strings.Contains(read.body, "/save") {
		t.Error("an operator is offered an edit")
	}
	operator.must(operator.post(path+"/contacts", "role", "operator", "name", "Kẻ lạ", "phone", "0570000106"), 403)

	// Added, and none with a role that needs a unit.
	lead.must(lead.post(path+"/contacts", "role", "focal", "name", "Lê Thị Tiếp", "phone", "0570000106"), 422, "vai trò này cần đơn vị")
	lead.must(lead.post(path+"/contacts", "role", "administrator", "name", "Lê Thị Tiếp", "phone", "0570000106"), 303)
	added := h.contactNamed("Lê Thị Tiếp")
	if added.Unit != "" || added.Role != escalation.Administrator {
		t.Errorf("added %+v", added)
	}

	// Edited.
	act := fmt.Sprintf("%s/contacts/%d", path, added.ID)
	form := formTo(t, lead.must(lead.get(path), 200).body, act+"/save", "role")
	if saved := lead.must(lead.post(act+"/save", with(form, "email", "tiep@example.vn")...), 303); saved.to != path {
		t.Errorf("an edit leads to %s", saved.to)
	}
	if after := h.contactNamed("Lê Thị Tiếp"); after.Role != escalation.Administrator || after.Email != "tiep@example.vn" || after.Unit != "" {
		t.Errorf("edited %+v", after)
	}

	// Away.
	office := h.contactNamed("Hoàng Văn Phòng")
	act = fmt.Sprintf("%s/contacts/%d", path, office.ID)
	lead.must(lead.post(act+"/leave", "from", "2026-11-23T13:00", "to", "2026-11-24T13:00", "stand", "0"), 303)
	lead.must(lead.get(path), 200, "vắng 13h00 23/11/2026")
	lead.must(lead.post(act+"/back"), 303)

	// Handed over: the Office is told who changes, though it is no unit.
	lead.must(lead.post(path+"/contacts", "role", "office", "replaces", fmt.Sprint(office.ID), "name", "Đinh Văn Mới", "phone", "0570000161", "order", "3"), 303)
	lead.must(lead.get(path), 200, "chờ xác minh, thay Hoàng Văn Phòng")
	h.reply("0570000161", "OK "+askedCode.FindStringSubmatch(h.text("0570000161", "dang ky nhan PAKN cua 1022").Text)[1])
	h.text(officePhone, "VP UBND TP: VP UBND TP thay doi")
	lead.must(lead.get(path), 200, "Người trước đây (1)")

	// Of a unit nobody is here, and the page is no unit.
	focal := h.contactNamed("Người focal")
	lead.must(lead.post(fmt.Sprintf("%s/contacts/%d/end", path, focal.ID)), 404)
	lead.must(lead.post(path, "name", "Đơn vị lạ", "sms_name", "La", "kind", "phuong"), 422)
}

// An address alone reaches nobody where nothing is mailed (Đ17.2).
func TestAnAddressReachesSomebodyWhereMailsAreSent(t *testing.T) {
	t.Parallel()
	addr, _ := openLetterbox(t)
	for mail, want := range map[string]string{"": "thiếu đầu mối", `mail: {addr: "` + addr + `"}`: "đủ người"} {
		h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, mail) // Monday
		h.people()
		h.call(201, "POST", "/api/v1/units", object{"code": "ANBIEN", "name": "UBND phường An Biên", "sms_name": "P An Bien", "kind": "phuong"})
		h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "head", "name": "Chủ tịch", "phone": "0570000006"})
		h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "focal", "name": "Người có thư", "email": "doc@example.vn"})
		lead := h.signedIn(escalation.ShiftLead, "")
		lead.must(lead.get("/console/directory?q=an+bien"), 200, "UBND phường An Biên", want)
		if page := lead.must(lead.get("/console/directory/ANBIEN"), 200); strings.Contains(page.body, "Chưa có đầu mối nào nhận được phiếu") != (mail == "") {
			t.Errorf("with %q the unit's page says otherwise than the list", mail)
		}
	}
}

func TestADutyShiftKeepsItsHoursAndEverybodyTheInstantsThatWereNotChanged(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	at := func(s string) time.Time {
		got, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "duty", "name": "Trực đêm", "phone": "0570000006",
		"valid_from": "2026-11-23T17:00:00+07:00", "valid_to": "2026-11-24T07:30:15+07:00"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "deputy", "name": "Người thay", "phone": "0570000007", "valid_from": "2026-11-01T00:00:00+07:00"})
	h.call(201, "POST", "/api/v1/contacts", object{"role": "operator", "name": "Ca chiều", "phone": "0570000008", "valid_from": "2026-11-02T13:30:00+07:00"})
	lead := h.signedIn(escalation.ShiftLead, "")
	save := func(name string, change ...string) escalation.Contact {
		t.Helper()
		person := h.contactNamed(name)
		page := "/console/directory/" + cmp.Or(person.Unit, "_")
		act := fmt.Sprintf("%s/contacts/%d/save", page, person.ID)
		form := with(formTo(t, lead.must(lead.get(page), 200, name).body, act, "role"), "email", "a@example.vn")
		for i := 0; i+1 < len(change); i += 2 {
			form = with(form, change[i], change[i+1])
		}
		lead.must(lead.post(act, form...), 303)
		return h.contactNamed(name)
	}
	wants := func(c escalation.Contact, from, to string) {
		t.Helper()
		if !c.ValidFrom.Equal(at(from)) || to == "" && !c.ValidTo.IsZero() || to != "" && !c.ValidTo.Equal(at(to)) {
			t.Errorf("%s serves from %v to %v", c.Name, c.ValidFrom, c.ValidTo)
		}
	}
	lead.must(lead.get("/console/directory/LACHTRAY"), 200, "từ 17h00 23/11/2026", "đến 07h30 24/11/2026", `type="datetime-local" name="valid_from" value="2026-11-23T17:00"`, "từ 01/11/2026")
	wants(save("Trực đêm"), "2026-11-23T17:00:00+07:00", "2026-11-24T07:30:15+07:00")
	wants(save("Trực đêm", "valid_to", "2026-11-24T08:00"), "2026-11-23T17:00:00+07:00", "2026-11-24T08:00:00+07:00")
	wants(save("Người thay"), "2026-11-01T00:00:00+07:00", "")
	wants(save("Người thay", "valid_to", "2026-12-31"), "2026-11-01T00:00:00+07:00", "2026-12-31T00:00:00+07:00")
	wants(save("Ca chiều"), "2026-11-02T13:30:00+07:00", "")
	wants(save("Trực đêm", "valid_from", "2026-11-23"), "2026-11-23T17:00:00+07:00", "2026-11-24T08:00:00+07:00") // a day that was not changed

	const ward = "/console/directory/LACHTRAY/contacts"
	lead.must(lead.post(ward, "role", "duty", "name", "Trực ngày", "phone", "0570000009", "valid_from", "2026-11-25T07:30", "valid_to", "2026-11-25T17:00"), 303)
	wants(h.contactNamed("Trực ngày"), "2026-11-25T07:30:00+07:00", "2026-11-25T17:00:00+07:00")
	lead.must(lead.post(ward, "role", "duty", "name", "Trực lạ", "phone", "0570000010", "valid_from", "25/11/2026 7:30"), 422, "thời điểm không đúng")

	// A unit's instants are left as they are, too.
	h.call(201, "POST", "/api/v1/units", object{"code": "CU", "name": "UBND quận cũ", "sms_name": "Quan cu", "kind": "phuong", "successor": "LACHTRAY", "valid_to": "2026-12-31T12:00:00+07:00"})
	unit := formTo(t, lead.must(lead.get("/console/directory/CU"), 200).body, "/console/directory/CU", "sms_name")
	lead.must(lead.post("/console/directory/CU", with(unit, "phone", "0225 3842 222")...), 303)
	dir, err := h.room.Store.Directory(h.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if u, _ := dir.Unit("CU"); u.Phone != "0225 3842 222" || !u.ValidTo.Equal(at("2026-12-31T12:00:00+07:00")) {
		t.Errorf("the unit ends %v, its number is %q", u.ValidTo, u.Phone)
	}
}
