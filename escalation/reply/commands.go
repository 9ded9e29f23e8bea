package reply

// command finishes a message whose command was found.
func (s *scan) command(h hit) Parsed {
	out := Parsed{Command: h.command, Codes: s.codes}
	if h.command == Return && s.passedOn(h) {
		out.Command, h.manner = Note, phrase
	}
	if s.negated {
		return s.denied(s.after(h.end, nil))
	}
	switch out.Command {
	case ETA:
		return s.eta(h.end, out)
	case Done:
		return s.done(h, out)
	case Leave:
		return s.leave(h.end, out)
	case Rate:
		return s.rate(s.g, h.end, out)
	case List, Help, Stop, Start:
		out.Codes, out.Text = []string{}, s.rest(h.end)
		return out
	}
	codes, end := s.afterAt(h.end, nil)
	out.Codes = codes
	if (h.command == Ack || h.command == Note) && s.doubted(end) {
		return s.denied(codes)
	}
	if promise, ok := s.promiseBehind(h, end, out); ok {
		return promise
	}
	stop := len(s.folded)
	if len(codes) == 0 {
		out.Codes, stop = s.lastCodes(s.g, end)
	}
	out.Text = s.text(h, end, stop)
	switch {
	case s.soon && out.Command != Connect && out.Command != Status, out.Command == Ack && s.ahead():
		out.Command, out.Text = Note, s.none.Text
	case out.Text == "" && out.Command == Return:
		out.Problem = ProblemMissingReason
	case out.Text == "" && (out.Command == Ask || out.Command == Note):
		out.Problem = ProblemMissingText
	}
	return out
}

// ahead reports whether the message is about a time to come ("mai nhan").
func (s *scan) ahead() bool {
	if !s.led || s.did || s.lead.kind != offset || s.lead.days < 1 {
		return false
	}
	_, problem := s.lead.at(s.now, s.cal)
	return problem == ""
}

// after returns the codes before the command, or else those behind it at p.
func (s *scan) after(p int, free func(int) bool) []string {
	codes, _ := s.afterAt(p, free)
	return codes
}

func (s *scan) afterAt(p int, free func(int) bool) ([]string, int) {
	if len(s.codes) > 0 {
		return s.codes, p
	}
	codes, end := s.line.codes(s.g, p, free)
	if codes == nil {
		return s.codes, p
	}
	return codes, end
}

// text returns the remainder from end to stop; words that are themselves the
// message ("dang kiem tra", "khong thuoc tham quyen") are put in front.
func (s *scan) text(h hit, end, stop int) string {
	rest := s.slice(end, stop)
	if h.manner != phrase && (h.manner != reason || rest != "") {
		return rest
	}
	own := s.slice(h.start, h.end)
	if rest == "" {
		return own
	}
	return own + " " + rest
}

// passedOn reports whether "chuyen" hands the work to a colleague ("chuyen
// phong ky thuat"): work goes on, nothing is returned.
func (s *scan) passedOn(h hit) bool {
	if name := h.String(); name != "chuyen" && name != "chuyen tiep" && name != "ch" {
		return false
	}
	_, end := s.afterAt(h.end, nil)
	return s.did || s.says(s.g.inner, s.skip(h.end)) >= 0 || s.says(s.g.inner, s.skip(end)) >= 0
}

// done finishes XONG. What is only nearly or partly done is a note, what will
// be done at a time is a promise.
func (s *scan) done(h hit, out Parsed) Parsed {
	s.did = s.did || h.words[0].plain == "da"
	partly, p := s.partly(h.end)
	codes, end := s.afterAt(p, s.untimed)
	out.Codes = codes
	more, all := s.partly(end)
	last, stop := codes, len(s.folded)
	if len(codes) == 0 {
		last, stop = s.lastCodes(s.g, end)
	}
	switch {
	case s.doubted(end):
		return s.denied(codes)
	case partly || more:
		out.Command, out.Codes, out.Text = Note, last, s.none.Text
		return out
	}
	if promise, ok := s.promised(end, out); ok {
		return promise
	}
	out.Codes = last
	if s.soon {
		out.Command, out.Text = Note, s.none.Text
		return out
	}
	if !s.onlyParticles(s.g, max(end, all)) {
		out.Text = s.slice(end, stop)
	}
	if out.Text == "" {
		out.Problem = ProblemMissingText
	}
	return out
}

// untimed reports whether a number at p begins no time, so that it may be a code.
func (s *scan) untimed(p int) bool {
	_, ok := s.when(s.g, p)
	return !ok
}

// partly reads "1 phan", "80%", "1/2" behind XONG.
func (s *scan) partly(p int) (bool, int) {
	q := s.skip(p)
	if end := s.firstOf(q, "duoc"); end > 0 {
		q = s.blanks(end)
	}
	if end := s.says(s.g.partial, q); end >= 0 {
		return true, end
	}
	n, end := s.number(q, 3)
	if end == q {
		return false, p
	}
	b := s.blanks(end)
	if s.peek(b) == '%' {
		return n < 100, b + 1
	}
	if s.peek(end) == '/' && n == 1 && digit(s.peek(end+1)) && !digit(s.peek(end+2)) && s.peek(end+2) != '/' {
		return true, end + 2
	}
	return false, p
}

// promised reads "mai xong", "xong truoc 15h": a future time before the word,
// or as all that follows it, or behind "se".
func (s *scan) promised(end int, out Parsed) (Parsed, bool) {
	out.Command = ETA
	if s.led && !s.did {
		if t, problem := s.lead.at(s.now, s.cal); problem == "" {
			out.At, out.Text = stamp(t), s.rest(end)
			return out, true
		}
		return out, false
	}
	m, ok := s.when(s.g, end)
	if !ok || s.did {
		return out, false
	}
	t, problem := m.at(s.now, s.cal)
	last := m.end
	if len(out.Codes) == 0 {
		out.Codes, last = s.lateCode(last)
	}
	if problem != "" || !s.soon && !s.onlyParticles(s.g, last) {
		return out, false
	}
	out.At, out.Text = stamp(t), s.rest(last)
	return out, true
}

// lateCode reads a code written behind the time ("HEN 15h 26/11 45705"): a
// whole reply code or petition code, or the last word of the message.
func (s *scan) lateCode(p int) ([]string, int) {
	codes, end := s.line.codes(s.g, p, nil)
	if len(codes) == 0 || short(codes[0]) {
		return []string{}, p
	}
	if whole(codes[0]) || s.onlyParticles(s.g, end) {
		return codes, end
	}
	return []string{}, p
}

// eta finishes HEN: codes and a time in either order, then the reason.
func (s *scan) eta(p int, out Parsed) Parsed {
	codes, end := s.afterAt(p, s.untimed)
	out.Codes, out.Text = codes, s.rest(end)
	m, ok := s.when(s.g, end)
	switch {
	case !ok && s.led:
		m, ok, m.end = s.lead, true, end
	case !ok:
		return s.etaLater(end, out)
	}
	t, problem := m.at(s.now, s.cal)
	if problem != "" {
		out.Problem = problem
		return out
	}
	last := m.end
	if s.led {
		last = max(last, end)
	}
	if len(out.Codes) == 0 {
		out.Codes, last = s.lateCode(last)
	}
	out.At, out.Text = stamp(t), s.rest(last)
	return out
}

// maxWords bounds the words looked at for what stands somewhere in a message.
const maxWords = 60

// etaLater looks for the time behind the reason: "HEN 45705 cho vat tu, 26/11".
// Only what cannot be anything else counts: a clock, a date, a weekday.
func (s *scan) etaLater(p int, out Parsed) Parsed {
	out.Problem = ProblemMissingTime
	for q, hops := s.skip(p), 0; q < len(s.folded) && hops < maxWords; hops++ {
		if m, ok := s.when(s.g, q); ok && !m.bad && !m.span && (m.clock || m.kind == calendar || m.kind == weekday || m.kind != noDay && m.part != noPart) {
			if t, problem := m.at(s.now, s.cal); problem == "" {
				out.At, out.Problem, s.sought = stamp(t), "", true
				return out
			}
		}
		q = s.nextWord(q)
	}
	return out
}

// leave finishes NGHI: the days, then who stands in.
func (s *scan) leave(p int, out Parsed) Parsed {
	out.Codes, out.Text = []string{}, s.rest(p)
	a, ok := s.absence(s.g, p)
	if !ok {
		if !s.led || s.lead.span {
			out.Problem = ProblemMissingTime
			return out
		}
		a = absence{from: s.lead, until: s.lead, end: p}
	}
	from, until, problem := a.dates(s.now)
	if problem != "" {
		out.Problem = problem
		return out
	}
	out.At, out.Until, out.Text = stamp(from), stamp(until), s.rest(a.end)
	return out
}
