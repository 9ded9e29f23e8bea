package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// countedMonths is how many petitions a unit had in each month: as many as the month has days.
type countedMonths struct{}

func (countedMonths) Published(context.Context, string, string, int) ([]escalation.Petition, string, error) {
	return nil, "more", nil
}

func (countedMonths) UnitCounts(_ context.Context, from, to time.Time) ([]UnitCount, error) {
	return []UnitCount{{Unit: "SXD", Total: int(to.Sub(from).Hours()) / 24}}, nil
}

func TestEverybodyChoosesTheMonthThatIsCounted(t *testing.T) {
	publishFrom := time.Date(2024, 12, 15, 0, 0, 0, 0, time.UTC)
	h := newHouse(t, func(c *Config) { c.Published, c.PublishFrom = countedMonths{}, publishFrom })
	latest := h.get("/cong-khai").mustStatus(t, 200).mustSay(t, `<option value="2026-10" selected>10/2026</option>`, "<td>31</td>", `<option value="2024-11">11/2024</option>`)
	latest.mustNotSay(t, "2024-10", "2026-11")
	res := h.get("/cong-khai?thang=2026-02&q=den").mustStatus(t, 200).mustSay(t, `<option value="2026-02" selected>02/2026</option>`, "<td>28</td>", `name="q" value="den"`, "thang=2026-02")
	if got := res.Header.Get("Cache-Control"); got != "public, max-age=60" {
		t.Errorf("the month is kept as %q", got)
	}
	for _, month := range []string{"2026-11", "2024-10", "2026-1", "x", "2026-13"} {
		if res := h.get("/cong-khai?thang="+month).mustStatus(t, 422); res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the refusal is kept", month)
		}
	}
	h.clock = h.clock.AddDate(3, 0, 0)
	if n := strings.Count(string(h.get("/cong-khai").mustStatus(t, 200).body), "<option"); n != publishedMonths {
		t.Errorf("%d months to choose from", n)
	}
	h.clock = publishFrom.Add(-time.Second)
	h.get("/cong-khai").mustStatus(t, 200).mustNotSay(t, "<select")
}
