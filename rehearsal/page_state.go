package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// What the page shows, as JSON. Times are the domain's.

type clockView struct {
	Now     time.Time `json:"now"`
	Text    string    `json:"text"` // thứ Hai 16/11/2026 08:05
	Speed   float64   `json:"speed"`
	Working bool      `json:"working"`
	Skip    string    `json:"skip,omitempty"` // where a jump goes to
}

type petitionView struct {
	Code         string            `json:"code"`
	Token        string            `json:"token"`
	Status       escalation.Status `json:"status"`
	Label        string            `json:"label"`
	Summary      string            `json:"summary"`
	Unit         string            `json:"unit"`
	Urgent       bool              `json:"urgent"`
	Confidential bool              `json:"confidential"`
	WasEscalated bool              `json:"was_escalated"`
	WasOverdue   bool              `json:"was_overdue"`
	Ended        bool              `json:"ended"`
	Next         *deadlineView     `json:"next,omitempty"`
	WaitsFor     string            `json:"waits_for,omitempty"` // who holds it while no deadline is armed
}

type deadlineView struct {
	Rung    escalation.RungName  `json:"rung"`
	Label   string               `json:"label"`
	Due     time.Time            `json:"due"`
	FiredAt time.Time            `json:"fired_at,omitzero"`
	State   escalation.RungState `json:"state"`
	Left    string               `json:"left,omitempty"` // working time until due
	Soon    bool                 `json:"soon,omitempty"` // an hour of working time or less
}

type handsetView struct {
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	What  string          `json:"what"` // Cán bộ đầu mối · So Xay dung
	Role  escalation.Role `json:"role"`
	Count int             `json:"count"`
	Last  string          `json:"last"`
	At    time.Time       `json:"at,omitzero"`
}

type stateView struct {
	Clock     clockView      `json:"clock"`
	Petitions []petitionView `json:"petitions"`
	Handsets  []handsetView  `json:"handsets"`
	Tasks     []taskView     `json:"tasks"`
}

type taskView struct {
	Kind escalation.TaskKind `json:"kind"`
	Text string              `json:"text"`
	For  escalation.Role     `json:"for"`
	At   time.Time           `json:"at"`
}

func (t *Town) getState(r *http.Request) (any, error) {
	ctx := r.Context()
	clock, err := t.clock(ctx)
	if err != nil {
		return nil, err
	}
	petitions, err := t.listPetitions(ctx, clock.Now)
	if err != nil {
		return nil, err
	}
	handsets, err := t.listHandsets(ctx)
	if err != nil {
		return nil, err
	}
	chores, err := t.archive.tasks(ctx, 0)
	if err != nil {
		return nil, err
	}
	tasks := []taskView{}
	for _, c := range slices.Backward(chores) {
		if c.DoneAt == 0 {
			tasks = append(tasks, taskView{c.Kind, c.Text, c.For, c.OpenedAt.time()})
		}
	}
	return stateView{clock, petitions, handsets, tasks}, nil
}

func (t *Town) clock(ctx context.Context) (clockView, error) {
	t.mu.Lock() // a jump ends with its speed: both are read at once
	defer t.mu.Unlock()
	now, speed, err := t.service.Store.SimNow(ctx)
	if err != nil {
		return clockView{}, err
	}
	now = at("1/1 00:00").Add(now.Sub(at("1/1 00:00"))) // in the city's zone
	v := clockView{Now: now, Text: longText(now), Speed: speed, Working: t.service.Calendar.Working(now)}
	if !t.skip.to.IsZero() {
		v.Skip, v.Speed = longText(t.skip.to), t.skip.speed
	}
	return v, nil
}

func longText(t time.Time) string {
	days := [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}
	return days[t.Weekday()] + t.Format(" 02/01/2006 15:04")
}

func (t *Town) listPetitions(ctx context.Context, now time.Time) ([]petitionView, error) {
	petitions, err := t.archive.petitions(ctx, "")
	if err != nil {
		return nil, err
	}
	rungs, err := t.archive.rungs(ctx, 0)
	if err != nil {
		return nil, err
	}
	next := map[int64]step{}
	for _, r := range rungs {
		if before, ok := next[r.Petition]; r.State == escalation.Armed && (!ok || r.Due < before.Due) {
			next[r.Petition] = r
		}
	}
	list := []petitionView{}
	for _, p := range slices.Backward(petitions) {
		v := t.viewPetition(p)
		if r, ok := next[p.ID]; ok {
			d := t.viewDeadline(r, now)
			v.Next = &d
		}
		list = append(list, v)
	}
	return list, nil
}

func (t *Town) viewPetition(p escalation.Petition) petitionView {
	v := petitionView{
		Code: p.Code, Token: p.Token, Status: p.Status, Label: p.Status.Label(), Summary: p.Summary, Urgent: p.Urgent,
		Confidential: p.Confidential, WasEscalated: p.WasEscalated, WasOverdue: p.WasOverdue, Ended: p.Status.Ended(),
	}
	if p.Denunciation { // locked to shift leads (Đ1.2)
		v.Summary = lockedContent
	}
	if p.WaitsFor != "" {
		v.WaitsFor = roleName(p.WaitsFor)
	}
	if lead := p.LastLead(); lead != nil {
		v.Unit = t.unitName(lead.Unit)
	}
	return v
}

// lockedContent stands for what only a shift lead may read.
const lockedContent = "Tin tố giác: chỉ trưởng ca được xem nội dung"

func (t *Town) unitName(code string) string {
	for _, u := range t.units {
		if u.Code == code {
			return u.Name
		}
	}
	return code
}

func (t *Town) viewDeadline(r step, now time.Time) deadlineView {
	v := deadlineView{Rung: r.Name, Label: rungLabel(r.Name), Due: r.Due.time(), FiredAt: r.FiredAt.time(), State: r.State}
	if r.State == escalation.Armed {
		left := t.service.Calendar.Between(now, v.Due)
		v.Left, v.Soon = escalation.SpanText(left), left <= time.Hour
	}
	return v
}

// rungLabel says in a few words what a deadline is.
func rungLabel(name escalation.RungName) string {
	labels := map[escalation.RungName]string{
		escalation.RungIntake: "Mở xem phản ánh", escalation.RungClarify: "Quyết định hướng xử lý", escalation.RungSlip: "Phiếu chuyển",
		escalation.RungNudge: "Nhắc xác nhận", escalation.RungUnacknowledged: "Chưa xác nhận: gọi", escalation.RungFocalReminder: "Nhắc đầu mối",
		escalation.RungHead: "8 giờ: Thủ trưởng", escalation.RungHeadReminder: "Nhắc Thủ trưởng", escalation.RungOverdue: "48 giờ: UBND thành phố",
		escalation.RungCooperate: "Ý kiến phối hợp", escalation.RungReturnDecision: "Quyết định trả lại", escalation.RungETA: "Giờ hẹn",
		escalation.RungSupplement: "Nhắc bổ sung", escalation.RungSupplementEnd: "Hết hạn bổ sung", escalation.RungEmergency: "Hỏi kết quả khẩn cấp",
		escalation.RungPublish: "Công khai kết quả", escalation.RungWrittenReminder: "Nhắc hồ sơ văn bản", escalation.RungWrittenFile: "Hồ sơ văn bản (Đ9.6)",
		escalation.RungExplainReminder: "Nhắc giải trình", escalation.RungExplain: "Giải trình (Đ9.6)",
		escalation.RungOffice: "Văn phòng phân công", escalation.RungDirective: "Hạn chỉ đạo", escalation.RungResume: "Hết tạm dừng",
		escalation.RungRatingAsk: "Mời đánh giá", escalation.RungRating: "Hết thời gian đánh giá",
	}
	return cmp.Or(labels[name], string(name))
}

func roleName(r escalation.Role) string {
	names := map[escalation.Role]string{
		escalation.Focal: "Cán bộ đầu mối", escalation.Deputy: "Người thay", escalation.Head: "Thủ trưởng", escalation.Leader: "Lãnh đạo",
		escalation.Duty: "Trực ban", escalation.Office: "Văn phòng UBND TP", escalation.CityLeader: "Lãnh đạo UBND TP",
		escalation.ShiftLead: "Trưởng ca 1022", escalation.Operator: "Tổng đài viên", escalation.System: "1022", escalation.Administrator: "Quản trị 1022", escalation.CitizenRole: "Người dân",
	}
	return cmp.Or(names[r], string(r))
}

// phone is a handset as the town knows it.
type phone struct {
	handsetView
	number string // E.164
}

// phones lists every handset of somebody: one for each number.
func (t *Town) phones() []phone {
	var list []phone
	known := map[string]bool{}
	add := func(id, number, name, what string, role escalation.Role) {
		if number == "" || known[number] || !Numbering().Textable(number) {
			return
		}
		known[number] = true
		list = append(list, phone{handsetView{ID: id, Name: name, What: what, Role: role}, number})
	}
	for _, c := range t.people {
		what := roleName(c.Role)
		if c.Unit != "" && c.Role != escalation.Office && c.Role != escalation.CityLeader {
			what += " · " + t.unitName(c.Unit)
		}
		add(fmt.Sprintf("contact-%d", c.ID), c.Phone, c.Name, what, c.Role)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, h := range t.homes {
		add(fmt.Sprintf("citizen-%d", id), h.phone, h.name, roleName(escalation.CitizenRole), escalation.CitizenRole)
	}
	return list
}

func (t *Town) listHandsets(ctx context.Context) ([]handsetView, error) {
	lines, err := t.archive.lines(ctx, "")
	if err != nil {
		return nil, err
	}
	last, count := map[string]line{}, map[string]int{}
	for _, l := range lines {
		count[l.Phone]++
		last[l.Phone] = l
	}
	list := []handsetView{}
	for _, p := range t.phones() {
		p.Count, p.Last, p.At = count[p.number], last[p.number].Text, last[p.number].At.time()
		list = append(list, p.handsetView)
	}
	slices.SortFunc(list, func(a, b handsetView) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.What, b.What), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// line is a text of a conversation: Out went to the phone, else it came from it.
type line struct {
	Phone    string `db:"phone" json:"-"`
	Out      bool   `db:"out" json:"out"`
	Text     string `db:"text" json:"text"`
	Template string `db:"template" json:"template,omitempty"`
	State    string `db:"state" json:"state,omitempty"`
	At       micro  `db:"at" json:"-"`
	ID       int64  `db:"id" json:"-"`
}

// lines lists the texts of one phone, of all when it is empty, oldest first.
func (a *archive) lines(ctx context.Context, phone string) ([]line, error) {
	var rows []line
	err := a.db.SelectContext(ctx, &rows, `
		SELECT phone, 1 AS out, text, template, state, CASE WHEN sent_at > 0 THEN sent_at ELSE at END AS at, id FROM message
			WHERE state IN ('accepted', 'delivered') AND ? IN ('', phone)
		UNION ALL
		SELECT phone, 0, text, '', outcome, read_at, id FROM inbox WHERE ? IN ('', phone)
		ORDER BY at, id`, phone, phone)
	if err != nil {
		return nil, fmt.Errorf("read the texts of a handset: %w", err)
	}
	return rows, nil
}
