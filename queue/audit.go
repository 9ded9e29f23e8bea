package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"notify1022/escalation"
)

// Audit is what an auditor found; ages are of the machine's clock for messages,
// of the domain's for rungs.
type Audit struct {
	Now             time.Time     // of the domain
	Silent          int           // open petitions that nothing and nobody moves
	SilentCodes     []string      // of some of them
	OldestRung      time.Duration // lateness of the oldest armed rung that is due and none of Stuck; 0: none
	OldestUrgent    time.Duration // age of the oldest urgent message not sent; 0: none
	OldestSlip      time.Duration // age of the oldest text of the lane that may go and has not; 0: none
	OldestCitizen   time.Duration
	Away            []AwayAccount // accounts to which no gateway is bound
	Unapplied       int           // replies stored and not applied
	OldestUnapplied time.Duration
	LooseParts      int    // parts of long texts that wait for the others
	Unmet           int    // receipts without their message
	PassedOver      int    // replies that could not be applied and that nobody has acted on
	Refused         int    // texts that an SMSC in trouble keeps refusing
	RefusedWhy      string // what it says
	OverBudget      int    // messages that wait because their number gets too many in an hour
	Outbox          map[escalation.Lane]map[escalation.MessageState]int
	Archived        bool          // a job lies in Asynq's archive
	ClockStep       time.Duration // by how much the database's clock was stepped, for which firing holds; 0: it was not
	ClockDoubt      bool          // it was found at a start: this host's clock may be the wrong one
	ProbeRoundTrip  time.Duration // of the latest end-to-end probe that was answered; 0: none
	ProbeAnswered   time.Time     // when, by the machine; zero: never
	ProbeBroken     time.Time     // when the newest probe went out whose answer is overdue; zero: none is

	Stuck []escalation.DuePetition // whose due rungs cannot be fired; the worker's own finding
}

// AwayAccount is an account to which no gateway is bound, and for how long.
type AwayAccount struct {
	SMSC string
	For  time.Duration
}

// oldestStuck is the lateness of the oldest rung of what cannot be fired; 0: none.
func (a Audit) oldestStuck() (late time.Duration) {
	for _, p := range a.Stuck {
		late = max(late, a.Now.Sub(p.Due))
	}
	return late
}

// stuckCodes names some of what cannot be fired.
func (a Audit) stuckCodes() string {
	var codes []string
	for _, p := range a.Stuck {
		codes = append(codes, p.Code)
	}
	return named(codes)
}

// Auditor looks whether the promises hold, without an age limit. The rungs of stuck
// petitions are told of by themselves: their lateness would hide that of the others.
type Auditor interface {
	Audit(ctx context.Context, stuck ...int64) (Audit, error)
}

// Alarm reaches the administrators by another route than the outbox. The occasion is the
// same for as long as nobody was told, however the text grows, and another afterwards.
type Alarm interface {
	Alarm(ctx context.Context, occasion, text string) error
}

// When something is wrong; how often it is said is escalation.Fault's.
const (
	auditEvery = time.Minute
	auditLimit = 30 * time.Second
	noteLimit  = 5 * time.Second
	rungLate   = 2 * time.Minute
	replyLate  = 2 * time.Minute
	laneLate   = 10 * time.Minute // of texts that are not urgent
	unbound    = 5 * time.Minute  // of an account: a telecom that restarts is back sooner
	codesNamed = 3                // in one alarm
)

// UrgentLate is how long an urgent message may wait before something is wrong.
const UrgentLate = 2 * time.Minute

// Text is the alarm, in Vietnamese; empty when all is well.
func (a Audit) Text() string { return alarmText(a.faults()) }

// watch audits each minute and raises the alarm: at once when something new is
// wrong, then hourly, once for all nodes.
type watch struct {
	auditor Auditor
	alarm   Alarm                       // nil: log alone
	alive   func(context.Context) error // nil: nobody listens
	periods Periods
	faults  Faults
	own     *ownFaults                      // where SQL is what fails
	stuck   func() []escalation.DuePetition // those that cannot be fired here; nil: none
	metrics *Metrics
	log     *slog.Logger
}

func newWatch(c *WorkerConfig, stuck func() []escalation.DuePetition) *watch {
	w := &watch{auditor: c.Auditor, alarm: c.Alarm, alive: c.Alive, periods: c.Periods, faults: c.Faults, own: &ownFaults{now: time.Now},
		stuck: stuck, metrics: c.Metrics, log: c.Log}
	if w.faults == nil {
		w.faults = w.own
	}
	return w
}

func (w *watch) run(ctx context.Context) {
	for {
		w.look(ctx)
		if !sleep(ctx, auditEvery) {
			return
		}
	}
}

func (w *watch) look(ctx context.Context) {
	found, err := w.audit(ctx)
	if err != nil { // to a process that stood still every answer seems late
		w.log.Warn("the audit failed, it is tried once more", "err", err)
		found, err = w.audit(ctx)
	}
	if err != nil {
		w.log.Error("the audit failed", "err", err)
		w.raiseAlone(ctx, []fault{blind})
		return
	}
	w.metrics.show(found)
	if !w.raise(ctx, found.faults()) {
		return // nobody was told, or nothing can be written: the silence of the heartbeat tells
	}
	w.beat(ctx)
}

func (w *watch) audit(ctx context.Context) (found Audit, err error) {
	call, cancel := finish(ctx, auditLimit)
	defer cancel()
	stuck := w.cannotFire()
	err = guarded(func() (err error) {
		found, err = w.auditor.Audit(call, idsOf(stuck)...)
		return err
	})
	found.Stuck = stuck
	return found, err
}

// cannotFire are the petitions that cannot be fired here.
func (w *watch) cannotFire() []escalation.DuePetition {
	if w.stuck == nil {
		return nil
	}
	return w.stuck()
}

func idsOf(list []escalation.DuePetition) (ids []int64) {
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

// beat tells who watches from outside that the audit was made and that what it
// found was told.
func (w *watch) beat(ctx context.Context) {
	if w.alive == nil {
		return
	}
	call, cancel := finish(ctx, auditLimit)
	defer cancel()
	if err := guarded(func() error { return w.alive(call) }); err != nil {
		w.log.Error("the heartbeat did not go out", "err", err)
	}
}

// raise tells of what is owed, once for all nodes, and reports whether all of it was
// told, now or lately, here or elsewhere. It writes down also that nothing is wrong: that
// the database takes no writes shows itself nowhere else while nothing is due.
func (w *watch) raise(ctx context.Context, faults []fault) (told bool) {
	kinds := kindsOf(faults)
	known, err := w.note(ctx, kinds)
	if err != nil { // as for the audit
		w.log.Warn("what was found could not be noted, it is tried once more", "err", err)
		known, err = w.note(ctx, kinds)
	}
	if err != nil {
		w.log.Error("what was found could not be noted", "err", err)
		w.raiseAlone(ctx, append([]fault{unwritten}, faults...))
		return false
	}
	occasion := occasion(known)
	if occasion == "" {
		return true
	}
	call, cancel := finish(ctx, auditLimit)
	defer cancel()
	tried := false
	done, err := w.periods.Once(call, "alarm", occasion, func(ctx context.Context) error {
		tried = true
		if told = w.tell(ctx, occasion, faults); !told {
			return errUntold
		}
		return w.faults.FaultsTold(ctx, kinds...)
	})
	switch {
	case err != nil && !tried: // nobody can say whose it is to tell
		w.log.Error("whether an alarm was told cannot be known", "err", err)
		return w.raiseAlone(ctx, faults)
	case err == nil && !done: // another node was told so, or is at it and may fail
		if told, err = w.periods.PeriodDone(call, "alarm", occasion); err != nil {
			w.log.Error("whether an alarm was told cannot be known", "err", err)
		}
	case err != nil && told:
		w.log.Error("that an alarm was told could not be noted", "err", err)
	}
	return told
}

// errUntold is why a period is not done whose alarm reached nobody; the log has the reason.
var errUntold = errors.New("nobody was told")

// note notes what is wrong, be it nothing, for all nodes. A database that does not answer may not use up
// the time in which somebody could be told.
func (w *watch) note(ctx context.Context, kinds []string) ([]escalation.Fault, error) {
	call, cancel := finish(ctx, noteLimit)
	defer cancel()
	return w.faults.NoteFaults(call, kinds...)
}

// raiseAlone tells of it for this node alone: a key in SQL would be a key in what fails.
func (w *watch) raiseAlone(ctx context.Context, faults []fault) (told bool) {
	known, _ := w.own.NoteFaults(ctx, kindsOf(faults)...)
	occasion := occasion(known)
	if occasion == "" {
		return true
	}
	call, cancel := finish(ctx, auditLimit)
	defer cancel()
	return w.tell(call, occasion, faults)
}

// tell sends the alarm, unless this node has told of all of it already and could not have
// it noted. One that failed is tried again at the next audit.
func (w *watch) tell(ctx context.Context, about string, faults []fault) (told bool) {
	kinds := kindsOf(faults)
	if own, _ := w.own.NoteFaults(ctx, kinds...); occasion(own) == "" {
		return true
	}
	text, err := alarmText(faults), error(nil)
	w.log.Error("alarm", "text", text)
	if w.alarm != nil {
		err = guarded(func() error { return w.alarm.Alarm(ctx, about, text) })
	}
	w.metrics.alarms.WithLabelValues(result(err)).Inc()
	if err != nil {
		w.log.Error("the alarm could not be sent", "err", err)
		return false
	}
	w.own.FaultsTold(ctx, kinds...)
	return true
}
