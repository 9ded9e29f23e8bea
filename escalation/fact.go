package escalation

import "time"

// Outcome is how a turn of a petition ended.
type Outcome int

// The outcomes of a turn; the numbers are stored.
const (
	OutcomeOpen      Outcome = iota // it has not ended
	OutcomeAnswered                 // a result text exists (Đ9.3, Đ9.4)
	OutcomeDirect                   // answered by the operator (Đ9.1)
	OutcomeRejected                 // not accepted (Đ8.2)
	OutcomeWithdrawn                // at the citizen's wish
	OutcomeMerged                   // follows another petition
	OutcomeReturned                 // handed back by the unit
	OutcomeMoved                    // given to another unit, or taken by the Office
)

// Level is who had a petition when it was answered (kết quả của từng cấp, Đ10.1).
type Level int

// The levels of the regulation; the numbers are stored.
const (
	NoLevel       Level = iota // not answered
	OperatorLevel              // tổng đài viên: answered directly, or no unit and no Office had it
	FocalLevel                 // cán bộ đầu mối: before the 8 h had passed
	HeadLevel                  // Thủ trưởng đơn vị: after them
	OfficeLevel                // Văn phòng UBND thành phố (Đ9.5)
)

// Fact is what reports count of one turn of a petition: a stretch in which one
// party owed the answer. The first turn begins with the receipt, a new one with
// each lead unit after the first, with a petition that comes back without a unit,
// and with each reopening. The turns of a petition follow each other, so at any
// instant at most one of them is open.
//
// It is made from the petition's document alone (Facts): the same document gives
// the same rows. Instants are in UTC to the microsecond, zero for what has not
// happened; spans are working time, whole seconds.
type Fact struct {
	// Of the petition, the same in each of its rows. A denunciation has neither
	// field nor area: totals do not need them.
	Petition     int64     `json:"-"`
	Code         string    `json:"-"`
	Turn         int       `json:"-"` // 1, 2, …
	Channel      Channel   `json:"-"`
	Kind         int       `json:"-"` // Đ5
	Field        string    `json:"-"`
	Area         string    `json:"-"`
	Urgent       bool      `json:"-"`
	Denunciation bool      `json:"-"`
	ReceivedAt   time.Time `json:"-"`

	Round    int    `json:"round"`             // of the lead's slip; 0: no unit
	Unit     string `json:"unit,omitempty"`    // lead (chủ trì); empty: 1022 or the Office
	Officer  string `json:"officer,omitempty"` // whose work the slip is (Slip.Officer); empty: nobody's
	Reopened bool   `json:"reopened,omitempty"`

	OpenedAt       time.Time `json:"opened_at,omitzero"`
	ForwardedAt    time.Time `json:"forwarded_at,omitzero"`
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
	// OverdueAt is the end of the 48 h that passed without a result; before OpenedAt where
	// they did so with another party, of which this one got an overdue petition.
	OverdueAt   time.Time `json:"overdue_at,omitzero"`
	ResultAt    time.Time `json:"result_at,omitzero"` // dated as the clock is: by its receipt
	PublishedAt time.Time `json:"published_at,omitzero"`
	DoneAt      time.Time `json:"done_at,omitzero"` // the result, or whatever else ended the turn

	Outcome Outcome `json:"outcome,omitempty"`
	Level   Level   `json:"level,omitempty"`

	AcknowledgedIn time.Duration `json:"acknowledged_in,omitempty"` // since the forwarding
	AnsweredIn     time.Duration `json:"answered_in,omitempty"`     // since the forwarding, or since the turn opened where no unit has it
	// How long each level has had it, as far as the turn has ended. A result that
	// was sent back lay with 1022 until then, and so does one until it is published.
	HeldBy1022   time.Duration `json:"held_1022,omitempty"`
	HeldByFocal  time.Duration `json:"held_focal,omitempty"`
	HeldByHead   time.Duration `json:"held_head,omitempty"`
	HeldByOffice time.Duration `json:"held_office,omitempty"`

	// Judged: a deadline of 8 hours is stored with the slip, and a result came. The
	// stored deadlines judge, so the policy of then does.
	Judged      bool `json:"judged,omitempty"`
	WithinFocal bool `json:"within_focal,omitempty"` // by the end of the 8 h (Đ9.3)
	WithinHead  bool `json:"within_head,omitempty"`  // by the end of the 48 h (Đ9.4)

	Promises int `json:"promises,omitempty"` // times promised (Đ9.3)
	Kept     int `json:"kept,omitempty"`     // counts when the result came
	Missed   int `json:"missed,omitempty"`   // the rest were moved in time, or lie ahead
	// MissedAt are the promised times that were missed, by which they count; empty in courses
	// that were over before this was noted: those count when their turn ended.
	MissedAt Instants `json:"missed_at,omitempty"`

	Score   int `json:"score,omitempty"`   // Đ11.2, 1…5; 0: not rated
	Service int `json:"service,omitempty"` // the citizen's score of 1022 itself, 1…5; 0: not given
	// The votes of the citizens whose petitions were merged into this one, on the same
	// answer and on 1022; none while there is nothing to vote on.
	Followers       Votes `json:"followers,omitzero"`
	FollowersOn1022 Votes `json:"followers_1022,omitzero"`
	Published       bool  `json:"published,omitempty"`
	OwnSite         bool  `json:"own_site,omitempty"` // the unit named its own page of the result (Đ11.3)

	Office   bool `json:"office,omitempty"`   // the Office led for a while (Đ9.5)
	Disputed bool `json:"disputed,omitempty"` // it went from this turn to the Office

	// 1022's own duties. AtOnce is of a first turn that was forwarded, rejected or
	// answered, and is within AtOnceTime of the receipt.
	AtOnce        bool `json:"at_once,omitempty"`
	Asked         bool `json:"asked,omitempty"`         // 1022 asked the citizen in this turn, before a unit had it (Đ8.3)
	AskedInTime   bool `json:"asked_in_time,omitempty"` // by the deadline stored then
	Written       bool `json:"written,omitempty"`       // a file for the Office is owed (Đ9.6)
	WrittenInTime bool `json:"written_in_time,omitempty"`
}

// AtOnceTime is what "ngay" (Đ8.2, Đ9.2) is taken to mean in reports: a quarter of
// an hour of working time, the time in which a receipt and a forward are one text.
const AtOnceTime = 15 * time.Minute

// FactMark is a bit of the flags of a fact as they are stored and counted.
type FactMark int64

// The marks; the order is that of the column fact.marks (migration 00012).
const (
	FactFirst FactMark = 1 << iota // turn 1
	FactReopened
	FactUrgent
	FactDenunciation
	FactForwarded
	FactAcknowledged
	FactJudged
	FactWithinFocal
	FactWithinHead
	FactPublished
	FactOwnSite
	FactOffice
	FactDisputed
	FactAtOnce
	FactAsked
	FactAskedInTime
	FactWritten
	FactWrittenInTime
)

// FactEnds are the outcome and the level, FactScore and FactService the citizen's scores
// of the answer and of 1022.
const (
	FactEnds    FactMark = nibble<<outcomeShift | nibble<<levelShift
	FactScore   FactMark = nibble << scoreShift
	FactService FactMark = nibble << ServiceShift
)

// The numbers beside the flags in the column fact.marks.
const (
	outcomeShift = 20
	levelShift   = 24
	scoreShift   = 28
	nibble       = 0xf
)

// ServiceShift is where the score of 1022 stands among the marks. It has a column of its
// own, which whoever counts adds: fact.marks is made by the database, of what it was
// created with.
const ServiceShift = 32

// Has reports whether all of the marks are set.
func (m FactMark) Has(marks FactMark) bool { return m&marks == marks }

// Outcome is how the turn ended.
func (m FactMark) Outcome() Outcome { return Outcome(m >> outcomeShift & nibble) }

// Level is who had it when it was answered.
func (m FactMark) Level() Level { return Level(m >> levelShift & nibble) }

// Score is the citizen's, 0 when there is none.
func (m FactMark) Score() int { return int(m >> scoreShift & nibble) }

// Service is the citizen's score of 1022, 0 when there is none.
func (m FactMark) Service() int { return int(m >> ServiceShift & nibble) }

// Marks gives the flags and small numbers of the fact as one number.
func (f Fact) Marks() FactMark {
	var m FactMark
	for _, flag := range []struct {
		set  bool
		mark FactMark
	}{
		{f.Turn == 1, FactFirst}, {f.Reopened, FactReopened}, {f.Urgent, FactUrgent}, {f.Denunciation, FactDenunciation},
		{!f.ForwardedAt.IsZero(), FactForwarded}, {!f.AcknowledgedAt.IsZero(), FactAcknowledged},
		{f.Judged, FactJudged}, {f.WithinFocal, FactWithinFocal}, {f.WithinHead, FactWithinHead},
		{f.Published, FactPublished}, {f.OwnSite, FactOwnSite}, {f.Office, FactOffice}, {f.Disputed, FactDisputed},
		{f.AtOnce, FactAtOnce}, {f.Asked, FactAsked}, {f.AskedInTime, FactAskedInTime},
		{f.Written, FactWritten}, {f.WrittenInTime, FactWrittenInTime},
	} {
		if flag.set {
			m |= flag.mark
		}
	}
	return m | FactMark(f.Outcome)<<outcomeShift | FactMark(f.Level)<<levelShift | FactMark(f.Score)<<scoreShift | FactMark(f.Service)<<ServiceShift
}
