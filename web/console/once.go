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

// oncePart is once for a part of what the form asks for. Each part is noted by itself: where
// an earlier sending broke off halfway, the next one does what is left.
func (v *visit) oncePart(ctx context.Context, part string, act func(context.Context) error) (again bool, err error) {
	_, again, err = web.ActOnce(ctx, v.c.Once, v.partKey(part), act)
	return again, err
}

// onceSeen is once for a form that is shown before it is carried out: act ends with errUnseen
// where it is not what was seen. The number comes first, for what the form was sent for has
// changed what it shows. A step that only shows has no use for it.
func (v *visit) onceSeen(act func(context.Context) error) (before web.Answered, again bool, err error) {
	if v.PostForm.Get("step") != "do" {
		return web.Answered{}, false, act(v.Context())
	}
	return v.once(act)
}

// doneOnce is done, of a form that may have been sent before.
func (v *visit) doneOnce(to, said string, again bool) error {
	return v.done(to, said+sentAgain(again))
}

// sentAgain is what is said beside what an earlier sending of the form has done.
func sentAgain(again bool) string {
	if !again {
		return ""
	}
	return " Biểu mẫu này được gửi hơn một lần, chỉ được thực hiện một lần."
}

// formKey is the key of one sending of the visitor's form.
func (v *visit) formKey() string { return v.partKey("") }

// partKey is the key of a part of it.
func (v *visit) partKey(part string) string {
	fields := make(map[string]string, len(v.PostForm))
	for name, values := range v.PostForm {
		fields[name] = strings.Join(values, "\x00")
	}
	return web.ActKey("account "+strconv.FormatInt(v.account.ID, 10), strings.TrimSpace(v.URL.Path+" "+part), fields)
}
