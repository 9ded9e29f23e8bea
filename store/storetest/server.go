package storetest

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Server is a PostgreSQL of a test's own, which may be stopped hard and started
// again on the same data.
type Server struct {
	t        *testing.T
	dir      string
	binaries string
	cluster  cluster
	running  *exec.Cmd
	ended    chan error
}

// StartServer starts one, gone with the test. Without PostgreSQL on the machine
// the test is skipped, or fails where NOTIFY1022_REQUIRE names postgres.
func StartServer(t *testing.T) *Server {
	t.Helper()
	s := &Server{t: t, cluster: cluster{password: rand.Text()}}
	var err error
	if s.binaries, err = findBinaries(); err != nil {
		if strings.Contains(os.Getenv("NOTIFY1022_REQUIRE"), "postgres") {
			t.Fatalf("PostgreSQL is required: %v", err)
		}
		t.Skipf("NOT TESTED WITHOUT POSTGRESQL: %v", err)
	}
	if s.dir, err = os.MkdirTemp("", "notify1022-postgres-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(s.dir) })
	if s.cluster.port, err = freePort(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "password"), []byte(s.cluster.password), 0o600); err != nil {
		t.Fatal(err)
	}
	initdb := s.command("initdb", "--pgdata="+s.dir+"/data", "--username=postgres", "--pwfile="+s.dir+"/password", "--auth=password",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	if said, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v: %s", err, said)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.binaries, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		if err := asPostgres(cmd, s.dir); err != nil {
			s.t.Fatal(err)
		}
	}
	return cmd
}

// Start starts the server and waits until it takes statements.
func (s *Server) Start() {
	s.t.Helper()
	s.running = s.command("postgres", "-D", s.dir+"/data", "-h", "127.0.0.1,"+farHost(s.cluster.port), "-p", strconv.Itoa(s.cluster.port), "-k", s.dir,
		"-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "log_min_messages=panic")
	if err := s.running.Start(); err != nil {
		s.t.Fatalf("start PostgreSQL: %v", err)
	}
	ended, running := make(chan error, 1), s.running
	s.ended = ended
	go func() { ended <- running.Wait() }()
	if err := s.cluster.answers(ended); err != nil {
		s.t.Fatalf("start PostgreSQL: %v", err)
	}
}

// Stop stops it hard: connections are cut, nothing is written down, the next
// start recovers from the log (pg_ctl stop -m immediate).
func (s *Server) Stop() {
	if err := s.running.Process.Signal(syscall.SIGQUIT); err != nil {
		return // it is not running
	}
	<-s.ended
}

// Source is the data source of its database.
func (s *Server) Source() string { return s.cluster.source("postgres") }

// String says where it is.
func (s *Server) String() string { return fmt.Sprintf("postgres on port %d", s.cluster.port) }
