package escalation

// ApplyMerge makes the child follow the parent (field failure 32): the child's
// ladder ends in the same transaction, its citizen hears so, and gets the
// parent's texts from now on. The first change is the child's.
func ApplyMerge(child, parent Petition, cmd Merge, actor Actor, env Env) ([]Change, error) {
	c := &change{env: env, actor: actor}
	next := child.clone()
	c.p = &next
	if err := c.permitted(VerbMerge); err != nil {
		return nil, err
	}
	if child.Status.Ended() || child.Status == Published || child.Status == Resolved {
		return nil, c.wrongStatus()
	}
	if parent.Status == Published || parent.Status.Ended() { // its citizens have had their answer
		return nil, invalid("into", "phản ánh %s đang ở trạng thái %s, không gộp vào được", parent.Code, parent.Status.Label())
	}
	follow := parent.clone()
	pc := &change{p: &follow, env: env, actor: actor}
	if err := pc.permitted(VerbMerge); err != nil {
		return nil, err
	}
	followers := next.Followers
	c.mergeInto(&follow)
	pc.follow(&next, followers)
	return []Change{c.done(child), pc.done(parent)}, nil
}

// apply is not used: a merge needs both petitions and goes through ApplyMerge.
func (cmd *Merge) apply(c *change) error {
	return invalid("into", "chưa nêu phản ánh để gộp vào")
}

func (c *change) mergeInto(parent *Petition) {
	c.decided()
	c.p.Status, c.p.MergedInto = Merged, parent.Code
	c.endSlips("merged", true, "đã gộp vào "+parent.Code)
	c.end("merged")
	c.suppress("đã gộp", 0, ClassRecorded, ClassProgress)
	c.entry(string(VerbMerge), "gộp vào "+parent.Code)
	vars := map[string]string{"don_vi": (&change{p: parent, env: c.env}).unitName()}
	c.citizen("C11", ClassDecision, Rung{Round: c.round()}, vars)
	c.p.Followers = nil // they follow the parent now
}

// follow adds the child and whoever followed it.
func (c *change) follow(child *Petition, others []Follower) {
	c.p.Followers = append(c.p.Followers, Follower{
		ID: child.ID, Code: child.Code, Token: child.Token, Organisation: child.Citizen.Organisation,
		NoText: !c.env.Numbering.Textable(child.Citizen.Phone), HasEmail: child.Citizen.Email != "",
	})
	c.p.Followers = append(c.p.Followers, others...)
	c.entry(string(VerbMerge), "nhận "+child.Code+" gộp vào")
}
