package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// Order is the report that is wanted.
type Order struct {
	Period Period
	Unit   string // code; empty: the whole city
	// Names gives each unit's name by its code.
	Names map[string]string
	// Calendar gives the ages of what is open.
	Calendar *worktime.Calendar
	// OfficerPrice and CitizenPrice are what a segment of a text costs, in đồng, by whom it
	// goes to; both 0: no cost is shown.
	OfficerPrice, CitizenPrice float64
	// MadeAt is when the report is made.
	MadeAt time.Time
}

// Report is the figures of a period, laid out in tables.
type Report struct {
	Period Period
	Unit   string // code; empty: the whole city
	Name   string // of whom it is
	MadeAt time.Time
	Tables []Table

	units []*group // for the sheets of each unit
	sums  Sums
}

// mostValues bounds the rows of fields, areas and officers; the rest is one row.
const mostValues = 200

// Build makes a report.
func Build(ctx context.Context, src Source, o Order) (*Report, error) {
	b := builder{Order: o, src: src}
	r := &Report{Period: o.Period, Unit: o.Unit, Name: "Toàn thành phố", MadeAt: o.MadeAt}
	if o.Unit != "" {
		r.Name = b.unitName(o.Unit)
	}
	if err := b.read(ctx); err != nil {
		return nil, fmt.Errorf("report of %s: %w", o.Period.Name, err)
	}
	if o.Unit == "" {
		r.Tables, r.units = b.cityTables(), b.groups[escalation.ByUnit]
	} else {
		r.Tables = b.unitTables()
	}
	r.Tables = append(r.Tables, b.commendedTable()...)
	r.sums = b.all.sums(o.Unit)
	return r, nil
}

// builder gathers what a report needs.
type builder struct {
	Order
	src     Source
	all     *group
	groups  map[escalation.Dimension][]*group
	traffic []escalation.Traffic

	commended []escalation.Commended
}

// dimensions are what the report is broken down by.
func (b *builder) dimensions() []escalation.Dimension {
	if b.Unit != "" {
		return []escalation.Dimension{escalation.ByField, escalation.ByArea, escalation.ByChannel, escalation.ByOfficer}
	}
	return []escalation.Dimension{escalation.ByUnit, escalation.ByField, escalation.ByArea, escalation.ByChannel}
}

// medianBy lists the dimensions of which medians are told: those that a unit or a
// person answers for. Others have none.
func (b *builder) medianBy(d escalation.Dimension) bool {
	return d == escalation.ByUnit || d == escalation.ByOfficer
}

// rowMarks are what a row of a table tells apart. The channels have all marks: they
// are few, and together they are the whole.
const rowMarks = escalation.FactFirst | escalation.FactReopened | escalation.FactForwarded | escalation.FactAcknowledged | escalation.FactJudged |
	escalation.FactWithinFocal | escalation.FactWithinHead | escalation.FactPublished | escalation.FactOwnSite | escalation.FactDisputed | escalation.FactEnds

// read asks for everything, a few questions at a time.
func (b *builder) read(ctx context.Context) error {
	const atOnce = 4 // a report shares the database with the desk
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	dimensions := b.dimensions()
	read := make([]breakdown, len(dimensions))
	var queries []escalation.FactQuery
	for _, d := range dimensions {
		queries = append(queries, b.query(d))
	}
	work.Go(func() error {
		groups, err := b.src.FactGroups(ctx, queries...)
		for i := range groups {
			read[i].groups = groups[i]
		}
		return err
	})
	for i, d := range dimensions {
		q := queries[i]
		if !b.medianBy(d) {
			continue
		}
		work.Go(func() (err error) {
			read[i].acknowledged, err = b.src.FactMedians(ctx, q, escalation.SpanAcknowledged)
			return err
		})
		work.Go(func() (err error) {
			read[i].answered, err = b.src.FactMedians(ctx, q, escalation.SpanAnswered)
			return err
		})
	}
	work.Go(func() (err error) {
		b.traffic, err = b.src.SMSTraffic(ctx, b.Period.From, b.Period.To, b.Unit)
		return err
	})
	work.Go(func() (err error) {
		b.commended, err = b.src.Commended(ctx, b.Period.From, b.Period.To, b.Unit, mostCommended)
		return err
	})
	if err := work.Wait(); err != nil {
		return err
	}
	b.groups = make(map[escalation.Dimension][]*group, len(dimensions))
	for i, d := range dimensions {
		b.groups[d] = b.tallied(d, read[i])
	}
	b.all = &group{}
	for i, d := range dimensions {
		if b.medianBy(d) {
			b.all.medians(read[i], "")
		}
		if d == escalation.ByChannel { // everything came in by one
			for _, g := range read[i].groups {
				b.all.Add(g)
			}
		}
	}
	return nil
}

// ageSteps are the spans of working time that part the ages.
func ageSteps() []time.Duration {
	return []time.Duration{8 * time.Hour, 48 * time.Hour, 120 * time.Hour}
}

func (b *builder) query(d escalation.Dimension) escalation.FactQuery {
	q := escalation.FactQuery{From: b.Period.From, To: b.Period.To, Unit: b.Unit, By: d, Marks: rowMarks}
	if d == escalation.ByChannel {
		q.Marks, q.Held = 0, true
	}
	at := b.Period.To
	if at.After(b.MadeAt) {
		at = b.MadeAt // a period that runs still: what is open is open now
	}
	for _, step := range ageSteps() {
		q.Ages = append(q.Ages, olderThan(b.Calendar, at, step))
	}
	return q
}

// olderThan is the instant before which a petition was received that is, at an instant,
// older than so much working time: the first one with just as much. What came in on an
// evening is no older than what came in the next morning.
func olderThan(cal *worktime.Calendar, at time.Time, age time.Duration) time.Time {
	last := cal.Sub(at, age)
	before := last.AddDate(0, -1, 0) // no stretch of days off is longer
	return cal.Add(before, cal.Between(before, last))
}

// breakdown is what was read of one dimension.
type breakdown struct {
	groups                 []escalation.FactGroup
	acknowledged, answered map[string]time.Duration
}

// tallied sums the groups of each value, those with the most first.
func (b *builder) tallied(d escalation.Dimension, read breakdown) []*group {
	byValue := map[string]*group{}
	var list []*group
	for _, fg := range read.groups {
		g := byValue[fg.Value]
		if g == nil {
			g = &group{key: fg.Value, label: b.label(d, fg.Value)}
			g.medians(read, fg.Value)
			byValue[fg.Value] = g
			list = append(list, g)
		}
		g.Add(fg)
	}
	slices.SortFunc(list, func(x, y *group) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Received+y.Slips, x.Received+x.Slips), strings.Compare(x.label, y.label))
	})
	if len(list) <= mostValues || d == escalation.ByUnit {
		return list
	}
	rest := &group{label: fmt.Sprintf("%d giá trị khác", len(list)-mostValues)}
	for _, fg := range read.groups {
		if slices.Contains(list[mostValues:], byValue[fg.Value]) {
			rest.Add(fg)
		}
	}
	return append(list[:mostValues:mostValues], rest)
}

// rank puts what has no value behind all others.
func rank(g *group) int {
	if g.key == "" {
		return 1
	}
	return 0
}

// label is what a value is called.
func (b *builder) label(d escalation.Dimension, value string) string {
	switch {
	case d == escalation.ByUnit:
		return b.unitName(value)
	case d == escalation.ByChannel:
		return capital(escalation.Channel(value).Label())
	case value == "":
		return "(không ghi)"
	}
	return value
}

func (b *builder) unitName(code string) string {
	if name := b.Names[code]; name != "" {
		return name
	}
	return code
}

// capital begins a word with a capital, as the first of a row.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// Notes on how tables are counted.
const (
	noteCity     = "Phản ánh tính theo thời điểm tiếp nhận, phiếu chuyển theo thời điểm chuyển, kết quả theo thời điểm có kết quả; thời gian là giờ làm việc. Tỷ lệ ghi rõ tử số và mẫu số."
	noteUnit     = "Tính cho đơn vị chủ trì. Hạn 8 giờ và 48 giờ lấy theo thời hạn đã lưu của từng phiếu."
	noteDuties   = "Tính cho phản ánh tiếp nhận (hoặc mở lại) trong kỳ."
	noteHeld     = "Bình quân mỗi lượt xử lý kết thúc trong kỳ, giờ làm việc. Thời gian kết quả nằm chờ công bố hoặc đã bị trả lại tính cho Tổng đài 1022."
	noteAges     = "Tuổi tính theo giờ làm việc từ lúc tiếp nhận đến cuối kỳ (hoặc đến lúc lập báo cáo nếu kỳ chưa kết thúc)."
	noteScores   = "Điểm của người dân cho kết quả đã công bố và câu trả lời trực tiếp trong kỳ."
	noteTexts    = "Tin nhắn tạo ra trong kỳ. Tỷ lệ không đến tính trên số tin đã biết kết quả cuối cùng."
	noteOfficers = "Tính cho người đã xác nhận phiếu."
)

func (b *builder) cityTables() []Table {
	columns := slices.Concat(intakeFigures()[:4], slipFigures()[:1], answerFigures()[:1], answerFigures()[2:4], answerFigures()[6:7], answerFigures()[9:])
	return []Table{
		listed("city", "Toàn thành phố", noteCity, "Chỉ tiêu", b.all, slices.Concat(intakeFigures(), slipFigures(), answerFigures(), cityFigures())),
		crossed("unit", "Theo đơn vị", noteUnit, "Đơn vị", b.groups[escalation.ByUnit], slices.Concat(slipFigures(), answerFigures())),
		crossed("field", "Theo lĩnh vực", noteCity, "Lĩnh vực", b.groups[escalation.ByField], columns),
		crossed("area", "Theo địa bàn", noteCity, "Địa bàn", b.groups[escalation.ByArea], columns),
		crossed("channel", "Theo kênh tiếp nhận", noteCity, "Kênh", b.groups[escalation.ByChannel], columns),
		listed("duties", "Nhiệm vụ của Tổng đài 1022", noteDuties, "Nhiệm vụ", b.all, dutyFigures()),
		listed("held", "Thời gian giữ phản ánh của từng cấp (Đ10.1)", noteHeld, "Cấp", b.all, heldFigures()),
		b.agesTable(), b.scoresTable(), b.textsTable(),
	}
}

func (b *builder) unitTables() []Table {
	columns := slices.Concat(slipFigures()[:2], slipFigures()[3:], answerFigures()[:1], answerFigures()[2:])
	officers := slices.Concat(slipFigures(), answerFigures())
	return []Table{
		listed("summary", b.unitName(b.Unit), noteUnit, "Chỉ tiêu", b.all, slices.Concat(slipFigures(), answerFigures(), cityFigures()[2:])),
		crossed("field", "Theo lĩnh vực", noteUnit, "Lĩnh vực", b.groups[escalation.ByField], columns),
		crossed("area", "Theo địa bàn", noteUnit, "Địa bàn", b.groups[escalation.ByArea], columns),
		crossed("channel", "Theo kênh tiếp nhận", noteUnit, "Kênh", b.groups[escalation.ByChannel], columns),
		crossed("officer", "Theo cán bộ", noteOfficers, "Cán bộ", b.groups[escalation.ByOfficer], officers),
		listed("held", "Thời gian giữ phản ánh của từng cấp (Đ10.1)", noteHeld, "Cấp", b.all, heldFigures()),
		b.agesTable(), b.scoresTable(), b.textsTable(),
	}
}

func (b *builder) agesTable() Table {
	t := Table{Key: "ages", Title: "Đang xử lý cuối kỳ, theo tuổi", Note: noteAges, First: "Từ lúc tiếp nhận", Columns: values()}
	for i, label := range []string{"đến 8 giờ làm việc", "trên 8 đến 48 giờ làm việc", "trên 48 đến 120 giờ làm việc", "trên 120 giờ làm việc"} {
		t.Rows = append(t.Rows, Row{Key: fmt.Sprint("age_", i), Label: label, Of: "phản ánh đang xử lý cuối kỳ", Cells: []Cell{share(b.all.OpenByAge[i], b.all.Open)}})
	}
	return t
}

func (b *builder) scoresTable() Table {
	t := Table{Key: "scores", Title: "Mức độ hài lòng (Đ11.2)", Note: noteScores, First: "Điểm", Columns: values()}
	rated, of := b.all.Rated, b.all.Ratable
	for score := 5; score >= 1; score-- {
		t.Rows = append(t.Rows, Row{Key: fmt.Sprint("score_", score), Label: fmt.Sprint(score, " điểm"), Of: "lượt đánh giá", Cells: []Cell{share(b.all.Scores[score], rated)}})
	}
	t.Rows = append(t.Rows,
		Row{Key: "rated", Label: "Tỷ lệ người dân đánh giá", Of: "câu trả lời người dân đã nhận", Cells: []Cell{share(rated, of)}},
		Row{Key: "mean", Label: "Điểm trung bình", Cells: []Cell{mean(b.all.MeanScore())}})
	return t
}
