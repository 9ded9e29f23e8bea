package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"notify1022/store/storetest"
)

// A process that is frozen in the middle of a transaction has rows locked; PostgreSQL gives its
// session up, and the others go on with them. What it does when it thaws is as if the database had
// been away.
func TestATransactionThatIsFrozenHoldsNobodyUpForLong(t *testing.T) {
	dsn := storetest.Postgres(t)
	frozen, other := opened(t, dsn+"&idle_in_transaction_session_timeout=300"), opened(t, dsn)
	const lock = `SELECT id FROM installation FOR UPDATE`
	locked, thaw, died := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		died <- frozen.inTx(context.Background(), func(tx *tx) error {
			var id string
			if err := tx.c.get(context.Background(), &id, lock); err != nil {
				return err
			}
			close(locked)
			<-thaw
			return tx.c.get(context.Background(), &id, lock)
		})
	}()
	<-locked
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := other.inTx(ctx, func(tx *tx) error {
		var id string
		return tx.c.get(ctx, &id, lock)
	}); err != nil {
		t.Errorf("another process waits for the frozen one: %v", err)
	}
	close(thaw)
	var away Away
	if err := <-died; !errors.As(err, &away) {
		t.Errorf("the frozen transaction ends with %v", err)
	}
}

func TestASessionIsGivenUpAfterSecondsUnlessTheAddressSaysOtherwise(t *testing.T) {
	dsn := storetest.Postgres(t)
	for address, want := range map[string]string{dsn: "15s", dsn + "&idle_in_transaction_session_timeout=5000": "5s"} {
		db, got := opened(t, address), ""
		if err := db.reader().get(t.Context(), &got, `SHOW idle_in_transaction_session_timeout`); err != nil || got != want {
			t.Errorf("%s, %v, not %s", got, err, want)
		}
	}
}
