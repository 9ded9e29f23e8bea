package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// Audit is what the auditor looks at: each figure that is not zero for long
// means that somebody is not being told.
type Audit struct {
	Now         time.Time // of the domain, read before the figures: no age is of what has gone since
	Machine     time.Time // and of the machine, read with it
	Silent      int       // open petitions that nobody waits for, of those of a whole round (silence)
	SilentCodes []string  // of the first twenty of them
	OldestDue   time.Time // oldest armed rung that is due, but for the petitions left out; zero: none
	DueRungs    int       // armed rungs that are due
	UrgentSince time.Time // by the machine: oldest urgent message that is not known to have gone out; zero: none
	// Waiting is since when, by the machine, the oldest text of a lane below urgent waits that
	// may go: neither held for its hour nor paused, nor over its number's budget. No entry:
	// none does.
	Waiting    map[escalation.Lane]time.Time
	Unapplied  int       // received texts not applied yet
	OldestText time.Time // when the oldest of them was read; zero: none
	PassedOver int       // received texts that were put aside and that nobody has acted on
	LooseParts int       // parts of long texts not joined yet
	Unmet      int       // receipts without their message
	OverBudget int       // texts that wait because their number gets too many in an hour
	ClockStep  time.Duration
	ClockDoubt bool // the step was found at a start: it may be this host's clock that is wrong
	// Outbox counts the messages that are not over, by lane and state; failed ones
	// until they have been passed on.
	Outbox map[escalation.Lane]map[escalation.MessageState]int
}

// Audit reads every figure by an index of what is open, whatever the age of the
// petitions: a case of forty-eight working hours across Tết is audited like any
// other. Except are petitions whose rungs are known to be late for a reason of their own.
func (s *Store) Audit(ctx context.Context, except ...int64) (Audit, error) {
	defer s.tellStep(ctx)
	now, machine, err := s.times(ctx, s.reader())
	if err != nil {
		return Audit{}, err
	}
	step, err := s.unaccepted(ctx, s.reader())
	if err != nil {
		return Audit{}, err
	}
	a := Audit{Now: now, Machine: machine, ClockStep: step, ClockDoubt: s.clock.doubted()}
	if err := s.auditPetitions(ctx, &a, now, except); err != nil {
		return Audit{}, fmt.Errorf("audit petitions: %w", err)
	}
	if err := s.auditTexts(ctx, &a, now); err != nil {
		return Audit{}, fmt.Errorf("audit texts: %w", err)
	}
	if err := s.auditLanes(ctx, &a); err != nil {
		return Audit{}, fmt.Errorf("audit lanes: %w", err)
	}
	return a, nil
}

func (s *Store) auditPetitions(ctx context.Context, a *Audit, now time.Time, except []int64) (err error) {
	var row struct {
		Oldest int64 `db:"oldest"`
		Due    int   `db:"due"`
	}
	err = s.reader().getIn(ctx, &row, `SELECT
		(`+oldestDue+`) AS oldest,
		(SELECT COUNT(*) FROM rung WHERE state = 'armed' AND due <= ?) AS due`, micros(now), orNobody(except), micros(now))
	if err != nil {
		return err
	}
	a.OldestDue, a.DueRungs = instant(row.Oldest), row.Due
	a.Silent, a.SilentCodes, err = s.silence.look(ctx, s.reader())
	return err
}

// urgentOnAir is since when the oldest urgent text waits for a word of the SMSC, which may
// take everything and answer nothing. What was held until an hour of the day is counted
// from its first attempt that nobody answered.
const urgentOnAir = `SELECT COALESCE(MIN(CASE WHEN unanswered > 0 THEN unanswered_real ELSE created_real END), 0) FROM message
	WHERE lane = 'urgent' AND (not_before <= at OR unanswered > 0)`

func (s *Store) auditTexts(ctx context.Context, a *Audit, now time.Time) error {
	var row struct {
		Urgent     int64 `db:"urgent"`
		Sending    int64 `db:"sending"`
		Unknown    int64 `db:"unknown"`
		Unapplied  int   `db:"unapplied"`
		Oldest     int64 `db:"oldest"`
		PassedOver int   `db:"passed_over"`
		Loose      int   `db:"loose"`
		Unmet      int   `db:"unmet"`
		OverBudget int   `db:"over_budget"`
	}
	err := s.reader().get(ctx, &row, `SELECT
		(SELECT COALESCE(MIN(created_real), 0) FROM message WHERE state = 'queued' AND waits IN (0, 1, 2) AND lane = 'urgent' AND not_before <= ? AND retry_real < `+fmt.Sprint(int64(never))+`) AS urgent,
		(`+urgentOnAir+` AND state = 'sending') AS sending,
		(`+urgentOnAir+` AND state = 'unknown') AS unknown,
		(SELECT COUNT(*) FROM inbox WHERE `+inOrder+`) AS unapplied,
		(SELECT COALESCE(MIN(read_at), 0) FROM inbox WHERE `+inOrder+`) AS oldest,
		(SELECT COUNT(*) FROM inbox WHERE `+isAside+`) AS passed_over,
		(SELECT COUNT(*) FROM inbox_part WHERE inbox_id = 0) AS loose,
		(SELECT COUNT(*) FROM receipt WHERE message_id = 0) AS unmet,
		(SELECT COUNT(*) FROM message WHERE state = 'queued' AND error = '`+overBudget+`') AS over_budget`, micros(now))
	if err != nil {
		return err
	}
	for _, since := range []int64{row.Urgent, row.Sending, row.Unknown} {
		if at := instant(since); since != 0 && (a.UrgentSince.IsZero() || at.Before(a.UrgentSince)) {
			a.UrgentSince = at
		}
	}
	a.Unapplied, a.OldestText = row.Unapplied, instant(row.Oldest)
	a.PassedOver, a.LooseParts, a.Unmet = row.PassedOver, row.Loose, row.Unmet
	a.OverBudget = row.OverBudget
	var open []struct {
		Lane  escalation.Lane         `db:"lane"`
		State escalation.MessageState `db:"state"`
		N     int                     `db:"n"`
	}
	err = s.reader().all(ctx, &open, `SELECT lane, state, COUNT(*) AS n FROM message WHERE state = 'queued' GROUP BY lane, state
		UNION ALL SELECT lane, state, COUNT(*) FROM message WHERE state = 'sending' GROUP BY lane, state
		UNION ALL SELECT lane, state, COUNT(*) FROM message WHERE state = 'unknown' GROUP BY lane, state
		UNION ALL SELECT lane, state, COUNT(*) FROM message WHERE state = 'failed' AND handled = 0 GROUP BY lane, state`)
	a.Outbox = make(map[escalation.Lane]map[escalation.MessageState]int)
	for _, o := range open {
		if a.Outbox[o.Lane] == nil {
			a.Outbox[o.Lane] = make(map[escalation.MessageState]int)
		}
		a.Outbox[o.Lane][o.State] = o.N
	}
	return err
}

// lowLanes are the lanes below urgent in which no text may wait for long.
var lowLanes = []escalation.Lane{escalation.LaneSlip, escalation.LaneCitizen}

// waitLook is how many of the oldest texts of a lane are looked at for one that may go: at
// night many that an outage has kept from going wait for the morning.
const waitLook = 500

// waitingSince is since when a text waits, by the machine: since it was made, or since its hour
// came, or its budget had room; one that was sent and never answered since its first attempt.
const waitingSince = `CASE WHEN m.unanswered > 0 THEN m.unanswered_real WHEN m.not_before + CAST(? AS BIGINT) > m.created_real
	THEN m.not_before + CAST(? AS BIGINT) ELSE m.created_real END`

// mayGo selects the texts of a lane, not mail, that may go now, or are on their way.
func mayGo(lane escalation.Lane) string {
	of := ` AND lane = '` + string(lane) + `' AND by_email = 0`
	return `SELECT ` + messageColumnList + `, ` + waitingSince + ` AS since FROM message m WHERE m.id IN (
		SELECT id FROM message WHERE state = 'queued' AND waits = 0` + of + `
		UNION ALL SELECT id FROM message WHERE state = 'queued' AND waits = 1 AND not_before <= ?` + of + `
		UNION ALL SELECT id FROM message WHERE state = 'queued' AND waits = 2 AND retry_real < ` + fmt.Sprint(int64(never)) + of + `
		UNION ALL SELECT id FROM message WHERE state = 'sending' AND bundle_id = 0` + of + `
		UNION ALL SELECT id FROM message WHERE state = 'unknown'` + of + `
	) AND m.not_before <= ? AND (m.expires_at = 0 OR m.expires_at > ?) ORDER BY since, m.id LIMIT ?`
}

// auditLanes looks how long texts wait that are not urgent. While somebody has paused the
// sending none does.
func (s *Store) auditLanes(ctx context.Context, a *Audit) error {
	a.Waiting = map[escalation.Lane]time.Time{}
	if paused, err := s.Paused(ctx); paused || err != nil {
		return err
	}
	domain, ahead := micros(a.Now), micros(a.Machine)-micros(a.Now)
	resumed, err := s.resumed(ctx)
	if err != nil {
		return err
	}
	for _, lane := range lowLanes {
		var rows []struct {
			messageRow
			Since int64 `db:"since"`
		}
		if err := s.reader().all(ctx, &rows, mayGo(lane), ahead, ahead, domain, domain, domain, waitLook); err != nil {
			return err
		}
		for _, r := range rows {
			if held := s.quiet.Load(); held == nil || (*held)(r.meant(), a.Now).IsZero() {
				a.Waiting[lane] = instant(max(r.Since, resumed+ahead)) // what a stop has held waits since then
				break
			}
		}
	}
	return nil
}

// resumed is when the sending was last let go on, by the domain's clock; 0: it was never stopped.
func (s *Store) resumed(ctx context.Context) (at int64, err error) {
	err = s.reader().get(ctx, &at, `SELECT COALESCE(MAX(changed_at), 0) FROM setting WHERE name = ?`, gatewaySetting)
	return at, err
}

// CountMessages counts the messages of each state.
func (s *Store) CountMessages(ctx context.Context) (map[escalation.MessageState]int, error) {
	var rows []struct {
		State escalation.MessageState `db:"state"`
		N     int                     `db:"n"`
	}
	if err := s.reader().all(ctx, &rows, `SELECT state, COUNT(*) AS n FROM message GROUP BY state`); err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	counts := make(map[escalation.MessageState]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}
