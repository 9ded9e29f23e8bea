package sheet

import (
	"strings"

	"notify1022/escalation"
)

// Kind is what a sheet holds.
type Kind string

// Kinds of sheets.
const (
	Units     Kind = "units"
	Contacts  Kind = "contacts"
	Holidays  Kind = "holidays"
	Petitions Kind = "petitions"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Units, Contacts, Holidays, Petitions} }

// Label is the kind in Vietnamese.
func (k Kind) Label() string {
	return map[Kind]string{Units: "đơn vị", Contacts: "danh bạ", Holidays: "ngày nghỉ, làm bù", Petitions: "phản ánh", Files: "hồ sơ Đ9.6"}[k]
}

// ways is what cells are read with besides themselves.
type ways struct {
	directory *escalation.Directory
	numbering escalation.Numbering
	epoch1904 bool
}

// field is one column of a kind: its name, its headers, how a cell becomes a part
// of the value and back.
type field[T any] struct {
	name    string   // the API's
	headers []string // Vietnamese, the first is written; compared without marks, case and spaces
	needed  bool     // there is no row without the column
	number  bool     // written as a number
	private bool     // personal data
	// read sets the part; it says in Vietnamese what is wrong, "" for nothing. An
	// empty cell is read too. nil: the column is written and never read.
	read  func(*T, string, ways) string
	write func(T) string
	// words are the values there are, when there is a list of them.
	words []word
}

// word is one value of a field that has a list.
type word struct {
	value string   // the API's
	label string   // Vietnamese, written into XLSX
	also  []string // other ways in which people write it
}

// wordOf is a value of the domain's with its label.
func wordOf[V interface {
	~string
	Label() string
}](v V, also ...string) word {
	return word{string(v), v.Label(), also}
}

// text is a field that is a text.
func text[T any](name string, at func(*T) *string, headers ...string) field[T] {
	return field[T]{name: name, headers: headers,
		read:  func(v *T, cell string, _ ways) string { *at(v) = cell; return "" },
		write: func(v T) string { return *at(&v) },
	}
}

// oneOf is a field with a list of values.
func oneOf[T any, W ~string](name string, words []word, at func(*T) *W, headers ...string) field[T] {
	return field[T]{name: name, headers: headers, words: words,
		read: func(v *T, cell string, _ ways) string {
			if cell == "" {
				*at(v) = ""
				return ""
			}
			for _, w := range words {
				if w.is(cell) {
					*at(v) = W(w.value)
					return ""
				}
			}
			return "không có trong danh mục: " + labels(words)
		},
		write: func(v T) string { return string(*at(&v)) },
	}
}

func (w word) is(cell string) bool {
	k := key(cell)
	if k == key(w.value) || k == key(w.label) {
		return true
	}
	for _, other := range w.also {
		if k == key(other) {
			return true
		}
	}
	return false
}

func labels(words []word) string {
	var list []string
	for _, w := range words {
		list = append(list, w.label)
	}
	return strings.Join(list, ", ")
}

// list is a field of several words, separated by semicolons.
func list[T any](name string, at func(*T) *[]string, headers ...string) field[T] {
	return field[T]{name: name, headers: headers,
		read:  func(v *T, cell string, _ ways) string { *at(v) = splitList(cell); return "" },
		write: func(v T) string { return joinList(*at(&v)) },
	}
}

// truth is a field that is so or not.
func truth[T any](name string, at func(*T) *bool, headers ...string) field[T] {
	return field[T]{name: name, headers: headers,
		read: func(v *T, cell string, _ ways) (wrong string) { *at(v), wrong = readTruth(cell); return wrong },
		write: func(v T) string {
			if *at(&v) {
				return "có"
			}
			return ""
		},
	}
}

// must marks a field whose column has to be there.
func must[T any](f field[T]) field[T] { f.needed = true; return f }

// personal marks a field that holds personal data.
func personal[T any](f field[T]) field[T] { f.private = true; return f }
