package main

import (
	"context"
	"net/http"
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
		Desk:         consoleDesk{s.door, s.desk},
		Board:        boardShelf{s.db, s.shelf},
		Petitions:    clockedPetitions{petitionShelf{s.db}, s.shelf},
		Related:      relatedShelf{s.db, s.shelf},
		Tasks:        taskShelf{s.db, s.desk},
		Directory:    directoryShelf{s.db, s.desk, s.cfg.numbering()},
		Roster:       rosterShelf{directoryShelf{s.db, s.desk, s.cfg.numbering()}},
		Outbox:       outboxShelf{s.db, s.policy},
		Texts:        textShelf{s.db, s.catalogue, s.cfg.ApproveTexts, s.cfg.senders(), outboxShelf{s.db, s.policy}},
		Sendings:     sendingShelf{s.db, s.policy},
		Groups:       groupShelf{s.db},
		Gateway:      gatewayShelf{s},
		Reports:      s.reports(),
		Leaders:      s.leaders(),
		Calendar:     s.shelf,
		Accounts:     accountShelf{s.db},
		Log:          logShelf{s.db},
		Files:        fileShelf{s.db, s.cfg.Files},
		Recordings:   recordingShelf{s.db, s.desk},
		Webhooks:     hookShelf{s.db},
		APIKeys:      apiKeyShelf{s.db},
		Personal:     personalShelf{s.db, s.desk},
		Exchange:     s.exchange(),
		WrittenFiles: fileList{s.db, s.desk},
		Sessions:     s.db.Sessions(),
		Once:         answerShelf{s.db},
		Policy:       func() *escalation.Policy { return s.policy },
		Numbering:    s.cfg.numbering(),
		Mail:         s.mailer != nil,
		Redact:       templates.Summary,
		Offices:      s.db.KnownDirectory,
		Support:      s.cfg.SupportPhone,
		Now:          s.db.Now,
		Speed:        speed,
		Shift:        s.cfg.shift(),
		Prices:       bureau.Prices{Officer: s.cfg.SMSPrice.Officer, Citizen: s.cfg.SMSPrice.Citizen},
		Hint:         s.wakeGateway,
		PublicURL:    s.cfg.PublicURL,
		Secure:       strings.HasPrefix(s.cfg.PublicURL, "https://"),
		Handsets:     handsets,
		Slog:         s.log,
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
type boardShelf struct {
	db        *store.Store
	calendars *calendarShelf
}

var _ bureau.Board = boardShelf{}

// Board gives one page.
func (s boardShelf) Board(ctx context.Context, f bureau.BoardFilter) (web.PetitionPage, error) {
	page, err := s.db.Board(ctx, boardFilter(f))
	if err != nil {
		return web.PetitionPage{}, err
	}
	rows, err := clocked(ctx, s.db, s.calendars, page.Items)
	return web.PetitionPage{Items: rows, Next: page.NextCursor}, err
}

// All gives one page of open and ended ones.
func (s boardShelf) All(ctx context.Context, f bureau.BoardFilter) (web.PetitionPage, error) {
	page, err := s.db.AllPetitions(ctx, boardFilter(f))
	if err != nil {
		return web.PetitionPage{}, err
	}
	rows, err := clocked(ctx, s.db, s.calendars, page.Items)
	return web.PetitionPage{Items: rows, Next: page.NextCursor}, err
}

// Units counts by lead unit.
func (s boardShelf) Units(ctx context.Context, f bureau.BoardFilter) (map[string]int, error) {
	return s.db.BoardUnits(ctx, boardFilter(f))
}

func boardFilter(f bureau.BoardFilter) store.BoardFilter {
	filter := store.BoardFilter{
		Filter: store.Filter{Status: f.Statuses, Unit: f.Unit, Q: f.Query, Guarded: f.Guarded, Outside: f.Outside, Cursor: f.Cursor, Limit: f.Limit},
		Field:  f.Field, Channel: f.Channel, Urgent: f.Urgent, Mine: f.Mine, After: f.After, Before: f.Before, Clockless: f.Clockless, Directed: f.Directed, Late: f.Late,
	}
	if f.Overdue {
		overdue := true
		filter.Overdue = &overdue
	}
	return filter
}

// OpenByStatus counts what is open.
func (s boardShelf) OpenByStatus(ctx context.Context) (map[escalation.Status]int, error) {
	return s.db.OpenByStatus(ctx)
}

// Stamp tells changes apart.
func (s boardShelf) Stamp(ctx context.Context) (string, error) { return s.db.Stamp(ctx) }

// clockedPetitions are the door's with what a list's clocks go by.
type clockedPetitions struct {
	petitionShelf
	calendars *calendarShelf
}

// ListPetitions gives one page.
func (s clockedPetitions) ListPetitions(ctx context.Context, f web.PetitionFilter) (web.PetitionPage, error) {
	page, err := s.page(ctx, f)
	if err != nil {
		return web.PetitionPage{}, err
	}
	rows, err := clocked(ctx, s.db, s.calendars, page.Items)
	return web.PetitionPage{Items: rows, Next: page.NextCursor}, err
}

// clocked are rows with the calendar that has given each one's next deadline. Where all
// work by the city's nothing is asked.
func clocked(ctx context.Context, db *store.Store, calendars *calendarShelf, list []store.Summary) ([]web.PetitionRow, error) {
	rows := rowsOf(list)
	if len(calendars.Own()) == 0 {
		return rows, nil
	}
	ids := make([]int64, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	given, err := db.GivenBy(ctx, ids)
	for i, p := range list {
		rows[i].Given = given[p.ID]
	}
	return rows, err
}

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
type relatedShelf struct {
	db        *store.Store
	calendars *calendarShelf
}

var _ bureau.Related = relatedShelf{}

// HeardOf lists what came in.
func (s relatedShelf) HeardOf(ctx context.Context, petition int64, guarded bool, limit int) ([]bureau.Heard, error) {
	list, err := s.db.HeardOf(ctx, petition, guarded, limit)
	return heard(list), err
}

// Beside lists what the same numbers texted and were sent about something else.
func (s relatedShelf) Beside(ctx context.Context, petition int64, guarded bool, limit int) ([]bureau.Heard, []bureau.Told, error) {
	list, err := s.db.HeardBeside(ctx, petition, guarded, limit)
	if err != nil {
		return nil, nil, err
	}
	told, err := s.db.ToldBeside(ctx, petition, guarded, limit)
	out := make([]bureau.Told, len(told))
	for i, m := range told {
		out[i] = bureau.Told{Phone: m.Phone, Template: m.Template, Petition: m.Petition, State: m.State, At: m.At}
	}
	return heard(list), out, err
}

func heard(list []store.Heard) []bureau.Heard {
	out := make([]bureau.Heard, len(list))
	for i, h := range list {
		out[i] = bureau.Heard{Phone: h.Phone, Text: h.Text, At: h.ReadAt, Outcome: h.Outcome, Petitions: h.Petitions}
	}
	return out
}

// OfCitizen lists a number's petitions.
func (s relatedShelf) OfCitizen(ctx context.Context, phone string, guarded bool, limit int) ([]web.PetitionRow, error) {
	list, err := s.db.OfCitizen(ctx, phone, guarded, limit)
	if err != nil {
		return nil, err
	}
	return clocked(ctx, s.db, s.calendars, list)
}

// Neighbours lists what a new petition may be the same as.
func (s relatedShelf) Neighbours(ctx context.Context, text string, since time.Time, limit int) ([]web.PetitionRow, error) {
	list, err := s.db.Neighbours(ctx, text, since, limit)
	return rowsOf(list), err
}

// Answered lists what has an answer that may fit a text.
func (s relatedShelf) Answered(ctx context.Context, text string, limit int) ([]escalation.Petition, error) {
	return s.db.AnsweredLike(ctx, text, limit)
}

// sendingShelf shows the sendings to many.
type sendingShelf struct {
	db     *store.Store
	policy *escalation.Policy
}

var _ bureau.Sendings = sendingShelf{}

// Start queues a sending, at night for the morning.
func (s sendingShelf) Start(ctx context.Context, title string, notices []escalation.Notice, by escalation.Actor) (id int64, again bool, err error) {
	if id, err = s.db.SendingOf(ctx, notices[0]); err != nil || id != 0 {
		return id, true, err
	}
	now, err := s.db.Now(ctx)
	if err != nil {
		return 0, false, err
	}
	if title == "" {
		title = notices[0].Template
	}
	for i := range notices {
		notices[i].At = now
		notices[i].NotBefore = s.policy.Held(notices[i])
	}
	id, err = s.db.By(by).StartSending(ctx, title, notices)
	return id, false, err
}

// Queued are the ids of a sending's messages.
func (s sendingShelf) Queued(ctx context.Context, id int64) ([]int64, error) {
	return s.db.QueuedIn(ctx, id)
}

// SendingOf is the sending of a message.
func (s sendingShelf) SendingOf(ctx context.Context, message int64) (int64, error) {
	return s.db.SendingWith(ctx, message)
}

// Sending reads one.
func (s sendingShelf) Sending(ctx context.Context, id int64) (bureau.Sending, error) {
	view, err := s.db.Sending(ctx, id)
	return sendingOf(view), err
}

// Outcomes is one page of recipients.
func (s sendingShelf) Outcomes(ctx context.Context, id int64, states []escalation.MessageState, cursor string, limit int) ([]bureau.SendOutcome, string, error) {
	page, err := s.db.SendingMessages(ctx, id, states, cursor, limit)
	list := make([]bureau.SendOutcome, len(page.Items))
	for i, m := range page.Items {
		list[i] = bureau.SendOutcome{Message: m.ID, To: escalation.MaskPhone(m.Phone), Phone: m.Phone, State: m.State, Error: m.Error}
	}
	return list, page.NextCursor, err
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
	out := bureau.Sending{ID: v.ID, Title: v.Title, By: v.By, At: v.At, State: sendingStates[v.State], Counts: v.Counts, Remaining: v.Remaining, Segments: v.Segments}
	for _, n := range v.Counts {
		out.Total += n
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
	nodes, err := db.Nodes(ctx, time.Minute)
	if err != nil {
		return view, err
	}
	for _, n := range processes(nodes) {
		view.Nodes = append(view.Nodes, bureau.NodeView{Name: n.Name, Roles: strings.Split(n.Roles, roleBetween), Beat: n.Beat, Binds: g.binds(n)})
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

// binds are those of a process; its own are as they stand now, those of others as they
// stood at their last sign of life. What a gateway does not say stays unsaid.
func (g gatewayShelf) binds(n store.Node) (list []bureau.BindView) {
	if n.Binds != nil {
		list = []bureau.BindView{}
	}
	for _, b := range n.Binds {
		for _, a := range g.s.accounts {
			if n.Name == g.s.owner && a.cfg.Name == b.SMSC {
				sent := b.Sent
				b = a.bind()
				b.Sent = sent
			}
		}
		list = append(list, bureau.BindView{SMSC: b.SMSC, Bound: b.Bound, Sent: b.Sent, Rate: b.Rate, Part: b.Part})
	}
	return list
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
	return logged(page.Items), page.NextCursor, err
}

// Of gives the latest lines about one thing.
func (s logShelf) Of(ctx context.Context, what, ref string, limit int) ([]bureau.Logged, error) {
	page, err := s.db.ChangeLog(ctx, what, ref, "", limit)
	return logged(page.Items), err
}

func logged(lines []store.Logged) (list []bureau.Logged) {
	for _, l := range lines {
		list = append(list, bureau.Logged{At: l.At, Actor: l.Actor, Role: string(l.Role), Channel: string(l.Channel), Action: l.Action, What: l.What, Ref: l.Ref, Detail: l.Detail})
	}
	return list
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

// SaveAccount writes an account's person, role and unit.
func (s accountShelf) SaveAccount(ctx context.Context, a bureau.Account, by escalation.Actor) error {
	return s.db.By(by).SaveAccount(ctx, storedAccount(a))
}

// DisableAccount closes an account, or opens it.
func (s accountShelf) DisableAccount(ctx context.Context, id int64, disabled bool, by escalation.Actor) error {
	return s.db.By(by).DisableAccount(ctx, id, disabled)
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
func (s accountShelf) NoteSignIn(ctx context.Context, id int64, from string, right bool) error {
	return s.db.NoteSignIn(ctx, id, from, right)
}

// TrySignIn takes a try of an address.
func (s accountShelf) TrySignIn(ctx context.Context, id int64, from string) (bool, error) {
	return s.db.TrySignIn(ctx, id, from)
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
	return s.db.By(by).CreateAPIKey(ctx, name, role, unit)
}

// Revoke ends one at once.
func (s apiKeyShelf) Revoke(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).RevokeAPIKey(ctx, id)
}
