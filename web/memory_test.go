package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"notify1022/escalation"
)

// memory is a hotline's storage in maps: it keeps what the desk saves and gives
// it back the way the interfaces promise.
type memory struct {
	escalation.Ledger

	mu        sync.Mutex
	now       time.Time
	units     map[string]escalation.Unit
	contacts  map[int64]escalation.Contact
	petitions map[int64]escalation.Petition
	timeline  map[int64][]escalation.Entry
	messages  []Message
	tasks     []escalation.Task
	sendings  []memorySending
	looks     []string
	shut      error // what noting a look answers, when set
	keys      map[string]Key
	kept      map[string]Answered
	last      int64 // id given out
	authors   []string
	broken    error // what every read and transaction answers, when set
}

func newMemory(now time.Time) *memory {
	return &memory{
		now: now, units: map[string]escalation.Unit{}, contacts: map[int64]escalation.Contact{}, petitions: map[int64]escalation.Petition{},
		timeline: map[int64][]escalation.Entry{}, keys: map[string]Key{}, kept: map[string]Answered{},
	}
}

func (m *memory) id() int64 { m.last++; return m.last }

func (m *memory) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	return fn(memoryTx{m: m})
}

// memoryTx is the part of a transaction that commands need. A call of another
// method is a nil pointer, and so a failed test.
type memoryTx struct {
	escalation.Tx
	m *memory
}

func (t memoryTx) Now() time.Time { return t.m.now }

func (t memoryTx) Directory(context.Context) (*escalation.Directory, error) {
	return t.m.directory(), nil
}

func (t memoryTx) NextCode(_ context.Context, day time.Time) (int64, string, error) {
	id := t.m.id()
	return id, fmt.Sprintf("HP%s-%04d", day.Format("060102"), id), nil
}

func (t memoryTx) Petitions(_ context.Context, ids ...int64) ([]escalation.Petition, error) {
	slices.Sort(ids)
	var list []escalation.Petition
	for _, id := range ids {
		list = append(list, t.m.petitions[id])
	}
	return list, nil
}

func (t memoryTx) PetitionID(_ context.Context, code string) (int64, error) {
	for id, p := range t.m.petitions {
		if p.Code == code {
			return id, nil
		}
	}
	return 0, missing("code")
}

func (t memoryTx) Save(ctx context.Context, changes []escalation.Change) error {
	for _, c := range changes {
		p := c.Petition
		if key, ok := ctx.Value(memoryKey{}).(string); ok {
			kept := t.m.kept[key]
			kept.Changed, kept.Petition = true, p.Code
			t.m.kept[key] = kept
		}
		t.m.petitions[p.ID] = p
		t.m.timeline[p.ID] = append(t.m.timeline[p.ID], c.Effects.Entries...)
		for _, n := range c.Effects.Notices {
			t.m.queue(p.Code, n)
		}
		for _, task := range c.Effects.Tasks {
			task.ID = t.m.id()
			t.m.tasks = append(t.m.tasks, task)
		}
	}
	return nil
}

func (m *memory) queue(code string, n escalation.Notice) int64 {
	out := Message{ID: m.id(), Petition: code, Template: n.Template, Role: n.To.Role, Unit: n.To.Unit, Phone: n.To.Phone,
		Text: "text of " + n.Template + " " + n.Vars["link"] + n.Vars["lp"], State: escalation.Queued, QueuedAt: m.now}
	if contact, ok := m.contacts[n.To.Contact]; ok {
		out.Phone = contact.Phone
	}
	if n.To.Citizen != 0 {
		out.Phone = m.petitions[n.To.Citizen].Citizen.Phone
	}
	m.messages = append(m.messages, out)
	return out.ID
}

func missing(field string) error {
	return &escalation.Problem{Kind: escalation.NotFound, Field: field, Detail: "không tìm thấy"}
}

func (m *memory) ListPetitions(_ context.Context, f PetitionFilter) (PetitionPage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return PetitionPage{}, m.broken
	}
	var list []escalation.Petition
	for _, p := range m.petitions {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b escalation.Petition) int { return cmp.Compare(b.ID, a.ID) })
	after, err := cursorID(f.Cursor)
	if err != nil {
		return PetitionPage{}, err
	}
	page := PetitionPage{}
	last := int64(0)
	for _, p := range list {
		searched := p.Code + p.Content + p.Citizen.Phone
		switch {
		case after != 0 && p.ID >= after, len(f.Statuses) > 0 && !slices.Contains(f.Statuses, p.Status),
			f.Unit != "" && p.SlipOf(f.Unit) == nil, f.Overdue != nil && p.WasOverdue != *f.Overdue, !strings.Contains(searched, f.Query),
			f.Query != "" && (f.Guarded && p.Denunciation || f.Outside && p.Confidential) && !strings.Contains(p.Code, f.Query):
		case len(page.Items) == f.Limit:
			page.Next = strconv.FormatInt(last, 36)
			return page, nil
		default:
			page.Items, last = append(page.Items, row(p)), p.ID
		}
	}
	return page, nil
}

func cursorID(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(cursor, 36, 64)
	if err != nil {
		return 0, &escalation.Problem{Kind: escalation.Invalid, Field: "cursor", Detail: "con trỏ không đúng"}
	}
	return id, nil
}

func row(p escalation.Petition) PetitionRow {
	r := PetitionRow{Code: p.Code, Version: p.Version, Status: p.Status, Channel: p.Channel, Kind: p.Kind, Field: p.Field, Area: p.Area,
		Summary: p.Summary, Urgent: p.Urgent, Confidential: p.Confidential, Denunciation: p.Denunciation, WasOverdue: p.WasOverdue,
		ReceivedAt: p.ReceivedAt, NextDue: p.NextDue()}
	if lead := p.LastLead(); lead != nil {
		r.Unit = lead.Unit
	}
	return r
}

func (m *memory) record(is func(escalation.Petition) bool) (Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return Record{}, m.broken
	}
	for id, p := range m.petitions {
		if is(p) {
			r := Record{Petition: p, Timeline: slices.Clone(m.timeline[id])}
			for _, out := range m.messages {
				if out.Petition == p.Code {
					r.Messages = append(r.Messages, out)
				}
			}
			return r, nil
		}
	}
	return Record{}, missing("")
}

func (m *memory) PetitionByCode(_ context.Context, code string) (Record, error) {
	return m.record(func(p escalation.Petition) bool { return p.Code == code })
}

func (m *memory) PetitionByToken(_ context.Context, token string) (Record, error) {
	return m.record(func(p escalation.Petition) bool { return p.Token == token })
}

func (m *memory) PetitionBySlipToken(_ context.Context, token string) (Record, error) {
	return m.record(func(p escalation.Petition) bool {
		return p.ViewToken == token || slices.ContainsFunc(p.Slips, func(s escalation.Slip) bool { return s.Token == token })
	})
}

func (m *memory) directory() *escalation.Directory {
	var units []escalation.Unit
	for _, u := range m.units {
		units = append(units, u)
	}
	return escalation.NewDirectory(units, m.people())
}

func (m *memory) people() []escalation.Contact {
	var list []escalation.Contact
	for _, c := range m.contacts {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b escalation.Contact) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (m *memory) Directory(context.Context) (*escalation.Directory, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.directory(), m.broken
}

func (m *memory) Contacts(context.Context) ([]escalation.Contact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.people(), nil
}

func (m *memory) AddUnit(_ context.Context, u escalation.Unit, by escalation.Actor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.units[u.Code]; taken {
		return &escalation.Problem{Kind: escalation.WrongTime, Field: "code", Detail: "mã đơn vị đã có"}
	}
	m.units[u.Code], m.authors = u, append(m.authors, by.Name)
	return nil
}

func (m *memory) SaveUnit(_ context.Context, u escalation.Unit, by escalation.Actor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.units[u.Code]; !ok {
		return missing("code")
	}
	m.units[u.Code], m.authors = u, append(m.authors, by.Name)
	return nil
}

func (m *memory) AskNumber(context.Context, int64) error { return nil }

func (m *memory) VerifyNumber(_ context.Context, id int64, by escalation.Actor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.contacts[id]
	c.Verified = true
	m.contacts[id], m.authors = c, append(m.authors, by.Name)
	return nil
}

func (m *memory) AddContact(_ context.Context, c escalation.Contact, _ bool, by escalation.Actor) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.ID = m.id()
	m.contacts[c.ID], m.authors = c, append(m.authors, by.Name)
	return c.ID, nil
}

func (m *memory) SaveContact(_ context.Context, c escalation.Contact, by escalation.Actor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.contacts[c.ID]; !ok {
		return missing("id")
	}
	m.contacts[c.ID], m.authors = c, append(m.authors, by.Name)
	return nil
}

func (m *memory) NoteAbsence(_ context.Context, contact int64, a escalation.Absence, by escalation.Actor) error {
	return m.changed(by)(m.directory().Absent(contact, a, m.now))
}

func (m *memory) EndAbsence(_ context.Context, contact int64, from time.Time, by escalation.Actor) error {
	rows, err := m.directory().Present(contact, from, m.now)
	for _, c := range rows {
		if err := m.changed(by)(c, nil); err != nil {
			return err
		}
	}
	return err
}

// changed keeps a contact that has changed.
func (m *memory) changed(by escalation.Actor) func(escalation.Contact, error) error {
	return func(c escalation.Contact, err error) error {
		if err == nil {
			err = m.SaveContact(context.Background(), c, by)
		}
		return err
	}
}

func (m *memory) RemoveContact(_ context.Context, id int64, by escalation.Actor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.contacts[id]; !ok {
		return missing("id")
	}
	c := m.contacts[id]
	c.ValidTo = m.now
	m.contacts[id] = c
	m.authors = append(m.authors, by.Name)
	return nil
}

func (m *memory) Messages(_ context.Context, f MessageFilter) (MessagePage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	after, err := cursorID(f.Cursor)
	if err != nil {
		return MessagePage{}, err
	}
	page := MessagePage{}
	for i := len(m.messages) - 1; i >= 0; i-- {
		out := m.messages[i]
		for _, p := range m.petitions {
			if p.Code == out.Petition {
				out.Confidential, out.Denunciation = p.Confidential, p.Denunciation
			}
		}
		switch {
		case after != 0 && out.ID >= after, f.Petition != "" && out.Petition != f.Petition, f.Template != "" && out.Template != f.Template,
			f.State != "" && out.State != f.State:
		case len(page.Items) == f.Limit:
			page.Next = strconv.FormatInt(page.Items[f.Limit-1].ID, 36)
			return page, nil
		default:
			page.Items = append(page.Items, out)
		}
	}
	return page, nil
}

func (m *memory) Send(_ context.Context, notices []escalation.Notice, by escalation.Actor) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []int64
	keys := map[string]bool{}
	for _, n := range notices {
		if keys[n.Key()] {
			return nil, fmt.Errorf("two notices of one key")
		}
		keys[n.Key()] = true
		ids = append(ids, m.queue("", n))
	}
	m.authors = append(m.authors, by.Name)
	return ids, nil
}

func (m *memory) Looked(_ context.Context, code, with string, by escalation.Actor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shut == nil {
		m.looks = append(m.looks, by.Name+", "+with+": "+code)
	}
	return m.shut
}

// Start keeps a sending with its messages.
func (m *memory) Start(ctx context.Context, title string, notices []escalation.Notice, by escalation.Actor) (int64, bool, error) {
	ids, err := m.Send(ctx, notices, by)
	if err != nil {
		return 0, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sendings = append(m.sendings, memorySending{title, ids})
	return int64(len(m.sendings)), false, nil
}

func (m *memory) Queued(_ context.Context, id int64) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sendings[id-1].ids, nil
}

func (m *memory) SendingOf(_ context.Context, message int64) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(1 + slices.IndexFunc(m.sendings, func(s memorySending) bool { return slices.Contains(s.ids, message) })), nil
}

// memorySending is a text that was sent to many.
type memorySending struct {
	title string
	ids   []int64
}

func (m *memory) Tasks(_ context.Context, f TaskFilter) (TaskPage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	after, err := cursorID(f.Cursor)
	if err != nil {
		return TaskPage{}, err
	}
	page := TaskPage{}
	for i := len(m.tasks) - 1; i >= 0; i-- {
		t := m.tasks[i]
		switch {
		case after != 0 && t.ID >= after, f.Kind != "" && t.Kind != f.Kind, f.Petition != "" && t.Petition != f.Petition,
			f.For != "" && t.For != f.For, t.DoneAt.IsZero() == f.Done:
		case len(page.Items) == f.Limit:
			page.Next = strconv.FormatInt(page.Items[f.Limit-1].ID, 36)
			return page, nil
		default:
			page.Items = append(page.Items, t)
		}
	}
	return page, nil
}

func (m *memory) CompleteTask(_ context.Context, id int64, outcome string, by escalation.Actor) (escalation.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.tasks {
		t := &m.tasks[i]
		switch {
		case t.ID != id:
		case !t.DoneAt.IsZero():
			return *t, &escalation.Problem{Kind: escalation.WrongTime, Detail: "việc này đã xong"}
		case t.WorkedBy(by) != nil:
			return *t, t.WorkedBy(by)
		default:
			t.DoneAt, t.DoneBy, t.Outcome = m.now, by.Name, outcome
			return *t, nil
		}
	}
	return escalation.Task{}, missing("id")
}

func (m *memory) KeyOf(_ context.Context, key string) (Key, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.keys[key]
	return found, ok, nil
}

func (m *memory) BeginIdempotent(_ context.Context, key, hash string) (Answered, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, ok := m.kept[key]; ok {
		return before, false, nil
	}
	m.kept[key] = Answered{Hash: hash}
	return Answered{}, true, nil
}

func (m *memory) Under(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, memoryKey{}, key)
}

type memoryKey struct{}

func (m *memory) EndIdempotent(_ context.Context, key string, status int, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := m.kept[key]
	if status == 0 {
		if !kept.Changed {
			delete(m.kept, key)
		}
		return nil
	}
	kept.Status, kept.Body = status, body
	m.kept[key] = kept
	return nil
}

// snapshot is everything a GET must not change.
func (m *memory) snapshot() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fmt.Sprint(m.petitions, m.timeline, m.messages, m.tasks, m.units, m.contacts, m.kept)
}
