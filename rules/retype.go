package rules

// mostRetyped is the number of bytes of a text that are read in other forms.
const mostRetyped = 2 << 10

// mostDigits is the number of bytes of a text in which digits are looked for that stand for
// Kazakh letters.
const mostDigits = 500

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
	if subject && best.top() < exact {
		if u, ok := closedUp(s); ok {
			if t := p.readRetyped(a, u, "р а з р я д к а", subject); t.tells(&best) {
				return t
			}
		}
	}
	if len(s) <= mostDigits && best.top() < exact && digitsForLetters(s) {
		if t := p.readRetyped(a, asKazakhDigits(s), "қазақша", subject); t.tells(&best) {
			best = t
		}
	}
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

// spacedOut is the number of letters from which letters that stand one by one are
// taken for a word: «П Р Е Т Е Н З И Я», «О-т-з-ы-в».
const spacedOut = 5

// closedUp writes words whose letters stand one by one as words. One character
// between two letters is a part of the word, a wider gap ends it.
func closedUp(s string) (string, bool) {
	if !mayBeSpacedOut(s) { // most texts
		return s, false
	}
	r := []rune(s)
	single := func(i int) bool {
		return i >= 0 && i < len(r) && isLetter(r[i]) && (i == 0 || !isLetter(r[i-1])) && (i+1 == len(r) || !isLetter(r[i+1]))
	}
	var out []rune
	found := false
	for i := 0; i < len(r); {
		end := i
		for single(end) && single(end+2) {
			end += 2
		}
		if end-i < 2*(spacedOut-1) {
			out = append(out, r[i])
			i++
			continue
		}
		for found = true; i <= end; i += 2 {
			out = append(out, r[i])
		}
		i = end + 1
	}
	return string(out), found
}

// mayBeSpacedOut reports whether a text holds so many letters one by one, with one
// character between them; the last may begin a word.
func mayBeSpacedOut(s string) bool {
	alone, inWord, between := 0, 0, 0
	for _, r := range s {
		if !isLetter(r) {
			inWord, between = 0, between+1
			continue
		}
		if inWord++; inWord > 1 {
			alone = 0
		} else if between != 1 {
			alone = 1
		} else if alone++; alone == spacedOut {
			return true
		}
		between = 0
	}
	return false
}

// english reports whether a reading met so many English words that the text
// is no Russian in Latin letters.
func (t *part) english() bool { return t.met[metEN] >= 3 && t.met[metEN]*5 >= t.words }

// tells reports whether a reading says more than another: surer evidence, or
// else more words of the policy.
func (t *part) tells(than *part) bool {
	if t.top() != than.top() {
		return t.top() > than.top()
	}
	return t.known() > than.known()
}

// known is how many words of the policy were met.
func (t *part) known() int { return t.met[metRU] + t.met[metKK] + t.met[metEN] }

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
