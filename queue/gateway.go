package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Gateways keeps heartbeat rows of gateways, so that each knows how many share an
// account's pace when Redis is away.
type Gateways interface {
	// Beat notes that the gateway lives and counts those that beat lately.
	Beat(ctx context.Context, owner string) (live int, err error)
}

// GatewayConfig is what a Gateway is made of. Fields without a default are required.
type GatewayConfig struct {
	Owner    string // unique among all running gateways, also of earlier runs
	Outbox   Outbox
	Renderer Renderer
	Routes   []Route

	Mailer   Mailer        // nil: email rows fail and become a person's task
	Gateways Gateways      // nil: this gateway is the only one
	Pacers   []*Pacer      // told how many gateways live
	Lease    time.Duration // of claimed rows, and of silence before unknown; default 60 s
	// Drain is how long a shutdown waits for answers; default 12 s, a little more
	// than an SMSC's response time.
	Drain time.Duration

	// Refused is called when a message has failed, mostly Worker.Refused; it must
	// not block. nil: workers poll.
	Refused func()
	Metrics *Metrics     // nil: fresh ones that nobody reads
	Log     *slog.Logger // nil: slog.Default
}

// beatEvery is the pace of heartbeats.
const beatEvery = 10 * time.Second

// releaseLimit bounds the last calls of a shutdown.
const releaseLimit = 5 * time.Second

// Gateway drains the outbox through the accounts.
type Gateway struct {
	cfg     GatewayConfig
	started atomic.Bool
	d       *dispatcher
}

// NewGateway checks the configuration and touches nothing.
func NewGateway(c GatewayConfig) (*Gateway, error) {
	switch {
	case c.Owner == "":
		return nil, errors.New("gateway: no owner")
	case c.Outbox == nil, c.Renderer == nil:
		return nil, errors.New("gateway: an outbox and a renderer are required")
	}
	c.defaults()
	g := &Gateway{cfg: c}
	wake := newBell()
	settle := newSettler(&g.cfg, wake.ring)
	g.d = &dispatcher{owner: c.Owner, lease: c.Lease, outbox: c.Outbox, renderer: c.Renderer, settle: settle,
		mail: newMailroom(&g.cfg, settle), wake: wake, metrics: c.Metrics, log: c.Log}
	for _, r := range c.Routes {
		g.d.senders = append(g.d.senders, newSender(r, settle))
	}
	g.d.carriers = group(g.d.senders)
	return g, nil
}

func (c *GatewayConfig) defaults() {
	if c.Lease <= 0 {
		c.Lease = 60 * time.Second
	}
	if c.Drain <= 0 {
		c.Drain = 12 * time.Second
	}
	if c.Refused == nil {
		c.Refused = func() {}
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
}

// Wake says that messages may have been queued. It returns at once.
func (g *Gateway) Wake() { g.d.wake.ring() }

// Run drains until ctx ends, then stops: no more claims, answers awaited up to
// Drain, silent flights unknown, outcomes stored, leases given back. It is called
// once; a second call is an error. The accounts are to be closed after it.
func (g *Gateway) Run(ctx context.Context) error {
	if g.started.Swap(true) {
		return errors.New("gateway: run twice")
	}
	storing, stopStoring := context.WithCancel(context.WithoutCancel(ctx))
	defer stopStoring()
	var settling, loops sync.WaitGroup
	settling.Go(func() { g.d.settle.run(storing) })
	for _, s := range g.d.senders {
		loops.Go(func() { s.run(ctx) })
	}
	for range mailAtOnce {
		loops.Go(func() { g.d.mail.run(ctx) })
	}
	loops.Go(func() { g.d.run(ctx) })
	loops.Go(func() { g.beat(ctx) })
	<-ctx.Done()
	loops.Wait()
	g.drain(storing)
	stopStoring()
	settling.Wait()
	return g.release()
}

// drain waits for answers, and ends those that do not come.
func (g *Gateway) drain(ctx context.Context) {
	s := g.d.settle
	limit, cancel := context.WithTimeout(ctx, g.cfg.Drain)
	defer cancel()
	for !s.idle() && g.d.wake.pause(limit, claimPoll) {
	}
	s.expire(func(*flight) bool { return true })
}

// release stores what is left and gives the leases back. When an outcome cannot
// be stored, rows that are out would look unsent: the leases are kept then, and run
// out.
func (g *Gateway) release() error {
	ctx, cancel := context.WithTimeout(context.Background(), releaseLimit)
	defer cancel()
	for ctx.Err() == nil && g.d.settle.store(ctx) {
	}
	if !g.d.settle.stored() {
		g.cfg.Log.Error("not every outcome could be stored; leases are left to run out")
		return errors.New("gateway: not every outcome could be stored")
	}
	if err := guarded(func() error { return g.cfg.Outbox.Release(ctx, g.cfg.Owner) }); err != nil {
		g.cfg.Metrics.gateError.WithLabelValues("release").Inc()
		g.cfg.Log.Error("leases could not be given back; they run out", "err", err)
	}
	return nil
}

// beat tells the others that this gateway lives, and the pacers how many do.
func (g *Gateway) beat(ctx context.Context) {
	if g.cfg.Gateways == nil {
		return
	}
	for {
		call, cancel := finish(ctx, callLimit)
		live, err := g.cfg.Gateways.Beat(call, g.cfg.Owner)
		cancel()
		if err != nil {
			g.cfg.Log.Warn("the heartbeat could not be stored", "err", err)
		}
		for _, p := range g.cfg.Pacers {
			if err == nil {
				p.SetLive(live)
			}
		}
		if !sleep(ctx, beatEvery) {
			return
		}
	}
}
