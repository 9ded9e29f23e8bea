package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/escalation"
)

// slow is a server that loses its first answer and works on it until an instant.
type slow struct {
	until time.Time
	keys  map[string]bool
	calls int
}

// RoundTrip answers as the server does: 409 with Retry-After while it is at work.
func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls++
	s.keys[r.Header.Get("Idempotency-Key")] = true
	switch {
	case s.calls == 1:
		return nil, io.ErrUnexpectedEOF
	case time.Now().Before(s.until):
		return reply(http.StatusConflict, `{"detail":"yêu cầu cùng Idempotency-Key đang được xử lý, hãy thử lại"}`, "1"), nil
	}
	return reply(http.StatusCreated, `{"code":"HP261123-0001"}`, ""), nil
}

func reply(status int, body, after string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	if after != "" {
		r.Header.Set("Retry-After", after)
	}
	return r
}

func TestTheAnswerOfATryThatIsStillAtWorkIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &slow{until: time.Now().Add(40 * time.Second), keys: map[string]bool{}}
		c := &Client{BaseURL: "http://1022.example.vn", HTTP: &http.Client{Transport: server}}
		taken, err := c.Accept(t.Context(), escalation.Intake{})
		if err != nil || taken.Code != "HP261123-0001" {
			t.Fatalf("%+v, %v after %d tries", taken, err, server.calls)
		}
		if len(server.keys) != 1 {
			t.Errorf("%d keys for one act", len(server.keys))
		}
	})
}

func TestATryThatIsAtWorkForEverIsWaitedForLongerThanItsKeyIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		server := &slow{until: began.Add(time.Hour), keys: map[string]bool{}}
		c := &Client{BaseURL: "http://1022.example.vn", HTTP: &http.Client{Transport: server}}
		_, err := c.Accept(t.Context(), escalation.Intake{})
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != http.StatusConflict || time.Since(began) < time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		began, server.calls = time.Now(), 0
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := c.Accept(ctx, escalation.Intake{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Second {
			t.Errorf("whoever waits ten seconds is told %v after %s", err, time.Since(began))
		}
	})
}

// refusing answers every request with a conflict that no waiting changes.
type refusing struct{ calls int }

// RoundTrip refuses.
func (s *refusing) RoundTrip(*http.Request) (*http.Response, error) {
	s.calls++
	return reply(http.StatusConflict, `{"detail":"phản ánh đã thay đổi"}`, ""), nil
}

func TestAConflictThatWaitingDoesNotChangeIsNotAskedAgain(t *testing.T) {
	server := &refusing{}
	c := &Client{BaseURL: "http://1022.example.vn", HTTP: &http.Client{Transport: server}}
	if _, err := c.Do(t.Context(), "HP261123-0001", &escalation.Acknowledge{}, 1); err == nil || server.calls != 1 {
		t.Errorf("%v after %d tries", err, server.calls)
	}
}
