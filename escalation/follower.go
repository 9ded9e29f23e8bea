package escalation

// Whoever made a petition that was merged into another follows that one: hears
// of it, and rates and disputes its answer. What a follower says is kept beside
// what the petition's own citizen says, never in its place.

// Followed returns the follower with the petition code, nil when there is none.
func (p *Petition) Followed(code string) *Follower {
	for i := range p.Followers {
		if code != "" && p.Followers[i].Code == code {
			return &p.Followers[i]
		}
	}
	return nil
}

// MostMerges bounds the way from a merged petition to the one that is dealt with.
const MostMerges = 20

// FollowersLine is how a line of the timeline begins that tells what a follower said.
func FollowersLine(code string) string { return "người dân của " + code + " " }

// unsay takes the words of a follower's votes out of the petition, which keeps the scores;
// false: there are none.
func (p *Petition) unsay(code string) (unsaid bool) {
	if f := p.Followed(code); f != nil && f.Rating != nil && f.Rating.Comment != "" {
		f.Rating, unsaid = copyOf(f.Rating), true
		f.Rating.Comment = ""
	}
	for i := range p.Ratings {
		if r := &p.Ratings[i]; r.Of == code && r.Comment != "" {
			r.Comment, unsaid = "", true
		}
	}
	return unsaid
}
