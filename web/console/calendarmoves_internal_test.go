package console

import "testing"

func TestAnEditSaysWhichDeadlinesItCouldNotMove(t *testing.T) {
	for _, tt := range []struct {
		left []string
		want string
	}{
		{nil, "4 thời hạn của 2 phản ánh được tính lại"},
		{[]string{"HP260309-0001"}, "4 thời hạn của 2 phản ánh được tính lại; 1 phản ánh không đọc được nên giữ thời hạn cũ: HP260309-0001"},
		{[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}, "4 thời hạn của 2 phản ánh được tính lại; 11 phản ánh không đọc được nên giữ thời hạn cũ: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …"},
	} {
		if got := (CalendarMoves{Deadlines: 4, Petitions: 2, LeftOut: tt.left}).done(); got != tt.want {
			t.Errorf("said: %s", got)
		}
	}
}
