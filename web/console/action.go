package console

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// action is a verb as the console offers it: a button, a form, and when it makes sense.
type action struct {
	Verb   escalation.Verb
	Label  string
	Hint   string
	Key    string // opens it on the petition's page
	Fields []field
	Danger bool
	offer  func(p escalation.Petition) bool
	onSlip bool // offered also to who works on the petition
	// still ends an offer that time ends; nil: none does.
	still func(p *escalation.Petition, policy *escalation.Policy, now time.Time) bool
}

// field is one input of a form.
type field struct {
	Name, Label string
	Kind        string // line, text, time, date, days, number, unit, units, contact, choice, score, yes, call
	Must        bool
	Value       string // first value
	Options     []option
}

type option struct{ Value, Label string }

func in(list ...escalation.Status) func(escalation.Petition) bool {
	return func(p escalation.Petition) bool { return slices.Contains(list, p.Status) }
}

// worked reports that a unit leads on the petition.
func worked(p escalation.Petition) bool { return p.Worked(escalation.Actor{}) }

// undecided reports that the hotline still has to say what becomes of it.
func undecided(p escalation.Petition) bool { return p.With1022() }

func open(p escalation.Petition) bool { return !p.Status.Ended() }

func text(name, label string, must bool) field {
	return field{Name: name, Label: label, Kind: "text", Must: must}
}
func line(name, label string, must bool) field {
	return field{Name: name, Label: label, Kind: "line", Must: must}
}

// actions are all verbs with a button, in the order in which they are shown.
func actions() []action {
	return []action{
		{Verb: escalation.VerbForward, Label: "Chuyển đơn vị", Key: "f", Hint: "Đ9.2: gửi phiếu đến đầu mối, tính 8 giờ làm việc.", offer: func(p escalation.Petition) bool { return open(p) && p.Status != escalation.Resolved },
			Fields: []field{{Name: "lead", Label: "Đơn vị chủ trì", Kind: "unit", Must: true}, {Name: "cooperate", Label: "Đơn vị phối hợp", Kind: "units"}, line("note", "Ghi chú cho đơn vị", false),
				{Name: "call", Label: "Đã gọi điện báo trước", Kind: "call"}}},
		{Verb: escalation.VerbAnswer, Label: "Trả lời trực tiếp", Key: "a", Hint: "Đ9.1: tổng đài có sẵn câu trả lời.", offer: undecided, Fields: []field{text("text", "Nội dung trả lời", true)}},
		{Verb: escalation.VerbReject, Label: "Không tiếp nhận", Key: "x", Hint: "Đ8.2: nêu lý do và hướng dẫn nơi giải quyết.", Danger: true, offer: undecided,
			Fields: []field{text("reason", "Lý do", true), text("guidance", "Hướng dẫn người dân", true)}},
		{Verb: escalation.VerbClarify, Label: "Hỏi thêm người dân", Key: "h", Hint: "Đ8.3: trong 1 giờ làm việc.", offer: undecided, onSlip: true, Fields: []field{line("missing", "Cần bổ sung", true)}},
		{Verb: escalation.VerbEmergency, Label: "Chuyển cuộc gọi khẩn", Hint: "Đ9.1: nối máy 113, 114, 115, phiếu khẩn đến đơn vị.", Danger: true, offer: undecided,
			Fields: []field{line("to", "Đã nối máy đến", true), {Name: "outcome", Label: "Kết quả", Kind: "choice", Must: true, Options: chosenOutcome}, {Name: "at", Label: "Lúc gọi (để trống: bây giờ)", Kind: "time"}, {Name: "unit", Label: "Đơn vị nhận phiếu khẩn", Kind: "unit"}}},
		{Verb: escalation.VerbAcknowledge, Label: "Nhận phiếu", Key: "r", onSlip: true, Fields: []field{line("note", "Ghi chú", false)}},
		{Verb: escalation.VerbETA, Label: "Hẹn thời gian", Hint: "Đ9.3: không làm dừng mốc 8 giờ.", onSlip: true, Fields: []field{{Name: "at", Label: "Hẹn trả lời trước", Kind: "time", Must: true}, line("reason", "Lý do", false)}},
		{Verb: escalation.VerbProgress, Label: "Ghi tiến độ", onSlip: true, Fields: []field{text("text", "Nội dung", true)}},
		{Verb: escalation.VerbResult, Label: "Nhập kết quả", Key: "q", Hint: "Đ9.3: nội dung trả lời dừng đồng hồ.", onSlip: true,
			Fields: []field{text("text", "Kết quả", true), line("document_no", "Số văn bản", false), {Name: "document_date", Label: "Ngày văn bản", Kind: "date"}, line("unit_url", "Địa chỉ đăng trên trang của đơn vị (Đ11.3)", false),
				{Name: "written_reminder", Label: "Cần văn bản nhắc nhở, giải trình (Đ9.6)", Kind: "yes"}}},
		{Verb: escalation.VerbPublish, Label: "Công khai kết quả", Key: "p", Hint: "Đ11.1: người dân nhận đường dẫn kết quả.", offer: in(escalation.Resolved),
			Fields: []field{text("redacted", "Kết quả công khai, không có dữ liệu cá nhân (để trống: theo kết quả)", false),
				text(publicContent, "Nội dung phản ánh công khai, lời của người dân (để trống: theo tóm tắt)", false),
				line(publicArea, "Địa bàn công khai (để trống: địa bàn đã bỏ số nhà)", false), asksWritten, line("written_reason", "Lý do cần văn bản (khi có)", false)}},
		{Verb: escalation.VerbSendBack, Label: "Trả lại kết quả", offer: in(escalation.Resolved), Fields: []field{text("reason", "Lý do chưa đạt", true), asksWritten, line("written_reason", "Lý do cần văn bản (khi có)", false)}},
		{Verb: escalation.VerbReturn, Label: "Đề nghị trả phiếu", Hint: "Không thuộc thẩm quyền.", onSlip: true, Fields: []field{text("reason", "Lý do", true), {Name: "unit", Label: "Đơn vị có thẩm quyền", Kind: "unit"}}},
		{Verb: escalation.VerbAcceptReturn, Label: "Đồng ý trả phiếu", offer: returned, Fields: []field{{Name: "unit", Label: "Chuyển tiếp đến", Kind: "unit"}, line("note", "Ghi chú", false)}},
		{Verb: escalation.VerbRefuseReturn, Label: "Không đồng ý trả phiếu", offer: returned, Fields: []field{text("reason", "Lý do", true)}},
		{Verb: escalation.VerbReassign, Label: "Đổi đơn vị chủ trì", offer: worked, Fields: []field{{Name: "unit", Label: "Đơn vị mới", Kind: "unit", Must: true}, line("reason", "Lý do", false)}},
		{Verb: escalation.VerbAssign, Label: "Giao người xử lý", Hint: "Đ17.4: thời hạn giữ nguyên.", onSlip: true, Fields: []field{{Name: "contact", Label: "Người xử lý", Kind: "contact", Must: true}}},
		{Verb: escalation.VerbUrge, Label: "Đôn đốc", Hint: "Đ14.1: tin N1 đến Thủ trưởng.", offer: worked, Fields: []field{line("text", "Nội dung", false), {Name: "due", Label: "Trả lời trước", Kind: "time", Must: true}}},
		{Verb: escalation.VerbDirect, Label: "Chỉ đạo của lãnh đạo TP", Hint: "Đ9.4–9.6: tin N2.", offer: open,
			Fields: []field{line("leader", "Lãnh đạo chỉ đạo", true), text("text", "Nội dung chỉ đạo", true), line("document_no", "Số văn bản", false), {Name: "document_date", Label: "Ngày văn bản", Kind: "date"}, {Name: "due", Label: "Hạn", Kind: "time", Must: true}, {Name: "unit", Label: "Đơn vị (để trống: đang chủ trì)", Kind: "unit"}}},
		{Verb: escalation.VerbDispute, Label: "Không thống nhất", Hint: "Đ9.5: chuyển Văn phòng UBND TP.", offer: in(escalation.Published), onSlip: true, Fields: []field{text("reason", "Lý do", true)}},
		{Verb: escalation.VerbSubmit, Label: "Trình lãnh đạo TP", Hint: "Đ9.5.", offer: in(escalation.WithOffice, escalation.Disputed, escalation.Overdue), Fields: []field{text("text", "Nội dung trình", false)}},
		{Verb: escalation.VerbUrgent, Label: "Đánh dấu khẩn", offer: func(p escalation.Petition) bool { return open(p) && !p.Urgent }, Fields: []field{line("reason", "Lý do", true)}},
		{Verb: escalation.VerbHold, Label: "Tạm dừng tính giờ", Hint: "Chỉ Văn phòng.", offer: func(p escalation.Petition) bool { return worked(p) && p.Hold == nil }, Fields: []field{line("reason", "Lý do", true), {Name: "until", Label: "Đến", Kind: "time", Must: true}}},
		{Verb: escalation.VerbResume, Label: "Tính giờ trở lại", offer: func(p escalation.Petition) bool { return p.Hold != nil }, Fields: []field{line("note", "Ghi chú", false)}},
		{Verb: escalation.VerbWrittenFile, Label: "Gửi hồ sơ văn bản", Hint: "Đ9.6: đến Văn phòng trong 2 ngày làm việc; sau đó ghi số, ngày văn bản nhắc nhở của Văn phòng.", offer: func(p escalation.Petition) bool {
			return p.Written != nil && p.FileState(p.Written) != escalation.FileDropped
		},
			Fields: []field{text("reason", "Lý do", false), line("document_no", "Số văn bản", false), {Name: "document_date", Label: "Ngày văn bản", Kind: "date"},
				{Name: "send", Label: "Gửi hồ sơ kèm văn bản này (không chọn: chỉ ghi văn bản của Văn phòng vào hồ sơ đã gửi)", Kind: "yes"}, ofFile}},
		{Verb: escalation.VerbAskExplanation, Label: "Yêu cầu giải trình", Hint: "Đ9.6: tin N3 đến Thủ trưởng; đơn vị trả lời trên trang phiếu.", offer: filed,
			Fields: []field{{Name: "days", Label: "Trong số ngày làm việc", Kind: "days", Must: true, Value: "3"}, line("text", "Nội dung cần giải trình", false), {Name: "unit", Label: "Đơn vị (để trống: đơn vị trả lời hoặc chủ trì)", Kind: "unit"}, ofFile}},
		{Verb: escalation.VerbExplanation, Label: "Gửi giải trình", Hint: "Đ9.6: theo yêu cầu của Văn phòng UBND TP.", offer: func(p escalation.Petition) bool { return p.Explaining() != nil },
			Fields: []field{text("text", "Nội dung giải trình", true), line("document_no", "Số văn bản", false), {Name: "document_date", Label: "Ngày văn bản", Kind: "date"}}},
		{Verb: escalation.VerbCommend, Label: "Đề xuất khen thưởng", Hint: "Đ17.7, Đ20: người dân có phản ánh hữu ích, hoặc cán bộ; vào danh sách của báo cáo.", offer: func(escalation.Petition) bool { return true },
			Fields: []field{{Name: "who", Label: "Đề xuất cho", Kind: "choice", Must: true, Options: commended}, line("officer", "Tên cán bộ (không ghi tên người dân)", false), {Name: "unit", Label: "Đơn vị của cán bộ (để trống: đang chủ trì)", Kind: "unit"}, text("reason", "Lý do", true)}},
		{Verb: escalation.VerbRevokeLink, Label: "Thu hồi liên kết phiếu", Hint: "Liên kết cũ mất hiệu lực ngay; phiếu có liên kết mới.", Danger: true, offer: slipped,
			Fields: []field{{Name: "unit", Label: "Đơn vị có phiếu (để trống: chủ trì)", Kind: "unit"}, {Name: "send", Label: "Nhắn liên kết mới cho người đang giữ phiếu", Kind: "yes"}}},
		{Verb: escalation.VerbSupplement, Label: "Ghi bổ sung của người dân", offer: open, Fields: []field{text("text", "Nội dung bổ sung", true)}},
		{Verb: escalation.VerbSayAnswered, Label: "Người dân báo đã được trả lời", Hint: "Đơn vị đã trả lời người dân ngoài hệ thống: có việc kiểm tra lại, thời hạn không dừng.", offer: func(p escalation.Petition) bool { return p.MaySayAnswered() },
			Fields: []field{text("text", "Người dân cho biết", false)}},
		{Verb: escalation.VerbRating, Label: "Ghi đánh giá", Hint: "Đ11.2: điểm người dân cho qua điện thoại; điểm thấp kèm lý do thì phản ánh được xem xét lại (Đ9.5).", offer: func(p escalation.Petition) bool { return p.Ratable() }, still: takesRating, Fields: ratingFields()},
		{Verb: escalation.VerbNote, Label: "Ghi lời nhắn của người dân", Hint: "Sau khi có kết quả; không mở lại phản ánh.", offer: func(p escalation.Petition) bool { return p.Status.Answered() }, Fields: []field{text("text", "Lời nhắn", true)}},
		{Verb: escalation.VerbMerge, Label: "Gộp vào phản ánh khác", offer: open, Danger: true, Fields: []field{line("into", "Mã phản ánh", true)}},
		{Verb: escalation.VerbWithdraw, Label: "Người dân rút", offer: open, Danger: true, Fields: []field{line("reason", "Lý do", false)}},
		{Verb: escalation.VerbReopen, Label: "Mở lại", offer: reopenable, Fields: []field{text("reason", "Lý do", true)}},
	}
}

// publicContent and publicArea are the fields of what everybody will read of the petition
// itself and of its place.
const (
	publicContent = "public_content"
	publicArea    = "public_area"
)

// ratingFields are what a citizen is asked about an answer (Đ11.2).
func ratingFields() []field {
	return []field{{Name: "score", Label: "Hài lòng với kết quả trả lời", Kind: "score", Must: true}, text("comment", "Ý kiến, lý do", false),
		{Name: "service", Label: "Tổng đài 1022 phục vụ thế nào (không bắt buộc)", Kind: "score"}, ofFollower}
}

// ofFollower names whose judgement it is where citizens of other petitions follow this one.
var ofFollower = field{Name: "for", Label: "Của người dân có phản ánh gộp vào (để trống: người phản ánh)", Kind: "choice"}

// takesRating reports whether anybody's judgement of the answer is taken still.
func takesRating(p *escalation.Petition, policy *escalation.Policy, now time.Time) bool {
	return p.TakesRating("", policy, now) || slices.ContainsFunc(p.Followers, func(f escalation.Follower) bool { return p.TakesRating(f.Code, policy, now) })
}

// asksWritten is asked with every result that is checked (Đ9.6).
var asksWritten = field{Name: "written", Label: "Cần văn bản nhắc nhở, yêu cầu giải trình? (Đ9.6)", Kind: "choice", Must: true, Options: []option{{"", "– chọn –"}, {string(escalation.NeedNone), "không"},
	{string(escalation.NeedRemind), "văn bản nhắc nhở"}, {string(escalation.NeedExplain), "yêu cầu giải trình"}}}

// ofFile names one of several files of a petition.
var ofFile = field{Name: "no", Label: "Hồ sơ số (để trống: hồ sơ chờ gửi, hoặc hồ sơ gửi gần nhất)", Kind: "number"}

// shown leaves out what means nothing to the visitor: which file, where there is one, whose
// judgement, where nobody else follows, and for the Office the sending, which is the hotline's.
func (a action) shown(p escalation.Petition, role escalation.Role) action {
	a.Fields = slices.DeleteFunc(slices.Clone(a.Fields), func(f field) bool {
		return f.Name == ofFile.Name && len(p.Files()) < 2 || f.Name == ofFollower.Name && len(p.Followers) == 0 || f.Name == "send" && role == escalation.Office
	})
	for i := range a.Fields {
		if f := &a.Fields[i]; f.Name == ofFollower.Name {
			f.Options = []option{{"", "– người phản ánh –"}}
			for _, other := range p.Followers {
				f.Options = append(f.Options, option{other.Code, other.Code})
			}
		}
	}
	return a
}

// filed reports that the Office has a file of the petition.
func filed(p escalation.Petition) bool {
	return slices.ContainsFunc(p.Files(), func(w *escalation.Written) bool { return !w.SentAt.IsZero() })
}

var commended = []option{{escalation.CommendCitizen, "người dân"}, {escalation.CommendOfficer, "cán bộ"}}

var outcomes = []option{{"answered", "đã nghe máy"}, {"no_answer", "không nghe máy"}, {"busy", "máy bận"}}

// slipped reports that some unit has or had a slip.
func slipped(p escalation.Petition) bool { return p.LastLead() != nil }

// chosenOutcome has no first value: nobody says that a call was taken by not choosing.
var chosenOutcome = slices.Concat([]option{{"", "– chọn –"}}, outcomes)

func returned(p escalation.Petition) bool { return p.Return != nil }

func reopenable(p escalation.Petition) bool {
	return slices.Contains([]escalation.Status{escalation.Rejected, escalation.AnsweredDirectly, escalation.Withdrawn, escalation.Closed, escalation.Published, escalation.EmergencyTransferred}, p.Status)
}

// units are those that the form offers: of an act about what a unit has or had all of them, of
// every other, which gives a slip or proposes to, those that have tasks now.
func (a action) units(d *escalation.Directory, now time.Time) []escalation.Unit {
	switch a.Verb {
	case escalation.VerbAskExplanation, escalation.VerbCommend, escalation.VerbRevokeLink:
		return d.Units()
	}
	return inForce(d, now)
}

// fits reports that the act makes sense with the petition as it is.
func (a action) fits(p escalation.Petition, actor escalation.Actor) bool {
	return a.onSlip && p.Worked(actor) || a.offer != nil && a.offer(p)
}

// offered are the acts that make sense to the account now.
func (v *visit) offered(p escalation.Petition) []action {
	actor := v.actorOn(&p)
	return slices.DeleteFunc(actions(), func(a action) bool {
		return !a.fits(p, actor) || !v.mayDo(a, p) || p.Barred(actor, a.Verb) || a.still != nil && !a.still(&p, v.c.Policy(), v.now)
	})
}

// mayDo reports whether the act is the account's, by the rule of every door.
func (v *visit) mayDo(a action, p escalation.Petition) bool {
	return escalation.Permitted(&p, v.actor(), a.Verb) == nil
}

func actionOf(verb string) (action, bool) {
	for _, a := range actions() {
		if string(a.Verb) == verb {
			return a, true
		}
	}
	return action{}, false
}

// command makes the verb's command of a form.
func (a action) command(form url.Values) (escalation.Command, error) {
	cmd, _ := escalation.NewCommand(a.Verb)
	body := map[string]any{}
	for _, f := range a.Fields {
		value := form.Get(f.Name)
		if value == "" && f.Must {
			return nil, wrong(f.Name, "chưa nhập: %s", f.Label)
		}
		if value == "" && f.Kind != "units" && f.Kind != "call" {
			continue
		}
		if utf8.RuneCountInString(value) > maxText {
			return nil, wrong(f.Name, "%s: dài quá %d ký tự", f.Label, maxText)
		}
		switch f.Kind {
		case "time":
			at, err := worktime.ParseInstant(value)
			if err != nil {
				return nil, wrong(f.Name, "%s: thời điểm không đúng", f.Label)
			}
			body[f.Name] = at.Format(time.RFC3339)
		case "days", "number", "score":
			n, err := strconv.Atoi(value)
			if err != nil {
				return nil, wrong(f.Name, "%s: số không đúng", f.Label)
			}
			body[f.Name] = n
		case "yes":
			body[f.Name] = true
		case "contact":
			id, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return nil, wrong(f.Name, "%s: không có người này", f.Label)
			}
			body[f.Name] = id
		case "units", "call":
			// built with the lead below
		default:
			body[f.Name] = value
		}
	}
	if a.Verb == escalation.VerbForward {
		forwardBody(body, form)
	}
	raw, err := json.Marshal(body)
	if err == nil {
		err = json.Unmarshal(raw, cmd)
	}
	if rate, ok := cmd.(*escalation.Rate); ok {
		rate.For = form.Get(ofFollower.Name)
	}
	return cmd, err
}

// inputs are the names of the form's fields, in their order.
func (a action) inputs() []string {
	var names []string
	for _, f := range a.Fields {
		if f.Kind == "call" {
			names = append(names, "call_to", "call_outcome")
			continue
		}
		names = append(names, f.Name)
	}
	return names
}

// forwardBody names the lead first and then those who co-operate, and the call made.
func forwardBody(body map[string]any, form url.Values) {
	units := []map[string]any{{"code": form.Get("lead"), "role": "lead"}}
	for _, code := range form["cooperate"] {
		if code != "" && code != form.Get("lead") {
			units = append(units, map[string]any{"code": code, "role": "cooperate"})
		}
	}
	delete(body, "lead")
	body["units"] = units
	if to := form.Get("call_to"); to != "" {
		body["call"] = map[string]any{"to": to, "outcome": form.Get("call_outcome")}
	}
}

// maxText bounds a text that a person types into a form, in characters.
const maxText = 20_000

// suggested puts first values into the fields.
func (a action) suggested(values map[string]string) action {
	a.Fields = slices.Clone(a.Fields)
	for i := range a.Fields {
		a.Fields[i].Value = values[a.Fields[i].Name]
	}
	return a
}

// without leaves a field out.
func (a action) without(name string) action {
	a.Fields = slices.DeleteFunc(slices.Clone(a.Fields), func(f field) bool { return f.Name == name })
	return a
}

// filled puts the form's values back into the fields.
func (a action) filled(form url.Values) action {
	a.Fields = slices.Clone(a.Fields)
	for i := range a.Fields {
		a.Fields[i].Value = strings.TrimSpace(form.Get(a.Fields[i].Name))
	}
	return a
}
