package sheet

import (
	"os"
	"strings"
	"testing"
)

func TestEveryColumnIsInTheDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	documented(t, string(text), unitFields)
	documented(t, string(text), contactColumns(peopleOf(nil)))
	documented(t, string(text), dayFields)
	documented(t, string(text), petitionFields)
}

func documented[T any](t *testing.T, text string, fields []field[T]) {
	for _, f := range fields {
		if !strings.Contains(text, "`"+f.name+"`") || f.read != nil && !strings.Contains(text, f.headers[0]) {
			t.Errorf("docs/import.md lacks %s (%s)", f.name, f.headers[0])
		}
	}
}
