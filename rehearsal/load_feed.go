package rehearsal

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"notify1022/escalation"
)

// Numbers of a load lie in the test prefix, beyond those of the sample data.
func loadPhone(kind, n int) string { return fmt.Sprintf("057%d%06d", kind, n%1_000_000) }

// What the fourth digit of a number says.
const (
	focalDigit   = 1
	deputyDigit  = 2
	headDigit    = 3
	citizenDigit = 4 // and 5 for the second million
)

// loadUnit is the code of the nth unit; all have one length, so that a code can
// be put in the place of another.
func loadUnit(n int) string { return fmt.Sprintf("L%06d", n) }

func citizenPhone(n int) string { return loadPhone(citizenDigit+n/1_000_000, n) }

// loadIntake is the nth petition of a load.
func loadIntake(n, units int) escalation.Intake {
	return escalation.Intake{
		Channel: escalation.ByPhone, Kind: 1, Field: "Hạ tầng", Area: "phường Lê Chân", PublishConsent: true,
		Content: fmt.Sprintf("Đèn đường trước khu tập thể tắt ba đêm liền, lối đi tối, đề nghị kiểm tra và khắc phục. Lần ghi %d.", n),
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Thị Mẫu", Phone: citizenPhone(n)},
		Unit:    loadUnit(n % units),
	}
}

// feeder takes petitions in.
type feeder struct {
	plan    LoadPlan
	service LoadService

	next   atomic.Int64
	fed    atomic.Int64
	failed sync.Once
	err    error
}

// run feeds until all are in, ctx ends or one is refused.
func (f *feeder) run(ctx context.Context) (fed int, took time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun := time.Now()
	var wg sync.WaitGroup
	for range f.plan.Feeders {
		wg.Go(func() { f.feed(ctx, begun, cancel) })
	}
	wg.Wait()
	return int(f.fed.Load()), time.Since(begun), f.err
}

func (f *feeder) feed(ctx context.Context, begun time.Time, cancel func()) {
	for {
		n := int(f.next.Add(1)) - 1
		if n >= f.plan.Petitions {
			return
		}
		err := f.one(ctx, n, begun)
		if err != nil {
			f.failed.Do(func() { f.err = fmt.Errorf("petition %d of the load: %w", n, err) })
			cancel()
			return
		}
		f.fed.Add(1)
	}
}

// one waits for its turn at the rate and takes the petition in.
func (f *feeder) one(ctx context.Context, n int, begun time.Time) error {
	if f.plan.Rate > 0 {
		turn := begun.Add(time.Duration(float64(n) / f.plan.Rate * float64(time.Second)))
		if err := pauseFor(ctx, time.Until(turn)); err != nil {
			return err
		}
	}
	return f.service.Accept(ctx, loadIntake(n, f.plan.Units))
}

// repliers is how many officers type at once.
const repliers = 64

// repliesKept bounds the slips that wait for somebody to answer.
const repliesKept = 100_000

// answer lets a share of the officers acknowledge their slips. sent counts their
// texts; stop ends it and waits.
func (l *Load) answer(ctx context.Context) (sent func() int, stop func()) {
	var count, offered atomic.Int64
	if l.plan.Replies == 0 {
		return func() int { return 0 }, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	slips := make(chan reply, min(l.plan.Petitions, repliesKept))
	var wg sync.WaitGroup
	for range repliers {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case r := <-slips:
					n := float64(offered.Add(1))
					if int(n*l.plan.Replies) > int((n-1)*l.plan.Replies) && l.send(ctx, r) {
						count.Add(1)
					}
					l.service.Air.open.Add(-1)
				}
			}
		})
	}
	l.service.Air.listen(slips)
	return func() int { return int(count.Load()) }, func() { l.service.Air.listen(nil); cancel(); wg.Wait() }
}

func (l *Load) send(ctx context.Context, r reply) bool {
	phone := l.service.SMSC.Handset(strings.TrimPrefix(r.from, "+"))
	return phone.Send(ctx, r.to, "NHAN "+r.code) == nil
}
