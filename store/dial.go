package store

import (
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// connectLimit bounds one try to reach PostgreSQL, unless the address says otherwise
// (connect_timeout): a host that has gone answers nothing at all.
const connectLimit = 10 * time.Second

// watchful lets this side find out by itself, as PostgreSQL's does (see abandoned), that
// the other is gone: by TCP's own reckoning a statement that was sent into a cut network is
// sent again for a quarter of an hour before it fails. The address' tcp_user_timeout
// (milliseconds; 0: TCP's own) is for both sides.
func watchful(config *pgx.ConnConfig) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	silence, _ := strconv.Atoi(config.RuntimeParams["tcp_user_timeout"]) // PostgreSQL refuses what is no number
	dialer := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 20 * time.Second, Interval: 5 * time.Second, Count: 3},
		Control:         giveUpAfter(time.Duration(silence) * time.Millisecond),
	}
	config.DialFunc = dialer.DialContext
}
