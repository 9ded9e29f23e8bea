package storetest_test

import (
	"database/sql"
	"testing"

	"notify1022/store/storetest"
)

func TestEachPostgresDatabaseIsEmptyAndItsOwn(t *testing.T) {
	one, two := storetest.Postgres(t), storetest.Postgres(t)
	if one == two {
		t.Fatal("two tests share one database")
	}
	for _, dsn := range []string{one, two} {
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("CREATE TABLE mine (id BIGINT)"); err != nil {
			t.Errorf("a table in a new database: %v", err)
		}
	}
}
