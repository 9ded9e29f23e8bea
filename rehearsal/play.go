package rehearsal

import (
	"context"
	"fmt"
	"time"
)

// storySpeed is how fast the clock runs between two acts, in domain seconds per
// second: as fast as the drive can follow, since it stops at every due instant.
const storySpeed = 500_000

// Opening is when the story's clock is to be started.
func Opening() time.Time { return at(opening) }

// Play plays the whole script on a service whose clock stands at Opening and
// whose directory is the sample's, and looks at what it left. An error means that
// the script could not be played to its end; failed expectations are in the
// report, which is given whenever there is something to report.
func Play(ctx context.Context, service *Service) (*Report, error) {
	return play(ctx, service, stories())
}

func play(ctx context.Context, service *Service, told []story) (*Report, error) {
	st, err := newStage(ctx, service)
	if err != nil {
		return nil, err
	}
	defer st.close()
	if err := service.Store.Appoint(ctx, Opening()); err != nil {
		return nil, err
	}
	if err := service.Store.SetSpeed(ctx, storySpeed); err != nil {
		return nil, err
	}
	broken := newConductor(st, told).play(ctx)
	if broken != nil {
		broken = fmt.Errorf("the story broke off %w", broken)
	}
	report, err := st.report()
	if broken != nil {
		return report, broken
	}
	return report, err
}

// report looks at everything the story left.
func (st *stage) report() (*Report, error) {
	ev, err := st.gather()
	if err != nil {
		return nil, err
	}
	shown, _, err := st.service.Store.SimNow(st.ctx)
	if err != nil {
		return nil, err
	}
	return &Report{
		petitions: ev.petitions, timelines: ev.timelines, messages: ev.messages, rungs: ev.rungs,
		checks: ev.checks(st.seen), notes: st.notes, expected: st.expected, took: time.Since(st.started), clock: shown,
	}, nil
}
