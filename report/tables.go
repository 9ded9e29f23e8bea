package report

import (
	"slices"

	"notify1022/escalation"
)

// Notes on how tables are counted.
const (
	noteCity     = "Phản ánh tính theo thời điểm tiếp nhận, phiếu chuyển theo thời điểm chuyển, kết quả theo thời điểm có kết quả; thời gian là giờ làm việc. Tỷ lệ ghi rõ tử số và mẫu số."
	noteSheets   = "Chỉ %d trong %d đơn vị có trang riêng trong tệp này. Số liệu của mọi đơn vị có ở các trang “Theo đơn vị”; báo cáo riêng của từng đơn vị: trang Báo cáo, chọn đơn vị ở ô Phạm vi."
	noteUnit     = "Tính cho đơn vị chủ trì, từ khi được chuyển phiếu. Hạn 8 giờ và 48 giờ lấy theo thời hạn đã lưu của từng phiếu."
	noteDuties   = "Tính cho phản ánh tiếp nhận (hoặc mở lại, hoặc đơn vị trả lại) trong kỳ."
	noteHeld     = "Bình quân mỗi lượt xử lý kết thúc trong kỳ, giờ làm việc. Thời gian kết quả nằm chờ công bố hoặc đã bị trả lại tính cho Tổng đài 1022."
	noteAges     = "Tuổi tính theo giờ làm việc từ lúc tiếp nhận đến cuối kỳ (hoặc đến lúc lập báo cáo nếu kỳ chưa kết thúc)."
	noteOpen     = noteAges + " Thời gian giữ là bình quân mỗi lượt xử lý kết thúc trong kỳ."
	noteScores   = "Điểm của người dân cho kết quả đã công bố và câu trả lời trực tiếp trong kỳ, kể cả người dân có phản ánh gộp vào phản ánh khác."
	noteService  = "Điểm chấm riêng cho Tổng đài 1022 cùng lượt đánh giá; không tính vào mức độ hài lòng đối với đơn vị."
	noteTexts    = "Tin nhắn tạo ra trong kỳ. Tỷ lệ không đến tính trên số tin đã biết kết quả cuối cùng."
	noteOfficers = "Tính cho cán bộ giữ phiếu: người được đơn vị giao; nếu không, người đầu tiên của đơn vị xử lý phiếu; nếu chưa có, người được gọi hoặc được gửi phiếu. Không tính cho tổng đài viên nhập hộ và Thủ trưởng nhận phiếu vì hết 8 giờ."
	noteLoose    = noteTexts + " Tin gộp nhiều phản ánh, bản tổng hợp, báo cáo, mã xác nhận không thuộc riêng phản ánh nào."
	noteReaders  = noteTexts + " Tính cho người của đơn vị được gửi tin."
)

func (b *builder) cityTables() []Table {
	figures := slices.Concat(intakeFigures(), slipFigures(), answerFigures(true), scoreFigures()[:2], openFigures(), cityFigures())
	tables := []Table{listed("city", "Toàn thành phố", noteCity, "Chỉ tiêu", b.all, figures)}
	for _, d := range b.dimensions() {
		tables = append(tables, b.crossings(d)...)
	}
	return slices.Concat(tables, []Table{listed("duties", "Nhiệm vụ của Tổng đài 1022", noteDuties, "Nhiệm vụ", b.all, dutyFigures())}, b.wholeTables(),
		[]Table{listed("service", "Điểm cho Tổng đài 1022 (Đ11.2)", noteService, "Điểm", b.all, scoresFirst(serviceFigures())), b.textsTable()})
}

func (b *builder) unitTables() []Table {
	figures := slices.Concat(slipFigures(), answerFigures(true), scoreFigures()[:2], openFigures(), cityFigures()[2:])
	tables := []Table{listed("summary", b.unitName(b.Unit), noteUnit, "Chỉ tiêu", b.all, figures)}
	for _, d := range b.dimensions() {
		tables = append(tables, b.crossings(d)...)
	}
	return append(append(tables, b.wholeTables()...), b.textsTable())
}

// wholeTables are of all turns of the report together.
func (b *builder) wholeTables() []Table {
	return []Table{
		listed("held", "Thời gian giữ phản ánh của từng cấp (Đ10.1)", noteHeld, "Cấp", b.all, heldFigures()),
		listed("ages", "Đang xử lý cuối kỳ, theo tuổi", noteAges, "Từ lúc tiếp nhận", b.all, ageFigures()),
		listed("scores", "Mức độ hài lòng (Đ11.2)", noteScores, "Điểm", b.all, scoresFirst(scoreFigures())),
	}
}

// scoresFirst puts the distribution before the share and the average.
func scoresFirst(votes []figure) []figure { return slices.Concat(votes[2:], votes[:2]) }

// crossings are the tables of a dimension, each narrow enough to be printed: what came
// in, the answers, what is open and who had it, what the citizens say, the texts.
func (b *builder) crossings(d escalation.Dimension) []Table {
	came, scores, note := slipFigures(), scoreFigures(), noteUnit
	switch {
	case answering(d):
		scores = append(scores, commendedFigures()...)
	case b.Unit == "": // a unit receives no petitions, and nobody votes on 1022 there
		came, scores, note = append(intakeFigures(), came...), append(scores, serviceFigures()[:2]...), noteCity
	}
	if people(d) {
		note = noteOfficers
	}
	title, first := b.dimensionTitle(d)
	key, unit := d, []figure(nil)
	if d == escalation.ByUnitOfficer {
		key, unit = escalation.ByOfficer, unitFigures()
	}
	var tables []Table
	for _, part := range []struct {
		key, title, note string
		figures          []figure
	}{
		{"", "", note, came},
		{"_answers", ", kết quả", note, answerFigures(answering(d))},
		{"_open", ", đang xử lý", noteOpen, slices.Concat(openFigures(), ageFigures(), heldFigures())},
		{"_scores", ", hài lòng", noteScores, scores},
	} {
		t := crossed(string(key)+part.key, title+part.title, part.note, first, b.groups[d], slices.Concat(unit, part.figures))
		t.By, t.Folded = d, d == escalation.ByUnitOfficer
		tables = append(tables, t)
	}
	return append(tables, b.textsBy(d))
}

// dimensionTitle is what the tables of a dimension are called, and what their rows are.
func (b *builder) dimensionTitle(d escalation.Dimension) (title, first string) {
	switch d {
	case escalation.ByUnit:
		return "Theo đơn vị", "Đơn vị"
	case escalation.ByField:
		return "Theo lĩnh vực", "Lĩnh vực"
	case escalation.ByArea:
		return "Theo địa bàn", "Địa bàn"
	case escalation.ByChannel:
		return "Theo kênh tiếp nhận", "Kênh"
	}
	return "Theo cán bộ", "Cán bộ"
}
