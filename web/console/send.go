package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
	"notify1022/web"
)

// Sendings are texts that somebody sends to many.
type Sendings interface {
	web.Sendings
	// Sending reads one with its counts; a *Problem NotFound.
	Sending(ctx context.Context, id int64) (Sending, error)
	// Outcomes is one page of what became of it for each recipient, in their order; states
	// narrow it. next is empty at the end.
	Outcomes(ctx context.Context, id int64, states []escalation.MessageState, cursor string, limit int) (list []SendOutcome, next string, err error)
	// Recent lists the latest.
	Recent(ctx context.Context, limit int) ([]Sending, error)
	// Pause, Resume and Cancel act on what has not gone out.
	Pause(ctx context.Context, id int64, by escalation.Actor) error
	Resume(ctx context.Context, id int64, by escalation.Actor) error
	Cancel(ctx context.Context, id int64, by escalation.Actor) error
}

// Sending is one.
type Sending struct {
	ID        int64
	Title     string
	By        string
	At        time.Time
	State     string // running, paused, cancelled
	Total     int
	Counts    map[escalation.MessageState]int
	Remaining int    // queued or on their way
	Segments  int    // of those that went out
	Cost      string // theirs; empty: no price is set
}

// SendOutcome is one recipient's.
type SendOutcome struct {
	Message int64
	To      string // masked
	Phone   string
	State   escalation.MessageState
	Error   string
}

// sendPage is the form, and then the preview.
type sendPage struct {
	Form    url.Values
	Texts   []templates.Template
	Text    templates.Template
	Vars    []templates.Variable
	Units   []escalation.Unit
	Kinds   []option
	Roles   []option
	Problem string
	Preview *sendPreview
	Recent  []recentSending
	Groups  []Group
	People  peopleList
}

type sendPreview struct {
	Total, Segments int
	First           []previewText
	Cost            string // empty: no price is set
	Ask             bool
	Left            []string // who is meant and cannot be texted
	Before          int64    // the sending that this form has started; 0: none
	Seen            string   // digest of the text, of everybody who gets it and of who cannot
}

// More is how many are left out beyond those who are named.
func (p *sendPreview) More() int { return len(p.Left) - len(p.Named()) }

// Named are the first of those who are left out.
func (p *sendPreview) Named() []string { return p.Left[:min(mostNamed, len(p.Left))] }

// mostNamed is how many people without a mobile a preview names.
const mostNamed = 30

// sessionSending is the session's key of the form that started the last sending and of that
// sending: the browser's way back leads to such a form.
const sessionSending = "sending"

var sendRoles = []escalation.Role{escalation.Focal, escalation.Deputy, escalation.Head, escalation.Leader, escalation.Duty, escalation.Office, escalation.CityLeader, escalation.ShiftLead}

func (c *console) send(v *visit) error {
	// The form carries a word of its own: sent twice, it is one sending.
	q := v.URL.Query()
	form := url.Values{"template": {q.Get("template")}, "q": {q.Get("q")}, "nonce": {rand.Text()}}
	return c.showSend(v, 200, form, nil, "")
}

func (c *console) showSend(v *visit, status int, form url.Values, preview *sendPreview, problem string) error {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := sendPage{Form: form, Texts: byHand(c.Texts.All()), Units: directory.Units(), Problem: problem, Preview: preview}
	for _, k := range escalation.UnitKinds() {
		page.Kinds = append(page.Kinds, option{string(k), k.Label()})
	}
	for _, r := range sendRoles {
		page.Roles = append(page.Roles, option{string(r), r.Label()})
	}
	if t, ok := c.Texts.Lookup(templates.Key(form.Get("template"))); ok && t.ByHand() {
		page.Text, page.Vars = t, templates.Allowed(t.Key)
	}
	if page.Groups, err = c.Groups.Groups(v.Context()); err != nil {
		return err
	}
	chosen, err := chosenOf(form, "contact")
	if err != nil {
		return err
	}
	if page.People, err = c.choice(v, form.Get("q"), chosen); err != nil {
		return err
	}
	if page.Recent, err = c.recentSendings(v); err != nil {
		return err
	}
	return v.show(status, "send", "Gửi tin", page)
}

// byHand are the texts that people send.
func byHand(list []templates.Template) []templates.Template {
	return slices.DeleteFunc(slices.Clone(list), func(t templates.Template) bool { return !t.ByHand() })
}

// recentSending is a sending with who did something about it last.
type recentSending struct {
	Sending
	Last Logged
}

// recentShown is how many sendings the page lists.
const recentShown = 10

func (c *console) recentSendings(v *visit) ([]recentSending, error) {
	latest, err := c.Sendings.Recent(v.Context(), recentShown)
	if err != nil {
		return nil, err
	}
	list := make([]recentSending, len(latest))
	for i, s := range latest {
		list[i].Sending = s
		steps, err := c.Log.Of(v.Context(), sendingSubject, strconv.FormatInt(s.ID, 10), 1)
		if err != nil {
			return nil, err
		}
		if len(steps) > 0 {
			list[i].Last = steps[0]
		}
	}
	return list, nil
}

// sendingSubject is the change log's word for a sending.
const sendingSubject = "sending"

// sendStep previews a sending, or starts it when its preview was seen.
func (c *console) sendStep(v *visit) error {
	form, faults, err := c.sendForm(v)
	switch {
	case err != nil:
		return err
	case faults != "":
		return c.showSend(v, 422, form, nil, "Tệp số điện thoại: "+faults)
	case form.Get("step") == "find":
		return c.showSend(v, 200, form, nil, "")
	}
	notices, left, err := c.notices(v, form)
	var problem *escalation.Problem
	switch {
	case errors.As(err, &problem):
		return c.showSend(v, 422, form, nil, problem.Detail)
	case err != nil:
		return err
	}
	preview, err := c.sendPreview(v, notices, left)
	switch {
	case errors.As(err, &problem):
		return c.showSend(v, 422, form, nil, problem.Detail)
	case err != nil:
		return err
	}
	agree, _ := strconv.Atoi(form.Get("agree"))
	if !carriesOut(form, preview.Seen) || !web.Agreed(preview.Segments, agree) {
		preview.Before = v.sentFrom(form)
		return c.showSend(v, 200, form, preview, "")
	}
	return c.startSending(v, form, notices, preview.Seen)
}

// startSending queues what was seen. The form's number and what was seen are the sending:
// sent twice it is one, and corrected or widened after the way back it is another.
func (c *console) startSending(v *visit, form url.Values, notices []escalation.Notice, seen string) error {
	mark := escalation.RungName("send@" + digest(form.Get("nonce"), seen))
	for i := range notices {
		notices[i].Rung = mark
	}
	id, again, err := c.Sendings.Start(v.Context(), form.Get("title"), notices, v.actor())
	if err != nil {
		return err
	}
	c.Hint()
	said := fmt.Sprintf("Đã xếp hàng %d tin.", len(notices))
	if again {
		said = "Lần gửi này đã được xếp hàng từ trước, không gửi lại."
	}
	c.sessions.Put(v.Context(), sessionSending, form.Get("nonce")+" "+strconv.FormatInt(id, 10))
	return v.done("/send/"+strconv.FormatInt(id, 10), said)
}

// sentFrom is the sending that the form has started, where it is the session's last; 0: none.
func (v *visit) sentFrom(form url.Values) int64 {
	nonce, id, _ := strings.Cut(v.c.sessions.GetString(v.Context(), sessionSending), " ")
	if nonce != form.Get("nonce") {
		return 0
	}
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

// notices resolves the recipients; nobody gets the text twice. left are those who are meant
// and get none.
func (c *console) notices(v *visit, form url.Values) (list []escalation.Notice, left []string, err error) {
	t, ok := c.Texts.Lookup(templates.Key(form.Get("template")))
	switch {
	case !ok:
		return nil, nil, wrong("template", "chưa chọn mẫu tin")
	case !t.ByHand():
		return nil, nil, wrong("template", web.NotByHand)
	}
	if n := form.Get("nonce"); n == "" || len(n) > 40 {
		return nil, nil, wrong("nonce", "biểu mẫu đã cũ, hãy mở lại trang")
	}
	vars := map[string]string{}
	for _, variable := range templates.Allowed(t.Key) {
		if value := form.Get("var_" + variable.Name); value != "" {
			vars[variable.Name] = value
		}
	}
	to, left, err := c.recipients(v, form)
	if err != nil {
		return nil, nil, err
	}
	list = make([]escalation.Notice, len(to))
	for i, r := range to {
		list[i] = escalation.Notice{Template: string(t.Key), Vars: vars, To: r, Lane: escalation.LaneBulk, Class: escalation.ClassReport, Attempt: 1}
	}
	return list, left, nil
}

// audience collects who gets a text; nobody gets it twice.
type audience struct {
	c    *console
	now  time.Time
	seen map[string]bool // by number
	list []escalation.Recipient
	left []string // who is meant and cannot be texted, each once
}

// people adds those who can be texted; of the others the names.
func (a *audience) people(directory *escalation.Directory, list []escalation.Contact) {
	for _, k := range list {
		switch {
		case !a.c.Numbering.Textable(k.Phone):
			a.leave(k.Name + ", " + k.Role.Label() + unitAfter(directory, k.Unit))
		case !a.seen[k.Phone]:
			a.seen[k.Phone] = true
			a.list = append(a.list, escalation.Recipient{Contact: k.ID, Role: k.Role, Unit: k.Unit})
		}
	}
}

// serving adds who serves in a role of a unit; where nobody does, the unit is named.
func (a *audience) serving(directory *escalation.Directory, unit string, role escalation.Role) {
	found := directory.Serving(unit, role, a.now)
	if u, ok := directory.Unit(unit); ok && len(found) == 0 && u.InForce(a.now) {
		a.leave(u.Name + ": chưa có " + role.Label())
	}
	a.people(directory, found)
}

func (a *audience) leave(who string) {
	if !slices.Contains(a.left, who) {
		a.left = append(a.left, who)
	}
}

// unitAfter is the unit's name behind a comma; empty of who is of no unit.
func unitAfter(directory *escalation.Directory, code string) string {
	if u, ok := directory.Unit(code); ok {
		return ", " + u.Name
	}
	return ""
}

// number adds a bare number; false: it cannot be texted.
func (a *audience) number(text string) bool {
	phone, err := a.c.Numbering.ParsePhone(text)
	if err != nil || !a.c.Numbering.Textable(phone.E164) {
		return false
	}
	if !a.seen[phone.E164] {
		a.seen[phone.E164] = true
		a.list = append(a.list, escalation.Recipient{Phone: phone.E164})
	}
	return true
}

func (c *console) recipients(v *visit, form url.Values) (list []escalation.Recipient, left []string, err error) {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return nil, nil, err
	}
	a := &audience{c: c, now: v.now, seen: map[string]bool{}}
	if err := a.named(directory, form); err != nil {
		return nil, nil, err
	}
	if err := a.groups(v, directory, form["group"]); err != nil {
		return nil, nil, err
	}
	a.roles(directory, form)
	if err := a.numbers(form.Get("numbers")); err != nil {
		return nil, nil, err
	}
	switch {
	case len(a.list) == 0 && len(a.left) > 0:
		return nil, nil, wrong("to", "chưa có ai nhận được tin nhắn: %s", strings.Join(a.left[:min(mostNamed, len(a.left))], "; "))
	case len(a.list) == 0:
		return nil, nil, wrong("to", "chưa có ai nhận được tin nhắn")
	case len(a.list) > web.MaxRecipients:
		return nil, nil, wrong("to", "quá %d người nhận", web.MaxRecipients)
	}
	return a.list, a.left, nil
}

// named adds the people who were ticked; one who cannot be texted is named.
func (a *audience) named(directory *escalation.Directory, form url.Values) error {
	chosen, err := chosenOf(form, "contact")
	if err != nil {
		return err
	}
	for _, id := range chosen {
		k, ok := directory.Contact(id)
		if !ok || !a.c.reachable(k, a.now) {
			return wrong("contact", "%s không còn giữ vai trò hoặc không có số nhận được tin nhắn", cmp.Or(k.Name, "người được chọn"))
		}
		a.people(directory, []escalation.Contact{k})
	}
	return nil
}

// groups adds the members of saved groups who still hold their roles.
func (a *audience) groups(v *visit, directory *escalation.Directory, ids []string) error {
	for _, text := range ids {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return wrong("group", "nhóm được chọn không đúng")
		}
		_, members, err := a.c.Groups.Group(v.Context(), id)
		if err != nil {
			return err
		}
		for _, member := range members {
			if k, ok := directory.Contact(member); ok && k.Holds(a.now) {
				a.people(directory, []escalation.Contact{k})
			}
		}
	}
	return nil
}

// roles adds who serves in a role of units, of kinds of units, and of the city.
func (a *audience) roles(directory *escalation.Directory, form url.Values) {
	role := cmp.Or(escalation.Role(form.Get("role")), escalation.Focal)
	for _, code := range form["unit"] {
		a.serving(directory, code, role)
	}
	for _, kind := range form["kind"] {
		for _, u := range directory.Units() {
			if kind == "all" || string(u.Kind) == kind {
				a.serving(directory, u.Code, role)
			}
		}
	}
	if form.Get("city") != "" {
		a.serving(directory, "", role)
	}
}

// numbers adds bare numbers, by lines or between commas.
func (a *audience) numbers(text string) error {
	for i, line := range strings.Split(text, "\n") {
		for _, number := range strings.FieldsFunc(line, func(r rune) bool { return r == ';' || r == ',' || r == '\t' }) {
			if number = strings.TrimSpace(number); number != "" && !a.number(number) {
				return wrong("numbers", "dòng %d: số này không nhận được tin nhắn", i+1)
			}
		}
	}
	return nil
}

func (c *console) sendPreview(v *visit, notices []escalation.Notice, left []string) (*sendPreview, error) {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return nil, err
	}
	made, err := c.Texts.Render(notices[0].Template, notices[0].Vars, false)
	if err != nil {
		return nil, wrong("vars", "%s", textProblem(err))
	}
	p := &sendPreview{Total: len(notices), Segments: len(notices) * made.Segments, Left: left}
	// What somebody sends to many comes from the number.
	p.Ask, p.Cost = !web.Agreed(p.Segments, 0), c.Prices.cost(escalation.OfficerSender, p.Segments)
	parts := []string{notices[0].Template, made.Text}
	for _, n := range notices {
		parts = append(parts, strconv.FormatInt(n.To.Contact, 10), n.To.Phone)
	}
	p.Seen = digest(append(parts, left...)...)
	for _, n := range notices[:min(10, len(notices))] {
		t := previewText{To: escalation.MaskPhone(n.To.Phone), Text: made.Text, Segments: made.Segments}
		if k, ok := directory.Contact(n.To.Contact); ok {
			t.To = k.Name + " (" + escalation.MaskPhone(k.Phone) + ")"
		}
		p.First = append(p.First, t)
	}
	return p, nil
}

func (v *visit) sendingID() (int64, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có lần gửi này"}
	}
	return id, nil
}

// sendingPage is a sending with one page of its recipients.
type sendingPage struct {
	Sending
	Steps    []Logged // who started it, stopped it and let it go on
	Outcomes []SendOutcome
	Only     escalation.MessageState // narrows them; empty: all
	Next     string                  // address of the next page
}

func (c *console) oneSending(v *visit) (Sending, error) {
	id, err := v.sendingID()
	if err != nil {
		return Sending{}, err
	}
	s, err := c.Sendings.Sending(v.Context(), id)
	s.Cost = c.Prices.cost(escalation.OfficerSender, s.Segments)
	return s, err
}

// sending shows what became of a sending, a page of recipients at a time.
func (c *console) sending(v *visit) error {
	s, err := c.oneSending(v)
	if err != nil {
		return err
	}
	page, q := sendingPage{Sending: s}, v.URL.Query()
	if page.Steps, err = c.Log.Of(v.Context(), sendingSubject, v.PathValue("id"), maxList); err != nil {
		return err
	}
	var states []escalation.MessageState
	if state := escalation.MessageState(q.Get("state")); stateLabels[state] != "" {
		page.Only, states = state, []escalation.MessageState{state}
	}
	next := ""
	if page.Outcomes, next, err = c.Sendings.Outcomes(v.Context(), s.ID, states, q.Get("cursor"), maxList); err != nil {
		return err
	}
	if next != "" {
		page.Next = root + "/send/" + v.PathValue("id") + "?" + url.Values{"state": {string(page.Only)}, "cursor": {next}}.Encode()
	}
	return v.show(200, "sending", "Lần gửi "+v.PathValue("id"), page)
}

// sendingProgress is the part of the page that keeps asking while texts go out.
func (c *console) sendingProgress(v *visit) error {
	s, err := c.oneSending(v)
	if err != nil {
		return err
	}
	return v.fragment("sending", "progress", s)
}

func (c *console) sendingAct(v *visit) error {
	id, err := v.sendingID()
	if err != nil {
		return err
	}
	said := ""
	switch v.PathValue("act") {
	case "pause":
		said, err = "Đã tạm dừng.", c.Sendings.Pause(v.Context(), id, v.actor())
	case "resume":
		said, err = "Đã tiếp tục.", c.Sendings.Resume(v.Context(), id, v.actor())
		c.Hint()
	case "cancel":
		said, err = "Đã hủy các tin chưa gửi.", c.Sendings.Cancel(v.Context(), id, v.actor())
	default:
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	if err != nil {
		return err
	}
	return v.done("/send/"+v.PathValue("id"), said)
}

// failureStates are those of whom a text did not reach, or perhaps not.
var failureStates = []escalation.MessageState{escalation.Failed, escalation.Expired, escalation.Dropped, escalation.Unknown}

// failuresAtOnce is how many rows of the list of failures are read at a time.
const failuresAtOnce = 500

// sendingFailures is the list of those whom the text did not reach. Numbers are whole:
// it is made to reach them in another way, and that is logged. It is written as it is
// read; an error on the way breaks the connection off, so that nobody takes half for all.
func (c *console) sendingFailures(v *visit) error {
	s, err := c.oneSending(v)
	if err != nil {
		return err
	}
	list, next, err := c.Sendings.Outcomes(v.Context(), s.ID, failureStates, "", failuresAtOnce)
	if err != nil {
		return err
	}
	if err := c.Log.Note(v.Context(), v.actor(), "export", sendingSubject, v.PathValue("id"), "failures"); err != nil {
		return err
	}
	v.attach("gui-"+v.PathValue("id")+".csv", "text/csv; charset=utf-8")
	io.WriteString(v, byteOrderMark)
	w := csv.NewWriter(v)
	w.Write([]string{"Tin số", "Số điện thoại", "Trạng thái", "Lỗi"})
	for {
		for _, o := range list {
			w.Write([]string{strconv.FormatInt(o.Message, 10), o.Phone, stateLabel(o.State), escalation.GuardCell(faultLabel(o.Error))}) // a number of ours is no formula
		}
		if w.Flush(); next == "" || w.Error() != nil {
			return nil
		}
		if list, next, err = c.Sendings.Outcomes(v.Context(), s.ID, failureStates, next, failuresAtOnce); err != nil {
			c.Slog.ErrorContext(v.Context(), "a list broke off", "sending", s.ID, "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}
