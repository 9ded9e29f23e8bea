package smpp_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// program is a peer of ours in a process of its own.
type program struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan string // of its output
	errors bytes.Buffer
	ended  chan struct{}
}

func (p *program) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		select {
		case p.lines <- lines.Text():
		default: // nobody reads that much
		}
	}
	close(p.lines)
	p.cmd.Wait()
	close(p.ended)
}

// stop asks it to end and makes it if it does not.
func (p *program) stop(t *testing.T) {
	p.in.Close()
	p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		p.cmd.Process.Kill()
		<-p.ended
	}
	if t.Failed() && p.errors.Len() > 0 {
		t.Logf("%s: %s", p.cmd.Path, p.errors.String())
	}
}

// mustSay waits for a line that is a JSON object with this event.
func (p *program) mustSay(t *testing.T, event string) map[string]any {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("ended before %q: %s", event, p.errors.String())
			}
			var v map[string]any
			if json.Unmarshal([]byte(line), &v) == nil && v["event"] == event {
				return v
			}
			if strings.Contains(line, `"error"`) {
				t.Fatalf("waiting for %q: %s", event, line)
			}
		case <-limit:
			t.Fatalf("nothing about %q", event)
		}
	}
}
