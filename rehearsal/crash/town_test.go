package crash

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"

	"notify1022/escalation"
	"notify1022/queue/queuetest"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
)

// process is one operating system process that may be killed and started again.
type process struct {
	t       *testing.T
	name    string
	command []string
	log     *os.File

	mu      sync.Mutex
	running *exec.Cmd
	ended   chan struct{}
	down    bool // killed, and not to be started again
	again   int  // times it ended by itself
}

func newProcess(t *testing.T, name string, command ...string) *process {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, name: name, command: command, log: log}
	p.start()
	t.Cleanup(func() { p.kill(); log.Close() })
	return p
}

func (p *process) start() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
	if err := p.launch(); err != nil {
		p.t.Fatalf("start %s: %v", p.name, err)
	}
}

// launch starts it, and again when it ends by itself, as a service manager does: a
// process that finds no database at its start ends.
func (p *process) launch() error {
	running, ended := exec.Command(p.command[0], p.command[1:]...), make(chan struct{})
	running.Stdout, running.Stderr = p.log, p.log
	if err := running.Start(); err != nil {
		return err
	}
	p.running, p.ended = running, ended
	go func() {
		_ = running.Wait() // how it ended is in its log
		close(ended)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down || p.running != running {
			return
		}
		if p.again++; strings.Contains(p.tail(), "panic: ") {
			p.t.Errorf("%s ended by itself", p.name)
			return
		}
		if err := p.launch(); err != nil {
			p.t.Errorf("start %s again: %v", p.name, err)
		}
	}()
	return nil
}

// kill ends it at whatever instruction it is.
func (p *process) kill() {
	p.mu.Lock()
	p.down = true
	_ = p.running.Process.Kill() // it may have ended
	ended := p.ended
	p.mu.Unlock()
	<-ended
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.running.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("%s: %v", p.name, err)
	}
}

// tail is the end of its log.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-3000):])
}

// Offsets of the crash test's ladder, by the clock.
const (
	crashNudge   = 3 * time.Second
	crashHead    = 8 * time.Second
	crashOverdue = 14 * time.Second
)

// crashUnits is how many wards there are, each with people of its own.
const crashUnits = 150

// crashTown is a hotline on several processes, and the people around it. The SMSC
// lives in the test: it is the eye that must not blink.
type crashTown struct {
	t        *testing.T
	ctx      context.Context
	postgres *storetest.Server
	redis    *process
	client   *redis.Client
	smsc     *smsc.Server
	program  string // the service's, built for this test
	path     string // of the configuration
	web      string // address
	key      string
	serves   []*process      // web, workers, gateways
	skews    []time.Duration // by which their hosts' clocks are wrong, in turn; none: all are right
	db       *store.Store
	rows     *sqlx.DB  // beside the store
	accepted time.Time // when a step of the clock was accepted, by so much
	by       time.Duration
	measured time.Duration // how exact a step is known while it stands: as long as PostgreSQL's answer took
}

func newCrashTown(t *testing.T, ctx context.Context, skews ...time.Duration) *crashTown {
	t.Helper()
	town := &crashTown{t: t, ctx: ctx, postgres: storetest.StartServer(t), web: queuetest.FreeAddr(t), skews: skews}
	redisAddr := queuetest.FreeAddr(t)
	town.redis = newProcess(t, "redis", queuetest.Redis(t), "--port", redisAddr[strings.LastIndex(redisAddr, ":")+1:], "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--dir", t.TempDir())
	town.client = redis.NewClient(&redis.Options{Addr: redisAddr})
	t.Cleanup(func() { town.client.Close() })
	town.smsc = smsc.New(smsc.Config{ResponseTimeout: 3 * time.Second, RetryDelay: 200 * time.Millisecond, Keep: 100_000})
	t.Cleanup(town.smsc.Close)
	addr, err := town.smsc.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if len(skews) > 0 {
		town.letClockStep()
	}
	town.path = town.config(redisAddr, addr)
	town.build()
	town.run("migrate")
	town.key = strings.TrimSpace(town.run("apikey", "create", "--name", "kiểm thử", "--role", "administrator"))
	if town.db, err = store.Open(ctx, town.postgres.Source(), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { town.db.Close() })
	if town.rows, err = sqlx.Open("pgx", town.postgres.Source()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { town.rows.Close() })
	town.people()
	town.start()
	return town
}

// config writes the configuration: a ladder of seconds, day and night alike.
func (town *crashTown) config(redis string, network net.Addr) (path string) {
	t, dir := town.t, town.t.TempDir()
	policy := escalation.DefaultPolicy()
	policy.Version = "crash"
	policy.OfficerQuiet, policy.CitizenQuiet = escalation.Quiet{From: "00:00", To: "00:00"}, escalation.Quiet{From: "00:00", To: "00:00"}
	after := map[escalation.RungName]time.Duration{
		escalation.RungNudge: crashNudge, escalation.RungUnacknowledged: 5 * time.Second, escalation.RungFocalReminder: 6 * time.Second,
		escalation.RungHead: crashHead, escalation.RungHeadReminder: 11 * time.Second, escalation.RungOverdue: crashOverdue,
	}
	for i, spec := range policy.Rungs {
		if d, ok := after[spec.Name]; ok && spec.Ladder == escalation.ForwardLadder {
			policy.Rungs[i].After, policy.Rungs[i].Clock = d.String(), escalation.WallClock
		}
	}
	rungs, err := yaml.Marshal(map[string]any{"version": policy.Version, "rungs": policy.Rungs, "officer_quiet": policy.OfficerQuiet, "citizen_quiet": policy.CitizenQuiet,
		"hourly_budget": 0})
	if err != nil {
		t.Fatal(err)
	}
	return mustWrite(t, dir, "config.yaml", fmt.Sprintf(`
environment: simulation
listen: %s
public_url: https://1022.haiphong.gov.vn
database: %s
redis: redis://%s/0
policy: %s
lease: %s
grace: %s
bundling: 1s
smsc:
  - name: tester
    addr: %s
    system_id: hotline
    password: secret
    window: 20
    source: {officer: "8022", citizen: "1022HP"}
`, town.web, town.postgres.Source(), redis, mustWrite(t, dir, "policy.yaml", string(rungs)), crashLease, crashGrace, network))
}

func crashPhone(kind, unit int) string { return fmt.Sprintf("+84570000%03d", kind*crashUnits+unit+1) }

// crashKind is the kind of the person with the number.
func crashKind(phone string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(phone, "+84570000")) // another number is nobody's
	return (n - 1) / crashUnits
}

// Kinds of people, each with numbers of its own.
const (
	crashFocal = iota
	crashDeputy
	crashChief
	crashCitizen
	crashOffice
)

func crashUnit(n int) string { return fmt.Sprintf("PHUONG%03d", n) }

func (town *crashTown) people() {
	town.t.Helper()
	units := []escalation.Unit{{Code: "VPUB", Name: "Văn phòng UBND thành phố", SMSName: "VP UBND TP", Kind: escalation.OfficeKind}}
	contacts := []escalation.Contact{{Unit: "VPUB", Role: escalation.Office, Name: "Văn phòng", Phone: crashPhone(crashOffice, 0)},
		{Role: escalation.ShiftLead, Name: "Trưởng ca", Phone: crashPhone(crashOffice, 1)}}
	for n := range crashUnits {
		units = append(units, escalation.Unit{Code: crashUnit(n), Name: fmt.Sprintf("UBND phường số %d", n), SMSName: fmt.Sprintf("P so %d", n), Kind: "phuong"})
		for kind, role := range map[int]escalation.Role{crashFocal: escalation.Focal, crashDeputy: escalation.Deputy, crashChief: escalation.Head} {
			contacts = append(contacts, escalation.Contact{Unit: crashUnit(n), Role: role, Name: "Người " + string(role), Phone: crashPhone(kind, n)})
		}
	}
	if err := town.db.SaveUnits(town.ctx, units...); err != nil {
		town.t.Fatal(err)
	}
	if _, err := town.db.SaveContacts(town.ctx, contacts...); err != nil {
		town.t.Fatal(err)
	}
}

// build builds the program, for hosts whose clocks are wrong if any is.
func (town *crashTown) build() {
	t := town.t
	t.Helper()
	town.program = filepath.Join(t.TempDir(), "notify1022")
	build := exec.Command("go", "build", "-o", town.program)
	if len(town.skews) > 0 {
		build.Args = append(build.Args, skewed(t)...)
	}
	build.Dir = programDir
	build.Args = append(build.Args, ".")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, said)
	}
}

// programDir is where the program's source is.
const programDir = "../../cmd/notify1022"

// run carries out one command of the program, and gives what it said.
func (town *crashTown) run(command ...string) string {
	town.t.Helper()
	out, err := exec.CommandContext(town.ctx, town.program, append(command, "--config", town.path)...).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("%w: %s", err, failed.Stderr)
		}
		town.t.Fatalf("%s: %v", strings.Join(command, " "), err)
	}
	return string(out)
}

// start runs a web, three workers and two gateways, and waits for the web.
func (town *crashTown) start() {
	for n, role := range []string{"web", "worker", "worker", "worker", "gateway", "gateway"} {
		command := []string{town.program, "serve", "--config", town.path, "--role", role}
		if len(town.skews) > 0 {
			command = append([]string{"env", "NOTIFY1022_SKEW=" + town.skews[n%len(town.skews)].String()}, command...)
		}
		town.serves = append(town.serves, newProcess(town.t, fmt.Sprintf("%s%d", role, n), command...))
	}
	town.answers()
}

// older has some of the processes run another program, as while an installation is upgraded.
func (town *crashTown) older(program string, serves ...int) {
	if program == "" {
		return
	}
	for _, n := range serves {
		p := town.serves[n]
		p.kill()
		p.command[0] = program
		p.start()
	}
}

// answers waits until the web does, for three minutes at most.
func (town *crashTown) answers() {
	town.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
		answer, err := http.Get("http://" + town.web + "/healthz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		<-tick.C
	}
	town.t.Fatal("the web does not answer")
}

func mustWrite(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
