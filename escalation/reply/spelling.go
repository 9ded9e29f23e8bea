package reply

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// spelling is one Vietnamese syllable and every way it reaches us in ASCII:
// without accents, or with the keystrokes of a Telex or VNI keyboard that was
// switched off ("nhaanj", "nha65n" for "nhận").
type spelling struct {
	plain string
	// typed holds plain and the keystroke forms, longest first.
	typed []string
	// tail holds the VNI forms whose digits all stand at the end ("hen5"); they
	// look like a command with a code and count only where a code follows.
	tail []string
}

// keys are the keystrokes of one input method.
type keys struct {
	tone              map[rune]string
	circumflex, breve string // "" means the vowel itself is doubled
	horn, stroke      string
}

func telex() keys {
	return keys{tone: map[rune]string{0x301: "s", 0x300: "f", 0x309: "r", 0x303: "x", 0x323: "j"},
		breve: "w", horn: "w", stroke: "d"}
}

func vni() keys {
	return keys{tone: map[rune]string{0x301: "1", 0x300: "2", 0x309: "3", 0x303: "4", 0x323: "5"},
		circumflex: "6", horn: "7", breve: "8", stroke: "9"}
}

// glyph is one letter of a syllable with the key that marks it ("" for none).
type glyph struct {
	base string
	mark string
}

// spell lists the forms of one syllable written with its accents.
func spell(syllable string) spelling {
	s := spelling{plain: string(fold(syllable).folded)}
	seen := map[string]bool{s.plain: true}
	s.typed = append(s.typed, s.plain)
	for _, k := range []keys{telex(), vni()} {
		glyphs, tone := analyse(syllable, k)
		for _, form := range keystrokes(glyphs, tone) {
			if seen[form] {
				continue
			}
			seen[form] = true
			if strings.TrimRight(form, "0123456789") == s.plain {
				s.tail = append(s.tail, form)
			} else {
				s.typed = append(s.typed, form)
			}
		}
	}
	longest := func(a, b string) int { return len(b) - len(a) }
	slices.SortStableFunc(s.typed, longest)
	slices.SortStableFunc(s.tail, longest)
	return s
}

func spellAll(phrase string) []spelling {
	var out []spelling
	for syllable := range strings.FieldsSeq(phrase) {
		out = append(out, spell(syllable))
	}
	return out
}

// analyse takes a syllable apart into letters and its tone key.
func analyse(syllable string, k keys) (glyphs []glyph, tone string) {
	for _, r := range norm.NFD.String(strings.ToLower(syllable)) {
		last := len(glyphs) - 1
		switch {
		case r == 'đ':
			glyphs = append(glyphs, glyph{"d", k.stroke})
		case r == 0x302:
			glyphs[last].mark = k.circumflex
			if k.circumflex == "" {
				glyphs[last].mark = glyphs[last].base
			}
		case r == 0x306:
			glyphs[last].mark = k.breve
		case r == 0x31b:
			glyphs[last].mark = k.horn
		case k.tone[r] != "":
			tone = k.tone[r]
		default:
			glyphs = append(glyphs, glyph{base: string(r)})
		}
	}
	return glyphs, tone
}

// keystrokes combines three habits of marking (at the letter, at the end of the
// syllable, not at all; ươ with one key) with the tone key at any place after
// the first vowel, or left out.
func keystrokes(glyphs []glyph, tone string) []string {
	var out []string
	for _, body := range bodies(glyphs) {
		out = append(out, body)
		if tone == "" {
			continue
		}
		for i := strings.IndexAny(body, "aeiouyw") + 1; 0 < i && i <= len(body); i++ {
			out = append(out, body[:i]+tone+body[i:])
		}
	}
	return out
}

func bodies(glyphs []glyph) []string {
	var bare, inline, end, marks, single string
	for i, g := range glyphs {
		bare += g.base
		inline += g.base + g.mark
		single += g.base
		if i+1 == len(glyphs) || glyphs[i+1].mark != g.mark {
			single += g.mark
		}
		if g.mark != "" && g.base == "d" {
			end += g.base + g.mark
			continue
		}
		end += g.base
		if !strings.HasSuffix(marks, g.mark) {
			marks += g.mark
		}
	}
	return []string{bare, inline, single, end + marks, bareStroke(glyphs)}
}

// bareStroke keeps đ and drops the marks of the vowels ("ddang").
func bareStroke(glyphs []glyph) string {
	var out string
	for _, g := range glyphs {
		out += g.base
		if g.base == "d" {
			out += g.mark
		}
	}
	return out
}

// match reads the syllables of a phrase at p, with or without blanks between
// them, and returns the end of the longest form that ok accepts, or -1.
func (l line) match(phrase []spelling, p int, ok func(end int) bool) int {
	first, more := phrase[0], phrase[1:]
	for _, form := range first.tail {
		if end := p + len(form); l.starts(p, form) && l.blanks(end) > end {
			if len(more) > 0 {
				if end = l.match(more, l.join(end), ok); end >= 0 {
					return end
				}
			} else if l.numbered(l.blanks(end)) {
				return end
			}
		}
	}
	for _, form := range first.typed {
		if !l.starts(p, form) {
			continue
		}
		end := p + len(form)
		if len(more) > 0 {
			end = l.match(more, l.join(end), ok)
		}
		if end >= 0 && (len(more) > 0 || ok(end)) {
			return end
		}
	}
	return -1
}

// numbered reports whether a code or a date stands at p.
func (l line) numbered(p int) bool {
	c, end := l.code(p)
	return len(c) >= longCode || c != "" && (l.peek(end) == '/' || l.peek(end) == '-') && digit(l.peek(end+1))
}

func (l line) starts(p int, form string) bool {
	return p+len(form) <= len(l.folded) && string(l.folded[p:p+len(form)]) == form
}

// join passes what may stand between the syllables of one phrase.
func (l line) join(p int) int {
	for q := p; q < p+3; q++ {
		if b := l.peek(q); b == 0 || !strings.ContainsRune(" \t\r\n.-_", rune(b)) {
			return q
		}
	}
	return p + 3
}

// ends reports whether no letter follows at end.
func (l line) ends(end int) bool { return !letter(l.peek(end)) }

// says returns the end of one of the phrases at p (no letter follows), or -1.
func (l line) says(phrases [][]spelling, p int) int {
	best := -1
	for _, phrase := range phrases {
		best = max(best, l.match(phrase, p, l.ends))
	}
	return best
}
