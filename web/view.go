package web

import (
	"slices"
	"time"

	"notify1022/escalation"
)

// PetitionView is a petition as the API shows it to one caller. What the caller
// may not see is left out.
type PetitionView struct {
	Code    string             `json:"code"`
	Version int64              `json:"version"`
	Status  escalation.Status  `json:"status"`
	Label   string             `json:"status_label"`
	Link    string             `json:"link,omitempty" doc:"trang theo dõi của người dân; chỉ tổng đài thấy"`
	Channel escalation.Channel `json:"channel"`
	Kind    int                `json:"kind"`
	Citizen *CitizenView       `json:"citizen,omitempty"`
	Content string             `json:"content"`
	Summary string             `json:"summary"`
	Field   string             `json:"field"`
	Area    string             `json:"area"`
	Units   []string           `json:"units,omitempty"`
	Exclude []int64            `json:"exclude,omitempty"`

	ReceivedAt time.Time `json:"received_at"`
	CalledAt   time.Time `json:"called_at,omitzero"`
	RecordedAt time.Time `json:"recorded_at"`

	Confidential    bool `json:"confidential"`
	PublishConsent  bool `json:"publish_consent"`
	Urgent          bool `json:"urgent"`
	Denunciation    bool `json:"denunciation"`
	AlreadyDirected bool `json:"already_directed"`
	WasOverdue      bool `json:"was_overdue"`
	WasEscalated    bool `json:"was_escalated"`

	Slips     []SlipView             `json:"slips"`
	ETA       time.Time              `json:"eta,omitzero"`
	ETAs      []escalation.ETA       `json:"etas,omitempty"`
	Result    *escalation.Result     `json:"result,omitempty"`
	Results   []escalation.Result    `json:"results,omitempty"`
	Answer    string                 `json:"answer,omitempty"`
	Rejection *escalation.Rejection  `json:"rejection,omitempty"`
	Emergency *escalation.Emergency  `json:"emergency,omitempty"`
	Return    *escalation.Return     `json:"return,omitempty"`
	Clarify   *escalation.Clarify    `json:"clarify,omitempty"`
	Hold      *escalation.Hold       `json:"hold,omitempty"`
	Dispute   *escalation.Dispute    `json:"dispute,omitempty"`
	Written   *escalation.Written    `json:"written,omitempty"`
	PastFiles []escalation.Written   `json:"written_past,omitempty" doc:"các hồ sơ Đ9.6 trước"`
	Directed  []escalation.Directive `json:"directives,omitempty"`
	Rating    *escalation.Rating     `json:"rating,omitempty"`
	Published string                 `json:"published,omitempty"`
	Shown     string                 `json:"public_content,omitempty" doc:"nội dung phản ánh như đã công khai; trống: tóm tắt"`
	ShownArea string                 `json:"public_area,omitempty" doc:"địa bàn như đã công khai; trống: địa bàn đã bỏ số nhà"`
	ClosedAt  time.Time              `json:"closed_at,omitzero"`
	ClosedFor string                 `json:"closed_for,omitempty"`
	MergedIn  string                 `json:"merged_into,omitempty"`
	Followers []string               `json:"followers,omitempty" doc:"mã các phản ánh đã gộp vào"`
	WaitsFor  escalation.Role        `json:"waits_for,omitempty"`
	Policy    string                 `json:"policy"`
	Calendar  string                 `json:"calendar"`
	Deadlines []Deadline             `json:"deadlines"`
	Timeline  []TimelineEntry        `json:"timeline,omitzero" doc:"chỉ khi đọc một phản ánh"`
	Messages  []MessageView          `json:"messages,omitzero" doc:"chỉ khi đọc một phản ánh"`
}

// CitizenView is the citizen: whole for the hotline, masked for others.
type CitizenView struct {
	Name         string `json:"name,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Email        string `json:"email,omitempty"`
	Address      string `json:"address,omitempty"`
	Organisation bool   `json:"organisation"`
}

// SlipView is a forwarding slip. Link carries its authority: the hotline and the
// unit itself see it.
type SlipView struct {
	No             int       `json:"no"`
	Unit           string    `json:"unit"`
	Lead           bool      `json:"lead"`
	Round          int       `json:"round"`
	Link           string    `json:"link,omitempty"`
	Note           string    `json:"note,omitempty"`
	ForwardedAt    time.Time `json:"forwarded_at"`
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string    `json:"acknowledged_by,omitempty"`
	Assignee       int64     `json:"assignee,omitempty"`
	Opinion        string    `json:"opinion,omitempty"`
	OpinionAt      time.Time `json:"opinion_at,omitzero"`
	EndedAt        time.Time `json:"ended_at,omitzero"`
	EndedFor       string    `json:"ended_for,omitempty"`
	MovedTo        string    `json:"moved_to,omitempty"`
}

// Deadline is a rung of a round; FiredAt is null until it fires.
type Deadline struct {
	Rung        escalation.RungName   `json:"rung"`
	Ladder      escalation.LadderName `json:"ladder"`
	Round       int                   `json:"round"`
	Slip        int                   `json:"slip,omitempty"`
	Due         time.Time             `json:"due"`
	FiredAt     *time.Time            `json:"fired_at" nullable:"true"`
	State       escalation.RungState  `json:"state"`
	Basis       string                `json:"basis"`
	Provisional bool                  `json:"provisional,omitempty"`
}

// TimelineEntry is one line of the timeline. Detail is text that may hold
// personal data; the hotline alone sees it.
type TimelineEntry struct {
	Seq     int                `json:"seq"`
	At      time.Time          `json:"at"`
	Actor   string             `json:"actor"`
	Role    escalation.Role    `json:"role"`
	Channel escalation.Channel `json:"channel"`
	Action  string             `json:"action"`
	Text    string             `json:"text"`
	Status  escalation.Status  `json:"status"`
	Detail  string             `json:"detail,omitempty"`
	Hash    string             `json:"hash"`
}

// view shows a petition to a caller, without timeline and messages.
func (a *api) view(who caller, r Record) PetitionView {
	p := r.Petition
	v := PetitionView{
		Code: p.Code, Version: p.Version, Status: p.Status, Label: p.Status.Label(), Channel: p.Channel, Kind: p.Kind,
		Citizen: citizenFor(who, p), Content: a.contentFor(who, p), Summary: p.Summary, Field: p.Field, Area: p.Area,
		Units: p.Units, Exclude: p.Exclude, ReceivedAt: p.ReceivedAt, CalledAt: p.CalledAt, RecordedAt: p.RecordedAt,
		Confidential: p.Confidential, PublishConsent: p.PublishConsent, Urgent: p.Urgent, Denunciation: p.Denunciation,
		AlreadyDirected: p.AlreadyDirected, WasOverdue: p.WasOverdue, WasEscalated: p.WasEscalated,
		Slips: a.slips(who, p), ETA: p.ETA, ETAs: p.ETAs, Result: p.Result, Results: p.Results, Answer: p.Answer,
		Rejection: p.Rejection, Emergency: p.Emergency, Return: p.Return, Clarify: p.Clarify, Hold: p.Hold,
		Dispute: p.Dispute, Written: p.Written, PastFiles: p.WrittenPast, Directed: p.Directives, Rating: p.Rating, Published: p.Published, Shown: p.PublicContent, ShownArea: p.PublicArea, ClosedAt: p.ClosedAt,
		ClosedFor: p.ClosedFor, MergedIn: p.MergedInto, WaitsFor: p.WaitsFor, Policy: p.Policy, Calendar: p.Calendar,
		Deadlines: deadlines(p),
	}
	for _, f := range p.Followers {
		v.Followers = append(v.Followers, f.Code)
	}
	if who.staff() {
		v.Link = a.citizenLink(p)
	} else {
		v.concealFrom(p, a)
	}
	if p.Closed(who.Role) {
		v.lock()
	}
	return v
}

// concealFrom takes the citizen's own strings out of whatever people have typed, so
// that a field holds them for the hotline alone. The test of this walks all fields of a
// petition: a new one is concealed here, or declared to hold no typed words there.
func (v *PetitionView) concealFrom(p escalation.Petition, a *api) {
	hide := func(s string) string { return concealFor(p, s) }
	told := func(s string) string { return a.toldTo(p, s) }
	v.Answer, v.Published = hide(p.Answer), hide(p.Published)
	v.Summary, v.Shown, v.ShownArea, v.Field, v.Area = told(p.Summary), told(p.PublicContent), told(p.PublicArea), told(p.Field), a.areaFor(p)
	v.Result, v.Results = concealedResult(p.Result, hide), nil
	for _, r := range p.Results {
		v.Results = append(v.Results, *concealedResult(&r, hide))
	}
	v.Rejection = concealed(p.Rejection, func(r *escalation.Rejection) { r.Reason, r.Guidance = hide(r.Reason), hide(r.Guidance) })
	v.Emergency = concealed(p.Emergency, func(e *escalation.Emergency) { e.To, e.Outcome = hide(e.To), hide(e.Outcome) })
	v.Return = concealed(p.Return, func(r *escalation.Return) { r.Reason, r.By = hide(r.Reason), hide(r.By) })
	v.Clarify = concealed(p.Clarify, func(c *escalation.Clarify) { c.Missing = hide(c.Missing) })
	v.Hold = concealed(p.Hold, func(h *escalation.Hold) { h.Reason = hide(h.Reason) })
	v.Dispute = concealed(p.Dispute, func(d *escalation.Dispute) { d.Reason, d.Why, d.By = told(d.Reason), told(d.Why), hide(d.By) })
	v.Written, v.PastFiles = concealedFile(p.Written, hide), nil
	for _, w := range p.WrittenPast {
		v.PastFiles = append(v.PastFiles, *concealedFile(&w, hide))
	}
	v.Directed = slices.Clone(p.Directives)
	for i := range v.Directed {
		d := &v.Directed[i]
		d.Leader, d.Text, d.DocumentNo, d.DocumentDate = hide(d.Leader), hide(d.Text), hide(d.DocumentNo), hide(d.DocumentDate)
	}
	v.Rating = concealed(p.Rating, func(r *escalation.Rating) { r.Comment = told(r.Comment) })
	v.ETAs = slices.Clone(p.ETAs)
	for i := range v.ETAs {
		v.ETAs[i].Reason, v.ETAs[i].By = hide(v.ETAs[i].Reason), hide(v.ETAs[i].By)
	}
	for i := range v.Slips {
		s := &v.Slips[i]
		s.Note, s.Opinion, s.AcknowledgedBy = hide(s.Note), hide(s.Opinion), hide(s.AcknowledgedBy)
	}
}

// concealed is a copy without what hide takes out; nil of nil.
func concealed[T any](of *T, hide func(*T)) *T {
	if of == nil {
		return nil
	}
	c := *of
	hide(&c)
	return &c
}

func concealedResult(r *escalation.Result, hide func(string) string) *escalation.Result {
	return concealed(r, func(r *escalation.Result) {
		r.Text, r.SentBack, r.By, r.CitizenAnswered = hide(r.Text), hide(r.SentBack), hide(r.By), hide(r.CitizenAnswered)
		r.DocumentNo, r.DocumentDate = hide(r.DocumentNo), hide(r.DocumentDate)
	})
}

func concealedFile(w *escalation.Written, hide func(string) string) *escalation.Written {
	return concealed(w, func(w *escalation.Written) {
		w.Reason, w.SentBy, w.DocumentNo, w.DocumentDate = hide(w.Reason), hide(w.SentBy), hide(w.DocumentNo), hide(w.DocumentDate)
		w.Explanations = slices.Clone(w.Explanations)
		for i := range w.Explanations {
			e := &w.Explanations[i]
			e.Ask, e.AskedBy, e.Text, e.By = hide(e.Ask), hide(e.AskedBy), hide(e.Text), hide(e.By)
			e.DocumentNo, e.DocumentDate = hide(e.DocumentNo), hide(e.DocumentDate)
		}
	})
}

// areaFor is the place of the matter as a unit reads it. It is what the work needs, so
// a confidential petition has it too, without house numbers, names and the citizen's
// own address: who lives at the place is not said. A denunciation has none.
func (a *api) areaFor(p escalation.Petition) string {
	switch c := p.Citizen; {
	case p.Denunciation:
		return ""
	case p.Confidential:
		return a.Redact(p.Area, c.Name, c.Phone, c.Email, c.Address)
	}
	return a.toldTo(p, p.Area)
}

// lock leaves of a denunciation what the clocks need.
func (v *PetitionView) lock() {
	v.Content, v.Summary, v.Field, v.Area, v.Answer, v.Published, v.Shown, v.ShownArea = "", "", "", "", "", "", "", ""
	v.Citizen, v.Result, v.Results, v.Clarify, v.Dispute, v.Rating, v.Emergency = nil, nil, nil, nil, nil, nil, nil
	v.Rejection, v.Return, v.Hold, v.Written, v.PastFiles, v.ETAs, v.Directed = nil, nil, nil, nil, nil, nil, nil
	v.Link, v.Exclude = "", nil
	for i := range v.Slips {
		v.Slips[i].Note, v.Slips[i].Opinion, v.Slips[i].Link = "", "", ""
	}
}

// citizenFor is who made the petition, as far as the caller may know it.
func citizenFor(who caller, p escalation.Petition) *CitizenView {
	c := p.Citizen
	switch {
	case who.staff():
		return &CitizenView{Name: c.Name, Phone: c.Phone, Email: c.Email, Address: c.Address, Organisation: c.Organisation}
	case p.Confidential:
		return nil
	case c.Phone == "":
		return &CitizenView{Organisation: c.Organisation}
	}
	return &CitizenView{Phone: escalation.MaskPhone(c.Phone), Organisation: c.Organisation}
}

func (a *api) contentFor(who caller, p escalation.Petition) string {
	if who.staff() {
		return p.Content
	}
	return a.unitContent(p)
}

// unitContent is what a unit reads: the whole content without the citizen's own
// strings, of a confidential petition what the redactor leaves, of a
// denunciation nothing.
func (a *api) unitContent(p escalation.Petition) string {
	switch {
	case p.Denunciation:
		return ""
	case p.Confidential:
		c := p.Citizen
		return a.Redact(p.Content, c.Name, c.Phone, c.Email, c.Address)
	}
	return a.toldTo(p, p.Content)
}

func (a *api) slips(who caller, p escalation.Petition) []SlipView {
	list := make([]SlipView, 0, len(p.Slips))
	for _, s := range p.Slips {
		v := SlipView{
			No: s.No, Unit: s.Unit, Lead: s.Lead, Round: s.Round, Note: s.Note, ForwardedAt: s.ForwardedAt,
			AcknowledgedAt: s.AcknowledgedAt, AcknowledgedBy: s.AcknowledgedBy, Assignee: s.Assignee,
			Opinion: s.Opinion, OpinionAt: s.OpinionAt, EndedAt: s.EndedAt, EndedFor: s.EndedFor, MovedTo: s.MovedTo,
		}
		if who.staff() || who.ofUnit() && who.Unit == s.Unit {
			v.Link = a.PublicURL + "/p/" + s.Token
		}
		list = append(list, v)
	}
	return list
}

func (a *api) citizenLink(p escalation.Petition) string { return a.PublicURL + "/t/" + p.Token }

func deadlines(p escalation.Petition) []Deadline {
	list := make([]Deadline, 0, len(p.Rungs))
	for _, r := range p.Rungs {
		d := Deadline{Rung: r.Name, Ladder: r.Ladder, Round: r.Round, Slip: r.Slip, Due: r.Due, State: r.State,
			Basis: r.Basis, Provisional: r.Provisional}
		if !r.FiredAt.IsZero() {
			at := r.FiredAt
			d.FiredAt = &at
		}
		list = append(list, d)
	}
	return list
}

func timeline(who caller, r Record) []TimelineEntry {
	list := make([]TimelineEntry, 0, len(r.Timeline))
	locked := r.Petition.Closed(who.Role)
	for _, e := range r.Timeline {
		t := TimelineEntry{Seq: e.Seq, At: e.At, Actor: e.Actor, Role: e.Role, Channel: e.Channel, Action: e.Action,
			Text: e.Text, Status: e.Status, Hash: e.Hash}
		switch {
		case locked:
			t.Text = ""
		case who.staff():
			t.Detail = e.Private
		default:
			t.Text, t.Actor = concealFor(r.Petition, e.Text), concealFor(r.Petition, e.Actor)
		}
		list = append(list, t)
	}
	return list
}
