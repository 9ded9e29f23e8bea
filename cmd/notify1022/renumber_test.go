package main

import (
	"fmt"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/report/sheet"
	"notify1022/store"
)

// Đ17.9: who is edited into somebody else, or is given a first mobile, by each of the ways in.

func TestAnotherNameAndNumberBySiteOrAPIAreASuccessor(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	for name, edit := range map[string]func(c escalation.Contact, name, phone string){
		"Người focal": func(c escalation.Contact, name, phone string) {
			got := h.call(200, "PUT", fmt.Sprintf("/api/v1/contacts/%d", c.ID), object{"unit": c.Unit, "role": c.Role, "name": name, "phone": phone})
			if got["name"] != c.Name || got["phone"] != c.Phone {
				t.Errorf("the API answers with what is not in force: %v", got)
			}
		},
		"Người head": func(c escalation.Contact, name, phone string) {
			act := fmt.Sprintf("/console/directory/LACHTRAY/contacts/%d/save", c.ID)
			form := formTo(t, lead.must(lead.get("/console/directory/LACHTRAY"), 200).body, act, "role")
			lead.must(lead.post(act, with(with(form, "name", name), "phone", phone)...), 303)
			lead.must(lead.get("/console/directory/LACHTRAY"), 200, "Đã ghi nhận "+name+" thay "+c.Name+"; nhận việc khi số máy trả lời tin xác minh.")
			lead.must(lead.post(act, with(form, "email", "moi@example.vn")...), 303)
			lead.must(lead.get("/console/directory/LACHTRAY"), 200, "Đã lưu "+c.Name+".")
		},
	} {
		before := h.contactNamed(name)
		next, phone := "Đinh Văn Mới "+name, "0570000162"
		if before.Role == escalation.Focal {
			phone = "0570000161"
		}
		edit(before, next, phone)
		if after := h.contactNamed(name); after.ID != before.ID || after.Phone != before.Phone {
			t.Errorf("the row of %s is %+v", name, after)
		}
		waits := h.contactNamed(next)
		if !waits.Pending || waits.Replaces != before.ID {
			t.Errorf("%s is %+v", next, waits)
		}
		asked := askedCode.FindStringSubmatch(h.text("+84"+strings.TrimPrefix(phone, "0"), "dang ky nhan PAKN").Text)
		h.reply("+84"+strings.TrimPrefix(phone, "0"), "OK "+asked[1])
		h.eventually("does the successor serve", func() bool { return !h.contactNamed(next).Pending })
	}
}

func TestASheetParksAFirstMobileAndLeavesASuccessorAlone(t *testing.T) {
	x := exchanging(t, "sqlite:"+t.TempDir()+"/x.db")
	const header = "Đơn vị,Vai trò,Họ tên,Số điện thoại\n"
	x.must(t, sheet.Units, unitSheet, false)
	x.must(t, sheet.Contacts, header+"SXD,đầu mối,Nguyễn Văn Thử,0225 3000 001\n", false)
	people := func() (list []string) {
		t.Helper()
		contacts, err := x.db.Contacts(t.Context(), store.ContactFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range contacts {
			list = append(list, fmt.Sprint(c.Name, c.Phone, c.Pending))
		}
		return list
	}
	if out := x.must(t, sheet.Contacts, header+"SXD,đầu mối,Nguyễn Văn Thử,570000101\n", false); !out.Done {
		t.Fatalf("%+v", out)
	}
	if got := people(); len(got) != 2 || got[0] != "Nguyễn Văn Thử+842253000001false" || got[1] != "Nguyễn Văn Thử+84570000101true" {
		t.Fatalf("after the sheet: %v", got)
	}
	now, err := x.db.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := x.db.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	officer := dir.Serving("SXD", escalation.Focal, now)[0]
	pending, _ := dir.PendingFor(officer.ID, now)
	pending.Name, pending.Phone = "Đinh Văn Mới", "+84570000161"
	if err := x.desk.EditContact(t.Context(), pending, atTheCommandLine()); err != nil {
		t.Fatal(err)
	}
	before := people()
	out := x.must(t, sheet.Contacts, header+"SXD,đầu mối,Nguyễn Văn Thử,570000102\n", false)
	if out.Done || len(out.Problems.List) != 1 || !strings.Contains(out.Problems.List[0].Detail, "Đinh Văn Mới đang chờ xác minh") {
		t.Errorf("a sheet in the way of a successor: %+v", out)
	}
	if after := people(); strings.Join(after, "|") != strings.Join(before, "|") {
		t.Errorf("it left %v", after)
	}
}
