package rehearsal

import (
	"slices"
	"time"

	"notify1022/escalation/worktime"
)

// An independent reading of the regulation: what each petition of a year must bring
// about, and when. It counts working time by itself, day by day from the announced
// days off of 2026, and shares no line with escalation or worktime but the zone.
//
// What it judges: the slip, the nudges, the officer's reminder, the head's notice with
// the officer's and the citizen's, the head's reminder, the overdue report with theirs,
// a promise that passes or goes too far, a return that is refused, a slip that is taken
// away, a result that is sent back, questions and what they brought, what the Office is
// to lead, the citizen's forwarding, promise, result, refusal and rating texts. What it
// leaves out, and the tally only counts: receipts, answers to texts, the shift lead's
// alarms, and the daily digests.

// modelOff are the days off of 2026 and its turn beside weekends, modelWork the Saturdays worked
// in exchange (domain: announced by the Government on 25/12/2025 and after).
var (
	modelOff = []string{"2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-04-27",
		"2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24", "2027-01-01"}
	modelWork = []string{"2026-01-10", "2026-08-22"}
)

func modelWorks(day time.Time) bool {
	date := day.Format(time.DateOnly)
	if slices.Contains(modelWork, date) {
		return true
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !slices.Contains(modelOff, date)
}

// modelHalves are a working day's halves, from midnight.
var modelHalves = [2][2]time.Duration{{7*time.Hour + 30*time.Minute, 11*time.Hour + 30*time.Minute}, {13 * time.Hour, 17 * time.Hour}}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(worktime.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, worktime.Zone())
}

// modelAdd walks from t through the halves of working days until d has passed: the
// instant at which it has, the end of a half rather than the beginning of the next.
func modelAdd(t time.Time, d time.Duration) time.Time {
	if d == 0 {
		return t
	}
	for day := midnight(t); ; day = day.AddDate(0, 0, 1) {
		if !modelWorks(day) {
			continue
		}
		for _, half := range modelHalves {
			from, to := day.Add(half[0]), day.Add(half[1])
			if t.After(from) {
				from = t
			}
			if !from.Before(to) {
				continue
			}
			if left := to.Sub(from); d > left {
				d -= left
				continue
			}
			return from.Add(d)
		}
	}
}

// modelDays is the end of the work of the n-th working day after a day.
func modelDays(t time.Time, n int) time.Time {
	day := midnight(t)
	for n > 0 {
		if day = day.AddDate(0, 0, 1); modelWorks(day) {
			n--
		}
	}
	return day.Add(modelHalves[1][1])
}

// modelSlip is when a slip forwarded at t reaches its officer: at night in the
// morning, at a quarter to seven.
func modelSlip(t time.Time) time.Time {
	day := midnight(t)
	switch at := t.Sub(day); {
	case at < 6*time.Hour+45*time.Minute:
		return day.Add(6*time.Hour + 45*time.Minute)
	case at >= 21*time.Hour:
		return day.Add(30*time.Hour + 45*time.Minute)
	}
	return t
}

// modelDay is when a text that waits for the citizen's morning goes out.
func modelDay(t time.Time) time.Time {
	day := midnight(t)
	switch at := t.Sub(day); {
	case at < 7*time.Hour:
		return day.Add(7 * time.Hour)
	case at >= 21*time.Hour:
		return day.Add(31 * time.Hour)
	}
	return t
}

// demand is one text that must reach somebody at an instant.
type demand struct {
	template string
	who      yearRole
	person   int // of the role: the unit's or citizen's number
	at       time.Time
	made     time.Time // when it was made: earlier than at, where it waited for the morning
}

type yearRole int

const (
	toFocal yearRole = iota
	toDeputy
	toHead
	toOffice
	toCitizen
)

// stint is a unit's time with a petition.
type stint struct {
	unit      int
	forwarded time.Time
	acked     time.Time // by whatever the officer did first
	answered  time.Time
	moved     time.Time // the next unit has it since, or the Office
}

// rest is a time in which a unit owes nothing; the zero value is none.
type rest struct{ from, to time.Time }

// within is how much working time of a stretch it takes.
func (r rest) within(from, to time.Time) time.Duration {
	if r.from.After(from) {
		from = r.from
	}
	return modelBetween(from, earlier(r.to, to))
}

// result is when the first result was given.
func (f *fate) result() time.Time {
	if !f.lain.from.IsZero() {
		return f.lain.from
	}
	return f.answered
}

// due is when so many hours are over for a unit, whose clock stands while the Office
// holds it and while a result lies with 1022. A result that is sent back leaves two
// hours at the least for what is owed, and what reminds of that moves with it.
func (f *fate) due(from time.Time, hours, owed int) time.Time {
	at, end := modelAdd(from, time.Duration(hours)*time.Hour), modelAdd(from, time.Duration(owed)*time.Hour)
	for _, r := range []rest{f.held, f.lain} {
		if r.from.IsZero() || !at.After(r.from) {
			continue
		}
		at, end = modelAdd(r.to, modelBetween(r.from, at)), modelAdd(r.to, modelBetween(r.from, end))
		if short := 2*time.Hour - modelBetween(r.to, end); r == f.lain && short > 0 {
			at, end = modelAdd(at, short), modelAdd(end, short)
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
		return []stint{{unit: f.unit, forwarded: f.forwarded, acked: first(f.acked, asked, f.promised, f.returned, f.result()), answered: f.answered, moved: f.disputed}}
	}
	return []stint{{unit: f.unit, forwarded: f.forwarded, acked: f.returned, moved: f.moved},
		{unit: f.next(), forwarded: f.moved, acked: f.result(), answered: f.answered, moved: f.disputed}}
}

// demands are the texts that a petition brings about until the end.
func (f *fate) demands(end time.Time) []demand {
	var list []demand
	later := func(template string, who yearRole, person int, made, at time.Time) {
		if made.Before(end) && at.Before(end) {
			list = append(list, demand{template, who, person, at, made})
		}
	}
	citizen := func(template string, at time.Time) { later(template, toCitizen, f.citizen, at, at) }
	if f.rejected {
		citizen("C2", f.forwarded)
	}
	if f.byOffice() {
		citizen("C9", f.opened)
		for at := f.opened; at.Before(end) && (f.forwarded.IsZero() || !at.After(f.forwarded)); at = modelDays(at, 2) {
			later("V3", toOffice, 0, at, modelSlip(at)) // asked again until a unit is named
		}
	}
	for _, s := range f.stints() {
		citizen("C4", s.forwarded)
		f.ladder(s, later)
		if !s.moved.IsZero() {
			later("O5", toFocal, s.unit, s.moved, modelSlip(s.moved))
		}
	}
	if !f.refused.IsZero() {
		later("A4x", toFocal, f.unit, f.refused, f.refused)
	}
	if !f.lain.to.IsZero() {
		later("O4", toFocal, f.last(), f.lain.to, modelSlip(f.lain.to))
	}
	f.promises(later)
	f.question(later)
	if !f.published.IsZero() {
		later("C7", toCitizen, f.citizen, f.published, modelDay(f.published))
	}
	if made, asked := f.voteAsked(); !asked.IsZero() {
		later("C8n", toCitizen, f.citizen, made, asked)
	}
	slices.SortStableFunc(list, func(a, b demand) int { return a.at.Compare(b.at) }) // as handsets get them
	return list
}

// voteAsked is when the citizen is asked to rate, and when that text was made: three days
// after the answer, in daytime, where there is no vote by then and no other course. A
// direct answer is asked about by a text that waits since then, others by the ladder.
func (f *fate) voteAsked() (made, at time.Time) {
	told := f.published
	if f.direct {
		told = f.forwarded
	}
	made, at = told.AddDate(0, 0, 3), modelDay(told.AddDate(0, 0, 3))
	switch {
	case told.IsZero(), !f.rated.IsZero() && at.After(f.rated), f.again != nil && at.After(f.again.opened):
		return time.Time{}, time.Time{}
	case f.direct:
		made = told
	}
	return made, at
}

// askedBeforeRated reports that the citizen's vote answers the question.
func (f *fate) askedBeforeRated() bool {
	_, at := f.voteAsked()
	return !at.IsZero() && !f.rated.IsZero()
}

// promises adds what a promised time brings about: the citizen is told of one within
// the 48 hours, and of one beyond them where 1022 agrees; of that the head is told too.
// One that passes without a result is asked about.
func (f *fate) promises(later func(template string, who yearRole, person int, made, at time.Time)) {
	if f.promised.IsZero() {
		return
	}
	told := f.promised
	if f.until.After(modelAdd(f.forwarded, 48*time.Hour)) {
		later("H1E", toHead, f.unit, f.promised, f.promised)
		told = f.agreed
	}
	if !told.IsZero() {
		later("C5", toCitizen, f.citizen, told, modelDay(told))
	}
	if f.result().IsZero() || !f.until.After(f.result()) {
		later("O3", toFocal, f.unit, f.until, modelSlip(f.until))
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
	if over.IsZero() {
		over = f.result()
	}
	later("C3", toCitizen, f.citizen, f.asked, f.asked)
	if again := modelDays(f.asked, 3); over.IsZero() || !again.After(over) {
		later("C3", toCitizen, f.citizen, again, again)
	}
	if end := modelDays(f.asked, 6); !f.received.IsZero() && !end.After(over) {
		later("C12", toCitizen, f.citizen, end, end)
	}
	if f.received.IsZero() && !f.supplied.IsZero() {
		later("O6", toFocal, f.unit, f.supplied, modelSlip(f.supplied))
	}
}

// head is what the head is told when the 8 hours have passed, and when: of a promised
// time that lies ahead, and not while 1022 owes the unit the answer to a return.
func (f *fate) head(eight time.Time) (template string, at time.Time) {
	template, at = "H1", eight
	if sentBack := !f.lain.from.IsZero() && f.lain.from.Before(eight); !sentBack && !f.promised.IsZero() && f.promised.Before(eight) && f.until.After(eight) {
		template = "H1E"
	}
	if !f.refused.IsZero() && f.returned.Before(eight) && f.refused.After(eight) {
		at = f.refused
	}
	return template, at
}

// ladder adds what the regulation's clock brings about while a unit has the petition:
// 8 hours from its slip, 48 from the first one.
func (f *fate) ladder(s stint, later func(template string, who yearRole, person int, made, at time.Time)) {
	later("O1", toFocal, s.unit, s.forwarded, modelSlip(s.forwarded))
	// What is due at the very instant of an act comes first.
	before := func(at, act time.Time) bool { return act.IsZero() || !at.After(act) }
	open := func(at time.Time) bool { return before(at, s.answered) && before(at, s.moved) }
	silent := func(at time.Time) bool { return open(at) && before(at, s.acked) }
	add := func(template string, who yearRole, at time.Time, due bool) {
		person := map[yearRole]int{toFocal: s.unit, toDeputy: s.unit, toHead: s.unit, toCitizen: f.citizen}[who]
		if due {
			later(template, who, person, at, at)
		}
	}
	one, two, six, eight := f.due(s.forwarded, 1, 1), f.due(s.forwarded, 2, 2), f.due(s.forwarded, 6, 8), f.due(s.forwarded, 8, 8)
	forty, late := f.due(f.forwarded, 40, 48), f.due(f.forwarded, 48, 48)
	add("O1N", toFocal, one, silent(one))
	add("O1N", toDeputy, two, silent(two))
	add("O2", toFocal, six, open(six))
	template, told := f.head(eight)
	add(template, toHead, told, open(eight))
	add("O7", toFocal, told, open(eight))
	add("C6", toCitizen, told, open(eight))
	add("H2", toHead, forty, open(forty))
	add("V1", toOffice, late, open(late))
	add("H3", toHead, late, open(late))
	add("C6b", toCitizen, late, open(late))
}

// modelled lists the templates that the model judges.
func modelled() []string {
	return []string{"O1", "O1N", "O2", "O3", "O4", "O5", "O6", "O7", "A4x", "H1", "H1E", "H2", "H3", "V1", "V3", "C2", "C3", "C4", "C5", "C6", "C6b", "C7", "C8n", "C9", "C12"}
}
