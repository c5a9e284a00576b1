package rules

import (
	"testing"
	"time"
)

// Days are counted as package time counts them, also those that do not exist and those
// before the calendar's years.
func TestDayNumbers(t *testing.T) {
	at := time.Date(-801, time.January, 1, 0, 0, 0, 0, time.UTC)
	for ; at.Year() < 2801; at = at.AddDate(0, 0, 1) {
		d := dateOf(at)
		if want := int(at.Unix() / (24 * 60 * 60)); d.number() != want || d.Weekday() != at.Weekday() {
			t.Fatalf("%v is day %d, a %v; want %d, a %v", d, d.number(), d.Weekday(), want, at.Weekday())
		}
	}
	for _, d := range []Date{{}, {2026, 13, 40}, {2026, 0, 0}, {2027, 2, 30}, {2026, -5, 1}} {
		if want := int(d.Time().Unix() / (24 * 60 * 60)); d.number() != want {
			t.Errorf("%v is day %d, want %d", d, d.number(), want)
		}
	}
}
