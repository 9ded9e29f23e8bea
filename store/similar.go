package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// How petitions like a text are looked for. The newest tell how common a word is, and are
// compared whole; what is rare among them is looked up among all others.
const (
	likeSample = 2000
	likeRare   = likeSample / 100 // of the sample: a word that so few have is looked up
	likeWords  = 100              // of the text
	likeLook   = 3                // rare words, and so many that the sample does not have
	likeMost   = 100              // of the sample
)

// sampled is one of the newest petitions.
type sampled struct {
	ID         int64  `db:"id"`
	ReceivedAt int64  `db:"received_at"`
	Search     string `db:"search"`
}

// likeness is what a text is looked for by.
type likeness struct {
	words  map[string]int // of the text, by how many of the sample have them
	rare   []string       // those to look up
	sample []sampled
	common []int // of the sample: words in common with the text
}

// like reads the sample for a text.
func (s *Store) like(ctx context.Context, text string) (likeness, error) {
	l := likeness{words: map[string]int{}}
	for _, word := range wordsOf(escalation.Plain(wire(text))) {
		if len(word) > 1 && len(l.words) < likeWords {
			l.words[word] = 0
		}
	}
	if len(l.words) == 0 {
		return l, nil
	}
	if err := s.reader().all(ctx, &l.sample, `SELECT id, received_at, search FROM petition WHERE denunciation = 0 ORDER BY id DESC LIMIT ?`, likeSample); err != nil {
		return l, fmt.Errorf("read the newest petitions: %w", err)
	}
	l.common = make([]int, len(l.sample))
	for i, p := range l.sample {
		words := wordsOf(p.Search)
		slices.Sort(words)
		for _, word := range slices.Compact(words) {
			if _, ok := l.words[word]; ok {
				l.words[word]++
				l.common[i]++
			}
		}
	}
	l.choose()
	return l, nil
}

// choose takes the rarest words that the sample has, and some that it does not have: names
// of places, or slips of the pen. Of equals the longest say most.
func (l *likeness) choose() {
	words := slices.SortedFunc(maps.Keys(l.words), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.words[a], l.words[b]), cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	seen, unseen := 0, 0
	for _, word := range words {
		switch n := l.words[word]; {
		case n == 0 && unseen < likeLook:
			unseen++
		case n > 0 && n <= likeRare && seen < likeLook:
			seen++
		default:
			continue
		}
		l.rare = append(l.rare, word)
	}
}

// nearest are the ids of the sample received since that have most words of the text, two at
// least.
func (l *likeness) nearest(since int64) []int64 {
	var at []int
	for i, p := range l.sample {
		if l.common[i] > 1 && p.ReceivedAt >= since {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int { return l.common[b] - l.common[a] })
	at = at[:min(len(at), likeMost)]
	ids := make([]int64, len(at))
	for i, n := range at {
		ids[i] = l.sample[n].ID
	}
	return ids
}

// any is the condition of the table that one of the words, each whole, is there.
func (x wordIndex) any(words []string) (condition, arg string) {
	if x.d.name == postgres.name {
		return `words @@ to_tsquery('simple', ?)`, strings.Join(words, " | ")
	}
	return x.table + ` MATCH ?`, `"` + strings.Join(words, `" OR "`) + `"`
}

// Neighbours lists petitions received since that have rare words, or most words, of the text:
// what a new one may be the same as. Newest first.
func (s *Store) Neighbours(ctx context.Context, text string, since time.Time, limit int) ([]Summary, error) {
	l, err := s.like(ctx, text)
	if err != nil || len(l.sample) == 0 {
		return nil, err
	}
	ids := l.nearest(micros(since))
	if len(l.sample) == likeSample && len(l.rare) > 0 && l.sample[likeSample-1].ReceivedAt >= micros(since) { // there are more
		older, err := s.recent(ctx, l, since, limit)
		if err != nil {
			return nil, err
		}
		ids = append(ids, older...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []summaryRow
	err = s.reader().in(ctx, &rows, `SELECT `+summaryColumns+` FROM petition p WHERE p.id IN (?) AND p.denunciation = 0 AND p.received_at >= ? ORDER BY p.id DESC`, ids, micros(since))
	list := make([]Summary, len(rows))
	for i, r := range rows {
		list[i] = r.summary()
	}
	return list, wrapList(err, "neighbours")
}

// recent looks up the rare words among what was recorded about since then: the ids rise with
// the receipt, but for what was entered late.
func (s *Store) recent(ctx context.Context, l likeness, since time.Time, limit int) (ids []int64, err error) {
	x := s.d.allWords()
	var first int64
	err = s.reader().get(ctx, &first, `SELECT COALESCE(MIN(id), 0) FROM (SELECT id FROM petition WHERE received_at >= ? ORDER BY received_at LIMIT 50) AS f`, micros(since))
	if err != nil {
		return nil, fmt.Errorf("find the first petition of the days: %w", err)
	}
	condition, words := x.any(l.rare)
	query := `SELECT ` + x.id + ` FROM ` + x.table + ` WHERE ` + condition + ` AND ` + x.id + ` >= ? ORDER BY ` + x.id + ` DESC LIMIT ?`
	if s.d.name == postgres.name { // which else reads the words of all those days
		query = `WITH m AS MATERIALIZED (SELECT petition_id FROM petition_words WHERE ` + condition + `) SELECT petition_id FROM m WHERE petition_id >= ? ORDER BY petition_id DESC LIMIT ?`
	}
	err = s.reader().all(ctx, &ids, query, words, first, limit)
	return ids, wrapList(err, "petitions with the words")
}

// answerable are petitions with an answer that may be shown to others, by columns; whether the
// citizen of a direct answer agreed stands in its value.
const answerable = `(p.public = 1 OR p.status = 'answered_directly') AND p.confidential = 0 AND p.denunciation = 0`

// AnsweredLike lists petitions whose published or direct answer may be of use for the text,
// of whatever field, newest first. The caller shows only what its citizen agreed to.
func (s *Store) AnsweredLike(ctx context.Context, text string, limit int) ([]escalation.Petition, error) {
	l, err := s.like(ctx, text)
	if err != nil || len(l.sample) == 0 {
		return nil, err
	}
	var ids []int64
	if len(l.rare) > 0 {
		x := s.d.allWords()
		condition, words := x.any(l.rare)
		in := `IN (SELECT ` + x.id + ` FROM ` + x.table + ` WHERE ` + condition + `)`
		if s.d.name == postgres.name { // which as a join reads every petition of the list
			in = `= ANY (ARRAY(SELECT ` + x.id + ` FROM ` + x.table + ` WHERE ` + condition + `))`
		}
		if err := s.reader().all(ctx, &ids, `SELECT p.id FROM petition p WHERE p.id `+in+` AND `+answerable+` ORDER BY p.id DESC LIMIT ?`, words, limit); err != nil {
			return nil, fmt.Errorf("list answers with the words: %w", err)
		}
	}
	for _, newest := range []string{`p.public = 1`, `p.status = 'answered_directly'`} { // each has an index in this order
		var more []int64
		if err := s.reader().all(ctx, &more, `SELECT p.id FROM petition p WHERE `+newest+` AND p.confidential = 0 AND p.denunciation = 0 ORDER BY p.id DESC LIMIT ?`, limit/4); err != nil {
			return nil, fmt.Errorf("list the newest answers: %w", err)
		}
		ids = append(ids, more...)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil, nil
	}
	slices.Reverse(ids)
	return loadPetitions(ctx, s.reader(), ids, "")
}
