package main

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"notify1022/escalation"
)

// The page of a large sending shows a page of its recipients, keeps asking for its
// counts alone, and gives its failures whole.
func TestALargeSendingIsShownInPages(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "registered_texts: enforce") // each text fails
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	var numbers []string
	for n := range 620 {
		numbers = append(numbers, fmt.Sprintf("0570000%03d", 100+n))
	}
	send := []string{"nonce", "n1", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp giao ban", "var_lp", "1022.vn/p/abc", "numbers", strings.Join(numbers, "\n"), "step", "do"}
	lead.must(lead.post("/console/send", send...), 200, "620 người nhận, 620 tin", "Tôi đồng ý") // asked for once more
	started := lead.must(lead.post("/console/send", append(send, "agree", "620")...), 303)
	h.eventually("all have failed", func() bool { return strings.Contains(lead.get(started.to+"/progress").body, "không gửi được: 620") })
	progress := lead.must(lead.get(started.to+"/progress"), 200)
	if strings.Contains(progress.body, "057****") || strings.Contains(progress.body, "<html") || strings.Contains(progress.body, "hx-get") {
		t.Errorf("the progress has rows, or goes on asking: %.400s", progress.body)
	}
	page := lead.must(lead.get(started.to), 200, "Trang sau")
	if n := strings.Count(page.body, "<td>057****"); n != 50 {
		t.Errorf("a page shows %d recipients", n)
	}
	lead.must(lead.get(started.to+"?state=delivered"), 200, "Không có ai")
	lead.must(lead.get(started.to+"?cursor=!"), 422)
	rows, err := csv.NewReader(strings.NewReader(lead.must(lead.get(started.to+"/failures.csv"), 200).body)).ReadAll()
	if err != nil || len(rows) != 621 || rows[1][1] != "+84570000100" || rows[620][1] != "+84570000719" {
		t.Errorf("the failures are %d rows, %v", len(rows), err)
	}
}
