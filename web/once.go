package web

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"

	"notify1022/escalation"
)

// A form that records something carries a number used once. Sent again, after an
// answer was lost or the database was away for a moment, it finds what the
// first sending recorded: the number is noted in the act's own transaction.

// NonceField is the form's field of that number.
const NonceField = "nonce"

var nonceShape = regexp.MustCompile(`^[0-9A-Za-z]{20,64}$`)

// NewNonce is a number for a form.
func NewNonce() string { return rand.Text() }

// FormKey is the key of one sending of a form: its number with all that was typed, so
// that a page from the browser's memory with another text in it is another sending.
// Empty for a form without a number, which is taken as often as it comes.
func FormKey(fields map[string]string) string {
	if !nonceShape.MatchString(fields[NonceField]) {
		return ""
	}
	parts := []string{"form"}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, name, fields[name])
	}
	return hexDigest(parts...)
}

// ActKey is the key of one sending of a form that is somebody's own: of whoever has the
// token, or the account; act is which of a page's forms it is, for they may share a number.
func ActKey(whose, act string, fields map[string]string) string {
	key := FormKey(fields)
	if key == "" {
		return ""
	}
	return hexDigest("act", whose, act, key)
}

// AcceptOnce records a petition once per key, in whatever process it is asked for;
// again is true where it was recorded before. An empty key records each time.
func AcceptOnce(ctx context.Context, once Idempotency, desk Desk, petitions Petitions, key string, in escalation.Intake, by escalation.Actor) (p escalation.Petition, again bool, err error) {
	before, again, err := actOnce(ctx, once, key, func(ctx context.Context) ([]byte, error) {
		p, err = desk.Accept(ctx, in, by)
		return nil, err
	})
	if err != nil || !again {
		return p, false, err
	}
	found, err := petitions.PetitionByCode(ctx, before.Petition)
	return found.Petition, true, err
}

// ActOnce carries an act out once per key; again is true where an earlier sending did, and
// before is what is known of it. An empty key acts each time.
func ActOnce(ctx context.Context, once Idempotency, key string, act func(context.Context) error) (before Answered, again bool, err error) {
	return actOnce(ctx, once, key, func(ctx context.Context) ([]byte, error) { return nil, act(ctx) })
}

// actOnce carries an act out once per key; again is true where an earlier sending did,
// and before is what is known of it. The act's transaction notes that it is done; one
// that has none gives what is kept to say so. An empty key acts each time.
func actOnce(ctx context.Context, once Idempotency, key string, act func(context.Context) (kept []byte, err error)) (before Answered, again bool, err error) {
	if key == "" {
		_, err = act(ctx)
		return before, false, err
	}
	before, fresh, err := claim(ctx, once, key)
	if err != nil || !fresh {
		return before, err == nil, err
	}
	kept, err := act(once.Under(ctx, key))
	end, status := context.WithoutCancel(ctx), 0 // given back, unless something was recorded after all
	if kept != nil && err == nil {
		status = http.StatusOK
	}
	ended := once.EndIdempotent(end, key, status, kept)
	if err == nil {
		return Answered{}, false, nil // done; a key that was not ended is free again when its time is over
	}
	return Answered{}, false, errors.Join(err, ended)
}

// claimWait is how long a sending waits for another one of the same form that is at work,
// claimEach how often it looks.
const (
	claimWait = 5 * time.Second
	claimEach = 100 * time.Millisecond
)

// claim has the key for this sending (fresh), or what is known of the one that is done. Of a
// double click the browser gives up the first and shows what the second is answered: that
// waits, and acts itself where the first was broken off.
func claim(ctx context.Context, once Idempotency, key string) (before Answered, fresh bool, err error) {
	for end := time.Now().Add(claimWait); ; {
		before, fresh, err = once.BeginIdempotent(ctx, key, key)
		if err != nil || fresh || before.Changed || before.Status != 0 {
			return before, fresh, err
		}
		if !time.Now().Before(end) {
			busy := problem(http.StatusConflict, "nội dung này đang được ghi nhận, hãy gửi lại sau ít giây")
			busy.again = true
			return before, false, busy
		}
		select {
		case <-ctx.Done():
			return before, false, ctx.Err()
		case <-time.After(claimEach):
		}
	}
}
