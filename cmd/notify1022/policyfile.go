package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
)

// loadPolicy reads a policy file over the built-in ladder: what it leaves out
// stays, rungs are replaced as a whole. An empty path is the built-in ladder.
func loadPolicy(path string) (*escalation.Policy, error) {
	policy := escalation.DefaultPolicy()
	if path == "" {
		return policy, nil
	}
	text, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	if err := decodeYAML(text, policy); err != nil {
		return nil, fmt.Errorf("policy %s: %w", path, err)
	}
	if err := readValidity(text, policy); err != nil {
		return nil, fmt.Errorf("policy %s: %w", path, err)
	}
	if err := errors.Join(policy.Check(), checkTexts(policy)); err != nil {
		return nil, fmt.Errorf("policy %s: %w", path, err)
	}
	return policy, nil
}

// checkTexts: a rung whose text is unknown would fire and tell nobody.
func checkTexts(policy *escalation.Policy) error {
	var w complaints
	known := func(key, template string) {
		if _, ok := templates.Builtin().Lookup(templates.Key(template)); !ok {
			w.add(key, "%.20q is no text", template)
		}
	}
	for i, rung := range policy.Rungs {
		for k, n := range rung.Notify {
			key := fmt.Sprintf("rungs[%d] (%s/%s).notify[%d]", i, rung.Ladder, rung.Name, k)
			known(key+".template", n.Template)
			if n.Promised != "" {
				known(key+".promised", n.Promised)
			}
		}
	}
	return errors.Join(w...)
}

// readValidity reads the two instants once more: the YAML library takes what it
// cannot read for no instant at all, and a date for one in UTC.
func readValidity(text []byte, policy *escalation.Policy) error {
	var as struct {
		From string `yaml:"valid_from"`
		To   string `yaml:"valid_to"`
	}
	if err := yaml.Unmarshal(text, &as); err != nil {
		return yamlError(err)
	}
	for _, one := range []struct {
		key, value string
		into       *time.Time
	}{{"valid_from", as.From, &policy.ValidFrom}, {"valid_to", as.To, &policy.ValidTo}} {
		if one.value == "" {
			continue
		}
		at, err := dateOrInstant(one.value)
		if err != nil {
			return fmt.Errorf("%s: %w", one.key, err)
		}
		*one.into = at
	}
	return nil
}

// dateOrInstant reads a date as the start of the day in Vietnam.
func dateOrInstant(s string) (time.Time, error) {
	if at, err := time.ParseInLocation(time.DateOnly, s, worktime.Zone()); err == nil {
		return at, nil
	}
	return worktime.ParseInstant(s)
}
