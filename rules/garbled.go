package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// garbledFrom is the number of letters from which on a text can be told to be
	// none: shorter ones say nothing either way.
	garbledFrom = 20
	// swappedFrom is the same of Cyrillic letters, of which how often each stands tells.
	swappedFrom = 30
	// garbledIn is how many bytes of a text are looked at: an encoding is lost from the
	// first line on, and every letter of nobody is looked at.
	garbledIn = 300
)

// lost reports whether the letter's words cannot be read. A long text whose declared
// encoding breaks off somewhere is none of these: its beginning could be read, and of
// a long text that is what counts.
func (c *letterCase) lost() bool {
	broken := c.visible >= enough && slices.Contains(c.f.Troubles, "encoding-broken")
	return garbled(c.f.Subject) || !broken && garbled(c.read) || c.passedOn && garbled(c.attached) && c.text.unsigned() <= wordlessCover
}

// garbled reports whether a text cannot be read because its encoding was lost on
// the way: UTF-8 taken for another charset («РџСЂРѕС€Сѓ», «ÐŸÑ€Ð¾», «п÷я─п╬я┬я┐»),
// Cyrillic taken for Latin («Ïðîøó»), KOI8-R and windows-1251 taken for each other
// («рТПЫХ», «оПНЬС»), letters that became question marks, or an encoding of the mail
// that no field declares. A person must look: it may have been a request.
func garbled(text string) bool {
	text = text[:min(len(text), garbledIn)]
	signs, letters, odd, lost, pairs := 0, 0, 0, 0, 0
	cyrillic, common, koi, windows := 0, 0, 0, 0
	lead := false
	for i := 0; i < len(text); { // of every letter that nobody else wants: no tables
		r, size := decode(text[i:])
		if i += size; r <= ' ' || r == '\u00a0' {
			lead = false
			continue
		}
		signs++
		if lead && r >= utf8.RuneSelf && (r < 'А' || r > 'я') {
			pairs++ // the second byte of a Cyrillic letter
		}
		lead = r == 'Р' || r == 'С' || r == 'Ð' || r == 'Ñ' || r == 'п' || r == 'я' || r == '╨' || r == '╤'
		if i := uint32(r - 'А'); i < 64 {
			cyrillic++
			common += int(commonest >> (i & 31) & 1)
			koi += int(commonestAsKOI >> (i & 31) & 1)
			windows += int(commonestAsWindows >> (i & 31) & 1)
		}
		switch {
		case r == '?' || r == unicode.ReplacementChar:
			lost++
		case r >= 0xc0 && r <= 0xff:
			letters++
			odd++
		case r > 0xff || 'a' <= r|0x20 && r|0x20 <= 'z':
			letters++
		}
	}
	switch {
	case signs < garbledFrom:
		return false
	case lost*10 > signs*6, pairs*10 > signs*3, letters >= garbledFrom && odd*10 > letters*7:
		return true
	case cyrillic >= swappedFrom && max(koi, windows)*10 > common*13:
		return true
	}
	return undecoded(text)
}

// The ten commonest letters of Russian, two in three of a text, as bits from а on; and
// those in whose place they show when KOI8-R is read as windows-1251, and the reverse.
var (
	commonest          = letterBits("оеаинтсрвл")
	commonestAsWindows = letterBits("пебйофутчм")
	commonestAsKOI     = letterBits("неюхмряпбк")
)

func letterBits(letters string) (bits uint32) {
	for _, r := range letters {
		bits |= 1 << (r - 'а')
	}
	return bits
}

// undecoded reports whether a text is still in an encoding of mail or of the web:
// base64 in long lines, or =D0=9F, &#1055;, %D0%9F and \u041f for most of its letters.
func undecoded(text string) bool {
	codes := 0
	for _, lead := range []string{"=D0=", "=D1=", "%D0%", "%D1%", "&#10", "&#11", `\u04`, "%u04"} {
		codes += 6 * strings.Count(text, lead)
	}
	if strings.Count(text, " ")*20 > len(text) && codes == 0 { // as words have them
		return false
	}
	signs := 0
	for word := range strings.FieldsSeq(text) {
		signs += len(word)
		if len(word) >= 60 && isBase64(word) {
			codes += len(word)
		}
	}
	return codes*2 > signs
}

// isBase64 reports whether a word is made of the letters of base64, of every sort
// of them as what is encoded has.
func isBase64(word string) bool {
	small, large, digits := false, false, false
	for _, r := range word {
		switch {
		case 'a' <= r && r <= 'z':
			small = true
		case 'A' <= r && r <= 'Z':
			large = true
		case '0' <= r && r <= '9':
			digits = true
		case r != '+' && r != '/' && r != '=' && r != '-' && r != '_':
			return false
		}
	}
	return small && large && digits
}
