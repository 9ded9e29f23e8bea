package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"notify1022/escalation/worktime"
	"notify1022/report/sheet"
	bureau "notify1022/web/console"
)

// importCmd takes a sheet in, all or nothing.
type importCmd struct {
	Kind   string `arg:"" enum:"units,contacts,petitions,holidays" help:"units, contacts, petitions or holidays."`
	File   string `arg:"" help:"CSV or XLSX file; - for the standard input."`
	DryRun bool   `help:"Say what would be new and changed, and change nothing."`
	Ask    bool   `help:"Contacts: ask new numbers by text whether they are the people's (XM)." default:"true" negatable:""`
	Trust  bool   `name:"trust-verified" help:"Contacts: take numbers as verified that the sheet calls so, and leave as it stood there. For a sheet of an installation of one's own; else each number is verified anew."`
}

func (i *importCmd) Run(ctx context.Context, c *console, s *settings) error {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	tables, err := i.read(c)
	if err != nil {
		return err
	}
	service, err := s.openDeciding(ctx, cfg)
	if err != nil {
		return err
	}
	defer service.Close()
	bar := newBar(c.err)
	out, err := service.exchange().run(ctx, sheetOrder{kind: sheet.Kind(i.Kind), tables: tables, by: atTheCommandLine(), dry: i.DryRun, ask: i.Ask, trust: i.Trust, step: bar.show})
	bar.end()
	if err != nil {
		return err
	}
	printOutcome(c.out, out)
	if out.Problems.Any() {
		return errTold
	}
	return nil
}

// read reads the file; what is no sheet is bad input.
func (i *importCmd) read(c *console) ([]sheet.Table, error) {
	in := c.in
	if i.File != "-" {
		f, err := os.Open(i.File)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, sheet.MaxFile+1))
	if err != nil {
		return nil, usageError{fmt.Errorf("read %s: %w", i.File, err)}
	}
	return sheet.Read(body)
}

// printOutcome prints problems, changes and the sum, each on lines of their own.
func printOutcome(w io.Writer, o sheet.Outcome) {
	for _, p := range o.Problems.List {
		fmt.Fprintln(w, "lỗi:", p)
	}
	if o.Problems.More > 0 {
		fmt.Fprintf(w, "lỗi: và %d lỗi nữa\n", o.Problems.More)
	}
	for _, n := range o.Notes {
		fmt.Fprintln(w, "lưu ý:", n)
	}
	if !o.Problems.Any() {
		for _, change := range o.Changes {
			printChange(w, change)
		}
		if more := o.New + o.Changed - len(o.Changes); more > 0 {
			fmt.Fprintf(w, "… và %d hàng nữa\n", more)
		}
	}
	fmt.Fprintln(w, o.Summary())
}

func printChange(w io.Writer, c sheet.Change) {
	if c.New {
		fmt.Fprintf(w, "hàng %d, mới: %s\n", c.Row, c.What)
		return
	}
	var fields []string
	for _, d := range c.Fields {
		fields = append(fields, fmt.Sprintf("%s: %q → %q", d.Header, d.Before, d.After))
	}
	fmt.Fprintf(w, "hàng %d, sửa: %s: %s\n", c.Row, c.What, strings.Join(fields, "; "))
}

// bar is a progress bar on a terminal; elsewhere nothing is drawn.
type bar struct {
	w    io.Writer // nil: no terminal
	last int       // per cent drawn; -1: none
}

func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	if !ok {
		return &bar{last: -1}
	}
	if info, err := f.Stat(); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return &bar{last: -1}
	}
	return &bar{w: w, last: -1}
}

// show draws how much is done, when it is another per cent.
func (b *bar) show(done, total int) {
	if b.w == nil || total <= 0 {
		return
	}
	const width = 40
	percent := 100 * done / total
	if percent == b.last {
		return
	}
	b.last = percent
	filled := width * done / total
	fmt.Fprintf(b.w, "\r[%s%s] %3d%%", strings.Repeat("#", filled), strings.Repeat(".", width-filled), percent)
}

// end leaves the bar's line.
func (b *bar) end() {
	if b.w != nil && b.last >= 0 {
		fmt.Fprintln(b.w)
	}
}

// exportCmd gives a sheet out.
type exportCmd struct {
	Kind     string `arg:"" enum:"units,contacts,petitions,holidays" help:"units, contacts, petitions or holidays."`
	Format   string `help:"csv or xlsx; default: what --out ends in, else csv." placeholder:"F"`
	Out      string `help:"File to write; default: the standard output." placeholder:"FILE"`
	From     string `help:"Petitions received from this date on." placeholder:"DATE"`
	To       string `help:"Petitions received to the end of this date." placeholder:"DATE"`
	Personal bool   `help:"Petitions: citizens' names, numbers, addresses and words too. It is logged."`
}

func (e *exportCmd) Run(ctx context.Context, c *console, s *settings) error {
	order, err := e.order()
	if err != nil {
		return err
	}
	cfg, err := s.config()
	if err != nil {
		return err
	}
	service, err := s.openDeciding(ctx, cfg)
	if err != nil {
		return err
	}
	defer service.Close()
	if e.Out == "" {
		return service.exchange().Export(ctx, c.out, order, atTheCommandLine())
	}
	return wholeFile(e.Out, func(w io.Writer) error { return service.exchange().Export(ctx, w, order, atTheCommandLine()) })
}

func (e *exportCmd) order() (o bureau.ExportOrder, err error) {
	o = bureau.ExportOrder{Kind: sheet.Kind(e.Kind), Format: sheet.Format(e.Format), Private: e.Personal}
	if o.Format == "" {
		if o.Format = sheet.CSV; strings.EqualFold(filepath.Ext(e.Out), ".xlsx") {
			o.Format = sheet.XLSX
		}
	}
	switch {
	case o.Format != sheet.CSV && o.Format != sheet.XLSX:
		return o, usagef("--format: %.20q is none of csv, xlsx", e.Format)
	case o.Kind != sheet.Petitions && (e.From != "" || e.To != "" || e.Personal):
		return o, usagef("--from, --to and --personal: only for petitions")
	}
	if e.From != "" {
		if o.From, err = time.ParseInLocation(time.DateOnly, e.From, worktime.Zone()); err != nil {
			return o, usagef("--from: %.20q is not of the form 2026-03-05", e.From)
		}
	}
	if e.To != "" {
		if o.To, err = time.ParseInLocation(time.DateOnly, e.To, worktime.Zone()); err != nil {
			return o, usagef("--to: %.20q is not of the form 2026-03-05", e.To)
		}
		o.To = o.To.AddDate(0, 0, 1)
	}
	return o, nil
}

// wholeFile writes a file that is there whole or not at all, for its owner alone.
func wholeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
