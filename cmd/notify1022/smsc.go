package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

// smscCmd runs the SMSC simulator alone.
type smscCmd struct {
	Listen  string   `help:"Where ESMEs connect." default:"127.0.0.1:2775" placeholder:"A"`
	HTTP    string   `help:"Where the control API and the page with the handsets are; it knows no passwords, so keep it on loopback. Default: nowhere." name:"http" placeholder:"A"`
	Account []string `help:"ID:PASSWORD that may bind, several times; none: anyone may." sep:"none" placeholder:"ID:PASSWORD"`

	SubmitWindow int `help:"Submits that may be unanswered per bind; beyond it RTHROTTLED." placeholder:"N"`

	ReceiptDelay       time.Duration `help:"From accepting a message to its receipt." group:"Faults"`
	Latency            time.Duration `help:"Wait before each submit_sm_resp." group:"Faults"`
	Jitter             time.Duration `help:"Up to so much more, at random: answers overtake each other." group:"Faults"`
	ErrorRate          float64       `help:"Share of submits refused, 0 to 1." group:"Faults"`
	ErrorStatus        string        `help:"Status of those refusals: a name such as RSYSERR, or a number." placeholder:"STATUS" group:"Faults"`
	Rate               int           `help:"Submits per second; beyond it RTHROTTLED." group:"Faults"`
	DropEvery          int           `help:"Cut the link after every Nth submit." placeholder:"N" group:"Faults"`
	SilentEvery        int           `help:"Never answer every Nth submit." placeholder:"N" group:"Faults"`
	FreezeEvery        int           `help:"Let the link go dead without a word after every Nth submit: half-open." placeholder:"N" group:"Faults"`
	GarbageEvery       int           `help:"Octets that are no PDU around every Nth answer." placeholder:"N" group:"Faults"`
	SplitWrites        int           `help:"Write at most N octets at once." placeholder:"N" group:"Faults"`
	DuplicateReceipts  bool          `help:"Send each receipt twice." group:"Faults"`
	DuplicateResponses bool          `help:"Answer each submit twice." group:"Faults"`
	StrayResponses     bool          `help:"Send responses that answer nothing." group:"Faults"`
	NoEnquireLink      bool          `help:"Never answer enquire_link." group:"Faults"`
}

func (c *smscCmd) Run(ctx context.Context, con *console, s *settings) error {
	cfg, err := c.config()
	if err != nil {
		return usageError{err}
	}
	cfg.Logger = s.log
	server := smsc.New(cfg)
	defer server.Close()
	addr, err := server.Listen(c.Listen)
	if err != nil {
		return err
	}
	line := "smsc ready at " + addr.String()
	failed := make(chan error, 1)
	if c.HTTP != "" {
		control, err := serveHTTP(c.HTTP, server, failed)
		if err != nil {
			return err
		}
		defer control.Close()
		line += ", handsets at http://" + control.Addr
	}
	fmt.Fprintln(con.out, line)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func (c *smscCmd) config() (smsc.Config, error) {
	accounts := map[string]string{}
	for _, a := range c.Account {
		id, password, ok := strings.Cut(a, ":")
		if !ok || id == "" {
			return smsc.Config{}, errors.New("--account: want ID:PASSWORD")
		}
		accounts[id] = password
	}
	faults, err := c.faults()
	if c.ReceiptDelay < 0 {
		err = errors.New("--receipt-delay is negative")
	}
	if c.SubmitWindow < 0 {
		err = errors.New("--submit-window is negative")
	}
	return smsc.Config{Accounts: accounts, ReceiptDelay: c.ReceiptDelay, SubmitWindow: c.SubmitWindow, Faults: faults}, err
}

func (c *smscCmd) faults() (smsc.Faults, error) {
	f := smsc.Faults{
		Latency: smsc.Duration(c.Latency), Jitter: smsc.Duration(c.Jitter), ErrorRate: c.ErrorRate, Rate: c.Rate,
		DropEvery: c.DropEvery, SilentEvery: c.SilentEvery, FreezeEvery: c.FreezeEvery, GarbageEvery: c.GarbageEvery,
		DuplicateReceipts: c.DuplicateReceipts, DuplicateResponses: c.DuplicateResponses, StrayResponses: c.StrayResponses,
		SplitWrites: c.SplitWrites, NoEnquireLink: c.NoEnquireLink,
	}
	if c.ErrorStatus != "" {
		status, ok := smpp.ParseStatus(c.ErrorStatus)
		if !ok {
			return f, fmt.Errorf("--error-status: %.40q is no status", c.ErrorStatus)
		}
		f.ErrorStatus = status
	}
	// Reading the JSON form is what checks faults on the control API too.
	text, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(text, &f)
}

// serveHTTP serves until Close; an end of its own goes to failed. The server's
// Addr is the one in use.
func serveHTTP(addr string, handler http.Handler, failed chan<- error) (*http.Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Addr: l.Addr().String(), Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve: %w", err)
		}
	}()
	return server, nil
}
