package rehearsal

import (
	"math/rand/v2"
	"time"
)

// The ways that few petitions take, laid over what was drawn for them before.

// detour draws one of them for some of the petitions; it is taken where it fits
// what the people do anyway.
func (f *fate) detour(random *rand.Rand) {
	if f.rejected || f.direct {
		return
	}
	d := detour{f, random, f.reaches(f.unit, f.forwarded)}
	switch kind := random.IntN(30); {
	case kind < 4:
		d.promise()
	case kind < 7:
		d.handBack()
	case kind < 10:
		d.sendBack()
	case kind < 12:
		d.hold()
	case kind < 14:
		d.disagree()
	case kind < 16:
		d.dispute()
	case kind < 18:
		d.reopen()
	case kind >= 20 && kind < 22:
		d.direct()
	case !f.opened.IsZero() || f.urgent: // what follows happens once, and to no emergency
	case kind < 19:
		d.unclear()
	case kind < 20:
		d.question()
	}
}

type detour struct {
	*fate
	random *rand.Rand
	slip   time.Time
}

// after draws an instant of the raster so much of the city's working time behind another.
func (d detour) after(t time.Time, least, most int) time.Time { return d.work(city, t, least, most) }

// officer draws one of the working time of the first unit.
func (d detour) officer(t time.Time, least, most int) time.Time {
	return d.work(hoursOf(d.unit), t, least, most)
}

func (d detour) work(h modelHours, t time.Time, least, most int) time.Time {
	return onGrid(h.add(t, time.Duration(least+10*d.random.IntN((most-least)/10+1))*time.Minute))
}

// busy reports that there was a promise or a return already.
func (d detour) busy() bool { return !d.promised.IsZero() || !d.returned.IsZero() }

// promise: the officer of a unit that answers late promises a time that passes before,
// or one beyond the 48 hours, to which the operator agrees by half.
func (d detour) promise() {
	given, far, agreed := d.officer(d.slip, 160, 390), d.random.IntN(3) == 0, d.random.IntN(2) == 0
	until := d.officer(given, 60, 900)
	if far {
		until = d.officer(hoursOf(d.unit).add(d.forwarded, 48*time.Hour), 60, 600)
	}
	if d.busy() || !d.answered.IsZero() && d.answered.Before(hoursOf(d.unit).add(d.slip, 8*time.Hour)) {
		return
	}
	d.promised, d.until = given, until.Truncate(time.Minute)
	if at := d.after(given, 10, 60); far && agreed && at.Before(d.until) && (d.answered.IsZero() || at.Before(d.answered)) {
		d.agreed = at
	}
}

// handBack: the officer hands it back and the operator does not agree, at times so late
// that the 8 hours have passed meanwhile.
func (d detour) handBack() {
	returned := d.officer(d.slip, 160, 390)
	refused := d.after(returned, 10, 240)
	if !d.busy() && (d.answered.IsZero() || refused.Before(d.answered)) {
		d.returned, d.refused = returned, refused
	}
}

// sendBack: the operator wants another answer; there may have been a promise, and
// another unit before.
func (d detour) sendBack() {
	if d.answered.IsZero() {
		return
	}
	was := midnight(d.published)
	d.lain = rest{d.answered, d.after(d.answered, 10, 110)}
	d.answered = d.work(hoursOf(d.last()), d.lain.to, 30, 400)
	d.published = d.after(d.answered, 10, 120)
	if !d.rated.IsZero() {
		d.rated = d.rated.Add(midnight(d.published).Sub(was))
	}
}

// hold: the Office holds the clock of a unit for some days; some answer meanwhile.
func (d detour) hold() {
	from := d.after(d.slip, 10, 1500)
	if from.Equal(d.acked) {
		from = from.Add(grid)
	}
	if !d.busy() && (d.answered.IsZero() || from.Before(d.answered)) {
		d.held = rest{from, d.after(midnight(from).AddDate(0, 0, 1+d.random.IntN(4)).Add(8*time.Hour), 10, 500)}
	}
}

// disagree: the citizen gives a low score with a reason, and the Office takes it.
func (d detour) disagree() {
	if !d.rated.IsZero() && !d.published.IsZero() {
		d.score = 1 + d.random.IntN(2)
		d.office(d.rated, true)
	}
}

// dispute: the operator brings before the Office what units cannot agree on.
func (d detour) dispute() {
	at := d.after(d.slip, 200, 3200)
	if d.busy() || !d.answered.IsZero() && !at.Before(d.answered) {
		return
	}
	if !d.acked.Before(at) { // a unit that is closed that day
		d.acked = time.Time{}
	}
	d.disputed, d.answered, d.published, d.rated = at, time.Time{}, time.Time{}, time.Time{}
	d.office(at, false)
}

// reopen: the operator reopens what was published, also when it was closed since.
func (d detour) reopen() {
	if d.published.IsZero() || !d.rated.IsZero() {
		return
	}
	next := d.course(onGrid(midnight(d.published).AddDate(0, 0, 1+d.random.IntN(12)).Add(9*time.Hour+time.Duration(d.random.IntN(40))*grid)), true)
	next.forwarded = next.opened
	next.relive(d.random)
}

// office begins a course with the Office, which names a unit at once, after it was
// asked again, or never.
func (d detour) office(at time.Time, reopened bool) {
	next := d.course(at, reopened)
	next.unit = (next.unit + 11*d.random.IntN(2)) % yearUnits // or the one that had it
	if d.random.IntN(8) > 0 {
		next.forwarded = d.after(at, 30, 2600)
		next.relive(d.random)
	}
}

// course begins another one of the same petition, with the unit that had it last.
func (d detour) course(at time.Time, reopened bool) *fate {
	d.again = &fate{number: d.number, unit: d.last(), citizen: d.citizen, channel: d.channel, field: d.field, area: d.area, urgent: d.urgent, opened: at, reopened: reopened, staff: d.staff}
	return d.again
}

// relive draws what the people do in a course after the first: the unit has it, and
// the detours are open to it too.
func (f *fate) relive(random *rand.Rand) {
	begun := *f
	for f.live(random); f.rejected; f.live(random) {
		*f = begun
	}
	if !f.published.IsZero() && random.IntN(3) == 0 {
		f.rated, f.score = onGrid(midnight(f.published).AddDate(0, 0, 1+random.IntN(6)).Add(10*time.Hour)), 1+random.IntN(5)
	}
	f.detour(random)
}

// unclear: 1022 asks the citizen before it can forward, in the hour or later, and hears
// of it within a day, or after it has asked again and given up.
func (d detour) unclear() {
	supplied := d.forwarded.Add(-grid * time.Duration(1+d.random.IntN(6)))
	asked := supplied.Add(-time.Hour * time.Duration(1+d.random.IntN(24)))
	if d.random.IntN(3) == 0 {
		asked = asked.AddDate(0, 0, -3-d.random.IntN(10))
	}
	if received := asked.Add(-grid * time.Duration(1+d.random.IntN(12))); !received.Before(YearStart()) {
		d.received, d.asked, d.supplied = received, asked, supplied
	}
}

// direct: the city's leaders direct the unit, or another one, to report by a day, also
// when the 48 hours have passed.
func (d detour) direct() {
	at := d.after(d.slip, 20, 3600)
	by := d.after(midnight(at).AddDate(0, 0, 1+d.random.IntN(6)).Add(8*time.Hour), 10, 400)
	other := d.random.IntN(2) == 0
	if d.busy() || !d.answered.IsZero() && !at.Before(d.answered) || at.Equal(d.acked) {
		return
	}
	d.directed, d.reportBy = at, by
	if !other {
		return
	}
	d.moved = at
	if !d.acked.Before(at) {
		d.acked = time.Time{}
	}
	was := midnight(d.published)
	if d.answered.IsZero() {
		return
	}
	d.answered = d.work(hoursOf(d.next()), d.reaches(d.next(), at), 130, 1600)
	d.published = d.after(d.answered, 10, 120)
	if !d.rated.IsZero() {
		d.rated = d.rated.Add(midnight(d.published).Sub(was))
	}
}

// question: the officer asks the citizen, who answers or does not; the clock runs on.
func (d detour) question() {
	asked := d.officer(d.slip, 20, 1500)
	if asked.Equal(d.acked) {
		asked = asked.Add(grid)
	}
	if d.busy() || !d.answered.IsZero() && !asked.Before(d.answered) {
		return
	}
	d.asked = asked
	if supplied := d.after(asked, 20, 3000); d.answered.IsZero() || supplied.Before(d.answered) {
		d.supplied = supplied
	}
}

// withdraw: the citizen takes the petition back, by day or night, while a unit has it or a
// result lies with 1022; or before 1022 has forwarded what it had to ask about.
func (f *fate) withdraw(random *rand.Rand) {
	rarely := 16
	if !f.received.IsZero() { // who is asked again and again gives up
		rarely = 3
	}
	if random.IntN(rarely) > 0 || f.rejected || f.direct || f.again != nil {
		return
	}
	d := detour{f, random, f.reaches(f.unit, f.forwarded)}
	if !d.received.IsZero() {
		at := later(d.supplied.Add(-grid*time.Duration(random.IntN(6))), d.asked.Add(grid))
		*f = fate{number: f.number, unit: f.unit, citizen: f.citizen, channel: f.channel, field: f.field, area: f.area, staff: f.staff,
			received: f.received, asked: f.asked, withdrawn: at}
		return
	}
	at := onGrid(d.slip.Add(time.Duration(20+10*random.IntN(500)) * time.Minute))
	if d.busy() || !d.held.from.IsZero() || !d.lain.from.IsZero() || !d.asked.IsZero() || !d.directed.IsZero() || !d.published.IsZero() && !at.Before(d.published) {
		return
	}
	d.withdrawn, d.published, d.rated = at, time.Time{}, time.Time{}
	for _, act := range []*time.Time{&d.acked, &d.answered} {
		if !act.Before(at) {
			*act = time.Time{}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// file draws when 1022 sends the Office the file that each part of a petition owes it: in
// the two days, after them, or never; and which results need one, as is known when they
// are published.
func (f *fate) file(random *rand.Rand) {
	var owes *fate // the part about which the unit was last asked
	for part := f; part != nil; part = part.nextPart() {
		known := part.owesFile()
		if last := part.lastCourse(); !f.urgent && !last.published.IsZero() && random.IntN(7) == 0 {
			last.needed, known = true, last.published
		}
		if known.IsZero() || random.IntN(3) == 0 {
			continue
		}
		sent := onGrid(city.add(known, time.Duration(10*(1+random.IntN(150)))*time.Minute))
		if end := part.partEnd(); !end.IsZero() && !sent.Before(end) {
			continue
		}
		part.sent = sent
		if part.lastCourse().needed && random.IntN(3) > 0 && part.askWhy(random, owes) {
			owes = part
		}
	}
}

// askWhy: the Office that has the file asks the unit to explain itself, which it does in
// time, late or never, also when the petition has closed or was reopened. Of a petition one
// explanation is owed at a time: about another file it asks once that has come.
func (f *fate) askWhy(random *rand.Rand, owes *fate) bool {
	asked := onGrid(city.add(f.sent, time.Duration(10*(1+random.IntN(60)))*time.Minute))
	waits := owes != nil && (owes.explained.IsZero() || !asked.After(owes.explained))
	if end := f.partEnd(); waits || !end.IsZero() && !asked.Before(end) {
		return false
	}
	f.asksWhy, f.days = asked, 1+random.IntN(4)
	if random.IntN(4) > 0 {
		f.explained = onGrid(hoursOf(f.lastCourse().last()).add(asked, time.Duration(60+10*random.IntN(200))*time.Minute))
	}
	return true
}

// cooperate: another unit owes the lead its opinion by half the lead's time, and gives it
// in time, late or never.
func (f *fate) cooperate(random *rand.Rand) {
	if random.IntN(10) > 0 || f.rejected || f.direct || f.urgent || !f.received.IsZero() {
		return
	}
	d := detour{f, random, f.reaches(f.partner(), f.forwarded)}
	heard, opined := d.work(hoursOf(d.partner()), d.slip, 10, 150), d.work(hoursOf(d.partner()), d.slip, 160, 500)
	over := func(at time.Time) bool {
		for _, end := range []time.Time{d.result(), d.disputed, d.gone()} {
			if !end.IsZero() && !at.Before(end) {
				return true
			}
		}
		return false
	}
	d.joint = true
	if !over(heard) && random.IntN(2) == 0 {
		d.heard = heard
	}
	if !over(opined) && random.IntN(3) > 0 {
		d.opined = opined
	}
}
