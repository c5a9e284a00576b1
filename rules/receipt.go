package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What help desks and registries answer by themselves, often without a sign in the header:
// receipts are the words that say that something arrived, besideReceipts all others of such
// letters. Behind the words of salutations a name follows.
var (
	receipts = strings.Fields(`получено получена получен принято принята принят зарегистрировано зарегистрирована зарегистрирован доставлено доставлена
		создано создана создан поступило поступила прочитано автоматически
		қабылданды тіркелді алынды жеткізілді автоматты
		received created registered delivered assigned automatically automated`)

	besideReceipts = strings.Fields(`ваш ваша ваше вашу вашего вашей вами мы наш наша нашей обращение обращения обращению обращений заявка заявки заявке заявку письмо письма письму
		запрос запроса запросу сообщение сообщения сообщению тикет заявление заявления претензия электронное спасибо благодарим просим
		успешно уже было была был будет в на за под с по к от до нами работу рассмотрение обработку вх входящий входящим исх номер номером номера присвоен
		получателю адресату специалисту исполнителю системе системой передано передана
		это данное настоящее сформировано отправлено сгенерировано уведомление автоматическое автоматический него пожалуйста
		ответим свяжемся ответит свяжется рассмотрит рассмотрено рассмотрена специалист специалисты менеджер оператор сотрудник ближайшее время течение срок
		рабочих рабочего рабочие часов часа дней дня ожидайте клиент заявитель пользователь служба службы поддержки поддержка отдел команда
		сіздің хатыңыз өтінішіңіз өтініміңіз хабарламаңыз сұрауыңыз нөмірімен нөмірі кіріс түрде хабарлама бұл хат хатқа біз сізбен жақын арада хабарласамыз жұмысқа
		request ticket message email mail enquiry inquiry has been was is id number an this generated notification response automatic we will contact shortly soon back
		within hours business working days to our team support of with by please customer get in touch be`)

	salutations = strings.Fields(`уважаемый уважаемая уважаемые уважением құрметті құрметпен dear regards sincerely`)
)

// noAnswers is how such letters say that nobody reads an answer.
var noAnswers = strings.NewReplacer("не отвечайте", "", "не отвечать", "", "не требует ответа", "", "жауап бермеңіз", "", "do not reply", "", "don't reply", "")

// OnlyReceipt reports whether the new words of a letter say no more than that something was
// received, registered or delivered, as programs do. It knows every word of such a letter,
// or says no.
func (p *Policy) OnlyReceipt(f Facts) bool {
	if len(f.Attachments) > 0 || len(f.Forwarded) > 0 || f.Cut {
		return false
	}
	said := false
	for line := range strings.Lines(separate(f.Text, false).own) {
		named := false
		for _, w := range strings.FieldsFunc(noAnswers.Replace(line), func(r rune) bool { return r != '?' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			first, _ := utf8.DecodeRuneInString(w)
			low := normalise(w)
			receipt := slices.Contains(receipts, low)
			said, named = said || receipt, named || slices.Contains(salutations, low)
			switch {
			case receipt, named && (unicode.IsUpper(first) || slices.Contains(salutations, low)), strings.ContainsFunc(w, unicode.IsDigit):
			case !slices.Contains(besideReceipts, low) && !slices.Contains(besideThanks, low) && !slices.Contains(gratitude, low):
				return false
			}
		}
	}
	return said
}
