package templates

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"notify1022/smpp/sms"
)

// ErrUnregistered is a text that is not the wording registered with the telecom.
var ErrUnregistered = errors.New("not the wording registered with the telecom")

// What a placeholder of a registered wording stands for unless it says otherwise, and
// the most that it may say, in characters.
const (
	placeholderMax  = 160
	placeholderMost = 1000
)

// Registered is a wording as the telecom has it on file for a sender: fixed parts and
// placeholders. "{1}" and "{ma}" stand for up to 160 characters without a line end,
// "{1:40}" for up to 40. It is compared as it goes on the air, unaccented; letter case
// and spaces count, because they count there.
type Registered struct {
	parts []registeredPart
}

// registeredPart is fixed text, or a placeholder for at most most characters.
type registeredPart struct {
	fixed []rune
	hole  bool
	most  int
}

// ParseRegistered reads a registered wording. ErrBraces, ErrTooLong and ErrForbidden say
// what is wrong with it: a line end, nothing, or a letter that cannot be sent.
func ParseRegistered(text string) (Registered, error) {
	text = norm.NFC.String(strings.TrimSpace(text))
	if len(text) > wordingMax {
		return Registered{}, fmt.Errorf("registered wording of %d octets: %w", len(text), ErrTooLong)
	}
	for _, r := range text {
		if !sendable(r) && !unicode.In(r, unicode.M) {
			return Registered{}, fmt.Errorf("registered wording: %q: %w", r, ErrForbidden)
		}
	}
	var parsed Registered
	for text != "" {
		at := strings.IndexAny(text, "{}")
		if at < 0 {
			at = len(text)
		}
		if at > 0 {
			parsed.parts = append(parsed.parts, registeredPart{fixed: []rune(sms.Unaccent(text[:at]))})
		}
		if text = text[at:]; text == "" {
			break
		}
		name, rest, closed := strings.Cut(text[1:], "}")
		most, err := placeholderRoom(name)
		if text[0] == '}' || !closed || err != nil {
			return Registered{}, fmt.Errorf("registered wording: %w", ErrBraces)
		}
		parsed.parts, text = append(parsed.parts, registeredPart{hole: true, most: most}), rest
	}
	if !slices.ContainsFunc(parsed.parts, func(p registeredPart) bool { return !p.hole }) {
		return Registered{}, fmt.Errorf("registered wording without words: %w", ErrForbidden)
	}
	return parsed, nil
}

// placeholderRoom reads "name" or "name:N".
func placeholderRoom(name string) (int, error) {
	name, bound, bounded := strings.Cut(name, ":")
	if strings.TrimSpace(name) == "" || strings.Contains(name, "{") {
		return 0, ErrBraces
	}
	if !bounded {
		return placeholderMax, nil
	}
	most, err := strconv.Atoi(bound)
	if err != nil || most < 1 || most > placeholderMost {
		return 0, ErrBraces
	}
	return most, nil
}

// Gap is where a text leaves a registered wording.
type Gap struct {
	// Want is the fixed part that did not come; empty: the text goes on behind the end.
	Want string
	// Rest is what the text has there instead. It may hold values: not for logs.
	Rest string
}

// Fits reports whether a text, as it is sent, is one that the registered wording stands
// for, and else where it leaves it.
func (r Registered) Fits(text string) (Gap, bool) {
	return r.match([]rune(sms.Unaccent(text)))
}

// match walks the parts with the set of places of the text that may be reached. That
// is exact whatever the placeholders swallow, and costs parts × characters at most.
func (r Registered) match(text []rune) (Gap, bool) {
	reached := make([]bool, len(text)+1)
	reached[0] = true
	for _, p := range r.parts {
		next := p.step(text, reached)
		if !slices.Contains(next, true) {
			return Gap{Want: string(p.fixed), Rest: string(text[slices.Index(reached, true):])}, false
		}
		reached = next
	}
	if reached[len(text)] {
		return Gap{}, true
	}
	last := len(text)
	for !reached[last] {
		last--
	}
	return Gap{Rest: string(text[last:])}, false
}

// step is where the text may be behind the part.
func (p registeredPart) step(text []rune, reached []bool) []bool {
	next := make([]bool, len(reached))
	if p.hole {
		from := -1 // the nearest place before that the placeholder may begin at
		for i := range next {
			if i > 0 && (text[i-1] == '\n' || text[i-1] == '\r') {
				from = -1
			}
			if reached[i] {
				from = i
			}
			next[i] = from >= 0 && i-from <= p.most
		}
		return next
	}
	for i, ok := range reached {
		if ok && i+len(p.fixed) <= len(text) && slices.Equal(text[i:i+len(p.fixed)], p.fixed) {
			next[i+len(p.fixed)] = true
		}
	}
	return next
}

// formMax bounds a wording with the longest values, in octets: three times a mail's table.
const formMax = 3 * 3 * linesMax

// filling stands for a character of a value: no fixed part has it, so that only a
// placeholder can take it.
const filling = '\ue000'

// Covers reports whether every text that the wording can become fits one of the
// registered ones, with each value as long as the table of variables allows, and with
// the optional ones left out; and else where it leaves the nearest one, the values shown
// as "…". The error is that of a wording that cannot be read, or is beyond all bounds.
func Covers(registered []Registered, wording string) (Gap, bool, error) {
	forms, err := formsOf(wording, func(v Variable, _ int) string { return strings.Repeat(string(filling), v.Max) })
	if err != nil {
		return Gap{}, false, err
	}
	for _, form := range forms {
		if gap, ok := nearest(registered, []rune(form)); !ok {
			gap.Rest = showFilling(gap.Rest)
			return gap, false, nil
		}
	}
	return Gap{}, true, nil
}

// FitsOne reports whether a text, as it is sent, fits one of the registered wordings,
// and else where it leaves the nearest one.
func FitsOne(registered []Registered, text string) (Gap, bool) {
	return nearest(registered, []rune(sms.Unaccent(text)))
}

// nearest is the gap of the wording that goes furthest.
func nearest(registered []Registered, text []rune) (gap Gap, ok bool) {
	gap.Rest = string(text)
	for i, r := range registered {
		found, fits := r.match(text)
		if fits {
			return Gap{}, true
		}
		if i == 0 || len(found.Rest) < len(gap.Rest) {
			gap = found
		}
	}
	return gap, false
}

// Forms is a wording as the telecom takes it for registration: its variables in the
// order of their first use as {1}, {2} …. A wording with variables that may be left out
// takes the words around them away, and so has further forms, to be filed too.
func Forms(wording string) ([]string, error) {
	return formsOf(wording, func(_ Variable, n int) string { return fmt.Sprintf("{%d}", n) })
}

// formsOf is the wording with each variable written by fill, which is given its number
// from 1, and again without each choice of the optional ones. The first form has all.
func formsOf(wording string, fill func(v Variable, n int) string) ([]string, error) {
	parts, vars, err := split(norm.NFC.String(wording))
	if err != nil {
		return nil, err
	}
	optional := optionals(vars)
	var forms []string
	for left := range 1 << len(optional) {
		var b strings.Builder
		for _, p := range parts {
			if p.variable < 0 {
				b.WriteString(p.plain)
				continue
			}
			v, _ := variable(vars[p.variable])
			if i := slices.Index(optional, v.Name); i >= 0 && left&(1<<i) != 0 {
				b.WriteString(gone)
			} else {
				b.WriteString(fill(v, p.variable+1))
			}
			if b.Len() > formMax {
				return nil, fmt.Errorf("wording with its values: %w", ErrTooLong)
			}
		}
		if form := closeHoles(b.String()); !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms, nil
}

// optionals are the variables that may be given empty.
func optionals(vars []string) []string {
	var list []string
	for _, name := range vars {
		if v, _ := variable(name); v.Optional {
			list = append(list, name)
		}
	}
	return list
}

// showFilling writes each value as one ellipsis.
func showFilling(text string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range text {
		if r != filling {
			b.WriteRune(r)
		} else if last != filling {
			b.WriteRune('…')
		}
		last = r
	}
	return b.String()
}
