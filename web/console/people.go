package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"html/template"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"notify1022/escalation"
	"notify1022/web"
)

// peoplePage is the list of accounts.
type peoplePage struct {
	Rows     []Account
	Roles    []option
	Units    []escalation.Unit
	Phones   map[int64]string // by account, of who has it in the directory now
	Password string           // given out, this once
	For      string           // whose, also where it was shown to an earlier sending of the form
	Me       int64
}

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

func (c *console) people(v *visit) error { return c.showPeople(v, "", "") }

func (c *console) showPeople(v *visit, password, name string) error {
	list, err := c.Accounts.Accounts(v.Context())
	if err != nil {
		return err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := peoplePage{Rows: list, Units: directory.Units(), Phones: map[int64]string{}, Password: password, For: name, Me: v.account.ID}
	for _, a := range list {
		if who, ok := directory.Contact(a.Contact); ok && who.Holds(v.now) && who.Unit == a.Unit {
			page.Phones[a.ID] = who.Phone
		}
	}
	for _, r := range web.Enter.Roles() {
		page.Roles = append(page.Roles, option{string(r), r.Label()})
	}
	return v.show(200, "people", "Tài khoản", page)
}

// personOf reads an account's person, role and unit from a form.
func (c *console) personOf(v *visit, a Account) (Account, error) {
	form, err := v.form()
	if err != nil {
		return a, err
	}
	a.FullName, a.Role, a.Unit = form.Get("full_name"), escalation.Role(form.Get("role")), form.Get("unit")
	ofUnit := a.Role == escalation.Officer || a.Role == escalation.Head
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return a, err
	}
	_, known := directory.Unit(a.Unit)
	switch {
	case utf8.RuneCountInString(a.FullName) > 200 || a.FullName == "":
		return a, wrong("full_name", "cần họ tên, tối đa 200 ký tự")
	case !web.Enter.Of(a.Role):
		return a, wrong("role", "không có vai trò này")
	case ofUnit && !known:
		return a, wrong("unit", "cán bộ đơn vị và Thủ trưởng phải thuộc một đơn vị")
	case !ofUnit && a.Unit != "":
		return a, wrong("unit", "vai trò này không thuộc đơn vị nào")
	}
	a.Contact, err = c.contactOf(directory, form.Get("contact_phone"), a.Unit, v.now)
	return a, err
}

// contactOf is who has the number in the unit now, as an account's person; 0: no number is given.
func (c *console) contactOf(d *escalation.Directory, typed, unit string, now time.Time) (int64, error) {
	if strings.TrimSpace(typed) == "" {
		return 0, nil
	}
	phone, err := c.Numbering.ParsePhone(typed)
	if err != nil {
		return 0, wrong("contact_phone", "số điện thoại trong danh bạ chưa đúng")
	}
	for _, who := range d.ByPhone(phone.E164, now) {
		if unit != "" && who.Unit == unit && who.Holds(now) {
			return who.ID, nil
		}
	}
	return 0, wrong("contact_phone", "danh bạ của đơn vị không có ai đang giữ vai trò với số này")
}

func (c *console) addPerson(v *visit) error {
	a, err := c.personOf(v, Account{})
	if err != nil {
		return err
	}
	a.Name = strings.ToLower(v.PostForm.Get("name"))
	if !accountName.MatchString(a.Name) {
		return wrong("name", "tên đăng nhập gồm 2 đến 40 chữ thường không dấu, số, dấu chấm, gạch")
	}
	return c.giveOut(v, a.Name, func(ctx context.Context, hash string) error {
		a.Hash, a.MustChange = hash, true
		_, err := c.Accounts.AddAccount(ctx, a, v.actor())
		return err
	})
}

// giveOut makes a password and shows it to the sending of the form that it was made for: it
// is kept nowhere.
func (c *console) giveOut(v *visit, name string, take func(ctx context.Context, hash string) error) error {
	password := rand.Text()
	hash, err := argon2id.CreateHash(password, argon2id.DefaultParams)
	if err != nil {
		return err
	}
	_, again, err := v.once(func(ctx context.Context) error { return take(ctx, hash) })
	switch {
	case err != nil:
		return err
	case again:
		password = ""
	}
	return c.showPeople(v, password, name)
}

func (c *console) personAct(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có tài khoản này"}
	}
	a, err := c.Accounts.Account(v.Context(), id)
	if err != nil {
		return err
	}
	own := id == v.account.ID
	switch act := v.PathValue("act"); act {
	case "save":
		if a, err = c.personOf(v, a); err != nil {
			return err
		}
		if id == v.account.ID && a.Role != escalation.Administrator {
			return wrong("role", "không tự bỏ quyền quản trị của mình")
		}
		return c.acted(v, "Đã lưu "+a.Name+".", c.Accounts.SaveAccount(v.Context(), a, v.actor()))
	case "disable", "enable":
		if id == v.account.ID {
			return wrong("id", "không tự khóa tài khoản của mình")
		}
		return c.acted(v, "Đã lưu "+a.Name+".", c.Accounts.DisableAccount(v.Context(), id, act == "disable", v.actor()))
	case "sign-out":
		return c.acted(v, "Đã đăng xuất "+a.Name+" ở mọi nơi.", c.Accounts.EndSessions(v.Context(), id, v.actor()))
	case "totp-off", "password":
		if own {
			return wrong("id", "việc này của chính mình làm ở trang tài khoản của mình, với mật khẩu hiện tại")
		}
		if act == "password" { // one that has to be changed
			if _, err := v.form(); err != nil {
				return err
			}
			return c.giveOut(v, a.Name, func(ctx context.Context, hash string) error {
				return c.Accounts.SetPassword(ctx, a.ID, hash, true, v.actor())
			})
		}
		return c.acted(v, "Đã bỏ mã xác thực của "+a.Name+".", c.Accounts.SetTOTP(v.Context(), id, "", v.actor()))
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
}

func (c *console) acted(v *visit, said string, err error) error {
	if err != nil {
		return err
	}
	return v.done("/people", said)
}

// logPage is the change log.
type logPage struct {
	Rows []Logged
	Next string
	What string

	Subjects []logSubject
}

func (c *console) log(v *visit) error {
	q := v.URL.Query()
	rows, next, err := c.Log.Changes(v.Context(), q.Get("what"), q.Get("cursor"), maxList)
	if err != nil {
		return err
	}
	return v.show(200, "log", "Nhật ký thay đổi", logPage{rows, next, q.Get("what"), logSubjects})
}

// mePage is one's own account.
type mePage struct {
	Must    bool
	TOTP    bool
	Secret  string
	QR      template.URL
	Problem string
}

func (c *console) me(v *visit) error {
	return v.show(200, "me", "Tài khoản của tôi", mePage{Must: v.account.MustChange, TOTP: v.account.TOTP != ""})
}

// minPassword follows NIST SP 800-63B: length counts, composition does not.
const minPassword = 12

func (c *console) meAct(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	page := mePage{Must: v.account.MustChange, TOTP: v.account.TOTP != ""}
	refuse := func(why string) error {
		page.Problem = why
		return v.show(422, "me", "Tài khoản của tôi", page)
	}
	// right asks for the present password; a wrong one counts towards the lock.
	right := func() (bool, error) {
		if v.account.Locked.After(c.Clock()) {
			return false, nil
		}
		if ok, err := c.Accounts.TrySignIn(v.Context(), v.account.ID, web.ClientOf(v.Request)); err != nil || !ok {
			return false, err
		}
		ok, err := c.compare(v.Context(), v.PostForm.Get("password"), v.account.Hash)
		if err == nil {
			err = c.Accounts.NoteSignIn(v.Context(), v.account.ID, web.ClientOf(v.Request), ok)
		}
		return ok, err
	}
	switch v.PathValue("act") {
	case "sign-out":
		if err := c.sessions.Destroy(v.Context()); err != nil {
			return err
		}
		return v.done("/sign-in", "")
	case "sign-out-everywhere":
		if err := c.Accounts.EndSessions(v.Context(), v.account.ID, v.actor()); err != nil {
			return err
		}
		return v.done("/sign-in", "")
	case "password":
		next := v.PostForm.Get("next")
		ok, err := right()
		switch {
		case err != nil:
			return err
		case !ok:
			return refuse("Mật khẩu hiện tại không đúng.")
		case next == v.PostForm.Get("password"):
			return refuse("Mật khẩu mới phải khác mật khẩu hiện tại.")
		case len([]rune(next)) < minPassword || len(next) > 200:
			return refuse("Mật khẩu mới cần ít nhất 12 ký tự.")
		case strings.Contains(strings.ToLower(next), v.account.Name):
			return refuse("Mật khẩu mới không được chứa tên đăng nhập.")
		case next != v.PostForm.Get("again"):
			return refuse("Hai lần nhập mật khẩu mới không giống nhau.")
		}
		hash, err := argon2id.CreateHash(next, argon2id.DefaultParams)
		if err != nil {
			return err
		}
		if err := c.Accounts.SetPassword(v.Context(), v.account.ID, hash, false, v.actor()); err != nil {
			return err
		}
		a, err := c.Accounts.Account(v.Context(), v.account.ID)
		if err == nil {
			err = c.begin(v.Context(), a)
		}
		if err != nil {
			return err
		}
		return v.done("/board", "Đã đổi mật khẩu; các phiên đăng nhập khác đã kết thúc.")
	case "totp":
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "1022 Hai Phong", AccountName: v.account.Name})
		if err != nil {
			return err
		}
		c.sessions.Put(v.Context(), "totp", key.Secret())
		page.Secret = key.Secret()
		if page.QR, err = picture(key); err != nil {
			return err
		}
		return v.show(200, "me", "Tài khoản của tôi", page)
	case "totp-on":
		if ok, err := right(); err != nil {
			return err
		} else if !ok {
			return refuse("Mật khẩu hiện tại không đúng; hãy bật lại từ đầu.")
		}
		secret := c.sessions.GetString(v.Context(), "totp")
		taken := false
		if secret != "" { // its step is used: who looked over the shoulder signs in with none
			if taken, err = c.secondFactor(v.Context(), v.account.ID, secret, form.Get("code")); err != nil {
				return err
			}
		}
		if !taken {
			return refuse("Mã xác thực không đúng; hãy bật lại từ đầu.")
		}
		c.sessions.Remove(v.Context(), "totp")
		if err := c.Accounts.SetTOTP(v.Context(), v.account.ID, secret, v.actor()); err != nil {
			return err
		}
		return v.done("/me", "Đã bật mã xác thực.")
	case "totp-off":
		ok, err := right()
		switch {
		case err != nil:
			return err
		case !ok:
			return refuse("Mật khẩu hiện tại không đúng.")
		}
		if err := c.Accounts.SetTOTP(v.Context(), v.account.ID, "", v.actor()); err != nil {
			return err
		}
		return v.done("/me", "Đã tắt mã xác thực.")
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
}

// picture is the key as a QR code in the page itself.
func picture(key *otp.Key) (template.URL, error) {
	img, err := key.Image(200, 200)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())), nil
}
