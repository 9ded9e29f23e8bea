package store

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"golang.org/x/sync/errgroup"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// migrationsOf is goose over this store, so that a test may go back and forth.
func migrationsOf(t *testing.T, s *Store) *goose.Provider {
	t.Helper()
	dialect := goose.DialectPostgres
	if s.d.name == lite.name {
		dialect = goose.DialectSQLite3
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, s.write.DB, spoken{files, s.d})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lastOf is the number of the latest migration; numbers may be left out.
func lastOf(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

// lived writes what a hotline holds: a petition with a rung that is due, a text
// that waits, one that was accepted, a reply that was not applied yet.
func lived(t *testing.T, s *Store) (petition int64) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx escalation.Tx) error {
		id, code, err := tx.NextCode(t.Context(), tx.Now())
		if err != nil {
			return err
		}
		petition = id
		p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Forwarded, Content: "Đèn đường hỏng",
			Citizen: escalation.Citizen{Name: "Nguyễn Văn Thử", Phone: "+84570000101"},
			Rungs:   []escalation.Rung{{Round: 1, Name: escalation.RungHead, Due: tx.Now().Add(-time.Minute), State: escalation.Armed}}}
		fx := escalation.Effects{Entries: []escalation.Entry{{PetitionID: id, Seq: 1, At: tx.Now(), Action: "forward"}}}
		for n := range 2 {
			fx.Notices = append(fx.Notices, escalation.Notice{Template: "O1", Petition: id, To: escalation.Recipient{Phone: "+84570000001"},
				Seq: n, Attempt: 1, Lane: escalation.LaneSlip, Class: escalation.ClassSlip})
		}
		return tx.Save(t.Context(), []escalation.Change{{Petition: p, Effects: fx}})
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Claim(t.Context(), "earlier", 1, time.Minute, frozen)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows claimed: %v", len(rows), err)
	}
	err = s.Settle(t.Context(), []escalation.SegmentOutcome{{Message: rows[0].ID, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "vnpt", SMSCID: "a1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Receive(t.Context(), escalation.Part{SMSC: "vnpt", From: "84570000001", To: "8022", Text: "NHAN", Raw: []byte("NHAN"), ReadAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	return petition
}

func frozen(o *escalation.Outgoing) error {
	o.Text, o.Segments = "phieu chuyen", 1
	return nil
}

// works checks that the store goes on with what an earlier schema held: the
// petition from the first on, texts and replies from the second.
func works(t *testing.T, s *Store, petition int64, texts bool) {
	t.Helper()
	var due []int64
	err := s.Tx(t.Context(), func(tx escalation.Tx) error {
		picked, err := tx.Due(t.Context(), tx.Now(), 10, escalation.DuePetition{}, nil)
		if err != nil {
			return err
		}
		for _, p := range picked {
			due = append(due, p.ID)
		}
		found, err := tx.Petitions(t.Context(), due...)
		for _, p := range found {
			if p.Citizen.Name != "Nguyễn Văn Thử" || len(p.Rungs) != 1 {
				t.Errorf("the petition came through as %+v", p)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(due, []int64{petition}) {
		t.Errorf("due: %v, want the petition %d", due, petition)
	}
	if !texts {
		return
	}
	rows, err := s.Claim(t.Context(), "later", 10, time.Minute, frozen)
	if err != nil || len(rows) != 1 || rows[0].Phone != "+84570000001" {
		t.Errorf("the text that waited: %d rows, %v", len(rows), err)
	}
	if err := s.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "a1", State: escalation.Delivered, Code: "DELIVRD"}); err != nil {
		t.Error(err)
	}
	page, err := s.Messages(t.Context(), MessageFilter{State: escalation.Delivered})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("the text that was accepted: %d delivered, %v", len(page.Items), err)
	}
	if ids, err := s.Ready(t.Context(), time.Minute, 10); err != nil || len(ids) != 1 {
		t.Errorf("the reply that waited: %v, %v", ids, err)
	}
}

func TestEveryReleasedSchemaIsBroughtUpWithItsData(t *testing.T) {
	const messages = 2 // the migration that texts came with
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		latest := lastOf(migrationsOf(t, opened(t, dsn)))
		for version := int64(1); version < latest; version++ {
			dsn := map[string]func(testing.TB) string{postgres.name: storetest.Postgres, lite.name: storetest.SQLite}[opened(t, dsn).d.name](t)
			s := opened(t, dsn)
			petition := lived(t, s)
			if _, err := migrationsOf(t, s).DownTo(t.Context(), version); err != nil {
				t.Fatalf("to schema %d: %v", version, err)
			}
			if err := s.SchemaCurrent(t.Context()); err == nil {
				t.Errorf("schema %d of %d passes for the latest", version, latest)
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatalf("from schema %d: %v", version, err)
			}
			works(t, s, petition, version >= messages)
		}
	})
}

// A neighbour of the next release has been started first: its schema is newer
// than this binary knows, and only adds.
func TestTheSchemaOfTheNextReleaseIsNoHindrance(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		petition := lived(t, s)
		for _, statement := range []string{
			`ALTER TABLE message ADD COLUMN next_release TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE rung ADD COLUMN next_release BIGINT NOT NULL DEFAULT 0`,
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, ` + map[string]string{postgres.name: "TRUE", lite.name: "1"}[s.d.name] + `)`,
		} {
			if _, err := s.writer().exec(context.Background(), statement); err != nil {
				t.Fatal(err)
			}
		}
		older := opened(t, dsn)
		if err := older.SchemaCurrent(t.Context()); err != nil {
			t.Error(err)
		}
		works(t, older, petition, true)
	})
}

// The release before is taking in a petition while the table of open words is made.
func TestAPetitionThatIsWrittenDuringTheUpgradeIsFoundAfterwards(t *testing.T) {
	const words = 29 // the migration of open_words
	s := opened(t, storetest.Postgres(t))
	if _, err := migrationsOf(t, s).DownTo(t.Context(), words-1); err != nil {
		t.Fatal(err)
	}
	written, upgrading := make(chan int64), make(chan struct{})
	var ends errgroup.Group
	ends.Go(func() error {
		return s.Tx(t.Context(), func(tx escalation.Tx) error {
			id, code, err := tx.NextCode(t.Context(), tx.Now())
			if err != nil {
				return err
			}
			p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Received, Content: "Cống vỡ ở phố Lạch Tray"}
			if err := tx.Save(t.Context(), []escalation.Change{{Petition: p}}); err != nil {
				return err
			}
			if _, err := tx.Petitions(t.Context(), id); err != nil { // so that it has gone to the server
				return err
			}
			written <- id
			<-upgrading
			return nil
		})
	})
	id := <-written
	ends.Go(func() error { return s.Migrate(t.Context()) })
	upgradeWaits(t, s)
	close(upgrading)
	if err := ends.Wait(); err != nil {
		t.Fatal(err)
	}
	var found []int64
	if err := s.reader().all(t.Context(), &found, `SELECT petition_id FROM open_words`); err != nil || !slices.Equal(found, []int64{id}) {
		t.Errorf("petitions with words: %v (%v), want %d", found, err, id)
	}
}

// upgradeWaits returns when a migration waits for the petitions.
func upgradeWaits(t *testing.T, s *Store) { upgradeWaitsFor(t, s, "petition") }

// upgradeWaitsFor returns when a migration waits for the table.
func upgradeWaitsFor(t *testing.T, s *Store, table string) {
	t.Helper()
	waits := func() (waits bool) {
		err := s.reader().get(t.Context(), &waits, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = ?::regclass)`, table)
		if err != nil {
			t.Error(err)
		}
		return waits
	}
	for try := 0; !waits() && try < 500; try++ {
		time.Sleep(10 * time.Millisecond) // the server tells nobody that a statement waits
	}
	if !waits() {
		t.Errorf("the upgrade does not wait for what is being written to %s", table)
	}
}

func TestWhatWasPublishedBeforeIsListedAfter(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		for _, p := range []escalation.Petition{
			{PublishConsent: true, Published: "Đã thay bóng đèn"}, {PublishConsent: true}, {Published: "Không đồng ý công khai"},
			{PublishConsent: true, Published: "Chuyện kín", Confidential: true},
		} {
			err := s.Tx(t.Context(), func(tx escalation.Tx) error {
				id, code, err := tx.NextCode(t.Context(), tx.Now())
				if err != nil {
					return err
				}
				p.ID, p.Code, p.Token, p.Version, p.Status = id, code, code, 1, escalation.Closed
				return tx.Save(t.Context(), []escalation.Change{{Petition: p}})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := migrationsOf(t, s).DownTo(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, _, err := s.Published(t.Context(), "", "", 10)
		if err != nil || len(list) != 1 || list[0].Published != "Đã thay bóng đèn" {
			t.Errorf("%d are listed (%v)", len(list), err)
		}
	})
}

// publicAnswers writes petitions with public answers, published so many minutes into an hour;
// negative: a release that did not note it did.
func publicAnswers(t *testing.T, s *Store, minutes ...int) {
	t.Helper()
	hour := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	err := s.Tx(t.Context(), func(tx escalation.Tx) error {
		var changes []escalation.Change
		for _, minute := range minutes {
			id, code, err := tx.NextCode(t.Context(), tx.Now())
			if err != nil {
				return err
			}
			p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Closed, ReceivedAt: hour.Add(-time.Hour),
				PublishConsent: true, Published: "Đã thay bóng đèn", PublishedAt: hour.Add(time.Duration(minute) * time.Minute)}
			if minute < 0 {
				p.PublishedAt = time.Time{}
			}
			changes = append(changes, escalation.Change{Petition: p})
		}
		return tx.Save(t.Context(), changes)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// publicInOrder reads the ids of the public answers, in small pages.
func publicInOrder(t *testing.T, s *Store) (ids []int64) {
	t.Helper()
	for cursor := ""; ; {
		list, next, err := s.Published(t.Context(), "", cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			ids = append(ids, p.ID)
		}
		if cursor = next; cursor == "" {
			return ids
		}
	}
}

const published = 57 // the migration of petition.published_at

func TestAnswersOfBeforeArePutInTheirOrderAfterTheUpgrade(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		publicAnswers(t, s, 30, 10, -1, 50, 20)
		if _, err := migrationsOf(t, s).DownTo(t.Context(), published-1); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := publicInOrder(t, s), []int64{5, 4, 3, 2, 1}; !slices.Equal(got, want) {
			t.Errorf("before they are filled in: %v, want %v", got, want)
		}
		publicAnswers(t, s, 5)
		// A program of either release writes one of before.
		if _, err := s.writer().exec(t.Context(), `UPDATE petition SET public = public, closed_at = 0 WHERE id = 2`); err != nil {
			t.Fatal(err)
		}
		if got, want := publicInOrder(t, s), []int64{2, 6, 5, 4, 3, 1}; !slices.Equal(got, want) {
			t.Errorf("while they are filled in: %v, want %v", got, want)
		}
		if n, err := s.FillPublished(t.Context()); err != nil || n != 4 {
			t.Errorf("%d are filled in (%v), want 4", n, err)
		}
		if got, want := publicInOrder(t, s), []int64{4, 1, 5, 2, 6, 3}; !slices.Equal(got, want) {
			t.Errorf("after they were filled in: %v, want %v", got, want)
		}
		if n, err := s.FillPublished(t.Context()); err != nil || n != 0 {
			t.Errorf("once more %d are filled in (%v)", n, err)
		}
	})
}

// The release before has locked a petition that it writes afterwards: the migration waits for
// it, and neither fails.
func TestTheUpgradeWaitsForAPetitionThatIsLocked(t *testing.T) {
	s := opened(t, storetest.Postgres(t))
	publicAnswers(t, s, 30)
	if _, err := migrationsOf(t, s).DownTo(t.Context(), published-1); err != nil {
		t.Fatal(err)
	}
	locked, upgrading := make(chan struct{}), make(chan struct{})
	tries := 0 // of the release before: a deadlock is tried again
	var ends errgroup.Group
	ends.Go(func() error {
		return s.inTx(t.Context(), func(tx *tx) error {
			var ids []int64
			err := tx.c.all(t.Context(), &ids, `SELECT id FROM petition WHERE id = 1 FOR UPDATE`)
			if tries++; tries == 1 {
				close(locked)
			}
			<-upgrading
			if err == nil {
				_, err = tx.c.exec(t.Context(), `UPDATE petition SET summary = 'x' WHERE id = 1`)
			}
			return err
		})
	})
	<-locked
	ends.Go(func() error { return s.Migrate(t.Context()) })
	upgradeWaits(t, s)
	close(upgrading)
	if err := ends.Wait(); err != nil || tries != 1 {
		t.Fatalf("after %d tries: %v", tries, err)
	}
}

// The release before left a follower's code, and the number's row, when the follower was erased.
func TestCodesOfErasedCitizensAreGoneAfterTheUpgrade(t *testing.T) {
	const erasure = 41 // the migration
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		petition := lived(t, s)
		if _, err := migrationsOf(t, s).DownTo(t.Context(), erasure-1); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			phone, role string
			wish        int
		}{{"+84570000101", "citizen", 0}, {"+84570000777", "citizen", 0}, {"+84570000888", "citizen", 1}, {"+84570000001", "focal", 0}} {
			w := s.writer()
			_, err := w.exec(t.Context(), `INSERT INTO phone (phone, no_rating) VALUES (?, ?) ON CONFLICT (phone) DO NOTHING`, row.phone, row.wish)
			if err == nil {
				_, err = w.exec(t.Context(), `INSERT INTO reply_code (phone, code, petition_id, round, slip, role, unit, contact_id, issued_at)
					VALUES (?, '45705', ?, 1, ?, ?, '', ?, 1)`, row.phone, petition, flag(row.role != "citizen"), row.role, flag(row.role != "citizen"))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var codes, numbers []string
		if err := s.reader().all(t.Context(), &codes, `SELECT phone FROM reply_code ORDER BY phone`); err != nil || !slices.Equal(codes, []string{"+84570000001", "+84570000101"}) {
			t.Errorf("codes of %v (%v)", codes, err)
		}
		if err := s.reader().all(t.Context(), &numbers, `SELECT phone FROM phone ORDER BY phone`); err != nil || !slices.Equal(numbers, []string{"+84570000001", "+84570000101", "+84570000888"}) {
			t.Errorf("numbers %v (%v)", numbers, err)
		}
	})
}

// A process of this release meets the schema of the one before, which holds for a step.
func TestAStepOfTheClockIsHeldForAcrossTheUpgrade(t *testing.T) {
	const watched = 48 // the migration
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		seen := micros(time.Now().Add(-time.Hour))
		_, err := s.writer().exec(t.Context(), `INSERT INTO clock (one, seen_real, step, accepted) VALUES (1, ?, ?, 0)`, seen, time.Hour.Microseconds())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrationsOf(t, s).DownTo(t.Context(), watched-1); err != nil {
			t.Fatal(err)
		}
		opened(t, dsn) // brings it up
		if step := opened(t, dsn).ClockStep(); step != time.Hour {
			t.Errorf("it holds for a step of %s, want an hour", step)
		}
	})
}

// The release before counted a slip for whoever had acknowledged it, by telephone too.
func TestSlipsOfBeforeAreTheWorkOfWhomTheirTextWentTo(t *testing.T) {
	const officers = 54 // the migration
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		if err := s.SaveUnits(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department}); err != nil {
			t.Fatal(err)
		}
		people, err := s.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Nguyễn Văn Thử", Phone: "+84570000101"},
			escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Ngô Văn Thí", Phone: "+84570000111"})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []Account{{Name: "mo", FullName: "Hồ Văn Mô", Role: escalation.Operator, Hash: "h"}, {Name: "qlht", Role: escalation.Officer, Unit: "SXD", Hash: "h"}} {
			if _, err := s.AddAccount(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		rows := []struct {
			officer string
			told    []int64
			want    string
		}{
			{"điện thoại", people[:1], "Nguyễn Văn Thử"},
			{"Hồ Văn Mô", people[:1], "Nguyễn Văn Thử"},
			{"Sở Xây dựng", people[:1], "Nguyễn Văn Thử"},
			{"", people, "Ngô Văn Thí"}, // the first was not reached
			{"Ngô Văn Thí", people[:1], "Ngô Văn Thí"},
			{"qlht", people[:1], "qlht"},
			{"điện thoại", nil, ""},
			{"Hồ Văn Mô", nil, ""},
			{"Trần Đổi Tên", nil, "Trần Đổi Tên"},
		}
		facts := make([]escalation.Fact, len(rows))
		err = s.Tx(t.Context(), func(tx escalation.Tx) error {
			for i, row := range rows {
				id, code, err := tx.NextCode(t.Context(), tx.Now())
				if err != nil {
					return err
				}
				facts[i] = escalation.Fact{Petition: id, Code: code, Turn: 1, Round: 1, Unit: "SXD", Officer: row.officer, OpenedAt: tx.Now(), ForwardedAt: tx.Now()}
				fx := escalation.Effects{Facts: facts[i : i+1]}
				for attempt, contact := range row.told {
					fx.Notices = append(fx.Notices, escalation.Notice{Petition: id, Template: "O1", Class: escalation.ClassSlip, Lane: escalation.LaneSlip, Round: 1, Rung: escalation.RungSlip, Slip: 1,
						Attempt: attempt + 1, To: escalation.Recipient{Contact: contact, Role: escalation.Focal, Unit: "SXD"}})
				}
				p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Forwarded}
				if err := tx.Save(t.Context(), []escalation.Change{{Petition: p, Effects: fx}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrationsOf(t, s).DownTo(t.Context(), officers-1); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		named := func() (list []string) {
			t.Helper()
			if err := s.reader().all(t.Context(), &list, `SELECT officer FROM fact ORDER BY petition_id`); err != nil || len(list) != len(rows) {
				t.Fatalf("%d rows: %v", len(list), err)
			}
			return list
		}
		for i, officer := range named() {
			if officer != rows[i].want {
				t.Errorf("acknowledged by %q, told %v: the work of %q, want %q", rows[i].officer, rows[i].told, officer, rows[i].want)
			}
			facts[i].Officer = "" // as its document of before tells it
		}
		if err := s.inTx(t.Context(), func(tx *tx) error {
			return tx.saveFacts(t.Context(), []escalation.Change{{Effects: escalation.Effects{Facts: facts}}})
		}); err != nil {
			t.Fatal(err)
		}
		for i, officer := range named() {
			if officer != rows[i].want {
				t.Errorf("written again: the work of %q, want %q", officer, rows[i].want)
			}
		}
	})
}

const awaited = 63 // the migration of message_awaiting

// A gateway of the release before has locked a text that it settles afterwards; orders of before
// that never had a receipt are left alone.
func TestTheUpgradeWaitsForATextThatIsLocked(t *testing.T) {
	s := opened(t, storetest.Postgres(t))
	ids, err := s.InsertMessages(t.Context(), []escalation.Notice{{Template: "N2", Class: escalation.ClassDecision, Lane: escalation.LaneSlip, Attempt: 1, To: escalation.Recipient{Contact: 1, Phone: "+84570000001"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer().exec(t.Context(), `UPDATE message SET state = 'accepted', contact_id = 1, accepted_real = 1`); err != nil {
		t.Fatal(err)
	}
	if _, err := migrationsOf(t, s).DownTo(t.Context(), awaited-1); err != nil {
		t.Fatal(err)
	}
	locked, upgrading := make(chan struct{}), make(chan struct{})
	tell := sync.OnceFunc(func() { close(locked) })
	var ends errgroup.Group
	ends.Go(func() error {
		return s.inTx(t.Context(), func(tx *tx) error {
			defer tell() // also when it fails
			var id int64
			if err := tx.c.get(t.Context(), &id, `SELECT id FROM message WHERE id = ? FOR UPDATE`, ids[0]); err != nil {
				return err
			}
			tell()
			<-upgrading
			_, err := tx.c.exec(t.Context(), `UPDATE message SET attempts = 2 WHERE id = ?`, ids[0])
			return err
		})
	})
	<-locked
	ends.Go(func() error { return s.Migrate(t.Context()) })
	upgradeWaitsFor(t, s, "message")
	close(upgrading)
	if err := ends.Wait(); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Unhandled(t.Context(), time.Minute, 10); err != nil || len(got) != 0 {
		t.Errorf("of the orders of before %v are passed on, %v", got, err)
	}
}

// A dump holds what a migration waits for: who sends waits for some seconds, not for the dump.
func TestNobodyWaitsForADumpBehindAnUpgrade(t *testing.T) {
	s := opened(t, storetest.Postgres(t))
	log := make(lines, 10)
	s.log = slog.New(slog.NewTextHandler(log, nil))
	if _, err := migrationsOf(t, s).DownTo(t.Context(), awaited-1); err != nil {
		t.Fatal(err)
	}
	dump := reading(t, s, "message")
	var ends errgroup.Group
	ends.Go(func() error { return s.Migrate(t.Context()) })
	upgradeWaitsFor(t, s, "message")
	soon, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	if _, err := s.writer().exec(soon, `UPDATE message SET attempts = attempts`); err != nil {
		t.Errorf("a gateway beside the dump: %v", err)
	}
	select {
	case said := <-log:
		if !strings.Contains(said, "a migration waits") || !strings.Contains(said, "version:63") || !strings.Contains(said, "pg_dump") {
			t.Errorf("nobody reads what it waits for: %q", said)
		}
	case <-soon.Done():
		t.Error("it does not say that it waits")
	}
	if err := dump.Rollback(); err != nil {
		t.Error(err)
	}
	if err := ends.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := s.SchemaCurrent(t.Context()); err != nil {
		t.Error(err)
	}
}

// lines are what a log says, line by line.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// An index that is built beside who writes waits at its end for whoever has read since before:
// it is not begun anew for that.
func TestAnIndexThatIsBuiltBesideOthersWaitsForTheOldestReader(t *testing.T) {
	s := opened(t, storetest.Postgres(t))
	if _, err := migrationsOf(t, s).DownTo(t.Context(), awaited); err != nil {
		t.Fatal(err)
	}
	dump := reading(t, s, "petition")
	var ends errgroup.Group
	ends.Go(func() error { return s.Migrate(t.Context()) })
	var begun, done int64
	eventually(t, "the index is begun", func() error {
		return s.reader().get(t.Context(), &begun, `SELECT 'message_sent'::regclass::oid::bigint`)
	})
	time.Sleep(4 * time.Second) // longer than a migration waits for a table
	if err := dump.Rollback(); err != nil {
		t.Error(err)
	}
	if err := ends.Wait(); err != nil {
		t.Fatal(err)
	}
	err := s.reader().get(t.Context(), &done, `SELECT indexrelid::bigint FROM pg_index WHERE indexrelid = to_regclass('message_sent') AND indisvalid`)
	if err != nil || done != begun {
		t.Errorf("the index %d was begun, %d is done (%v)", begun, done, err)
	}
}

// reading is a transaction that has read a table, as a dump does.
func reading(t *testing.T, s *Store, table string) *sqlx.Tx {
	t.Helper()
	tx, err := s.write.BeginTxx(t.Context(), s.d.snapshot())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	for _, statement := range []string{`SET LOCAL application_name = 'pg_dump'`, `SET LOCAL idle_in_transaction_session_timeout = 0`, `SELECT COUNT(*) FROM ` + table} {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return tx
}
