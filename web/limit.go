package web

import (
	"math"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// limiter gives each address a bucket of tokens that fills with time. It keeps a
// bounded number of addresses in memory and no other state.
type limiter struct {
	rate  float64 // tokens a second
	burst float64 // a full bucket
	most  int     // addresses kept

	mu      sync.Mutex
	buckets map[netip.Addr]bucket
}

// bucket is how many tokens were left at an instant; below 0 after a miss.
type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(rate, burst float64, most int) *limiter {
	return &limiter{rate: rate, burst: burst, most: most, buckets: make(map[netip.Addr]bucket)}
}

// take takes a token and reports whether there was one; wait is when there will
// be. A refused request takes nothing.
func (l *limiter) take(addr netip.Addr, now time.Time) (ok bool, wait time.Duration) {
	addr = subscriber(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.full(addr, now)
	if b.tokens < 1 {
		return false, time.Duration((1 - b.tokens) / l.rate * float64(time.Second))
	}
	b.tokens--
	l.keep(addr, b, now)
	return true, 0
}

// charge takes further tokens for a guess that missed, at most until the address
// owes a full bucket.
func (l *limiter) charge(addr netip.Addr, cost float64, now time.Time) {
	addr = subscriber(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.full(addr, now)
	b.tokens = max(b.tokens-cost, -l.burst)
	l.keep(addr, b, now)
}

// full is the bucket as it has filled until now.
func (l *limiter) full(addr netip.Addr, now time.Time) bucket {
	b, known := l.buckets[addr]
	if !known {
		return bucket{l.burst, now}
	}
	passed := max(0, now.Sub(b.at).Seconds())
	return bucket{math.Min(l.burst, b.tokens+passed*l.rate), now}
}

// keep stores a bucket. When the table is full those that have filled up are
// forgotten; if that leaves little room, a quarter of the others too, so that
// sweeping stays rare.
func (l *limiter) keep(addr netip.Addr, b bucket, now time.Time) {
	if _, known := l.buckets[addr]; !known && len(l.buckets) >= l.most {
		for other := range l.buckets {
			if l.full(other, now).tokens >= l.burst {
				delete(l.buckets, other)
			}
		}
		for other := range l.buckets {
			if len(l.buckets) <= l.most*3/4 {
				break
			}
			delete(l.buckets, other)
		}
	}
	l.buckets[addr] = b
}

// subscriber is what one household or office has: an IPv4 address, or the /64 of
// an IPv6 address.
func subscriber(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

// clientAddr is the address a request came from: the last one in
// X-Forwarded-For that is no proxy of ours, when the peer is one.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusts(trusted, addr); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = before.Unmap()
	}
	return addr
}

func trusts(trusted []netip.Prefix, addr netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
