package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Behind the telephone or the site of a signature stands what firms put beneath every
// letter: how to complain, how to leave their lists, by which consent they write. It is
// nobody's demand. A postscript is the writer's own.

const (
	// longestLine is the length in letters of the longest line of a signature.
	longestLine = 140
	// signatureLines is the number of lines of a signature down to its first telephone.
	signatureLines = 8
	// contactDigits is the number of digits of a telephone.
	contactDigits = 10
)

// identified is a line that tells who somebody is, or which contract it is, by a number
// as long as a telephone.
var identified = lazily(`(?i)иин|жсн|бин|бсн|iin|bin|договор|шарт`)

// postscript begins what is the writer's own again.
var postscript = lazily(`^\P{L}*(?:[pр][.\s/]*(?:[pр][.\s/]*)?s(?:\P{L}|$)|з[.\s]*ы(?:\P{L}|$)|п[.\s]*с(?:\P{L}|$)|постскриптум|дополнение|да,? и ещ|и ещ[её]|также|кстати|забыл|в дополнение|қосымша|айтпақшы|btw|by the way)`)

// closing is a line with which a signature begins: such words, and nothing but a name
// behind them.
var closing = lazily(`^\P{L}*(?:с (?:глубоким |большим |искренним )?уваж(?:ением|\.)|с наилучшими(?: пожеланиями)?|(?:зор )?құрметпен|ізгі (?:ниет|тілек)\S*|(?:best|kind|warm|with (?:best|kind))?\s*regards|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?)(?: и надеждой \S+ \S+| к вам)?\s*(?:[,.!]|$)`)

// closingStems are pieces of which one is in every such line.
var closingStems = [...]string{"уваж", "наилучшими", "ұрметпен", "ізгі", "regards", "sincerely", "faithfully", "truly"}

func holdsAny(s string, pieces []string) bool {
	return slices.ContainsFunc(pieces, func(p string) bool { return strings.Contains(s, p) })
}

// thanks is a line of thanks that closes a letter where a name follows.
var thanks = lazily(`^\P{L}*(?:заранее )?(?:спасибо|благодарю|благодарим|рахмет|рақмет|thanks|thank you),$`)

// withoutTail parts a text from what stands behind its signature.
func withoutTail(s string) (letter, tail string) {
	end := signatureEnd(s)
	if end < 0 || strings.TrimSpace(s[end:]) == "" {
		return s, ""
	}
	tail = s[end:]
	for at := 0; at < len(tail); {
		line := firstLine(tail[at:])
		if postscript.MatchString(strings.ToLower(firstBytes(line, 60))) {
			return s[:end] + "\n" + tail[at:], tail[:at]
		}
		at += len(line) + 1
	}
	return s[:end], tail
}

// signatureEnd returns where the first line ends that tells how to reach the writer,
// beneath a line that closes the letter, -1 where there is none.
func signatureEnd(s string) int {
	at := strings.IndexByte(s, '\n') + 1
	if at == 0 {
		return -1
	}
	for !closes(s, at) {
		next := strings.IndexByte(s[at:], '\n') + 1
		if next == 0 {
			return -1
		}
		at += next
	}
	for range signatureLines {
		if at >= len(s) {
			break
		}
		line := firstLine(s[at:])
		if utf8.RuneCountInString(line) > longestLine {
			break
		}
		at = min(at+len(line)+1, len(s))
		if contact(line) {
			return at
		}
	}
	return -1
}

// closes reports whether the line at i closes a letter. A line drawn across does where
// more stands above it than below: a letterhead has one, too.
func closes(s string, i int) bool {
	line := firstLine(s[i:])
	if len(line) > 2*longestLine || !mayClose(line) {
		return false
	}
	end := min(i+len(line)+1, len(s))
	line = strings.ToLower(strings.TrimSpace(line))
	if strings.IndexByte("-_*", line[0]) >= 0 {
		return i > len(s)/2 && rule(strings.ReplaceAll(line, " ", ""))
	}
	if holdsAny(line, closingStems[:]) && closing.MatchString(line) {
		return true
	}
	if !strings.HasSuffix(line, ",") {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[end:], " \t\r\n"))
	return unicode.IsUpper(next) && thanks.MatchString(line)
}

// closers begin what closes a letter.
var closers = newOpenings("с уваж|с глубоким|с большим|с искренним|с наилучшими|құрметпен|зор құрметпен|ізгі|best|kind|warm|with|regards|" +
	"yours|sincerely|faithfully|truly|заранее|спасибо|благодар|рахмет|рақмет|thank")

// mayClose reports whether a line begins as one that closes a letter does, or as one that is
// drawn across.
func mayClose(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return line != "" && strings.IndexByte("-_*", line[0]) >= 0 || closers.begin(line) > 0
}

// contact reports whether a line holds a telephone, an address or a site.
func contact(line string) bool {
	digits := 0
	for i := range len(line) {
		if line[i] >= '0' && line[i] <= '9' {
			digits++
		}
	}
	if digits >= contactDigits && !strings.Contains(line, "+") && identified.MatchString(line) {
		return false
	}
	return digits >= contactDigits || strings.ContainsRune(line, '@') || strings.Contains(line, "www.") || strings.Contains(line, "://")
}

// closings are the words with which a signature begins.
var closings = phrases("уважением|уважение|құрметпен|ізгі|regards|sincerely|faithfully")

// signature returns the sentence with which the signature begins, or the number of
// sentences: a lawyer's is no talk of a court.
func (t *part) signature() int {
	for i := range t.sentences {
		tokens := t.sentences[i].tokens
		for k := range tokens[:min(2, len(tokens))] {
			if slices.Contains(closings(), tokens[k].word) {
				return i
			}
		}
	}
	return len(t.sentences)
}

// unsigned counts the words of a text before its signature.
func (t *part) unsigned() int {
	n := 0
	for i := range t.sentences {
		for _, w := range t.sentences[i].tokens {
			if slices.Contains(closings(), w.word) {
				return n
			}
			n++
		}
	}
	return n
}

// rule reports whether a line is drawn right across, of three signs or more.
func rule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && strings.Trim(line, "-_*") == ""
}
