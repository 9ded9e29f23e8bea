package smpp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// maxBatch is how many responses are looked up under one lock.
const maxBatch = 64

// readLoop takes PDUs until the link or the framing is lost.
func (s *Session) readLoop() {
	defer s.wg.Done()
	defer s.endBatch()
	reads := 0
	batch := make([]answered, 0, 4)
	for {
		if !s.frame.ready() {
			s.endBatch()
		}
		p, err := s.frame.next()
		if reads != s.frame.reads {
			reads = s.frame.reads
			s.lastRead.Store(int64(time.Since(s.start)))
		}
		switch {
		case err != nil:
			if !s.readFailed(err) {
				return
			}
		case p.IsResponse():
			batch = s.responses(p, batch[:0])
		default:
			s.request(p)
		}
	}
}

// readFailed handles what the frame reader could not make a PDU of; false ends
// the reader.
func (s *Session) readFailed(err error) bool {
	var long *oversizeError
	var lost *framingError
	switch {
	case errors.As(err, &long):
		s.oversized(long)
		return true
	case errors.As(err, &lost):
		s.cfg.Logger.Warn("closing the link", "session", s.cfg.Name, "error", lost)
		s.Nack(lost.Seq, StatusInvalidCommandLength)
		s.abandon(err)
	default:
		s.fail(s.reason(fmt.Errorf("read: %w", err)))
	}
	return false
}

// endBatch tells the owner that the reader is about to wait, and lets those
// who were answered run first: their next requests then go out together.
func (s *Session) endBatch() {
	if s.cfg.onBatch != nil {
		s.cfg.onBatch()
		runtime.Gosched()
	}
}

// abandon ends a session whose framing is lost, after the nack is out. What
// still comes is read and thrown away: closing a TCP connection with unread
// octets would reset it and could take the nack along.
func (s *Session) abandon(err error) {
	s.drain()
	s.flush(err)
	s.nc.SetReadDeadline(time.Now().Add(s.cfg.WriteTimeout))
	io.CopyN(io.Discard, s.nc, maxSkip)
	s.fail(err)
}

// oversized answers a PDU that was skipped: a request is nacked, a response
// ends its request.
func (s *Session) oversized(e *oversizeError) {
	s.cfg.Logger.Warn("PDU too long", "session", s.cfg.Name, "command", commandName(e.ID), "octets", e.Length)
	if e.ID&responseBit == 0 {
		s.Nack(e.Seq, StatusInvalidCommandLength)
		return
	}
	s.counts.bad.Add(1)
	s.mu.Lock()
	a := answered{p: PDU{ID: e.ID, Seq: e.Seq}}
	s.find(&a)
	s.changed.Broadcast()
	s.mu.Unlock()
	if a.found {
		a.sl.end(PDU{}, fmt.Errorf("%w: %w", ErrProtocol, e), true)
	}
}

// request handles one request of the peer on the reader's goroutine.
func (s *Session) request(p PDU) {
	if p.ID != pdu.EnquireLinkID {
		s.lastUse.Store(s.lastRead.Load())
	}
	if s.cfg.OnRequest != nil && s.cfg.OnRequest(s, p) {
		return
	}
	switch p.ID {
	case pdu.EnquireLinkID:
		s.Respond(p, StatusOK, nil)
	case pdu.UnbindID:
		s.peerUnbinds(p)
	case pdu.AlertNotificationID: // never answered (SMPP 3.4 §4.12)
	default:
		s.cfg.Logger.Info("request not known", "session", s.cfg.Name, "command", commandName(p.ID))
		s.Nack(p.Seq, StatusInvalidCommandID)
	}
}

// peerUnbinds answers an unbind after what is in flight has been answered. If
// our own unbind is already out, the two cross: answer at once.
func (s *Session) peerUnbinds(p PDU) {
	if first := s.drain(); !first {
		s.Respond(p, StatusOK, nil)
		return
	}
	s.wg.Go(func() {
		s.waitIdle(context.Background())
		s.lastWord(PDU{ID: pdu.UnbindID | responseBit, Seq: p.Seq}, ErrUnbound)
	})
}

// answered is a response and the request that it ends; found is false for a
// stray one.
type answered struct {
	p     PDU
	sl    slot
	found bool
}

// responses takes p and the responses that directly follow it in the reader's
// buffer, finds their requests under one lock, and ends them in order.
func (s *Session) responses(p PDU, batch []answered) []answered {
	batch = append(batch, answered{p: p})
	for len(batch) < maxBatch && s.frame.nextIsResponse() {
		p, _ := s.frame.next() // it is here as a whole: no error
		batch = append(batch, answered{p: p})
	}
	s.mu.Lock()
	for i := range batch {
		s.find(&batch[i])
	}
	if s.draining {
		s.changed.Broadcast()
	}
	s.mu.Unlock()
	for i := range batch {
		s.answer(&batch[i])
		batch[i] = answered{}
	}
	return batch
}

// find takes the request that a.p answers out of the window, with mu held.
func (s *Session) find(a *answered) {
	a.sl, a.found = s.window.take(a.p.Seq)
	if !a.found && bindResponse(a.p.ID) {
		// Some SMSCs number their bind_resp by themselves. There is never
		// more than one bind in flight, so it is clear what they mean.
		a.sl, a.found = s.window.takeCommand(a.p.ID &^ responseBit)
	}
	if a.found && a.sl.id != pdu.EnquireLinkID {
		s.heard()
	}
}

// heard notes that the peer answers requests, with mu held.
func (s *Session) heard() {
	s.unanswered = 0
	s.lastAnswer = time.Duration(s.lastRead.Load())
}

// answer ends the request. Late, repeated and unknown responses are counted
// and dropped; a response is never nacked (SMPP 3.4 §3.3).
func (s *Session) answer(a *answered) {
	nack := a.p.ID == pdu.GenericNACKID
	if nack {
		s.counts.nacks.Add(1)
	}
	if !a.found {
		s.strayResponse(a.p)
		return
	}
	if a.sl.id != pdu.EnquireLinkID {
		s.lastUse.Store(s.lastRead.Load())
	}
	if !nack && a.p.ID != a.sl.id|responseBit {
		s.counts.bad.Add(1)
		a.sl.end(PDU{}, fmt.Errorf("%w: %s to %s", ErrProtocol, commandName(a.p.ID), commandName(a.sl.id)), true)
		return
	}
	a.sl.end(a.p, nil, true)
}

// strayResponse hands a late response to its request, once, and drops any other.
func (s *Session) strayResponse(p PDU) {
	s.mu.Lock()
	sl, late := s.expired[p.Seq]
	delete(s.expired, p.Seq)
	late = late && (p.ID == sl.id|responseBit || p.ID == pdu.GenericNACKID)
	if late {
		s.heard()
	}
	s.mu.Unlock()
	if !late {
		s.counts.stray.Add(1)
		return
	}
	s.counts.late.Add(1)
	if sl.submit.place != nil {
		sl.submit.late(p)
	}
}

// stoodStill is how much later than its tick a round of the timers comes only
// when the process was stopped (SIGSTOP, a paused machine) or starved.
const stoodStill = 2 * time.Second

// timerLoop looks at all timers a few times per shortest limit: one ticker for
// the whole session, none for a request.
func (s *Session) timerLoop() {
	defer s.wg.Done()
	tick := s.tick()
	t := time.NewTicker(tick)
	defer t.Stop()
	var last time.Duration
	for {
		select {
		case <-s.ended:
			return
		case <-t.C:
		}
		now := time.Since(s.start)
		asOf := now
		if now-last > tick+stoodStill {
			// The reader stood still as well: answers may lie in the socket. It has
			// a tick to fetch them; until then what counts is what was due at the
			// last round, so that even stops in a row only put the end off.
			asOf = last
			t.Reset(tick)
		}
		last = now
		s.expire(asOf)
		s.keepAlive(asOf)
	}
}

func (s *Session) tick() time.Duration {
	d := s.cfg.ResponseTimeout
	if s.cfg.EnquireLink > 0 {
		d = min(d, s.cfg.EnquireLink)
	}
	if s.cfg.InactivityTimeout > 0 {
		d = min(d, s.cfg.InactivityTimeout)
	}
	return min(max(d/8, time.Millisecond), time.Second)
}

// expire ends requests older than ResponseTimeout. A peer that leaves one
// unanswered is probed, one that leaves many is given up.
func (s *Session) expire(now time.Duration) {
	s.mu.Lock()
	s.forget(now)
	old := s.window.takeOlder(now - s.cfg.ResponseTimeout)
	missing := 0
	for _, sl := range old {
		if sl.id == pdu.EnquireLinkID {
			continue
		}
		missing++
		s.remember(sl)
		if sl.sentAt > s.lastAnswer { // else others were answered since
			if s.unanswered == 0 {
				s.missedAt = now
			}
			s.unanswered++
		}
	}
	// Once more ResponseTimeout: a peer that is slow answers, if late.
	silent := s.unanswered >= s.maxUnanswered() && now-s.missedAt >= s.cfg.ResponseTimeout
	s.changed.Broadcast()
	s.mu.Unlock()
	for i := range old {
		old[i].end(PDU{}, ErrResponseTimeout, false)
	}
	switch {
	case silent:
		s.fail(fmt.Errorf("%w: %d requests in a row", ErrResponseTimeout, s.maxUnanswered()))
	case missing > 0:
		s.probe()
	}
}

// maxUnanswered is how many requests may stay unanswered in a row, with no
// response to any, before the peer is taken for dead even though it answers
// enquire_link.
func (s *Session) maxUnanswered() int { return min(max(2*s.cfg.Window, 3), 20) }

// remember keeps a timed-out request, with mu held.
func (s *Session) remember(sl slot) {
	if s.expired == nil {
		s.expired = map[uint32]slot{}
	}
	if len(s.order) >= maxExpired {
		s.forgetOldest()
	}
	s.expired[sl.seq] = sl
	s.order = append(s.order, sl.seq)
}

// forget drops the timed-out requests that no answer is expected to any more,
// with mu held. One that was answered late has left its number in order behind.
func (s *Session) forget(now time.Duration) {
	for len(s.order) > 0 {
		if sl, waits := s.expired[s.order[0]]; waits && now-sl.sentAt < expiredFor {
			return
		}
		s.forgetOldest()
	}
}

func (s *Session) forgetOldest() {
	delete(s.expired, s.order[0])
	s.order = s.order[1:]
}

// keepAlive probes a quiet link and leaves one that nobody uses.
func (s *Session) keepAlive(now time.Duration) {
	if limit := s.cfg.InactivityTimeout; limit > 0 && now-s.lastMessage() > limit {
		if s.drain() {
			s.wg.Go(s.unbindInactive)
		}
		return
	}
	if s.cfg.EnquireLink > 0 && now-time.Duration(s.lastRead.Load()) >= s.cfg.EnquireLink {
		s.probe()
	}
}

// lastMessage is when a message last went either way.
func (s *Session) lastMessage() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.lastSent, time.Duration(s.lastUse.Load()))
}

// probe sends an enquire_link unless one is out. When it stays unanswered the
// link is given up, but only if nothing else came either: any PDU proves that
// the peer is alive.
func (s *Session) probe() {
	if !s.probing.CompareAndSwap(false, true) {
		return
	}
	answered := func(_ PDU, err error) {
		s.probing.Store(false)
		if errors.Is(err, ErrResponseTimeout) && s.silent() {
			s.fail(fmt.Errorf("%w: enquire_link", ErrResponseTimeout))
		}
	}
	if s.send(slot{id: pdu.EnquireLinkID, done: answered}, nil, true) != nil {
		s.probing.Store(false)
	}
}

// silent reports that nothing at all has come for a whole ResponseTimeout.
func (s *Session) silent() bool {
	return time.Since(s.start)-time.Duration(s.lastRead.Load()) >= s.cfg.ResponseTimeout
}

// unbindInactive leaves a link that nobody uses (SMPP 3.4 §7.2,
// inactivity_timer).
func (s *Session) unbindInactive() {
	gone := make(chan struct{})
	if s.send(slot{id: pdu.UnbindID, done: func(PDU, error) { close(gone) }}, nil, true) == nil {
		select {
		case <-gone:
		case <-time.After(s.cfg.UnbindTimeout):
		}
	}
	s.fail(ErrInactive)
}
