package store

import (
	"context"
	"time"

	"notify1022/escalation"
)

// factColumns are the columns of a fact in the order of factValues; marks makes itself.
const factColumns = `petition_id, turn, code, channel, kind, field, area, urgent, denunciation, received_at,
	round, unit, officer, reopened, opened_at, forwarded_at, acknowledged_at, overdue_at, result_at, published_at, done_at, outcome, level,
	acknowledged_in, answered_in, held_1022, held_focal, held_head, held_office,
	judged, within_focal, within_head, promises, kept, missed, score, published, own_site,
	office, disputed, at_once, asked, asked_in_time, written, written_in_time, service, followers, followers_1022, missed_at`

func factValues(f escalation.Fact) []any {
	return []any{f.Petition, f.Turn, f.Code, string(f.Channel), f.Kind, wire(f.Field), wire(f.Area), flag(f.Urgent), flag(f.Denunciation), micros(f.ReceivedAt),
		f.Round, f.Unit, wire(f.Officer), flag(f.Reopened), micros(f.OpenedAt), micros(f.ForwardedAt), micros(f.AcknowledgedAt), micros(f.OverdueAt),
		micros(f.ResultAt), micros(f.PublishedAt), micros(f.DoneAt), int64(f.Outcome), int64(f.Level),
		seconds(f.AcknowledgedIn), seconds(f.AnsweredIn), seconds(f.HeldBy1022), seconds(f.HeldByFocal), seconds(f.HeldByHead), seconds(f.HeldByOffice),
		flag(f.Judged), flag(f.WithinFocal), flag(f.WithinHead), f.Promises, f.Kept, f.Missed, f.Score, flag(f.Published), flag(f.OwnSite),
		flag(f.Office), flag(f.Disputed), flag(f.AtOnce), flag(f.Asked), flag(f.AskedInTime), flag(f.Written), flag(f.WrittenInTime),
		f.Service, f.Followers.String(), f.FollowersOn1022.String(), string(f.MissedAt)}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// officerKnown keeps the officer of a row whose document names none: of a slip of before
// officers were noted the row alone knows (migration 00054).
const officerKnown = `CASE WHEN excluded.officer = '' THEN fact.officer ELSE excluded.officer END`

// saveFacts writes the rows that the decisions have made or changed.
func (t *tx) saveFacts(ctx context.Context, changes []escalation.Change) error {
	var rows [][]any
	for _, c := range changes {
		for _, f := range c.Effects.Facts {
			rows = append(rows, factValues(f))
		}
	}
	return t.c.put(ctx, failing("save %d facts", len(rows)), `INSERT INTO fact (`+factColumns+`)`, `ON CONFLICT (petition_id, turn) DO UPDATE SET
			field = excluded.field, area = excluded.area, urgent = excluded.urgent, denunciation = excluded.denunciation,
			round = excluded.round, unit = excluded.unit, officer = `+officerKnown+`, reopened = excluded.reopened,
			opened_at = excluded.opened_at, forwarded_at = excluded.forwarded_at, acknowledged_at = excluded.acknowledged_at,
			result_at = excluded.result_at, published_at = excluded.published_at,
			done_at = excluded.done_at, outcome = excluded.outcome, level = excluded.level,
			acknowledged_in = excluded.acknowledged_in, answered_in = excluded.answered_in, held_1022 = excluded.held_1022,
			held_focal = excluded.held_focal, held_head = excluded.held_head, held_office = excluded.held_office,
			judged = excluded.judged, within_focal = excluded.within_focal, within_head = excluded.within_head,
			promises = excluded.promises, kept = excluded.kept, missed = excluded.missed, score = excluded.score,
			published = excluded.published, own_site = excluded.own_site, office = excluded.office, disputed = excluded.disputed,
			at_once = excluded.at_once,
			`+anew, rows)
}

// anew takes what a filling in corrects of a row that is written again: the citizens'
// votes, and what no calendar has measured of files, of the 48 hours, of promises and of questions.
const anew = `service = excluded.service, followers = excluded.followers, followers_1022 = excluded.followers_1022,
			overdue_at = excluded.overdue_at, written = excluded.written, written_in_time = excluded.written_in_time,
			missed_at = excluded.missed_at, asked = excluded.asked, asked_in_time = excluded.asked_in_time`

// differs is true of a row in which that is another than was written before.
const differs = `fact.service <> excluded.service OR fact.followers <> excluded.followers OR fact.followers_1022 <> excluded.followers_1022
			OR fact.overdue_at <> excluded.overdue_at OR fact.written <> excluded.written OR fact.written_in_time <> excluded.written_in_time
			OR fact.missed_at <> excluded.missed_at OR fact.asked <> excluded.asked OR fact.asked_in_time <> excluded.asked_in_time`

// factsKind and factsVersion mark, among the periodic work, that facts are filled in.
// Version 2 has the votes of migration 00028; version 3 has files with the first turn of
// their course, and an overdue petition with whoever got it so; version 4 counts no file that
// was not due yet when its course ended; version 5 says when promises were missed,
// and has a question with the turn in which it was asked.
const factsKind, factsVersion = "facts", "5"

// FillFacts makes the facts of the petitions that were saved before there were any. Rows
// that exist stay but for what has come to be counted otherwise (anew): a decision has written them since, and working time
// is of the calendar of then. Which unit works by which of the calendars the directory
// says. It returns how many petitions it went through.
func (s *Store) FillFacts(ctx context.Context, calendars escalation.Calendars) (petitions int, err error) {
	return backfill{what: factsKind, version: factsVersion, fill: func(ctx context.Context, t *tx, list []escalation.Petition) error {
		dir, err := t.Directory(ctx)
		if err != nil {
			return err
		}
		calendars.Directory = dir
		var facts []escalation.Fact
		for _, p := range list {
			facts = append(facts, escalation.Facts(p, calendars)...)
		}
		_, err = t.fillFacts(ctx, facts)
		return err
	}}.run(ctx, s)
}

// fillFacts writes the rows that there are not, and corrects those that differ (anew). It
// returns how many rows that were: a table full of rows written for nothing takes twice the
// space.
func (t *tx) fillFacts(ctx context.Context, facts []escalation.Fact) (written int64, err error) {
	var rows [][]any
	for _, f := range facts {
		rows = append(rows, factValues(f))
	}
	return t.c.insert(ctx, `INSERT INTO fact (`+factColumns+`)`, `ON CONFLICT (petition_id, turn) DO UPDATE SET `+anew+` WHERE `+differs, rows)
}

// FactsFilled reports whether petitions of before there were facts have theirs. An
// empty database has none of those.
func (s *Store) FactsFilled(ctx context.Context) (bool, error) {
	done, err := s.PeriodDone(ctx, factsKind, factsVersion)
	if err != nil || done {
		return done, err
	}
	var missing bool
	err = s.reader().get(ctx, &missing, `SELECT EXISTS (SELECT 1 FROM petition p LEFT JOIN fact f ON f.petition_id = p.id WHERE f.petition_id IS NULL)`)
	return !missing, err
}
