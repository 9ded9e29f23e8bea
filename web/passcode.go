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
	"strings"
	"time"

	"notify1022/escalation"
)

// Passcodes are one-time codes by SMS and the devices that have shown one.
type Passcodes interface {
	// NewPasscode keeps a code for the subject (its digest); those before stay good for
	// their time.
	NewPasscode(ctx context.Context, subject, code string) error
	// LivePasscodes are those of the subjects that have a code which may be used still.
	LivePasscodes(ctx context.Context, subjects ...string) ([]string, error)
	// UsePasscode takes one of the subject's codes once: wrong, too old, used or tried too
	// often is false. A wrong one is a try at each of them.
	UsePasscode(ctx context.Context, subject, code string) (bool, error)
	// Trust remembers a device's secret for the subject; Trusted reports whether it is.
	Trust(ctx context.Context, secret, subject string, for_ time.Duration) error
	Trusted(ctx context.Context, secret, subject string) (bool, error)
	// Subjects lists what a device is remembered for, what it showed a code for last first.
	Subjects(ctx context.Context, secret string) ([]string, error)
}

const (
	deviceCookie = "thiet-bi"
	deviceFor    = 12 * time.Hour   // an officer's device
	guardedFor   = 30 * time.Minute // for what is confidential
)

// citizenSubject is what a code to the citizen's phone opens: a confidential petition,
// and withdrawing any.
func citizenSubject(p escalation.Petition) string { return "citizen:" + p.Code }

// canCodeCitizen reports whether a code reaches the citizen at all.
func (a *api) canCodeCitizen(p escalation.Petition) bool {
	return len(a.citizenGate(p).people) > 0
}

// guarded reports whether the citizen's page opens with a code alone. Where no code
// reaches its citizen a confidential petition opens to nobody.
func (a *api) guarded(p escalation.Petition) bool { return p.Confidential }

// guardedSlip reports whether a slip's link opens with a code whatever the configuration says.
func guardedSlip(p escalation.Petition) bool { return p.Confidential || p.Denunciation }

// linksAsk reports whether the links of slips and reports ask a new device for a code.
func (a *api) linksAsk() bool { return a.Passcodes != nil && !a.OpenLinks }

// slipAsks reports whether the petition's slips do.
func (a *api) slipAsks(p escalation.Petition) bool { return a.linksAsk() || guardedSlip(p) }

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
// petition's that is confidential. The device is remembered for it with whose code it was:
// "unit:SXD:12".
func slipSubject(p escalation.Petition, slip escalation.Slip) (subject string, trusted time.Duration) {
	view, guarded := slip.EndedFor == viewOnly, guardedSlip(p)
	switch {
	case view && guarded: // not what a device is trusted for from before it was confidential
		return "guarded-view:" + p.Code, guardedFor
	case view:
		return "view:" + p.Code, deviceFor
	case guarded:
		return "slip:" + p.Code + ":" + slip.Unit, guardedFor
	}
	return "unit:" + slip.Unit, deviceFor
}

// knownDevice reports whether the device may see the subject, so that a link that was pasted
// into a chat shows nothing to others.
func (a *api) knownDevice(r *http.Request, subject string) (bool, error) {
	secret := device(r)
	if secret == "" || a.Passcodes == nil {
		return false, nil
	}
	return a.Passcodes.Trusted(r.Context(), secret, subject)
}

// slipVisitor is whose code the visitor's device has shown for the slip: somebody who deals
// with the petition still. open with no person (ID 0) is the unit, whoever holds the link,
// where no codes are asked for.
func (a *api) slipVisitor(r *http.Request, p escalation.Petition, slip escalation.Slip) (who escalation.Contact, open bool, err error) {
	secret := device(r)
	switch {
	case !a.slipAsks(p):
		return who, true, nil
	case secret == "" || a.Passcodes == nil:
		return who, false, nil
	}
	known, err := a.Passcodes.Subjects(r.Context(), secret)
	if err != nil {
		return who, false, err
	}
	people, err := a.slipPeople(r.Context(), p, slip)
	if err != nil {
		return who, false, err
	}
	subject, _ := slipSubject(p, slip)
	for _, s := range known {
		id, of := strings.CutPrefix(s, subject+":")
		i := slices.IndexFunc(people, func(k escalation.Contact) bool { return strconv.FormatInt(k.ID, 10) == id })
		if of && i >= 0 {
			return people[i], true, nil
		}
	}
	return who, false, nil
}

// visitorActor is who acts on a slip's page: the person whose code the device has shown, in the
// role that is theirs there now, or the unit under its name.
func (a *api) visitorActor(r *http.Request, d *escalation.Directory, p escalation.Petition, slip escalation.Slip) (escalation.Actor, error) {
	actor := escalation.Actor{Name: slip.Unit, Role: escalation.Officer, Channel: escalation.BySlipPage, Unit: slip.Unit}
	if unit, ok := d.Unit(slip.Unit); ok {
		actor.Name = unit.Name
	}
	who, _, err := a.slipVisitor(r, p, slip)
	if err != nil || who.ID == 0 {
		return actor, err
	}
	now, err := a.Now(r.Context())
	if err != nil {
		return actor, err
	}
	actor.Name, actor.Contact = who.Name, who.ID
	switch who.Role {
	case escalation.Focal, escalation.Deputy, escalation.Head, escalation.Duty:
		actor.Role = who.Role
	}
	if p.StandsInForHead(who, &slip, d, a.Numbering, now) {
		actor.Role = escalation.Head
	}
	return actor, nil
}

// askSlip asks for the code of one of the slip's people.
func (a *api) askSlip(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip, t typed, refused string) error {
	g, err := a.slipGate(r.Context(), record, slip)
	if err != nil {
		return err
	}
	g.typed = t
	return a.askCode(w, r, g, "", refused)
}

// askCall is the form that asks the operators to call.
const askCall = "call"

// callUnit puts a unit nobody of which can be sent a code on the operators' list,
// once an hour at most.
func (a *api) callUnit(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip) error {
	g, err := a.slipGate(r.Context(), record, slip)
	if err != nil {
		return err
	}
	if len(g.people) > 0 || !slip.Open() {
		return a.askCode(w, r, g, "", "Hãy chọn nơi nhận mã.")
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

// How many codes a subject is sent in an hour before each further one waits for the one
// before: asked for from one address, and from all of them. What many ask for waits no longer
// than a code is good, so that whose phone it is has one or may have one.
const (
	codesByAddress = 5
	codesByAll     = 8
	waitByAddress  = 10 * time.Minute
	waitByAll      = 5 * time.Minute
)

// turn is a try that was taken.
type turn struct {
	subject string
	try     int64
}

// takeTurn takes one of the most turns that the subject has in an hour, and after those one
// each while; ok is false when it has to wait.
func (a *api) takeTurn(ctx context.Context, subject string, most int, while time.Duration) (taken turn, ok bool, err error) {
	taken.subject = subject
	if taken.try, ok, err = a.Lookups.Try(ctx, subject, most, time.Hour); ok || err != nil {
		return taken, ok, err
	}
	taken.subject = subject + "/further"
	taken.try, ok, err = a.Lookups.Try(ctx, taken.subject, 1, while)
	return taken, ok, err
}

// mayCode takes a code of the subject from what the address and all of them may have; false:
// it has to wait.
func (a *api) mayCode(r *http.Request, subject string) (bool, error) {
	own, ok, err := a.takeTurn(r.Context(), "code:"+subject+"@"+subscriber(visitOf(r).client).String(), codesByAddress, waitByAddress)
	if err != nil || !ok {
		return false, err
	}
	if _, ok, err = a.takeTurn(r.Context(), "code:"+subject, codesByAll, waitByAll); err != nil || !ok {
		return false, errors.Join(err, a.Lookups.TakeBack(context.WithoutCancel(r.Context()), own.subject, own.try))
	}
	return true, nil
}

// textCode makes a code and queues its text.
func (a *api) textCode(ctx context.Context, petition, subject string, to escalation.Recipient) error {
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

// trust remembers the device for the subject.
func (a *api) trust(w http.ResponseWriter, r *http.Request, subject string, trusted time.Duration) error {
	secret := device(r)
	if secret == "" {
		secret = newSecret()
	}
	if err := a.Passcodes.Trust(r.Context(), secret, subject, trusted); err != nil {
		return err
	}
	a.setDevice(w, secret)
	return nil
}

func newSecret() string { return rand.Text() + rand.Text() }

// markDevice gives a device a secret.
func (a *api) markDevice(w http.ResponseWriter) string {
	secret := newSecret()
	a.setDevice(w, secret)
	return secret
}

func (a *api) setDevice(w http.ResponseWriter, secret string) {
	http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: secret, Path: "/", MaxAge: int(deviceFor.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.secure()})
}

func (a *api) secure() bool { return len(a.PublicURL) > 8 && a.PublicURL[:8] == "https://" }
