package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// look is a look of the daemon at a moment, and says who was told that a calendar is missing.
func (r *rig) look(t *testing.T, p *postman, when time.Time) string {
	t.Helper()
	r.Now, p.took = func() time.Time { return when }, map[string][]*mailbox.Message{}
	if _, err := r.RemindNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var to []string
	for addr, letters := range p.took {
		if addr != r.Alarm && strings.Contains(letters[0].Text, "Календарь на 2027 год ещё не опубликован") {
			to = append(to, strings.TrimSuffix(addr, "@license.kz"))
		}
	}
	slices.Sort(to)
	return strings.Join(to, " ")
}

// That the calendar of the next year is missing is told once a week, and an hour later where
// the letter was lost: to somebody else from the second on.
func TestMissingCalendarIsTold(t *testing.T) {
	for mood, want := range map[string]string{
		"":                           "14 09:10 officer, 21 09:10 officer",
		"refuses":                    "14 10:10 officer, 21 09:10 officer",
		"hangs":                      "14 10:10 officer, 21 09:10 officer",
		"refuses officer@license.kz": "14 11:10 info, 21 09:10 info",
	} {
		r, p := served(t)
		var got []string
		for day := 14; day < 26; day++ {
			for hour := 9; hour < 18; hour++ {
				if p.mood = mood; (day > 14 || hour > 9) && !strings.Contains(mood, "@") {
					p.mood = "" // it was passing
				}
				when := at(12, day, hour, 10)
				if to := r.look(t, p, when); to != "" {
					got = append(got, when.In(r.Zone).Format("02 15:04 ")+to)
				}
			}
		}
		if told := strings.Join(got, ", "); told != want {
			t.Errorf("%q: told %s, want %s", mood, told, want)
		}
		r.soundHistory(t)
	}
}
