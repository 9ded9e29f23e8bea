package escalation

import (
	"errors"
	"fmt"
	"mime"
	"strings"
)

// Bounds of an enclosure. EnclosureMost leaves room below the 10 MB that most mail
// servers take, for what is attached grows by a third on its way.
const (
	EnclosureMost  = 5 << 20 // octets of all parts
	enclosedFiles  = 10
	enclosedName   = 100
	enclosedMedium = 100
)

// Enclosure is what an email carries besides the words of its row. The words come
// first, in the text part and, where there is one, in the HTML part.
type Enclosure struct {
	Text  string // follows the words in the text part, as it stands: lines up to 998 octets are kept whole
	HTML  string // a fragment of trusted HTML that follows them in the HTML part; empty: there is no such part
	Files []EnclosedFile
}

// EnclosedFile is an attachment.
type EnclosedFile struct {
	Name      string // ASCII letters, digits, ".", "-" and "_"; not the first "."
	MediaType string // RFC 2045 §5.1: text/csv; charset=utf-8
	Content   []byte
}

// Empty reports that there is nothing beside the words.
func (e *Enclosure) Empty() bool {
	return e == nil || e.Text == "" && e.HTML == "" && len(e.Files) == 0
}

// Check reports why the enclosure cannot be mailed: it is too large, or a file's
// name or media type could be taken for something else in a header.
func (e *Enclosure) Check() error {
	if e == nil {
		return nil
	}
	size := len(e.Text) + len(e.HTML)
	for _, f := range e.Files {
		if !fileName(f.Name) {
			return fmt.Errorf("enclosure: the name %.20q is not one of a file", f.Name)
		}
		if t, params, err := mime.ParseMediaType(f.MediaType); err != nil || len(f.MediaType) > enclosedMedium || mime.FormatMediaType(t, params) == "" || !strings.Contains(t, "/") {
			return fmt.Errorf("enclosure: %s has no media type", f.Name)
		}
		size += len(f.Content)
	}
	switch {
	case len(e.Files) > enclosedFiles:
		return fmt.Errorf("enclosure: %d files are more than %d", len(e.Files), enclosedFiles)
	case size > EnclosureMost:
		return fmt.Errorf("enclosure: %d octets are more than %d", size, EnclosureMost)
	case strings.Contains(e.Text+e.HTML, "\x00"):
		return errors.New("enclosure: a NUL in the text")
	}
	return nil
}

func fileName(name string) bool {
	return name != "" && len(name) <= enclosedName && name[0] != '.' &&
		strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}
