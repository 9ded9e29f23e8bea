package queue

import (
	"errors"
	"time"

	"notify1022/escalation"
)

// unbegun are the outcomes of a row of which nothing was handed over, because of err. It
// goes back as it was, or fails: each segment then, because the store waits for all.
func unbegun(m *escalation.Outgoing, err error) (outcomes []escalation.SegmentOutcome) {
	if temporary(err) {
		return []escalation.SegmentOutcome{ending(m, 0, 0, err)}
	}
	j := job{m: m, segments: max(m.Segments, 1)}
	for _, segment := range j.todo() {
		outcomes = append(outcomes, ending(m, segment, j.segments, err))
	}
	return outcomes
}

// ending is the outcome of a segment that did not leave, because of err.
func ending(m *escalation.Outgoing, segment, segments int, err error) escalation.SegmentOutcome {
	o := escalation.SegmentOutcome{Message: m.ID, Attempt: m.Attempt(), Segment: segment, Segments: segments,
		State: escalation.Failed, Error: err.Error(), Anew: m.Anew}
	if temporary(err) {
		o.State, o.Refusal, o.RetryIn = escalation.Queued, escalation.NotSubmitted, backDelay
	}
	var v verdict
	if errors.As(err, &v) && v.temporary && v.after > 0 {
		o.RetryIn = v.after
	}
	return o
}

// How long a row is tried that is refused for now and for its own sake: about a quarter
// of an hour with the pauses of retryIn. Then it fails, so that the next contact is told.
const mostBlamed = 20

// worksStill is how long an account that took a text is taken to work: whom it refuses
// then, though it says that it is in trouble, it refuses for the text's sake.
const worksStill = 2 * time.Minute

// counted notes in a refusal for now how often the row has been refused and how often it
// was to blame, and makes it one for good when that was too often. What asks for a slower
// pace says nothing of the text, and neither does an SMSC in trouble that takes no other
// either: such a row waits until its use is over. What never left was refused by nobody.
func counted(m *escalation.Outgoing, o escalation.SegmentOutcome, works bool) escalation.SegmentOutcome {
	if o.State != escalation.Queued {
		return o
	}
	if o.Refusal == escalation.NotSubmitted {
		o.RetryIn = max(o.RetryIn, backDelay)
		return o
	}
	o.Refusals, o.Blamed = m.Refusals+1, m.Blamed
	if o.RetryIn == 0 {
		o.RetryIn = retryIn(m.Refusals)
	}
	if o.Refusal == escalation.RefusedText || o.Refusal == escalation.RefusedService && works {
		o.Blamed++
	}
	if o.Blamed >= mostBlamed {
		o.State, o.RetryIn = escalation.Failed, 0
	}
	return o
}

// retryIn is how long a row refused for now waits: a second, then twice as long
// each time, up to a minute.
func retryIn(refusals int) time.Duration {
	return backoff(time.Second, time.Minute, refusals)
}
