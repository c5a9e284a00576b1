package rules

import (
	"slices"
	"strconv"
	"strings"
)

// groupSet is a set of slots: group number times two, plus one for the group
// denied («не», "do not", a negative ending).
type groupSet struct {
	slots  [mostGroups * 2 / 64]uint64
	folded uint64 // bitOf each of them
}

// mostGroups is the number of groups of words a policy can have.
const mostGroups = 320

func (s *groupSet) add(slot int32) {
	s.slots[uint32(slot)/64] |= bitOf(slot)
	s.folded |= bitOf(slot)
}

func (s *groupSet) has(slot int32) bool { return s.slots[uint32(slot)/64]&bitOf(slot) != 0 }

func (s *groupSet) meets(o *groupSet) bool {
	for i := range s.slots {
		if o.slots[i]&s.slots[i] != 0 {
			return true
		}
	}
	return false
}

// union returns the slots of both.
func (s groupSet) union(o *groupSet) groupSet {
	for i := range s.slots {
		s.slots[i] |= o.slots[i]
	}
	s.folded |= o.folded
	return s
}

// pattern is a demand, or a counter-word, in terms of groups:
//
//	withdraw consent !deal       both in one sentence, no word of the group deal in it
//	delete data !~mailing        no word of the group mailing in the clause around them
//	no-send promo /12            «send» denied, at most 12 words from the first to the last
//
// The order of the words does not matter. A group without "no-" matches only
// where it is not denied; beside a group with "no-" it matches either way,
// since a denial may reach over several words.
type pattern struct {
	lead   int32  // the first slot that it needs
	denies bool   // holds a group with "no-"
	need   uint64 // bitOf each slot that it needs
	slots  []int32
	not    []int32 // forbidden slots
	wants  uint64  // of a hit of the pattern, see bitOf
	apart  []int32 // slots forbidden in the same clause
	span   int
	source string
	line   int // of the policy file; see findLines
}

// usualSpan is the number of words over which a pattern may stretch.
const usualSpan = 9

func (x *lexicon) pattern(source string) (pattern, *PolicyFault) {
	p := pattern{source: source, span: usualSpan}
	for _, w := range strings.Fields(source) {
		if n, ok := strings.CutPrefix(w, "/"); ok {
			span, err := strconv.Atoi(n)
			if err != nil || span < 1 || span > 50 {
				return p, &PolicyFault{Code: "want", Args: []string{w, "/1 … /50"}}
			}
			p.span = span
			continue
		}
		name, forbidden := strings.CutPrefix(w, "!")
		name, nearby := strings.CutPrefix(name, "~")
		name, denied := strings.CutPrefix(name, "no-")
		g, ok := x.numbers[name]
		if !ok {
			return p, &PolicyFault{Code: "unknown", Args: []string{name}}
		}
		slot := int32(2 * g)
		if denied {
			slot++
		}
		if forbidden && nearby {
			p.apart = append(p.apart, slot)
			continue
		}
		if forbidden {
			p.not = append(p.not, slot)
			continue
		}
		p.slots = append(p.slots, slot)
		p.denies = p.denies || denied
		p.wants |= bitOf(slot) | bitOf(slot+1)
	}
	p.lead = -1
	for _, slot := range p.slots {
		if p.needs(slot) {
			p.need |= bitOf(slot)
			if p.lead < 0 {
				p.lead = slot
			}
		}
	}
	if len(p.slots) == 0 {
		return p, &PolicyFault{Code: "wordless", Args: []string{source}}
	}
	return p, nil
}

// hit is a place in a sentence where an entry of a group stands.
type hit struct {
	slot       int32
	start, end int32 // tokens
	typo       bool
}

// match is a pattern found in a sentence.
type match struct {
	start, end int  // tokens
	typo       bool // a word was misspelt
	broken     bool // a bracket or a slash stands between the words
}

// needs reports whether the pattern is found only where this one of its slots is hit:
// beside a group with "no-" another may be denied as well.
func (p *pattern) needs(slot int32) bool { return !p.denies || slot&1 == 1 }

// mayMeet reports whether the pattern could be found in a sentence that holds
// these groups.
func (p *pattern) mayMeet(has *groupSet) bool {
	return p.need&^has.folded == 0 && p.allows(has)
}

func (p *pattern) allows(has *groupSet) bool {
	for _, slot := range p.slots {
		if p.needs(slot) && !has.has(slot) {
			return false
		}
	}
	for _, slot := range p.not {
		if has.has(slot) {
			return false
		}
	}
	return true
}

// find looks for the pattern among the hits of a sentence, the shortest
// stretch first. Misspelt words count where typos is set.
func (p *pattern) find(r *sentenceReading, typos bool) (match, bool) {
	if !p.mayMeet(&r.has) {
		return match{}, false
	}
	best, ok := match{end: 1 << 20}, false
	span := r.span(p)
	for i := range r.hits {
		if !p.begins(&r.hits[i], typos) {
			continue
		}
		start, first := r.hits[i].start, i
		for first > 0 && r.hits[first-1].start == start {
			first--
		}
		m, fits := p.from(r.hits[first:], int(start), span, typos)
		if fits && m.end-m.start <= span && m.end-m.start < best.end-best.start && !p.disturbed(r, m) {
			best, ok = m, true
			if m.end-m.start == 1 {
				break // there is no shorter one
			}
		}
	}
	if ok {
		for _, t := range r.tokens[best.start+1 : best.end] {
			best.broken = best.broken || t.bracket
		}
	}
	return best, ok
}

// disturbed reports whether a word that the pattern wants apart stands in the
// clause of a match.
func (p *pattern) disturbed(r *sentenceReading, m match) bool {
	if len(p.apart) == 0 {
		return false
	}
	start, end := r.clause(m)
	return slices.ContainsFunc(r.hits, func(h hit) bool {
		return int(h.start) >= start && int(h.start) < end && slices.Contains(p.apart, h.slot)
	})
}

// clause returns the words around a match up to the next comma or conjunction,
// at most four on either side.
func (r *sentenceReading) clause(m match) (start, end int) {
	start, end = m.start, m.end
	for start > max(0, m.start-clauseWords) && !r.tokens[start].comma && !joins(r.tokens[start-1].word) {
		start--
	}
	for end < min(len(r.tokens), m.end+clauseWords) && !r.tokens[end].comma && !joins(r.tokens[end].word) {
		end++
	}
	return start, end
}

const clauseWords = 4

// joins reports whether a word joins two clauses.
func joins(word string) bool {
	switch word {
	case "и", "а", "также", "және", "әрі", "and", "also", "plus":
		return true
	}
	return false
}

// bitOf is a bit of the slot: a set of slots that lacks it lacks the slot.
func bitOf(slot int32) uint64 { return 1 << (uint32(slot) % 64) }

// begins reports whether a hit is of the pattern at all.
func (p *pattern) begins(h *hit, typos bool) bool {
	if p.wants&bitOf(h.slot) == 0 {
		return false // most hits
	}
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
			if int(hits[i].start) >= start+span {
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
		begun = begun || int(h.start) == start
		m.end = max(m.end, int(h.end))
		m.typo = m.typo || h.typo
	}
	return m, begun
}

func (p *pattern) fits(h *hit, slot int32, typos bool) bool {
	if h.typo && !typos {
		return false
	}
	return h.slot == slot || p.denies && slot&1 == 0 && h.slot == slot+1
}
