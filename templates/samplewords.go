package templates

// words are what the letters are given in the sample data. They follow the
// built-in policy, so that a preview looks like the real letter.
type words struct {
	operator, person                                   string
	withdrawal, erasure, claim, correction, optOut     string
	willStop, willErase, willAnswer, willChange        string
	willCease, section, own, clause, article, consumer string
	why, text, answer, cause                           string
	steps                                              []string
}

var sampleWords = map[Lang]words{
	RU: {
		operator:   "ТОО «I-License»",
		person:     "Айгуль Сапарова",
		withdrawal: "отзыв согласия на обработку персональных данных",
		erasure:    "требование об уничтожении персональных данных",
		claim:      "досудебная претензия",
		correction: "актуализация персональных данных",
		optOut:     "отказ от уведомлений о новых продуктах и услугах и специальных предложениях",
		willStop:   "прекратим обработку Ваших данных или направим мотивированный отказ",
		willErase:  "удалим Ваши данные или направим мотивированный отказ",
		willAnswer: "рассмотрим претензию и направим мотивированный ответ",
		willChange: "изменим данные на основании подтверждающих документов или сообщим, почему это невозможно",
		willCease:  "прекратим направлять Вам уведомления о новых продуктах и услугах и специальных предложениях",
		section:    "Политика, раздел «Согласие пользователя» (по аналогии со сроком удаления)",
		own:        "Политика, раздел «Согласие пользователя»",
		clause:     "Политика, п. 6.2",
		article:    "Закон РК от 21.05.2013 № 94-V «О персональных данных и их защите», ст. 8 п. 7",
		consumer:   "Закон РК от 04.05.2010 № 274-IV «О защите прав потребителей», ст. 42-4",
		why:        "договор № 15 от 1 сентября 2026 г. ещё не исполнен, до его исполнения данные нужны нам для расчётов с Вами.",
		text:       "Пришлите, пожалуйста, копию документа о смене фамилии.\n\nДостаточно одной страницы.",
		answer:     "Вы просите вернуть плату за услугу по договору № 15. Услуга оказана 2 октября 2026 г., акт подписан Вами в тот же день, поэтому оснований для возврата нет.\n\nКопии договора и акта приложены.",
		cause:      "приказ о переносе выходных дней",
		steps:      []string{"обработка прекращена", "третьи лица, которым переданы данные, уведомлены"},
	},
	KK: {
		operator:   "«I-License» ЖШС",
		person:     "Айгүл Сапарова",
		withdrawal: "дербес деректерді өңдеуге берілген келісімді кері қайтарып алу",
		erasure:    "дербес деректерді жою туралы талап",
		claim:      "сотқа дейінгі талап (наразылық)",
		correction: "дербес деректерді өзектендіру",
		optOut:     "жаңа өнімдер мен қызметтер және арнайы ұсыныстар туралы хабарламалардан бас тарту",
		willStop:   "деректеріңізді өңдеуді тоқтатамыз немесе уәжді бас тарту жібереміз",
		willErase:  "деректеріңізді жоямыз немесе уәжді бас тарту жібереміз",
		willAnswer: "наразылықты қарап, дәлелді жауап жібереміз",
		willChange: "растайтын құжаттар негізінде деректерді өзгертеміз немесе неге мүмкін еместігін хабарлаймыз",
		willCease:  "жаңа өнімдер мен қызметтер және арнайы ұсыныстар туралы хабарламалар жіберуді тоқтатамыз",
		section:    "Саясат, «Пайдаланушының келісімі» бөлімі (жою мерзіміне ұқсас)",
		own:        "Саясат, «Пайдаланушының келісімі» бөлімі",
		clause:     "Саясат, 6.2-тармақ",
		article:    "«Дербес деректер және оларды қорғау туралы» ҚР 2013 жылғы 21 мамырдағы № 94-V Заңы, 8-бап, 7-тармақ",
		consumer:   "«Тұтынушылардың құқықтарын қорғау туралы» ҚР 2010 жылғы 4 мамырдағы № 274-IV Заңы, 42-4-бап",
		why:        "2026 жылғы 1 қыркүйектегі № 15 шарт әлі орындалған жоқ, ол орындалғанша деректер Сізбен есеп айырысу үшін қажет.",
		text:       "Тегіңіздің өзгергені туралы құжаттың көшірмесін жіберуіңізді сұраймыз.\n\nБір беті жеткілікті.",
		answer:     "Сіз № 15 шарт бойынша қызмет ақысын қайтаруды сұрайсыз. Қызмет 2026 жылғы 2 қазанда көрсетілді, актіге Сіз сол күні қол қойдыңыз, сондықтан қайтаруға негіз жоқ.\n\nШарт пен актінің көшірмелері қоса берілді.",
		cause:      "демалыс күндерін ауыстыру туралы бұйрық",
		steps:      []string{"өңдеу тоқтатылды", "деректер берілген үшінші тұлғаларға хабарланды"},
	},
	EN: {
		operator:   "I-License LLP",
		person:     "Aigul Saparova",
		withdrawal: "withdrawal of the consent to the processing of personal data",
		erasure:    "demand for the erasure of personal data",
		claim:      "pre-trial claim",
		correction: "correction of personal data",
		optOut:     "refusal of notifications about new products, services and special offers",
		willStop:   "we will stop processing your data or send a reasoned refusal",
		willErase:  "we will erase your data or send a reasoned refusal",
		willAnswer: "we will examine the claim and send a reasoned answer",
		willChange: "we will change the data on the basis of documents that prove them, or say why we cannot",
		willCease:  "we will stop sending you notifications about new products, services and special offers",
		section:    "Policy, section “Consent of the user” (by analogy with deletion)",
		own:        "Policy, section “Consent of the user”",
		clause:     "Policy, clause 6.2",
		article:    "Law of Kazakhstan No. 94-V of 21.05.2013 on Personal Data and their Protection, art. 8(7)",
		consumer:   "Law of Kazakhstan No. 274-IV of 04.05.2010 on Consumer Protection, art. 42-4",
		why:        "contract No. 15 of 1 September 2026 has not been fulfilled yet; until it is, we need the data to settle accounts with you.",
		text:       "Please send a copy of the document about the change of your surname.\n\nOne page is enough.",
		answer:     "You ask us to refund the fee under contract No. 15. The service was rendered on 2 October 2026 and you signed the act on the same day, so there are no grounds for a refund.\n\nCopies of the contract and the act are attached.",
		cause:      "order on the transfer of days off",
		steps:      []string{"processing stopped", "third parties who received the data told"},
	},
}
