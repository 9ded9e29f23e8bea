package escalation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/templates"
)

// What the ledger in memory holds of texts that go out.

// letter is an outbox row with the words that would go on the air.
type letter struct {
	Message
	text   string
	reason string // why it was suppressed
}

func (tx *memoryTx) Post(_ context.Context, notices []Notice, tasks []Task) error {
	tx.later(func() {
		tx.post(slices.DeleteFunc(notices, func(n Notice) bool { return tx.keys[n.Key()] }), tasks)
	})
	return nil
}

func (m *memory) post(notices []Notice, tasks []Task) {
	for _, n := range notices {
		m.queue(n)
	}
	for _, t := range tasks {
		open := slices.ContainsFunc(m.tasks, func(o *Task) bool { return o.Key == t.Key && o.DoneAt.IsZero() })
		if !open {
			m.last++
			t.ID = m.last
			m.tasks = append(m.tasks, &t)
		}
	}
}

func (m *memory) queue(n Notice) {
	if m.keys[n.Key()] {
		m.wrong = append(m.wrong, "a second notice with the key "+n.Key())
		return
	}
	m.keys[n.Key()] = true
	m.last++
	l := &letter{Message: Message{ID: m.last, Notice: n, State: Queued, CreatedAt: m.now}}
	l.Phone, l.Email = m.address(n)
	if l.Phone != "" && m.unwanted[l.Phone].Covers(n) {
		l.State = Dropped
	}
	vars := map[string]string{}
	for k, v := range n.Vars {
		vars[k] = v
	}
	if n.NeedCode {
		vars["mtl"] = m.code(n, l.Phone)
	}
	if len(n.Slips) > 0 {
		codes := make([]string, len(n.Slips))
		for i, s := range n.Slips {
			one := n
			one.Petition, one.Round, one.Slip = s.Petition, s.Round, s.Slip
			codes[i] = m.code(one, l.Phone)
		}
		vars["danh_sach"] = HandoverList(n.Slips, codes)
	}
	l.Notice.Vars, l.text = vars, m.render(n, vars) // as they are stored
	m.messages = append(m.messages, l)
}

func (m *memory) address(n Notice) (phone, email string) {
	switch {
	case n.To.Contact != 0:
		c, _ := m.directory.Contact(n.To.Contact)
		phone, email = c.Phone, c.Email
	case n.To.Citizen != 0:
		c := m.petitions[n.To.Citizen].Citizen
		phone, email = c.Phone, c.Email
	default:
		phone = n.To.Phone
	}
	if n.To.ByEmail {
		return "", email
	}
	return phone, ""
}

// render puts the text together as the gateway would: whatever the template
// needs must be among the notice's words, and no citizen's trace may be in it.
func (m *memory) render(n Notice, vars map[string]string) string {
	r, err := templates.Builtin().Render(templates.Key(n.Template), vars, templates.Options{Accented: n.To.ByEmail, MaxSegments: maxSegments(n)})
	if err != nil {
		m.wrong = append(m.wrong, fmt.Sprintf("notice %s: %v", n.Key(), err))
		return ""
	}
	if p, ok := m.petitions[n.Petition]; ok {
		m.private(p, "text "+n.Template, r.Text)
		if p.Confidential && p.Summary != "" && strings.Contains(fmt.Sprint(n.Vars["tom_tat"], n.Vars["dia_ban"]), p.Area) {
			m.wrong = append(m.wrong, "a confidential petition's area is in "+n.Key())
		}
	}
	return r.Text
}

func maxSegments(n Notice) int {
	if n.To.ByEmail {
		return templates.MailSegments
	}
	return 1
}

// private notes a citizen's trace where none may be.
func (m *memory) private(p Petition, where, text string) {
	for _, own := range p.Citizen.own() {
		if strings.Contains(text, own) || strings.Contains(text, strings.Replace(own, "+84", "0", 1)) {
			m.wrong = append(m.wrong, where+" of "+p.Code+" names the citizen: "+text)
		}
	}
}

func (m *memory) suppress(s Suppress) {
	for _, l := range m.messages {
		n := l.Notice
		meant := slices.Contains(s.Classes, n.Class) || slices.Contains(s.Templates, n.Template)
		if l.State != Queued || n.Petition != s.Petition || !meant || s.Slip != 0 && n.Slip != s.Slip || s.Citizen && n.To.Citizen == 0 || s.CitizenOf != 0 && n.To.Citizen != s.CitizenOf {
			continue
		}
		l.State, l.reason = Dropped, s.Reason
		switch n.Class {
		case ClassResult, ClassReport, ClassAnswer, ClassDecision:
			m.wrong = append(m.wrong, "suppressed for good reason never: "+n.Key())
		}
	}
}

func (tx *memoryTx) Message(_ context.Context, id int64) (Message, error) {
	for _, l := range tx.messages {
		if l.ID == id {
			return l.Message, nil
		}
	}
	return Message{}, notFound("message", "không có tin số %d", id)
}

func (tx *memoryTx) Undelivered(_ context.Context, id int64, _ time.Duration) (bool, error) {
	for _, l := range tx.messages {
		if l.ID == id {
			return !l.Handled && l.State != Delivered, nil
		}
	}
	return false, nil
}

func (tx *memoryTx) MarkHandled(_ context.Context, id int64) error {
	tx.later(func() {
		for _, l := range tx.messages {
			if l.ID == id {
				l.Handled = true
			}
		}
	})
	return nil
}

func (tx *memoryTx) ErrorAnswers(_ context.Context, phone string, since time.Time) (int, error) {
	n := 0
	for _, l := range tx.messages {
		if l.Phone == phone && strings.HasPrefix(l.Notice.Template, "E") && !l.CreatedAt.Before(since) {
			n++
		}
	}
	return n, nil
}

func (tx *memoryTx) SavePreference(_ context.Context, phone string, unwanted Unwanted) error {
	tx.later(func() {
		tx.unwanted[phone] = unwanted
		for _, l := range tx.messages {
			if l.State == Queued && l.Phone == phone && unwanted.Covers(l.Notice) {
				l.State, l.reason = Dropped, "the number asked for no texts"
			}
		}
	})
	return nil
}

func (tx *memoryTx) FailuresInARow(_ context.Context, phone string, most int) (int, error) {
	return min(tx.memory.refused[phone], most), nil
}
