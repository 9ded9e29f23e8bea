package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"notify1022/escalation"
)

// Idempotency keeps the answers of POST requests for 24 hours, so that a client
// that lost an answer may ask again without doing the act twice.
type Idempotency interface {
	// BeginIdempotent claims the key for the request with the digest. fresh is true
	// for the first, who must end it: nobody had the key, what was kept is older
	// than 24 hours, or its holder died. Otherwise before is what is known. Of
	// simultaneous calls one is fresh, whatever the process.
	BeginIdempotent(ctx context.Context, key, hash string) (before Answered, fresh bool, err error)
	// Under is a context whose transactions note with the key, by their own commit,
	// that they change something, and what.
	Under(ctx context.Context, key string) context.Context
	// EndIdempotent keeps the answer of the key's holder; status 0 gives the key
	// back, unless something has changed.
	EndIdempotent(ctx context.Context, key string, status int, body []byte) error
}

// Answered is what is kept under an Idempotency-Key.
type Answered struct {
	Hash   string // of method, path, If-Match and body
	Status int    // 0: still at work
	Body   []byte // opaque: status, ETag, Location and body as JSON
	// Changed: the act is done. With Status 0 its holder died, or is about to answer.
	Changed  bool
	Petition string  // code of the one that it changed; empty: none
	Made     []int64 // ids of the other things that it made or changed, in their order
}

// once carries out a POST under an Idempotency-Key. Keys belong to the API key
// that used them.
func (a *api) once(op operation, c *call, w http.ResponseWriter, given string, raw []byte) error {
	if len(given) > 255 || !visible(given) {
		return wrongField("header.Idempotency-Key", "tối đa 255 ký tự ASCII không có khoảng trắng")
	}
	key := hexDigest("key", fmt.Sprint(c.who.ID), given)
	hash := hexDigest(op.method, c.URL.Path, c.Header.Get("If-Match"), string(raw))
	before, fresh, err := a.Idempotency.BeginIdempotent(c.Context(), key, hash)
	switch {
	case err != nil:
		return err
	case fresh:
		return a.first(op, c, w, key, raw)
	case before.Hash != hash:
		return problem(http.StatusConflict, "Idempotency-Key đã dùng cho một yêu cầu khác", Fault{"header.Idempotency-Key", "đã dùng cho một yêu cầu khác"})
	case before.Status == 0 && before.Changed:
		return a.again(op, c, w, key, raw, before)
	case before.Status == 0:
		busy := problem(http.StatusConflict, "yêu cầu cùng Idempotency-Key đang được xử lý, hãy thử lại", Fault{"header.Idempotency-Key", "đang được xử lý"})
		busy.retryAfter = 1
		return busy
	}
	var old reply
	if err := json.Unmarshal(before.Body, &old); err != nil {
		return fmt.Errorf("kept answer: %w", err)
	}
	w.Header().Set("Idempotency-Replayed", "true")
	old.write(w)
	return nil
}

// first acts and keeps the answer. Once the act is done its answer is kept even
// if the client has gone; before that the key is given back, also on a panic.
func (a *api) first(op operation, c *call, w http.ResponseWriter, key string, raw []byte) error {
	ctx := context.WithoutCancel(c.Context())
	c.Request = c.WithContext(a.Idempotency.Under(c.Context(), key))
	done := false
	defer func() {
		if !done {
			if err := a.Idempotency.EndIdempotent(ctx, key, 0, nil); err != nil {
				a.Log.Error("give an idempotency key back", "error", err.Error())
			}
		}
	}()
	out, err := a.act(op, c, raw)
	if err != nil {
		return err
	}
	done = true
	body, err := json.Marshal(out)
	if err == nil {
		err = a.Idempotency.EndIdempotent(ctx, key, out.Status, body)
	}
	if err != nil {
		a.Log.Error("keep an idempotent answer", "operation", op.id, "error", err.Error())
	}
	out.write(w)
	return nil
}

// again answers for a request that was carried out by a process that died before it
// could answer, from what is noted of it.
func (a *api) again(op operation, c *call, w http.ResponseWriter, key string, raw []byte, before Answered) error {
	if op.again == nil {
		return answerLost()
	}
	if err := op.read(c, raw); err != nil {
		return err
	}
	found, err := op.again(c, before)
	if err != nil {
		return err
	}
	out, err := encode(op.status, found)
	if err != nil {
		return err
	}
	body, err := json.Marshal(out)
	if err == nil {
		err = a.Idempotency.EndIdempotent(context.WithoutCancel(c.Context()), key, out.Status, body)
	}
	if err != nil {
		a.Log.Error("keep an idempotent answer", "operation", op.id, "error", err.Error())
	}
	a.Hint()
	w.Header().Set("Idempotency-Replayed", "true")
	out.write(w)
	return nil
}

// answerLost refuses to do again what is done, and whose answer cannot be given any more.
func answerLost() error {
	return problem(http.StatusConflict, "yêu cầu cùng Idempotency-Key đã được thực hiện nhưng câu trả lời đã mất; hãy đọc lại dữ liệu, không gửi lại với khóa khác",
		Fault{"header.Idempotency-Key", "đã được thực hiện"})
}

// ofPetition answers with the petition that was changed.
func (a *api) ofPetition(show func(*call, escalation.Petition) answer) func(*call, Answered) (answer, error) {
	return func(c *call, before Answered) (answer, error) {
		found, err := a.Petitions.PetitionByCode(c.Context(), before.Petition)
		if err != nil {
			return answer{}, err
		}
		return show(c, found.Petition), nil
	}
}

func hexDigest(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(sum, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
