package escalation

import "time"

// Outgoing is an outbox row that a gateway has claimed: what goes on the air.
type Outgoing struct {
	ID       int64
	Petition int64
	Template string
	Rung     RungName          // of the petition's ladder, or what else asked for it
	Vars     map[string]string // {mtl} already filled in
	Lane     Lane
	Class    Class
	To       Recipient
	Phone    string // E.164
	Email    string // set when the row goes by email
	// Text is the rendered text, frozen at the first claim together with
	// TemplateVersion, or when it was queued (version 0: a wording that was tried); a
	// later attempt sends the same words.
	Text            string
	TemplateVersion int
	Coding          string // gsm7, ucs2
	Segments        int
	Attempts        int // claims before this one
	// Refusals counts the attempts before that were refused for now, Blamed those of
	// them that were the text's or its number's own fault. What was claimed and never
	// handed over is neither.
	Refusals, Blamed int
	// Proven lists the segments (1…) that are known to have gone out: only the
	// others are sent again.
	Proven            []int
	Carriers          []string // the accounts that took the segments of Proven
	Anew              bool     // set by who sends it: all of it goes again, since no handset would join the rest to Proven
	PossibleDuplicate bool
	Reference         uint16 // user_message_reference of its segments
	QueuedAt          time.Time
	Meant             time.Time // the domain instant at which it was to go
	LeaseUntil        time.Time
	Expires           time.Time // pointless after, by the domain's clock; zero: never
}

// Attempt numbers this claim among those of the row, from 1. An outcome carries it: who
// was away past the lease speaks of a claim that is not the row's any more.
func (m *Outgoing) Attempt() int { return m.Attempts + 1 }

// Refusal says of what a refusal for now speaks.
type Refusal uint8

const (
	RefusedText    Refusal = iota // this text or its number
	RefusedService                // the trouble is the other side's own: any text would be refused
	RefusedPace                   // fewer texts per second are asked for
	NotSubmitted                  // nobody was asked, nobody refused
)

// SegmentOutcome is what became of one submitted segment.
type SegmentOutcome struct {
	Message int64
	Segment int          // 1…; 0 with Queued: the row goes back, no segment of this claim was handed over
	Attempt int          // the claim it comes from, Outgoing.Attempt(); 0: not said, the latest is meant
	State   MessageState // Accepted, Failed (refused for good), Queued (refused for now), Unknown
	SMSC    string       // account
	SMSCID  string       // message_id
	Status  uint32       // command_status
	Anew    bool         // of Outgoing
	Error   string
	// RetryIn is for Queued: how long after it is stored the message may go again. A
	// span and no instant: the store's clock counts, not that of the gateway's host.
	RetryIn time.Duration
	Refusal Refusal // for Queued
	// Segments is in how many submits the whole message goes. Where they are fewer than
	// its segments on the air, as in a message_payload, the last one stands for the rest.
	Segments int
	// The row's counts with this outcome, where they have grown; see Outgoing.
	Refusals, Blamed int
}

// Part is one deliver_sm as it came, stored before it is answered.
type Part struct {
	SMSC       string
	From, To   string // as on the wire
	ESMClass   uint8
	DataCoding uint8
	Raw        []byte // short_message or message_payload with its UDH
	Ref        int    // concatenation; Total 0: a single text
	RefWidth   int
	Seq, Total int
	Text       string    // decoded text of this part
	ReadAt     time.Time // domain instant at which the PDU was read
}

// ReceiptNote is a delivery receipt as it came.
type ReceiptNote struct {
	SMSC   string
	SMSCID string
	State  MessageState // Delivered, Failed, Unknown (rejected, expired are Failed), Accepted (intermediate)
	Code   string       // the SMSC's word: DELIVRD, UNDELIV, …
	Error  string
	At     time.Time
	Raw    []byte
	// What proves a message whose answer, and with it the id, was lost.
	From      string // the recipient's number, as on the wire
	Reference uint16 // user_message_reference; 0: the SMSC does not repeat it
	Cites     string // the first characters of the text, as the SMSC cites them
}
