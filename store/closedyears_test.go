package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

var closedYears = regexp.MustCompile("(?s)```sql\n(CREATE TEMPORARY TABLE gone .*?)```")

// TestTheStatementsForClosedYearsLeaveNothingOfThem runs what docs/operations.md tells an
// administrator to run.
func TestTheStatementsForClosedYearsLeaveNothingOfThem(t *testing.T) {
	document, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	recipe := closedYears.FindSubmatch(document)
	if recipe == nil {
		t.Fatal("docs/operations.md has no statements for closed years")
	}
	each(t, func(t *testing.T, w *world) {
		if w.Backend() != "postgres" {
			return // the statements are for a country on PostgreSQL
		}
		desk := w.careful()
		old := w.told(desk, citizenPhone, "Đèn tắt")
		w.ended(desk, old)
		busy := w.add(full(w))
		w.change(busy.ID, func(p *escalation.Petition, fx *escalation.Effects) {
			p.Status, p.ClosedAt = escalation.Closed, w.now()
			fx.Commended = []escalation.Commended{{Petition: busy.ID, No: 1, Code: busy.Code, Who: escalation.CommendCitizen, Reason: "hữu ích", At: w.now()}}
			fx.Tasks = []escalation.Task{{Key: "k", Kind: escalation.TaskCall, PetitionID: busy.ID}}
		})
		open := w.told(desk, "+84570000999", "Rác ở ngõ bên")
		db := w.raw()
		defer db.Close()
		// What no short way of the desk leads to.
		_, err := db.ExecContext(t.Context(), `UPDATE petition SET closed_at = $1 WHERE id = $2`, monday.UnixMicro(), old.ID)
		w.must(err)
		_, err = db.ExecContext(t.Context(), `INSERT INTO external_code (code, petition_id) VALUES ('CU-1', $1)`, old.ID)
		w.must(err)
		for _, row := range []string{`INSERT INTO retention_held (kind, petition_id) VALUES ('citizen', $1)`, `INSERT INTO inbox_petition (petition_id, inbox_id) VALUES ($1, 1)`} {
			_, err = db.ExecContext(t.Context(), row, old.ID)
			w.must(err)
		}

		tx, err := db.BeginTx(t.Context(), nil)
		w.must(err)
		for statement := range strings.SplitSeq(string(recipe[1]), ";\n") {
			if strings.Contains(statement, "$1") {
				_, err = tx.ExecContext(t.Context(), strings.ReplaceAll(statement, "$1", "CAST($1 AS BIGINT)"), w.now().Add(24*time.Hour).UnixMicro())
			} else {
				_, err = tx.ExecContext(t.Context(), statement)
			}
			if err != nil {
				t.Fatalf("%v in\n%s", err, statement)
			}
		}
		w.must(tx.Commit())

		stays := map[string]bool{"fact": true, "idempotency": true}
		rows, err := db.QueryContext(t.Context(), `SELECT table_name FROM information_schema.columns WHERE column_name = 'petition_id' AND table_schema = 'public'`)
		w.must(err)
		var tables []string
		for rows.Next() {
			var table string
			w.must(rows.Scan(&table))
			if !stays[table] {
				tables = append(tables, table)
			}
		}
		w.must(rows.Close())
		if len(tables) < 12 {
			t.Fatalf("%d tables speak of petitions", len(tables))
		}
		for _, table := range tables {
			var left int
			w.must(db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table+` WHERE petition_id IN ($1, $2)`, old.ID, busy.ID).Scan(&left))
			if left != 0 {
				t.Errorf("%s has %d rows of them", table, left)
			}
		}
		if found, err := w.PetitionByCode(t.Context(), open.Code); err != nil || len(found.Timeline) == 0 {
			t.Errorf("the open one: %v", err)
		}
		if _, err := w.PetitionByCode(t.Context(), old.Code); problem(err) != escalation.NotFound {
			t.Errorf("a closed one: %v", err)
		}
	})
}
