package smpp

import (
	"encoding/binary"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// MessageState is the state of a submitted message (SMPP 3.4 §5.2.28).
type MessageState uint8

// The states of SMPP 3.4 §5.2.28. StateNone means that a receipt named none.
const (
	StateNone          MessageState = 0
	StateEnroute       MessageState = 1
	StateDelivered     MessageState = 2
	StateExpired       MessageState = 3
	StateDeleted       MessageState = 4
	StateUndeliverable MessageState = 5
	StateAccepted      MessageState = 6
	StateUnknown       MessageState = 7
	StateRejected      MessageState = 8
)

// stateNames are the words of a receipt's text (SMPP 3.4 appendix B).
var stateNames = [...]string{
	StateNone: "", StateEnroute: "ENROUTE", StateDelivered: "DELIVRD", StateExpired: "EXPIRED",
	StateDeleted: "DELETED", StateUndeliverable: "UNDELIV", StateAccepted: "ACCEPTD",
	StateUnknown: "UNKNOWN", StateRejected: "REJECTD",
}

// String is the word of a receipt's text, for example "DELIVRD".
func (s MessageState) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// Final reports a state that no later receipt changes.
func (s MessageState) Final() bool {
	switch s {
	case StateDelivered, StateExpired, StateDeleted, StateUndeliverable, StateRejected:
		return true
	}
	return false
}

// Failed reports a final state in which the message did not arrive.
func (s MessageState) Failed() bool { return s.Final() && s != StateDelivered }

// Receipt is what an SMSC says about a message that it accepted earlier.
type Receipt struct {
	MessageID    string       // as the SMSC wrote it; see SameMessageID
	State        MessageState // StateNone when neither TLV nor text names one
	Err          string       // "err:" of the text; "" if none
	NetworkError *[3]byte     // TLV network_error_code: network type, code; nil if absent
	SubmitDate   time.Time    // zero if absent or unreadable; the SMSC's wall clock, read as UTC
	DoneDate     time.Time    // same
	Text         string       // start of the message as the SMSC cites it
}

// ParseReceipt reads a receipt: the TLVs receipted_message_id, message_state
// and network_error_code first, the text of SMPP 3.4 appendix B for what they
// leave open, whatever its case, order, spaces and length. ok is false when d
// is no receipt or names neither message nor state.
func ParseReceipt(d Deliver) (r Receipt, ok bool) {
	if !d.IsReceipt() {
		return Receipt{}, false
	}
	r.readText(receiptText(d))
	if v, found := d.TLV(TagReceiptedMessageID); found {
		if id := messageID(v); id != "" {
			r.MessageID = id
		}
	}
	if v, found := d.TLV(TagMessageState); found && len(v) == 1 {
		if s := MessageState(v[0]); s != StateNone && s <= StateRejected {
			r.State = s
		}
	}
	if v, found := d.TLV(TagNetworkErrorCode); found && len(v) == 3 {
		r.NetworkError = (*[3]byte)(slices.Clone(v))
	}
	return r, r.MessageID != "" || r.State != StateNone
}

// receiptText is ASCII on every SMSC but those that send all as UCS-2. Some
// close it with a NUL.
func receiptText(d Deliver) string {
	return strings.TrimRight(receiptCharacters(d), "\x00")
}

func receiptCharacters(d Deliver) string {
	b := d.Content()
	if d.DataCoding&0x0C != 0x08 || len(b)%2 != 0 {
		return string(b)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// receiptKeys are the words before a colon, in the spellings met.
var receiptKeys = []string{
	"id", "sub", "dlvrd", "submit date", "submit_date", "submitdate",
	"done date", "done_date", "donedate", "stat", "err", "text",
}

func (r *Receipt) readText(text string) {
	for text != "" {
		key, rest, found := nextKey(text)
		if !found {
			return
		}
		value := rest
		if key != "text" {
			value = firstWord(rest)
		}
		r.set(key, value)
		if key == "text" { // the rest is what somebody wrote
			return
		}
		text = rest
	}
}

func (r *Receipt) set(key, value string) {
	switch key {
	case "id":
		r.MessageID = value
	case "stat":
		r.State = stateOf(value)
	case "err":
		r.Err = value
	case "text":
		r.Text = strings.TrimPrefix(value, " ")
	case "submit date":
		r.SubmitDate = receiptDate(value)
	case "done date":
		r.DoneDate = receiptDate(value)
	}
}

// receiptSpace is what stands between the fields: a space, where SMSCs do not
// write lines.
const receiptSpace = " \t\r\n"

// firstWord is a field's value, "" when the next key follows at once.
func firstWord(text string) string {
	text = strings.TrimLeft(text, receiptSpace)
	if _, _, empty := keyAt(text); empty {
		return ""
	}
	if end := strings.IndexAny(text, receiptSpace); end >= 0 {
		return text[:end]
	}
	return text
}

// nextKey finds the first "key:" at the start of a word and returns it in its
// first spelling with what follows.
func nextKey(text string) (key, rest string, found bool) {
	for at := 0; at < len(text); at++ {
		if at > 0 && strings.IndexByte(receiptSpace, text[at-1]) < 0 {
			continue
		}
		if key, rest, found = keyAt(text[at:]); found {
			return key, rest, true
		}
	}
	return "", "", false
}

// keyAt reads a "key:" that text begins with, spaces before the colon allowed.
func keyAt(text string) (key, rest string, found bool) {
	for _, k := range receiptKeys {
		if len(text) <= len(k) || !strings.EqualFold(text[:len(k)], k) {
			continue
		}
		after := strings.TrimLeft(text[len(k):], " ")
		if strings.HasPrefix(after, ":") {
			return plainKey(k), after[1:], true
		}
	}
	return "", "", false
}

func plainKey(k string) string {
	switch k {
	case "submit_date", "submitdate":
		return "submit date"
	case "done_date", "donedate":
		return "done date"
	}
	return k
}

// stateOf reads a stat word, cut or spelled out. "DEL" alone could be two
// states and is none.
func stateOf(word string) MessageState {
	w := strings.ToUpper(word)
	if len(w) < 3 || w == "DEL" {
		return StateNone
	}
	prefixes := []struct {
		prefix string
		state  MessageState
	}{
		{"DELI", StateDelivered}, {"DELE", StateDeleted}, {"ENR", StateEnroute}, {"EXP", StateExpired},
		{"UND", StateUndeliverable}, {"FAI", StateUndeliverable}, {"ACC", StateAccepted},
		{"UNK", StateUnknown}, {"REJ", StateRejected},
	}
	for _, p := range prefixes {
		if strings.HasPrefix(w, p.prefix) {
			return p.state
		}
	}
	return StateNone
}

// receiptDate reads YYMMDDhhmm, with seconds or a four-digit year where an
// SMSC writes them.
func receiptDate(v string) time.Time {
	layouts := map[int][]string{10: {"0601021504"}, 12: {"060102150405", "200601021504"}, 14: {"20060102150405"}}
	for _, l := range layouts[len(v)] {
		if t, err := time.Parse(l, v); err == nil {
			return t
		}
	}
	return time.Time{}
}

// SameMessageID reports whether a receipt's id names the message that was
// accepted under another spelling: letter case, leading zeros, and
// hexadecimal in one place and decimal in the other, which SMSCs mix.
func SameMessageID(a, b string) bool {
	return strings.EqualFold(a, b) || slices.Contains(MessageIDForms(a), MessageIDForms(b)[0])
}

// maxNumber is the length of the longest id that is read as a number: 64
// hexadecimal digits have 78 decimal ones.
const maxNumber = 80

// MessageIDForms are the spellings under which a store should look for an id:
// lower case without leading zeros as it is, read as hexadecimal and written
// in decimal, and the reverse. The first is the canonical one for storing.
func MessageIDForms(id string) []string {
	plain := strings.TrimLeft(strings.ToLower(strings.TrimSpace(id)), "0")
	if plain == "" && id != "" {
		plain = "0"
	}
	forms := []string{plain}
	if len(plain) > maxNumber || strings.HasPrefix(plain, "+") { // big.Int would read a sign
		return forms
	}
	if n, ok := new(big.Int).SetString(plain, 16); ok && n.Sign() > 0 {
		forms = append(forms, n.String())
	}
	if n, ok := new(big.Int).SetString(plain, 10); ok && n.Sign() > 0 {
		forms = append(forms, n.Text(16))
	}
	return forms
}

// ParseMessageState reads a state by the word of a receipt's text, in any
// case; "" is StateNone.
func ParseMessageState(word string) (MessageState, bool) {
	for s, n := range stateNames {
		if strings.EqualFold(n, word) {
			return MessageState(s), true
		}
	}
	return StateNone, false
}
