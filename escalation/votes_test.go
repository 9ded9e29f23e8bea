package escalation

import "testing"

func TestVotesAreReadAsTheyAreWritten(t *testing.T) {
	for text, v := range map[string]Votes{"": {}, "3 0 0 0 0 0": {3}, "12 1 0 4096 0 7": {12, 1, 0, 4096, 0, 7}} {
		got, err := ParseVotes(text)
		if err != nil || got != v || v.String() != text {
			t.Errorf("%q is %v (%v) and written %q", text, got, err, v.String())
		}
	}
	for _, text := range []string{"1 2 3", "a", "1 2 3 4 5 x"} {
		if v, err := ParseVotes(text); err == nil {
			t.Errorf("%q is read as %v", text, v)
		}
	}
	v := Votes{2, 0, 0, 1, 0, 3}
	v.Add(Votes{1, 0, 0, 0, 1, 0}, 2)
	if v != (Votes{4, 0, 0, 1, 2, 3}) || v.All() != 10 || v.Given() != 6 || v.Sum() != 26 {
		t.Errorf("%v: %d, %d given, sum %d", v, v.All(), v.Given(), v.Sum())
	}
}

// A merged petition's citizen has the answer of the other one, and a vote on it (Đ11.2).
func TestFactsCountTheVotesOfFollowers(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	child, silent, parent := w.accept(lamp()).Code, w.accept(lamp()).Code, w.accept(lamp()).Code
	for _, code := range []string{child, silent} {
		w.code = code
		w.do(operator, &Merge{Into: parent})
	}
	w.code = parent
	last := func() Fact {
		facts := Facts(*w.petition(), w.calendars())
		return facts[len(facts)-1]
	}
	w.do(operator, &Forward{Unit: "XD"})
	if f := last(); f.Followers.All() != 0 {
		t.Errorf("without an answer there is nothing to vote on: %v", f.Followers)
	}
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	w.do(citizen, &Rate{Score: 2, For: child})
	w.do(citizen, &Rate{Score: 4, Service: 5, For: child})
	if f := last(); f.Score != 0 || f.Followers != (Votes{1, 0, 0, 0, 1, 0}) || f.FollowersOn1022 != (Votes{1, 0, 0, 0, 0, 1}) {
		t.Errorf("score %d, followers %v, on 1022 %v", f.Score, f.Followers, f.FollowersOn1022)
	}
	w.do(operator, &Reopen{Reason: "đèn vẫn tắt"})
	facts := Facts(*w.petition(), w.calendars())
	if len(facts) != 2 || facts[0].Followers.Given() != 1 || facts[1].Followers.All() != 0 {
		t.Errorf("a new course has no vote yet, the one before keeps its own: %+v", facts)
	}
}
