package main

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
)

const leaderPhone = "0570000011"

// leaders adds a leader of the ward with a phone, and one with a mailbox alone.
func (h *hotline) leaders() {
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "leader", "name": "Lãnh đạo có máy", "phone": leaderPhone})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "leader", "name": "Lãnh đạo có thư", "email": "ld@example.vn", "order": 2})
}

var reportPath = regexp.MustCompile(`/b/([0-9A-Za-z]{10})`)

// Đ13.6: from the calendar to the handset and the mailbox.
func TestLeadersGetTheMonthOnWorkingDayTwo(t *testing.T) {
	t.Parallel()
	addr, box := openLetterbox(t)
	h := startHotline(t, "2026-11-25T10:00:00+07:00", plainSite, `mail: {addr: "`+addr+`", from: "1022@haiphong.gov.vn"}`) // Wednesday
	h.people()
	h.leaders()
	h.petition(false)
	h.runUntil("2026-12-02T07:50:00+07:00") // Wednesday, working day 2: not yet
	h.eventually("the overdue petition to be told", func() bool { return len(h.smsc.Handset(headPhone).Inbox()) > 0 })
	for _, m := range h.smsc.Handset(leaderPhone).Inbox() {
		t.Errorf("too early: %s", m.Text)
	}
	h.runUntil("2026-12-02T08:01:00+07:00")
	got := h.text(leaderPhone, "P Lach Tray thang 11/2026: tiep nhan 1, dung han 0, qua han 0, dang xu ly 1, hai long chua co. 1022.example.vn/b/")
	if strings.Contains(got.Text, "gui muon") {
		t.Errorf("it is not late: %s", got.Text)
	}
	m := box.arrival(t, "ld@example.vn")
	whole, err := io.ReadAll(m.Body)
	if err != nil || !holdsAll(string(whole), []string{"text/plain", "text/html", "bao-cao-1022-2026-11-LACHTRAY.xlsx", "spreadsheetml.sheet"}) {
		t.Errorf("(%v) the mail is\n%.3000s", err, whole)
	}
	h.opens(got.Text)
}

// opens follows the link of a report's text: with a code sent to the reader's phone alone.
func (h *hotline) opens(text string) {
	h.t.Helper()
	path := reportPath.FindString(text)
	leader := h.visitor()
	page := leader.must(leader.get(path), 200, "mã một lần", "Lãnh đạo, số")
	if strings.Contains(page.body, "Phiếu chuyển cho đơn vị chủ trì") {
		h.t.Error("the figures are shown to a device that nobody knows")
	}
	leader.must(leader.post(path+"/open", "code", "000000"), 422, "Mã không đúng")
	leader.must(leader.post(path+"/code"), 200, "Mã 6 số đã gửi")
	code := regexp.MustCompile(`xac thuc (\d{6}) de mo phieu BC-2026-11`).FindStringSubmatch(h.text(leaderPhone, "ma xac thuc").Text)
	if code == nil {
		h.t.Fatal("no code")
	}
	leader.must(leader.post(path+"/open", "code", code[1]), 303)
	page = leader.must(leader.get(path), 200, "UBND phường Lạch Tray, tháng 11 năm 2026", "Phiếu chuyển cho đơn vị chủ trì")
	if strings.Contains(page.body, "Nguyễn Văn Thử") || strings.Contains(page.body, "Theo cán bộ") {
		h.t.Error("the page names people")
	}
	leader.must(leader.get("/assets/report.css"), 200)
	leader.must(leader.get("/b/AAAAAAAAAA"), 404)
}

func TestALeadersReportsAreChosenInTheDirectoryAndTakenAwayByAnAdministrator(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-25T10:00:00+07:00", plainSite) // Wednesday
	h.people()
	h.leaders()
	lead, admin := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, "")
	page := lead.must(lead.get("/console/directory/LACHTRAY"), 200, "Báo cáo: SMS, hằng tháng, ngày làm việc thứ 2 lúc 08:00 (mặc định)")
	path := regexp.MustCompile(`/console/directory/LACHTRAY/contacts/\d+/reports`).FindAllString(page.body, -1)
	// The head, who gets none by default, and the two leaders, of whom the first has a phone.
	if len(path) != 3 {
		t.Fatalf("%d people may choose: %v", len(path), path)
	}
	contacts, err := h.room.Store.Contacts(h.ctx, store.ContactFilter{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(contacts, func(c escalation.Contact) bool { return c.Name == "Lãnh đạo có máy" })
	own := "/console/directory/LACHTRAY/contacts/" + strconv.FormatInt(contacts[i].ID, 10) + "/reports"
	lead.must(lead.post(own, "channel", "sms", "each", "week", "day", "9", "at", "07:30"), 422, "từ 1 đến 5")
	lead.must(lead.post(own, "channel", "sms", "each", "week", "day", "2", "at", "07:30"), 303)
	lead.must(lead.get("/console/directory/LACHTRAY"), 200, "SMS, hằng tuần, ngày làm việc thứ 2 lúc 07:30")
	lead.must(lead.post(own, "channel", "none", "each", "week", "day", "2", "at", "07:30"), 422, "chỉ quản trị viên")
	h.runUntil("2026-12-01T07:31:00+07:00") // Tuesday, working day 2 of the week
	h.text(leaderPhone, "P Lach Tray tuan 48/2026")
	api := "/api/v1" + strings.TrimPrefix(own, "/console/directory/LACHTRAY")
	if got := h.call(200, "GET", api, nil); got["each"] != "week" || got["at"] != "07:30" || got["default"] != nil {
		t.Errorf("%v", got)
	}
	h.call(422, "PUT", api, object{"channel": "sms", "each": "week", "day": 2, "at": "7h"})
	h.call(200, "PUT", api, object{"channel": "both", "each": "week", "day": 2, "at": "07:45"})
	admin.must(admin.post(own, "channel", "none", "each", "week", "day", "2", "at", "07:30"), 303)
	admin.must(admin.get("/console/log?what=report"), 200, "thôi nhận")
	h.runUntil("2026-12-08T09:00:00+07:00")
	h.eventually("the slot to be done", func() bool {
		last, err := h.room.Store.LastPeriod(h.ctx, leaderReports, "2026-12-08T09:00:01+07:00")
		return err == nil && last >= "2026-12-08T08:45"
	})
	for _, m := range h.smsc.Handset(leaderPhone).Inbox() {
		if strings.Contains(m.Text, "tuan 49") {
			t.Errorf("who is unsubscribed got %s", m.Text)
		}
	}
}

func TestAReportIsSentAtOnceFromTheConsoleAndOnce(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-25T10:00:00+07:00", plainSite) // Wednesday
	h.people()
	h.leaders()
	h.petition(false)
	office := h.signedIn(escalation.Office, "")
	page := office.must(office.get("/console/bao-cao/gui?period=2026-11&unit=LACHTRAY"), 200,
		"1022 HP: P Lach Tray thang 11/2026: tiep nhan 1, dung han 0, qua han 0, dang xu ly 1, hai long chua co.", "Lãnh đạo có máy", "không có số di động hay thư điện tử")
	nonce := regexp.MustCompile(`name="nonce" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	to := regexp.MustCompile(`Lãnh đạo có máy.*?value="(\d+:sms)"`).FindStringSubmatch(page.body)[1]
	form := []string{"nonce", nonce, "period", "2026-11", "unit", "LACHTRAY"}
	office.must(office.post("/console/bao-cao/gui", form...), 422, "Chưa chọn ai")
	form = append(form, "to", to)
	office.must(office.post("/console/bao-cao/gui", form...), 303)
	h.text(leaderPhone, "P Lach Tray thang 11/2026: tiep nhan 1")
	office.must(office.get("/console/bao-cao"), 200, "Đã gửi báo cáo đến 1 người")
	office.must(office.post("/console/bao-cao/gui", form...), 303)
	office.must(office.get("/console/bao-cao"), 200, "đã được gửi rồi")
	if n := len(h.smsc.Handset(leaderPhone).Inbox()); n != 1 {
		t.Errorf("%d texts", n)
	}
	log, err := h.room.Store.ChangeLog(h.ctx, store.LogReport, "2026-11", "", 0)
	if err != nil || len(log.Items) != 1 || log.Items[0].Action != "send" || log.Items[0].Detail != "P Lạch Tray: 1 người" {
		t.Errorf("%+v, %v", log.Items, err)
	}
	office.must(office.post("/console/bao-cao/gui", "nonce", "n2", "period", "2027-11", "unit", "LACHTRAY", "to", to), 422, "chưa bắt đầu")
}

// A way that is ticked after the form was sent goes out; what has gone does not go again.
func TestAWayAddedToAReportThatWasSentGoesOut(t *testing.T) {
	t.Parallel()
	addr, box := openLetterbox(t)
	h := startHotline(t, "2026-11-25T10:00:00+07:00", plainSite, `mail: {addr: "`+addr+`", from: "1022@haiphong.gov.vn"}`) // Wednesday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "leader", "name": "Lãnh đạo", "phone": leaderPhone, "email": "ld@example.vn"})
	office := h.signedIn(escalation.Office, "")
	page := office.must(office.get("/console/bao-cao/gui?period=2026-11&unit=LACHTRAY"), 200)
	nonce := regexp.MustCompile(`name="nonce" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	id := regexp.MustCompile(`value="(\d+):sms"`).FindStringSubmatch(page.body)[1]
	form := []string{"nonce", nonce, "period", "2026-11", "unit", "LACHTRAY", "to", id + ":sms"}
	office.must(office.post("/console/bao-cao/gui", form...), 303)
	h.text(leaderPhone, "P Lach Tray thang 11/2026")
	office.must(office.post("/console/bao-cao/gui", append(form, "to", id+":email")...), 303)
	office.must(office.get("/console/bao-cao"), 200, "Đã gửi báo cáo đến 1 người.")
	box.arrival(t, "ld@example.vn")
	if n := len(h.smsc.Handset(leaderPhone).Inbox()); n != 1 {
		t.Errorf("%d texts", n)
	}
}

// Đ13.7
func TestTheCitysMonthIsReadyConfirmedAndMailedToTheOffice(t *testing.T) {
	t.Parallel()
	addr, box := openLetterbox(t)
	h := startHotline(t, "2026-11-25T10:00:00+07:00", plainSite, `mail: {addr: "`+addr+`", from: "1022@haiphong.gov.vn"}`) // Wednesday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "VPUB", "role": "office", "name": "Tổng hợp", "phone": "0570000009", "email": "vp@example.vn", "order": 5})
	h.petition(false)
	lead, office := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Office, "")
	h.runUntil("2026-12-01T07:46:00+07:00") // Tuesday, working day 1
	h.eventually("the draft to be ready", func() bool {
		_, err := h.room.Store.LatestDraft(h.ctx, "2026-11")
		return err == nil
	})
	lead.must(lead.get("/console/tasks"), 200, "dự thảo báo cáo toàn thành phố tháng 11/2026")
	page := lead.must(lead.get("/console/bao-cao"), 200, "chờ xác nhận")
	path := regexp.MustCompile(`/console/bao-cao/du-thao/\d+`).FindString(page.body)
	office.must(office.get(path), 404)
	if draft := lead.must(lead.get(path), 200, "Theo đơn vị"); strings.Contains(draft.body, "Theo cán bộ") {
		t.Error("the page of the draft, which links open, has single officers")
	}
	if book, err := excelize.OpenReader(strings.NewReader(lead.must(lead.get(path+"/tep"), 200).body)); err != nil || !slices.Contains(book.GetSheetList(), "Theo cán bộ") {
		t.Errorf("the workbook of the draft lacks the officers (%v)", err)
	}
	h.runUntil("2026-12-03T07:46:00+07:00") // Thursday, working day 3
	h.eventually("the reminder", func() bool {
		return strings.Contains(lead.get("/console/tasks").body, "chưa được xác nhận, Văn phòng UBND thành phố chưa nhận được")
	})
	lead.must(lead.get(path), 200, "Xác nhận và gửi", "Theo đơn vị")
	lead.must(lead.post(path+"/confirm", "note", "Đã đối chiếu"), 303)
	lead.must(lead.post(path+"/confirm", "note", "Lần nữa"), 422, "đã được xác nhận")
	lead.must(lead.get(path), 200, "Đã xác nhận và gửi", "Người shift-lead", "Ghi chú: Đã đối chiếu")
	for {
		m := box.arrival(t, "vp@example.vn")
		whole, err := io.ReadAll(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(whole), "bao-cao-1022-2026-11.xlsx") {
			break // the other mails are the digests
		}
	}
	open, err := h.room.Store.Tasks(h.ctx, store.TaskFilter{Kind: escalation.TaskConfirm})
	if err != nil || slices.ContainsFunc(open.Items, func(k escalation.Task) bool { return slices.Contains(escalation.DraftTasks("2026-11"), k.Key) }) {
		t.Errorf("a task about the draft is open still: %+v, %v", open.Items, err)
	}
	office.must(office.get(path), 200, "Theo đơn vị")
	office.must(office.get(path+"/tep"), 200)
	lead.must(lead.post("/console/bao-cao/du-thao", "period", "2026-12"), 422, "chưa kết thúc")
	lead.must(lead.post("/console/bao-cao/du-thao", "period", "2026-11"), 303)
	lead.must(lead.get("/console/bao-cao"), 200, "bản 2", "chờ xác nhận", "đã gửi")
	lead.must(lead.get(path), 200, "Ghi chú: Đã đối chiếu")
}

// Đ13.7: an Office without a mailbox gets a text whose link opens what was confirmed.
func TestAnOfficeWithoutAMailboxIsTextedTheCitysMonth(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-30T16:00:00+07:00", plainSite) // Monday
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.post("/console/bao-cao/du-thao", "period", "2026-10"), 303) // by hand, of any month that has ended
	path := regexp.MustCompile(`/console/bao-cao/du-thao/\d+`).FindString(lead.must(lead.get("/console/bao-cao"), 200, "chờ xác nhận").body)
	lead.must(lead.post(path+"/confirm"), 303)
	link := reportPath.FindString(h.text(officePhone, "1022 HP: TP Hai Phong thang 10/2026: tiep nhan 0").Text)
	office := h.visitor()
	office.must(office.get(link), 200, "mã một lần")
	office.must(office.post(link+"/code"), 200)
	code := regexp.MustCompile(`xac thuc (\d{6})`).FindStringSubmatch(h.text(officePhone, "ma xac thuc").Text)
	office.must(office.post(link+"/open", "code", code[1]), 303)
	office.must(office.get(link), 200, "Toàn thành phố, tháng 10 năm 2026", "như lúc Tổng đài 1022 xác nhận")
}

// household is a store with a small directory and a clock moved by hand, and nodes that
// send its reports.
type household struct {
	t     *testing.T
	db    *store.Store
	mu    sync.Mutex
	at    time.Time
	nodes []*leaders
	texts []string
}

func newHousehold(t *testing.T, dsn string, now time.Time, nodes int) *household {
	t.Helper()
	h := &household{t: t, at: now}
	db, err := store.Open(t.Context(), dsn, store.Options{Domain: h.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h.db = db
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = db.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "Sở Xây dựng", Kind: escalation.Department},
		escalation.Unit{Code: "CU", Name: "UBND quận cũ", SMSName: "Q cu", Kind: escalation.Ward, ValidTo: now.AddDate(0, -1, 0)})
	if err == nil {
		_, err = db.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Leader, Name: "Lãnh đạo", Phone: "+84570000011"},
			escalation.Contact{Unit: "CU", Role: escalation.Leader, Name: "Của đơn vị cũ", Phone: "+84570000012"})
	}
	if err != nil {
		t.Fatal(err)
	}
	for range nodes {
		h.nodes = append(h.nodes, &leaders{
			reporter: reporter{db: db, calendar: worktime.HaiPhong}, on: true, policy: escalation.DefaultPolicy(), numbering: escalation.Numbering{TestPrefixes: []string{"057"}},
			host: "1022.haiphong.gov.vn", posted: func() {}, log: slog.New(slog.DiscardHandler),
		})
	}
	return h
}

func (h *household) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

// slot lets every node do the reports of the instant at once, as the worker does: one at
// a time, once.
func (h *household) slot(at time.Time) {
	h.t.Helper()
	h.mu.Lock()
	h.at = at
	h.mu.Unlock()
	var nodes sync.WaitGroup
	for _, n := range h.nodes {
		nodes.Go(func() {
			_, err := h.db.Once(h.t.Context(), leaderReports, at.Format(time.RFC3339), func(ctx context.Context) error { return n.run(ctx, at) })
			if err != nil {
				h.t.Error(err)
			}
		})
	}
	nodes.Wait()
}

// reports are the texts that have gone out, a gateway takes them.
func (h *household) reports() []string {
	h.t.Helper()
	claimed, err := h.db.Claim(h.t.Context(), "gateway", 10, time.Minute, func(m *escalation.Outgoing) error {
		text, err := templates.Builtin().Render(templates.Key(m.Template), m.Vars, templates.Options{})
		m.Text, m.TemplateVersion, m.Coding, m.Segments = text.Text, text.Version, text.Coding.String(), text.Segments
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range claimed {
		told, _, _ := strings.Cut(m.Text, ". 1022.haiphong.gov.vn/b/")
		h.texts = append(h.texts, told)
	}
	return h.texts
}

func TestThreeNodesSendOneReport(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		h := newHousehold(t, dsn, vietnam(t, "2026-12-02T07:45:00+07:00"), 3) // Wednesday, working day 2
		h.slot(h.at)
		if got := h.reports(); len(got) != 0 {
			t.Errorf("too early: %q", got)
		}
		h.slot(vietnam(t, "2026-12-02T08:00:00+07:00"))
		h.slot(vietnam(t, "2026-12-02T08:15:00+07:00"))
		if got := h.reports(); !slices.Equal(got, []string{"1022 HP: So Xay dung thang 11/2026: tiep nhan 0, dung han 0, qua han 0, dang xu ly 0, hai long chua co"}) { // a unit without a petition has its line
			t.Errorf("%q", got)
		}
	})
}

func TestAfterAnOutageTheLatestReportAloneIsSentMarkedLate(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		h := newHousehold(t, dsn, vietnam(t, "2026-11-20T17:00:00+07:00"), 2) // Friday
		contacts, err := h.db.Contacts(t.Context(), store.ContactFilter{})
		if err != nil {
			t.Fatal(err)
		}
		weekly := escalation.Subscription{Contact: contacts[0].ID, Channel: escalation.ReportBySMS, Each: escalation.ReportWeekly, Day: 1, At: 8 * time.Hour}
		if contacts[0].Unit != "SXD" {
			weekly.Contact = contacts[1].ID
		}
		if err := h.db.By(escalation.Actor{Name: "Quản trị", Role: escalation.Administrator}).Subscribe(t.Context(), weekly); err != nil {
			t.Fatal(err)
		}
		h.slot(h.at)
		h.slot(vietnam(t, "2026-12-09T10:00:00+07:00")) // three Mondays later, on Wednesday
		h.slot(vietnam(t, "2026-12-09T10:15:00+07:00"))
		if got := h.reports(); !slices.Equal(got, []string{"1022 HP: So Xay dung tuan 49/2026 (gui muon): tiep nhan 0, dung han 0, qua han 0, dang xu ly 0, hai long chua co"}) {
			t.Errorf("%q", got)
		}
		h.slot(vietnam(t, "2026-12-14T08:00:00+07:00"))
		if got := h.reports(); len(got) != 2 || !strings.HasPrefix(got[1], "1022 HP: So Xay dung tuan 50/2026: tiep nhan 0") {
			t.Errorf("%q", got)
		}
	})
}

// renumbered gives the leader another number, as the desk does when it has answered.
func (h *household) renumbered(at time.Time, phone string) {
	h.t.Helper()
	contacts, err := h.db.Contacts(h.t.Context(), store.ContactFilter{Unit: "SXD"})
	if err != nil || len(contacts) != 1 {
		h.t.Fatal(contacts, err)
	}
	before := contacts[0]
	now := before
	before.ValidTo = at
	now.ID, now.Replaces, now.Phone, now.ValidFrom = 0, before.ID, phone, at
	if _, err := h.db.SaveContacts(h.t.Context(), before, now); err != nil {
		h.t.Fatal(err)
	}
}

// A leader whose number is changed while the service is down, over the instant of the
// report, gets it by the new number; who had it by the old one does not get it again.
func TestALeadersNewNumberGetsWhatTheOldOneHasNot(t *testing.T) {
	t.Parallel()
	for name, had := range map[string]bool{"down over the instant": false, "had it": true} {
		t.Run(name, func(t *testing.T) {
			storetest.EachBackend(t, func(t *testing.T, dsn string) {
				h := newHousehold(t, dsn, vietnam(t, "2026-12-02T07:45:00+07:00"), 1) // Wednesday, working day 2
				h.slot(h.at)
				run := func(at string) {
					t.Helper()
					h.at = vietnam(t, at)
					if err := h.nodes[0].run(t.Context(), h.at); err != nil { // its slot is not done: what is not sent is looked for again
						t.Fatal(err)
					}
				}
				if had {
					run("2026-12-02T08:00:00+07:00")
				}
				h.renumbered(vietnam(t, "2026-12-02T08:05:00+07:00"), "+84570000013")
				run("2026-12-02T08:15:00+07:00")
				page, err := h.db.Messages(t.Context(), store.MessageFilter{Template: "R1"})
				if err != nil || len(page.Items) != 1 || (page.Items[0].Phone == "+84570000011") != had {
					t.Errorf("the reports are %+v, %v", page.Items, err)
				}
			})
		})
	}
}

func TestSwitchedOffNothingGoesOutAndNothingIsMadeUpFor(t *testing.T) {
	h := newHousehold(t, storetest.SQLite(t), vietnam(t, "2026-12-02T08:00:00+07:00"), 1)
	h.nodes[0].on = false
	h.slot(h.at)
	h.nodes[0].on = true
	h.slot(vietnam(t, "2026-12-02T08:15:00+07:00"))
	if got := h.reports(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func vietnam(t *testing.T, instant string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		t.Fatal(err)
	}
	return at.In(worktime.Zone())
}

func TestTheNthWorkingDayOfAMonth(t *testing.T) {
	days := workday(worktime.HaiPhong())
	for day, want := range map[string]int{
		"2026-12-01": 1, // Tuesday
		"2026-12-03": 3,
		"2027-01-01": 0, // Friday, New Year
		"2027-01-04": 1, // Monday
		"2027-01-06": 3,
		"2026-11-02": 1, // Monday, the 1st is a Sunday
	} {
		midnight, err := time.ParseInLocation(time.DateOnly, day, worktime.Zone())
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 4; n++ {
			if got := nthWorkday(days, n)(midnight); got != (n == want) {
				t.Errorf("%s is working day %d: %t", day, n, got)
			}
		}
	}
}
