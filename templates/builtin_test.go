package templates_test

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// With the texts of the built-in policy, every kind and every two kinds that
// a person may confirm together, each letter keeps within 120 words in each
// language, even where it was registered later than it came, and with a contact
// of a name, a telephone and an address.
func TestBuiltInPolicyFits(t *testing.T) {
	s, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	kinds := rules.BuiltIn().Kinds
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		for i := range kinds {
			for j := range kinds {
				requests := []templates.AckRequest{told(kinds[i], lang)}
				if i != j {
					requests = append(requests, told(kinds[j], lang))
				}
				l, err := s.Letter("acknowledgement", string(lang), templates.Acknowledgement{
					Operator: rules.BuiltIn().Operator.Name.In(lang), Contact: "Айгуль Сапарова, +7 727 123 45 67, info@license.kz",
					Number: "LK-2026-000123", Received: noon(2026, 11, 23), Registered: noon(2026, 11, 24), RegisteredLater: true,
					Requests: requests, SHA256: strings.Repeat("0", 64),
				})
				if err != nil {
					t.Fatal(err)
				}
				if n := len(strings.Fields(l.Body)); n > 120 {
					t.Errorf("%s %s and %s: %d words\n%s", lang, kinds[i].ID, kinds[j].ID, n, l.Body)
				}
			}
		}
	}
}

// Every reason that the rules can give has its sentence.
func TestReasonsOfTheRulesAreWorded(t *testing.T) {
	codes := rules.ReasonCodes()
	if len(codes) == 0 {
		t.Fatal("the rules give no reasons")
	}
	s, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codes {
		if !s.Has("reason." + code) {
			t.Errorf("reason.%s is not in the catalogue", code)
		}
	}
}

// told makes a request as a letter tells of it: the terms that may be named,
// the policy's first.
func told(k rules.KindRule, lang rules.Lang) templates.AckRequest {
	r := templates.AckRequest{Number: "LK-2026-000123", What: k.Formal.In(lang), Will: k.Will.In(lang),
		Claim: k.ID == "claim", PassedOn: k.ID == "opt_out"}
	for _, source := range []string{"policy", "law", "consumer"} {
		for _, term := range k.Terms {
			switch {
			case term.ID != source || !term.Named:
			case term.Condition == "documents":
				r.Documents, r.DocumentDays = true, term.Days
			default:
				r.Dates = append(r.Dates, templates.AckDate{Source: source, Days: term.Days, Working: term.Unit == rules.WorkingDays,
					Basis: term.Basis.In(lang), Due: noon(2027, 1, 14), Provisional: true, Earlier: source == "law" && len(r.Dates) > 0})
			}
		}
	}
	return r
}

func noon(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }
