package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// letterText is a text taken apart into what its writer wrote now and what a
// mail program put beside it.
type letterText struct {
	fresh     string // new words, without signature and legal footers
	own       string // the same with the footers
	signed    string // lines below a line of hyphens, and those by which telephones sign
	quoted    string // lines behind ">"
	forwarded string // the letter inside a forward, without its header
	inner     string // the same with what it quotes or passes on itself
	from      string // the From line of that letter, as written
	subject   string // its subject
}

// Separators by which mail programs open a letter that they quote or pass on.
var (
	reForwardMark = lazily(`(?i)^[\s>*_-]*(?:-{2,}\s*)?(?:forwarded message|пересылаемое сообщение|пересланное сообщение|переадресованное сообщение|перенаправленное сообщение|начало (?:переадресованного|пересылаемого|пересланного) сообщения|конец начала пересылаемого|begin forwarded message|жіберілген хабарлама|қайта жіберілген (?:хабарлама|хат)|бағытталған хабарлама|original message forwarded)\s*:?[\s*_-]*$`)
	reReplyMark   = lazily(`(?i)^[\s>*_-]*-{2,}\s*(?:original message|исходное сообщение|оригинальное сообщение|бастапқы хабарлама|түпнұсқа хабарлама|ursprüngliche nachricht|reply message|original)\s*-{0,}[\s*_-]*$`)

	// «пн, 5 мая 2025 г. в 12:00, Имя <a@b.kz>:», «05.05.2025 12:00, Имя пишет:»,
	// "On Mon, 5 May 2025 at 12:00, Name <a@b.kz> wrote:", «… жазды:».
	reWrote = lazily(`(?i)(?:\d.*(?:wrote|writes|пишет|писала?|написала?|написал\(а\)|пользователь .*написал|жазды|жазған|schrieb|a écrit)\s?:?|\d{1,4}.*[<(\[][^<>()\[\]\s]+@[^<>()\[\]\s]+[>)\]]\s?:)\s*$`)
	reOn    = lazily(`(?i)^[\s*]*(?:on\s|(?:пн|вт|ср|чт|пт|сб|вс|дс|сс|ср|бс|жм|сб|жс)[.,]|(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі),?\s|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}\s(?:янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек)|\d{4}[-ж.\s])`)

	reHeaderLine = lazily(`(?i)^[\s>*]*(from|от кого|от|кімнен|кімнен жіберілді|von|sent|date|отправлено|дата|дата отправки|жіберілді|жіберілген күні|күні|to|кому|кімге|cc|копия|көшірме|subject|тема|тақырып|тақырыбы|reply-to)\s*:\*?\s*(.*)$`)

	reSignatureMark = lazily(`^\s*--\s?$`)
	reMobile        = lazily(`(?i)^\s*(?:sent from (?:my |mail|outlook|yahoo|proton|gmail|samsung|a )|get outlook for|отправлено (?:с |из |со )|отправлен[оа] из мобильн|послано с|меншікті|iphone(?:-нан|дан)? жіберілді|менің \S+ (?:құрылғымнан )?жіберілді|download outlook|скачать outlook)`)
	reOwnNumber     = lazily(`(?i)(?:зарегистрирован|тіркелді|registered|автоответ).*\b[\p{Lu}]{1,6}-20\d\d-\d{3,8}\b|\b[\p{Lu}]{1,6}-20\d\d-\d{3,8}\b.*(?:зарегистрирован|тіркелді|registered)`)
)

// footers open paragraphs that lawyers or programs append to every letter.
var footers = lazily(`(?i)(?:^|\n)[\s*_=-]*(?:` +
	`(?:внимание|важно|примечание|disclaimer|notice|important|warning|ескерту|назар аударыңыз)?[!:.\s]*` +
	`(?:` +
	`(?:данное|это|настоящее) (?:электронное )?(?:сообщение|письмо|послание)[^\n]{0,120}(?:конфиденциальн|предназначен|адресован|является собственностью|сформировано автоматически|защищено)|` +
	`(?:уведомление о )?конфиденциальност[ьи]\b|информация,? содержащаяся в (?:данном|этом|настоящем)|` +
	`если вы получили (?:это|данное|настоящее)[^\n]{0,60}(?:по ошибке|ошибочно)|если вы не являетесь (?:адресатом|получателем)|` +
	`содержание (?:данного|этого|настоящего) (?:сообщения|письма)|` +
	`(?:this|the) (?:e-?mail|message|communication|information)[^\n]{0,160}(?:confidential|privileged|intended)|confidentiality notice|if you (?:are not the intended|have received this)|` +
	`(?:бұл|осы) (?:электрондық )?(?:хабарлама|хат)[^\n]{0,120}(?:құпия|арналған)|егер (?:сіз )?(?:бұл|осы) (?:хабарламаны|хатты)[^\n]{0,60}қате|` +
	`(?:мы|компания|оператор) обрабатывае(?:м|т) (?:ваши )?персональные данные|(?:продолжая|отправляя|направляя)[^\n]{0,80}(?:соглашаетесь|даете согласие|даёте согласие|выражаете согласие)|` +
	`вы получили (?:это|данное) (?:письмо|сообщение),? (?:потому что|так как|поскольку)|you (?:are receiving|received) this (?:e-?mail|message|newsletter)|` +
	`чтобы отписаться|для отписки|если вы (?:больше )?не хотите получать|отписаться от (?:этой |данной |наших )?(?:рассылки|рассылок|писем)[^\n]{0,20}(?:здесь|по ссылке|http)|to unsubscribe|unsubscribe here|click here to unsubscribe|` +
	`(?:please )?(?:consider the environment|think before)|подумайте об окружающей среде|проверено (?:антивирус|на вирусы)|антивирус avast|virus-free|без вирусов` +
	`))`)

// separate takes a text apart. forward tells that the subject says so: a
// header block without a separator is then the letter passed on.
func separate(text string, forward bool) letterText {
	var t letterText
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(text, "\n")
	fresh := lines[:0] // what lies behind the line at hand is not written over
	var quoted, signed []string
	footer, some := false, someOpenings()
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		opens := some.mayBegin(lineStart(line))
		switch held := signs(line); {
		case held == 0 && (!opens || ownWords(line)): // most lines
		case held&signQuote != 0 && quotation(line):
			quoted = append(quoted, strings.TrimLeft(strings.TrimLeft(line, beforeQuote), "> "))
			continue
		case len(line) <= 400 && opensLetter(lines, i):
			if n, quotes := attribution(lines, i); quotes {
				i += n - 1 // the quotation follows line by line; new words may follow it
				continue
			}
			rest := strings.Join(lines[i:], "\n")
			if forward && !reReplyMark.MatchString(line) || forwardMark(line) {
				t.readForwarded(rest)
			} else {
				quoted = append(quoted, rest)
			}
			i = len(lines)
			continue
		case strings.Contains(line, "--") && reSignatureMark.MatchString(line) && holdsWords(fresh):
			end := endOfSignature(lines, i)
			signed = append(signed, lines[i+1:min(end+1, len(lines))]...)
			i = end
			continue
		case len(line) <= 200 && mobileLine(line):
			signed = append(signed, line)
			continue
		case strings.Contains(line, "-20") && reOwnNumber.MatchString(line):
			quoted = append(quoted, lines[i:]...)
			i = len(lines)
			continue
		}
		fresh = append(fresh, line)
		footer = footer || opens && mayOpenFooter(line)
	}
	if t.own = text; len(fresh) < len(lines) {
		t.own = strings.Join(fresh, "\n")
	}
	t.fresh = t.own
	if footer {
		t.fresh = withoutFooters(t.own)
	}
	t.fresh = trimmed(t.fresh)
	t.quoted, t.signed = strings.Join(quoted, "\n"), strings.Join(signed, "\n")
	return t
}

func trimmed(s string) string { return strings.Trim(s, "\n \t") }

const beforeQuote = " \t\u00a0"

// quotation reports whether a line stands behind ">".
func quotation(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, beforeQuote), ">")
}

// longestMark is longer, in bytes, than what reForwardMark and reReplyMark find
// between the signs at both ends of a line.
const longestMark = 100

// opensLetter reports whether a letter that is quoted or passed on begins at
// line i.
func opensLetter(lines []string, i int) bool {
	line := lines[i]
	short := len(strings.Trim(line, " \t\f\r>*_-:")) <= longestMark
	if signs(line)&^signQuote == 0 && (!short || !bareForward(line)) {
		return false
	}
	if short && (forwardMark(line) || strings.Contains(line, "--") && reReplyMark.MatchString(line)) {
		return true
	}
	if n, _ := attribution(lines, i); n > 0 {
		return true
	}
	return headerBlock(lines, i) >= 3
}

// attribution reports how many lines from line i on hold the sentence "On …
// wrote:", 0 for none, and whether quoted lines follow it.
func attribution(lines []string, i int) (n int, quotes bool) {
	dated := func(l string) bool { return signs(l)&signDigit != 0 }
	if !mayBeOn(lines[i]) || !slices.ContainsFunc(lines[i:min(i+3, len(lines))], dated) || !reOn.MatchString(lines[i]) {
		return 0, false
	}
	joined := ""
	for n = 1; n <= 3 && i+n <= len(lines); n++ {
		joined += " " + strings.TrimSpace(lines[i+n-1])
		if len(joined) > 400 {
			break
		}
		if reWrote.MatchString(joined) {
			for _, l := range lines[i+n:] {
				if l = strings.TrimSpace(l); l != "" {
					return n, strings.HasPrefix(l, ">")
				}
			}
			return n, false
		}
	}
	return 0, false
}

// mayBeOn looks at the first letter of what reOn finds.
func mayBeOn(line string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, " \t\f\r*"))
	return r >= '0' && r <= '9' || strings.ContainsRune("oOпПвВсСчЧдДбБжЖ", r)
}

// headerBlock counts the different header fields in the lines from i on. A
// formal letter may open with «Кому:» and «От:»; a quoted one also has a date
// or a subject and an address.
func headerBlock(lines []string, i int) int {
	if !strings.Contains(firstBytes(lines[i], 60), ":") {
		return 0
	}
	m := reHeaderLine.FindStringSubmatch(lines[i])
	if m == nil {
		return 0
	}
	seen := map[string]bool{}
	dated, addressed := false, false
	for _, l := range lines[i:min(i+9, len(lines))] {
		m := reHeaderLine.FindStringSubmatch(l)
		if m == nil {
			if strings.TrimSpace(l) == "" && len(seen) > 1 {
				break
			}
			continue
		}
		name := strings.ToLower(m[1])
		seen[name] = true
		switch name {
		case "sent", "date", "отправлено", "дата", "дата отправки", "жіберілді", "жіберілген күні", "күні":
			dated = true
		}
		addressed = addressed || strings.Contains(m[2], "@")
	}
	if !dated || !addressed && len(seen) < 4 {
		return 0
	}
	return len(seen)
}

// readForwarded reads a letter passed on: its header lines, then its text.
func (t *letterText) readForwarded(rest string) {
	lines := strings.Split(rest, "\n")
	i := 0
	if forwardMark(lines[0]) {
		i = 1
	}
	for ; i < min(len(lines), 16); i++ {
		m := reHeaderLine.FindStringSubmatch(lines[i])
		if m == nil {
			if strings.TrimSpace(lines[i]) == "" && t.from == "" {
				continue
			}
			break
		}
		switch strings.ToLower(m[1]) {
		case "from", "от", "от кого", "кімнен", "von":
			t.from = m[2]
		case "subject", "тема", "тақырып", "тақырыбы":
			t.subject = m[2]
		}
	}
	t.inner = strings.Join(lines[min(i, len(lines)):], "\n")
	t.forwarded = separate(t.inner, false).fresh
}

// mobileLine reports the line by which telephones sign.
func mobileLine(line string) bool {
	t := strings.TrimLeft(line, " \t")
	switch {
	case len(t) < 8:
		return false
	case strings.HasPrefix(t, "Sent") || strings.HasPrefix(t, "Get ") || strings.HasPrefix(t, "Отправлен") || strings.HasPrefix(t, "Послан"):
	case strings.HasPrefix(t, "iPhone") || strings.HasPrefix(t, "Менің") || strings.HasPrefix(t, "Download") || strings.HasPrefix(t, "Скачать"):
	default:
		return false
	}
	return reMobile.MatchString(line)
}

func holdsWords(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			return true
		}
	}
	return false
}

// endOfSignature returns the last line of the signature that begins at line
// i: it reaches to the end or to a letter that is quoted below it.
func endOfSignature(lines []string, i int) int {
	for j := i + 1; j < len(lines); j++ {
		if opensLetter(lines, j) {
			return j - 1
		}
	}
	return len(lines)
}

// withoutFooters cuts the text before the first legal or mailing footer, if
// words stand before it; a footer that opens the letter loses its paragraph.
func withoutFooters(s string) string {
	for range 8 {
		loc := footers.FindStringIndex(s)
		if loc == nil {
			break
		}
		end := strings.Index(s[loc[1]:], "\n\n")
		if end < 0 {
			s = s[:loc[0]]
			break
		}
		s = s[:loc[0]] + s[loc[1]+end:]
	}
	return s
}
