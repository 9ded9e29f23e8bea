package web

import (
	"strings"
	"testing"
)

func TestAProblemSaysEveryFaultOfIt(t *testing.T) {
	one := wrongField("body.phone", "số %s không nhận được tin nhắn", "12")
	if one.Said() != "số 12 không nhận được tin nhắn" {
		t.Errorf("one fault: %q", one.Said())
	}
	two := unprocessable(Fault{"body.phone", "thiếu số điện thoại"}, Fault{"body.name", "thiếu họ tên"})
	for _, f := range two.Errors {
		if !strings.Contains(two.Said(), f.Message) {
			t.Errorf("%q does not say %q", two.Said(), f.Message)
		}
	}
}
