package rules

import "testing"

// Numbers side by side are one word, and what can be written down of them: a phone
// in any spelling, an address. A date or an amount is none.
func TestNumbersAreOneWord(t *testing.T) {
	p := BuiltIn()
	p.recognise()
	value := int32(2 * p.lexicon.numbers[groupValue])
	for text, want := range map[string]struct {
		words  int
		values bool
	}{
		"номер 8 701 555 44 10 мой":    {3, true},
		"номер +7 (701) 555-44-10 мой": {3, true},
		"номер 87015554410 мой":        {3, true},
		"пишите на 2026@mail.example":  {3, true},
		"от 05.11.2025 года":           {3, false},
		"верните 447 000 тенге":        {3, false},
		"пункт 5 и пункт 6":            {5, false},
	} {
		a := newArena()
		r := p.readText(a, text, true).sentences[0]
		if got := r.has.has(value); len(r.tokens) != want.words || got != want.values {
			t.Errorf("%q: %d words, a value: %v; want %d, %v", text, len(r.tokens), got, want.words, want.values)
		}
		a.release()
	}
}

// A claim of one firm against another, of which the operator gets a copy, is for a
// person; addressed to the operator too, it is a claim.
func TestClaimForInformation(t *testing.T) {
	p := BuiltIn()
	us, them := Address{Addr: "info@license.kz"}, Address{Addr: "zavod@mail.example"}
	for _, c := range []struct {
		to, cc []Address
		want   Verdict
	}{
		{[]Address{them}, []Address{us}, Review},
		{[]Address{them, us}, nil, Request},
		{[]Address{us}, []Address{them}, Request},
		{[]Address{them}, nil, Request}, // a blind copy, or an alias
	} {
		f := letterFrom("Претензия", "Направляем претензию по качеству, верните 300 000 тенге.")
		f.To, f.Cc = c.to, c.cc
		if got := p.Classify(f, p.Own()); got.Verdict != c.want {
			t.Errorf("to %v, copy to %v: %v, want %v", c.to, c.cc, got.Verdict, c.want)
		}
	}
}
