package desk

import (
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// On a day on which the clocks are put forward at midnight the office opens when the
// clock on the wall says so.
func TestOpensByTheWall(t *testing.T) {
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := rules.NewCalendar(rules.CalendarOptions{Week: 5})
	if err != nil {
		t.Fatal(err)
	}
	d := New(Options{Zone: zone, Calendar: cal, Reminders: Reminders{Hours: Hours{9 * time.Hour, 18 * time.Hour}}})
	for _, from := range []time.Time{
		time.Date(2026, 4, 23, 20, 0, 0, 0, zone), // Thursday; at midnight it is one o'clock
		time.Date(2026, 4, 24, 5, 0, 0, 0, zone),
	} {
		if got, want := d.opens(from), time.Date(2026, 4, 24, 9, 0, 0, 0, zone); !got.Equal(want) {
			t.Errorf("from %v: %v, want %v", from, got, want)
		}
	}
}
