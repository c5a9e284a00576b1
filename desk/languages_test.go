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
		o := Options{Policy: rules.BuiltIn(), Operator: Operator{Languages: c.own}}
		if got := o.languagesOf(c.of); !slices.Equal(got, c.want) {
			t.Errorf("an operator of %v answers %q in %v, want %v", c.own, c.of, got, c.want)
		}
	}
}

// A letter holds the policy's words: one in a language that the policy does not have
// would be half in another, so whoever writes in it is answered in the operator's own.
func TestLanguagesOfPolicy(t *testing.T) {
	const ru, kk, en = rules.RU, rules.KK, rules.EN
	text := func(s string) rules.Text { return rules.Text{EN: s} }
	english := &rules.Policy{
		Operator: rules.Operator{Name: text("Baltic Widgets SIA")},
		Kinds:    []rules.KindRule{{ID: "erasure", Formal: text("request to erase"), Will: text("we will erase")}},
	}
	for _, own := range [][]rules.Lang{{en}, {ru, kk}, nil} {
		o := Options{Policy: english, Operator: Operator{Languages: own}}
		for _, of := range []rules.Lang{en, ru, kk, ""} {
			if got := o.languagesOf(of); !slices.Equal(got, []rules.Lang{en}) {
				t.Errorf("an operator of %v with a policy in English answers %q in %v", own, of, got)
			}
		}
	}
	d := &Desk{Options: Options{Policy: english}}
	if got := d.answerLanguage("", kk); got != en {
		t.Errorf("an answer to a letter in Kazakh is in %q", got)
	}
	if got := d.answerLanguage(ru, kk); got != ru {
		t.Errorf("an answer that was asked for in Russian is in %q", got)
	}
}
