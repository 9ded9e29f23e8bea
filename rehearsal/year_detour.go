package rehearsal

import (
	"math/rand/v2"
	"time"
)

// The ways that few petitions take, laid over what was drawn for them before.

// detour draws one of them for a third of the petitions; it is taken where it fits
// what the people do anyway.
func (f *fate) detour(random *rand.Rand) {
	if f.rejected || f.direct {
		return
	}
	d := detour{f, random, modelSlip(f.forwarded)}
	switch kind := random.IntN(30); {
	case kind < 4:
		d.promise()
	case kind < 7:
		d.handBack()
	case kind < 10:
		d.sendBack()
	case kind < 12:
		d.hold()
	}
}

type detour struct {
	*fate
	random *rand.Rand
	slip   time.Time
}

// after draws an instant of the raster so much working time behind another.
func (d detour) after(t time.Time, least, most int) time.Time {
	return onGrid(modelAdd(t, time.Duration(least+10*d.random.IntN((most-least)/10+1))*time.Minute))
}

// busy reports that there was a promise or a return already.
func (d detour) busy() bool { return !d.promised.IsZero() || !d.returned.IsZero() }

// promise: the officer of a unit that answers late promises a time that passes before,
// or one beyond the 48 hours, to which the operator agrees by half.
func (d detour) promise() {
	given, far, agreed := d.after(d.slip, 160, 390), d.random.IntN(3) == 0, d.random.IntN(2) == 0
	until := d.after(given, 60, 900)
	if far {
		until = d.after(modelAdd(d.forwarded, 48*time.Hour), 60, 600)
	}
	if d.busy() || !d.answered.IsZero() && d.answered.Before(modelAdd(d.slip, 8*time.Hour)) {
		return
	}
	d.promised, d.until = given, until.Truncate(time.Minute)
	if far && agreed {
		d.agreed = d.after(given, 10, 60)
	}
}

// handBack: the officer hands it back and the operator does not agree, at times so late
// that the 8 hours have passed meanwhile.
func (d detour) handBack() {
	returned := d.after(d.slip, 160, 390)
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
	d.answered = d.after(d.lain.to, 30, 400)
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
