package rules

// level says how sure a piece of evidence is; higher is surer.
type level int

const (
	nothing level = iota
	possible
	close
	exact
)

// unnamed is the kind of a demand that the policy does not name.
const unnamed = -1

// evidence is a place in a letter that speaks for a kind.
type evidence struct {
	kind       int // index of Policy.Kinds, or unnamed
	level      level
	prescribed bool   // a mark of the policy, verbatim in the subject
	ordinary   bool   // the mark is also an ordinary word
	mark       string // the mark, where one was met
	words      string // the words of the letter
	typo       bool   // one of them is misspelt
	against    string // words beside them that mean something else; "" for none
	question   bool   // the sentence asks
	personal   bool   // the sentence speaks in the first person or demands
	sentence   int    // of its part
	start      int    // of its words, 0 for a mark
}

// counts reports whether the evidence demands something.
func (e *evidence) counts() bool { return e.against == "" && !e.question }

// ask notes that the sentence asks. A question mark behind words in the first
// person («Можно удалить мои данные?») leaves a trace; a person decides.
func (e *evidence) ask(question string, byPerson bool) {
	switch {
	case question == "" || byPerson:
	case question == "?" && e.personal && e.level < exact:
		e.level = min(e.level, possible)
	default:
		e.question = true
	}
}

// part is what was found in the subject or in a text.
type part struct {
	text      string // the letter's, or retyped, or out of transliteration; normalised unless it is plain
	retyped   string // how text was retyped, see readText; "": not at all
	evidence  []evidence
	beside    []evidence // what makes a second demand beside one of another kind
	sentences []sentenceReading
	words     int
	letters   letterCount // where plain
	plain     bool        // scan could read the text as it stands
	line      bool        // one line, in which no capital begins a sentence
	met       [3]int      // words of the policy met, by metRU, metKK, metEN
	rethinks  rethinking

	// The words that show it, "" where the part shows no such thing.
	asks, cancels, thanks, automatic, absence, ordinary string
	personal                                            bool
}

// best returns the surest evidence of the kind that counts.
func (t *part) best(kind int) *evidence {
	var best *evidence
	for i := range t.evidence {
		e := &t.evidence[i]
		if e.kind == kind && e.counts() && (best == nil || e.level > best.level) {
			best = e
		}
	}
	return best
}

// top returns the highest level of evidence that counts.
func (t *part) top() level {
	top := nothing
	for i := range t.evidence {
		if e := &t.evidence[i]; e.counts() && e.level > top {
			top = e.level
		}
	}
	return top
}

// onlyOf reports whether a part holds evidence of no other kind.
func onlyOf(t *part, kind int) bool {
	kinds := kindsOf(t)
	return len(kinds) == 0 || len(kinds) == 1 && kinds[0] == kind
}

func firstCounting(t *part) *evidence {
	for i := range t.evidence {
		if t.evidence[i].counts() {
			return &t.evidence[i]
		}
	}
	return nil
}

// without leaves out the evidence that is so.
func (t *part) without(so func(*evidence) bool) {
	var rest []evidence
	for i := range t.evidence {
		if e := &t.evidence[i]; !so(e) {
			rest = append(rest, *e)
		}
	}
	t.evidence = rest
}
