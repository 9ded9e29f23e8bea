package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
)

//go:embed page.html page.css
var pageFiles embed.FS

// htmlPage is what the page's template is given.
type htmlPage struct {
	*Report
	Title    string
	Sections []section
	Style    template.CSS
}

// section is a table with its chart, if it has one.
type section struct {
	Table
	Chart  template.HTML
	WithOf bool
}

// writeHTML writes a page of its own, made to be read and to be printed: no script,
// nothing from elsewhere.
func (r *Report) writeHTML(w io.Writer) error { return r.writeTemplate(w, "page") }

// WriteFragment writes the tables and charts alone, for a page that has its own frame
// and links StyleSheet.
func (r *Report) WriteFragment(w io.Writer) error { return r.writeTemplate(w, "fragment") }

// StyleSheet is the look of a fragment.
func StyleSheet() string {
	css, err := pageFiles.ReadFile("page.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(css)
}

// StyleDigest is that of the style sheet inside a page, as a content security policy
// names it.
func StyleDigest() string {
	sum := sha256.Sum256([]byte(StyleSheet()))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (r *Report) writeTemplate(w io.Writer, name string) error {
	t, err := template.ParseFS(pageFiles, "page.html")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	page := htmlPage{Report: r, Title: title, Style: template.CSS(StyleSheet())}
	for _, table := range r.Tables {
		page.Sections = append(page.Sections, section{Table: table, Chart: chart(table),
			WithOf: slices.ContainsFunc(table.Rows, func(row Row) bool { return row.Of != "" })})
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, page); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// MadeText says when the report was made.
func (p htmlPage) MadeText() string { return p.madeText() }

// PeriodTitle is the period in words.
func (p htmlPage) PeriodTitle() string { return p.Period.Title() }
