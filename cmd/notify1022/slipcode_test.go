package main

import (
	"io"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/web"
)

// unitOf makes a unit with one focal officer and forwards a petition to it; token is
// of its slip.
func (h *hotline) unitOf(code string, officer object) (petition, token string) {
	h.t.Helper()
	h.call(201, "POST", "/api/v1/units", object{"code": code, "name": "UBND xã " + code, "sms_name": "X " + code, "kind": "xa"})
	officer["unit"], officer["role"], officer["name"] = code, "focal", "Người của "+code
	h.call(201, "POST", "/api/v1/contacts", officer)
	petition = h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Cống vỡ ở đầu làng", "unit": code,
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, petition)
	if err != nil {
		h.t.Fatal(err)
	}
	return petition, record.Petition.Slips[0].Token
}

func TestWhoHasNoMobileGetsTheCodeByEmail(t *testing.T) {
	addr, box := openLetterbox(t)
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, `mail: {addr: "`+addr+`", from: "1022@haiphong.gov.vn"}`)
	h.people()
	code, token := h.unitOf("ANLAO", object{"phone": "02253000001", "email": "dau.moi@example.vn"})
	officer := h.visitor()
	page := officer.must(officer.get("/p/"+token), 200, "thư d***@example.vn")
	if strings.Contains(page.body, "Cống vỡ") {
		t.Error("the slip is open without a code")
	}
	to := regexp.MustCompile(`name="to" value="(\d+)"`).FindStringSubmatch(page.body)[1]
	officer.must(officer.post("/p/"+token+"/code", "to", to), 200, "Mã 6 số đã gửi đến thư d***@example.vn")
	given := ""
	for given == "" {
		select {
		case content := <-box:
			m, err := mail.ReadMessage(strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "xác thực") && m.Header.Get("To") == "<dau.moi@example.vn>" {
				given = codeInText.FindString(string(text))
			}
		case <-h.ctx.Done():
			t.Fatal("no mail with a code")
		}
	}
	officer.must(officer.post("/p/"+token+"/open", "to", to, "code", given), 303)
	officer.must(officer.get("/p/"+token), 200, "Cống vỡ", code)
}

func TestAUnitThatNoCodeReachesIsCalled(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, `support_phone: "0225.1022"`)
	h.people()
	code, token := h.unitOf("ANLAO", object{"phone": "02253000001", "email": "dau.moi@example.vn"}) // no mail is sent here
	calls := func() (n int) {
		list, err := taskShelf{h.room.Store, nil}.Tasks(h.ctx, web.TaskFilter{Petition: code, Kind: escalation.TaskCall, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range list.Items {
			if strings.Contains(task.Text, "mã mở phiếu") {
				n++
			}
		}
		return n
	}
	officer := h.visitor()
	officer.must(officer.get("/p/"+token), 200, "số 0225.1022", "Đề nghị tổng đài gọi lại")
	if calls() != 0 {
		t.Error("a look makes a task")
	}
	for range 2 {
		sent := officer.must(officer.post("/p/"+token+"/call"), 303)
		officer.must(officer.get(sent.to), 200, "sẽ gọi đơn vị")
	}
	if n := calls(); n != 1 {
		t.Errorf("%d calls are on the list", n)
	}
	record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(timelineText(record), "gọi lại"); got != 1 {
		t.Errorf("%d lines of the timeline", got)
	}
}

func timelineText(r web.Record) string {
	var all strings.Builder
	for _, e := range r.Timeline {
		all.WriteString(e.Text + "\n")
	}
	return all.String()
}
