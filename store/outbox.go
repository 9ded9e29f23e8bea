package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"notify1022/escalation"
)

// lanes are served in this order and by these weights: of fifteen messages
// eight are urgent, four slips, two citizens', one bulk, as long as each lane
// has any.
var lanes = []struct {
	lane   escalation.Lane
	weight int
}{{escalation.LaneUrgent, 8}, {escalation.LaneSlip, 4}, {escalation.LaneCitizen, 2}, {escalation.LaneBulk, 1}}

// laneShares deals out slots by smooth weighted round robin. The credits live on
// from claim to claim, so that claims of one row starve no lane either.
type laneShares struct {
	mu     sync.Mutex
	credit [4]int
}

// deal says how many of the next n slots belong to each lane, of those that take part.
func (l *laneShares) deal(n int, among [4]bool) [4]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var share [4]int
	for range n {
		best, sum := -1, 0
		for i := range l.credit {
			if !among[i] {
				continue
			}
			l.credit[i] += lanes[i].weight
			sum += lanes[i].weight
			if best < 0 || l.credit[i] > l.credit[best] {
				best = i
			}
		}
		if best < 0 {
			break
		}
		l.credit[best] -= sum
		share[best]++
	}
	return share
}

// among says which lanes are named; none named: all.
func among(named []escalation.Lane) (are [4]bool) {
	for i, l := range lanes {
		are[i] = len(named) == 0 || slices.Contains(named, l.lane)
	}
	return are
}

// Claim takes up to limit texts of the lanes (none named: of all) that may go now: not
// before their domain instant, not before their retry by the machine, not expired.
// Lanes share by weight; what a lane leaves goes to the others in their order.
func (s *Store) Claim(ctx context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error, lanes ...escalation.Lane) ([]escalation.Outgoing, error) {
	return s.claim(ctx, wanted{lanes: among(lanes)}, owner, limit, lease, render)
}

// ClaimMail is Claim for rows that go by email: they go out whether or not an
// SMSC is bound.
func (s *Store) ClaimMail(ctx context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error) {
	return s.claim(ctx, wanted{mail: true, lanes: among(nil)}, owner, limit, lease, render)
}

// wanted is what a claim asks for.
type wanted struct {
	mail  bool
	lanes [4]bool
}

func (s *Store) claim(ctx context.Context, w wanted, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error) {
	if limit <= 0 {
		return nil, nil
	}
	if paused, err := s.Paused(ctx); paused || err != nil {
		return nil, err
	}
	var claimed []escalation.Outgoing
	err := s.inTx(ctx, func(t *tx) error {
		claimed = nil
		if err := t.rouse(ctx); err != nil {
			return err
		}
		// What is picked and then held, by the night or by a budget, makes room for what
		// stands behind it. That room is dealt out anew: there is less of it.
		for range claimRounds {
			room := limit - len(claimed)
			rows, err := t.pick(ctx, w, s.lanes.deal(room, w.lanes), room)
			if err != nil || len(rows) == 0 {
				return err
			}
			full := len(rows) >= room
			if !w.mail {
				if rows, err = t.bundle(ctx, rows, w.lanes); err != nil {
					return err
				}
			}
			taken, err := t.take(ctx, rows, owner, lease, render)
			if claimed = append(claimed, taken...); err != nil || !full || 2*len(claimed) > limit {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim messages: %w", err)
	}
	return claimed, nil
}

// claimRounds bounds how often one claim picks anew when all that it picked is held.
const claimRounds = 16

// pick locks the rows of one claim: first each lane's share, then what is left
// of the limit.
func (t *tx) pick(ctx context.Context, w wanted, share [4]int, limit int) ([]messageRow, error) {
	var picked []messageRow
	last, more := [4]int64{}, [4]bool{}
	for i, l := range lanes {
		rows, err := t.pickLane(ctx, w.mail, l.lane, 0, share[i])
		if err != nil {
			return nil, err
		}
		if more[i] = w.lanes[i] && len(rows) == share[i]; len(rows) > 0 {
			last[i] = rows[len(rows)-1].ID
		}
		picked = append(picked, rows...)
	}
	for i, l := range lanes {
		if !more[i] {
			continue
		}
		rows, err := t.pickLane(ctx, w.mail, l.lane, last[i], limit-len(picked))
		if err != nil {
			return nil, err
		}
		picked = append(picked, rows...)
	}
	return picked, nil
}

func (t *tx) pickLane(ctx context.Context, mail bool, lane escalation.Lane, after int64, limit int) ([]messageRow, error) {
	if limit <= 0 {
		return nil, nil
	}
	// Lane and by_email are ranges of one value and the order begins with them, so
	// that only the index of queued rows has that order: by the id alone a planner
	// whose counts are old walks through every message there ever was. That nothing is
	// picked that waits does not hang on the column that keeps what waits apart.
	var rows []messageRow
	err := t.c.all(ctx, &rows, `SELECT `+messageColumnList+`
		FROM message m
		WHERE m.state = 'queued' AND m.waits = 0 AND m.lane >= ? AND m.lane <= ? AND m.by_email >= ? AND m.by_email <= ? AND m.id > ? AND m.not_before <= ? AND m.retry_real <= ?
			AND (m.expires_at = 0 OR m.expires_at > ?) AND (NOT (`+remindersOnly+` OR `+alarmsOnly+`) OR m.created_real <= ? OR m.created_real > ?)
		ORDER BY m.lane, m.by_email, m.id
		LIMIT ?`+t.s.d.skip, string(lane), string(lane), flag(mail), flag(mail), after, micros(t.domain), micros(t.machine), micros(t.domain),
		micros(t.machine.Add(-t.bundleWindow().Truncate(time.Microsecond))), micros(t.machine.Add(stepLimit)), limit)
	return rows, err
}

// Why a queued row waits.
const (
	waitsNot     = 0
	waitsDomain  = 1 // for not_before
	waitsMachine = 2 // for retry_real
	rouseMost    = 2000
)

// rouse lets those go whose waiting is over. It asks two indexes that hold nothing but
// what waits, in the order in which it may go.
func (t *tx) rouse(ctx context.Context) error {
	domain, machine := micros(t.domain), micros(t.machine)
	_, err := t.c.exec(ctx, `UPDATE message SET waits = CASE WHEN retry_real > ? THEN 2 ELSE 0 END WHERE id IN (
		SELECT id FROM message WHERE state = 'queued' AND waits = 1 AND not_before <= ? ORDER BY not_before LIMIT ?`+t.s.d.skip+`)`,
		machine, domain, rouseMost)
	if err == nil {
		_, err = t.c.exec(ctx, `UPDATE message SET waits = CASE WHEN not_before > ? THEN 1 ELSE 0 END WHERE id IN (
			SELECT id FROM message WHERE state = 'queued' AND waits = 2 AND retry_real <= ? ORDER BY retry_real LIMIT ?`+t.s.d.skip+`)`,
			domain, machine, rouseMost)
	}
	if err != nil {
		return fmt.Errorf("rouse what waited: %w", err)
	}
	return nil
}

// take marks the rows sending and freezes their texts. What render refuses fails.
func (t *tx) take(ctx context.Context, rows []messageRow, owner string, lease time.Duration, render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error) {
	rows, err := t.recall(ctx, rows)
	if err != nil {
		return nil, err
	}
	proven, carriers, err := t.proven(ctx, rows)
	if err != nil {
		return nil, err
	}
	if rows, err = t.hold(ctx, rows, proven); err != nil {
		return nil, err
	}
	if rows, err = t.spare(ctx, rows); err != nil {
		return nil, err
	}
	if rows, err = t.renew(ctx, rows); err != nil {
		return nil, err
	}
	until := t.machine.Add(lease)
	claimed := make([]escalation.Outgoing, 0, len(rows))
	updates := make([][]any, 0, len(rows))
	var refused, bundles []int64
	for _, r := range rows {
		o, err := r.outgoing(until, proven[r.ID])
		if err != nil {
			return nil, err
		}
		o.Carriers = carriers[r.ID]
		state, failure := escalation.Sending, ""
		if o.Text == "" && render != nil {
			if err := render(&o); err != nil {
				state, failure = escalation.Failed, "render: "+wire(err.Error())
			}
		}
		if state == escalation.Sending {
			claimed = append(claimed, o)
		} else if refused = append(refused, r.ID); escalation.BundleRow(r.Template, r.Rung) {
			bundles = append(bundles, r.ID)
		}
		updates = append(updates, []any{r.ID, string(state), failure, wire(o.Text), o.TemplateVersion, o.Coding, o.Segments,
			o.Attempts + int(flag(state == escalation.Sending)), int64(o.Reference), owner, micros(until)})
	}
	_, err = t.c.update(ctx, "message", []string{"state TEXT", "error TEXT", "text TEXT", "template_version BIGINT", "coding TEXT",
		"segments BIGINT", "attempts BIGINT", "reference BIGINT", "lease_owner TEXT", "lease_real BIGINT"}, "", updates)
	if err != nil {
		return nil, err
	}
	if err := t.follow(ctx, bundles); err != nil {
		return nil, err
	}
	if err := t.announceMessages(ctx, refused); err != nil {
		return nil, err
	}
	slices.SortStableFunc(claimed, func(a, b escalation.Outgoing) int { return laneRank(a.Lane) - laneRank(b.Lane) })
	return claimed, nil
}

// recall lets those of the picked texts fail whose reader has left while they waited, or that went
// to a citizen's wrong address, so that nothing goes to a number that is a stranger's and what they
// ask for is passed on. It looks when a text is to go, since a time in a role may end by its date alone.
func (t *tx) recall(ctx context.Context, rows []messageRow) ([]messageRow, error) {
	kept, astray, err := t.parted(ctx, rows)
	if err != nil {
		return nil, err
	}
	kept, readdressed, err := t.readdressed(ctx, kept)
	if err != nil || len(astray)+len(readdressed) == 0 {
		return kept, err
	}
	if err := t.failWaiting(ctx, astray, escalation.NotTheirs, escalation.NotTheirsAgain); err != nil {
		return nil, err
	}
	return kept, t.failWaiting(ctx, readdressed, escalation.Readdressed, escalation.Readdressed)
}

// failWaiting lets texts fail that wait; again is why, of one that may have gone out.
func (t *tx) failWaiting(ctx context.Context, rows []messageRow, why, again string) error {
	if len(rows) == 0 {
		return nil
	}
	var gone, bundles []int64
	for _, r := range rows {
		if gone = append(gone, r.ID); escalation.BundleRow(r.Template, r.Rung) {
			bundles = append(bundles, r.ID)
		}
	}
	if _, err := t.changeMessages(ctx, `UPDATE message SET state = 'failed',
		error = CASE WHEN possible_duplicate = 1 THEN ? ELSE ? END WHERE id IN (?)`, again, why, gone); err != nil {
		return fmt.Errorf("recall %d texts: %w", len(gone), err)
	}
	return t.follow(ctx, bundles)
}

// readdressed tells the texts to citizens that were tried at an address which has been put right
// since from all others. What was not tried yet has the right one (readdress).
func (t *tx) readdressed(ctx context.Context, rows []messageRow) (kept, moved []messageRow, err error) {
	var citizens []int64
	for _, r := range rows {
		if r.Citizen != 0 && r.Attempts > 0 {
			citizens = append(citizens, r.Citizen)
		}
	}
	if len(citizens) == 0 {
		return rows, nil, nil
	}
	var found []struct {
		Petition int64  `db:"petition_id"`
		Phone    string `db:"phone"`
		Email    string `db:"email"`
	}
	if err := t.c.in(ctx, &found, `SELECT petition_id, phone, email FROM citizen WHERE petition_id IN (?)`, citizens); err != nil {
		return nil, nil, fmt.Errorf("find the addresses of %d citizens: %w", len(citizens), err)
	}
	right := make(map[int64][2]string, len(found))
	for _, f := range found {
		right[f.Petition] = [2]string{f.Phone, f.Email}
	}
	for _, r := range rows {
		now, known := right[r.Citizen]
		if known && r.Attempts > 0 && (!r.ByEmail && r.Phone != now[0] || r.ByEmail && r.Email != now[1]) {
			moved = append(moved, r)
		} else {
			kept = append(kept, r)
		}
	}
	return kept, moved, nil
}

// parted tells the texts whose reader is still to be told from those that would go astray.
func (t *tx) parted(ctx context.Context, rows []messageRow) (kept, astray []messageRow, err error) {
	dir, err := t.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		if r.Contact != 0 && dir.Astray(r.recipient(), r.Phone, instant(r.At), t.domain) {
			astray = append(astray, r)
		} else {
			kept = append(kept, r)
		}
	}
	return kept, astray, nil
}

func laneRank(lane escalation.Lane) int {
	for i, l := range lanes {
		if l.lane == lane {
			return i
		}
	}
	return len(lanes)
}

func (r messageRow) outgoing(until time.Time, proven []int) (escalation.Outgoing, error) {
	vars, err := r.vars()
	return escalation.Outgoing{
		ID: r.ID, Petition: r.Petition, Template: r.Template, Rung: r.Rung, Vars: vars, Lane: r.Lane, Class: r.Class, To: r.recipient(),
		Phone: r.Phone, Email: r.Email, Text: r.Text, TemplateVersion: r.TemplateVersion, Coding: r.Coding, Segments: r.Segments,
		Attempts: r.Attempts, Refusals: r.Refusals, Blamed: r.Blamed, Proven: proven, PossibleDuplicate: r.Duplicate, Reference: uint16(r.ID), QueuedAt: instant(r.Created),
		LeaseUntil: until, Expires: instant(r.ExpiresAt), Meant: instant(max(r.At, r.NotBefore)),
	}, err
}

// proven lists the segments that are known to have gone out in earlier attempts, since
// all was sent anew, and the accounts that took them.
func (t *tx) proven(ctx context.Context, rows []messageRow) (proven map[int64][]int, carriers map[int64][]string, err error) {
	var again []int64
	for _, r := range rows {
		if r.Attempts > 0 {
			again = append(again, r.ID)
		}
	}
	if len(again) == 0 {
		return nil, nil, nil
	}
	var found []struct {
		Message int64  `db:"message_id"`
		Segment int    `db:"segment"`
		SMSC    string `db:"smsc"`
	}
	err = t.c.in(ctx, &found, `SELECT DISTINCT g.message_id, g.segment, g.smsc FROM segment g JOIN message m ON m.id = g.message_id
		WHERE g.message_id IN (?) AND g.state IN ('accepted', 'delivered') AND g.attempt >= m.anew ORDER BY g.message_id, g.segment, g.smsc`, again)
	if err != nil {
		return nil, nil, fmt.Errorf("find proven segments: %w", err)
	}
	proven, carriers = make(map[int64][]int), make(map[int64][]string)
	for _, f := range found {
		if !slices.Contains(proven[f.Message], f.Segment) {
			proven[f.Message] = append(proven[f.Message], f.Segment)
		}
		if !slices.Contains(carriers[f.Message], f.SMSC) {
			carriers[f.Message] = append(carriers[f.Message], f.SMSC)
		}
	}
	return proven, carriers, nil
}

// Lapse moves on what got stuck: leases that ran out become unknown, unknown
// messages older than grace are queued again marked possible_duplicate (or
// dropped, where they have become pointless; or failed, after many attempts that
// nobody answered), queued ones whose use is over expire. Receipts that met no message
// when they came are tried again, and what settled of erased citizens is emptied.
func (s *Store) Lapse(ctx context.Context, grace time.Duration) (requeued int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		requeued = 0
		if err := t.meetReceipts(ctx); err != nil {
			return err
		}
		n, err := t.lapse(ctx, grace)
		requeued = int(n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("lapse leases: %w", err)
	}
	return requeued, nil
}

func (t *tx) lapse(ctx context.Context, grace time.Duration) (requeued int64, err error) {
	if err := t.fromAhead(ctx, grace); err != nil {
		return 0, err
	}
	now, machine := micros(t.domain), micros(t.machine)
	if _, err = t.changeMessages(ctx, `UPDATE message SET state = 'unknown', unknown_real = ?, lease_owner = '', error = 'lease ran out'
		WHERE state = 'sending' AND lease_real < ? AND bundle_id = 0`, machine, machine); err != nil {
		return 0, err
	}
	old := micros(t.machine.Add(-grace))
	if _, err = t.changeMessages(ctx, `UPDATE message SET state = CASE WHEN pointless <> '' THEN 'suppressed' ELSE 'expired' END
		WHERE state = 'unknown' AND unknown_real <= ? AND (pointless <> '' OR expires_at <> 0 AND expires_at <= ?)`, old, now); err != nil {
		return 0, err
	}
	if requeued, err = t.repeat(ctx, old, grace); err != nil {
		return 0, err
	}
	_, err = t.changeMessages(ctx, `UPDATE message SET state = 'expired', error = 'its use was over'
		WHERE state = 'queued' AND expires_at <> 0 AND expires_at <= ?`, now)
	if err == nil {
		err = t.unbundle(ctx)
	}
	if err == nil {
		err = t.dropErased(ctx)
	}
	if requeued > 0 && err == nil {
		err = t.stopAt(ctx, t.domain)
	}
	return requeued, err
}

// How a text is repeated that was sent and never answered: at once the first time, then
// after one, two, four … graces. Each repetition may be a copy on somebody's handset,
// so there are few; whoever else can be told is told long before the last.
const (
	mostUnanswered = 8                                                                                                   // attempts, then it has failed: an hour and a quarter with a grace and a lease of a minute
	toldUnanswered = 3                                                                                                   // attempts, then it is passed on: some seven minutes
	repeatAfter    = `CASE unanswered WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 4 WHEN 4 THEN 8 ELSE 15 END` // graces
	mostGraces     = 15
)

// repeat queues the messages again that became unknown at or before old, and fails
// those that have been sent often enough. Those of a paused sending are kept back.
func (t *tx) repeat(ctx context.Context, old int64, grace time.Duration) (requeued int64, err error) {
	_, err = t.changeMessages(ctx, `UPDATE message SET state = 'failed', unanswered = unanswered + 1,
			error = CASE WHEN by_email = 1 THEN 'the mail server never said that it has it' ELSE 'the SMSC never answered' END
		WHERE state = 'unknown' AND unknown_real <= ? AND unanswered >= ?`, old, mostUnanswered-1)
	if err != nil {
		return 0, err
	}
	return t.changeMessages(ctx, `UPDATE message SET state = 'queued', possible_duplicate = 1, unanswered = unanswered + 1,
			unanswered_real = CASE unanswered WHEN 0 THEN unknown_real ELSE unanswered_real END,
			retry_real = CASE WHEN unanswered = 0 OR retry_real = `+fmt.Sprint(int64(never))+` THEN retry_real ELSE CAST(? AS BIGINT) + CAST(? AS BIGINT) * `+repeatAfter+` END,
			waits = CASE unanswered WHEN 0 THEN waits ELSE 2 END
		WHERE state = 'unknown' AND unknown_real <= ?`, micros(t.machine), grace.Microseconds(), old)
}

// Release gives the owner's leases back. A row of which some segment has an
// outcome was on its way: it becomes unknown. The others never went out.
func (s *Store) Release(ctx context.Context, owner string) error {
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.changeMessages(ctx, `UPDATE message SET state = 'unknown', unknown_real = ?, lease_owner = ''
			WHERE state = 'sending' AND lease_owner = ? AND EXISTS (
				SELECT 1 FROM segment g WHERE g.message_id = message.id AND g.attempt = message.attempts
			)`, micros(t.machine), owner)
		if err != nil {
			return err
		}
		_, err = t.changeMessages(ctx, `UPDATE message SET attempts = attempts - 1, lease_owner = '',
			text = CASE WHEN (template = 'B1' OR rung = 'bundle') AND `+untried+` THEN '' ELSE text END,
			state = CASE WHEN pointless <> '' THEN 'suppressed' ELSE 'queued' END
			WHERE state = 'sending' AND lease_owner = ?`, owner)
		return err
	})
	if err != nil {
		return fmt.Errorf("release leases of %s: %w", owner, err)
	}
	return nil
}

// toldRefused is after how many refusals for now, some fourteen minutes, a duty text is
// passed on that is tried for as long as it is of use.
const toldRefused = 20

// What is to be passed on: it failed; it went to somebody on duty, or orders them to act (Đ9.4,
// Đ14.1), and no receipt came; it
// was sent to them some times, or for long, and never answered; it was refused for now
// again and again, by itself or as part of a bundle (which is handled itself).
const (
	onDuty    = ` AND contact_id <> 0 AND (class IN ('slip', 'escalation', 'report', 'alarm') OR template IN ('N1', 'N2', 'N3'))`
	hasFailed = `state = 'failed' AND handled = 0`
	awaiting  = `state = 'accepted' AND handled = 0 AND by_email = 0` + onDuty // as the index message_awaiting says it
	noReceipt = awaiting + ` AND accepted_real <= ?`
	noAnswer  = `unanswered > 0 AND handled = 0 AND state IN ('queued', 'sending', 'unknown') AND (unanswered >= ? OR unanswered_real <= ?)` + onDuty
	isRefused = `refusals > 0 AND state IN ('queued', 'sending', 'unknown')`
	noTaker   = isRefused + ` AND refusals >= ? AND handled = 0` + onDuty
	untaken   = `bundle_id <> 0 AND state = 'sending' AND handled = 0` + onDuty + ` AND EXISTS (SELECT 1 FROM message b WHERE b.id = message.bundle_id AND b.refusals >= ?)`
)

// Unhandled lists failed messages that nobody has passed on, oldest first, then those
// to people on duty for which no receipt came within wait, or that were sent some times
// or for so long without an answer, or refused again and again.
func (s *Store) Unhandled(ctx context.Context, wait time.Duration, limit int) ([]int64, error) {
	machine, err := s.clock.now(ctx, s.reader())
	if err != nil {
		return nil, err
	}
	old := micros(machine.Add(-wait))
	var ids []int64
	for _, q := range []struct {
		what, query string
		args        []any
	}{
		{"failed messages", `SELECT id FROM message WHERE ` + hasFailed + ` ORDER BY id LIMIT ?`, nil},
		{"messages without a receipt", `SELECT id FROM message WHERE ` + noReceipt + ` ORDER BY accepted_real LIMIT ?`, []any{old}},
		{"messages without an answer", `SELECT id FROM message WHERE ` + noAnswer + ` ORDER BY unanswered_real LIMIT ?`, []any{toldUnanswered, old}},
		{"messages that nobody takes", `SELECT id FROM message WHERE ` + noTaker + ` ORDER BY refusals DESC LIMIT ?`, []any{toldRefused}},
		{"members of bundles that nobody takes", `SELECT id FROM message WHERE ` + untaken + ` ORDER BY bundle_id, id LIMIT ?`, []any{toldRefused}},
	} {
		if len(ids) >= limit {
			break
		}
		var more []int64
		if err := s.reader().all(ctx, &more, q.query, append(q.args, limit-len(ids))...); err != nil {
			return ids, wrapList(err, q.what)
		}
		ids = append(ids, more...)
	}
	return ids, nil
}

// Undelivered asks of a message that is locked what Unhandled asked of all: an answer or
// a receipt may have come in between.
func (t *tx) Undelivered(ctx context.Context, id int64, wait time.Duration) (still bool, err error) {
	old := micros(t.machine.Add(-wait))
	err = t.c.get(ctx, &still, `SELECT EXISTS (SELECT 1 FROM message WHERE id = ? AND (`+hasFailed+` OR `+noReceipt+` OR `+noAnswer+` OR `+noTaker+` OR `+untaken+`))`,
		id, old, toldUnanswered, old, toldRefused, toldRefused)
	if err != nil {
		return false, fmt.Errorf("look at message %d once more: %w", id, err)
	}
	return still, nil
}

func wrapList(err error, what string) error {
	if err != nil {
		return fmt.Errorf("list %s: %w", what, err)
	}
	return nil
}
