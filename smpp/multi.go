package smpp

import (
	"encoding/binary"
	"fmt"

	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
)

// maxDests is the most destinations of a submit_multi (SMPP 3.4 §4.5.1).
const maxDests = 254

// dest_flag of a submit_multi (SMPP 3.4 §5.2.25).
const (
	destAddress uint8 = 1
	destList    uint8 = 2
)

// SubmitMulti is a submit_multi (SMPP 3.4 §4.5.1): one message to many.
type SubmitMulti struct {
	Submit           // its Dest is not used
	Dests  []Address // phone numbers
	Lists  []string  // names of distribution lists kept at the SMSC
}

// SubmitMultiResult is a submit_multi_resp (SMPP 3.4 §4.5.2).
type SubmitMultiResult struct {
	MessageID string
	Failed    []FailedDest // everyone else was accepted
}

// FailedDest is a destination that a submit_multi did not reach.
type FailedDest struct {
	Dest   Address
	Status Status
}

func (m *SubmitMulti) check() error {
	if n := len(m.Dests) + len(m.Lists); n == 0 || n > maxDests {
		return fmt.Errorf("%w: %d destinations", ErrTooLong, n)
	}
	for _, d := range m.Dests {
		if err := checkText("destination_addr", d.Addr, maxAddr); err != nil {
			return err
		}
	}
	for _, l := range m.Lists {
		if err := checkText("dl_name", l, maxAddr); err != nil {
			return err
		}
	}
	m.Dest = Address{}
	return m.Submit.check()
}

// AppendSubmitMulti appends the body of a submit_multi. go-smpp serves unless
// there are distribution lists, which it lacks, or more than one optional
// parameter, whose order it forgets.
func AppendSubmitMulti(dst []byte, m SubmitMulti) ([]byte, error) {
	if err := m.check(); err != nil {
		return dst, err
	}
	if len(m.Lists) == 0 && len(m.TLVs) == 0 && m.UserMessageReference == 0 && len(m.Payload) == 0 {
		return appendGoSMPP(dst, goSubmitMulti(&m))
	}
	return appendMulti(dst, &m), nil
}

func appendMulti(dst []byte, m *SubmitMulti) []byte {
	dst = appendCString(dst, m.ServiceType)
	dst = appendAddress(dst, m.Source)
	dst = append(dst, byte(len(m.Dests)+len(m.Lists)))
	for _, d := range m.Dests {
		dst = appendAddress(append(dst, destAddress), d)
	}
	for _, l := range m.Lists {
		dst = appendCString(append(dst, destList), l)
	}
	dst = appendBody(dst, &m.Submit)
	return appendSubmitTLVs(dst, &m.Submit)
}

func goSubmitMulti(m *SubmitMulti) pdu.Body {
	p := pdu.NewSubmitMulti(nil)
	setMessage(p, &m.Submit)
	list := &pdufield.DestSmeList{}
	for _, d := range m.Dests {
		list.Data = append(list.Data, pdufield.DestSme{
			Flag:     pdufield.Fixed{Data: destAddress},
			Ton:      pdufield.Fixed{Data: d.TON},
			Npi:      pdufield.Fixed{Data: d.NPI},
			DestAddr: pdufield.Variable{Data: appendCString(nil, d.Addr)},
		})
	}
	set := setter(p)
	set(pdufield.NumberDests, uint8(len(m.Dests)))
	set(pdufield.DestinationList, list)
	return p
}

// DecodeSubmitMulti reads the body of a submit_multi.
func DecodeSubmitMulti(body []byte) (SubmitMulti, error) {
	var m SubmitMulti
	o := newOctets(body)
	m.ServiceType = o.cstring("service_type", StatusInvalidServiceType)
	m.Source = o.address("source_addr", StatusInvalidSource)
	n := int(o.byte("number_of_dests"))
	if n == 0 || n > maxDests {
		o.fail("number_of_dests", StatusInvalidDestCount)
	}
	for range n {
		if o.err != nil {
			break
		}
		switch o.byte("dest_flag") {
		case destAddress:
			m.Dests = append(m.Dests, o.address("destination_addr", StatusInvalidDestination))
		case destList:
			m.Lists = append(m.Lists, o.cstring("dl_name", StatusInvalidListName))
		default:
			o.fail("dest_flag", StatusInvalidDestFlag)
		}
	}
	o.body(&m.Submit)
	o.submitTLVs(&m.Submit)
	return m, o.result()
}

// AppendSubmitMultiResp appends the body of a submit_multi_resp.
func AppendSubmitMultiResp(dst []byte, r SubmitMultiResult) ([]byte, error) {
	if err := checkText("message_id", r.MessageID, maxMessageID); err != nil {
		return dst, err
	}
	if len(r.Failed) > maxDests {
		return dst, fmt.Errorf("%w: %d failed destinations", ErrTooLong, len(r.Failed))
	}
	for _, f := range r.Failed {
		if err := checkText("destination_addr", f.Dest.Addr, maxAddr); err != nil {
			return dst, err
		}
	}
	dst = append(appendCString(dst, r.MessageID), byte(len(r.Failed)))
	for _, f := range r.Failed {
		dst = appendAddress(dst, f.Dest)
		dst = binary.BigEndian.AppendUint32(dst, uint32(f.Status))
	}
	return dst, nil
}

// DecodeSubmitMultiResp reads the body of a submit_multi_resp. go-smpp does
// not serve: it takes one that is cut in an error code for whole and panics
// when that is looked at. Some SMSCs leave out no_unsuccess when it is 0.
func DecodeSubmitMultiResp(body []byte) (SubmitMultiResult, error) {
	o := newOctets(body)
	r := SubmitMultiResult{MessageID: o.cstring("message_id", StatusInvalidMessageID)}
	if o.err != nil || o.at == len(body) {
		return r, o.result()
	}
	for range o.byte("no_unsuccess") {
		f := FailedDest{Dest: o.address("destination_addr", StatusInvalidDestination)}
		f.Status = Status(o.word("error_status_code"))
		if o.err != nil {
			break
		}
		r.Failed = append(r.Failed, f)
	}
	return r, o.result()
}
