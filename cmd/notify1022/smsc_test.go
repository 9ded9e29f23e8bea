package main

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"notify1022/smpp"
)

func TestTheSimulatorRunsAloneAndShowsItsHandsets(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	shown, out := io.Pipe()
	done := make(chan int, 1)
	c := &console{out: out, err: io.Discard}
	go func() {
		done <- c.run(ctx, []string{"smsc", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--account", "a:b:c", "--rate", "3",
			"--submit-window", "5", "--jitter", "20ms", "--freeze-every", "7", "--stray-responses"})
		out.Close()
	}()
	line := make([]byte, 200)
	n, err := shown.Read(line)
	if err != nil {
		t.Fatalf("smsc ended with %d", <-done)
	}
	addrs := regexp.MustCompile(`^smsc ready at (\S+), handsets at (http://\S+)\n$`).FindStringSubmatch(string(line[:n]))
	if addrs == nil {
		t.Fatalf("smsc says %q", line[:n])
	}
	client := smpp.NewClient(smpp.Config{Addr: addrs[1], SystemID: "a", Password: "b:c"})
	client.Start()
	limit, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	if err := client.WaitBound(limit); err != nil {
		t.Errorf("bind: %v", err)
	}
	if stats := mustGet(t, addrs[2]+"/stats"); !strings.Contains(stats, `"bound_now":1`) {
		t.Errorf("the simulator shows %s", stats)
	}
	faults := mustGet(t, addrs[2]+"/faults")
	for _, want := range []string{`"rate":3`, `"jitter":"20ms"`, `"freeze_every":7`, `"stray_responses":true`} {
		if !strings.Contains(faults, want) {
			t.Errorf("the faults lack %s: %s", want, faults)
		}
	}
	if err := client.Close(limit); err != nil {
		t.Error(err)
	}
	cancel()
	if code := <-done; code != exitDone {
		t.Errorf("smsc ended with %d", code)
	}
}

func TestTheSimulatorsFlagsAreItsSetting(t *testing.T) {
	cmd := smscCmd{SubmitWindow: 5, ErrorStatus: "RMSGQFUL", FreezeEvery: 7, StrayResponses: true}
	cfg, err := cmd.config()
	if err != nil || cfg.SubmitWindow != 5 || cfg.Faults.ErrorStatus != smpp.StatusQueueFull ||
		cfg.Faults.FreezeEvery != 7 || !cfg.Faults.StrayResponses {
		t.Fatalf("setting %+v, %v", cfg, err)
	}
	for _, bad := range []smscCmd{
		{SubmitWindow: -1}, {Jitter: -1}, {FreezeEvery: -1}, {ReceiptDelay: -1}, {ErrorRate: 1.5},
		{ErrorStatus: "no such"}, {Account: []string{"alone"}},
	} {
		if _, err := bad.config(); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
