package store

import (
	"context"
	"testing"
	"time"

	"notify1022/escalation"
)

// factRow is a fact as stored.
type factRow struct {
	Petition       int64  `db:"petition_id"`
	Turn           int    `db:"turn"`
	Code           string `db:"code"`
	Channel        string `db:"channel"`
	Kind           int    `db:"kind"`
	Field          string `db:"field"`
	Area           string `db:"area"`
	Urgent         bool   `db:"urgent"`
	Denunciation   bool   `db:"denunciation"`
	ReceivedAt     int64  `db:"received_at"`
	Round          int    `db:"round"`
	Unit           string `db:"unit"`
	Officer        string `db:"officer"`
	Reopened       bool   `db:"reopened"`
	OpenedAt       int64  `db:"opened_at"`
	ForwardedAt    int64  `db:"forwarded_at"`
	AcknowledgedAt int64  `db:"acknowledged_at"`
	OverdueAt      int64  `db:"overdue_at"`
	ResultAt       int64  `db:"result_at"`
	PublishedAt    int64  `db:"published_at"`
	DoneAt         int64  `db:"done_at"`
	Outcome        int    `db:"outcome"`
	Level          int    `db:"level"`
	AcknowledgedIn int64  `db:"acknowledged_in"`
	AnsweredIn     int64  `db:"answered_in"`
	HeldBy1022     int64  `db:"held_1022"`
	HeldByFocal    int64  `db:"held_focal"`
	HeldByHead     int64  `db:"held_head"`
	HeldByOffice   int64  `db:"held_office"`
	Judged         bool   `db:"judged"`
	WithinFocal    bool   `db:"within_focal"`
	WithinHead     bool   `db:"within_head"`
	Promises       int    `db:"promises"`
	Kept           int    `db:"kept"`
	Missed         int    `db:"missed"`
	Score          int    `db:"score"`
	Published      bool   `db:"published"`
	OwnSite        bool   `db:"own_site"`
	Office         bool   `db:"office"`
	Disputed       bool   `db:"disputed"`
	AtOnce         bool   `db:"at_once"`
	Asked          bool   `db:"asked"`
	AskedInTime    bool   `db:"asked_in_time"`
	Written        bool   `db:"written"`
	WrittenInTime  bool   `db:"written_in_time"`
	Marks          int64  `db:"marks"`
	Service        int    `db:"service"`
	Followers      string `db:"followers"`
	On1022         string `db:"followers_1022"`
	MissedAt       string `db:"missed_at"`
}

func (r factRow) fact(t *testing.T) escalation.Fact {
	votes := func(s string) escalation.Votes {
		v, err := escalation.ParseVotes(s)
		if err != nil {
			t.Error(err)
		}
		return v
	}
	at := func(us int64) time.Time {
		if us == 0 {
			return time.Time{}
		}
		return time.UnixMicro(us).UTC()
	}
	span := func(s int64) time.Duration { return time.Duration(s) * time.Second }
	return escalation.Fact{
		Petition: r.Petition, Turn: r.Turn, Code: r.Code, Channel: escalation.Channel(r.Channel), Kind: r.Kind, Field: r.Field, Area: r.Area, Urgent: r.Urgent,
		Denunciation: r.Denunciation, ReceivedAt: at(r.ReceivedAt), Round: r.Round, Unit: r.Unit, Officer: r.Officer, Reopened: r.Reopened, OpenedAt: at(r.OpenedAt),
		ForwardedAt: at(r.ForwardedAt), AcknowledgedAt: at(r.AcknowledgedAt), OverdueAt: at(r.OverdueAt), ResultAt: at(r.ResultAt), PublishedAt: at(r.PublishedAt),
		DoneAt: at(r.DoneAt), Outcome: escalation.Outcome(r.Outcome), Level: escalation.Level(r.Level), AcknowledgedIn: span(r.AcknowledgedIn), AnsweredIn: span(r.AnsweredIn),
		HeldBy1022: span(r.HeldBy1022), HeldByFocal: span(r.HeldByFocal), HeldByHead: span(r.HeldByHead), HeldByOffice: span(r.HeldByOffice), Judged: r.Judged,
		WithinFocal: r.WithinFocal, WithinHead: r.WithinHead, Promises: r.Promises, Kept: r.Kept, Missed: r.Missed, Score: r.Score, Published: r.Published, OwnSite: r.OwnSite,
		Office: r.Office, Disputed: r.Disputed, AtOnce: r.AtOnce, Asked: r.Asked, AskedInTime: r.AskedInTime, Written: r.Written, WrittenInTime: r.WrittenInTime,
		Service: r.Service, Followers: votes(r.Followers), FollowersOn1022: votes(r.On1022), MissedAt: escalation.Instants(r.MissedAt),
	}
}

// FactsOf reads the rows of a petition, and checks that the column marks says of
// each what its fact does.
func FactsOf(t *testing.T, s *Store, petition int64) []escalation.Fact {
	t.Helper()
	var rows []factRow
	if err := s.reader().all(context.Background(), &rows, `SELECT * FROM fact WHERE petition_id = ? ORDER BY turn`, petition); err != nil {
		t.Fatal(err)
	}
	var list []escalation.Fact
	for _, r := range rows {
		f := r.fact(t)
		if f.Marks()&^escalation.FactService != escalation.FactMark(r.Marks) {
			t.Errorf("petition %d turn %d: marks %b in SQL, %b of the fact", petition, r.Turn, r.Marks, f.Marks())
		}
		list = append(list, f)
	}
	return list
}

// ForgetFacts makes petitions as they were before there were facts.
func ForgetFacts(t *testing.T, s *Store, petitions []int64) {
	t.Helper()
	if _, err := s.writer().execIn(context.Background(), `DELETE FROM fact WHERE petition_id IN (?)`, petitions); err != nil {
		t.Fatal(err)
	}
}

// FillFactsOf fills in the facts of petitions and returns how many rows were written.
func FillFactsOf(t *testing.T, s *Store, facts []escalation.Fact) (written int64) {
	t.Helper()
	err := s.inTx(context.Background(), func(tx *tx) (err error) {
		written, err = tx.fillFacts(context.Background(), facts)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// MustExec runs a statement of a test's own.
func (s *Store) MustExec(t testing.TB, statement string) {
	t.Helper()
	if _, err := s.write.ExecContext(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// TrafficFromMessages counts the texts of a period one by one, without the days that are
// counted.
func (s *Store) TrafficFromMessages(ctx context.Context, from, to time.Time) ([]escalation.Traffic, error) {
	var rows []struct {
		Unit     string                  `db:"unit"`
		Class    escalation.Class        `db:"class"`
		State    escalation.MessageState `db:"state"`
		Segments int                     `db:"segments"`
		sentRow
	}
	err := s.reader().all(ctx, &rows, `SELECT unit, class, state, segments, citizen_of, role, lane, template FROM message
		WHERE at >= ? AND at < ? AND by_email = 0 AND bundle_id = 0 ORDER BY unit, class, state`, micros(from), micros(to))
	var list []escalation.Traffic
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Unit != r.Unit || list[n-1].Class != r.Class || list[n-1].State != r.State {
			list = append(list, escalation.Traffic{Unit: r.Unit, Class: r.Class, State: r.State})
		}
		last := &list[len(list)-1]
		last.Texts, last.Segments, last.Branded = last.Texts+1, last.Segments+r.Segments, last.Branded+r.branded(r.Segments)
	}
	return list, err
}
