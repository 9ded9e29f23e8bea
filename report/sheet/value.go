package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// key is a header or a word as it is compared: small letters without marks, and
// digits; spaces, stars, colons and the like do not count.
func key(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == 'ð': // an Icelandic letter that looks like đ
			return 'd'
		case unicode.IsLetter(c), unicode.IsDigit(c):
			return c
		}
		return -1
	}, fold(s))
}

// splitList reads "a; b": semicolons or line ends separate, \; is a semicolon.
func splitList(cell string) []string {
	var items []string
	var item strings.Builder
	end := func() {
		if s := strings.TrimFunc(item.String(), blank); s != "" {
			items = append(items, s)
		}
		item.Reset()
	}
	escaped := false
	for _, c := range cell {
		switch {
		case escaped && c != ';' && c != '\\' && c != '\n':
			item.WriteRune('\\')
			item.WriteRune(c)
			escaped = false
		case escaped:
			item.WriteRune(c)
			escaped = false
		case c == '\\':
			escaped = true
		case c == ';' || c == '\n':
			end()
		default:
			item.WriteRune(c)
		}
	}
	if escaped {
		item.WriteRune('\\')
	}
	end()
	return items
}

func joinList(items []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `;`, `\;`, "\n", "\\\n")
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = escape.Replace(item)
	}
	return strings.Join(out, "; ")
}

func readTruth(cell string) (bool, string) {
	switch key(cell) {
	case "", "khong", "k", "false", "0", "no", "n", "sai", "chua":
		return false, ""
	case "co", "x", "true", "1", "yes", "y", "dung", "roi":
		return true, ""
	}
	if cell == "✓" || cell == "✔" || cell == "☑" {
		return true, ""
	}
	if cell == "-" || cell == "☐" {
		return false, ""
	}
	return false, "phải là có hoặc không"
}

// floating is a number as a spreadsheet stores it: 912345678, 9.12345678E8, 46086.5.
var floating = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?([eE]\+?[0-9]{1,2})?$`)

// whole reads a whole number however it is stored.
func whole(cell string) (int64, bool) {
	if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
		return n, true
	}
	f, ok := number(cell)
	if n := int64(f); ok && float64(n) == f {
		return n, true
	}
	return 0, false
}

// number reads a number of at most 15 digits, all of which a spreadsheet keeps.
func number(cell string) (float64, bool) {
	if !floating.MatchString(cell) {
		return 0, false
	}
	f, err := strconv.ParseFloat(cell, 64)
	return f, err == nil && f < 1e15
}

// readPhone reads a number in normal form; empty is none.
func readPhone(cell string, w ways) (escalation.Phone, string) {
	if cell == "" {
		return escalation.Phone{}, ""
	}
	// 9.12345678E8 and 912345678.0 are 0912345678 with the zero lost; dots between
	// groups of digits are not meant.
	mantissa, _, _ := strings.Cut(strings.ToLower(cell), "e")
	if before, after, dotted := strings.Cut(mantissa, "."); floating.MatchString(cell) && (mantissa != strings.ToLower(cell) || dotted && len(before) >= 9 && strings.Trim(after, "0") == "") {
		if n, ok := whole(cell); ok {
			cell = strconv.FormatInt(n, 10)
		}
	}
	phone, err := w.numbering.ParsePhone(cell)
	if err != nil {
		return escalation.Phone{}, err.Error()
	}
	return phone, ""
}

// writePhone is a number as people write it, 0912345678: a spreadsheet takes +84…
// for a sum.
func writePhone(e164 string) string {
	if rest, ok := strings.CutPrefix(e164, "+84"); ok {
		return "0" + rest
	}
	return e164
}

// The days that a bare number in a column of dates may stand for: 1954 to 2119, as
// serial numbers of a spreadsheet.
const (
	firstSerial = 20_000
	lastSerial  = 80_000
)

const badDate = "ngày không đọc được: viết 05/03/2026 (ngày trước, tháng sau) hoặc 2026-03-05"

var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})$`)
	inWords   = regexp.MustCompile(`^ngay(\d{1,2})thang(\d{1,2})nam(\d{4})$`)
	clock     = regexp.MustCompile(`^(\d{1,2})[:hg](\d{2})?(?::(\d{2}))?$`)
	weekday   = regexp.MustCompile(`^(thu (hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat|cn)[,. ]+`)
)

// readDay reads a date: text with the day first, as written in Vietnam, 2026-03-05,
// or the serial number of a spreadsheet. A text whose second number cannot be a
// month is refused and not turned around.
func readDay(cell string, w ways) (time.Time, string) {
	if n, ok := number(cell); ok && (n >= firstSerial && n < lastSerial) {
		if n != float64(int64(n)) {
			return time.Time{}, "cần một ngày, không kèm giờ"
		}
		return serialDay(int(n), w), ""
	}
	text := strings.Join(strings.FieldsFunc(fold(cell), unicode.IsSpace), " ")
	text = weekday.ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, " ", "")
	var y, m, d int
	if g := yearFirst.FindStringSubmatch(text); g != nil {
		y, m, d = atoi(g[1]), atoi(g[2]), atoi(g[3])
	} else if g := dayFirst.FindStringSubmatch(text); g != nil {
		d, m, y = atoi(g[1]), atoi(g[2]), atoi(g[3])
		if y < 100 {
			y += 2000
		}
	} else if g := inWords.FindStringSubmatch(text); g != nil {
		d, m, y = atoi(g[1]), atoi(g[2]), atoi(g[3])
	} else {
		return time.Time{}, badDate
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, worktime.Zone())
	switch {
	case t.Day() != d || int(t.Month()) != m:
		return time.Time{}, "ngày không có thật (ngày đứng trước tháng)"
	case y < 1976 || y > 2400:
		return time.Time{}, "năm nằm ngoài khoảng 1976 đến 2400"
	}
	return t, ""
}

// fold is a plain text with wide and raised letters as common ones, and every dash as -.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Pd, c) {
			return '-'
		}
		return c
	}, escalation.Plain(norm.NFKC.String(s)))
}

func serialDay(n int, w ways) time.Time {
	if w.epoch1904 {
		n += 1462
	}
	return time.Date(1899, time.December, 30+n, 0, 0, 0, 0, worktime.Zone())
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // a few digits
	return n
}

// readInstant reads an instant: a date with or without a time, in either order,
// RFC 3339, or a serial number. dayOnly tells that there was no time.
func readInstant(cell string, w ways) (at time.Time, dayOnly bool, wrong string) {
	if t, err := worktime.ParseInstant(cell); err == nil {
		return t, false, ""
	}
	if n, ok := number(cell); ok && n >= firstSerial && n < lastSerial {
		whole := int(n)
		second := time.Duration((n-float64(whole))*86_400 + 0.5)
		return serialDay(whole, w).Add(second * time.Second), n == float64(whole), ""
	}
	words := strings.FieldsFunc(strings.Replace(fold(cell), "t", " ", btoi(yearFirst.MatchString(dateOf(cell)))), unicode.IsSpace)
	var of time.Duration
	timed := false
	for i, word := range words {
		g := clock.FindStringSubmatch(strings.TrimSuffix(word, ","))
		if g == nil {
			continue
		}
		h, m, s := atoi(g[1]), atoi(g[2]), atoi(g[3])
		if timed || h > 23 || m > 59 || s > 59 {
			return time.Time{}, false, "giờ không có thật"
		}
		timed, of = true, time.Duration(h)*time.Hour+time.Duration(m)*time.Minute+time.Duration(s)*time.Second
		words = append(words[:i:i], words[i+1:]...)
		break
	}
	day, wrong := readDay(strings.Join(words, " "), w)
	if wrong != "" {
		return time.Time{}, false, wrong
	}
	return day.Add(of), !timed, ""
}

// dateOf is what stands before a T.
func dateOf(cell string) string { date, _, _ := strings.Cut(strings.ToLower(cell), "t"); return date }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writeInstant is a date when the instant is the start of one, else RFC 3339.
func writeInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t = t.In(worktime.Zone()); startOfDay(t) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

func startOfDay(t time.Time) bool {
	y, m, d := t.Date()
	return t.Equal(time.Date(y, m, d, 0, 0, 0, 0, t.Location()))
}

// moment is a field that is an instant, none for an empty cell. Of a field that
// ends something a date alone means to its end.
func moment[T any](name string, ends bool, at func(*T) *time.Time, headers ...string) field[T] {
	return field[T]{name: name, headers: headers,
		read: func(v *T, cell string, w ways) string {
			if cell == "" {
				*at(v) = time.Time{}
				return ""
			}
			t, dayOnly, wrong := readInstant(cell, w)
			if dayOnly && ends {
				t = t.AddDate(0, 0, 1)
			}
			if wrong == "" {
				*at(v) = t
			}
			return wrong
		},
		write: func(v T) string {
			t := *at(&v)
			if local := t.In(worktime.Zone()); ends && !t.IsZero() && startOfDay(local) {
				t = local.AddDate(0, 0, -1)
			}
			return writeInstant(t)
		},
	}
}
