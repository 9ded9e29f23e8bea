package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/templates"
)

// LogTemplate is the change log's word for a wording; ref is its key.
const LogTemplate = "template"

// TemplateVersion is a saved wording.
type TemplateVersion struct {
	Key        templates.Key
	Version    int
	Text       string
	Author     string
	CreatedAt  time.Time
	ActiveFrom time.Time
}

// TemplateVersions lists the saved wordings by key and version. The built-in
// ones, version 1, are not among them.
func (s *Store) TemplateVersions(ctx context.Context) ([]TemplateVersion, error) {
	var rows []struct {
		Key        templates.Key `db:"key"`
		Version    int           `db:"version"`
		Text       string        `db:"text"`
		Author     string        `db:"author"`
		CreatedAt  int64         `db:"created_at"`
		ActiveFrom int64         `db:"active_from"`
	}
	err := s.reader().all(ctx, &rows, `SELECT key, version, text, author, created_at, active_from FROM template ORDER BY key, version`)
	list := make([]TemplateVersion, len(rows))
	for i, r := range rows {
		list[i] = TemplateVersion{r.Key, r.Version, r.Text, r.Author, instant(r.CreatedAt), instant(r.ActiveFrom)}
	}
	return list, wrapList(err, "templates")
}

// ActiveTemplates is, of each key that was ever saved, the latest wording that is
// active now. A set is the built-in catalogue with these.
func (s *Store) ActiveTemplates(ctx context.Context) ([]templates.Template, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := s.TemplateVersions(ctx)
	if err != nil {
		return nil, err
	}
	var active []templates.Template
	for _, v := range versions { // by key, rising versions
		t := templates.Template{Key: v.Key, Version: v.Version, Text: v.Text}
		switch last := len(active) - 1; {
		case v.ActiveFrom.After(now):
		case last >= 0 && active[last].Key == v.Key:
			active[last] = t
		default:
			active = append(active, t)
		}
	}
	return active, nil
}

// SaveTemplate checks a wording and saves it as the key's next version, active
// from the instant; zero means now.
func (a Authored) SaveTemplate(ctx context.Context, key templates.Key, text string, from time.Time) (version int, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		if version, err = t.saveTemplate(ctx, key, text, a.by.Name, from); err != nil {
			return err
		}
		return t.log(ctx, a.by, "save", LogTemplate, fmt.Sprintf("version %d", version), string(key))
	})
	return version, err
}

func (t *tx) saveTemplate(ctx context.Context, key templates.Key, text, author string, from time.Time) (version int, err error) {
	if version, err = t.nextTemplate(ctx, key, text); err != nil {
		return 0, err
	}
	if from.IsZero() {
		from = t.domain
	}
	_, err = t.c.exec(ctx, `INSERT INTO template (key, version, text, author, created_at, active_from) VALUES (?, ?, ?, ?, ?, ?)`,
		string(key), version, text, wire(author), micros(t.domain), micros(from))
	switch {
	case duplicate(err):
		return 0, stale()
	case err != nil:
		return 0, fmt.Errorf("save template %s: %w", key, err)
	}
	return version, nil
}

// nextTemplate is the version that the wording would be, once it has passed its checks.
func (t *tx) nextTemplate(ctx context.Context, key templates.Key, text string) (version int, err error) {
	if err := t.c.get(ctx, &version, `SELECT COALESCE(MAX(version), 1) + 1 FROM template WHERE key = ?`, string(key)); err != nil {
		return 0, fmt.Errorf("save template %s: %w", key, err)
	}
	if err := templates.Check(templates.Template{Key: key, Version: version, Text: text}); err != nil {
		return 0, invalid("text", err.Error())
	}
	return version, nil
}
