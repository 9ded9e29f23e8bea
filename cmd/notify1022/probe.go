package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/templates"
)

// probeBeat is how often it is looked whether a period of the probe has begun.
const probeBeat = time.Second

// nonceRange is what a probe's answer brings back: six digits, not beginning with 0.
const nonceLeast, nonceRange = 100_000, 900_000

// probing reports whether this service sends probes: one is set up, and the clock
// is the real one, since a fast one would flood the outbox.
func (s *service) probing() bool { return s.cfg.Probe.Phone != "" && !s.db.Simulated() }

// probePhone is the probe's number as the store has it; the check has passed it.
func (c Config) probePhone() string {
	p, err := c.numbering().ParsePhone(c.Probe.Phone)
	if err != nil {
		return ""
	}
	return p.E164
}

// probePhone warns of a probe's number that is somebody's of the directory: what they send in
// the form of an answer is taken for one, and each period texts them.
func (d *diagnosis) probePhone(ctx context.Context, cfg Config, db *store.Store) {
	phone := cfg.probePhone()
	if phone == "" {
		return
	}
	people, err := db.Contacts(ctx, store.ContactFilter{Phone: phone})
	if err != nil {
		d.check("probe", "", err)
		return
	}
	for _, c := range people {
		if c.Holds(time.Now()) {
			d.say("warn", "probe", fmt.Sprintf("probe.phone is also the number of contact %d of the directory: give the probe a phone of its own", c.ID))
		}
	}
}

// probe sends a text to the probe's number at the beginning of each period, once
// for all nodes, until ctx ends.
func (s *service) probe(ctx context.Context) error {
	return atOnce(ctx, probeBeat, func(ctx context.Context) {
		sent, err := s.sendProbe(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("the probe could not be sent", "err", err)
		}
		if sent {
			s.wakeGateway()
		}
	})
}

func (s *service) sendProbe(ctx context.Context) (bool, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(nonceRange))
	if err != nil {
		return false, err
	}
	nonce, every := fmt.Sprint(nonceLeast+n.Int64()), duration(s.cfg.Probe.Every)
	return s.db.SendProbe(ctx, every, nonce, func(now time.Time) escalation.Notice {
		return escalation.Notice{
			Template: string(templates.KT), Class: escalation.ClassAnswer, Lane: escalation.LaneSlip, Attempt: 1, At: now, Seq: int(now.UnixMicro()),
			To: escalation.Recipient{Phone: s.cfg.probePhone()}, Vars: map[string]string{"mtl": nonce},
			Expires: now.Add(every), // an SMSC that was away gets no burst of old ones
		}
	})
}

// probeDesk takes the probe's answers before anybody reads them as a reply.
type probeDesk struct {
	queue.Desk
	db    *store.Store
	phone string
}

// Reply closes a round of the probe, or applies the text like any other.
func (d probeDesk) Reply(ctx context.Context, inbound int64) error {
	if taken, err := d.db.AnswerProbe(ctx, inbound, d.phone); taken || err != nil {
		return err
	}
	return d.Desk.Reply(ctx, inbound)
}

// workerDesk is the desk of the worker, with the probe before it where one is set up.
func (s *service) workerDesk() queue.Desk {
	if phone := s.cfg.probePhone(); phone != "" {
		return probeDesk{s.desk, s.db, phone}
	}
	return s.desk
}

// circle judges the latest rounds, the newest first: how long the last one that was
// answered took, and whether the newest that had its time stayed without. Old rounds
// say nothing: the service may have stood still.
func circle(rounds []store.Probe, now time.Time, every, patience time.Duration) (last store.Probe, broken time.Time) {
	for _, r := range rounds {
		if !r.Answered.IsZero() {
			return r, broken
		}
		age := now.Sub(r.Sent)
		if broken.IsZero() && age > patience && age <= patience+2*every {
			broken = r.Sent
		}
	}
	return last, broken
}

// auditProbe adds what the probe shows.
func (a auditor) auditProbe(ctx context.Context, audit *queue.Audit, machine time.Time) error {
	if a.probe.Phone == "" {
		return nil
	}
	const rounds = 20
	list, err := a.db.Probes(ctx, rounds)
	if err != nil {
		return err
	}
	last, broken := circle(list, machine, duration(a.probe.Every), duration(a.probe.Patience))
	audit.ProbeAnswered, audit.ProbeRoundTrip, audit.ProbeBroken = last.Answered, last.Answered.Sub(last.Sent), broken
	return nil
}

// answerProbes is the probe's handset at the built-in simulator: it answers by itself.
func answerProbes(h *smsc.Handset, to string) func(context.Context) error {
	return func(ctx context.Context) error {
		for n := 0; ; n++ {
			m, err := h.Wait(ctx, n)
			if err != nil {
				return nil // the service ends
			}
			if _, word, ok := strings.Cut(m.Text, "tra loi "); ok {
				if err := h.Send(ctx, to, word); err != nil && ctx.Err() == nil {
					return fmt.Errorf("answer a probe: %w", err)
				}
			}
		}
	}
}
