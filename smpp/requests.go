package smpp

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
)

// Query is a query_sm (SMPP 3.4 §4.8.1): what became of a message?
type Query struct {
	MessageID string
	Source    Address // as it was submitted
}

// QueryResult is a query_sm_resp (SMPP 3.4 §4.8.2).
type QueryResult struct {
	MessageID string
	FinalDate string // SMPP time format; "" while there is no final state
	State     MessageState
	Err       uint8 // the network's own error code; 0 is none
}

// Cancel is a cancel_sm (SMPP 3.4 §4.9.1): one message by its id, or, with an
// empty id, all from Source to Dest.
type Cancel struct {
	ServiceType string
	MessageID   string
	Source      Address
	Dest        Address
}

// Replace is a replace_sm (SMPP 3.4 §4.10.1).
type Replace struct {
	MessageID          string
	Source             Address
	ScheduleDelivery   string
	ValidityPeriod     string
	RegisteredDelivery uint8
	DefaultMessageID   uint8
	ShortMessage       []byte
}

// checkFields is Submit.check for the fields that these requests have.
func checkFields(messageID string, addrs []Address, rest ...string) error {
	if len(messageID) > maxMessageID {
		return fmt.Errorf("%w: message_id", ErrTooLong)
	}
	texts := append([]string{messageID}, rest...)
	for _, a := range addrs {
		if len(a.Addr) > maxAddr {
			return fmt.Errorf("%w: address", ErrTooLong)
		}
		texts = append(texts, a.Addr)
	}
	for _, v := range rest {
		if len(v) > maxTime {
			return fmt.Errorf("%w: field", ErrTooLong)
		}
	}
	if strings.IndexByte(strings.Join(texts, ""), 0) >= 0 {
		return fmt.Errorf("%w: field with a NUL", ErrTooLong)
	}
	return nil
}

// AppendQuery appends the body of a query_sm.
func AppendQuery(dst []byte, q Query) ([]byte, error) {
	if err := checkFields(q.MessageID, []Address{q.Source}); err != nil {
		return dst, err
	}
	p := pdu.NewQuerySM()
	set := setter(p)
	set(pdufield.MessageID, q.MessageID)
	set(pdufield.SourceAddrTON, q.Source.TON)
	set(pdufield.SourceAddrNPI, q.Source.NPI)
	set(pdufield.SourceAddr, q.Source.Addr)
	return appendGoSMPP(dst, p)
}

// DecodeQuery reads the body of a query_sm.
func DecodeQuery(body []byte) (Query, error) {
	o := newOctets(body)
	q := Query{MessageID: o.cstring("message_id", StatusInvalidMessageID)}
	q.Source = o.address("source_addr", StatusInvalidSource)
	return q, o.result()
}

// AppendQueryResp appends the body of a query_sm_resp. go-smpp does not serve:
// it takes message_state and error_code for strings.
func AppendQueryResp(dst []byte, r QueryResult) ([]byte, error) {
	if err := checkFields(r.MessageID, nil, r.FinalDate); err != nil {
		return dst, err
	}
	dst = appendCString(dst, r.MessageID)
	dst = appendCString(dst, r.FinalDate)
	return append(dst, byte(r.State), r.Err), nil
}

// DecodeQueryResp reads the body of a query_sm_resp.
func DecodeQueryResp(body []byte) (QueryResult, error) {
	o := newOctets(body)
	r := QueryResult{MessageID: o.cstring("message_id", StatusInvalidMessageID)}
	r.FinalDate = o.cstring("final_date", StatusInvalidSchedule)
	r.State = MessageState(o.byte("message_state"))
	r.Err = o.byte("error_code")
	return r, o.result()
}

// AppendCancel appends the body of a cancel_sm.
func AppendCancel(dst []byte, c Cancel) ([]byte, error) {
	if err := checkFields(c.MessageID, []Address{c.Source, c.Dest}); err != nil {
		return dst, err
	}
	if len(c.ServiceType) > maxServiceType {
		return dst, fmt.Errorf("%w: service_type", ErrTooLong)
	}
	dst = appendCString(dst, c.ServiceType)
	dst = appendCString(dst, c.MessageID)
	dst = appendAddress(dst, c.Source)
	return appendAddress(dst, c.Dest), nil
}

// DecodeCancel reads the body of a cancel_sm.
func DecodeCancel(body []byte) (Cancel, error) {
	o := newOctets(body)
	c := Cancel{ServiceType: o.cstring("service_type", StatusInvalidServiceType)}
	c.MessageID = o.cstring("message_id", StatusInvalidMessageID)
	c.Source = o.address("source_addr", StatusInvalidSource)
	c.Dest = o.address("destination_addr", StatusInvalidDestination)
	return c, o.result()
}

// AppendReplace appends the body of a replace_sm.
func AppendReplace(dst []byte, r Replace) ([]byte, error) {
	if err := checkFields(r.MessageID, []Address{r.Source}, r.ScheduleDelivery, r.ValidityPeriod); err != nil {
		return dst, err
	}
	if len(r.ShortMessage) > maxShortMessage {
		return dst, fmt.Errorf("%w: short_message", ErrTooLong)
	}
	dst = appendCString(dst, r.MessageID)
	dst = appendAddress(dst, r.Source)
	dst = appendCString(dst, r.ScheduleDelivery)
	dst = appendCString(dst, r.ValidityPeriod)
	dst = append(dst, r.RegisteredDelivery, r.DefaultMessageID, byte(len(r.ShortMessage)))
	return append(dst, r.ShortMessage...), nil
}

// DecodeReplace reads the body of a replace_sm.
func DecodeReplace(body []byte) (Replace, error) {
	o := newOctets(body)
	r := Replace{MessageID: o.cstring("message_id", StatusInvalidMessageID)}
	r.Source = o.address("source_addr", StatusInvalidSource)
	r.ScheduleDelivery = o.cstring("schedule_delivery_time", StatusInvalidSchedule)
	r.ValidityPeriod = o.cstring("validity_period", StatusInvalidExpiry)
	r.RegisteredDelivery = o.byte("registered_delivery")
	r.DefaultMessageID = o.byte("sm_default_msg_id")
	r.ShortMessage = bytes.Clone(o.take("short_message", int(o.byte("sm_length"))))
	return r, o.result()
}

// Query asks the SMSC what became of a message. Errors: a *StatusError
// (RQUERYFAIL: it does not know), ErrNotSent, ErrResponseTimeout, ErrLinkLost.
func (c *Client) Query(ctx context.Context, q Query) (QueryResult, error) {
	body, err := AppendQuery(nil, q)
	if err != nil {
		return QueryResult{}, err
	}
	resp, err := c.request(ctx, pdu.QuerySMID, body)
	if err != nil {
		return QueryResult{}, fmt.Errorf("smpp: querying message %s: %w", q.MessageID, err)
	}
	return DecodeQueryResp(resp)
}

// Cancel takes back messages that are not delivered yet. Errors as Query
// (RCANCELFAIL: too late, or never there).
func (c *Client) Cancel(ctx context.Context, q Cancel) error {
	body, err := AppendCancel(nil, q)
	if err != nil {
		return err
	}
	if _, err := c.request(ctx, pdu.CancelSMID, body); err != nil {
		return fmt.Errorf("smpp: cancelling message %s: %w", q.MessageID, err)
	}
	return nil
}

// Replace changes a message that is not delivered yet. Errors as Query
// (RREPLACEFAIL: too late, or never there).
func (c *Client) Replace(ctx context.Context, r Replace) error {
	body, err := AppendReplace(nil, r)
	if err != nil {
		return err
	}
	if _, err := c.request(ctx, pdu.ReplaceSMID, body); err != nil {
		return fmt.Errorf("smpp: replacing message %s: %w", r.MessageID, err)
	}
	return nil
}

// request sends a request in a window slot and returns a copy of the body of
// its response.
func (c *Client) request(ctx context.Context, id CommandID, body []byte) ([]byte, error) {
	p, err := c.slots.acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	type end struct {
		body []byte
		err  error
	}
	ended := make(chan end, 1)
	err = p.sess.Send(id, body, func(resp PDU, err error) {
		c.slots.release(p)
		if err == nil {
			err = statusErr(resp.Status)
		}
		ended <- end{bytes.Clone(resp.Body), err}
	})
	if err != nil {
		c.slots.release(p)
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	e := <-ended
	return e.body, e.err
}
