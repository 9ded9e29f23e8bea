package smpp_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryHostileRowNamesItsTest holds docs/smpp.md against the tests: each of
// the forty rows names at least one that exists, and no name fits two.
func TestEveryHostileRowNamesItsTest(t *testing.T) {
	doc, err := os.ReadFile("../docs/smpp.md")
	if err != nil {
		t.Fatal(err)
	}
	names := testNames(t)
	row := regexp.MustCompile(`(?m)^\| (\d+) \|.*\| ([^|]*) \|$`)
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)(…?)`")
	rows, above := 0, ""
	for _, m := range row.FindAllStringSubmatch(string(doc), -1) {
		rows++
		if m[1] != strconv.Itoa(rows) {
			t.Errorf("row %s after row %d", m[1], rows-1)
		}
		tests := named.FindAllStringSubmatch(m[2], -1)
		if len(tests) == 0 && !(strings.HasPrefix(m[2], "same") && above != "") {
			t.Errorf("row %s names no test", m[1])
		}
		for _, name := range tests {
			hits := 0
			for _, n := range names {
				if n == name[1] || name[2] != "" && strings.HasPrefix(n, name[1]) {
					hits++
				}
			}
			if hits != 1 {
				t.Errorf("row %s: %d tests are named %s", m[1], hits, name[0])
			}
		}
		above = m[2]
	}
	if rows != 40 {
		t.Errorf("%d rows", rows)
	}
}

// testNames are the tests and fuzz targets of the client and the server.
func testNames(t *testing.T) (names []string) {
	t.Helper()
	heads := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, pattern := range []string{"*_test.go", "smsc/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range heads.FindAllStringSubmatch(string(b), -1) {
				names = append(names, m[1])
			}
		}
	}
	return names
}
