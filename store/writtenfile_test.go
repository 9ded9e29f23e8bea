package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// filesOf says what the list and the counts have to hold, by the petitions' documents.
func filesOf(w *world, ids []int64) (want []string) {
	w.tx(func(tx escalation.Tx) error {
		list, err := tx.Petitions(w.t.Context(), ids...)
		for _, p := range list {
			for _, f := range p.Files() {
				want = append(want, fileText(p, f))
			}
		}
		return err
	})
	slices.Sort(want)
	return want
}

func fileText(p escalation.Petition, f *escalation.Written) string {
	return fmt.Sprintf("%s/%d %s from %s due %s", p.Code, f.No, p.FileState(f), f.From.UTC().Format(time.DateTime), p.FileDue(f).UTC().Format(time.DateTime))
}

// listed pages through the list.
func (w *world) listed(f store.FileFilter) (got []string) {
	for f.Limit = 2; ; {
		page, err := w.WrittenFiles(w.t.Context(), f)
		w.must(err)
		for _, one := range page.Items {
			got = append(got, fileText(one.Petition, one.File))
		}
		if f.Cursor = page.NextCursor; f.Cursor == "" {
			return got
		}
	}
}

// Đ9.6
func TestTheListOfFilesIsThatOfTheDocuments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := live(w, 96, 400)
		want := filesOf(w, ids)
		if len(want) < 4 {
			t.Fatalf("only %d files: the history is too tame", len(want))
		}
		all := w.listed(store.FileFilter{})
		if slices.Sort(all); !slices.Equal(all, want) {
			t.Errorf("listed\n%v\nwant\n%v", all, want)
		}
		var byState []string
		for _, s := range escalation.FileStates() {
			byState = append(byState, w.listed(store.FileFilter{State: s})...)
		}
		if slices.Sort(byState); !slices.Equal(byState, want) {
			t.Errorf("by state\n%v\nwant\n%v", byState, want)
		}
		if _, err := w.raw().ExecContext(t.Context(), "DELETE FROM written_file"); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second finds it done
			w.must(w.FillFiles(t.Context()))
		}
		if all = w.listed(store.FileFilter{}); len(all) != len(want) {
			t.Errorf("%d files of before are filled in, want %d", len(all), len(want))
		}
	})
}

func TestFilesAreFoundByUnitMonthAndBatchAndTheLateOnesCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		var orders []escalation.FileOrder
		for i := range 3 {
			in := escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Cây đổ chắn đường", Urgent: true, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone}}
			if i > 0 {
				in.Unit = "SXD"
			}
			p, err := desk.Accept(t.Context(), in, operator)
			w.must(err)
			orders = append(orders, escalation.FileOrder{Code: p.Code, Reason: "khẩn"})
		}
		out, err := desk.SendFiles(t.Context(), orders[:2], operator)
		if w.must(err); len(out.Sent) != 2 {
			t.Fatalf("%+v", out)
		}
		for name, tt := range map[string]struct {
			f    store.FileFilter
			want int
		}{
			"all": {store.FileFilter{}, 3}, "waiting": {store.FileFilter{State: escalation.FileWaiting}, 1}, "sent": {store.FileFilter{State: escalation.FileSent}, 2},
			"unit": {store.FileFilter{Unit: "SXD"}, 2}, "no unit's": {store.FileFilter{Unit: "UBND"}, 0}, "batch": {store.FileFilter{Batch: out.Batch}, 2},
			"since": {store.FileFilter{From: w.now().Add(-time.Hour)}, 3}, "until": {store.FileFilter{To: w.now().Add(-time.Hour)}, 0},
		} {
			if got := w.listed(tt.f); len(got) != tt.want {
				t.Errorf("%s: %v, want %d", name, got, tt.want)
			}
		}
		city := escalation.Actor{Name: "Văn phòng", Role: escalation.Office, Channel: escalation.ByConsole}
		w.do(desk, orders[1].Code, &escalation.AskExplanation{Days: 1}, city)
		w.later(20 * 24 * time.Hour)
		count, late, err := w.CountFiles(t.Context(), w.now())
		if w.must(err); count[escalation.FileWaiting] != 1 || late[escalation.FileWaiting] != 1 || count[escalation.FileSent] != 1 || late[escalation.FileSent] != 0 ||
			count[escalation.FileAsking] != 1 || late[escalation.FileAsking] != 1 {
			t.Errorf("%v, late %v", count, late)
		}
	})
}

func TestAnExplanationComesDueAfterThePetitionHasEnded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		in := escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Cây đổ chắn đường", Unit: "SXD", Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone}}
		p, err := desk.Accept(t.Context(), in, operator)
		w.must(err)
		city := escalation.Actor{Name: "Văn phòng", Role: escalation.Office, Channel: escalation.ByConsole}
		w.do(desk, p.Code, &escalation.SendWrittenFile{Reason: "chậm"}, operator)
		w.do(desk, p.Code, &escalation.AskExplanation{Days: 2}, city)
		w.do(desk, p.Code, &escalation.Withdraw{}, operator)
		w.later(10 * 24 * time.Hour)
		w.fireAll(desk)
		if told := w.texts(p.Code, "VG"); len(told) != 1 {
			t.Errorf("the Office was told %v", told)
		}
		audit, err := w.Audit(t.Context())
		if w.must(err); audit.DueRungs != 0 || audit.Silent != 0 {
			t.Errorf("%+v", audit)
		}
		if got := w.listed(store.FileFilter{State: escalation.FileAsking}); len(got) != 1 {
			t.Errorf("%v", got)
		}
		late := w.do(desk, p.Code, &escalation.GiveExplanation{Text: "Đơn vị xin nhận khuyết điểm."}, w.focalOfficer())
		if e := late.Written.Explanation(); !e.Late {
			t.Errorf("%+v", e)
		}
	})
}
