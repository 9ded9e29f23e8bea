package smpp

import (
	"encoding/binary"

	"notify1022/smpp/sms"
)

// Texts is a text as one or more submits like base, cut as how says; ref must
// not repeat soon for the same destination. All parts have base's
// UserMessageReference: a caller who needs to tell them apart sets each one's.
// Errors are those of sms.Split.
func Texts(base Submit, text string, c sms.Coding, how sms.Concat, ref uint16) ([]Submit, error) {
	parts, err := sms.Split(text, c, how, ref)
	if err != nil {
		return nil, err
	}
	all := make([]Submit, 0, len(parts))
	for _, p := range parts {
		s := base
		s.DataCoding = uint8(p.Coding)
		s.ShortMessage, s.Payload = p.ShortMessage(), nil
		switch {
		case how == sms.Payload && sms.SegmentsBy(text, c, how) > 1:
			s.ShortMessage, s.Payload = nil, s.ShortMessage
		case p.UDH != nil:
			s.ESMClass |= ESMClassUDHI
		case how == sms.SAR && p.Total > 1:
			s.TLVs = append(s.TLVs[:len(s.TLVs):len(s.TLVs)],
				TLV{TagSarMsgRefNum, binary.BigEndian.AppendUint16(nil, p.Ref)},
				TLV{TagSarTotalSegments, []byte{p.Total}},
				TLV{TagSarSegmentSeqnum, []byte{p.Seq}})
		}
		all = append(all, s)
	}
	return all, nil
}

// Segment is the message without its user data header, and which part of a
// long text it is, by header or by the SAR parameters; cut is false for one
// that stands alone. A header that makes no sense stays in data.
func (d Deliver) Segment() (data []byte, part sms.Part, cut bool) {
	data = d.Content()
	if d.ESMClass&ESMClassUDHI != 0 {
		if udh, rest, ok := sms.ParseUDH(data); ok {
			part, cut = udh.Concat()
			return rest, part, cut
		}
	}
	ref, _ := d.TLV(TagSarMsgRefNum)
	total, _ := d.TLV(TagSarTotalSegments)
	seq, _ := d.TLV(TagSarSegmentSeqnum)
	if len(ref) == 2 && len(total) == 1 && len(seq) == 1 {
		part = sms.Part{Ref: binary.BigEndian.Uint16(ref), RefWidth: 16, Seq: seq[0], Total: total[0]}
	}
	return data, part, part.Valid()
}

// Segment is Deliver.Segment for a submit.
func (s Submit) Segment() (data []byte, part sms.Part, cut bool) { return s.deliver().Segment() }
