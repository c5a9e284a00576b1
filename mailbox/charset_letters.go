package mailbox

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What naturalness knows of letters. Everything is made of the few strings
// below when the program starts; the weights were chosen so that two words
// tell the Cyrillic charsets apart.
const (
	alphabet    = "абвгдежзийклмнопрстуфхцчшщъыьэюяёәғқңөұүһі"
	vowels      = "аеиоуыэюяёәөүұі"
	punctuation = "«»—–№…“”„’‘·•©®°§\u00a0\u00ad"

	// Pairs of letters that Russian and Kazakh words are full of.
	pairs = "ст но то на ен ов ни ра во ко ро ал по ре ос пр го ер ли от ор ве ка не ан де ва ло ри ет ны ол ом ие ла об ль " +
		"ат те ин им ит ис ть та из ел бы за ил да ам ог ди ле мо ся ем ки че ми му со до ас ви ск лю ющ их ях ей ый ой ая ое " +
		"ые ия ию ии сь тс бо ую сл дн кл вк це ще щи ще чи юч яв дл ля пе ме ую аш ва вы ак ци ше ши бе ук ус ут ря ду " +
		"ар ын ін ды ді ым ім лы лі қа ға ғы гі ің ың ты ті сы сі шы ші жа же ыз із ау еу ай ей кө өз бі бұ үш үн ең ше үй ты бъ дъ съ ъе ъя ъё ъю"
)

// How common letters are in the two languages: each group is about half as
// common as the one before; the first weighs 3.
var groups = []string{"оеаи", "нтсрыл", "вкмдпуі", "ядгзбчйьқғжң", "хшюңәөұү", "цщэ", "ф", "ъёһ"}

// glyph is what a byte stands for in a charset.
type glyph struct {
	kind    glyphKind
	index   int8 // of ours: in the alphabet
	capital bool
}

type glyphKind int8

const (
	glyphJunk    glyphKind = iota // no letter at all
	glyphForeign                  // a letter of another language
	glyphOurs                     // a letter of the alphabet
	glyphMark                     // punctuation
	glyphLatin                    // an ASCII letter
	glyphSpace                    // other ASCII
)

const (
	alphabetSize = 42 // letters of the alphabet
	rareWord     = -4 // a letter that no word of the two languages has
	noLetter     = -6
	beside       = 5 // what an ASCII letter beside one of ours speaks against it
)

// lettering holds the tables that naturalness works with.
type lettering struct {
	weight [alphabetSize]int8
	begin  [alphabetSize]int8               // at the beginning of a word
	pair   [alphabetSize][alphabetSize]int8 // behind another letter
	vowel  [alphabetSize]bool
	sign   [alphabetSize]bool
	glyphs map[*table]*[256]glyph
}

var script = newLettering()

func newLettering() *lettering {
	k := &lettering{glyphs: make(map[*table]*[256]glyph)}
	letters := []rune(alphabet)
	index := make(map[rune]int8)
	for i, r := range letters {
		index[r] = int8(i)
		k.vowel[i] = strings.ContainsRune(vowels, r)
		k.sign[i] = r == 'ь' || r == 'ъ'
		for g, group := range groups {
			if strings.ContainsRune(group, r) {
				k.weight[i] = int8(3 - g)
				break
			}
		}
		switch {
		case k.sign[i]:
			k.begin[i] = -6
		case r == 'ы', r == 'й', r == 'ң', r == 'ғ':
			k.begin[i] = -2
		}
	}
	for i := range letters {
		for j := range letters {
			switch {
			case k.sign[j] && (k.vowel[i] || k.sign[i]):
				k.pair[i][j] = -6
			case k.vowel[i] != k.vowel[j]:
				k.pair[i][j] = 1
			case k.vowel[i] && k.vowel[j]:
				k.pair[i][j] = -1
			}
		}
	}
	for _, p := range strings.Fields(pairs) {
		r := []rune(p)
		k.pair[index[r[0]]][index[r[1]]] = 2
	}
	for _, t := range tables {
		if k.glyphs[t] == nil {
			k.glyphs[t] = glyphsOf(t, index)
		}
	}
	return k
}

func glyphsOf(t *table, index map[rune]int8) *[256]glyph {
	var g [256]glyph
	for b := range g {
		r := t[b]
		low := unicode.ToLower(r)
		i, ok := index[low]
		switch {
		case b < utf8.RuneSelf && isLetterASCII(byte(b)):
			g[b].kind = glyphLatin
		case b < utf8.RuneSelf:
			g[b].kind = glyphSpace
		case strings.ContainsRune(punctuation, r):
			g[b].kind = glyphMark
		case ok:
			g[b] = glyph{kind: glyphOurs, index: i, capital: r != low}
		case unicode.IsLetter(r):
			g[b].kind = glyphForeign
		}
	}
	return &g
}

// naturalness says how much the bytes above ASCII look like Russian or Kazakh
// words when read by t, or like Western ones if t is for those: common
// letters in common order, capitals where they belong.
func naturalness(b []byte, t *table) int {
	if t == windows1252 {
		return westernness(b)
	}
	k, glyphs := script, script.glyphs[t]
	score, length, capitals, consonants := 0, 0, 0, 0
	inLatin := false
	var last int8
	for _, c := range b {
		g := glyphs[c]
		if g.kind != glyphOurs {
			switch {
			case g.kind == glyphForeign:
				score += rareWord
			case g.kind == glyphJunk:
				score += noLetter
			case g.kind == glyphLatin && length > 0:
				score -= beside
			}
			inLatin = g.kind == glyphLatin
			length, capitals, consonants = 0, 0, 0
			continue
		}
		score += int(k.weight[g.index])
		if inLatin {
			score -= beside
		}
		switch {
		case g.capital && length > capitals:
			score -= 6 // behind a small letter
		case g.capital && length == 1:
			score -= 2 // few words are all in capitals
		case !g.capital && capitals > 1 && capitals == length:
			score -= 3 // behind several capitals
		}
		if length == 0 {
			score += int(k.begin[g.index])
		} else {
			score += int(k.pair[last][g.index])
		}
		if consonants++; k.vowel[g.index] || k.sign[g.index] {
			consonants = 0
		}
		if consonants > 3 {
			score -= 2
		}
		if g.capital {
			capitals++
		}
		length++
		last = g.index
	}
	return score
}

// westernness is the counterpart of naturalness for the languages of Western
// Europe: letters above ASCII stand alone among ASCII letters.
func westernness(b []byte) int {
	score, run := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			run = 0
			continue
		}
		r := windows1252[c]
		switch {
		case strings.ContainsRune(punctuation, r):
			run = 0
		case !unicode.IsLetter(r):
			score += noLetter
			run = 0
		default:
			run++
			near := i > 0 && isLetterASCII(b[i-1]) || i+1 < len(b) && isLetterASCII(b[i+1])
			switch {
			case run > 2: // no Western word has three of them in a row
				score -= 12
			case run > 1:
				score -= 4
			case near:
				score += 3
			}
		}
	}
	return score
}

func isLetterASCII(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
