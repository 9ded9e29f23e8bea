package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
	"notify1022/smpp/smsc"
)

// The scenarios of a load.
const (
	LoadSteady = "steady" // petitions are taken in and forwarded; slip, receipt, a share of replies
	LoadBurst  = "burst"  // rungs of many open petitions fall due at one instant
	LoadDrain  = "drain"  // an outbox full of texts is emptied
	LoadStart  = "start"  // the service starts while rungs are overdue
)

// LoadPlan is what a load does. Load.Run refuses one that makes no sense.
type LoadPlan struct {
	Scenario  string
	Petitions int           // steady: taken in; drain: texts in the outbox
	Rate      float64       // steady: petitions a second; 0: as fast as they are taken
	Feeders   int           // steady: petitions on their way in at once
	Open      int           // open petitions that are there before
	Due       int           // burst: rungs due at one instant, each another unit's; start: overdue ones
	Bursts    int           // burst: how many instants, one after the other; each has other petitions
	Units     int           // receiving units, each with people of its own
	Replies   float64       // steady: share of officers who acknowledge, 0 to 1
	Limit     time.Duration // the whole run takes no longer
}

// Bounds of a plan: what fits a machine, and the numbers of the test prefix.
const (
	mostLoaded = 2_000_000
	mostUnits  = 100_000
	mostBursts = 20
)

// Check names what makes no sense.
func (p LoadPlan) Check() error {
	switch {
	case !slices.Contains([]string{LoadSteady, LoadBurst, LoadDrain, LoadStart}, p.Scenario):
		return fmt.Errorf("scenario %.20q is none of steady, burst, drain, start", p.Scenario)
	case p.Petitions < 0 || p.Petitions > mostLoaded || p.Open < 0 || p.Open > mostLoaded:
		return fmt.Errorf("petitions and open must lie between 0 and %d", mostLoaded)
	case (p.Scenario == LoadSteady || p.Scenario == LoadDrain) && p.Petitions == 0:
		return errors.New("petitions: nothing to do")
	case p.Rate < 0 || p.Replies < 0 || p.Replies > 1:
		return errors.New("rate must not be negative, replies must lie between 0 and 1")
	case p.Feeders < 1 || p.Feeders > 1000 || p.Units < 1 || p.Units > mostUnits:
		return fmt.Errorf("feeders must lie between 1 and 1000, units between 1 and %d", mostUnits)
	case p.Limit <= 0:
		return errors.New("the run needs a limit")
	}
	return p.checkDue()
}

func (p LoadPlan) checkDue() error {
	switch {
	case p.Scenario != LoadBurst && p.Scenario != LoadStart:
		return nil
	case p.Due < 1 || p.Bursts < 1 || p.Bursts > mostBursts:
		return fmt.Errorf("due must be positive, bursts between 1 and %d", mostBursts)
	case p.Due > p.Units:
		return errors.New("due: more rungs than units, so recipients would not be distinct")
	case p.Due*p.Bursts > p.Open:
		return errors.New("open: each burst needs petitions of its own")
	}
	return nil
}

// LoadService is the service under load. Every field is required but Hint.
type LoadService struct {
	// Accept takes a petition in, by the door that is measured.
	Accept func(ctx context.Context, in escalation.Intake) error
	// Hint tells the workers of a rung that was armed; nil: they find out.
	Hint    func(due time.Time)
	SMSC    *smsc.Server // with Air.Verdict
	Air     *Air
	Rows    *sqlx.DB                                 // the service's database, beside its own pools
	Size    func(ctx context.Context) (int64, error) // of the database, in bytes
	Now     func() time.Time                         // the domain's clock
	Officer string                                   // the number officers' texts come from
	// Started is when the service began to be put together (start).
	Started time.Time
	// Memory is what Redis holds once everything inside the horizon is armed, in
	// bytes; nil or 0: it is not asked, being embedded (start).
	Memory func(ctx context.Context) (int64, error)
}

// Load is a load under way.
type Load struct {
	plan    LoadPlan
	service LoadService
	result  LoadResult
	seeded  int64 // the greatest message id before the run
	submits int   // that the SMSC has seen and that were waited for
}

// NewLoad takes note of a service that Seed has prepared and that has begun to
// run, or begins now.
func NewLoad(plan LoadPlan, service LoadService, seed LoadSeed) *Load {
	return &Load{plan: plan, service: service, seeded: seed.message,
		result: LoadResult{Scenario: plan.Scenario, Open: plan.Open, SeedSeconds: seed.took.Seconds(), OpenBytes: seed.bytes}}
}

// Run plays the plan, waits until everything has come to rest and counts. A
// result with an error is what was seen until then.
func (l *Load) Run(ctx context.Context) (*LoadResult, error) {
	ctx, cancel := context.WithTimeout(ctx, l.plan.Limit)
	defer cancel()
	before, err := l.service.Size(ctx)
	if err != nil {
		return nil, err
	}
	used := usageNow()
	begun := time.Now()
	play := map[string]func(context.Context) error{LoadSteady: l.steady, LoadBurst: l.burst, LoadDrain: l.drain, LoadStart: l.start}[l.plan.Scenario]
	err = play(ctx)
	l.result.Seconds = time.Since(begun).Seconds()
	l.result.CPUSeconds = usageNow().cpu.Seconds() - used.cpu.Seconds()
	l.result.PeakMemory = usageNow().memory
	late, stop := context.WithTimeout(context.WithoutCancel(ctx), countLimit)
	defer stop()
	return &l.result, errors.Join(err, l.count(late, before))
}

// countLimit bounds the counting of a run, also of one that its limit ended.
const countLimit = 2 * time.Minute

// steady takes petitions in and waits until every text has its receipt.
func (l *Load) steady(ctx context.Context) error {
	feed := &feeder{plan: l.plan, service: l.service}
	replies, stop := l.answer(ctx)
	fed, took, err := feed.run(ctx)
	l.result.Petitions, l.result.IntakePerSecond = fed, float64(fed)/took.Seconds()
	if err != nil {
		stop()
		return err
	}
	err = l.rest(ctx)
	stop()
	l.result.RepliesSent = replies()
	return err
}

// drain waits until the outbox is empty; the gateway has begun by itself.
func (l *Load) drain(ctx context.Context) error {
	if err := l.sawAll(ctx, l.plan.Petitions); err != nil {
		return err
	}
	return l.rest(ctx)
}

// sawAll waits until the SMSC has seen so many submits more than before, and has
// brought their receipts, without asking the database, which has enough to do.
func (l *Load) sawAll(ctx context.Context, n int) error {
	for goal := l.submits + n; l.service.Air.submits() < goal || l.service.Air.receipts && int(l.service.SMSC.Stats().Receipts) < goal; {
		if err := pauseFor(ctx, airBeat); err != nil {
			return fmt.Errorf("the SMSC saw %d submits of %d: %w", l.service.Air.submits(), goal, err)
		}
	}
	l.submits = l.service.Air.submits()
	return nil
}

// burst lets rungs fall due, one instant after the other.
func (l *Load) burst(ctx context.Context) error {
	for n := range l.plan.Bursts {
		due := l.service.Now().Add(burstLead).Truncate(time.Second)
		if err := armBurst(ctx, l.service.Rows, l.plan, n, due); err != nil {
			return err
		}
		if l.service.Hint != nil {
			l.service.Hint(due)
		}
		if err := pauseFor(ctx, due.Sub(l.service.Now())); err != nil {
			return err
		}
		if err := errors.Join(l.sawAll(ctx, l.plan.Due), l.rest(ctx)); err != nil {
			return err
		}
		if err := l.countBurst(ctx, n, due); err != nil {
			return err
		}
	}
	return nil
}

// burstLead leaves time to write the due times of a burst and to plan its wake.
const burstLead = 5 * time.Second

// firstArmed is the first armed rung, where it is due: a planner that does not know that
// armed rungs are due last reads every rung to find that none is.
const firstArmed = `(SELECT MIN(due) AS due FROM rung WHERE state = 'armed') AS first WHERE due <= ?`

// rest waits until nothing is left to be done: no due rung, no text without an
// outcome or, where receipts come, without a receipt, no reply to apply.
func (l *Load) rest(ctx context.Context) error {
	// Each state by itself, so that the index of its rows serves; no index has what was accepted.
	wanted := []string{firstArmed, `message WHERE state = 'queued' AND not_before <= ?`,
		`message WHERE state = 'sending'`, `message WHERE state = 'unknown'`, `inbox WHERE applied_at = 0`}
	if l.service.Air.receipts {
		wanted = append(wanted, `message WHERE state = 'accepted' AND handled = 0 AND id > `+strconv.FormatInt(l.seeded, 10))
	}
	open := l.service.Rows.Rebind(`SELECT EXISTS (SELECT 1 FROM ` + strings.Join(wanted, `) OR EXISTS (SELECT 1 FROM `) + `)`)
	for {
		var left bool
		now := l.service.Now().UnixMicro()
		if err := l.service.Rows.GetContext(ctx, &left, open, now, now); err != nil {
			return fmt.Errorf("look for open work: %w", err)
		}
		if !left && l.service.Air.waiting() == 0 {
			return nil
		}
		if err := pauseFor(ctx, restBeat); err != nil {
			return fmt.Errorf("the service did not come to rest: %w", err)
		}
	}
}

// How often it is looked: at the SMSC, which costs nothing, and at the database.
const (
	airBeat  = 20 * time.Millisecond
	restBeat = 500 * time.Millisecond
)

func pauseFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
