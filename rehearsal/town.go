package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// Town is the interactive demo: the sample petitions arrive, some of the officers
// answer by themselves, the others are played by whoever opens the page. It is
// safe for concurrent use.
type Town struct {
	service *Service
	archive *archive
	samples []Sample
	people  []escalation.Contact
	units   []escalation.Unit
	log     *slog.Logger

	days int // by how many days the sample's dates are moved

	mu     sync.Mutex
	agenda []errand       // by time
	skip   skip           // a jump that is under way
	homes  map[int64]home // citizens by petition
	kept   time.Time      // the appointment that the clock has
}

// errand is something that the town is going to do.
type errand struct {
	when time.Time
	what string // for the log: never a text
	do   func(ctx context.Context) error
	late int // looks at which it could not be done yet
}

// skip lets the clock run to an instant and go on at the speed before.
type skip struct {
	to    time.Time // zero: none
	speed float64
}

// home is where a petition's citizen is reached.
type home struct{ name, phone string }

// The town's own pace, on the machine's clock.
const (
	townBeat = 20 * time.Millisecond
	// townPatience is at how many looks an errand may find its text not yet there.
	townPatience = 150
)

// NewTown makes a town of a service whose directory is the sample's. A clock that
// was started on another day than Opening's moves the sample's dates along.
func NewTown(service *Service, log *slog.Logger) (*Town, error) {
	if err := service.check(); err != nil {
		return nil, err
	}
	t := &Town{service: service, log: log, homes: map[int64]home{}}
	var err error
	if t.samples, err = Petitions(); err != nil {
		return nil, err
	}
	if t.people, err = service.Store.Contacts(context.Background(), store.ContactFilter{}); err != nil {
		return nil, err
	}
	if t.units, err = Units(); err != nil {
		return nil, err
	}
	now, _, err := service.Store.SimNow(context.Background())
	if err != nil {
		return nil, err
	}
	t.days = int(now.Sub(at("16/11 00:00")) / (24 * time.Hour))
	if t.archive, err = openArchive(service.Database); err != nil {
		return nil, err
	}
	return t, nil
}

// arrival is when a sample petition arrives in this town.
func (t *Town) arrival(number int) time.Time { return arrival(number).AddDate(0, 0, t.days) }

// Run plays the town until ctx ends, and returns nil. It is called once.
func (t *Town) Run(ctx context.Context) error {
	defer t.archive.close()
	for _, s := range t.samples {
		t.plan(errand{when: t.arrival(s.Number), what: fmt.Sprintf("petition %d arrives", s.Number),
			do: func(ctx context.Context) error { return t.arrives(ctx, s) }})
	}
	tick := time.NewTicker(townBeat)
	defer tick.Stop()
	for {
		if err := t.look(ctx); err != nil && ctx.Err() == nil {
			t.log.Warn("the town stumbled", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (t *Town) plan(e errand) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.agenda = append(t.agenda, e)
	slices.SortStableFunc(t.agenda, func(a, b errand) int { return a.when.Compare(b.when) })
}

// look does what is due and tells the clock where to stop next.
func (t *Town) look(ctx context.Context) error {
	now, _, err := t.service.Store.SimNow(ctx)
	if err != nil {
		return err
	}
	for {
		e, ok := t.due(now)
		if !ok {
			break
		}
		err := e.do(ctx)
		if errors.Is(err, errNotYet) && e.late < townPatience {
			e.late++
			t.plan(e)
			break // the clock stands meanwhile
		}
		if err != nil && ctx.Err() == nil {
			t.log.Info("the town left something undone", "errand", e.what, "err", err)
		}
	}
	return t.appoint(ctx, now)
}

// errNotYet: the text that an errand needs is still on its way.
var errNotYet = errors.New("the text has not arrived")

func (t *Town) due(now time.Time) (errand, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.agenda) == 0 || t.agenda[0].when.After(now) {
		return errand{}, false
	}
	e := t.agenda[0]
	t.agenda = t.agenda[1:]
	return e, true
}

// appoint ends a jump that has arrived, and stops the clock at the next errand or
// at the jump's end.
func (t *Town) appoint(ctx context.Context, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.skip.to.IsZero() && !t.skip.to.After(now) {
		if err := t.service.Store.SetSpeed(ctx, t.skip.speed); err != nil {
			return err
		}
		t.skip = skip{}
	}
	next := t.skip.to
	if len(t.agenda) > 0 && (next.IsZero() || t.agenda[0].when.Before(next)) {
		next = t.agenda[0].when
	}
	if next.Equal(t.kept) {
		return nil
	}
	if err := t.service.Store.Appoint(ctx, next); err != nil {
		return err
	}
	t.kept = next
	return nil
}

// arrives records a sample petition; its unit gets it a little later, and the
// town's habits about it begin.
func (t *Town) arrives(ctx context.Context, s Sample) error {
	p, err := t.service.accept(ctx, s.Intake, operator)
	if err != nil {
		return err
	}
	t.moveIn(p.ID, s.Intake.Citizen.Name, s.Intake.Citizen.Phone)
	start := t.arrival(s.Number)
	if len(s.Units) > 0 {
		t.plan(errand{when: start.Add(forwardsAfter), what: "forward " + p.Code, do: func(ctx context.Context) error {
			cmd := &escalation.Forward{}
			for _, u := range s.Units {
				cmd.Units = append(cmd.Units, escalation.UnitRef{Code: u})
			}
			_, err := t.service.do(ctx, p.Code, cmd, operator)
			return err
		}})
	}
	for _, h := range habits()[s.Number] {
		when := t.service.Calendar.Add(start.Add(forwardsAfter), h.after)
		t.plan(errand{when: when, what: "habit about " + p.Code, do: func(ctx context.Context) error { return t.follow(ctx, h, p.Code) }})
	}
	return nil
}

func (t *Town) moveIn(petition int64, name, phone string) {
	normal, err := Numbering().ParsePhone(phone)
	if err != nil || normal.Kind == escalation.Landline {
		return // nobody to show a handset of
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.homes[petition] = home{name, normal.E164}
}

// follow carries out one habit.
func (t *Town) follow(ctx context.Context, h habit, code string) error {
	if h.does != nil {
		_, err := t.service.do(ctx, code, h.does, h.as)
		return err
	}
	p, err := t.archive.petition(ctx, code)
	if err != nil {
		return err
	}
	lead := p.Lead()
	if lead == nil {
		return fmt.Errorf("nobody leads %s", code)
	}
	for _, c := range t.people {
		if c.Unit != lead.Unit || c.Role != cmp.Or(h.who, escalation.Focal) {
			continue
		}
		phone := t.service.handset(c.Phone)
		if mtl := replyCode(phone.Inbox(), code); mtl != "" {
			return phone.Send(ctx, t.service.Officer, strings.ReplaceAll(h.says, "{mtl}", mtl))
		}
	}
	return errNotYet
}
