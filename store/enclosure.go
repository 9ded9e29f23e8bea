package store

import (
	"context"
	"fmt"

	"notify1022/escalation"
)

// Kinds of parts of an enclosure.
const (
	enclosedText = "text"
	enclosedHTML = "html"
	enclosedFile = "file"
)

type enclosureRow struct {
	Kind      string `db:"kind"`
	Name      string `db:"name"`
	MediaType string `db:"media_type"`
	Content   []byte `db:"content"`
}

// enclose writes what the mails of new rows carry, or those that follow texts in vain. One whose key was there already
// keeps what it has: it may be on its way.
func (t *tx) enclose(ctx context.Context, drafts []draft) error {
	for i := range drafts {
		d := &drafts[i]
		if d.Enclosure.Empty() {
			continue
		}
		if err := d.Enclosure.Check(); err != nil {
			return fmt.Errorf("queue notice %s: %w", d.Template, err)
		}
		if !d.To.ByEmail && d.To.Contact == 0 {
			return fmt.Errorf("queue notice %s: a text to nobody of the directory encloses nothing", d.Template)
		}
		var id int64
		err := t.c.get(ctx, &id, `SELECT id FROM message WHERE key = ?`, wire(d.Key()))
		var there int
		if err == nil {
			err = t.c.get(ctx, &there, `SELECT COUNT(*) FROM enclosure WHERE message_id = ?`, id)
		}
		if err == nil && there == 0 {
			_, err = t.c.insert(ctx, `INSERT INTO enclosure (message_id, seq, kind, name, media_type, content)`,
				`ON CONFLICT (message_id, seq) DO NOTHING`, enclosureColumns(id, d.Enclosure))
		}
		if err != nil {
			return fmt.Errorf("enclose what notice %s carries: %w", d.Template, err)
		}
	}
	return nil
}

func enclosureColumns(message int64, e *escalation.Enclosure) [][]any {
	var rows [][]any
	add := func(kind, name, mediaType string, content []byte) {
		rows = append(rows, []any{message, len(rows) + 1, kind, name, mediaType, content})
	}
	if e.Text != "" {
		add(enclosedText, "", "", []byte(e.Text))
	}
	if e.HTML != "" {
		add(enclosedHTML, "", "", []byte(e.HTML))
	}
	for _, f := range e.Files {
		content := f.Content
		if content == nil {
			content = []byte{} // an empty file is no missing one
		}
		add(enclosedFile, f.Name, f.MediaType, content)
	}
	return rows
}

// Enclosure reads what the message's mail carries; empty for most.
func (s *Store) Enclosure(ctx context.Context, message int64) (escalation.Enclosure, error) {
	return s.reader().enclosure(ctx, message)
}

func (c conn) enclosure(ctx context.Context, message int64) (escalation.Enclosure, error) {
	var rows []enclosureRow
	err := c.all(ctx, &rows, `SELECT kind, name, media_type, content FROM enclosure WHERE message_id = ? ORDER BY seq`, message)
	if err != nil {
		return escalation.Enclosure{}, fmt.Errorf("read what message %d encloses: %w", message, err)
	}
	var e escalation.Enclosure
	for _, r := range rows {
		switch r.Kind {
		case enclosedText:
			e.Text = string(r.Content)
		case enclosedHTML:
			e.HTML = string(r.Content)
		default:
			e.Files = append(e.Files, escalation.EnclosedFile{Name: r.Name, MediaType: r.MediaType, Content: r.Content})
		}
	}
	return e, nil
}
