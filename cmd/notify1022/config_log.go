package main

import (
	"net/url"

	"github.com/goccy/go-yaml"
)

// Log is the configuration on one line, without secrets.
func (c Config) Log() string {
	c.Database, c.Redis = withoutPassword(c.Database), withoutPassword(c.Redis)
	c.Mail.Password = masked(c.Mail.Password)
	entries := make([]SMSC, len(c.SMSC))
	for i, s := range c.SMSC {
		s.Password = masked(s.Password)
		entries[i] = s
	}
	c.SMSC = entries
	text, err := yaml.MarshalWithOptions(c, yaml.Flow(true))
	if err != nil {
		return "configuration: " + err.Error()
	}
	return string(text)
}

func masked(secret string) string {
	if secret == "" {
		return ""
	}
	return "***"
}

// withoutPassword masks the password of a URL. What is no URL and names one
// (key=value) is not shown at all.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "***"
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	if q := u.Query(); q.Has("sentinel_password") || q.Has("password") {
		for _, key := range []string{"sentinel_password", "password"} {
			if q.Has(key) {
				q.Set(key, "xxxxx")
			}
		}
		u.RawQuery = q.Encode()
	}
	return u.String()
}
