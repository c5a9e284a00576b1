package rules

import "testing"

func TestOnlyThanks(t *testing.T) {
	p := BuiltIn()
	for text, want := range map[string]bool{
		"Спасибо!": true, "Спасибо большое, всё получил.": true, "Рахмет!": true, "Thank you, got it.": true, "Спасибо!\nАйгерим Сатпаева": true,
		"Спасибо.\n\n> Ваше обращение зарегистрировано\n> 17": true,
		"Спасибо, но я не согласен.":                          false, "Спасибо, а когда?": false, "Получил. Требую ответа.": false,
		"Спасибо, удалите и телефон": false, "Рахмет, бірақ келіспеймін": false, "Thanks, but this is not an answer": false,
		"Прикладываю паспорт": false, "Спасибо\nНе согласна": false, "": false, "Спасибо, мой номер 87011234567": false,
		"Спасибо за ответ, прикладываю недостающие документы и прошу ускорить": false,
	} {
		if got := p.OnlyThanks(Facts{Subject: "Re: обращение", From: []Address{{Addr: "a@one.example"}}, Text: text}); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAutomatic(t *testing.T) {
	p := BuiltIn()
	empty := ""
	for _, c := range []struct {
		name string
		f    Facts
		want bool
	}{
		{"person", Facts{Subject: "Re: Претензия", Text: "Отвечаем на Ваше письмо."}, false},
		{"auto-submitted", Facts{Fields: map[string][]string{"auto-submitted": {"auto-replied"}}}, true},
		{"auto-submitted no", Facts{Subject: "Re: x", Fields: map[string][]string{"auto-submitted": {"no"}}}, false},
		{"empty path", Facts{ReturnPath: &empty}, true},
		{"absence", Facts{Subject: "Автоответ: Re: Претензия"}, true},
		{"absence kk", Facts{Subject: "Автоматты жауап: Re: Претензия"}, true},
		{"absence in two languages", Facts{Subject: "Жұмыс орнында емеспін / Вне офиса: Re: Претензия"}, true},
		{"absence en", Facts{Subject: "Out of office: claim"}, true},
		{"absence in the text", Facts{Subject: "Re: Претензия", Text: "Я в отпуске, вернусь 1 декабря."}, true},
		{"absence in the second line", Facts{Subject: "Re: x", Text: "Здравствуйте!\n\nМеня не будет на месте до 5 декабря."}, true},
		{"absence in the text kk", Facts{Subject: "Re: x", Text: "Мен қазір демалыстамын."}, true},
		{"absence in the text en", Facts{Subject: "Re: x", Text: "I am currently out of the office until Monday."}, true},
		{"leave as a matter", Facts{Subject: "Re: Претензия за отпуск", Text: "Верните деньги за отпуск и больничный."}, false},
		{"our own subject", Facts{Subject: "Re: Автоответ: обращение № LK-2026-000001 зарегистрировано", Text: "Прикладываю."}, false},
		{"receipt", Facts{ContentType: "multipart/report"}, true},
		{"list", Facts{Fields: map[string][]string{"list-id": {"x"}}}, true},
	} {
		c.f.From = []Address{{Addr: "ivan@license.kz"}}
		if got := p.Automatic(c.f); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestOnlyReceipt(t *testing.T) {
	p := BuiltIn()
	for text, want := range map[string]bool{
		"Благодарим за обращение! Ваша заявка № 5521 принята в работу. Это письмо сформировано автоматически.": true,
		"Ваше письмо получено и зарегистрировано за вх. № 1234":                                                true,
		"Сообщение доставлено получателю":                                                                      true,
		"Здравствуйте!\n\nВаше обращение #A-77 зарегистрировано. Специалист ответит в течение 3 рабочих дней.\n\nС уважением, Служба поддержки ТОО «Ромашка»": true,
		"Уважаемый Иван Петров!\nВаш запрос принят. Пожалуйста, не отвечайте на это письмо.":                                                                  true,
		"Хатыңыз тіркелді, кіріс нөмірі № 12.":                              true,
		"Сіздің өтінішіңіз қабылданды. Бұл хатқа жауап бермеңіз.":           true,
		"Your request has been received. Ticket number 5521.":               true,
		"Thank you! Your message was delivered.\n\n> Прошу удалить":         true,
		"Ваше письмо получено, но данные по-прежнему на сайте.":             false,
		"Ваше письмо получено. Не согласен.":                                false,
		"Письмо получено. Прошу ответить по существу.":                      false,
		"Заявка не принята":                                                 false,
		"Заявка принята?":                                                   false,
		"Ваш ответ получен. Мои данные не удалены, жду.":                    false,
		"Это письмо сформировано автоматически? Ответьте мне сами.":         false,
		"Получено уведомление, что заявка № 5 принята. Когда удалите?":      false,
		"Ваше письмо получено. С уважением, жду денег":                      false,
		"Хатыңыз алынды, бірақ келіспеймін":                                 false,
		"Your letter was received, but I disagree":                          false,
		"Your request has been received. No answer is no answer, thank you": false,
		"Обращение № LK-2026-000001":                                        false,
		"":                                                                  false,
	} {
		if got := p.OnlyReceipt(Facts{Subject: "Re: обращение", From: []Address{{Addr: "a@one.example"}}, Text: text}); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if p.OnlyReceipt(Facts{Text: "Письмо получено", Attachments: []string{"паспорт.pdf"}}) {
		t.Error("a letter with a file is only a receipt")
	}
}
