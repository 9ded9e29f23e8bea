package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/report/sheet"
	"notify1022/store"
	bureau "notify1022/web/console"
)

// exchange takes sheets in and gives them out, for the command line and the console.
type exchange struct {
	db        *store.Store
	desk      *escalation.Desk
	shelf     *calendarShelf
	numbering escalation.Numbering
}

var _ bureau.Exchange = exchange{}

func (s *service) exchange() exchange { return exchange{s.db, s.desk, s.shelf, s.cfg.numbering()} }

// sheetOrder is one import.
type sheetOrder struct {
	kind   sheet.Kind
	tables []sheet.Table
	by     escalation.Actor
	dry    bool
	agreed string // the mark of the outcome that somebody has seen; empty: any
	ask    bool   // new numbers whether they are the people's (XM)
	trust  bool   // the sheet is of an installation of one's own (sheet.Terms)
	step   func(done, total int)
}

// errHeld holds an import back: a dry run, or one with problems.
var errHeld = errors.New("the import is not carried out")

// DryRun says what an import would do.
func (x exchange) DryRun(ctx context.Context, kind sheet.Kind, body []byte) (sheet.Outcome, error) {
	tables, err := sheet.Read(body)
	if err != nil {
		return sheet.Outcome{}, err
	}
	return x.run(ctx, sheetOrder{kind: kind, tables: tables, dry: true, ask: true, by: escalation.Actor{Role: escalation.Administrator, Channel: escalation.ByConsole}})
}

// Import carries out what was agreed to: an outcome that would be another by now is
// a *Problem Stale and nothing is done.
func (x exchange) Import(ctx context.Context, kind sheet.Kind, body []byte, agreed string, ask bool, by escalation.Actor) (sheet.Outcome, error) {
	tables, err := sheet.Read(body)
	if err != nil {
		return sheet.Outcome{}, err
	}
	return x.run(ctx, sheetOrder{kind: kind, tables: tables, by: by, agreed: agreed, ask: ask})
}

// run imports all of a sheet or nothing. What the sheet has wrong is in the outcome.
func (x exchange) run(ctx context.Context, o sheetOrder) (out sheet.Outcome, err error) {
	if o.step == nil {
		o.step = func(int, int) {}
	}
	switch o.kind {
	case sheet.Units, sheet.Contacts:
		out, err = x.directory(ctx, o)
	case sheet.Holidays:
		out, err = x.holidays(ctx, o)
	case sheet.Petitions:
		out, err = x.petitions(ctx, o)
	default:
		err = &escalation.Problem{Kind: escalation.NotFound, Field: "kind", Detail: "không có loại bảng này"}
	}
	if err != nil || o.dry || out.Problems.Any() {
		return out, err
	}
	out.Done = true
	return out, x.db.By(o.by).Log(ctx, "import", logOf(o.kind), string(o.kind), out.Summary())
}

// held reports an outcome that is not to be carried out.
func (o sheetOrder) held(out sheet.Outcome) error {
	switch {
	case out.Problems.Any() || o.dry:
		return errHeld
	case o.agreed != "" && o.agreed != out.Mark():
		return &escalation.Problem{Kind: escalation.Stale, Field: "agreed", Detail: "dữ liệu đã thay đổi từ khi xem trước, hãy xem lại rồi xác nhận"}
	}
	return nil
}

// directory plans inside the transaction that saves.
func (x exchange) directory(ctx context.Context, o sheetOrder) (out sheet.Outcome, err error) {
	var fresh []escalation.Contact // people with new numbers, with their ids once saved
	var at []int                   // where they are among those saved
	var planned []sheet.Person     // those saved, as they name each other
	plan := func(d *escalation.Directory, contacts []escalation.Contact, choices map[int64]escalation.Subscription, now time.Time) (units []escalation.Unit, people []escalation.Contact, err error) {
		if o.kind == sheet.Units {
			out, units = sheet.PlanUnits(o.tables, d, x.shelf.names())
		} else {
			terms := sheet.Terms{Now: now, Numbering: x.numbering, Trusted: o.trust, By: o.by}
			out, planned = sheet.PlanContacts(o.tables, d, sheet.PersonsOf(contacts, choices), terms)
			if planned, err = renumbered(d, planned, now, x.numbering); err != nil {
				return nil, nil, err
			}
			fresh, at = newNumbers(d, planned, now, x.numbering)
			o.noteNumbers(&out, len(fresh))
			people = unlinked(planned)
		}
		return units, people, o.held(out)
	}
	err = x.db.By(o.by).EditDirectory(ctx, plan, func(tx escalation.Tx, ids []int64) error {
		if err := relink(ctx, tx, planned, ids, o.by); err != nil {
			return err
		}
		if err := subscribe(ctx, tx, planned, ids, o.by); err != nil {
			return err
		}
		if o.trust {
			if err := x.desk.AskStandIns(ctx, tx, ids); err != nil {
				return err
			}
		}
		if !o.ask {
			return nil
		}
		for i := range fresh {
			fresh[i].ID = ids[at[i]]
		}
		return x.desk.AskNew(ctx, tx, fresh)
	})
	var refused *escalation.Problem
	switch {
	case errors.Is(err, errHeld):
		return out, nil
	case errors.As(err, &refused) && refused.Kind == escalation.Invalid: // the store knows one more rule
		out.Refuse(refused.Detail)
		return out, nil
	}
	if err == nil && o.kind == sheet.Contacts {
		err = x.desk.AskPending(ctx)
	}
	return out, err
}

// unlinked are the people as they can be saved before those have ids whom they name.
func unlinked(people []sheet.Person) []escalation.Contact {
	list := make([]escalation.Contact, len(people))
	for i := range list {
		list[i] = people[i].Contact
		p := &list[i]
		p.ID, p.Replaces = max(p.ID, 0), max(p.Replaces, 0)
		p.Absences = slices.Clone(p.Absences)
		for k := range p.Absences {
			p.Absences[k].Delegate = max(p.Absences[k].Delegate, 0)
		}
	}
	return list
}

// relink saves those again who name somebody that has an id now (sheet.PlanContacts).
func relink(ctx context.Context, tx escalation.Tx, people []sheet.Person, ids []int64, by escalation.Actor) error {
	now := map[int64]int64{}
	for i, p := range people {
		if p.ID < 0 {
			now[p.ID] = ids[i]
		}
	}
	for i, p := range people {
		names := p.Replaces < 0
		if names {
			p.Replaces = now[p.Replaces]
		}
		p.ID, p.Absences = ids[i], slices.Clone(p.Absences)
		for k := range p.Absences {
			if a := &p.Absences[k]; a.Delegate < 0 {
				a.Delegate, names = now[a.Delegate], true
			}
		}
		if !names {
			continue
		}
		if _, err := tx.SaveContact(ctx, p.Contact, by); err != nil {
			return err
		}
	}
	return nil
}

// subscribe stores the choices of reports that the sheet makes.
func subscribe(ctx context.Context, tx escalation.Tx, people []sheet.Person, ids []int64, by escalation.Actor) error {
	for i, p := range people {
		choice, chosen := p.Chosen()
		if !chosen {
			continue
		}
		choice.Contact = ids[i]
		if err := tx.Subscribe(ctx, choice, by); err != nil {
			return err
		}
	}
	return nil
}

// newNumbers are the people whose number is new and can be asked, and where they stand.
func newNumbers(d *escalation.Directory, people []sheet.Person, now time.Time, n escalation.Numbering) (fresh []escalation.Contact, at []int) {
	for i, p := range people {
		if d.NewNumber(p.Contact, now, n) {
			fresh, at = append(fresh, p.Contact), append(at, i)
		}
	}
	return fresh, at
}

// noteNumbers says how many texts the import makes, on top of what else is worth knowing.
func (o sheetOrder) noteNumbers(out *sheet.Outcome, numbers int) {
	out.Numbers = numbers
	switch {
	case numbers == 0 || out.Problems.Any():
	case o.ask:
		out.Notes = append([]string{fmt.Sprintf("%d số mới được hỏi bằng tin nhắn có đúng là của người đó không (XM)", numbers)}, out.Notes...)
	default:
		out.Notes = append([]string{fmt.Sprintf("%d số mới không được hỏi, chưa xác minh", numbers)}, out.Notes...)
	}
}

// renumbered parts new numbers of people in office from their rows: they serve once
// verified. Somebody else who waits for the place already is a *Problem.
func renumbered(d *escalation.Directory, people []sheet.Person, now time.Time, n escalation.Numbering) ([]sheet.Person, error) {
	var list []sheet.Person
	for _, p := range people {
		keep, next := d.Renumbered(p.Contact, now, n)
		if list = append(list, sheet.Person{Contact: keep, Reports: p.Reports}); next == nil {
			continue
		}
		waiting, waited := d.PendingFor(p.ID, now) // the sheet has come before, or with another number
		if waited && !waiting.Namesake(p.Contact) {
			return nil, &escalation.Problem{Kind: escalation.Invalid, Field: "phone", Detail: "chưa đổi được số của " + p.Name + ": " + waiting.Name + " đang chờ xác minh số máy để thay"}
		}
		if err := next.Succeeds(keep, false, now, n); err != nil {
			return nil, err
		}
		next.ID, next.Pending, next.Verified = waiting.ID, true, false
		list = append(list, sheet.Person{Contact: *next})
	}
	return list, nil
}

// holidays saves one setting; deadlines are moved after it, and gone on with when
// that breaks off (calendarBook.finish).
func (x exchange) holidays(ctx context.Context, o sheetOrder) (sheet.Outcome, error) {
	if err := x.shelf.city.load(ctx); err != nil {
		return sheet.Outcome{}, err
	}
	spec, version := x.shelf.city.Spec()
	out, edited := sheet.PlanHolidays(o.tables, spec)
	if out.Problems.Any() || out.New+out.Changed == 0 {
		return out, nil
	}
	var moves bureau.CalendarMoves
	err := o.held(out)
	verb := "đã dời"
	switch {
	case errors.Is(err, errHeld):
		verb = "sẽ dời"
		moves, err = x.shelf.city.DryRun(ctx, edited)
	case err == nil:
		moves, err = x.shelf.city.Save(ctx, edited, version, o.by)
	}
	if err != nil {
		return out, err
	}
	out.Note("%d thời hạn của %d phản ánh %s; %d nằm trong quá khứ", moves.Deadlines, moves.Petitions, verb, moves.Overdue)
	if len(moves.LeftOut) > 0 {
		out.Note("%d phản ánh không đọc được, giữ thời hạn cũ", len(moves.LeftOut))
	}
	return out, nil
}

// petitions are recorded as an operator would record them, in one transaction: their
// ladders begin and their citizens are told.
func (x exchange) petitions(ctx context.Context, o sheetOrder) (sheet.Outcome, error) {
	directory, err := x.db.Directory(ctx)
	if err != nil {
		return sheet.Outcome{}, err
	}
	taken := sheet.TakePetitions(o.tables, directory, x.numbering)
	list := make([]escalation.Registered, len(taken.Rows))
	for i, p := range taken.Rows {
		list[i] = escalation.Registered{External: p.External, Intake: p.Intake}
	}
	register := func(dry bool) (sheet.Outcome, error) {
		steps := 2 * len(list)
		if dry {
			steps = len(list)
		}
		recorded, err := x.desk.Register(ctx, list, o.by, dry, func(done int) { o.step(done, steps) })
		if err != nil {
			return sheet.Outcome{}, err
		}
		for i, r := range recorded {
			for _, f := range r.Faults {
				taken.Wrong(i, f.Field, f.Detail)
			}
		}
		return taken.End(func(i int) bool { return recorded[i].Before }), nil
	}
	if taken.Any() || o.dry || o.agreed != "" {
		out, err := register(true)
		if err == nil {
			err = o.held(out)
		}
		if errors.Is(err, errHeld) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
	return register(false)
}

// logOf is what the change log calls the subject of a sheet.
func logOf(kind sheet.Kind) string {
	return map[sheet.Kind]string{sheet.Units: store.LogUnit, sheet.Contacts: store.LogContact, sheet.Holidays: "calendar", sheet.Petitions: "petition"}[kind]
}

// Export writes a sheet, and writes into the change log first that it did.
func (x exchange) Export(ctx context.Context, w io.Writer, o bureau.ExportOrder, by escalation.Actor) error {
	detail := string(o.Format)
	if o.Kind == sheet.Petitions {
		detail += " " + dateText(o.From) + "–" + dateText(o.To)
		if o.Private {
			detail += ", có dữ liệu cá nhân"
		}
	}
	if err := x.db.By(by).Log(ctx, "export", logOf(o.Kind), string(o.Kind), detail); err != nil {
		return err
	}
	switch o.Kind {
	case sheet.Units:
		directory, err := x.db.Directory(ctx)
		if err != nil {
			return err
		}
		return sheet.WriteUnits(w, o.Format, directory)
	case sheet.Contacts:
		contacts, err := x.db.Contacts(ctx, store.ContactFilter{})
		if err != nil {
			return err
		}
		choices, err := x.db.Subscriptions(ctx)
		if err != nil {
			return err
		}
		return sheet.WriteContacts(w, o.Format, sheet.PersonsOf(contacts, choices))
	case sheet.Holidays:
		if err := x.shelf.city.load(ctx); err != nil {
			return err
		}
		spec, _ := x.shelf.city.Spec()
		return sheet.WriteHolidays(w, o.Format, spec)
	case sheet.Petitions:
		return sheet.WritePetitions(w, o.Format, o.Private, x.each(ctx, o.From, o.To))
	}
	return &escalation.Problem{Kind: escalation.NotFound, Field: "kind", Detail: "không có loại bảng này"}
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return "…"
	}
	return t.Format(time.DateOnly)
}

// errEnough ends a walk whose taker wants no more.
var errEnough = errors.New("enough")

// each gives the petitions received in [from, to), with their numbers elsewhere.
func (x exchange) each(ctx context.Context, from, to time.Time) iter.Seq2[sheet.Petition, error] {
	const some = 200
	return func(yield func(sheet.Petition, error) bool) {
		var page []escalation.Petition
		flush := func() error {
			ids := make([]int64, len(page))
			for i, p := range page {
				ids[i] = p.ID
			}
			externals, err := x.db.Externals(ctx, ids...)
			if err != nil {
				return err
			}
			for _, p := range page {
				if !yield(sheet.OfPetition(p, externals[p.ID]), nil) {
					return errEnough
				}
			}
			page = page[:0]
			return nil
		}
		err := x.db.EachPetition(ctx, from, to, func(p escalation.Petition) error {
			if page = append(page, p); len(page) < some {
				return nil
			}
			return flush()
		})
		if err == nil {
			err = flush()
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(sheet.Petition{}, fmt.Errorf("export petitions: %w", err))
		}
	}
}

// Keep keeps a file between its dry run and the yes to it.
func (x exchange) Keep(ctx context.Context, account int64, kind sheet.Kind, name string, body []byte) (string, error) {
	return x.db.KeepUpload(ctx, store.Upload{Account: account, Kind: string(kind), Name: name, Body: body})
}

// Kept reads it.
func (x exchange) Kept(ctx context.Context, account int64, id string) (kind sheet.Kind, name string, body []byte, err error) {
	u, err := x.db.Upload(ctx, id, account)
	return sheet.Kind(u.Kind), u.Name, u.Body, err
}

// Forget forgets it.
func (x exchange) Forget(ctx context.Context, account int64, id string) error {
	return x.db.DropUpload(ctx, id, account)
}
