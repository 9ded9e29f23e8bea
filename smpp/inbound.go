package smpp

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// maxHeld is how many deliver_sm are held that come before bind_resp.
const maxHeld = 100

// door takes one session's requests on its reader's goroutine.
type door struct {
	c     *Client
	bound bool
	held  []arrival // came before bind_resp
}

// request implements SessionConfig.OnRequest.
func (d *door) request(s *Session, p PDU) bool {
	switch p.ID {
	case pdu.DeliverSMID, pdu.DataSMID:
		d.deliver(s, p)
		return true
	case pdu.AlertNotificationID:
		d.alert(p)
		return true
	case pdu.EnquireLinkID, pdu.UnbindID:
		return false
	}
	if hasResponse(p.ID) { // an SMSC has no business with the others here
		s.counts.bad.Add(1)
		s.Respond(p, StatusInvalidBindStatus, nil)
		return true
	}
	return false
}

// deliver reads a message and queues it. One that cannot be read at all is
// answered with its error; one with only a cut optional parameter is handed
// over first.
func (d *door) deliver(s *Session, p PDU) {
	a := arrival{session: s, id: p.ID, seq: p.Seq}
	var err error
	if p.ID == pdu.DataSMID {
		var m Submit
		m, err = DecodeDataSM(p.Body)
		a.d = m.deliver()
		a.d.DataSM = true
	} else {
		a.d, err = DecodeDeliver(p.Body)
	}
	a.d.ReceivedAt = time.Now()
	var bad *fieldError
	if errors.As(err, &bad) {
		s.counts.bad.Add(1)
		d.c.cfg.Logger.Warn("deliver_sm malformed", "field", bad.Field, "status", bad.Status)
		if bad.Status != StatusInvalidTLVLength {
			d.c.inbound.answer(a, bad.Status)
			return
		}
		a.status = bad.Status
	}
	if d.bound {
		d.c.inbound.put(a)
		return
	}
	if len(d.held) == maxHeld {
		d.c.inbound.answer(a, StatusInvalidBindStatus)
		return
	}
	d.held = append(d.held, a)
}

// open lets in what came before bind_resp.
func (d *door) open(*Session) {
	d.bound = true
	for _, a := range d.held {
		d.c.inbound.put(a)
	}
	d.held = nil
}

// alert reads an alert_notification; it is never answered (SMPP 3.4 §4.12).
func (d *door) alert(p PDU) {
	if d.c.cfg.OnAlert == nil {
		return
	}
	if a, err := DecodeAlert(p.Body); err == nil {
		d.c.cfg.OnAlert(a.Source)
	}
}

// arrival is a deliver_sm or data_sm to be handled and answered.
type arrival struct {
	session *Session
	id      CommandID
	seq     uint32
	status  Status // to answer with when the handler took it
	d       Deliver
}

// inbound hands arrivals to the handler. Those of one source address go
// through one worker, also across rebinds, which keeps their order.
type inbound struct {
	cfg    *Config
	counts *counters
	seed   maphash.Seed
	lanes  []chan *arrival
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	changed sync.Cond
	open    map[*Session]int // arrivals not yet answered
	total   int
	closing bool // what comes now is for the next start
}

func newInbound(cfg *Config, counts *counters) *inbound {
	in := &inbound{cfg: cfg, counts: counts, seed: maphash.MakeSeed(), open: map[*Session]int{}}
	in.changed.L = &in.mu
	in.ctx, in.cancel = context.WithCancel(context.Background())
	for range cfg.Handlers {
		in.lanes = append(in.lanes, make(chan *arrival, cfg.InboundQueue))
	}
	return in
}

func (in *inbound) start() {
	for _, lane := range in.lanes {
		in.wg.Go(func() {
			for a := range lane {
				in.handle(a)
			}
		})
	}
}

// stop ends the workers; no session may be left to put.
func (in *inbound) stop() {
	in.cancel()
	for _, lane := range in.lanes {
		close(lane)
	}
	in.wg.Wait()
}

// put queues an arrival, or answers RMSGQFUL when too many wait already or the
// client closes: it could not end while an SMSC has more to tell.
func (in *inbound) put(a arrival) {
	in.mu.Lock()
	full := in.closing || in.total >= in.cfg.InboundQueue
	if !full {
		in.total++
		in.open[a.session]++
	}
	in.mu.Unlock()
	if full {
		in.answer(a, StatusQueueFull)
		return
	}
	in.lanes[maphash.String(in.seed, a.d.Source.Addr)%uint64(len(in.lanes))] <- &a // has room: total is bounded
}

// handle runs the handler and answers. When the link is gone meanwhile nobody
// waits for the answer: the SMSC sends the message again, so it is not begun.
func (in *inbound) handle(a *arrival) {
	defer in.settled(a.session)
	select {
	case <-a.session.Done():
		return
	default:
	}
	err := in.call(a.d)
	if err != nil {
		in.cfg.Logger.Warn("deliver_sm not taken", "error", err)
		in.answer(*a, StatusReceiverTemporary)
		return
	}
	in.answer(*a, a.status)
}

// call turns a panic of the handler into an error: one message must not end
// the process.
func (in *inbound) call(d Deliver) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("handler panicked: %v", r)
		}
	}()
	return in.cfg.Handler.HandleDeliver(in.ctx, d)
}

// answer responds with an empty message_id (SMPP 3.4 §4.6.2: unused).
func (in *inbound) answer(a arrival, status Status) {
	if status == StatusOK {
		in.counts.delivered.Add(1)
	} else {
		in.counts.deliverRefused.Add(1)
	}
	a.session.Reply(PDU{ID: a.id | responseBit, Status: status, Seq: a.seq, Body: []byte{0}})
}

func (in *inbound) settled(s *Session) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.total--
	if in.open[s]--; in.open[s] == 0 {
		delete(in.open, s)
	}
	in.changed.Broadcast()
}

// shut takes nothing more.
func (in *inbound) shut() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closing = true
}

// settle waits until everything that s delivered is answered, or ctx ends.
func (in *inbound) settle(ctx context.Context, s *Session) {
	stop := context.AfterFunc(ctx, func() {
		in.mu.Lock()
		in.changed.Broadcast()
		in.mu.Unlock()
	})
	defer stop()
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.open[s] > 0 && ctx.Err() == nil {
		in.changed.Wait()
	}
}
