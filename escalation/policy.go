package escalation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// ClockKind says in which time an offset is counted.
type ClockKind string

// Kinds of clocks.
const (
	WorkingClock ClockKind = "working" // hours and days of the working calendar
	WallClock    ClockKind = "clock"   // hours and days as they pass
)

// LadderName names a group of rungs that one event starts.
type LadderName string

// The ladders of a petition.
const (
	IntakeLadder    LadderName = "intake"
	ForwardLadder   LadderName = "forward"
	CooperateLadder LadderName = "cooperate"
	ReturnLadder    LadderName = "return"
	ETALadder       LadderName = "eta"
	ClarifyLadder   LadderName = "supplement"
	EmergencyLadder LadderName = "emergency"
	ResultLadder    LadderName = "result"
	WrittenLadder   LadderName = "written"
	ExplainLadder   LadderName = "explain" // outlives the petition's end
	OfficeLadder    LadderName = "office"
	DirectiveLadder LadderName = "directive"
	HoldLadder      LadderName = "hold"
	RatingLadder    LadderName = "rating"
)

// Event is what disarms a rung before it fires.
type Event string

// Events that stop rungs. The end of a petition stops every rung, the end of a
// slip those of the slip.
const (
	OnDecided      Event = "decided"      // intake was forwarded, rejected, answered, asked
	OnTouched      Event = "touched"      // somebody opened the intake
	OnAcknowledged Event = "acknowledged" // the slip was acknowledged
	OnAnswered     Event = "answered"     // a result text exists
	OnSupplemented Event = "supplemented" // the citizen added information
	OnPublished    Event = "published"    // published or sent back
	OnRuled        Event = "ruled"        // 1022 or the Office decided
	OnSent         Event = "sent"         // the written file went out
	OnExplained    Event = "explained"    // the unit explained itself, or is asked anew
	OnRated        Event = "rated"        // the citizen has rated
)

// Notify says who is texted what when a rung fires.
type Notify struct {
	To       Role   `json:"to" yaml:"to"`
	Template string `json:"template" yaml:"template"`
	// Promised replaces Template while a promised time lies ahead (H1E); empty: the same.
	Promised string `json:"promised,omitempty" yaml:"promised"`
}

// RungSpec is one rung of the ladder as data.
type RungSpec struct {
	Name   RungName   `json:"rung" yaml:"rung"`
	Ladder LadderName `json:"ladder" yaml:"ladder"`
	After  string     `json:"after" yaml:"after"` // 8h, 30m, 2d; empty: the event names the instant
	Clock  ClockKind  `json:"clock" yaml:"clock"`
	Notify []Notify   `json:"notify" yaml:"notify"`
	Task   TaskKind   `json:"task,omitempty" yaml:"task"` // an operator's task besides
	Status Status     `json:"status,omitempty" yaml:"status"`
	Stops  []Event    `json:"stops" yaml:"stops"`
	// Next is the level above: a reminder is dropped when its next level is due too.
	Next RungName `json:"next,omitempty" yaml:"next"`
	// ResultClock: the rung counts the time to the result; it pauses instead of
	// ending when a result arrives or the Office holds.
	ResultClock bool `json:"result_clock,omitempty" yaml:"result_clock"`
	// FromFirst: counted from the first forward for every later unit too.
	FromFirst bool `json:"from_first,omitempty" yaml:"from_first"`
	Repeat    bool `json:"repeat,omitempty" yaml:"repeat"` // armed again, as a new round, when it fired
}

// OverdueFrom says from when the 48 hours of Đ9.4 count.
type OverdueFrom string

// The two readings of Đ9.4: 48 hours in all, or 48 after the head was told (56 in all).
const (
	FromForwarded    OverdueFrom = "forwarded"
	FromHeadNotified OverdueFrom = "head_notified"
)

// DissatisfiedTo says where a petition goes whose citizen does not agree (Đ9.5).
type DissatisfiedTo string

// Where a dissatisfied citizen's petition goes.
const (
	ToOffice DissatisfiedTo = "office" // the regulation's letter
	ToUnit   DissatisfiedTo = "unit"   // one more round at the unit
)

// Policy is the ladder and every choice the regulation leaves open, with the
// decision it rests on. A policy is versioned: a change makes a new one.
type Policy struct {
	Version   string    `json:"version" yaml:"version"`
	Decision  string    `json:"decision" yaml:"decision"`     // number of the decision in force
	DecidedOn string    `json:"decided_on" yaml:"decided_on"` // its date
	ValidFrom time.Time `json:"valid_from" yaml:"valid_from"`
	ValidTo   time.Time `json:"valid_to" yaml:"valid_to"` // zero: not stated

	Rungs []RungSpec `json:"rungs" yaml:"rungs"`

	OverdueFrom         OverdueFrom    `json:"overdue_from" yaml:"overdue_from"`
	ETAExtendsFocal     bool           `json:"eta_extends_focal" yaml:"eta_extends_focal"`
	ClarifyPausesUnit   bool           `json:"clarify_pauses_unit" yaml:"clarify_pauses_unit"`
	DissatisfiedTo      DissatisfiedTo `json:"dissatisfied_to" yaml:"dissatisfied_to"`
	ReturnsToOffice     int            `json:"returns_to_office" yaml:"returns_to_office"` // accepted returns without a unit named; 0: never
	SendBackFloor       string         `json:"send_back_floor" yaml:"send_back_floor"`     // working time left at least
	DoneNoteSilence     string         `json:"done_note_silence" yaml:"done_note_silence"` // working time a bare XONG silences reminders
	MinResultLetters    int            `json:"min_result_letters" yaml:"min_result_letters"`
	CooperateShare      int            `json:"cooperate_share" yaml:"cooperate_share"`           // per cent of the lead's time
	MergeAcceptForward  string         `json:"merge_accept_forward" yaml:"merge_accept_forward"` // clock time in which C1 yields to C4
	LateAfter           string         `json:"late_after" yaml:"late_after"`                     // a rung fired later than this is marked "trễ hệ thống"
	WrittenReminder     string         `json:"written_reminder" yaml:"written_reminder"`         // working time before the written file, or an explanation, is due
	ExtendedReminder    string         `json:"extended_reminder" yaml:"extended_reminder"`       // working time before an 8 h rung that a promise has moved
	RatingGrace         string         `json:"rating_grace" yaml:"rating_grace"`                 // clock time after closing in which a rating is still taken
	RatingEdit          string         `json:"rating_edit" yaml:"rating_edit"`                   // clock time after a rating in which it may be changed
	PersonalAnswer      string         `json:"personal_answer" yaml:"personal_answer"`           // working time in which a person's request about their data is answered
	PersonalReminder    string         `json:"personal_reminder" yaml:"personal_reminder"`       // working time before that is due
	CallAgain           string         `json:"call_again" yaml:"call_again"`                     // working time after which a call that reached nobody is tried again
	OfficerQuiet        Quiet          `json:"officer_quiet" yaml:"officer_quiet"`
	CitizenQuiet        Quiet          `json:"citizen_quiet" yaml:"citizen_quiet"`
	LowScore            int            `json:"low_score" yaml:"low_score"`                 // a rating up to this offers reopening
	HourlyBudget        int            `json:"hourly_budget" yaml:"hourly_budget"`         // texts an hour to one number, duty notices besides; 0: no limit
	MorningList         string         `json:"morning_list,omitempty" yaml:"morning_list"` // clock time of the list of what is due today; empty: none
	ErrorAnswersPerHour int            `json:"error_answers_per_hour" yaml:"error_answers_per_hour"`
	ReplyRepeatWindow   string         `json:"reply_repeat_window" yaml:"reply_repeat_window"`
}

// Quiet is a stretch of the night in which texts wait, as local clock times.
type Quiet struct {
	From string `json:"from" yaml:"from"` // 21:00
	To   string `json:"to" yaml:"to"`     // 06:45
}

// DefaultPolicy is the ladder of the regulation with the defaults of docs/domain.md.
// It returns a new value each time, free to be changed.
func DefaultPolicy() *Policy {
	return &Policy{
		Version:             "mac-dinh-1",
		Decision:            "",
		DecidedOn:           "2024-03-05",
		ValidFrom:           time.Date(2024, 3, 5, 0, 0, 0, 0, hanoi()),
		ValidTo:             time.Date(2025, 1, 1, 0, 0, 0, 0, hanoi()),
		Rungs:               defaultRungs(),
		OverdueFrom:         FromForwarded,
		DissatisfiedTo:      ToOffice,
		ReturnsToOffice:     2,
		SendBackFloor:       "2h",
		DoneNoteSilence:     "1h",
		MinResultLetters:    10,
		CooperateShare:      50,
		MergeAcceptForward:  "15m",
		LateAfter:           "2m",
		WrittenReminder:     "4h",
		ExtendedReminder:    "2h",
		RatingGrace:         "7d",
		RatingEdit:          "7d",
		PersonalAnswer:      "2d",
		PersonalReminder:    "4h",
		CallAgain:           "1h",
		OfficerQuiet:        Quiet{From: "21:00", To: "06:45"},
		CitizenQuiet:        Quiet{From: "21:00", To: "07:00"},
		LowScore:            2,
		HourlyBudget:        60,
		ErrorAnswersPerHour: 5,
		ReplyRepeatWindow:   "2m",
	}
}

func defaultRungs() []RungSpec {
	answered := []Event{OnAnswered}
	unanswered := []Event{OnAcknowledged, OnAnswered}
	return []RungSpec{
		{Name: RungIntake, Ladder: IntakeLadder, After: "30m", Clock: WallClock, Next: RungClarify,
			Notify: []Notify{{To: ShiftLead, Template: "T1"}}, Task: TaskIntake, Stops: []Event{OnTouched, OnDecided}},
		{Name: RungClarify, Ladder: IntakeLadder, After: "1h", Clock: WorkingClock, // Đ8.3
			Notify: []Notify{{To: ShiftLead, Template: "T1"}}, Task: TaskIntake, Stops: []Event{OnDecided}},

		{Name: RungNudge, Ladder: ForwardLadder, After: "1h", Clock: WorkingClock, Next: RungUnacknowledged,
			Notify: []Notify{{To: Focal, Template: "O1N"}}, Stops: unanswered},
		{Name: RungUnacknowledged, Ladder: ForwardLadder, After: "2h", Clock: WorkingClock, Next: RungHead,
			Notify: []Notify{{To: Deputy, Template: "O1N"}}, Task: TaskCall, Stops: unanswered},
		{Name: RungFocalReminder, Ladder: ForwardLadder, After: "6h", Clock: WorkingClock, Next: RungHead, ResultClock: true,
			Notify: []Notify{{To: Focal, Template: "O2"}}, Stops: answered},
		{Name: RungHead, Ladder: ForwardLadder, After: "8h", Clock: WorkingClock, ResultClock: true, Status: Escalated, // Đ9.4
			Notify: []Notify{{To: Head, Template: "H1", Promised: "H1E"}, {To: Focal, Template: "O7"}, {To: CitizenRole, Template: "C6"}}, Stops: answered},
		{Name: RungHeadReminder, Ladder: ForwardLadder, After: "40h", Clock: WorkingClock, Next: RungOverdue, ResultClock: true, FromFirst: true,
			Notify: []Notify{{To: Head, Template: "H2"}}, Stops: answered},
		{Name: RungOverdue, Ladder: ForwardLadder, After: "48h", Clock: WorkingClock, ResultClock: true, FromFirst: true, Status: Overdue, // Đ9.4
			Notify: []Notify{{To: Office, Template: "V1"}, {To: Head, Template: "H3"}, {To: CitizenRole, Template: "C6b"}}, Stops: answered},

		{Name: RungNudge, Ladder: CooperateLadder, After: "1h", Clock: WorkingClock, Next: RungUnacknowledged,
			Notify: []Notify{{To: Focal, Template: "O1N"}}, Stops: unanswered},
		{Name: RungUnacknowledged, Ladder: CooperateLadder, After: "2h", Clock: WorkingClock, Next: RungCooperate,
			Notify: []Notify{{To: Deputy, Template: "O1N"}}, Task: TaskCall, Stops: unanswered},
		{Name: RungCooperate, Ladder: CooperateLadder, Clock: WorkingClock, // CooperateShare of the lead's 8 h
			Notify: []Notify{{To: Focal, Template: "O2"}}, Task: TaskCall, Stops: answered},

		{Name: RungReturnDecision, Ladder: ReturnLadder, After: "1h", Clock: WorkingClock,
			Notify: []Notify{{To: ShiftLead, Template: "T1"}}, Task: TaskConfirm, Stops: []Event{OnRuled, OnAnswered}},
		{Name: RungETA, Ladder: ETALadder, Clock: WallClock, // Đ9.3: the promised instant itself
			Notify: []Notify{{To: Focal, Template: "O3"}}, Task: TaskCall, Stops: answered},
		{Name: RungSupplement, Ladder: ClarifyLadder, After: "3d", Clock: WorkingClock, Next: RungSupplementEnd,
			Notify: []Notify{{To: CitizenRole, Template: "C3"}}, Stops: []Event{OnSupplemented, OnDecided, OnAnswered}},
		{Name: RungSupplementEnd, Ladder: ClarifyLadder, After: "6d", Clock: WorkingClock,
			Notify: []Notify{{To: CitizenRole, Template: "C12"}}, Task: TaskConfirm, Stops: []Event{OnSupplemented, OnDecided, OnAnswered}},
		{Name: RungEmergency, Ladder: EmergencyLadder, After: "1h", Clock: WallClock, // Đ9.1
			Notify: []Notify{{To: ShiftLead, Template: "T1"}}, Task: TaskCall, Stops: []Event{OnAnswered}},
		{Name: RungPublish, Ladder: ResultLadder, After: "4h", Clock: WorkingClock, // Đ11.1
			Notify: []Notify{{To: ShiftLead, Template: "T1"}}, Task: TaskPublish, Stops: []Event{OnPublished}},
		{Name: RungWrittenReminder, Ladder: WrittenLadder, Clock: WorkingClock, Next: RungWrittenFile, // 4 h before the file is due
			Notify: []Notify{{To: ShiftLead, Template: "T1"}}, Stops: []Event{OnSent}},
		{Name: RungWrittenFile, Ladder: WrittenLadder, After: "2d", Clock: WorkingClock, // Đ9.6
			Notify: []Notify{{To: Office, Template: "V4"}, {To: ShiftLead, Template: "T1"}}, Stops: []Event{OnSent}},
		{Name: RungExplainReminder, Ladder: ExplainLadder, Clock: WallClock, Next: RungExplain,
			Notify: []Notify{{To: Head, Template: "N3n"}}, Stops: []Event{OnExplained}},
		{Name: RungExplain, Ladder: ExplainLadder, Clock: WallClock, // Đ9.6: the day stands in the Office's document
			Notify: []Notify{{To: Office, Template: "VG"}}, Stops: []Event{OnExplained}},
		{Name: RungOffice, Ladder: OfficeLadder, After: "2d", Clock: WorkingClock, Repeat: true, // Đ9.5, no limit in the text
			Notify: []Notify{{To: Office, Template: "V3"}}, Stops: []Event{OnRuled, OnAnswered}},
		{Name: RungDirective, Ladder: DirectiveLadder, Clock: WallClock,
			Notify: []Notify{{To: Office, Template: "V6"}}, Stops: answered},
		{Name: RungResume, Ladder: HoldLadder, Clock: WallClock, Stops: []Event{OnRuled, OnAnswered}},
		{Name: RungRatingAsk, Ladder: RatingLadder, After: "3d", Clock: WallClock, Next: RungRating, // Đ11.2
			Notify: []Notify{{To: CitizenRole, Template: "C8"}}, Stops: []Event{OnRated, OnRuled}},
		{Name: RungRating, Ladder: RatingLadder, After: "7d", Clock: WallClock, Status: Closed, Stops: []Event{OnRuled}},
	}
}

// Expired reports that no decision covers the instant: the ladder runs on and a
// standing banner says so.
func (p *Policy) Expired(at time.Time) bool {
	return at.Before(p.ValidFrom) || (!p.ValidTo.IsZero() && !at.Before(p.ValidTo))
}

// Spec finds the rung of a ladder.
func (p *Policy) Spec(ladder LadderName, name RungName) (RungSpec, bool) {
	for _, s := range p.Rungs {
		if s.Ladder == ladder && s.Name == name {
			return s, true
		}
	}
	return RungSpec{}, false
}

// Ladder lists the rungs of a ladder in the policy's order.
func (p *Policy) Ladder(name LadderName) []RungSpec {
	var specs []RungSpec
	for _, s := range p.Rungs {
		if s.Ladder == name {
			specs = append(specs, s)
		}
	}
	return specs
}

// offset is a parsed After: hours or days.
type offset struct {
	d    time.Duration
	days int
}

// parseOffset reads 8h, 30m, 1h30m or 2d.
func parseOffset(s string) (offset, error) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days < 1 || days > 3650 {
			return offset{}, fmt.Errorf("%q is no number of days", s)
		}
		return offset{days: days}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return offset{}, fmt.Errorf("%q is no span of time such as 8h, 30m or 2d", s)
	}
	return offset{d: d}, nil
}

// span is parseOffset for settings that Check has passed.
func span(s string) time.Duration {
	o, _ := parseOffset(s)
	return o.d + time.Duration(o.days)*24*time.Hour
}

// due counts an offset from an instant in the given clock.
func (o offset) due(from time.Time, clock ClockKind, cal WorkCalendar) time.Time {
	switch {
	case clock == WallClock && o.days > 0:
		return from.AddDate(0, 0, o.days)
	case clock == WallClock:
		return from.Add(o.d)
	case o.days > 0:
		return cal.AddDays(from, o.days)
	}
	return cal.Add(from, o.d)
}

// hanoi is the zone every text and deadline of the city is in.
func hanoi() *time.Location { return worktime.Zone() }
