package reply

import (
	"slices"
	"strings"
)

// fuzzyLetters is the least length of a word, typed or meant, that is corrected.
const fuzzyLetters = 4

// correct returns the command whose word at p was typed with one slip (one
// letter wrong, missing, doubled, or two swapped). Two commands equally near
// make it ambiguous: command Unknown.
func (l line) correct(g *grammar, p int) (hit, bool) {
	best := hit{end: -1}
	for _, a := range g.aliases {
		end := l.nearly(a.words, p)
		switch {
		case end < 0 || end < best.end || l.ordinary(g, a, p, end) || a.String() == "vang":
		case end == best.end && a.command != best.command:
			best.command = Unknown
		default:
			best = hit{alias: a, start: p, end: end}
		}
	}
	return best, best.end >= 0
}

// nearNegator reports whether w may be a mistyped "chua" or "khong".
func nearNegator(w string) bool {
	return oneSlip(w, "chua") || oneSlip(w, "khong") || oneSlip(w, "chang")
}

// nearly matches a phrase of which exactly one word is mistyped; it returns
// the end, or -1.
func (l line) nearly(words []spelling, p int) int {
	slips := 0
	for i, w := range words {
		if i > 0 {
			p = l.join(p)
		}
		end := l.word(p)
		typed := string(l.folded[p:end])
		switch {
		case slices.Contains(w.typed, typed):
		case len(typed) >= fuzzyLetters && len(w.plain) >= fuzzyLetters && !ordinaryWord(typed) && !nearNegator(typed) && oneSlip(typed, w.plain):
			slips++
		default:
			return -1
		}
		p = end
	}
	if slips != 1 {
		return -1
	}
	return p
}

// oneSlip reports whether the Damerau-Levenshtein distance of a and b is 1.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(b)-len(a) > 1 || a == b:
		return false
	case len(b) > len(a):
		return a[i:] == b[i+1:]
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// ordinaryWord reports whether a typed word is a word of its own and so never
// a slip of the thumb: every possible Vietnamese syllable (phan, khan, nham,
// nhac, nhat, nhanh, than, hong, dong, cong, tong, huyen, nghe …), written as
// onset and rime instead of some two thousand words, and the foreign words
// kept below.
func ordinaryWord(w string) bool {
	if slices.Contains(foreign, w) {
		return true
	}
	for i := range min(len(w), 4) {
		onset, rime := w[:i], w[i:]
		switch {
		case slices.Contains(plainRimes, rime) && slices.Contains(onsets, onset) && fits(onset, rime),
			slices.Contains(glideRimes, rime) && slices.Contains(glideOnsets, onset):
			return true
		}
	}
	return false
}

// fits applies the spelling rule of ngh, gh, k (before e, i, y), ng, g, c
// (before the rest), q (before u) and p (ph, but for loan words).
func fits(onset, rime string) bool {
	front := strings.ContainsAny(rime[:1], "eiy")
	switch onset {
	case "ngh", "gh", "k":
		return front
	case "ng", "c":
		return !front
	case "g":
		return !front || rime[0] == 'i'
	}
	return rime[0] != 'y' || rime == "y" || onset == "" || onset == "qu"
}

var (
	onsets      = strings.Fields("b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
	glideOnsets = append(strings.Fields("ch d h kh l n ng nh s t th tr x r k b v"), "")
	plainRimes  = strings.Fields(`a ac ach ai am an ang anh ao ap at au ay
		e ec em en eng enh ech eo ep et eu i ia ich iem ien iep iet ieu ieng iec im in inh ip it iu
		o oc oi om on ong op ot u ua uc ui um un ung uoc uoi uom uon uong uop uot uou up ut uu
		y yem yen yet yeu`)
	glideRimes = strings.Fields("oa oac oach oai oan oang oanh oat oay oe oen oet oeo uan uang uat uay ue uech uenh uy uya uyen uyet uynh uyt uych")
	foreign    = strings.Fields("hello helo step stoop stock shop stomp smart stars state star starts okie okey held helm heap hemp heal hell")
)
