package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Behind the telephone or the site of a signature stands what firms put beneath every
// letter: how to complain, how to leave their lists, by which consent they write. It is
// nobody's demand. A postscript is the writer's own.

const (
	// longestClosing is the length in letters of the longest «С наилучшими пожеланиями и
	// надеждой на сотрудничество,» and of the longest line of a signature.
	longestClosing = 70
	// signatureLines is the number of lines of a signature above its first telephone.
	signatureLines = 8
	// contactDigits is the number of digits of a telephone.
	contactDigits = 10
)

// thanksAtTheEnd close a letter where they are a line of their own and a comma follows.
var thanksAtTheEnd = phrases("спасибо|благодарю|благодарим|рахмет|рақмет|thanks")

// postscripts begin what is the writer's own again.
var postscripts = []string{"p.s", "p. s", "ps:", "ps ", "p.p.s", "з.ы", "зы:", "зы ", "п.с", "постскриптум"}

// withoutTail parts a text from what stands behind its signature.
func withoutTail(s string) (letter, tail string) {
	end := signatureEnd(s)
	if end < 0 || strings.TrimSpace(s[end:]) == "" {
		return s, ""
	}
	tail = s[end:]
	for at := 0; at < len(tail); {
		line := firstLine(tail[at:])
		start := strings.ToLower(firstBytes(strings.TrimSpace(line), 16))
		if slices.ContainsFunc(postscripts, func(p string) bool { return strings.HasPrefix(start, p) }) {
			return s[:end] + "\n" + tail[at:], tail[:at]
		}
		at += len(line) + 1
	}
	return s[:end], tail
}

// signatureEnd returns where the first line ends that tells how to reach the writer,
// beneath a line that closes the letter, -1 where there is none.
func signatureEnd(s string) int {
	first := strings.IndexByte(s, '\n') + 1
	for first > 0 {
		line := firstLine(s[first:])
		if len(line) <= 2*longestClosing && mayClose(line) && closes(line) {
			break
		}
		next := strings.IndexByte(s[first:], '\n') + 1
		if next == 0 {
			return -1
		}
		first += next
	}
	if first == 0 {
		return -1
	}
	at := first
	for range signatureLines {
		if at >= len(s) {
			break
		}
		line := firstLine(s[at:])
		if utf8.RuneCountInString(line) > 2*longestClosing {
			break
		}
		at = min(at+len(line)+1, len(s))
		if contact(line) {
			return at
		}
	}
	return -1
}

// mayClose looks at the first letter of a line: those of the words that close a letter.
func mayClose(line string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, " \t"))
	return strings.ContainsRune("СсБбЗзРрҚқКкІіИиRrBbKkWwYySsTt-_*", r)
}

// closes reports whether a line closes a letter: it is short, and is drawn across or
// begins with such words.
func closes(line string) bool {
	if rule(strings.ReplaceAll(line, " ", "")) {
		return true
	}
	if utf8.RuneCountInString(line) > longestClosing {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return r == ' ' || r == ',' || r == '.' || r == '!' })
	if len(words) < 3 && strings.HasSuffix(strings.TrimSpace(line), ",") && slices.Contains(thanksAtTheEnd(), words[len(words)-1]) {
		return true
	}
	for _, w := range words[:min(3, len(words))] {
		if slices.Contains(closings(), w) || w == "уваж" || w == "наилучшими" {
			return true
		}
	}
	return false
}

// contact reports whether a line holds a telephone, an address or a site.
func contact(line string) bool {
	digits := 0
	for i := range len(line) {
		if line[i] >= '0' && line[i] <= '9' {
			digits++
		}
	}
	return digits >= contactDigits || strings.ContainsRune(line, '@') || strings.Contains(line, "www.") || strings.Contains(line, "://")
}
