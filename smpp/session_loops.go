package smpp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// writeLoop writes whatever has gathered since its last write in one go: the
// busier the session, the fewer system calls for each PDU.
func (s *Session) writeLoop() {
	defer s.wg.Done()
	for {
		out, ok := s.takePending()
		if !ok {
			return
		}
		s.nc.SetWriteDeadline(time.Now().Add(s.cfg.WriteTimeout))
		if _, err := s.nc.Write(out); err != nil {
			s.fail(fmt.Errorf("write: %w", err))
			return
		}
	}
}

// takePending waits for frames to write; ok is false when the session is over.
func (s *Session) takePending() (out []byte, ok bool) {
	s.mu.Lock()
	for len(s.pending) == 0 && s.err == nil && s.flushErr == nil {
		s.writable.Wait()
	}
	if s.err != nil {
		s.mu.Unlock()
		return nil, false
	}
	if len(s.pending) == 0 { // flushed
		s.mu.Unlock()
		s.fail(s.flushErr)
		return nil, false
	}
	out = s.pending
	s.pending, s.spare = s.spare[:0], out
	s.writable.Broadcast() // there is room again
	s.mu.Unlock()
	return out, true
}

// readLoop takes PDUs until the link or the framing is lost.
func (s *Session) readLoop() {
	defer s.wg.Done()
	for {
		p, err := s.frame.next()
		var long *oversizeError
		var lost *framingError
		switch {
		case err == nil:
			s.lastRead.Store(int64(time.Since(s.start)))
			s.take(p)
		case errors.As(err, &long):
			s.lastRead.Store(int64(time.Since(s.start)))
			s.oversized(long)
		case errors.As(err, &lost):
			s.cfg.Logger.Warn("closing the link", "session", s.cfg.Name, "error", lost)
			s.Nack(lost.Seq, StatusInvalidCommandLength)
			s.abandon(err)
			return
		default:
			s.fail(fmt.Errorf("read: %w", err))
			return
		}
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
	if sl, ok := s.takeSlot(e.Seq); ok {
		sl.done(PDU{}, fmt.Errorf("%w: %w", ErrProtocol, e))
	}
}

// take handles one PDU on the reader's goroutine.
func (s *Session) take(p PDU) {
	if p.IsResponse() {
		s.response(p)
		return
	}
	if p.ID != pdu.EnquireLinkID {
		s.touch()
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
		s.Respond(p, StatusOK, nil)
		s.flush(ErrUnbound)
	})
}

// response finds the request that p answers. Late, repeated and unknown ones
// are counted and dropped; a response is never nacked (SMPP 3.4 §3.3).
func (s *Session) response(p PDU) {
	nack := p.ID == pdu.GenericNACKID
	if nack {
		s.counts.nacks.Add(1)
	}
	sl, ok := s.takeSlot(p.Seq)
	if !ok && bindResponse(p.ID) {
		// Some SMSCs number their bind_resp by themselves. There is never
		// more than one bind in flight, so it is clear what they mean.
		s.mu.Lock()
		sl, ok = s.window.takeCommand(p.ID &^ responseBit)
		s.mu.Unlock()
	}
	if !ok {
		s.strayResponse(p)
		return
	}
	if sl.id != pdu.EnquireLinkID {
		s.touch()
	}
	if !nack && p.ID != sl.id|responseBit {
		s.counts.bad.Add(1)
		sl.done(PDU{}, fmt.Errorf("%w: %s to %s", ErrProtocol, commandName(p.ID), commandName(sl.id)))
		return
	}
	sl.done(p, nil)
}

func (s *Session) takeSlot(seq uint32) (slot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl, ok := s.window.take(seq)
	if ok && sl.id != pdu.EnquireLinkID {
		s.unanswered = 0
	}
	if s.draining {
		s.writable.Broadcast()
	}
	return sl, ok
}

func (s *Session) strayResponse(p PDU) {
	s.mu.Lock()
	sl, late := s.expired[p.Seq]
	delete(s.expired, p.Seq)
	s.mu.Unlock()
	if !late || (p.ID != sl.id|responseBit && p.ID != pdu.GenericNACKID) {
		s.counts.stray.Add(1)
		return
	}
	s.counts.late.Add(1)
	if sl.late != nil {
		sl.late(p)
	}
}

// timerLoop looks at all timers a few times per shortest limit: one ticker for
// the whole session, none for a request.
func (s *Session) timerLoop() {
	defer s.wg.Done()
	t := time.NewTicker(s.tick())
	defer t.Stop()
	for {
		select {
		case <-s.ended:
			return
		case now := <-t.C:
			s.expire(now)
			s.keepAlive()
		}
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
func (s *Session) expire(now time.Time) {
	s.mu.Lock()
	old := s.window.takeOlder(now.Add(-s.cfg.ResponseTimeout))
	missing := 0
	for _, sl := range old {
		if sl.id != pdu.EnquireLinkID {
			missing++
			s.remember(sl)
		}
	}
	s.unanswered += missing
	silent := s.unanswered >= s.maxUnanswered()
	s.writable.Broadcast()
	s.mu.Unlock()
	for _, sl := range old {
		sl.done(PDU{}, ErrResponseTimeout)
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
	if len(s.order) >= maxExpired {
		delete(s.expired, s.order[0])
		s.order = s.order[1:]
	}
	s.expired[sl.seq] = sl
	s.order = append(s.order, sl.seq)
}

// keepAlive probes a quiet link and leaves one that nobody uses.
func (s *Session) keepAlive() {
	now := time.Since(s.start)
	if limit := s.cfg.InactivityTimeout; limit > 0 && now-time.Duration(s.lastUse.Load()) > limit {
		if s.drain() {
			s.wg.Go(s.unbindInactive)
		}
		return
	}
	if s.cfg.EnquireLink > 0 && now-time.Duration(s.lastRead.Load()) >= s.cfg.EnquireLink {
		s.probe()
	}
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
