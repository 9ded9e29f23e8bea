package templates

import "slices"

// Kind says what rendering may do to a value.
type Kind uint8

// The kinds, from what is never touched to what gives way first.
const (
	Exact Kind = iota // codes and links: as given, or refused
	Fixed             // times and numbers: cleaned, never cut
	Name              // names: cut at a word to Max; below it only when nothing else is left
	Free              // free text: cut at a word to the space left
	List              // items joined by ", " or "; ": cut at an item to the space left
	Lines             // lines of a table, for email: each cleaned, cut behind a line
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"exact", "fixed", "name", "free", "list", "lines"}[k]
}

// Variable is one placeholder that wordings may use.
type Variable struct {
	Name    string
	Meaning string // for the console
	Kind    Kind

	// Max is the greatest length in septets. Names, free texts and lists are cut
	// to it. Exact and fixed values may be longer at the cost of what can be cut,
	// but then nothing promises that the text fits.
	Max int

	// Min is the length down to which a value is cut before the next one in the
	// table gives way. 0 for what is not cut.
	Min int

	// Required marks what no version of a text may drop once the built-in wording
	// has it: without code, link or deadline a recipient cannot act.
	Required bool

	// Optional marks what may be given empty: a confidential petition has neither
	// summary nor area in any text (Đ7.3).
	Optional bool

	Sample string // as long as such a value gets in practice
}

// linesMax is a mail's table: twenty lines of a code, a unit, a deadline and a
// summary of 160 septets take 4,500.
const linesMax = 6000

// variables is the table of all variables. Its order is the order in which they
// give way: the summary first, the names last.
var variables = []Variable{
	{Name: "bang", Meaning: "các dòng của bảng, chỉ trong thư điện tử", Kind: Lines, Max: linesMax, Min: 16, Sample: "1. HP261123-0457, Sở Xây dựng, hạn 16h00 24/11: Đèn đường ngõ 72 Lạch Tray tắt\n2. HP261123-0458 (bảo mật)"},
	{Name: "tom_tat", Meaning: "tóm tắt nội dung, đã bỏ thông tin cá nhân", Kind: Free, Max: 160, Min: 8, Optional: true, Sample: "Đèn đường ngõ 72 Lạch Tray tắt 4 tối nay, rất nguy hiểm, nhiều người đã ngã xe"},
	{Name: "noi_dung", Meaning: "nội dung báo", Kind: Free, Max: 160, Min: 16, Sample: "chưa có người nhận phiếu, đề nghị gọi cán bộ đầu mối và người thay thế của đơn vị"},
	{Name: "danh_sach", Meaning: "danh sách phản ánh", Kind: List, Max: 160, Min: 16, Sample: "HP261123-0457 14h05, HP261123-0458 15h, HP261123-0461 16h30, HP261124-0003 08h15"},
	{Name: "thieu", Meaning: "thông tin còn thiếu", Kind: Free, Max: 80, Min: 12, Sample: "địa điểm cụ thể và ảnh chụp hiện trường"},
	{Name: "trang_thai", Meaning: "trạng thái", Kind: Free, Max: 60, Min: 12, Sample: "quá hạn (đang chờ xử lý)"},
	{Name: "ly_do", Meaning: "lý do", Kind: Free, Max: 80, Min: 20, Sample: "thuộc thẩm quyền giải quyết của cơ quan khác"},
	{Name: "noi", Meaning: "nơi giải quyết", Kind: Free, Max: 60, Min: 20, Sample: "Trung tâm Phục vụ hành chính công thành phố"},
	{Name: "nguoi", Meaning: "người được nêu: người thay, hoặc người vắng mặt", Kind: Free, Max: 40, Min: 12, Sample: "Nguyễn Văn Giả Định, Phó Trưởng phòng"},
	{Name: "thay", Meaning: "người thay", Kind: Free, Max: 40, Min: 12, Sample: "Trần Thị Mẫu"},
	{Name: "linh_vuc", Meaning: "lĩnh vực", Kind: Free, Max: 18, Min: 8, Sample: "trật tự xây dựng"},
	{Name: "dia_ban", Meaning: "địa bàn", Kind: Free, Max: 20, Min: 8, Optional: true, Sample: "ĐK Bạch Long Vĩ"},
	{Name: "kinh_gui", Meaning: "chức danh người nhận", Kind: Name, Max: 21, Min: 10, Sample: "Chủ tịch P Dương Kinh"},
	{Name: "don_vi", Meaning: "tên ngắn của đơn vị", Kind: Name, Max: 15, Min: 8, Sample: "ĐK Bạch Long Vĩ"},

	{Name: "ma", Meaning: "mã phản ánh", Kind: Exact, Max: 13, Required: true, Sample: "HP261123-0457"},
	{Name: "ma_goc", Meaning: "mã phản ánh được gộp vào", Kind: Exact, Max: 13, Required: true, Sample: "HP261123-0398"},
	{Name: "mtl", Meaning: "mã trả lời của số máy nhận", Kind: Exact, Max: 6, Required: true, Sample: "57234"},
	{Name: "link", Meaning: "trang của người dân, không có https://", Kind: Exact, Max: LinkMax, Required: true, Sample: "1022.haiphong.gov.vn/t/Ab3dE5gH7k"},
	{Name: "lp", Meaning: "trang phiếu của cán bộ, không có https://", Kind: Exact, Max: LinkMax, Required: true, Sample: "1022.haiphong.gov.vn/p/Ab3dE5gH7k"},
	{Name: "otp", Meaning: "mã xác thực", Kind: Exact, Max: 8, Required: true, Sample: "482913"},

	{Name: "code", Meaning: "mã như người gửi đã soạn", Kind: Name, Max: 16, Min: 16, Required: true, Sample: "457"},
	{Name: "xh", Meaning: "cách xưng hô: Ông/Bà, Quý đơn vị", Kind: Name, Max: 10, Min: 10, Sample: "Quý đơn vị"},
	{Name: "han", Meaning: "hạn của người nhận", Kind: Fixed, Max: 11, Required: true, Sample: "14h05 25/11"},
	{Name: "han_48", Meaning: "hạn 48 giờ làm việc", Kind: Fixed, Max: 11, Required: true, Sample: "14h05 25/11"},
	{Name: "han_bs", Meaning: "hạn bổ sung thông tin", Kind: Fixed, Max: 11, Required: true, Sample: "17h00 26/11"},
	{Name: "hen", Meaning: "thời gian hẹn trả lời", Kind: Fixed, Max: 11, Required: true, Sample: "15h30 26/11"},
	{Name: "gio", Meaning: "thời điểm", Kind: Fixed, Max: 11, Sample: "14h05 23/11"},
	{Name: "con_lai", Meaning: "thời gian làm việc còn lại", Kind: Fixed, Max: 17, Sample: "8 giờ làm việc"},
	{Name: "tel", Meaning: "số hỗ trợ nội bộ", Kind: Fixed, Max: 12, Sample: "0225.3000001"},
	{Name: "so", Meaning: "số lượng", Kind: Fixed, Max: 4, Sample: "12"},
	{Name: "ngay", Meaning: "ngày", Kind: Fixed, Max: 10, Sample: "24/11/2026"},
	{Name: "tu", Meaning: "vắng từ", Kind: Fixed, Max: 11, Sample: "07h30 25/11"},
	{Name: "den", Meaning: "vắng đến", Kind: Fixed, Max: 11, Sample: "17h00 27/11"},
	{Name: "ky", Meaning: "kỳ báo cáo", Kind: Fixed, Max: 13, Sample: "tháng 11/2026"},
	{Name: "n_tiep", Meaning: "số tiếp nhận", Kind: Fixed, Max: 5, Sample: "1284"},
	{Name: "n_dung", Meaning: "số đúng hạn", Kind: Fixed, Max: 5, Sample: "1190"},
	{Name: "n_qua", Meaning: "số quá hạn", Kind: Fixed, Max: 5, Sample: "37"},
	{Name: "n_cho", Meaning: "số đang xử lý", Kind: Fixed, Max: 5, Sample: "57"},
	{Name: "hl", Meaning: "mức độ hài lòng, trên 5", Kind: Fixed, Max: 5, Sample: "4,6/5"},
}

// LinkMax is the greatest length of a link for which every text is sure to fit:
// "1022.haiphong.gov.vn", "/t/" and a token of 10 characters. The configuration
// checks its public address against it.
const LinkMax = 33

// Variables returns the table of all variables, in the order in which they give
// way when a text is too long.
func Variables() []Variable {
	return slices.Clone(variables)
}

// Allowed returns the variables that a wording for the key may use, in the order
// in which the built-in wording has them: those that the sender of this text
// supplies. Nil for an unknown key.
func Allowed(key Key) []Variable {
	c, ok := Builtin().texts[key]
	if !ok {
		return nil
	}
	allowed := make([]Variable, len(c.vars))
	for i, name := range c.vars {
		allowed[i], _ = variable(name)
	}
	return allowed
}

// Sample returns sample values for every variable of the key, for previews and
// length tests. Nil for an unknown key.
func Sample(key Key) map[string]string {
	allowed := Allowed(key)
	if allowed == nil {
		return nil
	}
	sample := make(map[string]string, len(allowed))
	for _, v := range allowed {
		sample[v.Name] = v.Sample
	}
	return sample
}

func variable(name string) (Variable, bool) {
	i := rank(name)
	if i < 0 {
		return Variable{}, false
	}
	return variables[i], true
}

// rank returns the place of a variable in the table, -1 when it is not there.
func rank(name string) int {
	return slices.IndexFunc(variables, func(v Variable) bool { return v.Name == name })
}
