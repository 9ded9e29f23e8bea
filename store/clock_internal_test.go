package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// field failure 11
func TestAStepOfTheClockHoldsUntilItIsBackOrAccepted(t *testing.T) {
	start := time.Now()
	for name, tc := range map[string]struct {
		steps  []time.Duration // by which wall and monotonic time part, one look per minute
		accept bool
		want   time.Duration
	}{
		"steady":              {steps: []time.Duration{0, 0}},
		"slow drift":          {steps: []time.Duration{4 * time.Second, 4 * time.Second, -3 * time.Second}},
		"an hour ahead":       {steps: []time.Duration{time.Hour, 0}, want: time.Hour},
		"a day back":          {steps: []time.Duration{-24 * time.Hour}, want: -24 * time.Hour},
		"ahead and back":      {steps: []time.Duration{time.Hour, -time.Hour}},
		"ahead and half back": {steps: []time.Duration{time.Hour, -time.Minute, -29 * time.Minute}, want: 30 * time.Minute},
		"accepted":            {steps: []time.Duration{time.Hour}, accept: true},
	} {
		m := newMachineClock(nil, nil)
		wall, mono := start.Round(0), start
		m.look(wall, mono)
		for _, step := range tc.steps {
			wall, mono = wall.Add(time.Minute+step), mono.Add(time.Minute)
			m.look(wall, mono)
		}
		if tc.accept {
			if m.hear(7) { // of another step
				t.Errorf("%s: before anybody did", name)
			}
			if !m.hear(8) {
				t.Errorf("%s: it is not heard", name)
			}
			m.look(wall, mono)
		}
		if got := m.step(); got != tc.want {
			t.Errorf("%s: stepped by %v, want %v", name, got, tc.want)
		}
	}
}

func TestOneBadItemCostsNobodyElse(t *testing.T) {
	bad := errors.New("bad")
	var stored []int
	b := batcher[int]{commit: func(_ context.Context, items []int) error {
		if slices.Contains(items, 13) {
			return bad
		}
		stored = append(stored, items...)
		return nil
	}}
	batch := make([]*entrant[int], 0, 20)
	for i := range 20 {
		batch = append(batch, &entrant[int]{item: i, done: make(chan struct{})})
	}
	b.run(t.Context(), batch)
	for i, e := range batch {
		if <-e.done; (e.err != nil) != (i == 13) {
			t.Errorf("item %d: %v", i, e.err)
		}
	}
	if len(stored) != 19 {
		t.Errorf("%d items are stored, want 19", len(stored))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.do(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that is gone: %v", err)
	}
}
