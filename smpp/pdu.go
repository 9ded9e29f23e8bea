package smpp

import (
	"encoding/binary"
	"fmt"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// CommandID names a PDU (SMPP 3.4 §5.1.2.1); the constants are those of
// go-smpp's package pdu.
type CommandID = pdu.ID

// The requests of SMPP 3.4 §5.1.2.1; a response has bit 31 set besides.
const (
	CmdBindReceiver      = pdu.BindReceiverID
	CmdBindTransmitter   = pdu.BindTransmitterID
	CmdBindTransceiver   = pdu.BindTransceiverID
	CmdQuerySM           = pdu.QuerySMID
	CmdSubmitSM          = pdu.SubmitSMID
	CmdDeliverSM         = pdu.DeliverSMID
	CmdUnbind            = pdu.UnbindID
	CmdReplaceSM         = pdu.ReplaceSMID
	CmdCancelSM          = pdu.CancelSMID
	CmdOutbind           = pdu.OutbindID
	CmdEnquireLink       = pdu.EnquireLinkID
	CmdSubmitMulti       = pdu.SubmitMultiID
	CmdAlertNotification = pdu.AlertNotificationID
	CmdDataSM            = pdu.DataSMID
)

// A PDU's limits in octets.
const (
	headerLen = 16
	// maxPDU holds a message_payload of 65,535 octets, the most a TLV's
	// length can say, beside a full set of other parameters.
	maxPDU = 128 << 10
	// maxSkip is the longest PDU that is skipped to keep the link; a longer
	// command_length means that the framing is lost.
	maxSkip = 16 << 20
	// maxSeq is the last sequence number (SMPP 3.4 §5.1.4).
	maxSeq = 0x7FFFFFFF
	// responseBit marks a response's command_id.
	responseBit CommandID = 0x80000000
)

// PDU is one protocol data unit, its body not decoded.
type PDU struct {
	ID     CommandID
	Status Status
	Seq    uint32
	Body   []byte
}

// IsResponse reports a response, generic_nack included.
func (p PDU) IsResponse() bool { return p.ID&responseBit != 0 }

// appendPDU appends the whole frame.
func appendPDU(dst []byte, p PDU) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(headerLen+len(p.Body)))
	dst = binary.BigEndian.AppendUint32(dst, uint32(p.ID))
	dst = binary.BigEndian.AppendUint32(dst, uint32(p.Status))
	dst = binary.BigEndian.AppendUint32(dst, p.Seq)
	return append(dst, p.Body...)
}

// known reports a command_id of SMPP 3.4.
func known(id CommandID) bool { return id.String() != "" }

// commandName is the PDU's name for logs.
func commandName(id CommandID) string {
	if n := id.String(); n != "" {
		return n
	}
	return fmt.Sprintf("command 0x%08X", uint32(id))
}

// hasResponse reports a request that the standard answers with a response of
// its own; alert_notification and outbind have none (SMPP 3.4 §4.12, §4.1.7).
func hasResponse(id CommandID) bool {
	return known(id) && id&responseBit == 0 && id != pdu.AlertNotificationID && id != pdu.OutbindID
}

// bindResponse reports a bind_transmitter_resp, bind_receiver_resp or
// bind_transceiver_resp.
func bindResponse(id CommandID) bool {
	switch id {
	case pdu.BindTransmitterRespID, pdu.BindReceiverRespID, pdu.BindTransceiverRespID:
		return true
	}
	return false
}
