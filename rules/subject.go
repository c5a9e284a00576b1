package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// subjectLine is a subject taken apart.
type subjectLine struct {
	text      string // without prefixes and tags
	prefixes  string // what was taken off
	reply     bool
	forward   bool
	automatic bool // begins as absence notes, receipts and bounces do; a reply to one does not
}

// What the mail programs of all languages put before the colon of an answer
// and of a letter passed on, normalised.
var (
	replyPrefixes   = setOf("re", "ре", "ha", "на", "aw", "sv", "vs", "antw", "res", "ynt", "отв", "ответ", "жауап", "жауабы", "回复", "答复")
	forwardPrefixes = setOf("fwd", "fw", "fvd", "wg", "tr", "rv", "vl", "enc", "пересл", "пересылка", "переслано", "переадресация",
		"переадр", "перенаправлено", "қайта жіберу", "қайта жіберілді", "жіберілді", "转发")
)

//go:noinline
func setOf(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// automaticSubjects is how programs that answer by themselves begin their
// subjects, normalised. They decide together with other signs, see robotOf.
var automaticSubjects = []string{
	// absence
	"автоответ", "авто-ответ", "авто ответ", "автоматический ответ", "автоматты жауап", "автоматты түрде", "авто жауап", "автожауап",
	"automatic reply", "auto reply", "auto-reply", "autoreply", "automatic response", "auto response", "auto-response", "autoresponse", "auto:", "autoresponder",
	"out of office", "out of the office", "out-of-office", "ooo:", "vacation:", "vacation reply", "vacation rule", "вне офиса", "нет на месте", "нет на работе:",
	"отсутствие на рабочем", "отсутствие:", "отсутствую на", "я в отпуске", "в отпуске:",
	"кеңседе жоқ", "кеңседен тыс", "жұмыста емес", "жұмыс орнында емес", "жұмыс орнында жоқ", "абвезен", "abwesen",
	"automatische antwort", "automatische rückantwort", "otomatik yanıt", "otomatik cevap", "ofis dışında", "reponse automatique", "absence du bureau",
	"respuesta automatica", "risposta automatica", "自动回复", "自动答复", "自動回覆", "自動返信", "不在通知",
	// receipts and invitations
	"прочитано:", "не прочитано:", "прочтено:", "уведомление о прочтении", "уведомление о доставке", "отчет о доставке", "отчет о прочтении",
	"удалено без прочтения", "удалено:", "gelesen:", "ungelesen:", "gelöscht:", "lu:", "lu :", "non lu", "okundu:", "okunmadı", "leido:", "letto:", "已读", "жойылды:",
	"zugesagt:", "abgesagt:", "kabul edildi:", "reddedildi:",
	"read:", "read receipt", "not read:", "deleted:", "delivered:", "доставлено:", "оқылды:", "жеткізілді:",
	"accepted:", "declined:", "tentative:", "принято:", "отклонено:", "под вопросом:", "қабылданды:",
	// bounces
	"не доставлено", "недоставлен", "сообщение не доставлено", "письмо не доставлено", "undeliver", "delivery status", "delivery failure", "delivery report",
	"delivery has failed", "delivery incomplete", "delivery delayed", "mail delivery", "returned mail", "failure notice", "message not delivered",
	"non-delivery", "nondelivery", "permanent delivery failure", "message status - undeliver", "message undeliver", "error delivering mail",
	"delivery notification:", "email delivery failure", "не удается доставить:", "не удалось доставить:", "жеткізілмеді", "postmaster notify",
}

// parseSubject takes reply and forward prefixes and gateway tags off a
// subject, as often as they repeat.
func parseSubject(s string) subjectLine {
	l := subjectLine{text: s}
	start := normalise(firstBytes(s, 120))
	start = strings.TrimLeft(start, " \"")
	for _, p := range automaticSubjects {
		if len(start) >= len(p) && start[1] == p[1] && start[:len(p)] == p { // the first byte is that of half the alphabet
			l.automatic = true
			break
		}
	}
	for range 12 {
		n := 0
		word, end := prefixWord(l.text)
		switch {
		case replyPrefixes[word]:
			n, l.reply = end, true
		case forwardPrefixes[word]:
			n, l.forward = end, true
		default:
			n = tagEnd(l.text)
		}
		if n == 0 {
			break
		}
		l.text = l.text[n:]
	}
	l.prefixes = strings.TrimSpace(s[:len(s)-len(l.text)])
	return l
}

func firstBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// prefixWord returns the word before the first colon, normalised and without
// a counter as in "Re[2]:", and where the text goes on behind the colon.
func prefixWord(s string) (word string, end int) {
	colon := strings.IndexAny(firstBytes(s, 48), ":：")
	if colon < 0 {
		return "", 0
	}
	word = strings.TrimRightFunc(normalise(strings.TrimSpace(s[:colon])), func(r rune) bool {
		return unicode.IsDigit(r) || strings.ContainsRune("[]() ^", r)
	})
	end = colon + runeLen(s[colon:])
	return word, end + len(s[end:]) - len(strings.TrimLeftFunc(s[end:], unicode.IsSpace))
}

// tagEnd returns the length of a tag that a gateway put before the subject,
// as [EXTERNAL], [Ticket#12], ***SPAM***, unless nothing stands behind it.
func tagEnd(s string) int {
	t := strings.TrimLeftFunc(s, unicode.IsSpace)
	end := 0
	switch {
	case strings.HasPrefix(t, "["):
		end = strings.IndexByte(firstBytes(t, 40), ']') + 1
	case strings.HasPrefix(t, "{"):
		end = strings.IndexByte(firstBytes(t, 40), '}') + 1
	case strings.HasPrefix(t, "**"):
		if i := strings.LastIndex(firstBytes(t, 24), "**"); i > 2 {
			end = i + 2
		}
	}
	rest := strings.TrimLeft(t[end:], " \t:")
	if end == 0 || rest == "" {
		return 0
	}
	return len(s) - len(rest)
}
