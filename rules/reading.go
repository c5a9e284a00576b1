package rules

import (
	"slices"
	"strings"
)

// misspeltWords is the number of words of a text in which misspellings are
// looked for: people come to the point early.
const misspeltWords = 150

// asRead normalises a text, or a line.
func asRead(s string, line bool) string {
	if line {
		return normalise(strings.ReplaceAll(s, "\n", " "))
	}
	return normalise(parted(s))
}

// readPlain reads a text as it stands.
func (p *Policy) readPlain(a *arena, s string, subject bool) part {
	var t part
	var all []sentence
	if t.line = subject; !a.slowly {
		var f scanned
		f, t.plain = scan(s, a, p.lexicon.words, subject)
		t.text, all, t.letters = s, f.all, f.letters
	}
	if !t.plain {
		t.text = asRead(s, subject)
		all = sentences(t.text, a, p.lexicon.words)
	}
	t.sentences = rest(a.readings)
	for _, sent := range all {
		r := p.lexicon.read(a, sent, subject || t.words < misspeltWords)
		t.words += len(sent.tokens)
		for i, n := range r.met {
			t.met[i] += n
		}
		p.readSentence(a, &t, &r, subject)
		t.sentences = append(t.sentences, r)
	}
	a.readings = with(a.readings, t.sentences)
	t.sentences = slices.Clip(t.sentences)
	p.takenBack(&t)
	if subject && t.asks != "" { // «Отзыв согласия. Нужен ли нотариус?»
		for i := range t.evidence {
			if e := &t.evidence[i]; e.kind != unnamed {
				e.ask(t.asks, p.Kinds[e.kind].ByPerson)
			}
		}
	}
	return t
}

// readMarks looks for the marks in a sentence.
func (p *Policy) readMarks(a *arena, r *sentenceReading, subject, loosely bool) []evidence {
	if len(r.tokens) == 0 {
		return nil
	}
	var out []evidence
	begun := p.markHeads(a, r.tokens)
	var near []bool
	if loosely {
		near = p.near(a, r.tokens)
	}
	for i := range p.marks {
		m := &p.marks[i]
		if begun[i] && m.verbatim(r.tokens) {
			e := evidence{kind: m.kind, level: exact, prescribed: m.Prescribed, ordinary: m.Ordinary, mark: m.Text, words: strings.TrimSpace(m.words)}
			if !subject {
				e.level, e.prescribed = close, false
			}
			out = append(out, e)
			continue
		}
		if loosely && (near[i] && m.within([]rune(string(a.loose))) || subject && (m.begins(a.loose) || m.abbreviates(r.tokens))) {
			out = append(out, evidence{kind: m.kind, level: close, mark: m.Text, words: wordsOf(r, match{end: len(r.tokens)})})
		}
	}
	return out
}

// readSentence collects what a sentence says.
func (p *Policy) readSentence(a *arena, t *part, r *sentenceReading, subject bool) {
	marks := p.readMarks(a, r, subject, subject || t.words <= misspeltWords)
	if len(r.hits) == 0 && len(marks) == 0 {
		return
	}
	m := p.mannerOf(r)
	p.note(t, r, &m)
	for i := range marks {
		p.addEvidence(t, r, &m, marks[i])
	}
	for k := range p.matches {
		if !r.has.meets(&p.matches[k].leads) {
			continue
		}
		if w := p.first(r.narrowed(), p.matches[k].beside); w != "" {
			t.beside = append(t.beside, evidence{kind: k, level: possible, words: w, sentence: len(t.sentences)})
		}
		if e := p.weigh(r, &p.matches[k], subject); e.level > nothing {
			e.kind = k
			p.addEvidence(t, r, &m, e)
		}
	}
	if w := p.first(r, p.speech.unnamed); w != "" && (m.ordinary == "" || m.personal && speaksOfItself(r)) && (m.question == "" || m.question == "?") {
		p.addEvidence(t, r, &m, evidence{kind: unnamed, level: possible, words: w})
	}
}

// manner is how a sentence speaks, whatever it demands.
type manner struct {
	question string // the words by which it asks; "?": only the mark at its end does
	ordinary string // words of everyday business
	personal bool   // in the first person, or as a demand
}

func (p *Policy) mannerOf(r *sentenceReading) manner {
	s := &p.speech
	m := manner{question: p.asked(r), ordinary: p.first(r, s.ordinary), personal: p.personal(r)}
	if m.question != "" && p.first(r, s.polite) != "" {
		m.question = ""
	}
	if m.question != "" && p.first(r, s.impatient) != "" { // «Когда вы наконец удалите мои данные?»
		m.question, m.personal = "?", true
	}
	return m
}

// personal reports whether a sentence speaks in the first person, or commands.
func (p *Policy) personal(r *sentenceReading) bool {
	return p.commands(r) || p.first(r, p.speech.personal) != ""
}

// commands reports whether a sentence tells to do what a kind demands. An infinitive does
// so at its beginning alone: «Отключить уведомления», but "штраф за отказ удалить данные";
// «отписаться» is a link.
func (p *Policy) commands(r *sentenceReading) bool {
	if !r.has.meets(&p.lexicon.deeds) {
		return false
	}
	for i := range r.hits {
		h := &r.hits[i]
		first, last := &r.tokens[h.start], &r.tokens[h.end-1]
		if p.lexicon.deeds.has(h.slot) && (first.does(isImperative) || last.does(isImperativeKK) || h.start == 0 && first.does(isInfinitive) && !strings.HasSuffix(first.word, "ся")) {
			return true
		}
	}
	return false
}

// note keeps what a sentence shows beside its demands, where the part has shown no
// such thing yet.
func (p *Policy) note(t *part, r *sentenceReading, m *manner) {
	s := &p.speech
	t.personal = t.personal || m.personal
	keep(&t.asks, m.question)
	if r.room == 0 { // in a heap of words there are such of everything
		keep(&t.ordinary, m.ordinary)
	}
	keep(&t.cancels, p.first(r, s.cancels))
	p.rethink(t, r)
	keep(&t.thanks, p.first(r, s.thanks))
	keep(&t.automatic, p.first(r, s.automatic))
	keep(&t.absence, p.first(r, s.absence))
}

// addEvidence adds what a sentence demands, with what beside it speaks against that.
func (p *Policy) addEvidence(t *part, r *sentenceReading, m *manner, e evidence) {
	e.personal, e.sentence = m.personal, len(t.sentences)
	if e.kind != unnamed {
		e.ask(m.question, p.Kinds[e.kind].ByPerson)
		if k := &p.matches[e.kind]; r.has.meets(&k.against) {
			p.weighAgainst(r, k, &e)
		}
		if e.against == "" && !m.personal {
			e.against = m.ordinary
		}
	}
	t.evidence = append(t.evidence, e)
}

// firstWords is the number of words at the beginning of a sentence among which
// a question word makes it a question; later ones mostly open a clause («когда
// регистрировалась»).
const firstWords = 3

// asked returns the words by which a sentence asks, "?" where only the mark at
// its end does, "" where it does not ask.
func (p *Policy) asked(r *sentenceReading) string {
	for i := range p.speech.questions {
		if f, ok := p.speech.questions[i].find(r, false); ok && (r.question || p.speech.questions[i].opens(r, f)) {
			return wordsOf(r, f)
		}
	}
	if w := p.first(r, p.speech.wonders); w != "" {
		return w
	}
	if r.question {
		return "?"
	}
	return ""
}

// opens reports whether a pattern that is found stands among the first words of a
// sentence: of a single word there may be a longer one before the shortest, "tell me
// how" before "how to".
func (p *pattern) opens(r *sentenceReading, f match) bool {
	if f.start < firstWords || len(p.slots) > 1 {
		return f.start < firstWords
	}
	return slices.ContainsFunc(r.hits, func(h hit) bool { return h.start < firstWords && p.fits(&h, p.slots[0], false) })
}

// asksOnly reports whether a sentence ends in a question mark and is no polite demand.
func (p *Policy) asksOnly(r *sentenceReading) bool {
	return r.question && p.first(r, p.speech.polite) == ""
}

// weigh tells how surely a sentence speaks for a kind.
func (p *Policy) weigh(r *sentenceReading, m *matcher, subject bool) evidence {
	e := p.strongest(r, m.demands)
	if subject && e.level < close {
		if s := p.strongest(r, m.subject); s.level > e.level {
			e = s
		}
	}
	if e.level == nothing {
		if w := firstOf(r.narrowed(), m.traces, true); w != "" {
			e.level, e.words = possible, w
		}
	}
	return e
}

// strongest returns the first demand found, one whose words a bracket parts
// only where there is no other.
func (p *Policy) strongest(r *sentenceReading, demands []pattern) evidence {
	var e evidence
	for i := range demands {
		if !r.has.has(demands[i].lead) {
			continue
		}
		f, ok := demands[i].find(r, true)
		switch {
		case ok && !f.broken:
			return evidence{level: close, words: wordsOf(r, f), typo: f.typo, start: f.start}
		case ok && e.level == nothing:
			e = evidence{level: possible, words: wordsOf(r, f), typo: f.typo, start: f.start}
		}
	}
	return e
}

// first returns the words of the first pattern found, "" for none. What speaks
// against a demand must stand there as it is written: misspelt words do not
// count.
//
//go:noinline
func (p *Policy) first(r *sentenceReading, patterns []pattern) string {
	return firstOf(r, patterns, false)
}

func firstOf(r *sentenceReading, patterns []pattern, typos bool) string {
	for i := range patterns {
		if !r.has.has(patterns[i].lead) {
			continue
		}
		if f, ok := patterns[i].find(r, typos); ok {
			return wordsOf(r, f)
		}
	}
	return ""
}

func wordsOf(r *sentenceReading, m match) string {
	var b strings.Builder
	for i, t := range r.tokens[m.start:m.end] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.word)
	}
	return b.String()
}

func keep(into *string, words string) {
	if *into == "" {
		*into = words
	}
}
