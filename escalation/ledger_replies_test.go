package escalation

import (
	"context"
	"slices"
	"time"

	"notify1022/escalation/reply"
)

// What the ledger in memory holds of codes, and of texts that come in.

// openQuestion is a code that is about no petition.
type openQuestion struct {
	Question
	over bool
}

// received is an inbox row.
type received struct {
	Inbound
	outcome string
	beside  []int64 // petitions that the parts before it were about
}

// waitsForReply: a text that was read before a due time may say what stops it.
func (m *memory) waitsForReply(p Petition, now time.Time) bool {
	for _, in := range m.inbound {
		bound := slices.ContainsFunc(m.bindings, func(b *Binding) bool { return b.Open() && b.Petition == p.ID && b.Phone == in.From })
		if in.Applied || !bound || in.Attempts > 20 && now.Sub(in.ReadAt) >= asideHolds {
			continue
		}
		for _, r := range p.Rungs {
			if r.State == Armed && !r.Due.After(now) && in.ReadAt.Before(r.Due) {
				return true
			}
		}
	}
	return false
}

// code gives the phone's open code for the slip and the role, or a new one from its counter.
func (m *memory) code(n Notice, phone string) string {
	slip := n.Slip
	if n.To.Citizen != 0 {
		slip = 0
	}
	for _, b := range m.bindings {
		if b.Open() && b.Phone == phone && b.Petition == n.Petition && b.Slip == slip && b.Role == n.To.Role && b.Citizen == n.To.Citizen {
			return b.Code
		}
	}
	m.counters[phone]++
	if n.Subject != "" {
		q := &openQuestion{Question: Question{Code: reply.MakeCode(4569 + m.counters[phone]), Phone: phone, Subject: n.Subject, Contact: n.To.Contact}}
		m.questions = append(m.questions, q)
		return q.Code
	}
	p := m.petitions[n.Petition]
	b := &Binding{
		Code: reply.MakeCode(4569 + m.counters[phone]), Phone: phone, Petition: p.ID, PetCode: p.Code, Round: n.Round, Slip: slip,
		Role: n.To.Role, Unit: n.To.Unit, Contact: n.To.Contact, Citizen: n.To.Citizen, IssuedAt: m.now,
	}
	m.bindings = append(m.bindings, b)
	return b.Code
}

func (m *memory) release(p Petition, r ReleaseCode) {
	for _, b := range m.bindings {
		if b.Open() && b.Petition == p.ID && (r.Slip == 0 || b.Slip == r.Slip) && (r.Contact == 0 || b.Contact == r.Contact) {
			b.ReleasedAt, b.Reason = m.now, r.Reason
			if s := p.Slip(b.Slip); s != nil {
				b.MovedTo = s.MovedTo
			}
		}
	}
}

func (tx *memoryTx) Bindings(_ context.Context, phone string) ([]Binding, error) {
	var list []Binding
	for _, b := range slices.Backward(tx.bindings) {
		if b.Phone == phone && (b.Open() || tx.now.Sub(b.ReleasedAt) < 30*24*time.Hour) {
			found := *b
			found.Status, found.OwnCode = tx.petitions[b.Petition].Status, tx.petitions[b.Citizen].Code
			list = append(list, found)
		}
	}
	return list, nil
}

func (tx *memoryTx) Inbound(_ context.Context, id int64) (Inbound, error) {
	for _, in := range tx.inbound {
		if in.ID == id {
			return in.Inbound, nil
		}
	}
	return Inbound{}, notFound("inbound", "không có tin đến số %d", id)
}

func (tx *memoryTx) RepeatOf(_ context.Context, in Inbound, window time.Duration) (bool, error) {
	for _, o := range tx.inbound {
		same := o.ID < in.ID && o.From == in.From && o.To == in.To && o.Text == in.Text
		if !same || in.ReadAt.Sub(o.ReadAt) > window {
			continue
		}
		issued := slices.ContainsFunc(tx.bindings, func(b *Binding) bool {
			return b.Phone == in.From && b.IssuedAt.After(o.ReadAt) && !b.IssuedAt.After(in.ReadAt)
		})
		if !issued {
			return true, nil
		}
	}
	return false, nil
}

func (tx *memoryTx) BesidePiece(_ context.Context, in Inbound) ([]int64, error) {
	for _, o := range tx.inbound {
		if o.ID == in.ID {
			return o.beside, nil
		}
	}
	return nil, nil
}

func (tx *memoryTx) MarkApplied(_ context.Context, id int64, outcome string) error {
	tx.later(func() {
		for _, in := range tx.inbound {
			if in.ID == id {
				in.Applied, in.outcome = true, outcome
			}
		}
	})
	return nil
}

func (tx *memoryTx) Questions(_ context.Context, phone string) ([]Question, error) {
	var list []Question
	for _, q := range tx.questions {
		if q.Phone == phone && !q.over {
			list = append(list, q.Question)
		}
	}
	return list, nil
}

func (tx *memoryTx) CloseQuestion(_ context.Context, subject Subject, _ string) error {
	tx.later(func() {
		for _, q := range tx.questions {
			q.over = q.over || q.Subject == subject
		}
	})
	return nil
}
