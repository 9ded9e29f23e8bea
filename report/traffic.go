package report

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"notify1022/escalation"
)

// textClass is a kind of text and its name in a report.
type textClass struct {
	class escalation.Class
	name  string
}

// textClasses are the kinds of texts in the order of a report.
func textClasses() []textClass {
	return []textClass{
		{escalation.ClassSlip, "Phiếu chuyển (Đ9.3)"},
		{escalation.ClassReminder, "Nhắc việc"},
		{escalation.ClassEscalation, "Báo Thủ trưởng đơn vị (Đ9.4)"},
		{escalation.ClassReport, "Báo cáo lãnh đạo, Văn phòng"},
		{escalation.ClassDecision, "Quyết định, trả lại, chỉ đạo"},
		{escalation.ClassRecorded, "Báo đã tiếp nhận"},
		{escalation.ClassProgress, "Báo tiến độ cho người dân"},
		{escalation.ClassResult, "Gửi kết quả cho người dân (Đ11.1)"},
		{escalation.ClassRating, "Mời đánh giá"},
		{escalation.ClassPraise, "Chuyển lời khen của người dân"},
		{escalation.ClassAnswer, "Trả lời tin nhắn, mã xác nhận"},
		{escalation.ClassAlarm, "Cảnh báo vận hành"},
	}
}

// texts sums the traffic of one class, or of all.
type texts struct {
	all, delivered, failed, waiting, segments int
	cost                                      float64 // đồng
}

func (s *texts) add(t escalation.Traffic, price float64) {
	if t.State == escalation.Dropped {
		return // it was made pointless before it went out
	}
	s.all += t.Texts
	s.segments += t.Segments
	s.cost += price * float64(t.Segments)
	switch t.State {
	case escalation.Delivered:
		s.delivered += t.Texts
	case escalation.Failed, escalation.Expired:
		s.failed += t.Texts
	default:
		s.waiting += t.Texts
	}
}

// priceOf is what a segment of the class costs: citizens' texts go out by their own sender.
func (b *builder) priceOf(class escalation.Class) float64 {
	if slices.Contains(escalation.Branded(), class) {
		return b.CitizenPrice
	}
	return b.OfficerPrice
}

// priced reports whether texts cost anything that is known.
func (b *builder) priced() bool { return b.OfficerPrice > 0 || b.CitizenPrice > 0 }

// textColumns are what is told of texts.
func (b *builder) textColumns() []Column {
	const (
		known = "tin đã biết kết quả cuối cùng"
		all   = "tin trong kỳ"
	)
	columns := []Column{
		{Key: "texts", Name: "Số tin", Short: "Số tin"},
		{Key: "delivered", Name: "Đã đến máy", Short: "Đã đến", Of: all},
		{Key: "failed", Name: "Không đến", Short: "Không đến", Of: known},
		{Key: "segments", Name: "Số đoạn tin (segment)", Short: "Đoạn tin"},
	}
	if b.priced() {
		columns = append(columns, Column{Key: "cost", Name: "Chi phí", Short: "Chi phí"})
	}
	return columns
}

func (b *builder) textCells(s texts) []Cell {
	cells := []Cell{count(s.all), share(s.delivered, s.all), share(s.failed, s.delivered+s.failed), count(s.segments)}
	if b.priced() {
		cells = append(cells, Cell{Kind: Money, N: int(math.Round(s.cost))})
	}
	return cells
}

// textsOf sums the traffic that is chosen.
func (b *builder) textsOf(chosen func(escalation.Traffic) bool) (sum texts) {
	for _, t := range b.traffic {
		if chosen(t) {
			sum.add(t, b.priceOf(t.Class))
		}
	}
	return sum
}

// textsTable counts the texts by SMS, what became of them and what they cost.
func (b *builder) textsTable() Table {
	t := Table{Key: "sms", Title: "Tin nhắn SMS", Note: noteTexts, First: "Loại tin", Columns: b.textColumns()}
	row := func(key, label string, s texts) {
		t.Rows = append(t.Rows, Row{Key: key, Label: label, Cells: b.textCells(s)})
	}
	named := map[escalation.Class]bool{}
	for _, class := range textClasses() {
		named[class.class] = true
		if of := b.textsOf(func(t escalation.Traffic) bool { return t.Class == class.class }); of.all > 0 {
			row(string(class.class), class.name, of)
		}
	}
	if other := b.textsOf(func(t escalation.Traffic) bool { return !named[t.Class] }); other.all > 0 {
		row("other", "Tin khác", other)
	}
	row("all", "Tất cả", b.textsOf(func(escalation.Traffic) bool { return true }))
	return t
}

// unitTextsTable counts them by the unit whose people they went to, those with the most
// first. A text has no field and no area, and a day's count none of its petitions.
func (b *builder) unitTextsTable() Table {
	t := Table{Key: "unit_sms", Title: "Theo đơn vị, tin nhắn SMS", By: escalation.ByUnit, Note: noteTexts, First: "Đơn vị", Columns: b.textColumns()}
	sums := map[string]texts{}
	for _, traffic := range b.traffic {
		sum := sums[traffic.Unit]
		sum.add(traffic, b.priceOf(traffic.Class))
		sums[traffic.Unit] = sum
	}
	units := slices.SortedFunc(maps.Keys(sums), func(x, y string) int {
		return cmp.Or(cmp.Compare(min(len(y), 1), min(len(x), 1)), cmp.Compare(sums[y].all, sums[x].all), strings.Compare(x, y))
	})
	for _, unit := range units {
		label := b.unitName(unit)
		if unit == "" {
			label = "Người dân, người không thuộc đơn vị"
		}
		if sums[unit].all > 0 {
			t.Rows = append(t.Rows, Row{Key: unit, Label: label, Cells: b.textCells(sums[unit])})
		}
	}
	return t
}
