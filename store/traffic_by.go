package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// division is a way in which texts are told apart: by something of their petitions, or by
// who got them. A report of the city wants them all together, one of a unit those that
// went to its people.
type division struct {
	by     escalation.Dimension
	ofUnit bool // apart for each unit, without what went to nobody of a unit
}

// undivided are those of a report of the city that no petition is needed for.
func undivided() []division {
	return []division{{escalation.ByUnit, false}, {escalation.ByClass, false}}
}

// divided are the others.
func divided() []division {
	var list []division
	for _, by := range []escalation.Dimension{escalation.ByField, escalation.ByArea, escalation.ByChannel} {
		list = append(list, division{by, false}, division{by, true})
	}
	return append(list, division{escalation.ByOfficer, true})
}

// asked are the divisions that a report wants.
func asked(unit string, by []escalation.Dimension) (whole, parts []division, err error) {
	for _, by := range by {
		d := division{by, unit != "" || by == escalation.ByOfficer}
		switch {
		case slices.Contains(undivided(), d):
			whole = append(whole, d)
		case slices.Contains(divided(), d):
			parts = append(parts, d)
		default:
			return nil, nil, fmt.Errorf("count texts of %q: not by %q", unit, by)
		}
	}
	return whole, parts, nil
}

// sumsOfTexts are what is summed of texts that are summed before, in SQL.
const sumsOfTexts = `CAST(SUM(texts) AS BIGINT) AS texts, CAST(SUM(delivered) AS BIGINT) AS delivered, CAST(SUM(failed) AS BIGINT) AS failed,
	CAST(SUM(segments) AS BIGINT) AS segments, CAST(SUM(branded) AS BIGINT) AS branded`

// sumsOfMessages are the same of messages.
func sumsOfMessages() (sums string, args []any) {
	return `COUNT(*) AS texts, CAST(SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) AS BIGINT) AS delivered,
		CAST(SUM(CASE WHEN state IN (?, ?) THEN 1 ELSE 0 END) AS BIGINT) AS failed, CAST(SUM(segments) AS BIGINT) AS segments, ` + brandedSegments,
		[]any{string(escalation.Delivered), string(escalation.Failed), string(escalation.Expired)}
}

// textsBy counts the messages under a condition by the divisions: a statement with the
// columns dimension, unit, value, loose and the sums.
func textsBy(w where, list ...division) (query string, args []any) {
	w.and("by_email = 0 AND bundle_id = 0 AND state <> ?", string(escalation.Dropped))
	var whole, about, to []division
	for _, d := range list {
		switch {
		case slices.Contains(undivided(), d):
			whole = append(whole, d)
		case d.by == escalation.ByOfficer:
			to = append(to, d)
		default:
			about = append(about, d)
		}
	}
	var parts []string
	for _, of := range []struct {
		list  []division
		texts func(where, []division) (string, []any)
	}{{whole, textsWhole}, {about, textsAbout}, {to, textsTo}} {
		if len(of.list) > 0 {
			part, more := of.texts(w, of.list)
			parts, args = append(parts, "SELECT * FROM ("+part+") AS part"), append(args, more...)
		}
	}
	return strings.Join(parts, " UNION ALL "), args
}

// textsWhole counts the messages by unit, and by class.
func textsWhole(w where, list []division) (query string, args []any) {
	sums, args := sumsOfMessages()
	var parts []string
	for _, d := range list {
		parts = append(parts, fmt.Sprintf("SELECT '%s' AS dimension, '' AS unit, %s AS value, 0 AS loose, %s FROM told GROUP BY %s", d.by, d.by, sumsOfTexts, d.by))
	}
	return `WITH told AS MATERIALIZED (SELECT unit, class, ` + sums + ` FROM message` + w.String() + ` GROUP BY unit, class) ` +
		strings.Join(parts, " UNION ALL "), append(args, w.args...)
}

// textsTo counts the messages by the people of units that they went to.
func textsTo(w where, _ []division) (query string, args []any) {
	sums, args := sumsOfMessages()
	w.conditions = append(slices.Clip(w.conditions), "unit <> ''")
	return fmt.Sprintf(`SELECT '%s' AS dimension, unit, CAST(contact_id AS TEXT) AS value, 0 AS loose, %s FROM message%s GROUP BY unit, contact_id`,
		escalation.ByOfficer, sums, w.String()), append(args, w.args...)
}

// textsAbout counts the messages by their petitions. Those of a petition are summed first,
// and then its field is looked up once. A denunciation has neither field nor area, as in
// facts.
func textsAbout(w where, list []division) (query string, args []any) {
	sums, args := sumsOfMessages()
	unit, unitOf := "", ""
	if slices.ContainsFunc(list, func(d division) bool { return d.ofUnit }) {
		unit, unitOf = ", unit", ", m.unit"
	}
	var parts []string
	for _, d := range list {
		of, only := "''", ""
		if d.ofUnit {
			of, only = "unit", " WHERE unit <> ''"
		}
		parts = append(parts, fmt.Sprintf(`SELECT '%s' AS dimension, %s AS unit, %s AS value, loose, %s FROM told%s GROUP BY 2, 3, 4`, d.by, of, d.by, sumsOfTexts, only))
	}
	return `WITH told AS MATERIALIZED (
			SELECT CASE WHEN p.denunciation = 0 THEN p.field ELSE '' END AS field, CASE WHEN p.denunciation = 0 THEN p.area ELSE '' END AS area,
				COALESCE(p.channel, '') AS channel, CASE WHEN p.id IS NULL THEN 1 ELSE 0 END AS loose` + unitOf + `, ` + sumsOfTexts + `
			FROM (SELECT petition_id` + unit + `, ` + sums + ` FROM message` + w.String() + ` GROUP BY petition_id` + unit + `) AS m
				LEFT JOIN petition p ON p.id = m.petition_id
			GROUP BY 1, 2, 3, 4` + unitOf + `
		) ` + strings.Join(parts, " UNION ALL "), append(args, w.args...)
}

// textSumRow is a row of what texts came to.
type textSumRow struct {
	By        escalation.Dimension `db:"dimension"`
	Unit      string               `db:"unit"`
	Value     string               `db:"value"`
	Loose     bool                 `db:"loose"`
	Texts     int                  `db:"texts"`
	Delivered int                  `db:"delivered"`
	Failed    int                  `db:"failed"`
	Segments  int                  `db:"segments"`
	Branded   int                  `db:"branded"`
}

// TextSums counts the texts of a period by field, area and channel of their petitions, and
// by the officers they went to, whose names are told; with a unit only those that went to
// its people. Those of the city also by unit and by class.
func (s *Store) TextSums(ctx context.Context, from, to time.Time, unit string, by ...escalation.Dimension) ([]escalation.TextSum, error) {
	whole, parts, err := asked(unit, by)
	if err != nil {
		return nil, err
	}
	var each []string
	var args []any
	for _, of := range []struct {
		days string
		list []division
	}{{wholeDays, whole}, {dividedDays, parts}} {
		if len(of.list) == 0 {
			continue
		}
		past, now, err := s.halves(ctx, of.days, from, to)
		if err != nil {
			return nil, err
		}
		stored, units := storedBy(of.list, unit)
		past.and(stored, units...)
		now.andIf(unit != "", "unit = ?", unit)
		young, more := textsBy(now, of.list...)
		each = append(each, `SELECT dimension, unit, value, loose, `+sumsOfTexts+` FROM sms_day_by`+past.String()+` GROUP BY dimension, unit, value, loose`, young)
		args = slices.Concat(args, past.args, more)
	}
	if len(each) == 0 {
		return nil, nil
	}
	var rows []textSumRow
	err = s.tallied(ctx, &rows, `SELECT dimension, unit, value, loose, `+sumsOfTexts+` FROM (`+strings.Join(each, " UNION ALL ")+`) AS told
		GROUP BY dimension, unit, value, loose ORDER BY dimension, unit, value, loose`, args...)
	if err != nil {
		return nil, fmt.Errorf("count texts by what they are about: %w", err)
	}
	return s.namedSums(ctx, rows)
}

// storedBy is the condition on the counted rows of the divisions.
func storedBy(list []division, unit string) (condition string, args []any) {
	var each []string
	for _, d := range list {
		of := fmt.Sprintf("dimension = '%s'", d.by)
		if unit != "" || !d.ofUnit { // else of every unit
			of, args = of+" AND unit = ?", append(args, unit)
		}
		each = append(each, of)
	}
	return "(" + strings.Join(each, " OR ") + ")", args
}

// namedSums are the rows with officers' names for their ids.
func (s *Store) namedSums(ctx context.Context, rows []textSumRow) ([]escalation.TextSum, error) {
	var names map[string]string
	list := make([]escalation.TextSum, len(rows))
	for i, r := range rows {
		list[i] = escalation.TextSum(r)
		if r.By != escalation.ByOfficer {
			continue
		}
		if names == nil {
			var err error
			if names, err = s.contactNames(ctx); err != nil {
				return nil, err
			}
		}
		list[i].Value = names[r.Value]
	}
	return list, nil
}

// contactNames are the names of everybody who is or was in the directory, by id.
func (s *Store) contactNames(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		ID   int64  `db:"id"`
		Name string `db:"name"`
	}
	if err := s.reader().all(ctx, &rows, `SELECT id, name FROM contact`); err != nil {
		return nil, fmt.Errorf("names of those who got texts: %w", err)
	}
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[fmt.Sprint(r.ID)] = r.Name
	}
	return names, nil
}
