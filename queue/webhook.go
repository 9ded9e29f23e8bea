package queue

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Deliveries are events that wait for their receivers.
type Deliveries interface {
	// ClaimDeliveries takes the next event of each of up to limit receivers that may be
	// sent to now. A receiver is given to nobody else until the end of its event is noted,
	// or its sender has been silent for a minute.
	ClaimDeliveries(ctx context.Context, limit int) ([]Delivery, error)
	// EndDelivery notes what an attempt came to, and gives its receiver free.
	EndDelivery(ctx context.Context, e DeliveryEnd) error
}

// Delivery is one event for one receiver.
type Delivery struct {
	ID       int64
	Receiver int64
	Claim    int64 // goes back with its end
	URL      string
	Secret   string
	Event    string
	Key      string // the receiver tells a repetition by it
	Body     string // JSON
	Attempts int    // before this one
	Failures int    // attempts for the receiver that failed since one succeeded
}

// DeliveryEnd is what an attempt came to.
type DeliveryEnd struct {
	Delivery
	Status    int           // of HTTP; 0: no answer
	Failure   string        // empty: delivered
	Pause     time.Duration // nothing is sent to the receiver for so long
	Behind    time.Duration // others go ahead of this event for so long; 0: it keeps its place
	GiveUp    bool          // this event has failed for good
	GiveUpAll bool          // and all that wait for the receiver
}

// Courier sends events to their receivers: to each one at a time, in the order in which
// they happened, to several beside each other.
//
// What is not answered 2xx keeps its receiver waiting, with all its events: 2 s, then twice
// as long each time up to an hour. An event that has failed five times lets others pass, so
// that one which the receiver cannot take holds up the rest for a minute or so. After 35
// attempts, about a day, an event is given up; after as many without a success for the
// receiver, everything that waits for it.
type Courier struct {
	deliveries Deliveries
	client     *http.Client
	log        *slog.Logger
	now        func() time.Time
}

const (
	courierEach     = time.Second
	courierBeside   = 8                // receivers at a time
	courierTimeout  = 10 * time.Second // and as long to note the end: well inside a minute
	courierFirst    = 2 * time.Second
	courierMost     = time.Hour
	courierInOrder  = 5
	courierAttempts = 35
	courierAnswer   = 64 << 10
)

// NewCourier returns a courier. It follows no redirect: the address that an
// administrator entered is the one that is asked.
func NewCourier(d Deliveries, log *slog.Logger) *Courier {
	return &Courier{deliveries: d, log: log, now: time.Now, client: &http.Client{Timeout: courierTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Run sends until the context ends. It looks for events each second, and whenever one has
// come to its end.
func (c *Courier) Run(ctx context.Context) error {
	var sending sync.WaitGroup
	defer sending.Wait()
	tick := time.NewTicker(courierEach)
	defer tick.Stop()
	ended := make(chan struct{}, courierBeside)
	for free := courierBeside; ; {
		for _, d := range c.claim(ctx, free) {
			free--
			sending.Go(func() {
				c.deliver(ctx, d)
				ended <- struct{}{}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ended:
			free++
		case <-tick.C:
		}
	}
}

// claim takes events for so many receivers; none when they cannot be read.
func (c *Courier) claim(ctx context.Context, receivers int) []Delivery {
	if receivers == 0 {
		return nil
	}
	list, err := c.deliveries.ClaimDeliveries(ctx, receivers)
	if err != nil && ctx.Err() == nil {
		c.log.Warn("webhook events cannot be read", "err", err)
	}
	return list
}

func (c *Courier) deliver(ctx context.Context, d Delivery) {
	status, err := c.send(ctx, d)
	end := endOf(d, status, err)
	if end.GiveUpAll {
		c.log.Warn("a webhook has taken no event for a day; what waits for it is given up", "webhook", d.Receiver)
	}
	call, cancel := finish(ctx, courierTimeout)
	defer cancel()
	if err := c.deliveries.EndDelivery(call, end); err != nil {
		c.log.Warn("the end of a webhook event was not noted; it may be sent again", "event", d.Event, "err", err)
	}
}

// endOf says what follows from an attempt.
func endOf(d Delivery, status int, err error) DeliveryEnd {
	end := DeliveryEnd{Delivery: d, Status: status}
	if err == nil {
		return end
	}
	end.Failure = err.Error()
	end.Pause = backoff(courierFirst, courierMost, d.Failures)
	if d.Attempts+1 >= courierInOrder {
		end.Behind = backoff(courierFirst, courierMost, d.Attempts)
	}
	end.GiveUp = d.Attempts+1 >= courierAttempts
	end.GiveUpAll = d.Failures+1 >= courierAttempts
	return end
}

// send posts one event. The receiver proves it by the signature over the instant and
// the body, and refuses an old instant.
func (c *Courier) send(ctx context.Context, d Delivery) (int, error) {
	body, err := json.Marshal(map[string]any{"event": d.Event, "id": d.Event + "/" + d.Key, "data": json.RawMessage(d.Body)})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("address: %w", err)
	}
	at := strconv.FormatInt(c.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Notify1022-Event", d.Event)
	r.Header.Set("Notify1022-Signature", "t="+at+",v1="+Signature(d.Secret, at, body))
	answer, err := c.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, courierAnswer)) // the connection is used again
	if answer.StatusCode/100 != 2 {
		return answer.StatusCode, fmt.Errorf("answered %d", answer.StatusCode)
	}
	return answer.StatusCode, nil
}

// Signature is HMAC-SHA256 over the instant (seconds since 1970), a dot and the body,
// in hexadecimal.
func Signature(secret, at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
