package console

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"notify1022/escalation"
	"notify1022/web"
)

// Accounts are the people who sign in.
type Accounts interface {
	// AccountByName and Account find one; a *Problem of kind NotFound where there is none.
	AccountByName(ctx context.Context, name string) (Account, error)
	Account(ctx context.Context, id int64) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	AddAccount(ctx context.Context, a Account, by escalation.Actor) (int64, error)
	// SaveAccount writes person, role and unit; DisableAccount closes or opens. What
	// would leave no open administrator is a *Problem.
	SaveAccount(ctx context.Context, a Account, by escalation.Actor) error
	DisableAccount(ctx context.Context, id int64, disabled bool, by escalation.Actor) error
	SetPassword(ctx context.Context, id int64, hash string, mustChange bool, by escalation.Actor) error
	SetTOTP(ctx context.Context, id int64, secret string, by escalation.Actor) error
	EndSessions(ctx context.Context, id int64, by escalation.Actor) error
	// TrySignIn takes one of the few tries that an address has with an account; false:
	// none is left for now.
	TrySignIn(ctx context.Context, id int64, from string) (bool, error)
	// NoteSignIn counts wrong passwords in a row, and locks the account after very many; a
	// right one gives the address its tries back.
	NoteSignIn(ctx context.Context, id int64, from string, right bool) error
	// UseTOTPStep takes a step once; false: it, or a later one, was used.
	UseTOTPStep(ctx context.Context, id, step int64) (bool, error)
}

// Account is a person who signs in.
type Account struct {
	ID         int64
	Name       string // signs in with it
	FullName   string
	Role       escalation.Role
	Unit       string
	Contact    int64
	Hash       string
	MustChange bool
	Disabled   bool
	TOTP       string
	Locked     time.Time // by the machine's clock
	Epoch      int64
}

func (a Account) shown() string {
	if a.FullName != "" {
		return a.FullName
	}
	return a.Name
}

// The session's keys.
const (
	sessionAccount = "account"
	sessionEpoch   = "epoch"
	sessionSaid    = "said"   // shown once on the next page
	sessionPartly  = "partly" // as a warning
	sessionSeen    = "seen"   // when it was last used, to the minute: seconds since 1970
)

// How long a session lasts, and how long unused; each use within a minute of the last
// writes nothing.
const (
	sessionFor   = 12 * time.Hour
	sessionIdle  = 2 * time.Hour
	sessionTouch = time.Minute
)

// signedIn finds the account of the session as it is now; quiet: without having used it.
func (c *console) signedIn(r *http.Request, quiet bool) (Account, bool, error) {
	id := c.sessions.GetInt64(r.Context(), sessionAccount)
	if id == 0 {
		return Account{}, false, nil
	}
	a, err := c.Accounts.Account(r.Context(), id)
	var missing *escalation.Problem
	switch {
	case errors.As(err, &missing):
		return Account{}, false, nil
	case err != nil:
		return Account{}, false, err
	}
	now := c.Clock()
	unused := now.Sub(time.Unix(c.sessions.GetInt64(r.Context(), sessionSeen), 0))
	if a.Disabled || a.Epoch != c.sessions.GetInt64(r.Context(), sessionEpoch) || unused > sessionIdle {
		return Account{}, false, c.sessions.Destroy(r.Context())
	}
	if unused >= sessionTouch && !quiet {
		c.sessions.Put(r.Context(), sessionSeen, now.Unix())
	}
	return a, true, nil
}

// signInPage is the form.
type signInPage struct {
	Title, To, Name, Problem string
}

func (c *console) showSignIn(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "sign-in", signInPage{Title: "Đăng nhập", To: ownPath(r.URL.Query().Get("to"))})
}

// unknownHash is checked for names that nobody has, so that they take as long.
var unknownHash = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash("nobody has this password", argon2id.DefaultParams)
	if err != nil {
		return ""
	}
	return hash
})

const refusedSignIn = "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng, hoặc tài khoản đang bị khóa tạm thời."

// signIn takes name, password and, where the account has one, the second factor. What
// was wrong is not said.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	name, password, code := strings.TrimSpace(r.PostFormValue("name")), r.PostFormValue("password"), strings.TrimSpace(r.PostFormValue("code"))
	page := signInPage{Title: "Đăng nhập", To: ownPath(r.PostFormValue("to")), Name: name}
	if !c.doors.pass(web.ClientOf(r)) {
		page.Problem = "Quá nhiều lần thử. Hãy đợi ít phút."
		c.render(w, r, http.StatusTooManyRequests, "sign-in", page)
		return
	}
	a, ok, err := c.proves(r.Context(), web.ClientOf(r), name, password, code)
	switch {
	case err != nil:
		c.failed(w, r, err)
	case !ok:
		page.Problem = refusedSignIn
		c.render(w, r, http.StatusUnauthorized, "sign-in", page)
	default:
		c.doors.forget(web.ClientOf(r))
		if err := c.begin(r.Context(), a); err != nil {
			c.failed(w, r, err)
			return
		}
		http.Redirect(w, r, page.To, http.StatusSeeOther)
	}
}

// begin gives the browser a new session of the account.
func (c *console) begin(ctx context.Context, a Account) error {
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.sessions.Put(ctx, sessionAccount, a.ID)
	c.sessions.Put(ctx, sessionEpoch, a.Epoch)
	c.sessions.Put(ctx, sessionSeen, c.Clock().Unix())
	return nil
}

// proves reports whether name, password and code are an account's; an address that got it
// wrong a few times is refused, whatever it says.
func (c *console) proves(ctx context.Context, from, name, password, code string) (Account, bool, error) {
	a, err := c.Accounts.AccountByName(ctx, name)
	var missing *escalation.Problem
	known := err == nil
	if err != nil && !errors.As(err, &missing) {
		return Account{}, false, err
	}
	hash := a.Hash
	if !known {
		hash = unknownHash()
	}
	match, err := c.compare(ctx, password, hash)
	if err != nil || !known {
		return Account{}, false, err
	}
	if a.Disabled || a.Locked.After(c.Clock()) {
		return Account{}, false, nil
	}
	if ok, err := c.Accounts.TrySignIn(ctx, a.ID, from); err != nil || !ok {
		return Account{}, false, err
	}
	if match && a.TOTP != "" {
		if match, err = c.secondFactor(ctx, a.ID, a.TOTP, code); err != nil {
			return Account{}, false, err
		}
	}
	return a, match, c.Accounts.NoteSignIn(ctx, a.ID, from, match)
}

// compare checks a password, a few at a time: each check takes 64 MiB.
func (c *console) compare(ctx context.Context, password, hash string) (bool, error) {
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

// secondFactor takes the code of now, of the half minute before or after, each once.
func (c *console) secondFactor(ctx context.Context, account int64, secret, code string) (bool, error) {
	const period = 30
	step := c.Clock().Unix() / period
	for _, s := range []int64{step, step - 1, step + 1} {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(s*period, 0), totp.ValidateOpts{Period: period, Digits: otp.DigitsSix})
		if err != nil {
			return false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return c.Accounts.UseTOTPStep(ctx, account, s)
		}
	}
	return false, nil
}

// ownPath keeps a redirect on the console.
func ownPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, root+"/") || strings.HasPrefix(to, "//") {
		return root + "/board"
	}
	return u.RequestURI()
}

// back is where to go after signing in, escaped: of a form that was sent the page that it
// stands on, where the browser has kept what was typed; empty: there is none.
func back(r *http.Request, on string) string {
	if r.Method == http.MethodGet {
		return url.QueryEscape(r.URL.RequestURI())
	}
	if on == "" {
		return ""
	}
	to := url.URL{Path: root + wildcard.ReplaceAllStringFunc(on, func(name string) string { return r.PathValue(strings.Trim(name, "{}")) }), RawQuery: r.URL.RawQuery}
	return url.QueryEscape(to.RequestURI())
}

// wildcard is a part of a route that stands for what a path has there.
var wildcard = regexp.MustCompile(`{[^}]*}`)

// throttle slows down guessing from one address: a few tries at once, then one each
// ten seconds. The account's own lock is beside it.
type throttle struct {
	clock func() time.Time
	mu    sync.Mutex
	seen  map[string]*tries
}

type tries struct {
	left float64
	at   time.Time
}

const (
	triesAtOnce   = 10
	tryEach       = 10 * time.Second
	mostAddresses = 10_000
)

func newThrottle(clock func() time.Time) *throttle {
	return &throttle{clock: clock, seen: map[string]*tries{}}
}

// pass takes one try of the address.
func (t *throttle) pass(addr string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock()
	k := t.seen[addr]
	if k == nil {
		if len(t.seen) >= mostAddresses {
			clear(t.seen) // an attacker with so many addresses meets the account's lock
		}
		k = &tries{left: triesAtOnce, at: now}
		t.seen[addr] = k
	}
	k.left = min(triesAtOnce, k.left+now.Sub(k.at).Seconds()/tryEach.Seconds())
	k.at = now
	if k.left < 1 {
		return false
	}
	k.left--
	return true
}

// forget gives an address that has signed in the try back that it took.
func (t *throttle) forget(addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.seen[addr]; k != nil {
		k.left = min(triesAtOnce, k.left+1)
	}
}
