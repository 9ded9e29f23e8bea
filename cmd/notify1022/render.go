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

// renderer makes the text of an outbox row from the catalogue in force.
type renderer struct {
	catalogue *catalogue
	log       *slog.Logger
}

var _ queue.Renderer = (*renderer)(nil)

// Render freezes the text: unaccented for the air, accented for email, which has
// room for all of it and is one piece.
func (r *renderer) Render(_ context.Context, m *escalation.Outgoing) error {
	options := templates.Options{}
	if m.Email != "" {
		options = templates.Options{Accented: true, MaxSegments: templates.MailSegments}
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
	m.Text, m.TemplateVersion = text.Text, text.Version
	m.Coding, m.Segments = text.Coding.String(), text.Segments
	if m.Email != "" {
		m.Segments = 1
	}
	return nil
}
