package store

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"notify1022/escalation"
)

// dimensionColumn is what a dimension groups by, and what it leaves out.
func dimensionColumn(d escalation.Dimension) (column, condition string, err error) {
	switch d {
	case escalation.ByUnit:
		return "unit", "unit <> ''", nil
	case escalation.ByField:
		return "field", "", nil
	case escalation.ByArea:
		return "area", "", nil
	case escalation.ByChannel:
		return "channel", "", nil
	case escalation.ByOfficer:
		return "CASE WHEN unit <> '' AND officer = '' THEN '" + escalation.NobodysWork + "' ELSE officer END", "unit <> ''", nil
	case escalation.ByUnitOfficer:
		return "CASE WHEN unit = '' THEN '' ELSE unit || '" + escalation.OfficerMark + "' || officer END", "unit <> ''", nil
	case escalation.Undivided:
		return "CAST('' AS TEXT)", "", nil
	}
	return "", "", fmt.Errorf("count facts: no dimension %q", d)
}

// touching is the condition that a turn touches the period: it began before the
// end, and had not ended before the beginning.
func touching(q escalation.FactQuery) where {
	w := where{}
	w.and("opened_at < ? AND (done_at = 0 OR done_at >= ?)", micros(q.To), micros(q.From))
	w.andIf(q.Unit != "", "unit = ?", q.Unit)
	return w
}

type tallyRow struct {
	Which        int    `db:"which"` // the query; of a reading of several: the columns that are none of its own
	Value        string `db:"value"`
	Key          int64  `db:"key"`
	Count        int    `db:"n"`
	HeldBy1022   int64  `db:"held_1022"`
	HeldByFocal  int64  `db:"held_focal"`
	HeldByHead   int64  `db:"held_head"`
	HeldByOffice int64  `db:"held_office"`
	Kept         int    `db:"kept"`
	Missed       int    `db:"missed"`
	Followers    string `db:"followers"`
	On1022       string `db:"followers_1022"`
}

// What a group is of, in one number: the marks, and above them the phase and the age.
// PostgreSQL takes one unknown number for a few hundred values; of a dozen columns it
// supposes as many groups as rows, and does neither hash nor share the work.
const (
	keyPhase = 40
	keyAge   = 48
	keyMarks = 1<<keyPhase - 1
)

func (r tallyRow) group() escalation.FactGroup {
	span := func(s int64) time.Duration { return time.Duration(s) * time.Second }
	g := keyed(r.Value, r.Key)
	g.Count, g.Kept, g.Missed = r.Count, r.Kept, r.Missed
	g.HeldBy1022, g.HeldByFocal, g.HeldByHead, g.HeldByOffice = span(r.HeldBy1022), span(r.HeldByFocal), span(r.HeldByHead), span(r.HeldByOffice)
	return g
}

// keyed is the group of a value and a key, with nothing in it.
func keyed(value string, key int64) escalation.FactGroup {
	return escalation.FactGroup{Value: value, Marks: escalation.FactMark(key & keyMarks),
		Phase: escalation.Phase(key >> keyPhase & (1<<(keyAge-keyPhase) - 1)), Age: int(key >> keyAge)}
}

// tallyKey is the number by which the query's turns are grouped, in SQL.
func tallyKey(q escalation.FactQuery) (string, []any) {
	marks, mask := tallyMarks(q)
	at, args := tallyAt(q)
	return marks + " + " + at, append([]any{mask}, args...)
}

// tallyMarks are those of the key, with the argument that they take.
func tallyMarks(q escalation.FactQuery) (expression string, mask int64) {
	mask = keyMarks
	if q.Marks != 0 {
		mask = int64(q.Marks)
	}
	told := "marks"
	if escalation.FactMark(mask).Has(escalation.FactService) {
		told = fmt.Sprintf("(marks + (CAST(service AS BIGINT) << %d))", escalation.ServiceShift)
	}
	return "(" + told + " & ?)", mask
}

// tallyAt are the phase and the age of the key: what lies in the period.
func tallyAt(q escalation.FactQuery) (string, []any) {
	from, to := micros(q.From), micros(q.To)
	age := "0" + strings.Repeat(" + CASE WHEN received_at < ? THEN 1 ELSE 0 END", len(q.Ages))
	args := []any{from, from, to, to, from, to, from, to, to, to, to}
	for _, at := range q.Ages {
		args = append(args, micros(at))
	}
	return `(CAST(CASE WHEN opened_at >= ? THEN 1 ELSE 0 END
			+ CASE WHEN forwarded_at >= ? AND forwarded_at < ? THEN 2 ELSE 0 END
			+ CASE WHEN forwarded_at > 0 AND forwarded_at < ? THEN 64 ELSE 0 END
			+ CASE WHEN done_at >= ? AND done_at < ? THEN 4 ELSE 0 END
			+ CASE WHEN overdue_at >= ? AND overdue_at < ? AND overdue_at > opened_at
				THEN CASE WHEN forwarded_at > 0 AND overdue_at > forwarded_at THEN 136 ELSE 8 END ELSE 0 END
			+ CASE WHEN done_at = 0 OR done_at >= ? THEN 16 ELSE 0 END
			+ CASE WHEN overdue_at > 0 AND overdue_at < ? THEN 32 ELSE 0 END AS BIGINT) << ` + fmt.Sprint(keyPhase) + `)
			+ (CAST(CASE WHEN done_at = 0 OR done_at >= ? THEN ` + age + ` ELSE 0 END AS BIGINT) << ` + fmt.Sprint(keyAge) + `)`, args
}

// telling is what is told of turns, in SQL.
type telling struct {
	from    string // the turns
	args    []any  // that from takes
	columns string // of them, which are told of
	sums    string // of each group
	also    string // what groups them besides, with a comma before
}

// tellSums are what is summed of all turns.
func tellSums() telling {
	return telling{from: "fact", columns: "kept, held_1022, held_focal, held_head, held_office", sums: `COUNT(*) AS n, SUM(kept) AS kept,
		SUM(held_1022) AS held_1022, SUM(held_focal) AS held_focal, SUM(held_head) AS held_head, SUM(held_office) AS held_office`}
}

// tellVotes are those of turns that somebody follows.
func tellVotes() telling {
	return telling{from: "fact", columns: "followers, followers_1022", sums: "COUNT(*) AS n, followers, followers_1022", also: ", followers, followers_1022"}
}

// tellMissed are the promises that fell due in the period without a result. When is not
// known of those of before it was noted: they count when their turn ended. Of most turns
// it is one, for which PostgreSQL need not take the text apart.
func (s *Store) tellMissed(q escalation.FactQuery) telling {
	from, to := micros(q.From), micros(q.To)
	return telling{columns: "fell_due", sums: "SUM(fell_due) AS missed", args: []any{from, to, from, to, from, to}, from: `(SELECT fact.*, CASE
			WHEN missed_at <> '' AND missed_at NOT LIKE '% %' THEN CASE WHEN CAST(missed_at AS BIGINT) >= ? AND CAST(missed_at AS BIGINT) < ? THEN 1 ELSE 0 END
			WHEN missed_at <> '' THEN (SELECT COUNT(*) FROM ` + fmt.Sprintf(s.d.numbers, "fact.missed_at") + ` WHERE numbers.value >= ? AND numbers.value < ?)
			WHEN done_at >= ? AND done_at < ? THEN missed ELSE 0 END AS fell_due
		FROM fact WHERE missed > 0) AS fact`}
}

// FactGroups counts the turns that touch the period of the queries, which differ in
// what they group by and tell apart alone: by everything that reports tell apart, which
// is a few hundred groups for each value however many petitions there are. The groups
// come in the order of the queries, and after them those of promises that were missed and
// of the followers' votes.
// PostgreSQL reads the table once for all of them, and by indexes those with followers and
// with promises that were missed.
func (s *Store) FactGroups(ctx context.Context, queries ...escalation.FactQuery) ([][]escalation.FactGroup, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	read := s.eachGrouped
	if s.d.name == postgres.name {
		read = s.allGrouped
	}
	var rows, missed, followed []tallyRow
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() (err error) {
		rows, err = read(ctx, tellSums(), touching(queries[0]), queries)
		return err
	})
	work.Go(func() (err error) {
		missed, err = read(ctx, s.tellMissed(queries[0]), touching(queries[0]), queries)
		return err
	})
	work.Go(func() (err error) { // an index finds those few
		w := touching(queries[0])
		w.and("followers <> ''")
		followed, err = read(ctx, tellVotes(), w, queries)
		return err
	})
	if err := work.Wait(); err != nil {
		return nil, fmt.Errorf("count facts: %w", err)
	}
	votes, err := votesOf(followed)
	if err != nil {
		return nil, fmt.Errorf("count followers' votes: %w", err)
	}
	list := make([][]escalation.FactGroup, len(queries))
	add := func(which int, g escalation.FactGroup) error {
		_, condition, err := dimensionColumn(queries[which].By)
		if g.Value != "" || condition == "" {
			list[which] = append(list[which], g)
		}
		return err
	}
	for _, r := range append(rows, missed...) {
		if err := add(r.Which, r.group()); err != nil {
			return nil, err
		}
	}
	for _, of := range votes {
		if err := add(of.which, of.group); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// followed is a group of a query's turns that somebody follows, with nothing but the votes.
type followed struct {
	which int
	group escalation.FactGroup
}

// votesOf joins the followers' votes of rows that are of one group.
func votesOf(rows []tallyRow) (list []followed, err error) {
	type of struct {
		which int
		value string
		key   int64
	}
	at := map[of]int{}
	for _, r := range rows {
		answer, err1 := escalation.ParseVotes(r.Followers)
		service, err2 := escalation.ParseVotes(r.On1022)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		i, known := at[of{r.Which, r.Value, r.Key}]
		if !known {
			i = len(list)
			at[of{r.Which, r.Value, r.Key}] = i
			list = append(list, followed{r.Which, keyed(r.Value, r.Key)})
		}
		list[i].group.Followers.Add(answer, r.Count)
		list[i].group.FollowersOn1022.Add(service, r.Count)
	}
	return list, nil
}

// eachGrouped reads the table for each query: what is to be told of the groups of the
// rows under a condition, in SQL.
func (s *Store) eachGrouped(ctx context.Context, told telling, w where, queries []escalation.FactQuery) ([]tallyRow, error) {
	read := make([][]tallyRow, len(queries))
	work, ctx := errgroup.WithContext(ctx)
	for i, q := range queries {
		column, _, err := dimensionColumn(q.By)
		if err != nil {
			return nil, err
		}
		key, args := tallyKey(q)
		args = append(append(args, told.args...), w.args...)
		work.Go(func() error {
			return s.tallied(ctx, &read[i], `SELECT `+fmt.Sprint(i)+` AS which, `+column+` AS value, `+key+` AS key, `+told.sums+`
				FROM `+told.from+w.String()+` GROUP BY 2, 3`+told.also, args...)
		})
	}
	err := work.Wait()
	return slices.Concat(read...), err
}

// tallying are PostgreSQL's settings for a report's statement. The tables of groups may
// take some hundred bytes a group, four times a few ten thousand: with the 4 MB that it
// has by itself it sorts the facts instead. And the statements of a report run beside
// each other already: workers of their own would each start, compile and fetch anew, for
// a third more of the processor.
const tallying = `SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0`

// tallied reads the rows of a report's statement.
func (s *Store) tallied(ctx context.Context, rows any, query string, args ...any) error {
	if s.d.name != postgres.name {
		return s.reader().all(ctx, rows, query, args...)
	}
	read, err := s.read.BeginTxx(ctx, s.d.snapshot())
	if err != nil {
		return err
	}
	defer read.Rollback() // nothing was written
	c := conn{ext: read}
	if _, err := c.exec(ctx, tallying); err != nil {
		return err
	}
	return c.all(ctx, rows, query, args...)
}

// allGrouped reads the table once for all queries, as eachGrouped does for each. What lies
// in the period is found once for each row. OFFSET 0 keeps the keys from being seen
// through, see keyPhase.
func (s *Store) allGrouped(ctx context.Context, told telling, w where, queries []escalation.FactQuery) ([]tallyRow, error) {
	var columns, values, sets, keys []string
	var args []any
	made := map[escalation.FactMark]string{} // queries that tell the same apart share a key
	for i, q := range queries {
		column, _, err := dimensionColumn(q.By)
		if err != nil {
			return nil, err
		}
		name := made[q.Marks]
		if name == "" {
			marks, mask := tallyMarks(q)
			name = fmt.Sprint("key", i)
			made[q.Marks] = name
			columns, keys, args = append(columns, marks+" + at AS "+name), append(keys, name), append(args, mask)
		}
		columns, values = append(columns, fmt.Sprint(column, " AS value", i)), append(values, fmt.Sprint("value", i))
		sets = append(sets, fmt.Sprintf("(value%d, %s%s)", i, name, told.also))
	}
	at, atArgs := tallyAt(queries[0])
	args = append(append(append(args, atArgs...), told.args...), w.args...)
	query := `SELECT GROUPING(` + strings.Join(values, ", ") + `) AS which, COALESCE(` + strings.Join(values, ", ") + `) AS value, COALESCE(` + strings.Join(keys, ", ") + `) AS key, ` + told.sums + `
		FROM (SELECT ` + strings.Join(columns, ", ") + `, ` + told.columns + `
			FROM (SELECT marks, service, unit, field, area, channel, officer, ` + told.columns + `, ` + at + ` AS at FROM ` + told.from + w.String() + ` OFFSET 0) AS dated OFFSET 0) AS turns
		GROUP BY GROUPING SETS (` + strings.Join(sets, ", ") + `)`
	var rows []tallyRow
	if err := s.tallied(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Which = whichOf(rows[i].Which, len(queries))
	}
	return rows, nil
}

// FactMedians gives, for each query in their order, the median of a span for each value of
// its dimension, exact to the minute (the lower one of two): how often each minute occurs
// is counted, and the middle of that is found, so that only counts are sorted and not
// petitions. The queries differ in their dimension alone.
func (s *Store) FactMedians(ctx context.Context, of escalation.FactSpan, queries ...escalation.FactQuery) ([]map[string]time.Duration, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	counted, args, err := s.minutes(of, queries)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Which   int    `db:"which"`
		Value   string `db:"value"`
		Minutes int64  `db:"minutes"`
	}
	err = s.tallied(ctx, &rows, `
		WITH counted AS (`+counted+`), running AS (
			SELECT which, value, minutes, SUM(n) OVER (PARTITION BY which, value ORDER BY minutes) AS upto, SUM(n) OVER (PARTITION BY which, value) AS total FROM counted
		)
		SELECT which, value, MIN(minutes) AS minutes FROM running WHERE 2 * upto >= total GROUP BY which, value`, args...)
	if err != nil {
		return nil, fmt.Errorf("medians of %s: %w", of, err)
	}
	medians := make([]map[string]time.Duration, len(queries))
	for i := range medians {
		medians[i] = map[string]time.Duration{}
	}
	for _, r := range rows {
		if s.d.name == postgres.name {
			r.Which = whichOf(r.Which, len(queries))
		}
		_, condition, _ := dimensionColumn(queries[r.Which].By) // minutes has asked
		if r.Value != "" || condition == "" {
			medians[r.Which][r.Value] = time.Duration(r.Minutes) * time.Minute
		}
	}
	return medians, nil
}

// minutes counts how often each minute of a span occurs, for each value of each query:
// by PostgreSQL in one reading.
func (s *Store) minutes(of escalation.FactSpan, queries []escalation.FactQuery) (query string, args []any, err error) {
	w, q := where{}, queries[0]
	switch of {
	case escalation.SpanAcknowledged:
		w.and("forwarded_at >= ? AND forwarded_at < ? AND acknowledged_at > 0", micros(q.From), micros(q.To))
	case escalation.SpanAnswered:
		w.and("done_at >= ? AND done_at < ? AND outcome = 1 AND unit <> ''", micros(q.From), micros(q.To))
	default:
		return "", nil, fmt.Errorf("median of facts: no span %q", of)
	}
	w.andIf(q.Unit != "", "unit = ?", q.Unit)
	span := string(of) + " / 60 AS minutes"
	var columns, values, sets, each []string
	for i, q := range queries {
		column, _, err := dimensionColumn(q.By)
		if err != nil {
			return "", nil, err
		}
		value := fmt.Sprint("value", i)
		columns, values, sets = append(columns, column+" AS "+value), append(values, value), append(sets, "("+value+", minutes)")
		each = append(each, fmt.Sprintf("SELECT %d AS which, %s AS value, %s, COUNT(*) AS n FROM fact%s GROUP BY 2, 3", i, column, span, w.String()))
		args = append(args, w.args...)
	}
	if s.d.name != postgres.name {
		return strings.Join(each, " UNION ALL "), args, nil
	}
	n, whole := len(queries), queries[len(queries)-1].By == escalation.Undivided && len(queries) > 1
	if whole { // it is the sum of the first's values
		columns, values, sets = columns[:n-1], values[:n-1], sets[:n-1]
	}
	list, which := strings.Join(values, ", "), "GROUPING("+strings.Join(values, ", ")+")"
	if whole {
		which = "2 * " + which + " + 1"
	}
	query = `SELECT ` + which + ` AS which, COALESCE(` + list + `) AS value, minutes, COUNT(*) AS n
		FROM (SELECT ` + strings.Join(columns, ", ") + `, ` + span + ` FROM fact` + w.String() + ` OFFSET 0) AS spans
		GROUP BY GROUPING SETS (` + strings.Join(sets, ", ") + `)`
	if whole {
		query = fmt.Sprintf(`WITH parts AS (%s) SELECT which, value, minutes, n FROM parts
			UNION ALL SELECT %d, '', minutes, CAST(SUM(n) AS BIGINT) FROM parts WHERE which = %d GROUP BY minutes`, query, groupingOf(n-1, n), groupingOf(0, n))
	}
	return query, w.args, nil
}

// groupingOf is what GROUPING says of a row of the query with a number, see whichOf.
func groupingOf(which, queries int) int {
	return 1<<queries - 1 ^ 1<<(queries-1-which)
}

// whichOf is the query that a row of grouping sets is of. GROUPING says which of the
// values the row is not grouped by, the first one's bit is the highest: one is missing.
func whichOf(grouping, queries int) int {
	own := 1<<queries - 1 ^ grouping
	return queries - bits.Len(uint(own))
}
