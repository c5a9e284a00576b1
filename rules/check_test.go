package rules

import (
	"strings"
	"testing"
)

// The built-in policy proves itself.
func TestBuiltInPolicyHasNoProblems(t *testing.T) {
	for _, p := range BuiltIn().Check() {
		t.Errorf("line %d: %s", p.Line, p)
	}
}

// wordedPolicy is a small policy with words of its own: nothing in it comes
// from the built-in file.
const wordedPolicy = `policy: library
edition: 2026-01-01
operator: {name: {ru: Библиотека}, address: info@library.example}
review: {target: 2}
words:
  not: {ru: [не]}
  extend: {ru: [продлить, продлите, продление], en: [extend, renew]}
  book: {ru: [книга, книгу, абонемент], en: [book]}
  job: {ru: [вакансия]}
speech:
  ordinary: [job]
kinds:
  - id: extension
    register: machine
    name: {ru: продление}
    formal: {ru: продление срока}
    will: {ru: продлим срок}
    clause: {ru: п. 1}
    marks:
      - {text: Продление срока пользования книгами, prescribed: true}
    demands: [extend book]
    counter: [no-extend book]
    terms:
      - {id: policy, name: {ru: продлить}, source: policy, days: 3, unit: working, basis: {ru: п. 1}, waiting: runs, named: true}
    examples: [Продление срока пользования книгами, Письмо // Продлите мне абонемент, Renew my book]
    not: [Вакансия // Ищем библиотекаря, Не продлевайте книгу]
`

func parseWorded(t *testing.T, oldNew ...string) *Policy {
	t.Helper()
	p, err := ParsePolicy([]byte(strings.NewReplacer(oldNew...).Replace(wordedPolicy)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Another operator's policy works without a line of Go.
func TestAnotherOperatorsPolicy(t *testing.T) {
	p := parseWorded(t)
	if problems := p.Check(); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	for _, c := range []struct {
		subject string
		want    Verdict
	}{
		{"ПРОДЛЕНИЕ СРОКА ПОЛЬЗОВАНИЯ КНИГАМИ", Request}, {"Прдление срока пользования кингами", Request}, {"Ghjlkbnt rybue", Request},
		{"prodlite knigu", Request}, {"Продлите", None}, {"Отзыв согласия на обработку персональных данных", None},
	} {
		if f := p.Classify(letterFrom(c.subject, "Спасибо"), p.Own()); f.Verdict != c.want {
			t.Errorf("%q: %s %v, want %s", c.subject, f.Verdict, f.Reason, c.want)
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	second := "  - id: second\n    register: machine\n    name: {ru: второе}\n    formal: {ru: второе}\n    will: {ru: второе}\n    clause: {ru: п. 2}\n    marks: [{text: Продление срока пользования книгами и журналами}]\n"
	for _, c := range []struct {
		old, new, want string
		line           int
	}{
		{"Renew my book]", "Renew my book, Здравствуйте]", "example, Здравствуйте, extension, none", 25},
		{"not: [Вакансия", "not: [Продлите книгу, Вакансия", "not, Продлите книгу, extension, request", 26},
		{"    not:", "    doubtful: [Продление]\n    not:", "doubtful, Продление, extension, none", 26},
		{"demands: [extend book]", "demands: [extend book, book !book]", "never, book !book", 21},
		{"demands: [extend book]", "demands: [extend book, book !~book]", "never, book !~book", 21},
		{"ordinary: [job]", "ordinary: []", "unused, job", 9},
		{"kinds:\n", "kinds:\n" + second, "alike, Продление срока пользования книгами, extension, ", 27},
		{"kinds:\n", "kinds:\n" + second, "unproved, second", 13},
	} {
		p := parseWorded(t, c.old, c.new)
		found := false
		for _, x := range p.Check() {
			found = found || x.Line == c.line && strings.Contains(x.Error(), c.want)
		}
		if !found {
			t.Errorf("%s (line %d) is not among %v", c.want, c.line, p.Check())
		}
	}
}

// Faults in the words and patterns are found when the file is read.
func TestFaultsInWordsHaveLines(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"demands: [extend book]", "demands: [extend boook]", "line 21: unknown, demands, boook"},
		{"demands: [extend book]", "demands: ['!book']", "line 21: wordless, demands, !book"},
		{"demands: [extend book]", "demands: ['!~book']", "line 21: wordless, demands, !~book"},
		{"demands: [extend book]", "demands: [extend book /x]", "line 21: want, demands, /x, /1"},
		{"ordinary: [job]", "ordinary: [jobs]", "line 11: unknown, ordinary, jobs"},
		{"  job:", "  Job:", "line 9: want, words, Job, id"},
		{"[вакансия]", "['*']", "line 9: wordless, job, *"},
		{"  job: {ru:", "  job: {fr:", "line 9: unknown_key, fr"},
	} {
		_, err := ParsePolicy([]byte(strings.Replace(wordedPolicy, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.new, err, c.want)
		}
	}
}
