package queue

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"notify1022/escalation"
)

// Metrics are the figures of one Worker, Gateway and Receiver. It is a
// prometheus.Collector: the caller registers it once. No label ever holds a
// phone number, a petition or a text.
type Metrics struct {
	fired      *prometheus.CounterVec   // source
	lateness   *prometheus.HistogramVec // source
	wakeErrors *prometheus.CounterVec   // stage
	fireFailed prometheus.Counter
	armed      prometheus.Counter
	replans    prometheus.Counter
	redisUp    prometheus.Gauge

	claimed   *prometheus.CounterVec // lane
	outcomes  *prometheus.CounterVec // account, state
	inFlight  prometheus.Gauge
	gateError *prometheus.CounterVec // stage

	received *prometheus.CounterVec // kind, result
	applied  *prometheus.CounterVec // result
	periods  *prometheus.CounterVec // kind, result
	sweeps   *prometheus.CounterVec // kind, result

	outbox          *prometheus.GaugeVec // lane, state
	silent          prometheus.Gauge
	stuck           prometheus.Gauge
	oldestStuck     prometheus.Gauge
	oldestRung      prometheus.Gauge
	oldestUrgent    prometheus.Gauge
	oldestSlip      prometheus.Gauge
	oldestCitizen   prometheus.Gauge
	away            prometheus.Gauge
	aside           prometheus.Gauge
	unapplied       prometheus.Gauge
	loose           prometheus.Gauge
	unmet           prometheus.Gauge
	oldestUnapplied prometheus.Gauge
	auditedAt       prometheus.Gauge
	probeTook       prometheus.Gauge
	probeAt         prometheus.Gauge
	alarms          *prometheus.CounterVec // result

	all   figures
	watch figures // what a worker looks at; elsewhere they would be zeros that reassure
	to    *figures
}

// figures are collectors as one.
type figures []prometheus.Collector

// Describe implements prometheus.Collector.
func (f figures) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range f {
		c.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (f figures) Collect(ch chan<- prometheus.Metric) {
	for _, c := range f {
		c.Collect(ch)
	}
}

// Unwatched are the figures of a process without a Worker.
func (m *Metrics) Unwatched() prometheus.Collector { return m.all }

// NewMetrics returns fresh figures, registered nowhere.
func NewMetrics() *Metrics {
	m := &Metrics{}
	m.to = &m.all
	m.wakes()
	m.air()
	m.inside()
	m.to = &m.watch
	m.audit()
	return m
}

func (m *Metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "notify1022", Name: name, Help: help})
	*m.to = append(*m.to, c)
	return c
}

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "notify1022", Name: name, Help: help}, labels)
	*m.to = append(*m.to, c)
	return c
}

func (m *Metrics) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "notify1022", Name: name, Help: help})
	*m.to = append(*m.to, g)
	return g
}

func (m *Metrics) histogram(name, help, label string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "notify1022", Name: name, Help: help,
		Buckets: []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200},
	}, []string{label})
	*m.to = append(*m.to, h)
	return h
}

func (m *Metrics) wakes() {
	m.fired = m.counters("rungs_fired_total", "Rungs fired, by what woke the desk (wake, guard, simulation).", "source")
	m.lateness = m.histogram("rung_lateness_seconds", "How long after its due time the oldest due rung was taken up.", "source")
	m.wakeErrors = m.counters("wake_errors_total", "Errors of arming, handling and guarding wakes; none loses a rung.", "stage")
	m.fireFailed = m.counter("petition_fire_failures_total", "Attempts to fire the due rungs of one petition that failed; it is tried again and holds up no other.")
	m.armed = m.counter("wakes_armed_total", "Instants handed to Asynq, conflicts included.")
	m.replans = m.counter("wake_replans_total", "Times that Redis had lost the armed instants, or another Redis answered, and all inside the horizon were armed anew.")
}

func (m *Metrics) air() {
	m.claimed = m.counters("outbox_claimed_total", "Outbox rows claimed by this gateway.", "lane")
	m.outcomes = m.counters("submit_outcomes_total", "Ends of submitted segments and mails.", "account", "state")
	m.inFlight = m.gauge("submits_in_flight", "Segments submitted and not answered yet.")
	m.gateError = m.counters("gateway_errors_total", "Errors of claiming, settling and releasing; rows stay leased and are looked at again.", "stage")
}

func (m *Metrics) inside() {
	m.received = m.counters("inbound_received_total", "Parts and receipts from the SMSC; a failed one is refused and comes again.", "kind", "result")
	m.applied = m.counters("inbox_applied_total", "Attempts to apply a reply.", "result")
	m.periods = m.counters("periods_total", "Periodic work that came due: done here, elsewhere or failed.", "kind", "result")
	m.sweeps = m.counters("sweeps_total", "Rows that sweeps acted on, and failures.", "kind", "result")
}

func (m *Metrics) audit() {
	m.redisUp = m.gauge("redis_up", "1 when Redis answered the last ping, else 0.")
	m.outbox = prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "notify1022", Name: "outbox_messages",
		Help: "Messages of the outbox at the last audit."}, []string{"lane", "state"})
	*m.to = append(*m.to, m.outbox)
	m.silent = m.gauge("silent_petitions", "Open petitions with neither a rung nor a named person; must be 0.")
	m.stuck = m.gauge("stuck_petitions", "Petitions whose due rungs this worker could not fire again and again; must be 0.")
	m.oldestStuck = m.gauge("oldest_stuck_rung_seconds", "Lateness of the oldest due rung of those petitions.")
	m.oldestRung = m.gauge("oldest_overdue_rung_seconds", "Lateness of the oldest armed rung that is due, but for those of stuck petitions.")
	m.oldestUrgent = m.gauge("oldest_unsent_urgent_seconds", "Age of the oldest urgent message that is not known to have gone out.")
	m.oldestSlip = m.gauge("oldest_unsent_slip_seconds", "Age of the oldest text of the lane slip that may go and is not known to have gone out.")
	m.oldestCitizen = m.gauge("oldest_unsent_citizen_seconds", "Age of the oldest text of the lane citizen that may go and is not known to have gone out.")
	m.away = m.gauge("smsc_accounts_away", "Accounts to which no gateway is bound.")
	m.aside = m.gauge("inbox_aside", "Replies that could not be applied and that nobody has acted on; must be 0.")
	m.unapplied = m.gauge("inbox_unapplied", "Replies not applied yet.")
	m.loose = m.gauge("inbox_loose_parts", "Parts of long texts of which others have not come yet.")
	m.unmet = m.gauge("unmet_receipts", "Receipts kept of which no text is known.")
	m.oldestUnapplied = m.gauge("oldest_unapplied_seconds", "Age of the oldest reply not applied yet.")
	m.auditedAt = m.gauge("audited_timestamp_seconds", "Machine time of the last audit that succeeded.")
	m.probeTook = m.gauge("probe_round_trip_seconds", "How long the latest end-to-end probe took from the outbox to its applied reply.")
	m.probeAt = m.gauge("probe_answered_timestamp_seconds", "Machine time at which the latest end-to-end probe was answered; 0: never.")
	m.alarms = m.counters("alarms_total", "Alarm texts to the administrator.", "result")
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	m.all.Describe(ch)
	m.watch.Describe(ch)
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	m.all.Collect(ch)
	m.watch.Collect(ch)
}

func (m *Metrics) late(source string, d time.Duration) {
	m.lateness.WithLabelValues(source).Observe(max(0, d.Seconds()))
}

func (m *Metrics) ended(o escalation.SegmentOutcome) {
	m.outcomes.WithLabelValues(o.SMSC, string(o.State)).Inc()
}

// result is the label of what became of a call.
func result(err error) string {
	if err != nil {
		return "failed"
	}
	return "done"
}

func (m *Metrics) show(a Audit) {
	m.silent.Set(float64(a.Silent))
	m.stuck.Set(float64(len(a.Stuck)))
	m.oldestStuck.Set(a.oldestStuck().Seconds())
	m.oldestRung.Set(a.OldestRung.Seconds())
	m.oldestUrgent.Set(a.OldestUrgent.Seconds())
	m.oldestSlip.Set(a.OldestSlip.Seconds())
	m.oldestCitizen.Set(a.OldestCitizen.Seconds())
	m.away.Set(float64(len(a.Away)))
	m.aside.Set(float64(a.PassedOver))
	m.unapplied.Set(float64(a.Unapplied))
	m.oldestUnapplied.Set(a.OldestUnapplied.Seconds())
	m.loose.Set(float64(a.LooseParts))
	m.unmet.Set(float64(a.Unmet))
	m.auditedAt.SetToCurrentTime()
	if !a.ProbeAnswered.IsZero() {
		m.probeTook.Set(a.ProbeRoundTrip.Seconds())
		m.probeAt.Set(float64(a.ProbeAnswered.Unix()))
	}
	m.outbox.Reset()
	for lane, states := range a.Outbox {
		for state, n := range states {
			m.outbox.WithLabelValues(string(lane), string(state)).Set(float64(n))
		}
	}
}
