package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// english is a run of words that no Russian or Kazakh sentence holds.
var english = regexp.MustCompile(`[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}`)

// What goes wrong is told in the reader's language, as a whole: nothing of the
// program's own errors stands in the sentence.
func TestWrongIsWorded(t *testing.T) {
	i := withLetters(t, "")
	claim, review := i.dated(t, "claim").Number, i.dated(t, "").Number
	future := today().AddDays(400).String()
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitNotFound, []string{"show", "999"}},
		{exitNotFound, []string{"history", "abc"}},
		{exitNotFound, []string{"explain", "2019-1"}},
		{exitNotFound, []string{"attachments", "999"}},
		{exitNotFound, []string{"casefile", "999"}},
		{exitNotFound, []string{"link", claim, "999"}},
		{exitNotFound, []string{"answer", "999", "--text", "x", "--yes"}},
		{exitNotFound, []string{"outbox", "show", "999"}},
		{exitNotFound, []string{"outbox", "drop", "999"}},
		{exitNotFound, []string{"outbox", "release", "999"}},
		{exitFailed, []string{"outbox", "drop", "1"}},
		{exitFailed, []string{"outbox", "release", "1"}},
		{exitFailed, []string{"confirm", claim, "claim"}},
		{exitFailed, []string{"reopen", claim, "--why", "x"}},
		{exitUsage, []string{"outbox", "show", "x"}},
		{exitUsage, []string{"outbox", "release"}},
		{exitUsage, []string{"set", claim, "documents=" + future}},
		{exitUsage, []string{"set", claim, "received=" + future, "--why", "x"}},
		{exitUsage, []string{"set", claim, "kind=nope", "--why", "x"}},
		{exitUsage, []string{"set", claim, "sender=info@license.kz"}},
		{exitUsage, []string{"confirm", review}},
		{exitUsage, []string{"confirm", review, "nope"}},
		{exitUsage, []string{"confirm", review, "claim", "--sender", "x"}},
		{exitUsage, []string{"answer", claim, "--file", "/no/such", "--yes"}},
		{exitUsage, []string{"register", "/no/such"}},
		{exitUsage, []string{"register", "--paper", "--kind", "nope", "--received", today().String(), "--from", "Я"}},
		{exitUsage, []string{"classify", "/no/such"}},
		{exitUsage, []string{"templates", "preview", "nope"}},
		{exitUsage, []string{"--lang", "xx", "list"}},
		{exitUsage, []string{"lst"}},
		{exitUsage, []string{"help", "lst"}},
		{exitUsage, []string{"help", "audit", "verfy"}},
		{exitUsage, []string{"audit", "verfy"}},
		{exitUsage, []string{"completion", "nope"}},
		{exitDone, []string{"help", "list"}},
		{exitDone, []string{"help", "show", "17"}},
		{exitDone, []string{"completion"}},
	} {
		for _, lang := range []string{"ru", "kk"} {
			args := c.args
			if args[0] != "--lang" && args[0] != "answer" {
				args = append([]string{"--lang", lang}, args...)
			}
			r := i.call(t, args...)
			if r.code != c.code || english.MatchString(strings.ReplaceAll(r.err, "pometka", "")) || strings.Contains(r.err, "…)") {
				t.Errorf("%v: exit %d, want %d: %s", args, r.code, c.code, r.err)
			}
		}
	}
	if r := i.call(t, "confirm", review); !strings.Contains(r.err, "access_request        запрос сведений о данных") {
		t.Errorf("no kind: the kinds are not told:\n%s", r.err)
	}
	i.call(t, "audit", "verify").well(t)
}

// Days are taken as people write them, wherever one is asked for.
func TestDaysAsWritten(t *testing.T) {
	i := withLetters(t, "")
	day := today().AddDays(-3)
	written := day.Time().Format("02.01.2006")
	n := i.dated(t, "claim").Number
	i.call(t, "set", n, "received="+written, "--why", "на конверте").well(t)
	if got := i.dated(t, "claim").ReceivedOn; got != day {
		t.Errorf("received %s, want %s", got, day)
	}
	i.call(t, "register", "--paper", "--kind", "erasure", "--received", written, "--from", "Иванов").well(t)
	i.call(t, "explain", "--kind", "claim", "--received", written).well(t)
}

// A letter in the thread that is registered from a file joins, and the sentence
// about it is whole.
func TestRegisterJoins(t *testing.T) {
	i := withLetters(t, "")
	r := i.dated(t, "claim")
	path := i.write(t, "reply.eml", "Received: from a by b; "+time.Now().Format(time.RFC1123Z)+"\r\nFrom: "+r.From+"\r\nTo: info@license.kz\r\nSubject: Re: "+r.Number+
		"\r\nMessage-ID: <again@mail.example>\r\n\r\nThank you.\r\n")
	out := i.call(t, "register", path).well(t).out
	if !strings.Contains(out, r.Number+": это ответ по этому обращению") || strings.Contains(strings.SplitN(out, "Дальше", 2)[0], "…") {
		t.Error(out)
	}
}

// Every flag that takes a value names it, and every usage line names its places,
// in the reader's language.
func TestHelpNamesValues(t *testing.T) {
	upper := regexp.MustCompile(`\b[A-Z]{2,}\b`)
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		a := &app{words: mustWords(t), lang: lang}
		var each func(c *cobra.Command)
		seen := 0
		each = func(c *cobra.Command) {
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if seen++; f.Value.Type() != "bool" && f.Value.Type() != "int" && !strings.Contains(f.Usage, "`") {
					t.Errorf("%s: %s --%s: %q does not name its value", lang, c.Name(), f.Name, f.Usage)
				}
			})
			cyrillic := func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }
			if !c.Hidden || c.Name() != "help" {
				for _, text := range []string{c.Short, cmp.Or(c.Long, c.Short)} {
					if strings.ContainsFunc(text, cyrillic) == (lang == rules.EN) {
						t.Errorf("%s: %s is explained as %q", lang, c.CommandPath(), text)
					}
				}
			}
			for line := range strings.Lines(commandLines(c, "")) {
				if n := columns(strings.TrimSuffix(line, "\n")); n > narrow {
					t.Errorf("%s: %s --help: %d columns: %q", lang, c.Name(), n, line)
				}
			}
			before := ""
			for line := range strings.Lines(c.Example) { // it can be copied: what goes on says so
				line = strings.TrimSuffix(line, "\n")
				if goesOn := strings.HasPrefix(line, "   "); goesOn != strings.HasSuffix(before, ` \`) {
					t.Errorf("%s: %s: %q after %q", lang, c.Name(), line, before)
				}
				before = line
			}
			for _, place := range upper.FindAllString(a.useLine(c), -1) {
				if lang != rules.EN && place != "ID" {
					t.Errorf("%s: %q", lang, a.useLine(c))
				}
			}
			for _, sub := range c.Commands() {
				each(sub)
			}
		}
		each(a.rootCommand())
		if seen < 50 {
			t.Errorf("only %d flags", seen)
		}
	}
}

// Who did it is a name, and the day is that of the operator's zone.
func TestByHandText(t *testing.T) {
	a := &app{words: mustWords(t), lang: rules.RU}
	d := &desk.Desk{Options: desk.Options{Zone: almaty, Staff: []desk.Member{{Name: "Олег", Login: "root"}}}}
	e := store.Event{Actor: "root", Code: store.EventAnswerRecorded, Detail: `{"more":{"by_hand":{"via":"post"}},"to":"p@mail.kz","sent_at":"2026-11-28T19:55:00.000Z"}`}
	detail, err := e.ReadDetail()
	text := strings.Join(a.byHandText(e, detail, d), "\n")
	if !strings.Contains(text, "вручную: Олег, почтой") || !strings.Contains(text, "отправлен 29.11.2026") {
		t.Error(text, err)
	}
}

// A kind is named by its id or by the word that the screens show.
func TestKindsNamed(t *testing.T) {
	p := rules.BuiltIn()
	for words, want := range map[string][]rules.Kind{
		"claim": {"claim"}, "Претензия": {"claim"}, "наразылық": {"claim"}, "access request": {"access_request"},
		"отзыв согласия": {"consent_withdrawal"}, "отзыв": {"отзыв"}, "претензия erasure": {"claim", "erasure"}, "": {},
	} {
		if got := kindsNamed(p, strings.Fields(words)); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", words, got, want)
		}
	}
	i := withLetters(t, "")
	i.call(t, "confirm", i.dated(t, "").Number, "запрос сведений о данных").well(t)
	n := i.dated(t, "access_request").Number
	i.call(t, "set", n, "kind=претензия", "--why", "это претензия").well(t)
	if out := i.call(t, "list", "--kind", "претензия").well(t).out; !strings.Contains(out, n) {
		t.Error(out)
	}
}
