package rehearsal

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
	"notify1022/smpp/smsc"
)

// stage is what all scenes share: the service, its rows, who is who, and what
// went wrong.
type stage struct {
	ctx      context.Context
	service  *Service
	archive  *archive
	samples  map[int]Sample
	people   []escalation.Contact
	units    map[string]escalation.Unit
	started  time.Time // of the machine
	stirred  bool      // something was done since the stage was last at rest
	notes    []string  // expectations that failed
	expected int       // expectations that were looked at
	broken   error     // the stage itself stood still
	seen     map[escalation.Status]bool
}

func newStage(ctx context.Context, service *Service) (*stage, error) {
	if err := service.check(); err != nil {
		return nil, err
	}
	samples, err := Petitions()
	if err != nil {
		return nil, err
	}
	people, err := Contacts()
	if err != nil {
		return nil, err
	}
	units, err := Units()
	if err != nil {
		return nil, err
	}
	rows, err := openArchive(service.Database)
	if err != nil {
		return nil, err
	}
	st := &stage{ctx: ctx, service: service, archive: rows, samples: map[int]Sample{}, people: people,
		units: map[string]escalation.Unit{}, started: time.Now(), seen: map[escalation.Status]bool{}}
	for _, s := range samples {
		st.samples[s.Number] = s
	}
	for _, u := range units {
		st.units[u.Code] = u
	}
	return st, nil
}

func (st *stage) close() error { return st.archive.close() }

// arrive lets the clock go on to the instant and waits until all that is due by
// then is done.
func (st *stage) arrive(ctx context.Context, when time.Time) error {
	if err := st.settle(); err != nil { // before the clock goes on
		return err
	}
	if err := st.service.Store.Appoint(ctx, when); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, actLimit)
	defer cancel()
	err := until(limit, func() (bool, error) {
		shown, _, err := st.service.Store.SimNow(limit)
		return !shown.Before(when), err
	})
	if err != nil {
		return fmt.Errorf("the clock did not get there: %w", err)
	}
	st.stirred = true
	return st.settle()
}

// settle waits until the effects of what was done are there: rungs fired, texts
// delivered, replies applied.
func (st *stage) settle() error {
	if !st.stirred {
		return nil
	}
	limit, cancel := context.WithTimeout(st.ctx, actLimit)
	defer cancel()
	err := until(limit, func() (bool, error) {
		now, _, err := st.service.Store.SimNow(limit)
		if err != nil {
			return false, err
		}
		return st.archive.settled(limit, now)
	})
	if err != nil {
		return fmt.Errorf("the stage did not come to rest: %w", err)
	}
	st.stirred = false
	return nil
}

// person is somebody with a handset.
type person struct {
	what    string
	phone   string // E.164
	contact escalation.Contact
}

func (st *stage) find(unit string, role escalation.Role, place int) person {
	for _, c := range st.people {
		if c.Unit != unit || c.Role != role {
			continue
		}
		if place--; place == 0 {
			return person{what: string(role) + " " + unit, phone: c.Phone, contact: c}
		}
	}
	panic(fmt.Sprintf("rehearsal: the sample data have no %s of %q", role, unit)) // a mistake in the script
}

func (st *stage) focal(unit string) person  { return st.find(unit, escalation.Focal, 1) }
func (st *stage) second(unit string) person { return st.find(unit, escalation.Focal, 2) }
func (st *stage) deputy(unit string) person { return st.find(unit, escalation.Deputy, 1) }
func (st *stage) head(unit string) person   { return st.find(unit, escalation.Head, 1) }
func (st *stage) office() person            { return st.find("VPUB", escalation.Office, 1) }
func (st *stage) shiftLead() person         { return st.find("", escalation.ShiftLead, 1) }

// number is somebody whom no list knows.
func (st *stage) number(national string) person {
	return person{what: "số " + national, phone: "+84" + national[1:]}
}

func (st *stage) handset(p person) *smsc.Handset { return st.service.handset(p.phone) }

// The actors of the story that use the console or a page.
var (
	operator     = escalation.Actor{Name: "Tổng đài viên 01", Role: escalation.Operator, Channel: escalation.ByConsole}
	leadOperator = escalation.Actor{Name: "Trưởng ca 1022", Role: escalation.ShiftLead, Channel: escalation.ByConsole}
	cityOffice   = escalation.Actor{Name: "Chuyên viên Văn phòng", Role: escalation.Office, Channel: escalation.ByConsole}
	citizen      = escalation.Actor{Name: "người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
)

// onSlipPage is a person of a unit who uses the slip page instead of a text.
func onSlipPage(p person) escalation.Actor {
	return escalation.Actor{Name: p.contact.Name, Role: p.contact.Role, Channel: escalation.BySlipPage, Unit: p.contact.Unit}
}
