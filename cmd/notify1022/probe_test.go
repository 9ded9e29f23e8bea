package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
)

// probingHotline is a service that sends a probe each second.
func probingHotline(t *testing.T) *room {
	t.Helper()
	config := mustWrite(t, t.TempDir(), "config.yaml", fmt.Sprintf("listen: 127.0.0.1:0\ndatabase: %s\nprobe: {phone: \"0570000999\", every: 1s, patience: 1s}\n",
		storetest.SQLite(t)))
	r, _, _ := startServe(t, "--config", config)
	return r
}

func TestTheProbeGoesRoundByTheSimulatorsHandset(t *testing.T) {
	t.Parallel()
	r := probingHotline(t)
	(&hotline{t: t}).eventually("were two rounds answered", func() bool {
		rounds, err := r.Store.Probes(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		answered := 0
		for _, round := range rounds {
			if !round.Answered.IsZero() {
				answered++
			}
		}
		return answered >= 2
	})
	page, err := r.Store.ListPetitions(t.Context(), store.Filter{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("a probe's answer became a petition: %+v, %v", page.Items, err)
	}
}

func TestTheDoctorWarnsOfAProbesNumberThatIsSomebodysOfTheDirectory(t *testing.T) {
	t.Parallel()
	config := installation(t, "probe: {phone: '0570000999'}\n")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(filepath.Dir(config), "data", "n.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const warning = "warn  probe      probe.phone is also"
	save := func(id int64, to time.Time) int64 {
		t.Helper()
		ids, err := db.By(lead).SaveContacts(t.Context(), escalation.Contact{ID: id, Role: escalation.ShiftLead, Name: "Trưởng ca", Phone: "+84570000999", ValidTo: to})
		if err != nil {
			t.Fatal(err)
		}
		return ids[0]
	}
	id := save(0, time.Time{})
	if got := runCLI(t, "", "doctor", "--config", config); !strings.Contains(got.out, warning) {
		t.Errorf("%+v", got)
	}
	save(id, time.Now().AddDate(0, 0, -1))
	if got := runCLI(t, "", "doctor", "--config", config); strings.Contains(got.out, warning) {
		t.Errorf("of one who has left: %+v", got)
	}
}

func TestABrokenCircleIsToldByTheAuditor(t *testing.T) {
	t.Parallel()
	r := probingHotline(t)
	r.SMSC.SetFaults(smsc.Faults{ErrorRate: 1}) // nothing goes out any more
	redis, err := queue.OpenRedis("embedded")
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	a := auditor{db: r.Store, redis: redis, installation: "probe", probe: Probe{Phone: "0570000999", Every: "1s", Patience: "1s"}}
	(&hotline{t: t}).eventually("was the broken circle told", func() bool {
		found, err := a.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(found.Text(), "vòng kiểm tra tin nhắn bị đứt")
	})
}

func TestTheCircleIsJudgedByTheNewestRoundThatHadItsTime(t *testing.T) {
	now := time.Date(2026, 11, 16, 1, 0, 0, 0, time.UTC)
	ago := func(sent, took time.Duration) store.Probe {
		p := store.Probe{Sent: now.Add(-sent)}
		if took > 0 {
			p.Answered = p.Sent.Add(took)
		}
		return p
	}
	for name, c := range map[string]struct {
		rounds []store.Probe
		last   time.Duration // of the last answer; 0: none
		broken time.Duration // sent so long ago; 0: the circle is whole
	}{
		"none yet":             {nil, 0, 0},
		"answered":             {[]store.Probe{ago(time.Minute, 2*time.Second)}, 2 * time.Second, 0},
		"still has its time":   {[]store.Probe{ago(time.Minute, 0), ago(6*time.Minute, 4*time.Second)}, 4 * time.Second, 0},
		"one without":          {[]store.Probe{ago(time.Minute, 0), ago(6*time.Minute, 0), ago(11*time.Minute, time.Second)}, time.Second, 6 * time.Minute},
		"whole again":          {[]store.Probe{ago(time.Minute, time.Second), ago(6*time.Minute, 0)}, time.Second, 0},
		"from before a pause":  {[]store.Probe{ago(time.Hour, 0)}, 0, 0},
		"never, since a while": {[]store.Probe{ago(4*time.Minute, 0), ago(9*time.Minute, 0)}, 0, 4 * time.Minute},
	} {
		last, broken := circle(c.rounds, now, 5*time.Minute, 3*time.Minute)
		if took := last.Answered.Sub(last.Sent); took != c.last || broken.IsZero() != (c.broken == 0) || !broken.IsZero() && now.Sub(broken) != c.broken {
			t.Errorf("%s: last took %s, broken %s", name, took, broken)
		}
	}
}
