package store

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/store/storetest"
)

// bottleneck is a store with one connection, by a clock that the test moves.
type bottleneck struct {
	*Store
	t     *testing.T
	begun time.Time
	past  atomic.Int64  // nanoseconds since
	asked chan struct{} // the clock was read
}

func bottleneckOf(t *testing.T, dsn string) *bottleneck {
	opened(t, dsn)
	b := &bottleneck{t: t, begun: time.Now().Truncate(time.Microsecond), asked: make(chan struct{}, 100)}
	s, err := Open(t.Context(), dsn, Options{Connections: 1, Machine: b.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b.Store = s
	return b
}

func (b *bottleneck) now() time.Time {
	select {
	case b.asked <- struct{}{}:
	default:
	}
	return b.begun.Add(time.Duration(b.past.Load()))
}

// waits lets work wait for the connection, on which another process' lease is written, for
// as long as is said.
func (b *bottleneck) waits(wait, lease time.Duration, work func()) {
	b.t.Helper()
	held, err := b.write.Beginx()
	if err != nil {
		b.t.Fatal(err)
	}
	defer held.Rollback() // after a commit it does nothing
	write := fmt.Sprintf(`INSERT INTO period (kind, period, owner, lease_real) VALUES ('morning', 'p1', 'b', %d)
		ON CONFLICT (kind, period) DO UPDATE SET lease_real = excluded.lease_real`, micros(b.begun.Add(lease)))
	if _, err := held.Exec(write); err != nil {
		b.t.Fatal(err)
	}
	for len(b.asked) > 0 {
		<-b.asked
	}
	done := make(chan struct{})
	go func() { defer close(done); work() }()
	select {
	case <-b.asked: // before it has the connection
	case <-time.After(300 * time.Millisecond): // it waits, and will ask when it has
	}
	b.past.Add(int64(wait))
	if err := held.Commit(); err != nil {
		b.t.Error(err)
	}
	<-done
}

// Who waits for a connection while another takes the period finds a lease that began after
// his question: it is of no clock that was ahead.
func TestAPeriodTakenWhileOneWaitsForAConnectionStaysTaken(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		b := bottleneckOf(t, dsn)
		b.waits(10*time.Second, 10*time.Second+periodLease, func() {
			if got, err := b.holdPeriod(t.Context(), "morning", "p1", "a"); got || err != nil {
				t.Errorf("it is taken from who does the work: %t, %v", got, err)
			}
		})
	})
}

// A process that stands still in its transaction holds no row yet: another may take the
// period meanwhile, for as long as the database waits for it (0047).
func TestAPeriodTakenWhileOneStandsStillStaysTaken(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		b, other := bottleneckOf(t, dsn), bottleneckOf(t, dsn)
		if b.d.name == lite.name {
			t.Skip("NOT TESTED on SQLite: one transaction writes at a time")
		}
		other.begun = b.begun.Add(14 * time.Second)
		taken := false
		b.clock.fixed = func() time.Time {
			if !taken {
				taken = true
				if got, err := other.holdPeriod(t.Context(), "morning", "p1", "b"); !got || err != nil {
					t.Errorf("the other does not get it: %t, %v", got, err)
				}
			}
			return b.begun
		}
		if got, err := b.holdPeriod(t.Context(), "morning", "p1", "a"); got || err != nil {
			t.Errorf("it is taken from who does the work: %t, %v", got, err)
		}
	})
}

func TestALeaseThatIsRenewedLateLastsFromThen(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		b := bottleneckOf(t, dsn)
		b.waits(20*time.Second, periodLease, func() {
			if held, err := b.renew(t.Context(), "morning", "p1", "b"); !held || err != nil {
				t.Errorf("held: %t, %v", held, err)
			}
		})
		var lease int64
		if err := b.reader().get(t.Context(), &lease, `SELECT lease_real FROM period WHERE kind = 'morning'`); err != nil {
			t.Fatal(err)
		}
		if got := instant(lease).Sub(b.begun); got != 20*time.Second+periodLease {
			t.Errorf("it lasts until %s after the start, want 50 s", got)
		}
	})
}
