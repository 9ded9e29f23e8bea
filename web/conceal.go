package web

import (
	"strings"
	"unicode"

	"notify1022/escalation"
)

// hidden stands where a personal string was.
const hidden = "[…]"

// conceal takes the citizen's name and email, and every run of 9 to 12 digits
// that may be a phone, out of a text. The rest stays word for word: a unit needs
// the house number to find the lamp.
func conceal(text string, c escalation.Citizen) string {
	for _, own := range []string{c.Name, c.Email} {
		text = without(text, own)
	}
	return withoutPhones(text)
}

// concealFor is conceal for a petition's readers: of a confidential one the citizen's
// address goes too.
func concealFor(p escalation.Petition, text string) string {
	if p.Confidential {
		text = without(text, p.Citizen.Address)
	}
	return conceal(text, p.Citizen)
}

// without replaces each occurrence of a string, in any case, with or without
// accents, composed or not, however its words are spaced.
func without(text, own string) string {
	needle, _ := folded(own)
	if len(needle) < 2 {
		return text
	}
	plain, place := folded(text)
	runes := []rune(text)
	var out strings.Builder
	from := 0
	for i := 0; i+len(needle) <= len(plain); {
		if !matches(plain[i:], needle) || !edge(plain, i-1) || !edge(plain, i+len(needle)) {
			i++
			continue
		}
		out.WriteString(string(runes[from:place[i]]) + hidden)
		i += len(needle)
		from = place[i]
	}
	return out.String() + string(runes[from:])
}

func matches(plain, needle []rune) bool {
	for i, c := range needle {
		if plain[i] != c {
			return false
		}
	}
	return true
}

// edge reports that no letter or digit stands at i.
func edge(plain []rune, i int) bool {
	return i < 0 || i >= len(plain) || !unicode.IsLetter(plain[i]) && !unicode.IsDigit(plain[i])
}

// folded is a text in lower case without marks, runs of spaces as one, and for
// each rune of it the place in the original; one more place marks the end.
func folded(text string) (plain []rune, place []int) {
	runes := []rune(text)
	for i, c := range runes {
		c = base(unicode.ToLower(c))
		switch {
		case unicode.Is(unicode.Mn, c):
			continue
		case unicode.IsSpace(c):
			if n := len(plain); n > 0 && plain[n-1] == ' ' {
				continue
			}
			c = ' '
		}
		plain, place = append(plain, c), append(place, i)
	}
	return plain, append(place, len(runes))
}

// vowels lists the accented letters of Vietnamese behind their base letter.
var vowels = []string{
	"aàáảãạăằắẳẵặâầấẩẫậ", "eèéẻẽẹêềếểễệ", "iìíỉĩị", "oòóỏõọôồốổỗộơờớởỡợ", "uùúủũụưừứửữự", "yỳýỷỹỵ", "dđ",
}

func base(c rune) rune {
	if c < 0x80 {
		return c
	}
	for _, family := range vowels {
		if strings.ContainsRune(family, c) {
			return rune(family[0])
		}
	}
	return c
}

// withoutPhones replaces runs of 9 to 12 digits, also with dots, dashes, spaces
// and parentheses between them.
func withoutPhones(text string) string {
	var out strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); {
		end, digits := digitRun(runes, i)
		switch {
		case digits == 0:
			out.WriteRune(runes[i])
			i++
		case digits >= 9 && digits <= 12:
			out.WriteString(hidden)
			i = end
		default:
			out.WriteString(string(runes[i:end]))
			i = end
		}
	}
	return out.String()
}

// digitRun finds the end of the run of digits that starts at i, 0 digits when
// none does. Two separators in a row end it.
func digitRun(runes []rune, i int) (end, digits int) {
	gap := 0
	end = i
	for ; i < len(runes) && gap < 3; i++ {
		switch c := runes[i]; {
		case c >= '0' && c <= '9', c >= '０' && c <= '９':
			digits, gap, end = digits+1, 0, i+1
		case digits > 0 && strings.ContainsRune(" .-()\u00a0", c):
			gap++
		default:
			return end, digits
		}
	}
	return end, digits
}
