package smpp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// outbox is what a session has to write, guarded by the session's mu. One at a
// time takes all of it and writes it in one go: the busier the session, the
// fewer system calls for each PDU.
type outbox struct {
	pending []byte       // frames to be written
	spare   []byte       // the other buffer, in use while writing
	rest    []byte       // what a direct write could not take, before pending
	writing bool         // spare is being written
	flush   error        // not nil: end with it once all is written
	work    sync.Cond    // there is something for the writer
	waiting bool         // the writer waits for work
	direct  directWriter // used by the one who is writing
	limited time.Time    // when the write deadline was set; used like direct
}

// keepBuffer is the largest buffer kept after a burst.
const keepBuffer = 256 << 10

func (o *outbox) open(nc net.Conn) {
	if c, ok := nc.(syscall.Conn); ok {
		o.direct.open(c)
	}
}

// take hands all of pending to one who writes.
func (o *outbox) take() []byte {
	b := o.pending
	o.pending, o.spare = o.spare[:0], b
	o.writing = true
	return b
}

// taken ends a write.
func (o *outbox) taken() {
	o.writing = false
	if cap(o.spare) > keepBuffer {
		o.spare = nil
	}
}

func (o *outbox) empty() bool { return len(o.pending) == 0 && len(o.rest) == 0 }

// wake tells the writer that there is something.
func (o *outbox) wake() {
	if o.waiting {
		o.waiting = false
		o.work.Signal()
	}
}

var (
	errWindowFull = errors.New("smpp: window full")
	errOutboxFull = errors.New("smpp: outbox full")
)

// Send writes a request. done is called exactly once, with the response or an
// error (ErrResponseTimeout, ErrLinkLost, ErrProtocol), on a goroutine of the
// session; the PDU's Body is valid only during the call, and a generic_nack is
// a response. When Send itself fails done is not called and nothing was sent.
func (s *Session) Send(id CommandID, body []byte, done func(PDU, error)) error {
	return s.send(slot{id: id, done: done}, body, false)
}

// send is Send; control requests go out while draining too.
func (s *Session) send(sl slot, body []byte, control bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seq, err := s.number(sl, control)
	if err != nil {
		return err
	}
	s.out.pending = appendPDU(s.out.pending, PDU{ID: sl.id, Seq: seq, Body: body})
	s.out.wake()
	return nil
}

// sendSubmit writes a submit_sm, which has been checked, straight into the
// outbox; unless it may wait it fails when that is full.
func (s *Session) sendSubmit(sl slot, m *Submit, wait bool) error {
	s.mu.Lock()
	if !wait && len(s.out.pending) > maxPending {
		s.mu.Unlock()
		return errOutboxFull
	}
	seq, err := s.number(sl, false)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	at := len(s.out.pending)
	b := appendPDU(s.out.pending, PDU{ID: pdu.SubmitSMID, Seq: seq})
	b = appendMessage(b, m)
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at))
	s.out.pending = b
	// When nobody can add to the batch, because the window is full or the only
	// submitter waits for this one, handing over to the writer only costs time.
	if s.window.used >= s.cfg.Window || (sl.submit.reply != nil && s.window.used == 1) {
		s.writeDirectly()
		return nil
	}
	s.out.wake()
	s.mu.Unlock()
	return nil
}

// number gives a request its place in the window, with mu held.
func (s *Session) number(sl slot, control bool) (seq uint32, err error) {
	if err := s.room(); err != nil {
		return 0, err
	}
	if s.draining && !control {
		return 0, ErrClosed
	}
	sl.sentAt = time.Since(s.start)
	if !control {
		s.lastSent = sl.sentAt
	}
	seq, ok := s.window.add(sl)
	if !ok {
		return 0, errWindowFull
	}
	return seq, nil
}

// room waits, with mu held, until there is room to write.
func (s *Session) room() error {
	for len(s.out.pending) > maxPending && s.err == nil {
		s.changed.Wait()
	}
	return s.err
}

// Reply writes a response. Errors mean that the session has ended.
func (s *Session) Reply(p PDU) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.room(); err != nil {
		return err
	}
	s.out.pending = appendPDU(s.out.pending, p)
	s.out.wake()
	return nil
}

// Respond answers request p with a status and a body.
func (s *Session) Respond(p PDU, status Status, body []byte) error {
	return s.Reply(PDU{ID: p.ID | responseBit, Status: status, Seq: p.Seq, Body: body})
}

// Nack answers with a generic_nack (SMPP 3.4 §4.3).
func (s *Session) Nack(seq uint32, status Status) error {
	s.counts.bad.Add(1)
	return s.Reply(PDU{ID: pdu.GenericNACKID, Status: status, Seq: seq})
}

// lastWord writes p and ends the session with err. The two are one step: the
// peer may close as soon as it has p.
func (s *Session) lastWord(p PDU, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.pending = appendPDU(s.out.pending, p)
	s.out.flush = err
	s.out.wake()
}

// reason is why the session ends when the connection fails with err: if it was
// about to end, the peer was only faster.
func (s *Session) reason(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.flush != nil {
		return s.out.flush
	}
	return err
}

// flush ends the session with err once everything pending is written.
func (s *Session) flush(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.flush = err
	s.out.wake()
}

// writeDirectly writes from the sender's goroutine as much as the connection
// takes without waiting, unless the writer is at it; what is left is the
// writer's. It is called with mu held and releases it.
func (s *Session) writeDirectly() {
	if !s.out.direct.able() || s.out.writing || len(s.out.rest) > 0 {
		s.out.wake()
		s.mu.Unlock()
		return
	}
	b := s.out.take()
	s.mu.Unlock()
	s.limitWrites()
	n := s.out.direct.write(b)
	s.mu.Lock()
	s.out.taken()
	s.out.rest = b[n:]
	if n < len(b) { // b stays in use until the writer is done with it
		s.out.spare = nil
	}
	if !s.out.empty() || s.out.flush != nil {
		s.out.wake()
	}
	s.changed.Broadcast()
	s.mu.Unlock()
}

// writeLoop writes whatever has gathered since its last write in one go.
func (s *Session) writeLoop() {
	defer s.wg.Done()
	for {
		b, ok := s.takePending()
		if !ok {
			return
		}
		s.limitWrites()
		if _, err := s.nc.Write(b); err != nil {
			s.fail(s.reason(fmt.Errorf("write: %w", err)))
			return
		}
		s.mu.Lock()
		s.out.taken()
		s.mu.Unlock()
	}
}

// takePending waits for frames to write; ok is false when the session is over.
func (s *Session) takePending() (b []byte, ok bool) {
	s.mu.Lock()
	for s.err == nil && (s.out.writing || s.out.empty() && s.out.flush == nil) {
		s.out.waiting = true
		s.out.work.Wait()
	}
	if s.err != nil {
		s.mu.Unlock()
		return nil, false
	}
	if s.out.empty() { // flushed
		err := s.out.flush
		s.mu.Unlock()
		s.fail(err)
		return nil, false
	}
	if len(s.out.rest) > 0 {
		b, s.out.rest, s.out.writing = s.out.rest, nil, true
	} else {
		b = s.out.take()
	}
	s.changed.Broadcast() // there is room again
	s.mu.Unlock()
	return b, true
}

// limitWrites keeps the write deadline between one and one and a quarter
// WriteTimeouts ahead: setting it costs more than a small write. Whoever writes
// calls it right before the write, so that the time for it begins there.
func (s *Session) limitWrites() {
	if now := time.Now(); now.Sub(s.out.limited) > s.cfg.WriteTimeout/4 {
		s.out.limited = now
		s.nc.SetWriteDeadline(now.Add(s.cfg.WriteTimeout + s.cfg.WriteTimeout/4))
	}
}
