package main

import (
	"database/sql"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// Who calls about a petition that is over is answered like anybody else.
func TestAPetitionThatHasEndedIsFoundAndReopened(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	over, open := h.petition(false), h.petition(false)
	h.call(200, "POST", "/api/v1/petitions/"+over+"/withdraw", object{"reason": "đèn đã sáng"})
	operator := h.signedIn(escalation.Operator, "")
	for _, q := range []string{over, strings.ToLower(over), strings.TrimPrefix(over, "HP"), strings.TrimPrefix(over, "HP261123-")} {
		if got := operator.get("/console/board?q=" + q); got.status != 303 || got.to != "/console/p/"+over {
			t.Errorf("%q leads to %q (%d)", q, got.to, got.status)
		}
	}
	operator.must(operator.get("/console/p/"+over), 200, "Mở lại")
	if got := operator.must(operator.get("/console/board"), 200, open); strings.Contains(got.body, over) {
		t.Error("the board has what is over")
	}
	h.call(200, "POST", "/api/v1/petitions/"+open+"/withdraw", object{"reason": "đèn đã sáng"})
	operator.must(operator.get("/console/board?q=trước+ngõ"), 200, "Không thấy trong các phản ánh đang mở", `href="/console/board?ended=1&amp;q=tr%C6%B0%E1%BB%9Bc&#43;ng%C3%B5"`)
	operator.must(operator.get("/console/board?q=trước+ngõ&ended=1"), 200, over, open, "đã kết thúc", `name="ended" value="1" checked`)
	operator.must(operator.get("/console/board?status=withdrawn"), 200, over, open)
	if got := operator.must(operator.get("/console/board?status=closed"), 200); strings.Contains(got.body, over) {
		t.Error("another ended status has it")
	}
	officer := h.signedIn(escalation.Officer, "LACHTRAY")
	officer.must(officer.get("/console/board?ended=1"), 200, over)
	other := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Việc của nơi khác", "citizen": object{"name": "Trần Thử", "phone": "0570000009"}})["code"].(string)
	if got := officer.get("/console/board?q=" + other); got.status != 200 || strings.Contains(got.body, `href="/console/p/`+other) {
		t.Errorf("a unit is led to another's petition: %d", got.status)
	}
	officer.must(officer.get("/console/board?q="+over), 303)
}

// The Office keeps seeing what the city's leaders asked for until it is done.
func TestADirectiveThatIsLateStandsFirstOnTheOfficesList(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	late, ahead := h.petition(false), h.petition(false)
	for code, due := range map[string]string{late: "2026-11-23T11:00:00+07:00", ahead: "2026-11-27T10:00:00+07:00"} {
		h.call(200, "POST", "/api/v1/petitions/"+code+"/direct", object{"leader": "Chủ tịch UBND TP", "text": "Xử lý ngay", "document_no": "12/CĐ", "document_date": "2026-11-23", "due": due})
	}
	h.call(200, "POST", "/api/v1/petitions/"+late+"/urge", object{"text": "nhanh lên", "due": "2026-11-26T10:00:00+07:00"})
	office := h.signedIn(escalation.Office, "")
	if got := office.must(office.get("/console/office"), 200, late, "12/CĐ"); strings.Contains(got.body, "quá hạn chỉ đạo") {
		t.Error("a directive is late before its time")
	}
	h.runUntil("2026-11-23T11:01:00+07:00")
	h.text(officePhone, late)
	h.eventually("the late directive", func() bool { return strings.Contains(office.get("/console/office").body, "quá hạn chỉ đạo") })
	page := office.get("/console/office").body
	list := page[strings.Index(page, `id="chi-dao"`):strings.Index(page, `id="da-chuyen"`)]
	if first, second := strings.Index(list, late), strings.Index(list, ahead); first < 0 || second < first || strings.Count(list, late) != 2 || strings.Count(list, "quá hạn chỉ đạo") != 1 {
		t.Errorf("the list is %s", list)
	}
	office.must(office.get("/console/board?overdue=1"), 200, late)
	h.call(200, "POST", "/api/v1/petitions/"+late+"/result", object{"text": "Đã thay bóng đèn hỏng trước ngõ"})
	if got := office.get("/console/office"); strings.Contains(got.body, "quá hạn chỉ đạo") {
		t.Error("a directive is late after the result")
	}
}

// An officer's phone texts about all that the unit owes: a petition's page shows what is about it.
func TestAPetitionsPageShowsTheTextsThatAreAboutIt(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	first, second := h.petition(false), h.petition(false)
	code := regexp.MustCompile(`NHAN (\d+)`)
	own := code.FindStringSubmatch(h.text(focalPhone, first).Text)
	other := code.FindStringSubmatch(h.text(focalPhone, second).Text)
	h.reply(focalPhone, "NHAN "+own[1]+" da cu to dien")
	h.reply(focalPhone, "NHAN "+other[1]+" ngay mai lam")
	h.reply(focalPhone, "HEN "+own[1]) // without a time: nothing is changed
	operator := h.signedIn(escalation.Operator, "")
	var talk, beside string
	h.eventually("the three texts", func() bool {
		page := operator.get("/console/p/" + first).body
		talk = page[strings.Index(page, "<h2>Tin nhắn"):strings.Index(page, "<h2>Thời hạn")]
		talk, beside, _ = strings.Cut(talk, "tin khác của số này")
		return strings.Contains(talk, "HEN "+own[1]) && strings.Contains(talk, "da cu to dien") && strings.Contains(beside, "ngay mai lam")
	})
	if strings.Contains(talk, "ngay mai lam") || strings.Contains(beside, "da cu to dien") || !strings.Contains(beside, `href="/console/p/`+second) {
		t.Errorf("the conversation is %s\nbeside it %s", talk, beside)
	}
}

// The hints look among all fields, say when they did not look, and are taken over into the form.
func TestHintsAreFoundByWordsAndTakenOver(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	const hints = "/console/intake/hints"
	operator.must(operator.post(hints, "content", "đèn đường tắt bốn tối, ngõ nguy hiểm"), 200, "Có thể trùng", code)
	operator.must(operator.post(hints, "content", "đèn"), 200, "Chưa tìm")
	operator.must(operator.post(hints, "content", "chó thả rông công viên"), 200, "Chưa thấy phản ánh tương tự")
	answer := func(content, consent string) string {
		done := operator.must(operator.post("/console/intake", "channel", "phone", "kind", "1", "content", content, "way", "answer", "publish_consent", consent, "field", "văn hóa",
			"answer_text", "Từ 8 giờ đến 17 giờ, hỏi chị Lê Thử", "name", "Lê Thử", "phone", "0570000007"), 303)
		return strings.TrimPrefix(done.to, "/console/p/")
	}
	secret, open := answer("Giờ mở cửa thư viện thành phố", ""), answer("Thư viện thành phố giờ mở cửa", "1")
	got := operator.must(operator.post(hints, "content", "thư viện mở cửa giờ nào", "field", "chiếu sáng"), 200, "Dùng câu trả lời này", open, "Từ 8 giờ đến 17 giờ")
	if strings.Contains(got.body, `value="`+secret) || strings.Contains(got.body, "Lê Thử") {
		t.Errorf("the hints show what its citizen did not agree to: %s", got.body)
	}
	form := []string{"channel", "phone", "kind", "1", "content", "thư viện mở cửa giờ nào", "way", "forward", "name", "Trần Thử", "nonce", "n1"}
	filled := operator.must(operator.post("/console/intake", append(form, "use_answer", open)...), 200, `value="answer" checked`, `id="answer_text">Từ 8 giờ đến 17 giờ`, `value="Trần Thử"`)
	if got := formOf(t, filled.body, "", "intake"); !slices.Contains(got, "n1") {
		t.Errorf("the form has lost its number: %v", got)
	}
	operator.must(operator.post("/console/intake", append(form, "use_answer", secret)...), 404)
	operator.must(operator.post(hints, "content", "đèn đường tắt bốn tối", "area", "P Lạch Tray", "field", "chiếu sáng"), 200)
	operator.must(operator.post("/console/intake", append(form, "use_unit", "LACHTRAY")...), 200, `value="forward" checked`, `<option value="LACHTRAY" selected>`)
}

// Whoever no text reaches is called once, by somebody who sees the number and what to say.
func TestACitizenWithoutAMobileIsCalledOnceWithTheWordsAtHand(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay", "unit": "LACHTRAY",
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": "0225 300 0001"}})["code"].(string)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/withdraw", object{"reason": "đèn đã sáng"})
	operator, admin := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.Administrator, "")
	page := operator.must(operator.get("/console/tasks?kind=contact"), 200, "Xem số và nội dung", "(mẫu C4)", "(mẫu C10)")
	if n := strings.Count(page.body, `/done"`); n != 1 || strings.Contains(page.body, "Nguyễn Văn Thử") || strings.Contains(page.body, "3000001") {
		t.Errorf("%d rows, or the citizen unasked: %s", n, page.body)
	}
	operator.must(operator.post("/console/p/"+code+"/call"), 200, "Nguyễn Văn Thử", "3000001", "đã chuyển phản ánh "+code+" đến P Lạch Tray", "đã dừng xử lý phản ánh "+code)
	admin.must(admin.get("/console/log?what=citizen"), 200, code, "<td>xem</td>")
	form := formOf(t, page.body, "try", "không nghe máy")
	if got := operator.must(operator.post("/console/tasks/"+taskOf(page.body)+"/done", form...), 303); got.to != "/console/tasks?kind=contact" {
		t.Errorf("an outcome leads to %s", got.to)
	}
	page = operator.must(operator.get("/console/tasks?kind=contact"), 200, "đã gọi 1 lần")
	operator.must(operator.post("/console/tasks/"+taskOf(page.body)+"/done", formOf(t, page.body, "outcome", "đã nghe máy")...), 303)
	if page = operator.must(operator.get("/console/tasks?kind=contact"), 200); strings.Contains(page.body, code) {
		t.Error("a call that was made is still to be made")
	}
	if p := operator.get("/console/p/" + code).body; strings.Count(p, "đã liên hệ người dân: đã nghe máy") != 2 {
		t.Error("the timeline lacks one of the texts that were told")
	}
}

var taskForm = regexp.MustCompile(`/console/tasks/(\d+)/done`)

func taskOf(body string) string {
	if m := taskForm.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

// A return is decided, not ticked off.
func TestAReturnIsDecidedFromTheTaskAndNotTickedOff(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/return", object{"reason": "không thuộc địa bàn của phường"})
	if err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		return tx.Post(h.ctx, nil, []escalation.Task{{Key: "alone", Kind: escalation.TaskConfirm, Text: "Xem số điện thoại mới", For: escalation.Operator, OpenedAt: tx.Now().Add(time.Hour)}})
	}); err != nil {
		t.Fatal(err)
	}
	operator := h.signedIn(escalation.Operator, "")
	page := operator.must(operator.get("/console/tasks?kind=confirm"), 200, "/console/p/"+code+"/act/accept-return", "/console/p/"+code+"/act/refuse-return", `class="row quiet" id="viec-`)
	open, err := h.room.Store.Tasks(h.ctx, store.TaskFilter{Kind: escalation.TaskConfirm})
	if err != nil {
		t.Fatal(err)
	}
	tasks := open.Items
	var refused, done int
	for _, task := range tasks {
		id := strconv.FormatInt(task.ID, 10)
		tick := "/console/tasks/" + id + "/done"
		offered := strings.Contains(page.body, tick)
		switch got := operator.post(tick, "outcome", "đã xử lý", "nonce", "n"+id, "back", "kind=confirm&cursor=&x=https://evil.example"); {
		case !offered && got.status == 422 && strings.Contains(got.body, "chưa được quyết định"):
			refused++
		case offered && got.status == 303 && got.to == "/console/tasks?kind=confirm":
			done++
		default:
			t.Errorf("%d to %q: %.500s", got.status, got.to, got.body)
		}
	}
	if refused != 1 || done != len(tasks)-1 {
		t.Errorf("%d of %d are refused, %d done", refused, len(tasks), done)
	}
	h.call(200, "POST", "/api/v1/petitions/"+code+"/refuse-return", object{"reason": "thuộc địa bàn của phường"})
	if page = operator.must(operator.get("/console/tasks?kind=confirm"), 200); strings.Contains(page.body, code) {
		t.Error("a return that was decided is still to be decided")
	}
}

// A reply that the program cannot apply is read and acted on by a person.
func TestAReplyThatIsPutAsideIsReadAndActedOnFromItsTask(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	rows, err := sql.Open("sqlite", "file:"+h.room.Database+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	in := escalation.Inbound{From: "+84570000101", ReadAt: time.Date(2026, 11, 23, 3, 5, 0, 0, time.UTC)}
	if err := rows.QueryRow(`INSERT INTO inbox (phone, to_raw, text, hash, read_at, incomplete, attempts, error, retry_real) VALUES (?, '8022', 'XONG 4572 <da thay bong>', 'x', ?, 0, 21, 'boom', ?) RETURNING id`,
		in.From, in.ReadAt.UnixMicro(), time.Now().Add(time.Hour).UnixMicro()).Scan(&in.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		return tx.Post(h.ctx, nil, []escalation.Task{escalation.AsideTask(in, escalation.Contact{}, tx.Now())})
	}); err != nil {
		t.Fatal(err)
	}
	lead := h.signedIn(escalation.ShiftLead, "")
	page := lead.must(lead.get("/console/tasks?kind=confirm"), 200, "057****101 lúc 10h05 23/11", "XONG 4572 &lt;da thay bong&gt;", "Đã xử lý", "Thử lại")
	_, row, _ := strings.Cut(page.body, "XONG 4572")
	lead.must(lead.post("/console/tasks/"+taskOf(row)+"/done", formOf(t, row, "outcome", "đã xử lý")...), 303)
	if page = lead.must(lead.get("/console/tasks?kind=confirm"), 200); strings.Contains(page.body, "da thay bong") {
		t.Error("it is still to be acted on")
	}
	lead.must(lead.get("/console/tasks?done=1"), 200, "057****101", "đã xử lý")
	admin := h.signedIn(escalation.Administrator, "")
	admin.must(admin.get("/console/log"), 200, "tin nhắn đến", "đã xử lý bằng tay")
	if found, err := h.room.Store.Audit(h.ctx); err != nil || found.PassedOver != 0 {
		t.Errorf("the auditor tells of %d, %v", found.PassedOver, err)
	}
}

// A way out is offered to whom it is an act of, and one that may not be taken is refused
// before anything is recorded; what was typed stays.
func TestAWayOutThatMayNotBeTakenIsRefusedBeforeTheIntake(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	operator, office := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.Office, "")
	for _, way := range []string{"answer", "reject", "emergency"} {
		if page := office.must(office.get("/console/intake"), 200, `value="forward"`, `value="later"`); strings.Contains(page.body, `name="way" value="`+way+`"`) {
			t.Errorf("the Office is offered to %s", way)
		}
		operator.must(operator.get("/console/intake"), 200, `name="way" value="`+way+`"`)
	}
	form := []string{"channel", "phone", "kind", "1", "content", "Hỏi giờ làm việc của phường", "name", "Lê Thử", "phone", "0570000007", "way", "answer", "answer_text", "Từ 7 giờ 30 đến 17 giờ"}
	office.must(office.post("/console/intake", form...), 422, "vai trò này không được chọn cách giải quyết “trả lời trực tiếp”", "Hỏi giờ làm việc của phường")
	operator.must(operator.post("/console/intake", append(form, "denunciation", "1")...), 422, "tin tố giác chỉ trưởng ca được xử lý", "Từ 7 giờ 30 đến 17 giờ")
	if list := h.call(200, "GET", "/api/v1/petitions", nil)["items"].([]any); len(list) != 0 {
		t.Errorf("recorded was %v", list)
	}
	call := append(with(form, "way", "emergency"), "emergency_to", strings.Repeat("114 ", 80), "emergency_outcome", "answered", "emergency_at", "2026-11-23T09:55")
	again := operator.must(operator.post("/console/intake", call...), 422, "Đã tiếp nhận HP261123-0001, nhưng chưa chuyển cuộc gọi khẩn", `class="note wrong"`, `name="to" value="114 114`, `value="2026-11-23T09:55"`)
	ready := with(formOf(t, again.body, "step", "preview"), "to", "114")
	operator.must(operator.carryOut("/console/p/HP261123-0001/act/emergency", ready[:len(ready)-2]...), 303)
}
