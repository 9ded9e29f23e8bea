package templates

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"notify1022/smpp/sms"
)

// Template is one version of one text.
type Template struct {
	Key      Key
	Version  int // 1 is the built-in wording; rises by each saved change
	Audience Audience
	Title    string // what the console calls it
	When     string // what makes the service send it
	Text     string // accented wording with {variables}
}

// What Check, Set and Render refuse.
var (
	ErrUnknownKey      = errors.New("unknown template key")
	ErrVersion         = errors.New("version does not rise")
	ErrBraces          = errors.New("unbalanced braces")
	ErrUnknownVariable = errors.New("unknown variable")
	ErrMissingVariable = errors.New("missing variable")
	ErrForbidden       = errors.New("forbidden character")
	ErrTooLong         = errors.New("longer than one segment")
	ErrBadValue        = errors.New("value cannot be sent as it is")
	ErrNoRoom          = errors.New("no room")
)

const (
	segmentUnits = 160  // septets of a message that is one segment (GSM 03.38)
	partUnits    = 153  // septets of one part of a longer one, behind an 8-bit UDH
	wordingMax   = 2048 // octets of a wording; ten times what can fit
)

// Forbidden in a wording: what costs two septets or is not in GSM 03.38, and
// what gateways here refuse in registered templates.
const forbidden = "[]|^~\\€#&%<@"

// Check reports why t may not be saved: an unknown key, broken braces, a
// variable that this text's sender does not supply, a required variable left
// out, a forbidden character, more than one segment with the longest values. It
// reports all it finds, each wrapped around one of the errors above.
func Check(t Template) error {
	builtin, ok := Builtin().texts[t.Key]
	if !ok {
		return fmt.Errorf("template %.16q: %w", string(t.Key), ErrUnknownKey)
	}
	_, err := compile(t, builtin.vars)
	return err
}

// compiled is a template that passed its checks, cut into parts.
type compiled struct {
	Template
	parts []part
	vars  []string // distinct, in order of first use
	fixed int      // septets of the wording without its variables
}

// part is fixed wording, or the place of a variable.
type part struct {
	accented string
	plain    string // the unaccented form
	variable int    // index into vars, -1 for wording
}

// compile checks t against the variables that its sender supplies.
// A wording typed in decomposed letters is kept in composed ones.
func compile(t Template, allowed []string) (*compiled, error) {
	t.Text = norm.NFC.String(t.Text)
	parts, vars, err := split(t.Text)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.Key, err)
	}
	c := &compiled{Template: t, parts: parts, vars: vars}
	for _, p := range parts {
		c.fixed += sms.Units(p.plain, sms.GSM7)
	}
	err = errors.Join(checkVersion(t.Version), checkWording(parts), checkVariables(vars, allowed), c.checkRoom())
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.Key, err)
	}
	return c, nil
}

// split cuts a wording at its variables.
func split(text string) (parts []part, vars []string, err error) {
	if len(text) > wordingMax {
		return nil, nil, fmt.Errorf("wording of %d octets: %w", len(text), ErrTooLong)
	}
	for text != "" {
		at := strings.IndexAny(text, "{}")
		if at < 0 {
			at = len(text)
		}
		if at > 0 {
			parts = append(parts, part{accented: text[:at], plain: sms.Unaccent(text[:at]), variable: -1})
		}
		if text = text[at:]; text == "" {
			break
		}
		name, rest, closed := strings.Cut(text[1:], "}")
		if text[0] == '}' || !closed || strings.Contains(name, "{") {
			return nil, nil, ErrBraces
		}
		i := slices.Index(vars, name)
		if i < 0 {
			i = len(vars)
			vars = append(vars, name)
		}
		parts = append(parts, part{variable: i})
		text = rest
	}
	return parts, vars, nil
}

func checkVersion(version int) error {
	if version < 1 {
		return fmt.Errorf("version %d: %w", version, ErrVersion)
	}
	return nil
}

// checkWording refuses characters that a wording must not have. Line ends and
// odd spaces are among them: a text is one line.
func checkWording(parts []part) error {
	empty := true
	for _, p := range parts {
		for _, r := range p.accented {
			if strings.ContainsRune(forbidden, r) || !sendable(r) {
				return fmt.Errorf("%q: %w", r, ErrForbidden)
			}
			empty = empty && r == ' '
		}
	}
	if empty {
		return fmt.Errorf("wording is empty: %w", ErrForbidden)
	}
	return nil
}

// sendable reports whether r is printable and has an unaccented form of its own.
func sendable(r rune) bool {
	if !unicode.IsPrint(r) {
		return false
	}
	plain := sms.Unaccent(string(r))
	return plain != "" && (plain != "?" || r == '?')
}

// checkVariables refuses variables that are not allowed, and a wording that
// lacks a required one.
func checkVariables(vars, allowed []string) error {
	var errs []error
	for _, name := range vars {
		if _, ok := variable(name); !ok || !slices.Contains(allowed, name) {
			errs = append(errs, fmt.Errorf("{%.32s}: %w; this text may use {%s}", name, ErrUnknownVariable, strings.Join(allowed, "}, {")))
		}
	}
	for _, name := range allowed {
		if v, _ := variable(name); v.Required && !slices.Contains(vars, name) {
			errs = append(errs, fmt.Errorf("{%s}: %w", name, ErrMissingVariable))
		}
	}
	return errors.Join(errs...)
}

// checkRoom refuses a wording that would not fit one segment with names, codes,
// links and times at their longest and free texts cut to their floor.
func (c *compiled) checkRoom() error {
	if units := c.worst(); units > segmentUnits {
		return fmt.Errorf("%d septets of %d at worst: %w", units, segmentUnits, ErrTooLong)
	}
	return nil
}

// worst returns the septets of the text at its longest that cannot be helped.
func (c *compiled) worst() int {
	units := c.fixed
	for _, p := range c.parts {
		if p.variable < 0 {
			continue
		}
		v, _ := variable(c.vars[p.variable])
		if v.Kind >= Free {
			units += v.Min
		} else {
			units += v.Max
		}
	}
	return units
}
