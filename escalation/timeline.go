package escalation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Entry is one line of a petition's timeline. The timeline only grows; each
// entry's hash covers the one before it, so a change or a gap shows.
type Entry struct {
	PetitionID int64     `json:"-"`
	Seq        int       `json:"seq"` // 1, 2, … within the petition
	At         time.Time `json:"at"`  // the instant the act counts from
	Actor      string    `json:"actor"`
	// Account is the name its author signs in with; empty: not at the console. The hash
	// does not cover it.
	Account  string  `json:"-"`
	Role     Role    `json:"role"`
	Channel  Channel `json:"channel"`
	Action   string  `json:"action"` // a verb, or rung:<name>, notice:<template>, …
	Text     string  `json:"text"`   // no personal data
	Status   Status  `json:"status"`
	Policy   string  `json:"policy"`
	Calendar string  `json:"calendar"`
	// Private is text that may hold personal data. It lives in an erasable row;
	// the chain covers only its salted digest.
	Private string `json:"private,omitempty"`
	Salt    string `json:"-"`
	Digest  string `json:"digest,omitempty"`
	Hash    string `json:"hash"`
}

// seal fills in the digest of the private text and the hash over the entry and
// the hash before it.
func (e *Entry) seal(before string) {
	if e.Private != "" {
		e.Digest = digest(e.Salt, e.Private)
	}
	e.Hash = e.chained(before)
}

func (e Entry) chained(before string) string {
	fields := []string{before, fmt.Sprint(e.Seq), e.At.UTC().Format(time.RFC3339Nano), e.Actor, string(e.Role),
		string(e.Channel), e.Action, e.Text, string(e.Status), e.Policy, e.Calendar, e.Digest}
	sum := sha256.New()
	for _, f := range fields {
		fmt.Fprintf(sum, "%d:%s", len(f), f)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func digest(salt, text string) string {
	sum := sha256.Sum256([]byte(salt + "\x00" + text))
	return hex.EncodeToString(sum[:])
}

// VerifyChain checks that the entries are whole and unchanged. Private texts may
// have been erased; one that is there must match its digest.
func VerifyChain(entries []Entry) error {
	before := ""
	for i, e := range entries {
		switch {
		case e.Seq != i+1:
			return fmt.Errorf("timeline entry %d: expected number %d", e.Seq, i+1)
		case e.Private != "" && e.Salt != "" && digest(e.Salt, e.Private) != e.Digest:
			return fmt.Errorf("timeline entry %d: the private text is not the one that was recorded", e.Seq)
		case e.chained(before) != e.Hash:
			return fmt.Errorf("timeline entry %d: the hash does not fit", e.Seq)
		}
		before = e.Hash
	}
	return nil
}

// ClockText prints an instant the way texts do: 14h05 25/11.
func ClockText(t time.Time) string {
	local := t.In(hanoi())
	return fmt.Sprintf("%dh%02d %d/%d", local.Hour(), local.Minute(), local.Day(), int(local.Month()))
}

// HourText prints an instant's time of day: 16h00.
func HourText(t time.Time) string {
	local := t.In(hanoi())
	return fmt.Sprintf("%dh%02d", local.Hour(), local.Minute())
}

// SpanText prints working time left: 5h30, 45 phút.
func SpanText(d time.Duration) string {
	if d < 0 {
		d = 0
	}
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours == 0:
		return fmt.Sprintf("%d phút", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d giờ", hours)
	}
	return strings.TrimSpace(fmt.Sprintf("%dh%02d", hours, minutes))
}
