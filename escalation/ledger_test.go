package escalation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"
)

// memory is a Ledger in memory with the semantics of the real one: versions are
// checked, keys of notices are unique, a refused transaction leaves nothing.
type memory struct {
	now       time.Time
	directory *Directory
	petitions map[int64]Petition
	ids       map[string]int64
	entries   map[int64][]Entry
	messages  []*letter
	keys      map[string]bool
	bindings  []*Binding
	counters  map[string]int
	tasks     []*Task
	inbound   []*received
	unwanted  map[string]Unwanted
	leaves    []Leave
	questions []*openQuestion
	refused   map[string]int // failures in a row, by number
	personal  []PersonalRequest
	externals map[string]int64
	spoilt    map[int64]bool // petitions that cannot be read
	logged    []string       // what was done about replies
	inTx      bool
	pages     func(limit int) int // how many petitions a page holds; nil: as many as are asked for
	// keptReports are the contacts from and to whom a choice of reports was carried over.
	keptReports [][2]int64
	last        int64
	// wrong collects what a store would have to refuse: a second notice with the
	// same key, a text that cannot be rendered, one that names the citizen.
	wrong []string
}

func newMemory(now time.Time, directory *Directory) *memory {
	return &memory{
		now: now, directory: directory, petitions: map[int64]Petition{}, ids: map[string]int64{}, entries: map[int64][]Entry{},
		keys: map[string]bool{}, counters: map[string]int{}, unwanted: map[string]Unwanted{}, refused: map[string]int{},
	}
}

// Tx collects the writes and carries them out when fn agrees.
func (m *memory) Tx(_ context.Context, fn func(Tx) error) error {
	tx := &memoryTx{memory: m, saved: map[int64]Petition{}}
	m.inTx = true
	defer func() { m.inTx = false }()
	if err := fn(tx); err != nil {
		return err
	}
	for _, write := range tx.writes {
		write()
	}
	return nil
}

type memoryTx struct {
	*memory
	writes []func()
	saved  map[int64]Petition // by this transaction
}

// stored is the petition as this transaction sees it.
func (tx *memoryTx) stored(id int64) (Petition, bool) {
	if p, ok := tx.saved[id]; ok {
		return p, true
	}
	p, ok := tx.petitions[id]
	return p, ok
}

func (tx *memoryTx) later(write func()) { tx.writes = append(tx.writes, write) }

func (tx *memoryTx) Now() time.Time { return tx.now }

func (tx *memoryTx) NextCode(_ context.Context, day time.Time) (int64, string, error) {
	tx.last++ // a number may be lost with its transaction: rising, not gapless
	return tx.last, fmt.Sprintf("HP%s-%04d", day.In(hanoi()).Format("060102"), tx.last), nil
}

func (tx *memoryTx) Registered(_ context.Context, externals []string) (map[string]string, error) {
	known := map[string]string{}
	for _, external := range externals {
		if id, ok := tx.externals[external]; ok {
			known[external] = tx.petitions[id].Code
		}
	}
	return known, nil
}

func (tx *memoryTx) NoteRegistered(_ context.Context, externals []string, petitions []int64) error {
	tx.later(func() {
		if tx.externals == nil {
			tx.externals = map[string]int64{}
		}
		for i, external := range externals {
			tx.externals[external] = petitions[i]
		}
	})
	return nil
}

func (tx *memoryTx) Petitions(_ context.Context, ids ...int64) ([]Petition, error) {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	var loaded []Petition
	for _, id := range sorted {
		p, ok := tx.stored(id)
		if !ok {
			return nil, notFound("", "không có phản ánh số %d", id)
		}
		if tx.spoilt[id] {
			return nil, tx.unreadable(id)
		}
		loaded = append(loaded, p.clone())
	}
	return loaded, nil
}

func (tx *memoryTx) PetitionID(_ context.Context, code string) (int64, error) {
	if id, ok := tx.ids[code]; ok {
		return id, nil
	}
	return 0, notFound("code", "không có phản ánh mã %s", code)
}

func (tx *memoryTx) Due(_ context.Context, now time.Time, limit int, past DuePetition, except []int64) ([]DuePetition, error) {
	var due []Petition
	for _, p := range tx.petitions {
		if next := p.NextDue(); !next.IsZero() && !next.After(now) && !tx.waitsForReply(p, now) && !slices.Contains(except, p.ID) &&
			(DuePetition{ID: p.ID, Due: next}).After(past) {
			due = append(due, p.clone())
		}
	}
	sort.Slice(due, func(i, j int) bool {
		if a, b := due[i].NextDue(), due[j].NextDue(); !a.Equal(b) {
			return a.Before(b)
		}
		return due[i].ID < due[j].ID
	})
	var named []DuePetition
	for _, p := range due[:min(limit, len(due))] {
		named = append(named, DuePetition{p.ID, p.Code, p.NextDue()})
	}
	return named, nil
}

// Save takes the changes one after the other: of two of one petition the second is of the
// version to which the first has led.
func (tx *memoryTx) Save(_ context.Context, changes []Change) error {
	for _, c := range changes {
		if stored, _ := tx.stored(c.Petition.ID); stored.Version != c.Before {
			return &Problem{Kind: Stale, Detail: fmt.Sprintf("version %d, loaded %d", stored.Version, c.Before)}
		}
		tx.saved[c.Petition.ID] = c.Petition.clone()
		tx.later(func() { tx.commit(c) })
	}
	return nil
}

// commit writes one change: what it ends goes first, so that it never hits what
// the same change asks for.
func (m *memory) commit(c Change) {
	p := c.Petition.clone()
	m.petitions[p.ID], m.ids[p.Code] = p, p.ID
	m.entries[p.ID] = append(m.entries[p.ID], c.Effects.Entries...)
	for _, kind := range c.Effects.CloseTasks {
		m.closeTasks(p.ID, kind)
	}
	m.closeKeys(c.Effects.CloseKeys)
	for _, s := range c.Effects.Suppress {
		m.suppress(s)
	}
	for _, release := range c.Effects.ReleaseCodes {
		m.release(p, release)
	}
	m.post(c.Effects.Notices, c.Effects.Tasks)
	for _, e := range c.Effects.Entries {
		m.private(p, "timeline "+e.Action, e.Text)
	}
}

func (m *memory) Overdue(_ context.Context, after int64, limit int) (PetitionPage, error) {
	return m.page(after, limit, func(p Petition) bool { return p.Status == Overdue }), nil
}

func (m *memory) Forwarded(_ context.Context, from, to time.Time, after int64, limit int) (PetitionPage, error) {
	return m.page(after, limit, func(p Petition) bool {
		return slices.ContainsFunc(p.Slips, func(s Slip) bool { return s.ForwardedAt.After(from) && !s.ForwardedAt.After(to) })
	}), nil
}

func (m *memory) DueWithin(_ context.Context, from, to time.Time, after int64, limit int) (PetitionPage, error) {
	return m.page(after, limit, func(p Petition) bool {
		return slices.ContainsFunc(p.Rungs, func(r Rung) bool {
			return (r.Name == RungHead || r.Name == RungOverdue) && r.State == Armed && r.Due.After(from) && !r.Due.After(to)
		})
	}), nil
}

// page is the next of those meant, of the town's own size where it has one.
func (m *memory) page(after int64, limit int, meant func(Petition) bool) (page PetitionPage) {
	if m.inTx {
		m.wrong = append(m.wrong, "a page is read while a transaction is open")
	}
	if m.pages != nil {
		limit = min(limit, m.pages(limit))
	}
	list := m.those(func(p Petition) bool { return p.ID > after && meant(p) })
	for _, p := range list[:min(limit, len(list))] {
		page.Last = p.ID
		if m.spoilt[p.ID] {
			page.LeftOut = append(page.LeftOut, m.unreadable(p.ID))
		} else {
			page.Petitions = append(page.Petitions, p)
		}
	}
	return page
}

func (m *memory) unreadable(id int64) *Unreadable {
	return &Unreadable{Petition: id, Code: m.petitions[id].Code, Err: errors.New("stored JSON")}
}

func (m *memory) those(meant func(Petition) bool) []Petition {
	var list []Petition
	for _, p := range m.petitions {
		if meant(p) {
			list = append(list, p.clone())
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

var (
	_ Ledger = (*memory)(nil)
	_ Tx     = (*memoryTx)(nil)
)
