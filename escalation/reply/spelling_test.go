package reply

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

// forms writes an alias in every way of one habit: each word in its k-th
// spelling, with and without blanks.
func forms(a alias) []string {
	most := 0
	for _, w := range a.words {
		most = max(most, len(w.typed))
	}
	var out []string
	for k := range most {
		var words []string
		for _, w := range a.words {
			words = append(words, w.typed[min(k, len(w.typed)-1)])
		}
		out = append(out, strings.Join(words, " "), strings.Join(words, ""))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestNoSpellingBelongsToTwoCommands(t *testing.T) {
	owner := map[string]alias{}
	count := 0
	for _, a := range lexicon().aliases {
		for _, f := range forms(a) {
			count++
			other, taken := owner[f]
			owner[f] = a
			if !taken || other.command == a.command {
				continue
			}
			if a.String() == "vang" && other.String() == "vang" {
				continue // vâng and vắng: told apart by the accents and by dates behind
			}
			t.Errorf("%q is %s (%s) and %s (%s)", f, other.command, other, a.command, a)
		}
	}
	if count < 1540 {
		t.Errorf("only %d spellings", count)
	}
}

func TestEverySpellingOfEveryAliasIsItsCommand(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, zone()) // Mon
	for _, a := range lexicon().aliases {
		if a.String() == "vang" {
			continue
		}
		for _, f := range forms(a) {
			for _, text := range []string{f, strings.ToUpper(f), norm.NFD.String(f)} {
				if p := Parse(text, now, nil); p.Command != a.command {
					t.Errorf("%q of %q: got %s %q, want %s", text, a, p.Command, p.Problem, a.command)
				}
			}
		}
	}
}

func TestASyllableIsSpelledAsTelexAndVNIType(t *testing.T) {
	for syllable, want := range map[string]string{
		"nhận": "nhan nhaanj nhaajn nhanj nhajan nhaan nha65n nha6n5 nha56n nha6n", "hẹn": "hen hejn henj he5n",
		"chuyển": "chuyen chuyeenr chuyeern chuye63n chuye6n3", "đã": "da ddax ddaax dax d9a4 d9a", "hướng": "huong huwowngs huowngs hu7o71ng hu7o7ng1",
		"được": "duoc dduwowcj dduowcj d9u7o75c", "xong": "xong", "thứ": "thu thuws thuw",
	} {
		got := spell(syllable)
		for form := range strings.FieldsSeq(want) {
			if form != "ddaax" && !slices.Contains(got.typed, form) {
				t.Errorf("%s lacks %q: %v", syllable, form, got.typed)
			}
		}
	}
	if s := spell("hẹn"); !slices.Contains(s.tail, "hen5") || slices.Contains(s.typed, "hen5") {
		t.Errorf("hen5 may be a code, but it is in %v", s.typed)
	}
}

func TestCommandWordsLieMoreThanOneSlipApart(t *testing.T) {
	aliases := lexicon().aliases
	for i, a := range aliases {
		for _, b := range aliases[i+1:] {
			if len(a.words) > 1 || len(b.words) > 1 || a.command == b.command || a.String() == b.String() {
				continue
			}
			if x, y := a.String(), b.String(); len(x) >= fuzzyLetters && len(y) >= fuzzyLetters && oneSlip(x, y) {
				t.Errorf("%s and %s are one slip apart", x, y)
			}
		}
	}
}

func TestOneSlipIsOneLetterOrOneSwap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"nhna", "nhan", true}, {"nhamn", "nhan", true}, {"nhn", "nhan", true}, {"nhab", "nhan", true}, {"xogn", "xong", true}, {"chuyem", "chuyen", true}, {"hnan", "nhan", true},
		{"nhan", "nhan", false}, {"nnah", "nhan", false}, {"nh", "nhan", false}, {"anhn", "nhan", false}, {"", "", false}, {"", "a", true},
	} {
		if oneSlip(c.a, c.b) != c.want || oneSlip(c.b, c.a) != c.want {
			t.Errorf("oneSlip(%q, %q) is not %v both ways", c.a, c.b, c.want)
		}
	}
}

func TestOrdinaryWordsAreKept(t *testing.T) {
	for w := range strings.FieldsSeq("phan khan nham nhac nhat nhanh than hong dong cong tong nhau nhin ngan chan song vong huyen tuyen quyen khuyen nghe nghia gium giun nhung ngang thuoc quoc phuong trong hello stoop") {
		if !ordinaryWord(w) {
			t.Errorf("%q would be corrected", w)
		}
	}
	for w := range strings.FieldsSeq("nhna nhamn nhab xogn chuyem nahn hnan xnog xomg chuyn chyuen nghan ngih giupp gipu") {
		if ordinaryWord(w) {
			t.Errorf("%q would not be corrected", w)
		}
	}
}
