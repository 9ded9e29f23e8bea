package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// actLimit bounds how long one act's effects, or the way of the clock to the next
// act, may take by the machine's clock. Both are a matter of milliseconds.
const actLimit = 20 * time.Second

// conductor plays scenes on one simulated clock. A scene is a function that tells
// its story from top to bottom; where it names its next instant it waits there
// until the clock shows it, while other scenes have their turns.
type conductor struct {
	stage *stage
	parts []*part
}

// part is a scene under way.
type part struct {
	scene *scene
	when  time.Time // of its next act
	next  func() (time.Time, bool)
	stop  func()
}

func newConductor(st *stage, stories []story) *conductor {
	c := &conductor{stage: st}
	for _, told := range stories {
		p := &part{scene: &scene{stage: st, title: told.title}}
		p.next, p.stop = iter.Pull(p.scene.told(told.tell))
		c.parts = append(c.parts, p)
	}
	return c
}

// play plays every scene to its end. An error means that the stage broke: the
// clock or the service stood still. Failed expectations are in the stage's notes.
func (c *conductor) play(ctx context.Context) error {
	defer func() {
		for _, p := range c.parts {
			p.stop()
		}
	}()
	for _, p := range c.parts {
		c.turn(p)
	}
	for len(c.parts) > 0 {
		p := slices.MinFunc(c.parts, func(a, b *part) int { return a.when.Compare(b.when) })
		if err := c.stage.arrive(ctx, p.when); err != nil {
			return fmt.Errorf("before %q at %s: %w", p.scene.title, p.when.Format("2/1 15:04:05"), err)
		}
		c.turn(p)
		if err := c.stage.broken; err != nil {
			return fmt.Errorf("in %q: %w", p.scene.title, err)
		}
	}
	return c.stage.settle()
}

// turn lets a scene act until it names its next instant, or ends.
func (c *conductor) turn(p *part) {
	when, more := p.next()
	if !more {
		c.parts = slices.DeleteFunc(c.parts, func(o *part) bool { return o == p })
		return
	}
	p.when = when
}

// story is a scene as it is written down.
type story struct {
	title string
	tell  func(*scene)
}

// scene is one story being told.
type scene struct {
	*stage
	title string
	yield func(time.Time) bool
}

// curtain ends a scene early.
type curtain struct{}

// told makes a scene's function the sequence of the instants it names.
func (s *scene) told(tell func(*scene)) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		s.yield = yield
		defer func() {
			if r := recover(); r != nil && r != any(curtain{}) {
				panic(r)
			}
		}()
		tell(s)
	}
}

// at waits until the clock shows the instant, written "16/11 08:05".
func (s *scene) at(instant string) {
	if !s.yield(at(instant)) {
		panic(curtain{})
	}
}

// fails notes a failed expectation.
func (s *scene) fails(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf("%s: ", s.title)+fmt.Sprintf(format, args...))
}

// must ends the scene when the stage could not do what it was asked to.
func (s *scene) must(err error) {
	if err == nil {
		return
	}
	s.fails("%v", err)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		s.broken = cmp.Or(s.broken, err)
	}
	panic(curtain{})
}
