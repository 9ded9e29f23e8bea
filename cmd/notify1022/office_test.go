package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"sync"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

func TestTheOfficeSeesAllThatIsOverdueAndPagesThroughIt(t *testing.T) {
	t.Parallel()
	const many = 203 // one page shows 200
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		var changes []escalation.Change
		for i := range many {
			id, code, err := tx.NextCode(h.ctx, tx.Now())
			if err != nil {
				return err
			}
			changes = append(changes, escalation.Change{Petition: escalation.Petition{ID: id, Code: code, Token: fmt.Sprint("overdue", i), Version: 1, Status: escalation.Overdue, WasOverdue: true,
				Content: "Đèn hỏng", ReceivedAt: tx.Now(), RecordedAt: tx.Now(), WaitsFor: escalation.Office}})
		}
		return tx.Save(h.ctx, changes)
	})
	if err != nil {
		t.Fatal(err)
	}
	office := h.signedIn(escalation.Office, "")
	seen := map[string]bool{}
	for path, pages := "/console/office", 0; path != "" && pages < 5; pages++ {
		page := office.must(office.get(path), 200, fmt.Sprintf("Quá hạn (%d)", many))
		for _, m := range regexp.MustCompile(`name="code" value="([^"]+)"`).FindAllStringSubmatch(page.body, -1) {
			seen[m[1]] = true
		}
		path = ""
		if m := regexp.MustCompile(`href="([^"]+)">Quá hạn: trang tiếp`).FindStringSubmatch(page.body); m != nil {
			path, _, _ = strings.Cut(html.UnescapeString(m[1]), "#")
		}
	}
	if len(seen) != many {
		t.Errorf("%d of %d are shown", len(seen), many)
	}
}

// Đ17.9: the Office is told of a change of people by a text, and confirms it on its page.
func TestTheOfficeConfirmsAChangeOfPeople(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "focal", "name": "Đinh Văn Mới", "phone": "0570000161", "replaces": h.contactNamed("Người focal").ID})
	h.reply("0570000161", "OK "+askedCode.FindStringSubmatch(h.text("0570000161", "dang ky nhan PAKN").Text)[1])
	h.text(officePhone, "De nghi xac nhan: 1022.example.vn/console/office#nhan-su")
	office, lead := h.signedIn(escalation.Office, ""), h.signedIn(escalation.ShiftLead, "")
	page := office.must(office.get("/console/office"), 200, `<h2 id="nhan-su">Thay đổi nhân sự chờ xác nhận`, "Đinh Văn Mới thay Người focal làm cán bộ đầu mối", `href="/console/directory/LACHTRAY"`)
	lead.must(lead.get("/console/tasks"), 200, "Đinh Văn Mới thay Người focal") // as before
	to := regexp.MustCompile(`/console/office/nhan-su/\d+`).FindString(page.body)
	form := with(formTo(t, page.body, to, "note"), "note", "đã đối chiếu công văn")
	done := office.must(office.post(to, form...), 303)
	again := office.must(office.post(to, form...), 303)
	if done.to != "/console/office#nhan-su" || again.to != done.to {
		t.Errorf("it leads to %s, and sent again to %s", done.to, again.to)
	}
	if after := office.must(office.get("/console/office"), 200, "chỉ được thực hiện một lần"); strings.Contains(after.body, to) {
		t.Error("it waits still")
	}
	lead.must(lead.get("/console/tasks?done=1"), 200, "đã xác nhận: đã đối chiếu công văn", "Người office")
	office.must(office.post(to), 422, "việc này đã xong")

	// What is the hotline's to do is not the Office's to end.
	err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		return tx.Post(h.ctx, nil, []escalation.Task{{Key: "call", Kind: escalation.TaskCall, Text: "Gọi bà Mẫu", For: escalation.Operator, OpenedAt: tx.Now()}})
	})
	if err != nil {
		t.Fatal(err)
	}
	calls, err := h.room.Store.Tasks(h.ctx, store.TaskFilter{Kind: escalation.TaskCall})
	if err != nil || len(calls.Items) != 1 {
		t.Fatalf("%+v, %v", calls, err)
	}
	office.must(office.post(fmt.Sprint("/console/office/nhan-su/", calls.Items[0].ID)), 422, "không giao cho vai trò này")
	lead.must(lead.get("/console/tasks"), 200, "Gọi bà Mẫu")
}

func TestManyAreUrgedAsTheyWereShown(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	first, second, over := h.petition(false), h.petition(false), h.petition(false)
	h.call(200, "POST", "/api/v1/petitions/"+over+"/withdraw", object{"reason": "đèn đã sáng"})
	office := h.signedIn(escalation.Office, "")
	const path = "/console/office/urge"
	chosen := []string{"code", first, "code", second, "code", over, "text", "trả lời dứt điểm", "due", "2026-11-25T10:00"}
	office.must(office.post(path, with(chosen, "due", "mai")...), 422, "Thời hạn trả lời không đúng", `value="trả lời dứt điểm"`, first)
	urged := func() (n int) {
		for _, m := range h.smsc.Handset(headPhone).Inbox() {
			if strings.Contains(m.Text, "UBND TP don doc") {
				n++
			}
		}
		return n
	}
	shown := formOf(t, office.must(office.post(path, append(chosen, "step", "do")...), 200, first, second, "UBND TP don doc P Lach Tray: PAKN "+first, "Thủ trưởng, UBND phường Lạch Tray", "10h00 25/11", "Không đôn đốc được").body, "step", "do")
	h.call(200, "POST", "/api/v1/petitions/"+second+"/progress", object{"text": "đã cử tổ điện"})
	fresh := formOf(t, office.must(office.post(path, shown...), 200, "Sẽ gửi 2 thông báo").body, "step", "do") // one changed: it is shown again
	if n := urged(); n != 0 {
		t.Errorf("%d were urged by what was not shown", n)
	}
	office.must(office.post(path, with(fresh, "text", "làm ngay")...), 200, "Sẽ gửi", `value="làm ngay"`) // other words, too
	done := office.must(office.post(path, fresh...), 303)
	office.must(office.get(done.to), 200, `<p class="note warm" role="status">Đã đôn đốc 2 phản ánh. Chưa đôn đốc được: `+over)
	h.eventually("two texts at the head's", func() bool { return urged() == 2 })
}

// Sent twice, as a double click sends it, the form urges each petition once and says so.
func TestUrgingThatIsSentTwiceUrgesOnce(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	codes := []string{h.petition(false), h.petition(false)}
	office := h.signedIn(escalation.Office, "")
	const path = "/console/office/urge"
	form := formOf(t, office.must(office.post(path, "code", codes[0], "code", codes[1], "code", codes[0], "due", "2026-11-25T10:00"), 200, "Sẽ gửi 2 thông báo").body, "step", "do")
	var both sync.WaitGroup
	var got [2]shownPage
	for i := range got {
		both.Go(func() { got[i] = office.post(path, form...) })
	}
	both.Wait()
	for _, one := range append(got[:], office.post(path, form...)) {
		office.must(one, 303)
	}
	office.must(office.get("/console/office"), 200, "Đã đôn đốc 2 phản ánh. Biểu mẫu này được gửi hơn một lần, chỉ được thực hiện một lần.")
	for _, code := range codes {
		p, err := h.room.Store.PetitionByCode(h.ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range p.Timeline {
			if e.Action == string(escalation.VerbUrge) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is urged %d times", code, n)
		}
	}
}

// A unit whose head nobody can text is urged all the same: the shift lead gets a task.
func TestAUnitWithoutAHeadToTextIsUrgedFromTheOfficesPage(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	h.call(201, "POST", "/api/v1/units", object{"code": "ANBIEN", "name": "UBND phường An Biên", "sms_name": "P An Bien", "addressee": "Chủ tịch P An Biên", "kind": "phuong"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "focal", "name": "Người đầu mối", "phone": "0570000006"})
	code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay", "unit": "ANBIEN",
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	over := h.petition(false)
	h.call(200, "POST", "/api/v1/petitions/"+over+"/withdraw", object{"reason": "đèn đã sáng"})
	office := h.signedIn(escalation.Office, "")
	const path, said, button = "/console/office/urge", "Không có ai nhận được tin; sẽ tạo việc cho trưởng ca.", `value="do"`
	none := office.must(office.post(path, "code", over, "due", "2026-11-25T10:00", "step", "preview"), 200, "Không đôn đốc được")
	if strings.Contains(none.body, button) || strings.Contains(none.body, said) {
		t.Error("what cannot be urged is offered")
	}
	shown := office.must(office.post(path, "code", code, "code", over, "text", "khẩn trương", "due", "2026-11-25T10:00", "step", "preview"), 200, said, button)
	done := office.must(office.post(path, formOf(t, shown.body, "step", "do")...), 303)
	office.must(office.get(done.to), 200, "Đã đôn đốc 1 phản ánh")
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.get("/console/tasks"), 200, code, "không có ai giữ vai trò", "nhận được tin nhắn tại UBND phường An Biên")
}
