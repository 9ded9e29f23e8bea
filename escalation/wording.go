package escalation

import (
	"maps"
	"time"
)

// What a text's variables are, and what is taken out of a person's own words.

// needsCode lists the texts that print a reply code.
func needsCode(template string) bool {
	switch template {
	case "O1", "O1K", "O1M", "O1P", "O1N", "O2", "O7", "H1", "H1E", "A1", "A3x", "O3", "N3":
		return true
	}
	return false
}

// officerVars are the variables of a text to an officer for the unit; given ones win.
func (c *change) officerVars(slip *Slip, to Contact, unit string, given map[string]string) map[string]string {
	v := map[string]string{
		"ma": c.p.Code, "tom_tat": c.p.Summary, "dia_ban": c.area(), "linh_vuc": c.field(), "don_vi": c.unitName(),
		"gio": ClockText(c.env.at()), "tel": c.env.Support, "lp": c.env.Host + "/p/" + c.p.pageToken(slip, to.Role), "kinh_gui": c.addressee(unit),
	}
	if c.p.Confidential {
		v["tom_tat"], v["dia_ban"] = "", ""
	}
	if slip != nil {
		v["gio"] = ClockText(slip.ForwardedAt)
	}
	if due, by := c.limitBy(); !due.IsZero() {
		v["han_48"] = ClockText(due)
		v["con_lai"] = SpanText(by.Between(c.env.Now, due))
	}
	v["han"] = c.deadlineFor(slip, to.Role)
	if !c.p.ETA.IsZero() {
		v["hen"] = ClockText(c.p.ETA)
	}
	maps.Copy(v, given)
	return v
}

// unitName is who deals with the petition, as texts print it: the unit that
// answered, the lead, else the Office or 1022 itself.
func (c *change) unitName() string {
	lead := c.p.LastLead()
	switch {
	case c.p.Status == AnsweredDirectly:
		return "1022"
	case c.p.Result != nil && c.p.Result.Unit != "":
		return c.smsName(c.p.Result.Unit)
	case c.p.Status == WithOffice || c.p.Status == Disputed || c.p.Result != nil && c.p.Dispute != nil:
		return "VP UBND TP"
	case c.p.With1022():
		return "1022"
	case lead != nil && c.p.Result == nil:
		return c.smsName(lead.Unit)
	}
	return "1022"
}

func (c *change) smsName(unit string) string {
	if u, ok := c.env.Directory.Unit(unit); ok && u.SMSName != "" {
		return u.SMSName
	}
	return "đơn vị"
}

// addressee is how the unit's head is addressed.
func (c *change) addressee(unit string) string {
	if u, ok := c.env.Directory.Unit(unit); ok && u.Addressee != "" {
		return u.Addressee
	}
	return "Thủ trưởng đơn vị"
}

func (c *change) area() string {
	if area := c.redact(c.p.Area); area != "" {
		return area
	}
	return "Hải Phòng"
}

func (c *change) field() string {
	if field := c.redact(c.p.Field); field != "" && !c.p.Denunciation {
		return field
	}
	return "chung"
}

// words are a person's own words in a text: without personal data, never empty;
// of a denunciation nobody's.
func (c *change) words(text string) string {
	return c.said(c.redact(text))
}

// said are clean words in a text.
func (c *change) said(clean string) string {
	if letters(clean) == 0 || c.p.Denunciation {
		return "theo hồ sơ tại 1022"
	}
	return clean
}

// pageToken is the link a reader gets: people of a unit their slip, with its
// authority; the Office and the hotline a page to look at.
func (p *Petition) pageToken(slip *Slip, role Role) string {
	switch role {
	case Focal, Deputy, Head, Leader, Duty, Officer:
		if slip != nil {
			return slip.Token
		}
	}
	return p.ViewToken
}

// deadlineFor prints the receiver's own deadline: 8 h for officers, 48 h for heads.
func (c *change) deadlineFor(slip *Slip, role Role) string {
	name := RungHead
	switch {
	case slip != nil && !slip.Lead:
		name = RungCooperate
	case role == Head || role == Office || role == CityLeader:
		name = RungOverdue
	}
	if r := c.rungFor(slip, name); r != nil && (name != RungHead || r.State != Fired) {
		return ClockText(c.dueOf(*r))
	}
	if due := c.limit(); !due.IsZero() { // the 8 h are over: what counts now are the 48 h
		return ClockText(due)
	}
	return ""
}

// rungFor is the latest rung of the name for the slip, nil when there is none.
func (c *change) rungFor(slip *Slip, name RungName) *Rung {
	for i := len(c.p.Rungs) - 1; i >= 0 && slip != nil; i-- {
		if r := &c.p.Rungs[i]; r.Name == name && r.Slip == slip.No {
			return r
		}
	}
	return nil
}

// dueOf is when a rung is due; while the Office holds, by the time that is left.
func (c *change) dueOf(r Rung) time.Time {
	if r.State == Paused && c.p.Hold != nil {
		return c.gave(r).Add(c.env.at(), r.Left)
	}
	return r.Due
}

// citizenVars are the variables of a text to the citizen; given ones win.
func (c *change) citizenVars(given map[string]string) map[string]string {
	v := map[string]string{
		"ma": c.p.Code, "xh": c.p.Citizen.Salutation(), "link": c.env.Host + "/t/" + c.p.Token,
		"gio": ClockText(c.p.ReceivedAt), "tel": c.env.Support, "don_vi": c.unitName(),
	}
	if due := c.limit(); !due.IsZero() {
		v["han_48"] = ClockText(due)
	}
	if !c.p.ETA.IsZero() {
		v["hen"] = ClockText(c.p.ETA)
	}
	maps.Copy(v, given)
	return v
}

// own lists the citizen's own strings, to be taken out of texts.
func (c Citizen) own() []string {
	var own []string
	for _, s := range []string{c.Name, c.Phone, c.Email, c.Address} {
		if s != "" {
			own = append(own, s)
		}
	}
	return own
}

func (c *change) redact(text string) string { return c.env.Redact(text, c.p.Citizen.own()...) }

// conceal takes the citizen's own data out of what an office tells the citizen or
// everybody: an answer, a question, where to go. An office's numbers stay.
func (c *change) conceal(text string) string {
	who := c.p.Citizen
	if c.env.Conceal == nil {
		return c.redact(text)
	}
	return c.env.Conceal(text, who.Name, who.Phone, who.Email, who.Address)
}

// given is what an office tells the citizen, of what is secret as the redactor leaves it.
func (c *change) given(text string) string {
	if c.p.Confidential || c.p.Denunciation {
		return c.redact(text)
	}
	return c.conceal(text)
}
