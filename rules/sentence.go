package rules

import "slices"

// sentenceReading is a sentence with the groups found in it.
type sentenceReading struct {
	sentence
	has  groupSet
	hits []hit
	wide int    // tokens by which the words of a pattern may stand further apart than it says
	room int    // tokens that may stand between the words of a pattern; 0: as many as it says
	met  [3]int // words of the policy, by metRU, metKK, metEN
}

// The groups that the program itself knows: «не», and the words that may stand
// between it and what it denies («не хочу больше получать»).
const (
	groupNot   = "not"
	groupModal = "modal"

	// groupValue is what can be written down: a mail address, or a number of ten digits
	// and more.
	groupValue = "value"

	// groupAlike holds words that are no misspellings of those of other groups.
	groupAlike = "lookalikes"
)

// read finds the groups in a sentence, and notes in the arena which words tell
// something. Misspelt words are searched where typos is set.
func (x *lexicon) read(a *arena, s sentence, typos bool) sentenceReading {
	if s.numbers && !x.numerals {
		s.tokens = oneNumber(s.tokens)
	}
	r := sentenceReading{sentence: s, hits: rest(a.hits)}
	a.telling = a.telling[:0]
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.met >= 0 {
			r.met[t.met]++
		}
		if t.value && t.says == nil {
			t.knownWord = a.word(t.word, x.value)
		}
		if t.says != nil {
			a.telling = append(a.telling, int32(i))
		}
	}
	for n, at := range a.telling {
		says := s.tokens[at].says.sense(typos)
		next := uint64(0)
		if n+1 < len(a.telling) && a.telling[n+1] == at+1 {
			next = s.tokens[at+1].says.sense(typos).mask
		}
		if says.wants&next == 0 { // mostly
			here := len(r.hits)
			r.hits = append(r.hits, says.alone...)
			for k := range r.hits[here:] {
				r.hits[here+k].start, r.hits[here+k].end = at, at+1
			}
			continue
		}
		here := len(r.hits)
		for k := range says.begins {
			b := &says.begins[k]
			if b.wants&next == 0 {
				continue
			}
			h := b.hit
			h.start, h.end = at, at+h.end
			if len(b.further) > 0 && (!b.goesOn(&h, s.tokens, typos) || slices.Contains(r.hits[here:], h)) {
				continue // hits of other words begin elsewhere
			}
			r.hits = append(r.hits, h)
		}
	}
	a.hits = with(a.hits, r.hits)
	r.hits = slices.Clip(r.hits)
	x.deny(a, &r)
	for _, h := range r.hits {
		r.has.add(h.slot)
	}
	if s.piled() {
		r.room = pileRoom
	}
	return r
}

// fewestDigits are those of a phone number.
const fewestDigits = 10

// oneNumber makes one token of the numbers that stand side by side, in place: «8 701
// 555 44 10» is one thing to call, and parts what stands before it from what stands
// behind no more than a word does.
func oneNumber(tokens []token) []token {
	n, digits := 0, 0
	for i := range tokens {
		t := &tokens[i]
		if !isDigit(rune(t.word[0])) || tokenEnd(t.word) < len(t.word) { // an address may begin with a digit
			digits = 0
		} else if digits += len(t.word); digits > len(t.word) {
			tokens[n-1].value = tokens[n-1].value || digits >= fewestDigits
			continue
		}
		if n < i {
			tokens[n] = *t
		}
		n++
	}
	return tokens[:n]
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
		return p.span + r.wide
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

// goesOn reports whether the further units stand behind the first, and notes in
// the hit what their words tell.
func (b *beginning) goesOn(h *hit, tokens []token, typos bool) bool {
	if int(h.end) > len(tokens) {
		return false
	}
	for k, u := range b.further {
		says := tokens[int(h.start)+1+k].says.sense(typos)
		if says == nil {
			return false
		}
		f := says.find(u)
		if f == nil {
			return false
		}
		h.typo = h.typo || f.typo
		if f.negated {
			h.slot |= 1
		}
	}
	return true
}

// find returns the unit among those of a word, nil where it is none of them.
func (s *sense) find(u unit) *found {
	for i := range s.units {
		if s.units[i].unit == u {
			return &s.units[i]
		}
	}
	return nil
}

// What a token does to the words behind it, for deny: it denies, or stands between.
const (
	denies byte = iota + 1
	lets
)

// deny turns the hits that follow a «не», and infinitives before one, into denied ones.
func (x *lexicon) deny(a *arena, r *sentenceReading) {
	slotNot, slotModal := x.slotNot, x.slotModal
	if !slices.ContainsFunc(r.hits, func(h hit) bool { return h.slot == slotNot }) {
		return
	}
	a.roles = slices.Grow(a.roles[:0], len(r.tokens))[:len(r.tokens)]
	role := a.roles
	clear(role)
	last := 0 // token that denies
	for _, h := range r.hits {
		for i := h.start; i < h.end; i++ {
			switch {
			case h.slot == slotNot:
				role[i] = denies
				last = max(last, int(i))
			case h.slot == slotModal && role[i] == 0:
				role[i] = lets
			}
		}
	}
	for i := range r.hits {
		h := &r.hits[i]
		if h.slot == slotNot || h.slot&1 == 1 || r.tokens[h.start].does(isImperativeKK) {
			continue
		}
		for j := h.start - 1; j >= 0 && role[j] != 0 && j >= h.start-4 && !r.tokens[j+1].comma; j-- {
			if role[j] == denies && (j+1 == h.start || !r.tokens[h.start].does(isImperative)) {
				h.slot |= 1
			}
			if role[j] != lets {
				break
			}
		}
		if start := int(h.start); start < last && h.end-h.start == 1 && r.deniedBehind(role, start, x.deeds.has(h.slot)) {
			h.slot |= 1
		}
	}
}
