package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"time"

	"notify1022/escalation"
)

// Passcodes are one-time codes by SMS and the devices that have shown one.
type Passcodes interface {
	// NewPasscode keeps a code for the subject (its digest) in the place of one before.
	NewPasscode(ctx context.Context, subject, code string) error
	// UsePasscode takes a code once: wrong, too old, used or tried too often is false.
	UsePasscode(ctx context.Context, subject, code string) (bool, error)
	// Trust remembers a device's secret for the subject; Trusted reports whether it is
	// remembered still.
	Trust(ctx context.Context, secret, subject string, for_ time.Duration) error
	Trusted(ctx context.Context, secret, subject string) (bool, error)
}

const (
	deviceCookie = "thiet-bi"
	deviceFor    = 12 * time.Hour   // an officer's device
	guardedFor   = 30 * time.Minute // for what is confidential
)

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

// citizenSubject is what a code to the citizen's phone opens: a confidential petition,
// and withdrawing any.
func citizenSubject(p escalation.Petition) string { return "citizen:" + p.Code }

// askCitizen asks for the code of the citizen's phone, or sends one.
func (a *api) askCitizen(w http.ResponseWriter, r *http.Request, p escalation.Petition, sent bool, t typed, refused string) error {
	page := codePage{frame: a.frame("Xác nhận"), Action: "/t/" + p.Token, Carried: t.Hidden(), Why: "Nội dung này chỉ mở với mã một lần gửi đến số điện thoại đã phản ánh."}
	page.People = []codePerson{{"citizen", "Số " + escalation.MaskPhone(p.Citizen.Phone)}}
	if sent {
		page.Chosen, page.ChosenT = "citizen", "số "+escalation.MaskPhone(p.Citizen.Phone)
	}
	status := http.StatusOK
	if page.Problem = refused; refused != "" {
		status = http.StatusUnprocessableEntity
	}
	a.render(w, r, status, a.pages.code, page)
	return nil
}

// citizenCode carries out the forms of the code page of a citizen's link.
func (a *api) citizenCode(w http.ResponseWriter, r *http.Request, p escalation.Petition, act string) error {
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	t := carried(fields, "rating", "supplement", "dispute", "withdraw")
	if act == "code" {
		a.tokens.charge(visitOf(r).client, sendCost, a.Clock())
		to := escalation.Recipient{Citizen: p.ID, Role: escalation.CitizenRole}
		if err := a.textCode(r.Context(), p.Code, citizenSubject(p), to); err != nil {
			return err
		}
		return a.askCitizen(w, r, p, true, t, "")
	}
	right, err := a.Passcodes.UsePasscode(r.Context(), citizenSubject(p), digitsOf(fields["code"]))
	if err != nil {
		return err
	}
	if !right {
		a.tokens.charge(visitOf(r).client, missCost, a.Clock())
		return a.askCitizen(w, r, p, true, t, "Mã không đúng hoặc đã hết hạn.")
	}
	if err := a.trust(w, r, citizenSubject(p), guardedFor); err != nil {
		return err
	}
	if t.Act != "" {
		return a.retypeCitizen(w, r, p.Token, t)
	}
	http.Redirect(w, r, "/t/"+p.Token, http.StatusSeeOther)
	return nil
}

// canTextCitizen reports whether a code reaches the citizen at all.
func (a *api) canTextCitizen(p escalation.Petition) bool {
	return a.Passcodes != nil && a.Numbering.Textable(p.Citizen.Phone)
}

// newCode is six digits by chance.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

// device is the secret of the visitor's device; empty: it has none.
func device(r *http.Request) string {
	c, err := r.Cookie(deviceCookie)
	if err != nil || len(c.Value) != 52 {
		return ""
	}
	return c.Value
}

// slipSubject is what a device may open once a code was shown: a unit's slips, or one
// petition's that is confidential.
func slipSubject(p escalation.Petition, slip escalation.Slip) (subject string, trusted time.Duration) {
	if slip.EndedFor == viewOnly {
		return "view:" + p.Code, deviceFor
	}
	if p.Confidential || p.Denunciation {
		return "slip:" + p.Code + ":" + slip.Unit, guardedFor
	}
	return "unit:" + slip.Unit, deviceFor
}

// knownDevice reports whether the device may see the subject, so that a link that was pasted
// into a chat shows nothing to others.
func (a *api) knownDevice(r *http.Request, subject string) (bool, error) {
	if a.Passcodes == nil {
		return true, nil
	}
	secret := device(r)
	if secret == "" {
		return false, nil
	}
	return a.Passcodes.Trusted(r.Context(), secret, subject)
}

// codeTo is somebody whom a slip's code may go to, and how.
type codeTo struct {
	escalation.Contact
	byEmail bool
}

// where is the address, masked.
func (k codeTo) where() string {
	if k.byEmail {
		return "thư " + mask(Message{Email: k.Email})
	}
	return "số " + escalation.MaskPhone(k.Phone)
}

func (k codeTo) id() string { return strconv.FormatInt(k.ID, 10) }

// slipPeople are those a slip's code may go to: by SMS, and by email to who has no
// number that takes one. Both are the directory's; none is typed here.
func (a *api) slipPeople(ctx context.Context, p escalation.Petition, slip escalation.Slip) ([]codeTo, error) {
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
	var people []codeTo
	for _, role := range roles {
		for _, k := range directory.Serving(unit, role, now) {
			texts := a.Numbering.Textable(k.Phone)
			if (texts || a.Mails && k.Email != "") && !slices.Contains(p.Exclude, k.ID) {
				people = append(people, codeTo{k, !texts})
			}
		}
	}
	return people, nil
}

// askSlip asks for the code, or sends one.
func (a *api) askSlip(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip, t typed, chosen, refused string) error {
	people, err := a.slipPeople(r.Context(), record.Petition, slip)
	if err != nil {
		return err
	}
	page := codePage{frame: a.frame("Xác nhận thiết bị"), Action: "/p/" + slip.Token, Carried: t.Hidden(), Why: "Phiếu này chỉ mở trên thiết bị của cán bộ được giao. Chọn số của mình để nhận mã một lần."}
	for _, k := range people {
		page.People = append(page.People, codePerson{k.id(), roleWords[k.Role] + ", " + k.where()})
		if k.id() == chosen {
			page.Chosen, page.ChosenT = chosen, k.where()
		}
	}
	if len(people) == 0 {
		page.Why = "Phiếu này chỉ mở trên thiết bị của cán bộ được giao, bằng mã một lần."
		page.Nobody = "Đơn vị chưa có số di động hay thư điện tử nào trong danh bạ để nhận mã. Hãy gọi Tổng đài 1022"
		if a.Support != "" {
			page.Nobody += ", số " + a.Support
		}
		page.CanCall = slip.Open()
	}
	if r.URL.Query().Get("xong") == askCall {
		page.Done = "Tổng đài đã nhận yêu cầu và sẽ gọi đơn vị."
	}
	page.Problem = refused
	status := http.StatusOK
	if refused != "" {
		status = http.StatusUnprocessableEntity
	}
	a.render(w, r, status, a.pages.code, page)
	return nil
}

// askCall is the form that asks the operators to call.
const askCall = "call"

// callUnit puts a unit nobody of which can be sent a code on the operators' list,
// once an hour at most.
func (a *api) callUnit(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip) error {
	people, err := a.slipPeople(r.Context(), record.Petition, slip)
	if err != nil {
		return err
	}
	if len(people) > 0 || !slip.Open() {
		return a.askSlip(w, r, record, slip, typed{}, "", "Hãy chọn nơi nhận mã.")
	}
	subject := "ask-call:" + record.Petition.Code + ":" + slip.Unit
	try, first, err := a.Lookups.Try(r.Context(), subject, 1, time.Hour)
	if err != nil {
		return err
	}
	if first {
		actor := escalation.Actor{Name: slip.Unit, Role: escalation.Officer, Channel: escalation.BySlipPage, Unit: slip.Unit}
		if _, err := a.Desk.Do(r.Context(), record.Petition.Code, &escalation.AskCall{}, actor, 0); err != nil {
			return errors.Join(err, a.Lookups.TakeBack(context.WithoutCancel(r.Context()), subject, try))
		}
		a.Hint()
	}
	http.Redirect(w, r, "/p/"+slip.Token+"?xong="+askCall, http.StatusSeeOther)
	return nil
}

var roleWords = map[escalation.Role]string{escalation.Focal: "Cán bộ đầu mối", escalation.Deputy: "Người thay", escalation.Head: "Thủ trưởng", escalation.Duty: "Trực ban", escalation.Leader: "Lãnh đạo",
	escalation.Office: "Văn phòng UBND thành phố", escalation.CityLeader: "Lãnh đạo UBND thành phố", escalation.ShiftLead: "Trưởng ca"}

// sendCode sends a code to one of the slip's people.
func (a *api) sendCode(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip) error {
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	people, err := a.slipPeople(r.Context(), record.Petition, slip)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(people, func(k codeTo) bool { return k.id() == fields["to"] })
	if i < 0 {
		return a.askSlip(w, r, record, slip, carriedSlip(fields), "", "Hãy chọn nơi nhận mã.")
	}
	a.tokens.charge(visitOf(r).client, sendCost, a.Clock())
	subject, _ := slipSubject(record.Petition, slip)
	to := escalation.Recipient{Contact: people[i].ID, Role: people[i].Role, Unit: people[i].Unit, ByEmail: people[i].byEmail}
	if err := a.textCode(r.Context(), record.Petition.Code, subject+":"+fields["to"], to); err != nil {
		return err
	}
	return a.askSlip(w, r, record, slip, carriedSlip(fields), fields["to"], "")
}

// textCode makes a code and queues its text.
func (a *api) textCode(ctx context.Context, petition, subject string, to escalation.Recipient) error {
	_, ok, err := a.Lookups.Try(ctx, "code:"+subject, lookupTries, time.Hour)
	if err != nil {
		return err
	}
	if !ok {
		return problem(http.StatusTooManyRequests, "đã gửi nhiều mã trong một giờ; hãy dùng mã đã nhận hoặc thử lại sau")
	}
	code, err := newCode()
	if err != nil {
		return err
	}
	if err := a.Passcodes.NewPasscode(ctx, subject, code); err != nil {
		return err
	}
	now, err := a.Now(ctx)
	if err != nil {
		return err
	}
	_, err = a.Outbox.Send(ctx, []escalation.Notice{{Template: "OTP", Vars: map[string]string{"otp": code, "ma": petition}, To: to, Lane: escalation.LaneUrgent,
		Class: escalation.ClassAnswer, Attempt: 1, Rung: escalation.RungName("otp@" + now.Format(time.RFC3339Nano) + code[:2]), Expires: now.Add(5 * time.Minute)}}, escalation.Ladder())
	if err == nil {
		a.Hint()
	}
	return err
}

// openSlip takes a code and remembers the device.
func (a *api) openSlip(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip) error {
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	subject, trusted := slipSubject(record.Petition, slip)
	right, err := a.Passcodes.UsePasscode(r.Context(), subject+":"+fields["to"], digitsOf(fields["code"]))
	if err != nil {
		return err
	}
	if !right {
		a.tokens.charge(visitOf(r).client, missCost, a.Clock())
		return a.askSlip(w, r, record, slip, carriedSlip(fields), fields["to"], "Mã không đúng hoặc đã hết hạn.")
	}
	if err := a.trust(w, r, subject, trusted); err != nil {
		return err
	}
	if t := carriedSlip(fields); t.Act != "" {
		return a.showSlipAgain(w, r, record, slip, t, nil, nil)
	}
	http.Redirect(w, r, "/p/"+slip.Token, http.StatusSeeOther)
	return nil
}

// carriedSlip is what a form of a slip's code page brought along.
func carriedSlip(fields map[string]string) typed {
	return carried(fields, "result", "explanation", "eta", "progress", "clarify", "return", "recording", "assign")
}

func (a *api) trust(w http.ResponseWriter, r *http.Request, subject string, trusted time.Duration) error {
	secret := device(r)
	if secret == "" {
		secret = rand.Text() + rand.Text()
	}
	if err := a.Passcodes.Trust(r.Context(), secret, subject, trusted); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: secret, Path: "/", MaxAge: int(deviceFor.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.secure()})
	return nil
}

func (a *api) secure() bool { return len(a.PublicURL) > 8 && a.PublicURL[:8] == "https://" }
