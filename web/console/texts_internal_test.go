package console

import (
	"net/http/httptest"
	"strings"
	"testing"

	"notify1022/templates"
)

// measured are texts of which one rendering is known.
type measured struct {
	Texts
	made templates.Rendered
}

func (m measured) Try(templates.Key, string, map[string]string) (templates.Rendered, error) {
	return m.made, nil
}

// A part of a longer text has less room than a text alone: its header is on the air, too.
func TestThePreviewSaysWhatStillFitsBeforeOneMessageMore(t *testing.T) {
	made, err := newPages()
	if err != nil {
		t.Fatal(err)
	}
	for want, r := range map[string]templates.Rendered{
		"160 đơn vị ký tự, gsm7, 1 tin, còn 0;":   {Units: 160, Segments: 1},
		"161 đơn vị ký tự, gsm7, 2 tin, còn 145;": {Units: 161, Segments: 2, Left: 145},
		"209 đơn vị ký tự, gsm7, 2 tin, còn 97;":  {Units: 209, Segments: 2, Left: 97},
		"71 đơn vị ký tự, ucs2, 2 tin, còn 63;":   {Units: 71, Segments: 2, Left: 63, Coding: 8},
	} {
		c := &console{Config: Config{Texts: measured{made: r}}, pages: made}
		page := httptest.NewRecorder()
		v := &visit{ResponseWriter: page, Request: httptest.NewRequest("POST", "/console/texts/O1/preview", nil), c: c}
		if err := v.fragment("text", "preview", c.tryText("O1", "", nil, "")); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("%s, want %q", page.Body, want)
		}
	}
}
