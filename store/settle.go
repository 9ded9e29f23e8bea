package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"notify1022/escalation"
)

// rank orders what can be known of a segment in one attempt. Knowledge only grows: an
// outcome or a receipt of lower rank changes nothing. Delivered beats failed: the
// handset has it, whatever else was said.
func rank(state escalation.MessageState) int {
	switch state {
	case escalation.Unknown:
		return 1
	case escalation.Accepted:
		return 2
	case escalation.Failed:
		return 3
	case escalation.Delivered:
		return 4
	}
	return 0 // queued: refused for now
}

// segmentRow is what is known of one segment in one attempt.
type segmentRow struct {
	Message int64                   `db:"message_id"`
	Segment int                     `db:"segment"`
	Attempt int                     `db:"attempt"`
	State   escalation.MessageState `db:"state"`
	SMSC    string                  `db:"smsc"`
	SMSCID  string                  `db:"smsc_id"`
	Status  int64                   `db:"status"`
	Error   string                  `db:"error"`
	At      int64                   `db:"at_real"`

	changed bool
}

// flight is a message whose segments are being settled.
type flight struct {
	ID         int64                   `db:"id"`
	Template   string                  `db:"template"`
	Rung       escalation.RungName     `db:"rung"`
	State      escalation.MessageState `db:"state"`
	Attempts   int                     `db:"attempts"`
	Segments   int                     `db:"segments"`
	Pointless  string                  `db:"pointless"`
	Error      string                  `db:"error"`
	SentAt     int64                   `db:"sent_at"`
	Delivered  int64                   `db:"delivered_at"`
	Retry      int64                   `db:"retry_real"`
	Unknown    int64                   `db:"unknown_real"`
	Accepted   int64                   `db:"accepted_real"`
	LeaseOwner string                  `db:"lease_owner"`
	NotBefore  int64                   `db:"not_before"`
	Duplicate  bool                    `db:"possible_duplicate"`
	Refusals   int                     `db:"refusals"`
	Blamed     int                     `db:"blamed"`
	Anew       int                     `db:"anew"` // the attempt from which on its segments count; 0: all

	parts []segmentRow
	back  bool // it was claimed and nothing of it was handed over
}

// Settle stores what became of submitted segments, whole batches at once.
// Receipts that came before their message id was known are applied too.
func (s *Store) Settle(ctx context.Context, outcomes []escalation.SegmentOutcome) error {
	if len(outcomes) == 0 {
		return nil
	}
	err := s.inTx(ctx, func(t *tx) error {
		ids := make(map[int64]bool)
		for _, o := range outcomes {
			ids[o.Message] = true
		}
		flights, err := t.flights(ctx, slices.Sorted(maps.Keys(ids)))
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			if f := flights[o.Message]; f != nil {
				f.outcome(o, t.machine)
			}
		}
		if err := t.earlyReceipts(ctx, flights); err != nil {
			return err
		}
		return t.land(ctx, flights)
	})
	if err != nil {
		return fmt.Errorf("settle %d segments: %w", len(outcomes), err)
	}
	var ids []string
	for _, o := range outcomes {
		if o.SMSCID != "" {
			ids = append(ids, wire(o.SMSCID))
		}
	}
	return s.meetCrossed(ctx, ids)
}

// flights locks messages in the order of their ids and reads their segments.
func (t *tx) flights(ctx context.Context, ids []int64) (map[int64]*flight, error) {
	var rows []flight
	err := t.c.in(ctx, &rows, `SELECT id, template, rung, state, attempts, segments, pointless, error, sent_at, delivered_at, retry_real,
		unknown_real, accepted_real, lease_owner, not_before, possible_duplicate, refusals, blamed, anew FROM message WHERE id IN (?) ORDER BY id`+t.s.d.forUpdate, ids)
	if err != nil {
		return nil, fmt.Errorf("lock messages: %w", err)
	}
	var parts []segmentRow // a refusal for now says nothing once there is a later attempt
	err = t.c.in(ctx, &parts, `SELECT message_id, segment, attempt, state, smsc, smsc_id, status, error, at_real
		FROM segment WHERE message_id IN (?) AND (state <> 'queued' OR attempt = (SELECT m.attempts FROM message m WHERE m.id = segment.message_id))
		ORDER BY message_id, segment, attempt`, ids)
	if err != nil {
		return nil, fmt.Errorf("read segments: %w", err)
	}
	flights := make(map[int64]*flight, len(rows))
	for i := range rows {
		flights[rows[i].ID] = &rows[i]
	}
	for _, p := range parts {
		if f := flights[p.Message]; f != nil {
			f.parts = append(f.parts, p)
		}
	}
	return flights, nil
}

// outcome adds what one submission of a segment came to. Of a claim that is over, and
// of one that was given back, only a proof counts: another gateway may have the row on
// the air, and a refusal or a silence of before says nothing about that.
func (f *flight) outcome(o escalation.SegmentOutcome, machine time.Time) {
	attempt := cmp.Or(o.Attempt, f.Attempts, 1)
	if attempt != max(f.Attempts, 1) && rank(o.State) != rank(escalation.Accepted) && rank(o.State) != rank(escalation.Delivered) {
		return
	}
	if o.Segments > f.Segments {
		f.Segments = o.Segments
	}
	if o.State == escalation.Queued && f.State == escalation.Sending {
		f.Retry = max(f.Retry, micros(machine.Add(o.RetryIn)))
	}
	f.Refusals, f.Blamed = max(f.Refusals, o.Refusals), max(f.Blamed, o.Blamed)
	if o.Segment == 0 {
		f.giveBack(o)
		return
	}
	if o.Anew && attempt > f.Anew {
		f.Anew, f.Duplicate = attempt, true
	}
	last := o.Segment
	if o.Segment == o.Segments {
		last = max(last, f.Segments) // message_payload is one submit_sm and as many segments on the air
	}
	for segment := o.Segment; segment <= last; segment++ {
		f.learn(segmentRow{
			Message: f.ID, Segment: segment, Attempt: attempt, State: o.State, SMSC: wire(o.SMSC), SMSCID: wire(o.SMSCID),
			Status: int64(o.Status), Error: wire(o.Error), At: micros(machine), changed: true,
		})
	}
}

// giveBack lets the row go again that was claimed and not handed over. Nothing is known
// of its segments by that, and nothing is written of them.
func (f *flight) giveBack(o escalation.SegmentOutcome) {
	if f.back = f.State == escalation.Sending; f.back {
		f.Error = wire(o.Error)
	}
}

// learn keeps the row if it says more than is known.
func (f *flight) learn(row segmentRow) {
	i := slices.IndexFunc(f.parts, func(p segmentRow) bool { return p.Segment == row.Segment && p.Attempt == row.Attempt })
	switch {
	case i < 0:
		f.parts = append(f.parts, row)
	case rank(row.State) > rank(f.parts[i].State):
		if row.SMSCID == "" {
			row.SMSC, row.SMSCID = f.parts[i].SMSC, f.parts[i].SMSCID
		}
		f.parts[i] = row
	}
}

// receipt moves the segments with the SMSC's id forward: one, or all of a text that went in
// one submit_sm; met: the message has such a segment; moved: the receipt says more than was
// known.
func (f *flight) receipt(n escalation.ReceiptNote) (met, moved bool) {
	attempt := 0
	for _, p := range f.parts {
		if p.SMSCID == n.SMSCID && p.SMSC == n.SMSC {
			met, attempt = true, max(attempt, p.Attempt) // an id that came twice means the last
		}
	}
	for i, p := range f.parts {
		if met && p.SMSCID == n.SMSCID && p.SMSC == n.SMSC && p.Attempt == attempt && rank(n.State) > rank(p.State) {
			f.parts[i], moved = p.ended(n), true
		}
	}
	return met, moved
}

// ended is the segment after the receipt.
func (p segmentRow) ended(n escalation.ReceiptNote) segmentRow {
	p.State, p.Error, p.changed = n.State, wire(n.Error), true
	if p.Error == "" && n.State == escalation.Failed {
		p.Error = wire(n.Code)
	}
	return p
}

// best is what counts of a segment: that it arrived or is with the SMSC by any attempt,
// else that one failed for good, else the outcome of the last one; ok is false when
// nothing is known. A repeat that is refused, as a duplicate, say, takes nothing back: the
// attempt that was accepted fails by its own receipt.
func (f *flight) best(segment int) (best segmentRow, ok bool) {
	for _, p := range f.parts {
		if p.Segment != segment || p.Attempt < f.Anew {
			continue
		}
		if !ok || weight(p.State) > weight(best.State) || weight(p.State)+weight(best.State) == 0 {
			best, ok = p, true // parts come in the order of their attempts
		}
	}
	return best, ok
}

// weight orders the attempts of a segment.
func weight(state escalation.MessageState) int {
	switch state {
	case escalation.Failed:
		return 1
	case escalation.Accepted:
		return 2
	case escalation.Delivered:
		return 3
	}
	return 0 // unknown, or refused for now: another attempt decides
}

// settled says where the message stands: by its segments since all was sent anew, or
// better, where one account has it whole by all its attempts.
func (f *flight) settled() escalation.MessageState {
	why := f.Error
	state := f.stands()
	if alone := f.alone(); f.Anew > 0 && weight(alone) > weight(state) {
		f.Error = why
		return alone
	}
	return state
}

// alone says of all attempts, those before all was sent anew too, whether one account took every
// segment, or brought it; empty when none did: a handset joins no segments of two.
func (f *flight) alone() (best escalation.MessageState) {
	taken, brought := map[string]map[int]bool{}, map[string]map[int]bool{}
	for _, p := range f.parts {
		if weight(p.State) < weight(escalation.Accepted) {
			continue
		}
		if taken[p.SMSC] == nil {
			taken[p.SMSC], brought[p.SMSC] = map[int]bool{}, map[int]bool{}
		}
		taken[p.SMSC][p.Segment] = true
		if p.State == escalation.Delivered {
			brought[p.SMSC][p.Segment] = true
		}
		switch total := max(f.Segments, 1); {
		case len(brought[p.SMSC]) == total:
			return escalation.Delivered
		case len(taken[p.SMSC]) == total:
			best = escalation.Accepted
		}
	}
	return best
}

// stands says where the message stands by its segments: failed when one is,
// delivered or accepted when all are, unknown when one has no proof, queued again
// when one was refused for now; as it was while some are still on their way.
func (f *flight) stands() escalation.MessageState {
	total := max(f.Segments, 1)
	waiting, unknown, refused, delivered := false, false, false, 0
	for n := 1; n <= total; n++ {
		p, ok := f.best(n)
		switch {
		case f.back && weight(p.State) == 0: // nothing goes out of this claim
			refused = true
		case !ok:
			waiting = true
		case p.State == escalation.Failed:
			f.Error = p.Error
			return escalation.Failed
		case p.State == escalation.Delivered:
			delivered++
		case p.State == escalation.Accepted:
		case p.Attempt < f.Attempts && f.State == escalation.Sending:
			waiting = true // it is being sent again
		case p.State == escalation.Unknown:
			unknown = true
			f.Error = p.Error
		default:
			refused = true
			f.Error = p.Error
		}
	}
	switch {
	case waiting || (unknown || refused) && f.State != escalation.Sending:
		return f.State
	case unknown:
		return escalation.Unknown
	case refused && f.Pointless != "":
		return escalation.Dropped
	case refused:
		return escalation.Queued
	case delivered == total:
		return escalation.Delivered
	}
	return escalation.Accepted
}

// land writes the segments that changed and where their messages stand now.
func (t *tx) land(ctx context.Context, flights map[int64]*flight) error {
	var segments, messages [][]any
	for _, id := range slices.Sorted(maps.Keys(flights)) {
		f := flights[id]
		for _, p := range f.parts {
			if p.changed {
				segments = append(segments, []any{p.Message, p.Segment, p.Attempt, string(p.State), p.SMSC, p.SMSCID, p.Status, p.Error, p.At})
			}
		}
		f.move(f.settled(), t.domain, t.machine)
		waits := waitsNot
		switch {
		case f.Retry > micros(t.machine):
			waits = waitsMachine
		case f.NotBefore > micros(t.domain):
			waits = waitsDomain
		}
		messages = append(messages, []any{f.ID, string(f.State), f.Error, f.Segments, f.SentAt, f.Delivered, f.Retry, waits, f.Unknown, f.Accepted, f.LeaseOwner,
			f.Refusals, f.Blamed, f.Anew, flag(f.Duplicate)})
	}
	_, err := t.c.update(ctx, "message", []string{"state TEXT", "error TEXT", "segments BIGINT", "sent_at BIGINT", "delivered_at BIGINT",
		"retry_real BIGINT", "waits SMALLINT", "unknown_real BIGINT", "accepted_real BIGINT", "lease_owner TEXT",
		"refusals BIGINT", "blamed BIGINT", "anew BIGINT", "possible_duplicate SMALLINT"}, "", messages)
	if err != nil {
		return fmt.Errorf("write messages: %w", err)
	}
	// After their messages: the foreign key then finds rows that are ours already.
	err = t.c.put(ctx, failing("write segments"), `INSERT INTO segment (message_id, segment, attempt, state, smsc, smsc_id, status, error, at_real)`,
		`ON CONFLICT (message_id, segment, attempt) DO UPDATE SET state = excluded.state, smsc = excluded.smsc,
			smsc_id = excluded.smsc_id, status = excluded.status, error = excluded.error, at_real = excluded.at_real`, segments)
	if err == nil {
		err = t.forget(ctx, flights)
	}
	if err != nil {
		return err
	}
	var bundles, unsaid []int64
	for _, id := range slices.Sorted(maps.Keys(flights)) {
		if f := flights[id]; escalation.BundleRow(f.Template, f.Rung) {
			if bundles = append(bundles, id); f.unsaid() {
				unsaid = append(unsaid, id)
			}
		}
	}
	if err := t.unfreeze(ctx, unsaid); err != nil {
		return err
	}
	if err := t.follow(ctx, bundles); err != nil {
		return err
	}
	return t.announceMessages(ctx, slices.Sorted(maps.Keys(flights)))
}

// refusalsKept is how long refusals for now are kept: nobody looks at older ones, and a
// text that is refused each minute for days would leave thousands.
const refusalsKept = time.Hour

// forget drops the old refusals of what was refused for now once more.
func (t *tx) forget(ctx context.Context, flights map[int64]*flight) error {
	var again []int64
	for _, id := range slices.Sorted(maps.Keys(flights)) {
		if f := flights[id]; f.State == escalation.Queued && f.Refusals > 1 {
			again = append(again, id)
		}
	}
	if len(again) == 0 {
		return nil
	}
	_, err := t.c.execIn(ctx, `DELETE FROM segment WHERE message_id IN (?) AND state = 'queued' AND at_real < ?`, again, micros(t.machine.Add(-refusalsKept)))
	if err != nil {
		return fmt.Errorf("forget old refusals of %d messages: %w", len(again), err)
	}
	return nil
}

// unsaid reports that the message was refused for now and no part of it can have gone out.
func (f *flight) unsaid() bool {
	return f.State == escalation.Queued && !f.Duplicate && !slices.ContainsFunc(f.parts, func(p segmentRow) bool { return rank(p.State) > 0 })
}

// unfreeze lets bundles that nobody has seen be worded anew when they go.
func (t *tx) unfreeze(ctx context.Context, bundles []int64) error {
	if len(bundles) == 0 {
		return nil
	}
	if _, err := t.c.execIn(ctx, `UPDATE message SET text = '' WHERE id IN (?) AND state = 'queued'`, bundles); err != nil {
		return fmt.Errorf("unfreeze %d bundles: %w", len(bundles), err)
	}
	return nil
}

// move sets the message's state and the instants that go with it. A message that
// is delivered stays so; one that failed is only ever moved by a delivery.
func (f *flight) move(state escalation.MessageState, domain, machine time.Time) {
	if rank(f.State) >= rank(escalation.Failed) && rank(state) <= rank(f.State) {
		return
	}
	f.State = state
	if state != escalation.Sending {
		f.LeaseOwner = ""
	}
	switch state {
	case escalation.Accepted, escalation.Delivered:
		f.SentAt, f.Accepted = cmp.Or(f.SentAt, micros(domain)), cmp.Or(f.Accepted, micros(machine))
		f.Error, f.Retry = "", 0
		if state == escalation.Delivered {
			f.Delivered = cmp.Or(f.Delivered, micros(domain))
		}
	case escalation.Unknown:
		f.Unknown = micros(machine)
	}
}
