package main

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

// A unit's people add photos of their own work to the slip that they hold.
func TestAUnitAddsFilesToItsOpenSlipAlone(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/units", object{"code": "ANBIEN", "name": "UBND phường An Biên", "sms_name": "P An Bien", "kind": "phuong"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "ANBIEN", "role": "focal", "name": "Đầu mối An Biên", "phone": "0570000006"})
	code := h.petition(false)
	path := "/console/p/" + code
	before, after := h.signedInAs("cu", escalation.Officer, "LACHTRAY"), h.signedInAs("moi", escalation.Officer, "ANBIEN")
	page := before.must(before.get(path), 200, "trước khi xử lý", "Thêm tệp")
	if strings.Contains(page.body, `<option value="recording"`) || strings.Contains(page.body, `<option value="intake"`) {
		t.Error("an officer is offered to file a recording, or what the citizen sent")
	}
	for _, stage := range []string{"recording", "intake"} {
		before.must(before.upload(path+"/files", "file", map[string][]byte{"x.png": picture}, "stage", stage), 422, "chưa chọn loại tệp")
	}
	before.must(before.upload(path+"/files", "file", map[string][]byte{"truoc.png": picture}, "stage", "before"), 303)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/reassign", object{"unit": "ANBIEN"})
	before.must(before.upload(path+"/files", "file", map[string][]byte{"sau.png": picture}, "stage", "after"), 422, "phiếu của đơn vị đã kết thúc")
	if page := before.must(before.get(path), 200); strings.Contains(page.body, "Thêm tệp") {
		t.Error("whose slip has ended is offered to add files")
	}
	after.must(after.upload(path+"/files", "file", map[string][]byte{"sau.png": picture}, "stage", "after"), 303)
}

// Of several files those that can be stored are, and the page says which are not.
func TestOfSeveralFilesThePageSaysWhichWereNotStored(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	path := "/console/p/" + h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	two := map[string][]byte{"anh.png": picture, "x.html": []byte("<script>alert(1)</script>")}
	done := operator.must(operator.upload(path+"/files", "file", two, "stage", "intake"), 303)
	operator.must(operator.get(done.to), 200, `<p class="note warm" role="status">Đã lưu 1 tệp. Chưa lưu được: x.html: `, "anh.png</a>")
	operator.must(operator.upload(path+"/files", "file", map[string][]byte{"x.html": two["x.html"]}, "stage", "intake"), 415, "chưa lưu được tệp nào", "x.html")
	operator.must(operator.upload(path+"/files", "file", map[string][]byte{"goi.png": picture}, "stage", "recording"), 415, "ghi âm phải là tệp âm thanh hoặc video")
	operator.must(operator.upload(path+"/files", "file", map[string][]byte{"goi.wav": spoken}, "stage", "recording"), 303)
}
