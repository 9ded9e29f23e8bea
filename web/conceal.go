package web

import (
	"strings"
	"unicode"

	"notify1022/escalation"
	"notify1022/templates"
)

// What is taken out of a text depends on who wrote it and who reads it. Offices write
// answers, questions and notes: they lose the citizen's own data and nothing else (Đ9.1,
// Đ11.1). Citizens write petitions, in which other people's phones stand too: those go as
// well, except an office's. A unit reads the house number of a petition that is not
// confidential, or it would not find the lamp; of one that is, all that may tell goes.

// ownOf are a citizen's data, all of it.
func ownOf(c escalation.Citizen) templates.Secrets {
	return templates.Secrets{Name: c.Name, Phone: c.Phone, Email: c.Email, Address: c.Address}
}

// concealOwn is what an office has written, as its citizen and everybody may read it.
func concealOwn(text string, c escalation.Citizen) string { return ownOf(c).Conceal(text) }

// concealTold is what a citizen has written, as everybody may read it.
func (a *api) concealTold(text string, c escalation.Citizen) string {
	s := ownOf(c)
	s.Others = a.isPersons
	return s.Conceal(text)
}

// concealFor is what an office has written of a petition, as units and the Office read it.
func concealFor(p escalation.Petition, text string) string { return forUnit(p).Conceal(text) }

// toldTo is what a citizen has written of a petition, as units and the Office read it.
func (a *api) toldTo(p escalation.Petition, text string) string {
	s := forUnit(p)
	s.Others = a.isPersons
	return s.Conceal(text)
}

func forUnit(p escalation.Petition) templates.Secrets {
	s := ownOf(p.Citizen)
	if s.Strict = p.Confidential || p.Denunciation; !p.Confidential {
		s.Address = ""
	}
	return s
}

// isPersons reports that a number in a citizen's words is a phone and no office's.
func (a *api) isPersons(typed string) bool {
	phone, ok := a.Numbering.Assigned(typed)
	if !ok {
		return false
	}
	if support, err := a.Numbering.ParsePhone(a.Support); err == nil && support.E164 == phone.E164 {
		return false
	}
	return a.Offices == nil || !a.Offices().OfficeNumber(phone, a.Numbering)
}

// withoutNumbers are words to search with, without what may be a phone.
func withoutNumbers(q string) string { return templates.Secrets{Strict: true}.Conceal(q) }

// plain is a text in lower case without marks, runs of spaces as one.
func plain(text string) string {
	var out []rune
	for _, c := range escalation.Plain(text) {
		if unicode.IsSpace(c) {
			if n := len(out); n > 0 && out[n-1] == ' ' {
				continue
			}
			c = ' '
		}
		out = append(out, c)
	}
	return string(out)
}

// hasNumber reports that words to search with hold what may be a phone.
func hasNumber(q string) bool { return strings.Contains(withoutNumbers(q), templates.Hidden) }
