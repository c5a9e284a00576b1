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

	papers, titles, enclosed, opaque, about, own, trade, firms, notice, expects []pattern
}

// Learn reads the words, once; else the first letter does it. It may be called beside
// anything else.
func (p *Policy) Learn() { p.recognise() }

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
	names := slices.Sorted(maps.Keys(raw.Words))
	for _, reserved := range []string{groupAlike, groupModal, groupNot, groupValue} {
		names = slices.DeleteFunc(names, func(n string) bool { return n == reserved })
		names = slices.Insert(names, 0, reserved)
	}
	if len(names) > mostGroups {
		b.fail(path{"words"}, "want", "words", strconv.Itoa(len(names)), WantNumber, "1", strconv.Itoa(mostGroups))
		return
	}
	for g, name := range names {
		x.groups = append(x.groups, name)
		x.numbers[name] = g
		b.words(x, g, name, raw.Words[name])
	}
	x.slotNot, x.slotModal = int32(2*x.numbers[groupNot]), int32(2*x.numbers[groupModal])
	value := hit{slot: int32(2 * x.numbers[groupValue]), end: 1}
	said := sense{begins: []beginning{{hit: value}}, alone: []hit{value}}
	x.value = &meaning{read: said}
	b.speech(p, &raw.Speech)
	for i := range raw.Kinds {
		k := &raw.Kinds[i]
		at := path{"kinds", i}
		var m matcher
		for j, list := range m.all() {
			key := matcherKeys[j]
			*list = b.patterns(x, at.with(key), k.patterns()[j])
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
		for _, m := range p.Kinds[i].Marks {
			t := newMarkText(m, i)
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
	p.pieces = newMarkPieces(p.marks)
	x.words.numberless = !x.numerals
	x.units = nil
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

func (b *policyReader) speech(p *Policy, raw *rawSpeech) {
	for i, list := range p.speech.all() {
		*list = b.patterns(p.lexicon, path{"speech", speechKeys[i]}, raw.patterns()[i])
	}
}

// matcherKeys and speechKeys are the keys of the file, in the order of the
// lists below.
var (
	matcherKeys = []string{"demands", "subject", "beside", "includes", "traces", "topic", "bare", "counter", "elsewhere", "opposite", "told"}
	speechKeys  = []string{
		"questions", "wonders", "impatient", "polite", "ordinary", "cancels", "rethinks", "insists", "thanks", "automatic", "absence", "personal", "unnamed", "refers",
		"papers", "titles", "enclosed", "opaque", "about", "own", "trade", "firms", "notice", "expects",
	}
)

func (k *rawKind) patterns() [][]string {
	return [][]string{k.Demands, k.Subject, k.Beside, k.Includes, k.Traces, k.Topic, k.Bare, k.Counter, k.Other, k.Opposite, k.Told}
}

func (m *matcher) all() []*[]pattern {
	return []*[]pattern{&m.demands, &m.subject, &m.beside, &m.includes, &m.traces, &m.topic, &m.bare, &m.counter, &m.elsewhere, &m.opposite, &m.told}
}

func (s *rawSpeech) patterns() [][]string {
	return [][]string{
		s.Questions, s.Wonders, s.Impatient, s.Polite, s.Ordinary, s.Cancels, s.Rethinks, s.Insists, s.Thanks, s.Automatic, s.Absence, s.Personal, s.Unnamed, s.Refers,
		s.Papers, s.Titles, s.Enclosed, s.Opaque, s.About, s.Own, s.Trade, s.Firms, s.Notice, s.Expects,
	}
}

func (s *speech) all() []*[]pattern {
	return []*[]pattern{
		&s.questions, &s.wonders, &s.impatient, &s.polite, &s.ordinary, &s.cancels, &s.rethinks, &s.insists, &s.thanks,
		&s.automatic, &s.absence, &s.personal, &s.unnamed, &s.refers, &s.papers, &s.titles, &s.enclosed, &s.opaque, &s.about, &s.own, &s.trade, &s.firms, &s.notice, &s.expects,
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
