package escalation

import "testing"

func TestAssignedAndChangedPrefixesAreASetting(t *testing.T) {
	var n Numbering
	for _, p := range []string{"054", "095"} {
		if err := n.AddPrefix(p); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []string{"0195=095", "092=054", "0928=0588", "0162=033"} {
		if err := n.AddChange(c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
	for in, want := range map[string]string{
		"0541234567":      "+84541234567", // assigned by the setting
		"01951234567":     "+84951234567", // eleven digits, changed by the setting
		"+84 195 1234567": "+84951234567",
		"0921234567":      "+84541234567", // ten digits
		"0928234567":      "+84588234567", // the longer prefix of two
		"01621234567":     "+84331234567", // before the change of 2018
		"01631234567":     "+84331234567", // that of 2018
		"0912345678":      "+84912345678", // as built in
		"02253000001":     "+842253000001",
	} {
		phone, err := n.ParsePhone(in)
		if err != nil || phone.E164 != want {
			t.Errorf("%s is %s, %v, want %s", in, phone.E164, err, want)
		}
		if changed := in[:2] != "02" && in != "0541234567" && in != "0912345678"; phone.Converted != changed {
			t.Errorf("%s is converted: %t", in, phone.Converted)
		}
	}
	for _, in := range []string{"0531234567", "01951234", "01191234567"} {
		if phone, err := n.ParsePhone(in); err == nil {
			t.Errorf("%s is %s", in, phone.E164)
		}
	}
	var plain Numbering
	if plain.Textable("+84541234567") || plain.Textable("+84195123456") {
		t.Error("without a setting the prefixes are as built in")
	}
}

func TestAPrefixThatIsNoneIsRefused(t *testing.T) {
	var n Numbering
	for _, p := range []string{"", "54", "0541", "022", "0a4", "154", "016"} {
		if n.AddPrefix(p) == nil {
			t.Errorf("%q is taken for a prefix", p)
		}
	}
	for _, c := range []string{"", "0162", "0162=", "=032", "0162=032=1", "0225=032", "162=032", "01=032", "01622=032", "032=032", "0162=053", "032=0162"} {
		if n.AddChange(c) == nil {
			t.Errorf("%q is taken for a change", c)
		}
	}
	if len(n.Mobiles)+len(n.Changed) != 0 {
		t.Errorf("left behind: %+v", n)
	}
}
