package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// module is the prefix of every package here.
const module = "notify1022"

// rules says which rooms a room may import, and which libraries where it is not
// free to choose: a name ending in "/..." is everything below it. A room that is
// not listed belongs to the nearest listed one above it.
var rules = map[string]struct {
	rooms     []string
	libraries []string // nil: any
}{
	"cmd":                 {rooms: []string{"..."}},
	"rehearsal":           {rooms: []string{"..."}},
	"web":                 {rooms: []string{"escalation/...", "templates"}},
	"web/client":          {rooms: []string{"web", "escalation"}},
	"web/console":         {rooms: []string{"web", "escalation/...", "templates", "report/sheet"}},
	"queue":               {rooms: []string{"escalation/...", "templates"}},
	"store":               {rooms: []string{"escalation/...", "templates"}},
	"report":              {rooms: []string{"escalation/...", "templates"}},
	"report/sheet":        {rooms: []string{"escalation/..."}, libraries: []string{"github.com/xuri/excelize/v2", "golang.org/x/text/..."}},
	"mail":                {rooms: []string{"escalation"}, libraries: []string{"github.com/jordan-wright/email"}},
	"templates":           {rooms: []string{"smpp/sms"}, libraries: []string{"golang.org/x/text/..."}},
	"escalation":          {rooms: []string{"escalation/worktime", "escalation/reply"}, libraries: []string{"golang.org/x/text/unicode/norm"}},
	"escalation/reply":    {rooms: []string{"escalation/worktime"}, libraries: []string{"golang.org/x/text/unicode/norm"}},
	"escalation/worktime": {libraries: []string{"golang.org/x/text/..."}},
	"smpp":                {rooms: []string{"smpp/sms"}, libraries: []string{"github.com/fiorix/go-smpp/smpp/pdu/..."}},
	"smpp/sms":            {libraries: []string{"golang.org/x/text/..."}},
	"smpp/smsc":           {rooms: []string{"smpp", "smpp/sms"}, libraries: []string{"github.com/fiorix/go-smpp/smpp/pdu/..."}},

	// Rooms for tests alone; what a test imports is free, so that no room has to list them.
	"mail/mailtest":   {rooms: []string{"queue/queuetest"}},
	"queue/queuetest": {},
	"smpp/smpptest":   {libraries: []string{"go.uber.org/goleak"}},
	"store/storetest": {},
}

// listed is what the go command says of a package.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	list := listPackages(t)
	if len(list) < 10 {
		t.Fatalf("only %d packages were listed", len(list))
	}
	for _, p := range list {
		for _, fault := range faultsOf(p) {
			t.Error(fault)
		}
	}
}

// faultsOf lists what a package imports and may not.
func faultsOf(p listed) []string {
	var faults []string
	own := strings.TrimPrefix(p.ImportPath, module+"/")
	room := roomOf(own)
	if room == "" {
		return []string{p.ImportPath + " belongs to no room of the design"}
	}
	rule := rules[room]
	for _, imported := range p.Imports {
		other, ours := strings.CutPrefix(imported, module+"/")
		switch {
		case ours && strings.HasSuffix(other, "test") && !strings.HasSuffix(own, "test"):
			faults = append(faults, own+" imports a room for tests, "+other)
		case ours && (roomOf(other) == room && room != "escalation" && room != "smpp" || permits(rule.rooms, other)):
		case ours:
			faults = append(faults, own+" imports the room "+other)
		case !strings.Contains(strings.Split(imported, "/")[0], "."): // the standard library
		case rule.libraries != nil && !permits(rule.libraries, imported):
			faults = append(faults, own+" imports the library "+imported)
		}
	}
	for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		if other, ours := strings.CutPrefix(imported, module+"/"); ours && roomOf(other) == "cmd" && room != "cmd" {
			faults = append(faults, own+" imports the program")
		}
	}
	return faults
}

// roomOf is the nearest listed room of a package, empty for none.
func roomOf(pkg string) string {
	for ; pkg != "." && pkg != ""; pkg = path.Dir(pkg) {
		if _, ok := rules[pkg]; ok {
			return pkg
		}
	}
	return ""
}

func permits(list []string, name string) bool {
	return slices.ContainsFunc(list, func(allowed string) bool {
		above, whole := strings.CutSuffix(allowed, "...")
		above = strings.TrimSuffix(above, "/")
		return name == allowed || whole && (above == "" || name == above || strings.HasPrefix(name, above+"/"))
	})
}

func TestTheImportRulesCatchWhatTheyMust(t *testing.T) {
	tests := []struct {
		pkg, imports string
		bad          bool
	}{
		{"escalation", "time", false},
		{"escalation", "notify1022/escalation/worktime", false},
		{"escalation", "notify1022/templates", true},
		{"escalation", "golang.org/x/text/unicode/norm", false},
		{"escalation", "golang.org/x/text/language", true},
		{"escalation/worktime", "notify1022/escalation", true},
		{"escalation/reply", "notify1022/escalation", true},
		{"queue", "notify1022/store", true},
		{"queue", "notify1022/smpp", true},
		{"queue", "github.com/hibiken/asynq", false},
		{"web", "notify1022/store", true},
		{"web", "notify1022/escalation/worktime", false},
		{"store/storetest", "notify1022/store", true},
		{"store", "notify1022/queue", true},
		{"mail", "notify1022/escalation", false},
		{"mail", "notify1022/queue", true},
		{"mail", "github.com/emersion/go-smtp", true},
		{"mail", "notify1022/mail/mailtest", true},
		{"mail/mailtest", "notify1022/queue/queuetest", false},
		{"mail/mailtest", "notify1022/store", true},
		{"queue", "notify1022/queue/queuetest", true},
		{"smpp", "notify1022/smpp/smsc", true},
		{"smpp", "github.com/fiorix/go-smpp/smpp/pdu/pdufield", false},
		{"smpp", "github.com/fiorix/go-smpp/smpp", true},
		{"smpp/smsc", "notify1022/smpp", false},
		{"smpp/smsc", "notify1022/smpp/smpptest", true},
		{"rehearsal", "notify1022/web", false},
		{"rehearsal", "notify1022/store/storetest", true},
		{"cmd", "notify1022/store/storetest", true},
		{"rehearsal", "notify1022/cmd/notify1022", true},
		{"util", "time", true},
	}
	for _, test := range tests {
		faults := faultsOf(listed{ImportPath: module + "/" + test.pkg, Imports: []string{test.imports}})
		if (len(faults) > 0) != test.bad {
			t.Errorf("%s importing %s: %v", test.pkg, test.imports, faults)
		}
	}
}
