package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
)

// How a message is found whose answer was lost.
const (
	citedLetters = 20                 // a receipt cites so many (SMPP 3.4 appendix B)
	proofReach   = 3 * 24 * time.Hour // a text that waited over a weekend
)

// outstanding is a message that went out, or may have, and whose id at the SMSC is
// not known.
type outstanding struct {
	ID        int64  `db:"id"`
	Phone     string `db:"phone"`
	Reference int64  `db:"reference"`
	Text      string `db:"text"`
	State     string `db:"state"`
	Segments  int    `db:"segments"`
	Duplicate bool   `db:"possible_duplicate"`
	Named     bool   `db:"named"` // the SMSC's id of one of its attempts is known
}

// provenByReceipt finds the messages that receipts prove although their answer, and
// with it the SMSC's id, was lost. Receipts whose id is another number's are tried, too: the
// SMSC may have given it out again. It is the one to the same number with the same
// user_message_reference, or where the SMSC does not repeat that, the one with the
// same first characters. Two that fit prove nothing, and so that nothing is proven
// which another text may have earned, all that went to the number more than once, or
// in several segments, count as fitting too: a text of several segments is not proven,
// since its receipt does not say which of them it means, and neither is one that was
// refused for now, since it is known not to have gone out.
func (t *tx) provenByReceipt(ctx context.Context, notes []escalation.ReceiptNote, owners map[[2]string]owner) (map[[2]string]int64, error) {
	var phones []string
	for _, n := range notes {
		if n.From != "" && owners[[2]string{wire(n.SMSC), wire(n.SMSCID)}].strange(n) {
			phones = append(phones, sender(n.From))
		}
	}
	if len(phones) == 0 {
		return nil, nil
	}
	var rows []outstanding
	err := t.c.in(ctx, &rows, `SELECT id, phone, reference, text, state, segments, possible_duplicate,
			CASE WHEN EXISTS (SELECT 1 FROM segment g WHERE g.message_id = message.id AND g.smsc_id <> '') THEN 1 ELSE 0 END AS named
		FROM message
		WHERE phone IN (?) AND phone <> '' AND at > ? AND bundle_id = 0 AND attempts > 0
			AND (state IN ('unknown', 'sending', 'queued') OR attempts > 1 AND state IN ('accepted', 'delivered'))
		ORDER BY id`, phones, micros(t.domain.Add(-proofReach)))
	if err != nil {
		return nil, fmt.Errorf("find messages without an answer: %w", err)
	}
	proven := map[[2]string]int64{}
	for _, n := range notes {
		key := [2]string{wire(n.SMSC), wire(n.SMSCID)}
		if !owners[key].strange(n) {
			continue
		}
		if id := theOne(rows, n); id != 0 {
			proven[key] = id
		}
	}
	return proven, nil
}

// theOne is the only message that fits the receipt; 0: none, or several.
func theOne(rows []outstanding, n escalation.ReceiptNote) (id int64) {
	for _, r := range rows {
		if r.Phone != sender(n.From) || !r.fits(n) {
			continue
		}
		if id != 0 || !r.provable(n) {
			return 0
		}
		id = r.ID
	}
	return id
}

// provable reports that the receipt can only mean this message's lost answer: what is
// being sent at this moment, only where the receipt names its reference.
func (r outstanding) provable(n escalation.ReceiptNote) bool {
	if r.Segments > 1 || r.Named {
		return false
	}
	switch escalation.MessageState(r.State) {
	case escalation.Unknown:
		return true
	case escalation.Queued:
		return r.Duplicate
	case escalation.Sending:
		return n.Reference != 0 || r.Duplicate
	}
	return false
}

func (r outstanding) fits(n escalation.ReceiptNote) bool {
	if n.Reference != 0 {
		return r.Reference == int64(n.Reference)
	}
	cited := []rune(strings.TrimSpace(n.Cites))
	if len(cited) > citedLetters {
		cited = cited[:citedLetters]
	}
	const least = 10 // fewer letters are in every text
	return len(cited) >= least && strings.HasPrefix(r.Text, string(cited))
}

// prove notes that the message went out under the SMSC's id in its last attempt.
func (f *flight) prove(n escalation.ReceiptNote, machine time.Time) {
	f.learn(segmentRow{
		Message: f.ID, Segment: 1, Attempt: max(f.Attempts, 1), State: escalation.Accepted, SMSC: wire(n.SMSC), SMSCID: wire(n.SMSCID),
		At: micros(machine), changed: true,
	})
}
