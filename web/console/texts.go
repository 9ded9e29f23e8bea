package console

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
	"notify1022/web"
)

// Texts are the wordings of the SMS.
type Texts interface {
	// All are the texts in force; Lookup one of them.
	All() []templates.Template
	Lookup(key templates.Key) (templates.Template, bool)
	// Render fills a text in force, as the air carries it, or as an email.
	Render(template string, vars map[string]string, byEmail bool) (templates.Rendered, error)
	// Try fills a wording that is not saved.
	Try(key templates.Key, text string, vars map[string]string) (templates.Rendered, error)
	// Test queues a text that is tried, and logs what it says, both or neither.
	Test(ctx context.Context, n escalation.Notice, detail string, by Editor) error
	// Versions are the saved wordings of a key, the latest first, the built-in one last.
	Versions(ctx context.Context, key templates.Key) ([]TextVersion, error)
	// Save makes the next version, or, where a second person has to approve, a draft;
	// waits says which. A wording that cannot be sent is a *Problem.
	Save(ctx context.Context, key templates.Key, text string, from time.Time, by Editor) (waits bool, err error)

	// Approval says whether a second person has to approve what is saved.
	Approval() bool
	// Waiting lists the open drafts of all keys, Drafts the latest of one key, decided
	// ones too.
	Waiting(ctx context.Context) ([]TextDraft, error)
	Drafts(ctx context.Context, key templates.Key) ([]TextDraft, error)
	// Decide approves, refuses or withdraws an open draft of the key; a *Problem where
	// it is decided already, or is not this person's to decide.
	Decide(ctx context.Context, key templates.Key, id int64, how Decision, reason string, by Editor) error

	// Filings are what the telecom has on file of a text for each sender that it may come
	// from, and how a wording of it fits.
	Filings(ctx context.Context, key templates.Key, wording string) ([]Filing, error)
	// Register enters a registration or replaces the one with its number, Unregister takes
	// it off; a *Problem says what is wrong with it.
	Register(ctx context.Context, key templates.Key, r Registration, by Editor) error
	Unregister(ctx context.Context, key templates.Key, sender, number string, by Editor) error
	// ForFiling are all wordings in force as the telecom takes them for registration.
	ForFiling(ctx context.Context) ([]ForFiling, error)
}

// Editor is who changes wordings. The account tells the author of a draft from who
// may approve it: two people may have one name.
type Editor struct {
	escalation.Actor
	Account int64
}

func (v *visit) editor() Editor { return Editor{v.actor(), v.account.ID} }

// TextVersion is a wording as it was saved.
type TextVersion struct {
	Version   int
	Text      string
	Author    string
	CreatedAt time.Time
	From      time.Time
	Diff      []diffWord // against the version before
	Now       bool

	ApprovedBy string // empty: it needed nobody's approval
	ApprovedAt time.Time
}

type textsPage struct {
	Rows    []templates.Template
	Waiting []TextDraft
	MayEdit bool
}

func (c *console) texts(v *visit) error {
	waiting, err := c.Texts.Waiting(v.Context())
	if err != nil {
		return err
	}
	c.differ(waiting)
	return v.show(200, "texts", "Mẫu tin", textsPage{c.Texts.All(), waiting, v.may(web.EditTexts)})
}

// textPage is one text with its versions.
type textPage struct {
	templates.Template
	Draft     string
	Variables []templates.Variable
	Versions  []TextVersion
	Problem   string
	MayEdit   bool
	Preview   textPreviewPart
	Approval  bool
	Drafts    []TextDraft
	Me        int64 // the visitor's account
	Entry     Registration
	Base      int    // version that the wording being typed goes by
	Newest    int    // version that was saved last
	Nonce     string // of one test
	From      string // as it was typed
	Phone     string // to which a test goes, as it was typed
	Petition  string // on which it is tried, as it was typed
}

// textPreviewPart is what a wording comes to.
type textPreviewPart struct {
	rendered
	Coding2  string
	Problem  string
	Petition string
	Filings  []Filing
	Costs    []string
}

func (c *console) text(v *visit) error {
	return c.showText(v, 200, "", "")
}

func (c *console) textKey(v *visit) (templates.Template, error) {
	t, ok := c.Texts.Lookup(templates.Key(v.PathValue("key")))
	if !ok {
		return t, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có mẫu tin này"}
	}
	return t, nil
}

func (c *console) showText(v *visit, status int, draft, problem string) error {
	return c.showTextWith(v, status, draft, problem, Registration{})
}

// showTextWith shows the page with a registration that was entered and refused.
func (c *console) showTextWith(v *visit, status int, draft, problem string, entry Registration) error {
	t, err := c.textKey(v)
	if err != nil {
		return err
	}
	page := textPage{Template: t, Draft: draft, Variables: templates.Allowed(t.Key), Problem: problem, MayEdit: v.may(web.EditTexts), Approval: c.Texts.Approval(), Me: v.account.ID, Entry: entry}
	if draft == "" {
		page.Draft = t.Text
	}
	if page.Versions, err = c.Texts.Versions(v.Context(), t.Key); err != nil {
		return err
	}
	for i := range page.Versions {
		page.Versions[i].Now = page.Versions[i].Version == t.Version
		if i+1 < len(page.Versions) {
			page.Versions[i].Diff = diffWords(page.Versions[i+1].Text, page.Versions[i].Text)
		}
	}
	if page.Drafts, err = c.Texts.Drafts(v.Context(), t.Key); err != nil {
		return err
	}
	page.Newest, page.Nonce, page.From, page.Phone, page.Petition = newest(page.Versions), web.NewNonce(), v.PostForm.Get("from"), v.PostForm.Get("phone"), v.PostForm.Get("petition")
	page.Base = page.Newest
	if base, err := strconv.Atoi(v.PostForm.Get("base")); err == nil && status != http.StatusConflict {
		page.Base = base // what others saved meanwhile is not agreed to by testing
	}
	c.differ(page.Drafts)
	approved(page.Versions, page.Drafts)
	if page.Preview, err = c.tryFiled(v, t, page.Draft, nil, ""); err != nil {
		return err
	}
	return v.show(status, "text", "Mẫu "+string(t.Key)+": "+t.Title, page)
}

// tryText fills a wording with samples, or a petition's own values; an empty one is a value.
func (c *console) tryText(key templates.Key, text string, vars map[string]string, code string) textPreviewPart {
	all := templates.Sample(key)
	for k, value := range vars {
		if _, ok := all[k]; ok {
			all[k] = value
		}
	}
	made, err := c.Texts.Try(key, text, all)
	part := textPreviewPart{rendered: made, Petition: code, Coding2: made.Coding.String()}
	if err != nil {
		part.Problem = textProblem(err)
		return part
	}
	return part
}

// textPreview answers while somebody types.
func (c *console) textPreview(v *visit) error {
	t, err := c.textKey(v)
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	vars, code := map[string]string{}, strings.ToUpper(form.Get("petition"))
	if codeShape.MatchString(code) {
		if r, err := c.Petitions.PetitionByCode(v.Context(), code); err == nil && !v.closed(r.Petition) {
			vars = c.sampleOf(v, r)
		} else {
			code = ""
		}
	}
	part, err := c.tryFiled(v, t, form.Get("text"), vars, code)
	if err != nil {
		return err
	}
	return v.fragment("text", "preview", part)
}

// tryFiled is tryText, and how the wording fits what is on file; of one that cannot be
// sent, how the text in force does.
func (c *console) tryFiled(v *visit, t templates.Template, text string, vars map[string]string, code string) (textPreviewPart, error) {
	part := c.tryText(t.Key, text, vars, code)
	if part.Problem != "" {
		text = t.Text
	}
	var err error
	part.Filings, err = c.Texts.Filings(v.Context(), t.Key, text)
	for _, f := range part.Filings {
		if cost := c.Prices.cost(f.Kind, part.Segments); cost != "" {
			part.Costs = append(part.Costs, cost+" từ "+f.Sender)
		}
	}
	return part, err
}

// sampleOf are the values that most texts take from a petition, as they go out and as far as
// the visitor reads them elsewhere: of a confidential one a text has neither summary nor area.
// What it does not tell, and links, which are authorities, stay samples.
func (c *console) sampleOf(v *visit, r web.Record) map[string]string {
	p, view := r.Petition, c.viewer.View(v.who(), r)
	clean := func(s string) string {
		return c.Redact(s, p.Citizen.Name, p.Citizen.Phone, p.Citizen.Email, p.Citizen.Address)
	}
	vars := map[string]string{"ma": p.Code, "tom_tat": view.Summary, "linh_vuc": clean(view.Field), "dia_ban": clean(view.Area), "xh": p.Citizen.Salutation()}
	if p.Confidential && !v.who().Staff() { // it tells an organisation from a person
		vars["xh"] = ""
	}
	maps.DeleteFunc(vars, func(_, value string) bool { return value == "" })
	if p.Confidential {
		vars["tom_tat"], vars["dia_ban"] = "", ""
	}
	if s := p.Lead(); s != nil {
		for _, r := range p.Rungs {
			switch r.Name {
			case escalation.RungHead:
				vars["han"] = escalation.ClockText(r.Due)
			case escalation.RungOverdue:
				vars["han_48"] = escalation.ClockText(r.Due)
			}
		}
	}
	return vars
}

// newest is the version that was saved last, in force or not yet.
func newest(versions []TextVersion) int {
	n := 0
	for _, v := range versions {
		n = max(n, v.Version)
	}
	return n
}

// saveText saves a wording over the version that its page showed; over another one's, it is
// shown again beside that, with how they differ.
func (c *console) saveText(v *visit) error {
	t, err := c.textKey(v)
	if err != nil {
		return err
	}
	form, err := v.form()
	var unclean *escalation.Problem
	switch {
	case form != nil && errors.As(err, &unclean):
		return c.showText(v, http.StatusUnprocessableEntity, form.Get("text"), unclean.Detail)
	case err != nil:
		return err
	}
	if base := form.Get("base"); base != "" {
		versions, err := c.Texts.Versions(v.Context(), t.Key)
		if err != nil {
			return err
		}
		if base != strconv.Itoa(newest(versions)) {
			return c.showText(v, http.StatusConflict, form.Get("text"), "Trong lúc soạn, người khác đã lưu một bản mới của mẫu này. Hãy xem bản đó ở danh sách bên cạnh rồi lưu lại.")
		}
	}
	from := time.Time{}
	if given := form.Get("from"); given != "" {
		if from, err = worktime.ParseInstant(given); err != nil {
			return c.showText(v, http.StatusUnprocessableEntity, form.Get("text"), "Ngày có hiệu lực không đúng.")
		}
	}
	if part := c.tryText(t.Key, form.Get("text"), nil, ""); part.Problem != "" {
		return c.showText(v, http.StatusUnprocessableEntity, form.Get("text"), part.Problem)
	}
	waits, err := c.Texts.Save(v.Context(), t.Key, form.Get("text"), from, v.editor())
	var problem *escalation.Problem
	switch {
	case errors.As(err, &problem):
		return c.showText(v, http.StatusUnprocessableEntity, form.Get("text"), problem.Detail)
	case err != nil:
		return err
	case waits:
		return v.done("/texts/"+string(t.Key), "Đã lưu bản chờ duyệt của mẫu "+string(t.Key)+": có hiệu lực khi một người khác duyệt.")
	}
	return v.done("/texts/"+string(t.Key), "Đã lưu phiên bản mới của mẫu "+string(t.Key)+".")
}

// testText sends the wording as it is being edited, with sample values, to one number, once
// for the form's number; the page keeps the wording.
func (c *console) testText(v *visit) error {
	t, err := c.textKey(v)
	if err != nil {
		return err
	}
	form, err := v.form()
	if form == nil {
		return err
	}
	said := ""
	if err == nil {
		said, err = c.sendTest(v, t, form)
	}
	var problem *escalation.Problem
	switch {
	case errors.As(err, &problem):
		return c.showText(v, http.StatusUnprocessableEntity, form.Get("text"), problem.Detail)
	case err != nil:
		return err
	}
	c.Hint()
	c.sessions.Put(v.Context(), sessionSaid, said)
	return c.showText(v, http.StatusOK, form.Get("text"), "")
}

// sendTest queues a wording for one number; an empty one, or that in force, goes as it does
// every day.
func (c *console) sendTest(v *visit, t templates.Template, form url.Values) (said string, err error) {
	key := v.formKey()
	if key == "" {
		return "", wrong("nonce", "biểu mẫu đã cũ, hãy mở lại trang")
	}
	phone, err := c.Numbering.ParsePhone(form.Get("phone"))
	if err != nil || !c.Numbering.Textable(phone.E164) {
		return "", wrong("phone", "số điện thoại không nhận được tin nhắn")
	}
	n := escalation.Notice{Template: string(t.Key), Vars: templates.Sample(t.Key), To: escalation.Recipient{Phone: phone.E164},
		Lane: escalation.LaneBulk, Class: escalation.ClassAnswer, Attempt: 1, Rung: escalation.RungName("test@" + key)}
	masked, text := escalation.MaskPhone(phone.E164), ""
	if wording := form.Get("text"); wording == "" || wording == t.Text {
		said = "Đã gửi thử mẫu đang có hiệu lực đến " + masked + "."
		made, err := c.Texts.Render(n.Template, n.Vars, false)
		if err != nil {
			return "", wrong("text", "%s", textProblem(err))
		}
		text = made.Text
	} else {
		said = "Đã gửi thử nội dung đang soạn đến " + masked + "; nội dung này chưa có hiệu lực."
		if err := c.mayTry(v, phone); err != nil {
			return "", err
		}
		if n.Frozen, err = c.tried(v, t, wording); err != nil {
			return "", err
		}
		text = n.Frozen.Text
	}
	_, again, err := v.once(func(ctx context.Context) error {
		return c.Texts.Test(ctx, n, masked+": "+text, v.editor())
	})
	if again {
		said = "Tin thử này đã được gửi đến " + masked + ", không gửi lại."
	}
	return said, err
}

// mayTry refuses a wording that is not in force for people outside the directory, where a
// second person has to approve what goes out.
func (c *console) mayTry(v *visit, to escalation.Phone) error {
	if !c.Texts.Approval() || to.Kind == escalation.TestLine {
		return nil
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	if known := directory.ByPhone(to.E164, v.now); len(known) == 0 || !known[0].Holds(v.now) {
		return wrong("phone", "nội dung chưa được duyệt chỉ gửi thử được đến số của người trong danh bạ hoặc số thử nghiệm")
	}
	return nil
}

// tried is a wording as it would go out; a *Problem where it would not.
func (c *console) tried(v *visit, t templates.Template, wording string) (escalation.Frozen, error) {
	part, err := c.tryFiled(v, t, wording, nil, "")
	if err != nil {
		return escalation.Frozen{}, err
	}
	if part.Problem != "" {
		return escalation.Frozen{}, wrong("text", "%s", part.Problem)
	}
	for _, f := range part.Filings {
		if f.Strict() && !f.Fits {
			return escalation.Frozen{}, wrong("text", "nội dung đang soạn chưa khớp mẫu đã đăng ký cho %s: tin thử sẽ không được gửi", f.Sender)
		}
	}
	return escalation.Frozen{Text: part.Text, Coding: part.Coding2, Segments: part.Segments}, nil
}

// diffWord is a word of two versions: kept, added or dropped.
type diffWord struct {
	Word string
	How  string // same, added, dropped
}

// diffWords compares two wordings word by word (longest common subsequence).
func diffWords(before, after string) []diffWord {
	a, b := strings.Fields(before), strings.Fields(after)
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var out []diffWord
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out, i, j = append(out, diffWord{a[i], "same"}), i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			out, i = append(out, diffWord{a[i], "dropped"}), i+1
		default:
			out, j = append(out, diffWord{b[j], "added"}), j+1
		}
	}
	for ; i < len(a); i++ {
		out = append(out, diffWord{a[i], "dropped"})
	}
	for ; j < len(b); j++ {
		out = append(out, diffWord{b[j], "added"})
	}
	return slices.Clip(out)
}
