package templates

import "testing"

func TestAnAreaTellsNoHouse(t *testing.T) {
	own := []string{"Nguyễn Văn Thử", "+84570000501", "", "12/34 Lạch Tray"}
	for _, tc := range []struct{ area, want string }{
		{"12/34 Lạch Tray, P Lạch Tray", "P Lạch Tray"},
		{"45 lạch tray, P Lạch Tray", "lạch tray, P Lạch Tray"},
		{"45B Lê Lợi", "Lê Lợi"},
		{"Số nhà 7/2, phố Cấm", "phố Cấm"},
		{"P Gia Viên, số 5 chợ con", "P Gia Viên, chợ con"},
		{"Nguyễn Văn Thử, P Gia Viên", "P Gia Viên"},
		{"12/34", ""},
		{"ngõ 72 Lạch Tray, tổ 5, P Gia Viên", "ngõ 72 Lạch Tray, tổ 5, P Gia Viên"},
		{"2 bên đường Lạch Tray", "2 bên đường Lạch Tray"},
		{"P Gia Viên", "P Gia Viên"},
		{"", ""},
	} {
		if got := Area(tc.area, own...); got != tc.want {
			t.Errorf("Area(%q)\n got %q\nwant %q", tc.area, got, tc.want)
		}
	}
}
