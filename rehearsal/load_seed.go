package rehearsal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
	"notify1022/store"
)

// LoadSeed is what a database held before its load began.
type LoadSeed struct {
	message int64         // the greatest message id
	took    time.Duration // filling it
	bytes   int64         // that the open petitions take
}

// Ids of people and petitions of a load, far from those that are numbered.
const (
	loadContacts  = 1_000_000  // + 1,000,000 × the fourth digit of the number
	loadPetitions = 10_000_000 // open ones follow
	seedPage      = 20_000     // rows made by one statement
)

// Seed fills a database whose service does not run yet: units and people, open
// petitions, and for a drain the outbox. One petition is taken in by the desk;
// the others are copies of its rows, made by the database, each with numbers,
// links, codes, unit and due times of its own.
func Seed(ctx context.Context, plan LoadPlan, desk Desk, st *store.Store, rows *sqlx.DB, size func(context.Context) (int64, error)) (LoadSeed, error) {
	var seed LoadSeed
	begun := time.Now()
	s := seeder{ctx: ctx, plan: plan, rows: rows}
	if err := LoadDirectory(ctx, st); err != nil {
		return seed, err
	}
	s.people()
	if s.err == nil { // saved by the store, so that its copy of the directory is read anew
		s.err = st.SaveUnits(ctx, escalation.Unit{Code: "LZZZZZZ", Name: "Đơn vị cuối", Kind: escalation.UnitKind("phuong")})
	}
	if s.err != nil {
		return seed, s.err
	}
	before, err := size(ctx)
	if err != nil {
		return seed, err
	}
	if plan.Open > 0 || plan.Scenario == LoadDrain {
		if s.err = s.original(desk); s.err == nil {
			s.petitions()
		}
	}
	if plan.Scenario == LoadDrain {
		s.outbox()
	}
	s.analyze()
	s.get(&seed.message, `SELECT COALESCE(MAX(id), 0) FROM message WHERE state <> 'queued'`)
	if s.err != nil {
		return seed, s.err
	}
	after, err := size(ctx)
	seed.took, seed.bytes = time.Since(begun), after-before
	return seed, err
}

// seeder fills a database statement by statement until one fails.
type seeder struct {
	ctx   context.Context
	plan  LoadPlan
	rows  *sqlx.DB
	model escalation.Petition // whose rows are copied
	err   error
}

func (s *seeder) exec(query string, args ...any) {
	if s.err != nil {
		return
	}
	if _, err := s.rows.ExecContext(s.ctx, s.rows.Rebind(query), args...); err != nil {
		s.err = fmt.Errorf("fill the database: %w", err)
	}
}

func (s *seeder) get(into any, query string, args ...any) {
	if s.err != nil {
		return
	}
	if err := s.rows.GetContext(s.ctx, into, s.rows.Rebind(query), args...); err != nil {
		s.err = fmt.Errorf("fill the database: %w", err)
	}
}

// series is a table of the numbers from a to b-1, which both databases can make.
func series(a, b int) string {
	return fmt.Sprintf("WITH RECURSIVE series (i) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT i + 1 FROM series WHERE i < %d) ", a, b-1)
}

// digits writes an expression's last six digits.
func digits(expr string) string {
	return "substr(CAST(1000000 + (" + expr + ") % 1000000 AS TEXT), 2, 6)"
}

// pages cuts n rows into statements.
func (s *seeder) pages(n int, fill func(series string)) {
	for a := 0; a < n && s.err == nil; a += seedPage {
		fill(series(a, min(n, a+seedPage)))
	}
}

// people makes the units, each with a focal officer, a deputy and a head.
func (s *seeder) people() {
	s.pages(s.plan.Units, func(series string) {
		s.exec(`INSERT INTO unit (code, name, sms_name, addressee, kind, fields, areas, calendar) ` + series +
			`SELECT 'L' || ` + digits("i") + `, 'UBND phường mẫu ' || CAST(i AS TEXT), 'P.Mau ' || CAST(i AS TEXT), '', 'phuong', '[]', '[]', '' FROM series`)
		for role, digit := range map[escalation.Role]int{escalation.Focal: focalDigit, escalation.Deputy: deputyDigit, escalation.Head: headDigit} {
			s.exec(`INSERT INTO contact (id, unit, role, name, phone, email, ord, verified) `+series+
				`SELECT i + ?, 'L' || `+digits("i")+`, CAST(? AS TEXT), 'Cán bộ mẫu', ? || `+digits("i")+`, '', 1, 1 FROM series`,
				loadContacts*digit, string(role), fmt.Sprintf("+8457%d", digit))
			s.exec(`INSERT INTO phone (phone) `+series+`SELECT ? || `+digits("i")+` FROM series`, fmt.Sprintf("+8457%d", digit))
		}
	})
}

// original takes in the petition that is copied. Its own texts count as sent.
func (s *seeder) original(desk Desk) error {
	p, err := desk.Accept(s.ctx, loadIntake(0, s.plan.Units), escalation.Actor{Name: "Tổng đài viên 01", Role: escalation.Operator, Channel: escalation.ByConsole})
	if err != nil {
		return fmt.Errorf("take in the first petition: %w", err)
	}
	s.model = p
	s.exec(`UPDATE message SET state = 'delivered', text = 'da gui', segments = 1, attempts = 1 WHERE petition_id = ?`, p.ID)
	s.exec(`UPDATE number SET last = ? WHERE name = 'petition'`, 2*loadPetitions)
	return s.err
}

// petitions copies the original's rows.
func (s *seeder) petitions() {
	unit, id := "'L'||"+digits(fmt.Sprintf("i %% %d", s.plan.Units)), fmt.Sprintf("%d + i", loadPetitions)
	officer := fmt.Sprintf("%d + i %% %d", loadContacts*focalDigit, s.plan.Units)
	token := func(kind string) string { return "'" + kind + "' || CAST(100000000 + i AS TEXT)" }
	// Codes are as long as real ones, so that texts are too.
	code := "'HP' || CAST(100000 + i / 9000 AS TEXT) || '-' || CAST(1000 + i % 9000 AS TEXT)"
	replyCode := fmt.Sprintf("CAST(20000 + i / %d AS TEXT)", s.plan.Units)
	replaced := func(column string, pairs ...string) string {
		for n := 0; n < len(pairs); n += 2 {
			column = "replace(" + column + ", '" + pairs[n] + "', " + pairs[n+1] + ")"
		}
		return column
	}
	pairs := []string{s.model.Code, code, loadUnit(0), unit, s.model.Token, token("T"), s.model.ViewToken, token("V")}
	for _, slip := range s.model.Slips {
		pairs = append(pairs, slip.Token, token("S"))
	}
	phone := fmt.Sprintf("CASE WHEN citizen_of <> 0 THEN '+8457%d' || %s ELSE '+8457%d' || %s END", citizenDigit, digits("i"),
		focalDigit, digits(fmt.Sprintf("i %% %d", s.plan.Units)))
	// What is armed falls due hours after the run, spread over a day.
	due := "CASE WHEN state = 'armed' THEN due + 14400000000 + (i % 86400) * 1000000 ELSE due END"
	tables := []struct {
		name, key string
		set       map[string]string // an empty expression leaves the column to the database
	}{
		{"petition", "id", map[string]string{"id": id, "code": code, "token": token("T"), "lead_unit": unit, "next_due": "next_due + 14400000000 + (i % 86400) * 1000000",
			"search": replaced("search", strings.ToLower(s.model.Code), "lower("+code+")"),
			"state":  replaced("state", append([]string{fmt.Sprintf(`"id":%d,`, s.model.ID), `'"id":' || CAST(` + id + ` AS TEXT) || ','`}, pairs...)...)}},
		{"citizen", "petition_id", map[string]string{"petition_id": id, "phone": fmt.Sprintf("'+8457%d' || %s", citizenDigit, digits("i"))}},
		{"rung", "petition_id", map[string]string{"petition_id": id, "due": due}},
		{"slip", "petition_id", map[string]string{"petition_id": id, "unit": "CASE WHEN no = 0 THEN unit ELSE " + unit + " END",
			"token": "CASE WHEN no = 0 THEN " + token("V") + " ELSE " + token("S") + " END"}},
		{"timeline", "petition_id", map[string]string{"petition_id": id}},
		{"fact", "petition_id", map[string]string{"petition_id": id, "code": code, "unit": "CASE WHEN unit = '' THEN '' ELSE " + unit + " END", "marks": ""}},
		{"timeline_private", "petition_id", map[string]string{"petition_id": id}},
		{"reply_code", "petition_id", map[string]string{"id": "", "petition_id": id, "unit": unit, "contact_id": officer, "code": replyCode,
			"phone": fmt.Sprintf("'+8457%d' || %s", focalDigit, digits(fmt.Sprintf("i %% %d", s.plan.Units)))}},
		{"message", "petition_id", map[string]string{"id": "", "petition_id": id, "key": "key || '#' || CAST(i AS TEXT)", "vars": replaced("vars", pairs...),
			"contact_id": "CASE WHEN contact_id = 0 THEN 0 ELSE " + officer + " END", "citizen_of": "CASE WHEN citizen_of = 0 THEN 0 ELSE " + id + " END",
			"unit": replaced("unit", loadUnit(0), unit), "phone": phone, "reply_code": "CASE WHEN reply_code = '' THEN '' ELSE " + replyCode + " END"}},
	}
	for _, table := range tables {
		s.copies(table.name, table.key, s.model.ID, table.set, s.plan.Open)
	}
	s.exec(`INSERT INTO segment (message_id, segment, attempt, state, smsc, smsc_id, status, error, at_real)
		SELECT id, 1, 1, 'delivered', 'simulator', 'L' || CAST(id AS TEXT), 0, '', created_real FROM message WHERE petition_id >= ?`, loadPetitions)
}

// copies inserts n copies of the rows whose key is the original's, with some
// columns set anew.
func (s *seeder) copies(table, key string, original int64, set map[string]string, n int) {
	columns := s.columns(table)
	var names, values []string
	for _, c := range columns {
		value, changed := set[c]
		if changed && value == "" {
			continue
		}
		if !changed {
			value = c
		}
		names, values = append(names, c), append(values, value)
	}
	s.pages(n, func(series string) {
		s.exec("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") "+series+"SELECT "+strings.Join(values, ", ")+
			" FROM series CROSS JOIN "+table+" WHERE "+key+" = ? AND "+key+" <> 0", original) // as the partial indexes say
	})
}

func (s *seeder) columns(table string) []string {
	if s.err != nil {
		return nil
	}
	found, err := s.rows.QueryContext(s.ctx, "SELECT * FROM "+table+" WHERE 1 = 0")
	if err != nil {
		s.err = fmt.Errorf("read the columns of %s: %w", table, err)
		return nil
	}
	defer found.Close()
	names, err := found.Columns()
	if err == nil {
		err = found.Err()
	}
	s.err = err
	return names
}

// outbox queues copies of the original's slip, each to another number.
func (s *seeder) outbox() {
	var slip int64
	s.get(&slip, `SELECT MIN(id) FROM message WHERE petition_id = ? AND need_code = 1`, s.model.ID)
	s.copies("message", "id", slip, map[string]string{"id": "", "key": "'drain/' || CAST(i AS TEXT)", "state": "'queued'", "text": "''", "segments": "0",
		"attempts": "0", "contact_id": "0", "phone": "'+8457' || CAST(6 + i / 1000000 AS TEXT) || " + digits("i")}, s.plan.Petitions)
}

// analyze gives PostgreSQL's planner the counts that its own housekeeping would
// have found by the time a city has so many petitions.
func (s *seeder) analyze() {
	if s.rows.DriverName() == "pgx" {
		s.exec(`VACUUM ANALYZE`)
		s.exec(`CHECKPOINT`)
	}
}

// armBurst lets the nudge of a burst's petitions fall due at one instant.
func armBurst(ctx context.Context, rows *sqlx.DB, plan LoadPlan, n int, due time.Time) error {
	from := int64(loadPetitions + n*plan.Due)
	done, err := rows.ExecContext(ctx, rows.Rebind(`UPDATE rung SET due = ? WHERE name = 'nudge' AND state = 'armed' AND petition_id >= ? AND petition_id < ?`),
		due.UnixMicro(), from, from+int64(plan.Due))
	if err != nil {
		return fmt.Errorf("arm burst %d: %w", n+1, err)
	}
	if armed, err := done.RowsAffected(); err != nil || armed != int64(plan.Due) {
		return fmt.Errorf("arm burst %d: %d rungs of %d (%v)", n+1, armed, plan.Due, err)
	}
	return nil
}
