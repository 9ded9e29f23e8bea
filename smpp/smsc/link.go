package smsc

import (
	"context"
	"crypto/subtle"
	"errors"
	"sync/atomic"
	"time"

	"notify1022/smpp"
)

// link is one ESME's connection.
type link struct {
	server *Server
	nc     *faultyConn
	sess   *smpp.Session
	ready  chan struct{} // closed when sess is set
	places chan struct{} // window for deliver_sm
	bound  chan struct{} // closed by the bind
	bind   atomic.Pointer[smpp.BindMode]
	late   atomic.Int64 // submits not answered yet
	system string       // system_id; written before the link is known as bound
}

func newLink(s *Server, nc *faultyConn) *link {
	return &link{
		server: s,
		nc:     nc,
		ready:  make(chan struct{}),
		places: make(chan struct{}, s.cfg.Window),
		bound:  make(chan struct{}),
	}
}

// run serves the link to its end.
func (l *link) run() {
	cfg := &l.server.cfg
	l.sess = smpp.NewSession(l.nc, smpp.SessionConfig{
		Name:            "smsc",
		Window:          cfg.Window,
		EnquireLink:     cfg.EnquireLink,
		ResponseTimeout: cfg.ResponseTimeout,
		WriteTimeout:    cfg.WriteTimeout,
		UnbindTimeout:   time.Second,
		Logger:          cfg.Logger,
		OnRequest:       l.request,
		OnDrain:         func(*smpp.Session) { l.server.part(l, false) },
	})
	close(l.ready)
	t := time.NewTimer(cfg.BindTimeout)
	defer t.Stop()
	select {
	case <-l.bound:
	case <-l.sess.Done():
	case <-l.server.ctx.Done():
	case <-t.C: // session_init_timer (SMPP 3.4 §7.2)
		l.sess.Close()
	}
	l.sess.Wait()
	l.server.part(l, true)
	if l.mode() != nil {
		if err := l.sess.Err(); errors.Is(err, smpp.ErrUnbound) || errors.Is(err, smpp.ErrClosed) {
			cfg.Logger.Info("unbound", "system_id", l.system)
		} else {
			cfg.Logger.Info("link ended without unbind", "system_id", l.system, "error", err)
		}
		l.server.event(Event{Kind: EventUnbind, Detail: l.system})
	}
}

// mode is how the ESME bound, nil before.
func (l *link) mode() *smpp.BindMode { return l.bind.Load() }

// leave unbinds, or closes a link that never bound.
func (l *link) leave(ctx context.Context) {
	if l.mode() == nil {
		l.nc.Close()
		return
	}
	l.sess.Unbind(ctx)
}

// cut closes the connection; the session notices by itself.
func (l *link) cut() { l.nc.Close() }

// request implements smpp.SessionConfig.OnRequest.
func (l *link) request(_ *smpp.Session, p smpp.PDU) bool {
	<-l.ready // the reader may be here before NewSession has returned
	switch p.ID {
	case smpp.CmdBindReceiver, smpp.CmdBindTransmitter, smpp.CmdBindTransceiver:
		l.bindRequest(p)
	case smpp.CmdEnquireLink:
		return l.server.Faults().NoEnquireLink
	case smpp.CmdSubmitSM, smpp.CmdDataSM:
		l.submitRequest(p)
	case smpp.CmdQuerySM:
		l.queryRequest(p)
	case smpp.CmdCancelSM:
		l.decline(p, smpp.StatusCancelFailed)
	case smpp.CmdReplaceSM:
		l.decline(p, smpp.StatusReplaceFailed)
	case smpp.CmdSubmitMulti:
		l.multiRequest(p)
	case smpp.CmdDeliverSM:
		l.sess.Respond(p, smpp.StatusInvalidBindStatus, nil)
	default:
		return false
	}
	return true
}

// queryRequest tells the state of a message that is still remembered.
func (l *link) queryRequest(p smpp.PDU) {
	q, err := smpp.DecodeQuery(p.Body)
	if err != nil {
		l.decline(p, refusal(err))
		return
	}
	state, ok := l.server.fates.find(q.MessageID)
	if !ok || !l.maySubmit() {
		l.decline(p, smpp.StatusQueryFailed)
		return
	}
	body, err := smpp.AppendQueryResp(nil, smpp.QueryResult{MessageID: q.MessageID, State: state})
	if err != nil {
		l.decline(p, smpp.StatusSystemError)
		return
	}
	l.sess.Respond(p, smpp.StatusOK, body)
}

// decline answers what this SMSC does not do: messages arrive at once, so that
// none is left to be cancelled or replaced.
func (l *link) decline(p smpp.PDU, status smpp.Status) {
	if !l.maySubmit() {
		status = smpp.StatusInvalidBindStatus
	}
	l.sess.Respond(p, status, nil)
}

func (l *link) maySubmit() bool {
	m := l.mode()
	return m != nil && *m != smpp.Receiver
}

// bindRequest checks the account and binds.
func (l *link) bindRequest(p smpp.PDU) {
	b, _, err := smpp.DecodeBind(p)
	status := l.server.admit(b)
	switch {
	case l.mode() != nil:
		status = smpp.StatusAlreadyBound
	case err != nil:
		status = smpp.StatusInvalidCommandLength
	}
	if status != smpp.StatusOK {
		l.server.cfg.Logger.Warn("bind refused", "system_id", b.SystemID, "status", status)
		l.sess.Respond(p, status, nil)
		return
	}
	body, err := smpp.AppendBindResp(nil, l.server.cfg.SystemID)
	if err != nil {
		l.server.cfg.Logger.Error("bind_resp", "error", err)
	}
	l.system = b.SystemID
	l.bind.Store(&b.Mode)
	l.server.stats.binds.Add(1)
	l.sess.Respond(p, smpp.StatusOK, body)
	l.server.cfg.Logger.Info("bound", "system_id", l.system)
	l.server.event(Event{Kind: EventBind, Detail: l.system})
	if b.Mode != smpp.Transmitter {
		l.server.join(l)
	}
	close(l.bound)
}

// admit checks an account.
func (s *Server) admit(b smpp.Bind) smpp.Status {
	if len(s.cfg.Accounts) == 0 {
		return smpp.StatusOK
	}
	password, ok := s.cfg.Accounts[b.SystemID]
	switch {
	case !ok:
		return smpp.StatusInvalidSystemID
	case subtle.ConstantTimeCompare([]byte(password), []byte(b.Password)) != 1:
		return smpp.StatusInvalidPassword
	}
	return smpp.StatusOK
}

// deliver sends one deliver_sm and waits for its response.
func (l *link) deliver(ctx context.Context, d smpp.Deliver) error {
	body, err := smpp.AppendDeliver(nil, d)
	if err != nil {
		return err
	}
	select {
	case l.places <- struct{}{}:
	case <-l.sess.Done():
		return smpp.ErrLinkLost
	case <-ctx.Done():
		return ctx.Err()
	}
	answer := make(chan error, 1)
	err = l.sess.Send(smpp.CmdDeliverSM, body, func(p smpp.PDU, err error) {
		<-l.places
		if err == nil && p.Status != smpp.StatusOK {
			err = &smpp.StatusError{Status: p.Status}
		}
		answer <- err
	})
	if err != nil {
		<-l.places
		return errors.Join(smpp.ErrLinkLost, err)
	}
	select {
	case err = <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
