package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// Receipt stores a delivery receipt, commits, and moves its message forward.
// Receipts that come together are committed together.
func (s *Store) Receipt(ctx context.Context, note escalation.ReceiptNote) error {
	if err := s.receipts.do(ctx, note); err != nil {
		return fmt.Errorf("store a receipt of %s: %w", note.SMSC, err)
	}
	return nil
}

// receiptAll is one commit of receipts.
func (s *Store) receiptAll(ctx context.Context, notes []escalation.ReceiptNote) error {
	var unmet []string
	err := s.inTx(ctx, func(t *tx) error {
		unmet = nil
		owners, err := t.receiptOwners(ctx, notes)
		if err != nil {
			return err
		}
		proven, err := t.provenByReceipt(ctx, notes, owners)
		if err != nil {
			return err
		}
		var ids []int64
		for _, o := range owners {
			ids = append(ids, o.Message)
		}
		ids = slices.Sorted(slices.Values(slices.AppendSeq(ids, maps.Values(proven))))
		flights := map[int64]*flight{}
		if len(ids) > 0 {
			if flights, err = t.flights(ctx, slices.Compact(ids)); err != nil {
				return err
			}
		}
		rows := make([][]any, len(notes))
		for i, n := range notes {
			key := [2]string{wire(n.SMSC), wire(n.SMSCID)}
			owner := owners[key]
			id, strange := owner.Message, owner.strange(n)
			if proven[key] != 0 && strange {
				id, strange = proven[key], false
				if f := flights[id]; f != nil {
					f.prove(n, t.machine)
				}
			}
			met, moved := false, false
			if f := flights[id]; f != nil {
				met, moved = f.receipt(n)
			}
			if !met || strange && !moved {
				id = 0
				unmet = append(unmet, key[1])
			}
			rows[i] = []any{wire(n.SMSC), wire(n.SMSCID), string(n.State), wire(n.Code), wire(n.Error), micros(n.At), n.Raw, id, micros(t.machine)}
		}
		_, err = t.c.insert(ctx, `INSERT INTO receipt (smsc, smsc_id, state, code, error, at_real, raw, message_id, created_real)`, "", rows)
		if err != nil {
			return err
		}
		return t.land(ctx, flights)
	})
	if err != nil {
		return err
	}
	return s.meetCrossed(ctx, unmet)
}

// meetCrossed applies receipts whose transaction and that of their message's answer
// each missed the other's row. Both sides look once more after their commit, so the
// later of the two finds it; what a crash leaves is Lapse's. An error here loses
// nothing, and the commit stands: it is left to Lapse too.
func (s *Store) meetCrossed(ctx context.Context, smscIDs []string) error {
	if len(smscIDs) == 0 {
		return nil
	}
	var crossed []string
	err := s.reader().in(ctx, &crossed, `SELECT DISTINCT r.smsc_id FROM receipt r JOIN segment g ON `+crossing+`
		WHERE r.message_id = 0 AND r.smsc_id IN (?) AND r.smsc_id <> '' AND g.smsc_id <> ''`, smscIDs)
	if err == nil && len(crossed) > 0 {
		err = s.inTx(ctx, func(t *tx) error { return t.meetReceipts(ctx, crossed...) })
	}
	if err != nil {
		s.log.Warn("receipts that crossed their answers wait for the next sweep", "error", err)
	}
	return nil
}

// receiptReach is how old an answer may be whose id a receipt means. No validity_period is
// asked for, so the SMSC's own counts: one to three days as a rule, after which it says that it
// has given up; a day more is for what it keeps while we are not bound. An id of before then has
// been given out again.
const receiptReach = proofReach + 24*time.Hour

// owner is the message that an SMSC's id means.
type owner struct {
	Message int64
	Phone   string // '': erased, or not one message's
}

// strange reports that the receipt speaks of another number than the message went to, or
// that there is no message: it may be of a text that got the same id since and whose answer
// is on its way, or lost. Not every SMSC writes the recipient as the sender of a receipt, so
// that alone does not part a receipt from its id.
func (o owner) strange(n escalation.ReceiptNote) bool {
	const number = "+84" // what sender knows as one
	from := sender(n.From)
	return o.Message == 0 || o.Phone != "" && strings.HasPrefix(from, number) && from != o.Phone
}

// receiptOwners finds the messages by the SMSC's ids, compared octet by octet.
// An SMSC that uses an id again means its newest message.
func (t *tx) receiptOwners(ctx context.Context, notes []escalation.ReceiptNote) (map[[2]string]owner, error) {
	names := make([]string, len(notes))
	for i, n := range notes {
		names[i] = wire(n.SMSCID)
	}
	var rows []struct {
		SMSC    string `db:"smsc"`
		SMSCID  string `db:"smsc_id"`
		Message int64  `db:"message_id"`
		Phone   string `db:"phone"`
	}
	err := t.c.in(ctx, &rows, `SELECT g.smsc, g.smsc_id, g.message_id, m.phone FROM segment g JOIN message m ON m.id = g.message_id
		WHERE g.smsc_id IN (?) AND g.smsc_id <> '' AND g.at_real > ? ORDER BY g.at_real, g.message_id`, names, micros(t.machine.Add(-receiptReach)))
	if err != nil {
		return nil, fmt.Errorf("find messages of receipts: %w", err)
	}
	owners := make(map[[2]string]owner, len(rows))
	wanted := make(map[[2]string]bool, len(notes))
	for _, n := range notes {
		wanted[[2]string{wire(n.SMSC), wire(n.SMSCID)}] = true
	}
	for _, r := range rows {
		if key := [2]string{r.SMSC, r.SMSCID}; wanted[key] {
			owners[key] = owner{r.Message, r.Phone}
		}
	}
	return owners, nil
}

// waitingReceipt is a receipt whose message was not known when it came.
type waitingReceipt struct {
	ID      int64                   `db:"id"`
	SMSC    string                  `db:"smsc"`
	SMSCID  string                  `db:"smsc_id"`
	State   escalation.MessageState `db:"state"`
	Code    string                  `db:"code"`
	Error   string                  `db:"error"`
	Message int64                   `db:"message_id"`
}

func (w waitingReceipt) note() escalation.ReceiptNote {
	return escalation.ReceiptNote{SMSC: w.SMSC, SMSCID: w.SMSCID, State: w.State, Code: w.Code, Error: w.Error}
}

// meets applies a receipt that waited, and reports whether it is the message's.
func (f *flight) meets(w waitingReceipt) bool {
	if f == nil {
		return false
	}
	met, _ := f.receipt(w.note())
	return met
}

// earlyReceipts applies the receipts that waited for the ids just settled.
func (t *tx) earlyReceipts(ctx context.Context, flights map[int64]*flight) error {
	owner := make(map[[2]string]*flight)
	var names []string
	for _, f := range flights {
		for _, p := range f.parts {
			if p.changed && p.SMSCID != "" {
				owner[[2]string{p.SMSC, p.SMSCID}] = f
				names = append(names, p.SMSCID)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	var waiting []waitingReceipt
	err := t.c.in(ctx, &waiting, `SELECT id, smsc, smsc_id, state, code, error, message_id FROM receipt
		WHERE message_id = 0 AND created_real > ? AND smsc_id IN (?) ORDER BY id`, t.unmetSince(), names)
	if err != nil {
		return fmt.Errorf("find waiting receipts: %w", err)
	}
	var met [][]any
	for _, w := range waiting {
		if f := owner[[2]string{w.SMSC, w.SMSCID}]; f.meets(w) {
			met = append(met, []any{w.ID, f.ID})
		}
	}
	return t.metReceipts(ctx, met)
}

// unmetSince is from when on a receipt waits for its message: what is not met within the hour was
// another's, of which the answer was lost; an SMSC may give its id to the next text.
func (t *tx) unmetSince() int64 { return micros(t.machine.Add(-time.Hour)) }

func (t *tx) metReceipts(ctx context.Context, met [][]any) error {
	if _, err := t.c.update(ctx, "receipt", []string{"message_id BIGINT"}, "", met); err != nil {
		return fmt.Errorf("note applied receipts: %w", err)
	}
	return nil
}

// crossing is which answer a waiting receipt may have missed: one that was stored as it came,
// or after it. No transaction lasts a minute; an older answer was seen, and is not its own.
const crossing = `g.smsc_id = r.smsc_id AND g.smsc = r.smsc AND g.at_real > r.created_real - 60000000`

// meetReceipts applies receipts that crossed the settling of their message: each
// transaction missed the other's row. With ids it looks at those alone.
func (t *tx) meetReceipts(ctx context.Context, smscIDs ...string) error {
	const most = 1000
	var waiting []waitingReceipt
	among, args := "", []any{t.unmetSince()}
	if len(smscIDs) > 0 {
		among, args = " AND r.smsc_id IN (?)", append(args, smscIDs)
	}
	err := t.c.in(ctx, &waiting, `SELECT r.id, r.smsc, r.smsc_id, r.state, r.code, r.error, MAX(g.message_id) AS message_id
		FROM receipt r JOIN segment g ON `+crossing+`
		WHERE r.message_id = 0 AND r.created_real > ? AND r.smsc_id <> '' AND g.smsc_id <> ''`+among+`
		GROUP BY r.id, r.smsc, r.smsc_id, r.state, r.code, r.error
		ORDER BY r.id LIMIT ?`, append(args, most)...)
	if err != nil || len(waiting) == 0 {
		return wrapList(err, "waiting receipts")
	}
	ids := make([]int64, len(waiting))
	for i, w := range waiting {
		ids[i] = w.Message
	}
	flights, err := t.flights(ctx, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return err
	}
	var met [][]any
	for _, w := range waiting {
		if f := flights[w.Message]; f.meets(w) {
			met = append(met, []any{w.ID, f.ID})
		}
	}
	if err := t.metReceipts(ctx, met); err != nil {
		return err
	}
	return t.land(ctx, flights)
}
