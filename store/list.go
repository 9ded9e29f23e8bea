package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"notify1022/escalation"
)

// Summary is a petition as lists show it, without personal data.
type Summary struct {
	ID           int64
	Code         string
	Status       escalation.Status
	Channel      escalation.Channel
	Kind         int
	Field, Area  string
	Unit         string // the lead unit
	Summary      string
	Urgent       bool
	Confidential bool
	Denunciation bool
	WasOverdue   bool
	WaitsFor     escalation.Role
	ReceivedAt   time.Time
	NextDue      time.Time
	ClosedAt     time.Time
	Version      int64
}

// Filter narrows a list of petitions; empty fields do not.
type Filter struct {
	Status  []escalation.Status
	Unit    string // leads or co-operates
	Overdue *bool  // true: is or was overdue; false: never was
	Open    bool   // not at rest
	Since   time.Time
	Before  time.Time // of the receipt, exclusive
	// Q is looked for in code, content, field and area, without marks; digits of
	// a phone number also find their citizen's petitions.
	Q string
	// Guarded: Q finds a denunciation by its code alone, so that whoever may not
	// read one cannot feel for its words or its citizen. Outside: so it finds a
	// confidential petition, whose citizen the hotline alone may know.
	Guarded, Outside bool
	Cursor           string
	Limit            int // 0: 50, at most 500

	words  wordIndex
	common bool // what Q looks for stands in very many petitions
}

type summaryRow struct {
	ID           int64              `db:"id"`
	Code         string             `db:"code"`
	Status       escalation.Status  `db:"status"`
	Channel      escalation.Channel `db:"channel"`
	Kind         int                `db:"kind"`
	Field        string             `db:"field"`
	Area         string             `db:"area"`
	Unit         string             `db:"lead_unit"`
	Summary      string             `db:"summary"`
	Urgent       bool               `db:"urgent"`
	Confidential bool               `db:"confidential"`
	Denunciation bool               `db:"denunciation"`
	WasOverdue   bool               `db:"was_overdue"`
	WaitsFor     escalation.Role    `db:"waits_for"`
	ReceivedAt   int64              `db:"received_at"`
	NextDue      int64              `db:"next_due"`
	ClosedAt     int64              `db:"closed_at"`
	Version      int64              `db:"version"`
}

const summaryColumns = `p.id, p.code, p.status, p.channel, p.kind, p.field, p.area, p.lead_unit, p.summary, p.urgent, p.confidential,
	p.denunciation, p.was_overdue, p.waits_for, p.received_at, p.next_due, p.closed_at, p.version`

func (r summaryRow) summary() Summary {
	return Summary{
		ID: r.ID, Code: r.Code, Status: r.Status, Channel: r.Channel, Kind: r.Kind, Field: r.Field, Area: r.Area, Unit: r.Unit,
		Summary: r.Summary, Urgent: r.Urgent, Confidential: r.Confidential, Denunciation: r.Denunciation, WasOverdue: r.WasOverdue,
		WaitsFor: r.WaitsFor, ReceivedAt: instant(r.ReceivedAt), NextDue: instant(r.NextDue), ClosedAt: instant(r.ClosedAt), Version: r.Version,
	}
}

// ListPetitions lists petitions, newest first.
func (s *Store) ListPetitions(ctx context.Context, f Filter) (Page[Summary], error) {
	return s.list(ctx, f, where{})
}

// list lists the petitions for which the conditions hold besides.
func (s *Store) list(ctx context.Context, f Filter, w where) (Page[Summary], error) {
	after, limit, err := paging(f.Cursor, f.Limit)
	if err != nil {
		return Page[Summary]{}, err
	}
	w.and("p.id < ?", after)
	if err := s.searching(ctx, &f, s.d.allWords()); err != nil {
		return Page[Summary]{}, err
	}
	f.narrow(&w)
	var rows []summaryRow
	err = s.reader().in(ctx, &rows, `SELECT `+summaryColumns+` FROM petition p`+w.String()+` ORDER BY p.id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[Summary]{}, fmt.Errorf("list petitions: %w", err)
	}
	list := make([]Summary, len(rows))
	for i, r := range rows {
		list[i] = r.summary()
	}
	return paged(list, limit, func(p Summary) int64 { return p.ID }), nil
}

func (f Filter) narrow(w *where) {
	statuses := make([]string, len(f.Status))
	for i, s := range f.Status {
		statuses[i] = string(s)
	}
	w.andIf(len(statuses) > 0, "p.status IN (?)", statuses)
	w.andIf(f.Unit != "", "(p.lead_unit = ? OR EXISTS (SELECT 1 FROM slip s WHERE s.petition_id = p.id AND s.unit = ? AND s.ended_at = 0))", f.Unit, f.Unit)
	if f.Overdue != nil {
		w.and("p.was_overdue = ?", flag(*f.Overdue))
	}
	w.andIf(f.Open, "p.ended = 0")
	w.andIf(!f.Since.IsZero(), "p.received_at >= ?", micros(f.Since))
	w.andIf(!f.Before.IsZero(), "p.received_at < ?", micros(f.Before))
	q := wire(strings.TrimSpace(escalation.Plain(f.Q)))
	if q == "" {
		return
	}
	code, args := byCode(q)
	w.andIf(f.Guarded, "(p.denunciation = 0 OR "+code+")", args...)
	w.andIf(f.Outside, "(p.confidential = 0 OR "+code+")", args...)
	if f.common { // the list's own order meets them soon enough
		f.words.met(w, q)
		return
	}
	found, args := f.words.found(q)
	w.and(found, args...)
}

// byCode is the condition that petition p has the words of a folded text in its code, the
// last one perhaps only begun: whatever else it says then makes no difference.
func byCode(q string) (condition string, args []any) {
	words := wordsOf(q)
	var conditions []string
	for i, word := range words {
		end := " %"
		if i == len(words)-1 {
			end = "%"
		}
		conditions = append(conditions, `' ' || REPLACE(LOWER(p.code), '-', ' ') || ' ' LIKE ?`)
		args = append(args, "% "+word+end)
	}
	if len(words) == 0 {
		return "1 = 0", nil
	}
	return strings.Join(conditions, " AND "), args
}

// codeTail is a petition's code without its letters.
var codeTail = regexp.MustCompile(`^[0-9]{6}-[0-9]+$`)

func wordsOf(q string) []string {
	if codeTail.MatchString(q) {
		q = "hp" + q
	}
	return strings.FieldsFunc(q, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// wordIndex is a table of petitions' words.
type wordIndex struct {
	d         dialect
	table, id string
	// common is from how many petitions on a list is better walked in its own order than
	// made of all that were found; walk is how much of it at first (0: all), before those
	// that were found after all.
	common, walk int
	gathers      bool // all are found before the first is given
}

// allWords are those of every petition.
func (d dialect) allWords() wordIndex {
	x := wordIndex{d: d, table: "petition_words", id: "petition_id", common: 3000}
	if d.name == lite.name {
		x.id = "rowid"
	}
	x.gathers = d.name == postgres.name
	return x
}

// boardWords are those that the board is searched in.
func (d dialect) boardWords() wordIndex {
	x := d.allWords()
	if d.name == postgres.name {
		x.table, x.walk, x.gathers = "open_words", 5000, false
	}
	return x
}

// searching prepares a filter: what it looks for may be common.
func (s *Store) searching(ctx context.Context, f *Filter, words wordIndex) error {
	f.words = words
	q := wire(strings.TrimSpace(escalation.Plain(f.Q)))
	if q == "" {
		return nil
	}
	matches, list := words.match(q)
	if list == "" {
		return nil
	}
	if words.gathers {
		all, err := s.everywhere(ctx, words, q)
		if f.common = all; all || err != nil {
			return err
		}
	}
	count := `SELECT COUNT(*) FROM (SELECT 1 FROM ` + words.table + ` WHERE ` + matches + ` LIMIT ` + strconv.Itoa(words.common) + `) AS c`
	var n int
	if err := s.reader().get(ctx, &n, count, list); err != nil {
		return fmt.Errorf("count what has the words: %w", err)
	}
	f.common = n == words.common
	return nil
}

// A word that one in twenty petitions has is not looked up where the index gathers all of
// them before it gives the first. A sample of all years tells.
const (
	sample = 1000
	full   = sample / 20
	few    = 50 * sample   // of so few the index gathers all at once
	spread = 2_654_435_761 // a prime: the sample has no rhythm
)

// everywhere reports whether very many petitions have the words.
func (s *Store) everywhere(ctx context.Context, words wordIndex, q string) (bool, error) {
	var last int64
	if err := s.reader().get(ctx, &last, `SELECT COALESCE(MAX(id), 0) FROM petition`); err != nil {
		return false, fmt.Errorf("the newest petition: %w", err)
	}
	if last < few {
		return false, nil
	}
	ids := make([]int64, sample)
	for i := range ids {
		ids[i] = 1 + int64(i)*spread%last
	}
	w := where{}
	w.and("p.id IN (?)", ids)
	words.met(&w, q)
	var n int
	if err := s.reader().getIn(ctx, &n, `SELECT COUNT(*) FROM petition p`+w.String(), w.args...); err != nil {
		return false, fmt.Errorf("count those of a sample that have the words: %w", err)
	}
	return n >= full, nil
}

// match is a condition of the table: all the words of a folded text, the last one perhaps
// only begun. words is empty for a text without one.
func (x wordIndex) match(q string) (condition, words string) {
	list := wordsOf(q)
	switch {
	case len(list) == 0:
		return "", ""
	case x.d.name == postgres.name:
		return `words @@ to_tsquery('simple', ?)`, strings.Join(list, " & ") + ":*"
	}
	return x.table + ` MATCH ?`, `"` + strings.Join(list, `" "`) + `"*`
}

// met adds the condition of petition p, as a list comes to it, that it has the words. The
// whole list is walked by the text itself, some of it by the words exactly.
func (x wordIndex) met(w *where, q string) {
	if condition, words := x.match(q); x.walk > 0 {
		w.and(`(SELECT `+condition+` FROM `+x.table+` o WHERE o.petition_id = p.id)`, words)
		return
	}
	for _, word := range wordsOf(q) {
		w.and(`' ' || p.search LIKE ? ESCAPE '\'`, "% "+word+"%")
	}
}

// found is the condition of petition p that it has the words, or that its citizen has
// the number; a text without either is found nowhere.
func (x wordIndex) found(q string) (condition string, args []any) {
	condition, words := x.match(q)
	ids := `SELECT ` + x.id + ` FROM ` + x.table + ` WHERE ` + condition
	if words == "" {
		return "? = ''", []any{"-"}
	}
	args = []any{words}
	if phone := sender(strings.NewReplacer(".", "", " ", "", "-", "").Replace(q)); strings.HasPrefix(phone, "+84") {
		ids += ` UNION SELECT petition_id FROM citizen WHERE phone = ? AND phone <> ''`
		args = append(args, phone)
	}
	if x.d.name == postgres.name { // which as a join reads every petition of the list
		return `p.id = ANY (ARRAY(` + ids + `))`, args
	}
	return `p.id IN (` + ids + `)`, args
}

// Case is everything about one petition: its value with citizen and rungs, its
// timeline and its messages.
type Case struct {
	escalation.Petition
	Timeline []escalation.Entry
	Messages []MessageView
}

// PetitionByCode reads a petition whole; *escalation.Problem NotFound.
func (s *Store) PetitionByCode(ctx context.Context, code string) (Case, error) {
	return s.caseBy(ctx, `SELECT id FROM petition WHERE code = ?`, code)
}

// PetitionByToken reads a petition by the token of the citizen's link.
func (s *Store) PetitionByToken(ctx context.Context, token string) (Case, error) {
	return s.caseBy(ctx, `SELECT id FROM petition WHERE token = ? AND token <> ''`, token)
}

// PetitionBySlipToken reads a petition by the token of a slip's page; slip is
// the slip's number.
func (s *Store) PetitionBySlipToken(ctx context.Context, token string) (found Case, slip int, err error) {
	found, err = s.caseBy(ctx, `SELECT petition_id FROM slip WHERE token = ? AND token <> ''`, token)
	for _, one := range found.Slips {
		if one.Token == token {
			slip = one.No
		}
	}
	return found, slip, err
}

// caseBy reads in one transaction, so that petition and timeline fit.
func (s *Store) caseBy(ctx context.Context, query, arg string) (Case, error) {
	sqlTx, err := s.read.BeginTxx(ctx, s.d.snapshot())
	if err != nil {
		return Case{}, fmt.Errorf("read a petition: %w", err)
	}
	defer sqlTx.Rollback() // nothing was written
	c := conn{ext: sqlTx}
	var id int64
	err = c.get(ctx, &id, query, wire(arg))
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, missing("code", "không có phản ánh này")
	}
	if err != nil {
		return Case{}, fmt.Errorf("find a petition: %w", err)
	}
	list, err := loadPetitions(ctx, c, []int64{id}, "")
	if err != nil {
		return Case{}, err
	}
	if len(list) == 0 {
		return Case{}, missing("code", "không có phản ánh này")
	}
	found := Case{Petition: list[0]}
	if found.Timeline, err = readTimeline(ctx, c, id); err != nil {
		return Case{}, err
	}
	found.Messages, err = petitionMessages(ctx, c, id, found.Code)
	return found, err
}

func petitionMessages(ctx context.Context, c conn, id int64, code string) ([]MessageView, error) {
	var rows []messageRow
	err := c.all(ctx, &rows, `SELECT `+messageColumnList+` FROM message m WHERE m.petition_id = ? AND m.petition_id <> 0 ORDER BY m.id`, id)
	if err != nil {
		return nil, fmt.Errorf("list messages of petition %s: %w", code, err)
	}
	views := make([]MessageView, len(rows))
	for i, r := range rows {
		r.PetitionCode = code
		views[i] = r.view()
	}
	return views, nil
}

type entryRow struct {
	Petition int64              `db:"petition_id"`
	Seq      int                `db:"seq"`
	At       int64              `db:"at"`
	Actor    string             `db:"actor"`
	Role     escalation.Role    `db:"role"`
	Channel  escalation.Channel `db:"channel"`
	Action   string             `db:"action"`
	Text     string             `db:"text"`
	Status   escalation.Status  `db:"status"`
	Policy   string             `db:"policy"`
	Calendar string             `db:"calendar"`
	Digest   string             `db:"digest"`
	Hash     string             `db:"hash"`
	Private  sql.NullString     `db:"private"`
	Salt     sql.NullString     `db:"salt"`
}

func readTimeline(ctx context.Context, c conn, id int64) ([]escalation.Entry, error) {
	var rows []entryRow
	err := c.all(ctx, &rows, `
		SELECT t.petition_id, t.seq, t.at, t.actor, t.role, t.channel, t.action, t.text, t.status, t.policy, t.calendar, t.digest,
			t.hash, v.text AS private, v.salt
		FROM timeline t
		LEFT JOIN timeline_private v ON v.petition_id = t.petition_id AND v.seq = t.seq
		WHERE t.petition_id = ?
		ORDER BY t.seq`, id)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of petition %d: %w", id, err)
	}
	entries := make([]escalation.Entry, len(rows))
	for i, r := range rows {
		entries[i] = escalation.Entry{
			PetitionID: r.Petition, Seq: r.Seq, At: instant(r.At), Actor: r.Actor, Role: r.Role, Channel: r.Channel, Action: r.Action,
			Text: r.Text, Status: r.Status, Policy: r.Policy, Calendar: r.Calendar, Digest: r.Digest, Hash: r.Hash,
			Private: r.Private.String, Salt: r.Salt.String,
		}
	}
	return entries, nil
}

// Timeline reads a petition's timeline, personal texts included where they have
// not been erased; escalation.VerifyChain proves it whole.
func (s *Store) Timeline(ctx context.Context, petition int64) ([]escalation.Entry, error) {
	return readTimeline(ctx, s.reader(), petition)
}

// CountByStatus counts the petitions of each status.
func (s *Store) CountByStatus(ctx context.Context) (map[escalation.Status]int, error) {
	var rows []struct {
		Status escalation.Status `db:"status"`
		N      int               `db:"n"`
	}
	if err := s.reader().all(ctx, &rows, `SELECT status, COUNT(*) AS n FROM petition GROUP BY status`); err != nil {
		return nil, fmt.Errorf("count petitions: %w", err)
	}
	counts := make(map[escalation.Status]int, len(rows))
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, nil
}

// EachPetition calls fn for every petition received in [since, before), oldest
// first, in batches: for reports and dry runs. Zero instants do not narrow.
func (s *Store) EachPetition(ctx context.Context, since, before time.Time, fn func(escalation.Petition) error) error {
	const batch = 200
	for after := int64(0); ; {
		w := where{}
		w.and("id > ?", after)
		w.andIf(!since.IsZero(), "received_at >= ?", micros(since))
		w.andIf(!before.IsZero(), "received_at < ?", micros(before))
		var ids []int64
		if err := s.reader().all(ctx, &ids, `SELECT id FROM petition`+w.String()+` ORDER BY id LIMIT ?`, append(w.args, batch)...); err != nil {
			return fmt.Errorf("list petitions: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		list, err := loadPetitions(ctx, s.reader(), ids, "")
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := fn(p); err != nil {
				return err
			}
		}
		after = ids[len(ids)-1]
	}
}
