package escalation

import "time"

// TaskKind is what somebody of the hotline is asked to do.
type TaskKind string

// Kinds of tasks.
const (
	TaskCall        TaskKind = "call"        // call an officer
	TaskContact     TaskKind = "contact"     // reach a citizen who cannot be texted
	TaskUnreachable TaskKind = "unreachable" // nobody of a role can be reached
	TaskPublish     TaskKind = "publish"     // check and publish a result
	TaskConfirm     TaskKind = "confirm"     // decide: a return, a promised time, a person's leave
	TaskIntake      TaskKind = "intake"      // an undecided intake or a draft from an SMS
)

// Task is one entry of the operators' list. Key is unique among open tasks: the
// same task asked for twice is one.
type Task struct {
	ID         int64     `json:"id"`
	Key        string    `json:"-"`
	Kind       TaskKind  `json:"kind"`
	PetitionID int64     `json:"-"`
	Petition   string    `json:"petition,omitempty"` // code
	Contact    int64     `json:"contact,omitempty"`
	Text       string    `json:"text"`
	For        Role      `json:"for"`
	OpenedAt   time.Time `json:"opened_at"`
	Due        time.Time `json:"due,omitzero"`
	DoneAt     time.Time `json:"done_at,omitzero"`
	DoneBy     string    `json:"done_by,omitempty"`
	Outcome    string    `json:"outcome,omitempty"`
}
