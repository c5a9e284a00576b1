package rules

import (
	"fmt"
	"strings"
	"testing"
)

var statutory = DeadlineOptions{Statutory: true}

// told writes deadlines as "id days unit due" lines, with the kind where asked.
func told(d Deadlines, kinds bool) string {
	var b strings.Builder
	for _, t := range d.Terms {
		if kinds {
			fmt.Fprintf(&b, "%s:", t.Kind)
		}
		fmt.Fprintf(&b, "%s %d%c %s, ", t.Term.ID, t.Term.Days, t.Term.Unit[0], short(t.Due))
	}
	return b.String() + "act by " + short(d.ActBy)
}

func TestTermsOfTheBuiltInPolicy(t *testing.T) {
	c, p := newCalendar(t, CalendarOptions{}), BuiltIn()
	yes, no := true, false
	policyOnly := DeadlineOptions{}
	documents := func(s string) Circumstances { return Circumstances{Documents: day(t, s)} }
	for _, tt := range []struct {
		name     string
		kind     Kind
		received string
		options  DeadlineOptions
		ci       Circumstances
		want     string
	}{
		{"withdrawal", "consent_withdrawal", "2026-11-23", statutory, Circumstances{},
			"policy 30w 2027-01-08, law 15w 12-14, act by 12-14"},
		{"withdrawal before the article was in force", "consent_withdrawal", "2026-01-17", statutory, Circumstances{},
			"policy 30w 02-27, act by 02-27"},
		{"withdrawal on its first day", "consent_withdrawal", "2026-01-18", statutory, Circumstances{},
			"policy 30w 02-27, law 15w 02-06, act by 02-06"},
		{"withdrawal by the policy alone", "consent_withdrawal", "2026-11-23", policyOnly, Circumstances{},
			"policy 30w 2027-01-08, act by 2027-01-08"},
		{"withdrawal with a target of the operator", "consent_withdrawal", "2026-11-23", DeadlineOptions{true, map[Kind]int{"consent_withdrawal": 5, "claim": 2}}, Circumstances{},
			"policy 30w 2027-01-08, law 15w 12-14, target 5w 11-30, act by 11-30"},
		{"claim, consumer or not", "claim", "2026-12-28", statutory, Circumstances{},
			"policy 30w 2027-02-11, consumer 10c 2027-01-08, act by 2027-01-08"},
		{"claim of a consumer", "claim", "2026-12-28", statutory, Circumstances{Consumer: &yes},
			"policy 30w 2027-02-11, consumer 10c 2027-01-08, act by 2027-01-08"},
		{"claim of a company", "claim", "2026-12-28", statutory, Circumstances{Consumer: &no},
			"policy 30w 2027-02-11, act by 2027-02-11"},
		{"correction without documents", "data_correction", "2026-11-20", statutory, Circumstances{},
			"target 1w 11-23, act by 11-23"},
		{"correction, the documents came along", "data_correction", "2026-11-20", statutory, documents("2026-11-20"),
			"law 1w 11-23, act by 11-23"},
		{"correction, the documents came later", "data_correction", "2026-11-20", statutory, documents("2026-12-15"),
			"law 1w 12-17, act by 12-17"},
		{"correction, the documents lay on file before", "data_correction", "2026-11-20", statutory, documents("2026-11-02"),
			"law 1w 11-23, act by 11-23"},
		{"correction by the policy alone", "data_correction", "2026-11-20", policyOnly, Circumstances{},
			"target 1w 11-23, act by 11-23"},
		{"correction by the policy alone, documents on file", "data_correction", "2026-11-20", policyOnly, documents("2026-12-15"),
			"target 1w 12-17, act by 12-17"},
		{"correction, asked for documents", "data_correction", "2026-11-20", statutory, Circumstances{Waits: []Wait{{From: day(t, "2026-11-23")}}},
			"target 1w , act by "},
		{"opt-out", "opt_out", "2026-11-20", statutory, Circumstances{},
			"target 1w 11-23, law 15w 12-11, act by 11-23"},
		{"opt-out, the target made longer", "opt_out", "2026-11-20", DeadlineOptions{true, map[Kind]int{"opt_out": 3}}, Circumstances{},
			"target 3w 11-25, law 15w 12-11, act by 11-25"},
		{"access, no term of the policy", "access_request", "2026-11-20", policyOnly, Circumstances{},
			"target 1w 11-23, act by 11-23"},
		{"unlawful processing", "unlawful_processing", "2026-11-20", statutory, Circumstances{},
			"law 1w 11-23, act by 11-23"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := p.Deadlines(c, tt.options, tt.kind, day(t, tt.received), tt.ci)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(d, false); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			for _, due := range d.Terms {
				if due.Kind != tt.kind || due.Term.Name.RU == "" || due.Term.Basis.RU == "" {
					t.Errorf("term %s: kind %q, name %q, basis %q", due.Term.ID, due.Kind, due.Term.Name.RU, due.Term.Basis.RU)
				}
			}
		})
	}
	if _, err := p.Deadlines(c, statutory, "parking", day(t, "2026-11-20"), Circumstances{}); err == nil {
		t.Error("the policy has terms for parking")
	}
}

func TestReviewDeadlines(t *testing.T) {
	c, p := newCalendar(t, CalendarOptions{}), BuiltIn()
	received := day(t, "2026-11-20")
	for _, tt := range []struct {
		candidates []Kind
		want       string
	}{
		{nil, ":target 1w 11-23, act by 11-23"},
		{[]Kind{"parking"}, ":target 1w 11-23, act by 11-23"},
		{[]Kind{"claim", "erasure", "claim"}, ":target 1w 11-23, claim:policy 30w 2027-01-06, claim:consumer 10c 11-30, " +
			"erasure:policy 30w 2027-01-06, erasure:law 15w 12-11, act by 11-23"},
	} {
		d := p.ReviewDeadlines(c, statutory, tt.candidates, received)
		if got := told(d, true); got != tt.want {
			t.Errorf("%v:\n got %s\nwant %s", tt.candidates, got, tt.want)
		}
		if d.Terms[0].Term.Name.RU == "" || d.Terms[0].Term.Basis.RU == "" {
			t.Errorf("the decision is not named: %+v", d.Terms[0].Term)
		}
	}
	if d := (&Policy{}).ReviewDeadlines(c, statutory, nil, received); d.ActBy != day(t, "2026-11-23") {
		t.Errorf("a policy without a target: act by %s", d.ActBy)
	}
}

func TestTermsHoldForDaysOfReceipt(t *testing.T) {
	p := &Policy{Kinds: []KindRule{{ID: "k", Terms: []Term{
		{ID: "law", Source: SourceLaw, Days: 2, Unit: WorkingDays, ValidFrom: day(t, "2026-11-10"), ValidTo: day(t, "2026-11-12")},
		{ID: "policy", Source: SourcePolicy, Days: 9, Unit: WorkingDays, Until: ConditionDocuments},
		{ID: "consumer", Source: SourceLaw, Days: 7, Unit: WorkingDays, Until: ConditionConsumer},
	}}}}
	c, no := newCalendar(t, CalendarOptions{}), false
	for received, want := range map[string]string{
		"2026-11-09": "policy 9w 11-20, act by 11-20",
		"2026-11-10": "law 2w 11-12, policy 9w 11-23, act by 11-12",
		"2026-11-12": "law 2w 11-16, policy 9w 11-25, act by 11-16",
		"2026-11-13": "policy 9w 11-26, act by 11-26",
	} {
		d, err := p.Deadlines(c, statutory, "k", day(t, received), Circumstances{})
		if err != nil || told(d, false) != want {
			t.Errorf("received %s: %s, want %s (%v)", received, told(d, false), want, err)
		}
	}
	d, err := p.Deadlines(c, statutory, "k", day(t, "2026-11-13"), Circumstances{Consumer: &no, Documents: day(t, "2026-11-13")})
	if err != nil || told(d, false) != "consumer 7w 11-24, act by 11-24" {
		t.Errorf("%s (%v)", told(d, false), err)
	}
}

func BenchmarkThirtyWorkingDays(b *testing.B) {
	c := newCalendar(b, CalendarOptions{})
	received := NewDate(2026, 11, 23)
	for b.Loop() {
		c.AddWorking(received, 30)
	}
}

func BenchmarkDeadlines(b *testing.B) {
	c, p := newCalendar(b, CalendarOptions{}), BuiltIn()
	received := NewDate(2026, 11, 23)
	for b.Loop() {
		if _, err := p.Deadlines(c, statutory, "claim", received, Circumstances{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewCalendar(b *testing.B) {
	for b.Loop() {
		newCalendar(b, CalendarOptions{})
	}
}
