package rules

import "testing"

// A demand is not lost because it stands where programs put other things: a
// person looks at it.
func TestDemandLeftOut(t *testing.T) {
	for text, kind := range map[string]Kind{
		"Здравствуйте!\n--\nПрошу удалить мои персональные данные.\n\nИванов":                                                                                                       "erasure",
		"Добрый день.\n\n--\n\nОтзываю согласие на обработку персональных данных.\n--\nИванов":                                                                                      "consent_withdrawal",
		"Мне пришёл автоответ LK-2026-000017, но ничего не сделано. Требую удалить мои персональные данные.":                                                                        "erasure",
		"Моё обращение LK-2026-000017 зарегистрировано, ответа нет.\nТребую удалить мои персональные данные.":                                                                       "erasure",
		"Кому: ТОО «I-License»\nОт кого: Иванов И.И., ivanov@mail.kz\nДата: 29.11.2026\nТема: Заявление\n\nПрошу прекратить обработку моих персональных данных и отзываю согласие.": "consent_withdrawal",
		"Дата: 29.11.2026\nКому: info@license.kz\nОт: ivanov@mail.kz\n\nОтзыв согласия на обработку персональных данных.":                                                           "consent_withdrawal",
		"From: Ivan ivan@mail.kz\nTo: info@license.kz\nDate: 29.11.2026\nSubject: letter\n\nI withdraw my consent to the processing of my personal data.":                           "consent_withdrawal",
		"15.11.2026 я вам уже писала:\nТребую удалить мои персональные данные.":                                                                                                     "erasure",
		"Настоящее письмо адресовано ТОО I-License.\nОтзываю согласие на обработку персональных данных.":                                                                            "consent_withdrawal",
		"Это письмо предназначено для ответственного лица. Отзываю согласие на обработку персональных данных.":                                                                      "consent_withdrawal",
		"Компания обрабатывает персональные данные незаконно. Требую удалить мои персональные данные.":                                                                              "erasure",
		"Чтобы отписаться, пишу вам. Прошу больше не присылать мне рассылку.":                                                                                                       "opt_out",
		"Бұл хат сізге арналған. Келісімімді қайтарып аламын.":                                                                                                                      "consent_withdrawal",
		"> Прошу удалить мои персональные данные":                                                                                                                                   "erasure",
		"Отправлено с моей претензией: верните деньги за лицензию.":                                                                                                                 "claim",
	} {
		f := classifyFrom("person@example.com", "Вопрос", text, nil)
		if f.Verdict != Review || len(f.Kinds) == 0 || f.Kinds[0] != kind || f.Reason.Code != ReasonPossible {
			t.Errorf("%q: %s %v %v, want a review of %s", text, f.Verdict, f.Kinds, f.Reason, kind)
		}
	}
}

// Footers, signatures and what an answer quotes are what they were.
func TestNothingLeftOut(t *testing.T) {
	answers := map[string][]string{"in-reply-to": {"<a@license.kz>"}}
	for _, c := range []struct {
		text   string
		fields map[string][]string
	}{
		{"Высылаю счёт.\n\nНастоящее сообщение конфиденциально и предназначено только для адресата. Если Вы получили его по ошибке, пожалуйста, удалите его.", nil},
		{"Высылаю счёт.\n\nОтправляя нам письмо, вы соглашаетесь на обработку персональных данных. Вы вправе в любое время отозвать согласие или потребовать удалить ваши данные.", nil},
		{"Высылаю счёт.\n\nМы обрабатываем персональные данные по закону. Вы можете отозвать согласие письмом с темой «Отзыв согласия на обработку персональных данных».", nil},
		{"Высылаю счёт.\n--\nИванов\nДосудебная претензия, взыскание долгов, возврат денег\nОтписаться: http://x.kz", nil},
		{"Высылаю счёт.\n--\nThis e-mail is confidential. If you are not the intended recipient, please delete it. To unsubscribe from our newsletter click here.", nil},
		{"Спасибо!\n\n05.05.2025 12:00, Иван <a@b.kz> пишет:\n> Прошу удалить мои персональные данные", answers},
		{"Спасибо!\n\nFrom: I-License info@license.kz\nSent: 29.11.2026\nTo: a@b.kz\nSubject: Re\n\nПрошу удалить мои персональные данные", answers},
		{"Спасибо!\n\nВаша заявка LK-2026-000123 зарегистрирована.\nОтзываю согласие на обработку персональных данных", answers},
	} {
		if f := classifyFrom("person@example.com", "Счёт на оплату", c.text, c.fields); f.Verdict != None {
			t.Errorf("%q: %s %v %v", c.text, f.Verdict, f.Kinds, f.Reason)
		}
	}
}

func classifyFrom(from, subject, text string, fields map[string][]string) Finding {
	p := BuiltIn()
	return p.Classify(Facts{
		Subject: subject, Text: text, Fields: fields, From: []Address{{Addr: from}}, To: []Address{{Addr: p.Operator.Address}},
	}, p.Own())
}
