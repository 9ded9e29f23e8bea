package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// hanoi is where instants are read back: Vietnam has kept +07:00 since 1975.
var hanoi = time.FixedZone("+07", 7*60*60)

// micros is how an instant is stored: microseconds since 1970 UTC, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant reads a stored instant.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).In(hanoi)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// wire makes text from outside fit for a TEXT column: valid UTF-8 without NUL,
// which PostgreSQL refuses. The raw octets are stored beside it.
func wire(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func fromJSON(s string, v any) error {
	if err := json.Unmarshal([]byte(s), v); err != nil {
		return fmt.Errorf("stored JSON: %w", err)
	}
	return nil
}
