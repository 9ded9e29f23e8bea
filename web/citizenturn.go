package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"notify1022/escalation"
)

// Whoever types a number into /gui-phan-anh lets that number be texted. So the number is
// counted, not the address alone: it is nobody's mailing machine, however many addresses
// somebody has. What shows a code that went to the number is its owner's, and is taken for
// much longer; what cannot be taken is told the way that is open to everybody, a call.

// How many petitions the form takes for one number or address of mail. Those with a code
// count apart: nobody can use up what the owner has.
const (
	freeInHour   = 2  // without a code
	freeInDay    = 4  // so that nobody does it each hour
	provenInDay  = 12 // with a code
	callInHour   = 3  // of whom no code reaches: a landline, or mail alone
	callInDay    = 6
	sentInHour   = 6 // codes, one at a time: each is good for five minutes
	sentInDay    = 12
	countedInDay = 24 * time.Hour // as long as tries are kept
)

// formName is what the code's text names, where a slip's names a petition.
const formName = "GUI-PHAN-ANH"

// sender is whom a petition of the form will answer.
type sender struct {
	subject string // of tries and codes: tells one from the other and holds no number
	phone   string // that a code can be texted to (E.164); empty: none reaches the sender
}

// senderOf is the sender as typed; known is false where the form is refused anyway.
func (a *api) senderOf(c escalation.CitizenIntake) (s sender, known bool) {
	if c.Phone == "" {
		return sender{subject: "send:" + hexDigest("email", strings.ToLower(c.Email))}, c.Email != ""
	}
	phone, err := a.Numbering.ParsePhone(c.Phone)
	s.subject = "send:" + hexDigest("phone", phone.E164)
	if a.Passcodes != nil && a.Numbering.Textable(phone.E164) {
		s.phone = phone.E164
	}
	return s, err == nil
}

// wantsCode refuses a petition until it comes with the code that went to its number.
type wantsCode struct {
	*Problem
	to string // masked
}

func (w *wantsCode) Unwrap() error { return w.Problem }

// admit takes the turn of a petition. Without one it is refused; what was typed stays.
func (a *api) admit(w http.ResponseWriter, r *http.Request, in escalation.Intake, code string) ([]turn, error) {
	now, err := a.Now(r.Context())
	if err != nil {
		return nil, err
	}
	s, known := a.senderOf(in.Citizen)
	if !known || a.Lookups == nil || in.Check(escalation.Env{Now: now, Numbering: a.Numbering}) != nil {
		return nil, nil // the desk refuses it
	}
	if s.phone == "" {
		return a.admitted(r, bound{s.subject, callInHour, time.Hour}, bound{s.subject, callInDay, countedInDay})
	}
	proven, err := a.provenSender(w, r, s, code)
	switch {
	case err != nil:
		return nil, err
	case proven:
		return a.admitted(r, bound{s.subject + "/proven", provenInDay, countedInDay})
	}
	taken, ok, err := a.takeAll(r.Context(), bound{s.subject, freeInHour, time.Hour}, bound{s.subject, freeInDay, countedInDay})
	if err != nil || ok {
		return taken, err
	}
	return nil, a.askSender(r, s)
}

// admitted takes the turns or says who takes the petition instead.
func (a *api) admitted(r *http.Request, bounds ...bound) ([]turn, error) {
	taken, ok, err := a.takeAll(r.Context(), bounds...)
	if err == nil && !ok {
		err = a.callInstead("đã gửi nhiều phản ánh qua trang này")
	}
	return taken, err
}

// callInstead is the way that is left.
func (a *api) callInstead(why string) *Problem {
	call := "Tổng đài 1022"
	if a.Support != "" {
		call += ", số " + a.Support
	}
	return problem(http.StatusTooManyRequests, "số điện thoại hoặc thư điện tử này "+why+". Phản ánh này chưa được gửi, nội dung còn ở dưới: hãy gọi "+call+" để được ghi nhận ngay")
}

// provenSender reports whether the petition comes from whose number it is: with the code that
// went there, or from a device that has shown one lately.
func (a *api) provenSender(w http.ResponseWriter, r *http.Request, s sender, code string) (bool, error) {
	if known, err := a.knownDevice(r, s.subject); known || err != nil || code == "" {
		return known, err
	}
	right, err := a.Passcodes.UsePasscode(r.Context(), s.subject, digitsOf(code))
	if err != nil {
		return false, err
	}
	if !right {
		a.tokens.charge(visitOf(r).client, missCost, a.Clock())
		return false, &wantsCode{problem(http.StatusUnprocessableEntity, "mã không đúng hoặc đã hết hạn. Hãy nhập lại mã đã nhắn; sau 5 phút, để trống ô mã rồi gửi để nhận mã mới"), escalation.MaskPhone(s.phone)}
	}
	return true, a.trust(w, r, s.subject, guardedFor)
}

// askSender asks for the code, and sends one unless one is good still.
func (a *api) askSender(r *http.Request, s sender) error {
	to := escalation.MaskPhone(s.phone)
	live, err := a.Passcodes.LivePasscodes(r.Context(), s.subject)
	if err != nil {
		return err
	}
	sent := "đã nhắn"
	if len(live) == 0 {
		sent = "vừa nhắn"
		_, ok, err := a.takeAll(r.Context(), bound{"code:" + s.subject, sentInHour, time.Hour}, bound{"code:" + s.subject, sentInDay, countedInDay})
		if err != nil {
			return err
		}
		if !ok {
			return a.callInstead("đã được gửi nhiều mã xác nhận")
		}
		if err := a.textCode(r.Context(), formName, s.subject, escalation.Recipient{Phone: s.phone, Role: escalation.CitizenRole}); err != nil {
			return err
		}
	}
	return &wantsCode{problem(http.StatusUnprocessableEntity, "số "+to+" đã có phản ánh gửi trước đó trong ngày. Để không ai gửi thay, hãy nhập mã 6 số "+sent+" đến số này rồi gửi lại; phản ánh chưa được gửi, nội dung còn ở dưới"), to}
}

// bound is how many tries a subject has within a time.
type bound struct {
	subject string
	most    int
	within  time.Duration
}

// key tells the tries of a bound from those of the subject's others.
func (b bound) key() string { return b.subject + "/" + b.within.String() }

// takeAll takes a try of each bound, or none.
func (a *api) takeAll(ctx context.Context, bounds ...bound) (taken []turn, ok bool, err error) {
	for _, b := range bounds {
		try, ok, err := a.Lookups.Try(ctx, b.key(), b.most, b.within)
		if err != nil || !ok {
			return nil, false, errors.Join(err, a.giveBack(ctx, taken))
		}
		taken = append(taken, turn{b.key(), try})
	}
	return taken, true, nil
}

// giveBack gives turns back that led to nothing.
func (a *api) giveBack(ctx context.Context, taken []turn) (err error) {
	for _, t := range taken {
		err = errors.Join(err, a.Lookups.TakeBack(context.WithoutCancel(ctx), t.subject, t.try))
	}
	return err
}

// admittingDesk records what is admitted. A form that is sent again is not asked anew: it
// finds its petition before it comes here.
type admittingDesk struct {
	Desk
	admit    func(escalation.Intake) ([]turn, error)
	giveBack func([]turn) error
}

func (d admittingDesk) Accept(ctx context.Context, in escalation.Intake, by escalation.Actor) (escalation.Petition, error) {
	taken, err := d.admit(in)
	if err != nil {
		return escalation.Petition{}, err
	}
	p, err := d.Desk.Accept(ctx, in, by)
	if err != nil {
		err = errors.Join(err, d.giveBack(taken))
	}
	return p, err
}
