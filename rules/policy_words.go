package rules

import (
	"maps"
	"slices"
	"strings"
)

// proof is a letter by which the policy proves itself: "subject" or
// "subject // text".
type proof struct {
	line    int
	kind    Kind
	verdict Verdict // expected: request and review of the kind; none
	subject string
	text    string
}

// recognition builds what Classify needs: the words, the patterns over them,
// the marks and the examples.
func (b *policyReader) recognition(p *Policy, raw *rawPolicy) {
	x := newLexicon()
	p.lexicon = x
	names := slices.Sorted(maps.Keys(raw.Words))
	for _, reserved := range []string{groupModal, groupNot} {
		names = slices.DeleteFunc(names, func(n string) bool { return n == reserved })
		names = slices.Insert(names, 0, reserved)
	}
	if len(names) > mostGroups {
		b.fail(path{"words"}, "words: at most %d groups, found %d", mostGroups, len(names))
		return
	}
	for g, name := range names {
		x.groups = append(x.groups, name)
		x.numbers[name] = g
		b.words(x, g, name, raw.Words[name])
	}
	b.speech(p, &raw.Speech)
	for i := range raw.Kinds {
		k := &raw.Kinds[i]
		at := path{"kinds", i}
		p.matches = append(p.matches, matcher{
			demands: b.patterns(x, at.with("demands"), k.Demands), subject: b.patterns(x, at.with("subject"), k.Subject),
			beside: b.patterns(x, at.with("beside"), k.Beside), traces: b.patterns(x, at.with("traces"), k.Traces),
			counter: sure(b.patterns(x, at.with("counter"), k.Counter)), bare: b.patterns(x, at.with("bare"), k.Bare), topic: b.patterns(x, at.with("topic"), k.Topic),
		})
		for _, m := range p.Kinds[i].Marks {
			p.marks = append(p.marks, newMarkText(m, i))
		}
		b.proofs(p, at.with("examples"), k.ID, Request, k.Examples)
		b.proofs(p, at.with("doubtful"), k.ID, Review, k.Doubtful)
		b.proofs(p, at.with("not"), k.ID, None, k.Not)
	}
}

func (b *policyReader) words(x *lexicon, group int, name string, raw rawWords) {
	if !reID.MatchString(name) {
		b.fail(path{"words", name}, "words: group %q: want small latin letters, digits and _", name)
	}
	for _, l := range []struct {
		lang    Lang
		entries []string
	}{{RU, raw.RU}, {KK, raw.KK}, {EN, raw.EN}} {
		for i, e := range l.entries {
			bare := strings.Trim(e, "=* ")
			if spaced(normalise(bare)) == " " {
				b.fail(path{"words", name, string(l.lang), i}, "words: group %q: %q holds no word", name, e)
				continue
			}
			x.add(group, l.lang, e)
		}
	}
}

func (b *policyReader) speech(p *Policy, raw *rawSpeech) {
	for _, s := range []struct {
		key  string
		from []string
		into *[]pattern
	}{
		{"questions", raw.Questions, &p.speech.questions}, {"polite", raw.Polite, &p.speech.polite},
		{"ordinary", raw.Ordinary, &p.speech.ordinary}, {"cancels", raw.Cancels, &p.speech.cancels},
		{"thanks", raw.Thanks, &p.speech.thanks}, {"automatic", raw.Automatic, &p.speech.automatic},
		{"absence", raw.Absence, &p.speech.absence}, {"personal", raw.Personal, &p.speech.personal},
		{"unnamed", raw.Unnamed, &p.speech.unnamed}, {"refers", raw.Refers, &p.speech.refers},
	} {
		*s.into = sure(b.patterns(p.lexicon, path{"speech", s.key}, s.from))
	}
}

func (b *policyReader) patterns(x *lexicon, at path, sources []string) []pattern {
	var out []pattern
	for i, s := range sources {
		p, err := x.pattern(s)
		if err != nil {
			b.fail(at.with(i), "%s: %v", at[len(at)-1], err)
			continue
		}
		out = append(out, p)
	}
	return out
}

func (b *policyReader) proofs(p *Policy, at path, k Kind, v Verdict, letters []string) {
	for i, l := range letters {
		subject, text, _ := strings.Cut(l, "//")
		p.proofs = append(p.proofs, proof{b.line(at.with(i)), k, v, strings.TrimSpace(subject), strings.TrimSpace(text)})
	}
}

// sure makes patterns that misspelt words do not meet: what speaks against a
// demand must stand there as it is written.
func sure(patterns []pattern) []pattern {
	for i := range patterns {
		patterns[i].sure = true
	}
	return patterns
}
