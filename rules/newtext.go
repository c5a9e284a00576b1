package rules

import (
	"strings"
	"unicode"
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
	`(?:данное|это|настоящее) (?:электронное )?(?:сообщение|письмо|послание)[^\n]{0,120}(?:конфиденциальн|предназначен|адресован|является собственностью|сформировано автоматически|защищено|может содержать (?:\S+ ){0,3}(?:информаци|сведени|данны|конфиденц))|` +
	`(?:уведомление о )?конфиденциальност[ьи]\b|информация,? содержащаяся в (?:данном|этом|настоящем)|` +
	`если вы получили (?:это|данное|настоящее)[^\n]{0,60}(?:по ошибке|ошибочно)|если вы не являетесь (?:адресатом|получателем)|` +
	`содержание (?:данного|этого|настоящего) (?:сообщения|письма)|` +
	`(?:this|the) (?:e-?mail|message|communication|information)[^\n]{0,160}(?:confidential|privileged|intended)|confidentiality notice|if you (?:are not the intended|have received this)|` +
	`(?:бұл|осы) (?:электрондық )?(?:хабарлама|хат)[^\n]{0,120}(?:құпия|арналған)|егер (?:сіз )?(?:бұл|осы) (?:хабарламаны|хатты)[^\n]{0,60}қате|` +
	`(?:мы|компания|оператор) обрабатывае(?:м|т) (?:ваши )?персональные данные|(?:продолжая|отправляя|направляя|отвечая на (?:это|данное|настоящее) (?:письмо|сообщение))[^\n?]{0,80}(?:соглашаетесь|даете согласие|даёте согласие|выражаете согласие)|` +
	`(?:осы|бұл) хатқа жауап бере отырып[^\n]{0,80}келісім|by (?:replying|responding|sending)[^\n]{0,40}\byou(?: [^\n]{0,40})? (?:consent|agree)|` +
	`вы получили (?:это|данное) (?:письмо|сообщение),? (?:потому что|так как|поскольку)|you (?:are receiving|received) this (?:e-?mail|message|newsletter)|` +
	`чтобы (?:больше )?не получать[^\n]{0,80}(?:нажмите|нажав|перейдите|кликните|http|настройк)|чтобы отписаться|для отписки|если вы (?:больше )?не хотите получать|отписаться от (?:этой |данной |наших )?(?:рассылки|рассылок|писем)[^\n]{0,20}(?:здесь|по ссылке|http)|to unsubscribe|unsubscribe here|click here to unsubscribe|` +
	`(?:please )?(?:consider the environment|think before)|подумайте об окружающей среде|проверено (?:антивирус|на вирусы)|антивирус avast|virus-free|без вирусов` +
	`))`)

// separate takes a text apart. forward tells that the subject says so: a
// header block without a separator is then the letter passed on.
func separate(text string, forward bool) letterText {
	var t letterText
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	fresh := apart{text: text, from: -1}
	var quoted, signed []string
	footer, some := false, someOpenings()
	for at, next := 0, 0; at <= len(text); at = next {
		line := firstLine(text[at:])
		next = at + len(line) + 1
		opens := some.mayBegin(lineStart(line))
		switch held := signs(line); {
		case held == 0 && (!opens || ownWords(line)): // most lines
		case held&signQuote != 0 && quotation(line):
			fresh.leave(at)
			quoted = append(quoted, strings.TrimLeft(strings.TrimLeft(line, beforeQuote), "> "))
			continue
		case len(line) <= 400 && opensLetter(text[at:]):
			fresh.leave(at)
			if n, quotes := attribution(text[at:]); quotes {
				next = at + n // the quotation follows line by line; new words may follow it
				continue
			}
			if forward && !reReplyMark.MatchString(line) || forwardMark(line) {
				t.readForwarded(text[at:])
			} else {
				quoted = append(quoted, text[at:])
			}
			next = len(text) + 1
			continue
		case strings.Contains(line, "--") && reSignatureMark.MatchString(line) && fresh.words(at):
			fresh.leave(at)
			end := endOfSignature(text, next)
			if end > next {
				signed = append(signed, text[next:end-1])
			}
			next = end
			continue
		case len(line) <= 200 && mobileLine(line):
			fresh.leave(at)
			signed = append(signed, line)
			continue
		case strings.Contains(line, "-20") && reOwnNumber.MatchString(line):
			fresh.leave(at)
			quoted = append(quoted, text[at:])
			next = len(text) + 1
			continue
		}
		fresh.take(at)
		footer = footer || opens && mayOpenFooter(line)
	}
	t.own = fresh.all()
	if t.fresh = trimmed(t.own); footer {
		t.fresh = trimmed(withoutFooters(t.own))
	}
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

// opensLetter reports whether a text begins with a letter that is quoted or passed
// on.
func opensLetter(text string) bool {
	line := firstLine(text)
	short := len(strings.Trim(line, " \t\f\r>*_-:")) <= longestMark
	if signs(line)&^signQuote == 0 && (!short || !bareForward(line)) {
		return false
	}
	if short && (forwardMark(line) || strings.Contains(line, "--") && reReplyMark.MatchString(line)) {
		return true
	}
	if n, _ := attribution(text); n > 0 {
		return true
	}
	return headerBlock(text) >= 3
}

// attribution reports where the sentence "On … wrote:" ends with which a text
// begins, 0 for none, and whether quoted lines follow it.
func attribution(text string) (end int, quotes bool) {
	if !mayBeOn(text) || !dated(text) || !reOn.MatchString(firstLine(text)) {
		return 0, false
	}
	joined := ""
	for n := 0; n < 3 && end <= len(text); n++ {
		line := firstLine(text[end:])
		joined += " " + strings.TrimSpace(line)
		end += len(line) + 1
		if len(joined) > 400 {
			break
		}
		if reWrote.MatchString(joined) {
			behind := strings.TrimLeftFunc(text[min(end, len(text)):], unicode.IsSpace)
			return end, strings.HasPrefix(behind, ">")
		}
	}
	return 0, false
}

// dated reports whether one of the first three lines holds a digit.
func dated(text string) bool {
	for range 3 {
		line := firstLine(text)
		if signs(line)&signDigit != 0 {
			return true
		}
		text = text[min(len(line)+1, len(text)):]
	}
	return false
}

// mayBeOn looks at the first letter of what reOn finds.
func mayBeOn(line string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, " \t\f\r*"))
	return r >= '0' && r <= '9' || strings.ContainsRune("oOпПвВсСчЧдДбБжЖ", r)
}

// headerBlock counts the different header fields in the first lines of a text. A
// formal letter may open with «Кому:» and «От:»; a quoted one also has a date or a
// subject and an address.
func headerBlock(text string) int {
	if line := firstLine(text); !strings.Contains(firstBytes(line, 60), ":") || !reHeaderLine.MatchString(line) {
		return 0
	}
	seen := map[string]bool{}
	dated, addressed := false, false
	for n, at := 0, 0; n < 9 && at <= len(text); n++ {
		l := firstLine(text[at:])
		at += len(l) + 1
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
			line := strings.TrimSpace(lines[i])
			if t.from != "" || line != "" && !(strings.HasSuffix(line, ":") && strings.Contains(line, "@")) {
				break
			}
			t.from = line // Yandex: «16.11.2026, 18:43, Имя (a@b.kz):»
			continue
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

func holdsWords(text string) bool { return strings.TrimSpace(text) != "" }

// endOfSignature returns where the signature ends whose first line begins at i: it
// reaches to the end or to a letter that is quoted below it.
func endOfSignature(text string, i int) int {
	for i <= len(text) && !opensLetter(text[i:]) {
		i += len(firstLine(text[i:])) + 1
	}
	return i
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
