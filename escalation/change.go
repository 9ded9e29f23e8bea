package escalation

import (
	"fmt"
	"slices"
	"time"

	"notify1022/escalation/worktime"
)

// Env is everything a decision may look at besides the petition: a value, so
// that the same decision can be made again.
type Env struct {
	Now time.Time // of the transaction
	// At is the instant the act counts from: when a reply's PDU was read, when a
	// letter arrived. Zero: Now. Never after Now.
	At       time.Time
	Policy   *Policy
	Calendar *worktime.Calendar
	// CalendarVersion is recorded with what was decided.
	CalendarVersion string
	// OwnCalendars are those of units, by name; a unit without one works by Calendar.
	OwnCalendars map[string]WorkCalendar
	Directory    *Directory
	Numbering    Numbering
	// Token gives ten random characters for a link.
	Token func() string
	// Salt gives a random salt for a digest of personal text.
	Salt func() string
	// Redact takes personal data out of a text before it goes into an SMS.
	Redact func(content string, own ...string) string
	// Conceal takes a citizen's data out of what an office has written and leaves its
	// numbers; nil: Redact does.
	Conceal func(text, name, phone, email, address string) string
	// Host is what links begin with: the public address without its scheme.
	Host    string
	Support string // {tel}, the internal support line
	Mail    bool   // an email channel is set up
	// CitizensCanReply: citizens' texts have a numeric sender (C8n instead of C8).
	CitizensCanReply bool
}

func (e Env) at() time.Time {
	if e.At.IsZero() || e.At.After(e.Now) {
		return e.Now
	}
	return e.At
}

// Effects is what a decision asks the world for, saved in one transaction with
// the petition.
type Effects struct {
	Notices  []Notice
	Suppress []Suppress
	Entries  []Entry
	Tasks    []Task
	// CloseTasks closes the petition's open tasks of these kinds, CloseKeys the open tasks
	// with these keys, those that there are.
	CloseTasks []TaskKind
	CloseKeys  []string
	// ReleaseCodes frees the reply codes of these slips (0: all), because of …
	ReleaseCodes []ReleaseCode
	// Facts are the rows for reports that the decision has made or changed.
	Facts []Fact
	// Commended are the proposals for reward that it has made or changed.
	Commended []Commended
}

// ReleaseCode frees reply codes; a freed code still answers its owner with the reason.
type ReleaseCode struct {
	Slip    int   // 0: every slip of the petition
	Contact int64 // only codes given to this contact; 0: everybody's
	Reason  string
}

// Change is one decided step of one petition.
type Change struct {
	Before   int64 // version that was loaded; 0: a new petition
	Petition Petition
	Effects  Effects
}

// Command is a verb with its particulars; the JSON form is the API's body.
type Command interface {
	Verb() Verb
	apply(*change) error
}

// change is a decision under way.
type change struct {
	p     *Petition
	env   Env
	actor Actor
	fx    Effects
}

// Apply decides: the petition after the command, and the effects. The petition
// given is not touched; on an error (a *Problem) nothing has changed.
func Apply(p Petition, cmd Command, actor Actor, env Env) (Change, error) {
	next := p.clone()
	c := &change{p: &next, env: env, actor: actor}
	if err := c.permitted(cmd.Verb()); err != nil {
		return Change{}, err
	}
	if err := cmd.apply(c); err != nil {
		return Change{}, err
	}
	return c.done(p), nil
}

// done closes the decision over the petition as it was before: who is waited for,
// versions, end of codes, what reports count.
func (c *change) done(before Petition) Change {
	c.p.Policy, c.p.Calendar = c.env.Policy.Version, c.env.CalendarVersion
	c.settle()
	for i := range c.p.Slips {
		c.remember(&c.p.Slips[i])
	}
	c.noteHold(before)
	c.seal()
	c.p.Version = before.Version + 1
	c.fx.Facts, c.fx.Commended = c.newFacts(before), c.newCommended(before)
	return Change{Before: before.Version, Petition: *c.p, Effects: c.fx}
}

// noteHold keeps a pause that the decision has ended, whatever ended it; its time
// ends with the instant that the Office named, also when that is noticed later. Of an end
// that neither the Office nor the rung has told, the timeline tells (decision 0046).
func (c *change) noteHold(before Petition) {
	was := before.Hold
	if was == nil || c.p.Hold != nil && c.p.Hold.At.Equal(was.At) {
		return
	}
	c.p.Holds = append(c.p.Holds, Held{From: was.At, To: earlierOf(c.env.at(), was.Until)})
	told := func(e Entry) bool { return e.Action == string(VerbResume) || e.Action == "rung:"+string(RungResume) }
	if !slices.ContainsFunc(c.fx.Entries, told) {
		c.entry(string(VerbResume), "hết tạm dừng thời hạn")
	}
}

// newFacts lists the facts that the petition did not have before.
func (c *change) newFacts(before Petition) []Fact {
	var known []Fact
	if before.ID != 0 {
		known = Facts(before, c.env.calendars())
	}
	return slices.DeleteFunc(Facts(*c.p, c.env.calendars()), func(f Fact) bool { return slices.Contains(known, f) })
}

// settle disarms what an ended petition still had and names who is waited for.
func (c *change) settle() {
	if c.p.Status.Ended() {
		for i := range c.p.Rungs {
			r := &c.p.Rungs[i]
			switch {
			case r.outlives(c.p.Status):
			case r.State == Armed, r.State == Paused, r.State == Deferred:
				r.State = Disarmed
			}
		}
		c.p.WaitsFor = ""
		return
	}
	c.p.WaitsFor = ""
	if c.p.NextDue().IsZero() {
		c.p.WaitsFor = waitedFor(c.p)
	}
}

// waitedFor names the person who has been told and now holds a petition without
// an armed rung. A status that must have an armed rung has no answer here, so a
// ladder that was lost shows as a silent petition.
func waitedFor(p *Petition) Role {
	switch {
	case p.Hold != nil:
		return Office
	case p.Return != nil:
		return ShiftLead
	}
	switch p.Status {
	case Received, Resolved, EmergencyTransferred:
		return ShiftLead // its rung has told the shift lead
	case AwaitingInfo:
		return Operator
	case Overdue:
		if p.With1022() {
			return ShiftLead
		}
		return Office
	case WithOffice, Disputed:
		return Office
	}
	return ""
}

// entry adds a line to the timeline.
func (c *change) entry(action, text string, private ...string) {
	e := Entry{ // to the microsecond: no database keeps more, and the hash covers it
		PetitionID: c.p.ID, Seq: c.p.Seq + 1, At: c.env.at().Truncate(time.Microsecond), Actor: c.actor.Name, Account: c.actor.Account, Role: c.actor.Role, Channel: c.actor.Channel,
		Action: action, Text: text, Status: c.p.Status, Policy: c.env.Policy.Version, Calendar: c.env.CalendarVersion,
	}
	if len(private) > 0 {
		e.Private = private[0]
	}
	if c.p.Denunciation {
		e.Text, e.Private = guard(action, e.Text, e.Private)
	}
	if e.Private != "" {
		e.Salt = c.env.Salt()
	}
	c.p.Seq = e.Seq
	c.fx.Entries = append(c.fx.Entries, e)
}

// seal chains the entries of the decision. Those of one command all show the
// status it led to; each step of the ladder shows its own.
func (c *change) seal() {
	for i := range c.fx.Entries {
		e := &c.fx.Entries[i]
		if c.actor.Role != System {
			e.Status = c.p.Status
		}
		e.seal(c.p.Hash)
		c.p.Hash = e.Hash
	}
}

// round starts a ladder: each start is a numbered round.
func (c *change) round() int {
	c.p.Rounds++
	return c.p.Rounds
}

// arm starts a whole ladder for a slip (0: the petition) from an instant.
func (c *change) arm(ladder LadderName, round, slip int, from time.Time) {
	for _, spec := range c.env.Policy.Ladder(ladder) {
		if spec.After == "" {
			continue // its instant is named by the event that arms it
		}
		if spec.FromFirst {
			c.armFromFirst(spec, round, slip, from)
			continue
		}
		o, _ := parseOffset(spec.After)
		c.armAt(spec, round, slip, o.due(from, spec.Clock, c.calendarFor(ladder, slip)), fmt.Sprintf("%s %s", spec.After, spec.Clock))
	}
}

// armFromFirst arms a rung that counts from the first forward: a later unit
// inherits the due time of the unit before, with whatever a hold has added
// (field failure 25), or that of 1022, where it ran meanwhile; what has fired is
// not said again.
func (c *change) armFromFirst(spec RungSpec, round, slip int, from time.Time) {
	if c.firedBefore(spec.Name) {
		return
	}
	if before := c.courseRung(spec.Name); before != nil {
		if before.Slip == 0 && before.State == Armed {
			before.State = Disarmed // 1022 has it no more
		}
		c.inherit(spec, round, slip, *before)
		return
	}
	start := c.overdueStart(from)
	if start.IsZero() {
		return // counted from the head's notice, armed then
	}
	o, _ := parseOffset(spec.After)
	c.armAt(spec, round, slip, o.due(start, spec.Clock, c.calendarFor(spec.Ladder, slip)), fmt.Sprintf("%s %s from %s", spec.After, spec.Clock, c.env.Policy.OverdueFrom))
}

// keepLimits lets the 40 and 48 hours run on for 1022 itself, which has taken the
// petition back and names no unit: they end when the regulation says, whoever
// has it.
func (c *change) keepLimits(round int) {
	for _, spec := range c.env.Policy.Ladder(ForwardLadder) {
		if before := c.courseRung(spec.Name); spec.FromFirst && before != nil && !c.firedBefore(spec.Name) {
			c.inherit(spec, round, 0, *before)
		}
	}
}

// inherit arms a rung with the due time of another, and the calendar that gave it:
// the limit stays as it was, whatever the unit that takes the petition over works by.
func (c *change) inherit(spec RungSpec, round, slip int, before Rung) {
	c.place(Rung{
		Round: round, Name: spec.Name, Slip: slip, Ladder: spec.Ladder, Due: before.Due, State: Armed,
		Basis: before.Basis, Calendar: before.Calendar, Provisional: before.Provisional,
	})
}

// courseRung is the latest rung of the name since the last reopening, nil if none.
func (c *change) courseRung(name RungName) *Rung {
	if r := c.p.Rung(name); r != nil && r.Round >= c.p.LastReopen {
		return r
	}
	return nil
}

// overdueStart is the instant from which 40 and 48 hours count.
func (c *change) overdueStart(from time.Time) time.Time {
	if c.env.Policy.OverdueFrom == FromHeadNotified {
		return c.p.HeadNotifiedAt
	}
	if !c.p.FirstForwardedAt.IsZero() {
		return c.p.FirstForwardedAt
	}
	return from
}

func (c *change) firedBefore(name RungName) bool {
	return slices.ContainsFunc(c.p.Rungs, func(r Rung) bool { return r.Name == name && r.State == Fired && r.Round >= c.p.LastReopen })
}

// armAt arms one rung at an instant that its unit's calendar has given.
func (c *change) armAt(spec RungSpec, round, slip int, due time.Time, basis string) {
	c.armBy(c.calendarFor(spec.Ladder, slip), spec, round, slip, due, basis)
}

// armBy arms one rung at an instant that the calendar has given.
func (c *change) armBy(by WorkCalendar, spec RungSpec, round, slip int, due time.Time, basis string) {
	c.place(Rung{
		Round: round, Name: spec.Name, Slip: slip, Ladder: spec.Ladder, Due: instant(due), State: Armed,
		Basis: basis, Calendar: by.Version, Provisional: spec.Clock == WorkingClock && by.Provisional(due),
	})
}

// place adds an armed rung. While the Office holds, a unit's rung waits like the
// others (field failure 26).
func (c *change) place(r Rung) {
	if c.p.Hold != nil && r.ofUnit() {
		c.put(&r, c.env.Now)
	}
	c.p.Rungs = append(c.p.Rungs, r)
}

// instant is a due time as it is kept: whole seconds, in the city's zone.
func instant(t time.Time) time.Time { return t.Truncate(time.Second).In(hanoi()) }

// ofUnit reports whether a unit owes what the rung asks for; 1022 owes the
// decision on a return.
func (r Rung) ofUnit() bool { return r.Slip != 0 && r.Ladder != ReturnLadder }

// armNamed arms the rung of a ladder at the instant an event names.
func (c *change) armNamed(ladder LadderName, name RungName, slip int, due time.Time, basis string) int {
	spec, ok := c.env.Policy.Spec(ladder, name)
	if !ok {
		return 0
	}
	round := c.round()
	c.armAt(spec, round, slip, due, basis)
	return round
}

// stop disarms the rungs that the event stops: of one slip, or of all (slip < 0).
func (c *change) stop(event Event, slip int) {
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		if slip >= 0 && r.Slip != slip {
			continue
		}
		if r.State != Armed && r.State != Deferred && r.State != Paused {
			continue
		}
		spec, ok := c.env.Policy.Spec(r.Ladder, r.Name)
		if ok && slices.Contains(spec.Stops, event) {
			r.State = Disarmed
		}
	}
}

// task opens a task for the hotline.
func (c *change) task(kind TaskKind, role Role, due time.Time, text string) {
	c.taskAs(taskKey(c.p.ID, kind, text), kind, role, due, text)
}

func (c *change) taskAs(key string, kind TaskKind, role Role, due time.Time, text string) {
	c.fx.Tasks = append(c.fx.Tasks, Task{
		Key: key, Kind: kind, PetitionID: c.p.ID, Petition: c.p.Code,
		Text: text, For: role, OpenedAt: c.env.Now, Due: due,
	})
}

// taskKey is the key of a task about a petition that its words tell from others.
func taskKey(petition int64, kind TaskKind, text string) string {
	return fmt.Sprintf("%d/%s/%s", petition, kind, text)
}

func (c *change) suppress(reason string, slip int, classes ...Class) {
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Slip: slip, Classes: classes, Reason: reason})
}

// due is the due time of the latest rung of the name in the lead's round, zero if none.
func (c *change) due(name RungName) time.Time {
	if r := c.p.Rung(name); r != nil {
		return r.Due
	}
	return time.Time{}
}
