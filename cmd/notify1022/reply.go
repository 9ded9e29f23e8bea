package main

import (
	"time"

	"notify1022/escalation/reply"
	"notify1022/escalation/worktime"
)

// replyCmd reads replies.
type replyCmd struct {
	Parse parseCmd `cmd:"" help:"What a reply means, as JSON."`
}

type parseCmd struct {
	Now  string `help:"When it was received: RFC 3339 or 2026-03-13T16:50 (+07:00); default: now." placeholder:"T"`
	Text string `arg:"" help:"The text, or - for one text per line of the input."`
}

func (p *parseCmd) Run(c *console, s *settings) error {
	now := time.Now().In(worktime.Zone())
	if p.Now != "" {
		at, err := worktime.ParseInstant(p.Now)
		if err != nil {
			return usageError{err}
		}
		now = at
	}
	cal, err := (&deadlineCmd{}).calendar(s)
	if err != nil {
		return err
	}
	return answerText(c, p.Text, func(text string) (string, error) {
		return toJSON(reply.Parse(text, now, cal))
	})
}
