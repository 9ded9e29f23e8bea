package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
)

// alarmWait bounds one attempt past the outbox: an alarm must not wait for what
// it complains about.
const alarmWait = 10 * time.Second

// alarm tells the administrators that the service itself is in trouble: through
// the outbox, and past it by the last account that is bound, which is the
// fallback route where there are several (DESIGN §3.2).
type alarm struct {
	desk interface {
		Alarm(ctx context.Context, text string) error
		Administrators(ctx context.Context) ([]escalation.Contact, error)
	}
	accounts func() []*account
	renderer queue.Renderer
	host     string
	posted   func()
	log      *slog.Logger
}

var _ queue.Alarm = (*alarm)(nil)

// Alarm succeeds when one of the routes took the text.
func (a *alarm) Alarm(ctx context.Context, text string) error {
	direct := a.direct(ctx, text)
	if direct == nil {
		return nil
	}
	a.log.Warn("the alarm goes through the outbox alone", "err", direct)
	if err := a.desk.Alarm(ctx, text); err != nil {
		return errors.Join(direct, err)
	}
	a.posted()
	return nil
}

// denied tells the administrators, once an hour and account, that an SMSC refuses
// the credentials: the client only tries again after minutes.
func (s *service) denied(account string) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*alarmWait)
		defer cancel()
		hour := time.Now().UTC().Truncate(time.Hour).Format(time.RFC3339)
		_, err := s.db.Once(ctx, "alarm", hour+" credentials "+account, func(ctx context.Context) error {
			return s.alarm().Alarm(ctx, "SMSC "+account+" từ chối tài khoản kết nối, chưa gửi được tin")
		})
		if err != nil {
			s.log.Error("nobody was told of refused credentials", "smsc", account, "err", err)
		}
	}()
}

// direct sends to the first administrator who can be reached past the outbox.
func (a *alarm) direct(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, alarmWait)
	defer cancel()
	people, err := a.desk.Administrators(ctx)
	if err != nil {
		return fmt.Errorf("look up the administrators: %w", err)
	}
	reached := errors.New("no administrator has a number")
	accounts := a.accounts()
	for _, p := range people {
		for i := len(accounts) - 1; i >= 0 && p.Phone != ""; i-- {
			if reached = a.send(ctx, accounts[i], p, text); reached == nil {
				return nil
			}
		}
	}
	return reached
}

func (a *alarm) send(ctx context.Context, over *account, to escalation.Contact, text string) error {
	if over.Free() == 0 {
		return fmt.Errorf("account %s is not bound", over.Name())
	}
	m := &escalation.Outgoing{
		Template: "QT", Class: escalation.ClassAlarm, Lane: escalation.LaneUrgent, Phone: to.Phone,
		To: escalation.Recipient{Contact: to.ID, Role: escalation.Administrator}, Vars: map[string]string{"noi_dung": text, "lp": a.host + "/readyz"},
	}
	if err := a.renderer.Render(ctx, m); err != nil {
		return err
	}
	outcome := make(chan escalation.SegmentOutcome, 1)
	if err := over.Submit(ctx, m, 1, func(o escalation.SegmentOutcome) {
		select {
		case outcome <- o:
		default: // a late answer of the same submit
		}
	}); err != nil {
		return err
	}
	select {
	case o := <-outcome:
		if o.State == escalation.Accepted {
			return nil
		}
		return fmt.Errorf("account %s: %s %s", over.Name(), o.State, o.Error)
	case <-ctx.Done():
		return ctx.Err()
	}
}
