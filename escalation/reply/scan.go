package reply

import (
	"slices"
	"strings"
	"time"
)

const (
	// maxHops bounds the words read on the way to the command.
	maxHops = 14
	// maxGap is how many words may stand between "chua" and the verb it denies.
	maxGap = 3
)

// scan walks to the command of one message and gathers what stands before it.
type scan struct {
	line
	g    *grammar
	now  time.Time
	cal  Calendar
	none Parsed

	codes    []string // codes before the command
	codesEnd int
	negated  bool
	soon     bool
	did      bool // "da" before the verb
	assent   hit  // the first "ok", "vang", "da"
	lead     moment
	led      bool // lead is set: a time stands before the command
	below    bool // the scan is of a clause within a message
	sought   bool // the promised time was found behind other words
}

// read looks for the command from p on.
func (s *scan) read(p int) Parsed {
	gap, polite := 0, -1
	for range maxHops {
		p = s.skip(p)
		if p == len(s.folded) {
			break
		}
		h, ok := s.find(s.g, p)
		switch {
		case ok && (h.manner == weak || h.manner == assent):
			if s.assent.command == "" {
				s.assent = h
			}
			s.did = s.did || h.String() == "da"
			p = h.end
			continue
		case ok && s.holds(h):
			return s.command(h)
		}
		if string(s.folded[p:s.word(p)]) == "han" && s.plain(p+3) {
			return s.ambiguous(p + 3)
		}
		if end := s.pass(p); end > p {
			if s.assent.command != "" && polite < 0 {
				polite = p
			}
			p = end
			continue
		}
		if h, ok := s.correct(s.g, p); ok && s.holds(h) {
			if h.command == Unknown {
				return s.ambiguous(h.end)
			}
			if h.manner != weak && h.manner != assent {
				return s.command(h)
			}
		}
		if !s.negated || gap == maxGap || !letter(s.peek(p)) {
			break
		}
		gap++
		p = s.word(p)
	}
	return s.assented(p, polite)
}

// plain reports whether "han" is used as a command: a code, a time or nothing
// follows.
func (s *scan) plain(p int) bool {
	if !s.ends(p) || s.rest(p) == "" {
		return s.ends(p)
	}
	c, _ := s.line.codes(s.g, p, nil)
	_, timed := s.when(s.g, p)
	return c != nil || timed
}

// pass reads one thing that may stand before a command: a negator, "sap", a
// time, a code, a polite word. It returns p when there is none.
func (s *scan) pass(p int) int {
	if end := s.negator(p); end >= 0 {
		s.negated = true
		return end
	}
	if end := s.says(s.g.soon, p); end >= 0 {
		s.soon = true
		return end
	}
	if !s.led {
		if m, ok := s.when(s.g, p); ok && !m.bad && (m.end > s.says(s.g.polite, p)) {
			s.lead, s.led = m, true
			return m.end
		}
	}
	if end := s.match1(s.g.polite, p); end >= 0 {
		s.did = s.did || s.starts(p, "da") && end == p+2
		return end
	}
	if len(s.codes) == 0 {
		if c, end := s.line.codes(s.g, p, nil); c != nil {
			s.codes, s.codesEnd = c, end
			return end
		}
	}
	return p
}

// negator reads "chua", "khong", "ko", "k"; the verb may be glued to it
// ("chuaxong", "kxong"), which must never pass for a slip of the verb.
func (s *scan) negator(p int) int {
	for _, n := range s.g.negators {
		end := s.match(n, p, func(end int) bool {
			if s.ends(end) {
				return true
			}
			h, ok := s.find(s.g, end)
			return ok && h.end-h.start > 2 && (end-p > 1 || h.end-h.start > 3)
		})
		if end >= 0 {
			return end
		}
	}
	return -1
}

// holds reports whether a closed alias is really meant: a code, an end or a
// word or two follow.
func (s *scan) holds(h hit) bool {
	if h.manner != closed {
		return true
	}
	if s.onlyParticles(s.g, h.end) {
		return true
	}
	switch h.command {
	case Status, Connect:
		c, _ := s.line.codes(s.g, h.end, nil)
		return c != nil
	case Leave:
		return s.absent(s.g, h.end)
	case List:
		return s.onlyWords(h.end, listWords)
	case Help:
		return s.onlyWords(h.end, helpWords)
	}
	return s.onlyWords(h.end, optWords)
}

var (
	listWords = phrases("phiếu, pakn, đang, chờ, chưa, xử lý, của, tôi, em, mình, đơn vị, các, cho, hôm nay, gửi, xin, phản ánh, kiến nghị, tồn, mở, ạ, a, với")
	helpWords = phrases("cú pháp, tôi, em, mình, với, cách, soạn, tin, nhắn, sms, sử dụng, nhận, hẹn, xong, sai, hỏi, đỡ, dùng, cho, xin, lệnh, ạ, a, 1022, hp, về, trả lời, me, please")
	optWords  = phrases("nhận, tin, sms, nhắn, 1022, hp, hết, all, gửi, cho, tôi, em, mình, lại, please, từ, tổng đài, nữa, dịch vụ, tin nhắn, số, này, haiphong")
)

// onlyWords reports whether at most eight of the listed words, codes and
// particles are all that follows p.
func (s *scan) onlyWords(p int, list [][]spelling) bool {
	for range 8 {
		if p = s.skip(p); s.onlyParticles(s.g, p) {
			return true
		}
		end := s.says(list, p)
		if end < 0 {
			c, e := s.line.code(p)
			if c == "" || letter(s.peek(e)) {
				return false
			}
			end = e
		}
		p = end
	}
	return false
}

func (s *scan) ambiguous(p int) Parsed {
	out := s.none
	c, _ := s.line.codes(s.g, p, nil)
	out.Codes, out.Problem = append(s.codes, c...), ProblemAmbiguous
	return out
}

// assented ends a message in which no command was found: an assent alone
// acknowledges.
func (s *scan) assented(stop, polite int) Parsed {
	h := s.assent
	if h.command == "" || s.led && h.manner == assent {
		return s.unknown()
	}
	if h.manner == assent && !(s.skip(stop) == len(s.folded) || polite >= 0 || s.codesEnd > h.end || s.accented(h)) {
		return s.unknown()
	}
	from := max(h.end, s.codesEnd)
	if s.doubted(from) || s.negated && s.deniedBefore(h) {
		return s.denied(s.codes)
	}
	return Parsed{Command: Ack, Codes: s.codes, Text: s.rest(from)}
}

// accented reports whether "dạ" was typed with its own accent.
func (s *scan) accented(h hit) bool {
	return !strings.EqualFold(s.typed(h.start, h.end), h.String())
}

// deniedBefore reports whether a negator stands before the assent.
func (s *scan) deniedBefore(h hit) bool {
	for p := 0; p < h.start; p++ {
		if (p == 0 || !letter(s.peek(p-1))) && s.says(s.g.negators, p) >= 0 {
			return true
		}
	}
	return false
}

// unknown keeps the codes that cannot be mistaken: a petition code or a whole
// reply code in front.
func (s *scan) unknown() Parsed {
	out := s.none
	for _, c := range s.codes {
		if whole(c) {
			out.Codes = append(out.Codes, c)
		}
	}
	return out
}

func (s *scan) denied(codes []string) Parsed {
	out := s.none
	out.Codes, out.Problem = slices.Clone(codes), ProblemNegated
	if out.Codes == nil {
		out.Codes = []string{}
	}
	return out
}

// doubted reports whether what follows an answer takes it back: "chua" or a
// question mark behind it, or "khong" as its last word.
func (s *scan) doubted(p int) bool {
	q := p
	for q < len(s.folded) && !letter(s.folded[q]) && !digit(s.folded[q]) {
		if s.folded[q] == '?' {
			return true
		}
		q++
	}
	end := len(s.folded)
	for end > q && !letter(s.folded[end-1]) && !digit(s.folded[end-1]) {
		end--
		if s.folded[end] == '?' {
			return true
		}
	}
	if e := s.says(notYet, q); e >= 0 {
		return true
	}
	for range 4 {
		if e := s.says(s.g.negators, q); e >= 0 {
			return s.onlyParticles(s.g, e)
		}
		e := s.says(s.g.particles, q)
		if e < 0 {
			break
		}
		q = s.skip(e)
		if s.says(notYet, q) >= 0 {
			return true
		}
	}
	return false
}

var notYet = phrases("chưa")
