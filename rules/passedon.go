package rules

import (
	"slices"
	"strings"
)

// mostPassings is how often a letter is followed from one colleague to the next.
const mostPassings = 5

// PassedOn is the letter of a person inside a letter by which the operator's
// staff pass it on, through as many hands as it went.
type PassedOn struct {
	From    string // the line of its header as written; "" where there is none
	Subject string
	Text    string
	Comment string // what staff wrote above it
}

// PassedOnIn finds the letter that stands in the text of another one; false:
// none, or only such as staff wrote. A letter that is attached as such is no
// part of the text: see Facts.Forwarded.
func PassedOnIn(subject, text string, own Own) (PassedOn, bool) {
	t, ok := passedOn(subject, text, own)
	comment := separate(text, parseSubject(subject).forward).fresh
	return PassedOn{From: t.from, Subject: t.subject, Text: t.forwarded, Comment: comment}, ok
}

func passedOn(subject, text string, own Own) (letterText, bool) {
	t := throughStaff(separate(text, parseSubject(subject).forward), own)
	return t, t.forwarded != "" && !own.in(t.from)
}

// throughStaff goes on to the letter that a colleague passed on, where that one
// was passed on itself. Some programs put "> " before each of its lines.
func throughStaff(t letterText, own Own) letterText {
	for range mostPassings {
		if !own.in(t.from) {
			return t
		}
		forward := parseSubject(t.subject).forward
		next := separate(t.inner, forward)
		if next.forwarded == "" {
			next = separate(unquoted(t.inner), forward)
		}
		if next.forwarded == "" {
			return t
		}
		t = next
	}
	return t
}

// unquoted takes the signs of quotation off the lines that bear them.
func unquoted(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l = strings.TrimLeft(l, " \t"); strings.HasPrefix(l, ">") {
			lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
		}
	}
	return strings.Join(lines, "\n")
}

// flatForward reports whether somebody else's letter is passed on in a text that lost
// its ends of lines: «---- Пересылаемое сообщение ---- От: a@b.kz. Отзываю ...».
func flatForward(text string, own Own) bool {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("-_—–:*\n", r) }) {
		if part = strings.TrimSpace(part); len(part) > longestMark || !forwardMark(part) {
			continue
		}
		_, rest, _ := strings.Cut(text, part)
		from := addressesIn(rest)
		return len(from) == 0 || !own.Is(strings.TrimRight(from[0], "."))
	}
	return false
}

// in reports whether a From line as written names an own address.
func (o Own) in(line string) bool { return slices.ContainsFunc(addressesIn(line), o.Is) }

// robotLine reports whether a From line holds the address of a program.
func robotLine(line string) bool { return slices.ContainsFunc(addressesIn(line), robotLocal) }

// addressesIn lists the addresses of a From line.
func addressesIn(line string) (all []string) {
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t<>()[]\"'*,;:", r) }) {
		if strings.Contains(w, "@") {
			all = append(all, strings.TrimPrefix(w, "mailto:"))
		}
	}
	return all
}
