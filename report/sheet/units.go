package sheet

import (
	"fmt"
	"time"

	"notify1022/escalation"
)

var unitFields = []field[escalation.Unit]{
	must(text("code", func(u *escalation.Unit) *string { return &u.Code }, "Mã đơn vị", "Mã", "Ký hiệu", "Mã ĐV")),
	must(text("name", func(u *escalation.Unit) *string { return &u.Name }, "Tên đơn vị", "Đơn vị", "Tên", "Tên cơ quan", "Cơ quan")),
	text("sms_name", func(u *escalation.Unit) *string { return &u.SMSName }, "Tên ngắn", "Tên trong tin nhắn", "Tên viết tắt", "Tên SMS"),
	text("addressee", func(u *escalation.Unit) *string { return &u.Addressee }, "Kính gửi", "Nơi nhận"),
	oneOf("kind", unitKinds, func(u *escalation.Unit) *escalation.UnitKind { return &u.Kind }, "Loại đơn vị", "Loại", "Loại hình", "Nhóm"),
	list("fields", func(u *escalation.Unit) *[]string { return &u.Fields }, "Lĩnh vực", "Các lĩnh vực", "Lĩnh vực phụ trách"),
	list("areas", func(u *escalation.Unit) *[]string { return &u.Areas }, "Địa bàn", "Các địa bàn", "Khu vực", "Địa bàn phụ trách"),
	text("calendar", func(u *escalation.Unit) *string { return &u.Calendar }, "Lịch làm việc", "Lịch"),
	list("aliases", func(u *escalation.Unit) *[]string { return &u.Aliases }, "Địa danh cũ", "Tên cũ", "Tên gọi khác"),
	text("website", func(u *escalation.Unit) *string { return &u.Website }, "Trang web", "Website", "Cổng thông tin"),
	text("phone", func(u *escalation.Unit) *string { return &u.Phone }, "Điện thoại công khai", "Điện thoại cơ quan"),
	moment("valid_from", false, func(u *escalation.Unit) *time.Time { return &u.ValidFrom }, "Hoạt động từ", "Từ ngày"),
	moment("valid_to", true, func(u *escalation.Unit) *time.Time { return &u.ValidTo }, "Hoạt động đến hết", "Đến hết ngày", "Đến ngày"),
	text("successor", func(u *escalation.Unit) *string { return &u.Successor }, "Đơn vị kế thừa", "Mã đơn vị kế thừa"),
}

var unitKinds = []word{
	wordOf(escalation.Department, "sở", "ngành", "sở/ban/ngành", "sở ban ngành"),
	wordOf(escalation.Commune),
	wordOf(escalation.Ward),
	wordOf(escalation.SpecialZone),
	wordOf(escalation.Sectoral, "cơ quan ngành dọc"),
	wordOf(escalation.PublicUnit, "sự nghiệp", "sự nghiệp công lập"),
	wordOf(escalation.ServiceProvider, "dịch vụ công", "doanh nghiệp dịch vụ công ích"),
	wordOf(escalation.OfficeKind, "văn phòng", "văn phòng UBND thành phố"),
}

// PlanUnits lays a sheet over the units that there are; calendars are the names that one
// may work by. save is what to write: the units that are new or changed, none while there
// are problems.
func PlanUnits(tables []Table, d *escalation.Directory, calendars []string) (o Outcome, save []escalation.Unit) {
	read := decode(Units, unitFields, tables, ways{})
	o = read.outcome()
	seen := map[string]int{}
	for _, r := range read.rows {
		code := r.on(escalation.Unit{}).Code
		if before, twice := seen[code]; twice {
			r.wrong("code", fmt.Sprintf("mã này đã có ở hàng %d", before))
			continue
		}
		seen[code] = r.no
		before, known := d.Unit(code)
		after := r.on(before).Addressed()
		for _, fault := range after.Faults() {
			r.wrong(fault.Field, fault.Detail)
		}
		if fault := after.WorksBy(calendars, before); fault != nil {
			r.wrong(fault.Field, fault.Detail)
		}
		diffs := r.differences(before, after)
		switch {
		case known && len(diffs) == 0:
			o.Same++
			continue
		case known:
			o.add(Change{Row: r.no, What: code, Fields: diffs})
		default:
			o.add(Change{Row: r.no, What: code + " " + after.Name, New: true})
		}
		save = append(save, after)
	}
	if o = read.end(o); o.Problems.Any() {
		save = nil
	}
	return o, save
}
