package storetest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// farHost is a second address of a server on loopback: what goes there can be cut off
// while the first is reached.
func farHost(port int) string { return fmt.Sprintf("127.22.%d.%d", port>>8, port&0xff) }

// Far is the data source of the server's database as a host sees it that CutOff cuts off.
func (s *Server) Far() string {
	u, err := url.Parse(s.Source())
	if err != nil {
		s.t.Fatal(err)
	}
	u.Host = fmt.Sprintf("%s:%d", farHost(s.cluster.port), s.cluster.port)
	return u.String()
}

// CutOff lets nothing through any more to where Far leads, as a cable that is pulled: no
// connection is told. heal mends it, at the latest when the test ends. Where routes are not the
// test's to set (it takes Linux, iproute2 and root) the test is skipped, or fails where
// NOTIFY1022_REQUIRE names routes.
func (s *Server) CutOff(t *testing.T) (heal func()) {
	t.Helper()
	route := func(do string) ([]byte, error) {
		return exec.Command("ip", "route", do, "blackhole", farHost(s.cluster.port)+"/32", "table", "local").CombinedOutput()
	}
	if said, err := route("replace"); err != nil { // one that a killed run has left is no hindrance
		if strings.Contains(os.Getenv("NOTIFY1022_REQUIRE"), "routes") {
			t.Fatalf("routes are required and cannot be set: %v %s", err, said)
		}
		t.Skipf("NOT TESTED, a network that is cut: routes cannot be set here: %v %s", err, said)
	}
	heal = sync.OnceFunc(func() {
		if said, err := route("del"); err != nil {
			t.Errorf("the cut is not mended: %v %s", err, said)
		}
	})
	t.Cleanup(heal)
	return heal
}
