package smpp

import "sync/atomic"

// Stats is a snapshot of a Client's counters since it was made.
type Stats struct {
	Submitted, Accepted, Refused, Unknown uint64 // Submitted = the other three + InFlight
	InFlight                              int    // submits handed over and not yet ended
	Throttled                             uint64 // of Refused: those that asked for fewer messages per second
	Delivered, DeliverRefused             uint64 // deliver_sm answered ROK, and otherwise
	LateResponses, StrayResponses         uint64 // after the timeout; matching nothing
	Nacks                                 uint64 // generic_nack received
	BadPDUs                               uint64 // answered with an error or dropped
	Binds, BindFailures                   uint64
	BoundNow                              int // connections bound now
}

// counters are a Client's running numbers.
type counters struct {
	submitted, accepted, refused, unknown atomic.Uint64
	throttled, delivered, deliverRefused  atomic.Uint64
	late, stray, nacks, bad               atomic.Uint64
	binds, bindFailures                   atomic.Uint64
	bound                                 atomic.Int64
}

// end counts one outcome.
func (c *counters) end(o Outcome) {
	switch o.Kind {
	case Accepted:
		c.accepted.Add(1)
	case Refused:
		c.refused.Add(1)
		if o.Class() == ClassSlowdown {
			c.throttled.Add(1)
		}
	default:
		c.unknown.Add(1)
	}
}

// addSession takes over the counts of a session that ended.
func (c *counters) addSession(s SessionCounts) {
	c.late.Add(s.Late)
	c.stray.Add(s.Stray)
	c.nacks.Add(s.Nacks)
	c.bad.Add(s.Bad)
}

// Stats is a snapshot of the counters.
func (c *Client) Stats() Stats {
	n := &c.counters
	st := Stats{
		Accepted: n.accepted.Load(), Refused: n.refused.Load(), Unknown: n.unknown.Load(),
		Throttled: n.throttled.Load(),
		Delivered: n.delivered.Load(), DeliverRefused: n.deliverRefused.Load(),
		LateResponses: n.late.Load(), StrayResponses: n.stray.Load(),
		Nacks: n.nacks.Load(), BadPDUs: n.bad.Load(),
		Binds: n.binds.Load(), BindFailures: n.bindFailures.Load(),
		BoundNow: int(n.bound.Load()),
	}
	for _, s := range c.bound() {
		live := s.Counts()
		st.LateResponses += live.Late
		st.StrayResponses += live.Stray
		st.Nacks += live.Nacks
		st.BadPDUs += live.Bad
	}
	// Read after the ends, so that a submit that ends meanwhile still counts
	// as in flight and never as one too many. TrySubmit counts a moment after
	// it has sent, when the answer may have been counted already.
	st.Submitted = max(n.submitted.Load(), st.Accepted+st.Refused+st.Unknown)
	st.InFlight = int(st.Submitted - st.Accepted - st.Refused - st.Unknown)
	return st
}

// Metric is one of the Stats under a name for a monitoring system.
type Metric struct {
	Name    string // in the style of Prometheus, without a label
	Help    string
	Counter bool // else a gauge
	Value   float64
}

// Metrics are the Stats one by one, always in the same order and under the
// same names: whoever registers metrics needs no list of the fields.
func (s Stats) Metrics() []Metric {
	counter := func(name, help string, v uint64) Metric {
		return Metric{"smpp_" + name + "_total", help, true, float64(v)}
	}
	gauge := func(name, help string, v int) Metric { return Metric{"smpp_" + name, help, false, float64(v)} }
	return []Metric{
		counter("submitted", "Submits handed over to the client.", s.Submitted),
		counter("accepted", "Submits that the SMSC gave a message id.", s.Accepted),
		counter("refused", "Submits that are certainly not at the SMSC.", s.Refused),
		counter("unknown", "Submits whose answer was lost: they may be on the air.", s.Unknown),
		counter("throttled", "Refused submits with RTHROTTLED or RMSGQFUL.", s.Throttled),
		gauge("in_flight", "Submits handed over and not yet ended.", s.InFlight),
		counter("delivered", "Texts and receipts answered ESME_ROK.", s.Delivered),
		counter("deliver_refused", "Texts and receipts answered with an error, to be sent again.", s.DeliverRefused),
		counter("late_responses", "Responses after their timeout.", s.LateResponses),
		counter("stray_responses", "Responses that match no request.", s.StrayResponses),
		counter("nacks", "generic_nack received.", s.Nacks),
		counter("bad_pdus", "PDUs answered with an error or dropped.", s.BadPDUs),
		counter("binds", "Binds that succeeded.", s.Binds),
		counter("bind_failures", "Binds refused or not reached.", s.BindFailures),
		gauge("bound", "Connections bound now.", s.BoundNow),
	}
}
