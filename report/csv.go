package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"notify1022/escalation"
)

// writeCSV writes the report as one list, a line for each value: what programs and
// pivot tables like best. It begins with a byte order mark, by which Excel knows
// UTF-8.
func (r *Report) writeCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	out.Write([]string{"Kỳ", "Phạm vi", "Bảng", "Dòng", "Chỉ tiêu", "Giá trị", "Trên tổng số", "Tỷ lệ %", "Đơn vị tính", "Mẫu số là"})
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			for i, c := range row.Cells {
				figure, of := t.Columns[i].Name, t.Columns[i].Of
				if row.Of != "" {
					of = row.Of
				}
				value, total, percent, measure := c.fields()
				out.Write(escalation.GuardCells(r.Period.Name, r.Name, t.Title, row.Label, figure, value, total, percent, measure, of))
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// fields are the parts of a cell as plain numbers, empty where there is none.
func (c Cell) fields() (value, of, percent, measure string) {
	switch c.Kind {
	case Share:
		value, of, measure = strconv.Itoa(c.N), strconv.Itoa(c.Of), "phản ánh"
		if p, ok := c.Percent(); ok {
			percent = strconv.FormatFloat(p, 'f', 2, 64)
		}
	case Span:
		value, measure = strconv.Itoa(int(c.Span/time.Minute)), "phút làm việc"
	case Mean:
		value, measure = strconv.FormatFloat(c.Mean, 'f', 2, 64), "điểm"
	case Money:
		value, measure = strconv.Itoa(c.N), "đồng"
	case Date:
		value, measure = c.Date.Format(time.DateOnly), "ngày"
	case Words:
		value, measure = c.Words, "chữ"
	default:
		value, measure = strconv.Itoa(c.N), "số lượng"
	}
	if c.None {
		value = ""
	}
	return value, of, percent, measure
}
