package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"notify1022/store"
)

var (
	printedCode  = regexp.MustCompile(`NHAN (\d{5,})`)
	petitionCode = regexp.MustCompile(`\bHP[0-9]{6}-[0-9]{4,}\b`)
)

func TestAPetitionGoesThroughTheWholeLadderOverSMPP(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-16T08:00") // Monday
	h.runUntil("2026-11-16T08:00:00+07:00")
	h.people()
	code := h.petition(false)

	slip := h.text(focalPhone, code, "NHAN")
	if slip.From != "8022" || slip.Coding != "gsm7" || slip.Segments != 1 || strings.Contains(slip.Text, "Thu") {
		t.Errorf("the slip is %+v", slip)
	}
	if c4 := h.text(citizenPhone, code); c4.From != "1022HP" {
		t.Errorf("the citizen's text comes from %s", c4.From)
	}
	mtl := printedCode.FindStringSubmatch(slip.Text)
	if mtl == nil {
		t.Fatalf("the slip prints no reply code: %s", slip.Text)
	}
	h.reply(focalPhone, "NHAN "+mtl[1])
	h.text(focalPhone, "da nhan PAKN "+code)

	h.runUntil("2026-11-17T08:00:00+07:00") // Tuesday: 8 working hours
	h.text(headPhone, code, "8 gio lam viec")
	if status := h.call(200, "GET", "/api/v1/petitions/"+code, nil)["status"]; status != "escalated" {
		t.Errorf("after 8 hours the petition is %v", status)
	}

	h.runUntil("2026-11-25T08:00:00+07:00") // Wednesday: 48 working hours, the 24th is a holiday
	h.text(officePhone, code, "qua han")
	if status := h.call(200, "GET", "/api/v1/petitions/"+code, nil)["status"]; status != "overdue" {
		t.Errorf("after 48 hours the petition is %v", status)
	}

	h.reply(focalPhone, "XONG "+mtl[1]+" Da thay bong den, den sang lai binh thuong")
	h.text(focalPhone, "da ghi nhan ket qua PAKN "+code)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{})
	c7 := h.text(citizenPhone, code, "da tra loi")
	if !strings.Contains(c7.Text, "1022.haiphong.gov.vn/t/") {
		t.Errorf("the result link is missing: %s", c7.Text)
	}
	h.isWhole(code)
}

func TestTheServiceAnswersItsProbesAndShowsItsMetrics(t *testing.T) {
	h := startHotline(t, "2026-11-16T08:00")
	h.eventually("ready", func() bool {
		answer, err := http.Get("http://" + h.room.Addr + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	h.eventually("bound", func() bool {
		return strings.Contains(mustGet(t, "http://"+h.room.Addr+"/metrics"), `notify1022_smpp_bound{smsc="tester"} 1`)
	})
	metrics := mustGet(t, "http://"+h.room.Addr+"/metrics")
	for _, want := range []string{"notify1022_redis_up", "go_goroutines"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

// field failure 51
func TestOnlyTestNumbersAreTextedOutsideProduction(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-16T08:00")
	id, err := queueByHand(h.ctx, h.room.Store, "+84912345678", "T1", alert())
	if err != nil {
		t.Fatal(err)
	}
	h.room.Posted()
	h.eventually("refused", func() bool {
		page, err := h.room.Store.Messages(h.ctx, store.MessageFilter{IDs: []int64{id}})
		if err != nil {
			t.Fatal(err)
		}
		return page.Items[0].State == "failed" && strings.Contains(page.Items[0].Error, "test prefixes")
	})
	if st := h.smsc.Stats(); st.Submits != 0 {
		t.Errorf("%d submits reached the SMSC", st.Submits)
	}
}

func TestWithoutAConfigurationTheServiceRunsOnItsOwnSimulator(t *testing.T) {
	t.Chdir(t.TempDir())
	r, out, errs := startServe(t, "--listen", "127.0.0.1:0")
	key := regexp.MustCompile(`API key, shown this once: (\S+)`).FindStringSubmatch(errs.String())
	if key == nil {
		t.Fatalf("no first administrator: %s", errs)
	}
	if want := "notify1022 ready at http://" + r.Addr + " (simulation), handsets at http://" + r.Addr + "/simulator/\n"; out.String() != want {
		t.Errorf("stdout %q, want %q", out, want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	h := &hotline{t: t, ctx: ctx, room: r, smsc: r.SMSC, key: key[1]}
	h.people()
	h.text(focalPhone, h.petition(true)) // urgent: at night other slips wait for the morning
	if handsets := mustGet(t, "http://"+r.Addr+"/simulator/handsets"); !strings.Contains(handsets, "84570000001") {
		t.Errorf("the simulator shows %s", handsets)
	}
	if page := mustGet(t, "http://"+r.Addr+"/simulator"); page != mustGet(t, "http://"+r.Addr+"/simulator/") {
		t.Errorf("without its last slash the simulator shows %s", page)
	}
	if front := mustGet(t, "http://"+r.Addr); !strings.Contains(front, `href="/gui-phan-anh"`) || !strings.Contains(front, `href="/console"`) {
		t.Errorf("who types the address alone sees %s", front)
	}
	args := []string{"send", "--to", "0570000077", "--template", "T1", "--wait"}
	for name, value := range alert() {
		args = append(args, "--var", name+"="+value)
	}
	sent := runCLI(t, "", args...)
	if sent.code != exitDone || !regexp.MustCompile(`^\d+\n$`).MatchString(sent.out) {
		t.Errorf("send: %+v", sent)
	}
	h.text("0570000077", "can goi lai")
}

func TestASimulatedClockGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	config := installation(t, "")
	cfg, _, err := LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	for _, o := range []order{{simNow: first}, {}, {simNow: first.AddDate(1, 0, 0), simSpeed: 0}} {
		r, stop, err := startRoom(t.Context(), cfg, o)
		if err != nil {
			t.Fatal(err)
		}
		if now, err := r.Store.Now(t.Context()); err != nil || !now.Equal(first) {
			t.Errorf("the clock shows %v, %v; it stands at %v", now, err, first)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}
