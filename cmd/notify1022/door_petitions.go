package main

import (
	"context"
	"errors"
	"slices"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/web"
)

// hintingDesk is the door's desk: what a command armed is told to the worker of
// this process, and what it queued to the gateway.
type hintingDesk struct {
	desk   *escalation.Desk
	worker *queue.Worker // nil: another process's
	posted func()
}

var _ web.Desk = (*hintingDesk)(nil)

// Do applies a command.
func (d *hintingDesk) Do(ctx context.Context, code string, cmd escalation.Command, actor escalation.Actor, version int64) (escalation.Petition, error) {
	p, err := d.desk.Do(ctx, code, cmd, actor, version)
	d.hint(p, err)
	return p, err
}

// Accept records a petition.
func (d *hintingDesk) Accept(ctx context.Context, intake escalation.Intake, actor escalation.Actor) (escalation.Petition, error) {
	p, err := d.desk.Accept(ctx, intake, actor)
	d.hint(p, err)
	return p, err
}

func (d *hintingDesk) hint(p escalation.Petition, err error) {
	if err != nil {
		return
	}
	if d.worker != nil {
		for _, r := range p.Rungs {
			if r.State == escalation.Armed {
				d.worker.Hint(r.Due)
			}
		}
	}
	d.posted()
}

// petitionShelf shows the door the store's petitions.
type petitionShelf struct{ db *store.Store }

var _ web.Petitions = petitionShelf{}

// ListPetitions gives one page.
func (s petitionShelf) ListPetitions(ctx context.Context, f web.PetitionFilter) (web.PetitionPage, error) {
	page, err := s.page(ctx, f)
	if err != nil {
		return web.PetitionPage{}, err
	}
	return web.PetitionPage{Items: rowsOf(page.Items), Next: page.NextCursor}, nil
}

func (s petitionShelf) page(ctx context.Context, f web.PetitionFilter) (store.Page[store.Summary], error) {
	return s.db.ListPetitions(ctx, store.Filter{
		Status: f.Statuses, Unit: f.Unit, Overdue: f.Overdue, Q: f.Query, Guarded: f.Guarded, Outside: f.Outside, Cursor: f.Cursor, Limit: f.Limit,
	})
}

// PetitionByCode reads a petition.
func (s petitionShelf) PetitionByCode(ctx context.Context, code string) (web.Record, error) {
	c, err := s.db.PetitionByCode(ctx, code)
	return record(c), err
}

// PetitionByToken reads the petition of a citizen's link.
func (s petitionShelf) PetitionByToken(ctx context.Context, token string) (web.Record, error) {
	c, err := s.db.PetitionByToken(ctx, token)
	return record(c), err
}

// PetitionBySlipToken reads the petition of a slip's link.
func (s petitionShelf) PetitionBySlipToken(ctx context.Context, token string) (web.Record, error) {
	c, _, err := s.db.PetitionBySlipToken(ctx, token)
	return record(c), err
}

func record(c store.Case) web.Record {
	r := web.Record{Petition: c.Petition, Timeline: c.Timeline}
	for _, m := range c.Messages {
		r.Messages = append(r.Messages, doorMessage(m))
	}
	return r
}

func doorMessage(m store.MessageView) web.Message {
	return web.Message{
		ID: m.ID, Petition: m.PetitionCode, Confidential: m.Confidential, Denunciation: m.Denunciation, Template: m.Template, Role: m.To.Role, Unit: m.To.Unit, Phone: m.Phone, Email: m.Email,
		Text: m.Text, State: m.State, Segments: m.Segments, QueuedAt: m.At, NotBefore: m.NotBefore, SentAt: m.SentAt,
		DeliveredAt: m.DeliveredAt, PossibleDuplicate: m.PossibleDuplicate, Error: m.Error,
	}
}

// lookShelf notes who looks at citizens' data.
type lookShelf struct{ db *store.Store }

var _ web.Looks = lookShelf{}

// Looked notes a look.
func (s lookShelf) Looked(ctx context.Context, code, with string, by escalation.Actor) error {
	return s.db.By(by).Looked(ctx, code, with)
}

// outboxShelf shows the door the store's messages and takes its own.
type outboxShelf struct {
	db     *store.Store
	policy *escalation.Policy
}

var _ web.Outbox = outboxShelf{}

// Messages gives one page.
func (s outboxShelf) Messages(ctx context.Context, f web.MessageFilter) (web.MessagePage, error) {
	filter := store.MessageFilter{Template: f.Template, State: f.State, Cursor: f.Cursor, Limit: f.Limit}
	if f.Petition != "" {
		id, err := petitionID(ctx, s.db, f.Petition)
		if id == 0 || err != nil {
			return web.MessagePage{}, err
		}
		filter.Petition = id
	}
	page, err := s.db.Messages(ctx, filter)
	if err != nil {
		return web.MessagePage{}, err
	}
	out := web.MessagePage{Next: page.NextCursor}
	for _, m := range page.Items {
		out.Items = append(out.Items, doorMessage(m))
	}
	return out, nil
}

// petitionID is 0 for a code that nobody has.
func petitionID(ctx context.Context, db *store.Store, code string) (int64, error) {
	c, err := db.PetitionByCode(ctx, code)
	var p *escalation.Problem
	if errors.As(err, &p) && p.Kind == escalation.NotFound {
		return 0, nil
	}
	return c.ID, err
}

// Send queues notices written by hand, at night for the morning.
func (s outboxShelf) Send(ctx context.Context, notices []escalation.Notice, by escalation.Actor) ([]int64, error) {
	notices, err := s.timed(ctx, notices)
	if err != nil {
		return nil, err
	}
	return s.db.By(by).InsertMessages(ctx, notices)
}

// timed are the notices with the time of now, and until when they are held.
func (s outboxShelf) timed(ctx context.Context, notices []escalation.Notice) ([]escalation.Notice, error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	notices = slices.Clone(notices)
	for i := range notices {
		n := &notices[i]
		if n.At.IsZero() {
			n.At = now
		}
		n.NotBefore = s.policy.Held(*n)
	}
	return notices, nil
}

// taskShelf shows the door the operators' list.
type taskShelf struct {
	db   *store.Store
	desk *escalation.Desk
}

var _ web.Tasks = taskShelf{}

// Tasks gives one page.
func (s taskShelf) Tasks(ctx context.Context, f web.TaskFilter) (web.TaskPage, error) {
	filter := store.TaskFilter{Kind: f.Kind, For: f.For, Done: f.Done, Guarded: f.Guarded, Cursor: f.Cursor, Limit: f.Limit}
	if f.Petition != "" {
		id, err := petitionID(ctx, s.db, f.Petition)
		if id == 0 || err != nil {
			return web.TaskPage{}, err
		}
		filter.Petition = id
	}
	page, err := s.db.Tasks(ctx, filter)
	return web.TaskPage{Items: page.Items, Next: page.NextCursor}, err
}

// CompleteTask closes a task, in the petition's timeline too.
func (s taskShelf) CompleteTask(ctx context.Context, id int64, outcome string, by escalation.Actor) (escalation.Task, error) {
	return s.desk.CompleteTask(ctx, id, outcome, by)
}

// TryTask notes a call that reached nobody.
func (s taskShelf) TryTask(ctx context.Context, id int64, outcome string, by escalation.Actor) (escalation.Task, error) {
	return s.desk.TryTask(ctx, id, outcome, by)
}

// Lacking says which of the tasks wait for a decision.
func (s taskShelf) Lacking(ctx context.Context, tasks []escalation.Task) (map[int64]string, error) {
	return s.db.Lacking(ctx, tasks)
}

// InboundTexts are the words of received texts.
func (s taskShelf) InboundTexts(ctx context.Context, ids []int64, guarded bool) (map[int64]string, error) {
	return s.db.InboundTexts(ctx, ids, guarded)
}
