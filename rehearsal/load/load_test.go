package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"notify1022/rehearsal"
)

// program is the one that is built for the tests.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "notify1022-program-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "notify1022")
		if said, err := exec.Command("go", "build", "-o", program, "../../cmd/notify1022").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v: %s", err, said)
			return 1
		}
		return m.Run()
	}())
}

// mustLoad runs a load and reads its figures, also of a run that failed.
func mustLoad(t *testing.T, figures any, args ...string) error {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"load", "--json"}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	failed := cmd.Run()
	if err := json.Unmarshal(out.Bytes(), figures); err != nil {
		t.Fatalf("%v, %v: %s\n%s", failed, err, out.String(), tail(log.Bytes()))
	}
	if failed != nil {
		t.Logf("%s", tail(log.Bytes()))
	}
	if left, err := filepath.Glob(filepath.Join(dir, "notify1022-*")); err != nil || len(left) > 0 {
		t.Errorf("the load left %v behind (%v)", left, err)
	}
	return failed
}

// tail is the end of a log.
func tail(log []byte) []byte { return log[max(0, len(log)-4000):] }

// loaded runs a load on SQLite and reads its figures.
func loaded(t *testing.T, args ...string) (r rehearsal.LoadResult) {
	t.Helper()
	if err := mustLoad(t, &r, append([]string{"--duration", "20m"}, args...)...); err != nil {
		t.Fatal(err)
	}
	if r.Lost != 0 || r.Doubled != 0 || r.Stray != 0 {
		t.Errorf("%d lost, %d doubled, %d without a row", r.Lost, r.Doubled, r.Stray)
	}
	return r
}

func TestASteadyLoadLosesAndDoublesNothing(t *testing.T) {
	r := loaded(t, "--petitions", "200", "--via", "api", "--replies", "0.5")
	// Slip and confirmation to the citizen for each, and an answer to each reply.
	if r.Petitions != 200 || r.RepliesSent != 100 || r.Replies < 100 || r.Messages < 500 || r.Receipts != r.Messages {
		t.Errorf("%d petitions, %d replies of %d applied, %d texts, %d receipts", r.Petitions, r.Replies, r.RepliesSent, r.Messages, r.Receipts)
	}
	if r.IntakePerSecond <= 0 || r.DurablePerSecond <= 0 || r.ForwardToSMSC.Count != 200 || r.ForwardToSMSC.P99 < r.ForwardToSMSC.P50 || r.BytesPerPetition <= 0 {
		t.Errorf("figures are missing: %+v", r)
	}
}

func TestRungsOfOneInstantAllReachTheSMSC(t *testing.T) {
	r := loaded(t, "--scenario", "burst", "--open", "300", "--due", "150", "--bursts", "2")
	if len(r.Bursts) != 2 || r.Messages != 300 || r.RungLateness.Count != 300 || r.DueToSMSC.Count != 300 {
		t.Fatalf("%d bursts, %d texts, lateness of %d, way to the SMSC of %d", len(r.Bursts), r.Messages, r.RungLateness.Count, r.DueToSMSC.Count)
	}
	for _, b := range r.Bursts {
		if b.Rungs != 150 || b.Fired.P50 < 0 || b.ToSMSC.P50 < b.Fired.P50 {
			t.Errorf("%d rungs, fired %v, at the SMSC %v", b.Rungs, b.Fired, b.ToSMSC)
		}
	}
}

func TestAStartFiresWhatIsOverdueAtOnce(t *testing.T) {
	r := loaded(t, "--scenario", "start", "--open", "100", "--due", "40")
	if r.Messages != 40 || r.StartToSMSC <= 0 {
		t.Errorf("%d texts, the first after %.2f s", r.Messages, r.StartToSMSC)
	}
}

func TestADrainEmptiesTheOutbox(t *testing.T) {
	r := loaded(t, "--scenario", "drain", "--petitions", "400", "--no-receipts")
	if r.Messages != 400 || r.Receipts != 0 || r.SMSPerSec <= 0 {
		t.Errorf("%d texts, %d receipts, %.0f/s", r.Messages, r.Receipts, r.SMSPerSec)
	}
}
