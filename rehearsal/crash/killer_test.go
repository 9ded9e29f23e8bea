package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"time"

	"notify1022/smpp/smsc"
)

// killer ends processes at random instants and starts them again.
type killer struct {
	town   *crashTown
	random *rand.Rand
	count  map[string]int // by what was done
}

// blow is one thing that can happen to a hotline.
type blow struct {
	name string
	do   func()
}

// blows lists them; each kind comes once before any comes again.
func (k *killer) blows() []blow {
	town := k.town
	list := []blow{
		{"redis killed", func() { town.redis.kill(); town.redis.start() }},
		{"redis emptied", func() { k.flush() }},
		{"postgres stopped hard", func() { town.postgres.Stop(); town.postgres.Start() }},
		{"links dropped", town.smsc.Drop},
	}
	for n, p := range town.serves {
		role := strings.TrimRight(p.name, "0123456789")
		list = append(list, blow{role + " killed", func() { p.kill(); p.start() }})
		switch {
		case role == "web":
		case n%2 == 0:
			list = append(list, blow{role + " frozen", func() { k.freeze(p) }})
		default:
			list = append(list, blow{role + " frozen at its start", func() { k.freezeStarting(p) }})
		}
	}
	return list
}

// flush empties Redis; one that has just been started may not answer yet.
func (k *killer) flush() {
	ctx, cancel := context.WithTimeout(k.town.ctx, 3*time.Second)
	defer cancel()
	for ctx.Err() == nil && k.town.client.FlushAll(ctx).Err() != nil {
	}
}

// freeze stops a process past its leases and their grace, when others have what it
// had, and lets it go on, believing that it still has it.
func (k *killer) freeze(p *process) {
	p.signal(syscall.SIGSTOP)
	wait(k.town.ctx, crashLease+crashGrace+2*time.Second)
	p.signal(syscall.SIGCONT)
}

// freezeStarting freezes a process that has only just begun: it has asked for the time and
// not heard it, or has no view of its own yet to hold against what it reads.
func (k *killer) freezeStarting(p *process) {
	p.kill()
	p.start()
	wait(k.town.ctx, time.Duration(k.random.Int64N(int64(400*time.Millisecond))))
	k.freeze(p)
}

// Lease and grace of the crash test's gateways.
const (
	crashLease = 4 * time.Second
	crashGrace = 4 * time.Second
)

// run strikes n times, and on until kills of the blows were kills, each time after up
// to a second.
func (k *killer) run(n, kills int) {
	var left []blow
	for struck := 0; struck < n || k.kills() < kills; struck++ {
		if len(left) == 0 {
			left = k.blows()
			k.random.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		}
		k.town.smsc.SetFaults(k.faults())
		if !wait(k.town.ctx, time.Duration(k.random.Int64N(int64(time.Second)))) {
			return
		}
		next := left[0]
		left = left[1:]
		next.do()
		k.count[next.name]++
	}
	k.town.smsc.SetFaults(smsc.Faults{})
}

// faults are the SMSC's for the next second.
func (k *killer) faults() smsc.Faults {
	some := func(of int) int {
		if k.random.IntN(3) > 0 {
			return 0
		}
		return 2 + k.random.IntN(of)
	}
	return smsc.Faults{
		Latency: smsc.Duration(k.random.IntN(30)) * smsc.Duration(time.Millisecond), Jitter: smsc.Duration(50 * time.Millisecond),
		DropEvery: some(30), SilentEvery: some(30), Rate: 10 * some(10), DuplicateReceipts: some(2) > 0, DuplicateResponses: some(2) > 0,
		StrayResponses: some(2) > 0,
	}
}

// kills is how many of the blows ended a process: kill -9 and hard stops.
func (k *killer) kills() int {
	total := 0
	for name, n := range k.count {
		if strings.HasSuffix(name, " killed") || strings.HasSuffix(name, " stopped hard") {
			total += n
		}
	}
	return total
}

func (k *killer) String() string {
	var said []string
	total := 0
	for name, n := range k.count {
		said = append(said, fmt.Sprintf("%s %d", name, n))
		total += n
	}
	slices.Sort(said)
	return fmt.Sprintf("%d blows, %d of them kills: %s", total, k.kills(), strings.Join(said, ", "))
}

// wait is for a random instant to come, which nothing announces.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
