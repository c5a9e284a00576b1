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
