package rehearsal

import "slices"

// opening is when the story's clock starts: a Monday. Its second week has the
// holiday of Tuesday 24 November (Ngày Văn hóa Việt Nam).
const opening = "16/11 07:00" // Monday

// stories is the whole script. Each scene is told from top to bottom; all play on
// one clock.
func stories() []story {
	return slices.Concat(intakeStories(), unitStories(), ladderStories(), officeStories(), replyStories())
}
