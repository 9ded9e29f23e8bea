package escalation

import (
	"strings"
	"time"
)

// Intake is what is known when a petition is recorded (Đ7, Đ8.1): the body of
// POST /petitions.
type Intake struct {
	Channel        Channel       `json:"channel"`
	Kind           int           `json:"kind"`
	Citizen        CitizenIntake `json:"citizen"`
	Content        string        `json:"content"`
	Field          string        `json:"field,omitempty"`
	Area           string        `json:"area,omitempty"`
	ReceivedAt     time.Time     `json:"received_at,omitzero"` // zero: now
	CalledAt       time.Time     `json:"called_at,omitzero"`
	Confidential   bool          `json:"confidential,omitempty"`
	PublishConsent bool          `json:"publish_consent,omitempty"`
	Urgent         bool          `json:"urgent,omitempty"`
	Denunciation   bool          `json:"denunciation,omitempty"`
	Exclude        []int64       `json:"exclude,omitempty"`
	Unit           string        `json:"unit,omitempty"`
	Units          []UnitRef     `json:"units,omitempty"`
	Note           string        `json:"note,omitempty"`
}

// CitizenIntake is the citizen as given: the phone as written.
type CitizenIntake struct {
	Name         string `json:"name"`
	Phone        string `json:"phone,omitempty"`
	Email        string `json:"email,omitempty"`
	Address      string `json:"address,omitempty"`
	Organisation bool   `json:"organisation,omitempty"`
}

// Limits of what an intake may hold, in characters: a call's record fits many times.
const (
	maxContent = 20_000
	maxLine    = 300
	maxExclude = 50 // people named in one petition
)

// Check refuses an intake that Đ7 would not accept, naming every field at fault.
func (in Intake) Check(env Env) error {
	faults := in.Faults(env)
	if len(faults) == 0 {
		return nil
	}
	first := *faults[0]
	first.More = faults[1:]
	return &first
}

// Faults lists every field for which Đ7 would not accept the intake. A missing
// email is never a ground; a name and one channel to reach the citizen are.
func (in Intake) Faults(env Env) []*Problem {
	var f findings
	switch in.Channel {
	case ByPhone, ByWeb, ByEmail, ByFacebook, BySMS:
	default:
		f.add("channel", "kênh tiếp nhận phải là phone, web, email, facebook hoặc sms")
	}
	if in.Kind < 1 || in.Kind > 5 {
		f.add("kind", "loại nội dung phải từ 1 đến 5 (Điều 5)")
	}
	if strings.TrimSpace(in.Content) == "" {
		f.add("content", "chưa có nội dung phản ánh")
	}
	in.bounded(&f)
	if in.CalledAt.After(env.Now) {
		f.add("called_at", "thời điểm gọi ở tương lai")
	}
	if in.ReceivedAt.After(env.Now) {
		f.add("received_at", "thời điểm tiếp nhận ở tương lai")
	}
	if !in.ReceivedAt.IsZero() && env.Now.Sub(in.ReceivedAt) > 366*24*time.Hour {
		f.add("received_at", "thời điểm tiếp nhận cách đây hơn một năm")
	}
	in.Citizen.check(&f, env, in.Channel)
	return f
}

// bounded refuses what is longer than a call's record can be.
func (in Intake) bounded(f *findings) {
	for _, line := range [][2]string{{"citizen.name", in.Citizen.Name}, {"citizen.address", in.Citizen.Address},
		{"citizen.email", in.Citizen.Email}, {"field", in.Field}, {"area", in.Area}, {"note", in.Note}} {
		if longer(line[1], maxLine) {
			f.add(line[0], "dài quá %d ký tự", maxLine)
		}
	}
	if longer(in.Content, maxContent) {
		f.add("content", "dài quá %d ký tự", maxContent)
	}
	if len(in.Exclude) > maxExclude {
		f.add("exclude", "không quá %d người", maxExclude)
	}
}

func (ci CitizenIntake) check(f *findings, env Env, channel Channel) {
	if strings.TrimSpace(ci.Name) == "" {
		f.add("citizen.name", "chưa có họ tên người phản ánh (Điều 7)")
	}
	if ci.Phone != "" {
		if _, err := env.Numbering.ParsePhone(ci.Phone); err != nil {
			f.add("citizen.phone", "%s", err)
		}
	}
	if ci.Email != "" && !plausibleEmail(ci.Email) {
		f.add("citizen.email", "địa chỉ thư điện tử không đúng")
	}
	if ci.Phone == "" && ci.Email == "" && channel != ByFacebook {
		f.add("citizen.phone", "cần ít nhất một kênh liên lạc: số điện thoại hoặc email")
	}
}

func plausibleEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-3 && strings.Contains(s[at:], ".") && !strings.ContainsAny(s, " \t\r\n<>,;\"")
}
