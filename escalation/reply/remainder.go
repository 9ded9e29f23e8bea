package reply

import (
	"slices"
	"strings"
	"time"
)

// maxClauses bounds the clauses read behind an acknowledgement.
const maxClauses = 12

// promiseBehind reads a promised time behind an acknowledgement: "nhan 45705,
// hen 15h mai". Who promises has the slip, so the promise is the command and the
// other words are its reason. A promise for another petition, or one whose time is
// far from its word ("hen dan xuong kiem tra, 15h"), stays in the text.
func (s *scan) promiseBehind(h hit, p int, ack Parsed) (Parsed, bool) {
	if h.command != Ack || ack.Command != Ack || s.below {
		return Parsed{}, false
	}
	for _, q := range s.clauses(p) {
		below := scan{line: s.line, g: s.g, now: s.now, cal: s.cal, none: s.none, codes: []string{}, lead: moment{weeks: -1}, below: true}
		out := below.read(q)
		foreign := len(ack.Codes) > 0 && slices.ContainsFunc(out.Codes, func(c string) bool { return !slices.Contains(ack.Codes, c) })
		if out.Command != ETA || out.Problem != "" || below.sought || foreign {
			continue
		}
		if len(ack.Codes) > 0 {
			out.Codes = ack.Codes
		}
		out.Text = joined(s.text(h, p, q), out.Text)
		return out, true
	}
	return Parsed{}, false
}

// clauses lists where a new thought may begin from p on: at p, behind a comma, a
// colon, the end of a sentence or line. What is quoted below is not the sender's.
func (l line) clauses(p int) []int {
	var starts []int
	begins := true
	for q := p; q < len(l.folded) && len(starts) < maxClauses; q++ {
		b, next := l.folded[q], l.blanks(q+1)
		switch {
		case b == '\n' && l.peek(next) == '>':
			return starts
		case strings.IndexByte(",;:!?\n", b) >= 0, (b == '.' || b == '-') && next > q+1:
			begins = true
		case begins && (letter(b) || digit(b)):
			starts, begins = append(starts, q), false
		}
	}
	return starts
}

// joined puts the words before and behind a promise together again.
func joined(before, behind string) string {
	before = strings.TrimRight(before, " \t\r\n,;:.-")
	if before == "" || behind == "" {
		return before + behind
	}
	return before + ", " + behind
}

// Besides returns the command that an acknowledgement holds besides in its words,
// Unknown when there is none: a result in "nhan 45705, da sua xong den", a promise
// without a clear time in "nhan 45705, hen som". [Parse] takes none of them for a
// command; that a person must look is what the desk learns here.
func Besides(message string, now time.Time, cal Calendar) Command {
	ack := Parse(ownWords(message), now, cal)
	if ack.Command != Ack {
		return Unknown
	}
	l, g := fold(ack.Text), lexicon()
	for _, q := range l.clauses(0) {
		s := scan{line: l, g: g, now: now, cal: cal, codes: []string{}, lead: moment{weeks: -1}, below: true}
		switch command := s.read(q).Command; command {
		case ETA, Done, Return, Ask, Connect:
			return command
		}
	}
	for q, hops := l.skip(0), 0; q < len(l.folded) && hops < maxWords; hops++ {
		if h, ok := l.find(g, q); ok && h.command == ETA && h.String() != "h" {
			return ETA
		}
		q = l.nextWord(q)
	}
	return Unknown
}

// ownWords leaves the quoted lines out.
func ownWords(message string) string {
	var own strings.Builder
	for row := range strings.SplitAfterSeq(message, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(row), ">") {
			own.WriteString(row)
		}
	}
	return own.String()
}

// Mentioned lists the codes that a text names anywhere, at most eight: petition
// codes and reply codes with their check digit. Of a text that is no command they
// tell which petition it is about.
func Mentioned(text string) []string {
	const most = 8
	l, g := fold(text), lexicon()
	var codes []string
	for q := l.skip(0); q < len(l.folded) && len(codes) < most; {
		found, end := l.wholeCodes(g, q)
		for _, c := range found {
			if !slices.Contains(codes, c) && len(codes) < most {
				codes = append(codes, c)
			}
		}
		if end > q {
			q = l.skip(end)
			continue
		}
		q = l.nextWord(q)
	}
	return codes
}
