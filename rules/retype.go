package rules

// mostRetyped is the number of bytes of a text that are read in other forms.
const mostRetyped = 2 << 10

// readText reads a text in the form that tells most: as it stands, typed on
// the wrong keyboard layout, or in transliteration.
func (p *Policy) readText(a *arena, s string, subject bool) part {
	if subject {
		s = unescaped(s)
	}
	best := p.readPlain(a, s, subject)
	n := best.letters
	if !best.plain {
		n = lettersOf(s)
	}
	s = firstBytes(s, mostRetyped)
	switch {
	case best.top() == exact, best.english():
	case n.latin >= 4 && (subject || n.latin*2 > n.cyrillic):
		for _, v := range []struct {
			name string
			text string
		}{
			{"translit", fromTranslit(normalise(s))}, {"translit", fromTranslit(withZh(normalise(s)))},
			{"йцукен", asRussianKeys(s)}, {"қазақша", asKazakhKeys(s)},
		} {
			if t := p.readRetyped(a, v.text, v.name, subject); t.tells(&best) {
				best = t
			}
		}
	case subject && n.cyrillic >= 6 && best.top() == nothing:
		if t := p.readRetyped(a, asLatinKeys(s), "qwerty", subject); t.top() >= close {
			best = t
		}
	}
	return best
}

// english reports whether a reading met so many English words that the text
// is no Russian in Latin letters.
func (t *part) english() bool { return t.met[2] >= 3 && t.met[2]*5 >= t.words }

// tells reports whether a reading says more than another: surer evidence, or
// else more words of the policy.
func (t *part) tells(than *part) bool {
	if t.top() != than.top() {
		return t.top() > than.top()
	}
	return t.met[0]+t.met[1]+t.met[2] > than.met[0]+than.met[1]+than.met[2]
}

// readRetyped reads a text in another form than it stands. A mark found so is
// not verbatim.
func (p *Policy) readRetyped(a *arena, s, how string, subject bool) part {
	t := p.readPlain(a, s, subject)
	t.retyped = how
	for i := range t.evidence {
		e := &t.evidence[i]
		e.level, e.prescribed = min(e.level, close), false
	}
	return t
}
