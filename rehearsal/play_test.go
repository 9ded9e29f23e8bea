package rehearsal

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

func TestTheStoryPlaysToItsEndAndEveryExpectationHolds(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	report, err := Play(ctx, h.Service)
	if report != nil {
		for _, f := range report.Failed() {
			t.Error(f)
		}
	}
	fatal(t, err)
	compareReport(t, h, report)
	var out bytes.Buffer
	fatal(t, report.Print(&out))
	t.Logf("played in %s", report.took)
	for _, want := range []string{"DIỄN BIẾN", "TIN NHẮN", "TỔNG SỐ", "mọi mong đợi đều đạt"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}
