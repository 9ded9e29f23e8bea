package main

import (
	"context"
	"errors"

	"notify1022/store"
	"notify1022/web"
)

// keyShelf shows the door whose an API key is.
type keyShelf struct{ db *store.Store }

var _ web.Keys = keyShelf{}

// KeyOf tells whose key it is; false for one that is wrong or revoked.
func (s keyShelf) KeyOf(ctx context.Context, key string) (web.Key, bool, error) {
	known, err := s.db.APIKey(ctx, key)
	if errors.Is(err, store.ErrUnknownKey) {
		return web.Key{}, false, nil
	}
	return web.Key{ID: known.ID, Name: known.Name, Role: known.Role, Unit: known.Unit}, err == nil, err
}

// answerShelf keeps answers for repeated requests.
type answerShelf struct{ db *store.Store }

var _ web.Idempotency = answerShelf{}

// BeginIdempotent claims a key, or gives what is kept under it.
func (s answerShelf) BeginIdempotent(ctx context.Context, key, hash string) (web.Answered, bool, error) {
	before, fresh, err := s.db.BeginIdempotent(ctx, key, hash)
	return web.Answered(before), fresh, err
}

// Under notes with the key what the transactions of the context change.
func (s answerShelf) Under(ctx context.Context, key string) context.Context {
	return store.UnderKey(ctx, key)
}

// EndIdempotent keeps an answer, or gives the key back.
func (s answerShelf) EndIdempotent(ctx context.Context, key string, status int, body []byte) error {
	return s.db.EndIdempotent(ctx, key, status, body)
}
