package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/report"
)

// raw asks the API and gives the answer as it is.
func (h *hotline) raw(key, path string) (status int, header http.Header, body []byte) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.ctx, "GET", "http://"+h.room.Addr+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		h.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

func TestReportsComeInEveryFormatAndOnlyToWhomTheyBelong(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	code := h.petition(false)
	h.call(201, "POST", "/api/v1/units", object{"code": "KHAC", "name": "Đơn vị khác", "sms_name": "Don vi khac", "kind": "so_nganh"})
	key := func(role escalation.Role, unit string) string {
		key, err := h.room.Store.CreateAPIKey(h.ctx, "report "+string(role), role, unit)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	lead, officer := key(escalation.ShiftLead, ""), key(escalation.Officer, "LACHTRAY")

	status, _, body := h.raw(lead, "/api/v1/reports?period=2026-W48")
	var made struct {
		Tables []struct {
			Key  string
			Rows []struct {
				Key    string
				Values map[string]struct{ Value, Of *int }
			}
		}
	}
	if err := json.Unmarshal(body, &made); err != nil || status != 200 {
		t.Fatalf("%d, %v: %.300s", status, err, body)
	}
	for _, row := range made.Tables[0].Rows {
		want := map[string]int{"received": 1, "forwarded": 1, "slips": 1, "open": 1}
		if n, ok := want[row.Key]; ok && (row.Values["value"].Value == nil || *row.Values["value"].Value != n) {
			t.Errorf("%s of %s is %+v, want %d", row.Key, code, row.Values["value"], n)
		}
	}
	if _, header, body := h.raw(lead, "/api/v1/reports?period=2026-11&format=xlsx"); !strings.Contains(header.Get("Content-Disposition"), "bao-cao-1022-2026-11.xlsx") {
		t.Errorf("the workbook is called %q", header.Get("Content-Disposition"))
	} else if _, err := excelize.OpenReader(bytes.NewReader(body)); err != nil {
		t.Errorf("the workbook cannot be opened: %v", err)
	}
	if _, _, body := h.raw(lead, "/api/v1/reports?period=2026-11&format=csv"); !bytes.HasPrefix(body, []byte("\uFEFF")) {
		t.Error("the CSV lacks the mark by which Excel knows UTF-8")
	} else if lines, err := csv.NewReader(bytes.NewReader(body)).ReadAll(); err != nil || len(lines) < 30 {
		t.Errorf("the CSV has %d lines: %v", len(lines), err)
	}
	if _, header, body := h.raw(lead, "/api/v1/reports?period=2026-11&format=html"); !strings.Contains(header.Get("Content-Security-Policy"), report.StyleDigest()) || !bytes.Contains(body, []byte("<svg")) {
		t.Errorf("the page: %q, %.200s", header.Get("Content-Security-Policy"), body)
	}

	for path, has := range map[string]bool{
		"": true, "&format=csv": true, "&format=html": false, "&format=table": false, "&officers=no": false, "&format=html&officers=yes": true, "&format=table&officers=yes": true,
	} {
		_, _, body := h.raw(lead, "/api/v1/reports?period=2026-11"+path)
		if text := strings.ToLower(string(body)); strings.Contains(text, "theo cán bộ") != has || !strings.Contains(text, "theo lĩnh vực, tin nhắn sms") {
			t.Errorf("%q: by officer %v; texts by field: %.200s", path, !has, text)
		}
	}

	for path, want := range map[string]int{
		"/api/v1/reports?period=2026-11&unit=KHAC":     403, // another unit's
		"/api/v1/reports?period=2026-11&unit=LACHTRAY": 200,
		"/api/v1/reports?period=2026-11":               200, // its own, unasked
		"/api/v1/reports":                              422,
		"/api/v1/reports?period=2026-13":               422,
		"/api/v1/reports?period=2030":                  422, // not begun
		"/api/v1/reports?period=2026-11&format=pdf":    422,
		"/api/v1/reports?period=2026-11&officers=some": 422,
	} {
		if status, _, body := h.raw(officer, path); status != want {
			t.Errorf("%s is answered %d, want %d: %.200s", path, status, want, body)
		}
	}
	if status, _, _ := h.raw(lead, "/api/v1/reports?period=2026-11&unit=MISSING"); status != 404 {
		t.Errorf("a unit that is not there is answered %d", status)
	}
	if _, _, body := h.raw(officer, "/api/v1/reports?period=2026-11"); !bytes.Contains(body, []byte(`"unit": "LACHTRAY"`)) || bytes.Contains(body, []byte("KHAC")) {
		t.Errorf("the officer's report: %.300s", body)
	}

	page := h.signedIn(escalation.ShiftLead, "")
	page.must(page.get("/console/bao-cao"), 200, "tháng 11 năm 2026", "Theo đơn vị", "<svg", "Bản in")
	page.must(page.get("/console/bao-cao"), 200, "Theo cán bộ toàn thành phố", "officers=yes")
	page.must(page.get("/console/bao-cao?officers=yes"), 200, "Theo cán bộ, tin nhắn SMS", "Ẩn cán bộ", "format=html&amp;officers=yes")
	page.must(page.get("/console/bao-cao?from=2026-11-03&to=2026-11-20"), 200, "từ 03/11/2026 đến 20/11/2026")
	page.must(page.get("/console/bao-cao?period=x"), 422, "phải có dạng", "<form")
	head := h.signedIn(escalation.Head, "LACHTRAY")
	if got := head.get("/console/bao-cao?unit=KHAC"); got.status == 200 {
		t.Error("a head sees another unit's report")
	}
	if got := head.must(head.get("/console/bao-cao"), 200, "Theo cán bộ"); strings.Contains(got.body, "Toàn thành phố") {
		t.Error("a head sees the city's report")
	}
}

func TestTheReportVerbSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	config := mustWrite(t, dir, "hotline.yaml", "database: sqlite:"+dir+"/r.db\nsms_price: {officer: 350, citizen: 350}\n")
	run := func(args ...string) (int, string, string) {
		var out, complaints bytes.Buffer
		c := &console{in: strings.NewReader(""), out: &out, err: &complaints}
		code := c.run(context.Background(), append([]string{"--config", config, "report"}, args...))
		return code, out.String(), complaints.String()
	}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{}, exitUsage, "--period"},
		{[]string{"--period", "2026-13"}, exitUsage, "2026-W47"},
		{[]string{"--period", "2026", "--format", "pdf"}, exitUsage, "xlsx"},
		{[]string{"--period", "2026", "--unit", "ZZ"}, exitUsage, "ZZ"},
		{[]string{"--period", "2026", "--officers", "some"}, exitUsage, "yes hoặc no"},
		{[]string{"--period", "2025"}, exitDone, ""},
	} {
		code, out, complaints := run(tt.args...)
		if code != tt.code || !strings.Contains(complaints, tt.says) || code != exitDone && out != "" {
			t.Errorf("%v: exit %d, out %.80q, said %q", tt.args, code, out, complaints)
		}
	}
	if _, out, _ := run("--period", "2025"); !strings.Contains(out, "Chi phí") {
		t.Error("with a price the costs of texts are told")
	}
	for officers, has := range map[string]bool{"yes": true, "no": false} {
		if _, out, _ := run("--period", "2025", "--officers", officers); strings.Contains(out, "THEO CÁN BỘ") != has {
			t.Errorf("--officers %s: by officer %v", officers, !has)
		}
	}
}
