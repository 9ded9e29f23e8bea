package web

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// Desk carries out commands; *escalation.Desk is one. A refused command is an
// *escalation.Problem and has changed nothing.
type Desk interface {
	// Do applies a command to the petition with the code; version 0: whatever it is now.
	Do(ctx context.Context, code string, cmd escalation.Command, actor escalation.Actor, version int64) (escalation.Petition, error)
	// Accept records a petition, and forwards it when the intake names units.
	Accept(ctx context.Context, intake escalation.Intake, actor escalation.Actor) (escalation.Petition, error)
}

// Petitions reads petitions. A missing one is an *escalation.Problem of kind
// NotFound. Safe for concurrent use.
type Petitions interface {
	// ListPetitions gives one page, the latest recorded first. Rows recorded
	// between two pages do not shift the second. A cursor that it never gave is a
	// Problem of kind Invalid with the field "cursor".
	ListPetitions(ctx context.Context, f PetitionFilter) (PetitionPage, error)
	// PetitionByCode, PetitionByToken and PetitionBySlipToken read one petition
	// with citizen, rungs, timeline in order, and messages in order of their ids.
	PetitionByCode(ctx context.Context, code string) (Record, error)
	PetitionByToken(ctx context.Context, token string) (Record, error)
	PetitionBySlipToken(ctx context.Context, token string) (Record, error)
}

// PetitionFilter narrows a list; zero fields do not.
type PetitionFilter struct {
	Statuses []escalation.Status
	Unit     string // leads or co-operates
	Overdue  *bool  // the 48 h passed without a result, now or once
	Query    string // in code, content, area, field; a whole phone finds its citizen's petitions
	Guarded  bool   // Query finds a denunciation by its code alone
	Outside  bool   // and a confidential petition
	Cursor   string // of the page before
	Limit    int    // 1…200
}

// PetitionPage is one page; Next is empty at the end.
type PetitionPage struct {
	Items []PetitionRow
	Next  string
}

// PetitionRow is a petition in a list. It holds no personal data.
type PetitionRow struct {
	Code         string             `json:"code"`
	Version      int64              `json:"version"`
	Status       escalation.Status  `json:"status"`
	Label        string             `json:"status_label"` // filled in here
	Channel      escalation.Channel `json:"channel"`
	Kind         int                `json:"kind"`
	Field        string             `json:"field"`
	Area         string             `json:"area"`
	Summary      string             `json:"summary"`
	Unit         string             `json:"unit"` // lead
	Urgent       bool               `json:"urgent"`
	Confidential bool               `json:"confidential"`
	Denunciation bool               `json:"denunciation"`
	WasOverdue   bool               `json:"was_overdue"`
	ReceivedAt   time.Time          `json:"received_at"`
	NextDue      time.Time          `json:"next_due,omitzero"`
	WaitsFor     escalation.Role    `json:"waits_for,omitempty"`
	ClosedAt     time.Time          `json:"closed_at,omitzero"`

	// Given is the version of the calendar that gave NextDue, for the console's clock;
	// empty: the city's.
	Given string `json:"-"`
}

// For is the row as somebody may see it. Where a confidential matter is, a unit reads
// on the petition itself, where it works on it, and not in a list beside the date.
func (r PetitionRow) For(who Key) PetitionRow {
	r.Label = r.Status.Label()
	if r.Confidential && !who.Staff() {
		r.Area = ""
	}
	if r.Denunciation && who.Locked() {
		r.Summary, r.Field, r.Area = "", "", ""
	}
	return r
}

// Record is a petition with what belongs to it.
type Record struct {
	Petition escalation.Petition
	Timeline []escalation.Entry
	Messages []Message
}

// codeShape is what a petition code looks like; anything else is not looked up.
var codeShape = regexp.MustCompile(`^HP[0-9]{6}-[0-9]{4,12}$`)

func (a *api) petitionOperations() []operation {
	ops := []operation{
		{method: "GET", path: "/petitions", id: "list-petitions", tag: "petitions", summary: "Danh sách phản ánh, mới nhất trước",
			rights: []Right{Enter}, status: 200, result: reflect.TypeFor[Page[PetitionRow]](), handle: a.listPetitions,
			query: paged(
				parameter{name: "status", doc: "nhiều trạng thái cách nhau bằng dấu phẩy: " + strings.Join(words(escalation.Statuses()), ", "), kind: "string"},
				parameter{name: "unit", doc: "mã đơn vị có phiếu", kind: "string"},
				parameter{name: "overdue", doc: "đã từng quá hạn 48 giờ", kind: "boolean"},
				parameter{name: "q", doc: "tìm trong mã, nội dung, địa bàn, lĩnh vực", kind: "string"})},
		{method: "GET", path: "/petitions/{code}", id: "get-petition", tag: "petitions", summary: "Một phản ánh với thời hạn, nhật ký và tin nhắn",
			rights: []Right{Enter}, status: 200, result: reflect.TypeFor[PetitionView](), handle: a.getPetition},
	}
	accept := operation{method: "POST", path: "/petitions", id: "accept", tag: "petitions", status: 201, rights: []Right{TakeIn},
		summary: "Tiếp nhận phản ánh; có đơn vị thì chuyển ngay", result: reflect.TypeFor[Accepted]()}
	accept.body, accept.handle = with(a.accept)
	accept.again = a.ofPetition(a.recorded)
	ops = append(ops, accept)
	for _, verb := range escalation.Verbs() {
		ops = append(ops, a.verbOperation(verb))
	}
	return ops
}

// verbOperation serves one verb; its body is the command itself. Which role may
// do what is the domain's to say.
func (a *api) verbOperation(verb escalation.Verb) operation {
	cmd, _ := escalation.NewCommand(verb)
	return operation{
		method: "POST", path: "/petitions/{code}/" + string(verb), id: string(verb), tag: "verbs", status: 200, rights: []Right{Enter},
		summary: verbSummary(verb), body: reflect.TypeOf(cmd).Elem(), result: reflect.TypeFor[PetitionView](), ifMatch: true,
		handle: func(c *call) (answer, error) { return a.do(c, c.body.(escalation.Command)) }, again: a.ofPetition(a.changed),
	}
}

func (a *api) do(c *call, cmd escalation.Command) (answer, error) {
	code := c.PathValue("code")
	if !codeShape.MatchString(code) {
		return answer{}, noSuch("phản ánh")
	}
	version, err := ifMatch(c.Request)
	if err != nil {
		return answer{}, err
	}
	p, err := a.Desk.Do(c.Context(), code, cmd, c.who.actor(), version)
	if err != nil {
		return answer{}, err
	}
	return a.changed(c, p), nil
}

// changed answers a verb. It is done: where the look cannot be logged its answer leaves out
// who made the petition.
func (a *api) changed(c *call, p escalation.Petition) answer {
	view := a.view(c.who, Record{Petition: p})
	if err := a.looked(c, view); err != nil {
		a.Log.Error("log a look", "petition", p.Code, "error", err.Error())
		view.Citizen = nil
	}
	return answer{body: view, version: p.Version, changed: true}
}

// Looks notes who was shown who made a petition.
type Looks interface {
	// Looked notes a look, once an hour for each visitor and petition; with says what they
	// looked with.
	Looked(ctx context.Context, code, with string, by escalation.Actor) error
}

// looked logs that the answer shows who made the petition, where it does. Lists show nobody:
// their rows have no citizen, and the summary is without their data.
func (a *api) looked(c *call, shown PetitionView) error {
	if shown.Citizen == nil || !c.who.staff() {
		return nil
	}
	return a.Looks.Looked(c.Context(), shown.Code, fmt.Sprintf("khóa số %d", c.who.ID), c.who.actor())
}

// Accepted is the answer to a recorded petition.
type Accepted struct {
	Code      string            `json:"code"`
	Status    escalation.Status `json:"status"`
	Link      string            `json:"link" doc:"trang theo dõi của người dân"`
	Version   int64             `json:"version"`
	Deadlines []Deadline        `json:"deadlines"`
}

func (a *api) accept(c *call, intake *escalation.Intake) (answer, error) {
	p, err := a.Desk.Accept(c.Context(), *intake, c.who.actor())
	if err != nil {
		return answer{}, err
	}
	return a.recorded(c, p), nil
}

// recorded answers an intake.
func (a *api) recorded(_ *call, p escalation.Petition) answer {
	return answer{
		body:    Accepted{Code: p.Code, Status: p.Status, Link: a.citizenLink(p), Version: p.Version, Deadlines: deadlines(p)},
		version: p.Version, location: "/api/v1/petitions/" + p.Code, changed: true,
	}
}

func (a *api) listPetitions(c *call) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	statuses, err := statusList(c.query.Get("status"))
	if err != nil {
		return answer{}, err
	}
	unit := c.query.Get("unit")
	if c.who.ofUnit() {
		if unit != "" && unit != c.who.Unit {
			return answer{}, problem(http.StatusForbidden, "khóa này chỉ xem phản ánh của đơn vị "+c.who.Unit)
		}
		unit = c.who.Unit
	}
	if !c.who.staff() && phoneLike(c.query.Get("q")) {
		return answer{}, problem(http.StatusForbidden, "chỉ tổng đài tìm được theo số điện thoại", Fault{"query.q", "chỉ tổng đài tìm được theo số điện thoại"})
	}
	page, err := a.Petitions.ListPetitions(c.Context(), PetitionFilter{
		Statuses: statuses, Unit: unit, Overdue: c.flag("overdue"), Query: strings.TrimSpace(c.query.Get("q")),
		Guarded: c.who.locked(), Outside: !c.who.staff(), Cursor: c.query.Get("cursor"), Limit: limit,
	})
	if err != nil {
		return answer{}, err
	}
	items := slices.Clone(page.Items)
	for i := range items {
		items[i] = items[i].For(c.who.Key)
	}
	return answer{body: Page[PetitionRow]{Items: orEmpty(items), NextCursor: page.Next}}, nil
}

// phoneBegun is the beginning of a phone number: with the words of petitions found by
// their beginnings, the rest of one could be felt for digit by digit.
var phoneBegun = regexp.MustCompile(`(^|[^0-9])(84[ .()-]?|0)[235789][0-9][ .()-]{0,2}[0-9][ .()-]{0,2}[0-9]`)

// phoneLike reports a search word that would find a citizen by the phone. A
// petition's code has as many digits.
func phoneLike(q string) bool {
	if code := strings.ToUpper(strings.TrimSpace(q)); codeShape.MatchString(code) || codeShape.MatchString("HP"+code) {
		return false
	}
	return hasNumber(q) || phoneBegun.MatchString(escalation.Plain(q))
}

func statusList(given string) ([]escalation.Status, error) {
	if given == "" {
		return nil, nil
	}
	var list []escalation.Status
	for word := range strings.SplitSeq(given, ",") {
		s := escalation.Status(strings.TrimSpace(word))
		if !slices.Contains(escalation.Statuses(), s) {
			return nil, wrongField("query.status", "không có trạng thái %q", shown(word))
		}
		list = append(list, s)
	}
	return list, nil
}

func (a *api) getPetition(c *call) (answer, error) {
	code := c.PathValue("code")
	if !codeShape.MatchString(code) {
		return answer{}, noSuch("phản ánh")
	}
	record, err := a.Petitions.PetitionByCode(c.Context(), code)
	if err != nil {
		return answer{}, err
	}
	if c.who.ofUnit() && record.Petition.SlipOf(c.who.Unit) == nil {
		return answer{}, problem(http.StatusForbidden, "đơn vị không có phiếu của phản ánh này")
	}
	view := a.view(c.who, record)
	if err := a.looked(c, view); err != nil {
		return answer{}, err
	}
	view.Timeline, view.Messages = timeline(c.who, record), messagesOf(c.who, record)
	return answer{body: view, version: record.Petition.Version}, nil
}

func noSuch(what string) *Problem { return problem(http.StatusNotFound, "không tìm thấy "+what) }

// orEmpty makes a missing list an empty one: [] and not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// verbSummary says in Vietnamese what a verb does, for the document.
func verbSummary(v escalation.Verb) string {
	return map[escalation.Verb]string{
		escalation.VerbForward:        "Chuyển phiếu đến đơn vị (Đ9.2, Đ9.3)",
		escalation.VerbAcknowledge:    "Đơn vị nhận phiếu",
		escalation.VerbETA:            "Hẹn thời gian trả lời (Đ9.3)",
		escalation.VerbProgress:       "Ghi chú tiến độ",
		escalation.VerbResult:         "Cập nhật kết quả",
		escalation.VerbSendBack:       "Trả lại kết quả chưa đạt",
		escalation.VerbReturn:         "Đơn vị đề nghị trả lại phản ánh",
		escalation.VerbAcceptReturn:   "Đồng ý đề nghị trả lại",
		escalation.VerbRefuseReturn:   "Không đồng ý đề nghị trả lại",
		escalation.VerbClarify:        "Đề nghị người dân bổ sung (Đ8.3, Đ18.1)",
		escalation.VerbSupplement:     "Người dân bổ sung thông tin",
		escalation.VerbReject:         "Không tiếp nhận (Đ8.2)",
		escalation.VerbAnswer:         "Trả lời trực tiếp (Đ9.1)",
		escalation.VerbEmergency:      "Chuyển cuộc gọi khẩn cấp (Đ9.1)",
		escalation.VerbReassign:       "Chuyển đơn vị chủ trì khác",
		escalation.VerbAssign:         "Giao người xử lý trong đơn vị (Đ17.4)",
		escalation.VerbDispute:        "Không thống nhất, chuyển Văn phòng UBND thành phố (Đ9.5)",
		escalation.VerbUrge:           "Đôn đốc (Đ14.1)",
		escalation.VerbDirect:         "Chỉ đạo của lãnh đạo thành phố (Đ9.4–9.6)",
		escalation.VerbSubmit:         "Văn phòng trình lãnh đạo thành phố (Đ9.5)",
		escalation.VerbUrgent:         "Đánh dấu khẩn (Đ9.6)",
		escalation.VerbHold:           "Tạm dừng tính giờ",
		escalation.VerbResume:         "Tính giờ trở lại",
		escalation.VerbPublish:        "Kiểm tra và công khai kết quả (Đ11.1)",
		escalation.VerbMerge:          "Gộp vào phản ánh khác",
		escalation.VerbWithdraw:       "Người dân rút phản ánh",
		escalation.VerbReopen:         "Mở lại",
		escalation.VerbRating:         "Người dân đánh giá (Đ11.2)",
		escalation.VerbTouch:          "Đã mở xem phản ánh mới",
		escalation.VerbWrittenFile:    "Gửi hồ sơ đề nghị văn bản (Đ9.6); có document_no mà không có send: ghi văn bản vào hồ sơ đã gửi (no: số thứ tự hồ sơ của phản ánh), không gửi gì",
		escalation.VerbAskExplanation: "Văn phòng yêu cầu đơn vị giải trình (Đ9.6)",
		escalation.VerbExplanation:    "Đơn vị giải trình (Đ9.6)",
		escalation.VerbCommend:        "Đề xuất khen thưởng (Đ17.7, Đ20)",
		escalation.VerbNote:           "Lời nhắn của người dân sau khi có kết quả; không mở lại",
		escalation.VerbSayAnswered:    "Người dân cho biết đơn vị đã trả lời; mỗi vòng một lần",
		escalation.VerbRevokeLink:     "Thu hồi liên kết phiếu, cấp liên kết mới",
	}[v]
}
