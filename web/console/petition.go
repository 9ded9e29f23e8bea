package console

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/web"
)

// Related finds what stands around a petition.
type Related interface {
	// HeardOf lists the latest texts that named the petition's codes or acted on it, the
	// oldest first; guarded: without numbers that a denunciation is bound to.
	HeardOf(ctx context.Context, petition int64, guarded bool, limit int) ([]Heard, error)
	// Beside lists the latest other texts from and to the petition's numbers since it was
	// recorded, the oldest first.
	Beside(ctx context.Context, petition int64, guarded bool, limit int) ([]Heard, []Told, error)
	// OfCitizen lists the petitions of a number (E.164), the newest first; guarded:
	// without denunciations.
	OfCitizen(ctx context.Context, phone string, guarded bool, limit int) ([]web.PetitionRow, error)
	// Neighbours lists petitions received since that have words of the text, the newest first.
	Neighbours(ctx context.Context, text string, since time.Time, limit int) ([]web.PetitionRow, error)
	// Answered lists petitions with an answer, published or direct, that may fit the text, the
	// newest first; not all of their citizens agreed to its being shown.
	Answered(ctx context.Context, text string, limit int) ([]escalation.Petition, error)
}

// Heard is a text that came in.
type Heard struct {
	Phone     string
	Text      string
	At        time.Time
	Outcome   string
	Petitions []string // codes of those that one beside was about
}

// Told is a text that went out about something else: what it was, not its words.
type Told struct {
	Phone    string
	Template string
	Petition string // empty: about none
	State    escalation.MessageState
	At       time.Time
}

// ChangeLog is who did what outside a petition's timeline.
type ChangeLog interface {
	// Note writes a line: a look at personal data.
	Note(ctx context.Context, by escalation.Actor, action, what, ref, detail string) error
	// Changes gives one page, the latest first.
	Changes(ctx context.Context, what, cursor string, limit int) ([]Logged, string, error)
	// Of gives the latest lines about one thing, the latest first.
	Of(ctx context.Context, what, ref string, limit int) ([]Logged, error)
}

// Logged is a line of the change log.
type Logged struct {
	At                                         time.Time
	Actor, Role, Channel, Action, What, Detail string
	Ref                                        string
}

var codeShape = regexp.MustCompile(`^HP[0-9]{6}-[0-9]{4,12}$`)

// closed reports that the petition is a denunciation, whose content and people the
// visitor may not see.
func (v *visit) closed(p escalation.Petition) bool { return p.Closed(v.account.Role) }

// record reads the petition of the path, as far as the visitor may.
func (v *visit) record() (web.Record, error) {
	code := strings.ToUpper(v.PathValue("code"))
	if !codeShape.MatchString(code) {
		return web.Record{}, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có phản ánh mang mã này"}
	}
	r, err := v.c.Petitions.PetitionByCode(v.Context(), code)
	if err != nil {
		return r, err
	}
	if v.who().OfUnit() && r.Petition.SlipOf(v.account.Unit) == nil {
		return web.Record{}, &escalation.Problem{Kind: escalation.NotFound, Detail: "đơn vị không có phiếu của phản ánh này"}
	}
	return r, nil
}

// petitionPage is a petition on one page.
type petitionPage struct {
	web.PetitionView
	Seq       int
	UnitNames map[string]string
	Clock     clock
	Acts      []action
	Talks     []talk
	Deadlines []deadlineRow
	Masked    string // the citizen as it is shown at first
	MayLook   bool
	Earlier   []boardRow // of the same citizen
	Steps     []web.TimelineEntry
	Files     []web.Attachment
	Stages    []web.Stage // of files that the visitor may add; none: no file
	MayShow   bool        // make files public
	Wishes    []wishRow
	MayGrant  bool // recordings
}

type deadlineRow struct {
	web.Deadline
	Clock clock
	Path  string
}

// givenKey names a rung of a petition: a round is of one slip.
type givenKey struct {
	round int
	rung  escalation.RungName
}

// givenAt is the version of the calendar that has given the deadline at the instant.
func givenAt(p escalation.Petition, due time.Time) string {
	for _, r := range p.Rungs {
		if r.State == escalation.Armed && r.Due.Equal(due) {
			return r.Calendar
		}
	}
	return ""
}

// talk is the conversation with one number.
type talk struct {
	Who   string
	To    string // masked
	Lines []talkLine
	// Beside are the latest other texts of the number, from or to it.
	Beside []besideLine
}

// besideLine is a text about other petitions, or about none.
type besideLine struct {
	talkLine
	Petitions []string
}

// How much of what a number texts one page shows.
const (
	talkLook   = 200
	besideLook = 30
)

type talkLine struct {
	At        time.Time
	In        bool
	Text      string
	Template  string
	State     escalation.MessageState
	Segments  int
	Sent      *time.Time
	Delivered *time.Time
	Duplicate bool
	Error     string
	Outcome   string
}

func (c *console) petition(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	p := r.Petition
	if p.Status == escalation.Received && v.who().Staff() && !v.closed(p) {
		r, p = c.touched(v, r)
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := petitionPage{PetitionView: c.viewer.View(v.who(), r), Seq: p.Seq, UnitNames: names(directory), Clock: v.clockOf(p.NextDue(), givenAt(p, p.NextDue())), Acts: v.offered(p)}
	page.Masked, page.MayLook = maskedCitizen(p), v.who().Staff() && !v.closed(p) && p.Citizen != (escalation.Citizen{})
	page.Citizen = nil // shown when it is asked for, and the look is logged
	given := map[givenKey]string{}
	for _, r := range p.Rungs {
		given[givenKey{r.Round, r.Name}] = r.Calendar
	}
	for _, d := range page.PetitionView.Deadlines {
		page.Deadlines = append(page.Deadlines, deadlineRow{d, v.clockOf(d.Due, given[givenKey{d.Round, d.Rung}]), root + "/p/" + p.Code + "/why/" + strconv.Itoa(d.Round) + "/" + string(d.Rung)})
	}
	if page.Talks, err = c.talks(v, r, directory); err != nil {
		return err
	}
	if page.Files, err = c.filesOf(v, r.Petition); err != nil {
		return err
	}
	page.Stages, page.MayShow = v.stages(p), v.may(web.SeeCitizens)
	page.Steps = slices.Clone(page.Timeline)
	slices.Reverse(page.Steps)
	if v.who().Staff() && !v.closed(p) && p.Citizen.Phone != "" {
		rows, err := c.Related.OfCitizen(v.Context(), p.Citizen.Phone, v.who().Locked(), 10)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(o web.PetitionRow) bool { return o.Code == p.Code })
		page.Earlier = v.rows(rows, directory)
	}
	if page.Wishes, err = c.wishes(v, p, directory); err != nil {
		return err
	}
	page.MayGrant = v.may(web.DecideHearings)
	return v.show(200, "petition", "Phản ánh "+p.Code, page)
}

// touched notes that the intake was opened: its half-hour rung is met.
func (c *console) touched(v *visit, r web.Record) (web.Record, escalation.Petition) {
	if _, err := c.Desk.Do(v.Context(), r.Petition.Code, &escalation.Touch{}, v.actor(), r.Petition.Version); err == nil {
		if again, err := c.Petitions.PetitionByCode(v.Context(), r.Petition.Code); err == nil {
			r = again
		}
	}
	return r, r.Petition
}

func names(d *escalation.Directory) map[string]string {
	m := map[string]string{}
	for _, u := range d.Units() {
		m[u.Code] = u.Name
	}
	return m
}

// maskedCitizen says as much of the citizen as anybody may see.
func maskedCitizen(p escalation.Petition) string {
	who := "người dân"
	if p.Citizen.Organisation {
		who = "tổ chức"
	}
	switch {
	case p.Confidential:
		return who + ", yêu cầu giữ bí mật"
	case p.Citizen.Phone != "":
		return who + ", số " + escalation.MaskPhone(p.Citizen.Phone)
	case p.Citizen.Email != "":
		return who + ", có thư điện tử"
	}
	return who
}

// showCitizen shows who made the petition, and logs the look.
func (c *console) showCitizen(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	if v.closed(r.Petition) {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "tin tố giác chỉ trưởng ca được xem"}
	}
	if err := c.Log.Note(v.Context(), v.actor(), "look", "citizen", r.Petition.Code, ""); err != nil {
		return err
	}
	return v.fragment("petition", "citizen", r.Petition.Citizen)
}

// talks are the texts and emails of the petition, and what came in, by address.
func (c *console) talks(v *visit, r web.Record, directory *escalation.Directory) ([]talk, error) {
	var heard, others []Heard
	var told []Told
	if v.who().Staff() && !v.closed(r.Petition) { // a text may be about anything: the hotline alone reads it
		var err error
		if heard, err = c.Related.HeardOf(v.Context(), r.Petition.ID, v.who().Locked(), talkLook); err != nil {
			return nil, err
		}
		if others, told, err = c.Related.Beside(v.Context(), r.Petition.ID, v.who().Locked(), besideLook); err != nil {
			return nil, err
		}
	}
	views := c.viewer.View(v.who(), r).Messages
	var list []*talk
	by := map[string]*talk{}
	at := func(address, who, to string) *talk {
		t := by[address]
		if t == nil {
			t = &talk{Who: who, To: to}
			by[address], list = t, append(list, t)
		}
		return t
	}
	for i, m := range r.Messages {
		t := at(m.Phone+m.Email, whoOf(m, directory), views[i].To)
		t.Lines = append(t.Lines, talkLine{At: m.QueuedAt, Text: views[i].Text, Template: m.Template, State: m.State, Segments: m.Segments, Sent: views[i].SentAt,
			Delivered: views[i].DeliveredAt, Duplicate: m.PossibleDuplicate, Error: m.Error})
	}
	other := func(phone string) *talk { return at(phone, "người khác", escalation.MaskPhone(phone)) }
	for _, h := range heard {
		t := other(h.Phone)
		t.Lines = append(t.Lines, talkLine{At: h.At, In: true, Text: h.Text, Outcome: h.Outcome})
	}
	for _, h := range others {
		t := other(h.Phone)
		t.Beside = append(t.Beside, besideLine{talkLine{At: h.At, In: true, Text: h.Text, Outcome: h.Outcome}, h.Petitions})
	}
	for _, m := range told {
		line := besideLine{talkLine: talkLine{At: m.At, Template: m.Template, State: m.State}}
		if m.Petition != "" {
			line.Petitions = []string{m.Petition}
		}
		t := other(m.Phone)
		t.Beside = append(t.Beside, line)
	}
	out := make([]talk, 0, len(list))
	for _, t := range list {
		slices.SortStableFunc(t.Lines, func(a, b talkLine) int { return a.At.Compare(b.At) })
		slices.SortStableFunc(t.Beside, func(a, b besideLine) int { return a.At.Compare(b.At) })
		if len(t.Lines)+len(t.Beside) > 0 {
			out = append(out, *t)
		}
	}
	return out, nil
}

func whoOf(m web.Message, d *escalation.Directory) string {
	who := m.Role.Label()
	if u, ok := d.Unit(m.Unit); ok && m.Role != escalation.CitizenRole {
		who += ", " + u.Name
	}
	return who
}

// why explains a deadline date by date.
func (c *console) why(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	round, _ := strconv.Atoi(v.PathValue("round"))
	for _, rung := range r.Petition.Rungs {
		if rung.Round != round || string(rung.Name) != v.PathValue("rung") {
			continue
		}
		return v.show(200, "why", "Vì sao hạn này?", c.explain(r.Petition, rung))
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thời hạn này"}
}

// whyPage says how a deadline came about.
type whyPage struct {
	Code    string
	Rung    escalation.Rung
	From    time.Time
	Lines   []string
	Version string
	Exact   bool // the explanation ends at the deadline itself
}

func (c *console) explain(p escalation.Petition, rung escalation.Rung) whyPage {
	page := whyPage{Code: p.Code, Rung: rung, Version: rung.Calendar, From: p.ReceivedAt}
	for _, s := range p.Slips {
		if s.No == rung.Slip {
			page.From = s.ForwardedAt
		}
	}
	spec, ok := c.Policy().Spec(rung.Ladder, rung.Name)
	if !ok || spec.After == "" {
		return page
	}
	if spec.FromFirst && !p.FirstForwardedAt.IsZero() {
		page.From = p.FirstForwardedAt
	}
	span, err := worktime.ParseSpan(spec.After)
	if err != nil || spec.Clock != escalation.WorkingClock {
		return page
	}
	e := c.Calendar.GaveBy(rung.Calendar).Explain(page.From.Truncate(time.Second), span)
	page.Lines, page.Exact = strings.Split(strings.TrimSpace(e.String()), "\n"), e.Due.Sub(rung.Due).Abs() <= time.Second
	return page
}
