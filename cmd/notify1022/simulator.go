package main

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"notify1022/smpp/smsc"
)

// entries are the configured accounts, or one at the built-in simulator. allowed
// says which numbers may be texted there; nil: all.
func (s *service) entries() (list []SMSC, allowed func(string) bool, err error) {
	switch {
	case s.cfg.Production():
		return s.cfg.SMSC, nil, nil
	case len(s.cfg.SMSC) > 0:
		return s.cfg.SMSC, onlyTest(s.cfg.TestPrefixes), nil
	}
	behaviour := s.order.simulator
	behaviour.Logger = s.log.With("part", "simulator")
	if behaviour.Now == nil {
		behaviour.Now = s.domainNow
	}
	s.simulator = smsc.New(behaviour)
	addr, err := s.simulator.Listen("127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	return []SMSC{simulatorEntry(addr.String())}, nil, nil
}

// simulatorEntry is the account at the built-in simulator.
func simulatorEntry(addr string) SMSC {
	e := SMSC{Name: "simulator", Addr: addr, SystemID: "notify1022", Source: Source{Officer: "8022", Citizen: "1022HP"}}
	e.setDefaults()
	return e
}

// domainNow is the domain's clock for dates on the simulator's handsets.
func (s *service) domainNow() time.Time {
	now, err := s.db.Now(context.Background())
	if err != nil {
		return time.Now()
	}
	return now
}

// withSimulator serves the built-in simulator's handsets under /simulator/, to
// this machine alone: they know no passwords.
func withSimulator(next http.Handler, simulator http.Handler) http.Handler {
	handsets := http.NewServeMux()
	handsets.Handle("/simulator/", http.StripPrefix("/simulator", simulator)) // without the slash it redirects
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		asked := r.URL.Path == "/simulator" || strings.HasPrefix(r.URL.Path, "/simulator/")
		if ip := net.ParseIP(host); asked && err == nil && ip.IsLoopback() {
			handsets.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
