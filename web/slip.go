package web

import (
	"context"
	"errors"
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
	Asked, Returning                                                    bool // the unit has asked the citizen; it has given the slip back, and 1022 has not decided
	Over                                                                bool // nothing but that it has ended, and what is owed
	EndedAt                                                             *time.Time
	ForwardedAt                                                         time.Time
	Acknowledged, Promised                                              *time.Time
	Deadlines                                                           []slipDeadline
	Colleagues                                                          []codePerson
	Files                                                               []Attachment
	TakesFiles                                                          bool
	Recordings                                                          slipRecordings
	Held                                                                []heldLine // for the head: who had it, since when
	Calls                                                               []heldLine
	Nonce                                                               string   // this page's, for one sending of a form
	Seq                                                                 int      // the last entry of the timeline that it shows
	News                                                                []step   // what others did since the form was filled in
	LeftOut                                                             []string // photos that were not taken, and why
	typed
	Explanation *slipExplanation // the Office asks, or has asked, for one (Đ9.6)
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

// slipOver reports whether the link has expired: with the petition, or with the slip.
func slipOver(p escalation.Petition, slip escalation.Slip) bool {
	return p.Status.Ended() || !slip.Open() && slip.EndedFor != viewOnly
}

// explanationOwed reports whether the slip's unit still has to explain itself.
func explanationOwed(p escalation.Petition, slip escalation.Slip) bool {
	e := explanationOf(p, slip)
	return e != nil && e.At == nil
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
		return a.askSlip(w, r, record, slip, typed{}, "")
	}
	page, err := a.slipPage(r, record, slip)
	if err != nil {
		return err
	}
	page.Done, page.LeftOut = slipDone[r.URL.Query().Get("xong")], a.leftOut(w, r, "/p/"+token)
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
	if (act == askCall || act == "code" || act == "open") && nothingBehind(record.Petition, slip) {
		http.Redirect(w, r, "/p/"+token, http.StatusSeeOther) // no code is sent for it
		return nil
	}
	if a.slipAsks(record.Petition) && act == askCall {
		return a.callUnit(w, r, record, slip)
	}
	if a.slipAsks(record.Petition) && (act == "code" || act == "open") {
		g, err := a.slipGate(r.Context(), record, slip)
		if err != nil {
			return err
		}
		return a.passCode(w, r, g, act, func(t typed) error { return a.showSlipAgain(w, r, record, slip, t, nil, nil) })
	}
	open, err := a.slipOpens(r, record, slip)
	if err != nil {
		return err
	}
	if act == "photos" && !open {
		return a.askSlip(w, r, record, slip, typedIn(act, nil), "Thiết bị này chưa được xác nhận. Sau khi mở phiếu hãy chọn lại ảnh.")
	}
	if act == "photos" {
		return a.slipPhotos(w, r, record, slip)
	}
	fields, err := form(w, r)
	if fields == nil {
		return err
	}
	if !open {
		return a.askSlip(w, r, record, slip, typedIn(act, fields), "Thiết bị này chưa được xác nhận.")
	}
	var news []step
	switch {
	case err != nil: // it has a character that is not taken
	case act == "recording":
		err = a.askRecording(r, record, slip, fields["reason"])
	default:
		news, err = a.slipCarryOut(r, token, act, fields)
	}
	if refused := refusedForm(err); refused != nil {
		if record, slip, err = a.slipOf(r, token); err != nil { // as it stands now
			return err
		}
		return a.showSlipAgain(w, r, record, slip, typedIn(act, fields), news, refused)
	}
	if err != nil {
		return err
	}
	a.Hint()
	http.Redirect(w, r, "/p/"+token+"?xong="+act, http.StatusSeeOther)
	return nil
}

// refusedForm is a refusal that is shown above the form; nil: there is none, or the page
// cannot be shown.
func refusedForm(err error) *Problem {
	var domain *escalation.Problem
	if errors.As(err, &domain) && domain.Kind != escalation.NotFound {
		return problemOf(err)
	}
	var own *Problem
	if errors.As(err, &own) && (own.Status == http.StatusConflict || own.Status == http.StatusUnprocessableEntity) {
		return own
	}
	return nil
}

// showSlipAgain shows the page with a form filled in as it was: after a refusal, or,
// refused nil, after the code that had to be given first.
func (a *api) showSlipAgain(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip, t typed, news []step, refused *Problem) error {
	page, err := a.slipPage(r, record, slip)
	if err != nil {
		return err
	}
	page.typed, page.News = t, news
	status := http.StatusOK
	if page.Done = t.unsent(page.takes(t.Act)); refused != nil {
		page.Done, page.Problem, status = "", upper(refused.Detail), refused.Status
	}
	a.render(w, r, status, a.pages.slip, page)
	return nil
}

// takes reports whether the page has the form of the act.
func (p *slipPage) takes(act string) bool {
	switch act {
	case "acknowledge":
		return p.CanAct && p.CanAcknowledge
	case "photos":
		return p.CanAct && p.TakesFiles
	case "clarify":
		return p.CanAct && !p.Asked
	case "return":
		return p.CanAct && !p.Returning
	case "recording", "explanation":
		return true
	}
	return p.CanAct
}

// slipTries is how often an act is begun anew that a change came before: of a ladder
// that fires, the unit need not hear.
const slipTries = 3

// slipCarryOut carries out a form once. What others did since the page was made is news,
// and a refusal: who sends the form must have seen it.
func (a *api) slipCarryOut(r *http.Request, token, act string, fields map[string]string) (news []step, err error) {
	cmd, refused := slipCommand(act, fields)
	switch {
	case refused != nil:
		return nil, refused
	case cmd == nil:
		return nil, noSuch("thao tác")
	}
	_, _, err = actOnce(r.Context(), a.Idempotency, ActKey(token, act, fields), func(ctx context.Context) ([]byte, error) {
		for try := 1; ; try++ {
			if news, err = a.slipDo(ctx, r, token, cmd, fields["seq"]); problemKind(err) != escalation.Stale || try == slipTries {
				return nil, err
			}
		}
	})
	return news, err
}

// slipDo carries out a command on the petition as it is read here.
func (a *api) slipDo(ctx context.Context, r *http.Request, token string, cmd escalation.Command, seen string) (news []step, err error) {
	record, slip, err := a.slipOf(r, token)
	if err != nil {
		return nil, err
	}
	directory, err := a.Directory.Directory(ctx)
	if err != nil {
		return nil, err
	}
	// An explanation may be asked for, and given, when the slip is over (Đ9.6).
	if (!slip.Open() || record.Petition.Status.Ended()) && (cmd.Verb() != escalation.VerbExplanation || slip.EndedFor == viewOnly) {
		return nil, problem(http.StatusConflict, endedText(slip))
	}
	if news = newsSince(record, seen); len(news) > 0 && !slipOver(record.Petition, slip) {
		return news, problem(http.StatusConflict, "phản ánh đã có thay đổi từ khi trang này được mở, chưa gửi; hãy xem thay đổi rồi gửi lại nếu vẫn cần")
	}
	actor, err := a.visitorActor(r, directory, record.Petition, slip)
	if err != nil {
		return nil, err
	}
	_, err = a.Desk.Do(ctx, record.Petition.Code, cmd, actor, record.Petition.Version)
	return nil, err
}

// newsSince are the acts of people in the timeline after the entry that a page was made
// with. A page that does not say has seen everything.
func newsSince(record Record, seen string) []step {
	last, err := strconv.Atoi(seen)
	if err != nil {
		return nil
	}
	var news []step
	for _, e := range record.Timeline {
		if e.Seq <= last || e.Role == escalation.System || e.OfTask() {
			continue
		}
		words, public := publicSteps[e.Action]
		if !public {
			words = upper(concealFor(record.Petition, e.Text))
		}
		if record.Petition.Closed(escalation.Officer) {
			words = "Có thay đổi"
		}
		news = append(news, step{e.At, words})
	}
	return news
}

// lastSeq is the last entry of the timeline.
func lastSeq(record Record) int {
	if n := len(record.Timeline); n > 0 {
		return record.Timeline[n-1].Seq
	}
	return 0
}

// problemKind is the kind of a refusal of the domain; empty: it is none.
func problemKind(err error) escalation.ProblemKind {
	var p *escalation.Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return ""
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
	if slipOver(p, slip) {
		page := a.endedSlipPage(record, slip, unit)
		page.Recordings, err = a.recordingsOf(r, p, slip)
		return page, err
	}
	actor, err := a.visitorActor(r, directory, p, slip)
	if err != nil {
		return slipPage{}, err
	}
	page := slipPage{
		frame: frame{Title: "Phiếu chuyển " + p.Code, Support: a.Support}, Code: p.Code, Token: slip.Token, Label: upper(p.Status.Label()),
		Unit: unit.Name, Field: a.toldTo(p, p.Field), Area: a.areaFor(p), Note: concealFor(p, slip.Note), Lead: slip.Lead, Urgent: p.Urgent,
		Confidential: p.Confidential, ForwardedAt: slip.ForwardedAt, Deadlines: slipDeadlines(p, slip),
		Acknowledged: instant(slip.AcknowledgedAt), Content: a.unitContent(p), Ended: endedText(slip), Nonce: NewNonce(), Seq: lastSeq(record),
		CanAct:         slipActs(p, slip),
		CanAcknowledge: !p.Barred(actor, escalation.VerbAcknowledge),
		Asked:          p.Barred(actor, escalation.VerbClarify),
		Returning:      p.Barred(actor, escalation.VerbReturn),
		Explanation:    explanationOf(p, slip),
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

// endedSlipPage is the page of a link that has expired: which slip it was, and the
// explanation that the unit owes all the same (Đ9.6).
func (a *api) endedSlipPage(record Record, slip escalation.Slip, unit escalation.Unit) slipPage {
	p := record.Petition
	page := slipPage{
		frame: frame{Title: "Phiếu chuyển " + p.Code, Support: a.Support}, Code: p.Code, Token: slip.Token, Unit: unit.Name, Lead: slip.Lead,
		ForwardedAt: slip.ForwardedAt, Over: true, EndedAt: instant(slip.EndedAt), Ended: "Phiếu đã kết thúc, đơn vị không cần làm gì thêm.",
		Nonce: NewNonce(), Seq: lastSeq(record),
	}
	if slip.EndedFor == viewOnly || slip.Open() {
		page.EndedAt = instant(p.ClosedAt)
	}
	if slip.EndedFor == viewOnly {
		page.Ended = "Phản ánh đã kết thúc; nội dung xem trên bàn làm việc."
	}
	if explanationOwed(p, slip) {
		page.Explanation, page.Ended = explanationOf(p, slip), "Phiếu đã kết thúc, đơn vị còn phải giải trình."
	}
	return page
}

// slipActs reports whether the slip's unit may do something with the petition now.
func slipActs(p escalation.Petition, slip escalation.Slip) bool {
	return slip.Open() && (p.Status.WithUnit() || p.Status == escalation.Resolved)
}

// nothingBehind reports whether the link shows no more than that it has ended: then no
// code is asked for.
func nothingBehind(p escalation.Petition, slip escalation.Slip) bool {
	return slipOver(p, slip) && !explanationOwed(p, slip)
}

func endedText(s escalation.Slip) string {
	if s.EndedFor == viewOnly {
		return "Trang này chỉ để xem, dành cho Văn phòng UBND thành phố và tổng đài."
	}
	if s.Open() {
		return "Phản ánh đang chờ nơi khác quyết định, hoặc đã kết thúc."
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
