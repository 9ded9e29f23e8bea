package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/store/storetest"
)

// Two gateways drain one outbox at a pace that both share; one stops in the middle.
func TestAGatewayThatStopsHandsItsLeasesOver(t *testing.T) {
	t.Parallel()
	const texts = 600 // for twelve seconds: while the first one stops they do not run out
	dsn, redis := storetest.Postgres(t), startRedis(t)
	server := smsc.New(smsc.Config{})
	t.Cleanup(server.Close)
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entry := strings.Replace(goodSMSC, "127.0.0.1:2775", addr.String(), 1)
	config := mustWrite(t, t.TempDir(), "config.yaml", fmt.Sprintf("listen: 127.0.0.1:0\npublic_url: https://1022.haiphong.gov.vn\ndatabase: %s\nredis: %s\n%s    rate: 50\n",
		dsn, redis, entry))
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	cfg, _, err := LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	_, stopFirst, err := startRoom(ctx, cfg, order{roles: []string{roleGateway}})
	if err != nil {
		t.Fatal(err)
	}
	second, stopSecond, err := startRoom(ctx, cfg, order{roles: []string{roleGateway, roleWorker}}) // receipts that crossed their answer are met by a worker
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stopSecond(); err != nil {
			t.Error(err)
		}
	}()
	var notices []escalation.Notice
	for n := range texts {
		notices = append(notices, escalation.Notice{Template: "T1", Vars: alert(), Seq: n, Attempt: 1, Lane: escalation.LaneSlip, Class: escalation.ClassAlarm,
			To: escalation.Recipient{Phone: fmt.Sprintf("+84570000%03d", n+1)}})
	}
	if _, err := second.Store.InsertMessages(ctx, notices); err != nil {
		t.Fatal(err)
	}
	h := &hotline{t: t, ctx: ctx}
	var states map[escalation.MessageState]int
	h.eventually("was a part of the outbox gone", func() bool { return server.Stats().Submits > texts/6 })
	if err := stopFirst(); err != nil {
		t.Fatal(err)
	}
	if left, err := second.Store.CountMessages(ctx); err != nil || left[escalation.Delivered]+left[escalation.Accepted] == texts {
		t.Fatalf("nothing was left to hand over: %v, %v", left, err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the messages are %v", states)
		}
	})
	h.eventually("was everything delivered", func() bool {
		var err error
		states, err = second.Store.CountMessages(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return states[escalation.Delivered] == texts
	})
	for n := range texts {
		if got := len(server.Handset(fmt.Sprintf("84570000%03d", n+1)).Inbox()); got != 1 {
			t.Errorf("handset %d has %d texts", n+1, got)
		}
	}
	page, err := second.Store.Messages(ctx, store.MessageFilter{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Items {
		if m.PossibleDuplicate {
			t.Errorf("message %d is marked", m.ID)
		}
	}
}
