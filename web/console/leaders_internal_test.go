package console

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/templates"
)

// wordless are leaders whose report has words that no wording takes.
type wordless struct{ Leaders }

func (wordless) Words(context.Context, string, string) (map[string]string, error) {
	return map[string]string{"don_vi": "TP Hải Phòng"}, nil
}

// roomless are texts none of which fits.
type roomless struct{ Texts }

func (roomless) Render(string, map[string]string, bool) (templates.Rendered, error) {
	return templates.Rendered{}, fmt.Errorf("R1: %w", templates.ErrNoRoom)
}

// A wording of R1 that does not fit is said on the form; it is no failure of the service.
func TestAReportsTextThatDoesNotFitIsSaid(t *testing.T) {
	c := &console{Config: Config{Leaders: wordless{}, Texts: roomless{}}}
	v := &visit{ResponseWriter: httptest.NewRecorder(), Request: httptest.NewRequest("GET", "/console/bao-cao/gui?period=2026-11", nil), c: c}
	var refusal *escalation.Problem
	err := c.showSendReport(v, 200, sendReportPage{Period: "2026-11"})
	if !errors.As(err, &refusal) || refusal.Kind != escalation.Invalid || refusal.Field != "text" || !strings.Contains(refusal.Detail, "không vừa một tin nhắn") {
		t.Errorf("%v", err)
	}
}
