package templates

import (
	_ "embed"
	"fmt"
	"maps"
	"strings"
	"sync"
)

//go:embed catalogue.txt
var catalogue string

// builtin reads the embedded catalogue once; the Set never changes.
var builtin = sync.OnceValue(func() *Set {
	s, err := read(catalogue)
	if err != nil {
		panic("templates: built-in catalogue: " + err.Error())
	}
	return s
})

// Set is the versions in force, one per key. It never changes and may be used
// by any number of goroutines. The zero Set is empty.
type Set struct {
	texts map[Key]*compiled
	order []Key
}

// Builtin returns the built-in catalogue, all of version 1. It panics when the
// embedded catalogue does not pass its own checks, which its test excludes.
func Builtin() *Set {
	return builtin()
}

// With returns a copy of s in which t is in force for its key. Title, When and
// Audience are taken from the version before where t leaves them empty; the
// audience of a key never changes. Besides what Check refuses, a version that
// is not above the one in force is ErrVersion.
func (s *Set) With(t Template) (*Set, error) {
	before, ok := s.texts[t.Key]
	if !ok {
		return nil, fmt.Errorf("template %.16q: %w", string(t.Key), ErrUnknownKey)
	}
	if t.Version <= before.Version {
		return nil, fmt.Errorf("template %s: version %d after %d: %w", t.Key, t.Version, before.Version, ErrVersion)
	}
	t.Audience = before.Audience
	if t.Title == "" {
		t.Title = before.Title
	}
	if t.When == "" {
		t.When = before.When
	}
	c, err := compile(t, Builtin().texts[t.Key].vars)
	if err != nil {
		return nil, err
	}
	next := &Set{texts: maps.Clone(s.texts), order: s.order}
	next.texts[t.Key] = c
	return next, nil
}

// Lookup returns the version in force for the key.
func (s *Set) Lookup(key Key) (Template, bool) {
	c, ok := s.texts[key]
	if !ok {
		return Template{}, false
	}
	return c.Template, true
}

// All returns the versions in force, in the order of the catalogue.
func (s *Set) All() []Template {
	all := make([]Template, len(s.order))
	for i, key := range s.order {
		all[i] = s.texts[key].Template
	}
	return all
}

// read parses a catalogue; its head comment describes the format.
func read(catalogue string) (*Set, error) {
	s := &Set{texts: map[Key]*compiled{}}
	var block []string
	for line := range strings.Lines(catalogue + "\n\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case line != "":
			block = append(block, line)
		case len(block) > 0:
			if err := s.add(block); err != nil {
				return nil, err
			}
			block = nil
		}
	}
	return s, nil
}

// add parses one block of the catalogue: key and audience, title, when, text.
func (s *Set) add(block []string) error {
	key, audience, _ := strings.Cut(block[0], " ")
	t := Template{Key: Key(key), Version: 1, Audience: Audience(audience)}
	for _, line := range block[1:] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch field {
		case "title":
			t.Title = value
		case "when":
			t.When = value
		case "text":
			t.Text = value
		default:
			return fmt.Errorf("block %s: unknown field %q", key, field)
		}
	}
	if t.Title == "" || t.When == "" || t.Text == "" {
		return fmt.Errorf("block %s: title, when and text are needed", key)
	}
	if _, twice := s.texts[t.Key]; twice {
		return fmt.Errorf("block %s: twice", key)
	}
	_, vars, err := split(t.Text)
	if err != nil {
		return fmt.Errorf("block %s: %w", key, err)
	}
	c, err := compile(t, vars)
	if err != nil {
		return err
	}
	s.texts[t.Key] = c
	s.order = append(s.order, t.Key)
	return nil
}
