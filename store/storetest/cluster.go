package storetest

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// cluster is a running PostgreSQL.
type cluster struct {
	port     int
	password string
	hold     io.Closer // its end ends the cluster

	mu    sync.Mutex
	names int
}

// keeper runs the server until its standard input ends, then stops it and
// removes its directory. $1 is the directory, $2 the binaries', $3 the port.
const keeper = `
"$2/initdb" --pgdata="$1/data" --username=postgres --pwfile="$1/password" --auth=password --encoding=UTF8 --locale=C --no-sync --no-instructions >"$1/initdb.log" 2>&1 || exit 1
"$2/postgres" -D "$1/data" -h 127.0.0.1 -p "$3" -k "$1" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB -c log_min_messages=panic >"$1/server.log" 2>&1 &
pid=$!
while read -r line; do :; done
kill -INT $pid
wait $pid
cd /
rm -rf "$1"
`

// startCluster starts PostgreSQL and waits until it answers.
func startCluster() (*cluster, error) {
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "notify1022-postgres-")
	if err != nil {
		return nil, err
	}
	c := &cluster{password: rand.Text()}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(c.password), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", "-c", keeper, "keeper", dir, binaries, strconv.Itoa(c.port))
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is the test's, the cluster follows
	if os.Getuid() == 0 {
		if err := asPostgres(cmd, dir); err != nil {
			return nil, err
		}
	}
	if c.hold, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := c.answers(ended); err != nil {
		c.hold.Close()
		return nil, fmt.Errorf("start PostgreSQL of %s: %w", binaries, err)
	}
	return c, nil
}

// findBinaries looks where distributions put the server, newest version first,
// then in the path.
func findBinaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is right
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		return "", errors.New("no PostgreSQL server on this machine")
	}
	return filepath.Dir(path), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // another name sorts last
	return n
}

func asPostgres(cmd *exec.Cmd, dir string) error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL refuses root: %w", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	cmd.Env = append(os.Environ(), "HOME="+dir)
	return errors.Join(os.Chown(dir, uid, gid), os.Chown(filepath.Join(dir, "password"), uid, gid))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until the cluster takes statements; a minute is far more than
// initdb needs on a slow machine.
func (c *cluster) answers(ended <-chan error) error {
	db, err := sql.Open("pgx", c.source("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := db.Ping()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case e := <-ended:
			return fmt.Errorf("it ended: %v", e)
		case <-deadline:
			return err
		}
	}
}
