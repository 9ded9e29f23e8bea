package escalation

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// promisedRows is how many failures docs/field-failures.md answers for.
const promisedRows = 52

var (
	failureRow   = regexp.MustCompile(`^\| (\d+) \|`)
	failureTest  = regexp.MustCompile("`([a-z0-9/]+): (Test\\w+)`")
	failureNamed = regexp.MustCompile(`field failures? (\d+(?:, \d+)*)`)
)

// heldBy is a test that a row of the document names.
type heldBy struct{ room, test string }

// failureRows reads the document: the tests of each row.
func failureRows(t *testing.T, text string) map[int][]heldBy {
	t.Helper()
	rows := map[int][]heldBy{}
	for line := range strings.Lines(text) {
		m := failureRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || rows[n] != nil {
			t.Errorf("row %s stands twice or is no number", m[1])
		}
		rows[n] = []heldBy{}
		for _, f := range failureTest.FindAllStringSubmatch(line, -1) {
			rows[n] = append(rows[n], heldBy{f[1], f[2]})
		}
	}
	return rows
}

// failuresNamed gives, for each test of a room, the rows that a comment directly
// above it or inside it names.
func failuresNamed(t *testing.T, dir string) map[string][]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s holds no tests, %v", dir, err)
	}
	named := map[string][]int{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				named[f.Name.Name] = append([]int{}, rowsOf(f, file.Comments)...)
			}
		}
	}
	return named
}

func rowsOf(f *ast.FuncDecl, comments []*ast.CommentGroup) (rows []int) {
	for _, c := range comments {
		inside := c.Pos() >= f.Pos() && c.End() <= f.End()
		if c != f.Doc && !inside {
			continue
		}
		for _, m := range failureNamed.FindAllStringSubmatch(c.Text(), -1) {
			for number := range strings.SplitSeq(m[1], ", ") {
				n, _ := strconv.Atoi(number) // the pattern takes digits alone
				rows = append(rows, n)
			}
		}
	}
	return rows
}

func TestEveryFieldFailureIsAnsweredForByTestsThatNameIt(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "field-failures.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, rooms := failureRows(t, string(text)), map[string]map[string][]int{}
	if len(rows) != promisedRows {
		t.Errorf("the document has %d rows, want %d", len(rows), promisedRows)
	}
	for n := 1; n <= promisedRows; n++ {
		if len(rows[n]) == 0 {
			t.Errorf("row %d names no test", n)
		}
		for _, h := range rows[n] {
			if rooms[h.room] == nil {
				rooms[h.room] = failuresNamed(t, filepath.Join("..", filepath.FromSlash(h.room)))
			}
			named, ok := rooms[h.room][h.test]
			switch {
			case !ok:
				t.Errorf("row %d: there is no test %s in %s", n, h.test, h.room)
			case !slices.Contains(named, n):
				t.Errorf("row %d: %s in %s names the rows %v", n, h.test, h.room, named)
			}
		}
	}
}
