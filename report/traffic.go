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

func (s *texts) add(t escalation.Traffic, o Order) {
	if t.State == escalation.Dropped {
		return // it was made pointless before it went out
	}
	s.all += t.Texts
	s.segments += t.Segments
	s.cost += o.cost(t.Segments, t.Branded)
	switch t.State {
	case escalation.Delivered:
		s.delivered += t.Texts
	case escalation.Failed, escalation.Expired:
		s.failed += t.Texts
	default:
		s.waiting += t.Texts
	}
}

// cost is what the segments cost, branded ones of them by the citizens' sender.
func (o Order) cost(segments, branded int) float64 {
	return o.CitizenPrice*float64(branded) + o.OfficerPrice*float64(segments-branded)
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

// textsOf sums the texts of the classes that are chosen.
func (b *builder) textsOf(chosen func(escalation.Class) bool) (sum texts) {
	for _, t := range b.traffic {
		if chosen(t.Class) {
			sum.add(t, b.Order)
		}
	}
	for _, t := range b.sums {
		if t.By == escalation.ByClass && chosen(escalation.Class(t.Value)) {
			sum.addSum(t, b.Order)
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
		if of := b.textsOf(func(c escalation.Class) bool { return c == class.class }); of.all > 0 {
			row(string(class.class), class.name, of)
		}
	}
	if other := b.textsOf(func(c escalation.Class) bool { return !named[c] }); other.all > 0 {
		row("other", "Tin khác", other)
	}
	row("all", "Tất cả", b.textsOf(func(escalation.Class) bool { return true }))
	return t
}

// addSum counts in what is summed already.
func (s *texts) addSum(t escalation.TextSum, o Order) {
	s.all += t.Texts
	s.delivered += t.Delivered
	s.failed += t.Failed
	s.waiting += t.Texts - t.Delivered - t.Failed
	s.segments += t.Segments
	s.cost += o.cost(t.Segments, t.Branded)
}

// textRow is a row of texts under way.
type textRow struct {
	key, label, unit string
	last             bool // behind all others: citizens, no petition
	texts
}

// textsBy counts the texts by a dimension, the value with the most first.
func (b *builder) textsBy(d escalation.Dimension) Table {
	title, first := b.dimensionTitle(d)
	t := Table{Key: string(d) + "_sms", Title: title + ", tin nhắn SMS", By: d, Note: noteLoose, First: first, Columns: b.textColumns()}
	rows := textRows{}
	switch {
	case d == escalation.ByUnit:
		t.Note = noteTexts
		b.unitTexts(rows)
	case people(d):
		t.Note = noteReaders
		b.officerTexts(rows)
	default:
		b.petitionTexts(d, rows)
	}
	if d == escalation.ByUnitOfficer {
		t.Key, t.Folded = string(escalation.ByOfficer)+"_sms", true
		t.Columns = append([]Column{{Key: "unit", Name: "Đơn vị", Short: "Đơn vị"}}, t.Columns...)
	}
	for _, row := range boundedTexts(slices.Collect(maps.Values(rows)), d) {
		cells := b.textCells(row.texts)
		if d == escalation.ByUnitOfficer {
			cells = append([]Cell{words(row.unit)}, cells...)
		}
		t.Rows = append(t.Rows, Row{Key: row.key, Label: row.label, Cells: cells})
	}
	return t
}

// boundedTexts orders the rows and makes one of those that are too many. Rows without a
// text are left out.
func boundedTexts(rows []*textRow, d escalation.Dimension) []*textRow {
	rows = slices.DeleteFunc(rows, func(r *textRow) bool { return r.all == 0 })
	slices.SortFunc(rows, func(x, y *textRow) int {
		return cmp.Or(compareBool(x.last, y.last), cmp.Compare(y.all, x.all), strings.Compare(x.key, y.key))
	})
	end, most := len(rows), mostOf(d)
	for end > 0 && rows[end-1].last {
		end--
	}
	if d == escalation.ByUnit || end <= most {
		return rows
	}
	rest := textRow{label: othersLabel(end - most)}
	for _, r := range rows[most:end] {
		rest.all, rest.delivered, rest.failed, rest.waiting = rest.all+r.all, rest.delivered+r.delivered, rest.failed+r.failed, rest.waiting+r.waiting
		rest.segments, rest.cost = rest.segments+r.segments, rest.cost+r.cost
	}
	return slices.Concat(rows[:most], []*textRow{&rest}, rows[end:])
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// textRows are rows by key and label: a value may have any name, a row of its own too.
type textRows map[[2]string]*textRow

// of finds a row, or begins it.
func (rows textRows) of(begun textRow) *textRow {
	at := [2]string{begun.key, begun.label}
	row := rows[at]
	if row == nil {
		row = &begun
		rows[at] = row
	}
	return row
}

// unitTexts are those by the unit whose people they went to.
func (b *builder) unitTexts(rows textRows) {
	for _, t := range b.sums {
		row := textRow{key: t.Value, label: b.unitName(t.Value)}
		if t.Value == "" {
			row.label, row.last = "Người dân, người không thuộc đơn vị", true
		}
		if t.By == escalation.ByUnit {
			rows.of(row).addSum(t, b.Order)
		}
	}
}

// petitionTexts are those by a field, area or channel.
func (b *builder) petitionTexts(d escalation.Dimension, rows textRows) {
	for _, t := range b.sums {
		row := textRow{key: t.Value, label: b.label(d, t.Value)}
		if t.Loose {
			row = textRow{key: "no_petition", label: "Không thuộc riêng phản ánh nào", last: true}
		}
		if t.By == d {
			rows.of(row).addSum(t, b.Order)
		}
	}
}

// officerTexts are those by the officer who got them; of two of a unit that have one name
// together, as their slips are.
func (b *builder) officerTexts(rows textRows) {
	for _, t := range b.sums {
		row := textRow{key: t.Value, label: t.Value}
		if t.Value == "" {
			row.label, row.last = "Người không có tên trong danh bạ", true
		}
		if b.Unit == "" {
			row.key, row.unit = t.Unit+"/"+t.Value, b.unitName(t.Unit)
		}
		if t.By == escalation.ByOfficer {
			rows.of(row).addSum(t, b.Order)
		}
	}
}
