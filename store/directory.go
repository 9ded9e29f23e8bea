package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"notify1022/escalation"
)

// directoryCache keeps the last directory read. A counter row tells whether it
// is still the one in force, so edits of other processes are seen by the next
// transaction.
type directoryCache struct {
	mu      sync.Mutex
	version int64
	dir     *escalation.Directory
}

func (k *directoryCache) at(version int64) *escalation.Directory {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dir != nil && k.version == version {
		return k.dir
	}
	return nil
}

func (k *directoryCache) keep(version int64, dir *escalation.Directory) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dir == nil || version > k.version {
		k.version, k.dir = version, dir
	}
}

// KnownDirectory is the directory as it was last read here, nil before it was: for what may
// be a little old and must not wait.
func (s *Store) KnownDirectory() *escalation.Directory {
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	return s.directory.dir
}

// Directory is the snapshot of units and contacts, the same at each call of a
// transaction unless the transaction edits it.
func (t *tx) Directory(ctx context.Context) (*escalation.Directory, error) {
	if t.dir != nil {
		return t.dir, nil
	}
	read := t.s.readDirectory
	if t.edited {
		read = listDirectory
	}
	dir, err := read(ctx, t.c)
	t.dir = dir
	return dir, err
}

// Directory is the snapshot of units and contacts in force.
func (s *Store) Directory(ctx context.Context) (*escalation.Directory, error) {
	return s.readDirectory(ctx, s.reader())
}

// readDirectory reads the version before the rows: an edit between the two gives
// a newer directory under an older version, and is read again next time.
func (s *Store) readDirectory(ctx context.Context, c conn) (*escalation.Directory, error) {
	var version int64
	if err := c.get(ctx, &version, `SELECT COALESCE(MAX(version), 0) FROM setting WHERE name = 'directory'`); err != nil {
		return nil, fmt.Errorf("read the directory's version: %w", err)
	}
	if dir := s.directory.at(version); dir != nil {
		return dir, nil
	}
	dir, err := listDirectory(ctx, c)
	if err != nil {
		return nil, err
	}
	s.directory.keep(version, dir)
	return dir, nil
}

// listDirectory reads the rows. What a transaction that edits them reads is nobody
// else's before it commits, and is not kept: the version would be given again.
func listDirectory(ctx context.Context, c conn) (*escalation.Directory, error) {
	units, err := listUnits(ctx, c)
	if err != nil {
		return nil, err
	}
	contacts, err := listContacts(ctx, c, ContactFilter{})
	if err != nil {
		return nil, err
	}
	return escalation.NewDirectory(units, contacts), nil
}

// touchDirectory tells every process that the directory has changed.
func (t *tx) touchDirectory(ctx context.Context) error {
	_, err := t.c.exec(ctx, `INSERT INTO setting (name, value, version, changed_at) VALUES ('directory', '', 1, ?)
		ON CONFLICT (name) DO UPDATE SET version = setting.version + 1, changed_at = excluded.changed_at`, micros(t.domain))
	if err != nil {
		return fmt.Errorf("note the directory's change: %w", err)
	}
	t.dir, t.edited = nil, true
	return nil
}

type unitRow struct {
	Code      string              `db:"code"`
	Name      string              `db:"name"`
	SMSName   string              `db:"sms_name"`
	Addressee string              `db:"addressee"`
	Kind      escalation.UnitKind `db:"kind"`
	Fields    string              `db:"fields"`
	Areas     string              `db:"areas"`
	Calendar  string              `db:"calendar"`
	Aliases   string              `db:"aliases"`
	Website   string              `db:"website"`
	Phone     string              `db:"phone"`
	ValidFrom int64               `db:"valid_from"`
	ValidTo   int64               `db:"valid_to"`
	Successor string              `db:"successor"`
}

func listUnits(ctx context.Context, c conn) ([]escalation.Unit, error) {
	var rows []unitRow
	err := c.all(ctx, &rows, `SELECT code, name, sms_name, addressee, kind, fields, areas, calendar, aliases, website, phone, valid_from, valid_to, successor FROM unit ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	units := make([]escalation.Unit, len(rows))
	for i, r := range rows {
		u := escalation.Unit{Code: r.Code, Name: r.Name, SMSName: r.SMSName, Addressee: r.Addressee, Kind: r.Kind, Calendar: r.Calendar,
			Website: r.Website, Phone: r.Phone, ValidFrom: instant(r.ValidFrom), ValidTo: instant(r.ValidTo), Successor: r.Successor}
		if err := fromJSON(r.Aliases, &u.Aliases); err != nil {
			return nil, fmt.Errorf("read unit %s: %w", r.Code, err)
		}
		if err := fromJSON(r.Fields, &u.Fields); err != nil {
			return nil, fmt.Errorf("read unit %s: %w", r.Code, err)
		}
		if err := fromJSON(r.Areas, &u.Areas); err != nil {
			return nil, fmt.Errorf("read unit %s: %w", r.Code, err)
		}
		units[i] = u
	}
	return units, nil
}

// Units lists the units in the order of their codes.
func (s *Store) Units(ctx context.Context) ([]escalation.Unit, error) {
	return listUnits(ctx, s.reader())
}

// SaveUnits writes units, new ones and changed ones, all or nothing.
func (a Authored) SaveUnits(ctx context.Context, units ...escalation.Unit) error {
	return a.s.inTx(ctx, func(t *tx) error {
		if err := t.saveUnits(ctx, a.by, units); err != nil {
			return err
		}
		return t.touchDirectory(ctx)
	})
}

func (t *tx) saveUnits(ctx context.Context, by escalation.Actor, units []escalation.Unit) error {
	rows, codes := make([][]any, len(units)), make([]string, len(units))
	seen := map[string]int{}
	for i, u := range units {
		if err := checkUnit(u, i, seen); err != nil {
			return err
		}
		fields, _ := toJSON(notNil(u.Fields)) // strings always encode
		areas, _ := toJSON(notNil(u.Areas))
		aliases, _ := toJSON(notNil(u.Aliases))
		codes[i] = u.Code
		rows[i] = []any{u.Code, wire(u.Name), wire(u.SMSName), wire(u.Addressee), string(u.Kind), fields, areas, u.Calendar,
			aliases, wire(u.Website), wire(u.Phone), micros(u.ValidFrom), micros(u.ValidTo), u.Successor}
	}
	_, err := t.c.insert(ctx, `INSERT INTO unit (code, name, sms_name, addressee, kind, fields, areas, calendar, aliases, website, phone, valid_from, valid_to, successor)`,
		`ON CONFLICT (code) DO UPDATE SET name = excluded.name, sms_name = excluded.sms_name, addressee = excluded.addressee,
			kind = excluded.kind, fields = excluded.fields, areas = excluded.areas, calendar = excluded.calendar,
			aliases = excluded.aliases, website = excluded.website, phone = excluded.phone, valid_from = excluded.valid_from,
			valid_to = excluded.valid_to, successor = excluded.successor`, rows)
	if err != nil {
		return fmt.Errorf("save %d units: %w", len(units), err)
	}
	return t.log(ctx, by, "save", LogUnit, "", codes...)
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func invalid(field, detail string) error {
	return &escalation.Problem{Kind: escalation.Invalid, Field: field, Detail: detail}
}

func checkUnit(u escalation.Unit, i int, seen map[string]int) error {
	switch {
	case u.Code == "" || u.Code != wire(u.Code) || len(u.Code) > 40:
		return invalid("code", "mã đơn vị phải có từ 1 đến 40 ký tự")
	case u.Name == "":
		return invalid("name", "đơn vị "+u.Code+" chưa có tên")
	}
	if before, twice := seen[u.Code]; twice {
		return invalid("code", "mã "+u.Code+" có ở dòng "+strconv.Itoa(before+1)+" và dòng "+strconv.Itoa(i+1))
	}
	seen[u.Code] = i
	return nil
}

// DeleteUnit removes a unit that has neither contacts nor slips.
func (s *Store) DeleteUnit(ctx context.Context, code string) error {
	return s.inTx(ctx, func(t *tx) error {
		var used bool
		err := t.c.get(ctx, &used, `SELECT EXISTS (SELECT 1 FROM contact WHERE unit = ?) OR EXISTS (SELECT 1 FROM slip WHERE unit = ?)`, code, code)
		if err != nil {
			return fmt.Errorf("delete unit %s: %w", code, err)
		}
		if used {
			return &escalation.Problem{Kind: escalation.WrongTime, Field: "code", Detail: "đơn vị còn đầu mối hoặc còn phiếu chuyển"}
		}
		n, err := t.c.exec(ctx, `DELETE FROM unit WHERE code = ?`, code)
		if err != nil {
			return fmt.Errorf("delete unit %s: %w", code, err)
		}
		if n == 0 {
			return missing("code", "không có đơn vị này")
		}
		return t.touchDirectory(ctx)
	})
}

type contactRow struct {
	ID        int64           `db:"id"`
	Unit      string          `db:"unit"`
	Role      escalation.Role `db:"role"`
	Name      string          `db:"name"`
	Phone     string          `db:"phone"`
	Email     string          `db:"email"`
	Order     int             `db:"ord"`
	Verified  bool            `db:"verified"`
	ValidFrom int64           `db:"valid_from"`
	ValidTo   int64           `db:"valid_to"`
	AwayFrom  int64           `db:"away_from"`
	AwayTo    int64           `db:"away_to"`
	Delegate  int64           `db:"delegate"`
	Absences  string          `db:"absences"`
	Replaces  int64           `db:"replaces"`
	Pending   bool            `db:"pending"`
}

// ContactFilter narrows a list of contacts; empty fields do not.
type ContactFilter struct {
	Unit  string
	Role  escalation.Role
	Phone string // E.164
}

func listContacts(ctx context.Context, c conn, f ContactFilter) ([]escalation.Contact, error) {
	var rows []contactRow
	err := c.all(ctx, &rows, `SELECT id, unit, role, name, phone, email, ord, verified, valid_from, valid_to, away_from, away_to, delegate, absences, replaces, pending
		FROM contact WHERE (? = '' OR unit = ?) AND (? = '' OR role = ?) AND (? = '' OR phone = ?) ORDER BY unit, role, ord, id`,
		f.Unit, f.Unit, string(f.Role), string(f.Role), f.Phone, f.Phone)
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	contacts := make([]escalation.Contact, len(rows))
	for i, r := range rows {
		absences, err := r.absences()
		if err != nil {
			return nil, err
		}
		contacts[i] = escalation.Contact{
			ID: r.ID, Unit: r.Unit, Role: r.Role, Name: r.Name, Phone: r.Phone, Email: r.Email, Order: r.Order, Verified: r.Verified,
			ValidFrom: instant(r.ValidFrom), ValidTo: instant(r.ValidTo), Absences: absences, Replaces: r.Replaces, Pending: r.Pending,
		}
	}
	return contacts, nil
}

// Contacts lists contacts by unit, role and order.
func (s *Store) Contacts(ctx context.Context, f ContactFilter) ([]escalation.Contact, error) {
	return listContacts(ctx, s.reader(), f)
}

// SaveContacts writes contacts, all or nothing: those with an id replace the
// row, those without one become new rows. One number holds one role of a unit
// once. The ids come back in the order given.
func (a Authored) SaveContacts(ctx context.Context, contacts ...escalation.Contact) (ids []int64, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		ids, err = t.saveContacts(ctx, a.by, contacts)
		return err
	})
	return ids, err
}

// SaveContact writes one contact for the desk.
func (t *tx) SaveContact(ctx context.Context, contact escalation.Contact, by escalation.Actor) (int64, error) {
	ids, err := t.saveContacts(ctx, by, []escalation.Contact{contact})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

func (t *tx) saveContacts(ctx context.Context, by escalation.Actor, contacts []escalation.Contact) ([]int64, error) {
	units, err := listUnits(ctx, t.c)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{"": true}
	for _, u := range units {
		known[u.Code] = true
	}
	ids := make([]int64, len(contacts))
	for i, k := range contacts {
		if err := checkContact(k, known); err != nil {
			return nil, err
		}
		if ids[i], err = t.saveContact(ctx, k); err != nil {
			return nil, err
		}
		t.note(ids[i])
		if err := t.log(ctx, by, "save", LogContact, strings.TrimSpace(string(k.Role)+" "+k.Unit), idText(ids[i])); err != nil {
			return nil, err
		}
	}
	return ids, t.touchDirectory(ctx)
}

func checkContact(k escalation.Contact, units map[string]bool) error {
	switch {
	case !units[k.Unit]:
		return invalid("unit", "không có đơn vị "+k.Unit)
	case k.Role == "":
		return invalid("role", "chưa có vai trò")
	case k.Name == "":
		return invalid("name", "chưa có tên")
	case !k.ValidTo.IsZero() && !k.ValidTo.After(k.ValidFrom):
		return invalid("valid_to", "thời hạn kết thúc trước khi bắt đầu")
	}
	return nil
}

func (t *tx) saveContact(ctx context.Context, k escalation.Contact) (int64, error) {
	if err := t.contactTwice(ctx, k); err != nil {
		return 0, err
	}
	values := []any{k.Unit, string(k.Role), wire(k.Name), wire(k.Phone), wire(k.Email), k.Order, flag(k.Verified), micros(k.ValidFrom), micros(k.ValidTo)}
	values = append(append(values, absenceColumns(k.Absences)...), k.Replaces, flag(k.Pending))
	if k.ID != 0 {
		n, err := t.c.exec(ctx, `UPDATE contact SET unit = ?, role = ?, name = ?, phone = ?, email = ?, ord = ?, verified = ?,
			valid_from = ?, valid_to = ?, away_from = ?, away_to = ?, delegate = ?, absences = ?, replaces = ?, pending = ? WHERE id = ?`, append(values, k.ID)...)
		if err != nil {
			return 0, fmt.Errorf("save contact %d: %w", k.ID, err)
		}
		if n == 0 {
			return 0, missing("id", "không có đầu mối này")
		}
		return k.ID, nil
	}
	var id int64
	err := t.c.get(ctx, &id, `INSERT INTO contact (unit, role, name, phone, email, ord, verified, valid_from, valid_to, away_from, away_to, delegate, absences, replaces, pending)
		VALUES `+places(1, len(values))+` RETURNING id`, values...)
	if err != nil {
		return 0, fmt.Errorf("save a contact of unit %s: %w", k.Unit, err)
	}
	return id, nil
}

// contactTwice refuses the same number in the same role of a unit while both
// hold it. A row that has ended is history and does not count.
func (t *tx) contactTwice(ctx context.Context, k escalation.Contact) error {
	if k.Phone == "" {
		return nil
	}
	from, to := micros(k.ValidFrom), micros(k.ValidTo)
	var twice bool
	err := t.c.get(ctx, &twice, `SELECT EXISTS (SELECT 1 FROM contact WHERE unit = ? AND role = ? AND phone = ? AND id <> ?
		AND (valid_to = 0 OR valid_to > ?) AND (CAST(? AS BIGINT) = 0 OR valid_from < ?))`, k.Unit, string(k.Role), k.Phone, k.ID, from, to, to)
	if err != nil {
		return fmt.Errorf("look for contacts of unit %s: %w", k.Unit, err)
	}
	if twice {
		return invalid("phone", "số này đã có trong cùng vai trò của đơn vị")
	}
	return nil
}

// EndContact ends a contact's time in the role: the row stays, so that the
// person is still known as a former one. Nobody waits for their number any more.
func (a Authored) EndContact(ctx context.Context, id int64, at time.Time) error {
	return a.s.inTx(ctx, func(t *tx) error {
		if at.IsZero() {
			at = t.domain
		}
		n, err := t.c.exec(ctx, `UPDATE contact SET valid_to = ? WHERE id = ?`, micros(at), id)
		if err != nil {
			return fmt.Errorf("end contact %d: %w", id, err)
		}
		if n == 0 {
			return missing("id", "không có đầu mối này")
		}
		const why = "thôi giữ vai trò"
		if err := t.CloseQuestion(ctx, escalation.NumberSubject(id), why); err != nil {
			return err
		}
		if err := t.FinishTasks(ctx, a.by.Name, why, escalation.PendingTask(id)); err != nil {
			return err
		}
		if err := t.log(ctx, a.by, "end", LogContact, "", idText(id)); err != nil {
			return err
		}
		return t.touchDirectory(ctx)
	})
}
