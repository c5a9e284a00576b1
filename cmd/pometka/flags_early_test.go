package main

import (
	"testing"

	"license.kz/pometka/rules"
)

// The language is that of the flags as they are parsed later: the last counts, and
// what stands behind "--" is none.
func TestLanguageOfTheLastFlag(t *testing.T) {
	none := func(string) string { return "" }
	for _, c := range []struct {
		args []string
		want rules.Lang
	}{
		{[]string{"list", "--lang", "en"}, rules.EN},
		{[]string{"list", "--lang", "en", "--lang=kk"}, rules.KK},
		{[]string{"--lang=kk", "list", "--lang", "en"}, rules.EN},
		{[]string{"--lang=kk", "note", "1", "--", "--lang=en"}, rules.KK},
	} {
		if got := languageOf(c.args, none); got != c.want {
			t.Errorf("%q: %s, want %s", c.args, got, c.want)
		}
	}
}
