package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"notify1022/escalation"
	"notify1022/templates"
	"notify1022/web"
)

// buildDoor puts the HTTP door together and takes its port: everything with the
// role web, else the probes alone where an address was asked for.
func (s *service) buildDoor(context.Context) (err error) {
	s.door = &hintingDesk{desk: s.desk, worker: s.worker, posted: s.wakeGateway}
	if !s.order.has(roleWeb) && !s.order.probes {
		return nil
	}
	var figures prometheus.Collector = s.metrics
	if s.worker == nil {
		figures = s.metrics.Unwatched()
	}
	metrics, err := metricsHandler(figures, newLinks(s.accounts))
	if err != nil {
		return err
	}
	if !s.order.has(roleWeb) {
		s.handler = probes(s.checks(), metrics)
	} else if s.handler, err = s.pages(metrics); err != nil {
		return err
	}
	s.listener, err = net.Listen("tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}

// pages is the API, the public pages, and the simulator's handsets.
func (s *service) pages(metrics http.Handler) (http.Handler, error) {
	from, err := s.cfg.publishFrom()
	if err != nil {
		return nil, usageError{err}
	}
	config := web.Config{
		Desk: s.door, Petitions: petitionShelf{s.db}, Directory: directoryShelf{s.db, s.desk, s.cfg.numbering()},
		Outbox: outboxShelf{s.db, s.policy}, Sendings: sendingShelf{s.db, s.policy}, Looks: lookShelf{s.db}, Tasks: taskShelf{s.db, s.desk}, Keys: keyShelf{s.db}, Idempotency: answerShelf{s.db},
		Templates: func() web.Catalogue { return s.catalogue.Set() }, Policy: func() *escalation.Policy { return s.policy },
		Calendars: s.calendars, Numbering: s.cfg.numbering(), Redact: templates.Summary, Offices: s.db.KnownDirectory, Now: s.db.Now, Hint: s.wakeGateway,
		PublicURL: s.cfg.PublicURL, Support: s.cfg.SupportPhone, Version: version(), Ready: s.checks(), Metrics: metrics, Log: s.log,
		Preferences: preferenceShelf{s.db, s.desk}, Groups: groupShelf{s.db}, Lookups: s.db, Published: &publishedShelf{db: s.db}, Attachments: fileShelf{s.db, s.cfg.Files}, Recordings: recordingShelf{s.db, s.desk}, Webhooks: hookShelf{s.db}, Reports: s.reports(), ReportLinks: s.leaders(), Subscriptions: s.leaders(), PublishFrom: from,
		TrustedProxies: s.cfg.proxies(), Passcodes: s.db, Mails: s.mailer != nil, OpenLinks: s.cfg.SlipPasscode == "off",
	}
	if config.Console, err = s.bureau(); err != nil {
		return nil, err
	}
	handler, err := web.New(config)
	if err != nil || s.simulator == nil {
		return handler, err
	}
	return withSimulator(handler, s.simulator), nil
}

func (s *service) calendars() []web.CalendarInfo {
	list := []web.CalendarInfo{s.book.info("thành phố")}
	for _, name := range slices.Sorted(maps.Keys(s.shelf.own)) {
		list = append(list, s.shelf.own[name].info(name))
	}
	return list
}

// checks is what /readyz asks: database, schema, and this process's own role. An
// SMSC that is away must not close the door to citizens, so it counts only where
// there is none.
func (s *service) checks() []web.Check {
	list := []web.Check{{Name: "database", Ask: s.db.Ping}, {Name: "schema", Ask: s.db.SchemaCurrent}}
	if s.gateway != nil && !s.order.has(roleWeb) {
		list = append(list, web.Check{Name: "smsc", Ask: s.bound})
	}
	return list
}

func (s *service) bound(context.Context) error {
	for _, a := range s.accounts {
		if a.client.Bound() {
			return nil
		}
	}
	return errors.New("no account is bound")
}

// probes serves /healthz, /readyz and /metrics of a process without the role web.
func probes(checks []web.Check, metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), reach)
		defer cancel()
		for _, c := range checks {
			if c.Ask(ctx) != nil {
				http.Error(w, "not ready: "+c.Name, http.StatusServiceUnavailable)
				return
			}
		}
		fmt.Fprintln(w, "ok")
	})
	mux.Handle("GET /metrics", metrics)
	return mux
}
