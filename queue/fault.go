package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
)

// fault is one thing that is wrong, as the administrator reads of it.
type fault struct {
	kind  string // escalation.Fault's
	name  string // where there is no room for more
	whole string // and what to do about it
}

// alarmLetters is the room for all faults in one alarm: what {noi_dung} of QT takes, and
// what a telecom takes for one variable of a wording that is registered.
const alarmLetters = 160

// blind is the fault of an audit that could not be made.
var blind = fault{"audit", "không đọc được cơ sở dữ liệu", "không đọc được cơ sở dữ liệu: xem máy chủ cơ sở dữ liệu, nhật ký worker"}

// unwritten is the fault of an audit whose findings could not be noted.
var unwritten = fault{"write", "không ghi được cơ sở dữ liệu", "không ghi được cơ sở dữ liệu: xem máy chủ, ổ đĩa cơ sở dữ liệu, nhật ký worker"}

// faults are what is wrong, the gravest first.
func (a Audit) faults() (wrong []fault) {
	add := func(is bool, kind, name, format string, args ...any) {
		if is {
			wrong = append(wrong, fault{kind, name, fmt.Sprintf(format, args...)})
		}
	}
	add(a.ClockStep != 0, "clock", "đồng hồ lệch", "đồng hồ bị chỉnh %s%s, mốc dừng: giờ đúng thì chạy notify1022 clock accept, sai thì chỉnh lại", stepText(a.ClockStep), a.doubtText())
	add(a.OldestRung > rungLate, "late", "bước trễ", "bước leo thang trễ %s: xem nhật ký worker, cơ sở dữ liệu", spanText(a.OldestRung))
	add(len(a.Stuck) > 0, "stuck", "bước kẹt", "%d phản ánh không xử lý được bước đến hạn, trễ nhất %s: %s. Gọi người cần báo, xem nhật ký worker", len(a.Stuck), spanText(a.oldestStuck()), a.stuckCodes())
	add(a.OldestUrgent > UrgentLate, "urgent", "tin khẩn chậm", "tin khẩn chưa gửi %s: xem kết nối SMSC, gọi nhà mạng", spanText(a.OldestUrgent))
	for _, away := range a.Away {
		name := strings.ToValidUTF8(away.SMSC, "")
		add(away.For >= unbound, "unbound/"+name, "mất kết nối", "tài khoản %.20s mất kết nối nhà mạng %s: xem nhật ký gateway, gọi nhà mạng", name, spanText(away.For))
	}
	add(a.OldestSlip > laneLate, "slip", "tin chậm", "tin cho đơn vị chưa gửi %s: xem kết nối SMSC, gọi nhà mạng", spanText(a.OldestSlip))
	add(a.OldestCitizen > laneLate, "citizen", "tin chậm", "tin cho người dân chưa gửi %s: xem kết nối SMSC, gọi nhà mạng", spanText(a.OldestCitizen))
	add(a.Refused > 0, "refused", "tin chậm", "%d tin bị SMSC từ chối nhiều lần (%s), vẫn đang gửi lại: gọi nhà mạng", a.Refused, a.RefusedWhy)
	add(a.Silent > 0, "silent", "phản ánh bị quên", "%d phản ánh không có bước xử lý tiếp theo, cần mở ra xử lý: %s", a.Silent, named(a.SilentCodes))
	add(a.OldestUnapplied > replyLate, "unapplied", "trả lời chậm", "%d tin trả lời chưa xử lý, lâu nhất %s: xem nhật ký worker", a.Unapplied, spanText(a.OldestUnapplied))
	add(!a.ProbeBroken.IsZero(), "probe", "vòng kiểm tra đứt", "vòng kiểm tra tin nhắn bị đứt, tin gửi lúc %s chưa có trả lời: xem máy kiểm tra, gọi nhà mạng", escalation.ClockText(a.ProbeBroken))
	add(a.PassedOver > 0, "passed_over", "tin gác lại", "%d tin nhắn trả lời không xử lý được: trưởng ca xem Việc phải làm; xem nhật ký worker", a.PassedOver)
	add(a.Archived, "archive", "việc bị bỏ lại", "kho lưu của hàng đợi có việc bị bỏ lại: xem nhật ký worker")
	add(a.OverBudget > 0, "budget", "tin chờ", "%d tin chờ gửi dần vì có máy nhận quá nhiều tin trong một giờ", a.OverBudget)
	return wrong
}

// doubtText: a step that was found at a start may be this host's.
func (a Audit) doubtText() string {
	if a.ClockDoubt {
		return " lúc dịch vụ tắt (hoặc máy này sai giờ)"
	}
	return ""
}

// kindsOf lists what is wrong without figures.
func kindsOf(faults []fault) (kinds []string) {
	for _, f := range faults {
		kinds = append(kinds, f.kind)
	}
	return kinds
}

// alarmText names every fault, those of one name once, and says of each what to do as long as
// there is room, the gravest first.
func alarmText(faults []fault) string {
	var parts []string
	for _, f := range faults {
		parts = append(parts, f.name)
	}
	for i, f := range faults {
		longer := slices.Clone(parts)
		longer[i] = f.whole
		if utf8.RuneCountInString(listed(longer)) <= alarmLetters {
			parts = longer
		}
	}
	return listed(parts)
}

// listed are parts of an alarm one after the other.
func listed(parts []string) string { return strings.Join(slices.Compact(slices.Clone(parts)), "; ") }

// named is some of many codes.
func named(codes []string) string { return strings.Join(codes[:min(len(codes), codesNamed)], ", ") }

// stepText is by how much and which way a clock was stepped.
func stepText(step time.Duration) string {
	if step < 0 {
		return "lùi " + spanText(-step)
	}
	return "nhanh thêm " + spanText(step)
}

// spanText is a span as it is said, in whole units: "1 ngày 2 giờ", "3 giờ 5 phút",
// "12 phút", and below a minute "7 giây".
func spanText(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	great, small, more, less := days, hours, "ngày", "giờ"
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d giây", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d phút", minutes)
	case days == 0:
		great, small, more, less = hours, minutes, "giờ", "phút"
	}
	if small == 0 {
		return fmt.Sprintf("%d %s", great, more)
	}
	return fmt.Sprintf("%d %s %d %s", great, more, small, less)
}

// occasion names what is owed in this alarm, the same on every node and another each
// time; empty: nothing is.
func occasion(faults []escalation.Fault) string {
	var owed []string
	for _, f := range faults {
		if since := f.Owed(); !since.IsZero() {
			owed = append(owed, f.Kind+" "+since.UTC().Format(time.RFC3339Nano))
		}
	}
	slices.Sort(owed)
	return strings.Join(owed, ", ")
}

// ownFaults are those of one node, where SQL is what fails.
type ownFaults struct {
	now func() time.Time

	mu    sync.Mutex
	known map[string]escalation.Fault
}

var _ Faults = (*ownFaults)(nil)

// NoteFaults notes that the faults are there now.
func (o *ownFaults) NoteFaults(_ context.Context, kinds ...string) (faults []escalation.Fault, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, kind := range kinds {
		f := o.known[kind]
		f.Kind = kind
		o.put(f.Noted(o.now()))
		faults = append(faults, o.known[kind])
	}
	return faults, nil
}

// FaultsTold notes that an administrator was told of the faults now.
func (o *ownFaults) FaultsTold(_ context.Context, kinds ...string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, kind := range kinds {
		f := o.known[kind]
		f.Told = o.now()
		o.put(f)
	}
	return nil
}

func (o *ownFaults) put(f escalation.Fault) {
	if o.known == nil {
		o.known = map[string]escalation.Fault{}
	}
	o.known[f.Kind] = f
}
