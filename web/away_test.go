package web

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"notify1022/escalation"
)

type gone struct{ error }

func (gone) Unavailable() bool { return true }

func TestADatabaseThatIsAwayIsAnsweredWith503AndWhenToTryAgain(t *testing.T) {
	p := problemOf(fmt.Errorf("accept: %w", gone{errors.New("connection refused")}))
	if p == nil || p.Status != http.StatusServiceUnavailable || p.retryAfter == 0 {
		t.Errorf("%+v", p)
	}
	if p := problemOf(&escalation.Problem{Kind: escalation.Stale}); p.Status != http.StatusConflict {
		t.Errorf("%+v", p)
	}
}
