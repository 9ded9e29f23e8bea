package templates

import (
	"regexp"
	"slices"
	"strings"
)

// group is digits without anything between them.
type group struct {
	from, to int
	digits   string
}

// between two groups of a number stand at most so many of these.
const (
	numberGaps   = " .-()+"
	numberGapMax = 3
)

// runsOf are the groups of digits that stand together as one number would.
func runsOf(text string) [][]group {
	var runs [][]group
	for i := 0; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		from := i
		for i < len(text) && isDigit(text[i]) {
			i++
		}
		g := group{from, i, text[from:i]}
		if n := len(runs); n > 0 {
			last := runs[n-1][len(runs[n-1])-1]
			if gap := text[last.to:from]; len(gap) <= numberGapMax && strings.Trim(gap, numberGaps) == "" {
				runs[n-1] = append(runs[n-1], g)
				continue
			}
		}
		runs = append(runs, []group{g})
	}
	return runs
}

func digitsIn(groups []group) string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(g.digits)
	}
	return b.String()
}

// fixedLine are the digits of a fixed line without its area, by how the number begins.
func fixedLine(phone string) string {
	switch {
	case len(phone) != 10 || phone[0] != '2':
		return ""
	case phone[1] == '4' || phone[1] == '8':
		return phone[2:]
	}
	return phone[3:]
}

// concealPhone crosses out the phone, with its zero or the country's code. Other digits
// that stand beside it stay.
func (p *page) concealPhone(text, own string) {
	own = national(onlyDigits(flatten([]rune(own))))
	if len(own) < 7 {
		return
	}
	for _, run := range runsOf(text) {
		all, places := digitsIn(run), placesOf(run)
		if all == fixedLine(own) {
			p.remove(run[0].from, run[len(run)-1].to)
		}
		for at := 0; ; {
			i := strings.Index(all[at:], own)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(own)
			p.concealDigits(text, places[at+len(withoutCountry(all[at:from])):to])
			at = to
		}
	}
}

// withoutCountry is what stands before a number without its zero and the country's code.
func withoutCountry(before string) string {
	rest := strings.TrimSuffix(before, "0")
	if bare := strings.TrimSuffix(rest, "84"); bare != rest {
		return strings.TrimSuffix(bare, "00")
	}
	return rest
}

// placesOf are the places of the digits.
func placesOf(groups []group) []int {
	var places []int
	for _, g := range groups {
		for i := g.from; i < g.to; i++ {
			places = append(places, i)
		}
	}
	return places
}

// concealDigits crosses out the digits at the places and what is between them, with the
// sign or bracket that opens them.
func (p *page) concealDigits(text string, places []int) {
	first := places[0]
	for first > 0 && strings.ContainsRune("(+", rune(text[first-1])) {
		first--
	}
	p.remove(first, places[len(places)-1]+1)
}

// concealRuns crosses out all digits that stand together where they are nine and more.
func (p *page) concealRuns(text string) {
	for _, run := range runsOf(text) {
		if len(digitsIn(run)) >= 9 {
			p.concealDigits(text, placesOf(run))
		}
	}
}

// What is written like a number of a person and is none.
var (
	typedDate = regexp.MustCompile(`\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b`)
	typedHour = regexp.MustCompile(`\b\d{1,2}(?: ?(?:gio|g|h)\b| ?[hg:]\d{1,2}\b)`)
	paid      = regexp.MustCompile(`(?i)^ ?(?:d|dong|vnd|ty|trieu|nghin|ngan|k)\b`)
	document  = regexp.MustCompile(`^/(?:[A-Z]{2}|\d{4}/)`)
	// codeLabel and cardLabel end what is said before a code, or an identity card's number.
	codeLabel = regexp.MustCompile(`(?:^|[^\pL\d])(?i:mã(?: (?:số|khách hàng|khách|kh|hồ sơ|danh bộ|danh bạ|thuế|hợp đồng|hóa đơn|hoá đơn|đơn hàng|đơn|thẻ|biên nhận|công tơ))*|ma (?:so|kh|khach hang|ho so|thue)|mst|stk|số (?:công tơ|hợp đồng|hóa đơn|hoá đơn|biên lai|biên nhận|tài khoản|thẻ|danh bộ|seri|hồ sơ|văn bản))(?i: (?:số|là))?[ :.]{0,3}(?:[A-Z]{1,4}[ .-]?)?$`)
	cardLabel = regexp.MustCompile(`(?:^|[^\pL\d])(?i:cccd|cmnd|cmt|cccd/cmnd|căn cước(?: công dân)?|can cuoc|chứng minh(?: nhân dân| thư)?|định danh|hộ chiếu)(?i: (?:số|của tôi|là))*[ :.]{0,3}$`)
)

// labelRoom is how far before a number its label is looked for.
const labelRoom = 40

// cardGroups is how many groups people make of an identity card's number at most.
const cardGroups = 4

// phoneDigits is more than a phone has, each typed apart.
const phoneDigits = 15

// phoneWords stand before a phone, also without a space.
var phoneWords = []string{"sdt", "dt", "dtdd", "dd", "tel", "zalo", "lh", "ll", "hotline", "so", "goi", "alo", "call", "phone", "mobile", "may", "fb"}

// concealOthers crosses out phones of others and numbers of identity cards.
func (p *page) concealOthers(text string, person func(typed string) bool) {
	for _, run := range runsOf(withoutTimes(text)) {
		for i := 0; i < len(run); i++ {
			for j := min(len(run), i+phoneDigits) - 1; j >= i; j-- {
				if p.isPersons(text, run[i:j+1], person) {
					p.concealDigits(text, placesOf(run[i:j+1]))
					i = j
					break
				}
			}
		}
	}
}

// withoutTimes has no digits where dates and hours stand.
func withoutTimes(text string) string {
	b := []byte(text)
	blank := func(m []int) {
		for i := m[0]; i < m[1]; i++ {
			b[i] = '_'
		}
	}
	for _, m := range typedDate.FindAllStringIndex(text, -1) {
		if rest := text[m[1]:]; len(rest) < 2 || !strings.ContainsRune(".-", rune(rest[0])) || !isDigit(rest[1]) {
			blank(m)
		}
	}
	for _, m := range typedHour.FindAllStringIndex(string(b), -1) {
		blank(m)
	}
	return string(b)
}

// isPersons reports whether the groups are, together, a phone or an identity card's number.
func (p *page) isPersons(text string, groups []group, person func(typed string) bool) bool {
	digits := digitsIn(groups)
	if len(digits) < 9 || len(digits) > phoneDigits {
		return false
	}
	from, to := groups[0].from, groups[len(groups)-1].to
	said := func(label *regexp.Regexp) bool {
		return label.MatchString(string(p.runes[max(0, from-labelRoom):from]))
	}
	if len(groups) <= cardGroups && (len(digits) == 9 || len(digits) == 12) && said(cardLabel) {
		return true
	}
	first := from
	for first > 0 && strings.ContainsRune("(+", rune(text[first-1])) {
		first--
	}
	if !person(text[first:to]) && (len(groups) > 1 || !isCard(digits)) {
		return false
	}
	return !p.glued(from) && !document.MatchString(text[to:]) && (digits[0] == '0' || !paid.MatchString(text[to:])) && !said(codeLabel)
}

// isCard reports whether the digits are an identity card's: province, sex and century,
// year, six more.
func isCard(digits string) bool {
	return len(digits) == 12 && digits[:3] >= "001" && digits[:3] <= "096" && digits[3] <= '3'
}

// glued reports whether a code's letters stand right before the digits.
func (p *page) glued(from int) bool {
	i := from
	for i > 0 && !isDigit(p.flat[i-1]) && isWord(p.flat[i-1]) {
		i--
	}
	return i < from && !slices.Contains(phoneWords, strings.ToLower(p.flat[i:from]))
}
