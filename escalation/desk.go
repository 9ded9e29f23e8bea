package escalation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"notify1022/escalation/worktime"
)

// Setting is what the desk is given at its start and may be given anew while it
// runs: which policy and calendar are in force.
type Setting struct {
	Policy           *Policy
	Calendar         *worktime.Calendar
	CalendarVersion  string
	OwnCalendars     map[string]WorkCalendar // of units, by name
	Numbering        Numbering
	Token, Salt      func() string
	Redact           func(content string, own ...string) string
	Conceal          func(text, name, phone, email, address string) string
	Host             string
	Support          string
	Mail             bool
	CitizensCanReply bool
}

// Desk carries out commands: it loads, decides with Apply, and saves. It holds
// no state between calls and is safe for concurrent use.
type Desk struct {
	ledger  Ledger
	setting atomic.Pointer[Setting]
}

// NewDesk returns a desk over a ledger.
func NewDesk(ledger Ledger, setting Setting) *Desk {
	d := &Desk{ledger: ledger}
	d.setting.Store(&setting)
	return d
}

// With is a desk over the same ledger that decides by another calendar: the city's, or
// the one of units that the version names.
func (d *Desk) With(calendar WorkCalendar) *Desk {
	other := NewDesk(d.ledger, *d.setting.Load())
	other.Use(calendar)
	return other
}

// Calendars are the city's calendar in force and those of units, not to be written to.
func (d *Desk) Calendars() (city WorkCalendar, own map[string]WorkCalendar) {
	s := d.setting.Load()
	return WorkCalendar{s.Calendar, s.CalendarVersion}, s.OwnCalendars
}

// Use puts a calendar in force for the decisions from now on: the city's, or the one
// of units that the version names.
func (d *Desk) Use(calendar WorkCalendar) {
	for {
		before := d.setting.Load()
		after := before.with(calendar)
		if d.setting.CompareAndSwap(before, &after) {
			return
		}
	}
}

// with is the setting with another calendar.
func (s Setting) with(calendar WorkCalendar) Setting {
	name := calendar.Name()
	if name == "" {
		s.Calendar, s.CalendarVersion = calendar.Calendar, calendar.Version
		return s
	}
	own := make(map[string]WorkCalendar, len(s.OwnCalendars)+1)
	maps.Copy(own, s.OwnCalendars)
	own[name], s.OwnCalendars = calendar, own
	return s
}

func (d *Desk) env(ctx context.Context, tx Tx, at time.Time) (Env, error) {
	dir, err := tx.Directory(ctx)
	if err != nil {
		return Env{}, err
	}
	s := d.setting.Load()
	return Env{
		Now: tx.Now(), At: at, Policy: s.Policy, Calendar: s.Calendar, CalendarVersion: s.CalendarVersion, OwnCalendars: s.OwnCalendars, Directory: dir, Numbering: s.Numbering,
		Token: s.Token, Salt: s.Salt, Redact: s.Redact, Conceal: s.Conceal, Host: s.Host, Support: s.Support, Mail: s.Mail,
		CitizensCanReply: s.CitizensCanReply,
	}, nil
}

// Do applies one command to the petition with the code. version, when not 0, is
// the version the caller saw: another one is a *Problem of kind Stale.
func (d *Desk) Do(ctx context.Context, code string, cmd Command, actor Actor, version int64) (Petition, error) {
	var after Petition
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		changes, err := d.decide(ctx, tx, code, cmd, actor, env, version)
		if err != nil {
			return err
		}
		after = changes[0].Petition
		return tx.Save(ctx, changes)
	})
	return after, err
}

// decide loads the petition, and for a merge the one it goes into, and applies
// the command. The first change is the named petition's.
func (d *Desk) decide(ctx context.Context, tx Tx, code string, cmd Command, actor Actor, env Env, version int64) ([]Change, error) {
	id, err := tx.PetitionID(ctx, code)
	if err != nil {
		return nil, err
	}
	if merge, ok := cmd.(*Merge); ok {
		return d.merge(ctx, tx, id, merge, actor, env, version)
	}
	loaded, err := tx.Petitions(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := fresh(loaded[0], version); err != nil {
		return nil, err
	}
	change, err := Apply(loaded[0], cmd, actor, env)
	return []Change{change}, err
}

// byCode loads and locks the petition with the code.
func byCode(ctx context.Context, tx Tx, code string) (Petition, error) {
	id, err := tx.PetitionID(ctx, code)
	if err != nil {
		return Petition{}, err
	}
	loaded, err := tx.Petitions(ctx, id)
	if err != nil {
		return Petition{}, err
	}
	return loaded[0], nil
}

func fresh(p Petition, version int64) error {
	if version != 0 && version != p.Version {
		return &Problem{Kind: Stale, Field: "If-Match", Detail: "phản ánh đã được người khác cập nhật, hãy tải lại"}
	}
	return nil
}

// merge decides over two petitions in one transaction, locked in id order.
func (d *Desk) merge(ctx context.Context, tx Tx, id int64, cmd *Merge, actor Actor, env Env, version int64) ([]Change, error) {
	into, err := tx.PetitionID(ctx, cmd.Into)
	if err != nil {
		return nil, problemField(err, "into")
	}
	if into == id {
		return nil, invalid("into", "không thể gộp một phản ánh vào chính nó")
	}
	loaded, err := tx.Petitions(ctx, id, into)
	if err != nil {
		return nil, err
	}
	child, parent := loaded[0], loaded[1]
	if child.ID != id {
		child, parent = parent, child
	}
	if err := fresh(child, version); err != nil {
		return nil, err
	}
	return ApplyMerge(child, parent, *cmd, actor, env)
}

func problemField(err error, field string) error {
	var p *Problem
	if errors.As(err, &p) {
		return &Problem{Kind: Invalid, Field: field, Detail: p.Detail}
	}
	return err
}

// Accept records a new petition; with units it forwards it in the same
// transaction (Đ8.1, Đ9.2).
func (d *Desk) Accept(ctx context.Context, intake Intake, actor Actor) (Petition, error) {
	var after Petition
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if err := intake.Check(env); err != nil {
			return err
		}
		id, code, err := tx.NextCode(ctx, env.Now)
		if err != nil {
			return err
		}
		change, err := ApplyIntake(id, code, intake, actor, env)
		if err != nil {
			return err
		}
		after = change.Petition
		return tx.Save(ctx, []Change{change})
	})
	return after, err
}

// FireDue is FirePast from the oldest on.
func (d *Desk) FireDue(ctx context.Context, limit int, except ...int64) (fired int, due []DuePetition, err error) {
	return d.FirePast(ctx, limit, DuePetition{}, except...)
}

// FirePast takes up to limit petitions with due rungs, none of except and none at or
// before past, and fires what is due, in due order. It returns how many rungs fired and whose it looked at; no
// petition means that nothing was due. An error undoes all of them, also what panics:
// whose decision is at fault shows with a limit of 1.
func (d *Desk) FirePast(ctx context.Context, limit int, past DuePetition, except ...int64) (fired int, due []DuePetition, err error) {
	defer func() {
		if r := recover(); r != nil {
			fired, err = 0, fmt.Errorf("panic: %v", r)
		}
	}()
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		fired, due = 0, nil
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if due, err = tx.Due(ctx, env.Now, limit, past, except); err != nil || len(due) == 0 {
			return err
		}
		fired, err = fireAll(ctx, tx, due, env)
		return err
	})
	if err != nil {
		fired = 0
	}
	return fired, due, err
}

// fireAll fires what is due of the petitions, the oldest first.
func fireAll(ctx context.Context, tx Tx, due []DuePetition, env Env) (fired int, err error) {
	ids := make([]int64, len(due))
	for i, d := range due {
		ids[i] = d.ID
	}
	loaded, err := tx.Petitions(ctx, ids...)
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(loaded, func(a, b Petition) int { return a.NextDue().Compare(b.NextDue()) })
	changes := make([]Change, 0, len(loaded))
	for _, p := range loaded { // between the choice and the lock another worker may have fired it
		if change, n := Fire(p, env); n > 0 {
			changes = append(changes, change)
			fired += n
		}
	}
	return fired, tx.Save(ctx, changes)
}

// Undelivered passes a message that failed for good, or that nothing was heard of within
// wait, on to the next contact of the role, the deputy, email or the operators' list
// (DESIGN "receipts"). It acts once, and not on what was heard of since it was listed.
func (d *Desk) Undelivered(ctx context.Context, message int64, wait time.Duration) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		m, err := tx.Message(ctx, message)
		if err != nil {
			return err
		}
		if still, err := tx.Undelivered(ctx, m.ID, wait); err != nil || !still {
			return err
		}
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if err := tx.MarkHandled(ctx, m.ID); err != nil {
			return err
		}
		if err := d.doubt(ctx, tx, m, env); err != nil {
			return err
		}
		if m.Notice.Petition == 0 && m.Notice.Class == ClassAnswer {
			return nil // whoever asked will ask again
		}
		if m.Notice.Petition == 0 {
			if env.Directory, err = tx.Directory(ctx); err != nil { // the number may be in doubt by now
				return err
			}
			notices, tasks := undelivered(m, env)
			return tx.Post(ctx, notices, tasks)
		}
		loaded, err := tx.Petitions(ctx, m.Notice.Petition)
		if err != nil {
			return err
		}
		return tx.Save(ctx, []Change{PassOn(loaded[0], m, env)})
	})
}

// Reply applies one text from a phone: the same commands as the console's, the
// sender's registered number being the authority. It acts once per text. What is refused
// (*Problem) would be refused each time, and hold up the sender's later texts: it changes
// nothing but that the sender is told and a person looks at it. Where somebody else was first
// (Stale) it is decided anew, once: petitions are locked, so a second time it is of our own making.
func (d *Desk) Reply(ctx context.Context, inbound int64) error {
	var why *Problem
	err := d.reply(ctx, inbound, (*replyDesk).answer)
	if errors.As(err, &why) && why.Kind == Stale {
		err = d.reply(ctx, inbound, (*replyDesk).answer)
	}
	if !errors.As(err, &why) {
		return err
	}
	if why.Kind == Stale { // its words are for who has a page to load anew
		why = &Problem{Kind: WrongTime, Detail: "phản ánh vừa có thay đổi"}
	}
	return d.reply(ctx, inbound, func(r *replyDesk, ctx context.Context) (string, error) { return r.turnDown(ctx, why) })
}

// reply does what is to be done with a text that has not been applied yet.
func (d *Desk) reply(ctx context.Context, inbound int64, do func(*replyDesk, context.Context) (outcome string, err error)) error {
	var rest *handoverRest
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		rest = nil
		in, err := tx.Inbound(ctx, inbound)
		if err != nil || in.Applied {
			return err
		}
		env, err := d.env(ctx, tx, in.ReadAt)
		if err != nil {
			return err
		}
		desk := replyDesk{tx: tx, env: env, in: in}
		outcome, err := do(&desk, ctx)
		if err != nil {
			return err
		}
		rest = desk.rest
		if in.Attempts > 0 { // it may have been put aside
			if err := tx.FinishTasks(ctx, Ladder().Name, atLast, AsideKey(in.ID)); err != nil {
				return err
			}
		}
		return tx.MarkApplied(ctx, in.ID, outcome)
	})
	if err == nil {
		_, _, err = d.handOn(ctx, rest)
	}
	return err
}
