package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/web"
	bureau "notify1022/web/console"
)

// personalCmd answers persons who ask about their own data.
type personalCmd struct {
	Export personalExport `cmd:"" help:"Print everything that is kept about one phone number, as JSON. Who looked is logged."`
}

type personalExport struct {
	Phone string `required:"" help:"The number, as people write it." placeholder:"P"`
	HTML  string `help:"Write a page to read and print into this file instead." placeholder:"FILE" type:"path"`
}

func (p *personalExport) Run(ctx context.Context, c *console, s *settings) (err error) {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	number, err := cfg.numbering().ParsePhone(p.Phone)
	if err != nil {
		return usagef("--phone: %w", err)
	}
	db, err := s.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	data, err := db.By(atTheCommandLine()).ExportPersonal(ctx, number.E164, escalation.MaskPhone(number.E164))
	if err != nil {
		return err
	}
	if data.Withheld > 0 {
		fmt.Fprintf(c.err, "notify1022: %d denunciations are not exported (docs/personal-data.md)\n", data.Withheld)
	}
	if p.HTML == "" {
		out := json.NewEncoder(c.out)
		out.SetIndent("", "  ")
		return out.Encode(data)
	}
	file, err := os.OpenFile(p.HTML, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // nobody else on the machine reads it
	if err != nil {
		return err
	}
	err = web.WritePersonal(file, data)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// personalShelf lets administrators answer requests about personal data.
type personalShelf struct {
	db   *store.Store
	desk *escalation.Desk
}

var _ bureau.Personal = personalShelf{}

// Requests gives one page, the latest first.
func (s personalShelf) Requests(ctx context.Context, cursor string, limit int) ([]escalation.PersonalRequest, string, error) {
	page, err := s.db.PersonalRequests(ctx, cursor, limit)
	return page.Items, page.NextCursor, err
}

// Request reads one.
func (s personalShelf) Request(ctx context.Context, id int64) (escalation.PersonalRequest, error) {
	return s.db.PersonalRequest(ctx, id)
}

// Record takes a request in.
func (s personalShelf) Record(ctx context.Context, kind escalation.PersonalKind, phone, note string, received time.Time, by escalation.Actor) (escalation.PersonalRequest, error) {
	return s.desk.RecordPersonal(ctx, kind, phone, note, received, by)
}

// Known lists the number's petitions and what may be done with each.
func (s personalShelf) Known(ctx context.Context, phone string) ([]bureau.KnownPetition, error) {
	list, err := s.db.KnownOf(ctx, phone)
	known := make([]bureau.KnownPetition, len(list))
	for i, p := range list {
		known[i] = bureau.KnownPetition{Code: p.Code, Status: p.Status, Held: p.HeldForCitizen()}
		if err == nil && known[i].Held == "" {
			known[i].Files, err = s.unitFiles(ctx, p.ID)
		}
	}
	return known, err
}

// unitFiles are the petition's files that do not go with its citizen.
func (s personalShelf) unitFiles(ctx context.Context, petition int64) (files []web.Attachment, err error) {
	list, err := s.db.Attachments(ctx, petition)
	for _, a := range list {
		if f := doorFile(a); f.Stage == web.StageBefore || f.Stage == web.StageAfter {
			files = append(files, f)
		}
	}
	return files, err
}

// chosen sorts the files by their petitions; *escalation.Problem for one that is none of
// those offered.
func chosen(known []bureau.KnownPetition, files []int64) (map[string][]int64, error) {
	of := make(map[string][]int64)
	for _, id := range files {
		i := slices.IndexFunc(known, func(k bureau.KnownPetition) bool {
			return slices.ContainsFunc(k.Files, func(f web.Attachment) bool { return f.ID == id })
		})
		if i < 0 {
			return nil, &escalation.Problem{Kind: escalation.Invalid, Field: "file", Detail: "tệp đã chọn không thuộc phản ánh được xóa; hãy tải lại trang"}
		}
		of[known[i].Code] = append(of[known[i].Code], id)
	}
	return of, nil
}

// Export puts together what is kept, and logs the look.
func (s personalShelf) Export(ctx context.Context, r escalation.PersonalRequest, by escalation.Actor) (escalation.PersonalData, error) {
	return s.db.By(by).ExportPersonal(ctx, r.Phone, requestRef(r))
}

func requestRef(r escalation.PersonalRequest) string { return fmt.Sprintf("yêu cầu %d", r.ID) }

// Correct puts right what is known of a citizen.
func (s personalShelf) Correct(ctx context.Context, code string, who escalation.CitizenIntake, by escalation.Actor) error {
	_, err := s.desk.Correct(ctx, code, who, by)
	return err
}

// Erase erases the number's citizen from every petition that is not held, with those of
// the units' files that are named, and where none is held what else is kept about the
// number. Called again it goes on where it stopped.
func (s personalShelf) Erase(ctx context.Context, r escalation.PersonalRequest, files []int64, by escalation.Actor) (done bureau.Erasure, err error) {
	if err := r.MayErase(); err != nil {
		return done, err
	}
	known, err := s.Known(ctx, r.Phone)
	if err != nil {
		return done, err
	}
	drop, err := chosen(known, files)
	if err != nil {
		return done, err
	}
	list, err := s.db.KnownOf(ctx, r.Phone)
	if err != nil {
		return done, err
	}
	why := "theo yêu cầu số " + fmt.Sprint(r.ID)
	for _, p := range list {
		if p.HeldForCitizen() != "" {
			done.Held = append(done.Held, p.Code)
			continue
		}
		if some := drop[p.Code]; len(some) > 0 { // first: without its citizen nobody finds the petition again
			if err := s.db.By(by).EraseFiles(ctx, p, some...); err != nil {
				return done, err
			}
		}
		err := forgetPetition(ctx, s.desk, s.db, p.ID, escalation.ForgetCitizen, why, by)
		if heldBack(err) { // reopened meanwhile
			done.Held = append(done.Held, p.Code)
			continue
		}
		if err != nil {
			return done, err
		}
		if err := s.db.By(by).LogErased(ctx, p.Code, why, requestRef(r)); err != nil {
			return done, err
		}
		done.Erased = append(done.Erased, p.Code)
	}
	if len(done.Held) > 0 {
		return done, nil
	}
	return done, s.db.By(by).ForgetPhone(ctx, r.Phone, requestRef(r))
}

// Answer ends a request.
func (s personalShelf) Answer(ctx context.Context, id int64, outcome escalation.PersonalOutcome, answer string, by escalation.Actor) error {
	_, err := s.desk.AnswerPersonal(ctx, id, outcome, strings.TrimSpace(answer), by)
	return err
}
