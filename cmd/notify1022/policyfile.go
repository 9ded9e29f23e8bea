package main

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
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
	if err := policy.Check(); err != nil {
		return nil, fmt.Errorf("policy %s: %w", path, err)
	}
	return policy, nil
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
