package report

import (
	"fmt"
	"io"
	"slices"
)

// Format is how a report is written.
type Format string

// The formats.
const (
	Text Format = "table"
	JSON Format = "json"
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	HTML Format = "html"
)

// Formats lists them in the order in which they are offered.
func Formats() []Format { return []Format{Text, JSON, CSV, XLSX, HTML} }

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("định dạng %q phải là table, json, csv, xlsx hoặc html", cut(name))
}

// MediaType is the format's, for HTTP.
func (f Format) MediaType() string {
	switch f {
	case JSON:
		return "application/json"
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case HTML:
		return "text/html; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// suffix is what a file of the format ends in.
func (f Format) suffix() string {
	if f == Text {
		return "txt"
	}
	return string(f)
}

// File reports a format for programs and spreadsheets, which have every row; the others
// are read from the top.
func (f Format) File() bool { return f == JSON || f == CSV || f == XLSX }

// Write writes the report in a format.
func (r *Report) Write(w io.Writer, f Format) error {
	switch f {
	case JSON:
		return r.WriteJSON(w)
	case CSV:
		return r.writeCSV(w)
	case XLSX:
		return r.WriteXLSX(w)
	case HTML:
		return r.writeHTML(w)
	}
	return r.writeText(w)
}

// FileName is what a downloaded report is called: bao-cao-1022-2026-11-SXD.xlsx.
func (r *Report) FileName(f Format) string {
	name := "bao-cao-1022-" + fileSafe(r.Period.Name)
	if r.Unit != "" {
		name += "-" + fileSafe(r.Unit)
	}
	return name + "." + f.suffix()
}

// fileSafe keeps of a name what is harmless in a file's name.
func fileSafe(s string) string {
	return string(slices.DeleteFunc([]rune(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_')
	}))
}
