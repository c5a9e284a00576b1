package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// groupSet is a set of slots: group number times two, plus one for the group
// denied («не», "do not", a negative ending).
type groupSet [mostGroups * 2 / 64]uint64

// mostGroups is the number of groups of words a policy can have.
const mostGroups = 192

func (s *groupSet) add(slot int) { s[slot/64] |= 1 << (slot % 64) }

func (s *groupSet) holds(o *groupSet) bool {
	for i := range s {
		if o[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

func (s *groupSet) meets(o *groupSet) bool {
	for i := range s {
		if o[i]&s[i] != 0 {
			return true
		}
	}
	return false
}

// pattern is a demand, or a counter-word, in terms of groups:
//
//	withdraw consent !deal       both in one sentence, no word of the group deal in it
//	no-send promo /12            «send» denied, at most 12 words from the first to the last
//
// The order of the words does not matter. A group without "no-" matches only
// where it is not denied; beside a group with "no-" it matches either way,
// since a denial may reach over several words.
type pattern struct {
	source string
	line   int  // of the policy file
	denies bool // holds a group with "no-"
	slots  []int
	not    []int // forbidden slots
	need   groupSet
	forbid groupSet
	span   int
}

// usualSpan is the number of words over which a pattern may stretch.
const usualSpan = 9

func (x *lexicon) pattern(source string) (pattern, error) {
	p := pattern{source: source, span: usualSpan}
	for _, w := range strings.Fields(source) {
		if n, ok := strings.CutPrefix(w, "/"); ok {
			span, err := strconv.Atoi(n)
			if err != nil || span < 1 || span > 50 {
				return p, fmt.Errorf("%q: want a number of words from /1 to /50", w)
			}
			p.span = span
			continue
		}
		name, forbidden := strings.CutPrefix(w, "!")
		name, denied := strings.CutPrefix(name, "no-")
		g, ok := x.numbers[name]
		if !ok {
			return p, fmt.Errorf("%q is not among the groups of words", name)
		}
		slot := 2 * g
		if denied {
			slot++
		}
		if forbidden {
			p.forbid.add(slot)
			p.not = append(p.not, slot)
			continue
		}
		p.slots = append(p.slots, slot)
		p.denies = p.denies || denied
	}
	for _, slot := range p.slots {
		if !p.denies || slot&1 == 1 {
			p.need.add(slot)
		}
	}
	if len(p.slots) == 0 {
		return p, fmt.Errorf("%q asks for no word at all", source)
	}
	return p, nil
}

// hit is a place in a sentence where an entry of a group stands.
type hit struct {
	slot       int
	start, end int // tokens
	typo       bool
}

// match is a pattern found in a sentence.
type match struct {
	start, end int  // tokens
	typo       bool // a word was misspelt
	broken     bool // a bracket or a slash stands between the words
}

// find looks for the pattern among the hits of a sentence, the shortest
// stretch first. Misspelt words count where typos is set.
func (p *pattern) find(r *sentenceReading, typos bool) (match, bool) {
	if !r.has.holds(&p.need) || r.has.meets(&p.forbid) {
		return match{}, false
	}
	best, ok := match{end: 1 << 20}, false
	span := r.span(p)
	first := 0 // of the hits that begin where hit i does
	for i := range r.hits {
		if r.hits[i].start > r.hits[first].start {
			first = i
		}
		if !p.begins(&r.hits[i], typos) {
			continue
		}
		m, fits := p.from(r.hits[first:], r.hits[i].start, span, typos)
		if fits && m.end-m.start <= span && m.end-m.start < best.end-best.start {
			best, ok = m, true
		}
	}
	if ok {
		for _, t := range r.tokens[best.start+1 : best.end] {
			best.broken = best.broken || t.bracket
		}
	}
	return best, ok
}

// begins reports whether a hit is of the pattern at all.
func (p *pattern) begins(h *hit, typos bool) bool {
	for _, slot := range p.slots {
		if p.fits(h, slot, typos) {
			return true
		}
	}
	return false
}

// from fits every slot with the first hit at or after the token start. The
// hits are those from there on, in order: none behind the span is looked at.
func (p *pattern) from(hits []hit, start, span int, typos bool) (match, bool) {
	m := match{start: start}
	begun := false
	for _, slot := range p.slots {
		best := -1
		for i := range hits {
			if hits[i].start >= start+span {
				break
			}
			if p.fits(&hits[i], slot, typos) && (best < 0 || hits[i].end < hits[best].end) {
				best = i
			}
		}
		if best < 0 {
			return m, false
		}
		h := hits[best]
		begun = begun || h.start == start
		m.end = max(m.end, h.end)
		m.typo = m.typo || h.typo
	}
	return m, begun
}

func (p *pattern) fits(h *hit, slot int, typos bool) bool {
	if h.typo && !typos {
		return false
	}
	return h.slot == slot || p.denies && slot&1 == 0 && h.slot == slot+1
}

// sentenceReading is a sentence with the groups found in it.
type sentenceReading struct {
	sentence
	has  groupSet
	hits []hit
	room int    // tokens that may stand between the words of a pattern; 0: as many as it says
	met  [3]int // words of the policy in ru, kk, en
}

// slotNot and slotModal are the groups that the program itself knows: «не»,
// and the words that may stand between it and what it denies («не хочу больше
// получать»).
const (
	groupNot   = "not"
	groupModal = "modal"

	// groupAlike holds words that are no misspellings of those of other groups.
	groupAlike = "lookalikes"
)

// readBuffer is what read needs while it reads.
type readBuffer struct {
	units []found
	first []int
}

var readBuffers = sync.Pool{New: func() any { return new(readBuffer) }}

// read finds the groups in a sentence. Misspelt words are searched where
// typos is set.
func (x *lexicon) read(s sentence, typos bool) sentenceReading {
	r := sentenceReading{sentence: s}
	b := readBuffers.Get().(*readBuffer)
	defer readBuffers.Put(b)
	units, first := b.units[:0], b.first[:0]
	x.lookup(s.tokens, typos, func(i int, f []found) {
		first = append(first, len(units))
		units = append(units, f...)
		if len(f) > 0 && !f[0].typo && len(s.tokens[i].word) > 2 {
			r.met[x.language[f[0].unit]]++
		}
	})
	first = append(first, len(units))
	b.units, b.first = units, first
	if len(units) > 0 {
		r.hits = make([]hit, 0, len(units))
	}
	for i := range s.tokens {
		here := len(r.hits)
		for _, f := range units[first[i]:first[i+1]] {
			for _, ph := range x.phrases[f.unit] {
				if m, ok := ph.at(i, units, first); ok {
					h := hit{slot: 2 * ph.group, start: i, end: i + len(ph.units), typo: m.typo || f.typo}
					if m.negated || f.negated {
						h.slot++
					}
					if !slices.Contains(r.hits[here:], h) { // earlier ones begin elsewhere
						r.hits = append(r.hits, h)
					}
				}
			}
		}
	}
	x.deny(&r)
	for _, h := range r.hits {
		r.has.add(h.slot)
	}
	if s.piled() {
		r.room = pileRoom
	}
	return r
}

// Where some dozens of words follow one another without a comma or a stop, as
// in lists and in texts that no person wrote, any two words come to stand side by
// side: a pattern's words must stand closer there, and those of a mere trace next
// to one another or with one word between.
const (
	pileWords = 60
	pileRoom  = 3
	traceRoom = 1
)

// piled reports whether a sentence is such a heap: less than one sign of
// punctuation for twenty words.
func (s *sentence) piled() bool {
	if len(s.tokens) < pileWords {
		return false
	}
	signs := 0
	for _, t := range s.tokens {
		if t.comma || t.bracket {
			signs++
		}
	}
	return signs*20 < len(s.tokens)
}

// span is the number of words over which a pattern may stretch here.
func (r *sentenceReading) span(p *pattern) int {
	if r.room == 0 {
		return p.span
	}
	return min(p.span, len(p.slots)+r.room)
}

// narrowed is the same reading for what is only a trace.
func (r *sentenceReading) narrowed() *sentenceReading {
	if r.room <= traceRoom {
		return r
	}
	tight := *r
	tight.room = traceRoom
	return &tight
}

// at reports whether the phrase stands at token i; what it returns tells of
// the words after the first.
func (ph phrase) at(i int, units []found, first []int) (found, bool) {
	var m found
	for k, u := range ph.units[1:] {
		j := i + 1 + k
		if j+1 >= len(first) {
			return m, false
		}
		at := slices.IndexFunc(units[first[j]:first[j+1]], func(f found) bool { return f.unit == u })
		if at < 0 {
			return m, false
		}
		f := units[first[j]+at]
		m.typo, m.negated = m.typo || f.typo, m.negated || f.negated
	}
	return m, true
}

// deny turns the hits that follow a «не» into denied ones.
func (x *lexicon) deny(r *sentenceReading) {
	const none, not, modal = 0, 1, 2
	var buf [64]uint8
	role := buf[:0]
	for range r.tokens {
		role = append(role, none)
	}
	slotNot, slotModal := 2*x.numbers[groupNot], 2*x.numbers[groupModal]
	any := false
	for _, h := range r.hits {
		for i := h.start; i < h.end; i++ {
			switch {
			case h.slot == slotNot:
				role[i], any = not, true
			case h.slot == slotModal && role[i] == none:
				role[i] = modal
			}
		}
	}
	if !any {
		return
	}
	for i := range r.hits {
		h := &r.hits[i]
		if h.slot == slotNot || h.slot&1 == 1 {
			continue
		}
		for j := h.start - 1; j >= 0 && j >= h.start-4 && !r.tokens[j+1].comma; j-- {
			if role[j] == not {
				h.slot |= 1
			}
			if role[j] != modal {
				break
			}
		}
	}
}
