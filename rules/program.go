package rules

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Programs that say in no field of the header that they are programs: the desk
// registers what they send as it would a person's letter, but a person releases
// the acknowledgement (HoldNotice). What stands here concerns every operator;
// the words of one policy stand in its file.

// reServiceLocal are local parts behind which a program writes more often than a
// person does, though it may be one: a shop's news@, a server's monitoring@.
var reServiceLocal = lazily(`(?i)^(?:` +
	`(?:e?news|novosti|digest|mailings?|rassylka|promo|updates?|events?|webinars?|seminars?|campaigns?|marketing-?(?:mail|news)?|email|reklama|akcii)|` +
	`(?:system|sys|sistema|monitor(?:ing)?|zabbix|nagios|grafana|prometheus|watchdog|backups?|scan(?:ner)?|scans|printer|mfp|mfu|copier|fax|xerox|kyocera|` +
	`sympa|mailman|ezmlm|lists?|mlmmj|wordpress|webserver|apache|nginx|server|(?:[a-z0-9]+[-_.])?bots?|jira|confluence|redmine|jenkins|gitlab|github|tracker|crm|erp|sed|edo|1c|portal)` +
	`)(?:[-_.+]?\d{1,3})?$`)

// bulkFields are the fields of services that send to many. Forms of web sites
// write through them, too.
var bulkFields = []string{
	"x-campaign", "x-campaign-id", "x-campaignid", "x-mailer-campaign", "x-mailgun-sid", "x-mailgun-tag", "x-sg-eid", "x-mandrill-user", "x-mc-user", "x-report-abuse",
	"x-unisender-id", "x-sendpulse-id", "x-sendsay", "x-emailtype-id", "x-bulk", "x-mass-mail", "x-list-administrivia", "x-mailman-version", "x-github-reason", "x-jira-fingerprint",
	"x-notification", "x-zabbix", "rt-ticket", "x-zendesk-from-account-id", "x-bitrix24-message", "x-helpscout-auto",
}

// reBulkMailer is what such services call themselves in X-Mailer.
var reBulkMailer = lazily(`(?i)unisender|mailchimp|sendpulse|sendsay|getresponse|phplist|dashamail|mailerlite|sendinblue|brevo|sendgrid|campaign|mass ?mail|acymailing|mautic|bitrix|amocrm|1c:|zabbix`)

// notices are what only programs write of their own letter or of the reader's:
// that nobody reads an answer, what becomes of a demand, that somebody is away,
// in languages whose words the policy does not know.
var notices = phrases(`
	это автоматическое уведомление|это автоматическое сообщение|это автоматическое письмо|данное сообщение сформировано|письмо сформировано автоматически
	сформировано автоматически|отправлено автоматически|сгенерировано автоматически|отправлено роботом
	не отвечайте на это|не отвечайте на данное|просьба не отвечать|просим не отвечать|отвечать на него не нужно|отвечать на это письмо не нужно
	не требует ответа|менеджер свяжется с вами|специалист свяжется с вами|оператор свяжется с вами|сотрудник свяжется с вами|мы свяжемся с вами
	ваша заявка принята|статус вашей заявки|статус вашего обращения|вам назначена задача|загружен в систему|поступил на рассмотрение вх|подтвердите что вы не робот
	автоматты түрде жіберілді|автоматты хабарлама|жауап беру қажет емес|жауап бермеңіз|хатыңыз қабылданды|өтінішіңіз қабылданды
	this is an automated|this is an automatic|automated message|automatically generated|generated automatically|please do not reply
	do not reply to this|no need to reply|reply above this line|reply to this email directly|view it on github
	has been received and is being reviewed|we got your request|thanks for getting in touch|thanks for reaching out|thank you for contacting
	will get back to you|click the link below to confirm|sent a message to me and|spam blocker|scanned from|backup completed|awaits moderator approval|not recognized send help
	automatische antwort|automatisch generiert|automatisch erstellt|nicht im büro|im urlaub|bin abwesend|bin derzeit nicht|abwesenheitsnotiz
	ofis dışında|izindeyim|otomatik olarak|otomatik yanıt|lütfen yanıtlamayın|absent du bureau|je suis absent|réponse automatique|en congé
	fuera de la oficina|respuesta automática|fuori ufficio|自动回复|自动答复|正在休假|不在办公室|休假中|自動回覆|自動返信|不在のため`)

// courtesies are what newsletters and help desks say to everybody, and persons
// now and then.
var courtesies = phrases(`
	спасибо за обращение|благодарим за обращение|спасибо за ваше обращение|ваше обращение принято|автоматическое уведомление|автоматическое сообщение|автоматическая рассылка
	вы получили это письмо потому|вы получили это письмо так как|потому что подписаны|так как подписаны|отписаться от рассылки можно|отписаться можно
	отписаться http|чтобы отписаться|чтобы отказаться от рассылки|перейдите по ссылке|регистрация по ссылке|управление подпиской
	жазылудан бас тарту|сілтеме бойынша өтіңіз
	unsubscribe here|click here to unsubscribe|to unsubscribe click|unsubscribe http|manage preferences|view in browser
	you received this email because|you are receiving this`)

// selves are the words by which a writer speaks of himself. Programs say "we".
var selves = phrases(`
	я|мне|меня|мной|мною|мой|моя|моё|мои|моих|моим|моими|моей|моего|моему|мою|прошу|требую|отзываю|отказываюсь
	мен|маған|мені|менің|менімен|сұраймын|өтінемін
	i|my|mine`)

// phrases returns the words between the bars and line ends as spaced gives them
// of a letter. As to noinline see lazily.
//
//go:noinline
func phrases(list string) func() []string {
	return sync.OnceValue(func() []string {
		words := strings.FieldsFunc(list, func(r rune) bool { return r == '|' || r == '\n' })
		for i, w := range words {
			words[i] = strings.TrimSpace(spaced(normalise(w)))
		}
		return words
	})
}

// mostNotice is how much of a text is searched for notices: newsletters end with
// theirs.
const mostNotice = 16 << 10

// notice returns the sign by which a letter is more likely a program's than a
// person's, "" for none. Who speaks of himself or demands something may write
// from any address; only behind the words of a program that is quoted or advised.
func (p *Policy) notice(f *Facts, line subjectLine) string {
	parts := separate(f.Text, line.forward)
	said := spaced(normalise(firstBytes(parts.own, mostNotice)))
	sign := f.programSign()
	before := said
	w, at := firstSaid(said, notices())
	if w != "" {
		before = said[:at] + " "
	} else if w, _ = firstSaid(said, courtesies()); w == "" && sign == "" {
		return ""
	}
	if slices.ContainsFunc(strings.Fields(before), func(w string) bool { return slices.Contains(selves(), w) }) {
		return ""
	}
	for _, c := range courtesies() {
		before = strings.ReplaceAll(before, " "+c, " ") // "unsubscribe here" is no demand
	}
	if (w == "" || sign == "") && p.demands(before, false) {
		return ""
	}
	return cmp.Or(sign, w)
}

// firstSaid finds the first of the words that is said, and where.
func firstSaid(said string, words []string) (string, int) {
	first, at := "", len(said)
	for _, w := range words {
		find := " " + w   // and however the last word ends
		if w[0] >= 0xe3 { // Chinese and Japanese know no spaces
			find = w
		}
		if i := strings.Index(said, find); i >= 0 && i < at {
			first, at = w, i
		}
	}
	return first, at
}

// programSign looks for an address or a field of programs.
func (f *Facts) programSign() string {
	for _, list := range [][]Address{f.From, f.ReplyTo} {
		for _, a := range list {
			if local, _, ok := strings.Cut(a.Addr, "@"); ok && reServiceLocal.MatchString(local) {
				return a.Addr
			}
		}
	}
	for _, name := range bulkFields {
		if _, ok := f.Fields[name]; ok {
			return name
		}
	}
	if m := f.field("x-mailer"); reBulkMailer.MatchString(m) {
		return "x-mailer"
	}
	return ""
}
