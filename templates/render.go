package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"notify1022/smpp/sms"
)

// Options say how a text is rendered. The zero Options is what goes on the air.
type Options struct {
	// Accented keeps the accents: for web and email, or where a contract pays for
	// UCS-2. Values are cut exactly as in the unaccented form, so both say the same;
	// Rendered tells the segments it takes.
	Accented bool

	// MaxSegments is the most segments that the unaccented form may take; 0 is 1.
	// Email takes MailSegments.
	MaxSegments int
}

// MailSegments is room for the longest table beside the longest wording: email
// pays by no segment, but a text is bounded all the same.
const MailSegments = (linesMax+segmentUnits)/partUnits + 1

// Rendered is a text ready to be sent.
type Rendered struct {
	Key      Key
	Version  int
	Text     string
	Coding   sms.Coding
	Units    int // septets or UTF-16 units, by Coding
	Segments int
	Left     int // units that still fit before it takes one segment more
}

// Render fills the version in force for the key with vars. Variables that the
// text does not use are ignored. Values are plain text, never wording. An empty
// value is allowed for the optional ones alone, and takes the punctuation around
// it away.
//
// Errors: ErrUnknownKey, ErrMissingVariable, ErrBadValue, ErrNoRoom, each with
// the key and the variables, never with a value.
func (s *Set) Render(key Key, vars map[string]string, opt Options) (Rendered, error) {
	c, ok := s.texts[key]
	if !ok {
		return Rendered{}, fmt.Errorf("render %.16q: %w", string(key), ErrUnknownKey)
	}
	values, err := c.values(vars)
	if err != nil {
		return Rendered{}, fmt.Errorf("render %s version %d: %w", c.Key, c.Version, err)
	}
	if over := c.fit(values, budget(opt.MaxSegments)); over > 0 {
		return Rendered{}, fmt.Errorf("render %s version %d: %d septets too long: %w", c.Key, c.Version, over, ErrNoRoom)
	}
	text := c.join(values, opt.Accented)
	coding := sms.Detect(text)
	return Rendered{
		Key:      c.Key,
		Version:  c.Version,
		Text:     text,
		Coding:   coding,
		Units:    sms.Units(text, coding),
		Segments: sms.Segments(text, coding),
		Left:     sms.Left(text, coding),
	}, nil
}

// budget returns the septets of a message of so many segments.
func budget(segments int) int {
	if segments <= 1 {
		return segmentUnits
	}
	return segments * partUnits
}

// value is what goes in the place of one variable.
type value struct {
	Variable
	accented string
	plain    string
	units    int // septets of plain
	uses     int // times that the wording has it
}

func (v *value) set(text string) {
	v.accented = text
	v.plain = sms.Unaccent(text)
	v.units = sms.Units(v.plain, sms.GSM7)
}

// values cleans what the text needs of vars, in the order of c.vars.
func (c *compiled) values(vars map[string]string) ([]value, error) {
	values := make([]value, len(c.vars))
	var missing []string
	for i, name := range c.vars {
		v := &values[i]
		v.Variable, _ = variable(name)
		given, ok := vars[name]
		if err := v.fill(given); err != nil {
			return nil, fmt.Errorf("{%s}: %w", name, err)
		}
		if !ok || v.accented == "" && !v.Optional {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("{%s}: %w", strings.Join(missing, "}, {"), ErrMissingVariable)
	}
	for _, p := range c.parts {
		if p.variable >= 0 {
			values[p.variable].uses++
		}
	}
	return values, nil
}

// fill takes a value as its kind allows.
func (v *value) fill(given string) error {
	if v.Kind == Exact {
		if !exact(given) {
			return ErrBadValue
		}
		v.set(given)
		return nil
	}
	text := ""
	switch v.Kind {
	case Lines:
		text = cleanLines(given)
	case Free:
		text = strings.TrimRight(clean(given), " .,;:") // the wording goes on with its own
	default:
		text = clean(given)
	}
	if v.Kind != Fixed {
		text = shorten(text, v.Max, v.Kind)
	}
	v.set(text)
	return nil
}

// exact reports whether a code or link goes on the air as it is.
func exact(given string) bool {
	if len(given) > valueMax {
		return false
	}
	for i := range len(given) {
		if given[i] <= ' ' || given[i] > '~' {
			return false
		}
	}
	return sms.Fits(given)
}

// fit shortens values until the text takes at most limit septets: each down to
// its floor in the order of the table, then the free ones away altogether. It
// returns the septets that are still too many.
func (c *compiled) fit(values []value, limit int) (over int) {
	over = c.fixed - limit
	for i := range values {
		over += values[i].units * values[i].uses
	}
	if over <= 0 {
		return 0
	}
	for _, v := range givingWay(values) {
		over = v.giveWay(over, v.Min)
	}
	for _, v := range givingWay(values) {
		if v.Kind != Name {
			over = v.giveWay(over, 0)
		}
	}
	return over
}

// givingWay returns the values that may be cut, in the order of the table.
func givingWay(values []value) []*value {
	var order []*value
	for i := range values {
		if v := &values[i]; v.Kind >= Name {
			order = append(order, v)
		}
	}
	slices.SortFunc(order, func(a, b *value) int {
		return cmp.Compare(rank(a.Name), rank(b.Name))
	})
	return order
}

// giveWay shortens v so that over septets are saved, never below floor, and
// returns how many are still too many.
func (v *value) giveWay(over, floor int) int {
	if over <= 0 || v.units <= floor {
		return over
	}
	before := v.units
	target := max(floor, v.units-(over+v.uses-1)/v.uses)
	v.set(shorten(v.accented, target, v.Kind))
	return over - (before-v.units)*v.uses
}

// gone stands for an empty value while the punctuation around it is taken away.
// No cleaned value and no wording contains it.
const gone = "\x00"

// join puts the text together.
func (c *compiled) join(values []value, accented bool) string {
	var b strings.Builder
	b.Grow(segmentUnits)
	holes, last := false, ""
	for _, p := range c.parts {
		text := p.plain
		switch {
		case p.variable < 0 && accented:
			text = p.accented
		case p.variable >= 0 && values[p.variable].units == 0:
			text, holes = gone, true
		case p.variable >= 0 && accented:
			text = values[p.variable].accented
		case p.variable >= 0:
			text = values[p.variable].plain
		}
		if strings.HasSuffix(last, ellipsis) && strings.HasPrefix(text, ".") {
			text = text[1:] // the ellipsis ends the sentence
		}
		b.WriteString(text)
		last = text
	}
	if holes {
		return closeHoles(b.String())
	}
	return b.String()
}

// closeHoles removes empty values with the punctuation that led to them: "{ma}
// ({tom_tat}, {dia_ban}) …" is "{ma} …" when both are empty.
func closeHoles(text string) string {
	for _, hole := range []string{", " + gone, gone + ", ", " (" + gone + ")", ": " + gone, " " + gone, gone + " ", gone} {
		text = strings.ReplaceAll(text, hole, "")
	}
	return text
}
