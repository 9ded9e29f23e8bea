package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp"
	"notify1022/smpp/sms"
)

// receiver brings what an account's SMSC delivers to the inbox. It returns nil
// only after the commit, so the SMSC is answered only then.
type receiver struct {
	cfg   SMSC
	inbox *queue.Receiver
	log   *slog.Logger
}

var _ smpp.MessageHandler = (*receiver)(nil)

// HandleDeliver stores a part of a reply, or a receipt.
func (r *receiver) HandleDeliver(ctx context.Context, d smpp.Deliver) error {
	if d.IsReceipt() {
		return r.receipt(ctx, d)
	}
	at, err := r.inbox.ReadAt(ctx, d.ReceivedAt)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	return r.inbox.HandlePart(ctx, part(r.cfg.Name, d, at))
}

// receipt stores a receipt. One that names no message is of no use to anybody:
// it is answered, so that it does not come for ever, and logged.
func (r *receiver) receipt(ctx context.Context, d smpp.Deliver) error {
	got, ok := smpp.ParseReceipt(d)
	if !ok || got.MessageID == "" {
		r.log.Warn("a receipt names no message", "smsc", r.cfg.Name)
		return nil
	}
	return r.inbox.HandleReceipt(ctx, escalation.ReceiptNote{
		SMSC:   r.cfg.Name,
		SMSCID: r.cfg.receiptID(got.MessageID),
		State:  receiptState(got.State),
		Code:   got.State.String(),
		Error:  receiptError(got),
		At:     time.Now(),
		Raw:    d.Content(),

		From: d.Source.Addr, Reference: d.UserMessageReference, Cites: got.Text,
	})
}

func receiptState(s smpp.MessageState) escalation.MessageState {
	switch {
	case s == smpp.StateDelivered:
		return escalation.Delivered
	case s.Failed():
		return escalation.Failed
	case s == smpp.StateEnroute, s == smpp.StateAccepted:
		return escalation.Accepted
	}
	return escalation.Unknown
}

func receiptError(r smpp.Receipt) string {
	switch {
	case r.NetworkError != nil:
		return fmt.Sprintf("network %d error %d", r.NetworkError[0], binary.BigEndian.Uint16(r.NetworkError[1:]))
	case r.Err == "000":
		return ""
	}
	return r.Err
}

// part is a deliver_sm as the inbox stores it, read at the domain's instant at.
func part(smsc string, d smpp.Deliver, at time.Time) escalation.Part {
	p := escalation.Part{
		SMSC: smsc, From: d.Source.Addr, To: d.Dest.Addr,
		ESMClass: d.ESMClass, DataCoding: d.DataCoding, Raw: d.Content(), ReadAt: at,
	}
	text := p.Raw
	concat, several := sarOf(d)
	if d.ESMClass&smpp.ESMClassUDHI != 0 {
		// A malformed header is no header: the octets are the text then.
		if udh, rest, ok := sms.ParseUDH(p.Raw); ok {
			text = rest
			if c, ok := udh.Concat(); ok {
				concat, several = c, true
			}
		}
	}
	if several {
		p.Ref, p.RefWidth, p.Seq, p.Total = int(concat.Ref), int(concat.RefWidth), int(concat.Seq), int(concat.Total)
	}
	p.Text = sms.Decode(d.DataCoding, text)
	return p
}

// sarOf reads the TLVs that mark a part (SMPP 3.4 §5.3.2.22–24).
func sarOf(d smpp.Deliver) (sms.Part, bool) {
	ref, _ := d.TLV(pdutlv.TagSarMsgRefNum)
	total, _ := d.TLV(pdutlv.TagSarTotalSegments)
	seq, _ := d.TLV(pdutlv.TagSarSegmentSeqnum)
	if len(ref) != 2 || len(total) != 1 || len(seq) != 1 {
		return sms.Part{}, false
	}
	p := sms.Part{Ref: binary.BigEndian.Uint16(ref), RefWidth: 16, Seq: seq[0], Total: total[0]}
	return p, p.Valid()
}
