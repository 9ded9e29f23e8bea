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
	"time"
)

// Deliveries are events that wait for their receivers.
type Deliveries interface {
	// ClaimDeliveries takes up to limit events that may be sent now; one whose sender
	// dies is given out again after a minute.
	ClaimDeliveries(ctx context.Context, limit int) ([]Delivery, error)
	// EndDelivery notes what an attempt came to: failure empty: delivered; retry 0:
	// given up.
	EndDelivery(ctx context.Context, id int64, status int, failure string, retry time.Duration) error
}

// Delivery is one event for one receiver.
type Delivery struct {
	ID       int64
	URL      string
	Secret   string
	Event    string
	Key      string // the receiver tells a repetition by it
	Body     string // JSON
	Attempts int    // before this one
}

// Courier sends events to their receivers.
type Courier struct {
	deliveries Deliveries
	client     *http.Client
	log        *slog.Logger
	now        func() time.Time
}

const (
	courierEach     = time.Second
	courierBatch    = 20
	courierTimeout  = 10 * time.Second
	courierAttempts = 20 // with backoff up to an hour: more than half a day
	courierAnswer   = 64 << 10
)

// NewCourier returns a courier. It follows no redirect: the address that an
// administrator entered is the one that is asked.
func NewCourier(d Deliveries, log *slog.Logger) *Courier {
	return &Courier{deliveries: d, log: log, now: time.Now, client: &http.Client{Timeout: courierTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Run sends until the context ends.
func (c *Courier) Run(ctx context.Context) error {
	for sleep(ctx, courierEach) {
		for {
			list, err := c.deliveries.ClaimDeliveries(ctx, courierBatch)
			if err != nil {
				if ctx.Err() == nil {
					c.log.Warn("webhook events cannot be read", "err", err)
				}
				break
			}
			for _, d := range list {
				c.deliver(ctx, d)
			}
			if len(list) < courierBatch {
				break
			}
		}
	}
	return nil
}

func (c *Courier) deliver(ctx context.Context, d Delivery) {
	status, err := c.send(ctx, d)
	failure, retry := "", time.Duration(0)
	if err != nil {
		failure = err.Error()
		if d.Attempts+1 < courierAttempts {
			retry = backoff(2*time.Second, time.Hour, d.Attempts)
		}
	}
	call, cancel := finish(ctx, courierTimeout)
	defer cancel()
	if err := c.deliveries.EndDelivery(call, d.ID, status, failure, retry); err != nil {
		c.log.Warn("the end of a webhook event was not noted; it may be sent again", "event", d.Event, "err", err)
	}
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
