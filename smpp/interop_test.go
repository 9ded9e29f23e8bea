package smpp_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Other people's programs on the other side of the wire. Each test needs
// programs that a machine with Go alone lacks: then it is skipped, unless
// NOTIFY1022_REQUIRE names it.

// requirePrograms skips, or fails when the environment requires name.
func requirePrograms(t *testing.T, name string, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		missing(t, name, "the program "+p+" is not here")
	}
}

// missing ends a test whose peer cannot run.
func missing(t *testing.T, name, why string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NOTIFY1022_REQUIRE"), ","), name) {
		t.Fatalf("NOTIFY1022_REQUIRE=%s, but %s", name, why)
	}
	t.Skipf("SKIPPED, NOT TESTED: interoperation with %s: %s", name, why)
}

// start runs a program until the test ends; its output goes to the log of a
// test that fails.
func startProgram(t *testing.T, dir, name string, args ...string) *program {
	t.Helper()
	p := &program{cmd: exec.Command(name, args...), lines: make(chan string, 1000), ended: make(chan struct{})}
	p.cmd.Dir = dir
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in = in
	p.cmd.Stderr = &p.errors
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read(out)
	t.Cleanup(func() { p.stop(t) })
	return p
}

// capture forwards one TCP port to another and keeps what went over it.
type capture struct {
	listener net.Listener
	target   string
	wg       sync.WaitGroup

	mu    sync.Mutex
	file  bytes.Buffer
	flows int
	conns []net.Conn
}

// mustCapture listens on loopback and forwards to target; when the test ends
// without failing, tshark reads what was said.
func mustCapture(t *testing.T, target string) *capture {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{listener: l, target: target}
	c.file.Write(pcapHeader())
	c.wg.Go(c.accept)
	t.Cleanup(c.close)
	return c
}

func (c *capture) addr() string { return c.listener.Addr().String() }

func (c *capture) close() {
	c.listener.Close()
	c.mu.Lock()
	for _, nc := range c.conns {
		nc.Close()
	}
	c.mu.Unlock()
	c.wg.Wait()
}

func (c *capture) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.target)
		if err != nil {
			client.Close()
			continue
		}
		c.mu.Lock()
		f := &flow{c: c, port: uint16(40000 + c.flows)}
		c.flows++
		c.conns = append(c.conns, client, server)
		c.mu.Unlock()
		c.wg.Go(func() { f.forward(server, client, true) })
		c.wg.Go(func() { f.forward(client, server, false) })
	}
}

// smppPort is the SMSC's port in the captures.
const smppPort = 2775

// flow is one connection; next are the sequence numbers towards the SMSC and
// back.
type flow struct {
	c    *capture
	port uint16
	next [2]uint32
}

func (f *flow) forward(dst, src net.Conn, up bool) {
	defer dst.Close()
	b := make([]byte, 16<<10)
	for {
		n, err := src.Read(b)
		if n > 0 {
			f.packet(b[:n], up)
			if _, err := dst.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// packet writes one TCP segment in an IPv4 packet (pcap link type 101).
func (f *flow) packet(data []byte, up bool) {
	f.c.mu.Lock()
	defer f.c.mu.Unlock()
	me, other := 0, 1
	src, dst := f.port, uint16(smppPort)
	if !up {
		me, other = 1, 0
		src, dst = dst, src
	}
	be := binary.BigEndian
	ip := make([]byte, 40, 40+len(data))
	ip[0], ip[8], ip[9] = 0x45, 64, 6
	be.PutUint16(ip[2:], uint16(40+len(data)))
	copy(ip[12:], []byte{10, 0, 0, byte(1 + me), 10, 0, 0, byte(1 + other)})
	tcp := ip[20:]
	be.PutUint16(tcp[0:], src)
	be.PutUint16(tcp[2:], dst)
	be.PutUint32(tcp[4:], 1000+f.next[me])
	be.PutUint32(tcp[8:], 1000+f.next[other])
	tcp[12], tcp[13] = 5<<4, 0x18 // PSH, ACK
	be.PutUint16(tcp[14:], 65535)
	f.next[me] += uint32(len(data))
	record := make([]byte, 16)
	now := time.Now()
	binary.LittleEndian.PutUint32(record[0:], uint32(now.Unix()))
	binary.LittleEndian.PutUint32(record[4:], uint32(now.Nanosecond()/1000))
	binary.LittleEndian.PutUint32(record[8:], uint32(40+len(data)))
	binary.LittleEndian.PutUint32(record[12:], uint32(40+len(data)))
	f.c.file.Write(append(append(record, ip...), data...))
}

// pcapHeader is the file header: microseconds, raw IP.
func pcapHeader() []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xA1B2C3D4)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 4)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, 1<<18)
	return le.AppendUint32(b, 101)
}

// mustDissect lets tshark read all that went over the wire: nothing may be
// malformed, and nothing may be left that is no SMPP. A machine without tshark
// skips this part, in a subtest so that the skip is seen.
func (c *capture) mustDissect(t *testing.T) {
	t.Helper()
	t.Run("tshark", func(t *testing.T) {
		requirePrograms(t, "tshark", "tshark")
		c.mu.Lock()
		b := bytes.Clone(c.file.Bytes())
		c.mu.Unlock()
		if n, out := dissect(t, b, "smpp"); n == 0 {
			t.Fatalf("no SMPP was captured: %s", out)
		}
		for _, filter := range []string{
			"_ws.malformed || _ws.expert.severity == error",
			"tcp.len>0 && !smpp && !tcp.reassembled_in", // silently left undissected
		} {
			if n, out := dissect(t, b, filter); n != 0 {
				t.Errorf("%d packets match %q:\n%s", n, filter, out)
			}
		}
	})
}

// dissect counts the packets that match a display filter.
func dissect(t *testing.T, pcap []byte, filter string) (int, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wire.pcap")
	if err := os.WriteFile(file, pcap, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tshark", "-r", file, "-d", "tcp.port==2775,smpp", "-Y", filter)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, stderr.String())
	}
	return bytes.Count(out, []byte("\n")), string(out)
}

func TestTheCaptureCheckFindsBadPDUs(t *testing.T) {
	requirePrograms(t, "tshark", "tshark")
	for name, tc := range map[string]struct {
		frame  []byte
		filter string
	}{
		"no NUL":         {raw(submitResp, 0, 1, 'i', 'd'), "_ws.malformed || _ws.expert.severity == error"},
		"unknown id":     {raw(unknownID, 0, 1), "tcp.len>0 && !smpp && !tcp.reassembled_in"},
		"bad cmd length": {append([]byte{0, 0, 0, 15}, raw(enquireID, 0, 1)[4:]...), "tcp.len>0 && !smpp && !tcp.reassembled_in"},
	} {
		c := &capture{}
		c.file.Write(pcapHeader())
		f := &flow{c: c, port: 40000}
		f.packet(raw(enquireID, 0, 1), true)
		f.packet(tc.frame, true)
		if n, out := dissect(t, c.file.Bytes(), tc.filter); n != 1 {
			t.Errorf("%s: %d packets found:\n%s", name, n, out)
		}
	}
}

// TestTsharkReadsEveryGoldenPDU holds the golden files against somebody else's
// idea of SMPP.
func TestTsharkReadsEveryGoldenPDU(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "pdu", "*.hex"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	c := &capture{}
	c.file.Write(pcapHeader())
	f := &flow{c: c, port: 40000}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		f.packet(frame, frame[4]&0x80 == 0)
	}
	c.mustDissect(t)
}
