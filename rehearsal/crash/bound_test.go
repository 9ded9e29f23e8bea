package crash

import "testing"

// field failure 41
func TestTheObserverBoundsTheTextsThatGoOnTheAirTwice(t *testing.T) {
	for _, c := range []struct {
		run            string
		texts, doubled int
		tooOften       bool
	}{
		{"the last long run", 107_176, 170, false},
		{"the worst long run", 99_923, 289, false},
		{"the worst short run", 4_249, 32, false},
		{"a short run before a receipt alone proved a text", 2_491, 119, true},
		{"a long one", 37_103, 1_905, true},
		{"one in fifty", 4_500, 90, false},
		{"one more", 4_500, 91, true},
		{"of a few texts as many as chance may bring", 30, 5, false},
		{"of a few texts more than that", 30, 6, true},
	} {
		if err := (&observer{texts: c.texts, doubled: c.doubled}).tooOften(); (err != nil) != c.tooOften {
			t.Errorf("%s: %v", c.run, err)
		}
	}
}
