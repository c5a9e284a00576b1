package desk

import (
	"slices"
	"testing"

	"license.kz/pometka/rules"
)

// Who answers in which languages is the operator's to say: an unknown language
// gets all of them in the operator's order, English the operator's first below.
func TestLanguagesOf(t *testing.T) {
	const ru, kk, en = rules.RU, rules.KK, rules.EN
	for _, c := range []struct {
		own  []rules.Lang
		of   rules.Lang
		want []rules.Lang
	}{
		{[]rules.Lang{ru, kk}, "", []rules.Lang{ru, kk}},
		{[]rules.Lang{kk, ru}, "", []rules.Lang{kk, ru}},
		{[]rules.Lang{kk, ru}, en, []rules.Lang{en, kk}},
		{[]rules.Lang{ru, kk}, en, []rules.Lang{en, ru}},
		{[]rules.Lang{en}, en, []rules.Lang{en}},
		{[]rules.Lang{kk}, ru, []rules.Lang{ru}},
		{nil, "", []rules.Lang{ru}},
		{nil, en, []rules.Lang{en, ru}},
	} {
		o := Options{Operator: Operator{Languages: c.own}}
		if got := o.languagesOf(c.of); !slices.Equal(got, c.want) {
			t.Errorf("an operator of %v answers %q in %v, want %v", c.own, c.of, got, c.want)
		}
	}
}
