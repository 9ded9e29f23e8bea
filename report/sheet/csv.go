package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// readCSV reads a CSV in UTF-8 or UTF-16, with or without a byte order mark,
// separated by commas, semicolons or tabs.
func readCSV(body []byte) (Table, error) {
	text, err := utf8Text(body)
	if err != nil {
		return Table{}, err
	}
	comma, text := separator(text)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	var table Table
	var used room
	no, at := 0, int64(0)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		// The reader passes over blank lines; a spreadsheet numbers them.
		end := r.InputOffset()
		no += blankLines(text[at:end]) + 1
		at = end
		switch {
		case errors.Is(err, csv.ErrBareQuote), errors.Is(err, csv.ErrQuote):
			return Table{}, unreadable("hàng %d: dấu ngoặc kép không thành đôi", no)
		case err != nil:
			return Table{}, unreadable("hàng %d: không đọc được", no)
		case no > maxRows:
			return Table{}, unreadable("tệp có quá %d hàng", maxRows)
		}
		for i, cell := range record {
			record[i] = asText(cell)
		}
		line, ok, err := used.take(no, record)
		if err != nil {
			return Table{}, err
		}
		if ok {
			table.Lines = append(table.Lines, line)
		}
	}
}

// utf8Text is the file in UTF-8 without a mark, its lines ended by \n.
func utf8Text(body []byte) ([]byte, error) {
	order, wide := utf16Order(body)
	if wide {
		out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(body)
		if err != nil {
			return nil, unreadable("không đọc được tệp UTF-16")
		}
		body = out
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	switch {
	case !utf8.Valid(body):
		return nil, unreadable("tệp không phải UTF-8: trong Excel hãy chọn lưu “CSV UTF-8”, hoặc .xlsx")
	case bytes.IndexByte(body, 0) >= 0:
		return nil, unreadable("tệp này không phải CSV hay XLSX")
	case bytes.IndexByte(body, '\n') < 0:
		body = bytes.ReplaceAll(body, []byte("\r"), []byte("\n")) // old Macs
	}
	return body, nil
}

// utf16Order tells UTF-16 by its mark, or by the zero octets of ASCII letters.
func utf16Order(body []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return unicode.BigEndian, true
	}
	var even, odd int
	start := body[:min(len(body), 1000)]
	for i, b := range start {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	switch few := len(start) / 5; {
	case odd > few && even == 0:
		return unicode.LittleEndian, true
	case even > few && odd == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// separator is what the first lines are separated by: what Excel's own line "sep=;"
// says, else the one by which a row has the most headers that are known, else cells.
func separator(text []byte) (rune, []byte) {
	if first, rest, _ := bytes.Cut(text, []byte("\n")); bytes.HasPrefix(bytes.ToLower(first), []byte("sep=")) {
		if said := bytes.TrimSuffix(first[len("sep="):], []byte("\r")); len(said) == 1 && strings.Contains(",;\t|", string(said)) {
			return rune(said[0]), append([]byte("\n"), rest...) // the line counts
		}
	}
	best, most, known := ',', 0, knownHeaders()
	for _, comma := range ",;\t" {
		r := csv.NewReader(bytes.NewReader(text[:min(len(text), 64<<10)]))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
		for range headerWithin {
			record, err := r.Read()
			if err != nil {
				break
			}
			weight := 0
			for _, cell := range record {
				if cell = key(canonical(cell)); known[cell] {
					weight += maxColumns
				} else if cell != "" {
					weight++
				}
			}
			if weight > most {
				best, most = comma, weight
			}
		}
	}
	return best, text
}

// blankLines counts the empty lines that stand before a record.
func blankLines(text []byte) int {
	n := 0
	for {
		switch {
		case bytes.HasPrefix(text, []byte("\n")):
			text = text[1:]
		case bytes.HasPrefix(text, []byte("\r\n")):
			text = text[2:]
		default:
			return n
		}
		n++
	}
}

// asText unwraps ="0912345678", by which people keep a leading zero from Excel.
func asText(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) && strings.Count(inner, `"`) == 1 {
		return strings.TrimSuffix(inner, `"`)
	}
	return cell
}
