package store

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// The indexes of numbers are partial, and SQLite takes one only where the statement says the
// same words; PostgreSQL looks at the values.

// planned are the statements that a plan can be asked of.
var planned = regexp.MustCompile(`(?s)^\s*(SELECT|UPDATE|DELETE|INSERT).* (FROM|UPDATE|WHERE) `)

func TestWhatIsDoneAboutOneNumberReadsNoWholeTable(t *testing.T) {
	dsn := storetest.SQLite(t)
	s := opened(t, dsn)
	petition := lived(t, s)
	const number = "+84570000101" // of its citizen
	few := regexp.MustCompile(`SCAN (webhook|personal_request)`)
	looks := 0
	for _, statement := range heardOf(t, s, dsn, func(s *Store) error {
		_, beside := s.HeardBeside(t.Context(), petition, true, 10)
		_, of := s.HeardOf(t.Context(), petition, true, 10)
		_, others := s.OfCitizen(t.Context(), number, true, 10)
		erased := s.By(escalation.Ladder()).EraseCitizen(t.Context(), petition)
		return errors.Join(beside, of, others, erased, s.By(escalation.Ladder()).ForgetPhone(t.Context(), number, "YC-1"))
	}) {
		if !planned.MatchString(statement) {
			continue
		}
		looks++
		plan := planOf(t, s, placeholder.ReplaceAllString(statement, "'5'"))
		if fullScan.MatchString(few.ReplaceAllString(plan, "")) {
			t.Errorf("%s\nreads a whole table: %s", statement, plan)
		}
	}
	if looks < 30 {
		t.Errorf("%d statements were heard", looks)
	}
}

// oncePerRow is how SQLite writes that it reads a whole table for each row of another.
var oncePerRow = regexp.MustCompile(`CORRELATED [A-Z ]+\d+\n+SCAN \w+( AS \w+)?($|\n)`)

func TestNoUpgradeReadsAWholeTableForEachRowOfAnother(t *testing.T) {
	s := opened(t, storetest.SQLite(t))
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	looks := 0
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(lite.speak(string(text)), "-- +goose Down")
		for statement := range strings.SplitSeq(comment.ReplaceAllString(up, ""), ";") {
			if !planned.MatchString(statement) || strings.Contains(statement, "new.") || strings.Contains(statement, "FROM account a") {
				continue // what a trigger does, and what reads the few accounts
			}
			looks++
			if plan := planOf(t, s, statement); oncePerRow.MatchString(plan) {
				t.Errorf("%s: %s\n%s", name, statement, plan)
			}
		}
	}
	if looks < 5 {
		t.Errorf("%d statements were looked at", looks)
	}
}

var comment = regexp.MustCompile(`--.*`)
