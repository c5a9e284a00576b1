package rules

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"
)

// goldenDue holds the ends of terms for all 2,922 days of receipt of
// 2020-2027. It was not made by this package: testdata/due.py counts it from
// calendar-kz.csv alone, day by day, and says how to run it.
//
//go:embed testdata/due.txt
var goldenDue string

// counted are the ends of terms for one day of receipt, by their column.
type counted map[string]Date

func goldenDays(t testing.TB) map[Date]counted {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(goldenDue), "\n")
	columns := strings.Fields(lines[0])[1:]
	days := map[Date]counted{}
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		received := day(t, fields[0])
		days[received] = counted{}
		for i, column := range columns {
			var after int
			if _, err := fmt.Sscan(fields[i+1], &after); err != nil {
				t.Fatal(err)
			}
			days[received][column] = received.AddDays(after)
		}
	}
	if len(days) != 2922 {
		t.Fatalf("%d days of receipt, want 2922", len(days))
	}
	return days
}

func TestEveryReceiptDayOf2020To2027(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for received, ends := range goldenDays(t) {
		for column, want := range ends {
			term := Term{Unit: WorkingDays}
			if strings.HasSuffix(column, "cd") {
				term.Unit = CalendarDays
			}
			if _, err := fmt.Sscanf(column, "%d", &term.Days); err != nil {
				t.Fatal(err)
			}
			got := c.due("", term, received, nil)
			if got.Due != want || got.DayOne != ends["1wd"] {
				t.Errorf("%s from %s: day one %s, due %s; want %s, %s", column, received, got.DayOne, got.Due, ends["1wd"], want)
			}
			if reaches := !want.Before(Date{2027, time.January, 1}) || received.Year == 2027; got.Provisional != reaches {
				t.Errorf("%s from %s: provisional %t, due %s", column, received, got.Provisional, want)
			}
		}
	}
}

// builtInTerms are the terms of the built-in policy for a letter of which
// nothing but the day of receipt is known: id and column of the table, with @
// for those that hold from 18 January 2026 on.
var builtInTerms = map[Kind][]string{
	"consent_withdrawal":  {"policy 30wd", "law 15wd @"},
	"erasure":             {"policy 30wd", "law 15wd @"},
	"claim":               {"policy 30wd", "consumer 10cd"},
	"data_correction":     {"target 1wd"},
	"opt_out":             {"target 1wd", "law 15wd @"},
	"access_request":      {"law 3wd"},
	"unlawful_processing": {"law 1wd"},
}

func TestBuiltInPolicyOnEveryReceiptDay(t *testing.T) {
	c, p := newCalendar(t, CalendarOptions{}), BuiltIn()
	if len(p.Kinds) != len(builtInTerms) {
		t.Fatalf("the policy has %d kinds, the test %d", len(p.Kinds), len(builtInTerms))
	}
	lawSince := Date{2026, time.January, 18}
	for received, ends := range goldenDays(t) {
		for kind, terms := range builtInTerms {
			want, actBy := "", Date{}
			for _, term := range terms {
				f := strings.Fields(term)
				if len(f) == 3 && received.Before(lawSince) {
					continue
				}
				want += fmt.Sprintf(" %s %s", f[0], ends[f[1]])
				if actBy.IsZero() || ends[f[1]].Before(actBy) {
					actBy = ends[f[1]]
				}
			}
			d, err := p.Deadlines(c, DeadlineOptions{Statutory: true}, kind, received, Circumstances{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, due := range d.Terms {
				got += fmt.Sprintf(" %s %s", due.Term.ID, due.Due)
			}
			if got != want || d.ActBy != actBy {
				t.Errorf("%s received %s:%s, act by %s; want%s, %s", kind, received, got, d.ActBy, want, actBy)
			}
		}
	}
}
