package console

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
)

// room is the source of a package, without its tests.
type room struct {
	t     *testing.T
	dir   string
	files []*ast.File
}

func enter(t *testing.T, dir string) room {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(names), err)
	}
	r := room{t: t, dir: dir}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		r.files = append(r.files, file)
	}
	return r
}

// literal is the text of a string in the source; false: it is none.
func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// consts are the package's constants and variables that are texts, of the type where one
// is given, of any otherwise, by name.
func (r room) consts(ofType string) map[string]string {
	found := map[string]string{}
	for _, file := range r.files {
		for spec := range each[*ast.ValueSpec](file) {
			if named, _ := spec.Type.(*ast.Ident); ofType != "" && (named == nil || named.Name != ofType) {
				continue
			}
			for i, name := range spec.Names {
				if i < len(spec.Values) {
					if text, ok := literal(spec.Values[i]); ok {
						found[name.Name] = text
					}
				}
			}
		}
	}
	return found
}

// each are the nodes of a kind below one.
func each[N ast.Node](below ast.Node) func(func(N) bool) {
	return func(yield func(N) bool) {
		ast.Inspect(below, func(n ast.Node) bool {
			if one, ok := n.(N); ok && !yield(one) {
				return false
			}
			return true
		})
	}
}

// functions are the package's, with their bodies.
func (r room) functions() (list []*ast.FuncDecl) {
	for _, file := range r.files {
		for f := range each[*ast.FuncDecl](file) {
			if f.Body != nil {
				list = append(list, f)
			}
		}
	}
	return list
}

// called is the name of what a call calls.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// passed are the texts that calls of the functions named get at the place given for each, -1:
// at none. A variable is all that its function puts into it; what one of the functions passes on was
// found where it was called.
func (r room) passed(at map[string]int, consts map[string]string) (texts []string) {
	for _, f := range r.functions() {
		for call := range each[*ast.CallExpr](f.Body) {
			place, ok := at[called(call)]
			if !ok || place < 0 || place >= len(call.Args) {
				continue
			}
			found := valuesOf(f, call.Args[place], consts)
			if _, passesOn := at[f.Name.Name]; len(found) == 0 && !passesOn {
				r.t.Errorf("%s: %s gives %s what this test cannot read: teach it", r.dir, f.Name.Name, called(call))
			}
			texts = append(texts, found...)
		}
	}
	return texts
}

// valuesOf are the texts that an expression of a function may be.
func valuesOf(f *ast.FuncDecl, e ast.Expr, consts map[string]string) (texts []string) {
	if text, ok := literal(e); ok {
		return []string{text}
	}
	name := ""
	switch e := e.(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.Sel.Name
	}
	if text, ok := consts[name]; ok {
		return []string{text}
	}
	for set := range each[*ast.AssignStmt](f.Body) {
		for i, to := range set.Lhs {
			if id, ok := to.(*ast.Ident); ok && id.Name == name && i < len(set.Rhs) {
				texts = append(texts, valuesOf(f, set.Rhs[i], consts)...)
			}
		}
	}
	return texts
}

func TestEveryActionOfTheChangeLogHasAWord(t *testing.T) {
	store := enter(t, "store")
	consts := store.consts("")
	maps.Copy(consts, enter(t, "web/console").consts(""))
	actions := store.passed(map[string]int{"log": 2, "Log": 1, "account": 2, "keepingAdministrator": 2, "changeAccount": 3, "onGroup": 2, "sending": 2, "decide": 2}, consts)
	subjects := store.passed(map[string]int{"log": 3, "Log": 2}, consts)
	pages := enter(t, "web/console")
	actions = append(actions, enter(t, "cmd/notify1022").passed(map[string]int{"Log": 1, "Note": -1}, consts)...)
	actions = append(actions, pages.passed(map[string]int{"Note": 2}, consts)...)
	subjects = append(subjects, pages.passed(map[string]int{"Note": 3}, consts)...)
	if len(actions) < 60 {
		t.Errorf("only %d actions were found", len(actions))
	}
	for _, action := range actions {
		if logActions[action] == "" {
			t.Errorf("the action %q has no word", action)
		}
	}
	for _, what := range subjects {
		if !slices.ContainsFunc(logSubjects, func(s logSubject) bool { return s.What == what && s.Label != "" }) {
			t.Errorf("the subject %q has no word", what)
		}
	}
}

// said are the literal texts that calls of the functions named get at the place given for
// each: what is put together is known by what it is put together of.
func (r room) said(at map[string]int) (texts []string) {
	for _, f := range r.functions() {
		for call := range each[*ast.CallExpr](f.Body) {
			if place, ok := at[called(call)]; ok && place < len(call.Args) {
				for lit := range each[*ast.BasicLit](call.Args[place]) {
					if text, ok := literal(lit); ok {
						texts = append(texts, text)
					}
				}
			}
		}
	}
	return texts
}

func TestEveryDetailOfTheChangeLogIsSaidInVietnamese(t *testing.T) {
	details := enter(t, "store").said(map[string]int{"log": 4, "account": 3, "keepingAdministrator": 3, "changeAccount": 4, "onGroup": 3, "decide": 3})
	details = append(details, enter(t, "cmd/notify1022").said(map[string]int{"Log": 4})...)
	details = append(details, enter(t, "web/console").said(map[string]int{"Note": 5})...)
	if len(details) < 8 {
		t.Errorf("only %q were found", details)
	}
	verb, english := regexp.MustCompile(`%[a-z]`), regexp.MustCompile(`^[ -~]*[A-Za-z]{2}[ -~]*$`)
	for _, detail := range details {
		if shown := (Logged{Detail: verb.ReplaceAllString(detail, "3")}).Words(); english.MatchString(shown) {
			t.Errorf("the detail %q is said as %q", detail, shown)
		}
	}
}

func TestEveryEndOfASlipHasAWord(t *testing.T) {
	ends := enter(t, "escalation").passed(map[string]int{"endSlip": 1, "endSlips": 0, "takeAway": 1}, nil)
	if len(ends) < 8 {
		t.Errorf("only %d ends were found", len(ends))
	}
	for _, why := range ends {
		if endedLabels[why] == "" {
			t.Errorf("the end %q has no word", why)
		}
	}
}

func TestEveryOutcomeOfAReplyHasAWord(t *testing.T) {
	words, behind := map[string]bool{"probe": true}, map[string]bool{}
	note := func(text string, alone bool) {
		word, beside, colon := strings.Cut(text, ":")
		switch {
		case !alone && !colon:
			behind[text] = true
		default:
			words[word], behind[beside] = true, true
		}
	}
	for _, f := range enter(t, "escalation").functions() {
		if !decides(f) {
			continue
		}
		for end := range each[*ast.ReturnStmt](f.Body) {
			if len(end.Results) == 2 {
				text, alone := literal(end.Results[0])
				if alone {
					note(text, true)
					continue
				}
				for lit := range each[*ast.BasicLit](end.Results[0]) {
					if text, ok := literal(lit); ok {
						note(text, false)
					}
				}
			}
		}
		for set := range each[*ast.AssignStmt](f.Body) {
			if id, ok := set.Lhs[0].(*ast.Ident); ok && id.Name == "outcome" {
				for lit := range each[*ast.BasicLit](set.Rhs[0]) {
					if text, ok := literal(lit); ok && text != "," {
						note(text, false)
					}
				}
			}
		}
	}
	replies := enter(t, "escalation/reply")
	for name, word := range replies.consts("Command") {
		if words[word] = true; heardLabels[word] == "" {
			t.Errorf("reply.%s has no word", name)
		}
	}
	for name, problem := range replies.consts("") {
		if strings.HasPrefix(name, "Problem") {
			behind[problem] = true
		}
	}
	for _, v := range escalation.Verbs() {
		words[string(v)] = true
	}
	delete(words, "")
	delete(behind, "")
	if len(words) < 50 || len(behind) < 15 {
		t.Errorf("only %d words and %d besides were found", len(words), len(behind))
	}
	for word := range words {
		if heardWord(word) == word {
			t.Errorf("the outcome %q has no word", word)
		}
	}
	for word := range behind {
		if besides[word] == "" {
			t.Errorf("%q behind an outcome has no word", word)
		}
	}
	if got := heardLabel("eta:refused,two_hits"); got != "hẹn thời gian (không thực hiện được); mã chỉ nhiều phiếu" {
		t.Errorf("it is said as %q", got)
	}
}

// decides reports a method of the desk of replies that gives an outcome.
func decides(f *ast.FuncDecl) bool {
	if f.Recv == nil || f.Type.Results == nil || len(f.Type.Results.List) != 2 {
		return false
	}
	star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	of, _ := star.X.(*ast.Ident)
	first, _ := f.Type.Results.List[0].Type.(*ast.Ident)
	return of != nil && of.Name == "replyDesk" && first != nil && first.Name == "string"
}

func TestEveryStateLaneAndKindHasAWord(t *testing.T) {
	r := enter(t, "escalation")
	for kind, label := range map[string]func(string) string{
		"MessageState": func(s string) string { return stateLabel(escalation.MessageState(s)) },
		"Lane":         func(s string) string { return laneLabel(escalation.Lane(s)) },
		"RungName":     func(s string) string { return rungLabel(escalation.RungName(s)) },
		"TaskKind":     func(s string) string { return taskLabels[escalation.TaskKind(s)] },
		"Audience":     func(s string) string { return audienceLabel(templates.Audience(s)) },
	} {
		found := r.consts(kind)
		if kind == "Audience" {
			found = enter(t, "templates").consts(kind)
		}
		if len(found) < 4 {
			t.Errorf("only %d of %s were found", len(found), kind)
		}
		for name, value := range found {
			if got := label(value); got == value || got == "" {
				t.Errorf("%s has no word", name)
			}
		}
	}
}

func TestEveryRoleOfAProcessHasAWord(t *testing.T) {
	for name, role := range enter(t, "cmd/notify1022").consts("") {
		if strings.HasPrefix(name, "role") && name != "roleAll" && strings.TrimSpace(strings.Trim(role, ",")) != "" && processLabels[role] == "" {
			t.Errorf("%s has no word", name)
		}
	}
	if processLabels[sends] == "" {
		t.Error("the role of those who send has no word")
	}
}

var (
	errorOf  = regexp.MustCompile(`errors\.New\("([^"]+)"\)`)
	storedAs = regexp.MustCompile(`error = '([^']+)'|(?:THEN|ELSE) '(the [^']+)'`)
)

// foundIn are the texts of a source that the expression finds.
func foundIn(t *testing.T, path string, shape *regexp.Regexp) (texts []string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shape.FindAllStringSubmatch(string(source), -1) {
		texts = append(texts, strings.Join(m[1:], ""))
	}
	if len(texts) == 0 {
		t.Errorf("%s says nothing", path)
	}
	return texts
}

func TestEveryFaultOfATextHasASentence(t *testing.T) {
	var faults []string
	formatted := regexp.MustCompile(`(?:errors\.New|fmt\.Errorf)\("([^"%]{8,})`)
	for path, shape := range map[string]*regexp.Regexp{
		"templates/template.go": errorOf, "templates/registered.go": errorOf, "smpp/outcome.go": errorOf, "store/outbox.go": storedAs,
		"store/preference.go": regexp.MustCompile(`Note = "([^"]+)"`), "store/erase.go": regexp.MustCompile("Note = `'([^']+)'`"), "store/budget.go": regexp.MustCompile(`overBudget += "([^"]+)"`), "escalation/astray.go": regexp.MustCompile(`(?:NotTheirs|Readdressed) = "([^"]+)"`),
		"queue/settle.go": regexp.MustCompile(`Error: "([^"]+)"`), "queue/mail.go": formatted, "queue/sender.go": formatted, "queue/dispatch.go": formatted,
		"cmd/notify1022/transmit.go": regexp.MustCompile(`errors\.New\("([^"]+)"\)|(of max_segments)`),
	} {
		faults = append(faults, foundIn(t, path, shape)...)
	}
	for _, fault := range faults {
		if got := faultLabel("C1: " + fault); strings.Contains(got, fault) || got == unknownFault {
			t.Errorf("%q has no sentence", fault)
		}
	}
	for fault, want := range map[string]string{
		"ESME_RINVDSTADR": "nhà mạng từ chối (ESME_RINVDSTADR)", "status 0x00000401": "nhà mạng từ chối (status 0x00000401)",
		"UNDELIV": "nhà mạng báo lỗi (UNDELIV)", "107": "nhà mạng báo lỗi (107)", "network 3 error 2081": "nhà mạng báo lỗi (mạng 3 lỗi 2081)", "": "",
	} {
		if got := faultLabel(fault); got != want {
			t.Errorf("%q is said as %q, want %q", fault, got, want)
		}
	}
}

// Each step of a mail has words, and neither an address nor a machine's name is shown.
func TestEveryStepOfAMailHasASentence(t *testing.T) {
	steps := map[string]bool{}
	for _, path := range []string{"mail/error.go", "mail/session.go", "mail/sender.go"} {
		for _, step := range foundIn(t, path, regexp.MustCompile(`step[A-Z]\w* *= "(\w+)"|(?:failed\(|return (?:\w+, )?|step, err = )"([a-z]+)", `)) {
			steps[step] = true
		}
	}
	if len(steps) < 10 {
		t.Errorf("only %v were found", steps)
	}
	for step := range steps {
		if mailSteps[step] == "" {
			t.Errorf("the step %q has no word", step)
		}
	}
	for fault, want := range map[string]string{
		"mail to a***@example.vn: to answered 550 5.1.1":                           "máy chủ thư không nhận địa chỉ người nhận (550 5.1.1)",
		"mail to a***@example.vn: end answered 452":                                "máy chủ thư không nhận thư (452)",
		"mail to a***@example.vn: end: read: connection reset by peer":             "máy chủ thư không xác nhận đã nhận",
		"mail: dial: dial tcp 10.0.0.1:25: connect: connection refused":            "không kết nối được với máy chủ thư",
		"mail to ***: not an address":                                              "địa chỉ thư không đúng",
		"mail to a***@example.vn: a text beyond measure":                           unfitMail,
		"dial tcp 10.0.0.1:6379: connect: connection refused":                      unknownFault,
		"render: the catalogue is closed":                                          unknownFault,
		"lane bulk: read tcp 10.0.0.1:40112->10.0.0.2:2775: i/o timeout, the very": unknownFault,
	} {
		if got := faultLabel(fault); got != want {
			t.Errorf("%q is said as %q, want %q", fault, got, want)
		}
	}
}

// Why a text was not needed any more is the desk's word, in Vietnamese already.
func TestWhyATextWasDroppedIsSaid(t *testing.T) {
	files, err := filepath.Glob("../../escalation/*.go")
	if err != nil {
		t.Fatal(err)
	}
	dropped, reasons := regexp.MustCompile(`\.suppress\("([^"]+)"|Suppress\{[^}]*Reason: "([^"]+)"`), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range dropped.FindAllStringSubmatch(string(text), -1) {
			reasons++
			if reason := m[1] + m[2]; faultLabel(reason) != reason {
				t.Errorf("%s: %q is said as %q", file, reason, faultLabel(reason))
			}
		}
	}
	if reasons < 10 {
		t.Errorf("only %d reasons were found", reasons)
	}
}

// A wording that is refused says every fault of it, without a word of the program's own.
func TestARefusedWordingIsSaidInVietnamese(t *testing.T) {
	long := strings.Repeat("Phản ánh của Ông/Bà đã được tiếp nhận. ", 12)
	for wording, want := range map[string][]string{
		"{ma} {khong_co}": {"có biến không dùng được trong mẫu này: {khong_co}", "thiếu biến bắt buộc, hoặc thiếu giá trị của biến: {"},
		"{ma":             {"ngoặc nhọn không khớp"},
		"日本":              {"có ký tự không gửi được"},
		long:              {"dài quá một tin nhắn"},
	} {
		err := templates.Check(templates.Template{Key: "O1", Version: 2, Text: wording})
		if err == nil {
			t.Errorf("%q is taken", wording)
			continue
		}
		got := textProblem(err)
		for _, words := range want {
			if !strings.Contains(got, words) {
				t.Errorf("%q is refused as %q, without %q", wording, got, words)
			}
		}
		for _, english := range []string{"septets", "variable", "template", "worst", "character"} {
			if strings.Contains(got, english) {
				t.Errorf("%q is refused as %q", wording, got)
			}
		}
	}
	if got := textProblem(fmt.Errorf("R1: %w", errors.New("out of memory"))); got != unsaid {
		t.Errorf("an unknown fault is said as %q", got)
	}
}

func TestADetailOfTheLogIsReadAsItIsSaid(t *testing.T) {
	for want, l := range map[string]Logged{
		"bản 3": {What: "template", Detail: "version 3"}, "bật": {What: "account", Detail: "on"}, "trưởng ca": {What: "account", Detail: "shift_lead"},
		"đầu mối LACHTRAY": {What: "contact", Detail: "focal LACHTRAY"}, "T1 × 3": {What: "message", Detail: "T1 × 3"}, "họp giao ban": {What: "sending", Detail: "họp giao ban"},
		"đã gửi trước khi khôi phục dữ liệu": {What: "message", Detail: "sent before the restore"}, "không gửi": {What: "report", Detail: escalation.Subscription{Each: escalation.ReportNever}.Text()},
		"thư điện tử, hằng tuần, ngày làm việc 2, 08:00": {What: "report", Detail: escalation.Subscription{Channel: escalation.ReportByEmail, Each: escalation.ReportWeekly, Day: 2, At: 8 * time.Hour}.Text()},
	} {
		if got := l.Words(); got != want {
			t.Errorf("%+v is said as %q, want %q", l, got, want)
		}
	}
}
