package worktime

import "sync"

// The years of the built-in calendar that are compiled: wide enough for every
// petition on record and every deadline that anyone will set.
const (
	haiPhongFrom = 1990
	haiPhongTo   = 2100
)

// HaiPhong returns the built-in calendar of the city: HaiPhongSpec compiled
// for 1990 to 2100, once for the process.
func HaiPhong() *Calendar { return haiPhong() }

var haiPhong = sync.OnceValue(func() *Calendar {
	c, err := HaiPhongSpec().Compile(haiPhongFrom, haiPhongTo)
	if err != nil {
		panic("worktime: the built-in calendar is wrong: " + err.Error())
	}
	return c
})

// HaiPhongSpec returns the built-in calendar as a file would hold it: 2024 to
// 2026 day by day as announced, what can be known of 2027, and by rule before
// and after. The hours are an assumption (eight hours, five days, no season);
// offices with seasonal hours state them in a file of their own.
func HaiPhongSpec() Spec {
	ordinary := func() []string { return []string{"07:30-11:30", "13:00-17:00"} }
	s := Spec{
		Zone: ZoneName,
		Hours: Hours{
			"mon": ordinary(), "tue": ordinary(), "wed": ordinary(), "thu": ordinary(), "fri": ordinary(),
		},
		AnnouncedFrom:  "2024-01-01",
		AnnouncedUntil: "2026-12-31",
	}
	for _, r := range haiPhongOff {
		s.Off = append(s.Off, DayOff{Date: r.date, Name: r.name, Document: r.document})
	}
	for _, r := range haiPhongWork {
		s.Work = append(s.Work, WorkDay{Date: r.date, Document: r.document})
	}
	return s
}

// Documents of the table. Where a year's announcement is known but not its
// number, the line says so instead of making one up.
const (
	tet2024      = "Thông báo nghỉ Tết 2024 (công bố 28/10/2023)"
	swap2024     = "CV 2450/VPCP-KGVX"
	notice2025   = "Thông báo nghỉ lễ, Tết năm 2025 (chưa ghi số văn bản)"
	notice2026   = "Thông báo nghỉ lễ, Tết năm 2026 (công bố 25/12/2025, chưa ghi số văn bản)"
	notSwap2026  = "CV 3383/BNV-CVL"
	computed2027 = "chưa có văn bản, tính theo âm lịch"
)

type haiPhongRow struct{ date, name, document string }

var haiPhongOff = []haiPhongRow{
	{"2024-01-01", "Tết Dương lịch", labourCode},        // Monday
	{"2024-02-08", "Tết Nguyên đán", tet2024},           // Thursday
	{"2024-02-09", "Tết Nguyên đán", tet2024},           // Friday
	{"2024-02-12", "Tết Nguyên đán", tet2024},           // Monday
	{"2024-02-13", "Tết Nguyên đán", tet2024},           // Tuesday
	{"2024-02-14", "Tết Nguyên đán", tet2024},           // Wednesday
	{"2024-04-18", "Giỗ Tổ Hùng Vương", labourCode},     // Thursday
	{"2024-04-29", "Hoán đổi với 04/05/2024", swap2024}, // Monday
	{"2024-04-30", "Ngày Chiến thắng", labourCode},      // Tuesday
	{"2024-05-01", "Ngày Quốc tế lao động", labourCode}, // Wednesday
	{"2024-09-02", "Quốc khánh", labourCode},            // Monday
	{"2024-09-03", "Quốc khánh", labourCode},            // Tuesday

	{"2025-01-01", "Tết Dương lịch", labourCode},          // Wednesday
	{"2025-01-27", "Tết Nguyên đán", notice2025},          // Monday
	{"2025-01-28", "Tết Nguyên đán", notice2025},          // Tuesday
	{"2025-01-29", "Tết Nguyên đán", notice2025},          // Wednesday
	{"2025-01-30", "Tết Nguyên đán", notice2025},          // Thursday
	{"2025-01-31", "Tết Nguyên đán", notice2025},          // Friday
	{"2025-04-07", "Giỗ Tổ Hùng Vương", labourCode},       // Monday
	{"2025-04-30", "Ngày Chiến thắng", labourCode},        // Wednesday
	{"2025-05-01", "Ngày Quốc tế lao động", labourCode},   // Thursday
	{"2025-05-02", "Hoán đổi với 26/04/2025", notice2025}, // Friday
	{"2025-09-01", "Quốc khánh", notice2025},              // Monday
	{"2025-09-02", "Quốc khánh", labourCode},              // Tuesday

	{"2026-01-01", "Tết Dương lịch", labourCode},            // Thursday
	{"2026-01-02", "Hoán đổi với 10/01/2026", notice2026},   // Friday
	{"2026-02-16", "Tết Nguyên đán", notice2026},            // Monday
	{"2026-02-17", "Tết Nguyên đán", notice2026},            // Tuesday
	{"2026-02-18", "Tết Nguyên đán", notice2026},            // Wednesday
	{"2026-02-19", "Tết Nguyên đán", notice2026},            // Thursday
	{"2026-02-20", "Tết Nguyên đán", notice2026},            // Friday
	{"2026-04-27", "Nghỉ bù Giỗ Tổ Hùng Vương", makeUpRule}, // Monday
	{"2026-04-30", "Ngày Chiến thắng", notSwap2026},         // Thursday
	{"2026-05-01", "Ngày Quốc tế lao động", notSwap2026},    // Friday
	{"2026-08-31", "Hoán đổi với 22/08/2026", notice2026},   // Monday
	{"2026-09-01", "Quốc khánh", notice2026},                // Tuesday
	{"2026-09-02", "Quốc khánh", labourCode},                // Wednesday
	{"2026-11-24", "Ngày Văn hóa Việt Nam", cultureRule},    // Tuesday

	// Not announced. Mùng 1 is Saturday 06/02/2027; the eve and four days,
	// with two make-up days, fit both arrangements that were proposed.
	{"2027-02-05", "Tết Nguyên đán", computed2027},    // Friday
	{"2027-02-08", "Tết Nguyên đán", computed2027},    // Monday
	{"2027-02-09", "Tết Nguyên đán", computed2027},    // Tuesday
	{"2027-02-10", "Tết Nguyên đán", computed2027},    // Wednesday
	{"2027-02-11", "Tết Nguyên đán", computed2027},    // Thursday
	{"2027-04-16", "Giỗ Tổ Hùng Vương", computed2027}, // Friday
}

var haiPhongWork = []haiPhongRow{
	{date: "2024-05-04", document: swap2024},   // Saturday for 29/04
	{date: "2025-04-26", document: notice2025}, // Saturday for 02/05
	{date: "2026-01-10", document: notice2026}, // Saturday for 02/01
	{date: "2026-08-22", document: notice2026}, // Saturday for 31/08
}
