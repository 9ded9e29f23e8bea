package web

import (
	"context"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
)

// on is a browser whose device has shown the code of a contact.
func on(t *testing.T, h *house, kept *codes, page, contact string) *browser {
	t.Helper()
	b := &browser{h, map[string]string{}}
	b.confirm(t, kept, page, b.get(page), contact).mustStatus(t, 303)
	return b
}

func (h *house) lastEntry(code, action string) (last escalation.Entry) {
	h.t.Helper()
	r, err := h.memory.PetitionByCode(h.t.Context(), code)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range r.Timeline {
		if e.Action == action {
			last = e
		}
	}
	return last
}

func TestWhoseCodeTheDeviceShowedActsOnTheSlip(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	officer := on(t, h, kept, page, "1")
	officer.post(page+"/acknowledge", officer.get(page).form(t, "acknowledge")).mustStatus(t, 303)
	if e := h.lastEntry(p.Code, "acknowledge"); e.Actor != officerName || e.Role != escalation.Focal || e.Channel != escalation.BySlipPage {
		t.Errorf("acknowledged by %s, %s, %s", e.Actor, e.Role, e.Channel)
	}
	if s := h.stored(p.Code).Slips[0]; s.AcknowledgedBy != officerName {
		t.Errorf("acknowledged by %q", s.AcknowledgedBy)
	}
	head := on(t, h, kept, page, "2")
	head.get(page).mustSay(t, "Sở Xây dựng nhận phiếu ("+officerName+")")
	head.post(page+"/assign", head.get(page).form(t, "assign", "contact", "1")).mustStatus(t, 303)
	head.get(page).mustSay(t, "Giao "+officerName+" xử lý")
	head.post(page+"/result", head.get(page).form(t, "result", "text", "Đã thay bóng đèn ngõ 72")).mustStatus(t, 303)
	if r := h.stored(p.Code).Result; r == nil || r.By != "Lê Thị Kiểm" {
		t.Errorf("the result is %+v", r)
	}
	if body := string(h.get("/t/" + p.Token).body); strings.Contains(body, officerName) {
		t.Error("the citizen reads the officer's name")
	}
}

// comesToTheHead lets the petition's 8 hours be over.
func (h *house) comesToTheHead(code string) {
	p := h.stored(code)
	for i := range p.Rungs {
		if p.Rungs[i].Name == escalation.RungHead {
			p.Rungs[i].State = escalation.Fired
		}
	}
	p.Status = escalation.Escalated
	h.memory.petitions[p.ID] = p
}

// The 8 hours have brought it to the head, who is asked to take it: the officer's word, given
// before, does not speak for the head (Đ9.4).
func TestTheHeadTakesTheSlipThatCameToThem(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	officer, head := on(t, h, kept, page, "1"), on(t, h, kept, page, "2")
	officer.post(page+"/acknowledge", officer.get(page).form(t, "acknowledge")).mustStatus(t, 303)
	if formOf("acknowledge").Match(head.get(page).body) {
		t.Error("a head is asked to take what the officer has, before the time")
	}
	h.comesToTheHead(p.Code)
	head.post(page+"/acknowledge", head.get(page).form(t, "acknowledge")).mustStatus(t, 303)
	head.get(page).mustSay(t, "Sở Xây dựng: Thủ trưởng đã nhận")
	for _, b := range []*browser{officer, head} {
		if formOf("acknowledge").Match(b.get(page).body) {
			t.Error("a slip that was taken is to be taken again")
		}
	}
}

// A head who is away has somebody stand in (Đ17.9): they take what the 8 hours have brought to the
// head, though they took the slip as an officer before.
func TestWhoStandsInForTheHeadTakesTheSlipAsTheHead(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	officer := on(t, h, kept, page, "1")
	officer.post(page+"/acknowledge", officer.get(page).form(t, "acknowledge")).mustStatus(t, 303)
	h.comesToTheHead(p.Code)
	if formOf("acknowledge").Match(officer.get(page).body) {
		t.Error("the officer is asked to take it again while the head is there")
	}
	head := h.memory.contacts[2]
	head.Absences = []escalation.Absence{{From: h.clock.AddDate(0, 0, -1), To: h.clock.AddDate(0, 0, 2), Delegate: 1}}
	h.memory.contacts[2] = head
	officer.post(page+"/acknowledge", officer.get(page).form(t, "acknowledge")).mustStatus(t, 303)
	officer.get(page).mustSay(t, "Sở Xây dựng: Thủ trưởng đã nhận")
	if e := h.lastEntry(p.Code, "acknowledge"); e.Actor != officerName || e.Role != escalation.Head {
		t.Errorf("acknowledged by %s, %s", e.Actor, e.Role)
	}
}

func TestOfTwoPeopleOnOneDeviceTheLastOneActs(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	b := on(t, h, kept, page, "1")
	sent := b.post(page+"/code", map[string][]string{"to": {"2"}}).mustStatus(t, 200)
	b.post(page+"/open", sent.form(t, "open", "code", kept.code(t))).mustStatus(t, 303)
	b.post(page+"/acknowledge", b.get(page).form(t, "acknowledge")).mustStatus(t, 303)
	if e := h.lastEntry(p.Code, "acknowledge"); e.Actor != "Lê Thị Kiểm" || e.Role != escalation.Head {
		t.Errorf("acknowledged by %s, %s", e.Actor, e.Role)
	}
}

// october is a report of a unit, sent to its head.
type october struct{ november }

func (october) ReportLink(_ context.Context, token string) (ReportLink, error) {
	return ReportLink{Token: token, Unit: "SXD", Period: "2026-10", Reader: escalation.Contact{ID: 2, Unit: "SXD", Role: escalation.Head, Phone: "+84570000102"}}, nil
}

// field failure: the code of a report opened all slips of the unit, to nobody in particular.
func TestAReportsCodeOpensReportsAndNoSlips(t *testing.T) {
	h, kept := withCodes(t, func(c *Config) { c.ReportLinks = october{} })
	page, report := "/p/"+h.accept(`"unit":"SXD"`).Slips[0].Token, "/b/"+reportToken
	reader := on(t, h, kept, report, "2")
	reader.get(report).mustStatus(t, 200).mustSay(t, "1.234 phản ánh")
	reader.get(page).mustStatus(t, 200).mustSay(t, "Xác nhận thiết bị").mustNotSay(t, "Đèn đường")
	on(t, h, kept, page, "2").get(report).mustStatus(t, 200).mustSay(t, "1.234 phản ánh")
	on(t, h, kept, page, "1").get(report).mustStatus(t, 200).mustSay(t, "Xác nhận thiết bị").mustNotSay(t, "1.234 phản ánh")
	earlier := &browser{h, map[string]string{deviceCookie: strings.Repeat("a", 52)}}
	kept.Trust(t.Context(), strings.Repeat("a", 52), "unit:SXD", deviceFor) // by a release before, for a report
	earlier.get(page).mustStatus(t, 200).mustSay(t, "Xác nhận thiết bị").mustNotSay(t, "Đèn đường")
}

func TestWhoHasLeftOrIsExcludedIsTrustedNoMore(t *testing.T) {
	h, kept := withCodes(t)
	open, guarded := h.accept(`"unit":"SXD"`), h.accept(`"unit":"SXD","exclude":[1]`)
	page, closed := "/p/"+open.Slips[0].Token, "/p/"+guarded.Slips[0].Token
	b := on(t, h, kept, page, "1")
	b.get(page).mustStatus(t, 200).mustSay(t, "Đèn đường")
	b.get(closed).mustStatus(t, 200).mustSay(t, "Xác nhận thiết bị").mustNotSay(t, "Đèn đường")
	b.post(closed+"/acknowledge", nil).mustStatus(t, 422)
	left := h.memory.contacts[1]
	left.ValidTo = h.clock
	h.memory.contacts[1] = left
	b.get(page).mustStatus(t, 200).mustSay(t, "Xác nhận thiết bị").mustNotSay(t, "Đèn đường")
	if legacy := slices.Contains(kept.order, "unit:SXD"); legacy {
		t.Error("the device is remembered for the whole unit")
	}
}
