package queue

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	neturl "net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits of a connection. A long read limit keeps a server that stalls for some
// seconds from stranding the job that was being taken; calls that must not wait
// bring a context.
const (
	redisDial = 2 * time.Second
	redisRead = 15 * time.Second
)

func tuned(o *redis.Options) *redis.Options {
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = redisDial, redisRead, redisDial
	o.ContextTimeoutEnabled = true
	o.MinIdleConns = 1
	return o
}

// dialer makes the client that a URL names.
func dialer(raw string) (redis.UniversalClient, error) {
	scheme, _, _ := strings.Cut(raw, "://")
	switch scheme {
	case "redis", "rediss", "unix":
		o, err := redis.ParseURL(raw)
		if err != nil {
			return nil, fmt.Errorf("redis: %w", withoutURL(err))
		}
		return redis.NewClient(tuned(o)), nil
	case "redis-sentinel":
		o, err := sentinel(raw)
		if err != nil {
			return nil, fmt.Errorf("redis: %w", err)
		}
		return redis.NewFailoverClient(o), nil
	}
	return nil, errors.New("redis: want embedded, redis://…, rediss://…, unix://… or redis-sentinel://…")
}

// withoutURL drops the URL, and the password in it, from a parser's error.
func withoutURL(err error) error {
	var u *neturl.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// sentinel reads redis-sentinel://[user:password@]host[:port][,host[:port]…][/db]
// ?master=NAME[&sentinel_username=…][&sentinel_password=…][&tls=true]. Asynq's own
// reader of such URLs drops the database.
func sentinel(raw string) (*redis.FailoverOptions, error) {
	u, err := neturl.Parse(raw)
	if err != nil {
		return nil, withoutURL(err)
	}
	q := u.Query()
	plain := tuned(&redis.Options{})
	o := &redis.FailoverOptions{
		MasterName: q.Get("master"), Username: u.User.Username(),
		SentinelUsername: q.Get("sentinel_username"), SentinelPassword: q.Get("sentinel_password"),
		DialTimeout: plain.DialTimeout, ReadTimeout: plain.ReadTimeout, WriteTimeout: plain.WriteTimeout,
		ContextTimeoutEnabled: true, MinIdleConns: plain.MinIdleConns,
	}
	o.Password, _ = u.User.Password()
	if o.MasterName == "" {
		return nil, errors.New("a sentinel URL needs ?master=NAME")
	}
	if o.SentinelAddrs, err = sentinels(u.Host); err != nil {
		return nil, err
	}
	if o.DB, err = database(u.Path); err != nil {
		return nil, err
	}
	if secure, _ := strconv.ParseBool(q.Get("tls")); secure {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return o, nil
}

func sentinels(hosts string) ([]string, error) {
	var addrs []string
	for h := range strings.SplitSeq(hosts, ",") {
		if h == "" {
			return nil, errors.New("a sentinel URL has an empty host")
		}
		if _, _, err := net.SplitHostPort(h); err != nil {
			h = net.JoinHostPort(strings.Trim(h, "[]"), "26379")
		}
		addrs = append(addrs, h)
	}
	return addrs, nil
}

func database(path string) (int, error) {
	path = strings.Trim(path, "/")
	if path == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(path)
	if err != nil || n < 0 {
		return 0, errors.New("the database in a sentinel URL is not a number")
	}
	return n, nil
}
