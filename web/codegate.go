package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"notify1022/escalation"
)

// codeGate is a page that opens on a device once a one-time code was shown there: a
// citizen's, a slip's, a report's. What a code opens, and who may be sent one, is its own;
// the way through is one.
type codeGate struct {
	subject string        // what the device may open then; empty: that of the code
	trusted time.Duration // and for how long
	at      string        // address of the page; the forms go below it
	title   string
	why     string
	forAct  map[string]string // why, where what waits is an act of the page
	about   string            // what the code's text names: it has room for a petition's code
	people  []codeTo          // whom a code may go to; none is typed on the page
	nobody  string            // why there are none
	canCall bool              // then the operators can be asked to call
	acts    []string          // of the page, whose forms are carried through
	typed   typed             // what is carried
}

// codeTo is somebody whom a code may go to, and how.
type codeTo struct {
	id      string
	shown   string // as the page lists them
	where   string // the address, masked
	subject string // of their code
	to      escalation.Recipient
}

// codePage asks for a one-time code.
type codePage struct {
	frame
	Action  string // where the forms go
	Why     string
	People  []codePerson
	Sent    []codePerson // who has a code that may be used still
	Chosen  string       // to whom one was sent here
	Nobody  string       // what to do where nobody can be sent a code
	CanCall bool         // and the operators can be asked to call
	Carried []carriedValue
}

type codePerson struct {
	ID   string
	Text string
}

// askCode shows the gate: chosen is to whom a code was sent, refused why it stays shut.
func (a *api) askCode(w http.ResponseWriter, r *http.Request, g codeGate, chosen, refused string) error {
	status := http.StatusOK
	if refused != "" {
		status = http.StatusUnprocessableEntity
	}
	return a.showGate(w, r, status, g, chosen, refused)
}

// showGate shows the gate with a field for each code that may be used still, or for the
// chosen one's alone. Who asked for it does not matter: it went to whom it opens for.
func (a *api) showGate(w http.ResponseWriter, r *http.Request, status int, g codeGate, chosen, refused string) error {
	page := codePage{frame: a.frame(g.title), Action: g.at, Why: cmp.Or(g.forAct[g.typed.Act], g.why), Chosen: chosen, Carried: g.typed.Hidden()}
	live, err := a.livePasscodes(r.Context(), g.subjects())
	if err != nil {
		return err
	}
	for _, k := range g.people {
		page.People = append(page.People, codePerson{k.id, k.shown})
		if slices.Contains(live, k.subject) && (chosen == "" || k.id == chosen) {
			page.Sent = append(page.Sent, codePerson{k.id, k.where})
		}
	}
	if len(g.people) == 0 {
		page.Nobody, page.CanCall = g.nobody+" Hãy gọi Tổng đài 1022", g.canCall
		if a.Support != "" {
			page.Nobody += ", số " + a.Support
		}
	}
	if r.URL.Query().Get("xong") == askCall {
		page.Done = "Tổng đài đã nhận yêu cầu và sẽ gọi đơn vị."
	}
	page.Problem = refused
	a.render(w, r, status, a.pages.code, page)
	return nil
}

// livePasscodes are those of the subjects that have a code which may be used still.
func (a *api) livePasscodes(ctx context.Context, subjects []string) ([]string, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	return a.Passcodes.LivePasscodes(ctx, subjects...)
}

// subjects are whose codes the gate takes.
func (g codeGate) subjects() []string {
	list := make([]string, len(g.people))
	for i, k := range g.people {
		list[i] = k.subject
	}
	return list
}

// passCode carries out the gate's two forms: it sends a code, or takes one and remembers
// the device. again shows the page with what was carried; a gate without acts needs none.
func (a *api) passCode(w http.ResponseWriter, r *http.Request, g codeGate, act string, again func(typed) error) error {
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	g.typed = carried(fields, g.acts...)
	i := slices.IndexFunc(g.people, func(k codeTo) bool { return k.id == fields["to"] })
	if fields["to"] == "" && len(g.people) == 1 {
		i = 0
	}
	if i < 0 {
		return a.askCode(w, r, g, "", "Hãy chọn nơi nhận mã.")
	}
	to := g.people[i]
	if act == "code" {
		return a.sendCode(w, r, g, to)
	}
	right, err := a.Passcodes.UsePasscode(r.Context(), to.subject, digitsOf(fields["code"]))
	if err != nil {
		return err
	}
	if !right {
		a.tokens.charge(visitOf(r).client, missCost, a.Clock())
		return a.askCode(w, r, g, to.id, "Mã không đúng hoặc đã hết hạn.")
	}
	if err := a.trust(w, r, cmp.Or(g.subject, to.subject), g.trusted); err != nil {
		return err
	}
	if g.typed.Act != "" {
		return again(g.typed)
	}
	http.Redirect(w, r, g.at, http.StatusSeeOther)
	return nil
}

// sendCode sends a code and asks for it, or, where it has to wait, for one before.
func (a *api) sendCode(w http.ResponseWriter, r *http.Request, g codeGate, to codeTo) error {
	a.tokens.charge(visitOf(r).client, sendCost, a.Clock())
	ok, err := a.mayCode(r, to.subject)
	if err != nil {
		return err
	}
	if !ok {
		return a.showGate(w, r, http.StatusTooManyRequests, g, to.id, "Đã gửi nhiều mã trong một giờ: mã nhận trong năm phút qua vẫn dùng được, mã mới gửi được sau ít phút.")
	}
	if err := a.textCode(r.Context(), g.about, to.subject, to.to); err != nil {
		return err
	}
	return a.askCode(w, r, g, to.id, "")
}

// codeToContact is how a person of the directory is sent a code of the subject: by SMS, and
// by email who has no number that takes one; ok is false where nothing reaches them.
func (a *api) codeToContact(k escalation.Contact, subject string) (to codeTo, ok bool) {
	texts := a.Numbering.Textable(k.Phone)
	to = codeTo{id: strconv.FormatInt(k.ID, 10), where: "số " + escalation.MaskPhone(k.Phone),
		to: escalation.Recipient{Contact: k.ID, Role: k.Role, Unit: k.Unit, ByEmail: !texts}}
	if !texts {
		to.where = "thư " + mask(Message{Email: k.Email})
	}
	to.shown, to.subject = roleWords[k.Role]+", "+to.where, subject+":"+to.id
	return to, a.Passcodes != nil && (texts || a.Mails && k.Email != "")
}

// toWithdraw is what a code is for that is asked for by an act alone, not by the page.
const toWithdraw = "Để rút phản ánh, hãy nhập mã một lần gửi đến người đã phản ánh."

// citizenGate is before a confidential petition, and before withdrawing any: the code goes
// to the citizen's phone, by email to who has no number that takes one.
func (a *api) citizenGate(p escalation.Petition) codeGate {
	g := codeGate{subject: citizenSubject(p), trusted: guardedFor, at: "/t/" + p.Token, title: "Xác nhận", about: p.Code,
		why:    "Nội dung này chỉ mở với mã một lần gửi đến người đã phản ánh.",
		forAct: map[string]string{"withdraw": toWithdraw},
		nobody: "Không có số di động hay thư điện tử nào của người phản ánh nhận được mã.",
		acts:   []string{"rating", "supplement", "note", "dispute", "withdraw", "answered", "texts"},
	}
	if !a.guarded(p) {
		g.why = toWithdraw
	}
	to := escalation.Recipient{Citizen: p.ID, Role: escalation.CitizenRole}
	where := ""
	switch {
	case a.Passcodes != nil && a.Numbering.Textable(p.Citizen.Phone):
		where = "số " + escalation.MaskPhone(p.Citizen.Phone)
	case a.Passcodes != nil && a.Mails && p.Citizen.Email != "":
		where, to.ByEmail = "thư "+mask(Message{Email: p.Citizen.Email}), true
	default:
		g.why, g.forAct = "Phản ánh này được giữ bí mật, chỉ mở bằng mã một lần.", nil
		return g
	}
	g.people = []codeTo{{"citizen", upper(where), where, citizenSubject(p), to}}
	return g
}

// slipGate is before a slip: the code goes to one of the people of its unit.
func (a *api) slipGate(ctx context.Context, record Record, slip escalation.Slip) (codeGate, error) {
	g := codeGate{at: "/p/" + slip.Token, title: "Xác nhận thiết bị", about: record.Petition.Code,
		why:    "Phiếu này chỉ mở trên thiết bị của cán bộ được giao. Chọn số của mình để nhận mã một lần.",
		nobody: "Đơn vị chưa có số di động hay thư điện tử nào trong danh bạ để nhận mã.", canCall: slip.Open(),
		acts: []string{"acknowledge", "result", "explanation", "eta", "progress", "clarify", "return", "recording", "assign", "photos"},
	}
	subject, trusted := slipSubject(record.Petition, slip)
	g.trusted = trusted
	people, err := a.slipPeople(ctx, record.Petition, slip)
	for _, k := range people {
		if to, ok := a.codeToContact(k, subject); ok {
			g.people = append(g.people, to)
		}
	}
	if len(g.people) == 0 {
		g.why = "Phiếu này chỉ mở trên thiết bị của cán bộ được giao, bằng mã một lần."
	}
	return g, err
}

// slipPeople are those of the slip's unit who serve and deal with the petition.
func (a *api) slipPeople(ctx context.Context, p escalation.Petition, slip escalation.Slip) ([]escalation.Contact, error) {
	directory, err := a.Directory.Directory(ctx)
	if err != nil {
		return nil, err
	}
	now, err := a.Now(ctx)
	if err != nil {
		return nil, err
	}
	unit, roles := slip.Unit, []escalation.Role{escalation.Focal, escalation.Deputy, escalation.Head, escalation.Duty, escalation.Leader}
	if slip.EndedFor == viewOnly {
		unit, roles = "", []escalation.Role{escalation.Office, escalation.CityLeader, escalation.ShiftLead}
	}
	var people []escalation.Contact
	for _, role := range roles {
		for _, k := range directory.Serving(unit, role, now) {
			if !p.Excludes(directory, k) {
				people = append(people, k)
			}
		}
	}
	return people, nil
}

// reportGate is before a report: the code goes to the leader whom it was sent to.
func (a *api) reportGate(link ReportLink) codeGate {
	g := codeGate{trusted: deviceFor, at: "/b/" + link.Token, title: "Xác nhận thiết bị", about: link.shown(),
		why:    "Báo cáo này chỉ mở trên thiết bị của người nhận, bằng mã một lần.",
		nobody: "Danh bạ chưa có số di động hay thư điện tử của người nhận."}
	if to, ok := a.codeToContact(link.Reader, reportSubject); ok {
		g.people = []codeTo{to}
	}
	return g
}
