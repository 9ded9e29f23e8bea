package console

import (
	"context"
	"strconv"
	"strings"

	"notify1022/web"
)

// A form that is not shown again after it was sent has a number from the template "once".

// once carries out what the visit's form asks for, once for each time that it was shown to
// the visitor; again is true where an earlier sending did, and before is what is known of it.
// The act's transaction notes that it is done: refused, the form is as good as new.
func (v *visit) once(act func(context.Context) error) (before web.Answered, again bool, err error) {
	return web.ActOnce(v.Context(), v.c.Once, v.formKey(), act)
}

// doneOnce is done, of a form that may have been sent before.
func (v *visit) doneOnce(to, said string, again bool) error {
	if again {
		said += " Biểu mẫu này được gửi hơn một lần, chỉ được thực hiện một lần."
	}
	return v.done(to, said)
}

// formKey is the key of one sending of the visitor's form.
func (v *visit) formKey() string {
	fields := make(map[string]string, len(v.PostForm))
	for name, values := range v.PostForm {
		fields[name] = strings.Join(values, "\x00")
	}
	return web.ActKey("account "+strconv.FormatInt(v.account.ID, 10), v.URL.Path, fields)
}
