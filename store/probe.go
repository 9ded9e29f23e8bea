package store

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"notify1022/escalation"
)

// Probe is one round of the end-to-end probe, by the machine's clock.
type Probe struct {
	Sent     time.Time
	Answered time.Time // zero: not yet
}

// SendProbe queues the notice of the period that began every so often, unless
// another node has; sent reports whether it was this call. The notice carries the
// nonce that the reply must bring back.
func (s *Store) SendProbe(ctx context.Context, every time.Duration, nonce string, notice func(now time.Time) escalation.Notice) (sent bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		slot := t.machine.Truncate(every).Unix()
		n, err := t.c.exec(ctx, `INSERT INTO probe (slot, nonce, sent_real) VALUES (?, ?, ?) ON CONFLICT (slot) DO NOTHING`,
			slot, nonce, micros(t.machine))
		if sent = n == 1; err != nil || !sent {
			return err
		}
		return t.queue(ctx, []escalation.Notice{notice(t.domain)})
	})
	if err != nil {
		return false, fmt.Errorf("send a probe: %w", err)
	}
	return sent, nil
}

// probeForm is a probe's answer, also one that comes so late that its round is forgotten.
var probeForm = regexp.MustCompile(`^(?i:KT)\s+[0-9]{6}$`)

// AnswerProbe takes a probe's answer that came from the probe's number and closes its round;
// taken is false for any other text, which is untouched: the number may be an officer's. An
// answer never is a petition and never is answered.
func (s *Store) AnswerProbe(ctx context.Context, inbound int64, phone string) (taken bool, err error) {
	var from string // most texts are somebody else's: a look costs no lock
	err = s.reader().get(ctx, &from, `SELECT phone FROM inbox WHERE id = ?`, inbound)
	if err != nil || from != phone {
		return false, wrapList(err, "the sender of a text")
	}
	err = s.inTx(ctx, func(t *tx) error {
		in, err := t.Inbound(ctx, inbound)
		if taken = err == nil && in.From == phone && in.Applied; taken || err != nil || in.From != phone {
			return err
		}
		nonce, err := t.answered(ctx, in.Text)
		if taken = nonce != ""; !taken || err != nil {
			return err
		}
		if _, err := t.c.exec(ctx, `UPDATE probe SET answered_real = ? WHERE nonce = ? AND answered_real = 0`, micros(t.machine), nonce); err != nil {
			return err
		}
		return t.MarkApplied(ctx, in.ID, "probe")
	})
	if err != nil {
		return false, fmt.Errorf("take a probe's answer: %w", err)
	}
	return taken, nil
}

// answered is the nonce that a text answers: one in a probe's form, or one that was sent and
// ends it, whatever a handset has put before it. None: the text is no probe's.
func (t *tx) answered(ctx context.Context, text string) (nonce string, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", nil
	}
	last, sent := wire(words[len(words)-1]), 0
	if probeForm.MatchString(strings.TrimSpace(text)) {
		return last, nil
	}
	if err := t.c.get(ctx, &sent, `SELECT COUNT(*) FROM probe WHERE nonce = ?`, last); err != nil || sent == 0 {
		return "", err
	}
	return last, nil
}

// Probes lists the latest rounds, the newest first.
func (s *Store) Probes(ctx context.Context, limit int) ([]Probe, error) {
	var rows []struct {
		Sent     int64 `db:"sent_real"`
		Answered int64 `db:"answered_real"`
	}
	err := s.reader().all(ctx, &rows, `SELECT sent_real, answered_real FROM probe ORDER BY slot DESC LIMIT ?`, limit)
	if err != nil {
		return nil, wrapList(err, "probes")
	}
	list := make([]Probe, len(rows))
	for i, r := range rows {
		list[i] = Probe{Sent: instant(r.Sent), Answered: instant(r.Answered)}
	}
	return list, nil
}
