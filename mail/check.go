package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
)

// Check connects as for a mail, signs in where there are credentials, says goodbye and
// tells what the server offers. Nothing is sent. Its errors are *Error.
func (s *Sender) Check(ctx context.Context) (offers string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	x, step, err := s.connect(ctx)
	if err != nil {
		e := failed(step, "", err)
		e.To = ""
		return "", e
	}
	defer x.quit()
	said := []string{"no TLS"}
	if state, ok := x.client.TLSConnectionState(); ok {
		said[0] = tls.VersionName(state.Version)
	}
	switch list := mechanisms(x.client); {
	case s.cfg.Username != "":
		said = append(said, "signed in")
	case len(list) > 0:
		said = append(said, fmt.Sprintf("AUTH %.60s offered", strings.Join(list, " ")))
	}
	if x.most > 0 {
		said = append(said, fmt.Sprintf("up to %d octets", x.most))
	}
	return strings.Join(said, ", "), nil
}
