package main

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
)

// archive is a store with a desk, a directory of files and a clock moved by hand.
type archive struct {
	*testing.T
	db   *store.Store
	desk *escalation.Desk
	job  *retention

	mu  sync.Mutex
	now time.Time
}

func (a *archive) clock() time.Time { a.mu.Lock(); defer a.mu.Unlock(); return a.now }

func (a *archive) to(now time.Time) { a.mu.Lock(); defer a.mu.Unlock(); a.now = now }

func openArchive(t *testing.T, dsn string, periods Retention) *archive {
	t.Helper()
	a := &archive{T: t, now: time.Date(2026, 3, 9, 8, 0, 0, 0, worktime.Zone())} // Monday
	db, err := store.Open(t.Context(), dsn, store.Options{Environment: simulation, Domain: a.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg := defaultConfig()
	cfg.TestPrefixes = []string{"057"}
	a.db = db
	a.desk = escalation.NewDesk(db, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hp", Numbering: cfg.numbering(),
		Token: newToken, Salt: newSalt, Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.example.vn", Support: "0225.1022",
	})
	a.job = &retention{db: db, desk: a.desk, files: fileShelf{db, t.TempDir()}, periods: periods, page: 2, limit: time.Minute, log: slog.New(slog.DiscardHandler)}
	return a
}

var lead = escalation.Actor{Name: "Trưởng ca", Role: escalation.ShiftLead, Channel: escalation.ByConsole}

// answered is a petition that was answered directly.
func (a *archive) answered(change ...func(*escalation.Intake)) escalation.Petition {
	a.Helper()
	in := escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Nhà tôi 15 phố Thử Nghiệm mất nước, 0570000101", Field: "cấp nước",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000101", Address: "15 phố Thử Nghiệm"}}
	for _, c := range change {
		c(&in)
	}
	p, err := a.desk.Accept(a.Context(), in, lead)
	if err == nil {
		p, err = a.desk.Do(a.Context(), p.Code, &escalation.AnswerDirectly{Text: "Đang khắc phục cho Nguyễn Văn Thử."}, lead, 0)
	}
	if err != nil {
		a.Fatal(err)
	}
	return p
}

func (a *archive) run() {
	a.Helper()
	if err := a.job.Run(a.Context(), a.clock()); err != nil {
		a.Fatal(err)
	}
}

func (a *archive) read(code string) store.Case {
	a.Helper()
	c, err := a.db.PetitionByCode(a.Context(), code)
	if err != nil {
		a.Fatal(err)
	}
	if err := escalation.VerifyChain(c.Timeline); err != nil {
		a.Errorf("%s: %v", code, err)
	}
	return c
}

// One petition that cannot be read must not keep the data of all others.
func TestAPetitionThatCannotBeErasedKeepsNoOther(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	a := openArchive(t, "sqlite:"+file, Retention{Citizen: "1y", Document: "never", Messages: "90d", Inbound: "90d", Recordings: "90d", Audit: "never"})
	first, second, third := a.answered(), a.answered(), a.answered()
	raw, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	state := func(text string) (was string) {
		t.Helper()
		if err := raw.QueryRow(`SELECT state FROM petition WHERE id = ?`, second.ID).Scan(&was); err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec(`UPDATE petition SET state = ? WHERE id = ?`, text, second.ID); err != nil {
			t.Fatal(err)
		}
		return was
	}
	whole := state("[]")
	a.to(a.clock().AddDate(1, 1, 0))
	var told strings.Builder
	a.job.log = slog.New(slog.NewTextHandler(&told, nil))
	for range 2 { // held back, and tried again
		a.run() // is done: a run that failed would be tried again all day
	}
	if n := strings.Count(told.String(), "petition="+second.Code); n != 2 {
		t.Errorf("%s is named %d times: %s", second.Code, n, told.String())
	}
	for _, p := range []escalation.Petition{first, third} {
		if c := a.read(p.Code); c.Citizen.Name != "" || c.Messages[0].Phone != "" {
			t.Errorf("%s still has %+v, %+v", p.Code, c.Citizen, c.Messages)
		}
	}
	state(whole)
	if c := a.read(second.Code); c.Citizen.Name == "" || c.Messages[0].Phone != "" {
		t.Errorf("of the one that could not be read: %+v, %+v", c.Citizen, c.Messages)
	}
	a.run()
	if c := a.read(second.Code); c.Citizen.Name != "" {
		t.Errorf("once mended it still has %+v", c.Citizen)
	}
}

func TestWhatIsTooOldIsErasedAndWhatIsCountedStays(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		a := openArchive(t, dsn, Retention{Citizen: "1y", Document: "2y", Messages: "90d", Inbound: "90d", Recordings: "90d", Audit: "never"})
		var ended []escalation.Petition
		for range 5 { // more than a page
			ended = append(ended, a.answered())
		}
		denounced := a.answered(func(in *escalation.Intake) { in.Denunciation = true })
		before, after := a.file(ended[0], "intake"), a.file(ended[0], "after")
		files := func(want ...int64) {
			t.Helper()
			list, err := a.db.Attachments(t.Context(), ended[0].ID)
			var got []int64
			for _, f := range list {
				got = append(got, f.ID)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("files %v, want %v (%v)", got, want, err)
			}
		}
		a.to(a.clock().AddDate(0, 6, 0))
		young := a.answered()
		open, err := a.desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Ngập đường",
			Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000101"}}, lead)
		if err != nil {
			t.Fatal(err)
		}
		a.run()
		if c := a.read(ended[0].Code); c.Citizen.Name == "" || c.Messages[0].Phone != "" {
			t.Errorf("after six months: %+v, messages %+v", c.Citizen, c.Messages)
		}
		a.to(a.clock().AddDate(0, 7, 0))
		counted, err := a.db.CountByStatus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		files(before, after)
		a.run()
		a.run()      // nothing more to do
		files(after) // the unit's is part of the document
		for _, p := range ended {
			c := a.read(p.Code)
			if c.Citizen.Name != "" || strings.Contains(c.Content+c.Answer, "Thử") || !strings.Contains(c.Content, "mất nước") || c.Field != "cấp nước" {
				t.Errorf("%s after a year: %+v, %q, %q", p.Code, c.Citizen, c.Content, c.Answer)
			}
			if n := strings.Count(actions(c), "erase"); n != 1 {
				t.Errorf("%s was erased %d times", p.Code, n)
			}
		}
		for _, p := range []escalation.Petition{denounced, young, open} {
			if c := a.read(p.Code); c.Citizen.Name == "" {
				t.Errorf("%s lost its citizen", p.Code)
			}
		}
		a.to(a.clock().AddDate(1, 0, 0))
		a.run()
		for _, p := range append(ended, denounced) {
			if c := a.read(p.Code); c.Content != "" || c.Answer != "" || c.Citizen.Name != "" || c.ClosedAt.IsZero() {
				t.Errorf("%s after two years: %q, %+v", p.Code, c.Content, c.Citizen)
			}
		}
		files()
		again, err := a.db.CountByStatus(t.Context())
		if err != nil || fmt.Sprint(counted) != fmt.Sprint(again) {
			t.Errorf("counted %v, before %v, %v", again, counted, err)
		}
	})
}

// file is a file of the petition.
func (a *archive) file(p escalation.Petition, stage string) int64 {
	a.Helper()
	id, err := a.db.AddAttachment(a.Context(), store.Attachment{Petition: p.ID, Name: "anh.jpg", Type: "image/jpeg", SHA256: "aa" + stage, Stage: stage}, 20)
	if err != nil {
		a.Fatal(err)
	}
	return id
}

func actions(c store.Case) string {
	var all []string
	for _, e := range c.Timeline {
		all = append(all, e.Action)
	}
	return strings.Join(all, " ")
}

// One that is still needed when its time is over is erased when it is needed no more.
func TestAPetitionThatIsHeldBackIsErasedLater(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		a := openArchive(t, dsn, Retention{Citizen: "1y", Document: "never", Messages: "never", Inbound: "never", Recordings: "never", Audit: "never"})
		p, later := a.answered(), a.answered()
		owed := func(owes bool) {
			err := a.db.Tx(t.Context(), func(tx escalation.Tx) error {
				loaded, err := tx.Petitions(t.Context(), p.ID)
				if err != nil {
					return err
				}
				next := loaded[0]
				next.Version++
				next.Written = &escalation.Written{SentAt: a.clock(), Explanations: []escalation.Explanation{{Round: 1, AskedAt: a.clock()}}}
				if !owes {
					next.Written.Explanations[0].At = a.clock()
				}
				return tx.Save(t.Context(), []escalation.Change{{Before: loaded[0].Version, Petition: next}})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		owed(true)
		a.to(a.clock().AddDate(2, 0, 0))
		a.run()
		a.run()
		if a.read(p.Code).Citizen.Name == "" || a.read(later.Code).Citizen.Name != "" {
			t.Error("it was erased while its unit had to explain, or stopped the other one")
		}
		owed(false)
		a.run()
		a.run()
		if a.read(p.Code).Citizen.Name != "" {
			t.Error("it is kept for ever")
		}
		if got, err := a.db.Erased(t.Context()); err != nil || got[store.RetainCitizen] != 2 {
			t.Errorf("erased %v, %v", got, err)
		}
	})
}

func TestARunThatIsSpentGoesOnInTheNext(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		a := openArchive(t, dsn, Retention{Citizen: "1y", Document: "never", Messages: "never", Inbound: "never", Recordings: "never", Audit: "never"})
		for range 3 {
			a.answered()
		}
		a.to(a.clock().AddDate(2, 0, 0))
		a.job.limit = -time.Second
		a.run()
		if got, err := a.db.Erased(t.Context()); err != nil || got[store.RetainCitizen] != 0 {
			t.Errorf("a run without time erased %v, %v", got, err)
		}
		a.job.limit = time.Minute
		a.run()
		if got, err := a.db.Erased(t.Context()); err != nil || got[store.RetainCitizen] != 3 {
			t.Errorf("erased %v, %v", got, err)
		}
	})
}

func TestOldRecordingsLoseTheirBytes(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		a := openArchive(t, dsn, Retention{Citizen: "never", Document: "never", Messages: "never", Inbound: "never", Recordings: "90d", Audit: "never"})
		p := a.answered()
		sum := strings.Repeat("ab", 32)
		if err := a.job.files.keep(sum, []byte("ghi âm")); err != nil {
			t.Fatal(err)
		}
		if _, err := a.db.AddAttachment(t.Context(), store.Attachment{Petition: p.ID, Name: "goi.mp3", SHA256: sum, Stage: "recording"}, 20); err != nil {
			t.Fatal(err)
		}
		a.to(a.clock().AddDate(0, 0, 89))
		a.run()
		if _, err := os.Stat(a.job.files.path(sum)); err != nil {
			t.Error("gone before its time")
		}
		a.to(a.clock().AddDate(0, 0, 2))
		a.run()
		if err := a.job.files.Sweep(t.Context()); err != nil { // as the web role does each minute
			t.Fatal(err)
		}
		if _, err := os.Stat(a.job.files.path(sum)); !os.IsNotExist(err) {
			t.Errorf("the bytes are still there: %v", err)
		}
	})
}

func TestPeriodsOfRetentionAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		"90d": "2025-10-03", "18mo": "2024-07-01", "5y": "2021-01-01", "never": "", "": "error", "5": "error", "0d": "error", "-1y": "error", "5w": "error", "1000000d": "error",
	} {
		p, ever, err := parseSpan(text)
		got := ""
		switch {
		case err != nil:
			got = "error"
		case !ever:
			got = p.before(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for name, tt := range map[string]struct {
		change     func(*Retention)
		production bool
		key        string
	}{
		"defaults":                     {func(*Retention) {}, true, ""},
		"too short":                    {func(r *Retention) { r.Messages = "30d" }, true, "retention.messages"},
		"short in a rehearsal":         {func(r *Retention) { r.Messages = "30d" }, false, ""},
		"no period":                    {func(r *Retention) { r.Audit = "soon" }, false, "retention.audit"},
		"document before its citizen":  {func(r *Retention) { r.Document = "4y" }, true, "retention.document"},
		"citizen for ever":             {func(r *Retention) { r.Citizen = "never" }, true, "retention.document"},
		"document for ever":            {func(r *Retention) { r.Document = "never" }, true, ""},
		"the same period in two units": {func(r *Retention) { r.Citizen, r.Document = "12mo", "1y" }, true, ""},
	} {
		r := defaultConfig().Retention
		tt.change(&r)
		var w complaints
		r.check(&w, tt.production)
		if tt.key == "" && len(w) > 0 || tt.key != "" && (len(w) != 1 || !strings.HasPrefix(w[0].Error(), tt.key+":")) {
			t.Errorf("%s: %v", name, []error(w))
		}
	}
}
