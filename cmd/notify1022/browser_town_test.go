package main

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/smpp"
	"notify1022/store"
)

// The town that the browser's walk goes through: what is looked at, and for each size of the
// screen people and petitions of their own, so that nobody acts upon what another one shows.

var (
	citizenPath = regexp.MustCompile(`/t/([0-9A-Za-z]+)`)
	slipPath    = regexp.MustCompile(`/p/([0-9A-Za-z]+)`)
	replyCode   = regexp.MustCompile(`Soan NHAN (\w+)`)
)

// tokenIn is the token in the text about the petition that a phone got.
func (h *hotline) tokenIn(path *regexp.Regexp, phone, code string) string {
	h.t.Helper()
	found := path.FindStringSubmatch(h.text(phone, code, path.String()[:3]).Text)
	if found == nil {
		h.t.Fatalf("no link to %s on %s", code, phone)
	}
	return found[1]
}

// recordOf is the petition as it is kept.
func (h *hotline) recordOf(code string) escalation.Petition {
	h.t.Helper()
	record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, code)
	if err != nil {
		h.t.Fatal(err)
	}
	return record.Petition
}

// petitionOf records one of the citizen, which goes to the ward at once unless told otherwise.
func (h *hotline) petitionOf(phone, content string, more object) string {
	h.t.Helper()
	body := object{"channel": "phone", "kind": 1, "content": content, "field": "chiếu sáng", "area": "P Lạch Tray", "unit": "LACHTRAY",
		"publish_consent": true, "citizen": object{"name": "Trần Thị Thử", "phone": phone}}
	maps.Copy(body, more)
	return h.call(201, "POST", "/api/v1/petitions", body)["code"].(string)
}

// townsfolk are the people of one size of the screen.
type townsfolk struct {
	no                                         int
	role, officer                              string // of the unit: who opens slips, and with which number
	citizen, neighbour, leader, own, successor string // numbers, and who follows somebody
	colleague, colleagueName                   string // of the unit, too
	place                                      string // a word that only their petitions have
	late                                       []string
}

// townsfolk has people of the size's number serve, and petitions that will be overdue.
func (h *hotline) townsfolk(no int, role, officer string) *townsfolk {
	w := &townsfolk{no: no, role: role, officer: officer, citizen: fmt.Sprintf("05700000%d", 51+no), neighbour: fmt.Sprintf("05700000%d", 81+no), leader: fmt.Sprintf("05700000%d", 31+no), own: fmt.Sprintf("05700000%d", 61+no), place: []string{"Cát Cụt", "Đông Khê"}[no]}
	w.successor = fmt.Sprintf("Đinh Văn Mới %d", no+1)
	w.colleague, w.colleagueName = deputyPhone, "Người thay"
	if officer != focalPhone {
		w.colleague, w.colleagueName = focalPhone, "Người focal"
		h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "deputy", "name": "Người thay", "phone": officer})
	}
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "leader", "name": fmt.Sprintf("Lãnh đạo số %d", no+1), "phone": w.leader, "order": 5 + no})
	for _, content := range []string{"Đèn tín hiệu ngã tư hỏng ", "Nắp cống vỡ giữa đường "} {
		w.late = append(w.late, h.petitionOf(w.neighbour, content+w.place, object{"received_at": "2026-10-30T09:00:00+07:00", "urgent": true}))
	}
	return w
}

// untilOverdue lets the clock run to the instant, by when the petitions are overdue, and then go
// as clocks do.
func (h *hotline) untilOverdue(instant string, codes []string) {
	h.t.Helper()
	h.runUntil(instant)
	h.eventually("overdue", func() bool {
		return !slices.ContainsFunc(codes, func(code string) bool {
			return h.call(200, "GET", "/api/v1/petitions/"+code, nil)["status"] != "overdue"
		})
	})
	h.eventually("at the instant", func() bool {
		now, _, err := h.room.Store.SimNow(h.ctx)
		return err == nil && now.Format(time.RFC3339) >= instant
	})
	if err := h.room.Store.SetSpeed(h.ctx, 1); err != nil {
		h.t.Fatal(err)
	}
	if err := h.room.Store.Appoint(h.ctx, time.Time{}); err != nil {
		h.t.Fatal(err)
	}
}

// acted is what the people of a size act upon.
func (h *hotline) acted(w *townsfolk) object {
	h.t.Helper()
	story := h.petitionOf(w.citizen, "Đèn đường "+w.place+" tắt bốn tối nay, rất nguy hiểm", nil)
	revoked, ended := h.petitionOf(w.neighbour, "Biển báo bị che khuất", nil), h.petitionOf(w.neighbour, "Cây xanh mục gốc", nil)
	answered := h.petitionOf(w.neighbour, "Hỏi giờ thu gom rác", object{"unit": ""})
	out := object{"story": story, "slip": h.recordOf(story).Slips[0].Token, "page": h.recordOf(story).Token,
		"revoked": h.recordOf(revoked).Slips[0].Token, "ended": h.recordOf(ended).Slips[0].Token, "answered": h.recordOf(answered).Token}
	h.call(200, "POST", "/api/v1/petitions/"+revoked+"/revoke-link", object{"unit": "LACHTRAY"})
	h.call(200, "POST", "/api/v1/petitions/"+ended+"/withdraw", object{"reason": "cây đã được chặt"})
	h.call(200, "POST", "/api/v1/petitions/"+answered+"/answer", object{"text": "Phường thu gom rác vào 18 giờ hằng ngày."})
	out["work"], out["urgent"] = h.petitionOf(w.citizen, "Vỉa hè sụt lún", nil), h.petitionOf(w.neighbour, "Dây điện đứt", object{"urgent": true})
	out["call"], out["text"], out["dead"] = fmt.Sprintf("Gọi bà Mẫu, số nhà %d,", w.no+1), []string{"C1", "C4"}[w.no], fmt.Sprintf("05700000%d", 71+w.no)
	h.smsc.Handset(out["dead"].(string)).Fail(smpp.StatusInvalidDestination)
	h.tasks(out["call"].(string), w.successor)
	maps.Copy(out, h.heldByUnit(w))
	maps.Copy(out, h.mergedWard(w))
	maps.Copy(out, object{"colleague": w.colleague, "colleagueName": w.colleagueName, "neighbour": w.neighbour,
		"late": w.late, "citizen": w.citizen, "officer": w.officer, "role": w.role, "leader": w.leader, "leaderName": fmt.Sprintf("Lãnh đạo số %d", w.no+1),
		"own": w.own, "place": w.place, "seen": fmt.Sprintf("cayxanh%d", w.no+1), "successor": w.successor})
	return out
}

// heldByUnit is what the unit's people of a size have, ask and give back, and one of another unit.
func (h *hotline) heldByUnit(w *townsfolk) object {
	h.t.Helper()
	out := object{}
	for name, content := range map[string]string{"given": "Cây nghiêng ra quốc lộ", "kept": "Rãnh thoát nước tắc", "signed": "Ghế đá công viên gãy"} {
		out[name] = h.petitionOf(w.neighbour, content, nil)
	}
	out["owed"] = h.petitionOf(w.neighbour, "Cột biển báo đổ", object{"urgent": true})
	for _, name := range []string{"given", "kept"} {
		out[name+"Slip"] = h.recordOf(out[name].(string)).Slips[0].Token
	}
	owed := "/api/v1/petitions/" + out["owed"].(string)
	h.call(200, "POST", owed+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	h.call(200, "POST", owed+"/ask-explanation", object{"days": 3, "text": "vì sao để lâu"})
	out["elsewhere"] = h.petitionOf(w.neighbour, "Bãi xe lấn chiếm sân chơi", object{"unit": "ANBIEN", "area": "P An Biên"})
	return out
}

// mergedWard is a unit that has been merged into the second one since it got a petition.
func (h *hotline) mergedWard(w *townsfolk) object {
	h.t.Helper()
	code := fmt.Sprintf("CU%d", w.no+1)
	unit := object{"name": "UBND phường cũ " + w.place, "sms_name": "P " + code, "addressee": "Chủ tịch P " + code, "kind": "phuong", "code": code}
	h.call(201, "POST", "/api/v1/units", unit)
	petition := h.petitionOf(w.neighbour, "Hố ga mất nắp", object{"unit": code})
	delete(unit, "code")
	unit["valid_to"], unit["successor"] = "2026-11-01T00:00:00+07:00", "ANBIEN"
	h.call(200, "PUT", "/api/v1/units/"+code, unit)
	return object{"merged": code, "inherited": petition}
}

// nextWard is a second unit, with an officer.
func (h *hotline) nextWard() {
	h.t.Helper()
	h.call(201, "POST", "/api/v1/units", object{"code": "ANBIEN", "name": "UBND phường An Biên", "sms_name": "P An Bien", "addressee": "Chủ tịch P An Biên", "kind": "phuong"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "focal", "name": "Người An Biên", "phone": nextPhone})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "head", "name": "Thủ trưởng An Biên", "phone": "0570000092"})
}

const (
	deputyPhone = "0570000041"
	nextPhone   = "0570000091"
)

// accounts adds one for each of the roles, called as the role; officer and head are the unit's.
func (h *hotline) accounts(roles ...escalation.Role) {
	h.t.Helper()
	for _, role := range roles {
		unit := ""
		if role == escalation.Officer || role == escalation.Head {
			unit = "LACHTRAY"
		}
		if err := addAccount(h.ctx, h.room.Store, store.Account{Name: string(role), FullName: "Người Mẫu", Role: role, Unit: unit}, consolePassword); err != nil {
			h.t.Fatal(err)
		}
	}
}

// startSecondHouse starts a hotline where a second person approves each wording, on its own
// simulator, and gives what the walk has there: for each size a petition.
func startSecondHouse(t *testing.T) object {
	t.Helper()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "approve_texts: true", ownSimulator) // Monday
	h.people()
	h.accounts(escalation.ShiftLead, escalation.Administrator)
	out := object{"base": "http://" + h.room.Addr, "focal": focalPhone, "citizen": citizenPhone}
	for _, size := range []string{"desk", "phone"} {
		code := h.petition(false)
		out[size] = object{"code": code, "reply": replyCode.FindStringSubmatch(h.text(focalPhone, code).Text)[1]}
	}
	return out
}

// tasks puts three calls on the operators' list, and a change of people on the Office's.
func (h *hotline) tasks(call, successor string) {
	h.t.Helper()
	err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		list := []escalation.Task{{Key: "handover/" + successor, Kind: escalation.TaskConfirm, For: escalation.Office, OpenedAt: tx.Now(), Contact: 1, Text: "UBND phường Lạch Tray: " + successor + " thay Người focal làm cán bộ đầu mối, đề nghị xác nhận (Đ17.9)"}}
		for n := range 3 {
			list = append(list, escalation.Task{Key: fmt.Sprintf("%s %d", call, n+1), Kind: escalation.TaskCall, For: escalation.Operator, OpenedAt: tx.Now(), Text: fmt.Sprintf("%s %d", call, n+1)})
		}
		return tx.Post(h.ctx, nil, list)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// site is what the pages are looked at with.
func (h *hotline) site() object {
	h.t.Helper()
	code := h.petition(false)
	h.petition(true) // owes the Office a file (Đ9.6)
	filed := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+filed+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	h.call(200, "POST", "/api/v1/petitions/"+filed+"/ask-explanation", object{"days": 3, "text": "vì sao chậm"})
	h.accounts(escalation.Administrator, escalation.Operator, escalation.Office, escalation.Officer, escalation.ShiftLead, escalation.Head)
	h.sentTexts()
	const owner = "0570000005"
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Quán hát gây ồn sau 23 giờ", "area": "P Lạch Tray", "unit": "LACHTRAY",
		"confidential": true, "citizen": object{"name": "Phạm Thị Thử", "phone": owner}})["code"].(string)
	return object{"code": code, "unit": "LACHTRAY", "next": object{"unit": "ANBIEN", "name": "UBND phường An Biên", "phone": nextPhone}, "office": officePhone, "citizen": h.tokenIn(citizenPath, citizenPhone, code), "token": h.tokenIn(slipPath, focalPhone, code),
		"secret": h.recordOf(secret).Token, "focal": focalPhone, "head": headPhone, "owner": owner}
}

// sentTexts makes a group, a sending, a registration and a draft to look at.
func (h *hotline) sentTexts() {
	h.t.Helper()
	people := h.room.Store.By(escalation.Ladder())
	group, err := people.AddGroup(h.ctx, "Trực bão")
	if err != nil || group != 1 {
		h.t.Fatalf("group %d, %v", group, err)
	}
	if err := people.AddMembers(h.ctx, group, []int64{1}); err != nil {
		h.t.Fatal(err)
	}
	if _, err := people.StartSending(h.ctx, "Họp giao ban", []escalation.Notice{{Template: "T1", Vars: alert(), To: escalation.Recipient{Contact: 1}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1, Rung: "send"}}); err != nil {
		h.t.Fatal(err)
	}
	if err := people.RegisterText(h.ctx, store.RegisteredText{Key: "O1", Sender: "8022", Number: "VNPT-17", Text: "1022 HP gửi {1}", On: "2026-11-20"}); err != nil {
		h.t.Fatal(err)
	}
	if _, err := people.DraftTemplate(h.ctx, "O1", slipText, time.Time{}, 99); err != nil {
		h.t.Fatal(err)
	}
}

// photo is the path of a photo as a phone takes it, but small.
func (h *hotline) photo() string {
	h.t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for x := range 320 {
		for y := range 240 {
			picture.Set(x, y, color.RGBA{uint8(x / 2), uint8(y / 2), 90, 255})
		}
	}
	path := filepath.Join(h.t.TempDir(), "den duong.jpg")
	file, err := os.Create(path)
	if err == nil {
		err = jpeg.Encode(file, picture, nil)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return path
}
