package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// proof is a letter by which the policy proves itself: "subject" or
// "subject // text".
type proof struct {
	line    int // see findLines
	kind    Kind
	verdict Verdict // expected: request and review of the kind; none
	subject string
	text    string
}

// recognition is what reading a letter needs of a policy. It is three quarters
// of the work of reading the file, and most commands read no letter: that of
// the built-in policy is made when the first one comes.
type recognition struct {
	lexicon *lexicon  // the words of the policy, ready for matching
	speech  speech    // what speaks against a demand, whatever its kind
	matches []matcher // by index of Kinds
	marks   []markText
	markAt  map[string][]int // index of marks by their first word
	pieces  markPieces
	proofs  []proof // the examples by which the policy proves itself

	kindLines []int // of the policy file, by index of Kinds; see findLines
	lined     sync.Once

	// recognise makes the rest, once. Whatever is called from outside and looks
	// at a letter calls it first.
	recognise func()
}

// matcher holds the patterns of one kind, by their keys in the policy file: the
// built-in one tells what each is for.
type matcher struct {
	demands, subject, beside, includes, traces, topic, bare, counter, elsewhere, opposite, told []pattern

	leads   groupSet // of demands, subject, beside and traces: a sentence without any of them speaks for no such kind
	alone   groupSet // of bare
	against groupSet // of counter and told: a sentence without any of them leaves a demand as it is
}

// speech holds the patterns of what letters do besides demanding, likewise.
type speech struct {
	questions, wonders, impatient, polite, ordinary, cancels, rethinks, insists, thanks, automatic, absence, personal, unnamed, refers []pattern

	papers, titles, enclosed, opaque, about, own, trade, firms, footers, notice, expects []pattern
}

// Learn begins to read the words and does not wait for that; else the first letter does it.
// If they cannot be read, whoever needs them panics, and not a goroutine that nobody guards.
func (p *Policy) Learn() {
	go func() {
		defer func() { _ = recover() }() // recognise keeps the panic for whoever calls it next
		p.recognise()
	}()
}

// Prepare makes ready what the first letter would wait for: the words, and what
// is made when a letter first needs it.
func (p *Policy) Prepare() {
	p.Classify(Facts{Subject: p.Example(), Text: "Прошу исполнить мое требование.\n\nГульмира Сейтказина\n"}, Own{})
}

// Example is a subject as the policy prescribes it, "" where it prescribes none.
func (p *Policy) Example() string {
	for _, k := range p.Kinds {
		if len(k.Marks) > 0 && !k.ByPerson {
			return k.Marks[0].Text
		}
	}
	return ""
}

// recognition builds what Classify needs: the words, the patterns over them,
// the marks and the examples.
func (b *policyReader) recognition(p *Policy, raw *rawPolicy) {
	if err := yaml.Unmarshal(b.later, raw); err != nil {
		panic("read the words of the built-in policy: " + err.Error())
	}
	x := newLexicon()
	p.lexicon, p.markAt = x, map[string][]int{}
	x.words = newWordCache(p.know)
	if !b.groups(x, raw.Words) {
		return
	}
	for _, l := range p.speech.lists(&raw.Speech) {
		*l.list = b.patterns(x, path{"speech", l.key}, l.raw)
	}
	for i := range raw.Kinds {
		b.kindWords(p, i, &raw.Kinds[i])
	}
	p.pieces = newMarkPieces(p.marks)
	x.words.numberless = !x.numerals
	x.units, x.spelt = nil, nil
}

// groups reads the groups of words. false: there are too many of them.
func (b *policyReader) groups(x *lexicon, raw map[string]rawWords) bool {
	names := slices.Sorted(maps.Keys(raw))
	for _, reserved := range []string{groupAlike, groupModal, groupNot, groupValue} {
		names = slices.DeleteFunc(names, func(n string) bool { return n == reserved })
		names = slices.Insert(names, 0, reserved)
	}
	if len(names) > mostGroups {
		b.fail(path{"words"}, "want", "words", strconv.Itoa(len(names)), WantNumber, "1", strconv.Itoa(mostGroups))
		return false
	}
	for g, name := range names {
		x.groups = append(x.groups, name)
		x.numbers[name] = g
		b.words(x, g, name, raw[name])
	}
	x.slotNot, x.slotModal = int32(2*x.numbers[groupNot]), int32(2*x.numbers[groupModal])
	value := hit{slot: int32(2 * x.numbers[groupValue]), end: 1}
	said := sense{begins: []beginning{{hit: value}}, alone: []hit{value}}
	x.value = &meaning{read: said}
	return true
}

// kindWords reads by which words the i-th kind is recognised.
func (b *policyReader) kindWords(p *Policy, i int, k *rawKind) {
	x, at := p.lexicon, path{"kinds", i}
	var m matcher
	for _, l := range m.lists(k) {
		*l.list = b.patterns(x, at.with(l.key), l.raw)
	}
	for _, list := range [][]pattern{m.demands, m.subject, m.beside, m.traces} {
		for i := range list {
			m.leads.add(list[i].lead)
		}
	}
	for i := range m.bare {
		m.alone.add(m.bare[i].lead)
		if len(m.bare[i].slots) == 1 {
			x.deeds.add(m.bare[i].lead)
		}
	}
	for _, list := range [][]pattern{m.counter, m.told} {
		for i := range list {
			m.against.add(list[i].lead)
		}
	}
	p.matches = append(p.matches, m)
	for _, mark := range p.Kinds[i].Marks {
		t := newMarkText(mark, i)
		x.numerals = x.numerals || strings.ContainsAny(t.words, "0123456789")
		if len(t.tokens) > 0 {
			p.markAt[t.tokens[0]] = append(p.markAt[t.tokens[0]], len(p.marks))
		}
		p.marks = append(p.marks, t)
	}
	p.addProofs(k.ID, Request, k.Examples)
	p.addProofs(k.ID, Review, k.Doubtful)
	p.addProofs(k.ID, None, k.Not)
}

func (b *policyReader) words(x *lexicon, group int, name string, raw rawWords) {
	if !reID.MatchString(name) {
		b.fail(path{"words", name}, "want", "words", name, WantID)
	}
	for _, l := range []struct {
		lang    Lang
		entries []string
	}{{RU, raw.RU}, {KK, raw.KK}, {EN, raw.EN}} {
		for i, e := range l.entries {
			bare := strings.Trim(e, "=* ")
			if spaced(normalise(bare)) == " " {
				b.fail(path{"words", name, string(l.lang), i}, "wordless", name, e)
				continue
			}
			x.add(group, l.lang, e)
		}
	}
}

// keyedList is one list of patterns: its key in the file, what stands there, and where the
// patterns go.
type keyedList struct {
	key  string
	raw  []string
	list *[]pattern
}

// lists pairs the lists of a kind, in the order of the file.
func (m *matcher) lists(k *rawKind) []keyedList {
	return []keyedList{
		{"demands", k.Demands, &m.demands},
		{"subject", k.Subject, &m.subject},
		{"beside", k.Beside, &m.beside},
		{"includes", k.Includes, &m.includes},
		{"traces", k.Traces, &m.traces},
		{"topic", k.Topic, &m.topic},
		{"bare", k.Bare, &m.bare},
		{"counter", k.Counter, &m.counter},
		{"elsewhere", k.Other, &m.elsewhere},
		{"opposite", k.Opposite, &m.opposite},
		{"told", k.Told, &m.told},
	}
}

// lists pairs the lists of speech, likewise.
func (s *speech) lists(raw *rawSpeech) []keyedList {
	return []keyedList{
		{"questions", raw.Questions, &s.questions},
		{"wonders", raw.Wonders, &s.wonders},
		{"impatient", raw.Impatient, &s.impatient},
		{"polite", raw.Polite, &s.polite},
		{"ordinary", raw.Ordinary, &s.ordinary},
		{"cancels", raw.Cancels, &s.cancels},
		{"rethinks", raw.Rethinks, &s.rethinks},
		{"insists", raw.Insists, &s.insists},
		{"thanks", raw.Thanks, &s.thanks},
		{"automatic", raw.Automatic, &s.automatic},
		{"absence", raw.Absence, &s.absence},
		{"personal", raw.Personal, &s.personal},
		{"unnamed", raw.Unnamed, &s.unnamed},
		{"refers", raw.Refers, &s.refers},
		{"papers", raw.Papers, &s.papers},
		{"titles", raw.Titles, &s.titles},
		{"enclosed", raw.Enclosed, &s.enclosed},
		{"opaque", raw.Opaque, &s.opaque},
		{"about", raw.About, &s.about},
		{"own", raw.Own, &s.own},
		{"trade", raw.Trade, &s.trade},
		{"firms", raw.Firms, &s.firms},
		{"footers", raw.Footers, &s.footers},
		{"notice", raw.Notice, &s.notice},
		{"expects", raw.Expects, &s.expects},
	}
}

func (b *policyReader) patterns(x *lexicon, at path, sources []string) []pattern {
	out := make([]pattern, 0, len(sources))
	for i, s := range sources {
		p, fault := x.pattern(s)
		if fault != nil {
			b.fail(at.with(i), fault.Code, append([]string{at.key()}, fault.Args...)...)
			continue
		}
		out = append(out, p)
	}
	return out
}

func (c *recognition) addProofs(k Kind, v Verdict, letters []string) {
	for _, l := range letters {
		subject, text, _ := strings.Cut(l, "//")
		c.proofs = append(c.proofs, proof{kind: k, verdict: v, subject: strings.TrimSpace(subject), text: strings.TrimSpace(text)})
	}
}
