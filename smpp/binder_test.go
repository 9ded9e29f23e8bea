package smpp

import (
	"errors"
	"testing"
	"time"
)

func TestThePauseBeforeBindingAgainOnlyGrows(t *testing.T) {
	for _, tc := range []struct{ first, longest time.Duration }{
		{500 * time.Millisecond, time.Minute},
		{time.Minute, time.Hour}, // doubled often enough this is no int64 any more
		{30 * time.Second, 1000 * time.Hour},
		{time.Minute, time.Second},
		{1, 1},
	} {
		cfg := Config{BackoffMin: tc.first, BackoffMax: tc.longest}
		cfg.setDefaults()
		b := &binder{c: &Client{cfg: cfg}}
		for try := range 100 {
			d := b.pause(errors.New("refused"))
			if least := min(tc.first/4, tc.longest); d < least || d > tc.longest {
				t.Fatalf("%v to %v: pause %v after try %d", tc.first, tc.longest, d, try)
			}
		}
		most := time.Duration(0)
		for range 50 {
			most = max(most, b.pause(errors.New("refused")))
		}
		if most < tc.longest/2 {
			t.Fatalf("%v to %v: after 100 tries never more than %v", tc.first, tc.longest, most)
		}
	}
}
