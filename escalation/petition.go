package escalation

import (
	"slices"
	"time"
)

// Citizen is who made the petition (tổ chức, cá nhân). It is personal data and
// lives in a row of its own that can be erased (DESIGN "citizens' data stay home").
type Citizen struct {
	Name         string `json:"name"`
	Phone        string `json:"phone"` // E.164, landlines included; empty: none
	Email        string `json:"email"`
	Address      string `json:"address"`
	Organisation bool   `json:"organisation"`
}

// Salutation is how the citizen is addressed in a text: {xh}.
func (c Citizen) Salutation() string {
	if c.Organisation {
		return "Quý đơn vị"
	}
	return "Ông/Bà"
}

// Petition is a petition (phản ánh, kiến nghị) as a value: Apply takes one and
// gives the next. The zero value is no petition.
type Petition struct {
	ID    int64  `json:"id"`
	Code  string `json:"code"` // HPyymmdd-NNNN
	Token string `json:"token"`
	// ViewToken is of the page for the Office and the hotline: it shows the slip and
	// may do nothing. A slip's own token is the unit\'s authority.
	ViewToken string   `json:"view_token"`
	Version   int64    `json:"version"`
	Status    Status   `json:"status"`
	Channel   Channel  `json:"channel"`
	Kind      int      `json:"kind"` // Đ5: 1 infrastructure … 5 administrative procedures
	Citizen   Citizen  `json:"-"`
	Content   string   `json:"content"`
	Summary   string   `json:"summary"` // content without personal data, fit for an SMS
	Field     string   `json:"field"`
	Area      string   `json:"area"`
	Units     []string `json:"units,omitempty"` // units the operator or the citizen proposed
	Exclude   []int64  `json:"exclude,omitempty"`

	ReceivedAt time.Time `json:"received_at"` // starts Đ8.3, Đ9.6; may be set back to when a letter arrived
	CalledAt   time.Time `json:"called_at,omitzero"`
	RecordedAt time.Time `json:"recorded_at"`

	Confidential    bool `json:"confidential"`
	PublishConsent  bool `json:"publish_consent"`
	Urgent          bool `json:"urgent"`
	Denunciation    bool `json:"denunciation"` // locked to shift leads (Đ1.2)
	AlreadyDirected bool `json:"already_directed"`

	WasOverdue   bool `json:"was_overdue"` // stays for ever
	WasEscalated bool `json:"was_escalated"`

	Rounds int `json:"rounds"` // last round number given
	// LastReopen is the round number at the last reopening: what fired before it
	// does not bind the new course.
	LastReopen int    `json:"last_reopen,omitempty"`
	Slips      []Slip `json:"slips,omitempty"`
	Rungs      []Rung `json:"-"`
	// FirstForwardedAt is the instant from which 40 and 48 h count for every unit after the first.
	FirstForwardedAt time.Time `json:"first_forwarded_at,omitzero"`
	HeadNotifiedAt   time.Time `json:"head_notified_at,omitzero"`

	ETA       time.Time  `json:"eta,omitzero"`
	ETAs      []ETA      `json:"etas,omitempty"`
	Result    *Result    `json:"result,omitempty"`
	Results   []Result   `json:"results,omitempty"` // earlier ones: sent back, reopened
	Answer    string     `json:"answer,omitempty"`  // answered directly (Đ9.1)
	Rejection *Rejection `json:"rejection,omitempty"`
	Emergency *Emergency `json:"emergency,omitempty"`
	Return    *Return    `json:"return,omitempty"` // waiting for 1022's decision
	// ReturnsWaiting are decided after Return, in this order: those of other units.
	ReturnsWaiting []Return `json:"returns_waiting,omitempty"`
	Returns        int      `json:"returns"` // accepted ones
	Clarify        *Clarify `json:"clarify,omitempty"`
	// SaidAnswered is the lead's round in which the citizen said that the unit has answered.
	SaidAnswered int      `json:"said_answered,omitempty"`
	Hold         *Hold    `json:"hold,omitempty"`
	Dispute      *Dispute `json:"dispute,omitempty"`
	Written      *Written `json:"written,omitempty"` // the present file of Đ9.6
	// WrittenPast are the files before it, also of earlier courses.
	WrittenPast []Written `json:"written_past,omitempty"`
	// Directives are those of the city's leaders, the latest last; also of earlier courses.
	Directives []Directive `json:"directives,omitempty"`
	Rating     *Rating     `json:"rating,omitempty"`
	Ratings    []Rating    `json:"ratings,omitempty"`   // votes on earlier answers
	Published  string      `json:"published,omitempty"` // the public wording of the result
	// PublicContent is what the operator made public of the petition itself; empty: the
	// summary, by rule.
	PublicContent string `json:"public_content,omitempty"`
	// PublicArea is the place as the operator made it public; empty: the area without house
	// numbers, by rule.
	PublicArea string    `json:"public_area,omitempty"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	ClosedFor  string    `json:"closed_for,omitempty"`

	// StatusBefore is the status in which the lead asked to return the petition.
	StatusBefore Status `json:"status_before,omitempty"`

	MergedInto string     `json:"merged_into,omitempty"`
	Followers  []Follower `json:"followers,omitempty"` // merged petitions whose citizens follow this one

	WaitsFor Role `json:"waits_for,omitempty"` // the named person while no rung is armed

	// Commendations are the proposals for reward (Đ17.7, Đ20).
	Commendations []Commendation `json:"commendations,omitempty"`
	// Holds are the pauses that the Office ordered and that are over, for reports.
	Holds []Held `json:"holds,omitempty"`
	// What reports need besides (Facts). All of it is of the present course.
	AskedAt time.Time `json:"asked_at,omitzero"` // 1022 first asked the citizen (Đ8.3)
	// AskedAgain is when it first did so each time that it had the petition back from a unit.
	AskedAgain  []time.Time `json:"asked_again,omitempty"`
	PublishedAt time.Time   `json:"published_at,omitzero"` // the answer was published (Đ11.1)
	Course      Course      `json:"course,omitzero"`

	// Policy and Calendar are the versions under which the last change was decided.
	Policy   string `json:"policy"`
	Calendar string `json:"calendar"`

	Seq  int    `json:"seq"`  // of the last timeline entry
	Hash string `json:"hash"` // of the last timeline entry
}

// Slip is a forwarding slip (phiếu chuyển) to one unit.
type Slip struct {
	No             int       `json:"no"` // 1, 2, … within the petition
	Unit           string    `json:"unit"`
	Lead           bool      `json:"lead"` // chủ trì; else phối hợp
	Round          int       `json:"round"`
	Token          string    `json:"token"` // of the slip page
	Note           string    `json:"note,omitempty"`
	ForwardedAt    time.Time `json:"forwarded_at"`
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string    `json:"acknowledged_by,omitempty"`
	// FirstAcknowledgedAt is when somebody acknowledged whose successor is asked anew, and
	// FirstAcknowledgedBy who that was; empty with a time: of before it was noted.
	FirstAcknowledgedAt time.Time `json:"first_acknowledged_at,omitzero"`
	FirstAcknowledgedBy string    `json:"first_acknowledged_by,omitempty"`
	// Officer is whose work it is in reports: whom the unit has named (Đ17.4), else who of it
	// acted first, and until then (not Taken) whom 1022 spoke to or its text went to. Empty: the
	// unit has nobody, or of before this was noted.
	Officer string `json:"officer,omitempty"`
	Taken   bool   `json:"taken,omitempty"`
	// HeadAcknowledgedAt is when the head of the unit answered H1; the officer's
	// own acknowledgement does not speak for the head.
	HeadAcknowledgedAt time.Time `json:"head_acknowledged_at,omitzero"`
	Assignee           int64     `json:"assignee,omitempty"` // contact inside the unit (Đ17.4)
	AskedCitizen       bool      `json:"asked_citizen"`      // once only (Đ18.1)
	Opinion            string    `json:"opinion,omitempty"`  // of a co-operating unit
	OpinionAt          time.Time `json:"opinion_at,omitzero"`
	// OfficeSince is since when the Office had it that has named this unit (Đ9.5).
	OfficeSince time.Time `json:"office_since,omitzero"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
	EndedFor    string    `json:"ended_for,omitempty"` // returned, reassigned, result, withdrawn, merged, closed …
	MovedTo     string    `json:"moved_to,omitempty"`  // unit that has it now
}

// Open reports whether the unit still works on it.
func (s Slip) Open() bool { return s.EndedAt.IsZero() }

// ETA is a promised time (Đ9.3). New promises are added, none is overwritten.
type ETA struct {
	At       time.Time `json:"at"`
	Reason   string    `json:"reason,omitempty"`
	GivenAt  time.Time `json:"given_at"`
	By       string    `json:"by"`
	Round    int       `json:"round"`
	Agreed   bool      `json:"agreed"` // the citizen was told
	Missed   bool      `json:"missed"`
	Replaced bool      `json:"replaced"`
}

// Result is the unit's answer (Đ9.3, Đ9.4). Only its text stops the clock.
type Result struct {
	Text            string    `json:"text"`
	DocumentNo      string    `json:"document_no,omitempty"`
	DocumentDate    string    `json:"document_date,omitempty"`
	UnitURL         string    `json:"unit_url,omitempty"` // Đ11.3
	CitizenAnswered string    `json:"citizen_answered,omitempty"`
	Unit            string    `json:"unit"`
	Slip            int       `json:"slip,omitempty"` // 0: no unit's, or of before this was noted
	By              string    `json:"by"`
	Channel         Channel   `json:"channel"`
	At              time.Time `json:"at"`        // by its receipt
	Confirmed       bool      `json:"confirmed"` // an operator has checked it
	Late            bool      `json:"late"`      // after the 48 h
	SentBack        string    `json:"sent_back,omitempty"`
	SentBackAt      time.Time `json:"sent_back_at,omitzero"`
}

// Rejection is why the petition was not accepted and where to go (Đ8.2).
type Rejection struct {
	Reason   string    `json:"reason"`
	Guidance string    `json:"guidance"`
	At       time.Time `json:"at"`
}

// Emergency is the log of a transferred call (Đ9.1).
type Emergency struct {
	To      string    `json:"to"`
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome,omitempty"`
}

// Return is a unit's request to hand the petition back.
type Return struct {
	Unit   string    `json:"unit"`
	Slip   int       `json:"slip"`
	Reason string    `json:"reason"`
	To     string    `json:"to,omitempty"` // the unit it proposes
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Clarify is what the citizen was asked to add (Đ8.3; by a unit once, Đ18.1).
type Clarify struct {
	Missing string    `json:"missing"`
	At      time.Time `json:"at"`
	Due     time.Time `json:"due"`
	Unit    string    `json:"unit,omitempty"` // empty: 1022 asks
	// Pauses: the unit's clock stands meanwhile, by the policy of then.
	Pauses bool `json:"pauses,omitempty"`
}

// Hold is a pause of the result clock that only the City Office may order.
type Hold struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
}

// Held is a pause that is over.
type Held struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Dispute is a matter for the City Office (Đ9.5).
type Dispute struct {
	Reason string    `json:"reason"`
	Why    string    `json:"why"` // the wording of V3: {ly_do}
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// Since is when the Office took it, which was before At where the Office had it already
	// when another dispute came. Zero, in documents of before: At.
	Since time.Time `json:"since,omitzero"`
}

func (d *Dispute) since() time.Time {
	if d.Since.IsZero() {
		return d.At
	}
	return d.Since
}

// Directive is what the city's leaders ask for (Đ9.4–9.6), without personal data.
type Directive struct {
	Leader       string    `json:"leader"`
	Text         string    `json:"text"`
	DocumentNo   string    `json:"document_no,omitempty"`
	DocumentDate string    `json:"document_date,omitempty"`
	Unit         string    `json:"unit"`
	At           time.Time `json:"at"`
	Due          time.Time `json:"due"`
}

// Follower is a merged petition whose citizen gets this petition's texts.
type Follower struct {
	ID           int64  `json:"id"`
	Code         string `json:"code"`
	Token        string `json:"token"`
	Organisation bool   `json:"organisation,omitempty"` // how its citizen is addressed
	NoText       bool   `json:"no_text,omitempty"`      // no number, or one that cannot be texted
	HasEmail     bool   `json:"has_email,omitempty"`    // can be written to
	// Rating is this citizen's own; the petition's Rating is its own citizen's.
	Rating *Rating `json:"rating,omitempty"`
}

// Lead returns the open lead slip, nil when no unit leads.
func (p *Petition) Lead() *Slip {
	for i := range p.Slips {
		if p.Slips[i].Lead && p.Slips[i].Open() {
			return &p.Slips[i]
		}
	}
	return nil
}

// Public reports whether the petition's answer may be shown to everybody: it is
// published and not in dispute, its citizen agreed, and nothing about it is secret
// (Đ12.1, Đ7.3).
func (p *Petition) Public() bool {
	return (p.Status == Published || p.Status == Closed) && p.Published != "" && p.PublishConsent && !p.Confidential && !p.Denunciation
}

// With1022 reports whether the hotline itself has to decide what becomes of the
// petition: no unit and no Office has it, whether its limit has passed or not.
func (p *Petition) With1022() bool {
	switch p.Status {
	case Received, AwaitingInfo:
		return true
	case Overdue:
		return p.Lead() == nil
	}
	return false
}

// follower finds who follows under the id, nil when nobody does.
func (p *Petition) follower(id int64) *Follower {
	for i := range p.Followers {
		if p.Followers[i].ID == id {
			return &p.Followers[i]
		}
	}
	return nil
}

// LastLead returns the latest lead slip, open or not, nil when there was none.
func (p *Petition) LastLead() *Slip {
	for i := len(p.Slips) - 1; i >= 0; i-- {
		if p.Slips[i].Lead {
			return &p.Slips[i]
		}
	}
	return nil
}

// Slip returns the slip with the number, nil when there is none.
func (p *Petition) Slip(no int) *Slip {
	for i := range p.Slips {
		if p.Slips[i].No == no {
			return &p.Slips[i]
		}
	}
	return nil
}

// SlipOf returns the latest slip of the unit, open ones first, nil when there is none.
func (p *Petition) SlipOf(unit string) *Slip {
	var latest *Slip
	for i := range p.Slips {
		s := &p.Slips[i]
		if s.Unit == unit && (latest == nil || s.Open() || !latest.Open()) {
			latest = s
		}
	}
	return latest
}

// asked reports whether the unit has used its one question to the citizen (Đ18.1),
// on this slip or an earlier one.
func (p *Petition) asked(unit string) bool {
	return slices.ContainsFunc(p.Slips, func(s Slip) bool { return s.Unit == unit && s.AskedCitizen })
}

// Rung returns the latest rung of the name, nil when it was never armed.
func (p *Petition) Rung(name RungName) *Rung {
	for i := len(p.Rungs) - 1; i >= 0; i-- {
		if p.Rungs[i].Name == name {
			return &p.Rungs[i]
		}
	}
	return nil
}

// rungOf returns the rung of the name in a round, nil when that round has none.
func (p *Petition) rungOf(round int, name RungName) *Rung {
	for i := range p.Rungs {
		if r := &p.Rungs[i]; r.Round == round && r.Name == name {
			return r
		}
	}
	return nil
}

// NextDue is the due time of the next armed rung, zero when none is armed.
func (p *Petition) NextDue() time.Time {
	var next time.Time
	for _, r := range p.Rungs {
		if r.State == Armed && (next.IsZero() || r.Due.Before(next)) {
			next = r.Due
		}
	}
	return next
}

// Silent reports a petition that nobody is waiting for: open, no armed rung and
// no named person. It must never happen; the auditor asks the same of SQL.
func (p *Petition) Silent() bool {
	return !p.Status.Ended() && p.NextDue().IsZero() && p.WaitsFor == ""
}

// clone copies the petition so that a refused command changes nothing.
func (p Petition) clone() Petition {
	p.Units = append([]string(nil), p.Units...)
	p.Exclude = append([]int64(nil), p.Exclude...)
	p.Slips = append([]Slip(nil), p.Slips...)
	p.Rungs = append([]Rung(nil), p.Rungs...)
	p.ETAs = append([]ETA(nil), p.ETAs...)
	p.Results = append([]Result(nil), p.Results...)
	p.Ratings = append([]Rating(nil), p.Ratings...)
	p.Followers = append([]Follower(nil), p.Followers...)
	p.Directives = append([]Directive(nil), p.Directives...)
	p.Commendations = append([]Commendation(nil), p.Commendations...)
	p.Holds = append([]Held(nil), p.Holds...)
	p.ReturnsWaiting = append([]Return(nil), p.ReturnsWaiting...)
	p.Course.Past = append([]Fact(nil), p.Course.Past...)
	p.AskedAgain = append([]time.Time(nil), p.AskedAgain...)
	p.Result = copyOf(p.Result)
	p.Return = copyOf(p.Return)
	p.Hold = copyOf(p.Hold)
	p.Clarify = copyOf(p.Clarify)
	p.Dispute = copyOf(p.Dispute)
	if p.Written != nil {
		w := p.Written.clone()
		p.Written = &w
	}
	p.WrittenPast = append([]Written(nil), p.WrittenPast...)
	for i := range p.WrittenPast {
		p.WrittenPast[i] = p.WrittenPast[i].clone()
	}
	p.Rating = copyOf(p.Rating)
	p.Emergency = copyOf(p.Emergency)
	p.Rejection = copyOf(p.Rejection)
	return p
}

func copyOf[T any](v *T) *T {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}
