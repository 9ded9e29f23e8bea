package main

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
)

var slipLink = regexp.MustCompile(`1022\.example\.vn(/\S+)`)

// linkIn is the path that a text leads to.
func linkIn(t *testing.T, text string) string {
	t.Helper()
	found := slipLink.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no link in %q", text)
	}
	return strings.TrimRight(found[1], ".,;")
}

// Đ9.6 from the result to the explanation, as the operator, the Office and the unit see it.
func TestAFileGoesToTheOfficeAndTheUnitExplainsItself(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite+"\nslip_passcode: \"off\"") // Monday; the 24th is a holiday
	h.people()
	operator, lead, office := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Office, "")
	var codes []string
	for range 3 {
		code := h.petition(false)
		codes = append(codes, code)
		h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã thay bóng đèn mới."})
		form := versionField.FindStringSubmatch(operator.must(operator.get("/console/p/"+code+"/act/publish"), 200, "yêu cầu giải trình?").body)
		publish := []string{"version", form[1], "seq", form[2], "step", "do"}
		operator.must(operator.post("/console/p/"+code+"/act/publish", publish...), 422, "chưa nhập: Cần văn bản")
		operator.must(operator.post("/console/p/"+code+"/act/publish", append(publish, "written", "explain")...), 422, "lý do cần văn bản")
		operator.must(operator.carryOut("/console/p/"+code+"/act/publish", append(publish[:4:4], "written", "explain", "written_reason", "chậm nhiều lần, dân gọi "+citizenPhone)...), 303)
	}
	waiting := operator.must(operator.get("/console/ho-so"), 200, codes[0], codes[1], codes[2], "chậm nhiều lần", "17h00 26/11/2026", "UBND phường Lạch Tray")
	if strings.Contains(waiting.body, citizenPhone) {
		t.Error("the list has the citizen's number")
	}
	office.must(office.get("/console/office"), 200, "3 chờ tổng đài gửi")
	if got := office.must(office.get("/console/ho-so"), 200, codes[0]); strings.Contains(got.body, "/console/ho-so/gui") {
		t.Error("the Office is offered to send itself files")
	}
	proposal := operator.must(operator.post("/console/ho-so/phieu", "code", codes[0], "code", codes[1], "reason_"+codes[0], "kéo dài"), 200)
	for _, words := range []string{"PHIẾU ĐỀ NGHỊ", codes[0], codes[1], "kéo dài", "yêu cầu giải trình", "UBND phường Lạch Tray"} {
		if document := wordsOf(t, proposal.body); !strings.Contains(document, words) {
			t.Errorf("the document lacks %q: %s", words, document)
		}
	}

	order := []string{"code", codes[0], "code", codes[1], "reason_" + codes[0], "kéo dài từ tuần trước"}
	shown := operator.must(operator.post("/console/ho-so/gui", append(order, "step", "do")...), 200, "Sẽ gửi 2 hồ sơ, 1 tin", "2 PAKN de nghi co van ban", "xxxx")
	ready := formOf(t, shown.body, "step", "do")
	h.call(200, "POST", "/api/v1/petitions/"+codes[1]+"/commend", object{"who": "citizen", "reason": "báo rất sớm"})
	changed := operator.must(operator.post("/console/ho-so/gui", ready...), 200, "Từ lúc xem trước đã có thay đổi", "Sẽ gửi 2 hồ sơ")
	if got := h.smsc.Handset(officePhone).Inbox(); len(got) != 0 {
		t.Errorf("what was not seen has gone out: %v", got)
	}
	ready = formOf(t, changed.body, "step", "do")
	sent := operator.must(operator.post("/console/ho-so/gui", ready...), 303)
	operator.must(operator.get(sent.to), 200, "Đã gửi 2 hồ sơ")
	again := operator.must(operator.post("/console/ho-so/gui", ready...), 303)
	if operator.must(operator.get(again.to), 200, "Đã gửi 2 hồ sơ", "chỉ được thực hiện một lần"); again.to != sent.to {
		t.Errorf("sent twice it leads to %s and %s", sent.to, again.to)
	}
	announced := h.text(officePhone, "2 PAKN de nghi co van ban")
	batch := linkIn(t, announced.Text)
	if sent.to != batch {
		t.Errorf("the operator is led to %s, the Office to %s", sent.to, batch)
	}
	seen := office.must(office.get(batch), 200, codes[0], codes[1], "kéo dài từ tuần trước", "đã gửi", "Người operator")
	if strings.Contains(seen.body, codes[2]) {
		t.Error("what was not sent is on the Office's list")
	}
	office.must(office.post("/console/ho-so/act/van-ban", "code", codes[2], "document_no", "77/VP-TCD"), 422, "chưa gửi hồ sơ")
	office.must(office.post("/console/ho-so/act/van-ban", "code", codes[0], "batch", strings.TrimPrefix(batch, "/console/ho-so/"), "document_no", "77/VP-TCD", "document_date", "2026-11-23"), 303)
	asked := office.must(office.carryOut("/console/ho-so/act/giai-trinh", "code", codes[0], "days", "3", "text", "vì sao chậm"), 303)
	office.must(office.get(asked.to), 200)
	office.must(office.get("/console/ho-so?state=asking"), 200, codes[0], "số 77/VP-TCD ngày 23/11/2026", "17h00 27/11/2026", "vì sao chậm")

	demand := h.text(headPhone, "yeu cau P Lach Tray giai trinh PAKN "+codes[0], "truoc 17h00 27/11")
	slip := linkIn(t, demand.Text)
	unit := h.visitor()
	unit.must(unit.get(slip), 200, "Phiếu đã kết thúc", "còn phải giải trình", "Hạn giải trình: 17h00 ngày 27/11/2026", "vì sao chậm")
	operator.must(operator.upload("/console/p/"+codes[0]+"/files", "file", map[string][]byte{"goi.wav": spoken}, "stage", "recording"), 303)
	unit.must(unit.get(slip+"/tep/1"), 404)
	unit.must(unit.post(slip+"/recording", "reason", "người dân đã nói gì về đơn vị"), 303)
	unit.must(unit.get(slip), 200, "chờ trưởng ca quyết định")
	lead.must(lead.post("/console/p/"+codes[0]+"/recordings/1/grant", "hear", "24h"), 303)
	h.text(focalPhone, "duoc nghe ghi am", codes[0], slip)
	unit.must(unit.get(slip), 200, "Được nghe đến", "<audio")
	unit.must(unit.get(slip+"/tep/1"), 200)
	unit.must(unit.post(slip+"/explanation", "text", "xong"), 422, "quá ngắn")
	unit.must(unit.post(slip+"/result", "text", "Kết quả gửi khi phiếu đã kết thúc."), 409)
	given := unit.must(unit.post(slip+"/explanation", "text", "Phường thiếu vật tư, ông Nguyễn Văn Thử đã được xin lỗi.", "document_no", "5/UBND", "document_date", "2026-11-23"), 303)
	unit.must(unit.get(given.to), 200, "Phiếu đã kết thúc", "Đã nhận giải trình")
	unit.must(unit.get(slip+"/tep/1"), 404) // explained: there is nothing more to hear
	explained := office.must(office.get("/console/ho-so?state=explained"), 200, "Phường thiếu vật tư", "văn bản số 5/UBND ngày 23/11/2026")
	if strings.Contains(explained.body, "Nguyễn Văn Thử") {
		t.Error("the Office reads who made the petition in the explanation")
	}
	office.must(office.get("/console/p/"+codes[0]), 200, "Phường thiếu vật tư", "Hồ sơ đề nghị văn bản (Đ9.6)")
	h.call(409, "POST", "/api/v1/petitions/"+codes[0]+"/explanation", object{"text": "Gửi lại lần nữa cho chắc chắn."})

	for _, format := range []string{"csv", "xlsx"} {
		sheet := office.must(office.get("/console/ho-so/tep?month=2026-11&state=&format="+format), 200)
		if format == "csv" && (!strings.Contains(sheet.body, "Mã phản ánh,Đơn vị,") || strings.Count(sheet.body, "HP2611") != 3 || !strings.Contains(sheet.body, "77/VP-TCD") || strings.Contains(sheet.body, "Nguyễn Văn Thử")) {
			t.Errorf("the sheet is %s", sheet.body)
		}
	}
	if none := office.must(office.get("/console/ho-so/tep?month=2026-10&state=&format=csv"), 200); strings.Contains(none.body, "HP2611") {
		t.Error("October has November's files")
	}

	h.runUntil("2026-11-26T16:00:00+07:00") // 4 working hours before: 13:00
	h.text("0570000005", codes[2], "sap den han gui ho so")
	h.runUntil("2026-11-26T17:05:00+07:00")
	h.text(officePhone, "1 PAKN de nghi co van ban")
	office.must(office.get("/console/office"), 200, "1 chờ tổng đài gửi", "1 quá hạn gửi")
	lead.must(lead.get("/console/ho-so"), 200, codes[2], "quá hạn gửi")
	lead.must(lead.carryOut("/console/ho-so/gui", "code", codes[2], "code", codes[1]), 303)
	lead.must(lead.get("/console/ho-so?state=sent"), 200, codes[2], "Người shift-lead")
}

// A petition with a file at the Office and another that waits: what is done on a row is
// done about that row's file.
func TestWhatIsDoneOnAFilesRowIsAboutThatFile(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	code := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/written-file", object{"reason": "dân gọi nhiều lần"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã thay bóng đèn mới."})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{"written": "remind", "written_reason": "trả lời chậm"})
	operator, admin, office := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.Administrator, ""), h.signedIn(escalation.Office, "")
	files := func() (list []escalation.Written) {
		p, err := h.room.Store.PetitionByCode(h.ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range p.Files() {
			list = append(list, *w)
		}
		return list
	}
	const to = "/console/ho-so/act/van-ban"
	for v, no := range map[*visitor]string{office: "101/VP", admin: "102/VP"} {
		form := formTo(t, v.must(v.get("/console/ho-so?state=sent"), 200).body, to, "document_no")
		v.must(v.post(to, with(form, "document_no", no)...), 303)
		if list := files(); len(list) != 2 || list[0].DocumentNo != no || list[1].DocumentNo != "" || !list[1].SentAt.IsZero() {
			t.Fatalf("the files are %+v", list)
		}
	}
	h.call(409, "POST", "/api/v1/petitions/"+code+"/written-file", object{"no": 2, "document_no": "103/VP"})
	asked := formTo(t, office.must(office.get("/console/ho-so?state=sent"), 200).body, "/console/ho-so/act/giai-trinh", "days")
	office.must(office.carryOut("/console/ho-so/act/giai-trinh", asked...), 303)
	if list := files(); len(list[0].Explanations) != 1 || len(list[1].Explanations) != 0 {
		t.Errorf("an explanation is asked about %+v", list)
	}

	// Ticked, the file that was sent is not another's order.
	all := operator.must(operator.get("/console/ho-so?state="), 200, code+", hồ sơ 2")
	for _, value := range []string{code + "/1", code + "/2"} {
		if !strings.Contains(all.body, `name="code" value="`+value+`"`) {
			t.Errorf("%s cannot be ticked", value)
		}
	}
	refused := operator.must(operator.post("/console/ho-so/gui", "code", code+"/1", "code", code+"/2"), 200, "Sẽ gửi 1 hồ sơ", "đã gửi lúc")
	if n := strings.Count(refused.body, "Không gửi được"); n != 1 {
		t.Errorf("%d files are refused", n)
	}
	if none := operator.must(operator.post("/console/ho-so/gui", "code", code+"/1"), 200, "Sẽ gửi 0 hồ sơ"); strings.Contains(none.body, `value="do"`) {
		t.Error("what cannot be sent is offered")
	}
	if first := wordsOf(t, operator.must(operator.post("/console/ho-so/phieu", "code", code+"/1"), 200).body); !strings.Contains(first, "dân gọi nhiều lần") || strings.Contains(first, "trả lời chậm") {
		t.Errorf("the letter is about another file: %s", first)
	}
	operator.must(operator.carryOut("/console/ho-so/gui", "code", code+"/2", "reason_"+code, "trả lời rất chậm"), 303)
	if list := files(); list[1].SentAt.IsZero() || list[1].Reason != "trả lời rất chậm" || list[0].DocumentNo == "" {
		t.Errorf("the files are %+v", list)
	}

	// The petition's own form asks which, and sends with a document only when told to.
	if page := office.must(office.get("/console/p/"+code+"/act/written-file"), 200, "Hồ sơ số"); strings.Contains(page.body, `name="send"`) {
		t.Error("the Office is offered to send itself a file")
	}
}

// wordsOf is what a Word document says.
func wordsOf(t *testing.T, body string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
