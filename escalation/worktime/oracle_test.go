package worktime

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The oracle knows nothing of intervals: one flag per minute of four years,
// from a table of free dates typed apart from the calendar's, and counting by
// looking at the minutes.
type oracle struct {
	origin time.Time
	open   []bool
	nth    []int32 // open minutes, in order
	rank   []int32 // open minutes before each minute
}

var oracleFree = [][2]string{ // first and last free date
	{"2024-01-01", "2024-01-01"},
	{"2024-02-08", "2024-02-14"}, // Tết Giáp Thìn, with its weekend
	{"2024-04-18", "2024-04-18"},
	{"2024-04-27", "2024-05-01"}, // five days running
	{"2024-08-31", "2024-09-03"}, // four days running
	{"2025-01-01", "2025-01-01"},
	{"2025-01-25", "2025-02-02"}, // Tết Ất Tỵ, nine days running
	{"2025-04-05", "2025-04-07"},
	{"2025-04-30", "2025-05-04"}, // five days running
	{"2025-08-30", "2025-09-02"}, // four days running
	{"2026-01-01", "2026-01-04"}, // four days running
	{"2026-02-14", "2026-02-22"}, // Tết Bính Ngọ, nine days running
	{"2026-04-25", "2026-04-27"},
	{"2026-04-30", "2026-05-03"},
	{"2026-08-29", "2026-09-02"}, // five days running
	{"2026-11-24", "2026-11-24"},
}

var oracleWorkedSaturdays = map[string]bool{
	"2024-05-04": true, "2025-04-26": true, "2026-01-10": true, "2026-08-22": true,
}

func newOracle() *oracle {
	// A plain +07:00: the oracle does not use the package's zone.
	vn := time.FixedZone("", 7*60*60)
	o := &oracle{origin: time.Date(2024, 1, 1, 0, 0, 0, 0, vn)}
	for d := o.origin; d.Year() < 2027; d = d.AddDate(0, 0, 1) {
		name := d.Format("2006-01-02")
		works := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		works = works || oracleWorkedSaturdays[name]
		for _, free := range oracleFree {
			if free[0] <= name && name <= free[1] {
				works = false
			}
		}
		for m := range 1440 {
			h := float64(m) / 60
			open := works && (h >= 7.5 && h < 11.5 || h >= 13 && h < 17)
			o.rank = append(o.rank, int32(len(o.nth)))
			if open {
				o.nth = append(o.nth, int32(len(o.open)))
			}
			o.open = append(o.open, open)
		}
	}
	return o
}

// add takes whole seconds: d > 0.
func (o *oracle) add(t time.Time, d int64) time.Time {
	since := int64(t.Sub(o.origin) / time.Second)
	minute, used := since/60, int64(0)
	if o.open[minute] {
		used = since % 60
	}
	d += used // as if the first minute had begun with it
	full := (d - 1) / 60
	m := int64(o.nth[int64(o.rank[minute])+full])
	return o.origin.Add(time.Duration(m*60+d-full*60) * time.Second)
}

// step does the same second by second.
func (o *oracle) step(t time.Time, d int64) time.Time {
	for s := int64(t.Sub(o.origin) / time.Second); ; s++ {
		if o.open[s/60] {
			if d--; d == 0 {
				return o.origin.Add(time.Duration(s+1) * time.Second)
			}
		}
	}
}

// addDays looks at noon-ish minutes of the dates after t.
func (o *oracle) addDays(t time.Time, n int) time.Time {
	date := int(t.Sub(o.origin) / (24 * time.Hour))
	for n > 0 {
		date++
		if o.open[date*1440+10*60] {
			n--
		}
	}
	return o.origin.Add(time.Duration(date)*24*time.Hour + 17*time.Hour)
}

func TestAddAgreesWithCountingMinutes(t *testing.T) {
	const cases = 150_000
	o, c := newOracle(), HaiPhong()
	r := rand.New(rand.NewPCG(1022, 1))
	wrong := 0
	for range cases {
		// 2024-01-01 to 2026-10-31; limits up to 60 working hours.
		from := o.origin.Add(time.Duration(r.Int64N(1034*24*3600)) * time.Second)
		if r.IntN(3) == 0 { // edges are where it goes wrong
			from = from.Truncate(30 * time.Minute)
		}
		d := 1 + r.Int64N(60*3600)
		if r.IntN(3) == 0 {
			d = (1 + r.Int64N(120)) * 1800
		}
		got, want := c.Add(from, time.Duration(d)*time.Second), o.add(from, d)
		days := r.IntN(20) + 1
		gotDay, wantDay := c.AddDays(from, days), o.addDays(from, days)
		if !got.Equal(want) || !gotDay.Equal(wantDay) {
			t.Errorf("%s + %ds = %s, want %s; + %dd = %s, want %s", from.Format(shown), d,
				got.Format(shown), want.Format(shown), days, gotDay.Format(shown), wantDay.Format(shown))
			if wrong++; wrong == 10 {
				t.Fatal("and more")
			}
		}
	}
}

func TestAddAgreesWithSteppingSecondBySecond(t *testing.T) {
	o, c := newOracle(), HaiPhong()
	r := rand.New(rand.NewPCG(1022, 2))
	for range 300 {
		from := o.origin.Add(time.Duration(r.Int64N(1034*24*3600)) * time.Second)
		d := 1 + r.Int64N(10*3600)
		want := o.step(from, d)
		if also := o.add(from, d); !also.Equal(want) {
			t.Fatalf("the oracle contradicts itself: %s, %s", also, want)
		}
		same(t, from.Format(shown), c.Add(from, time.Duration(d)*time.Second), want)
	}
}

func TestBetweenAndWorkingAgreeWithCountingMinutes(t *testing.T) {
	o, c := newOracle(), HaiPhong()
	r := rand.New(rand.NewPCG(1022, 3))
	for range 20_000 {
		a, b := r.IntN(len(o.open)), r.IntN(len(o.open))
		from := o.origin.Add(time.Duration(a) * time.Minute)
		to := o.origin.Add(time.Duration(b) * time.Minute)
		want := time.Duration(o.rank[b]-o.rank[a]) * time.Minute
		if got := c.Between(from, to); got != want {
			t.Fatalf("Between(%s, %s) = %v, want %v", from, to, got, want)
		}
		if c.Working(from) != o.open[a] {
			t.Fatalf("Working(%s) = %v", from, !o.open[a])
		}
	}
}
