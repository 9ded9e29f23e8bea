package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/report"
)

// told is a tally made of nothing but the timelines, as somebody with a pencil would
// make it: it knows the words that each act writes, and no fact.
type told map[string]int

// course is what a reader of a timeline keeps in mind of a petition.
type course struct {
	unit      bool // a lead unit has it
	office    bool // the Office has it
	forwarded bool // a lead unit ever had it
	again     bool // it is no first turn any more
	over      bool
	answer    string // the figure of a result that stands
	published bool
	scores    map[string]int // by whom: the citizen, or whose petition was merged into this one
}

// read goes through one petition's timeline.
func (n told) read(entries []escalation.Entry) {
	var c course
	for _, e := range entries {
		n.entry(&c, e)
	}
	n.closes(&c)
	if !c.over {
		n["open"]++
	}
}

// closes books the answer of a course, when it ends or when the timeline does.
func (n told) closes(c *course) {
	if c.answer == "" {
		return
	}
	n[c.answer]++
	if c.published && c.answer != "direct_answers" {
		n["published"]++
	}
	for _, score := range c.scores {
		n["rated"]++
		n["score_sum"] += score
	}
	c.answer, c.published, c.scores = "", false, nil
}

// reopens begins a new course.
func (n told) reopens(c *course) {
	n.closes(c)
	n["reopened"]++
	*c = course{again: true, forwarded: c.forwarded}
}

func (n told) entry(c *course, e escalation.Entry) {
	first := !c.again && !c.forwarded
	switch verb := escalation.Verb(e.Action); {
	case verb == escalation.VerbAccept:
		n["received"]++
	case verb == escalation.VerbForward && strings.Contains(e.Text, "Văn phòng UBND thành phố chủ trì"):
		c.unit, c.office = false, true
	case verb == escalation.VerbForward:
		n["slips"]++
		if first {
			n["forwarded"]++
		}
		c.unit, c.office, c.forwarded = true, false, true
	case verb == escalation.VerbReject:
		if first {
			n["rejected"]++
		}
		c.over = true
	case verb == escalation.VerbAnswer:
		if first {
			n["answered_directly"]++
		}
		c.over, c.answer = true, "direct_answers"
	case verb == escalation.VerbWithdraw, verb == escalation.VerbMerge && strings.HasPrefix(e.Text, "gộp vào"):
		c.over = true
	case verb == escalation.VerbResult && !strings.HasPrefix(e.Text, "ý kiến phối hợp") && !strings.HasPrefix(e.Text, "sửa nội dung"):
		c.over, c.answer = true, "direct_answers"
		switch {
		case c.unit:
			c.answer = "answers"
		case c.office:
			c.answer = "office_answers"
		}
	case verb == escalation.VerbSendBack:
		c.over, c.answer = false, ""
	case verb == escalation.VerbPublish:
		c.published, c.scores = true, nil
	case verb == escalation.VerbRating:
		who, vote, _ := strings.Cut(e.Text, "đánh giá")
		answer, _, _ := strings.Cut(vote, "Tổng đài 1022") // whose score is another figure
		if c.scores == nil {
			c.scores = map[string]int{}
		}
		c.scores[who] = strings.Count(answer, "★")
	case verb == escalation.VerbReopen, verb == escalation.VerbSupplement && c.over:
		n.reopens(c)
	case verb == escalation.VerbDispute:
		if c.published {
			n.reopens(c)
		}
		n.closes(c)
		c.unit, c.office, c.over, c.again = false, true, false, true
	case verb == escalation.VerbAcceptReturn && e.Status != escalation.Forwarded && !c.over && (e.Status == escalation.Received || e.Status == escalation.Disputed):
		c.unit, c.again = false, true
	case e.Action == "rung:overdue":
		n["went_late"]++
	}
}

// cityOf reads the city's figures out of a report as programs do.
func cityOf(t *testing.T, r *report.Report) map[string]int {
	t.Helper()
	var out bytes.Buffer
	fatal(t, r.WriteJSON(&out))
	var read struct {
		Tables []struct {
			Key  string
			Rows []struct {
				Key    string
				Values map[string]struct{ Value, Of *int }
			}
		}
	}
	fatal(t, json.Unmarshal(out.Bytes(), &read))
	figures := map[string]int{}
	for _, table := range read.Tables {
		for _, row := range table.Rows {
			for column, v := range row.Values {
				if v.Value == nil {
					continue
				}
				switch {
				case table.Key == "city":
					figures[row.Key] = *v.Value
				case table.Key == "sms" && row.Key == "all":
					figures["sms_"+column] = *v.Value
				case table.Key == "scores" && strings.HasPrefix(row.Key, "score_"):
					figures["score_sum"] += *v.Value * int(row.Key[len("score_")]-'0')
				}
			}
		}
	}
	return figures
}

// compareReport holds the report of the whole story against what its timelines say
// and what the handsets have received.
func compareReport(t *testing.T, h *house, played *Report) {
	t.Helper()
	period, err := report.ParsePeriod("2026-11-01..2027-03-31")
	fatal(t, err)
	made, err := report.Build(context.Background(), h.Store, report.Order{Period: period, Calendar: h.Calendar, MadeAt: period.To.Add(time.Hour)})
	fatal(t, err)
	got, want := cityOf(t, made), told{}
	for _, entries := range played.timelines {
		want.read(entries)
	}
	for _, handset := range h.SMSC.Handsets() {
		want["sms_delivered"] += len(handset.Inbox())
	}
	t.Logf("told: %v", want)
	for figure, n := range want {
		if got[figure] != n {
			t.Errorf("%s: the report says %d, the story %d", figure, got[figure], n)
		}
	}
	for _, figure := range []string{"received", "rejected", "answered_directly", "forwarded", "slips", "answers", "direct_answers", "went_late", "reopened", "published", "rated"} {
		if want[figure] == 0 {
			t.Errorf("the story has no %s to compare", figure)
		}
	}
}
