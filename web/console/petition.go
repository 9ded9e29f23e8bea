package console

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
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

// actPage is the form of one act, and what it would do.
type actPage struct {
	Code     string
	Status   escalation.Status
	Version  int64
	Seq      int
	Act      action
	Form     url.Values
	Units    []escalation.Unit
	Contacts []escalation.Contact
	Problem  string
	Changed  []web.TimelineEntry // what others did since the form was opened
	Preview  *previewed
	Seen     string // digest of what the preview shows
}

// previewed is what the act would lead to.
type previewed struct {
	Status escalation.Status
	Texts  []previewText
	Drops  int
	Public []publicText // what everybody will read at /cong-khai
}

// publicText is one of them, cut where something was taken out.
type publicText struct {
	Label string
	Parts []string
}

// publicTexts are what the page will show of the petition (web.Viewer.Public), what is
// empty left out.
func publicTexts(p escalation.Petition, v web.PublicView) (list []publicText) {
	area := "Địa bàn"
	if p.PublicArea == "" && v.Area != p.Area {
		area += " (đã bỏ số nhà, địa chỉ)"
	}
	for _, t := range [][2]string{{"Nội dung phản ánh", v.Summary}, {area, v.Area}, {"Lĩnh vực", v.Field}, {"Kết quả", v.Answer}, {"Văn bản", v.Document}} {
		if t[1] != "" {
			list = append(list, publicText{t[0], strings.Split(t[1], templates.Hidden)})
		}
	}
	return list
}

// shownToAll reports whether the petition will be on /cong-khai once it is published.
func shownToAll(p escalation.Petition) bool {
	p.Status, p.Published = escalation.Published, "-"
	return p.Public()
}

type previewText struct {
	To       string
	Text     string
	Segments int
	ByEmail  bool
	Hold     time.Time
	Problem  string
}

func (c *console) actForm(v *visit) error {
	r, act, err := c.actOf(v)
	if err != nil {
		return err
	}
	page, err := c.actData(v, r, act, url.Values{web.NonceField: {web.NewNonce()}})
	if err != nil {
		return err
	}
	if p := r.Petition; act.Verb == escalation.VerbPublish && p.Result != nil {
		p.Published = p.Result.Text
		public := c.viewer.Public(p)
		if p.Confidential || p.Denunciation { // its answer is the citizen's alone
			public.Answer = c.Redact(p.Result.Text, p.Citizen.Name, p.Citizen.Phone, p.Citizen.Email, p.Citizen.Address)
		}
		page.Act = page.Act.suggested(map[string]string{"redacted": public.Answer, publicContent: public.Summary, publicArea: public.Area})
	}
	return v.show(200, "act", act.Label+": "+r.Petition.Code, page)
}

func (c *console) actOf(v *visit) (web.Record, action, error) {
	r, err := v.record()
	if err != nil {
		return r, action{}, err
	}
	act, ok := actionOf(v.PathValue("verb"))
	if !ok || !v.mayDo(act, r.Petition) {
		return r, act, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	return r, act, nil
}

func (c *console) actData(v *visit, r web.Record, act action, form url.Values) (actPage, error) {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return actPage{}, err
	}
	page := actPage{Code: r.Petition.Code, Status: r.Petition.Status, Version: r.Petition.Version, Seq: r.Petition.Seq, Act: act.filled(form).shown(r.Petition, v.account.Role), Form: form, Units: directory.Units()}
	if act.Verb == escalation.VerbPublish && !shownToAll(r.Petition) {
		page.Act = page.Act.without(publicContent).without(publicArea)
	}
	if s := r.Petition.Lead(); s != nil {
		for _, role := range []escalation.Role{escalation.Focal, escalation.Deputy, escalation.Head, escalation.Duty} {
			page.Contacts = append(page.Contacts, directory.Serving(s.Unit, role, v.now)...)
		}
	}
	return page, nil
}

// act previews a form, or carries it out when just that has been seen.
func (c *console) act(v *visit) error {
	r, act, err := c.actOf(v)
	if err != nil {
		return err
	}
	form, unclean := v.form()
	if form == nil {
		return unclean
	}
	page, err := c.actData(v, r, act, form)
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil || seen <= 0 { // zero would be any version
		return wrong("version", "biểu mẫu đã cũ, hãy mở lại trang")
	}
	page.Version, page.Seen = seen, digestOf(form, append(act.inputs(), "version")...)
	cmd, err := act.command(form)
	if err == nil {
		err = unclean
	}
	if err == nil && carriesOut(form, page.Seen) {
		_, err = c.Desk.Do(v.Context(), r.Petition.Code, cmd, v.actor(), seen)
		if err == nil {
			c.Hint()
			return c.afterAct(v, r, act, cmd)
		}
	} else if err == nil {
		page.Preview, err = c.preview(v, r.Petition.Code, cmd, seen)
		if err == nil {
			return v.show(200, "act", act.Label+": "+r.Petition.Code, page)
		}
	}
	return c.refusedAct(v, r, page, err)
}

// afterAct leads on from an act that was carried out: to the petition, or to the calls where it
// was asked in one.
func (c *console) afterAct(v *visit, r web.Record, act action, cmd escalation.Command) error {
	rate, ok := cmd.(*escalation.Rate)
	if !ok || v.PostForm.Get(calledField) == "" {
		return v.done("/p/"+r.Petition.Code, act.Label+": đã thực hiện.")
	}
	if err := c.ratedOnCall(v, cmp.Or(rate.For, r.Petition.Code), rate); err != nil {
		return err
	}
	return v.done("/tasks?kind="+string(escalation.TaskContact), act.Label+" "+r.Petition.Code+": đã thực hiện, cuộc gọi đã xong.")
}

// refusedAct shows the form again with the reason; a stale one with what has changed.
func (c *console) refusedAct(v *visit, r web.Record, page actPage, err error) error {
	var problem *escalation.Problem
	if !errors.As(err, &problem) {
		return err
	}
	status := 422
	page.Problem = problem.Detail
	if problem.Kind == escalation.Stale {
		status = 409
		since, _ := strconv.Atoi(page.Form.Get("seq"))
		for _, e := range c.viewer.View(v.who(), r).Timeline {
			if e.Seq > since {
				page.Changed = append(page.Changed, e)
			}
		}
		page.Problem = "Trong lúc biểu mẫu này mở, phản ánh đã có thay đổi. Hãy xem thay đổi rồi thực hiện lại."
		page.Version, page.Seq = r.Petition.Version, r.Petition.Seq
	}
	return v.show(status, "act", page.Act.Label+": "+page.Code, page)
}

// preview is what the command would do, its texts as the air would carry them.
func (c *console) preview(v *visit, code string, cmd escalation.Command, version int64) (*previewed, error) {
	p, err := c.Desk.Preview(v.Context(), code, cmd, v.actor(), version)
	if err != nil {
		return nil, err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return nil, err
	}
	out := &previewed{Status: p.Petition.Status, Drops: p.Drops}
	if cmd.Verb() == escalation.VerbPublish && p.Petition.Public() {
		out.Public = publicTexts(p.Petition, c.viewer.Public(p.Petition))
	}
	for _, n := range p.Notices {
		out.Texts = append(out.Texts, c.previewText(v, n, directory, p.Petition))
	}
	return out, nil
}

func (c *console) previewText(v *visit, n escalation.Notice, directory *escalation.Directory, p escalation.Petition) previewText {
	t := previewText{To: n.To.Role.Label(), ByEmail: n.To.ByEmail}
	if u, ok := directory.Unit(n.To.Unit); ok && n.To.Role != escalation.CitizenRole {
		t.To += ", " + u.Name
	}
	if k, ok := directory.Contact(n.To.Contact); ok {
		t.To += " (" + escalation.MaskPhone(k.Phone) + ")"
	} else if n.To.Role == escalation.CitizenRole && p.Citizen.Phone != "" && (!p.Confidential || v.who().Staff()) {
		t.To += " (" + escalation.MaskPhone(p.Citizen.Phone) + ")"
	}
	vars := map[string]string{}
	for k, value := range n.Vars {
		vars[k] = value
	}
	if n.To.Role == escalation.CitizenRole && !v.who().Staff() { // the citizen's link is the citizen's authority
		for name, sample := range templates.Sample(templates.Key(n.Template)) {
			if _, there := vars[name]; there && strings.HasPrefix(name, "l") && strings.Contains(vars[name], p.Token) {
				vars[name] = sample
			}
		}
	}
	if n.NeedCode {
		vars["mtl"] = "00000" // the code is given when the text is queued
	}
	made, err := c.Texts.Render(n.Template, vars, n.To.ByEmail)
	if err != nil {
		t.Problem = textProblem(err)
	}
	t.Text, t.Segments = made.Text, made.Segments
	if n.NotBefore.After(n.At) {
		t.Hold = n.NotBefore
	}
	return t
}
