package rehearsal

import (
	"testing"

	"notify1022/escalation"
)

func TestEachCheckFindsWhatItIsThereToFind(t *testing.T) {
	due := micro(at("16/11 10:00").UnixMicro())
	petition := escalation.Petition{ID: 1, Code: "HP261116-0001", Status: escalation.Forwarded}
	tests := []struct {
		name  string
		wrong func(*evidence) []string
		ev    evidence
	}{
		{"a silent petition", (*evidence).silent, evidence{petitions: []escalation.Petition{petition}}},
		{"a rung that fired early", (*evidence).punctual, evidence{rungs: []step{{Petition: 1, Name: escalation.RungHead, Due: due, State: escalation.Fired, FiredAt: due - 1}}}},
		{"a rung that fired twice", (*evidence).once, evidence{
			rungs:     []step{{Petition: 1, Name: escalation.RungHead, Due: due, State: escalation.Fired, FiredAt: due}},
			timelines: map[int64][]escalation.Entry{1: {{Action: "rung:head"}, {Action: "rung:head"}}}}},
		{"a rung that fired unseen", (*evidence).once, evidence{rungs: []step{{Petition: 1, Name: escalation.RungHead, State: escalation.Fired}}}},
		{"a text without an outcome", (*evidence).outcomes, evidence{messages: []sent{{State: escalation.Accepted}}}},
		{"a failure nobody passed on", (*evidence).outcomes, evidence{messages: []sent{{State: escalation.Failed}}}},
		{"a citizen's name in a text", (*evidence).privacy, evidence{private: []string{folded("Nguyễn Thị An")},
			handsets: map[string][]received{"+84570000101": {{text: "PAKN cua NGUYEN THI AN"}}}}},
		{"a secret in a text", (*evidence).secrecy, evidence{
			petitions: []escalation.Petition{{ID: 1, Confidential: true, Content: "Trường thu tiền quỹ không có biên lai."}},
			messages:  []sent{{Petition: 1, Text: "PAKN: Truong thu tien quy khong..."}}}},
		{"a text of two segments", (*evidence).oneSegment, evidence{handsets: map[string][]received{"+84570000101": {{coding: "gsm7", segments: 2}}}}},
		{"an accented text", (*evidence).oneSegment, evidence{handsets: map[string][]received{"+84570000101": {{coding: "ucs2", segments: 1}}}}},
		{"a text that came twice", (*evidence).noDoubles, evidence{messages: []sent{{Phone: "+84570000101", Text: "a", State: escalation.Delivered}},
			handsets: map[string][]received{"+84570000101": {{text: "a"}, {text: "a"}}}}},
		{"a text that never came", (*evidence).noDoubles, evidence{messages: []sent{{Phone: "+84570000101", Text: "a", State: escalation.Delivered}}}},
		{"a real number", (*evidence).fictional, evidence{handsets: map[string][]received{"+84912345678": nil}}},
		{"a verb never used", (*evidence).verbs, evidence{}},
		{"a broken chain", (*evidence).chains, evidence{petitions: []escalation.Petition{petition}, timelines: map[int64][]escalation.Entry{1: {{Seq: 1, Hash: "x"}}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if len(tt.wrong(&tt.ev)) == 0 {
				t.Error("was not found")
			}
		})
	}
}

func TestAFailedExpectationFailsTheRun(t *testing.T) {
	r := &Report{notes: []string{"a: b"}, checks: []check{{"c", []string{"d"}}, {"e", nil}}}
	if got := r.Failed(); len(got) != 2 || got[0] != "a: b" || got[1] != "c: d" {
		t.Errorf("failed: %q", got)
	}
}

func TestASceneThatBreaksOffLeavesTheOthersTheirTurns(t *testing.T) {
	h := newHouse(t)
	told := []string{}
	report, err := play(t.Context(), h.Service, []story{
		{"a", func(s *scene) {
			s.at("16/11 08:00")
			told = append(told, "a")
			p := s.record(1)
			p.by(operator, &escalation.Publish{}) // refused: there is no result
			told = append(told, "never")
		}},
		{"b", func(s *scene) {
			s.at("16/11 09:00")
			told = append(told, "b")
		}},
	})
	fatal(t, err)
	if len(told) != 2 || told[0] != "a" || told[1] != "b" {
		t.Errorf("told %v", told)
	}
	if len(report.notes) != 1 {
		t.Errorf("notes: %q", report.notes)
	}
}
