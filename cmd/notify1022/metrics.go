package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// links shows the counters of the SMPP clients.
type links struct {
	accounts []*account
	bound    *prometheus.Desc
	inFlight *prometheus.Desc
	submits  *prometheus.Desc
	delivers *prometheus.Desc
	trouble  *prometheus.Desc
}

func newLinks(accounts []*account) *links {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("notify1022_smpp_"+name, help, append([]string{"smsc"}, labels...), nil)
	}
	return &links{
		accounts: accounts,
		bound:    desc("bound", "Connections bound to the SMSC."),
		inFlight: desc("in_flight", "Submits without an answer yet."),
		submits:  desc("submits_total", "Ends of submit_sm.", "outcome"),
		delivers: desc("delivers_total", "deliver_sm answered ROK, and refused.", "result"),
		trouble:  desc("trouble_total", "Late and stray responses, generic_nacks, bad PDUs, failed binds, throttlings.", "kind"),
	}
}

// Describe implements prometheus.Collector.
func (l *links) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{l.bound, l.inFlight, l.submits, l.delivers, l.trouble} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (l *links) Collect(ch chan<- prometheus.Metric) {
	for _, a := range l.accounts {
		st, name := a.client.Stats(), a.cfg.Name
		gauge := func(d *prometheus.Desc, v int) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), name)
		}
		count := func(d *prometheus.Desc, v uint64, label string) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), name, label)
		}
		gauge(l.bound, st.BoundNow)
		gauge(l.inFlight, st.InFlight)
		count(l.submits, st.Accepted, "accepted")
		count(l.submits, st.Refused, "refused")
		count(l.submits, st.Unknown, "unknown")
		count(l.delivers, st.Delivered, "ok")
		count(l.delivers, st.DeliverRefused, "refused")
		count(l.trouble, st.LateResponses, "late_response")
		count(l.trouble, st.StrayResponses, "stray_response")
		count(l.trouble, st.Nacks, "nack")
		count(l.trouble, st.BadPDUs, "bad_pdu")
		count(l.trouble, st.BindFailures, "bind_failure")
		count(l.trouble, st.Throttled, "throttled")
	}
}

// metricsHandler serves /metrics from a registry of this service's own.
func metricsHandler(m prometheus.Collector, l *links) (http.Handler, error) {
	registry := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{m, l, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry}), nil
}
