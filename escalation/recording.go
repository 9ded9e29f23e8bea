package escalation

import (
	"fmt"
	"time"
)

// RecordingWish is a unit's wish to hear a petition's recordings (Đ10.1), which the shift
// lead grants for a time or refuses.
type RecordingWish struct {
	Petition int64
	Unit     string
	Reason   string // the unit's own words
	By       string
}

// RecordingTasks is how the keys of tasks about wishes begin: their text is somebody's
// own words and goes with the citizen.
const RecordingTasks = "recording/"

// TaskKey is the key of the task to decide the wish.
func (w RecordingWish) TaskKey() string {
	return fmt.Sprintf(RecordingTasks+"%d/%s", w.Petition, w.Unit)
}

// Task is the shift lead's task to decide the wish.
func (w RecordingWish) Task(now time.Time) Task {
	return Task{
		Key: w.TaskKey(), Kind: TaskConfirm, PetitionID: w.Petition, For: ShiftLead, OpenedAt: now,
		Text: w.By + " đề nghị nghe ghi âm: " + w.Reason,
	}
}

// RecordingDecided is the outcome of the task.
func RecordingDecided(granted bool) string {
	if granted {
		return "cho nghe"
	}
	return "không cho nghe"
}
