package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"notify1022/escalation"
	"notify1022/store"
)

// userCmd keeps the console's accounts.
type userCmd struct {
	Create userCreate `cmd:"" help:"Make an account and print its first password, this once."`
	List   userList   `cmd:"" help:"List the accounts."`
}

type userCreate struct {
	Name     string `required:"" help:"Name to sign in with." placeholder:"N"`
	FullName string `help:"The person's name." placeholder:"NAME"`
	Role     string `required:"" help:"administrator, operator, shift_lead, officer, head or office." placeholder:"R"`
	Unit     string `help:"Code of the unit that an officer or head belongs to." placeholder:"U"`
}

func (u *userCreate) Run(ctx context.Context, c *console, s *settings) error {
	if err := checkAccount(u.Name, u.Role, u.Unit); err != nil {
		return err
	}
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	password := rand.Text()
	err = addAccount(ctx, db, store.Account{Name: u.Name, FullName: u.FullName, Role: escalation.Role(u.Role), Unit: u.Unit, MustChange: true}, password)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, password)
	return nil
}

type userList struct{}

func (userList) Run(ctx context.Context, c *console, s *settings) error {
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range list {
		state := "in use"
		if a.Disabled {
			state = "disabled"
		}
		fmt.Fprintf(c.out, "%d\t%s\t%s\t%s\t%s\t%s\n", a.ID, a.Name, a.FullName, a.Role, a.Unit, state)
	}
	return nil
}
