package worktime

import (
	"maps"
	"slices"
	"time"
)

// AnnouncedTo is the calendar once its days off are known to the date "2027-12-31",
// included, and the rows it has got by that. The fixed holidays and their make-up days
// that were filled in for the time in between become rows, so that being announced
// changes the hours of no day. For an earlier date no row goes. The error is Compile's.
func (s Spec) AnnouncedTo(until string) (announced Spec, filled []DayOff, err error) {
	before, err := s.check()
	if err != nil {
		return s, nil, err
	}
	announced = s
	announced.Off = slices.Clone(s.Off)
	announced.AnnouncedUntil = until
	for {
		after, err := announced.check()
		if err != nil {
			return s, nil, err
		}
		lost := before.lost(after)
		if len(lost) == 0 {
			return announced, filled, nil
		}
		announced.Off, filled = append(announced.Off, lost...), append(filled, lost...)
	}
}

// lost are the holidays that the plan fills in and one that is announced further does not.
func (p *plan) lost(announced *plan) (list []DayOff) {
	if p.announcedTo >= announced.announcedTo {
		return nil
	}
	from, to := p.announcedTo, announced.announcedTo+1
	had, has := p.statutory(from, to), announced.statutory(from, to)
	for _, d := range slices.Sorted(maps.Keys(had)) {
		_, kept := has[d]
		if _, row := announced.rows[d]; !kept && !row {
			list = append(list, DayOff{Date: d.String(), Name: had[d].name, Document: had[d].document})
		}
	}
	return list
}

// DifferAnnounced is Differ for what is provisional: the start of the first date that is
// announced in one calendar and not in the other.
func DifferAnnounced(a, b *Calendar, from, to time.Time) (first time.Time, ok bool) {
	y, m, d := from.In(a.loc).Date()
	for at := time.Date(y, m, d, 0, 0, 0, 0, a.loc); !at.After(to); at = at.AddDate(0, 0, 1) {
		if noon := at.Add(12 * time.Hour); a.Provisional(noon) != b.Provisional(noon) {
			return at, true
		}
	}
	return time.Time{}, false
}
