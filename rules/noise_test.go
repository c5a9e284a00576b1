package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// noise changes a subject as mail programs, keyboards and people do.
type noise struct {
	name  string
	apply func(r *rand.Rand, s string) string
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// sprinkle puts one of the marks behind random letters of s.
func sprinkle(r *rand.Rand, s string, marks ...string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteRune(c)
		if r.IntN(6) == 0 {
			b.WriteString(pick(r, marks...))
		}
	}
	return b.String()
}

// evenedOut are the noises after which a mark still stands verbatim: case,
// invisible characters, look-alike letters, punctuation, spaces, prefixes.
var evenedOut = []noise{
	{"case", func(r *rand.Rand, s string) string {
		switch r.IntN(3) {
		case 0:
			return strings.ToUpper(s)
		case 1:
			return strings.ToLower(s)
		}
		return strings.Map(func(c rune) rune {
			if r.IntN(2) == 0 {
				return []rune(strings.ToUpper(string(c)))[0]
			}
			return c
		}, s)
	}},
	{"prefix", func(r *rand.Rand, s string) string {
		return pick(r, "Re: ", "RE: ", "Fwd: ", "FW: ", "Re[2]: ", "Ответ: ", "Отв: ", "HA: ", "Пересл: ", "Жауап: ", "Re: Fwd: Re: ", "AW: ", "[EXTERNAL] ", "Re : ", "Қайта жіберу: ") + s
	}},
	{"quotes", func(r *rand.Rand, s string) string {
		q := [][2]string{{"«", "»"}, {`"`, `"`}, {"“", "”"}, {"„", "“"}, {"'", "'"}, {"‹", "›"}, {"<", ">"}, {"(", ")"}}[r.IntN(8)]
		return q[0] + s + q[1]
	}},
	{"spaces", func(r *rand.Rand, s string) string {
		return strings.Join(strings.Fields(s), pick(r, "  ", "\u00a0", "\t", "\u2009", " \u00a0 ", "\u3000", "\u202f", "_", "\n "))
	}},
	{"invisible", func(r *rand.Rand, s string) string {
		return sprinkle(r, s, "\u00ad", "\u200b", "\u200d", "\ufeff", "\u2060", "\u200e", "\u202b", "\u202c", "\u2066", "\ufe0f")
	}},
	{"decomposed", func(_ *rand.Rand, s string) string { return norm.NFD.String(s) }},
	{"accents", func(r *rand.Rand, s string) string { return sprinkle(r, s, "", "", "\u0301") }},
	{"look-alike", func(r *rand.Rand, s string) string {
		latin := map[rune]rune{'а': 'a', 'е': 'e', 'о': 'o', 'с': 'c', 'р': 'p', 'х': 'x', 'у': 'y', 'к': 'k', 'А': 'A', 'О': 'O', 'Е': 'E', 'С': 'C', 'П': 'П', 'м': 'm', 'т': 't'}
		var b strings.Builder
		for _, word := range strings.SplitAfter(s, " ") {
			changed := 0
			for _, c := range word {
				if l, ok := latin[c]; ok && changed < 3 && len([]rune(word)) > 4 && r.IntN(2) == 0 {
					c = l
					changed++
				}
				b.WriteRune(c)
			}
		}
		return b.String()
	}},
	{"ending", func(r *rand.Rand, s string) string {
		return s + pick(r, ".", "!", "!!!", "…", ":", ";", " - Иванов И.И.", " (Ким В.)", "(повторно)", ", ИИН 900101300123", " № 5", "_скан.pdf", " / Астана", " от 05.05.2026")
	}},
	{"beginning", func(r *rand.Rand, s string) string {
		return pick(r, "№ 47261 ", "Заявление: ", "От Ким Веры: ", "- ", "Тема: ", "Заявка 12, ", "!!! ", "Срочно. ") + s
	}},
}

// retyped are the noises after which a mark is the same text in other
// letters, or misspelt.
var retyped = []noise{
	{"layout", func(_ *rand.Rand, s string) string { return strings.Map(russianToLatin.at, s) }},
	{"translit", func(r *rand.Rand, s string) string { return spellLatin(s, r.IntN(3)) }},
	{"swapped", func(r *rand.Rand, s string) string {
		c := []rune(s)
		i := 1 + r.IntN(len(c)-3)
		c[i], c[i+1] = c[i+1], c[i]
		return string(c)
	}},
	{"missing letter", func(r *rand.Rand, s string) string {
		c := []rune(s)
		i := 1 + r.IntN(len(c)-2)
		return string(append(c[:i:i], c[i+1:]...))
	}},
	{"letter too much", func(r *rand.Rand, s string) string {
		c := []rune(s)
		i := 1 + r.IntN(len(c)-2)
		return string(c[:i]) + pick(r, "а", "р", "е", "н") + string(c[i:])
	}},
	{"run together", func(r *rand.Rand, s string) string {
		if n := strings.Count(s, " "); n > 0 {
			i := r.IntN(n)
			parts := strings.Split(s, " ")
			return strings.Join(append(parts[:i:i], append([]string{parts[i] + parts[i+1]}, parts[i+2:]...)...), " ")
		}
		return s
	}},
	{"cut", func(_ *rand.Rand, s string) string { c := []rune(s); return string(c[:len(c)-1]) }},
}

// spellLatin writes Russian in Latin letters after one of three systems.
func spellLatin(s string, system int) string {
	table := map[rune][3]string{
		'а': {"a", "a", "a"}, 'б': {"b", "b", "b"}, 'в': {"v", "v", "v"}, 'г': {"g", "g", "g"}, 'д': {"d", "d", "d"}, 'е': {"e", "e", "e"},
		'ж': {"zh", "zh", "j"}, 'з': {"z", "z", "z"}, 'и': {"i", "i", "i"}, 'й': {"y", "i", "j"}, 'к': {"k", "k", "k"}, 'л': {"l", "l", "l"},
		'м': {"m", "m", "m"}, 'н': {"n", "n", "n"}, 'о': {"o", "o", "o"}, 'п': {"p", "p", "p"}, 'р': {"r", "r", "r"}, 'с': {"s", "s", "s"},
		'т': {"t", "t", "t"}, 'у': {"u", "u", "u"}, 'ф': {"f", "f", "f"}, 'х': {"kh", "kh", "h"}, 'ц': {"ts", "ts", "c"}, 'ч': {"ch", "ch", "ch"},
		'ш': {"sh", "sh", "sh"}, 'щ': {"shch", "shch", "sch"}, 'ъ': {"", "", ""}, 'ы': {"y", "y", "y"}, 'ь': {"", "", "'"}, 'э': {"e", "e", "e"},
		'ю': {"yu", "iu", "ju"}, 'я': {"ya", "ia", "ja"},
	}
	var b strings.Builder
	for _, c := range strings.ToLower(s) {
		if l, ok := table[c]; ok {
			b.WriteString(l[system])
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// A prescribed mark survives every combination of noises: six thousand
// subjects that are evened out, as many that are retyped besides.
func TestMarksSurviveNoise(t *testing.T) {
	p := BuiltIn()
	r := rand.New(rand.NewPCG(2026, 11))
	var marks []Mark
	var kinds []Kind
	for _, k := range p.Kinds {
		for _, m := range k.Marks {
			if m.Prescribed {
				marks, kinds = append(marks, m), append(kinds, k.ID)
			}
		}
	}
	for i := range 12000 {
		m := i % len(marks)
		s, names := marks[m].Text, []string{}
		other := i >= 6000
		if other {
			n := retyped[r.IntN(len(retyped))]
			s, names = n.apply(r, s), append(names, n.name)
		}
		for _, n := range evenedOut {
			if r.IntN(3) != 0 || other && (n.name == "look-alike" || n.name == "accents" || names[0] == "layout" || names[0] == "translit") {
				continue
			}
			s, names = n.apply(r, s), append(names, n.name)
		}
		f := p.Classify(letterFrom(s, "Иванов Иван, тел. +7 701 555 66 77"), p.Own())
		what := fmt.Sprintf("%q after %v: %s %v %s %v", s, names, f.Verdict, f.Kinds, f.Confidence, f.Reason)
		switch {
		case f.Verdict == None:
			t.Error("lost:", what)
		case !other && (f.Verdict != Request || f.Kinds[0] != kinds[m] || f.Confidence != Exact || !f.Prescribed):
			t.Error("not exact:", what)
		case other && (f.Verdict != Request || f.Kinds[0] != kinds[m]):
			t.Error("not the kind:", what)
		}
	}
}
