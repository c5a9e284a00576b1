package main

import (
	"strings"
	"testing"
	"unicode"
)

// What the command library complains of is said in the reader's language, with
// exit code 2 and nothing on stdout.
func TestUsageErrors(t *testing.T) {
	s := newShelf(t)
	for _, c := range []struct {
		args []string
		ru   string
	}{
		{[]string{"list", "--colour"}, "нет ключа --colour"},
		{[]string{"list", "-x"}, "нет ключа -x"},
		{[]string{"list", "--kind"}, "--kind нужно значение"},
		{[]string{"list", "--due-within", "two"}, "--due-within two: нужно целое число"},
		{[]string{"list", "--all=maybe"}, "--all maybe"},
		{[]string{"list", "--=x"}, "--=x"},
		{[]string{"show"}, "не хватает"},
		{[]string{"show", "1", "2"}, "pometka show N"},
		{[]string{"search"}, "не хватает"},
		{[]string{"raw", "1", "--letter", "x"}, "--letter x: нужно целое число"},
		{[]string{"list", "--\x1b[31m"}, "нет ключа --·[31m"},
		{[]string{"audit", "verify", "--head", ""}, "--head нужно значение"},
		{[]string{"suppressions", "--match="}, "--match нужно значение"},
		{[]string{"export", "-o", ""}, "--output нужно значение"},
		{[]string{"list", "--from", ""}, "--from нужно значение"},
		{[]string{"demo", "--dir", ""}, "--dir нужно значение"},
		{[]string{"backup", ""}, "не хватает"},
		{[]string{"restore", ""}, "не хватает"},
		{[]string{"policy", "check", ""}, "pometka policy check [ФАЙЛ]"},
	} {
		for _, lang := range []string{"ru", "kk"} {
			r := s.call(t, append([]string{"--lang", lang}, c.args...)...)
			if r.code != exitUsage || r.out != "" || lang == "ru" && !strings.Contains(r.err, c.ru) || !strings.ContainsFunc(r.err, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
				t.Errorf("%s %v: exit %d, %s", lang, c.args, r.code, r.err)
			}
			for _, english := range []string{"unknown flag", "accepts", "requires", "invalid", "needs an argument", "shorthand"} {
				if strings.Contains(r.err, english) {
					t.Errorf("%s %v speaks English: %s", lang, c.args, r.err)
				}
			}
		}
	}
}
