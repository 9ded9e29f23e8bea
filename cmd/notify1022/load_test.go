package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"notify1022/rehearsal"
)

// loaded runs a load on SQLite and reads its figures.
func loaded(t *testing.T, args ...string) rehearsal.LoadResult {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	var out, log bytes.Buffer
	c := &console{in: strings.NewReader(""), out: &out, err: &log}
	if code := c.run(t.Context(), append([]string{"load", "--json", "--duration", "2m"}, args...)); code != exitDone {
		t.Fatalf("exit %d:\n%s\n%s", code, tail(out.String()), tail(log.String()))
	}
	var r rehearsal.LoadResult
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v:\n%s", err, out.String())
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "notify1022-load-*")); err != nil || len(left) > 0 {
		t.Errorf("the load left %d folders behind (%v)", len(left), err)
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

func TestALoadThatMakesNoSenseIsRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"nothing to do":            {"--petitions", "0"},
		"negative rate":            {"--rate", "-1"},
		"share of replies":         {"--replies", "1.5"},
		"fewer open than due":      {"--scenario", "burst", "--open", "10", "--due", "20"},
		"nothing overdue":          {"--scenario", "start", "--open", "10", "--due", "20"},
		"recipients not distinct":  {"--scenario", "burst", "--open", "100", "--due", "50", "--units", "10"},
		"somebody else's database": {"--database", "sqlite:data/notify1022.db"},
		"no limit":                 {"--duration", "0s"},
		"unknown scenario":         {"--scenario", "storm"},
		"start of the clock":       {"--sim-now", "yesterday"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &console{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
			if code := c.run(t.Context(), append([]string{"load"}, args...)); code != exitUsage {
				t.Errorf("exit %d", code)
			}
		})
	}
}
