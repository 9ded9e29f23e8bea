package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// Texts of past days are counted once and kept by day, unit, class and state (sms_day), and
// by what they are divided by (sms_day_by); those of the last days, in which texts change,
// are counted when a report asks for them. Segments are told apart by sender, for the price.

// byBrandname is that Outgoing.Sender() is the citizens' sender, of the messages that a
// statement is from.
const byBrandname = `((citizen_of <> 0 OR role = 'citizen' OR lane = 'citizen') AND template <> 'C8n')`

// brandedSegments sums the segments that went by it.
const brandedSegments = `CAST(SUM(CASE WHEN ` + byBrandname + ` THEN segments ELSE 0 END) AS BIGINT) AS branded`

// countAfter is how old, by the machine's clock, a day and all of its texts are before
// they are counted: a day more than after which the database's triggers take a text
// that changes for a late one (migration 00021), since clocks differ.
const countAfter = 8 * day

// day is one of Asia/Ho_Chi_Minh, which has no summer time.
const day = 24 * time.Hour

// countedName is locked by those who count and shared by those who change an old text.
const countedName = "sms_day"

// The two counts of a day: their tables, and those of the days that they have.
const (
	wholeTexts, wholeDays     = "sms_day", "sms_counted"
	dividedTexts, dividedDays = "sms_day_by", "sms_counted_by"
)

// dayOf is the first instant of the day of an instant.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(hanoi).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, hanoi)
}

// CountTexts counts the texts of the days that are old enough and not counted yet by both
// counts and by sender, the oldest first, each in a transaction of its own. It returns how
// many days it counted, at most most; any number of processes may run it.
func (s *Store) CountTexts(ctx context.Context, most int) (days int, err error) {
	machine, err := s.MachineNow(ctx)
	if err != nil {
		return 0, err
	}
	var first int64
	if err := s.reader().get(ctx, &first, `SELECT COALESCE(MIN(at), 0) FROM message`); err != nil || first == 0 {
		return 0, err
	}
	last := dayOf(machine.Add(-countAfter - day))
	open, err := s.uncounted(ctx, `(SELECT w.day FROM `+wholeDays+` w JOIN `+dividedDays+` d ON d.day = w.day WHERE w.by_sender = 1 AND d.by_sender = 1) AS done`, dayOf(time.UnixMicro(first)), last.Add(day))
	if err != nil {
		return 0, err
	}
	for _, r := range open {
		for at := r.from; at.Before(r.to) && days < most; at = at.Add(day) {
			counted, err := s.countDay(ctx, at)
			if err != nil {
				return days, fmt.Errorf("count the texts of %s: %w", at.Format(time.DateOnly), err)
			}
			if counted {
				days++
			}
		}
	}
	return days, nil
}

// countDay counts one day, unless a text of it is too young or somebody else has. Each
// count is made where it is missing. What is there stays, as its texts may have gone since;
// where a release before has made it, its segments are told apart by sender.
func (s *Store) countDay(ctx context.Context, at time.Time) (counted bool, err error) {
	from, to := micros(at), micros(at.Add(day))
	err = s.inTx(ctx, func(t *tx) error {
		counted = false
		if s.d.alone != "" {
			if _, err := t.c.exec(ctx, s.d.alone, countedName); err != nil {
				return err
			}
		}
		var young bool
		err := t.c.get(ctx, &young, `SELECT EXISTS (SELECT 1 FROM message WHERE at >= ? AND at < ? AND created_real >= ?)`, from, to, micros(t.machine.Add(-countAfter)))
		if err != nil || young {
			return err
		}
		for _, of := range []dayCount{wholeDay(from, to), dividedDay(from, to)} {
			made, err := t.count(ctx, of, from)
			if err != nil {
				return fmt.Errorf("%s: %w", of.table, err)
			}
			counted = counted || made
		}
		return nil
	})
	return counted, err
}

// dayCount is one of the two counts of a day: a row for what a statement says of each of
// the keys.
type dayCount struct {
	table, days string
	keys, sums  []string // columns of both; branded is the last of the sums
	query       string
	args        []any
	among       string // which rows of the table it makes, a condition; empty: all
}

func wholeDay(from, to int64) dayCount {
	return dayCount{
		table: wholeTexts, days: wholeDays, keys: []string{"unit", "class", "state"}, sums: []string{"texts", "segments", "branded"},
		query: `SELECT unit, class, state, COUNT(*) AS texts, CAST(SUM(segments) AS BIGINT) AS segments, ` + brandedSegments + ` FROM message
			WHERE at >= ? AND at < ? AND by_email = 0 AND bundle_id = 0 GROUP BY unit, class, state`,
		args: []any{from, to},
	}
}

func dividedDay(from, to int64) dayCount {
	w := where{}
	w.and("at >= ? AND at < ?", from, to)
	parts, args := textsBy(w, divided()...)
	return dayCount{
		table: dividedTexts, days: dividedDays, keys: []string{"dimension", "unit", "value", "loose"},
		sums: []string{"texts", "delivered", "failed", "segments", "branded"}, query: parts, args: args,
		among: " AND dimension NOT IN ('unit', 'class')", // those are the database's own
	}
}

// count makes one count of a day where it is missing, and tells by sender what a release
// before has counted.
func (t *tx) count(ctx context.Context, of dayCount, day int64) (counted bool, err error) {
	var bySender []bool // of no day or of this one
	if err := t.c.all(ctx, &bySender, `SELECT by_sender FROM `+of.days+` WHERE day = ?`, day); err != nil {
		return false, err
	}
	switch {
	case len(bySender) == 0:
		err = t.countAnew(ctx, of, day)
	case bySender[0]:
		return false, nil
	default:
		err = t.tellSenders(ctx, of, day)
	}
	if err == nil { // a mark that is made has the database sum the day
		_, err = t.c.exec(ctx, `DELETE FROM `+of.days+` WHERE day = ?`, day)
	}
	if err == nil {
		_, err = t.c.exec(ctx, `INSERT INTO `+of.days+` (day, by_sender) VALUES (?, 1)`, day)
	}
	return err == nil, err
}

func (t *tx) countAnew(ctx context.Context, of dayCount, day int64) error {
	if _, err := t.c.exec(ctx, `DELETE FROM `+of.table+` WHERE day = ?`+of.among, day); err != nil {
		return err
	}
	columns := strings.Join(slices.Concat(of.keys, of.sums), ", ")
	_, err := t.c.exec(ctx, `INSERT INTO `+of.table+` (day, `+columns+`) SELECT CAST(? AS BIGINT), `+columns+` FROM (`+of.query+`) AS told`,
		append([]any{day}, of.args...)...)
	return err
}

// tellSenders leaves a row as it is whose texts have gone, in part or all of them.
func (t *tx) tellSenders(ctx context.Context, of dayCount, day int64) error {
	var same strings.Builder
	for _, column := range append(slices.Clone(of.keys), "texts", "segments") {
		fmt.Fprintf(&same, " AND %s.%s = told.%s", of.table, column, column)
	}
	_, err := t.c.exec(ctx, `UPDATE `+of.table+` SET branded = told.branded FROM (`+of.query+`) AS told WHERE `+of.table+`.day = ?`+same.String(),
		append(slices.Clone(of.args), day)...)
	return err
}

// stretch is [from, to).
type stretch struct{ from, to time.Time }

// uncounted lists the stretches of [from, to) whose texts are not among the counted days,
// a table. Days that belong to them in part are among them.
func (s *Store) uncounted(ctx context.Context, counted string, from, to time.Time) ([]stretch, error) {
	var days []int64
	err := s.reader().all(ctx, &days, `SELECT day FROM `+counted+` WHERE day >= ? AND day <= ? ORDER BY day`, micros(from), micros(to.Add(-day)))
	if err != nil {
		return nil, fmt.Errorf("which days' texts are counted: %w", err)
	}
	var list []stretch
	for _, d := range days {
		at := time.UnixMicro(d).In(hanoi)
		if from.Before(at) {
			list = append(list, stretch{from, at})
		}
		from = at.Add(day)
	}
	if from.Before(to) {
		list = append(list, stretch{from, to})
	}
	return joined(list), nil
}

// joined makes a few stretches of many, with what lies between the last of them.
func joined(list []stretch) []stretch {
	const most = 100 // conditions of a query
	if len(list) <= most {
		return list
	}
	return append(list[:most-1:most-1], stretch{list[most-1].from, list[len(list)-1].to})
}

// halves are the conditions on a period's counted days, and on the texts of its others.
func (s *Store) halves(ctx context.Context, counted string, from, to time.Time) (past, now where, err error) {
	open, err := s.uncounted(ctx, counted, from, to)
	if err != nil {
		return past, now, err
	}
	past.and("day >= ? AND day <= ?", micros(from), micros(to.Add(-day)))
	at, bounds := []string{"1 = 0"}, []any(nil)
	for _, r := range open {
		past.and("NOT (day >= ? AND day < ?)", micros(dayOf(r.from)), micros(r.to))
		at, bounds = append(at, "at >= ? AND at < ?"), append(bounds, micros(r.from), micros(r.to))
	}
	now.and("("+strings.Join(at[min(1, len(at)-1):], " OR ")+")", bounds...)
	return past, now, nil
}

// SMSTraffic counts the texts of a period by the unit for which people were told, by class
// and state; with a unit only those of that one.
func (s *Store) SMSTraffic(ctx context.Context, from, to time.Time, unit string) ([]escalation.Traffic, error) {
	past, now, err := s.halves(ctx, wholeDays, from, to)
	if err != nil {
		return nil, err
	}
	now.and("by_email = 0 AND bundle_id = 0")
	for _, w := range []*where{&past, &now} {
		w.andIf(unit != "", "unit = ?", unit)
	}
	var rows []struct {
		Unit     string                  `db:"unit"`
		Class    escalation.Class        `db:"class"`
		State    escalation.MessageState `db:"state"`
		Texts    int                     `db:"texts"`
		Segments int                     `db:"segments"`
		Branded  int                     `db:"branded"`
	}
	err = s.tallied(ctx, &rows, `SELECT unit, class, state, CAST(SUM(texts) AS BIGINT) AS texts, CAST(SUM(segments) AS BIGINT) AS segments, CAST(SUM(branded) AS BIGINT) AS branded FROM (
			SELECT unit, class, state, texts, segments, branded FROM sms_day_told`+past.String()+`
			UNION ALL SELECT unit, class, state, COUNT(*), CAST(SUM(segments) AS BIGINT), `+brandedSegments+` FROM message`+now.String()+` GROUP BY unit, class, state
		) AS told GROUP BY unit, class, state ORDER BY unit, class, state`, append(past.args, now.args...)...)
	if err != nil {
		return nil, fmt.Errorf("count texts: %w", err)
	}
	list := make([]escalation.Traffic, len(rows))
	for i, r := range rows {
		list[i] = escalation.Traffic(r)
	}
	return list, nil
}
