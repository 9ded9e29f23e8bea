package main

import (
	"context"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	bureau "notify1022/web/console"
)

// fileList shows the console the files of Đ9.6, and sends them.
type fileList struct {
	db   *store.Store
	desk *escalation.Desk
}

var _ bureau.WrittenFiles = fileList{}

// List gives one page.
func (s fileList) List(ctx context.Context, f bureau.FileFilter) ([]bureau.PetitionFile, string, error) {
	page, err := s.db.WrittenFiles(ctx, store.FileFilter(f))
	list := make([]bureau.PetitionFile, len(page.Items))
	for i, one := range page.Items {
		list[i] = bureau.PetitionFile(one)
	}
	return list, page.NextCursor, err
}

// Count counts files by state.
func (s fileList) Count(ctx context.Context, now time.Time) (count, late map[escalation.FileState]int, err error) {
	return s.db.CountFiles(ctx, now)
}

// Preview decides what Send would do.
func (s fileList) Preview(ctx context.Context, orders []escalation.FileOrder, by escalation.Actor) (escalation.SentFiles, error) {
	return s.desk.PreviewFiles(ctx, orders, by)
}

// Send sends files together.
func (s fileList) Send(ctx context.Context, orders []escalation.FileOrder, by escalation.Actor) (escalation.SentFiles, error) {
	return s.desk.SendFiles(ctx, orders, by)
}
