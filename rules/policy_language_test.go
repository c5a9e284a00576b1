package rules

import (
	"strings"
	"testing"
)

// onlyEnglish is a policy that has not a word of Russian.
const onlyEnglish = `
policy: baltic
edition: 2026-05-01
operator: {name: {en: Baltic Widgets SIA}, address: privacy@baltic.example}
review: {target: 1, name: {en: decide what the letter is}}
words:
  erase: {en: [erase, delete]}
  data: {en: [my data, personal data]}
kinds:
  - id: erasure
    register: machine
    name: {en: erasure}
    formal: {en: request to erase personal data}
    will: {en: we will erase your data}
    clause: {en: "Notice, section 7"}
    marks: [{text: Erasure request, prescribed: true}]
    demands: [erase data]
    examples: [Erasure request, Hello // Please delete my personal data.]
    terms: [{id: policy, name: {en: erase}, source: policy, days: 30, unit: calendar, basis: {en: "Notice, section 7"}, waiting: runs, named: true}]
    steps: [{id: erased, text: {en: data erased}}]
`

// A policy need not be in Russian: what stands in the language of operator.name is
// enough, is shown wherever another language is asked for, and a letter goes out in
// no other.
func TestPolicyOfOneLanguage(t *testing.T) {
	p, err := ParsePolicy([]byte(onlyEnglish))
	if err != nil {
		t.Fatal(err)
	}
	if p.Language() != EN || !p.Speaks(EN) || p.Speaks(RU) || p.Speaks(KK) || p.Speaks("") {
		t.Errorf("language %q, speaks en %t ru %t kk %t", p.Language(), p.Speaks(EN), p.Speaks(RU), p.Speaks(KK))
	}
	if name := p.Kinds[0].Name.In(RU); name != "erasure" {
		t.Errorf("the kind is called %q on a Russian screen", name)
	}
	if b := BuiltIn(); b.Language() != RU || !b.Speaks(RU) || !b.Speaks(KK) || !b.Speaks(EN) {
		t.Error("the built-in policy does not speak its three languages")
	}
}

// A text that is missing in the policy's own language is a fault with its line,
// whatever stands there in another.
func TestPolicyTextMissing(t *testing.T) {
	for name, c := range map[string][3]string{
		"English":  {"formal: {en: request to erase personal data}", "formal: {ru: требование об удалении}", "line 13: text, formal, en"},
		"Russian":  {"name: {en: Baltic Widgets SIA}", "name: {ru: Балтик, en: Baltic}", "line 12: text, name, ru"},
		"no name":  {"name: {en: Baltic Widgets SIA}", "name: {}", "line 4: missing, operator.name"},
		"the step": {"text: {en: data erased}", "text: {kk: өшірілді}", "line 20: text, text, en"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePolicy([]byte(strings.Replace(onlyEnglish, c[0], c[1], 1)))
			if err == nil || !strings.Contains(err.Error(), c[2]) {
				t.Errorf("%v, want %q", err, c[2])
			}
		})
	}
}
