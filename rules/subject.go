package rules

import (
	"regexp"
	"strings"
)

// subjectLine is a subject taken apart.
type subjectLine struct {
	text      string // without prefixes and tags
	prefixes  string // what was taken off
	reply     bool
	forward   bool
	automatic bool // begins as absence notes, receipts and bounces do; a reply to one does not
}

const (
	replyPrefixes   = `re|ре|ha|на|aw|sv|vs|antw|res|ynt|отв|ответ|жауап|жауабы|回复|答复`
	forwardPrefixes = `fwd?|fw|wg|tr|rv|vl|enc|пересл|пересылка|переслано|переадресация|переадр|перенаправлено|қайта жіберу|қайта жіберілді|жіберілді|转发`
)

var (
	reReplyPrefix   = regexp.MustCompile(`(?i)^\s*(?:` + replyPrefixes + `)\s?(?:\[\d+\]|\(\d+\)|\d{1,2})?\s?[:：]\s*`)
	reForwardPrefix = regexp.MustCompile(`(?i)^\s*(?:` + forwardPrefixes + `)\s?(?:\[\d+\]|\(\d+\)|\d{1,2})?\s?[:：]\s*`)
	reTagPrefix     = regexp.MustCompile(`(?i)^\s*(?:\[(?:ext|extern|external|spam|внешн\S*|вн\S*|suspect\S*|\S*[#№]\S*|[a-z0-9 ._-]{1,20})\]|\*{2,}\s?spam\s?\*{2,}|\{spam\??\})\s*:?\s*`)

	// How programs that answer by themselves begin their subjects. They decide
	// together with other signs, see robotOf.
	reAutomaticSubject = regexp.MustCompile(`(?i)^\s*(?:` +
		`авто(?:матический\s+)?-?\s?ответ(?:чик)?|автоматты\s+(?:түрде\s+)?жауап|авто\s?жауап|auto(?:matic)?[- ]?(?:reply|response|answer)|autoreply|auto:|` +
		`out\s+of\s+(?:the\s+)?office|вне\s+офиса|нет\s+на\s+месте|отсутствие\s+на\s+рабочем|я\s+в\s+отпуске|в\s+отпуске\s*[:.]?\s*$|кеңседе\s+жоқ|кеңседен\s+тыс|ooo:|abwesen|(?:accepted|declined|tentative|принято|отклонено|под вопросом|қабылданды):|` +
		`прочитано|не\s+прочитано|прочтено|уведомление\s+о\s+(?:прочтении|доставке)|отчет\s+о\s+(?:доставке|прочтении)|read:|read receipt|not read:|deleted:|delivered:|доставлено:|оқылды|жеткізілді:|` +
		`не\s?доставлено|недоставлен|сообщение не доставлено|undeliver|delivery\s+(?:status|failure|report|has failed|incomplete|delayed)|mail\s+delivery|returned\s+mail|failure\s+notice|message\s+not\s+delivered|non[- ]?delivery|жеткізілмеді|postmaster notify` +
		`)`)
)

// parseSubject takes reply and forward prefixes and gateway tags off a
// subject, as often as they repeat.
func parseSubject(s string) subjectLine {
	l := subjectLine{text: s, automatic: reAutomaticSubject.MatchString(s)}
	for range 12 {
		var m string
		switch {
		case reReplyPrefix.MatchString(l.text):
			m = reReplyPrefix.FindString(l.text)
			l.reply = true
		case reForwardPrefix.MatchString(l.text):
			m = reForwardPrefix.FindString(l.text)
			l.forward = true
		case reTagPrefix.MatchString(l.text) && len(reTagPrefix.FindString(l.text)) < len(l.text):
			m = reTagPrefix.FindString(l.text)
		default:
			l.prefixes = strings.TrimSpace(s[:len(s)-len(l.text)])
			return l
		}
		l.text = l.text[len(m):]
	}
	return l
}
