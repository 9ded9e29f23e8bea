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

func TestANumberInATextIsAPhoneByItsPrefixAndLength(t *testing.T) {
	n := Numbering{TestPrefixes: []string{"057"}}
	for in, want := range map[string]bool{
		"0912 345 678": true, "+84 912.345.678": true, "84912345678": true, "0084912345678": true, "01621234567": true, "0570000001": true,
		"0225.3842.345": true, "(0225) 3842 345": true, "024 3825 1234": true, "+84 225 3842345": true,
		"912345678":   false, // without its zero it may be a sum
		"0201234567":  false, // a tax code of Hải Phòng has ten digits
		"02012345678": false, // no area
		"0300012345":  false, "1900636434": false, "0225.1022": false, "1263600000": false, "03000123456": false,
	} {
		if _, got := n.Assigned(in); got != want {
			t.Errorf("%s is a phone: %t", in, got)
		}
	}
}

func TestAnOfficesNumberIsItsPublicOneOrAFixedLineOfTheDirectory(t *testing.T) {
	var n Numbering
	d := NewDirectory([]Unit{{Code: "P", Phone: "0225 3842 345; 0936.123.456"}}, []Contact{{ID: 1, Phone: "+842253000001"}, {ID: 2, Phone: "+84912345678"}})
	for in, want := range map[string]bool{
		"0225.3842345": true, "0936123456": true, "0225 3000 001": true, "0912345678": false, "0225 3842 346": false,
	} {
		phone, err := n.ParsePhone(in)
		if err != nil || d.OfficeNumber(phone, n) != want {
			t.Errorf("%s is an office's: %t (%v)", in, !want, err)
		}
	}
	if (*Directory)(nil).OfficeNumber(Phone{E164: "+842253842345", Kind: Landline}, n) {
		t.Error("without a directory no number is an office's")
	}
}
