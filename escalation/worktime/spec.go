package worktime

// Spec is a calendar file: what people write, before it is checked.
type Spec struct {
	// Zone is Asia/Ho_Chi_Minh, or empty for the same.
	Zone string `yaml:"zone,omitempty" json:"zone,omitempty"`
	// Hours of the ordinary week. At least one day must have some.
	Hours Hours `yaml:"hours" json:"hours"`
	// Seasons replace the whole week's hours for a time. They do not overlap,
	// but a dated one may stand inside a yearly one and then goes before it.
	Seasons []Season `yaml:"seasons,omitempty" json:"seasons,omitempty"`
	// Off are the days off that the week itself does not tell. A date that is
	// a rest day anyway may be listed.
	Off []DayOff `yaml:"off,omitempty" json:"off,omitempty"`
	// Work are days worked in exchange (làm bù), mostly Saturdays.
	Work []WorkDay `yaml:"work,omitempty" json:"work,omitempty"`
	// Short are working days with other hours than usual.
	Short []ShortDay `yaml:"short,omitempty" json:"short,omitempty"`
	// AnnouncedFrom and AnnouncedUntil are the first and the last date whose
	// days off are known. Outside of them the holidays with a fixed date are
	// filled in and answers are provisional. Empty: no such bound.
	AnnouncedFrom  string `yaml:"announced_from,omitempty" json:"announced_from,omitempty"`
	AnnouncedUntil string `yaml:"announced_until,omitempty" json:"announced_until,omitempty"`
}

// Hours maps mon, tue, wed, thu, fri, sat, sun to stretches "07:30-11:30" in
// order. A stretch includes its start and not its end; 24:00 may end one. A
// day that is missing or has an empty list is a rest day.
type Hours map[string][]string

// Season holds from From to To, both included: two dates "2026-04-01", or two
// days of every year "04-01", which may run over the new year.
type Season struct {
	From  string `yaml:"from" json:"from"`
	To    string `yaml:"to" json:"to"`
	Hours Hours  `yaml:"hours" json:"hours"`
}

// DayOff is one date "2026-02-16" off.
type DayOff struct {
	Date     string `yaml:"date" json:"date"`
	Name     string `yaml:"name" json:"name"`
	Document string `yaml:"document,omitempty" json:"document,omitempty"`
}

// WorkDay is one date worked although it would be free. Without Hours it has
// those of its weekday, or of the week's first working day if that has none.
type WorkDay struct {
	Date     string   `yaml:"date" json:"date"`
	Hours    []string `yaml:"hours,omitempty" json:"hours,omitempty"`
	Document string   `yaml:"document,omitempty" json:"document,omitempty"`
}

// ShortDay is one working day with hours of its own.
type ShortDay struct {
	Date     string   `yaml:"date" json:"date"`
	Hours    []string `yaml:"hours" json:"hours"`
	Document string   `yaml:"document,omitempty" json:"document,omitempty"`
}
