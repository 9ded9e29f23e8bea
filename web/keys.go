package web

import (
	"context"
	"net/http"
	"strings"

	"notify1022/escalation"
)

// Keys finds API keys.
type Keys interface {
	// KeyOf tells whose key it is; false for one that is wrong or revoked. It takes
	// a time that does not depend on how much of a wrong key is right, and is safe
	// for concurrent use.
	KeyOf(ctx context.Context, key string) (Key, bool, error)
}

// Key is who holds an API key.
type Key struct {
	ID   int64
	Name string          // the author in timelines
	Role escalation.Role // administrator, operator, shift_lead, officer, head, office
	Unit string          // code; officers' and heads' keys have one
}

// caller is who makes a request.
type caller struct{ Key }

// actor is the author of what the caller changes.
func (c caller) actor() escalation.Actor {
	return escalation.Actor{Name: c.Name, Role: c.Role, Channel: escalation.ByAPI, Unit: c.Unit}
}

// staff reports whether the caller works for the hotline and may see citizens' data.
func (c caller) staff() bool { return SeeCitizens.Of(c.Role) }

// ofUnit reports whether the caller speaks for one unit and sees that unit's alone.
func (c caller) ofUnit() bool { return c.Role == escalation.Officer || c.Role == escalation.Head }

// locked reports whether a denunciation's content is closed to the caller.
func (c caller) locked() bool { return !c.Role.ReadsDenunciations() }

// authenticate finds the caller by the bearer's key.
func (a *api) authenticate(r *http.Request) (caller, error) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") || key == "" || len(key) > 200 || !visible(key) {
		return caller{}, problem(http.StatusUnauthorized, "cần khóa API: Authorization: Bearer KEY")
	}
	found, ok, err := a.Keys.KeyOf(r.Context(), key)
	switch who := (caller{found}); {
	case err != nil:
		return caller{}, err
	case !ok:
		return caller{}, problem(http.StatusUnauthorized, "khóa API không đúng hoặc đã thu hồi")
	case !Enter.Of(who.Role), who.ofUnit() && who.Unit == "":
		return caller{}, problem(http.StatusForbidden, "khóa API này chưa được gán vai trò hoặc đơn vị")
	default:
		return who, nil
	}
}

// visible reports that a text has printable ASCII characters alone.
func visible(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' })
}
