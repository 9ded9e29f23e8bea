package escalation

import (
	"fmt"
	"strings"
)

// PhoneKind tells what a number can do.
type PhoneKind string

// Kinds of numbers.
const (
	Mobile   PhoneKind = "mobile"
	Landline PhoneKind = "landline" // 02…: can be called, never texted
	TestLine PhoneKind = "test"     // a prefix of test_prefixes
)

// Phone is a number in normal form.
type Phone struct {
	E164 string // +84…
	Kind PhoneKind
	// Converted: a number of before a change of prefixes, as that of 2018, rewritten;
	// worth confirming with its owner.
	Converted bool
}

// mobileDigits is how long a mobile's number is, its zero included.
const mobileDigits = 10

// Numbering is the country's numbering plan: what is assigned at the time of writing, and
// what a setting adds to it. The zero value is the plan as it is known here.
type Numbering struct {
	// TestPrefixes are accepted as mobiles although nobody owns them: 057.
	TestPrefixes []string
	// Mobiles are prefixes that have been assigned since: 054.
	Mobiles []string
	// Changed are prefixes that were replaced since, by the old one: 0162 became 032. What
	// follows the prefix stays; the new one is a mobile's.
	Changed map[string]string
}

// mobilePrefixes are the assigned three-digit prefixes, those of a setting aside. Numbers
// are ported between operators, so a prefix says nothing about the network.
var mobilePrefixes = []string{
	"032", "033", "034", "035", "036", "037", "038", "039",
	"052", "055", "056", "058", "059",
	"070", "076", "077", "078", "079",
	"081", "082", "083", "084", "085", "086", "087", "088", "089",
	"090", "091", "092", "093", "094", "096", "097", "098", "099",
}

// areaPrefixes are the areas of fixed lines, whose numbers have eleven digits in all.
var areaPrefixes = []string{
	"0203", "0204", "0205", "0206", "0207", "0208", "0209", "0210", "0211", "0212", "0213", "0214", "0215", "0216", "0218", "0219",
	"0220", "0221", "0222", "0225", "0226", "0227", "0228", "0229", "0232", "0233", "0234", "0235", "0236", "0237", "0238", "0239", "024",
	"0251", "0252", "0254", "0255", "0256", "0257", "0258", "0259", "0260", "0261", "0262", "0263", "0269",
	"0270", "0271", "0272", "0273", "0274", "0275", "0276", "0277", "028", "0290", "0291", "0292", "0293", "0294", "0296", "0297", "0299",
}

// landlineDigits is how long a fixed line's number is, its zero included.
const landlineDigits = 11

// oldPrefixes are the 11-digit prefixes replaced on 15/9/2018.
var oldPrefixes = map[string]string{
	"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
	"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
	"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
	"0186": "056", "0188": "058", "0199": "059",
}

// ParsePhone reads a number as people write it: 0912…, 84912…, +84912…,
// 0084912…, (+84)0912…, 912… (a spreadsheet dropped the zero), with dots, dashes
// and spaces, full-width digits and the prefixes of before 2018. The error says
// what is wrong and never repeats the number.
func (n Numbering) ParsePhone(s string) (Phone, error) {
	national, err := nationalDigits(s)
	if err != nil {
		return Phone{}, err
	}
	var phone Phone
	switch now, ok := n.changed(national); {
	case ok:
		national, phone.Converted = now, true
	case len(national) == 11 && national[1] == '1':
		return Phone{}, fmt.Errorf("đầu số 11 chữ số này không còn dùng")
	}
	phone.E164 = "+84" + strings.TrimPrefix(national, "0")
	switch {
	case strings.HasPrefix(national, "02"):
		if len(national) != 11 && len(national) != 10 {
			return Phone{}, fmt.Errorf("số cố định phải có 10 hoặc 11 chữ số")
		}
		phone.Kind = Landline
	case len(national) != mobileDigits:
		return Phone{}, fmt.Errorf("số di động phải có 10 chữ số")
	case hasPrefix(national, n.TestPrefixes):
		phone.Kind = TestLine
	case hasPrefix(national, mobilePrefixes), hasPrefix(national, n.Mobiles):
		phone.Kind = Mobile
	default:
		return Phone{}, fmt.Errorf("đầu số chưa được cấp phát")
	}
	return phone, nil
}

// Assigned reads a number that stands in a text, with its zero or the country's code:
// whole, of a mobile's prefix or of an area's. It is stricter than ParsePhone, for what
// merely has as many digits is mostly a customer's code or a sum of money.
func (n Numbering) Assigned(s string) (Phone, bool) {
	digits := strings.TrimLeft(s, "+( ")
	if !strings.HasPrefix(digits, "0") && !strings.HasPrefix(digits, "84") {
		return Phone{}, false
	}
	phone, err := n.ParsePhone(s)
	if err != nil {
		return Phone{}, false
	}
	national := "0" + strings.TrimPrefix(phone.E164, "+84")
	return phone, phone.Kind != Landline || len(national) == landlineDigits && hasPrefix(national, areaPrefixes)
}

// changed is the number with the prefix that has taken the place of its own; ok is false
// where none has. A change of the setting goes before those of 2018, of two the longer one.
func (n Numbering) changed(national string) (now string, ok bool) {
	longest := ""
	for old, by := range n.Changed {
		if strings.HasPrefix(national, old) && len(national)-len(old)+len(by) == mobileDigits && len(old) > len(longest) {
			longest = old
		}
	}
	switch by, of2018 := oldPrefixes[national[:4]]; {
	case longest != "":
		return n.Changed[longest] + national[len(longest):], true
	case of2018 && len(national) == mobileDigits+1:
		return by + national[4:], true
	}
	return national, false
}

// AddPrefix reads a prefix that has been assigned to mobiles: three digits, 054.
func (n *Numbering) AddPrefix(prefix string) error {
	if !mobilePrefix(prefix) {
		return fmt.Errorf("is no three-digit prefix of mobiles, such as 054")
	}
	n.Mobiles = append(n.Mobiles, prefix)
	return nil
}

// AddChange reads a change of prefixes: that of before and that of now, 0162=032. The one
// of now is assigned, and makes a number of ten digits of one of ten or eleven.
func (n *Numbering) AddChange(change string) error {
	old, now, ok := strings.Cut(change, "=")
	longer := len(old) - len(now)
	switch {
	case !ok || !allDigits(old) || !strings.HasPrefix(old, "0") || strings.HasPrefix(old, "02") || longer < 0 || longer > 1 || old == now:
		return fmt.Errorf("is no change of a mobile's prefix, such as 0162=032")
	case !hasPrefix(now, mobilePrefixes) && !hasPrefix(now, n.Mobiles):
		return fmt.Errorf("leads to a prefix that is not assigned")
	}
	if n.Changed == nil {
		n.Changed = map[string]string{}
	}
	n.Changed[old] = now
	return nil
}

func mobilePrefix(s string) bool {
	return len(s) == 3 && allDigits(s) && s[0] == '0' && s[1] >= '3'
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Textable reports whether an SMS may be sent to the number.
func (n Numbering) Textable(e164 string) bool {
	phone, err := n.ParsePhone(e164)
	return err == nil && phone.Kind != Landline
}

// nationalDigits strips decoration and the country code: the result starts with 0.
func nationalDigits(s string) (string, error) {
	const longest = 40 // no written number is longer, whatever its decoration
	if len(s) > longest {
		return "", fmt.Errorf("số điện thoại quá dài")
	}
	var digits strings.Builder
	plus := false
	for i, r := range strings.TrimSpace(s) {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= '０' && r <= '９':
			digits.WriteRune('0' + (r - '０'))
		case r == '+' && digits.Len() == 0:
			plus = true
		case strings.ContainsRune(" .-()\u00a0\u2011\u2013", r):
		default:
			return "", fmt.Errorf("ký tự thứ %d không phải chữ số", i+1)
		}
	}
	d := digits.String()
	switch {
	case d == "":
		return "", fmt.Errorf("chưa có số điện thoại")
	case strings.HasPrefix(d, "0084"):
		d = "0" + strings.TrimPrefix(d[4:], "0")
	case plus && strings.HasPrefix(d, "84"), strings.HasPrefix(d, "84") && len(d) >= 11:
		d = "0" + strings.TrimPrefix(d[2:], "0")
	case plus:
		return "", fmt.Errorf("không phải số điện thoại Việt Nam")
	case !strings.HasPrefix(d, "0") && len(d) == 9, len(d) == 10 && (d[0] == '1' || d[0] == '2'):
		d = "0" + d // a mobile of today; a mobile of before 2018 or a landline
	}
	if !strings.HasPrefix(d, "0") || len(d) < 10 || len(d) > 11 {
		return "", fmt.Errorf("không phải số điện thoại đầy đủ")
	}
	return d, nil
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if p != "" && strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
