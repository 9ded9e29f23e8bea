package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/web"
)

// requested records a request in the console and returns its page's path.
func (v *visitor) requested(kind, phone string) string {
	v.t.Helper()
	got := v.must(v.post("/console/personal", "kind", kind, "phone", phone, "note", "gọi từ chính số máy"), 303)
	return got.to
}

// unitPhoto is a picture of the petition that its unit has added.
func (h *hotline) unitPhoto(code string, stage web.Stage) int64 {
	h.t.Helper()
	p, err := h.room.Store.PetitionByCode(h.ctx, code)
	if err != nil {
		h.t.Fatal(err)
	}
	list, err := h.room.Store.Attachments(h.ctx, p.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	sum := fmt.Sprintf("aa%02d", len(list)) // the same bytes are one file
	id, err := h.room.Store.AddAttachment(h.ctx, store.Attachment{Petition: p.ID, Name: "anh.jpg", Type: "image/jpeg", SHA256: sum, Stage: string(stage)}, web.MaxAttachments)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func TestAnAdministratorAnswersARequestAboutPersonalData(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	open := h.petition(false)
	ended := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Gọi tôi số 0570000401 nhé",
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone, "address": "15 phố Thử Nghiệm"}})["code"].(string)
	h.call(200, "POST", "/api/v1/petitions/"+ended+"/answer", object{"text": "Đã giải thích qua điện thoại."})
	v := h.signedIn(escalation.Administrator, "")

	access := v.requested("access", citizenPhone)
	page := v.must(v.get(access), 200)
	for _, want := range []string{open, ended, "17h00 26/11/2026", "phản ánh đang được xử lý"} { // the 24th is a day off
		if !strings.Contains(page.body, want) {
			t.Errorf("the request's page lacks %q", want)
		}
	}
	if strings.Contains(page.body, citizenPhone) || strings.Contains(page.body, "Thử Nghiệm") {
		t.Error("the request's page shows personal data")
	}
	if tasks := v.must(v.get("/console/tasks?kind=personal"), 200); !strings.Contains(tasks.body, "Trả lời yêu cầu dữ liệu cá nhân số") {
		t.Error("there is no task")
	}
	var data escalation.PersonalData
	if err := json.Unmarshal([]byte(v.must(v.post(access+"/export.json"), 200).body), &data); err != nil || len(data.Petitions) != 2 || data.Petitions[1].Citizen.Address != "15 phố Thử Nghiệm" {
		t.Errorf("%+v, %v", data, err)
	}
	if html := v.must(v.post(access+"/export.html"), 200).body; !strings.Contains(html, "15 phố Thử Nghiệm") || strings.Contains(html, "<script") {
		t.Error("the page is not what it should be")
	}
	v.must(v.post(access+"/correct", "code", ended, "name", "Nguyễn Văn Thử", "phone", citizenPhone, "address", "51 phố Thử Nghiệm"), 303)
	v.must(v.post(access+"/correct", "code", "HP261123-9999", "name", "X", "phone", citizenPhone), 422)
	if p, err := h.room.Store.PetitionByCode(h.ctx, ended); err != nil || p.Citizen.Address != "51 phố Thử Nghiệm" {
		t.Errorf("%+v, %v", p.Citizen, err)
	}
	v.must(v.post(access+"/erase", "sure", "1"), 422) // nobody asked for that
	v.must(v.post(access+"/answer", "outcome", "done", "answer", "Đã gửi bản sao tại quầy."), 303)
	v.must(v.post(access+"/answer", "outcome", "done", "answer", "lần nữa"), 422)

	erase := v.requested("erase", citizenPhone)
	shows, kept, elsewhere := h.unitPhoto(ended, web.StageAfter), h.unitPhoto(ended, web.StageAfter), h.unitPhoto(open, web.StageAfter)
	offered := v.must(v.get(erase), 200).body
	for id, want := range map[int64]bool{shows: true, kept: true, elsewhere: false} {
		if strings.Contains(offered, fmt.Sprintf(`name="file" value="%d"`, id)) != want {
			t.Errorf("file %d is offered: %t", id, !want)
		}
	}
	v.must(v.post(erase+"/erase"), 422) // not confirmed
	v.must(v.post(erase+"/erase", "sure", "1", "file", fmt.Sprint(elsewhere)), 422)
	if p, err := h.room.Store.PetitionByCode(h.ctx, ended); err != nil || p.Citizen.Name == "" {
		t.Errorf("a wrong file erases %+v (%v)", p.Citizen, err)
	}
	v.must(v.post(erase+"/erase", "sure", "1", "file", fmt.Sprint(shows)), 303)
	for id, there := range map[int64]bool{shows: false, kept: true, elsewhere: true} {
		if _, err := h.room.Store.Attachment(h.ctx, id); (err == nil) != there {
			t.Errorf("file %d is there: %t (%v)", id, !there, err)
		}
	}
	if said := v.must(v.get(erase), 200).body; !strings.Contains(said, "Đã xóa dữ liệu cá nhân trong 1 phản ánh ("+ended+"); chưa xóa 1: "+open) {
		t.Errorf("%s", regexp.MustCompile(`(?s)<main.*`).FindString(said))
	}
	p, err := h.room.Store.PetitionByCode(h.ctx, ended)
	if err != nil || p.Citizen.Name != "" || strings.Contains(p.Content, "0570000401") {
		t.Errorf("%+v %q, %v", p.Citizen, p.Content, err)
	}
	if err := escalation.VerifyChain(p.Timeline); err != nil {
		t.Error(err)
	}
	if kept, err := h.room.Store.PetitionByCode(h.ctx, open); err != nil || kept.Citizen.Phone == "" {
		t.Errorf("an open petition lost its citizen: %v", err)
	}
	if got := v.must(v.post(erase+"/answer", "outcome", "done", "answer", "Đã xóa hết."), 422); !strings.Contains(got.body, "số máy còn trong 1 phản ánh") {
		t.Errorf("an open petition keeps the number: %s", regexp.MustCompile(`(?s)<main.*`).FindString(got.body))
	}
	v.must(v.post(erase+"/answer", "outcome", "partly", "answer", "Đã xóa một phản ánh; phản ánh còn lại đang được xử lý."), 303)
	log := v.must(v.get("/console/log?what=personal"), 200).body
	for _, want := range []string{"<td>xuất</td>", "<td>xóa dữ liệu</td>", ended, "yêu cầu 1"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if strings.Contains(log, citizenPhone) {
		t.Error("the log names the number")
	}
}

func TestTheCommandLineExportsOneNumber(t *testing.T) {
	dir := t.TempDir()
	config := mustWrite(t, dir, "config.yaml", "database: sqlite:"+dir+"/notify1022.db\n")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatal(got.err)
	}
	got := runCLI(t, "", "personal", "export", "--phone", "0570 000 101", "--config", config)
	var data escalation.PersonalData
	if err := json.Unmarshal([]byte(got.out), &data); err != nil || got.code != exitDone || data.Phone != "+84570000101" {
		t.Errorf("%+v, %v, %v", got, data, err)
	}
	html := filepath.Join(dir, "thu.html")
	for _, want := range []int{exitDone, exitFailed} { // the second time the file is there
		if got := runCLI(t, "", "personal", "export", "--phone", "0570000101", "--html", html, "--config", config); got.code != want || got.out != "" {
			t.Errorf("%+v, want %d", got, want)
		}
	}
	if info, err := os.Stat(html); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if got := runCLI(t, "", "personal", "export", "--phone", "12", "--config", config); got.code != exitUsage || !strings.Contains(got.err, "--phone") {
		t.Errorf("%+v", got)
	}
}
