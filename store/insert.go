package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// insertion is one statement of an insert: its arguments, and the rows that are left.
type insertion struct {
	args []any
	left [][]any
}

// inserts are the statements that write rows of equal width, of a few rows or a power of
// two each, so that the database prepares few different ones. before is "INSERT INTO t (a, b)",
// after the conflict clause.
func inserts(before, after string, rows [][]any) iter.Seq2[string, insertion] {
	const few, mostRows, mostArgs = 8, 256, 30000 // SQLite takes 32,766 arguments, PostgreSQL 65,535
	return func(yield func(string, insertion) bool) {
		for len(rows) > 0 {
			n := mostRows
			for n > len(rows) || n*len(rows[0]) > mostArgs {
				n /= 2
			}
			if len(rows) <= few {
				n = len(rows)
			}
			query := before + " VALUES " + places(n, len(rows[0])) + " " + after
			args := slices.Concat(rows[:n]...)
			if rows = rows[n:]; !yield(query, insertion{args, rows}) {
				return
			}
		}
	}
}

// insert writes rows (inserts) and returns how many were written.
func (c conn) insert(ctx context.Context, before, after string, rows [][]any) (int64, error) {
	var written int64
	for query, part := range inserts(before, after, rows) {
		touched, err := c.exec(ctx, query, part.args...)
		if err != nil {
			return written, err
		}
		written += touched
	}
	return written, nil
}

func places(rows, width int) string {
	row := "(?" + strings.Repeat(", ?", width-1) + ")"
	return row + strings.Repeat(", "+row, rows-1)
}

// update writes new values into rows that exist, chosen by id, in few
// statements. columns are "name TYPE"; the first value of each row is its id.
// extra is a further condition, or empty.
func (c conn) update(ctx context.Context, table string, columns []string, extra string, rows [][]any) (int64, error) {
	const mostRows = 256
	names, casts, sets := []string{"id"}, []string{"CAST(? AS BIGINT)"}, []string{}
	for _, column := range columns {
		name, kind, _ := strings.Cut(column, " ")
		names, casts = append(names, name), append(casts, "CAST(? AS "+kind+")")
		sets = append(sets, fmt.Sprintf("%s = v.%s", name, name))
	}
	row := "(" + strings.Join(casts, ", ") + ")"
	var written int64
	for len(rows) > 0 {
		n := mostRows
		for n > len(rows) {
			n /= 2
		}
		args := make([]any, 0, n*len(names))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		touched, err := c.exec(ctx, fmt.Sprintf("WITH v (%s) AS (VALUES %s) UPDATE %s SET %s FROM v WHERE %s.id = v.id %s",
			strings.Join(names, ", "), row+strings.Repeat(", "+row, n-1), table, strings.Join(sets, ", "), table, extra), args...)
		if err != nil {
			return written, err
		}
		written += touched
		rows = rows[n:]
	}
	return written, nil
}
