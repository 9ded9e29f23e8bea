package smsc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
)

// submission is one submit_sm or data_sm on its way to a handset.
type submission struct {
	smpp.Submit
	request smpp.PDU // without its body
	handset *Handset
	fault   verdict
	verdict Verdict
	id      string
	at      time.Time
}

// submitRequest decides about a submit and answers it, later if the faults
// say so. It runs on the link's reader.
func (l *link) submitRequest(p smpp.PDU) {
	sub := submission{request: smpp.PDU{ID: p.ID, Seq: p.Seq}, at: l.server.cfg.Now()}
	if !l.maySubmit() {
		l.sess.Respond(p, smpp.StatusInvalidBindStatus, nil)
		return
	}
	var err error
	if p.ID == smpp.CmdDataSM {
		sub.Submit, err = smpp.DecodeDataSM(p.Body)
	} else {
		sub.Submit, err = smpp.DecodeSubmit(p.Body)
	}
	if err != nil {
		l.sess.Respond(p, refusal(err), nil)
		return
	}
	full := l.full()
	l.server.decide(&sub, full)
	l.later(sub.fault, full, func() { l.settle(&sub) })
}

// maxLate bounds the submits of one link that wait for their delayed answer
// when Config.SubmitWindow does not.
const maxLate = 100_000

// full reports that the ESME may have no more unanswered submits.
func (l *link) full() bool {
	return l.late.Load() >= int64(or(l.server.cfg.SubmitWindow, maxLate))
}

// later runs settle after the delay that the faults ask for; what is refused
// for a full window is not delayed.
func (l *link) later(f verdict, full bool, settle func()) {
	d := f.delay()
	if d <= 0 || full {
		settle()
		return
	}
	l.late.Add(1)
	l.server.wg.Go(func() {
		defer l.late.Add(-1)
		if l.server.sleep(l.server.ctx, d) == nil {
			settle()
		}
	})
}

// refusal is the status for a body that cannot be read.
func refusal(err error) smpp.Status {
	var s *smpp.StatusError
	if errors.As(err, &s) {
		return s.Status
	}
	return smpp.StatusSystemError
}

// decide draws the faults of sub and judges it.
func (s *Server) decide(sub *submission, full bool) {
	sub.fault = s.trouble.draw()
	s.judge(sub, full)
}

// judge fills in what happens to sub: a full window and faults first, then
// the address, the configured verdict, the handset's mode.
func (s *Server) judge(sub *submission, full bool) {
	s.stats.submits.Add(1)
	sub.handset = s.destination(sub.Dest.Addr)
	if s.cfg.Verdict != nil {
		sub.verdict = s.cfg.Verdict(sub.Submit)
	}
	mode := sub.handset.Mode()
	switch {
	case full:
		sub.verdict.Status = smpp.StatusThrottled
	case sub.fault.status != smpp.StatusOK:
		sub.verdict.Status = sub.fault.status
	case sub.Dest.Addr == "" || len(sub.Dest.Addr) > 20:
		sub.verdict.Status = smpp.StatusInvalidDestination
	case len(sub.Source.Addr) > 20:
		sub.verdict.Status = smpp.StatusInvalidSource
	case sub.verdict.Status == smpp.StatusOK:
		sub.verdict.Status = mode.Refuse
	}
	sub.verdict.NoReceipt = sub.verdict.NoReceipt || mode.NoReceipt
	sub.verdict.State = or(or(sub.verdict.State, mode.State), smpp.StateDelivered)
	if sub.verdict.Status != smpp.StatusOK {
		sub.id = ""
		return
	}
	if sub.id == "" {
		sub.id = s.nextID()
	}
	s.fates.add(sub.id, sub.verdict.State)
}

// destination is the handset of an address; none is made for an impossible one.
func (s *Server) destination(addr string) *Handset {
	if addr == "" || len(addr) > 20 {
		return newHandset(s, canonical(addr))
	}
	return s.Handset(addr)
}

// settle answers and, when accepted, delivers.
func (l *link) settle(sub *submission) {
	l.server.count(sub)
	var body []byte
	if sub.verdict.Status == smpp.StatusOK { // an error response has no body (SMPP 3.4 §4.4.2)
		body, _ = smpp.AppendMessageID(nil, sub.id)
	}
	l.answer(sub.request, sub.fault, sub.verdict.Status, body)
	l.conclude(sub)
}

func (s *Server) count(sub *submission) {
	if sub.verdict.Status == smpp.StatusOK {
		s.stats.accepted.Add(1)
	} else {
		s.stats.refused.Add(1)
	}
}

// answer writes a response, unless the faults have something else in mind.
func (l *link) answer(request smpp.PDU, f verdict, status smpp.Status, body []byte) {
	switch {
	case f.drop:
		l.cut()
	case f.freeze:
		l.nc.frozen.Store(true)
	case f.silent:
	default:
		l.respond(request, f, status, body)
	}
}

// conclude tells what became of a submit, delivers it and promises its receipt.
func (l *link) conclude(sub *submission) {
	s := l.server
	s.event(Event{Kind: EventSubmit, Phone: sub.handset.number, ID: sub.id, Detail: sub.verdict.Status.String()})
	if sub.verdict.Status != smpp.StatusOK {
		return
	}
	s.arrive(sub)
	if sub.wantsReceipt() {
		s.promise(l.system, sub)
	}
}

// promise has the receipt sent; while too many wait already it never comes.
func (s *Server) promise(system string, sub *submission) {
	if s.promised.Add(1) > int64(s.cfg.Receipts) {
		s.promised.Add(-1)
		s.stats.receiptsDropped.Add(1)
		return
	}
	s.wg.Go(func() {
		defer s.promised.Add(-1)
		s.report(system, sub)
	})
}

// respond writes the response with whatever the faults add to it.
func (l *link) respond(request smpp.PDU, f verdict, status smpp.Status, body []byte) {
	if f.garbage {
		l.sess.Reply(smpp.PDU{ID: 0x00000999, Seq: 1})
	}
	if f.StrayResponses {
		l.sess.Reply(smpp.PDU{ID: smpp.CmdSubmitSM | 0x80000000, Seq: 0x7FFFFFFF})
	}
	l.sess.Respond(request, status, body)
	if f.DuplicateResponses {
		l.sess.Respond(request, status, body)
	}
	if f.garbage {
		l.server.wg.Go(func() { l.nc.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")) })
	}
}

// arrive puts a delivered message into the inbox once all of it is there.
func (s *Server) arrive(sub *submission) {
	if sub.verdict.State != smpp.StateDelivered {
		return
	}
	data, part, cut := sub.Submit.Segment()
	m := Message{
		ID: sub.id, From: sub.Source.Addr, To: sub.handset.number,
		Coding: coding(sub.DataCoding), Segments: 1, At: sub.at,
	}
	if cut {
		key := sms.Key{Src: sub.Source.Addr, Dst: sub.handset.number, Part: part}
		var whole bool
		if data, whole = s.joiner.Add(key, data, time.Now()); !whole {
			return
		}
		m.Segments = int(part.Total)
	}
	m.Text = sms.Decode(sub.DataCoding, data)
	s.store(sub.handset, m)
	s.event(Event{Kind: EventMessage, Phone: m.To, ID: m.ID, Message: &m})
}

// coding names a data_coding.
func coding(dcs uint8) string {
	switch c := sms.Coding(dcs); c {
	case sms.GSM7, sms.Latin1, sms.UCS2:
		return c.String()
	}
	if dcs == 1 { // IA5
		return sms.GSM7.String()
	}
	return sms.Binary.String()
}

// wantsReceipt reads registered_delivery (SMPP 3.4 §5.2.17).
func (sub *submission) wantsReceipt() bool {
	switch sub.RegisteredDelivery & 0x03 {
	case 0:
		return false
	case 2:
		return sub.verdict.State != smpp.StateDelivered && !sub.verdict.NoReceipt
	}
	return !sub.verdict.NoReceipt
}

// report sends the receipt until the ESME takes it.
func (s *Server) report(system string, sub *submission) {
	state := sub.verdict.State
	if s.sleep(s.ctx, s.cfg.ReceiptDelay) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.RetryFor)
	defer cancel()
	d := s.receipt(sub)
	times := 1
	if s.Faults().DuplicateReceipts {
		times = 2
	}
	for range times {
		if err := s.deliver(ctx, system, d); err != nil {
			s.cfg.Logger.Warn("receipt given up", "message", sub.id, "error", err)
			return
		}
		s.stats.receipts.Add(1)
		s.event(Event{Kind: EventReceipt, Phone: sub.handset.number, ID: sub.id, Detail: state.String()})
	}
}

// receipt is the classic text (SMPP 3.4 appendix B) and the TLVs.
func (s *Server) receipt(sub *submission) smpp.Deliver {
	state, done := sub.verdict.State, s.cfg.Now()
	failure, delivered := "000", 1
	if state != smpp.StateDelivered {
		failure, delivered = "001", 0
	}
	failure = or(sub.verdict.Err, failure)
	data, _, _ := sub.Submit.Segment()
	const stamp = "0601021504"
	d := smpp.Deliver{
		Source:               sub.Dest,
		Dest:                 sub.Source,
		ESMClass:             smpp.ESMClassReceipt,
		UserMessageReference: sub.UserMessageReference,
		ShortMessage: fmt.Appendf(nil, "id:%s sub:001 dlvrd:%03d submit date:%s done date:%s stat:%s err:%.3s text:%s",
			sub.id, delivered, sub.at.Format(stamp), done.Format(stamp), state, failure, excerpt(sub.DataCoding, data)),
		TLVs: []smpp.TLV{
			{Tag: smpp.TagReceiptedMessageID, Value: append([]byte(sub.id), 0)},
			{Tag: smpp.TagMessageState, Value: []byte{byte(state)}},
		},
	}
	if state.Failed() {
		d.TLVs = append(d.TLVs, smpp.TLV{Tag: smpp.TagNetworkErrorCode, Value: []byte{3, 0, 1}}) // GSM
	}
	return d
}

// excerpt is the first 20 characters in printable ASCII.
func excerpt(dcs uint8, data []byte) string {
	text := []rune(sms.Unaccent(sms.Decode(dcs, data)))
	for i, r := range text {
		if r < ' ' || r > '~' {
			text[i] = '?'
		}
	}
	return string(text[:min(len(text), 20)])
}
