package escalation

import "time"

// RungName names a step of a ladder; the names are shown by the API as deadlines.
type RungName string

// The rungs of the built-in policy.
const (
	RungIntake          RungName = "intake"           // intake untouched for 30 clock minutes
	RungClarify         RungName = "clarify"          // Đ8.3: 1 working hour to ask, reject or forward
	RungSlip            RungName = "slip"             // Đ9.3: the slip itself
	RungNudge           RungName = "nudge"            // nobody acknowledged
	RungUnacknowledged  RungName = "unacknowledged"   // still nobody: deputy and a call
	RungFocalReminder   RungName = "focal_reminder"   // before the 8 h end
	RungHead            RungName = "head"             // Đ9.4: 8 h passed
	RungHeadReminder    RungName = "head_reminder"    // before the 48 h end
	RungOverdue         RungName = "overdue"          // Đ9.4: 48 h passed
	RungCooperate       RungName = "cooperate"        // a co-operating unit owes its opinion
	RungReturnDecision  RungName = "return_decision"  // 1022 owes the unit a decision
	RungETA             RungName = "eta"              // Đ9.3: the promised time
	RungSupplement      RungName = "supplement"       // Đ8.3, Đ18.1: the citizen is reminded
	RungSupplementEnd   RungName = "supplement_end"   // nothing came: the operator decides
	RungEmergency       RungName = "emergency"        // Đ9.1: did help come?
	RungPublish         RungName = "publish"          // Đ11.1: result not published
	RungWrittenReminder RungName = "written_reminder" // 4 h before the written file is due
	RungWrittenFile     RungName = "written_file"     // Đ9.6: 2 working days
	RungExplainReminder RungName = "explain_reminder" // 4 h before the explanation is due
	RungExplain         RungName = "explain"          // Đ9.6: the day that the Office named
	RungOffice          RungName = "office"           // Đ9.5: with the Office, no lead named
	RungDirective       RungName = "directive"        // a directive's or an urging's own due time
	RungResume          RungName = "resume"           // the end of a hold
	RungRatingAsk       RungName = "rating_ask"       // Đ11.2: asked once more in daytime
	RungRating          RungName = "rating"           // the rating window ends
)

// RungState says whether a rung still waits.
type RungState string

// States of a rung. A rung is armed once per round and leaves that state once.
const (
	Armed    RungState = "armed"
	Fired    RungState = "fired"
	Disarmed RungState = "disarmed"
	Paused   RungState = "paused"   // its working time is kept in Left
	Deferred RungState = "deferred" // came due while a return waited to be decided
)

// Rung is one step of one round of a petition's ladder. (petition, round, name)
// is unique: a rung fires once.
type Rung struct {
	Round   int        `json:"round"`
	Name    RungName   `json:"rung"`
	Ladder  LadderName `json:"ladder"`
	Slip    int        `json:"slip,omitempty"` // number of the slip it belongs to; 0: the petition
	Due     time.Time  `json:"due"`
	State   RungState  `json:"state"`
	FiredAt time.Time  `json:"fired_at,omitzero"`
	// Left is the working time that was left when the rung was paused.
	Left time.Duration `json:"left,omitempty"`
	// Basis records the setting that gave the due time, e.g. "8h working from forwarded".
	Basis string `json:"basis"`
	// Calendar is the version under which Due was computed; empty: before versions
	// were noted.
	Calendar string `json:"-"`
	// Provisional: the deadline crosses days whose calendar is not announced yet.
	Provisional bool `json:"provisional,omitempty"`
}

// outlives reports a rung that the petition's end does not stop: what a unit has to
// explain is owed all the same, and so is the file of a petition that is merely closed,
// as over a Tết of nine days (Đ9.6).
func (r Rung) outlives(end Status) bool {
	return r.Ladder == ExplainLadder || r.Ladder == WrittenLadder && end == Closed
}
