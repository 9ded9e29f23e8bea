package report

import (
	"cmp"
	"context"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// Order is the report that is wanted.
type Order struct {
	Period Period
	Unit   string // code; empty: the whole city
	// Names gives each unit's name by its code.
	Names map[string]string
	// Calendar gives the ages of what is open.
	Calendar *worktime.Calendar
	// OfficerPrice and CitizenPrice are what a segment of a text costs, in đồng, by the
	// sender that it goes by; both 0: no cost is shown.
	OfficerPrice, CitizenPrice float64
	// Officers asks for the tables by officer in a report of the city, which a unit's
	// report always has: another reading of the same facts.
	Officers bool
	// MadeAt is when the report is made.
	MadeAt time.Time
}

// Report is the figures of a period, laid out in tables.
type Report struct {
	Period Period
	Unit   string // code; empty: the whole city
	Name   string // of whom it is
	MadeAt time.Time
	Tables []Table

	all   *group
	units []*group // for the sheets of each unit
}

// mostValues bounds the rows of fields, areas and a unit's officers, mostOfficers those of
// the city's; the rest is one row.
const (
	mostValues   = 200
	mostOfficers = 5000
)

// Build makes a report.
func Build(ctx context.Context, src Source, o Order) (*Report, error) {
	b := builder{Order: o, src: src}
	r := &Report{Period: o.Period, Unit: o.Unit, Name: "Toàn thành phố", MadeAt: o.MadeAt}
	if o.Unit != "" {
		r.Name = b.unitName(o.Unit)
	}
	if err := b.read(ctx); err != nil {
		return nil, fmt.Errorf("report of %s: %w", o.Period.Name, err)
	}
	if o.Unit == "" {
		r.Tables, r.units = b.cityTables(), b.groups[escalation.ByUnit]
	} else {
		r.Tables = b.unitTables()
	}
	r.Tables = append(r.Tables, b.commendedTable()...)
	r.all = b.all
	return r, nil
}

// nobodyLabel is the row of what a unit was given that had nobody to have it.
const nobodyLabel = "(chưa ai nhận)"

// label is what a value is called.
func (b *builder) label(d escalation.Dimension, value string) string {
	switch {
	case d == escalation.ByUnit:
		return b.unitName(value)
	case d == escalation.ByUnitOfficer:
		_, value = escalation.OfficerOf(value)
		return cmp.Or(value, nobodyLabel)
	case d == escalation.ByOfficer && value == escalation.NobodysWork:
		return nobodyLabel
	case d == escalation.ByChannel:
		return capital(escalation.Channel(value).Label())
	case value == "":
		return "(không ghi)"
	}
	return value
}

func (b *builder) unitName(code string) string {
	if name := b.Names[code]; name != "" {
		return name
	}
	return code
}

// capital begins a word with a capital, as the first of a row.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
