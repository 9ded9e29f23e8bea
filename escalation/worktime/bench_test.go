package worktime

import (
	"math/rand/v2"
	"testing"
	"time"
)

// instants returns random instants in the given years, so that the index is
// visited all over instead of staying in the cache.
func instants(fromYear, toYear int) []time.Time {
	r := rand.New(rand.NewPCG(7, 7))
	from := time.Date(fromYear, 1, 1, 0, 0, 0, 0, Zone()).Unix()
	to := time.Date(toYear, 11, 1, 0, 0, 0, 0, Zone()).Unix()
	list := make([]time.Time, 4096)
	for i := range list {
		list[i] = time.Unix(from+r.Int64N(to-from), 0)
	}
	return list
}

func benchmarkCalendar(b *testing.B, fromYear, toYear int, list []time.Time, do func(*Calendar, time.Time) time.Time) {
	c, err := HaiPhongSpec().Compile(fromYear, toYear)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var sink time.Time
	for i := 0; b.Loop(); i++ {
		sink = do(c, list[i%len(list)])
	}
	_ = sink
}

func add48h(c *Calendar, t time.Time) time.Time { return c.Add(t, 48*time.Hour) }
func sub48h(c *Calendar, t time.Time) time.Time { return c.Sub(t, 48*time.Hour) }
func add2d(c *Calendar, t time.Time) time.Time  { return c.AddDays(t, 2) }

// The same instants asked of a short and of a long calendar.
func BenchmarkAdd48hIn3Years(b *testing.B) {
	benchmarkCalendar(b, 2024, 2026, instants(2024, 2026), add48h)
}

func BenchmarkAdd48hIn100Years(b *testing.B) {
	benchmarkCalendar(b, 2001, 2100, instants(2024, 2026), add48h)
}

// Instants strewn over the century, the worst for the processor's cache.
func BenchmarkAdd48hAllOver100Years(b *testing.B) {
	benchmarkCalendar(b, 2001, 2100, instants(2001, 2100), add48h)
}

func BenchmarkSub48hAllOver100Years(b *testing.B) {
	benchmarkCalendar(b, 2001, 2100, instants(2001, 2100), sub48h)
}

func BenchmarkAddDaysAllOver100Years(b *testing.B) {
	benchmarkCalendar(b, 2001, 2100, instants(2001, 2100), add2d)
}

func BenchmarkCompile3Years(b *testing.B) {
	s := HaiPhongSpec()
	for b.Loop() {
		if _, err := s.Compile(2024, 2026); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAddingAllocatesNothing(t *testing.T) {
	c, from := HaiPhong(), at(t, "13/03/2026 16:50") // Friday
	got := testing.AllocsPerRun(100, func() {
		from = c.Sub(c.Add(from, 48*time.Hour), 48*time.Hour)
		c.AddDays(from, 2)
		c.Between(from, c.Next(from))
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}
