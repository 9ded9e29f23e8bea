package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readXLSX reads the visible sheets of a workbook, row by row: the values that the
// cells hold, of formulas the last ones computed. Numbers come as they are stored,
// whatever their format.
func readXLSX(body []byte) (tables []Table, err error) {
	defer func() { // the library was not made for hostile files
		if recover() != nil {
			tables, err = nil, unreadable("tệp .xlsx bị hỏng")
		}
	}()
	counted, err := checkXLSX(body)
	if err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, unreadable("không đọc được tệp .xlsx")
	}
	defer book.Close() // only temporary files
	props, err := book.GetWorkbookProps()
	if err != nil {
		return nil, unreadable("không đọc được tệp .xlsx")
	}
	var used room
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		table, err := readSheet(book, name, &used)
		if err == nil && counted.merged > 0 {
			err = fillMerged(book, name, &table, &used)
		}
		if err != nil {
			return nil, err
		}
		table.epoch1904 = props.Date1904 != nil && *props.Date1904
		tables = append(tables, table)
	}
	if len(tables) == 0 {
		return nil, unreadable("tệp .xlsx không có trang tính nào hiện")
	}
	return tables, nil
}

func readSheet(book *excelize.File, name string, used *room) (Table, error) {
	table := Table{Sheet: name}
	rows, err := book.Rows(name)
	if err != nil {
		return table, unreadable("không đọc được trang tính %q", name)
	}
	defer rows.Close()
	hidden := 0
	for no := 1; rows.Next(); no++ {
		cells, err := rows.Columns()
		switch {
		case err != nil:
			return table, unreadable("trang tính %q, hàng %d: không đọc được", name, no)
		case len(cells) > 0 && no > maxRows:
			return table, unreadable("trang tính %q có quá %d hàng", name, maxRows)
		}
		line, ok, err := used.take(no, cells)
		if err != nil {
			return table, err
		}
		if !ok {
			continue
		}
		table.Lines = append(table.Lines, line)
		if rows.GetRowOpts().Hidden {
			hidden++
		}
	}
	if err := rows.Error(); err != nil {
		return table, unreadable("trang tính %q: không đọc được", name)
	}
	if hidden > 0 {
		table.Notes = append(table.Notes, fmt.Sprintf("%d hàng đang ẩn cũng được đọc", hidden))
	}
	return table, nil
}

// fillMerged writes the value of merged cells into each of them: a unit's name that
// stands once beside all of its people.
func fillMerged(book *excelize.File, name string, table *Table, used *room) error {
	merged, err := book.GetMergeCells(name)
	if err != nil {
		return unreadable("trang tính %q: không đọc được các ô gộp", name)
	}
	for _, m := range merged {
		left, top, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		right, bottom, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if errors.Join(err1, err2) != nil || right > maxColumns || bottom < top || right < left {
			continue
		}
		first, found := slices.BinarySearchFunc(table.Lines, top, func(l Line, no int) int { return l.No - no })
		if !found || left > len(table.Lines[first].Cells) || table.Lines[first].Cells[left-1] == "" {
			continue
		}
		value := table.Lines[first].Cells[left-1]
		for i := first; i < len(table.Lines) && table.Lines[i].No <= bottom; i++ {
			line := &table.Lines[i]
			for len(line.Cells) < right {
				line.Cells = append(line.Cells, "")
			}
			for c := left - 1; c < right; c++ {
				if line.Cells[c] == "" {
					line.Cells[c] = value
					used.cells++
				}
			}
		}
		if used.cells > 2*maxCells {
			return unreadable("trang tính %q: các ô gộp quá rộng", name)
		}
	}
	return nil
}

// checkXLSX looks through the parts of a workbook before the library takes them
// into memory: their sizes, that they are whole XML, how many cells a row and the
// book have, how long one shared text is.
func checkXLSX(body []byte) (counted count, err error) {
	parts, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return counted, unreadable("tệp .xlsx bị hỏng")
	}
	if len(parts.File) > maxParts {
		return counted, unreadable("tệp .xlsx có quá nhiều phần")
	}
	var total uint64
	for _, part := range parts.File {
		// Summed before a byte is unpacked; the reader refuses a part longer than it says.
		if total += min(part.UncompressedSize64, maxUnzipped+1); total > maxUnzipped {
			return counted, unreadable("tệp .xlsx giải nén ra lớn hơn %d MB", maxUnzipped>>20)
		}
	}
	for _, part := range parts.File {
		name := strings.ToLower(part.Name)
		if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			continue
		}
		if err := counted.part(part); err != nil {
			return counted, err
		}
	}
	return counted, nil
}

// count is what checkXLSX has seen.
type count struct{ cells, merged int }

func (n *count) part(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return unreadable("tệp .xlsx bị hỏng")
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	values, began := 0, int64(0) // in this row
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable("tệp .xlsx bị hỏng: một phần của tệp không đọc được")
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				values = 0
			case "c":
				n.cells++
			case "mergeCell":
				n.merged++
			case "v", "is", "si":
				values++
				began = d.InputOffset()
			case "sst": // one after the other, in no row
				values = -maxCells
			}
		case xml.EndElement:
			// A text of 32,767 characters, each of four octets and marked up.
			if (e.Name.Local == "si" || e.Name.Local == "is") && d.InputOffset()-began > 8*maxCell {
				return unreadable("một ô dài quá %d ký tự", maxCell)
			}
		}
		switch {
		case values > maxColumns:
			return unreadable("một hàng có quá %d cột", maxColumns)
		case n.cells > 3*maxCells: // cells that only have a format count too
			return unreadable("tệp có quá %d ô", maxCells)
		case n.merged > maxMerged:
			return unreadable("tệp có quá %d ô gộp", maxMerged)
		}
	}
}
