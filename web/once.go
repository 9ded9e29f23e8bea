package web

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"notify1022/escalation"
)

// A form that records a petition carries a number used once. Sent again, after an
// answer was lost or the database was away for a moment, it finds the petition that
// the first sending recorded: the number is noted in the petition's own transaction.

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

// AcceptOnce records a petition once per key, in whatever process it is asked for;
// again is true where it was recorded before. An empty key records each time.
func AcceptOnce(ctx context.Context, once Idempotency, desk Desk, petitions Petitions, key string, in escalation.Intake, by escalation.Actor) (p escalation.Petition, again bool, err error) {
	if key == "" {
		p, err = desk.Accept(ctx, in, by)
		return p, false, err
	}
	before, fresh, err := once.BeginIdempotent(ctx, key, key)
	switch {
	case err != nil:
		return p, false, err
	case fresh:
	case before.Petition != "":
		found, err := petitions.PetitionByCode(ctx, before.Petition)
		return found.Petition, true, err
	default:
		return p, false, problem(http.StatusConflict, "phản ánh này đang được ghi nhận, hãy gửi lại sau ít giây")
	}
	end := context.WithoutCancel(ctx)
	if p, err = desk.Accept(once.Under(ctx, key), in, by); err != nil {
		return p, false, errors.Join(err, once.EndIdempotent(end, key, 0, nil)) // given back, unless it was recorded after all
	}
	return p, false, nil // the row has the petition: nothing is left to keep
}
