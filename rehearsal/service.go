package rehearsal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/smpp/smsc"
	"notify1022/store"
)

// Desk is what the rehearsal asks of the hotline's desk.
type Desk interface {
	Accept(ctx context.Context, in escalation.Intake, actor escalation.Actor) (escalation.Petition, error)
	Do(ctx context.Context, code string, cmd escalation.Command, actor escalation.Actor, version int64) (escalation.Petition, error)
}

// Service is a running installation in simulation, as the rehearsal meets it.
// Every field is required, but Posted.
type Service struct {
	Desk     Desk
	Store    *store.Store // its simulated clock has been started
	SMSC     *smsc.Server // the service is bound to it
	Database string       // path of the store's SQLite file, which is read beside it
	Officer  string       // the number officers' texts come from and reply to
	Calendar *worktime.Calendar
	// Posted says that a command may have queued messages and armed rungs; it
	// does not block. nil: the service finds out by itself, a little later.
	Posted func()
}

func (s *Service) check() error {
	switch {
	case s.Desk == nil, s.Store == nil, s.SMSC == nil, s.Calendar == nil:
		return fmt.Errorf("rehearsal: a desk, store, SMSC and calendar are required")
	case s.Database == "", s.Officer == "":
		return fmt.Errorf("rehearsal: the database's path and the officers' number are required")
	}
	return nil
}

func (s *Service) posted() {
	if s.Posted != nil {
		s.Posted()
	}
}

func (s *Service) accept(ctx context.Context, in escalation.Intake, actor escalation.Actor) (escalation.Petition, error) {
	p, err := s.Desk.Accept(ctx, in, actor)
	s.posted()
	return p, err
}

func (s *Service) do(ctx context.Context, code string, cmd escalation.Command, actor escalation.Actor) (escalation.Petition, error) {
	p, err := s.Desk.Do(ctx, code, cmd, actor, 0)
	s.posted()
	return p, err
}

// handset is the simulated phone with the number.
func (s *Service) handset(e164 string) *smsc.Handset {
	return s.SMSC.Handset(strings.TrimPrefix(e164, "+"))
}

// LoadDirectory saves the sample units and contacts. On a directory that holds
// units already it changes nothing.
func LoadDirectory(ctx context.Context, st *store.Store) error {
	known, err := st.Units(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	units, err := Units()
	if err != nil {
		return err
	}
	contacts, err := Contacts()
	if err != nil {
		return err
	}
	for i := range contacts {
		contacts[i].ID = 0 // new people
	}
	if err := st.SaveUnits(ctx, units...); err != nil {
		return err
	}
	_, err = st.SaveContacts(ctx, contacts...)
	return err
}

// at reads "16/11 08:05" as an instant of the year the sample stories play in.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2/1 15:04 2006", s+" 2026", worktime.Zone())
	if err != nil {
		panic("rehearsal: " + err.Error()) // a literal of the script
	}
	return t
}
