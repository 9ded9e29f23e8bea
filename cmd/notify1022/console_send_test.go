package main

import (
	"encoding/csv"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

// The page of a large sending shows a page of its recipients, keeps asking for its
// counts alone, and gives its failures whole.
func TestALargeSendingIsShownInPages(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "registered_texts: enforce") // each text fails
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	var numbers []string
	for n := range 620 {
		numbers = append(numbers, fmt.Sprintf("0570000%03d", 100+n))
	}
	send := []string{"nonce", "n1", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp giao ban", "var_lp", "1022.vn/p/abc", "numbers", strings.Join(numbers, "\n")}
	ready := formOf(t, lead.must(lead.post("/console/send", append(send, "step", "preview")...), 200, "620 người nhận, 620 tin", "Tôi đồng ý").body, "step", "do")
	lead.must(lead.post("/console/send", ready...), 200, "Tôi đồng ý") // asked for once more
	started := lead.must(lead.post("/console/send", append(ready, "agree", "620")...), 303)
	h.eventually("all have failed", func() bool {
		return strings.Contains(lead.get(started.to+"/progress").body, "không gửi được: 620")
	})
	progress := lead.must(lead.get(started.to+"/progress"), 200)
	if strings.Contains(progress.body, "057****") || strings.Contains(progress.body, "<html") || strings.Contains(progress.body, "hx-get") {
		t.Errorf("the progress has rows, or goes on asking: %.400s", progress.body)
	}
	page := lead.must(lead.get(started.to), 200, "Trang sau")
	next := regexp.MustCompile(`<a href="([^"]+)">Trang sau`).FindStringSubmatch(page.body)
	if got := lead.must(lead.get(html.UnescapeString(next[1])), 200); strings.Contains(got.body, firstRow(page.body)) {
		t.Error("the next page is the first again")
	}
	if n := strings.Count(page.body, "<td>057****"); n != 50 {
		t.Errorf("a page shows %d recipients", n)
	}
	lead.must(lead.get(started.to+"?state=delivered"), 200, "Không có ai")
	lead.must(lead.get(started.to+"?cursor=!"), 422)
	rows, err := csv.NewReader(strings.NewReader(lead.must(lead.get(started.to+"/failures.csv"), 200).body)).ReadAll()
	if err != nil || len(rows) != 621 || rows[1][1] != "+84570000100" || rows[620][1] != "+84570000719" {
		t.Errorf("the failures are %d rows, %v", len(rows), err)
	}
}

var rowOf = regexp.MustCompile(`<td>057\*\*\*\*\d+`)

// firstRow is the first recipient of a page.
func firstRow(body string) string { return rowOf.FindString(body) }

var memberField = regexp.MustCompile(`name="contact" value="(\d+)"`)

func TestPeopleGroupsAndAFileOfNumbersAreSentTo(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")

	found := lead.must(lead.get("/console/send/people?q=nguoi+lach+tray"), 200, "Người focal", "Người head", "057****001")
	if strings.Contains(found.body, "Văn phòng") || strings.Contains(found.body, focalPhone) {
		t.Errorf("others are found, or a whole number is shown: %s", found.body)
	}
	head := memberField.FindStringSubmatch(lead.must(lead.get("/console/send/people?q=nguoi+head"), 200).body)[1]
	kept := lead.must(lead.get("/console/send/people?q=van+phong&contact="+head), 200, "Người head", "Văn phòng", "checked")
	if strings.Count(kept.body, "checked") != 1 {
		t.Errorf("who was chosen is not kept: %s", kept.body)
	}

	lead.must(lead.post("/console/groups", "name", "phuong"), 422, "có sẵn")
	group := lead.must(lead.post("/console/groups", "name", "Trực bão"), 303)
	lead.must(lead.get(group.to+"?q=van+phong"), 200, "Trực bão", "Thêm vào nhóm")
	office := memberField.FindStringSubmatch(lead.get(group.to + "?q=van+phong").body)[1]
	lead.must(lead.post(group.to+"/add", "contact", office, "contact", head), 303)
	lead.must(lead.post(group.to+"/add", "contact", "x"), 422)
	lead.must(lead.post(group.to+"/rename", "name", "Trực bão, lũ"), 303)
	lead.must(lead.get("/console/groups"), 200, "Trực bão, lũ", `<td class="num">2</td>`)
	sent := h.call(202, "POST", "/api/v1/messages", object{"template": "T1", "to": []object{{"group": "Trực bão, lũ"}}, "vars": alert()})
	if ids := sent["ids"].([]any); len(ids) != 2 {
		t.Errorf("the API sends %v to a group of two", ids)
	}
	id := group.to[strings.LastIndex(group.to, "/")+1:]

	var file strings.Builder
	file.WriteString("Số máy;Tên\n")
	for n := range 20_000 {
		fmt.Fprintf(&file, "057%07d;Nguyễn Văn Thử %d, phường Lạch Tray, thành phố Hải Phòng\n", 1+n%500, n)
	}
	form := []string{"nonce", "n1", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp giao ban", "var_lp", "1022.vn/p/abc", "contact", head, "group", id}
	bad := lead.must(lead.upload("/console/send", "file", map[string][]byte{"so.csv": []byte("0570000001\n0225 300 0001\n")}, append(form, "step", "do")...), 422, "dòng 2: số này không nhận được tin nhắn", "Trực bão, lũ (2)")
	if strings.Contains(bad.body, "Đã xếp hàng") {
		t.Error("a file with a bad line is sent to")
	}
	lead.must(lead.post("/console/send", append(form, "step", "find", "q", "nguoi focal")...), 200, "Người focal")
	if file.Len() < 1<<20 {
		t.Fatalf("the file has %d octets: a form without it would take it", file.Len())
	}
	preview := lead.must(lead.upload("/console/send", "file", map[string][]byte{"so.csv": []byte(file.String())}, append(form, "step", "preview")...), 200, "500 người nhận, 500 tin", "Người head (057****002)")
	carried := regexp.MustCompile(`(?s)name="numbers" rows="4">(.*?)</textarea>`).FindStringSubmatch(preview.body)[1]
	seen := regexp.MustCompile(`name="seen" value="(\w+)"`).FindStringSubmatch(preview.body)[1]
	if n := len(strings.Fields(carried)); n != 500 {
		t.Fatalf("the preview carries %d numbers", n)
	}
	started := lead.must(lead.upload("/console/send", "file", nil, append(form, "step", "do", "agree", "500", "seen", seen, "numbers", carried)...), 303)
	again := lead.must(lead.upload("/console/send", "file", nil, append(form, "step", "do", "agree", "500", "seen", seen, "numbers", carried)...), 303)
	if started.to != again.to {
		t.Errorf("a form sent twice leads to %s and %s", started.to, again.to)
	}
	h.text(headPhone, "hop giao ban")
	h.text(officePhone, "hop giao ban")
	h.text("0570000499", "hop giao ban")

	lead.must(lead.post(group.to+"/remove", "contact", office), 303)
	lead.must(lead.post(group.to+"/delete"), 303)
	lead.must(lead.get(group.to), 404)
	lead.must(lead.post("/console/send", append(form, "nonce", "n2", "step", "do")...), 422, "không có nhóm này")
}

// The browser's way back leads to a form that was sent. As it was it is that sending; with
// another text or more people it is another one, and the preview says that it is the second.
func TestASendingThatIsCorrectedAfterTheWayBackGoesOut(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	form := []string{"nonce", "n1", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp giao ban", "var_lp", "1022.vn/p/abc", "numbers", "0570000007"}
	ready := formOf(t, lead.must(lead.post("/console/send", append(form, "step", "preview")...), 200, "1 người nhận").body, "step", "do")
	first := lead.must(lead.post("/console/send", ready...), 303)
	same := lead.must(lead.post("/console/send", ready...), 303)
	if same.to != first.to {
		t.Errorf("the same form leads to %s and %s", first.to, same.to)
	}
	lead.must(lead.get(same.to), 200, "đã được xếp hàng từ trước")
	for name, value := range map[string]string{"var_noi_dung": "họp lúc 9 giờ", "numbers": "0570000007\n0570000008"} {
		changed := lead.must(lead.post("/console/send", append(with(form, name, value), "step", "preview")...), 200, "Biểu mẫu này đã được gửi", `href="/console/send/`)
		second := lead.must(lead.post("/console/send", formOf(t, changed.body, "step", "do")...), 303)
		if second.to == first.to {
			t.Errorf("with another %s it leads to the first sending", name)
		}
		lead.must(lead.get(second.to), 200, "Đã xếp hàng")
	}
	h.text("0570000007", "hop luc 9 gio")
	h.text("0570000008", "hop giao ban")
}

// Who is meant and has no mobile is named before the sending, and so is a unit where
// nobody has the role.
func TestWhoCannotBeTextedIsNamedInThePreview(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	h.leaders()
	lead := h.signedIn(escalation.ShiftLead, "")
	form := []string{"nonce", "n1", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp", "var_lp", "1022.vn/p/abc", "kind", "all", "role", "leader", "step", "preview"}
	lead.must(lead.post("/console/send", form...), 200, "1 người nhận, 1 tin", "2 người, đơn vị không có số nhận được tin nhắn", "Lãnh đạo có thư", "UBND phường Lạch Tray", "Văn phòng UBND thành phố: chưa có")
	lead.must(lead.post("/console/send", with(form, "role", "duty")...), 422, "chưa có ai nhận được tin nhắn", "UBND phường Lạch Tray: chưa có")
}

// What a program sends is a sending like what the console sends: a key may send what its role
// may at the desk, says so above the limit, and the shift lead can stop it.
func TestWhatAProgramSendsIsListedAndStoppedUnderSending(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.post("/console/gateway/pause"), 303)
	var to []object
	for n := range 120 {
		to = append(to, object{"phone": fmt.Sprintf("0570000%03d", 100+n)})
	}
	body := object{"template": "T1", "title": "Bão số 9", "to": to, "vars": alert()}
	asked := h.call(422, "POST", "/api/v1/messages", body)["confirm"].(object)
	lead.mustLack(lead.must(lead.get("/console/send"), 200), "Bão số 9")
	body["agree"] = asked["agree"]
	sent := h.call(202, "POST", "/api/v1/messages", body)
	at := fmt.Sprint("/console/send/", sent["sending"])
	lead.must(lead.get("/console/send"), 200, `href="`+at+`">Bão số 9`, "đang gửi", "120 tin")
	lead.must(lead.get(at), 200, "057****100", "gửi, ")
	lead.must(lead.post(at+"/pause"), 303)
	lead.must(lead.get(at), 200, "tạm dừng")
	lead.must(lead.post(at+"/cancel"), 303)
	lead.must(lead.get(at), 200, "đã hủy")
	lead.must(lead.post("/console/gateway/resume"), 303)
	if list, err := h.room.Store.Messages(h.ctx, store.MessageFilter{State: escalation.Queued, Template: "T1", Limit: 200}); err != nil || len(list.Items) != 0 {
		t.Errorf("%d texts of a sending that was cancelled wait (%v)", len(list.Items), err)
	}

	page := lead.must(lead.get("/console/send?template=OTP"), 200)
	lead.mustLack(page, `value="OTP"`)
	lead.mustLack(page, `name="var_otp"`)
	lead.must(lead.post("/console/send", "nonce", "n1", "template", "OTP", "var_otp", "482913", "var_ma", "HP261116-0001", "numbers", "0570000007", "step", "do"), 422, "không gửi tay được")
}

// mustLack fails where the page says what it should not.
func (v *visitor) mustLack(page shownPage, words string) {
	v.t.Helper()
	if strings.Contains(page.body, words) {
		v.t.Errorf("the page says %s:\n%.2000s", words, mainOf(page.body))
	}
}
