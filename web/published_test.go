package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
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

// hundredPublished are answers of which every tenth shows the word "đèn", a hundred in all.
type hundredPublished struct {
	countedMonths
	reads, shown int
}

func (h *hundredPublished) Published(_ context.Context, _, cursor string, limit int) (list []escalation.Petition, next string, err error) {
	h.reads++
	from, _ := strconv.Atoi(cursor)
	for i := from; i < from+limit && i < 100; i++ {
		p := escalation.Petition{Code: fmt.Sprintf("HP261123-%04d", i+1), Status: escalation.Published, PublishConsent: true, Published: "Đã trả lời"}
		if i%10 == 9 && i < h.shown {
			p.Published = "Đã thay đèn"
		}
		list = append(list, p)
	}
	if from+limit < 100 {
		next = strconv.Itoa(from + limit)
	}
	return list, next, nil
}

func TestAPageOfResultsIsFilledThoughSomeAreFoundByWhatIsNotShown(t *testing.T) {
	for _, tc := range []struct {
		shown, rows int
		says        string
	}{
		{100, 10, "HP261123-0100"},
		{0, 0, "Chưa có kết quả nào với “đèn”"},
	} {
		list := &hundredPublished{shown: tc.shown}
		h := newHouse(t, func(c *Config) { c.Published = list })
		res := h.get("/cong-khai?q="+url.QueryEscape("đèn")).mustStatus(t, 200).mustSay(t, tc.says)
		res.mustNotSay(t, "Xem tiếp")
		if n := strings.Count(string(res.body), "<article>"); n != tc.rows || list.reads > publishedReads {
			t.Errorf("%d results in %d reads, want %d", n, list.reads, tc.rows)
		}
	}
	h := newHouse(t, func(c *Config) { c.Published = countedMonths{} }) // has always more
	h.get("/cong-khai?q=x").mustStatus(t, 200).mustSay(t, "Xem tiếp", "còn những kết quả trước đó").mustNotSay(t, "Chưa có kết quả")
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
