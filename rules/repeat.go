package rules

import (
	"slices"
	"strings"
	"unicode"
)

// Who sends a letter again changes little of it: a mail program puts Re: or Fwd: in front of
// the subject, a person «повторно».

// sayRepeated are the words, normalised, by which a subject says that a letter comes again.
var sayRepeated = strings.Fields(`повтор повторно повторное повторный повторная повторяю второй третий раз еще снова опять напоминание напоминаю срочно копия
	қайта қайталап тағы екінші рет еске салу шұғыл again second reminder urgent copy resend resent`)

// SameMatter reports whether two subjects may name the same matter: their words are the same,
// or one has none.
func SameMatter(a, b string) bool {
	x, y := matter(a), matter(b)
	return x == "" || y == "" || x == y
}

// matter gives the words of a subject that do not only say that it comes again.
func matter(subject string) string {
	words := strings.FieldsFunc(normalise(parseSubject(subject).text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	said := words[:0]
	for _, w := range words {
		if !slices.Contains(sayRepeated, w) {
			said = append(said, w)
		}
	}
	return strings.Join(said, " ")
}

// Enclosed is what a letter holds beside its new words: what it quotes, what it passes on,
// and the texts that are attached.
func Enclosed(f Facts) string {
	t := separate(f.Text, parseSubject(f.Subject).forward)
	all := t.quoted + "\n" + t.from + "\n" + t.forwarded
	for _, fw := range f.Forwarded {
		all += "\n" + fw.Subject + "\n" + separate(fw.Text, false).fresh
	}
	return all
}
