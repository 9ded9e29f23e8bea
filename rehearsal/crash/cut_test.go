package crash

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// farName is by what PostgreSQL knows the sessions of the processes on the far host.
const farName = "far"

// moveAway has some of the processes reach PostgreSQL as from another host, over a network
// that can be cut.
func (town *crashTown) moveAway(serves ...int) {
	t := town.t
	t.Helper()
	text, err := os.ReadFile(town.path)
	if err != nil {
		t.Fatal(err)
	}
	there := town.postgres.Far() + "&tcp_user_timeout=3000&connect_timeout=2&tcp_keepalives_idle=2&tcp_keepalives_interval=1&application_name=" + farName
	path := mustWrite(t, filepath.Dir(town.path), "far.yaml", strings.Replace(string(text), town.postgres.Source(), there, 1))
	for _, n := range serves {
		p := town.serves[n]
		p.kill()
		for i, word := range p.command {
			if word == town.path {
				p.command[i] = path
			}
		}
		p.start()
	}
}

// far counts the sessions from the far host.
func (town *crashTown) far() (n int) {
	town.t.Helper()
	if err := town.rows.GetContext(town.ctx, &n, `SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = $1`, farName); err != nil {
		town.t.Fatal(err)
	}
	return n
}

// await waits until it is so, for three minutes at most.
func (town *crashTown) await(what string, so func() bool) {
	town.t.Helper()
	ctx, cancel := context.WithTimeout(town.ctx, 3*time.Minute)
	defer cancel()
	for !so() {
		if !wait(ctx, 100*time.Millisecond) {
			town.t.Errorf("waited in vain: %s", what)
			return
		}
	}
}

// The network between PostgreSQL and the host of a worker and a gateway is cut, past all leases,
// while the SMSC and the others are reached: what the two had is done by the others, once, and
// they go on when the network is back.
func TestProcessesThatAreCutOffFromPostgresLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED in the short run: processes that are cut off from PostgreSQL")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	town := newCrashTown(t, ctx)
	town.postgres.CutOff(t)() // or the test is skipped here
	town.moveAway(1, 4)
	town.live(5, func() {
		for range 2 {
			town.await("the far host works", func() bool { return town.far() > 0 })
			wait(ctx, 3*time.Second)
			heal := town.postgres.CutOff(t)
			town.await("PostgreSQL gives up the sessions of who is cut off", func() bool { return town.far() == 0 })
			wait(ctx, crashLease+crashGrace+2*time.Second)
			heal()
		}
		town.await("the far host is back", func() bool { return town.far() > 0 })
		wait(ctx, 2*time.Second)
	})
}
