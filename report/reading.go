package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// builder gathers what a report needs.
type builder struct {
	Order
	src     Source
	all     *group
	groups  map[escalation.Dimension][]*group
	medians map[escalation.FactSpan]medians
	traffic []escalation.Traffic // of a unit
	sums    []escalation.TextSum

	commended []escalation.Commended
}

// medians are those of a span, by dimension and value.
type medians map[escalation.Dimension]map[string]time.Duration

// dimensions are what the report is broken down by.
func (b *builder) dimensions() []escalation.Dimension {
	if b.Unit != "" {
		return []escalation.Dimension{escalation.ByField, escalation.ByArea, escalation.ByChannel, escalation.ByOfficer}
	}
	list := []escalation.Dimension{escalation.ByUnit, escalation.ByField, escalation.ByArea, escalation.ByChannel}
	if b.Officers {
		list = append(list, escalation.ByUnitOfficer)
	}
	return list
}

// textDimensions are what texts are broken down by, but for the classes of a unit's.
func (b *builder) textDimensions() []escalation.Dimension {
	list := []escalation.Dimension{escalation.ByField, escalation.ByArea, escalation.ByChannel}
	if b.Unit == "" {
		list = append(list, escalation.ByUnit, escalation.ByClass)
	}
	if b.Unit != "" || b.Officers {
		list = append(list, escalation.ByOfficer)
	}
	return list
}

// answering reports whether a value of the dimension is whoever answers: a unit, an
// officer.
func answering(d escalation.Dimension) bool {
	return d == escalation.ByUnit || people(d)
}

// people reports whether the values are single officers.
func people(d escalation.Dimension) bool {
	return d == escalation.ByOfficer || d == escalation.ByUnitOfficer
}

// rowMarks are what a row of a table tells apart. The channels have all marks: they
// are few, and together they are the whole.
const rowMarks = escalation.FactFirst | escalation.FactReopened | escalation.FactForwarded | escalation.FactAcknowledged | escalation.FactJudged |
	escalation.FactWithinFocal | escalation.FactWithinHead | escalation.FactPublished | escalation.FactOwnSite | escalation.FactDisputed | escalation.FactEnds | escalation.FactScore

// read asks for everything, a few questions at a time.
func (b *builder) read(ctx context.Context) error {
	const atOnce = 4 // a report shares the database with the desk
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	dimensions := b.dimensions()
	var queries []escalation.FactQuery
	for _, d := range dimensions {
		queries = append(queries, b.query(d))
	}
	var told [][]escalation.FactGroup
	var acknowledged, answered, acknowledgedBy, answeredBy medians
	work.Go(func() (err error) {
		told, err = b.src.FactGroups(ctx, queries...)
		return err
	})
	middle := func(read *medians, of escalation.FactSpan, among func(escalation.Dimension) bool, more ...escalation.Dimension) {
		work.Go(func() (err error) {
			*read, err = b.readMedians(ctx, of, append(chosen(dimensions, among), more...))
			return err
		})
	}
	middle(&acknowledged, escalation.SpanAcknowledged, few, escalation.Undivided)
	// Of the few that answer: the hours vary so much that each value has thousands of minutes.
	middle(&answered, escalation.SpanAnswered, func(d escalation.Dimension) bool { return few(d) && answering(d) }, escalation.Undivided)
	if b.Officers && b.Unit == "" { // so many that they are counted by themselves
		middle(&acknowledgedBy, escalation.SpanAcknowledged, many)
		middle(&answeredBy, escalation.SpanAnswered, many)
	}
	if b.Unit != "" {
		work.Go(func() (err error) {
			b.traffic, err = b.src.SMSTraffic(ctx, b.Period.From, b.Period.To, b.Unit)
			return err
		})
	}
	work.Go(func() (err error) {
		b.sums, err = b.src.TextSums(ctx, b.Period.From, b.Period.To, b.Unit, b.textDimensions()...)
		return err
	})
	work.Go(func() (err error) {
		b.commended, err = b.src.Commended(ctx, b.Period.From, b.Period.To, b.Unit, mostProposals)
		return err
	})
	if err := work.Wait(); err != nil {
		return err
	}
	maps.Copy(acknowledged, acknowledgedBy)
	maps.Copy(answered, answeredBy)
	b.medians = map[escalation.FactSpan]medians{escalation.SpanAcknowledged: acknowledged, escalation.SpanAnswered: answered}
	b.groups = make(map[escalation.Dimension][]*group, len(dimensions))
	for i, d := range dimensions {
		if b.Unit != "" || answering(d) {
			told[i] = ofUnits(told[i])
		}
		b.groups[d] = b.tallied(d, told[i])
		if d == escalation.ByChannel { // everything came in by one
			b.all = b.group(escalation.Undivided, "")
			for _, g := range told[i] {
				b.all.Add(g)
			}
		}
	}
	return nil
}

// ofUnits are the groups as units count them, without those in which none had anything.
func ofUnits(told []escalation.FactGroup) (list []escalation.FactGroup) {
	for _, g := range told {
		if g, had := g.OfUnit(); had {
			list = append(list, g)
		}
	}
	return list
}

// many reports a dimension of a thousand values, few one that has less.
func many(d escalation.Dimension) bool { return d == escalation.ByUnitOfficer }
func few(d escalation.Dimension) bool  { return !many(d) }

// chosen are those of the dimensions that are meant.
func chosen(dimensions []escalation.Dimension, meant func(escalation.Dimension) bool) []escalation.Dimension {
	return slices.DeleteFunc(slices.Clone(dimensions), func(d escalation.Dimension) bool { return !meant(d) })
}

// readMedians reads those of a span by the dimensions.
func (b *builder) readMedians(ctx context.Context, of escalation.FactSpan, dimensions []escalation.Dimension) (medians, error) {
	var queries []escalation.FactQuery
	for _, d := range dimensions {
		queries = append(queries, b.query(d))
	}
	list, err := b.src.FactMedians(ctx, of, queries...)
	read := medians{}
	for i, values := range list {
		read[queries[i].By] = values
	}
	return read, err
}

// group is an empty one of a value, with all that is not counted from facts.
func (b *builder) group(d escalation.Dimension, value string) *group {
	g := &group{key: strings.TrimSuffix(value, escalation.NobodysWork), label: b.label(d, value)}
	if d == escalation.ByUnitOfficer {
		unit, officer := escalation.OfficerOf(value)
		g.key, g.unit = unit+"/"+officer, b.unitName(unit)
	}
	g.medianAcknowledged, g.hasAcknowledged = b.median(escalation.SpanAcknowledged, d, value)
	g.medianAnswered, g.hasAnswered = b.median(escalation.SpanAnswered, d, value)
	for _, c := range b.commended {
		if of, ok := commendedOf(d, c); ok && of == value {
			g.commended++
		}
	}
	return g
}

// commendedOf is whose row of a dimension counts a proposal for reward, false where none
// does.
func commendedOf(d escalation.Dimension, c escalation.Commended) (value string, ok bool) {
	switch {
	case d == escalation.ByUnit:
		value = c.Unit
	case d == escalation.ByOfficer && c.Who == escalation.CommendOfficer:
		value = c.Officer
	case d == escalation.ByUnitOfficer && c.Who == escalation.CommendOfficer && c.Officer != "":
		value = c.Unit + escalation.OfficerMark + c.Officer
	}
	return value, value != ""
}

func (b *builder) median(of escalation.FactSpan, d escalation.Dimension, value string) (time.Duration, bool) {
	m, ok := b.medians[of][d][value]
	return m, ok
}

// ageSteps are the spans of working time that part the ages.
func ageSteps() []time.Duration {
	return []time.Duration{8 * time.Hour, 48 * time.Hour, 120 * time.Hour}
}

func (b *builder) query(d escalation.Dimension) escalation.FactQuery {
	q := escalation.FactQuery{From: b.Period.From, To: b.Period.To, Unit: b.Unit, By: d, Marks: rowMarks}
	switch d {
	case escalation.ByChannel:
		q.Marks = 0
	case escalation.ByField, escalation.ByArea: // no unit is judged by what citizens think of 1022
		q.Marks |= escalation.FactService
	}
	at := b.Period.To
	if at.After(b.MadeAt) {
		at = b.MadeAt // a period that runs still: what is open is open now
	}
	for _, step := range ageSteps() {
		q.Ages = append(q.Ages, olderThan(b.Calendar, at, step))
	}
	return q
}

// olderThan is the instant before which a petition was received that is, at an instant,
// older than so much working time: the first one with just as much. What came in on an
// evening is no older than what came in the next morning.
func olderThan(cal *worktime.Calendar, at time.Time, age time.Duration) time.Time {
	last := cal.Sub(at, age)
	before := last.AddDate(0, -1, 0) // no stretch of days off is longer
	return cal.Add(before, cal.Between(before, last))
}

// tallied sums the groups of each value, those with the most first. Whoever is proposed for
// reward has a row without a turn, too: the column counts whom the list names.
func (b *builder) tallied(d escalation.Dimension, told []escalation.FactGroup) []*group {
	byValue := map[string]*group{}
	var list []*group
	of := func(value string) *group {
		g := byValue[value]
		if g == nil {
			g = b.group(d, value)
			byValue[value] = g
			list = append(list, g)
		}
		return g
	}
	for _, fg := range told {
		of(fg.Value).Add(fg)
	}
	for _, c := range b.commended {
		if value, ok := commendedOf(d, c); ok {
			of(value)
		}
	}
	slices.SortFunc(list, orderOf(d))
	if d == escalation.ByUnit || len(list) <= mostOf(d) {
		return list
	}
	return bounded(list, mostOf(d), func(rest *group, kept map[*group]bool) {
		for _, fg := range told {
			if g := byValue[fg.Value]; !kept[g] {
				rest.Add(fg)
			}
		}
	})
}

// mostOf is how many rows the values of a dimension have.
func mostOf(d escalation.Dimension) int {
	if d == escalation.ByUnitOfficer {
		return mostOfficers
	}
	return mostValues
}

// orderOf is the order of the rows: those with the most first. Of the city's officers a page
// shows the first: those with the most overdue.
func orderOf(d escalation.Dimension) func(x, y *group) int {
	if d == escalation.ByUnitOfficer {
		return func(x, y *group) int {
			return cmp.Or(cmp.Compare(y.OpenLate, x.OpenLate), cmp.Compare(y.WentLate, x.WentLate), cmp.Compare(y.Slips, x.Slips), strings.Compare(x.label, y.label), strings.Compare(x.key, y.key))
		}
	}
	return func(x, y *group) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Received+y.Slips, x.Received+x.Slips), strings.Compare(x.label, y.label))
	}
}

// bounded makes one row of all after the first; add counts in what is of no row that is kept.
func bounded(list []*group, most int, add func(rest *group, kept map[*group]bool)) []*group {
	rest := &group{label: othersLabel(len(list) - most)}
	kept := map[*group]bool{}
	for _, g := range list[:most] {
		kept[g] = true
	}
	add(rest, kept)
	for _, g := range list[most:] {
		rest.commended += g.commended
	}
	return append(list[:most:most], rest)
}

// othersLabel is what the row of all others is called.
func othersLabel(n int) string { return fmt.Sprintf("%d giá trị khác", n) }

// rank puts what has no value behind all others.
func rank(g *group) int {
	if g.key == "" {
		return 1
	}
	return 0
}
