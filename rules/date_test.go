package rules

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]Date{
		"2026-11-23": {2026, time.November, 23},
		"2024-02-29": {2024, time.February, 29},
		"0001-01-01": {1, time.January, 1},
	} {
		if got, err := ParseDate(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "2026-02-29", "2026-13-01", "2026-1-1", "23.11.2026", "2026-11-23T00:00:00Z", " 2026-11-23"} {
		if got, err := ParseDate(in); err == nil {
			t.Errorf("%q is read as %s", in, got)
		}
	}
}

func TestDateIsThatOfTheZone(t *testing.T) {
	loc := almaty(t)
	for instant, want := range map[string]string{
		"2026-11-22T18:59:59Z": "2026-11-22",
		"2026-11-22T19:00:00Z": "2026-11-23",
		"2024-02-29T17:30:00Z": "2024-02-29", // 23:30 at +06, and an hour later
		"2024-02-29T18:30:00Z": "2024-02-29", // 23:30 once more, at +05
		"2024-02-29T19:00:00Z": "2024-03-01",
		"2024-02-28T18:30:00Z": "2024-02-29", // still +06
	} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateIn(at, loc).String(); got != want {
			t.Errorf("%s is %s in Almaty, want %s", instant, got, want)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	if got, want := NewDate(2026, time.February, 30), (Date{2026, time.March, 2}); got != want {
		t.Errorf("30 February is %s, want %s", got, want)
	}
	if got := day(t, "2026-11-23").Weekday(); got != time.Monday {
		t.Errorf("2026-11-23 is a %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate().Draw(t, "date"), rapid.IntRange(-5000, 5000).Draw(t, "days")
		e := d.AddDays(n)
		if e.Sub(d) != n || d.Sub(e) != -n {
			t.Fatalf("%s and %s are %d days apart, want %d", d, e, e.Sub(d), n)
		}
		if e.After(d) != (n > 0) || e.Before(d) != (n < 0) || (e.Compare(d) == 0) != (n == 0) {
			t.Fatalf("%s and %s stand in the wrong order", d, e)
		}
		back, err := ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%s is read back as %s: %v", d, back, err)
		}
	})
}

func TestDateAsText(t *testing.T) {
	type span struct{ From, To Date }
	in := span{From: Date{2026, time.January, 18}}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"From":"2026-01-18","To":""}` {
		t.Errorf("%s, %v", b, err)
	}
	var out span
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"From":"18.01.2026"}`), &out); err == nil {
		t.Error("18.01.2026 is read as a date")
	}
}
