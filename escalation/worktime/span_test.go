package worktime

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func TestLimitsAreReadAsWritten(t *testing.T) {
	rows := []struct {
		text string
		want Span
		back string
	}{
		{"8h", Span{Time: 8 * time.Hour}, "8h"},
		{"90m", Span{Time: 90 * time.Minute}, "1h30m"},
		{"1h30m", Span{Time: 90 * time.Minute}, "1h30m"},
		{"1h5s", Span{Time: time.Hour + 5*time.Second}, "1h0m5s"},
		{"20m", Span{Time: 20 * time.Minute}, "20m"},
		{"100h", Span{Time: 100 * time.Hour}, "100h"},
		{"0h", Span{}, "0h"}, {"0m", Span{}, "0h"},
		{"2d", Span{Days: 2}, "2d"}, {"10d", Span{Days: 10}, "10d"},
		{"20000h", Span{Time: MaxSpanTime}, "20000h"}, {"2500d", Span{Days: MaxSpanDays}, "2500d"},
	}
	for _, r := range rows {
		got, err := ParseSpan(r.text)
		if err != nil || got != r.want || got.String() != r.back {
			t.Errorf("ParseSpan(%q) = %+v %q, %v", r.text, got, got, err)
		}
		if again, err := ParseSpan(got.String()); err != nil || again != got {
			t.Errorf("ParseSpan(%q) = %+v, %v", got, again, err)
		}
	}
}

func TestLimitsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, s := range []string{
		"", " ", "8", "h", "d", "-8h", "+8h", "0d", "00d", "-1d", "1.5h", "8 h", " 8h", "8h ", "8H", "2D", "2d4h", "4h2d",
		"30m1h", "1h1h", "1h30", "8x", "ms", "8ms", "1w", "20001h", "20000h1s", "1200001m", "2501d", "1e3h", "8h\x00",
		"99999999999999999999h", "99999999999999999999d", "8h30m15s1s", "٨h", "NaNh", strings.Repeat("9", 1000) + "h",
	} {
		got, err := ParseSpan(s)
		if err == nil || got != (Span{}) {
			t.Errorf("ParseSpan(%q) = %+v, %v", s, got, err)
		} else if len(err.Error()) > 200 {
			t.Errorf("ParseSpan(%.20q…): an error of %d bytes", s, len(err.Error()))
		}
	}
}

func FuzzALimitIsRefusedOrReadBack(f *testing.F) {
	for _, s := range []string{"8h", "1h30m", "2d", "0d", "-1h", "99999999999999999999h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		span, err := ParseSpan(s)
		if err != nil {
			return
		}
		if again, err := ParseSpan(span.String()); err != nil || again != span {
			t.Errorf("%q: %v, %v", s, again, err)
		}
		if span.Time < 0 || span.Time > MaxSpanTime || span.Days < 0 || span.Days > MaxSpanDays {
			t.Errorf("%q: %+v is out of bounds", s, span)
		}
	})
}

func TestALimitStandsInYAMLAndJSONAsText(t *testing.T) {
	var v struct {
		Due Span `yaml:"due" json:"due"`
	}
	if err := yaml.Unmarshal([]byte("due: 1h30m"), &v); err != nil || v.Due.Time != 90*time.Minute {
		t.Errorf("YAML: %+v, %v", v, err)
	}
	if err := json.Unmarshal([]byte(`{"due":"2d"}`), &v); err != nil || v.Due != (Span{Days: 2}) {
		t.Errorf("JSON: %+v, %v", v, err)
	}
	if text, err := json.Marshal(v); err != nil || string(text) != `{"due":"2d"}` {
		t.Errorf("JSON: %s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`{"due":"0d"}`), &v); err == nil {
		t.Error("0d was accepted")
	}
}

func TestALimitIsAddedInItsOwnUnit(t *testing.T) {
	from := at(t, "13/03/2026 16:50") // Friday
	same(t, "8h", HaiPhong().AddSpan(from, Span{Time: 8 * time.Hour}), at(t, "16/03/2026 16:50"))
	same(t, "2d", HaiPhong().AddSpan(from, Span{Days: 2}), at(t, "17/03/2026 17:00"))
}

func TestInstantsAreReadInVietnamUnlessTheySayOtherwise(t *testing.T) {
	rows := []struct{ text, want string }{
		{"2026-03-13T16:50", "2026-03-13T16:50:00+07:00"},
		{"2026-03-13T16:50:07", "2026-03-13T16:50:07+07:00"},
		{"2026-03-13T16:50:00+07:00", "2026-03-13T16:50:00+07:00"},
		{"2026-03-13T16:50:00Z", "2026-03-13T23:50:00+07:00"},
		{"2026-03-13T23:50:00.25Z", "2026-03-14T06:50:00.25+07:00"},
		{"2026-03-13T16:50:00-05:00", "2026-03-14T04:50:00+07:00"},
		{"2024-02-29T00:00", "2024-02-29T00:00:00+07:00"},
	}
	for _, r := range rows {
		got, err := ParseInstant(r.text)
		if err != nil || got.Format(time.RFC3339Nano) != r.want {
			t.Errorf("ParseInstant(%q) = %v, %v", r.text, got, err)
		}
	}
}

func TestInstantsThatDoNotExistAreRefused(t *testing.T) {
	for _, s := range []string{
		"", "now", "2026-03-13", "2026-03-13 16:50", "13/03/2026 16:50", "2026-02-29T08:00", "2026-02-30T08:00:00+07:00",
		"2026-04-31T08:00", "2026-13-01T08:00", "2026-00-01T08:00", "2026-01-00T08:00", "2026-03-13T24:00", "2026-03-13T16:60",
		"2026-03-13T16:50:60", "2026-03-13T1:50", "2026-03-13T16:50Z", "2026-03-13T16:50:00,5Z",
		"2026-03-13T16:50:00+7", "0001-01-01T00:00", "1975-12-31T23:59", "9999-12-31T23:59", "2026-03-13T16:50 ",
	} {
		if got, err := ParseInstant(s); err == nil {
			t.Errorf("ParseInstant(%q) = %v", s, got)
		}
	}
}
