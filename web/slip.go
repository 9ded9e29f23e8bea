package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// slipPage is an officer's slip page. It never has the citizen's name or phone;
// of a confidential petition nothing that tells who it was.
type slipPage struct {
	frame
	Code, Token, Label, Unit, Field, Area, Content, Note, Answer, Ended string
	Lead, Urgent, Confidential, CanAct, CanAcknowledge                  bool
	ForwardedAt                                                         time.Time
	Acknowledged, Promised                                              *time.Time
	Deadlines                                                           []slipDeadline
	Colleagues                                                          []codePerson
	Files                                                               []Attachment
	TakesFiles                                                          bool
	Recordings                                                          slipRecordings
	Held                                                                []heldLine // for the head: who had it, since when
	Calls                                                               []heldLine
	Explanation                                                         *slipExplanation // the Office asks, or has asked, for one (Đ9.6)
}

// slipExplanation is what the slip's unit has to explain, or has explained.
type slipExplanation struct {
	Ask, Text string
	Due       time.Time
	At        *time.Time // nil: it is owed
}

// explanationOf is the latest explanation that the slip's unit was asked for: also when
// the slip or the petition is over, for the Office may ask afterwards.
func explanationOf(p escalation.Petition, slip escalation.Slip) *slipExplanation {
	if p.Denunciation || slip.EndedFor == viewOnly {
		return nil
	}
	for _, w := range slices.Backward(p.Files()) {
		if e := w.Explanation(); e != nil && e.Unit == slip.Unit {
			return &slipExplanation{Ask: concealFor(p, e.Ask), Text: concealFor(p, e.Text), Due: e.Due, At: instant(e.At)}
		}
	}
	return nil
}

// heldLine is one line of who held the petition.
type heldLine struct {
	At   time.Time
	Text string
}

type slipDeadline struct {
	Name   string
	Due    time.Time
	Passed bool
}

// viewOnly marks the page of the Office and the hotline.
const viewOnly = "view"

var slipDone = map[string]string{
	"acknowledge": "Đã ghi nhận đơn vị nhận phiếu.",
	"result":      "Đã ghi nhận kết quả, tổng đài kiểm tra trước khi trả lời người dân.",
	"eta":         "Đã ghi nhận thời gian hẹn.",
	"progress":    "Đã ghi nhận ghi chú.",
	"clarify":     "Đã gửi đề nghị bổ sung.",
	"assign":      "Đã giao người xử lý; thời hạn giữ nguyên.",
	"photos":      "Đã nhận ảnh.",
	"explanation": "Đã nhận giải trình, Văn phòng UBND thành phố sẽ xem.",
	"recording":   "Đã gửi đề nghị nghe ghi âm, trưởng ca sẽ quyết định.",
	"return":      "Đã gửi đề nghị trả lại, tổng đài sẽ quyết định; thời hạn vẫn tính.",
}

// slipOf finds the record and the slip of a token.
func (a *api) slipOf(r *http.Request, token string) (Record, escalation.Slip, error) {
	record, err := a.Petitions.PetitionBySlipToken(r.Context(), token)
	if err != nil {
		return Record{}, escalation.Slip{}, err
	}
	i := slices.IndexFunc(record.Petition.Slips, func(s escalation.Slip) bool { return s.Token == token })
	if i < 0 && token != "" && token == record.Petition.ViewToken {
		return record, overview(record.Petition), nil
	}
	if i < 0 {
		return Record{}, escalation.Slip{}, noSuch("phiếu")
	}
	return record, record.Petition.Slips[i], nil
}

// overview is the slip as the Office and the hotline see it: with no authority.
func overview(p escalation.Petition) escalation.Slip {
	var shown escalation.Slip
	if lead := p.LastLead(); lead != nil {
		shown = *lead
	}
	shown.Token, shown.EndedFor = p.ViewToken, viewOnly
	if shown.EndedAt.IsZero() {
		shown.EndedAt = p.RecordedAt
	}
	return shown
}

func (a *api) showSlip(w http.ResponseWriter, r *http.Request, token string) error {
	record, slip, err := a.slipOf(r, token)
	if err != nil {
		return err
	}
	if open, err := a.slipOpens(r, record, slip); err != nil {
		return err
	} else if !open {
		return a.askSlip(w, r, record, slip, "", "")
	}
	page, err := a.slipPage(r, record, slip)
	if err != nil {
		return err
	}
	page.Done = slipDone[r.URL.Query().Get("xong")]
	a.render(w, r, http.StatusOK, a.pages.slip, page)
	return nil
}

// slipAct carries out a form of the slip page. The token is the authority of the
// slip's unit, for what a reply by SMS may do and no more. A slip that has ended
// has none: the unit may hold a newer one.
func (a *api) slipAct(w http.ResponseWriter, r *http.Request, token string) error {
	record, slip, err := a.slipOf(r, token)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	if a.Passcodes != nil && act == "code" {
		return a.sendCode(w, r, record, slip)
	}
	if a.Passcodes != nil && act == askCall {
		return a.callUnit(w, r, record, slip)
	}
	if a.Passcodes != nil && act == "open" {
		return a.openSlip(w, r, record, slip)
	}
	if open, err := a.slipOpens(r, record, slip); err != nil {
		return err
	} else if !open {
		return a.askSlip(w, r, record, slip, "", "Thiết bị này chưa được xác nhận.")
	}
	if act == "photos" {
		return a.slipPhotos(w, r, record, slip)
	}
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	if act == "recording" {
		return a.askRecording(w, r, record, slip, fields["reason"])
	}
	page, err := a.slipPage(r, record, slip)
	if err != nil {
		return err
	}
	cmd, refused := slipCommand(act, fields)
	if cmd == nil && refused == nil {
		return noSuch("thao tác")
	}
	if refused == nil && !slip.Open() && (act != "explanation" || slip.EndedFor == viewOnly) {
		refused = problem(http.StatusConflict, page.Ended)
	}
	if refused == nil {
		actor := escalation.Actor{Name: page.Unit, Role: escalation.Officer, Channel: escalation.BySlipPage, Unit: slip.Unit}
		_, err = a.Desk.Do(r.Context(), record.Petition.Code, cmd, actor, 0)
		refused = shownProblem(err)
	}
	if refused != nil {
		page.Problem = upper(refused.Detail)
		a.render(w, r, refused.Status, a.pages.slip, page)
		return nil
	}
	if err != nil {
		return err
	}
	a.Hint()
	http.Redirect(w, r, "/p/"+token+"?xong="+act, http.StatusSeeOther)
	return nil
}

// slipCommand is the command of a form; nil and no problem: no such form.
func slipCommand(act string, f map[string]string) (escalation.Command, *Problem) {
	switch act {
	case "acknowledge":
		return &escalation.Acknowledge{}, nil
	case "result":
		return &escalation.GiveResult{Text: f["text"], DocumentNo: f["document_no"], DocumentDate: f["document_date"], UnitURL: f["unit_url"]}, nil
	case "explanation":
		return &escalation.GiveExplanation{Text: f["text"], DocumentNo: f["document_no"], DocumentDate: f["document_date"]}, nil
	case "assign":
		id, err := strconv.ParseInt(f["contact"], 10, 64)
		if err != nil {
			return nil, wrongField("contact", "hãy chọn người xử lý")
		}
		return &escalation.AssignInternal{Contact: id}, nil
	case "progress":
		return &escalation.Progress{Text: f["text"]}, nil
	case "clarify":
		return &escalation.AskCitizen{Missing: f["missing"]}, nil
	case "return":
		return &escalation.AskReturn{Reason: f["reason"]}, nil
	case "eta":
		at, err := worktime.ParseInstant(f["at"])
		if err != nil {
			return nil, wrongField("at", "thời gian hẹn chưa đúng")
		}
		return &escalation.PromiseTime{At: at, Reason: f["reason"]}, nil
	}
	return nil, nil
}

func (a *api) slipPage(r *http.Request, record Record, slip escalation.Slip) (slipPage, error) {
	directory, err := a.Directory.Directory(r.Context())
	if err != nil {
		return slipPage{}, err
	}
	p := record.Petition
	unit, ok := directory.Unit(slip.Unit)
	if !ok {
		unit = escalation.Unit{Code: slip.Unit, Name: slip.Unit}
	}
	page := slipPage{
		frame: frame{Title: "Phiếu chuyển " + p.Code, Support: a.Support}, Code: p.Code, Token: slip.Token, Label: upper(p.Status.Label()),
		Unit: unit.Name, Field: concealFor(p, p.Field), Area: areaFor(p, a.Redact), Note: concealFor(p, slip.Note), Lead: slip.Lead, Urgent: p.Urgent,
		Confidential: p.Confidential, ForwardedAt: slip.ForwardedAt, Deadlines: slipDeadlines(p, slip),
		Acknowledged: instant(slip.AcknowledgedAt), Content: a.unitContent(p), Ended: endedText(slip, directory),
		CanAct:         slip.Open() && (p.Status.WithUnit() || p.Status == escalation.Resolved),
		CanAcknowledge: slip.AcknowledgedAt.IsZero(),
		Explanation:    explanationOf(p, slip),
	}
	if e := page.Explanation; e != nil && e.At == nil && !slip.Open() {
		page.Ended = "Phiếu đã kết thúc, đơn vị còn phải giải trình."
	}
	if err := a.slipFurther(r, record, slip, directory, &page); err != nil {
		return slipPage{}, err
	}
	if p.Denunciation {
		page.Field, page.Note, page.Content = "", "", "Nội dung chỉ trao đổi trực tiếp; hãy gọi trưởng ca Tổng đài 1022."
	}
	if slip.Lead {
		page.Promised = instant(p.ETA)
	}
	switch {
	case p.Denunciation:
	case !slip.Lead:
		page.Answer = concealFor(p, slip.Opinion)
	case p.Result != nil && p.Result.Unit == slip.Unit:
		page.Answer = concealFor(p, p.Result.Text)
	}
	return page, nil
}

func endedText(s escalation.Slip, d *escalation.Directory) string {
	if s.EndedFor == viewOnly {
		return "Trang này chỉ để xem, dành cho Văn phòng UBND thành phố và tổng đài."
	}
	if s.Open() {
		return "Phản ánh đang chờ nơi khác quyết định."
	}
	if u, ok := d.Unit(s.MovedTo); ok {
		return "Phiếu đã kết thúc, phản ánh đã chuyển " + u.Name + "."
	}
	return "Phiếu đã kết thúc, đơn vị không cần làm gì thêm."
}

// slipDeadlines are the unit's own: the latest of each.
func slipDeadlines(p escalation.Petition, slip escalation.Slip) []slipDeadline {
	var list []slipDeadline
	for _, named := range []struct {
		rung escalation.RungName
		name string
	}{
		{escalation.RungHead, "Hạn trả lời (8 giờ làm việc)"},
		{escalation.RungOverdue, "Hạn cuối (48 giờ làm việc)"},
		{escalation.RungCooperate, "Hạn ý kiến phối hợp"},
	} {
		for i := len(p.Rungs) - 1; i >= 0; i-- {
			if g := p.Rungs[i]; g.Name == named.rung && g.Slip == slip.No {
				list = append(list, slipDeadline{named.name, g.Due, g.State == escalation.Fired})
				break
			}
		}
	}
	return list
}
