package rehearsal

import (
	"slices"
	"time"
)

// An independent reading of the regulation: what each petition of a year must bring
// about, and when. It counts working time by itself (year_hours.go), day by day from the
// announced days off of 2026, and shares no line with escalation or worktime but the zone.
//
// What it judges: the slip, the nudges, the officer's reminder, the head's notice with
// the officer's and the citizen's, the head's reminder, the overdue report with theirs,
// a promise that passes or goes too far, a return that is refused, a slip that is taken
// away, what is said about absences, a result that is sent back, questions and what they brought, what the Office is
// to lead, the citizen's forwarding, promise, result, refusal and rating texts. What it
// leaves out, and the tally only counts: receipts, answers to texts, the shift lead's
// alarms, and the daily digests.

// demand is one text that must reach somebody at an instant.
type demand struct {
	template string
	who      yearRole
	person   int // of the role: the unit's or citizen's number
	at       time.Time
	made     time.Time // when it was made: earlier than at, where it waited for the morning
}

// until adds the demand to a list, if it comes to be before the end.
func (d demand) until(end time.Time, list []demand) []demand {
	if d.made.Before(end) && d.at.Before(end) {
		list = append(list, d)
	}
	return list
}

// followed reports a text that those who follow the petition get too: all but a question
// to whoever made it.
func (d demand) followed() bool {
	return d.who == toCitizen && !slices.Contains([]string{"C3", "C12"}, d.template)
}

type yearRole int

const (
	toFocal yearRole = iota
	toDeputy
	toHead
	toOffice
	toCitizen
	toDuty
)

// stint is a unit's time with a petition.
type stint struct {
	unit      int
	forwarded time.Time
	acked     time.Time // by whatever the officer did first
	answered  time.Time
	moved     time.Time // the next unit has it since, or the Office
	gone      time.Time // nobody has it since: the citizen took it back
}

// rest is a time in which a unit owes nothing; the zero value is none.
type rest struct{ from, to time.Time }

// within is how much time of a stretch it takes, by the hours given.
func (r rest) within(h modelHours, from, to time.Time) time.Duration {
	if r.from.After(from) {
		from = r.from
	}
	return h.between(from, earlier(r.to, to))
}

// result is when the first result was given.
func (f *fate) result() time.Time {
	if !f.lain.from.IsZero() {
		return f.lain.from
	}
	return f.answered
}

// own is when so many hours of a unit are over since it has the petition, of which it owes
// something at the end of others.
func (f *fate) own(s stint, hours, owed int) time.Time {
	h := hoursOf(s.unit)
	return f.due(h, h, s.forwarded, hours, owed)
}

// limit is the end of so many hours since the course was forwarded to its first unit, by
// whose hours they stay counted when another has it.
func (f *fate) limit(s stint, hours int) time.Time {
	return f.due(hoursOf(f.unit), hoursOf(s.unit), f.forwarded, hours, 48)
}

// due is when so many hours are over for a unit, whose clock stands while the Office
// holds it and while a result lies with 1022. A result that is sent back leaves two
// hours of the unit's at the least for what is owed, and what reminds of that moves with
// it. by are the hours that gave the deadline, has those of the unit that has it.
func (f *fate) due(by, has modelHours, from time.Time, hours, owed int) time.Time {
	at, end := by.add(from, time.Duration(hours)*time.Hour), by.add(from, time.Duration(owed)*time.Hour)
	for _, r := range []rest{f.held, f.lain} {
		if r.from.IsZero() || !at.After(r.from) {
			continue
		}
		at, end = by.add(r.to, by.between(r.from, at)), by.add(r.to, by.between(r.from, end))
		if short := 2*time.Hour - has.between(r.to, end); r == f.lain && short > 0 {
			at, end = has.add(at, short), has.add(end, short)
		}
	}
	return at
}

// stints are the units' times with a petition, one after the other.
func (f *fate) stints() []stint {
	first := func(times ...time.Time) (at time.Time) {
		for _, t := range times {
			if !t.IsZero() && (at.IsZero() || t.Before(at)) {
				at = t
			}
		}
		return at
	}
	var asked time.Time
	if f.received.IsZero() {
		asked = f.asked // by the officer
	}
	switch {
	case f.rejected || f.direct || f.forwarded.IsZero():
		return nil
	case f.moved.IsZero():
		return []stint{{unit: f.unit, forwarded: f.forwarded, acked: first(f.acked, asked, f.promised, f.returned, f.result()), answered: f.answered, moved: f.disputed, gone: f.gone()}}
	}
	return []stint{{unit: f.unit, forwarded: f.forwarded, acked: first(f.acked, f.returned), moved: f.moved},
		{unit: f.next(), forwarded: f.moved, acked: f.result(), answered: f.answered, moved: f.disputed, gone: f.gone()}}
}

// demands are the texts that a petition brings about until the end.
func (f *fate) demands(end time.Time) []demand {
	var list []demand
	later := func(template string, who yearRole, person int, made, at time.Time) {
		if who == toFocal && f.staff.away(person, made) {
			who = toDeputy // who stands in
		}
		d := demand{template, who, person, at, made}
		list = d.until(end, list)
		for _, follower := range f.crowd.at(made) {
			if d.followed() {
				d.person = follower.citizen
				list = d.until(end, list)
			}
		}
	}
	citizen := func(template string, at time.Time) { later(template, toCitizen, f.citizen, at, at) }
	if f.rejected {
		citizen("C2", f.forwarded)
	}
	if f.byOffice() {
		citizen("C9", f.opened)
		for at := f.opened; at.Before(end) && (f.forwarded.IsZero() || !at.After(f.forwarded)); at = city.days(at, 2) {
			later("V3", toOffice, 0, at, city.reaches(at)) // asked again until a unit is named
		}
	}
	for _, s := range f.stints() {
		if f.passed(s) {
			citizen("C4x", s.forwarded) // nobody is promised a day that lies behind
		} else {
			citizen("C4", s.forwarded)
		}
		f.ladder(s, later)
		for _, at := range []time.Time{s.moved, s.gone} {
			if !at.IsZero() {
				later("O5", toFocal, s.unit, at, f.reaches(s.unit, at))
			}
		}
	}
	f.help(later)
	if !f.refused.IsZero() {
		later("A4x", toFocal, f.unit, f.refused, f.refused)
	}
	if !f.lain.to.IsZero() {
		later("O4", toFocal, f.last(), f.lain.to, f.reaches(f.last(), f.lain.to))
	}
	f.promises(later)
	f.directive(later)
	f.question(later)
	f.papers(later)
	switch {
	case f.into != nil:
		later("C11", toCitizen, f.citizen, f.merged, modelDay(f.merged))
	case !f.gone().IsZero():
		citizen("C10", f.withdrawn)
	}
	if !f.published.IsZero() {
		later("C7", toCitizen, f.citizen, f.published, modelDay(f.published))
	}
	for _, voter := range append(f.crowd.at(end), f) {
		if made, asked := f.voteAsked(voter); !asked.IsZero() {
			list = demand{"C8n", toCitizen, voter.citizen, asked, made}.until(end, list)
		}
	}
	slices.SortStableFunc(list, func(a, b demand) int { return a.at.Compare(b.at) }) // as handsets get them
	return list
}

// voteAsked is when a citizen is asked to rate, who made the petition or follows it, and
// when that text was made: three days after the answer, in daytime, where there is no vote
// by then and no other course. A direct answer is asked about by a text that waits since
// then, others by the ladder.
func (f *fate) voteAsked(voter *fate) (made, at time.Time) {
	told, rated := f.published, voter.rated
	if voter != f && voter.rates != f {
		rated = time.Time{}
	}
	if f.direct {
		told = f.forwarded
	}
	made, at = told.AddDate(0, 0, 3), modelDay(told.AddDate(0, 0, 3))
	switch {
	case told.IsZero(), !rated.IsZero() && at.After(rated), f.again != nil && at.After(f.again.opened):
		return time.Time{}, time.Time{}
	case f.direct:
		made = told
	}
	return made, at
}

// asked8 reports that a citizen's vote on the answer comes after the question.
func (f *fate) asked8(voter *fate) bool {
	_, at := f.voteAsked(voter)
	return !at.IsZero() && !voter.rated.IsZero()
}

// promises adds what a promised time brings about: the citizen is told of one within
// the 48 hours, and of one beyond them where 1022 agrees; of that the head is told too.
// One that passes without a result is asked about.
func (f *fate) promises(later func(template string, who yearRole, person int, made, at time.Time)) {
	if f.promised.IsZero() {
		return
	}
	told := f.promised
	if f.until.After(hoursOf(f.unit).add(f.forwarded, 48*time.Hour)) {
		later("H1E", toHead, f.unit, f.promised, f.promised)
		told = f.agreed
	}
	if !told.IsZero() && f.still(told, modelDay(told)) {
		later("C5", toCitizen, f.citizen, told, modelDay(told))
	}
	if f.result().IsZero() || !f.until.After(f.result()) {
		later("O3", toFocal, f.unit, f.until, f.reaches(f.unit, f.until))
	}
}

// question adds what a question to the citizen brings about: it is asked again at the
// end of the third working day, and 1022 gives up at the end of the sixth, where it asked
// itself. The officer is told of what came.
func (f *fate) question(later func(template string, who yearRole, person int, made, at time.Time)) {
	if f.asked.IsZero() {
		return
	}
	over := f.supplied
	for _, at := range []time.Time{f.result(), f.gone()} {
		if over.IsZero() {
			over = at
		}
	}
	later("C3", toCitizen, f.citizen, f.asked, f.asked)
	if again := city.days(f.asked, 3); over.IsZero() || !again.After(over) {
		later("C3", toCitizen, f.citizen, again, again)
	}
	if end := city.days(f.asked, 6); !f.received.IsZero() && !end.After(over) {
		later("C12", toCitizen, f.citizen, end, end)
	}
	if f.received.IsZero() && !f.supplied.IsZero() {
		later("O6", toFocal, f.unit, f.supplied, f.reaches(f.unit, f.supplied))
	}
}

// still reports that what was made then for the citizen is worth to be sent in the
// morning: that no result came meanwhile, and nobody took the petition back.
func (f *fate) still(made, morning time.Time) bool {
	for _, over := range []time.Time{f.result(), f.answered, f.gone()} { // a first result may lie before, sent back
		if !over.IsZero() && over.After(made) && !over.After(morning) {
			return false
		}
	}
	return true
}

// reaches is when a text about the petition goes out to people of a unit: of an emergency
// at once, but for what is only reported to them.
func (f *fate) reaches(unit int, t time.Time) time.Time {
	if f.urgent {
		return t
	}
	return hoursOf(unit).reaches(t)
}

// head is what the head is told when the 8 hours have passed, and when: of a promised
// time that lies ahead, and not while 1022 owes the unit the answer to a return; never,
// where the answer takes it away.
func (f *fate) head(s stint, eight time.Time) (template string, at time.Time) {
	template, at = "H1", eight
	if sentBack := !f.lain.from.IsZero() && f.lain.from.Before(eight); !sentBack && !f.promised.IsZero() && f.promised.Before(eight) && f.until.After(eight) {
		template = "H1E"
	}
	waits := !f.returned.IsZero() && f.returned.Before(eight) && s.unit == f.unit
	switch {
	case waits && f.refused.After(eight):
		at = f.refused
	case waits && !f.moved.Before(eight): // at that very instant the limit comes first, and finds the return undecided
		at = time.Time{}
	}
	if limit := f.limit(s, 48); limit.Before(at) || limit.Equal(at) && at.Equal(f.refused) {
		template = "H3" // another unit, or 1022, had it for most of the 48 hours: there is no day left to name
	}
	return template, at
}

// help adds what a co-operating unit is told: its slip, the nudges, and at half the lead's
// eight hours that its opinion is owed, by its own hours; not when there is a result.
func (f *fate) help(later func(template string, who yearRole, person int, made, at time.Time)) {
	if !f.joint {
		return
	}
	s := stint{unit: f.partner(), forwarded: f.forwarded, answered: f.opined}
	open := func(at, result time.Time) bool {
		for _, end := range []time.Time{f.opined, f.disputed, f.gone(), result} {
			if !end.IsZero() && at.After(end) {
				return false
			}
		}
		return true
	}
	h := hoursOf(s.unit)
	if at := h.reaches(s.forwarded); f.still(s.forwarded, at) {
		later("O1P", toFocal, s.unit, s.forwarded, at)
	}
	for hours, who := range map[int]yearRole{1: toFocal, 2: toDeputy} {
		if at := f.own(s, hours, hours); open(at, f.result()) && (f.heard.IsZero() || !at.After(f.heard)) {
			later("O1N", who, s.unit, at, h.reaches(at))
		}
	}
	if at := f.own(s, 4, 4); open(at, f.answered) {
		later("O2", toFocal, s.unit, at, h.reaches(at))
	}
	for _, at := range []time.Time{f.disputed, f.gone()} {
		if !at.IsZero() {
			later("O5", toFocal, s.unit, at, h.reaches(at))
		}
	}
}

// passed reports that the 48 hours lay behind when the unit got it.
func (f *fate) passed(s stint) bool { return !f.limit(s, 48).After(s.forwarded) }

// directive adds what a directive of the city's leaders brings about (Đ9.4–9.6): the head
// of the unit that is to lead is told, and the Office when its day came without a result.
func (f *fate) directive(later func(template string, who yearRole, person int, made, at time.Time)) {
	if f.directed.IsZero() {
		return
	}
	later("N2", toHead, f.last(), f.directed, f.reaches(f.last(), f.directed))
	if f.answered.IsZero() || !f.reportBy.After(f.answered) {
		later("V6", toOffice, 0, f.reportBy, city.reaches(f.reportBy))
	}
}

// ladder adds what the regulation's clock brings about while a unit has the petition:
// 8 hours from its slip, 48 from the first one.
func (f *fate) ladder(s stint, later func(template string, who yearRole, person int, made, at time.Time)) {
	unit := hoursOf(s.unit)
	f.slip(s, later)
	// What is due at the very instant of an act comes first.
	before := func(at, act time.Time) bool { return act.IsZero() || !at.After(act) }
	open := func(at time.Time) bool { return before(at, s.answered) && before(at, s.moved) && before(at, s.gone) }
	during := func(at time.Time) bool { return open(at) && at.After(s.forwarded) }
	silent := func(at time.Time) bool { return open(at) && before(at, s.acked) }
	add := func(template string, who yearRole, at time.Time, due bool) {
		switch {
		case !due:
		case who == toCitizen && f.still(at, modelDay(at)):
			later(template, who, f.citizen, at, modelDay(at))
		case who == toOffice:
			later(template, who, 0, at, city.reaches(at))
		case template == "H3": // a report, which wakes nobody
			later(template, who, s.unit, at, unit.reaches(at))
		case who != toCitizen:
			later(template, who, s.unit, at, f.reaches(s.unit, at))
		}
	}
	one, two, six, eight := f.own(s, 1, 1), f.own(s, 2, 2), f.own(s, 6, 8), f.own(s, 8, 8)
	forty, late := f.limit(s, 40), f.limit(s, 48)
	add("O1N", toFocal, one, silent(one))
	add("O1N", toDeputy, two, silent(two))
	add("O2", toFocal, six, open(six))
	template, told := f.head(s, eight)
	due := open(eight) && !told.IsZero()
	add(template, toHead, told, due)
	add("O7", toFocal, told, due)
	add("C6", toCitizen, told, due)
	add("H2", toHead, forty, during(forty) && !f.reaches(s.unit, forty).After(late)) // one that waits for the morning is of no use by then
	add("V1", toOffice, late, during(late))
	add("H3", toHead, late, during(late))
	add("C6b", toCitizen, late, during(late))
}

// slip adds the slip itself (Đ9.3). That of an emergency is another one, of which the
// unit's duty number has a copy and the Office is told (Đ9.1, Đ9.2).
func (f *fate) slip(s stint, later func(template string, who yearRole, person int, made, at time.Time)) {
	if !f.urgent {
		later("O1", toFocal, s.unit, s.forwarded, hoursOf(s.unit).reaches(s.forwarded))
		return
	}
	later("O1K", toFocal, s.unit, s.forwarded, s.forwarded)
	if yearDuty(s.unit) {
		later("O1K", toDuty, s.unit, s.forwarded, s.forwarded)
	}
	later("V0", toOffice, 0, s.forwarded, city.reaches(s.forwarded))
}

// A petition has parts: a reopening begins another, and what the one before owed on paper
// is owed no more.

// nextPart is the course that a reopening after this part began, nil if none did.
func (f *fate) nextPart() *fate {
	next := f.again
	for next != nil && !next.reopened {
		next = next.again
	}
	return next
}

// lastCourse is the last one of the part.
func (f *fate) lastCourse() *fate {
	for f.again != nil && !f.again.reopened {
		f = f.again
	}
	return f
}

// partEnd is when nothing is owed on paper any more, zero for never: closed is none.
func (f *fate) partEnd() time.Time {
	if next := f.nextPart(); next != nil {
		return next.opened
	}
	return f.lastCourse().gone()
}

// owesFile is since when the part owes the Office a file, zero where it owes none: an
// emergency from its receipt, or from when a unit has it again, another one from the
// result that needs a reminder (Đ9.6).
func (f *fate) owesFile() time.Time {
	switch last := f.lastCourse(); {
	case f.urgent && f.opened.IsZero():
		return f.receipt()
	case f.urgent:
		return f.forwarded
	case last.needed:
		return last.answered
	}
	return time.Time{}
}

// fileDue is by when it has to be sent: the end of the second working day.
func (f *fate) fileDue() time.Time { return city.days(f.owesFile(), 2) }

// papers adds what the Office hears of the file that the part owes: that it comes, and at
// the end of the two days that it is owed.
func (f *fate) papers(later func(template string, who yearRole, person int, made, at time.Time)) {
	if !f.opened.IsZero() && !f.reopened || f.owesFile().IsZero() {
		return
	}
	before := func(at, act time.Time) bool { return act.IsZero() || !at.After(act) }
	if due := f.fileDue(); before(due, f.sent) && before(due, f.partEnd()) {
		later("V4", toOffice, 0, due, city.reaches(due))
	}
	if !f.sent.IsZero() {
		later("V4", toOffice, 0, f.sent, city.reaches(f.sent))
	}
	f.explanation(later)
}

// explanation adds what the Office's question to a unit brings about: its head is asked,
// and reminded four hours before the end of the unit's last working day for it, which are
// those since the start of its last stretch; the Office hears when nothing has come by then.
func (f *fate) explanation(later func(template string, who yearRole, person int, made, at time.Time)) {
	if f.asksWhy.IsZero() {
		return
	}
	unit := f.lastCourse().last()
	h := hoursOf(unit)
	due := h.days(f.asksWhy, f.days)
	owed := func(at time.Time) bool { return f.explained.IsZero() || !at.After(f.explained) }
	later("N3", toHead, unit, f.asksWhy, f.reaches(unit, f.asksWhy))
	if remind := due.Add(-4 * time.Hour); owed(remind) {
		later("N3n", toHead, unit, remind, f.reaches(unit, remind))
	}
	if owed(due) {
		later("VG", toOffice, 0, due, city.reaches(due))
	}
}

// modelled lists the templates that the model judges.
func modelled() []string {
	return []string{"O1", "O1N", "O2", "O3", "O4", "O5", "O6", "O7", "A4x", "H1", "H1E", "H2", "H3", "V1", "V3", "C2", "C3", "C4", "C5", "C6", "C6b", "C7", "C8n", "C9", "C12", "NGHI", "XV", "NQ", "O1K", "V0", "V4", "C10", "C11", "C4x", "N2", "V6", "O1P", "N3", "N3n", "VG"}
}
