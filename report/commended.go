package report

import (
	"cmp"
	"fmt"

	"notify1022/escalation"
)

// mostCommended bounds the list of people proposed for reward, mostProposals what is read
// to be counted.
const (
	mostCommended = 500
	mostProposals = 20_000
)

// commendedKey is the key of the list.
const commendedKey = "commended"

// noteCommended says whom the list holds.
const noteCommended = "Đề xuất trong kỳ của Tổng đài 1022 và Văn phòng. Người dân chỉ ghi mã phản ánh."

// commendedTable lists the people proposed for reward (Đ17.7, Đ20); none: no table.
func (b *builder) commendedTable() []Table {
	if len(b.commended) == 0 {
		return nil
	}
	t := Table{Key: commendedKey, Title: "Đề xuất khen thưởng (Đ17.7, Đ20)", Note: noteCommended, First: "Phản ánh", Columns: []Column{
		{Key: "who", Name: "Người được đề xuất", Short: "Người"}, {Key: "unit", Name: "Đơn vị", Short: "Đơn vị"},
		{Key: "date", Name: "Ngày đề xuất", Short: "Ngày"}, {Key: "reason", Name: "Lý do", Short: "Lý do"},
	}}
	for i, c := range b.commended {
		if i == mostCommended {
			t.Note += fmt.Sprintf(" Còn %d đề xuất khác.", len(b.commended)-i)
			break
		}
		who, unit := "Người dân", "–"
		if c.Who == escalation.CommendOfficer {
			who = c.Officer
		}
		if c.Unit != "" {
			unit = b.unitName(c.Unit)
		}
		t.Rows = append(t.Rows, Row{Key: fmt.Sprintf("%s/%d", c.Code, c.No), Label: c.Code, Cells: []Cell{
			words(who), words(unit), date(c.At), words(cmp.Or(c.Reason, "(không nêu)")),
		}})
	}
	return []Table{t}
}
