package templates

import (
	"regexp"
	"slices"
	"strings"
)

// numbered are words behind which a number is part of a place or a thing, not a
// house number: alleys, streets, posts, routes, rooms, documents.
var numbered = []string{
	"ngo", "ngach", "hem", "kiet", "duong", "pho", "lo", "quoc", "tinh", "huyen", "ql", "tl", "km", "cau", "cong", "cot", "tru", "den",
	"tuyen", "xe", "buyt", "ben", "bai", "tram", "chot", "nut", "to", "khu", "cum", "xom", "thon", "doi", "ban", "phuong", "quan", "truong",
	"cho", "tang", "phong", "ga", "cua", "may", "ma", "ky", "dot", "ca", "kenh", "ho", "muong", "dinh", "nghi", "van", "thong", "bien",
	"thoai", "tu", "thang", "ngay", "nam", "thu", "lan", "quy", "luc", "gio", "lop", "mon", "khoi", "block",
}

// posts are things with a number of their own, postKinds what kind of thing;
// "tru" without its mark may be "trú" (lives), "tu" may be "từ".
var (
	posts     = []string{"cột", "cot", "trụ", "trạm", "tram", "tủ", "hộp"}
	postKinds = []string{"dien", "den", "duong", "cao", "the", "ha", "trung", "chieu", "sang", "bien", "ap", "tin", "hieu", "giao", "thong", "vien", "bom", "cuu", "hoa"}
)

// counted are words that follow a number which counts: "nhà 3 tầng".
var counted = []string{
	"tang", "gian", "nguoi", "can", "phong", "m", "m2", "met", "cm", "lan", "ngay", "ho", "dua", "con", "thang", "nam", "gio", "h", "phut",
	"cai", "chiec", "trieu", "nghin", "ngan", "ty", "dong", "the", "lo", "cay", "nha", "tieng", "tuan", "xe", "cho", "kg", "diem",
}

// dated are words before a day and month.
var dated = []string{"ngay", "hom", "sang", "trua", "chieu", "toi", "dem", "den", "tu", "truoc", "sau", "luc", "thang", "ke", "dot", "qua", "nay"}

// lanes begin the rest of an address behind a house number.
var lanes = []string{"ngo", "ngach", "hem", "kiet", "duong", "pho"}

var (
	// houseNumber is a house number as typed: 12, 12B, 45/6B, 3-5.
	houseNumber = regexp.MustCompile(`\b\d{1,5}[A-Ea-e]?(?:[/-]\d{1,5}[A-Ea-e]?)*\b`)
	houseLabel  = regexp.MustCompile(`(?i)\b(?:so nha|nha so|sn|so|nha)[ :.]{0,2}$`)
	atPlace     = regexp.MustCompile(`(?i)\b(?:tai|o|dia chi|dc|truoc|doi dien|canh|gan)[ :.]{0,2}$`)
	dayMonth    = regexp.MustCompile(`^(?:[0-2]?\d|3[01])[/-](?:0?\d|1[0-2])(?:[/-](?:\d\d)?\d\d)?$`)
)

// labelReach is how far before a number its label may begin: "doi dien: ".
const labelReach = 12

// removeHouseNumbers crosses out house numbers with their labels.
func (p *page) removeHouseNumbers() {
	next := 0 // the first word behind the number
	for _, m := range houseNumber.FindAllStringIndex(p.flat, -1) {
		for next < len(p.words) && p.words[next].from < m[1] {
			next++
		}
		first := next - 1 // the first word of the number
		for first > 0 && p.words[first-1].from >= m[0] {
			first--
		}
		from := p.houseNumberFrom(m, first, next)
		p.remove(from, max(from, m[1]))
	}
}

// houseNumberFrom returns where to cross out from so that the house number m
// goes with its label, m[1] when it is none. first is its first word, next the
// word behind it.
func (p *page) houseNumberFrom(m []int, first, next int) int {
	before := p.flat[max(0, m[0]-labelReach):m[0]]
	if label := houseLabel.FindStringIndex(before); label != nil {
		return p.labelledFrom(m, first, next, m[0]-len(before)+label[0])
	}
	slashed := strings.Contains(p.flat[m[0]:m[1]], "/")
	switch {
	case p.follows(first, numbered), p.onPost(first):
		return m[1]
	case slashed && p.isDate(m, first):
		return m[1]
	case atPlace.MatchString(before) && (slashed || p.street(next, 1) || p.lane(next)):
		return m[0]
	case slashed && (p.street(next, 1) || p.lane(next)):
		return m[0]
	case p.street(next, 2):
		return m[0]
	}
	return m[1]
}

// labelledFrom is houseNumberFrom for a number behind "số", "nhà", "số nhà".
func (p *page) labelledFrom(m []int, first, next, label int) int {
	at := first - 1 // the label's first word
	for at > 0 && p.words[at-1].from >= label {
		at--
	}
	if at == first-1 && (p.follows(at, numbered) || p.onPost(at) || p.gap(next-1, " ") && p.wordIs(next, counted)) {
		return m[1]
	}
	return label
}

// isDate reports whether number m reads as a day and month and stands where one would.
func (p *page) isDate(m []int, first int) bool {
	return dayMonth.MatchString(p.flat[m[0]:m[1]]) && p.follows(first, dated)
}

func (p *page) wordIs(i int, list []string) bool {
	return i >= 0 && i < len(p.words) && slices.Contains(list, p.words[i].base)
}

// follows reports whether word i stands one space behind a word of the list.
func (p *page) follows(i int, list []string) bool {
	return p.gap(i-1, " ") && p.wordIs(i-1, list)
}

// onPost reports whether word i stands behind a post, a station, a cabinet of a
// kind: "cột điện số 8", "trạm biến áp số 3". What is in front of one ("cột điện
// trước số 8") may be a house.
func (p *page) onPost(i int) bool {
	k := i - 1
	for k > 0 && p.gap(k, " ") && p.wordIs(k, postKinds) {
		k--
	}
	return k >= 0 && k < i-1 && p.gap(k, " ") && slices.Contains(posts, p.words[k].lower)
}

// street reports whether n capitalised words, not shouted, follow as word i on,
// behind one space.
func (p *page) street(i, n int) bool {
	for k := i; k < i+n; k++ {
		if !p.gap(k-1, " ") || !p.words[k].capital || p.words[k].shouted {
			return false
		}
	}
	return true
}

func (p *page) lane(i int) bool {
	return p.gap(i-1, " ") && p.wordIs(i, lanes)
}

// titles come before a name. Some are also met without accents; then they
// may mean another word ("ba" is three), but a capital follows. Not cau, di, duong:
// without accents those are mostly bridges, ways and streets.
var titles = []string{
	"ông", "bà", "anh", "chị", "cô", "chú", "bác", "cháu", "em", "cụ", "thầy", "dì", "cậu", "mợ", "thím", "dượng", "bé", "tên", "chí", "mr", "mrs", "ms",
	"ong", "ba", "chi", "co", "chu", "bac", "chau", "ten",
}

// roles come before a name too; the name goes, the role stays. Behind most of
// them only a family name begins a name ("nhân viên Điện lực").
var roles = map[string]bool{ // true: any name
	"bác sĩ": true, "bác sỹ": true, "cô giáo": true, "thầy giáo": true,
	"giáo viên": false, "nhân viên": false, "chuyên viên": false, "cán bộ": false, "chủ hộ": false, "chủ nhà": false, "hàng xóm": false,
	"hiệu trưởng": false, "tổ trưởng": false, "trưởng phòng": false, "trưởng thôn": false, "chủ tịch": false, "giám đốc": false, "bí thư": false,
}

// selves are what people call themselves before "là" and "tên".
var selves = []string{"tôi", "mình", "em", "cháu", "con", "tên", "toi", "minh", "chau", "ten"}

// noNames are capitalised words that do not begin a name.
var noNames = []string{
	"phường", "xã", "quận", "huyện", "tỉnh", "ubnd", "hđnd", "tp", "sở", "trường", "đường", "phố", "ngõ", "ngách", "hẻm", "tổ", "khu", "chợ",
	"cầu", "bệnh", "giáo", "người", "dân", "đảng", "cty",
}

// named are words before a street or place called after a person.
var named = []string{
	"duong", "pho", "ngo", "ngach", "hem", "kiet", "cho", "cau", "den", "chua", "phuong", "xa", "lang", "thon", "khu", "dao", "bai", "truong", "mieu", "ho",
}

// titledStreets are streets whose first word reads like a title.
var titledStreets = []string{"ong ich khiem", "ong ich duong", "ba huyen thanh"}

// families are the family names by which a name in small letters is known.
var families = []string{
	"nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương", "lý", "đinh", "đoàn", "lâm",
	"trịnh", "mai", "tạ", "cao", "tô", "hà", "kiều", "la", "chu", "lương", "vương", "quách", "thái", "nghiêm", "lưu", "đào", "phùng", "triệu",
	"nguyen", "tran", "pham", "hoang", "huynh", "bui", "dang", "dinh", "doan", "trinh",
}

// nameMax is the most words of a name behind a title.
const nameMax = 4

// removeNames crosses out personal titles with the names behind them, and "tôi
// là Lan".
func (p *page) removeNames() {
	for i := range p.words {
		if name := p.introduced(i); name > 0 {
			if n := p.nameWords(name); n > 0 {
				p.remove(p.words[i].from, p.words[name+n-1].to)
			}
		}
		if p.role(i) {
			if n := p.nameWords(i + 1); n > 0 {
				p.remove(p.words[i+1].from, p.words[i+n].to)
			}
		}
		if !slices.Contains(titles, p.words[i].lower) || p.calledAfter(i) {
			continue
		}
		if n := p.nameWords(i + 1); n > 0 {
			p.remove(p.words[p.titleFrom(i)].from, p.words[i+n].to)
		}
	}
}

// removeGiven crosses out the citizen's given name behind a title or "tôi là",
// also where it is an everyday word that begins no other name ("chị Dân").
func (p *page) removeGiven(given []string) {
	for i := range p.words {
		if slices.Contains(titles, p.words[i].lower) && p.isGiven(i, given) && !p.calledAfter(i) {
			p.remove(p.words[p.titleFrom(i)].from, p.words[i+1].to)
		}
		if name := p.introduced(i); name > 0 && p.isGiven(name-1, given) {
			p.remove(p.words[i].from, p.words[name].to)
		}
	}
}

// isGiven reports whether the word behind word i is a given name of the list.
// In small letters behind a title without marks it may be another word: "ba dan".
func (p *page) isGiven(i int, given []string) bool {
	if i+1 >= len(p.words) || !slices.Contains(given, p.words[i+1].base) {
		return false
	}
	gap := p.gap(i, " ") || p.gap(i, ". ") || p.gap(i, ": ") || p.gap(i, ".")
	marked := p.words[i].lower != p.words[i].base || p.words[i].lower == "anh"
	return gap && (p.words[i+1].capital || marked)
}

// introduced returns the word behind "tôi là", "tên tôi là" and the like that
// begin at word i, 0 when none begins there.
func (p *page) introduced(i int) int {
	if !slices.Contains(selves, p.words[i].lower) {
		return 0
	}
	k := i + 1
	for k < len(p.words) && k < i+4 && p.gap(k-1, " ") && slices.Contains([]string{"tôi", "tên", "là", "toi", "ten", "la"}, p.words[k].lower) {
		k++
	}
	if k == i+1 {
		return 0
	}
	return k
}

// role reports whether a role ends at word i and the word behind it may begin
// a name.
func (p *page) role(i int) bool {
	if !p.gap(i-1, " ") || i+1 >= len(p.words) {
		return false
	}
	anyName, ok := roles[p.words[i-1].lower+" "+p.words[i].lower]
	return ok && (anyName || slices.Contains(families, p.words[i+1].lower))
}

// titleFrom returns the first of the titles that end at word i: "ông/bà", "đồng chí".
func (p *page) titleFrom(i int) int {
	for i > 0 {
		sameRow := p.gap(i-1, "/") && slices.Contains(titles, p.words[i-1].lower)
		comrade := p.gap(i-1, " ") && p.words[i].base == "chi" && p.words[i-1].base == "dong"
		if !sameRow && !comrade {
			break
		}
		i--
	}
	return i
}

// calledAfter reports whether the title at word i is part of a place's name:
// đường Bà Triệu, ngõ 12 Bà Triệu, Hai Bà Trưng.
func (p *page) calledAfter(i int) bool {
	if p.streetTitle(i) {
		return true
	}
	if i == 0 || !p.words[i].capital || p.words[i].shouted || !p.gap(i-1, " ") {
		return false
	}
	before := p.words[i-1]
	return slices.Contains(named, before.base) || before.base == "hai" || isDigit(before.base[0])
}

// streetTitle reports whether the title at word i begins a street that is known
// by its title and that nobody alive is called: Ông Ích Khiêm.
func (p *page) streetTitle(i int) bool {
	if i+2 >= len(p.words) || !p.words[i].capital || !p.gap(i, " ") || !p.gap(i+1, " ") {
		return false
	}
	return slices.Contains(titledStreets, p.words[i].base+" "+p.words[i+1].base+" "+p.words[i+2].base)
}

// nameWords returns how many words from word i on are a name.
func (p *page) nameWords(i int) int {
	if !p.nameBegins(i) {
		return p.smallName(i)
	}
	most := nameMax
	if p.words[i].shouted { // in a shouted text every word has a capital
		most = 1
		if slices.Contains(families, p.words[i].lower) {
			most = 3
		}
	}
	n := 1
	for n < most && p.gap(i+n-1, " ") && p.words[i+n].capital && !slices.Contains(noNames, p.words[i+n].lower) {
		n++
	}
	return n
}

// nameBegins reports whether word i is a capitalised word behind one space, or
// the dot of "Mr.", that may begin a name.
func (p *page) nameBegins(i int) bool {
	if !p.gap(i-1, " ") && !p.gap(i-1, ". ") && !p.gap(i-1, ": ") && !p.gap(i-1, ".") {
		return false
	}
	w := p.words[i]
	if !w.capital || slices.Contains(noNames, w.lower) {
		return false
	}
	if i+1 < len(p.words) { // Công an, Công ty, Thành phố are no names; Công and Thành are
		pair := w.lower + " " + p.words[i+1].lower
		return !slices.Contains([]string{"công an", "công ty", "công nhân", "công dân", "thành phố", "ủy ban", "uỷ ban"}, pair)
	}
	return true
}

// smallName returns the words of a name in small letters, known by its family
// name and the middle name Văn or Thị.
func (p *page) smallName(i int) int {
	if !p.gap(i-1, " ") || !p.gap(i, " ") || !p.gap(i+1, " ") {
		return 0
	}
	if slices.Contains(families, p.words[i].lower) && slices.Contains([]string{"văn", "thị", "van", "thi"}, p.words[i+1].lower) {
		return 3
	}
	return 0
}
