package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/templates"
	"notify1022/web"
	bureau "notify1022/web/console"
)

// console puts the operators' desk together.
func (s *service) bureau() (http.Handler, error) {
	handsets := ""
	if s.simulator != nil {
		handsets = "/simulator/"
	}
	speed := s.order.simSpeed
	return bureau.New(bureau.Config{
		Desk: consoleDesk{s.door, s.desk}, Board: boardShelf{s.db}, Petitions: petitionShelf{s.db}, Related: relatedShelf{s.db},
		Tasks: taskShelf{s.db, s.desk}, Directory: directoryShelf{s.db}, Outbox: outboxShelf{s.db, s.policy}, Texts: textShelf{s.db, s.catalogue},
		Sendings: sendingShelf{s.db, s.policy}, Gateway: gatewayShelf{s}, Calendar: s.book, Accounts: accountShelf{s.db}, Log: logShelf{s.db}, Files: fileShelf{s.db, s.cfg.Files}, Webhooks: hookShelf{s.db}, APIKeys: apiKeyShelf{s.db}, Exchange: s.exchange(), Sessions: s.db.Sessions(),
		Policy: func() *escalation.Policy { return s.policy }, Numbering: s.cfg.numbering(), Redact: templates.Summary, Now: s.db.Now, Speed: speed,
		Hint: s.wakeGateway, PublicURL: s.cfg.PublicURL, Secure: strings.HasPrefix(s.cfg.PublicURL, "https://"), Handsets: handsets, Slog: s.log,
	})
}

// consoleDesk is the door's desk with previews.
type consoleDesk struct {
	web.Desk
	desk *escalation.Desk
}

// Preview decides a command and saves nothing.
func (d consoleDesk) Preview(ctx context.Context, code string, cmd escalation.Command, actor escalation.Actor, version int64) (escalation.Preview, error) {
	return d.desk.Preview(ctx, code, cmd, actor, version)
}

// boardShelf shows the console what is open.
type boardShelf struct{ db *store.Store }

var _ bureau.Board = boardShelf{}

// Board gives one page.
func (s boardShelf) Board(ctx context.Context, f bureau.BoardFilter) (web.PetitionPage, error) {
	filter := store.BoardFilter{
		Filter: store.Filter{Status: f.Statuses, Unit: f.Unit, Q: f.Query, Guarded: f.Guarded, Cursor: f.Cursor, Limit: f.Limit},
		Field:  f.Field, Channel: f.Channel, Urgent: f.Urgent, Mine: f.Mine, Before: f.Before,
	}
	if f.Overdue {
		overdue := true
		filter.Overdue = &overdue
	}
	page, err := s.db.Board(ctx, filter)
	return web.PetitionPage{Items: rowsOf(page.Items), Next: page.NextCursor}, err
}

// OpenByStatus counts what is open.
func (s boardShelf) OpenByStatus(ctx context.Context) (map[escalation.Status]int, error) {
	return s.db.OpenByStatus(ctx)
}

// Stamp tells changes apart.
func (s boardShelf) Stamp(ctx context.Context) (string, error) { return s.db.Stamp(ctx) }

func rowsOf(list []store.Summary) []web.PetitionRow {
	var rows []web.PetitionRow
	for _, p := range list {
		rows = append(rows, web.PetitionRow{
			Code: p.Code, Version: p.Version, Status: p.Status, Channel: p.Channel, Kind: p.Kind, Field: p.Field, Area: p.Area,
			Summary: p.Summary, Unit: p.Unit, Urgent: p.Urgent, Confidential: p.Confidential, Denunciation: p.Denunciation,
			WasOverdue: p.WasOverdue, ReceivedAt: p.ReceivedAt, NextDue: p.NextDue, WaitsFor: p.WaitsFor, ClosedAt: p.ClosedAt,
		})
	}
	return rows
}

// relatedShelf shows what stands around a petition.
type relatedShelf struct{ db *store.Store }

var _ bureau.Related = relatedShelf{}

// HeardOf lists what came in.
func (s relatedShelf) HeardOf(ctx context.Context, petition int64, guarded bool, limit int) ([]bureau.Heard, error) {
	list, err := s.db.HeardOf(ctx, petition, guarded, limit)
	heard := make([]bureau.Heard, len(list))
	for i, h := range list {
		heard[i] = bureau.Heard{Phone: h.Phone, Text: h.Text, At: h.ReadAt, Outcome: h.Outcome}
	}
	return heard, err
}

// OfCitizen lists a number's petitions.
func (s relatedShelf) OfCitizen(ctx context.Context, phone string, guarded bool, limit int) ([]web.PetitionRow, error) {
	list, err := s.db.OfCitizen(ctx, phone, guarded, limit)
	return rowsOf(list), err
}

// Neighbours lists what a new petition may be the same as.
func (s relatedShelf) Neighbours(ctx context.Context, field, area string, since time.Time, limit int) ([]web.PetitionRow, error) {
	list, err := s.db.Neighbours(ctx, field, area, since, limit)
	return rowsOf(list), err
}

// OfficeWork lists directives and files that are due.
func (s relatedShelf) OfficeWork(ctx context.Context, limit int) ([]web.PetitionRow, error) {
	list, err := s.db.OfficeWork(ctx, limit)
	return rowsOf(list), err
}

// Answered lists public answers of a field.
func (s relatedShelf) Answered(ctx context.Context, field string, limit int) ([]escalation.Petition, error) {
	return s.db.AnsweredInField(ctx, field, limit)
}

// textShelf shows the wordings.
type textShelf struct {
	db        *store.Store
	catalogue *catalogue
}

var _ bureau.Texts = textShelf{}

// All lists the texts in force.
func (s textShelf) All() []templates.Template { return s.catalogue.Set().All() }

// Lookup finds one.
func (s textShelf) Lookup(key templates.Key) (templates.Template, bool) {
	return s.catalogue.Set().Lookup(key)
}

// Render fills a text in force.
func (s textShelf) Render(template string, vars map[string]string, byEmail bool) (templates.Rendered, error) {
	options := templates.Options{MaxSegments: maxRendered}
	if byEmail {
		options = templates.Options{Accented: true, MaxSegments: templates.MailSegments}
	}
	return s.catalogue.Set().Render(templates.Key(template), vars, options)
}

// Try fills a wording that is not saved.
func (s textShelf) Try(key templates.Key, text string, vars map[string]string) (templates.Rendered, error) {
	set := s.catalogue.Set()
	before, ok := set.Lookup(key)
	if !ok {
		return templates.Rendered{}, templates.ErrUnknownKey
	}
	set, err := set.With(templates.Template{Key: key, Version: before.Version + 1, Text: text})
	if err != nil {
		return templates.Rendered{}, err
	}
	return set.Render(key, vars, templates.Options{MaxSegments: maxRendered})
}

// Versions lists a key's wordings, the latest first, the built-in one last.
func (s textShelf) Versions(ctx context.Context, key templates.Key) ([]bureau.TextVersion, error) {
	saved, err := s.db.TemplateVersions(ctx)
	if err != nil {
		return nil, err
	}
	built, _ := templates.Builtin().Lookup(key)
	list := []bureau.TextVersion{{Version: built.Version, Text: built.Text, Author: "1022"}}
	for _, v := range saved {
		if v.Key == key {
			list = append([]bureau.TextVersion{{Version: v.Version, Text: v.Text, Author: v.Author, CreatedAt: v.CreatedAt, From: v.ActiveFrom}}, list...)
		}
	}
	return list, nil
}

// Save makes the next version and puts it in force in this process at once.
func (s textShelf) Save(ctx context.Context, key templates.Key, text string, from time.Time, by escalation.Actor) (int, error) {
	version, err := s.db.SaveTemplate(ctx, key, text, by.Name, from)
	if err != nil {
		return 0, err
	}
	if err := s.db.By(by).Log(ctx, "save", "template", string(key), ""); err != nil {
		return 0, err
	}
	return version, s.catalogue.load(ctx)
}

// sendingShelf shows the sendings to many.
type sendingShelf struct {
	db     *store.Store
	policy *escalation.Policy
}

var _ bureau.Sendings = sendingShelf{}

// sendingShown is how many recipients one sending shows.
const sendingShown = 20_000

// Start queues a sending, at night for the morning.
func (s sendingShelf) Start(ctx context.Context, title string, notices []escalation.Notice, by escalation.Actor) (int64, error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return 0, err
	}
	if title == "" {
		title = notices[0].Template
	}
	for i := range notices {
		notices[i].At = now
		notices[i].NotBefore = s.policy.Held(notices[i])
	}
	return s.db.By(by).StartSending(ctx, title, notices)
}

// Sending reads one.
func (s sendingShelf) Sending(ctx context.Context, id int64) (bureau.Sending, error) {
	view, err := s.db.Sending(ctx, id, sendingShown)
	return sendingOf(view), err
}

// Recent lists the latest.
func (s sendingShelf) Recent(ctx context.Context, limit int) ([]bureau.Sending, error) {
	views, err := s.db.RecentSendings(ctx, limit)
	var list []bureau.Sending
	for _, v := range views {
		list = append(list, sendingOf(v))
	}
	return list, err
}

func sendingOf(v store.SendingView) bureau.Sending {
	out := bureau.Sending{ID: v.ID, Title: v.Title, By: v.By, At: v.At, State: sendingStates[v.State], Counts: v.Counts, Remaining: v.Remaining}
	for _, n := range v.Counts {
		out.Total += n
	}
	for _, m := range v.Messages {
		out.Outcomes = append(out.Outcomes, bureau.SendOutcome{Message: m.ID, To: escalation.MaskPhone(m.Phone), Phone: m.Phone, State: m.State, Error: m.Error})
	}
	return out
}

var sendingStates = map[string]string{store.SendingRuns: "đang gửi", store.SendingPaused: "tạm dừng", store.SendingCancelled: "đã hủy"}

// Pause keeps back what has not gone out.
func (s sendingShelf) Pause(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).PauseSending(ctx, id)
}

// Resume lets it go on.
func (s sendingShelf) Resume(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).ResumeSending(ctx, id)
}

// Cancel drops it.
func (s sendingShelf) Cancel(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).CancelSending(ctx, id)
}

// gatewayShelf shows the sending of texts.
type gatewayShelf struct{ s *service }

var _ bureau.Gateway = gatewayShelf{}

// Look reads the state of sending.
func (g gatewayShelf) Look(ctx context.Context) (view bureau.GatewayView, err error) {
	db := g.s.db
	if view.Paused, err = db.Paused(ctx); err != nil {
		return view, err
	}
	for _, a := range g.s.accounts {
		view.Binds = append(view.Binds, bureau.BindView{SMSC: a.cfg.Name, Bound: a.client.Bound(), Rate: a.cfg.Rate})
	}
	nodes, err := db.Nodes(ctx, time.Minute)
	if err != nil {
		return view, err
	}
	for _, n := range nodes {
		view.Nodes = append(view.Nodes, bureau.NodeView{Name: n.Name, Roles: n.Roles, Beat: n.Beat})
	}
	machine, err := db.MachineNow(ctx)
	if err != nil {
		return view, err
	}
	depths, err := db.Depths(ctx)
	if err != nil {
		return view, err
	}
	for _, d := range depths {
		view.Lanes = append(view.Lanes, bureau.LaneView{Lane: d.Lane, State: d.State, Count: d.Count, Oldest: machine.Sub(d.Oldest).Round(time.Second)})
	}
	minutes, err := db.LastHour(ctx)
	if err != nil {
		return view, err
	}
	for _, m := range minutes {
		view.Hour = append(view.Hour, bureau.MinuteView{At: m.At, Sent: m.Sent, Failed: m.Failed})
	}
	failed, err := db.LastErrors(ctx)
	for _, e := range failed {
		view.Errors = append(view.Errors, bureau.ErrorView{Error: e.Error, Count: e.N})
	}
	return view, err
}

// Pause stops the sending of all gateways.
func (g gatewayShelf) Pause(ctx context.Context, by escalation.Actor) error {
	return g.s.db.By(by).SetPaused(ctx, true)
}

// Resume lets it go on.
func (g gatewayShelf) Resume(ctx context.Context, by escalation.Actor) error {
	return g.s.db.By(by).SetPaused(ctx, false)
}

// logShelf shows the change log.
type logShelf struct{ db *store.Store }

var _ bureau.ChangeLog = logShelf{}

// Note writes a line.
func (s logShelf) Note(ctx context.Context, by escalation.Actor, action, what, ref, detail string) error {
	return s.db.By(by).Log(ctx, action, what, ref, detail)
}

// Changes gives one page.
func (s logShelf) Changes(ctx context.Context, what, cursor string, limit int) ([]bureau.Logged, string, error) {
	page, err := s.db.ChangeLog(ctx, what, "", cursor, limit)
	var list []bureau.Logged
	for _, l := range page.Items {
		list = append(list, bureau.Logged{At: l.At, Actor: l.Actor, Role: string(l.Role), Channel: string(l.Channel), Action: l.Action, What: l.What, Ref: l.Ref, Detail: l.Detail})
	}
	return list, page.NextCursor, err
}

// accountShelf shows the accounts.
type accountShelf struct{ db *store.Store }

var _ bureau.Accounts = accountShelf{}

func accountOf(a store.Account) bureau.Account {
	return bureau.Account{ID: a.ID, Name: a.Name, FullName: a.FullName, Role: a.Role, Unit: a.Unit, Contact: a.Contact, Hash: a.Hash,
		MustChange: a.MustChange, Disabled: a.Disabled, TOTP: a.TOTP, Locked: a.Locked, Epoch: a.Epoch}
}

func storedAccount(a bureau.Account) store.Account {
	return store.Account{ID: a.ID, Name: a.Name, FullName: a.FullName, Role: a.Role, Unit: a.Unit, Contact: a.Contact, Hash: a.Hash,
		MustChange: a.MustChange, Disabled: a.Disabled}
}

// AccountByName finds an account.
func (s accountShelf) AccountByName(ctx context.Context, name string) (bureau.Account, error) {
	a, err := s.db.AccountByName(ctx, name)
	return accountOf(a), err
}

// Account finds an account.
func (s accountShelf) Account(ctx context.Context, id int64) (bureau.Account, error) {
	a, err := s.db.Account(ctx, id)
	return accountOf(a), err
}

// Accounts lists the accounts.
func (s accountShelf) Accounts(ctx context.Context) ([]bureau.Account, error) {
	list, err := s.db.Accounts(ctx)
	out := make([]bureau.Account, len(list))
	for i, a := range list {
		out[i] = accountOf(a)
	}
	return out, err
}

// AddAccount stores a new account.
func (s accountShelf) AddAccount(ctx context.Context, a bureau.Account, by escalation.Actor) (int64, error) {
	return s.db.By(by).AddAccount(ctx, storedAccount(a))
}

// SaveAccount replaces an account.
func (s accountShelf) SaveAccount(ctx context.Context, a bureau.Account, by escalation.Actor) error {
	return s.db.By(by).SaveAccount(ctx, storedAccount(a))
}

// SetPassword gives an account a password.
func (s accountShelf) SetPassword(ctx context.Context, id int64, hash string, mustChange bool, by escalation.Actor) error {
	return s.db.By(by).SetPassword(ctx, id, hash, mustChange)
}

// SetTOTP gives an account a second factor.
func (s accountShelf) SetTOTP(ctx context.Context, id int64, secret string, by escalation.Actor) error {
	return s.db.By(by).SetTOTP(ctx, id, secret)
}

// EndSessions signs an account out.
func (s accountShelf) EndSessions(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).EndSessions(ctx, id)
}

// NoteSignIn counts wrong passwords.
func (s accountShelf) NoteSignIn(ctx context.Context, id int64, right bool) error {
	return s.db.NoteSignIn(ctx, id, right)
}

// UseTOTPStep takes a step once.
func (s accountShelf) UseTOTPStep(ctx context.Context, id, step int64) (bool, error) {
	return s.db.UseTOTPStep(ctx, id, step)
}

// apiKeyShelf shows the keys of programs.
type apiKeyShelf struct{ db *store.Store }

var _ bureau.APIKeys = apiKeyShelf{}

// Keys lists the keys.
func (s apiKeyShelf) Keys(ctx context.Context) ([]bureau.APIKey, error) {
	list, err := s.db.APIKeys(ctx)
	out := make([]bureau.APIKey, len(list))
	for i, k := range list {
		out[i] = bureau.APIKey{ID: k.ID, Name: k.Name, Role: k.Role, Unit: k.Unit, At: k.CreatedAt, Revoked: k.RevokedAt}
	}
	return out, err
}

// Create makes a key.
func (s apiKeyShelf) Create(ctx context.Context, name string, role escalation.Role, unit string, by escalation.Actor) (string, error) {
	key, err := s.db.CreateAPIKey(ctx, name, role, unit)
	if err != nil {
		return "", err
	}
	return key, s.db.By(by).Log(ctx, "add", "key", name, string(role))
}

// Revoke ends one at once.
func (s apiKeyShelf) Revoke(ctx context.Context, id int64, by escalation.Actor) error {
	if err := s.db.RevokeAPIKey(ctx, id); err != nil {
		return err
	}
	return s.db.By(by).Log(ctx, "revoke", "key", strconv.FormatInt(id, 10), "")
}
