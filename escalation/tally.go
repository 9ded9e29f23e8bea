package escalation

import (
	"strings"
	"time"
)

// Dimension is what facts are grouped by.
type Dimension string

// The dimensions of a report.
const (
	ByUnit    Dimension = "unit" // the lead; facts without one are left out
	ByField   Dimension = "field"
	ByArea    Dimension = "area"
	ByChannel Dimension = "channel"
	ByOfficer Dimension = "officer" // whose work it is; facts without a unit are left out
	Undivided Dimension = "all"     // everything under the empty value
	// ByUnitOfficer is ByOfficer of a whole city, where names repeat: the values are those
	// of OfficerOf.
	ByUnitOfficer Dimension = "unit_officer"
	ByClass       Dimension = "class" // of texts alone
)

// OfficerMark stands between a unit's code and an officer's name in a value of
// ByUnitOfficer; neither has it.
const OfficerMark = "\x1f"

// NobodysWork is the value of ByOfficer of turns of units that had nobody to have them.
const NobodysWork = OfficerMark

// OfficerOf is whom a value of ByUnitOfficer names.
func OfficerOf(value string) (unit, officer string) {
	unit, officer, _ = strings.Cut(value, OfficerMark)
	return unit, officer
}

// FactQuery says which facts are counted.
type FactQuery struct {
	From, To time.Time // [From, To)
	Unit     string    // only the turns of this lead; empty: all
	By       Dimension
	// Ages part what is open at To: a petition received before the first of them is
	// of age 1, before the second too of age 2, and so on; the others are of age 0.
	Ages []time.Time
	// Marks are those that are told apart; what is not asked for is not set. Fewer make
	// fewer groups. 0: all.
	Marks FactMark
}

// Phase says which events of a turn lie in the period asked for.
type Phase int

// The phases; the bits are counted together.
const (
	Opened       Phase = 1 << iota // it began in the period
	WasForward                     // its slip was forwarded in it
	WasDone                        // it ended in it, by a result or otherwise
	WentLate                       // the 48 hours ended in it without a result, in this turn
	StillOpen                      // it is open at the end of it
	LateBefore                     // the 48 hours ended before the end of it
	HadUnit                        // its slip was forwarded before the end of it
	LateWithUnit                   // WentLate, after the slip was forwarded
)

// Has reports whether all of the phases are set.
func (p Phase) Has(phases Phase) bool { return p&phases == phases }

// FactGroup is how many facts agree in everything that a report tells apart, with
// their sums.
type FactGroup struct {
	Value string // of the dimension
	Marks FactMark
	Phase Phase
	Age   int
	Count int

	HeldBy1022, HeldByFocal, HeldByHead, HeldByOffice time.Duration
	Kept                                              int // promises
	// Promises that fell due in the period without a result, and followers' votes, come in
	// groups of their own, whose Count is 0: few facts have any.
	Missed                     int
	Followers, FollowersOn1022 Votes
}

// OfUnit is the group as its unit counts it, which has a petition from its slip on: before
// that 1022 or the Office had it, or the unit before. False: it had none of them in the period.
func (g FactGroup) OfUnit() (FactGroup, bool) {
	if !g.Phase.Has(LateWithUnit) {
		g.Phase &^= WentLate
	}
	return g, g.Phase.Has(HadUnit)
}

// FactSpan names a span of a fact of which a median is wanted.
type FactSpan string

// The spans: from the forwarding to the acknowledgement, of the slips forwarded in
// the period; and from the forwarding to the result, of the units' answers in it.
const (
	SpanAcknowledged FactSpan = "acknowledged_in"
	SpanAnswered     FactSpan = "answered_in"
)

// Traffic counts the texts by SMS to a unit's people, of a class and state, in a period.
type Traffic struct {
	Unit     string // whose people got them; empty: citizens, and people of no unit
	Class    Class
	State    MessageState
	Texts    int
	Segments int
	Branded  int // of Segments: by the citizens' sender
}

// TextSum is what the texts by SMS of a period came to that are told apart by a
// dimension, without those that were dropped before they went out.
type TextSum struct {
	By    Dimension // ByField, ByArea, ByChannel of the petition; ByUnit, ByOfficer: who got them; ByClass
	Unit  string    // whose people got them, where it was asked for, and of an officer
	Value string    // of the dimension
	Loose bool      // of no single petition: bundles, digests, reports, passcodes
	Texts int

	Delivered, Failed int // of Texts; of the others no end is known
	Segments          int
	Branded           int // of Segments: by the citizens' sender
}
