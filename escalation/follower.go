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
