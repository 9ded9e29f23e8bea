package main

import (
	"context"
	"errors"
	"log/slog"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/templates"
)

// maxRendered is how many segments a text may take when its codes and links
// alone leave no room in one; it is logged then.
const maxRendered = 3

// alarmSegments is how many segments an alarm may take: its whole text with the link. What
// to do must not be cut off, and alarms are few.
const alarmSegments = 2

// renderer makes the text of an outbox row from the catalogue in force.
type renderer struct {
	catalogue *catalogue
	senders   []sender
	log       *slog.Logger
	most      int // segments that every account takes; 0: any number
}

var _ queue.Renderer = (*renderer)(nil)

// Render freezes the text: unaccented for the air, accented for email, which has
// room for all of it and is one piece.
func (r *renderer) Render(_ context.Context, m *escalation.Outgoing) error {
	options := templates.Options{}
	switch {
	case m.Email != "":
		options = templates.Options{Accented: true, MaxSegments: templates.MailSegments}
	case m.Template == string(templates.QT) && r.most != 1:
		options.MaxSegments = alarmSegments
	}
	set := r.catalogue.Set()
	text, err := set.Render(templates.Key(m.Template), m.Vars, options)
	for n := 2; errors.Is(err, templates.ErrNoRoom) && n <= maxRendered; n++ {
		r.log.Warn("a text takes more than one segment", "message", m.ID, "template", m.Template, "segments", n)
		text, err = set.Render(templates.Key(m.Template), m.Vars, templates.Options{MaxSegments: n})
	}
	if err != nil {
		return err
	}
	if m.Email != "" {
		text.Segments = 1
	} else if err := r.filed(m, text.Text); err != nil {
		return err
	}
	m.Text, m.TemplateVersion = text.Text, text.Version
	m.Coding, m.Segments = text.Coding.String(), text.Segments
	return nil
}

// filed refuses a text that a sender it may come from has not on file, where the rule
// says so: which account takes it is known later, and the telecom would drop it there.
// An alarm is tried all the same: it tells that the service itself is in trouble.
func (r *renderer) filed(m *escalation.Outgoing, text string) error {
	kind, filed := m.Sender(), r.catalogue.Filed()
	for _, s := range r.senders {
		if s.kind != kind || s.rule == filingOff || !s.serves(m.Lane) {
			continue
		}
		err := filed.check(templates.Key(m.Template), s.address, text)
		switch {
		case err == nil:
		case s.rule == filingEnforce && m.Class != escalation.ClassAlarm:
			return err
		default:
			r.log.Warn("a text goes out that the telecom may drop", "message", m.ID, "err", err)
		}
	}
	return nil
}
