package main

import (
	"context"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// apiKeyCmd keeps the API's keys.
type apiKeyCmd struct {
	Create apiKeyCreate `cmd:"" help:"Make a key and print it, this once."`
	List   apiKeyList   `cmd:"" help:"List the keys, without their secrets."`
	Revoke apiKeyRevoke `cmd:"" help:"End a key at once."`
}

type apiKeyCreate struct {
	Name string `required:"" help:"Who or what uses it; the author in timelines." placeholder:"N"`
	Role string `required:"" help:"administrator, operator, shift_lead, officer, head or office." placeholder:"R"`
	Unit string `help:"Code of the unit that an officer or head belongs to." placeholder:"U"`
}

// accountRoles are the roles of API keys and accounts.
func accountRoles() []escalation.Role {
	return []escalation.Role{escalation.Administrator, escalation.Operator, escalation.ShiftLead, escalation.Officer, escalation.Head, escalation.Office}
}

// checkAccount refuses a role that is none, and a unit where none belongs.
func checkAccount(name, role, unit string) error {
	ofUnit := role == string(escalation.Officer) || role == string(escalation.Head)
	switch {
	case name == "" || len(name) > 100:
		return usagef("--name: must have 1 to 100 bytes")
	case !slices.Contains(accountRoles(), escalation.Role(role)):
		return usagef("--role: %.20q is none of administrator, operator, shift_lead, officer, head, office", role)
	case ofUnit && unit == "":
		return usagef("--unit: an officer or head belongs to one")
	case !ofUnit && unit != "":
		return usagef("--unit: only for officers and heads")
	}
	return nil
}

func (a *apiKeyCreate) Run(ctx context.Context, c *console, s *settings) error {
	if err := checkAccount(a.Name, a.Role, a.Unit); err != nil {
		return err
	}
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := db.CreateAPIKey(ctx, a.Name, escalation.Role(a.Role), a.Unit)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, key)
	return nil
}

type apiKeyList struct{}

func (apiKeyList) Run(ctx context.Context, c *console, s *settings) error {
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := db.APIKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		state := "in use"
		if !k.RevokedAt.IsZero() {
			state = "revoked " + k.RevokedAt.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(c.out, "%d\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Role, k.Unit, state)
	}
	return nil
}

type apiKeyRevoke struct {
	ID int64 `arg:"" help:"Number of the key, from the list."`
}

func (a *apiKeyRevoke) Run(ctx context.Context, s *settings) error {
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.RevokeAPIKey(ctx, a.ID)
}
