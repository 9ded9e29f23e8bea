package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"notify1022/escalation"
)

// Exit codes of every verb.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // bad command line, configuration or input
)

// console is what a run of the program talks to; tests bring their own.
type console struct {
	in      io.Reader
	out     io.Writer
	err     io.Writer
	environ []string // "KEY=value", as os.Environ
	// ready, when set, hears of a service that has begun to serve.
	ready func(*room)
}

// grammar is the command line.
type grammar struct {
	Config  string     `help:"Configuration file (YAML)." placeholder:"FILE" type:"path"`
	Verbose bool       `help:"Log details too." short:"v"`
	Version versionCmd `cmd:"" help:"Print the version."`

	Demo     demoCmd     `cmd:"" help:"Play the sample petitions, everything embedded."`
	Serve    serveCmd    `cmd:"" help:"Run the service."`
	SMSC     smscCmd     `cmd:"" name:"smsc" help:"Run the SMSC simulator alone."`
	Deadline deadlineCmd `cmd:"" help:"Compute a deadline in working time."`
	SMS      smsCmd      `cmd:"" name:"sms" help:"Look at texts as they go on the air."`
	Reply    replyCmd    `cmd:"" help:"Read replies as the service reads them."`
	Send     sendCmd     `cmd:"" help:"Send one message through the outbox."`
	Report   reportCmd   `cmd:"" help:"Print the periodic report."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date."`
	Restored restoredCmd `cmd:"" help:"After a restore: take messages as sent that went out since the backup."`
	APIKey   apiKeyCmd   `cmd:"" name:"apikey" help:"Keys for the API."`
	Clock    clockCmd    `cmd:"" help:"Accept that the clock was stepped."`
	User     userCmd     `cmd:"" help:"Accounts of the console."`
	Personal personalCmd `cmd:"" help:"What is kept about one person."`
	Import   importCmd   `cmd:"" help:"Take in units, contacts, holidays or petitions from CSV or XLSX, all or nothing."`
	Export   exportCmd   `cmd:"" help:"Give out units, contacts, holidays or petitions as CSV or XLSX."`
	Calendar calendarCmd `cmd:"" help:"Check a calendar file and list what it changes; nothing is stored."`
	Periods  periodsCmd  `cmd:"" help:"List the gaps of what runs by the clock: what came due and was not done."`
	Doctor   doctorCmd   `cmd:"" help:"Check everything that a start needs."`
	Load     loadCmd     `cmd:"" help:"Load a service of its own against the SMSC simulator, and print figures."`
}

// usageError is a bad command line, configuration or input: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errTold ends a run whose complaint is already in the output.
var errTold = errors.New("input had bad lines")

// run carries out one command line and returns the exit code.
func (c *console) run(ctx context.Context, args []string) int {
	var g grammar
	helped := false
	parser, err := kong.New(&g,
		kong.Name("notify1022"),
		kong.Description("Notifications and escalation for the citizen hotline 1022."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(int) { helped = true }), // only help exits
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		fmt.Fprintln(c.err, "notify1022:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if helped {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(c.err, "notify1022: %s\n%s\n", oneLine(err), hint(err))
		return exitUsage
	}
	return c.code(command.Run(c.settings(&g)))
}

// hint names the help of the verb at which parsing ended.
func hint(err error) string {
	verb := ""
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			verb = " " + node.Path()
		}
	}
	verb = strings.TrimPrefix(verb, " notify1022")
	return "Try: notify1022" + verb + " -h"
}

// code tells of an error and gives it its exit code. What the domain refuses is
// bad input.
func (c *console) code(err error) int {
	var usage usageError
	var problem *escalation.Problem
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errTold):
		return exitUsage
	case errors.As(err, &usage), errors.As(err, &problem):
		fmt.Fprintln(c.err, "notify1022:", oneLine(err))
		return exitUsage
	}
	fmt.Fprintln(c.err, "notify1022:", oneLine(err))
	return exitFailed
}

// oneLine joins the lines of errors.Join.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// settings is what every verb is given besides its own flags.
func (c *console) settings(g *grammar) *settings {
	level := slog.LevelInfo
	if g.Verbose {
		level = slog.LevelDebug
	}
	return &settings{
		path:    g.Config,
		environ: c.environ,
		log:     slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: level})),
	}
}

// settings is where the configuration comes from, and the log.
type settings struct {
	path    string
	environ []string
	log     *slog.Logger
}

// config reads the configuration; flags change it before it is checked.
func (s *settings) config(flags ...func(*Config)) (Config, error) {
	cfg, unknown, err := LoadConfig(s.path, s.environ, flags...)
	if err != nil {
		return Config{}, usageError{err}
	}
	for _, name := range unknown {
		s.log.Warn("this environment variable is no setting", "name", name)
	}
	return cfg, nil
}
