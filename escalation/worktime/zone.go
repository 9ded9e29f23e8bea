package worktime

import (
	"sync"
	"time"
	_ "time/tzdata" // a server without zone files still knows Vietnam
)

// ZoneName is the only zone that a calendar may name.
const ZoneName = "Asia/Ho_Chi_Minh"

const (
	utcOffset     = 7 * 3600 // seconds; constant since June 1975
	secondsPerDay = 24 * 3600
	firstYear     = 1976 // before it the zone had other offsets
	lastYear      = 2400 // a bound on dates and compiled years, nothing more
)

// Zone returns Asia/Ho_Chi_Minh.
func Zone() *time.Location { return zone() }

var zone = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation(ZoneName)
	if err != nil { // unreachable with the embedded zone data
		return time.FixedZone(ZoneName, utcOffset)
	}
	return loc
})

// A day is a date in Vietnam, as the number of days since 1970-01-01.
type day int64

// dayOf returns the date of a Unix second in Vietnam.
func dayOf(sec int64) day { return day(floorDiv(sec+utcOffset, secondsPerDay)) }

// date returns the day's number for a date of the civil calendar.
func date(year int, month time.Month, dayOfMonth int) day {
	return day(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// start returns the Unix second of the day's 00:00.
func (d day) start() int64 { return int64(d)*secondsPerDay - utcOffset }

// weekday: 1970-01-01 was a Thursday.
func (d day) weekday() time.Weekday { return time.Weekday(floorMod(int64(d)+4, 7)) }

// civil returns the day's 00:00 UTC, for its year, month and day.
func (d day) civil() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func (d day) String() string { return d.civil().Format(time.DateOnly) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
