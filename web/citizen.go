package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

// citizenPage is the citizen's page: no name, no phone, no officer.
type citizenPage struct {
	frame
	Code, Token, Label, Sentence, Summary, Missing string
	Answer                                         *answerShown
	CanSupplement, CanDispute                      bool
	CanNote, CanReopen                             bool // after the answer: a note reopens nothing
	CanWithdraw, CanSayAnswered                    bool
	Rating                                         ratingShown
	Texts                                          *textsShown // nil: no number that can be texted
	Steps                                          []step
	LeftOut                                        []string // photos that were not taken, and why
	Nonce                                          string   // this page's, for one sending of a form
	Unsent                                         []string // what was typed for a form that is there no more
	typed
}

type answerShown struct{ Text, Document, URL string }

// step is one line of the public timeline.
type step struct {
	At   time.Time
	Text string
}

// acts of the citizen and what the page says afterwards.
var citizenDone = map[string]string{
	"rating":     "Cảm ơn Ông/Bà đã đánh giá.",
	"low":        "Cảm ơn Ông/Bà đã đánh giá. Nếu chưa nhất trí với kết quả, Ông/Bà nêu lý do ở mục “Chưa đồng ý với kết quả?” để được xem xét lại.",
	"texts":      "Đã lưu các loại tin Ông/Bà muốn nhận.",
	"supplement": "Đã nhận thông tin bổ sung.",
	"note":       "Đã gửi lời nhắn đến Tổng đài 1022. Phản ánh không mở lại.",
	"dispute":    "Đã ghi nhận, phản ánh được xem xét lại.",
	"gui":        "Đã gửi phản ánh. Hãy lưu đường dẫn của trang này để theo dõi.",
	"answered":   "Đã ghi nhận: đơn vị đã trả lời Ông/Bà.",
	"withdraw":   "Đã rút phản ánh.",
}

func (a *api) showCitizen(w http.ResponseWriter, r *http.Request, token string) error {
	record, err := a.Petitions.PetitionByToken(r.Context(), token)
	if err != nil {
		return err
	}
	if a.guarded(record.Petition) {
		if open, err := a.knownDevice(r, citizenSubject(record.Petition)); err != nil {
			return err
		} else if !open {
			return a.askCode(w, r, a.citizenGate(record.Petition), "", "")
		}
	}
	page, err := a.followedPage(r, record)
	if err != nil {
		return err
	}
	page.Done, page.LeftOut = citizenDone[r.URL.Query().Get("xong")], a.leftOut(w, r, "/t/"+token)
	a.render(w, r, http.StatusOK, a.pages.citizen, page)
	return nil
}

// citizenAct carries out a form of the citizen. The token is the authority; who
// does not have it cannot forge the request from elsewhere.
func (a *api) citizenAct(w http.ResponseWriter, r *http.Request, token string) error {
	record, err := a.Petitions.PetitionByToken(r.Context(), token)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	if (a.guarded(record.Petition) || a.canCodeCitizen(record.Petition)) && (act == "code" || act == "open") {
		return a.passCode(w, r, a.citizenGate(record.Petition), act, func(t typed) error { return a.retypeCitizen(w, r, token, t) })
	}
	fields, unclean := form(w, r)
	if fields == nil {
		return unclean
	}
	t := typedIn(act, fields)
	if a.guarded(record.Petition) || act == "withdraw" && a.canCodeCitizen(record.Petition) {
		if open, err := a.knownDevice(r, citizenSubject(record.Petition)); err != nil {
			return err
		} else if !open {
			g := a.citizenGate(record.Petition)
			g.typed = t
			return a.askCode(w, r, g, "", "")
		}
	}
	if refused := refusedForm(unclean); refused != nil {
		return a.showCitizenAgain(w, r, record, t, refused)
	}
	if act == "withdraw" && !a.canCodeCitizen(record.Petition) {
		return problem(http.StatusForbidden, "hãy gọi Tổng đài 1022 để rút phản ánh")
	}
	if act == "texts" {
		return a.chooseTexts(w, r, record.Petition, fields)
	}
	code, cmd, err := a.citizenCommand(r, act, record.Petition, fields)
	if err != nil {
		return err
	}
	actor := escalation.Actor{Name: "Người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
	if code != record.Petition.Code {
		actor.Name += " (" + record.Petition.Code + ")"
	}
	_, _, err = actOnce(r.Context(), a.Idempotency, ActKey(token, act, fields), func(ctx context.Context) ([]byte, error) {
		_, err := a.Desk.Do(ctx, code, cmd, actor, 0)
		return nil, err
	})
	if refused := refusedForm(err); refused != nil {
		return a.showCitizenAgain(w, r, record, t, refused)
	}
	if err != nil {
		return err
	}
	a.Hint()
	if rate, ok := cmd.(*escalation.Rate); ok && a.Policy().Low(rate.Score) && rate.Comment == "" {
		act = "low" // reopening is offered, a stated reason starts it (Đ9.5)
	}
	http.Redirect(w, r, "/t/"+token+"?xong="+act, http.StatusSeeOther)
	return nil
}

// retypeCitizen shows the page after a code, its form filled in as it was.
func (a *api) retypeCitizen(w http.ResponseWriter, r *http.Request, token string, t typed) error {
	record, err := a.Petitions.PetitionByToken(r.Context(), token)
	if err != nil {
		return err
	}
	return a.showCitizenAgain(w, r, record, t, nil)
}

// showCitizenAgain shows the page with a form filled in as it was: after a refusal, or,
// refused nil, after the code that had to be given first.
func (a *api) showCitizenAgain(w http.ResponseWriter, r *http.Request, record Record, t typed, refused *Problem) error {
	page, err := a.followedPage(r, record)
	if err != nil {
		return err
	}
	there := page.retype(t)
	status := http.StatusOK
	if page.Done = t.unsent(there); refused != nil {
		page.Done, page.Problem, status = "", upper(refused.Detail), refused.Status
	}
	a.render(w, r, status, a.pages.citizen, page)
	return nil
}

// retype fills a form of the page in again and reports that it is there; where it is gone,
// the words are shown.
func (page *citizenPage) retype(t typed) bool {
	page.typed = t
	there := map[string]bool{"rating": page.Rating.Can, "supplement": page.CanSupplement || page.CanReopen, "note": page.CanNote, "dispute": page.CanDispute,
		"withdraw": page.CanWithdraw, "answered": page.CanSayAnswered, "texts": page.Texts != nil}
	if t.Act == "texts" && page.Texts != nil {
		for i := range page.Texts.Rows {
			row := &page.Texts.Rows[i]
			row.Wanted = t.Was("texts", row.Name) != ""
		}
	}
	if !there[t.Act] && t.Act != "texts" {
		page.Unsent = t.Texts()
	}
	for i := range page.Rating.Rows {
		row := &page.Rating.Rows[i]
		if chosen := t.Number("rating", row.Name); chosen != 0 {
			row.Chosen = chosen
		}
	}
	return there[t.Act]
}

// citizenCommand is the command of a form and the code of the petition it goes
// to: the citizen's own, or the one that it was merged into.
func (a *api) citizenCommand(r *http.Request, act string, p escalation.Petition, f map[string]string) (string, escalation.Command, error) {
	parent, err := a.followed(r, p)
	if err != nil {
		return "", nil, err
	}
	if parent != nil {
		if cmd := a.followerCommand(act, *parent, p, f); cmd != nil {
			return parent.Code, cmd, nil
		}
	}
	if cmd := commandOf(act, p, f); cmd != nil {
		return p.Code, cmd, nil
	}
	return "", nil, noSuch("thao tác")
}

// commandOf is the command of a form; nil: no such form. Who does not agree
// with a published answer goes the way of Đ9.5, anything else is reopened.
func commandOf(act string, p escalation.Petition, f map[string]string) escalation.Command {
	switch act {
	case "rating":
		n, _ := strconv.Atoi(f["score"])
		service := 0
		if f["service"] != "" {
			var err error
			if service, err = strconv.Atoi(f["service"]); err != nil {
				service = -1 // refused like any score that is none
			}
		}
		return &escalation.Rate{Score: n, Comment: f["comment"], Service: service}
	case "supplement":
		return &escalation.Supplement{Text: f["text"], OpenOnly: f["reopen"] == ""}
	case "note":
		return &escalation.LeaveNote{Text: f["text"]}
	case "answered":
		return &escalation.SayAnswered{Text: f["text"]}
	case "withdraw":
		return &escalation.Withdraw{Reason: f["reason"]}
	case "dispute":
		if p.Status == escalation.Published {
			return &escalation.OpenDispute{Reason: f["reason"]}
		}
		return &escalation.Reopen{Reason: f["reason"]}
	}
	return nil
}

func (a *api) citizenPage(r *http.Request, record Record) (citizenPage, error) {
	directory, err := a.Directory.Directory(r.Context())
	if err != nil {
		return citizenPage{}, err
	}
	p := record.Petition
	status := p.Status
	page := citizenPage{
		frame: frame{Title: "Phản ánh " + p.Code, Support: a.Support}, Code: p.Code, Token: p.Token, Label: upper(status.Label()), Nonce: NewNonce(),
		Sentence: sentence(p, directory), Answer: answerFor(p),
		CanSupplement: status != escalation.Merged && !status.Answered(), CanNote: status.Answered(),
		CanReopen:   status.Answered() && status != escalation.Withdrawn,
		CanDispute:  disputable(status),
		CanWithdraw: !status.Ended() && a.canCodeCitizen(p), CanSayAnswered: p.MaySayAnswered(),
		Steps: steps(record, directory),
	}
	if page.Rating, err = a.ratingShown(r, p, ""); err != nil {
		return citizenPage{}, err
	}
	if page.Texts, err = a.textsShown(r, p); err != nil {
		return citizenPage{}, err
	}
	if !p.Confidential && !p.Denunciation {
		page.Summary = a.concealTold(p.Summary, p.Citizen)
	}
	if p.Clarify != nil && !p.Denunciation {
		page.Missing = concealOwn(p.Clarify.Missing, p.Citizen)
	}
	return page, nil
}

func disputable(s escalation.Status) bool {
	switch s {
	case escalation.Published, escalation.Closed, escalation.Rejected, escalation.AnsweredDirectly, escalation.Withdrawn:
		return true
	}
	return false
}

// answerFor is what the citizen was answered, without the citizen's own data: offices'
// numbers, sums and dates are the answer (Đ9.1).
func answerFor(p escalation.Petition) *answerShown {
	switch {
	case p.Denunciation:
		return nil
	case p.Published != "":
		shown := &answerShown{Text: concealOwn(p.Published, p.Citizen)}
		if p.Result != nil {
			shown.Document = concealOwn(strings.TrimSpace(p.Result.DocumentNo+" "+p.Result.DocumentDate), p.Citizen)
			if strings.HasPrefix(p.Result.UnitURL, "https://") || strings.HasPrefix(p.Result.UnitURL, "http://") {
				shown.URL = p.Result.UnitURL
			}
		}
		return shown
	case p.Answer != "":
		return &answerShown{Text: concealOwn(p.Answer, p.Citizen)}
	}
	return nil
}

// sentence says in one sentence who holds the petition and until when.
func sentence(p escalation.Petition, d *escalation.Directory) string {
	unit := "đơn vị xử lý"
	if lead := p.LastLead(); lead != nil {
		if u, ok := d.Unit(lead.Unit); ok {
			unit = u.Name
		}
	}
	switch p.Status {
	case escalation.Received:
		return "Tổng đài 1022 đã tiếp nhận và đang xem xét" + before(p, escalation.RungClarify) + "."
	case escalation.AwaitingInfo:
		return "Tổng đài 1022 chờ Ông/Bà bổ sung thông tin" + before(p, escalation.RungSupplement) + "."
	case escalation.Rejected:
		if p.Rejection == nil || p.Rejection.Guidance == "" { // its words are erased
			return "Phản ánh không thuộc phạm vi tiếp nhận của Tổng đài 1022."
		}
		if p.Denunciation {
			return "Tổng đài 1022 không tiếp nhận; nơi giải quyết: " + p.Rejection.Guidance + "."
		}
		return "Tổng đài 1022 không tiếp nhận vì " + concealOwn(p.Rejection.Reason, p.Citizen) + "; nơi giải quyết: " + p.Rejection.Guidance + "."
	case escalation.AnsweredDirectly:
		return "Tổng đài 1022 đã trả lời trực tiếp."
	case escalation.EmergencyTransferred:
		return "Cuộc gọi khẩn cấp đã được chuyển ngay đến cơ quan có trách nhiệm."
	case escalation.Forwarded, escalation.InProgress, escalation.Verifying:
		return upper(unit) + " đang xử lý" + promised(p) + before(p, escalation.RungOverdue) + "."
	case escalation.ReturnRequested:
		return "Tổng đài 1022 đang xem lại đơn vị có thẩm quyền xử lý" + before(p, escalation.RungOverdue) + "."
	case escalation.Escalated:
		return "Thủ trưởng " + unit + " đang chỉ đạo xử lý" + promised(p) + before(p, escalation.RungOverdue) + "."
	case escalation.Overdue:
		return "Phản ánh đã quá hạn tại " + unit + " và đã được báo cáo Văn phòng UBND thành phố" + promised(p) + "."
	}
	return lateSentence(p)
}

// lateSentence is for the statuses after the units'.
func lateSentence(p escalation.Petition) string {
	switch p.Status {
	case escalation.WithOffice, escalation.Disputed:
		return "Văn phòng UBND thành phố đang chủ trì xem xét" + before(p, escalation.RungOffice) + "."
	case escalation.Resolved:
		return "Đã có kết quả, Tổng đài 1022 đang kiểm tra trước khi trả lời Ông/Bà" + before(p, escalation.RungPublish) + "."
	case escalation.Published:
		return "Đã có kết quả trả lời; mời Ông/Bà đánh giá" + before(p, escalation.RungRating) + "."
	case escalation.Withdrawn:
		return "Phản ánh đã được rút theo đề nghị của Ông/Bà."
	case escalation.Merged:
		return "Phản ánh được xử lý chung với phản ánh " + p.MergedInto + "; Ông/Bà vẫn nhận kết quả."
	case escalation.Closed:
		return "Phản ánh đã kết thúc."
	}
	return upper(p.Status.Label()) + "."
}

// before is the deadline of the latest armed rung of the name.
func before(p escalation.Petition, name escalation.RungName) string {
	for i := len(p.Rungs) - 1; i >= 0; i-- {
		if r := p.Rungs[i]; r.Name == name && r.State == escalation.Armed {
			return ", chậm nhất " + whenText(r.Due)
		}
	}
	return ""
}

// promised is the last promise the citizen was told of.
func promised(p escalation.Petition) string {
	for i := len(p.ETAs) - 1; i >= 0; i-- {
		if e := p.ETAs[i]; e.Agreed && !e.Missed && !e.Replaced && !p.ETA.IsZero() {
			return ", hẹn trả lời trước " + whenText(e.At)
		}
	}
	return ""
}

// publicSteps are the acts that the citizen's page shows, in fixed words: the
// timeline's own text may name officers.
var publicSteps = map[string]string{
	string(escalation.VerbAccept):               "Tổng đài 1022 tiếp nhận",
	string(escalation.VerbForward):              "Chuyển đơn vị xử lý",
	string(escalation.VerbReassign):             "Chuyển đơn vị chủ trì khác",
	string(escalation.VerbAcknowledge):          "Đơn vị đã nhận phiếu",
	string(escalation.VerbETA):                  "Đơn vị hẹn thời gian trả lời",
	string(escalation.VerbResult):               "Đơn vị cập nhật kết quả",
	string(escalation.VerbClarify):              "Đề nghị bổ sung thông tin",
	string(escalation.VerbSupplement):           "Đã nhận thông tin bổ sung",
	string(escalation.VerbSayAnswered):          "Người dân cho biết đơn vị đã trả lời",
	string(escalation.VerbNote):                 "Đã nhận lời nhắn",
	string(escalation.VerbReject):               "Không tiếp nhận, đã hướng dẫn nơi giải quyết",
	string(escalation.VerbAnswer):               "Trả lời trực tiếp",
	string(escalation.VerbEmergency):            "Chuyển cuộc gọi khẩn cấp",
	string(escalation.VerbDispute):              "Chuyển Văn phòng UBND thành phố xem xét",
	string(escalation.VerbDirect):               "Lãnh đạo thành phố chỉ đạo",
	string(escalation.VerbSubmit):               "Văn phòng trình lãnh đạo thành phố",
	string(escalation.VerbUrge):                 "Văn phòng UBND thành phố đôn đốc",
	string(escalation.VerbPublish):              "Trả lời người dân",
	string(escalation.VerbMerge):                "Gộp vào phản ánh cùng nội dung",
	string(escalation.VerbWithdraw):             "Rút phản ánh theo đề nghị",
	string(escalation.VerbReopen):               "Mở lại",
	string(escalation.VerbRating):               "Người dân đánh giá",
	"rung:" + string(escalation.RungHead):       "Chuyển Thủ trưởng đơn vị chỉ đạo",
	"rung:" + string(escalation.RungOverdue):    "Quá hạn, báo cáo Văn phòng UBND thành phố",
	"rung:" + string(escalation.RungSupplement): "Nhắc bổ sung thông tin",
}

func steps(r Record, d *escalation.Directory) []step {
	var list []step
	for _, e := range r.Timeline {
		words, public := publicSteps[e.Action]
		if !public {
			continue
		}
		if e.Action == string(escalation.VerbForward) || e.Action == string(escalation.VerbReassign) {
			words += forwardedTo(r.Petition, e.At, d)
		}
		list = append(list, step{e.At, words})
	}
	return list
}

// forwardedTo names the units that got a slip at the instant.
func forwardedTo(p escalation.Petition, at time.Time, d *escalation.Directory) string {
	var names []string
	for _, s := range p.Slips {
		if u, ok := d.Unit(s.Unit); ok && s.ForwardedAt.Equal(at) {
			names = append(names, u.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// upper begins a sentence with a capital.
func upper(s string) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return s
	}
	return strings.ToUpper(string(runes[:1])) + string(runes[1:])
}
