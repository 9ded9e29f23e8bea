package crash

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// The long form: go test ./rehearsal/crash -run TestNothingIsLost -crash.kills 200 -timeout 120m
var (
	crashBlows = flag.Int("crash.blows", 14, "how often a part of the hotline is killed, frozen, emptied or cut off")
	crashKills = flag.Int("crash.kills", 0, "how many of the blows are kills at least: more blows follow until they are")
	crashOlder = flag.String("crash.older", "", "the program of an older release, that one of the workers and one of the gateways run")
	crashSeed  = flag.Uint64("crash.seed", 0, "of the blows; 0: a new one")
)

// Processes are killed, frozen and emptied at random instants while petitions come
// in, rungs fall due and officers answer, over an SMSC that drops links, delays,
// throttles and repeats. Then what the handsets saw is compared with what the
// petitions demand.
//
// field failure 5
// field failure 40
// field failure 41
func TestNothingIsLostAndNothingFiresTwiceWhateverIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED in the short run: the hotline's processes are not killed")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(max(*crashBlows, 2**crashKills))*15*time.Second+20*time.Minute)
	defer cancel()
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("the blows' seed is %d (-crash.seed)", seed)
	town := newCrashTown(t, ctx)
	town.older(*crashOlder, 1, 4)
	k := &killer{town: town, random: rand.New(rand.NewPCG(seed, 1)), count: map[string]int{}}
	town.live(*crashBlows, func() { k.run(*crashBlows, *crashKills) })
	t.Logf("%s", k)
}

// live lets people ask and officers answer while something goes on, and judges what came
// of it; least is how many petitions there must be to say so.
func (town *crashTown) live(least int, while func()) {
	t, ctx := town.t, town.ctx
	t.Helper()
	people, desk := &citizens{town: town, accepted: map[string]int{}, first: map[string]time.Time{}}, &officers{town: town}
	answering, hangUp := context.WithCancel(ctx)
	defer hangUp()
	desk.run(answering)
	stop := make(chan struct{})
	var feeding sync.WaitGroup
	feeding.Go(func() { people.run(stop) })
	while()
	close(stop)
	feeding.Wait()
	town.settle()
	hangUp()
	desk.work.Wait()
	town.settle() // what was taken from an officer while they hung up is answered, too

	o := newObserver(town)
	for code := range people.accepted {
		found, err := town.db.PetitionByCode(ctx, code)
		if err != nil {
			o.fault(&o.lost, "%s was answered 201 and is not there: %v", code, err)
			continue
		}
		o.judge(found, people.first[code])
		if slices.Contains(desk.acked, code) {
			o.acknowledged(found)
		}
		if slices.Contains(desk.resulted, code) {
			o.resulted(found)
		}
	}
	var taken int
	if err := town.rows.GetContext(ctx, &taken, `SELECT COUNT(*) FROM petition`); err != nil {
		t.Error(err)
	}
	if err := o.strays(ctx); err != nil {
		t.Error(err)
	}
	if err := o.tooOften(); err != nil {
		t.Error(err)
	}
	// Every request was made until it was answered 201, so each made one petition.
	if taken != len(people.accepted) {
		t.Errorf("%d petitions of %d requests that were answered 201", taken, len(people.accepted))
	}
	t.Logf("%d requests; %d acknowledgements and %d long results of officers; %d petitions taken in twice; %s", people.asked, len(desk.acked), len(desk.resulted), taken-len(people.accepted), o)
	if len(people.accepted) < least || len(desk.acked) == 0 || len(desk.resulted) == 0 {
		t.Errorf("too little happened: %d petitions, %d acknowledgements, %d results", len(people.accepted), len(desk.acked), len(desk.resulted))
	}
	for _, p := range town.serves {
		if p.mu.Lock(); p.again > 0 {
			t.Logf("%s found no database at its start %d times", p.name, p.again)
		}
		p.mu.Unlock()
	}
	if t.Failed() {
		for _, p := range town.serves {
			t.Logf("%s: %s", p.name, p.tail())
		}
	}
}

// settle waits until nothing is left to be done.
func (town *crashTown) settle() {
	town.t.Helper()
	ctx, cancel := context.WithTimeout(town.ctx, 10*time.Minute)
	defer cancel()
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	for {
		left, err := town.left(ctx)
		if err == nil && left == "" {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			town.t.Errorf("the hotline did not come to rest: %s %v", left, err)
			return
		}
	}
}

// left names the first thing that is still to be done.
func (town *crashTown) left(ctx context.Context) (string, error) {
	for what, query := range map[string]string{
		"rungs to fire":       `SELECT COUNT(*) FROM rung WHERE state = 'armed' AND name IN ('nudge', 'unacknowledged', 'focal_reminder', 'head', 'head_reminder', 'overdue')`,
		"texts to send":       `SELECT COUNT(*) FROM message WHERE state IN ('queued', 'sending', 'unknown')`,
		"failures to pass on": `SELECT COUNT(*) FROM message WHERE state = 'failed' AND handled = 0`,
		"replies to apply":    `SELECT COUNT(*) FROM inbox WHERE applied_at = 0`,
		"parts to join":       `SELECT COUNT(*) FROM inbox_part WHERE inbox_id = 0`,
	} {
		var n int
		if err := town.rows.GetContext(ctx, &n, query); err != nil {
			return what, err
		}
		if n > 0 {
			return what, nil
		}
	}
	return "", nil
}
