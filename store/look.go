package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// LogCitizen is the change log's word for who made a petition; ref: its code.
const LogCitizen = "citizen"

// lookFor is how long further looks of one visitor are the same look: a program reads its
// petitions every minute, and a line for each would hide those of people.
const lookFor = time.Hour

// Looked notes that somebody was shown who made the petition with the code, once an hour;
// with says what they looked with, and tells two looks of one name apart.
func (a Authored) Looked(ctx context.Context, code, with string) error {
	now, err := a.s.Now(ctx)
	if err != nil {
		return err
	}
	lately, err := lookedLately(ctx, a.s.reader(), a.by, code, with, now)
	if err != nil || lately {
		return err
	}
	return a.s.inTx(ctx, func(t *tx) error {
		if err := t.alone(ctx, "look:"+code); err != nil {
			return err
		}
		lately, err := lookedLately(ctx, t.c, a.by, code, with, t.domain)
		if err != nil || lately {
			return err
		}
		err = t.log(ctx, a.by, "look", LogCitizen, with, code)
		t.noted = noted{} // it changes nothing that a request's answer tells of
		return err
	})
}

func lookedLately(ctx context.Context, c conn, by escalation.Actor, code, with string, now time.Time) (lately bool, err error) {
	err = c.get(ctx, &lately, `SELECT EXISTS (SELECT 1 FROM change_log WHERE what = ? AND ref = ? AND action = 'look' AND actor = ? AND channel = ? AND detail = ? AND at > ?)`,
		LogCitizen, wire(code), wire(authorOf(by)), string(by.Channel), wire(with), micros(now.Add(-lookFor)))
	if err != nil {
		return false, fmt.Errorf("look for a look at petition %s: %w", code, err)
	}
	return lately, nil
}
