package escalation

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"notify1022/escalation/reply"
	"notify1022/templates"
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
	last      int64
	// wrong collects what a store would have to refuse: a second notice with the
	// same key, a text that cannot be rendered, one that names the citizen.
	wrong []string
}

// letter is an outbox row with the words that would go on the air.
type letter struct {
	Message
	text   string
	reason string // why it was suppressed
}

// openQuestion is a code that is about no petition.
type openQuestion struct {
	Question
	over bool
}

// received is an inbox row.
type received struct {
	Inbound
	outcome string
}

func newMemory(now time.Time, directory *Directory) *memory {
	return &memory{
		now: now, directory: directory, petitions: map[int64]Petition{}, ids: map[string]int64{}, entries: map[int64][]Entry{},
		keys: map[string]bool{}, counters: map[string]int{}, unwanted: map[string]Unwanted{}, refused: map[string]int{},
	}
}

// Tx collects the writes and carries them out when fn agrees.
func (m *memory) Tx(_ context.Context, fn func(Tx) error) error {
	tx := &memoryTx{memory: m}
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
}

func (tx *memoryTx) later(write func()) { tx.writes = append(tx.writes, write) }

func (tx *memoryTx) Now() time.Time { return tx.now }

func (tx *memoryTx) Directory(context.Context) (*Directory, error) { return tx.directory, nil }

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
		p, ok := tx.petitions[id]
		if !ok {
			return nil, notFound("", "không có phản ánh số %d", id)
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

func (tx *memoryTx) Due(_ context.Context, now time.Time, limit int) ([]Petition, error) {
	var due []Petition
	for _, p := range tx.petitions {
		if next := p.NextDue(); !next.IsZero() && !next.After(now) && !tx.waitsForReply(p, now) {
			due = append(due, p.clone())
		}
	}
	sort.Slice(due, func(i, j int) bool {
		if a, b := due[i].NextDue(), due[j].NextDue(); !a.Equal(b) {
			return a.Before(b)
		}
		return due[i].ID < due[j].ID
	})
	return due[:min(limit, len(due))], nil
}

// waitsForReply: a text that was read before a due time may say what stops it.
func (m *memory) waitsForReply(p Petition, now time.Time) bool {
	for _, in := range m.inbound {
		bound := slices.ContainsFunc(m.bindings, func(b *Binding) bool { return b.Open() && b.Petition == p.ID && b.Phone == in.From })
		if in.Applied || !bound {
			continue
		}
		for _, r := range p.Rungs {
			if r.State == Armed && !r.Due.After(now) && in.ReadAt.Before(r.Due) {
				return true
			}
		}
	}
	return false
}

func (tx *memoryTx) Save(_ context.Context, changes []Change) error {
	for _, c := range changes {
		if stored := tx.petitions[c.Petition.ID]; stored.Version != c.Before {
			return &Problem{Kind: Stale, Detail: fmt.Sprintf("version %d, loaded %d", stored.Version, c.Before)}
		}
	}
	for _, c := range changes {
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

func (tx *memoryTx) Overdue(context.Context) ([]Petition, error) {
	return tx.those(func(p Petition) bool { return p.Status == Overdue }), nil
}

func (tx *memoryTx) Forwarded(_ context.Context, from, to time.Time) ([]Petition, error) {
	return tx.those(func(p Petition) bool {
		return slices.ContainsFunc(p.Slips, func(s Slip) bool { return s.ForwardedAt.After(from) && !s.ForwardedAt.After(to) })
	}), nil
}

func (tx *memoryTx) DueWithin(_ context.Context, from, to time.Time) ([]Petition, error) {
	return tx.those(func(p Petition) bool {
		return slices.ContainsFunc(p.Rungs, func(r Rung) bool {
			return (r.Name == RungHead || r.Name == RungOverdue) && r.State == Armed && r.Due.After(from) && !r.Due.After(to)
		})
	}), nil
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

func (tx *memoryTx) Post(_ context.Context, notices []Notice, tasks []Task) error {
	tx.later(func() {
		tx.post(slices.DeleteFunc(notices, func(n Notice) bool { return tx.keys[n.Key()] }), tasks)
	})
	return nil
}

func (m *memory) post(notices []Notice, tasks []Task) {
	for _, n := range notices {
		m.queue(n)
	}
	for _, t := range tasks {
		open := slices.ContainsFunc(m.tasks, func(o *Task) bool { return o.Key == t.Key && o.DoneAt.IsZero() })
		if !open {
			m.last++
			t.ID = m.last
			m.tasks = append(m.tasks, &t)
		}
	}
}

func (m *memory) queue(n Notice) {
	if m.keys[n.Key()] {
		m.wrong = append(m.wrong, "a second notice with the key "+n.Key())
		return
	}
	m.keys[n.Key()] = true
	m.last++
	l := &letter{Message: Message{ID: m.last, Notice: n, State: Queued, CreatedAt: m.now}}
	l.Phone, l.Email = m.address(n)
	if l.Phone != "" && m.unwanted[l.Phone].Covers(n) {
		l.State = Dropped
	}
	vars := map[string]string{}
	for k, v := range n.Vars {
		vars[k] = v
	}
	if n.NeedCode {
		vars["mtl"] = m.code(n, l.Phone)
	}
	if len(n.Slips) > 0 {
		codes := make([]string, len(n.Slips))
		for i, s := range n.Slips {
			one := n
			one.Petition, one.Round, one.Slip = s.Petition, s.Round, s.Slip
			codes[i] = m.code(one, l.Phone)
		}
		vars["danh_sach"] = HandoverList(n.Slips, codes)
	}
	l.text = m.render(n, vars)
	m.messages = append(m.messages, l)
}

func (m *memory) address(n Notice) (phone, email string) {
	switch {
	case n.To.Contact != 0:
		c, _ := m.directory.Contact(n.To.Contact)
		phone, email = c.Phone, c.Email
	case n.To.Citizen != 0:
		c := m.petitions[n.To.Citizen].Citizen
		phone, email = c.Phone, c.Email
	default:
		phone = n.To.Phone
	}
	if n.To.ByEmail {
		return "", email
	}
	return phone, ""
}

// render puts the text together as the gateway would: whatever the template
// needs must be among the notice's words, and no citizen's trace may be in it.
func (m *memory) render(n Notice, vars map[string]string) string {
	r, err := templates.Builtin().Render(templates.Key(n.Template), vars, templates.Options{Accented: n.To.ByEmail, MaxSegments: maxSegments(n)})
	if err != nil {
		m.wrong = append(m.wrong, fmt.Sprintf("notice %s: %v", n.Key(), err))
		return ""
	}
	if p, ok := m.petitions[n.Petition]; ok {
		m.private(p, "text "+n.Template, r.Text)
		if p.Confidential && p.Summary != "" && strings.Contains(fmt.Sprint(n.Vars["tom_tat"], n.Vars["dia_ban"]), p.Area) {
			m.wrong = append(m.wrong, "a confidential petition's area is in "+n.Key())
		}
	}
	return r.Text
}

func maxSegments(n Notice) int {
	if n.To.ByEmail {
		return templates.MailSegments
	}
	return 1
}

// private notes a citizen's trace where none may be.
func (m *memory) private(p Petition, where, text string) {
	for _, own := range p.Citizen.own() {
		if strings.Contains(text, own) || strings.Contains(text, strings.Replace(own, "+84", "0", 1)) {
			m.wrong = append(m.wrong, where+" of "+p.Code+" names the citizen: "+text)
		}
	}
}

// code gives the phone's open code for the slip, or a new one from its counter.
func (m *memory) code(n Notice, phone string) string {
	slip := n.Slip
	if n.To.Citizen != 0 {
		slip = 0
	}
	for _, b := range m.bindings {
		if b.Open() && b.Phone == phone && b.Petition == n.Petition && b.Slip == slip {
			return b.Code
		}
	}
	m.counters[phone]++
	if n.Subject != "" {
		q := &openQuestion{Question: Question{Code: reply.MakeCode(4569 + m.counters[phone]), Phone: phone, Subject: n.Subject, Contact: n.To.Contact}}
		m.questions = append(m.questions, q)
		return q.Code
	}
	p := m.petitions[n.Petition]
	b := &Binding{
		Code: reply.MakeCode(4569 + m.counters[phone]), Phone: phone, Petition: p.ID, PetCode: p.Code, Round: n.Round, Slip: slip,
		Role: n.To.Role, Unit: n.To.Unit, Contact: n.To.Contact, IssuedAt: m.now,
	}
	m.bindings = append(m.bindings, b)
	return b.Code
}

func (m *memory) release(p Petition, r ReleaseCode) {
	for _, b := range m.bindings {
		if b.Open() && b.Petition == p.ID && (r.Slip == 0 || b.Slip == r.Slip) && (r.Contact == 0 || b.Contact == r.Contact) {
			b.ReleasedAt, b.Reason = m.now, r.Reason
			if s := p.Slip(b.Slip); s != nil {
				b.MovedTo = s.MovedTo
			}
		}
	}
}

func (m *memory) suppress(s Suppress) {
	for _, l := range m.messages {
		n := l.Notice
		meant := slices.Contains(s.Classes, n.Class) || slices.Contains(s.Templates, n.Template)
		if l.State != Queued || n.Petition != s.Petition || !meant || s.Slip != 0 && n.Slip != s.Slip || s.Citizen && n.To.Citizen == 0 || s.CitizenOf != 0 && n.To.Citizen != s.CitizenOf {
			continue
		}
		l.State, l.reason = Dropped, s.Reason
		switch n.Class {
		case ClassResult, ClassReport, ClassAnswer, ClassDecision:
			m.wrong = append(m.wrong, "suppressed for good reason never: "+n.Key())
		}
	}
}

func (m *memory) closeTasks(petition int64, kind TaskKind) {
	for _, t := range m.tasks {
		if t.PetitionID == petition && t.Kind == kind && t.DoneAt.IsZero() {
			t.DoneAt = m.now
		}
	}
}

func (tx *memoryTx) Bindings(_ context.Context, phone string) ([]Binding, error) {
	var list []Binding
	for _, b := range slices.Backward(tx.bindings) {
		if b.Phone == phone && (b.Open() || tx.now.Sub(b.ReleasedAt) < 30*24*time.Hour) {
			found := *b
			found.Status = tx.petitions[b.Petition].Status
			list = append(list, found)
		}
	}
	return list, nil
}

func (tx *memoryTx) Message(_ context.Context, id int64) (Message, error) {
	for _, l := range tx.messages {
		if l.ID == id {
			return l.Message, nil
		}
	}
	return Message{}, notFound("message", "không có tin số %d", id)
}

func (tx *memoryTx) MarkHandled(_ context.Context, id int64) error {
	tx.later(func() {
		for _, l := range tx.messages {
			if l.ID == id {
				l.Handled = true
			}
		}
	})
	return nil
}

func (tx *memoryTx) Inbound(_ context.Context, id int64) (Inbound, error) {
	for _, in := range tx.inbound {
		if in.ID == id {
			return in.Inbound, nil
		}
	}
	return Inbound{}, notFound("inbound", "không có tin đến số %d", id)
}

func (tx *memoryTx) RepeatOf(_ context.Context, in Inbound, window time.Duration) (bool, error) {
	for _, o := range tx.inbound {
		same := o.ID < in.ID && o.From == in.From && o.To == in.To && o.Text == in.Text
		if !same || in.ReadAt.Sub(o.ReadAt) > window {
			continue
		}
		issued := slices.ContainsFunc(tx.bindings, func(b *Binding) bool {
			return b.Phone == in.From && b.IssuedAt.After(o.ReadAt) && !b.IssuedAt.After(in.ReadAt)
		})
		if !issued {
			return true, nil
		}
	}
	return false, nil
}

func (tx *memoryTx) ErrorAnswers(_ context.Context, phone string, since time.Time) (int, error) {
	n := 0
	for _, l := range tx.messages {
		if l.Phone == phone && strings.HasPrefix(l.Notice.Template, "E") && !l.CreatedAt.Before(since) {
			n++
		}
	}
	return n, nil
}

func (tx *memoryTx) MarkApplied(_ context.Context, id int64, outcome string) error {
	tx.later(func() {
		for _, in := range tx.inbound {
			if in.ID == id {
				in.Applied, in.outcome = true, outcome
			}
		}
	})
	return nil
}

func (tx *memoryTx) SavePreference(_ context.Context, phone string, unwanted Unwanted) error {
	tx.later(func() {
		tx.unwanted[phone] = unwanted
		for _, l := range tx.messages {
			if l.State == Queued && l.Phone == phone && unwanted.Covers(l.Notice) {
				l.State, l.reason = Dropped, "the number asked for no texts"
			}
		}
	})
	return nil
}

func (tx *memoryTx) AddPersonal(_ context.Context, r PersonalRequest) (int64, error) {
	tx.last++
	r.ID = tx.last
	tx.later(func() { tx.personal = append(tx.personal, r) })
	return r.ID, nil
}

func (tx *memoryTx) Personal(_ context.Context, id int64) (PersonalRequest, error) {
	for _, r := range tx.personal {
		if r.ID == id {
			return r, nil
		}
	}
	return PersonalRequest{}, notFound("id", "không có yêu cầu số %d", id)
}

func (tx *memoryTx) OpenPersonal(context.Context) (open []PersonalRequest, err error) {
	for _, r := range tx.personal {
		if r.Open() {
			open = append(open, r)
		}
	}
	return open, nil
}

func (tx *memoryTx) SavePersonal(_ context.Context, r PersonalRequest) error {
	tx.later(func() {
		for i := range tx.personal {
			if tx.personal[i].ID == r.ID {
				tx.personal[i] = r
			}
		}
		for _, t := range tx.tasks {
			if !r.Open() && slices.Contains(r.TaskKeys(), t.Key) && t.DoneAt.IsZero() {
				t.DoneAt = tx.now
			}
		}
	})
	return nil
}

func (tx *memoryTx) SaveLeave(_ context.Context, leave Leave) (int64, error) {
	tx.later(func() { tx.leaves = append(tx.leaves, leave) })
	return int64(len(tx.leaves) + 1), nil
}

func (tx *memoryTx) Leave(_ context.Context, id int64) (Leave, error) {
	if id < 1 || id > int64(len(tx.leaves)) {
		return Leave{}, notFound("absence", "không có đăng ký nghỉ này")
	}
	return tx.leaves[id-1], nil
}

func (tx *memoryTx) DecideLeave(_ context.Context, id int64, _ bool, _ string) error {
	tx.later(func() { tx.leaves[id-1].Decided = true })
	return nil
}

// SaveContact writes at once: what follows in the transaction reads it.
func (tx *memoryTx) SaveContact(_ context.Context, contact Contact, _ Actor) (int64, error) {
	if contact.ID == 0 {
		tx.last++
		contact.ID = tx.last
	}
	tx.person(contact)
	return contact.ID, nil
}

// person puts a contact into the directory, in the place of the one with the id.
func (m *memory) person(c Contact) {
	contacts := []Contact{c}
	for _, other := range m.directory.contacts {
		if other.ID != c.ID {
			contacts = append(contacts, other)
		}
	}
	m.directory = NewDirectory(m.directory.Units(), contacts)
}

func (tx *memoryTx) LockDirectory(context.Context) (*Directory, error) { return tx.directory, nil }

func (tx *memoryTx) FinishTasks(_ context.Context, _, _ string, keys ...string) error {
	tx.later(func() {
		for _, t := range tx.tasks {
			if slices.Contains(keys, t.Key) && t.DoneAt.IsZero() {
				t.DoneAt = tx.now
			}
		}
	})
	return nil
}

func (tx *memoryTx) OpenAt(_ context.Context, unit string) ([]Petition, error) {
	return tx.those(func(p Petition) bool {
		if w := p.Explaining(); w != nil && w.Explanation().Unit == unit {
			return true
		}
		return !p.Status.Ended() && slices.ContainsFunc(p.Slips, func(s Slip) bool { return s.Unit == unit && s.Open() })
	}), nil
}

func (tx *memoryTx) Questions(_ context.Context, phone string) ([]Question, error) {
	var list []Question
	for _, q := range tx.questions {
		if q.Phone == phone && !q.over {
			list = append(list, q.Question)
		}
	}
	return list, nil
}

func (tx *memoryTx) CloseQuestion(_ context.Context, subject Subject, _ string) error {
	tx.later(func() {
		for _, q := range tx.questions {
			q.over = q.over || q.Subject == subject
		}
	})
	return nil
}

func (tx *memoryTx) FailuresInARow(_ context.Context, phone string, most int) (int, error) {
	return min(tx.memory.refused[phone], most), nil
}

var (
	_ Ledger = (*memory)(nil)
	_ Tx     = (*memoryTx)(nil)
)
