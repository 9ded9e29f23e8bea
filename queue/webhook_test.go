package queue

import (
	"errors"
	"testing"
	"time"
)

func TestWhatFollowsFromAnAttemptToSendAnEvent(t *testing.T) {
	refused := errors.New("answered 500")
	for name, c := range map[string]struct {
		attempts, failures int // before
		err                error
		want               DeliveryEnd
	}{
		"it is taken":                             {attempts: 7, failures: 7},
		"the first failure":                       {err: refused, want: DeliveryEnd{Pause: 2 * time.Second}},
		"a new event of one that failed before":   {failures: 3, err: refused, want: DeliveryEnd{Pause: 16 * time.Second}},
		"the fourth failure keeps its place":      {attempts: 3, failures: 3, err: refused, want: DeliveryEnd{Pause: 16 * time.Second}},
		"the fifth gives way":                     {attempts: 4, failures: 4, err: refused, want: DeliveryEnd{Pause: 32 * time.Second, Behind: 32 * time.Second}},
		"one that is never taken, others are":     {attempts: 33, err: refused, want: DeliveryEnd{Pause: 2 * time.Second, Behind: time.Hour}},
		"it is given up":                          {attempts: 34, err: refused, want: DeliveryEnd{Pause: 2 * time.Second, Behind: time.Hour, GiveUp: true}},
		"the receiver has taken nothing for long": {failures: 34, err: refused, want: DeliveryEnd{Pause: time.Hour, GiveUpAll: true}},
	} {
		d := Delivery{ID: 1, Receiver: 2, Claim: 3, Attempts: c.attempts, Failures: c.failures}
		c.want.Delivery, c.want.Status = d, 200
		if c.err != nil {
			c.want.Failure, c.want.Status = "answered 500", 500
		}
		if got := endOf(d, c.want.Status, c.err); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestAReceiverIsGivenUpAfterAboutADay(t *testing.T) {
	var waited time.Duration
	for failures := 0; ; failures++ {
		end := endOf(Delivery{Failures: failures}, 0, errors.New("no answer"))
		if end.GiveUpAll {
			break
		}
		waited += end.Pause
	}
	if waited < 23*time.Hour || waited > 25*time.Hour {
		t.Errorf("it has been tried for %s", waited)
	}
}
