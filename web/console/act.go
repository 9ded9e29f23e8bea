package console

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
	"notify1022/web"
)

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
	page := actPage{Code: r.Petition.Code, Status: r.Petition.Status, Version: r.Petition.Version, Seq: r.Petition.Seq, Act: act.filled(form).shown(r.Petition, v.account.Role), Form: form, Units: act.units(directory, v.now)}
	if act.Verb == escalation.VerbPublish && !shownToAll(r.Petition) {
		page.Act = page.Act.without(publicContent).without(publicArea)
	}
	s := r.Petition.Lead()
	if unit := v.actor().Unit; unit != "" { // its own people are its to name
		s = r.Petition.SlipOf(unit)
	}
	if s != nil {
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
		_, err = c.Desk.Do(v.Context(), r.Petition.Code, cmd, v.actorOn(&r.Petition), seen)
		if err == nil {
			c.Hint()
			return c.afterAct(v, r, act, cmd)
		}
	} else if err == nil {
		page.Preview, err = c.preview(v, r.Petition.Code, cmd, v.actorOn(&r.Petition), seen)
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
func (c *console) preview(v *visit, code string, cmd escalation.Command, actor escalation.Actor, version int64) (*previewed, error) {
	p, err := c.Desk.Preview(v.Context(), code, cmd, actor, version)
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
