package rules

import (
	"strings"
	"testing"
)

// A mark in shortened words is the mark; without the word that says what is demanded,
// and where too few of its words stand, it is not.
func TestAbbreviatedMarks(t *testing.T) {
	const (
		ru = "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях"
		kk = "Дербес деректерді өңдеуге келісімді кері қайтарып алу"
	)
	for _, c := range []struct {
		mark, subject string
		want          bool
	}{
		{ru, "отказ от увед о нов прод и усл", true},
		{ru, "отказ от увед о нов прод и усл и спец предл ахметова", true},
		{ru, "отказ от увед о новых ценах", false},
		{ru, "отказ от уведомлений о новых продуктах и услугах", false}, // nothing is shortened
		{ru, "отк от увед о нов прод и усл", false},
		{"Актуализация персональных данных", "акт персональных данных", false},
		{"Актуализация персональных данных", "актуал перс дан", true},
		{kk, "дербес дер өңдеуге келісім", false},
		{kk, "дербес дер өңд келісімді кері қайтарып алу", true},
	} {
		m := newMarkText(Mark{Text: c.mark, Prescribed: true}, 0)
		var tokens []token
		for w := range strings.FieldsSeq(c.subject) {
			tokens = append(tokens, token{knownWord: &knownWord{word: w}})
		}
		if got := m.abbreviates(tokens); got != c.want {
			t.Errorf("%q for %q: %t", c.subject, c.mark, got)
		}
	}
}

// Some programs cut a long subject: the beginning of a Russian mark is the mark, that of a
// Kazakh one gives consent.
func TestMarksThatAreCut(t *testing.T) {
	for mark, want := range map[string]bool{
		"Отзыв согласия на обработку персональных данных":       true,
		"Дербес деректерді өңдеуге келісімді кері қайтарып алу": false,
	} {
		m := newMarkText(Mark{Text: mark, Prescribed: true}, 0)
		cut := string(m.letters[:len(m.letters)-8])
		if got := m.begins([]byte(cut)); got != want {
			t.Errorf("%q for %q: %t", cut, mark, got)
		}
	}
}
