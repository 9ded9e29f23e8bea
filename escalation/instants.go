package escalation

import (
	"strconv"
	"strings"
	"time"
)

// Instants are instants as a fact keeps several of them: microseconds since 1970, with a
// space between. A text, so that facts can be compared, and so that SQL can count them.
type Instants string

// Times are the instants one by one, in UTC. What is none is left out.
func (list Instants) Times() (times []time.Time) {
	for _, word := range strings.Fields(string(list)) {
		if us, err := strconv.ParseInt(word, 10, 64); err == nil {
			times = append(times, time.UnixMicro(us).UTC())
		}
	}
	return times
}

// with is the list with one more.
func (list Instants) with(t time.Time) Instants {
	return Instants(strings.TrimLeft(string(list)+" "+strconv.FormatInt(t.UnixMicro(), 10), " "))
}
