package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// Bounds of the form of a sending. It carries its numbers along from the preview to the
// sending: 20,000 of them are 240 kB.
const (
	maxSendForm  = 6 << 20 // octets in all: numbers that were read, and a file with names beside them
	maxSendField = 1 << 20
	mostFields   = 2000
)

// sendForm reads the form of a sending. A file of numbers is read as it comes, line by
// line, and its numbers join those that were typed; what is wrong with it is said by line.
func (c *console) sendForm(v *visit) (form url.Values, faults string, err error) {
	if !strings.HasPrefix(v.Request.Header.Get("Content-Type"), "multipart/form-data") {
		form, err = v.form()
		return form, "", err
	}
	v.Body = http.MaxBytesReader(v.ResponseWriter, v.Body, maxSendForm)
	parts, err := v.MultipartReader()
	if err != nil {
		return nil, "", unreadable(err)
	}
	form = url.Values{}
	var file numberFile
	for range mostFields {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			v.PostForm = form
			if err := v.tidy(); err != nil {
				return nil, "", err
			}
			join(form, file.Numbers)
			return form, file.problem(), nil
		}
		if err != nil {
			return nil, "", unreadable(err)
		}
		if part.FormName() == "file" {
			if file, err = readNumbers(part, c.Numbering); err != nil {
				return nil, "", unreadable(err)
			}
			continue
		}
		value, err := fieldOf(part)
		if err != nil {
			return nil, "", err
		}
		form.Add(part.FormName(), value)
	}
	return nil, "", wrong("", "nội dung gửi lên có quá nhiều mục")
}

// fieldOf is the value of a field that is no file.
func fieldOf(part *multipart.Part) (string, error) {
	value, err := io.ReadAll(io.LimitReader(part, maxSendField+1))
	switch {
	case err != nil:
		return "", unreadable(err)
	case len(value) > maxSendField:
		return "", wrong(part.FormName(), "nội dung gửi lên quá dài")
	}
	return string(value), nil
}

// join puts numbers that were read behind those that were typed.
func join(form url.Values, numbers []string) {
	if len(numbers) == 0 {
		return
	}
	if typed := form.Get("numbers"); typed != "" {
		numbers = append([]string{typed}, numbers...)
	}
	form.Set("numbers", strings.Join(numbers, "\n"))
}
