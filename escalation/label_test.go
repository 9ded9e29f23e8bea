package escalation

import "testing"

// labelled checks that each value has words of its own.
func labelled[V interface {
	~string
	Label() string
}](t *testing.T, values []V) {
	t.Helper()
	seen := map[string]V{}
	for _, v := range values {
		label := v.Label()
		if other, twice := seen[label]; twice || label == string(v) && v != "" {
			t.Errorf("%q is called %q, as %q", v, label, other)
		}
		seen[label] = v
	}
}

func TestWhatPeopleReadHasWordsForEveryValue(t *testing.T) {
	labelled(t, append(ContactRoles(), Officer, CitizenRole, System))
	labelled(t, []Channel{ByPhone, ByWeb, ByEmail, ByFacebook, BySMS, ByConsole, ByAPI, BySlipPage, BySystem})
	labelled(t, UnitKinds())
	labelled(t, ReportChannels())
	labelled(t, ReportEaches())
	labelled(t, append(Verbs(), VerbAccept, VerbAskCall))
	for r, want := range map[Role]string{Focal: "cán bộ đầu mối", Office: "Văn phòng UBND thành phố", ShiftLead: "trưởng ca"} {
		if got := r.title(); got != want {
			t.Errorf("%s is %q in a sentence, want %q", r, got, want)
		}
	}
}
