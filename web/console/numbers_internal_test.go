package console

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/web"
)

var testNumbering = escalation.Numbering{TestPrefixes: []string{"057"}}

func TestAFileOfNumbersIsReadByItsFirstColumn(t *testing.T) {
	tests := []struct {
		why, file string
		numbers   []string
		faults    string
	}{
		{"one to a line", "0570000001\n0570000002\n", []string{"0570000001", "0570000002"}, ""},
		{"with a heading, a mark and cells", byteOrderMark + "Số máy;Tên\r\n0570000001;Lan\r\n\"0570000002\";\"Minh\"\r\n", []string{"0570000001", "0570000002"}, ""},
		{"as a spreadsheet leaves it", "570000001\t Lan\n+84570000002\n84570000003\n", []string{"0570000001", "0570000002", "0570000003"}, ""},
		{"each once, empty lines passed over", "0570000001\n\n \n+84570000001,x\n", []string{"0570000001"}, ""},
		{"without a last line end", "0570000001", []string{"0570000001"}, ""},
		{"bad lines are named", "0570000001\n02253000001\nLan\n0570000002\n12\n", []string{"0570000001", "0570000002"}, "dòng 2: số này không nhận được tin nhắn; dòng 3: số này không nhận được tin nhắn; dòng 5: số này không nhận được tin nhắn"},
		{"a heading stands in the first line alone", "0570000001\nSố máy\n", []string{"0570000001"}, "dòng 2: số này không nhận được tin nhắn"},
		{"nothing", "", nil, ""},
	}
	for _, test := range tests {
		got, err := readNumbers(strings.NewReader(test.file), testNumbering)
		if err != nil || fmt.Sprint(got.Numbers) != fmt.Sprint(test.numbers) || got.problem() != test.faults {
			t.Errorf("%s: %v, %q, %v", test.why, got.Numbers, got.problem(), err)
		}
	}
}

func TestAFileOfNumbersIsBounded(t *testing.T) {
	var many strings.Builder
	for n := range web.MaxRecipients + 1 {
		fmt.Fprintf(&many, "05%08d\n", 70_000_000+n)
	}
	var problem *escalation.Problem
	if _, err := readNumbers(strings.NewReader(many.String()), testNumbering); !errors.As(err, &problem) {
		t.Errorf("one number too many: %v", err)
	}
	if f, err := readNumbers(strings.NewReader(strings.Join(strings.SplitAfter(many.String(), "\n")[:web.MaxRecipients], "")), testNumbering); err != nil || len(f.Numbers) != web.MaxRecipients {
		t.Errorf("%d numbers, %v", len(f.Numbers), err)
	}
	if _, err := readNumbers(strings.NewReader(strings.Repeat("x", 1<<20)), testNumbering); !errors.As(err, &problem) {
		t.Errorf("no line end: %v", err)
	}
	broken := errors.New("broken off")
	if _, err := readNumbers(io.MultiReader(strings.NewReader("0570000001\n"), badReader{broken}), testNumbering); !errors.Is(err, broken) {
		t.Errorf("a file that broke off: %v", err)
	}
	f, err := readNumbers(strings.NewReader(strings.Repeat("x1\n", 30)), testNumbering)
	if err != nil || f.Faulty != 30 || !strings.HasSuffix(f.problem(), "và 10 dòng khác") {
		t.Errorf("%d bad lines, %q, %v", f.Faulty, f.problem(), err)
	}
}

type badReader struct{ error }

func (r badReader) Read([]byte) (int, error) { return 0, r.error }

func FuzzReadNumbers(f *testing.F) {
	f.Add("0570000001;Lan\n570000002\n")
	f.Add("\"\n;;\n+84")
	f.Fuzz(func(t *testing.T, file string) {
		got, _ := readNumbers(strings.NewReader(file), testNumbering)
		for _, number := range got.Numbers {
			if phone, err := testNumbering.ParsePhone(number); err != nil || !testNumbering.Textable(phone.E164) {
				t.Errorf("%q was taken", number)
			}
		}
	})
}
