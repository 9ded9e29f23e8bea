package rehearsal

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

//go:embed data/*.csv
var data embed.FS

// Sample is one petition of the sample data: what the operator records, and
// where it is expected to go.
type Sample struct {
	Number int               // 1…, as the stories name it
	Intake escalation.Intake // without units: recording and forwarding are two acts
	Units  []string          // codes; the first leads. Empty: answered or refused by 1022 itself
	Story  string            // what it is there to show
}

// Numbering accepts the sample numbers besides the assigned ones.
func Numbering() escalation.Numbering {
	return escalation.Numbering{TestPrefixes: []string{"057"}}
}

// Units are the sample units, the City Office among them.
func Units() ([]escalation.Unit, error) {
	return table("units", func(r row) (escalation.Unit, error) {
		u := escalation.Unit{
			Code: r.text("code"), Name: r.text("name"), SMSName: r.text("sms_name"), Addressee: r.text("addressee"),
			Kind: escalation.UnitKind(r.text("kind")), Fields: r.list("fields"), Areas: r.list("areas"),
		}
		return u, r.err()
	})
}

// Contacts are the people of the units, the Office and the hotline, numbers in
// normal form; their ids are their places in the file, from 1.
func Contacts() ([]escalation.Contact, error) {
	id := int64(0)
	return table("contacts", func(r row) (escalation.Contact, error) {
		id++
		c := escalation.Contact{
			ID: id, Unit: r.text("unit"), Role: escalation.Role(r.text("role")), Name: r.text("name"), Email: r.text("email"),
			Order: r.number("order"), Verified: true,
			ValidTo: r.instant("valid_to"),
		}
		if from := r.instant("away_from"); !from.IsZero() {
			c.Absences = []escalation.Absence{{From: from, To: r.instant("away_to")}}
		}
		phone, err := Numbering().ParsePhone(r.text("phone"))
		if err != nil {
			return c, fmt.Errorf("phone: %w", err)
		}
		c.Phone = phone.E164
		return c, r.err()
	})
}

// Petitions are the sample petitions, in the order of their numbers.
func Petitions() ([]Sample, error) {
	return table("petitions", func(r row) (Sample, error) {
		s := Sample{Number: r.number("number"), Units: r.list("units"), Story: r.text("story")}
		s.Intake = escalation.Intake{
			Channel: escalation.Channel(r.text("channel")), Kind: r.number("kind"), Content: r.text("content"),
			Field: r.text("field"), Area: r.text("area"), PublishConsent: true,
			Urgent: r.truth("urgent"), Confidential: r.truth("confidential"), Denunciation: r.truth("denunciation"),
			Citizen: escalation.CitizenIntake{
				Name: r.text("citizen.name"), Phone: r.text("citizen.phone"), Email: r.text("citizen.email"), Address: r.text("citizen.address"),
			},
		}
		return s, r.err()
	})
}

// table reads one file, row by row.
func table[T any](name string, read func(row) (T, error)) ([]T, error) {
	f, err := data.Open("data/" + name + ".csv")
	if err != nil {
		return nil, fmt.Errorf("sample %s: %w", name, err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("sample %s: %w", name, err)
	}
	var list []T
	for i, line := range lines[1:] {
		item, err := read(newRow(lines[0], line))
		if err != nil {
			return nil, fmt.Errorf("sample %s, row %d: %w", name, i+2, err)
		}
		list = append(list, item)
	}
	return list, nil
}

// row is one line by its headers; the first thing wrong with it is kept.
type row struct {
	cells map[string]string
	wrong *error
}

func newRow(headers, line []string) row {
	r := row{cells: make(map[string]string, len(headers)), wrong: new(error)}
	for i, h := range headers {
		r.cells[h] = strings.TrimSpace(line[i])
	}
	return r
}

func (r row) err() error { return *r.wrong }

func (r row) note(column string, err error) {
	if err != nil && *r.wrong == nil {
		*r.wrong = fmt.Errorf("%s: %w", column, err)
	}
}

func (r row) text(column string) string {
	cell, ok := r.cells[column]
	if !ok {
		r.note(column, fmt.Errorf("no such column"))
	}
	return cell
}

func (r row) list(column string) []string {
	var list []string
	for item := range strings.SplitSeq(r.text(column), ";") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

func (r row) number(column string) int {
	n, err := strconv.Atoi(r.text(column))
	r.note(column, err)
	return n
}

func (r row) truth(column string) bool {
	cell := r.text(column)
	if cell == "" {
		return false
	}
	yes, err := strconv.ParseBool(cell)
	r.note(column, err)
	return yes
}

func (r row) instant(column string) time.Time {
	cell := r.text(column)
	if cell == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, cell)
	r.note(column, err)
	return t
}
