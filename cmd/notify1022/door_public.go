package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/web"
)

// fileShelf keeps petitions' files in a directory, each under the digest of its bytes.
type fileShelf struct {
	db  *store.Store
	dir string
}

var _ web.Attachments = fileShelf{}

func (s fileShelf) path(sum string) string { return filepath.Join(s.dir, sum[:2], sum) }

// Add stores the bytes, then notes the file: a death in between leaves bytes that
// nothing names, and no name without bytes. The same bytes may have been on their way
// out with another petition's citizen, so they are looked for once more.
func (s fileShelf) Add(ctx context.Context, petition int64, a web.Attachment, body []byte) (int64, error) {
	sum := sha256.Sum256(body)
	name := hex.EncodeToString(sum[:])
	if err := s.keep(name, body); err != nil {
		return 0, fmt.Errorf("keep a file: %w", err)
	}
	id, err := s.db.AddAttachment(ctx, store.Attachment{Petition: petition, Name: a.Name, Type: a.Type, Size: int64(len(body)), SHA256: name, Stage: string(a.Stage), By: a.By, Role: a.Role}, web.MaxAttachments)
	if err != nil {
		return 0, errors.Join(err, s.db.DiscardFile(context.WithoutCancel(ctx), name))
	}
	if err := s.keep(name, body); err != nil {
		return 0, fmt.Errorf("keep a file: %w", err)
	}
	return id, nil
}

// sweepBatch is how many files one sweep removes.
const sweepBatch = 500

// Sweep removes the bytes of files that were erased. What cannot be removed now
// stays on the list for the next sweep.
func (s fileShelf) Sweep(ctx context.Context) error {
	sums, err := s.db.ErasedFiles(ctx, sweepBatch)
	for _, sum := range sums {
		err = errors.Join(err, s.db.RemoveErased(ctx, sum, func() error {
			if err := os.Remove(s.path(sum)); !errors.Is(err, os.ErrNotExist) {
				return err
			}
			return nil
		}))
	}
	return err
}

// keep writes whole files alone: to a name of its own, to the disk, then renamed.
func (s fileShelf) keep(name string, body []byte) error {
	path := s.path(name)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Of lists a petition's files.
func (s fileShelf) Of(ctx context.Context, petition int64) ([]web.Attachment, error) {
	list, err := s.db.Attachments(ctx, petition)
	out := make([]web.Attachment, len(list))
	for i, a := range list {
		out[i] = doorFile(a)
	}
	return out, err
}

func doorFile(a store.Attachment) web.Attachment {
	return web.Attachment{ID: a.ID, Petition: a.Petition, Name: a.Name, Type: a.Type, Size: a.Size, Stage: web.Stage(a.Stage), By: a.By, Role: a.Role, At: a.At, Public: a.Public}
}

// Open reads one.
func (s fileShelf) Open(ctx context.Context, id int64) (web.Attachment, io.ReadSeekCloser, error) {
	a, err := s.db.Attachment(ctx, id)
	return s.open(a, err)
}

// OpenPublic reads one that everybody may see.
func (s fileShelf) OpenPublic(ctx context.Context, id int64) (web.Attachment, io.ReadSeekCloser, error) {
	a, err := s.db.PublicAttachment(ctx, id)
	return s.open(a, err)
}

func (s fileShelf) open(a store.Attachment, err error) (web.Attachment, io.ReadSeekCloser, error) {
	if err != nil {
		return web.Attachment{}, nil, err
	}
	f, err := os.Open(s.path(a.SHA256))
	if errors.Is(err, os.ErrNotExist) {
		return web.Attachment{}, nil, &escalation.Problem{Kind: escalation.NotFound, Detail: "tệp không còn được lưu"}
	}
	return doorFile(a), f, err
}

// Publish makes a file public, or not public any more.
func (s fileShelf) Publish(ctx context.Context, id int64, public bool, by escalation.Actor) error {
	return s.db.By(by).PublishAttachment(ctx, id, public)
}

// publishedShelf shows public answers, and the units' counts at most ten minutes old.
type publishedShelf struct {
	db     *store.Store
	mu     sync.Mutex
	months map[int64]monthCounts // by the month's first second
}

// monthCounts are a month's counts as they were at an instant.
type monthCounts struct {
	at   time.Time
	list []web.UnitCount
}

var _ web.Published = (*publishedShelf)(nil)

const countsFor = 10 * time.Minute

// Published gives one page.
func (s *publishedShelf) Published(ctx context.Context, q, cursor string, limit int) ([]escalation.Petition, string, error) {
	return s.db.Published(ctx, q, cursor, limit)
}

// UnitCounts counts a month by unit.
func (s *publishedShelf) UnitCounts(ctx context.Context, from, to time.Time) ([]web.UnitCount, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.months[from.Unix()]; ok && time.Since(m.at) < countsFor {
		return slices.Clone(m.list), nil
	}
	list, err := s.db.UnitCounts(ctx, from, to)
	if err != nil {
		return nil, err
	}
	m := monthCounts{at: time.Now()}
	for _, c := range list {
		m.list = append(m.list, web.UnitCount{Unit: c.Unit, Total: c.Total, Overdue: c.Overdue, Solved: c.Solved})
	}
	maps.DeleteFunc(s.months, func(_ int64, old monthCounts) bool { return time.Since(old.at) >= countsFor })
	if s.months == nil {
		s.months = map[int64]monthCounts{}
	}
	s.months[from.Unix()] = m
	return slices.Clone(m.list), nil
}

// preferenceShelf keeps which texts citizens do not want.
type preferenceShelf struct {
	db   *store.Store
	desk *escalation.Desk
}

var _ web.Preferences = preferenceShelf{}

// Unwanted is what the number does not want.
func (s preferenceShelf) Unwanted(ctx context.Context, phone string) (escalation.Unwanted, error) {
	return s.db.Unwanted(ctx, phone)
}

// Prefer records what the citizen of the petition does not want.
func (s preferenceShelf) Prefer(ctx context.Context, code string, unwanted escalation.Unwanted, actor escalation.Actor) error {
	return s.desk.Prefer(ctx, code, unwanted, actor)
}
