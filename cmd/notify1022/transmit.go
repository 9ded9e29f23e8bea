package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp"
	"notify1022/smpp/sms"
)

// account is one smsc entry as the gateway's transmitter.
type account struct {
	cfg    SMSC
	client *smpp.Client
	pacer  *queue.Pacer
	how    sms.Concat
	// allowed says which numbers may be texted at all: outside production the
	// test prefixes alone. nil: the simulator is on the other side, every number.
	allowed func(e164 string) bool
}

var _ queue.Transmitter = (*account)(nil)

// permanentError fails a row for good.
type permanentError struct{ error }

// Temporary reports that trying again does not help.
func (permanentError) Temporary() bool { return false }

// Unwrap gives the reason.
func (e permanentError) Unwrap() error { return e.error }

var errOutsideTest = permanentError{errors.New("outside production only the test prefixes are texted")}

// Name is the entry's name.
func (a *account) Name() string { return a.cfg.Name }

// Free is the open window, but no more than a second's pace.
func (a *account) Free() int {
	free := a.client.Free()
	if a.cfg.Rate > 0 {
		free = min(free, max(1, int(a.cfg.Rate)))
	}
	return free
}

// Bound reports whether a connection may submit.
func (a *account) Bound() bool { return a.client.Bound() }

// Manner is the sender and the marking of long texts.
func (a *account) Manner(m *escalation.Outgoing) string {
	from := a.source(m)
	return fmt.Sprintf("%s %d/%d, %s", from.Addr, from.TON, from.NPI, a.cfg.Long)
}

// Segments is the number of submits that the text takes.
func (a *account) Segments(m *escalation.Outgoing) (int, error) {
	n := sms.SegmentsBy(m.Text, codingOf(m), a.how)
	if n > a.cfg.MaxSegments {
		return 0, fmt.Errorf("the text takes %d segments, more than the %d of max_segments", n, a.cfg.MaxSegments)
	}
	if a.how == sms.Payload {
		return 1, nil
	}
	return n, nil
}

// Submit puts one segment on the wire.
func (a *account) Submit(ctx context.Context, m *escalation.Outgoing, segment int, done func(escalation.SegmentOutcome)) error {
	if a.allowed != nil && !a.allowed(m.Phone) {
		return errOutsideTest
	}
	parts, err := sms.Split(m.Text, codingOf(m), a.how, m.Reference)
	if err != nil {
		return permanentError{err}
	}
	if segment < 1 || segment > len(parts) {
		return permanentError{fmt.Errorf("segment %d of %d", segment, len(parts))}
	}
	s := a.submit(m, parts[segment-1])
	err = a.client.SubmitAsync(ctx, s, func(o smpp.Outcome) { done(a.outcome(o)) })
	if errors.Is(err, smpp.ErrTooLong) {
		return permanentError{err}
	}
	return err
}

// arrivedLate hands an answer that came after ResponseTimeout to its own submission:
// segments of one text, and its attempts, differ in nothing else.
func arrivedLate(l smpp.Late) { l.Done(l.Outcome) }

// submit is the submit_sm of one segment (SMPP 3.4 §4.4.1).
func (a *account) submit(m *escalation.Outgoing, part sms.Segment) smpp.Submit {
	s := smpp.Submit{
		Source:               a.source(m),
		Dest:                 smpp.International(strings.TrimPrefix(m.Phone, "+")),
		RegisteredDelivery:   1,
		DataCoding:           uint8(part.Coding),
		UserMessageReference: m.Reference,
	}
	override(&s.Dest.TON, a.cfg.DestTON)
	override(&s.Dest.NPI, a.cfg.DestNPI)
	switch {
	case a.how == sms.Payload:
		s.Payload = part.ShortMessage()
		return s
	case a.how == sms.SAR && part.Total > 1:
		s.TLVs = []smpp.TLV{
			{Tag: pdutlv.TagSarMsgRefNum, Value: []byte{byte(part.Ref >> 8), byte(part.Ref)}},
			{Tag: pdutlv.TagSarTotalSegments, Value: []byte{part.Total}},
			{Tag: pdutlv.TagSarSegmentSeqnum, Value: []byte{part.Seq}},
		}
	case part.UDH != nil:
		s.ESMClass = smpp.ESMClassUDHI
	}
	s.ShortMessage = part.ShortMessage()
	return s
}

func override(field *uint8, with *uint8) {
	if with != nil {
		*field = *with
	}
}

// source is the sender of the row's kind.
func (a *account) source(m *escalation.Outgoing) smpp.Address {
	from := smpp.Sender(a.cfg.Source.Officer)
	if m.Sender() == escalation.CitizenSender {
		from = smpp.Sender(a.cfg.Source.Citizen)
	}
	override(&from.TON, a.cfg.SourceTON)
	override(&from.NPI, a.cfg.SourceNPI)
	return from
}

// outcome is what the submit ended in, as the outbox stores it.
func (a *account) outcome(o smpp.Outcome) escalation.SegmentOutcome {
	out := escalation.SegmentOutcome{SMSC: a.cfg.Name, Status: uint32(o.Status)}
	if o.Why != nil {
		out.Error = o.Why.Error()
	}
	switch {
	case o.Kind == smpp.Accepted:
		out.State, out.SMSCID = escalation.Accepted, a.cfg.submittedID(o.MessageID)
	case o.Kind == smpp.Unknown:
		out.State = escalation.Unknown
	case o.Temporary():
		out.State, out.Refusal = escalation.Queued, refusalOf(o)
	default:
		out.State = escalation.Failed
	}
	return out
}

// refusalOf is of what a refusal for now speaks.
func refusalOf(o smpp.Outcome) escalation.Refusal {
	switch o.Class() {
	case smpp.ClassSystem:
		return escalation.RefusedService
	case smpp.ClassSlowdown:
		return escalation.RefusedPace
	case smpp.Unclassed: // it never left
		return escalation.NotSubmitted
	}
	return escalation.RefusedText
}

func codingOf(m *escalation.Outgoing) sms.Coding {
	if m.Coding == sms.UCS2.String() {
		return sms.UCS2
	}
	return sms.GSM7
}
