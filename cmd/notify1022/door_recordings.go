package main

import (
	"context"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/web"
)

// recordingShelf keeps who may hear what until when (Đ10.1).
type recordingShelf struct {
	db   *store.Store
	desk *escalation.Desk
}

var _ web.Recordings = recordingShelf{}

// Ask notes a wish.
func (s recordingShelf) Ask(ctx context.Context, petition int64, unit, reason string, by escalation.Actor) error {
	return s.db.By(by).AskRecording(ctx, petition, unit, reason)
}

// Of lists the wishes about a petition.
func (s recordingShelf) Of(ctx context.Context, petition int64) ([]web.RecordingRequest, error) {
	found, err := s.db.RecordingRequests(ctx, petition)
	list := make([]web.RecordingRequest, len(found))
	for i, r := range found {
		list[i] = web.RecordingRequest{ID: r.ID, Unit: r.Unit, Reason: r.Reason, By: r.By, AskedAt: r.AskedAt, DecidedAt: r.DecidedAt, Expires: r.Expires}
	}
	return list, err
}

// Decide grants or refuses a wish, and tells the unit.
func (s recordingShelf) Decide(ctx context.Context, id int64, until time.Time, by escalation.Actor) error {
	return s.db.By(by).DecideRecording(ctx, id, until, func(tx escalation.Tx, w escalation.RecordingWish) error {
		return s.desk.AnswerWish(ctx, tx, w, until, by)
	})
}

// Played logs a hearing.
func (s recordingShelf) Played(ctx context.Context, file int64, code string, part bool, by escalation.Actor) error {
	return s.db.By(by).Played(ctx, file, code, part)
}
