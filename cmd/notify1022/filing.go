package main

import (
	"fmt"
	"slices"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/templates"
)

// The rules of registered_texts: how a text that does not fit what the telecom has on
// file is taken.
const (
	filingOff     = "off"     // nobody looks
	filingWarn    = "warn"    // it goes, and the log says so
	filingEnforce = "enforce" // it fails before it is sent
)

func filingRules() []string { return []string{filingOff, filingWarn, filingEnforce} }

// sender is one number or brandname of one account.
type sender struct {
	address string
	kind    escalation.Sender
	rule    string
	serves  func(escalation.Lane) bool
}

// senders are all that texts may come from, by account.
func (c *Config) senders() []sender {
	entries := c.SMSC
	if len(entries) == 0 {
		entries = []SMSC{simulatorEntry("")}
	}
	var list []sender
	for _, e := range entries {
		if e.Bind == "receiver" {
			continue
		}
		list = append(list,
			sender{e.Source.Officer, escalation.OfficerSender, or(e.RegisteredTexts.Officer, c.RegisteredTexts), e.serves},
			sender{e.Source.Citizen, escalation.CitizenSender, or(e.RegisteredTexts.Citizen, c.RegisteredTexts), e.serves})
	}
	return list
}

// segments is the most that every account takes; 0: there is none but the simulator.
func (c *Config) segments() (most int) {
	for _, e := range c.SMSC {
		if e.Bind != "receiver" && (most == 0 || e.MaxSegments < most) {
			most = e.MaxSegments
		}
	}
	return most
}

// kindsOf are the kinds of senders that a text of the catalogue usually comes from.
// Answers go to officers and to citizens.
func kindsOf(t templates.Template) []escalation.Sender {
	switch {
	case t.Key == templates.C8n:
		return []escalation.Sender{escalation.OfficerSender}
	case t.Audience == templates.Citizen:
		return []escalation.Sender{escalation.CitizenSender}
	case t.Audience == templates.Answer:
		return []escalation.Sender{escalation.OfficerSender, escalation.CitizenSender}
	}
	return []escalation.Sender{escalation.OfficerSender}
}

// sendersOf are the senders that a text of the catalogue may come from, each address
// once with the strictest of its rules.
func sendersOf(all []sender, t templates.Template) []sender {
	var list []sender
	for _, s := range all {
		if !slices.Contains(kindsOf(t), s.kind) {
			continue
		}
		i := slices.IndexFunc(list, func(o sender) bool { return o.address == s.address })
		if i < 0 {
			list = append(list, s)
		} else if slices.Index(filingRules(), s.rule) > slices.Index(filingRules(), list[i].rule) {
			list[i].rule = s.rule
		}
	}
	return list
}

// filingKey is a text and its sender.
type filingKey struct {
	key    templates.Key
	sender string
}

// filings are the wordings on file, ready to be compared. They never change.
type filings map[filingKey][]templates.Registered

// newFilings leaves out what can no longer be read; the store refuses it.
func newFilings(list []store.RegisteredText) filings {
	f := filings{}
	for _, r := range list {
		if parsed, err := templates.ParseRegistered(r.Text); err == nil {
			at := filingKey{r.Key, r.Sender}
			f[at] = append(f[at], parsed)
		}
	}
	return f
}

// check is why a text may not go from the sender as it is; nil: it may. The error holds
// fixed words alone, never a value.
func (f filings) check(key templates.Key, from, text string) error {
	filed := f[filingKey{key, from}]
	if len(filed) == 0 {
		return fmt.Errorf("text %s from %s: %w: none is", key, from, templates.ErrUnregistered)
	}
	gap, ok := templates.FitsOne(filed, text)
	switch {
	case ok:
		return nil
	case gap.Want == "":
		return fmt.Errorf("text %s from %s: %w: it goes on behind the end, or a value is too long", key, from, templates.ErrUnregistered)
	}
	return fmt.Errorf("text %s from %s: %w: lacks %q", key, from, templates.ErrUnregistered, gap.Want)
}
