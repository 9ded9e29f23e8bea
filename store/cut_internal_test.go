package store

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"notify1022/store/storetest"
)

// A cut network tells nobody: a statement that was sent into it fails once the other side has
// been silent for as long as the address says, and the store works as soon as it is mended.
func TestAStatementIntoACutNetworkFailsAndTheStoreComesBack(t *testing.T) {
	server := storetest.StartServer(t)
	db := opened(t, server.Far()+"&tcp_user_timeout=2000&connect_timeout=1")
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // TCP by itself would send again for longer
	defer cancel()
	began, cut := make(chan struct{}), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		failed <- db.inTx(ctx, func(tx *tx) error {
			close(began)
			<-cut
			var id string
			return tx.c.get(ctx, &id, `SELECT id FROM installation`)
		})
	}()
	<-began
	heal := server.CutOff(t)
	close(cut)
	if err := <-failed; err == nil || ctx.Err() != nil {
		t.Errorf("a statement into a cut network ends with %v, %v", err, ctx.Err())
	}
	if err := db.Ping(ctx); err == nil {
		t.Error("the network is not cut")
	}
	heal()
	if err := db.Ping(ctx); err != nil {
		t.Errorf("after the cut: %v", err)
	}
}

// The address may say otherwise, for both sides.
func TestTheAddressSaysHowLongAPeerMayBeSilent(t *testing.T) {
	const dsn = "postgres://somebody@127.0.0.1:1/none"
	for address, want := range map[string]time.Duration{dsn: connectLimit, dsn + "?connect_timeout=3": 3 * time.Second} {
		config, err := pgx.ParseConfig(address)
		if err != nil {
			t.Fatal(err)
		}
		watchful(config)
		if config.ConnectTimeout != want {
			t.Errorf("%s: one try takes %s", address, config.ConnectTimeout)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for silence, want := range map[string]int{"": 0, "30000": 30_000, "0": 0} {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			t.Fatal(err)
		}
		config.RuntimeParams["tcp_user_timeout"] = silence
		watchful(config)
		conn, err := config.DialFunc(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if got, known := userTimeout(t, conn.(*net.TCPConn)); known && got != want {
			t.Errorf("tcp_user_timeout %q: the socket has %d", silence, got)
		}
		conn.Close()
	}
}
