package queue

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"notify1022/escalation"
)

// Audit is what an auditor found; ages are of the machine's clock for messages,
// of the domain's for rungs.
type Audit struct {
	Now             time.Time     // of the domain
	Silent          int           // open petitions that nothing and nobody moves
	OldestRung      time.Duration // lateness of the oldest armed rung that is due and none of Stuck; 0: none
	OldestUrgent    time.Duration // age of the oldest urgent message not sent; 0: none
	Unapplied       int           // replies stored and not applied
	OldestUnapplied time.Duration
	Outbox          map[escalation.Lane]map[escalation.MessageState]int
	ProbeRoundTrip  time.Duration // of the latest end-to-end probe that was answered; 0: none
	ProbeAnswered   time.Time     // when, by the machine; zero: never
	Notes           []string      // anything else that is wrong, as the administrator shall read it

	Stuck []escalation.DuePetition // whose due rungs cannot be fired; the worker's own finding
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
	for _, p := range a.Stuck[:min(len(a.Stuck), stuckNamed)] {
		codes = append(codes, p.Code)
	}
	return strings.Join(codes, ", ")
}

// Auditor looks whether the promises hold, without an age limit. The rungs of stuck
// petitions are told of by themselves: their lateness would hide that of the others.
type Auditor interface {
	Audit(ctx context.Context, stuck ...int64) (Audit, error)
}

// Alarm reaches the administrator by another route than the outbox. The kind says what
// is wrong without figures: one kind is told apart from another, however its text grows.
type Alarm interface {
	Alarm(ctx context.Context, kind, text string) error
}

// When something is wrong, and how often it is said.
const (
	auditEvery  = time.Minute
	auditLimit  = 30 * time.Second
	rungLate    = 2 * time.Minute
	replyLate   = 2 * time.Minute
	alarmRepeat = time.Hour
	stuckNamed  = 3 // codes in one alarm
)

// UrgentLate is how long an urgent message may wait before something is wrong.
const UrgentLate = 2 * time.Minute

// Text is the alarm, in Vietnamese; empty when all is well.
func (a Audit) Text() string {
	var wrong []string
	if a.Silent > 0 {
		wrong = append(wrong, fmt.Sprintf("%d phản ánh không có bước xử lý tiếp theo", a.Silent))
	}
	if len(a.Stuck) > 0 {
		wrong = append(wrong, fmt.Sprintf("%d phản ánh không xử lý được bước đến hạn, trễ nhất %d phút: %s", len(a.Stuck), int(a.oldestStuck().Minutes()), a.stuckCodes()))
	}
	if a.OldestRung > rungLate {
		wrong = append(wrong, fmt.Sprintf("bước leo thang trễ %d phút", int(a.OldestRung.Minutes())))
	}
	if a.OldestUrgent > UrgentLate {
		wrong = append(wrong, fmt.Sprintf("tin khẩn chưa gửi %d phút", int(a.OldestUrgent.Minutes())))
	}
	if a.OldestUnapplied > replyLate {
		wrong = append(wrong, fmt.Sprintf("%d tin trả lời chưa xử lý, lâu nhất %d phút", a.Unapplied, int(a.OldestUnapplied.Minutes())))
	}
	if wrong = append(wrong, a.Notes...); len(wrong) == 0 {
		return ""
	}
	return "Cảnh báo hệ thống 1022: " + strings.Join(wrong, "; ")
}

// kinds names what is wrong without figures, so that a growing figure is no new
// alarm.
func (a Audit) kinds() string {
	var kinds []string
	for _, k := range []struct {
		name  string
		wrong bool
	}{
		{"silent", a.Silent > 0}, {"stuck", len(a.Stuck) > 0}, {"late", a.OldestRung > rungLate}, {"urgent", a.OldestUrgent > UrgentLate},
		{"unapplied", a.OldestUnapplied > replyLate}, {fmt.Sprintf("notes:%d", len(a.Notes)), len(a.Notes) > 0},
	} {
		if k.wrong {
			kinds = append(kinds, k.name)
		}
	}
	return strings.Join(kinds, ",")
}

// watch audits each minute and raises the alarm: at once when something new is
// wrong, then hourly, once for all nodes.
type watch struct {
	auditor Auditor
	alarm   Alarm                       // nil: log alone
	alive   func(context.Context) error // nil: nobody listens
	periods Periods
	stuck   func() []escalation.DuePetition // those that cannot be fired here; nil: none
	now     func() time.Time
	said    string
	saidAt  time.Time
	metrics *Metrics
	log     *slog.Logger
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
	call, cancel := finish(ctx, auditLimit)
	defer cancel()
	stuck := w.cannotFire()
	var found Audit
	err := guarded(func() (err error) {
		found, err = w.auditor.Audit(call, idsOf(stuck)...)
		return err
	})
	if err != nil {
		w.log.Error("the audit failed", "err", err)
		w.raise(call, "audit", "Cảnh báo hệ thống 1022: không kiểm tra được cơ sở dữ liệu", false)
		return
	}
	found.Stuck = stuck
	w.metrics.show(found)
	if text := found.Text(); text == "" {
		w.said = ""
	} else if !w.raise(call, found.kinds(), text, true) {
		return // nobody was told: the silence of the heartbeat tells
	}
	w.beat(call)
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
	if err := guarded(func() error { return w.alive(ctx) }); err != nil {
		w.log.Error("the heartbeat did not go out", "err", err)
	}
}

// raise reports whether the alarm was told, now or lately.
func (w *watch) raise(ctx context.Context, kinds, text string, shared bool) bool {
	if w.said == kinds && w.now().Sub(w.saidAt) < alarmRepeat {
		return true
	}
	w.log.Error("alarm", "text", text)
	if err := w.tell(ctx, kinds, text, shared); err != nil {
		w.metrics.alarms.WithLabelValues("failed").Inc()
		w.log.Error("the alarm could not be sent", "err", err)
		return false // tried again at the next audit
	}
	w.metrics.alarms.WithLabelValues("done").Inc()
	w.said, w.saidAt = kinds, w.now()
	return true
}

// tell keys the alarm in SQL unless SQL itself is what fails.
func (w *watch) tell(ctx context.Context, kinds, text string, shared bool) error {
	if w.alarm == nil {
		return nil
	}
	send := func(ctx context.Context) error {
		return guarded(func() error { return w.alarm.Alarm(ctx, kinds, text) })
	}
	if !shared {
		return send(ctx)
	}
	period := w.now().UTC().Truncate(alarmRepeat).Format(time.RFC3339) + " " + kinds
	_, err := w.periods.Once(ctx, "alarm", period, send)
	return err
}
