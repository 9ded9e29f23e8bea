package escalation

import (
	"fmt"
	"strings"
	"time"
)

// Lane is the share of the air a message gets.
type Lane string

// Lanes, the first is served first.
const (
	LaneUrgent  Lane = "urgent"
	LaneSlip    Lane = "slip"
	LaneCitizen Lane = "citizen"
	LaneBulk    Lane = "bulk"
)

// Class says what a notice is for: what may be suppressed when it became
// pointless, held at night, bundled, or passed on to the next contact.
type Class string

// Classes of notices.
const (
	ClassSlip       Class = "slip"       // a slip: O1, O1K, O1M, O1P
	ClassReminder   Class = "reminder"   // O1N, O2, O3, H2, B1: pointless once there is a result
	ClassEscalation Class = "escalation" // H1, H1E, O7
	ClassRecorded   Class = "recorded"   // C1: pointless once C4 goes out
	ClassProgress   Class = "progress"   // C3–C6b, C12 to citizens
	ClassResult     Class = "result"     // C7: never suppressed
	ClassRating     Class = "rating"     // C8
	ClassPraise     Class = "praise"     // O8: kind words, nobody's duty
	ClassReport     Class = "report"     // V*, H3, R1: never suppressed
	ClassAnswer     Class = "answer"     // A*, E*, OTP, C10: never suppressed, never held
	ClassDecision   Class = "decision"   // O4, O5, O6, N1, N2, N3, C2, C9, C11: never suppressed
	ClassAlarm      Class = "alarm"      // T1, QT
)

// Duty reports a class that is somebody's duty to act on, or their only warning: it
// counts against no budget, and its failure is passed on.
func (c Class) Duty() bool {
	switch c {
	case ClassSlip, ClassEscalation, ClassReport, ClassAlarm:
		return true
	}
	return false
}

// Recipient names who gets a notice. Exactly one of Contact, Citizen and Phone
// is set; the address is looked up when the notice is saved.
type Recipient struct {
	Contact int64  // of the directory
	Citizen int64  // id of the petition whose citizen it is
	Phone   string // a bare number: answers to unknown senders, sends by hand
	Role    Role   // in which the contact is addressed
	Unit    string // for which: of a slip the one that has it, also to who stands in from another
	// ByEmail: there is no number to text, or texting failed.
	ByEmail bool
}

func (r Recipient) key() string {
	switch {
	case r.Contact != 0:
		return fmt.Sprintf("contact:%d:%t", r.Contact, r.ByEmail)
	case r.Citizen != 0:
		return fmt.Sprintf("citizen:%d:%t", r.Citizen, r.ByEmail)
	}
	return "phone:" + r.Phone
}

// Notice is a message that a decision asks for. It becomes an outbox row in the
// transaction of the decision.
type Notice struct {
	Petition int64 // 0: about no petition
	Template string
	Vars     map[string]string
	To       Recipient
	Lane     Lane
	Class    Class
	Round    int
	Rung     RungName
	Slip     int
	Attempt  int       // 1 for the first, 2 for the next contact after a failure, …
	NeedCode bool      // the text carries a reply code: {mtl}
	At       time.Time // the domain instant of the decision
	// NotBefore holds the notice back (quiet hours, C1 waiting for C4); zero: at once.
	NotBefore time.Time
	// Expires: pointless after; zero: never.
	Expires time.Time
	// Subject is what a code about no petition asks (NeedCode).
	Subject Subject
	// Slips are listed by the text with a code each: the store fills {danh_sach}.
	Slips []HandedSlip
	// Enclosure is what a mail carries besides its words, of a text to a contact the mail
	// that follows where it cannot be delivered; nil: nothing. It is no part of the key: what
	// was queued first stays.
	Enclosure *Enclosure
	// Frozen is the text itself, where a wording is tried that is not in force; the zero
	// one: it is made of the template when the row is claimed.
	Frozen Frozen
	// Seq tells two notices of one rung and recipient apart that are both
	// meant, e.g. answers to two replies; 0 for rungs.
	Seq int
}

// Frozen is a text as it goes out.
type Frozen struct {
	Text     string
	Coding   string // gsm7, ucs2
	Segments int
}

// Key is unique per (petition, round, rung, template, recipient, attempt, seq):
// the outbox refuses a second row with the same key.
func (n Notice) Key() string {
	return strings.Join([]string{
		fmt.Sprint(n.Petition), fmt.Sprint(n.Round), string(n.Rung), n.Template,
		n.To.key(), fmt.Sprint(n.Attempt), fmt.Sprint(n.Seq),
	}, "/")
}

// until is the end of the quiet stretch that the instant falls into, or the
// instant itself.
func (q Quiet) until(at time.Time) time.Time {
	local := at.In(hanoi())
	from, err1 := clockOn(local, q.From)
	to, err2 := clockOn(local, q.To)
	if err1 != nil || err2 != nil || from.Equal(to) {
		return at
	}
	switch overnight := from.After(to); {
	case overnight && local.Before(to):
		return to
	case overnight && !local.Before(from):
		return to.AddDate(0, 0, 1)
	case !overnight && !local.Before(from) && local.Before(to):
		return to
	}
	return at
}

func clockOn(day time.Time, hhmm string) (time.Time, error) {
	t, err := time.Parse("15:04", hhmm)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, day.Location()), nil
}

// Held is when a notice may go out: citizens' progress and rating texts and
// officers' non-urgent ones wait for the morning; answers to a person's own act
// and urgent ones go at once (domain: quiet hours).
func (p *Policy) Held(n Notice) time.Time {
	start := n.At
	if n.NotBefore.After(start) {
		start = n.NotBefore
	}
	quiet := p.OfficerQuiet
	switch {
	case n.Lane == LaneUrgent, n.Class == ClassAnswer, n.Class == ClassAlarm, n.Template == "C2", n.Template == "C3", n.Template == "C1", n.Template == "C4", n.Template == "C4x":
		return n.NotBefore
	case n.To.Citizen != 0:
		quiet = p.CitizenQuiet
	}
	if until := quiet.until(start); until.After(start) {
		return until
	}
	return n.NotBefore
}

// quietGrace is how late a notice may still go out in quiet hours: one decided in their
// last second before is not held for the second that it takes to send it.
const quietGrace = 10 * time.Minute

// HeldAgain is until when a notice waits that was to go out earlier, when an outage has
// brought it into quiet hours; zero: it may go. What was meant to go out in quiet hours
// does.
func (p *Policy) HeldAgain(n Notice, now time.Time) time.Time {
	meant := n.At
	if n.NotBefore.After(meant) {
		meant = n.NotBefore
	}
	if held := p.Held(n); held.After(meant) || now.Sub(meant) <= quietGrace {
		return time.Time{}
	}
	n.At, n.NotBefore = now, time.Time{}
	return p.Held(n)
}

// Suppress names the queued notices that a decision made pointless.
type Suppress struct {
	Petition int64
	Slip     int // 0: of every slip
	// Classes and Templates: a notice is meant that is in either list.
	Classes   []Class
	Templates []string
	// Rung: only those that the rung asked for; empty: whatever did.
	Rung RungName
	// Citizen: only the citizen's; false: everybody's.
	Citizen bool
	// CitizenOf: only those to the citizen of this petition; 0: whoever's.
	CitizenOf int64
	Reason    string
}
