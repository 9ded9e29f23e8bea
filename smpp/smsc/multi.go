package smsc

import "notify1022/smpp"

// multiRequest takes a submit_multi: each destination is decided about, and
// counted, as a submit of its own; all share one message id. It runs on the
// link's reader.
func (l *link) multiRequest(p smpp.PDU) {
	m, err := smpp.DecodeSubmitMulti(p.Body)
	switch {
	case err != nil:
		l.decline(p, refusal(err))
		return
	case len(m.Lists) > 0 || !l.maySubmit(): // this SMSC keeps no lists
		l.decline(p, smpp.StatusCannotSubmitToList)
		return
	}
	s, full, request := l.server, l.full(), smpp.PDU{ID: p.ID, Seq: p.Seq}
	fault, id, at := s.trouble.draw(), s.nextID(), s.cfg.Now()
	subs := make([]*submission, 0, len(m.Dests))
	for _, dest := range m.Dests {
		sub := &submission{Submit: m.Submit, request: request, fault: fault, id: id, at: at}
		sub.Dest = dest
		s.judge(sub, full)
		subs = append(subs, sub)
	}
	l.later(fault, full, func() { l.settleMulti(request, fault, id, subs) })
}

// settleMulti answers and delivers. Where nobody is reached the whole is
// refused, with the first one's status.
func (l *link) settleMulti(request smpp.PDU, f verdict, id string, subs []*submission) {
	r := smpp.SubmitMultiResult{MessageID: id}
	for _, sub := range subs {
		l.server.count(sub)
		if status := sub.verdict.Status; status != smpp.StatusOK {
			r.Failed = append(r.Failed, smpp.FailedDest{Dest: sub.Dest, Status: status})
		}
	}
	status := smpp.StatusOK
	body, err := smpp.AppendSubmitMultiResp(nil, r)
	switch {
	case err != nil: // an address too long to be named
		status, body = smpp.StatusInvalidDestination, nil
	case len(r.Failed) == len(subs):
		status, body = r.Failed[0].Status, nil
	}
	l.answer(request, f, status, body)
	for _, sub := range subs {
		l.conclude(sub)
	}
}
