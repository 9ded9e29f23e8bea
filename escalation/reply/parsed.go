package reply

import "time"

// Command is what the sender asks for; its values are the words of the API.
type Command string

// The commands of DESIGN §6. The comment gives the word we print.
const (
	Ack     Command = "ack"     // NHAN: the slip was received
	ETA     Command = "eta"     // HEN: a time is promised (Đ9.3)
	Done    Command = "done"    // XONG: there is a result
	Return  Command = "return"  // SAI, CHUYEN: not this unit's competence
	Ask     Command = "ask"     // HOI: ask the citizen for more (Đ18.1)
	Note    Command = "note"    // progress in free words; never a result
	Connect Command = "connect" // NOIMAY: put me through to the citizen
	List    Command = "list"    // DS: my open slips
	Status  Command = "status"  // TT: the state of one slip
	Leave   Command = "leave"   // NGHI: absence (Đ17.9)
	Help    Command = "help"    // GIUP
	Rate    Command = "rate"    // DG: the citizen's rating (Đ11.2)
	Stop    Command = "stop"    // NGUNG, TC, STOP: no more texts
	Start   Command = "start"   // BATDAU, START: texts again
	Unknown Command = "unknown"
)

// The values of Parsed.Problem.
const (
	ProblemEmpty         = "empty"
	ProblemUnknown       = "unknown"
	ProblemAmbiguous     = "ambiguous"
	ProblemNegated       = "negated"
	ProblemMissingTime   = "missing_time"
	ProblemBadTime       = "bad_time"
	ProblemPast          = "past"
	ProblemMissingReason = "missing_reason"
	ProblemMissingText   = "missing_text"
	ProblemMissingScore  = "missing_score"
	ProblemBadScore      = "bad_score"
)

// Calendar is the working time that durations ("2 ngay", "2 tieng") are counted in.
type Calendar interface {
	// Add returns the end of the working duration d counted from t.
	Add(t time.Time, d time.Duration) time.Time
	// AddDays returns the end of working time of the n-th working day after t's day.
	AddDays(t time.Time, n int) time.Time
}

// Parsed is one message understood. All keys are always on the wire.
type Parsed struct {
	Command Command  `json:"command"`
	Codes   []string `json:"codes"`
	At      string   `json:"at"`
	Until   string   `json:"until"`
	Score   int      `json:"score"`
	Text    string   `json:"text"`
	Problem string   `json:"problem"`
}

// AtTime returns At as an instant, the zero time when there is none.
func (p Parsed) AtTime() time.Time { return instant(p.At) }

// UntilTime returns Until as an instant, the zero time when there is none.
func (p Parsed) UntilTime() time.Time { return instant(p.Until) }

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
