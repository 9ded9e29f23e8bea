package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
)

func TestTheOfficeSeesAllThatIsOverdueAndPagesThroughIt(t *testing.T) {
	const many = 203 // one page shows 200
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	err := h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		var changes []escalation.Change
		for i := range many {
			id, code, err := tx.NextCode(h.ctx, tx.Now())
			if err != nil {
				return err
			}
			changes = append(changes, escalation.Change{Petition: escalation.Petition{ID: id, Code: code, Token: fmt.Sprint("overdue", i), Version: 1, Status: escalation.Overdue, WasOverdue: true,
				Content: "Đèn hỏng", ReceivedAt: tx.Now(), RecordedAt: tx.Now(), WaitsFor: escalation.Office}})
		}
		return tx.Save(h.ctx, changes)
	})
	if err != nil {
		t.Fatal(err)
	}
	office := h.signedIn(escalation.Office, "")
	seen := map[string]bool{}
	for path, pages := "/console/office", 0; path != "" && pages < 5; pages++ {
		page := office.must(office.get(path), 200, fmt.Sprintf("Quá hạn (%d)", many))
		for _, m := range regexp.MustCompile(`name="code" value="([^"]+)"`).FindAllStringSubmatch(page.body, -1) {
			seen[m[1]] = true
		}
		path = ""
		if m := regexp.MustCompile(`href="([^"]+)">Quá hạn: trang tiếp`).FindStringSubmatch(page.body); m != nil {
			path, _, _ = strings.Cut(html.UnescapeString(m[1]), "#")
		}
	}
	if len(seen) != many {
		t.Errorf("%d of %d are shown", len(seen), many)
	}
}
