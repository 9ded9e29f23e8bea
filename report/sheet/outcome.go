package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Outcome is what an import would do, or did.
type Outcome struct {
	Kind     Kind
	Sheet    string // its name; empty of a CSV
	Rows     int
	New      int
	Changed  int
	Same     int
	Changes  []Change // new and changed, at most 200
	Problems Problems
	Notes    []string // worth knowing, nothing wrong
	Numbers  int      // new ones, each of which can be asked whether it is the person's
	Done     bool     // false: a dry run, or refused for its problems
}

// Change is one row that is new or changes something.
type Change struct {
	Row    int
	What   string // what the row is about, as people know it
	New    bool
	Fields []Diff // of a change: what differs
}

// Diff is one field before and after, as texts.
type Diff struct{ Field, Header, Before, After string }

// Mark is the same for outcomes that would do the same: what somebody agreed to is
// what is carried out.
func (o Outcome) Mark() string {
	o.Done, o.Notes = false, nil
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Summary says it in one line.
func (o Outcome) Summary() string {
	if o.Problems.Any() {
		return fmt.Sprintf("%d lỗi: chưa nhập gì", o.Problems.Count())
	}
	verb := "sẽ "
	if o.Done {
		verb = "đã "
	}
	return fmt.Sprintf("%sthêm %d, %ssửa %d, giữ nguyên %d", verb, o.New, verb, o.Changed, o.Same)
}

// Refuse adds why the whole of it cannot be carried out.
func (o *Outcome) Refuse(detail string) {
	o.Problems = Problems{append(o.Problems.List, Problem{Detail: detail}), o.Problems.More}
}

// Note adds what is worth knowing, of much of it the first.
func (o *Outcome) Note(format string, args ...any) {
	const most = 50
	if len(o.Notes) < most {
		o.Notes = append(o.Notes, fmt.Sprintf(format, args...))
	}
}

func (o *Outcome) add(c Change) {
	if c.New {
		o.New++
	} else {
		o.Changed++
	}
	if len(o.Changes) < maxListed {
		o.Changes = append(o.Changes, c)
	}
}

// outcome begins the outcome of a decoded sheet.
func (d *decoded[T]) outcome() Outcome {
	return Outcome{Kind: d.kind, Sheet: d.table.Sheet, Rows: len(d.rows), Notes: d.notes}
}

// end closes the outcome with the problems of all steps.
func (d *decoded[T]) end(o Outcome) Outcome {
	o.Problems = listed(d.problems)
	return o
}
