// Package smpp is an SMPP 3.4 ESME: it binds to an operator's SMSC, submits
// short messages and hands over what citizens and officers write back.
//
// The parts, from the wire upwards:
//
//	frame.go     a bounded frame reader: hostile lengths never allocate
//	message.go   the typed messages of the API: Submit, Deliver
//	octets.go    reading the fields of a body
//	codec.go     submit_sm, deliver_sm, data_sm and their responses
//	multi.go     submit_multi
//	requests.go  query_sm, cancel_sm, replace_sm
//	other.go     alert_notification, outbind
//	codec_gosmpp.go  what go-smpp's codec does for us, where it is right
//	receipt.go   what receipts say, however an SMSC spells it
//	text.go      texts to submits, delivers to segments (package sms)
//	ring.go      requests in flight, found by sequence number
//	session.go   one connection and its end
//	session_write.go  the outbox and its coalescing writer
//	session_loops.go  the reader and the timers
//	binder.go    binds, and binds again with backoff
//	inbound.go   deliver_sm to the handler, in order for each source
//	window.go    free window slots over all binds, first come first served
//	client.go    a Client over all of these
//	pacer.go     messages per second, slower after RTHROTTLED
//
// The way of a submit:
//
//	Submit ─► slots ─► Pacer ─► ring ─► outbox ─► writer
//	Outcome ◄───────── response, timeout or lost link ◄─ reader, timers
//
// Failure rules:
//
//   - Every submit ends in exactly one Outcome. Accepted: the SMSC gave a
//     message id. Refused: it is certainly not at the SMSC. Unknown: it was
//     in flight when the link or the answer was lost, and may be on the air.
//   - A deliver_sm is answered ESME_ROK only after the handler returned nil.
//     An error, a panic or a full queue is answered with a temporary error,
//     so the SMSC sends it again.
//   - One bad PDU is answered or dropped and never costs the bind, as long as
//     the framing holds. When the framing is lost the link is closed.
//   - Nothing waits for ever: dialling, binding, a response, a write, an
//     unbind, each has its own limit.
//   - No goroutine outlives Close.
package smpp
