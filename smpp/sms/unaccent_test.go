package sms

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestUnaccentWritesWhatAKeyboardHas(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"plain", "Da tiep nhan PAKN 1022.", "Da tiep nhan PAKN 1022."},
		{"Vietnamese", "Đã tiếp nhận phản ánh của ông/bà", "Da tiep nhan phan anh cua ong/ba"},
		{"all bare letters", "ăâđêôơư ĂÂĐÊÔƠƯ", "aadeoou AADEOOU"},
		{"all tones", "àáảãạ ằắẳẵặ ầấẩẫậ èéẻẽẹ ềếểễệ ìíỉĩị òóỏõọ ồốổỗộ ờớởỡợ ùúủũụ ừứửữự ỳýỷỹỵ",
			"aaaaa aaaaa aaaaa eeeee eeeee iiiii ooooo ooooo ooooo uuuuu uuuuu yyyyy"},
		{"decomposed horn and tone", "u\u031B\u0301o\u031B\u0323", "uo"},
		{"legacy tone marks U+0340, U+0341", "a\u0340e\u0341", "ae"},
		{"eth and African d for đ", "ÐƉðɖ", "DDdd"},
		{"dong sign", "50.000₫", "50.000d"},
		{"accents GSM could carry", "éèàìòùÉÄÖÑÜäöñüÅåÇç", "eeaiouEAONUaonuAaCc"},
		{"letters without a mark", "ØøÆæß", "ØøÆæß"},
		{"Greek capitals", "ΔΦΓΛΩΠΨΣΘΞ", "ΔΦΓΛΩΠΨΣΘΞ"},
		{"signs of GSM", "@£$¥¤§¡¿", "@£$¥¤§¡¿"},
		{"extension table", "[€]{|}^~\\\f", "[€]{|}^~\\\f"},
		{"dashes", "a-b\u2010c\u2011d\u2012e\u2013f\u2014g\u2015h\u2212i\uFF0Dj\u2043k", "a-b-c-d-e-f-g-h-i-j-k"},
		{"single quotes", "‘a’ ‚b‛ ‹c› 5′ `d´", "'a' 'b' 'c' 5' 'd'"},
		{"double quotes", "“a” „b‟ «c» 5″", `"a" "b" "c" 5"`},
		{"ellipsis", "a… b⋯", "a... b..."},
		{"spaces", "a\u00A0b\u2009c\u202Fd\u3000e\u1680f", "a b c d e f"},
		{"tab", "a\tb\vc", "a b c"},
		{"line ends", "a\r\nb\nc\u2028d\u2029e\u0085f", "a\r\nb\nc\nd\ne\nf"},
		{"zero width", "a\u200Bb\u200Cc\u200Dd\uFEFFe\u00ADf\u2060g\u200Eh\u202Ei", "abcdefghi"},
		{"variation selectors", "a\uFE0Fb\U000E0101", "ab"},
		{"a mark with nothing below", "\u0301", ""},
		{"many marks", "a" + strings.Repeat("\u0301", 100) + "b", "ab"},
		{"full width", "ＡＢｃ１！", "ABc1!"},
		{"compatibility forms", "ﬁ m² № ™ ½ Ⅳ ①", "fi m2 No TM 1/2 IV 1"},
		{"singletons", "K\u212A \u2126 \u212B \u037E", "KK Ω A ;"},
		{"negation is not an accent", "a≠b ≮", "a?b ?"},
		{"emoji", "a😀b", "a?b"},
		{"emoji with variation selector", "❤\uFE0F", "?"},
		{"emoji joined by ZWJ, one each", "👨\u200D👩", "??"},
		{"keycap", "1\uFE0F\u20E3", "1"},
		{"other scripts", "Я й 한 漢 ا", "? ? ? ? ?"},
		{"decomposed syllable", norm.NFD.String("한"), "?"},
		{"bullets and arrows", "• → ×°", "? ? ??"},
		{"compatibility form of nothing writable", "℃ ㎡", "? m2"},
		{"control characters", "a\x00b\x1bc\x7f", "a?b?c?"},
		{"not UTF-8", "a\xff\xfeb", "a??b"},
		{"cut UTF-8", "a\xe1\xbb", "a??"},
		{"replacement character", "a\uFFFDb", "a?b"},
	} {
		if got := Unaccent(c.text); got != c.want {
			t.Errorf("%s: Unaccent(%q) = %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

func TestUnaccentedTextAlwaysFitsAndStaysAsItIs(t *testing.T) {
	check := func(t rapid.TB, text string) {
		once := Unaccent(text)
		if !Fits(once) {
			t.Errorf("Unaccent(%q) = %q does not fit", text, once)
		}
		if twice := Unaccent(once); twice != once {
			t.Errorf("Unaccent(%q) = %q, then %q", text, once, twice)
		}
	}
	for r := rune(0); r < 0x20000; r++ {
		check(t, string(r))
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.String().Draw(t, "text"))
		check(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "octets")))
	})
}

func TestComposedAndDecomposedTextUnaccentAlike(t *testing.T) {
	letters := []rune("aăâeêioôơuưyđĐƯ\u0300\u0301\u0303\u0309\u0323 bcx–…한é")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom(letters), 0, 60, -1).Draw(t, "text")
		composed, decomposed := Unaccent(norm.NFC.String(text)), Unaccent(norm.NFD.String(text))
		if composed != decomposed {
			t.Fatalf("%q: composed %q, decomposed %q", text, composed, decomposed)
		}
	})
}

func TestPlainTextIsUnaccentedForNothing(t *testing.T) {
	text := strings.Repeat("Da tiep nhan PAKN 1022. ", 10)
	if n := testing.AllocsPerRun(100, func() { Unaccent(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkUnaccent1000Characters(b *testing.B) {
	text := strings.Repeat("Đơn vị UBND đã xử lý xong", 40)
	b.ReportAllocs()
	for b.Loop() {
		Unaccent(text)
	}
}

func TestTheLettersFoundAtOnceAreThoseOfTheUnicodeTables(t *testing.T) {
	found := 0
	for r := range rune(0x3000) {
		base := vietnamese(r)
		if base == 0 {
			continue
		}
		found++
		var slow strings.Builder
		if unaccentRune(&slow, r); slow.String() != string(base) {
			t.Errorf("%q is %q at once and %q by the tables", r, base, slow.String())
		}
	}
	if found < 134 {
		t.Errorf("%d letters are found at once", found)
	}
	for _, r := range "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ" {
		if vietnamese(r) == 0 {
			t.Errorf("%q is looked up in the tables", r)
		}
	}
}
