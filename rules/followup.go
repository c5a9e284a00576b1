package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Automatic reports whether a program wrote the letter by itself, whoever stands
// in From: an absence note, a report, a newsletter. Unlike MayAnswer it does not
// ask whether somebody may be answered.
func (p *Policy) Automatic(f Facts) bool {
	p.recognise()
	line := parseSubject(f.Subject)
	switch {
	case f.ReturnPath != nil && strings.Trim(*f.ReturnPath, "<> ") == "":
		return true
	case f.autoSubmitted() != "", f.precedence() != "", f.loopField(Own{}) != "", f.field("x-failed-recipients") != "":
		return true
	case f.ContentType == "multipart/report", f.listField() != "":
		return true
	case f.hasPart(reportTypes...) != "":
		return true
	}
	for _, a := range f.From {
		if robotLocal(a.Addr) {
			return true
		}
	}
	return line.automatic || away(&f)
}

// reAway is how absence notes without any sign in their header begin. It wants
// the writer to be away, not a word of leave alone: «верните деньги за отпуск».
var reAway = lazily(`(?i)(?:^|[.!,;:\s])(?:` +
	`(?:я|сейчас|нахожусь|временно|буду) (?:сейчас |временно |нахожусь |буду )*(?:в (?:ежегодном |очередном )?отпуске|вне офиса|на больничном|в командировке|отсутств(?:ую|овать)|нет на месте)|` +
	`меня (?:сейчас )?(?:не будет|нет) (?:в офисе|на месте|на рабочем месте)|отсутствую (?:в офисе|на рабочем|до |с )|` +
	`(?:мен )?(?:қазір )?(?:еңбек )?(?:демалыстамын|іссапардамын|демалыста боламын|кеңседе жоқпын|кеңседе болмаймын|орнымда жоқпын)|` +
	`i(?: am|'m|’m| will be) (?:currently )?(?:out of (?:the )?office|on (?:annual |sick |parental |maternity )?(?:leave|vacation|holiday)|away (?:from|until|on))` +
	`)(?:[.!,;:\s]|$)`)

// awayWords is how long such a note is at most.
const awayWords = 80

// away reports whether the first line of a short letter tells of an absence.
func away(f *Facts) bool {
	fresh := separate(f.Text, false).fresh
	firstLine, _, _ := strings.Cut(strings.TrimSpace(fresh), "\n")
	second := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(fresh), firstLine))
	second, _, _ = strings.Cut(second, "\n")
	return len(strings.Fields(fresh)) <= awayWords && reAway.MatchString(firstBytes(firstLine, 300)+" "+firstBytes(second, 300))
}

// gratitude are the words of thanking, and besideThanks the other words of a letter
// that does nothing else.
var gratitude = strings.Fields(`спасибо благодарю благодарим получил получила получили понял поняла принято ясно рахмет алғыс алдым алдық түсінікті thanks thank
	received understood got`)

var besideThanks = strings.Fields(`большое огромное вам вас за ответ письмо всё все да хорошо отлично ок и очень здравствуйте добрый день
	көп үлкен сізге жауабыңыз жауабыңызға хатыңызға үшін жақсы сәлеметсіз бе
	you very much many a lot for your the reply answer letter it ok okay great all hello`)

// OnlyThanks reports whether the new words of a letter do nothing but thank, or
// say that ours was received: «Спасибо, получил!», with a name below at most.
// It knows every word of such a letter, or says no.
func (p *Policy) OnlyThanks(f Facts) bool {
	p.recognise()
	if len(f.Attachments) > 0 || len(f.Forwarded) > 0 || f.Cut {
		return false
	}
	fresh := separate(f.Text, false).fresh
	lines := strings.FieldsFunc(fresh, func(r rune) bool { return r == '\n' })
	if n := len(lines); n > 1 && isName(lines[n-1]) {
		lines = lines[:n-1]
	}
	thanks := false
	for _, w := range strings.FieldsFunc(strings.ToLower(strings.Join(lines, " ")), func(r rune) bool { return strings.ContainsRune(" \t\u00a0.,!)(-–:", r) }) {
		switch {
		case slices.Contains(gratitude, w):
			thanks = true
		case !slices.Contains(besideThanks, w):
			return false
		}
	}
	return thanks
}

// isName reports whether a line is a name: one to three words, each with a
// capital and letters alone.
func isName(line string) bool {
	words := strings.Fields(line)
	return len(words) > 0 && len(words) <= 3 && !slices.ContainsFunc(words, func(w string) bool {
		first, _ := utf8.DecodeRuneInString(w)
		return !unicode.IsUpper(first) || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' && r != '-' })
	})
}
