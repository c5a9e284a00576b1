package templates_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// With the texts of the built-in policy, every kind and every two kinds that
// a person may confirm together, each letter keeps within 120 words in each
// language and still tells each request's own dates in full: registered later
// than it came, with dates that have passed or may move, however the operator
// is called and whom one may turn to.
func TestBuiltInPolicyFits(t *testing.T) {
	s, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	kinds := rules.BuiltIn().Kinds
	most := map[rules.Lang]int{}
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		for i := range kinds {
			for j := range kinds[:i+1] {
				for _, a := range circumstances(kinds[j], kinds[i], lang) {
					l, err := s.Letter("acknowledgement", string(lang), a)
					if err != nil {
						t.Fatal(err)
					}
					n := len(strings.Fields(l.Body))
					most[lang] = max(most[lang], n)
					if n > templates.MostWords {
						t.Errorf("%s %s and %s: %d words\n%s", lang, kinds[j].ID, kinds[i].ID, n, l.Body)
					}
					tellsAll(t, string(lang), a, l)
				}
			}
		}
	}
	for lang, n := range most {
		if n < 110 {
			t.Errorf("%s: the longest letter has %d words: the hard cases are not among them", lang, n)
		}
	}
}

// circumstances are the letters about one or two kinds, in all that makes them
// longer.
func circumstances(first, second rules.KindRule, lang rules.Lang) (all []templates.Acknowledgement) {
	own := rules.BuiltIn().Operator.Name.In(lang)
	for i, o := range []struct{ name, contact string }{
		{own, "info@license.kz, +7 (727) 123-45-67"},
		{own, "Айгуль Сапарова, +7 727 123 45 67, info@license.kz"},
		{"Товарищество с ограниченной ответственностью «I-License»", "info@license.kz, +7 (727) 123-45-67"},
		{"Товарищество с ограниченной ответственностью «I-License»", "Асель Ким, ответственная за персональные данные, тел. +7 727 000 00 00"},
	} {
		for n := range 12 {
			passed := n / 4 // none, all but the policy's, all
			if i > 0 && n != 3 {
				continue // long names and contacts, where the rest is longest
			}
			a := templates.Acknowledgement{
				Operator: o.name, Contact: o.contact, Number: "LK-2026-000123", SHA256: strings.Repeat("0", 64),
				Received: noon(2026, 11, 23), Registered: noon(2026, 11, 24), RegisteredLater: n&1 > 0,
				Requests: []templates.AckRequest{told(first, lang, "LK-2026-000123", 0)},
			}
			if first.ID != second.ID {
				a.Requests = append(a.Requests, told(second, lang, "LK-2026-000124", 1))
			}
			for _, r := range a.Requests {
				for k := range r.Dates {
					r.Dates[k].Provisional = n&2 > 0
					r.Dates[k].Passed = passed == 2 || passed == 1 && k > 0
				}
			}
			if all = append(all, a); i == 0 && n%4 == 3 {
				a.DayOnly = true // staff corrected the day, or it came on paper
				all = append(all, a)
				a.SHA256 = ""
				all = append(all, a)
			}
		}
	}
	return all
}

// tellsAll looks for what a letter must say of every request.
func tellsAll(t *testing.T, lang string, a templates.Acknowledgement, l templates.Letter) {
	t.Helper()
	body := strings.Join(strings.Fields(l.Body), " ")
	for _, r := range a.Requests {
		_, own, _ := strings.Cut(body, r.Number+": "+r.What+". ")
		own, _, _ = strings.Cut(own, "LK-2026-000124: ")
		if own == "" {
			t.Errorf("%s: nothing is said of %s:\n%s", lang, r.Number, l.Body)
		}
		for _, d := range r.Dates {
			want := templates.Until(lang, d.Due)
			if d.Passed {
				want = templates.Date(lang, d.Due)
			}
			if d.Source != "consumer" {
				want = templates.Days(lang, d.Days, d.Working) + ", " + want
			} else {
				want = map[string]string{"ru": "если Вы обращаетесь как потребитель: ", "kk": "егер тұтынушы ретінде жүгінсеңіз: ", "en": "if you write as a consumer: "}[lang] + want
			}
			if d.Passed {
				want = templates.Date(lang, d.Due) // the words around it say that it is over
			}
			if !strings.Contains(own, want) {
				t.Errorf("%s: %s lacks %q:\n%s", lang, r.Number, want, l.Body)
			}
		}
		proved := map[string]string{
			"ru": "в течение 1 рабочего дня после получения подтверждающих документов",
			"kk": "растайтын құжаттар алынғаннан кейін 1 жұмыс күні ішінде", "en": "within 1 working day of receiving the documents that prove the new data",
		}
		if r.Documents && !strings.Contains(own, proved[lang]) {
			t.Errorf("%s: %s lacks the term that runs from the documents:\n%s", lang, r.Number, l.Body)
		}
	}
	if want := provisionalDates(lang, a); !strings.Contains(body, want) {
		t.Errorf("%s: the letter lacks %q:\n%s", lang, want, l.Body)
	}
}

// provisionalDates is what a letter says of the days in it that can still move:
// their year or, at the turn of a year, both.
func provisionalDates(lang string, a templates.Acknowledgement) string {
	var years []int
	for _, r := range a.Requests {
		for _, d := range r.Dates {
			if d.Provisional && !d.Passed {
				years = append(years, d.Due.Year())
			}
		}
	}
	if len(years) == 0 {
		return ""
	}
	first, last := slices.Min(years), slices.Max(years)
	if first == last {
		return fmt.Sprintf(map[string]string{"ru": "Даты %d года предварительные", "kk": "%d жылғы күндер алдын ала", "en": "Dates in %d are provisional"}[lang], last)
	}
	return fmt.Sprintf(map[string]string{"ru": "Даты %d–%d годов предварительные", "kk": "%d–%d жылдардағы күндер алдын ала", "en": "Dates in %d–%d are provisional"}[lang], first, last)
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
// the policy's first. Later ones of a letter may have other dates.
func told(k rules.KindRule, lang rules.Lang, number string, later int) templates.AckRequest {
	r := templates.AckRequest{Number: number, What: k.Formal.In(lang), Will: k.Will.In(lang), Claim: k.Claim, PassedOn: k.PassedOn}
	for i, source := range []string{"policy", "law", "consumer"} {
		for _, term := range k.Terms {
			switch {
			case term.ID != source || !term.Named:
			case term.Condition == "documents":
				r.Documents, r.DocumentDays, r.ProofWorking = true, term.Days, term.Unit == rules.WorkingDays
			default:
				r.Dates = append(r.Dates, templates.AckDate{Source: source, Days: term.Days, Working: term.Unit == rules.WorkingDays,
					Basis: term.Basis.In(lang), Due: noon(2027, 1, 14-20*i+later), Earlier: source == "law" && len(r.Dates) > 0})
			}
		}
	}
	return r
}

func noon(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }
