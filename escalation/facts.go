package escalation

import (
	"cmp"
	"slices"
	"time"
)

// Course is where the present course of a petition began. The zero value is the
// receipt.
type Course struct {
	From    time.Time `json:"from,omitzero"`     // of the last reopening
	Rounds  int       `json:"rounds,omitempty"`  // last round before it
	Slips   int       `json:"slips,omitempty"`   // last slip before it
	Results int       `json:"results,omitempty"` // how many results are of before
	// Past are the facts of the courses before. A reopening wipes what they were
	// made from, so they are kept as they stood then.
	Past []Fact `json:"past,omitempty"`
}

// Facts makes what reports count from a petition: a row for each of its turns, in
// their order. Working time is measured with the calendars given: what a unit takes by
// the one that gave its deadline, what 1022 and the Office take by the city's.
func Facts(p Petition, calendars Calendars) []Fact {
	return factsUntil(p, p.pastFiles(), calendars)
}

// factsUntil is Facts with the instant at which the course ended for files; zero: it has not.
func factsUntil(p Petition, end time.Time, calendars Calendars) []Fact {
	turns := turnsOf(&p)
	rows := slices.Grow(slices.Clone(p.Course.Past), len(turns))
	var late time.Time // the 48 hours that ended with a party of before
	for i, t := range turns {
		t.gone = end
		f := t.fact(calendars, i == 0, i == len(turns)-1)
		switch {
		case t.reopened, f.Office: // whoever the Office names has the whole time (Đ9.5)
		case f.OverdueAt.IsZero():
			f.OverdueAt = late
		}
		late = f.OverdueAt
		rows = append(rows, f)
	}
	for i := range rows {
		f := &rows[i]
		f.Petition, f.Code, f.Turn, f.ReceivedAt = p.ID, p.Code, i+1, stamp(p.ReceivedAt)
		f.Channel, f.Kind, f.Urgent, f.Denunciation = p.Channel, p.Kind, p.Urgent, p.Denunciation
		if !p.Denunciation {
			f.Field, f.Area = p.Field, p.Area
		}
		f.Disputed = i+1 < len(rows) && rows[i+1].Office
	}
	return rows
}

// stamp is an instant as facts keep it.
func stamp(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Truncate(time.Microsecond).UTC()
}

// newCourse begins a course: what the one before came to is kept.
func (p *Petition) newCourse(now time.Time, calendars Calendars) {
	end := p.pastFiles()
	if end.IsZero() {
		end = now
	}
	p.Course = Course{From: now, Rounds: p.Rounds, Slips: len(p.Slips), Past: factsUntil(*p, end, calendars)}
}

// pastFiles is when the petition ended so that no file has to be sent any more; zero: it has
// not. One that is closed after its answer still owes its file.
func (p *Petition) pastFiles() time.Time {
	if p.Status.Ended() && p.Status != Closed {
		return p.ClosedAt
	}
	return time.Time{}
}

// turn is a stretch of the present course before its fact is made.
type turn struct {
	p        *Petition
	opened   time.Time
	after    int // last round of the turn before
	slip     *Slip
	reopened bool
	gone     time.Time // when the course ended, for files (pastFiles)
}

// turnsOf splits the present course: a turn for each lead unit, and one more while
// none leads. What ended with its unit has no such turn.
func turnsOf(p *Petition) []turn {
	next := turn{p: p, opened: p.ReceivedAt}
	if !p.Course.From.IsZero() {
		next.opened, next.after, next.reopened = p.Course.From, p.Course.Rounds, true
	}
	var turns []turn
	for i := range p.Slips {
		s := &p.Slips[i]
		if !s.Lead || s.No <= p.Course.Slips {
			continue
		}
		t := next
		t.slip = s
		if again := len(turns) > 0 && endsCourse(turns[len(turns)-1].slip.EndedFor); again { // reopened before courses were kept
			t.opened, t.reopened = s.ForwardedAt, true
		}
		turns = append(turns, t)
		next = turn{p: p, opened: s.EndedAt, after: s.Round}
	}
	if len(turns) == 0 {
		return []turn{next}
	}
	last := turns[len(turns)-1].slip
	ended := endsCourse(last.EndedFor)
	if last.Open() || ended && last.Round >= p.LastReopen {
		return turns
	}
	next.reopened = ended
	return append(turns, next)
}

// endsCourse reports whether nobody owes anything after a slip that ended so.
func endsCourse(why string) bool {
	switch why {
	case "result", "withdrawn", "merged", "rejected", "answered", "reopened":
		return true
	}
	return false
}

// acknowledgedFirst is when the slip was first acknowledged, and by whom: a change of
// people rewrites no statistics. Who it was is not known of a slip that was handed over
// before this was noted; then it is who acknowledged it last.
func (s *Slip) acknowledgedFirst() (at time.Time, by string) {
	if !s.FirstAcknowledgedAt.IsZero() {
		return s.FirstAcknowledgedAt, cmp.Or(s.FirstAcknowledgedBy, s.AcknowledgedBy)
	}
	return s.AcknowledgedAt, s.AcknowledgedBy
}

// fact makes the row of a turn. What belongs to the whole course stands in its
// first turn (what 1022 owes) or in its last (what became of it).
func (t turn) fact(calendars Calendars, first, last bool) Fact {
	p := t.p
	city, unit := calendars.City, calendars.City
	f := Fact{OpenedAt: stamp(t.opened), Reopened: t.reopened, Office: t.withOffice()}
	if t.slip != nil {
		unit = t.calendar(calendars)
		at, _ := t.slip.acknowledgedFirst()
		f.Round, f.Unit, f.Officer = t.slip.Round, t.slip.Unit, t.slip.Officer
		f.ForwardedAt, f.AcknowledgedAt = stamp(t.slip.ForwardedAt), stamp(at)
		f.AcknowledgedIn = between(unit, f.ForwardedAt, f.AcknowledgedAt)
	}
	t.end(&f, last)
	t.judge(&f, unit)
	t.held(&f, city, unit)
	t.promises(&f)
	t.asked(&f)
	if first {
		t.duties(&f, city)
		t.written(&f)
	}
	if last {
		f.votes(p)
	}
	return f
}

// calendar is the one that gave the turn's unit its hours. What the unit works by now
// is another matter: facts of the past are the same whenever they are made.
func (t turn) calendar(calendars Calendars) WorkCalendar {
	if head := t.rung(RungHead); head != nil {
		return calendars.ByRung(*head)
	}
	return calendars.Of(t.slip.Unit)
}

// between is the working time from one instant to another in whole seconds, none
// where one of them is missing.
func between(cal WorkCalendar, from, to time.Time) time.Duration {
	if from.IsZero() || !to.After(from) {
		return 0
	}
	return cal.Between(from, to).Truncate(time.Second)
}

// mine reports whether a rung belongs to the turn: to its slip, or to the petition
// while no unit had it yet.
func (t turn) mine(r Rung) bool {
	if t.slip != nil && r.Slip == t.slip.No {
		return true
	}
	return r.Slip == 0 && r.Round > t.after && (t.slip == nil || r.Round < t.slip.Round)
}

// rung is the first rung of the name that belongs to the turn, nil for none.
func (t turn) rung(name RungName) *Rung {
	for i := range t.p.Rungs {
		if r := &t.p.Rungs[i]; r.Name == name && t.mine(*r) {
			return r
		}
	}
	return nil
}

func (t turn) withOffice() bool { return t.rung(RungOffice) != nil }

// results lists what was answered in the turn, the one that stands last.
func (t turn) results() []Result {
	return slices.DeleteFunc(t.courseResults(), func(r Result) bool { return !t.answers(r) })
}

// courseResults are those of the course, free to be changed.
func (t turn) courseResults() []Result {
	all := slices.Clone(t.p.Results[min(t.p.Course.Results, len(t.p.Results)):])
	if t.p.Result != nil {
		all = append(all, *t.p.Result)
	}
	return all
}

// answers reports whether a result was given in the turn. One that no unit gave, the
// Office's or 1022's own, names none, and stands no longer when the Office takes the matter up again.
func (t turn) answers(r Result) bool {
	s := t.slip
	if s == nil {
		again := t.p.Status == Disputed || t.p.Status == WithOffice
		return r.Unit == "" && !r.At.Before(t.opened) && !again
	}
	if r.Slip != 0 {
		return r.Slip == s.No
	}
	return r.Unit == s.Unit && !r.At.Before(s.ForwardedAt) && (s.Open() || !r.At.After(s.EndedAt))
}

// answer is the result that stands, nil when there is none or it was sent back.
func (t turn) answer() *Result {
	list := t.results()
	if n := len(list); n > 0 && !list[n-1].wasSentBack() {
		return &list[n-1]
	}
	return nil
}

// wasSentBack reports whether it was. The words of it may be erased; a result of before the
// instant was noted has them alone.
func (r Result) wasSentBack() bool { return !r.SentBackAt.IsZero() || r.SentBack != "" }

// end says how and when the turn ended, and by which level it was answered.
func (t turn) end(f *Fact, last bool) {
	p := t.p
	answer := t.answer()
	switch {
	case answer != nil:
		at := stamp(answer.At)
		if at.Before(f.ForwardedAt) {
			at = f.ForwardedAt // a text that was read before the slip and applied after it
		}
		f.Outcome, f.ResultAt, f.DoneAt = OutcomeAnswered, at, at
		f.Level, f.OwnSite = t.level(answer.At), answer.UnitURL != ""
		if at := t.publishedAt(); last && (p.Published != "" || !at.IsZero()) { // its words may be erased
			f.Published, f.PublishedAt = true, stamp(at)
		}
	case last && p.Status == AnsweredDirectly:
		f.Outcome, f.Level, f.ResultAt, f.DoneAt = OutcomeDirect, OperatorLevel, stamp(p.ClosedAt), stamp(p.ClosedAt)
	case last && p.Status == Rejected:
		f.Outcome, f.DoneAt = OutcomeRejected, stamp(p.ClosedAt)
	case last && p.Status == Withdrawn:
		f.Outcome, f.DoneAt = OutcomeWithdrawn, stamp(p.ClosedAt)
	case last && p.Status == Merged:
		f.Outcome, f.DoneAt = OutcomeMerged, stamp(p.ClosedAt)
	case t.slip != nil && t.slip.EndedFor == "returned":
		f.Outcome, f.DoneAt = OutcomeReturned, stamp(t.slip.EndedAt)
	case t.slip != nil && !t.slip.Open():
		f.Outcome, f.DoneAt = OutcomeMoved, stamp(t.slip.EndedAt)
	}
	f.OverdueAt = stamp(t.overdueAt(answer))
}

// overdueAt is when the 48 h ended without a result, zero when they did not. A turn has
// several limits where 1022 had the petition for a while, or the Office, which is bound
// by none: the last one that ended is the turn's. An answer whose text had come by then
// was read too late, not given so.
func (t turn) overdueAt(answer *Result) (at time.Time) {
	late := answer != nil && answer.Late && (t.slip != nil || !t.withOffice())
	var last *Rung
	for i := range t.p.Rungs {
		r := &t.p.Rungs[i]
		if r.Name != RungOverdue || !t.mine(*r) {
			continue
		}
		if last = r; r.State == Fired && (answer == nil || answer.At.After(r.Due)) {
			at = r.Due
		}
	}
	if at.IsZero() && late && last != nil {
		return last.Due
	}
	return at
}

// publishedAt is when the answer was made public; petitions of before this was
// noted tell it by the end of their slip.
func (t turn) publishedAt() time.Time {
	if t.p.PublishedAt.IsZero() && t.slip != nil && t.slip.EndedFor == "result" {
		return t.slip.EndedAt
	}
	return t.p.PublishedAt
}

// level is who had the petition at the instant.
func (t turn) level(at time.Time) Level {
	switch {
	case t.slip == nil && t.withOffice():
		return OfficeLevel
	case t.slip == nil: // an emergency that was transferred, say
		return OperatorLevel
	}
	if up := t.escalatedAt(); !up.IsZero() && !at.Before(up) {
		return HeadLevel
	}
	return FocalLevel
}

// escalatedAt is when the head got it: when the 8 h ended, however late that was
// noticed. Zero: not yet.
func (t turn) escalatedAt() time.Time {
	if r := t.rung(RungHead); r != nil && r.State == Fired {
		return r.Due
	}
	return time.Time{}
}

// judge holds the answer against the deadlines that are stored with the slip. A
// clock that was stopped with time left had not run out.
func (t turn) judge(f *Fact, unit WorkCalendar) {
	from := f.ForwardedAt
	if from.IsZero() {
		from = f.OpenedAt
	}
	f.AnsweredIn = between(unit, from, f.ResultAt)
	answer, head := t.answer(), t.rung(RungHead)
	if answer == nil || head == nil {
		return
	}
	f.Judged = true
	f.WithinFocal = !answer.At.After(head.Due) || head.State != Fired && head.Left > 0
	f.WithinHead = !answer.Late
}

// held sums the working time that each level has had the petition in the turn, each
// by the calendar it works by.
func (t turn) held(f *Fact, city, unit WorkCalendar) {
	until := f.ForwardedAt
	if until.IsZero() {
		until = f.DoneAt
	}
	if f.Office {
		taken := f.OpenedAt
		if since := t.officeSince(); since.After(taken) && since.Before(until) {
			taken = since
		}
		lay := lain(t.ofOffice(), city, taken, until)
		f.HeldByOffice, f.HeldBy1022 = between(city, taken, until)-lay, lay
		until = taken
	}
	f.HeldBy1022 += between(city, f.OpenedAt, until)
	if t.slip != nil && !f.DoneAt.IsZero() {
		up := t.escalatedAt()
		if up.IsZero() || up.After(f.DoneAt) {
			up = f.DoneAt
		}
		f.HeldByFocal = between(unit, f.ForwardedAt, up) - t.lain(unit, f.ForwardedAt, up) - t.paused(unit, f.ForwardedAt, up)
		f.HeldByHead = between(unit, up, f.DoneAt) - t.lain(unit, up, f.DoneAt) - t.paused(unit, up, f.DoneAt)
		f.HeldBy1022 += t.lain(city, f.ForwardedAt, f.DoneAt)
		f.HeldByOffice += t.paused(city, f.ForwardedAt, f.DoneAt)
	}
	f.HeldBy1022 += between(city, f.ResultAt, f.PublishedAt)
}

// officeSince is when the Office took the petition in the turn. A slip of before this was
// noted tells it by the petition's last dispute, as a turn that no unit has does.
func (t turn) officeSince() time.Time {
	switch d := t.p.Dispute; {
	case t.slip != nil && !t.slip.OfficeSince.IsZero():
		return t.slip.OfficeSince
	case d != nil:
		return d.since()
	}
	return time.Time{}
}

// ofOffice are the results that the Office gave in the course.
func (t turn) ofOffice() []Result {
	return slices.DeleteFunc(t.courseResults(), func(r Result) bool { return r.Unit != "" })
}

// lain is how much of a stretch results of the turn's unit lay with 1022.
func (t turn) lain(cal WorkCalendar, from, to time.Time) time.Duration {
	return lain(t.results(), cal, from, to)
}

// lain is how much of a stretch those of the results that were sent back lay with 1022.
func lain(results []Result, cal WorkCalendar, from, to time.Time) time.Duration {
	var sum time.Duration
	var seen time.Time
	for _, r := range results {
		if r.SentBackAt.IsZero() || r.At.Equal(seen) {
			continue
		}
		seen = r.At
		sum += between(cal, laterOf(from, r.At), earlierOf(to, r.SentBackAt))
	}
	return sum
}

// paused is how much of a stretch the Office held the clock.
func (t turn) paused(cal WorkCalendar, from, to time.Time) time.Duration {
	var sum time.Duration
	for _, h := range t.p.Holds {
		sum += between(cal, laterOf(from, h.From), earlierOf(to, h.To))
	}
	if h := t.p.Hold; h != nil {
		sum += between(cal, laterOf(from, h.At), earlierOf(to, h.Until))
	}
	return sum
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// promises counts the times that the turn's unit promised (Đ9.3): missed, kept by
// a result in time, or moved.
func (t turn) promises(f *Fact) {
	if t.slip == nil {
		return
	}
	var last *ETA
	for i := range t.p.ETAs {
		e := &t.p.ETAs[i]
		if !t.p.promisedBy(t.slip, *e) {
			continue
		}
		f.Promises++
		if e.Missed {
			f.Missed++
			f.MissedAt = f.MissedAt.with(stamp(e.At))
		}
		last = e
	}
	if last != nil && !last.Missed && f.Outcome == OutcomeAnswered {
		f.Kept++
	}
}

// asked is the first question to the citizen that 1022 had in the turn, which it owed within
// the hour (Đ8.3).
func (t turn) asked(f *Fact) {
	var forwarded time.Time
	if t.slip != nil {
		forwarded = t.slip.ForwardedAt
	}
	if at := t.p.askedIn(t.opened, forwarded); !at.IsZero() {
		f.Asked, f.AskedInTime = true, !at.After(t.hour())
	}
}

// hour is the end of the hour that ran when the first question of the turn was asked, zero
// where none did. What the citizen added to a question of before has begun it anew.
func (t turn) hour() (due time.Time) {
	for _, r := range t.p.Rungs {
		switch {
		case !t.mine(r):
		case r.Name == RungClarify:
			due = r.Due
		case r.Name == RungSupplement && !due.IsZero(): // the question's own
			return due
		}
	}
	return due
}

// duties are what 1022 owed at the beginning of a course: to reject (Đ8.2), answer or
// forward (Đ9.2) at once.
func (t turn) duties(f *Fact, city WorkCalendar) {
	if t.reopened {
		return
	}
	decided := f.ForwardedAt
	if decided.IsZero() && (f.Outcome == OutcomeRejected || f.Outcome == OutcomeDirect) {
		decided = f.DoneAt
	}
	f.AtOnce = !decided.IsZero() && between(city, f.OpenedAt, decided) <= AtOnceTime
}

// votes are the citizens' on the answer that stands (Đ11.2): that of the petition's own
// citizen, and those of whoever follows it since a merger.
func (f *Fact) votes(p *Petition) {
	if f.ResultAt.IsZero() {
		return
	}
	given := func(r *Rating) (score, service int) {
		if r == nil || r.At.Before(f.ResultAt) {
			return 0, 0
		}
		return r.Score, r.Service
	}
	f.Score, f.Service = given(p.Rating)
	for _, follower := range p.Followers {
		score, service := given(follower.Rating)
		f.Followers[score]++
		f.FollowersOn1022[service]++
	}
}

// written is the file that 1022 owes the Office within two working days (Đ9.6); of
// several all have to be in time. One that was not due yet when its course ended without it
// is owed no more, and late for nobody.
func (t turn) written(f *Fact) {
	for _, w := range t.p.Files() {
		if w.Dropped || w.Round != 0 && w.Round <= t.p.Course.Rounds {
			continue // of an earlier course
		}
		due := t.p.fileRung(w)
		known := due != nil && due.Round > t.p.Course.Rounds
		if known && w.SentAt.IsZero() && !t.gone.IsZero() && due.Due.After(t.gone) {
			continue
		}
		inTime := !w.SentAt.IsZero() && (!known || !w.SentAt.After(due.Due))
		f.WrittenInTime = inTime && (f.WrittenInTime || !f.Written)
		f.Written = true
	}
}
