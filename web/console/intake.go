package console

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/web"
)

// intakePage is the form in which an operator records a petition.
type intakePage struct {
	Form                               url.Values
	Units                              []escalation.Unit
	Fields                             []string
	Areas                              []string
	Kinds                              []option
	Outcomes                           []option // of an emergency call
	Problem                            string
	Hints                              *hintsPart
	Channels                           []string
	Way                                string // forward, answer, reject, emergency, later
	MayAnswer, MayReject, MayEmergency bool   // the ways that are an act of the visitor's role
}

// wayVerbs are the acts of the ways out that follow the intake.
var wayVerbs = map[string]escalation.Verb{"answer": escalation.VerbAnswer, "reject": escalation.VerbReject, "emergency": escalation.VerbEmergency}

// mayTake reports whether the visitor may take the way out of a petition that is just
// recorded; a way that is no act of its own is the intake's.
func (v *visit) mayTake(way string, p escalation.Petition) bool {
	act, ok := actionOf(string(wayVerbs[way]))
	return !ok || v.mayDo(act, p)
}

// refusedWay is why a way out may not be taken; nil: it may. It is asked before anything is
// recorded, while what was typed still stands in the form.
func (v *visit) refusedWay(way string, in escalation.Intake) error {
	switch p := (escalation.Petition{Denunciation: in.Denunciation}); {
	case v.mayTake(way, p):
		return nil
	case v.mayTake(way, escalation.Petition{}):
		return wrong("way", "tin tố giác chỉ trưởng ca được xử lý: hãy chọn “Để sau” và báo trưởng ca")
	}
	return wrong("way", "vai trò này không được chọn cách giải quyết “%s”; hãy chọn cách khác", wayVerbs[way].Label())
}

// intakeChannels are the ways in which petitions come (Đ7).
var intakeChannels = []string{"phone", "web", "email", "facebook", "sms"}

// hintsPart is what the form finds out while it is filled in.
type hintsPart struct {
	Twins   []twin      // perhaps the same petition
	Earlier []boardRow  // the same citizen's
	Answers []answered  // public answers to similar petitions
	Units   []unitGuess // who may be responsible
	Use     bool        // the visitor may answer with one of them
	Looked  bool        // the content has words enough to be compared
	Asked   bool        // the citizen's number was looked for
}

type twin struct {
	boardRow
	Percent int
}

type answered struct {
	Code, Content, Answer string
	Percent               int
}

type unitGuess struct {
	Code, Name, Why string
}

func (c *console) intake(v *visit) error {
	return c.intakeForm(v, 200, url.Values{"channel": {"phone"}, "kind": {"1"}, "way": {"forward"}, web.NonceField: {web.NewNonce()}}, nil)
}

func (c *console) intakeForm(v *visit, status int, form url.Values, refusal *escalation.Problem) error {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := intakePage{Form: form, Units: inForce(directory, v.now), Fields: fieldsOf(directory), Areas: areasOf(directory), Way: form.Get("way"), Channels: intakeChannels, Outcomes: outcomes}
	page.MayAnswer, page.MayReject, page.MayEmergency = v.mayTake("answer", escalation.Petition{}), v.mayTake("reject", escalation.Petition{}), v.mayTake("emergency", escalation.Petition{})
	for i := 1; i < len(kinds); i++ {
		page.Kinds = append(page.Kinds, option{string(rune('0' + i)), kinds[i]})
	}
	if refusal != nil {
		page.Problem = refusal.Detail
	}
	if form.Get("content") != "" {
		if page.Hints, err = c.findHints(v, form, directory); err != nil {
			return err
		}
	}
	return v.show(status, "intake", "Tiếp nhận phản ánh", page)
}

// inForce are the units that have tasks now.
func inForce(d *escalation.Directory, now time.Time) []escalation.Unit {
	return slices.DeleteFunc(d.Units(), func(u escalation.Unit) bool { return !u.InForce(now) })
}

// areasOf are the places that people name, today's and those of before the reform.
func areasOf(d *escalation.Directory) []string {
	var areas []string
	for _, u := range d.Units() {
		areas = append(append(areas, u.Areas...), u.Aliases...)
	}
	slices.Sort(areas)
	return slices.Compact(areas)
}

// hints answers the form while it is filled in.
func (c *console) hints(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	found, err := c.findHints(v, form, directory)
	if err != nil {
		return err
	}
	return v.fragment("intake", "hints", found)
}

const (
	twinDays    = 7 * 24 * time.Hour
	twinLook    = 200
	twinPercent = 40 // of words in common from which two petitions may be one
	answersLook = 200
	leastWords  = 3 // of a text, from which it is compared
)

func (c *console) findHints(v *visit, form url.Values, directory *escalation.Directory) (*hintsPart, error) {
	found := &hintsPart{Use: v.mayTake("answer", escalation.Petition{}), Units: guessUnits(directory, v.now, form.Get("field"), form.Get("area"), form.Get("content"))}
	words := wordsOf(form.Get("content"))
	phone := ""
	if p, err := c.Numbering.ParsePhone(form.Get("phone")); err == nil {
		phone = p.E164
	}
	if v.who().Staff() && phone != "" {
		rows, err := c.Related.OfCitizen(v.Context(), phone, v.who().Locked(), 10)
		if err != nil {
			return nil, err
		}
		found.Earlier = v.rows(rows, directory)
	}
	found.Asked = v.who().Staff() && phone != ""
	if found.Looked = len(words) >= leastWords; !found.Looked {
		return found, nil
	}
	content := form.Get("content")
	near, err := c.Related.Neighbours(v.Context(), content, v.now.Add(-twinDays), twinLook)
	if err != nil {
		return nil, err
	}
	for _, row := range v.rows(near, directory) {
		if percent := inCommon(words, wordsOf(row.Summary)); percent >= twinPercent {
			found.Twins = append(found.Twins, twin{row, percent})
		}
	}
	slices.SortStableFunc(found.Twins, func(a, b twin) int { return b.Percent - a.Percent })
	found.Twins = found.Twins[:min(5, len(found.Twins))]
	answers, err := c.Related.Answered(v.Context(), content, answersLook)
	if err != nil {
		return nil, err
	}
	for _, p := range answers {
		text := c.shownAnswer(p)
		if percent := inCommon(words, wordsOf(p.Summary)); text != "" && percent > 0 {
			found.Answers = append(found.Answers, answered{p.Code, p.Summary, text, percent})
		}
	}
	slices.SortStableFunc(found.Answers, func(a, b answered) int { return b.Percent - a.Percent })
	found.Answers = found.Answers[:min(3, len(found.Answers))]
	return found, nil
}

// shownAnswer is the petition's answer as others may read it; empty: its citizen did not
// agree, or there is none.
func (c *console) shownAnswer(p escalation.Petition) string {
	switch {
	case p.Confidential || p.Denunciation || !p.PublishConsent:
		return ""
	case p.Public(), p.Status == escalation.AnsweredDirectly:
		return c.viewer.Answer(p)
	}
	return ""
}

// The buttons of the hints: what they take over stands in the form, nothing is recorded.
const (
	useAnswer = "use_answer" // code of the petition whose answer is taken
	useUnit   = "use_unit"   // code of the lead unit
)

// taken puts what was chosen among the hints into the form; ok: something was.
func (c *console) taken(v *visit, form url.Values) (ok bool, err error) {
	if unit := form.Get(useUnit); unit != "" {
		form.Set("way", "forward")
		form.Set("lead", unit)
		return true, nil
	}
	code := form.Get(useAnswer)
	if code == "" {
		return false, nil
	}
	if err := v.refusedWay("answer", escalation.Intake{}); err != nil {
		return false, err
	}
	r, err := c.Petitions.PetitionByCode(v.Context(), code)
	if err != nil {
		return false, err
	}
	text := c.shownAnswer(r.Petition)
	if text == "" {
		return false, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có câu trả lời này"}
	}
	form.Set("way", "answer")
	form.Set("answer_text", text)
	return true, nil
}

// leastWord is the shortest name of a field that is looked for in a text.
const leastWord = 6

// guessUnits puts units first that have both the field and the area, then one of them,
// then one whose field is named in the text.
func guessUnits(d *escalation.Directory, now time.Time, field, area, content string) []unitGuess {
	type scored struct {
		unitGuess
		score int
	}
	content = " " + strings.Join(plainWords(content), " ") + " "
	var list []scored
	for _, u := range inForce(d, now) {
		s := scored{unitGuess: unitGuess{Code: u.Code, Name: u.Name}}
		var why []string
		if field != "" && slices.Contains(u.Fields, field) {
			s.score, why = s.score+2, append(why, "lĩnh vực "+field)
		}
		if area != "" && (slices.Contains(u.Areas, area) || slices.Contains(u.Aliases, area)) {
			s.score, why = s.score+2, append(why, "địa bàn "+area)
		}
		for _, f := range u.Fields {
			if f != field && len(web.Plain(f)) >= leastWord && strings.Contains(content, " "+web.Plain(f)+" ") {
				s.score, why = s.score+1, append(why, "nội dung nhắc đến “"+f+"”")
			}
		}
		for _, place := range u.Aliases {
			if place != area && len(web.Plain(place)) >= leastWord && strings.Contains(content, " "+web.Plain(place)+" ") {
				s.score, why = s.score+1, append(why, "nội dung nhắc đến “"+place+"”")
			}
		}
		if s.Why = strings.Join(why, ", "); s.score > 0 {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return b.score - a.score })
	var out []unitGuess
	for _, s := range list[:min(3, len(list))] {
		out = append(out, s.unitGuess)
	}
	return out
}

// takeIn records the petition and takes the way out that was chosen, in one step.
func (c *console) takeIn(v *visit) error {
	form, unclean := v.form()
	if form == nil {
		return unclean
	}
	if chosen, err := c.taken(v, form); err != nil || chosen {
		if err != nil {
			return err
		}
		return c.intakeForm(v, 200, form, nil)
	}
	in, err := intakeOf(form)
	if err == nil {
		err = unclean
	}
	var then *action
	var cmd escalation.Command
	if err == nil {
		err = v.refusedWay(form.Get("way"), in)
	}
	if err == nil {
		then, cmd, err = wayOut(form)
	}
	if err == nil {
		var p escalation.Petition
		var again bool
		if p, again, err = web.AcceptOnce(v.Context(), c.Once, c.Desk, c.Petitions, v.formKey(), in, v.actor()); err == nil {
			c.Hint()
			if again && p.Version > 1 { // the way out was taken then
				cmd = nil
			}
			return c.takeWay(v, p, then, cmd, form)
		}
	}
	var refusal *escalation.Problem
	if errors.As(err, &refusal) {
		return c.intakeForm(v, 422, form, refusal)
	}
	return err
}

// takeWay acts on a petition that has been recorded. Refused, the act's own form comes with
// what was typed and the reason.
func (c *console) takeWay(v *visit, p escalation.Petition, then *action, cmd escalation.Command, form url.Values) error {
	if cmd == nil {
		return v.done("/p/"+p.Code, "Đã tiếp nhận "+p.Code+".")
	}
	_, err := c.Desk.Do(v.Context(), p.Code, cmd, v.actor(), p.Version)
	c.Hint()
	var refusal *escalation.Problem
	switch {
	case errors.As(err, &refusal):
		return c.refusedTake(v, p.Code, *then, form, "Đã tiếp nhận "+p.Code+", nhưng chưa "+strings.ToLower(then.Label)+": "+refusal.Detail)
	case err != nil:
		return err
	}
	return v.done("/p/"+p.Code, "Đã tiếp nhận "+p.Code+"; "+strings.ToLower(then.Label)+": đã thực hiện.")
}

// refusedTake shows the form of the act that was refused, or, where the petition has moved on
// so that it is none of the visitor's any more, the petition with the reason as a warning.
func (c *console) refusedTake(v *visit, code string, then action, form url.Values, why string) error {
	r, err := c.Petitions.PetitionByCode(v.Context(), code)
	if err != nil {
		return err
	}
	if !v.mayDo(then, r.Petition) || !then.fits(r.Petition, v.actor()) {
		return v.partly("/p/"+code, why)
	}
	own := ownFields(form, then.Verb)
	own.Set(web.NonceField, web.NewNonce())
	page, err := c.actData(v, r, then, own)
	if err != nil {
		return err
	}
	page.Problem = why
	return v.show(422, "act", then.Label+": "+code, page)
}

// ownFields are the fields of the way out as the act's form names them.
func ownFields(form url.Values, verb escalation.Verb) url.Values {
	own := url.Values{}
	for name, values := range form {
		if after, ok := strings.CutPrefix(name, string(verb)+"_"); ok {
			own[after] = values
		}
	}
	return own
}

// wayOut is the command of the way out; forwarding goes with the intake itself.
func wayOut(form url.Values) (*action, escalation.Command, error) {
	verb := wayVerbs[form.Get("way")]
	if verb == "" {
		return nil, nil, nil
	}
	act, _ := actionOf(string(verb))
	cmd, err := act.command(ownFields(form, verb))
	return &act, cmd, err
}

func intakeOf(form url.Values) (escalation.Intake, error) {
	in := escalation.Intake{
		Channel: escalation.Channel(form.Get("channel")), Content: form.Get("content"), Field: form.Get("field"), Area: form.Get("area"),
		Citizen:      escalation.CitizenIntake{Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email"), Address: form.Get("address"), Organisation: form.Get("organisation") != ""},
		Confidential: form.Get("confidential") != "", PublishConsent: form.Get("publish_consent") != "", Urgent: form.Get("urgent") != "",
		Denunciation: form.Get("denunciation") != "", Note: form.Get("note"),
	}
	if k := form.Get("kind"); len(k) == 1 {
		in.Kind = int(k[0] - '0')
	}
	if at := form.Get("received_at"); at != "" {
		t, err := worktime.ParseInstant(at)
		if err != nil {
			return in, wrong("received_at", "thời điểm tiếp nhận không đúng")
		}
		in.ReceivedAt = t
	}
	if form.Get("way") == "forward" {
		if form.Get("lead") == "" {
			return in, wrong("lead", "chưa chọn đơn vị chủ trì")
		}
		in.Units = []escalation.UnitRef{{Code: form.Get("lead"), Role: "lead"}}
		for _, code := range form["cooperate"] {
			if code != "" && code != form.Get("lead") {
				in.Units = append(in.Units, escalation.UnitRef{Code: code, Role: "cooperate"})
			}
		}
	}
	return in, nil
}
