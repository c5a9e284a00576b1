package rules

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Most lines are their writer's own. The functions of this file tell so by a look
// at each byte, before the expressions of newtext.go are asked.

// signs says which of the signs a line holds without which it is a quotation, a
// rule or the header of a letter in no case.
func signs(line string) (held uint8) {
	for i := 0; i < len(line); {
		if i+8 <= len(line) && !mayHoldSign(eightBytes(line, i)) {
			i += 8
			continue
		}
		for end := min(i+8, len(line)); i < end; i++ {
			held |= signOf[line[i]]
		}
	}
	return held
}

// mayHoldSign reports whether one of eight bytes may be a sign: it is "_", or stands
// between "*" and ">".
func mayHoldSign(eight uint64) bool {
	const ones = 0x0101010101010101
	low := eight & (0x7F * ones)
	between := (low + (0x80-'*')*ones) &^ (low + (0x7F-'>')*ones)
	other := (low ^ '_'*ones) + 0x7F*ones // carries everything but "_" into the high bit
	return (between|^other)&^eight&(0x80*ones) != 0
}

const (
	signDigit = 1 << iota
	signRule  // of rules, and behind the name of a field
	signQuote
)

var signOf = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] = signDigit
	}
	for _, c := range "-_*:" {
		t[c] = signRule
	}
	t['>'] = signQuote
	return t
}()

// openings are the first words of lines.
type openings struct {
	words map[rune][]string // by their first letter, small or capital
	heads [1 << 12 / 64]uint64
}

// newOpenings takes words with bars between them.
func newOpenings(words string) *openings {
	o := &openings{words: map[rune][]string{}}
	for w := range strings.SplitSeq(words, "|") {
		small, _ := utf8.DecodeRuneInString(w)
		for _, r := range []rune{small, unicode.ToUpper(small)} {
			o.words[r] = append(o.words[r], w)
		}
		h, _ := headOf(w)
		o.heads[h/64] |= 1 << (h % 64)
	}
	return o
}

// headOf is a hash of the first three letters, the same for small letters and
// capitals. It is not sure of letters from which nobody here builds words, some of
// which are small forms or capitals of others.
func headOf(line string) (h uint, sure bool) {
	for range 3 {
		r, size := decode(line)
		if r > 0x52F || r == 'ſ' {
			return 0, false
		}
		h = h*37 + caseless(r)
		line = line[size:]
	}
	return h % (1 << 12), true
}

// caseless is the same number for a small letter and its capital, and for some other
// letters. It serves up to U+052F.
func caseless(r rune) uint {
	switch {
	case r < utf8.RuneSelf:
		return uint(r) | 0x20
	case r >= 'А' && r <= 'Я':
		return uint(r) + 0x20
	case r >= 0x400 && r < 'А':
		return uint(r) + 0x50
	case r >= 'а' && r < 0x460:
		return uint(r)
	}
	return 0
}

// mayBegin reports whether a line may begin with one of the words: by its first
// three letters.
func (o *openings) mayBegin(line string) bool {
	if len(line) < 3 {
		return false
	}
	h, sure := headOf(line)
	return !sure || o.heads[h/64]&(1<<(h%64)) != 0
}

// begin returns the length of the word with which a line begins, 0 for none.
func (o *openings) begin(line string) int {
	if !o.mayBegin(line) {
		return 0 // most lines
	}
	r, _ := decode(line)
	for _, w := range o.words[r] {
		if len(line) >= len(w) && strings.EqualFold(line[:len(w)], w) {
			return len(w)
		}
	}
	return 0
}

var (
	// bareForwards begin what reForwardMark finds also without a sign around it,
	// forwards everything that it finds.
	bareForwards = newOpenings("forwarded|пересыл|переслан|begin|начало|жіберілген|қайта")
	forwards     = newOpenings("forwarded|пересыл|переслан|begin|начало|жіберілген|қайта|переадресованное|перенаправленное|конец|бағытталған|original")
)

// ownWords reports whether a line without signs is its writer's own.
func ownWords(line string) bool { return !bareForward(line) && !mobileLine(line) }

func bareForward(line string) bool {
	return bareForwards.begin(strings.TrimLeft(firstBytes(line, 80), " \t\f\r")) > 0
}

// forwardMark reports whether a line says that a letter passed on follows.
func forwardMark(line string) bool {
	return forwards.begin(strings.TrimLeft(line, " \t\f\r>*_-")) > 0 && reForwardMark.MatchString(line)
}

// footerHeads may stand before the first words of a footer, footerOpenings are
// these words.
var (
	footerHeads    = newOpenings("внимание|важно|примечание|disclaimer|notice|important|warning|ескерту|назар аударыңыз")
	footerOpenings = newOpenings("данное |это |настоящее |уведомление о|конфиденциальност|информация|если вы |содержание |" +
		"this |the |confidentiality|if you |бұл |осы |егер |мы обрабат|компания обрабат|оператор обрабат|продолжая|отправляя|направляя|отвечая|by replying|by responding|by sending|" +
		"вы получили|you are|you received|чтобы больше не получать|чтобы не получать|чтобы отписаться|для отписки|отписаться|to unsubscribe|unsubscribe|click here|" +
		"please consider|please think|consider|think before|подумайте|проверено|антивирус|virus-free|без вирусов")
)

// mobiles begin what mobileLine finds.
const mobiles = "sent|get |отправлен|послан|iphone|менің|download|скачать"

// someOpenings are all with which a line begins that is not its writer's own, or
// opens a footer, unless a sign tells.
var someOpenings = sync.OnceValue(func() *openings {
	o := newOpenings(mobiles)
	for _, other := range []*openings{bareForwards, footerHeads, footerOpenings} {
		for i, heads := range other.heads {
			o.heads[i] |= heads
		}
	}
	return o
})

// footerWords are words of which one is in every line that the expression finds.
var footerWords = sync.OnceValue(func() *finder {
	return newFinder(strings.Split("онфиденциальн|ОНФИДЕНЦИАЛЬН|предназначен|адресован|адресат|получател|собственност|сформировано|защищено|получили|содержа|одержание|"+
		"onfidential|ONFIDENTIAL|rivileged|intended|received|receiving|құпия|арналған|қате|"+
		"обрабатывае|согла|келісім|consent| agree|отпис|не получать|не хотите|nsubscribe|environment|think before|окружающей|проверено|Проверено|irus-free|вирус", "|"))
})

// mayOpenFooter reports whether a line begins as a footer does and holds one of
// its words.
func mayOpenFooter(line string) bool {
	line = lineStart(line)
	if n := footerHeads.begin(line); n > 0 {
		line = strings.TrimLeft(line[n:], " \t\f\r!:.")
	}
	if footerOpenings.begin(line) == 0 {
		return false
	}
	var room [512]byte
	held := false
	footerWords().find(append(room[:0], line...), func(int) { held = true })
	return held
}

// lineStart is a line without what may stand in front of its first word.
func lineStart(line string) string {
	i := 0
	for i < len(line) && beforeWords[line[i]] {
		i++
	}
	return line[i:]
}

var beforeWords = func() (t [256]bool) {
	for _, c := range " \t\f\r*_=-!:." {
		t[c] = true
	}
	return t
}()

// firstLine is a text up to its first line end.
func firstLine(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i]
	}
	return text
}

// apart collects the lines of a text that are new: mostly all of them, which costs
// nothing.
type apart struct {
	text   string
	pieces []string // lines that follow one another
	from   int      // where those begin that are no piece yet; -1: there are none
}

// take takes the line that begins at i.
func (a *apart) take(i int) {
	if a.from < 0 {
		a.from = i
	}
}

// leave leaves out the line that begins at i.
func (a *apart) leave(i int) {
	if a.from >= 0 {
		a.pieces = append(a.pieces, a.text[a.from:i-1])
		a.from = -1
	}
}

// words reports whether a line that was taken, before i, holds more than spaces.
func (a *apart) words(i int) bool {
	return a.from >= 0 && holdsWords(a.text[a.from:i]) || slices.ContainsFunc(a.pieces, holdsWords)
}

func (a *apart) all() string {
	if a.from == 0 {
		return a.text
	}
	a.leave(len(a.text) + 1)
	return strings.Join(a.pieces, "\n")
}
