package rehearsal

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"notify1022/escalation/worktime"
)

// Year is a stretch of a city's life: who reports what when, and who answers when,
// all drawn from one seed before it begins.
type Year struct {
	Seed      uint64
	Days      int
	Petitions int
}

// Bounds of a year: the calendar that the model knows, and numbers of the test prefix.
const (
	mostYearDays      = 365
	mostYearPetitions = 200_000
	yearUnits         = 60
	yearCitizens      = 500
)

// Check names what makes no sense.
func (y Year) Check() error {
	switch {
	case y.Days < 1 || y.Days > mostYearDays:
		return fmt.Errorf("days must lie between 1 and %d", mostYearDays)
	case y.Petitions < 1 || y.Petitions > mostYearPetitions:
		return fmt.Errorf("petitions must lie between 1 and %d", mostYearPetitions)
	}
	return nil
}

// YearStart is when it begins: Monday 5 January 2026, 00:00.
func YearStart() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, worktime.Zone()) }

// End is when it ends; what is due later has not happened.
func (y Year) End() time.Time { return YearStart().AddDate(0, 0, y.Days) }

// fate is what becomes of one petition. A zero instant is never.
type fate struct {
	number    int
	unit      int // that answers; the one it goes to at first, where that hands it back
	citizen   int
	channel   string
	field     string
	area      string
	received  time.Time // before forwarded, where 1022 asked the citizen first; zero: then
	asked     time.Time // by 1022, or by the officer's text: the citizen is to supplement
	supplied  time.Time // the citizen does
	forwarded time.Time
	rejected  bool      // at forwarded, instead of being forwarded
	direct    bool      // likewise: the operator knows the answer
	acked     time.Time // the officer acknowledges by SMS
	promised  time.Time // or promises a time by SMS
	until     time.Time // the time that was promised, beyond the 48 hours by some
	agreed    time.Time // the operator agrees to one beyond them
	returned  time.Time // or hands it back by SMS
	refused   time.Time // the operator does not agree
	moved     time.Time // or does, and gives it to the next unit, which answers
	held      rest      // the Office holds the clock until then
	lain      rest      // a first result lies with 1022, which sends it back
	answered  time.Time // the officer gives the result by SMS, the one that stands
	onSite    bool      // or on a page of the hotline, naming the unit's own page of it
	published time.Time // by the operator
	rated     time.Time // by the citizen on the web
	score     int

	directed  time.Time // the Office passes on a directive of the city's leaders; moved then, where it names another unit
	reportBy  time.Time // the directive's own due time
	withdrawn time.Time // by the citizen
	merged    time.Time // by the operator
	into      *fate     // the first course of the petition that it was merged into
	rates     *fate     // the course whose answer the citizen then rates
	crowd     *crowd    // who follows this petition

	urgent bool      // an emergency: the call was put through, the slip goes out at once
	sent   time.Time // 1022 sends the Office the file that a course owes it (Đ9.6)
	needed bool      // the operator who publishes finds that the result needs a written reminder

	asksWhy   time.Time // the Office asks the unit to explain itself
	days      int       // in so many of the unit's working days
	explained time.Time // its head does

	joint  bool      // another unit co-operates in the first course
	heard  time.Time // that one acknowledges
	opined time.Time // and gives its opinion

	disputed time.Time // the operator brings it before the Office, which ends the unit's time
	reopened bool      // this is a course that a reopening began, by the citizen's score or the operator
	opened   time.Time // when a course after the first began; forwarded is then by the Office, or at once
	again    *fate     // the course after this one

	staff yearStaff // who is away when
}

// next is the unit that has it after the first has handed it back.
func (f *fate) next() int { return (f.unit + 7) % yearUnits }

// gone is when the citizen's wish or another petition ended it, never is zero.
func (f *fate) gone() time.Time {
	if f.withdrawn.IsZero() {
		return f.merged
	}
	return f.withdrawn
}

// partner is the unit that co-operates, where one does.
func (f *fate) partner() int { return (f.unit + 13) % yearUnits }

// since is when the unit got it in this course.
func (f *fate) since(unit int) time.Time {
	if !f.moved.IsZero() && unit == f.next() {
		return f.moved
	}
	return f.forwarded
}

// receipt is when the petition came in.
func (f *fate) receipt() time.Time {
	if f.received.IsZero() {
		return f.forwarded
	}
	return f.received
}

// byOffice reports that the Office had the petition when the course began.
func (f *fate) byOffice() bool { return !f.opened.IsZero() && !f.opened.Equal(f.forwarded) }

// courses are those of all petitions, one after the other.
func courses(list []fate) iter.Seq[*fate] {
	return func(yield func(*fate) bool) {
		for i := range list {
			for f := &list[i]; f != nil; f = f.again {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// last is the unit that had it last.
func (f *fate) last() int {
	stints := f.stints()
	return stints[len(stints)-1].unit
}

// grid is the raster of what people do: many things happen at one instant, as they do
// in a city, and the clock has fewer stops. It lies beside whole minutes, so that an
// instant that was rounded on its way shows.
const (
	grid       = 10 * time.Minute
	gridOffset = 3*time.Minute + 17*time.Second
)

// fates draws the year.
func (y Year) fates() []fate {
	random, more, few, rare := rand.New(rand.NewPCG(y.Seed, 1022)), rand.New(rand.NewPCG(y.Seed, 17)), rand.New(rand.NewPCG(y.Seed, 9)), rand.New(rand.NewPCG(y.Seed, 91))
	list, staff := make([]fate, y.Petitions), y.staff()
	for n := range list {
		f := fate{number: n, staff: staff, unit: random.IntN(yearUnits), citizen: random.IntN(yearCitizens), forwarded: y.arrival(random)}
		f.urgent = rare.IntN(30) == 0
		f.live(random)
		f.color(more)
		f.detour(few)
		f.withdraw(rare)
		f.cooperate(rare)
		list[n] = f
	}
	slices.SortStableFunc(list, func(a, b fate) int { return a.receipt().Compare(b.receipt()) })
	gather(list, rare)
	for i := range list {
		list[i].file(rare)
	}
	return list
}

// hourWeights are how many calls come in each hour of a day, one at least at night.
var hourWeights = [24]int{1, 1, 1, 1, 1, 2, 6, 14, 20, 18, 15, 10, 6, 9, 15, 15, 13, 12, 11, 11, 9, 6, 3, 2}

// arrival draws an instant: fewer on weekends, many more on the days after a storm.
func (y Year) arrival(random *rand.Rand) time.Time {
	for {
		day := random.IntN(y.Days)
		date := YearStart().AddDate(0, 0, day)
		weight := 6
		switch {
		case date.Weekday() == time.Saturday, date.Weekday() == time.Sunday:
			weight = 3
		case day%61 == 17: // a storm every two months
			weight = 18
		}
		if random.IntN(18) < weight {
			return date.Add(time.Duration(weighted(random, hourWeights[:]))*time.Hour + time.Duration(random.IntN(6))*grid + gridOffset)
		}
	}
}

func weighted(random *rand.Rand, weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := random.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}

// What petitions are of, and how they come in.
var (
	yearChannels = []string{"phone", "web", "email", "facebook", "sms"}
	yearFields   = []string{"chiếu sáng", "đường bộ", "rác thải", "cấp nước", "cây xanh", "tiếng ồn"}
	yearAreas    = []string{"Lạch Tray", "P Gia Viên", "P Hải An", "X An Dương", "ĐK Cát Hải"}
)

// color draws what reports tell apart beside the ladder: a few answers of the
// operator's own, promises that are kept, petitions that a unit hands back within the
// hour, pages of units, and citizens' scores.
func (f *fate) color(random *rand.Rand) {
	minutes := func(least, most int) time.Duration {
		return time.Duration(least+10*random.IntN((most-least)/10+1)) * time.Minute
	}
	pick := func(of []string) string { return of[min(random.IntN(len(of)), random.IntN(len(of)))] }
	f.channel, f.field, f.area = pick(yearChannels), pick(yearFields), pick(yearAreas)
	kind, days, rates := random.IntN(10), 1+random.IntN(6), random.IntN(5) < 2
	told, h := f.forwarded, hoursOf(f.unit)
	switch slip := f.reaches(f.unit, f.forwarded); {
	case f.rejected && kind < 4:
		f.rejected, f.direct = false, true
	case f.rejected || f.answered.IsZero():
		return
	case !f.acked.IsZero() || !f.answered.Before(h.add(f.forwarded, 8*time.Hour)):
		f.onSite = kind < 3
	case kind < 3:
		f.promised = onGrid(h.add(slip, minutes(10, 120)))
		f.until = f.answered.Add(10 * time.Minute).Truncate(time.Minute)
	case kind < 6:
		f.returned = onGrid(h.add(slip, minutes(10, 30)))
		f.moved = onGrid(city.add(f.returned, minutes(10, 30)))
		f.answered = onGrid(hoursOf(f.next()).add(f.reaches(f.next(), f.moved), minutes(130, 280)))
		f.published = onGrid(city.add(f.answered, minutes(10, 120)))
	}
	if !f.published.IsZero() {
		told = f.published
	}
	if rates {
		f.rated, f.score = onGrid(midnight(told).AddDate(0, 0, days).Add(9*time.Hour+minutes(0, 600))), 5-min(random.IntN(5), random.IntN(5))
	}
}

// live draws what people do about a petition: most answer within the 8 hours, some
// when the head was told, some when it is overdue, some never.
func (f *fate) live(random *rand.Rand) {
	minutes := func(least, most int) time.Duration {
		return time.Duration(least+10*random.IntN((most-least)/10+1)) * time.Minute
	}
	kind := weighted(random, []int{10, 34, 20, 14, 8, 8, 6})
	if kind == 0 {
		f.rejected, f.urgent = true, false
		return
	}
	h := hoursOf(f.unit)
	slip := f.reaches(f.unit, f.forwarded)
	if kind == 1 || kind == 3 || kind == 5 {
		f.acked = h.add(slip, minutes(10, 150)) // some sooner than the nudges, some later
	}
	switch kind {
	case 1, 2:
		f.answered = h.add(slip, minutes(160, 470))
	case 3:
		f.answered = h.add(slip, minutes(490, 2390))
	case 4:
		f.answered = h.add(slip, minutes(2410, 2870))
	case 5:
		f.answered = h.add(slip, minutes(2890, 4000))
	case 6:
		return // never
	}
	f.answered = onGrid(f.answered)
	f.acked = onGrid(f.acked)
	f.published = onGrid(city.add(f.answered, minutes(10, 120)))
	if random.IntN(12) == 0 { // the night shift does it: the citizen hears of it in the morning
		if f.published = onGrid(midnight(f.answered).Add(20*time.Hour + minutes(0, 600))); !f.published.After(f.answered) {
			f.published = f.published.AddDate(0, 0, 1)
		}
	}
}

// onGrid is the next instant of the raster; never stays never.
func onGrid(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	t = t.Add(-gridOffset)
	if whole := t.Truncate(grid); !whole.Equal(t) {
		t = whole.Add(grid)
	}
	return t.Add(gridOffset)
}

// errand of the year: one thing that somebody does.
type yearAct struct {
	when time.Time
	what yearVerb
	fate *fate
	// leave is what an act about an absence is about, which is of no petition.
	leave *yearLeave
}

type yearVerb int

const (
	yearLeaveAsk yearVerb = iota
	yearLeaveSay
	yearAccept
	yearAsk
	yearSupply
	yearForward
	yearAck
	yearHear
	yearOpine
	yearPromise
	yearAgree
	yearReturn
	yearRefuse
	yearMove
	yearHold
	yearDirect
	yearAnswer
	yearSendBack
	yearDispute
	yearPublish
	yearSendFile
	yearAskWhy
	yearExplain
	yearWithdraw
	yearMerge
	yearRate
	yearReopen
)

// acts is the year's agenda, in the order of time, as far as it goes.
func (y Year) acts(list []fate, staff yearStaff) []yearAct {
	var acts []yearAct
	act := func(a yearAct) {
		if !a.when.IsZero() && a.when.Before(y.End()) {
			acts = append(acts, a)
		}
	}
	add := func(f *fate, when time.Time, what yearVerb) { act(yearAct{when: when, what: what, fate: f}) }
	for _, l := range slices.Concat(staff...) {
		act(yearAct{when: l.asked, what: yearLeaveAsk, leave: &l})
		act(yearAct{when: l.decided, what: yearLeaveSay, leave: &l})
	}
	for f := range courses(list) {
		switch {
		case f.opened.IsZero():
			add(f, f.receipt(), yearAccept)
			if !f.received.IsZero() && !f.urgent {
				add(f, f.forwarded, yearForward)
			}
		case f.byOffice():
			add(f, f.forwarded, yearForward)
		default:
			add(f, f.opened, yearReopen)
		}
		add(f, f.acked, yearAck)
		add(f, f.asked, yearAsk)
		add(f, f.supplied, yearSupply)
		add(f, f.heard, yearHear)
		add(f, f.opined, yearOpine)
		add(f, f.promised, yearPromise)
		add(f, f.agreed, yearAgree)
		add(f, f.returned, yearReturn)
		add(f, f.refused, yearRefuse)
		if f.moved.IsZero() || !f.moved.Equal(f.directed) {
			add(f, f.moved, yearMove)
		}
		add(f, f.directed, yearDirect)
		add(f, f.held.from, yearHold)
		add(f, f.lain.from, yearAnswer)
		add(f, f.lain.to, yearSendBack)
		add(f, f.answered, yearAnswer)
		add(f, f.disputed, yearDispute)
		add(f, f.published, yearPublish)
		add(f, f.sent, yearSendFile)
		add(f, f.asksWhy, yearAskWhy)
		add(f, f.explained, yearExplain)
		add(f, f.withdrawn, yearWithdraw)
		add(f, f.merged, yearMerge)
		add(f, f.rated, yearRate)
	}
	slices.SortStableFunc(acts, func(a, b yearAct) int { return cmp.Or(a.when.Compare(b.when), cmp.Compare(a.what, b.what)) })
	return acts
}

var errYearUnequal = errors.New("the year is not what the model demands")
