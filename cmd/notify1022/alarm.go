package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/templates"
)

// alarmWait bounds one attempt past the outbox: an alarm must not wait for what
// it complains about. An account that does not answer may have half of it, so that the
// next one is tried, too.
const (
	alarmWait  = 10 * time.Second
	answerWait = alarmWait / 2
)

// alarm tells the administrators that the service itself is in trouble: past the outbox
// by the last account, which is the fallback route where there are several (DESIGN
// §3.2), and through the outbox where that fails.
type alarm struct {
	desk interface {
		Alarm(ctx context.Context, occasion, text string) error // queues it, once an hour and occasion
		Administrators(ctx context.Context) ([]escalation.Contact, error)
	}
	routes   func(ctx context.Context) iter.Seq[*account] // the fallback first
	moves    func(ctx context.Context) error              // nil: somebody empties the outbox
	renderer queue.Renderer
	host     string
	posted   func()
	log      *slog.Logger

	mu     sync.Mutex
	people []escalation.Contact // as they were last read: the database may be what is away
}

var _ queue.Alarm = (*alarm)(nil)

var errNobodyToTell = errors.New("the directory has no administrator who could be told")

// Alarm succeeds when somebody may be taken to have been told: an SMSC took the text for
// one administrator at least. One that lies in an outbox that nobody empties tells nobody.
func (a *alarm) Alarm(ctx context.Context, occasion, text string) error {
	people, err := a.administrators(ctx)
	if err != nil {
		return err
	}
	direct := a.direct(ctx, people, text)
	if direct == nil {
		return nil
	}
	a.log.Warn("the alarm goes through the outbox alone", "err", direct)
	if err := a.desk.Alarm(ctx, occasion, text); err != nil {
		return errors.Join(direct, err)
	}
	a.posted()
	if err := a.moves(ctx); err != nil {
		return errors.Join(direct, err)
	}
	return nil
}

// administrators are who is told, as they were last known where nobody can look them up.
func (a *alarm) administrators(ctx context.Context) ([]escalation.Contact, error) {
	ctx, cancel := context.WithTimeout(ctx, alarmWait)
	defer cancel()
	people, err := a.desk.Administrators(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil && len(people) == 0:
		return nil, errNobodyToTell
	case err == nil:
		a.people = people
	case len(a.people) == 0:
		return nil, fmt.Errorf("look up the administrators: %w", err)
	}
	return a.people, nil
}

// learn reads who is to be told while the database is there.
func (a *alarm) learn(ctx context.Context) {
	if _, err := a.administrators(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("an alarm would reach nobody", "err", err)
	}
}

// denied tells the administrators, once an hour and account, that an SMSC refuses
// the credentials: the client only tries again after minutes.
func (s *service) denied(account string) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*alarmWait)
		defer cancel()
		hour := time.Now().UTC().Truncate(time.Hour).Format(time.RFC3339)
		_, err := s.db.Once(ctx, "alarm", hour+" credentials "+account, func(ctx context.Context) error {
			return s.alarm.Alarm(ctx, "credentials "+account, "SMSC "+account+" từ chối tài khoản kết nối, chưa gửi được tin")
		})
		if err != nil {
			s.log.Error("nobody was told of refused credentials", "smsc", account, "err", err)
		}
	}()
}

// direct sends to every administrator past the outbox, by the next account to those whom
// one did not reach. It fails when nobody was reached.
func (a *alarm) direct(ctx context.Context, people []escalation.Contact, text string) error {
	ctx, cancel := context.WithTimeout(ctx, alarmWait)
	defer cancel()
	left := slices.DeleteFunc(slices.Clone(people), func(p escalation.Contact) bool { return p.Phone == "" })
	if len(left) == 0 {
		return errors.New("no administrator has a number")
	}
	all, failed := len(left), errors.New("no account is bound")
	for over := range a.routes(ctx) {
		if left, failed = a.sendEach(ctx, over, left, text); len(left) == 0 {
			return nil
		}
	}
	if len(left) == all {
		return failed
	}
	a.log.Warn("the alarm did not reach every administrator", "reached", all-len(left), "of", all, "err", failed)
	return nil
}

// sendEach sends to all of them at once, so that none waits for an answer to another, and
// gives those who were not reached.
func (a *alarm) sendEach(ctx context.Context, over *account, people []escalation.Contact, text string) (missed []escalation.Contact, err error) {
	if !over.client.Bound() {
		return people, fmt.Errorf("account %s is not bound", over.Name())
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	var sends sync.WaitGroup
	errs := make([]error, len(people))
	for i, p := range people {
		sends.Go(func() { errs[i] = a.send(ctx, over, p, text) })
	}
	sends.Wait()
	for i, p := range people {
		if errs[i] != nil {
			missed = append(missed, p)
		}
	}
	return missed, errors.Join(errs...)
}

// send submits every segment and waits until each is accepted.
func (a *alarm) send(ctx context.Context, over *account, to escalation.Contact, text string) error {
	m := &escalation.Outgoing{
		Template: string(templates.QT), Class: escalation.ClassAlarm, Lane: escalation.LaneUrgent, Phone: to.Phone,
		To: escalation.Recipient{Contact: to.ID, Role: escalation.Administrator}, Vars: map[string]string{"noi_dung": text, "lp": a.host + "/console"},
		Reference: uint16(1 + rand.N(1<<16-1)), // a handset joins segments by it
	}
	if err := a.renderer.Render(ctx, m); err != nil {
		return err
	}
	segments, err := over.Segments(m)
	if err != nil {
		return err
	}
	outcomes := make(chan escalation.SegmentOutcome, segments)
	for n := range segments {
		if err := over.Submit(ctx, m, n+1, func(o escalation.SegmentOutcome) {
			select {
			case outcomes <- o:
			default: // a late answer of the same submit
			}
		}); err != nil {
			return err
		}
	}
	for range segments {
		select {
		case o := <-outcomes:
			if o.State != escalation.Accepted {
				return fmt.Errorf("account %s: %s %s", over.Name(), o.State, o.Error)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// buildAlarm makes the way to the administrators. A process without the gateway's role
// binds for an alarm alone.
func (s *service) buildAlarm(ctx context.Context) error {
	s.alarm = &alarm{desk: s.desk, routes: s.ownAccounts, moves: s.outboxMoves, renderer: s.renderer(), host: s.cfg.Host(), posted: s.wakeGateway, log: s.log}
	if !s.order.has(roleGateway) {
		s.alarm.routes = s.bindAside
	}
	s.alarm.learn(ctx)
	return nil
}

// ownAccounts are this process' own accounts, the fallback first.
func (s *service) ownAccounts(context.Context) iter.Seq[*account] {
	return func(yield func(*account) bool) {
		for _, a := range slices.Backward(s.accounts) {
			if !yield(a) {
				return
			}
		}
	}
}

// asideWait bounds a bind that is made for one alarm; two of them fit into alarmWait.
const asideWait = 4 * time.Second

// bindAside binds to the accounts of the configuration one after the other, the
// fallback first, each for as long as it is tried.
func (s *service) bindAside(ctx context.Context) iter.Seq[*account] {
	return func(yield func(*account) bool) {
		entries, allowed, err := s.entries()
		if err != nil {
			s.log.Error("an alarm finds no account", "err", err)
			return
		}
		for _, entry := range slices.Backward(entries) {
			if entry.Bind != "receiver" && !s.aside(ctx, entry, allowed, yield) {
				return
			}
		}
	}
}

func (s *service) aside(ctx context.Context, entry SMSC, allowed func(string) bool, yield func(*account) bool) (more bool) {
	entry.Bind, entry.Binds = "transmitter", 1
	a, err := newAccount(entry, s.installation, s.redis, queue.NewReceiver(s.db, s.db, nil, s.metrics), func(string) {}, s.log)
	if err != nil {
		s.log.Error("an alarm finds no account", "smsc", entry.Name, "err", err)
		return true
	}
	a.allowed = allowed
	a.client.Start()
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := a.client.Close(end); err != nil {
			s.log.Warn("the account of an alarm did not unbind", "smsc", entry.Name, "err", err)
		}
	}()
	binding, cancel := context.WithTimeout(ctx, asideWait)
	defer cancel()
	if err := a.client.WaitBound(binding); err != nil {
		s.log.Warn("an alarm cannot go by the account", "smsc", entry.Name, "err", err)
		return ctx.Err() == nil
	}
	return yield(a)
}

// outboxMoves is nil while a gateway lives and no urgent text has waited for long.
func (s *service) outboxMoves(ctx context.Context) error {
	live, err := s.db.LiveGateways(ctx)
	if err != nil {
		return err
	}
	if live == 0 {
		return errors.New("no gateway lives: the alarm lies in the outbox")
	}
	found, err := s.db.Audit(ctx)
	if err != nil {
		return err
	}
	if since(found.Machine, found.UrgentSince) > queue.UrgentLate {
		return errors.New("urgent texts do not go out: the alarm lies in the outbox")
	}
	return nil
}
