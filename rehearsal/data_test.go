package rehearsal

import (
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/smpp/sms"
	"notify1022/templates"
)

func TestEverySampleNumberIsFictional(t *testing.T) {
	contacts, err := Contacts()
	fatal(t, err)
	petitions, err := Petitions()
	fatal(t, err)
	numbers := map[string]string{}
	for _, c := range contacts {
		numbers[c.Name] = c.Phone
	}
	for _, p := range petitions {
		if written := p.Intake.Citizen.Phone; written != "" {
			phone, err := Numbering().ParsePhone(written)
			fatal(t, err)
			numbers[p.Intake.Citizen.Name] = phone.E164
		}
	}
	for name, number := range numbers {
		mobile := number > "+84570000000" && number <= "+84570000999"
		landline := strings.HasPrefix(number, "+8422530000") // of the fixture, never texted
		if !mobile && !landline {
			t.Errorf("%s has a number outside the sample's range", name)
		}
	}
	if len(numbers) < 70 {
		t.Errorf("%d numbers were looked at, want more than 70", len(numbers))
	}
}

func TestTheSampleNamesOnlyWhatItHas(t *testing.T) {
	units, err := Units()
	fatal(t, err)
	contacts, err := Contacts()
	fatal(t, err)
	petitions, err := Petitions()
	fatal(t, err)
	codes := map[string]bool{"": true} // the hotline's own people
	for _, u := range units {
		codes[u.Code] = true
		if !slices.Contains(escalation.UnitKinds(), u.Kind) {
			t.Errorf("unit %s is of no kind: %q", u.Code, u.Kind)
		}
	}
	for _, c := range contacts {
		if !codes[c.Unit] {
			t.Errorf("contact %d belongs to no unit: %q", c.ID, c.Unit)
		}
	}
	for i, p := range petitions {
		if p.Number != i+1 {
			t.Errorf("petition %d stands in place %d", p.Number, i+1)
		}
		for _, u := range p.Units {
			if !codes[u] {
				t.Errorf("petition %d goes to no unit: %q", p.Number, u)
			}
		}
		if err := p.Intake.Check(escalation.Env{Now: Opening(), Numbering: Numbering()}); err != nil {
			t.Errorf("petition %d would not be accepted: %v", p.Number, err)
		}
	}
	if len(petitions) != 30 {
		t.Errorf("%d petitions, want 30", len(petitions))
	}
}

func TestEveryTextFitsOneSegmentWithTheNamesOfEveryUnit(t *testing.T) {
	units, err := Units()
	fatal(t, err)
	petitions, err := Petitions()
	fatal(t, err)
	set := templates.Builtin()
	for _, u := range units {
		for _, wording := range set.All() {
			key := wording.Key
			for _, p := range petitions {
				vars := templates.Sample(key)
				vars["don_vi"], vars["kinh_gui"] = u.SMSName, u.Addressee
				vars["tom_tat"], vars["dia_ban"], vars["linh_vuc"] = templates.Summary(p.Intake.Content), p.Intake.Area, p.Intake.Field
				if vars["linh_vuc"] == "" {
					vars["linh_vuc"] = "khác"
				}
				text, err := set.Render(key, vars, templates.Options{})
				if err != nil {
					t.Fatalf("%s for %s about petition %d: %v", key, u.Code, p.Number, err)
				}
				if text.Segments != 1 || text.Coding != sms.GSM7 {
					t.Errorf("%s for %s about petition %d takes %d segments of %s", key, u.Code, p.Number, text.Segments, text.Coding)
				}
				if strings.Contains(text.Text, "{") {
					t.Errorf("%s still has a placeholder", key)
				}
			}
		}
	}
}

func TestNamesOfUnitsAreAsShortAsTextsNeedThem(t *testing.T) {
	units, err := Units()
	fatal(t, err)
	for _, u := range units {
		if n := len([]rune(u.SMSName)); n == 0 || n > 15 {
			t.Errorf("sms_name of %s has %d characters, want 1 to 15", u.Code, n)
		}
		if n := len([]rune(u.Addressee)); n == 0 || n > 21 {
			t.Errorf("addressee of %s has %d characters, want 1 to 21", u.Code, n)
		}
	}
}

func TestABrokenRowOfTheSampleIsNamed(t *testing.T) {
	tests := []struct{ name, column, cell string }{
		{"no number", "number", "x"},
		{"no truth value", "truth", "maybe"},
		{"no instant", "instant", "tomorrow"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRow([]string{"number", "truth", "instant"}, []string{"1", "", ""})
			r.cells[tt.column] = tt.cell
			r.number("number")
			r.truth("truth")
			r.instant("instant")
			if err := r.err(); err == nil || !strings.Contains(err.Error(), tt.column) {
				t.Errorf("error %v does not name %s", err, tt.column)
			}
		})
	}
	r := newRow([]string{"a"}, []string{"1"})
	if r.text("b"); r.err() == nil {
		t.Error("a missing column is no error")
	}
}
