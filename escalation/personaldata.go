package escalation

import (
	"cmp"
	"strings"
	"time"
)

// PersonalData is everything that is kept about one phone number, as its owner may get
// it: what others wrote about their own matters is not in it.
type PersonalData struct {
	Phone      string             `json:"phone"`
	At         time.Time          `json:"at"` // when it was put together
	Petitions  []PersonalPetition `json:"petitions"`
	Received   []PersonalText     `json:"texts_received"` // from the number
	Others     []PersonalText     `json:"texts_sent"`     // to the number, about no petition of its own; without words where they are about others
	Contacts   []PersonalContact  `json:"contacts"`       // where the number is an officer's
	Unwanted   Unwanted           `json:"unwanted"`
	Requests   []PersonalAsked    `json:"requests"`
	Incomplete bool               `json:"incomplete"` // there is more than one export holds
	// Withheld counts denunciations, which no export shows; for the administrator alone.
	Withheld int `json:"-"`
}

// PersonalPetition is one petition of the number's owner.
type PersonalPetition struct {
	ID         int64          `json:"-"`
	Code       string         `json:"code"`
	Status     Status         `json:"status"`
	Label      string         `json:"status_label"`
	Citizen    Citizen        `json:"citizen"`
	Channel    Channel        `json:"channel"`
	Kind       int            `json:"kind"`
	Field      string         `json:"field"`
	Area       string         `json:"area"`
	Content    string         `json:"content"`
	ReceivedAt time.Time      `json:"received_at"`
	ClosedAt   time.Time      `json:"closed_at,omitzero"`
	Answer     string         `json:"answer,omitempty"` // published, or given directly
	Rating     *Rating        `json:"rating,omitempty"`
	Steps      []PersonalStep `json:"steps"`
	Texts      []PersonalText `json:"texts"`
	Files      []PersonalFile `json:"files,omitempty"`
	// Held says why it is not erased now; empty: it may be.
	Held string `json:"held,omitempty"`
}

// PersonalStep is a line of the timeline. The hotline's and the units' people are named
// by their role alone; the citizen's own words are whole.
type PersonalStep struct {
	At   time.Time `json:"at"`
	Role Role      `json:"role"`
	Text string    `json:"text"`
	Own  string    `json:"own,omitempty"` // what the citizen wrote
}

// PersonalText is one text.
type PersonalText struct {
	At       time.Time    `json:"at"`
	Template string       `json:"template,omitempty"`
	Text     string       `json:"text"`
	State    MessageState `json:"state,omitempty"`
}

// PersonalFile is a file that belongs to a petition.
type PersonalFile struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Type string    `json:"type"`
	Size int64     `json:"size"`
}

// PersonalContact is an entry of the directory.
type PersonalContact struct {
	Unit  string `json:"unit"`
	Role  Role   `json:"role"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// PersonalAsked is an earlier request of the same number.
type PersonalAsked struct {
	Kind       PersonalKind    `json:"kind"`
	ReceivedAt time.Time       `json:"received_at"`
	Due        time.Time       `json:"due"`
	DoneAt     time.Time       `json:"done_at,omitzero"`
	Outcome    PersonalOutcome `json:"outcome,omitempty"`
	Answer     string          `json:"answer,omitempty"`
}

// PersonalOf is a petition as its citizen may have it.
func PersonalOf(p Petition, timeline []Entry) PersonalPetition {
	out := PersonalPetition{
		ID: p.ID, Code: p.Code, Status: p.Status, Label: p.Status.Label(), Citizen: p.Citizen, Channel: p.Channel, Kind: p.Kind, Field: p.Field,
		Area: p.Area, Content: p.Content, ReceivedAt: p.ReceivedAt, ClosedAt: p.ClosedAt, Answer: p.Published, Rating: p.Rating, Held: p.Held(),
	}
	if out.Answer == "" {
		out.Answer = p.Answer
	}
	for _, e := range timeline {
		step := PersonalStep{At: e.At, Role: e.Role, Text: e.Text}
		if words, person := acts[e.Action]; person && e.Role != CitizenRole {
			step.Text = words // a line may name an officer
		}
		if e.Role == CitizenRole || e.Action == string(VerbAccept) {
			step.Own = e.Private
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// Follow adds what the citizen of a petition that was merged said of the one that it was
// merged into: the vote on its answer, and the citizen's own lines of its timeline.
func (p *PersonalPetition) Follow(code string, into Petition, timeline []Entry) {
	if f := into.Followed(code); f != nil {
		p.Rating = f.Rating
		p.Answer = cmp.Or(into.Published, into.Answer, p.Answer)
	}
	for _, e := range timeline {
		if strings.HasPrefix(e.Text, FollowersLine(code)) {
			p.Steps = append(p.Steps, PersonalStep{At: e.At, Role: e.Role, Text: e.Text, Own: e.Private})
		}
	}
}
