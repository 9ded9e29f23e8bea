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
	about   string   // what the code's text names: it has room for a petition's code
	people  []codeTo // whom a code may go to; none is typed on the page
	nobody  string   // why there are none
	canCall bool     // then the operators can be asked to call
	acts    []string // of the page, whose forms are carried through
	typed   typed    // what is carried
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
	Chosen  string // to whom a code was sent
	ChosenT string
	Nobody  string // what to do where nobody can be sent a code
	CanCall bool   // and the operators can be asked to call
	Carried []carriedValue
}

type codePerson struct {
	ID   string
	Text string
}

// askCode shows the gate: chosen is to whom a code was sent, refused why it stays shut.
func (a *api) askCode(w http.ResponseWriter, r *http.Request, g codeGate, chosen, refused string) error {
	page := codePage{frame: a.frame(g.title), Action: g.at, Why: g.why, Carried: g.typed.Hidden()}
	for _, k := range g.people {
		page.People = append(page.People, codePerson{k.id, k.shown})
		if k.id == chosen {
			page.Chosen, page.ChosenT = chosen, k.where
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
	status := http.StatusOK
	if page.Problem = refused; refused != "" {
		status = http.StatusUnprocessableEntity
	}
	a.render(w, r, status, a.pages.code, page)
	return nil
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
		a.tokens.charge(visitOf(r).client, sendCost, a.Clock())
		if err := a.textCode(r.Context(), g.about, to.subject, to.to); err != nil {
			return err
		}
		return a.askCode(w, r, g, to.id, "")
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
	return to, texts || a.Mails && k.Email != ""
}

// citizenGate is before a confidential petition, and before withdrawing any: the code goes
// to the citizen's phone, by email to who has no number that takes one.
func (a *api) citizenGate(p escalation.Petition) codeGate {
	g := codeGate{subject: citizenSubject(p), trusted: guardedFor, at: "/t/" + p.Token, title: "Xác nhận", about: p.Code,
		why:    "Nội dung này chỉ mở với mã một lần gửi đến người đã phản ánh.",
		nobody: "Không có số di động hay thư điện tử nào của người phản ánh nhận được mã.",
		acts:   []string{"rating", "supplement", "note", "dispute", "withdraw", "answered", "texts"},
	}
	to := escalation.Recipient{Citizen: p.ID, Role: escalation.CitizenRole}
	where := ""
	switch {
	case a.Numbering.Textable(p.Citizen.Phone):
		where = "số " + escalation.MaskPhone(p.Citizen.Phone)
	case a.Mails && p.Citizen.Email != "":
		where, to.ByEmail = "thư "+mask(Message{Email: p.Citizen.Email}), true
	default:
		g.why = "Phản ánh này được giữ bí mật, chỉ mở bằng mã một lần."
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
