package main

import (
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
)

// sentAgain is a form of the console without a number, and how it is sent.
type sentAgain struct {
	route string // as the console has it
	send  func() shownPage
}

// uncounted are tables that a page may write to without having changed anything, and those
// that the service writes to on its own.
const uncounted = "'session', 'change_log', 'heartbeat', 'idempotency', 'upload', 'segment', 'receipt', 'inbox', 'inbox_part', 'sms_counted', 'sms_counted_by', 'sms_day', 'sms_day_by', 'clock', 'sim_clock', 'period'"

// rows are how many every table has.
func (h *hotline) rows() map[string]int {
	h.t.Helper()
	db, err := sql.Open("sqlite", h.room.Database)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	tables, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%\_fts%' ESCAPE '\' AND name NOT IN (` + uncounted + `)`)
	if err != nil {
		h.t.Fatal(err)
	}
	count := map[string]int{}
	for tables.Next() {
		name := ""
		if err := tables.Scan(&name); err != nil {
			h.t.Fatal(err)
		}
		count[name] = 0
	}
	tables.Close()
	for name := range count {
		n := 0
		if err := db.QueryRow(`SELECT COUNT(*) FROM ` + name).Scan(&n); err != nil {
			h.t.Fatal(err)
		}
		count[name] = n
	}
	return count
}

// unnumberedForms are forms that may be sent twice for what they are.
func (h *hotline) unnumberedForms() []sentAgain {
	operator, lead, admin, office := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, ""), h.signedIn(escalation.Office, "")
	h.reply(focalPhone, "NGHI 25/11")
	h.text(headPhone, "xin vang mat")
	absence := regexp.MustCompile(`absences/(\d+)/agree`).FindStringSubmatch(lead.get("/console/directory").body)[1]
	code := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	path := "/console/p/" + code
	operator.must(operator.upload(path+"/files", "file", map[string][]byte{"goi.wav": spoken}, "stage", "recording"), 303)
	unit, slip := h.visitor(), linkIn(h.t, h.text(focalPhone, code, "1022.example.vn").Text)
	unit.must(unit.post(slip+"/recording", "reason", "nghe rõ địa điểm"), 303)
	own := versionField.FindStringSubmatch(operator.must(operator.get(path+"/act/progress"), 200).body)
	progress := formOf(h.t, operator.must(operator.post(path+"/act/progress", "version", own[1], "seq", own[2], "text", "đã gọi đơn vị"), 200).body, "step", "do")
	wording := with(formTo(h.t, lead.get("/console/texts/T1").body, "/console/texts/T1", "text"), "text", "Trưởng ca xem {ma}: {noi_dung} {lp}")
	started := lead.must(lead.carryOut("/console/send", "nonce", "n1", "template", "T1", "var_ma", code, "var_noi_dung", "họp", "var_lp", "1022.vn/p/abc", "numbers", "0570000007"), 303)
	group := lead.must(lead.post("/console/groups", "name", "Trực lũ"), 303).to
	person := fmt.Sprint("/console/directory/LACHTRAY/contacts/", h.contactNamed("Người focal").ID)
	account, err := h.room.Store.AccountByName(h.ctx, "office")
	if err != nil {
		h.t.Fatal(err)
	}
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "deputy", "name": "Phó đầu mối", "phone": "0570000161"})
	uploaded := admin.must(admin.upload("/console/exchange", "file", map[string][]byte{"don-vi.csv": []byte(unitSheet)}, "kind", "units"), 200)
	agreed := regexp.MustCompile(`action="(/console/exchange/[A-Z0-9]+/do)"><input type="hidden" name="agreed" value="([0-9a-f]+)"`).FindStringSubmatch(uploaded.body)
	admin.must(admin.post("/console/links/webhook", "url", "https://example.vn/", "event", "petition.status"), 200)
	admin.must(admin.post("/console/links/key", "name", "Cổng dịch vụ", "role", "operator"), 200)
	asked := admin.must(admin.post("/console/personal", "kind", "access", "phone", citizenPhone), 303).to
	ward := []string{"name", "UBND phường Lạch Tray", "sms_name", "P Lạch Tray", "addressee", "Chủ tịch P Lạch Tray", "kind", "phuong", "calendar", ""}
	posting := func(v *visitor, to string, pairs ...string) func() shownPage {
		return func() shownPage { return v.post(to, pairs...) }
	}
	return []sentAgain{
		{"/intake/hints", posting(operator, "/console/intake/hints", "content", "Đèn đường trước ngõ tắt", "field", "chiếu sáng", "area", "P Lạch Tray", "phone", citizenPhone)},
		{"/office/document", posting(office, "/console/office/document", "code", code)},
		{"/ho-so/phieu", posting(operator, "/console/ho-so/phieu", "code", code)},
		{"/p/{code}/citizen", posting(operator, path+"/citizen")},
		{"/p/{code}/call", posting(operator, path+"/call")},
		{"/p/{code}/act/{verb}", posting(operator, path+"/act/progress", progress...)},
		{"/p/{code}/files", func() shownPage {
			return operator.upload(path+"/files", "file", map[string][]byte{"anh.png": picture}, "stage", "intake")
		}},
		{"/p/{code}/files/{id}/{act}", posting(operator, path+"/files/1/unpublish")},
		{"/p/{code}/recordings/{id}/{act}", posting(lead, path+"/recordings/1/grant", "hear", "24h")},
		{"/texts/{key}/preview", posting(lead, "/console/texts/T1/preview", "text", newT1)},
		{"/texts/{key}", posting(lead, "/console/texts/T1", wording...)},
		{"/texts/{key}/registration", posting(lead, "/console/texts/O1/registration", "sender", "8022", "number", "1", "on", "2026-11-20", "registered", slipText)},
		{"/send/{id}/{act}", posting(lead, started.to+"/pause")},
		{"/groups", posting(lead, "/console/groups", "name", "Trực bão")},
		{"/groups/{id}/{act}", posting(lead, group+"/add", "contact", fmt.Sprint(h.contactNamed("Người focal").ID))},
		{"/directory/{unit}", posting(lead, "/console/directory/LACHTRAY", ward...)},
		{"/directory/{unit}/contacts/{id}/{act}", posting(lead, person+"/leave", "from", "2026-12-07T08:00", "to", "2026-12-08T17:00")},
		{"/directory/{unit}/contacts/{id}/{act}", posting(lead, person+"/verify")},
		{"/directory/{unit}/contacts/{id}/{act}", posting(lead, fmt.Sprint("/console/directory/LACHTRAY/contacts/", h.contactNamed("Phó đầu mối").ID, "/ask"))},
		{"/directory/absences/{id}/{act}", posting(lead, "/console/directory/absences/"+absence+"/agree", "stand", "0")},
		{"/gateway/{act}", posting(lead, "/console/gateway/pause")},
		{"/people/{id}/{act}", posting(admin, fmt.Sprint("/console/people/", account.ID, "/disable"))},
		{"/links/{what}/{id}/{act}", posting(admin, "/console/links/key/1/revoke")},
		{"/links/{what}/{id}/{act}", posting(admin, "/console/links/webhook/1/replay")},
		{"/personal/{id}/{act}", posting(admin, asked+"/answer", "outcome", "done", "answer", "Đã gửi bản sao dữ liệu.")},
		{"/exchange/{id}/{act}", posting(admin, agreed[1], "agreed", agreed[2])},
		{"/exchange", func() shownPage {
			return admin.upload("/console/exchange", "file", map[string][]byte{"don-vi.csv": []byte(unitSheet)}, "kind", "units")
		}},
		{"/exchange/export", posting(admin, "/console/exchange/export", "kind", "units", "format", "csv")},
		{"/me/{act}", posting(lead, "/console/me/sign-out-everywhere")},
	}
}

// What has no number changes nothing more when it is sent again: it only reads, it sets what
// it has set, or it goes by what has changed since.
func TestAFormWithoutANumberThatIsSentTwiceChangesAsOnce(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite+"\nslip_passcode: \"off\"") // Monday
	h.people()
	for _, f := range h.unnumberedForms() {
		if first := f.send(); first.status >= 400 {
			t.Errorf("%s: the first sending is answered with %d:\n%.2500s", f.route, first.status, mainOf(first.body))
		}
		once := h.rows()
		f.send()
		if twice := h.rows(); !maps.Equal(once, twice) {
			maps.DeleteFunc(twice, func(table string, n int) bool { return once[table] == n })
			t.Errorf("%s: sent twice there are more of %v", f.route, twice)
		}
	}
}

// mainOf is what a page says itself.
func mainOf(body string) string {
	_, after, _ := strings.Cut(body, `<main id="main">`)
	return after
}
