package escalation

import "time"

// The commands: one struct per verb, its JSON form the API's body (DESIGN §4).

// UnitRef names a unit and its part: lead (chủ trì) or cooperate (phối hợp).
type UnitRef struct {
	Code string `json:"code"`
	Role string `json:"role,omitempty"` // lead, cooperate; empty: the first leads, the others co-operate
}

// CallLog is a call made with a forward or an emergency.
type CallLog struct {
	To      string    `json:"to"`
	At      time.Time `json:"at,omitzero"`
	Outcome string    `json:"outcome,omitempty"` // answered, no_answer, …
}

// Answered reports that somebody took the call.
func (c *CallLog) Answered() bool { return c != nil && c.Outcome == "answered" }

// Forward sends the petition to units (Đ9.2, Đ9.3).
type Forward struct {
	Units []UnitRef `json:"units"`
	Unit  string    `json:"unit,omitempty"` // short for one leading unit
	Note  string    `json:"note,omitempty"`
	Call  *CallLog  `json:"call,omitempty"`
}

// Acknowledge: the unit has the slip. It stops the nudges, never the result clock.
type Acknowledge struct {
	Note string `json:"note,omitempty"`
}

// PromiseTime is a promised time (Đ9.3 §2).
type PromiseTime struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Progress is a note.
type Progress struct {
	Text string `json:"text"`
	// BareDone: an SMS said XONG without a text; reminders rest for a while.
	BareDone bool `json:"-"`
	// Negated: an SMS said that something is not so ("chua nhan duoc"); it is
	// recorded and acknowledges nothing.
	Negated bool `json:"-"`
}

// GiveResult is the answer; its text stops the clock.
type GiveResult struct {
	Text            string           `json:"text"`
	DocumentNo      string           `json:"document_no,omitempty"`
	DocumentDate    string           `json:"document_date,omitempty"`
	UnitURL         string           `json:"unit_url,omitempty"`
	CitizenAnswered *CitizenAnswered `json:"citizen_answered,omitempty"`
	WrittenReminder bool             `json:"written_reminder,omitempty"` // Đ9.6 is needed
}

// CitizenAnswered says how the unit itself answered the citizen (Đ9.3 §1).
type CitizenAnswered struct {
	At  time.Time `json:"at"`
	How string    `json:"how"`
}

// SendBack returns a result that cannot go to the citizen.
type SendBack struct {
	Reason        string      `json:"reason"`
	Written       WrittenNeed `json:"written,omitempty"` // Đ9.6: none, remind, explain; empty: not asked
	WrittenReason string      `json:"written_reason,omitempty"`
}

// AskReturn is a unit's word that the petition is not its competence.
type AskReturn struct {
	Reason string `json:"reason"`
	Unit   string `json:"unit,omitempty"` // the one it proposes
}

// AcceptReturn takes the petition back, and passes it on when a unit is named.
type AcceptReturn struct {
	Unit string `json:"unit,omitempty"`
	Note string `json:"note,omitempty"`
}

// RefuseReturn leaves the petition with the unit.
type RefuseReturn struct {
	Reason string `json:"reason"`
}

// AskCitizen asks the citizen to add information: 1022 (Đ8.3) or a unit, once (Đ18.1).
type AskCitizen struct {
	Missing string `json:"missing"`
}

// Supplement is what the citizen added.
type Supplement struct {
	Text string `json:"text"`
	// OpenOnly refuses it once the petition is answered: who has not been told that it
	// would be reopened.
	OpenOnly bool `json:"-"`
}

// Reject refuses the petition, with the reason and where to go (Đ8.2).
type Reject struct {
	Reason   string `json:"reason"`
	Guidance string `json:"guidance"`
}

// AnswerDirectly: the operator knew the answer (Đ9.1).
type AnswerDirectly struct {
	Text string `json:"text"`
}

// TransferEmergency logs a transferred emergency call (Đ9.1).
type TransferEmergency struct {
	To      string    `json:"to"`
	At      time.Time `json:"at,omitzero"`
	Outcome string    `json:"outcome,omitempty"`
	Unit    string    `json:"unit,omitempty"` // gets the urgent slip; empty: the petition's proposed unit
}

// Reassign gives the petition to another lead.
type Reassign struct {
	Unit   string `json:"unit"`
	Reason string `json:"reason,omitempty"`
}

// AssignInternal gives the slip to a person inside the unit; the deadline stays (Đ17.4).
type AssignInternal struct {
	Contact int64 `json:"contact"`
}

// OpenDispute brings the petition before the City Office (Đ9.5).
type OpenDispute struct {
	Reason string `json:"reason"`
}

// Urge is a reminder by the City Office (Đ14.1).
type Urge struct {
	Text string    `json:"text"`
	Due  time.Time `json:"due"`
}

// Direct is a directive of the city's leaders (Đ9.4–9.6).
type Direct struct {
	Leader       string    `json:"leader"`
	Text         string    `json:"text"`
	DocumentNo   string    `json:"document_no,omitempty"`   // số văn bản
	DocumentDate string    `json:"document_date,omitempty"` // ngày văn bản, 2026-11-17
	Document     string    `json:"document,omitempty"`      // the number as earlier clients give it, unchecked
	Due          time.Time `json:"due"`
	Unit         string    `json:"unit,omitempty"` // empty: the present lead
}

// SubmitToLeader: the Office takes the lead and submits to the city's leaders (Đ9.5).
type SubmitToLeader struct {
	Text string `json:"text,omitempty"`
}

// MarkUrgent makes the petition urgent (Đ9.6).
type MarkUrgent struct {
	Reason string `json:"reason"`
}

// HoldClock pauses the result clock; only the City Office may.
type HoldClock struct {
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// ResumeClock ends a hold early.
type ResumeClock struct {
	Note string `json:"note,omitempty"`
}

// Publish confirms the result and tells the citizen (Đ11.1).
type Publish struct {
	Redacted string `json:"redacted,omitempty"` // public wording; empty: the result without the citizen's data
	// PublicContent is the petition itself as everybody may read it; empty: the summary
	// without personal data, by rule.
	PublicContent string `json:"public_content,omitempty"`
	// PublicArea is the place as everybody may read it; empty: the area without house
	// numbers and the citizen's address, by rule.
	PublicArea string `json:"public_area,omitempty"`
	// WrittenReminder is Written remind without a reason, as earlier clients say it.
	WrittenReminder bool        `json:"written_reminder,omitempty"`
	Written         WrittenNeed `json:"written,omitempty"` // Đ9.6: none, remind, explain; empty: not asked
	WrittenReason   string      `json:"written_reason,omitempty"`
}

// Merge makes the petition follow another.
type Merge struct {
	Into string `json:"into"`
}

// Withdraw ends the petition at the citizen's wish.
type Withdraw struct {
	Reason string `json:"reason,omitempty"`
}

// Reopen starts the petition anew.
type Reopen struct {
	Reason string `json:"reason"`
}

// Rate is the citizen's rating, 1…5 (Đ11.2).
type Rate struct {
	Score   int    `json:"score"`
	Comment string `json:"comment,omitempty"`
	Service int    `json:"service,omitempty"` // of Tổng đài 1022 itself; 0: not given
	// For is the code of a merged petition whose citizen rates; empty: the
	// petition's own. The doors set it, no body does.
	For string `json:"-"`
}

// Touch: somebody of the hotline has opened the intake.
type Touch struct{}

// SendWrittenFile sends the file for a written reminder to the Office (Đ9.6). With a
// document and without Send it notes the document on a file that the Office has, and
// sends nothing.
type SendWrittenFile struct {
	No           int    `json:"no,omitempty"`   // of the petition's file, from 1; 0: the one that waits, or the latest that was sent
	Send         bool   `json:"send,omitempty"` // the document goes along with the file
	Reason       string `json:"reason,omitempty"`
	DocumentNo   string `json:"document_no,omitempty"`   // số văn bản
	DocumentDate string `json:"document_date,omitempty"` // ngày văn bản, 2026-11-17
	// batch is set by SendFiles, which announces many files in one text.
	batch string
}

// AskExplanation is the Office's: the unit explains itself by the end of so many working
// days (Đ9.6).
type AskExplanation struct {
	No   int    `json:"no,omitempty"` // of the petition's file, from 1; 0: the latest that was sent
	Days int    `json:"days"`
	Text string `json:"text,omitempty"` // what is to be explained
	Unit string `json:"unit,omitempty"` // one that has or had a slip; empty: that of the result or the lead
}

// GiveExplanation is the unit's.
type GiveExplanation struct {
	Text         string `json:"text"`
	DocumentNo   string `json:"document_no,omitempty"`
	DocumentDate string `json:"document_date,omitempty"`
}

// Commend proposes the citizen, or an officer by name, for reward (Đ17.7, Đ20).
type Commend struct {
	Who     string `json:"who"` // citizen, officer
	Officer string `json:"officer,omitempty"`
	Unit    string `json:"unit,omitempty"` // of the officer; empty: the lead
	Reason  string `json:"reason"`
}

func (*Forward) Verb() Verb           { return VerbForward }
func (*Acknowledge) Verb() Verb       { return VerbAcknowledge }
func (*PromiseTime) Verb() Verb       { return VerbETA }
func (*Progress) Verb() Verb          { return VerbProgress }
func (*GiveResult) Verb() Verb        { return VerbResult }
func (*SendBack) Verb() Verb          { return VerbSendBack }
func (*AskReturn) Verb() Verb         { return VerbReturn }
func (*AcceptReturn) Verb() Verb      { return VerbAcceptReturn }
func (*RefuseReturn) Verb() Verb      { return VerbRefuseReturn }
func (*AskCitizen) Verb() Verb        { return VerbClarify }
func (*Supplement) Verb() Verb        { return VerbSupplement }
func (*Reject) Verb() Verb            { return VerbReject }
func (*AnswerDirectly) Verb() Verb    { return VerbAnswer }
func (*TransferEmergency) Verb() Verb { return VerbEmergency }
func (*Reassign) Verb() Verb          { return VerbReassign }
func (*AssignInternal) Verb() Verb    { return VerbAssign }
func (*OpenDispute) Verb() Verb       { return VerbDispute }
func (*Urge) Verb() Verb              { return VerbUrge }
func (*Direct) Verb() Verb            { return VerbDirect }
func (*SubmitToLeader) Verb() Verb    { return VerbSubmit }
func (*MarkUrgent) Verb() Verb        { return VerbUrgent }
func (*HoldClock) Verb() Verb         { return VerbHold }
func (*ResumeClock) Verb() Verb       { return VerbResume }
func (*Publish) Verb() Verb           { return VerbPublish }
func (*Merge) Verb() Verb             { return VerbMerge }
func (*Withdraw) Verb() Verb          { return VerbWithdraw }
func (*Reopen) Verb() Verb            { return VerbReopen }
func (*Rate) Verb() Verb              { return VerbRating }
func (*Touch) Verb() Verb             { return VerbTouch }
func (*SendWrittenFile) Verb() Verb   { return VerbWrittenFile }
func (*AskExplanation) Verb() Verb    { return VerbAskExplanation }
func (*GiveExplanation) Verb() Verb   { return VerbExplanation }
func (*Commend) Verb() Verb           { return VerbCommend }
func (*AskCall) Verb() Verb           { return VerbAskCall }
