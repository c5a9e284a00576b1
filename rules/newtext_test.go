package rules

import (
	"strings"
	"testing"
)

// What people wrote now is kept, what mail programs put beside it is not.
func TestNewText(t *testing.T) {
	quote := "Прошу удалить мои данные"
	for _, c := range []struct{ name, text, fresh string }{
		{"nothing beside", "Добрый день.\nИванов", "Добрый день.\nИванов"},
		{"quoted lines", "Спасибо.\n> " + quote + "\n>> и ещё", "Спасибо."},
		{"answers between", "> Когда?\nЗавтра.\n> Где?\nТам.", "Завтра.\nТам."},
		{"gmail en", "Thanks\n\nOn Mon, May 5, 2025 at 12:00 PM I-License <info@license.kz> wrote:\n\n> " + quote, "Thanks"},
		{"gmail en over two lines", "Thanks\n\nOn Mon, May 5, 2025 at 12:00 PM I-License\n<info@license.kz> wrote:\n" + quote, "Thanks"},
		{"gmail ru", "Да\n\nпн, 5 мая 2025 г. в 12:00, I-License <info@license.kz>:\n\n> " + quote, "Да"},
		{"gmail kk", "Иә\n\n2025 ж. 5 мам., дс, сағ. 12:00 мына уақытта I-License <info@license.kz> жазды:\n\n> " + quote, "Иә"},
		{"mail.ru", "Да\n\nПонедельник, 5 мая 2025, 12:00 +05:00 от I-License <info@license.kz>:\n> " + quote, "Да"},
		{"yandex", "Да\n\n05.05.2025, 12:00, \"I-License\" <info@license.kz>:\n" + quote, "Да"},
		{"thunderbird", "Да\n\n05.05.2025 12:00, I-License пишет:\n> " + quote, "Да"},
		{"apple ru", "Да\n\n5 мая 2025 г., в 12:00, I-License <info@license.kz> написал(а):\n\n" + quote, "Да"},
		{"outlook ru", "Да\n\nОт: I-License <info@license.kz>\nОтправлено: 5 мая 2025 г. 12:00\nКому: Иван\nТема: Договор\n\n" + quote, "Да"},
		{"outlook en", "Yes\n\n-----Original Message-----\nFrom: I-License\nSent: Monday\n\n" + quote, "Yes"},
		{"outlook ru mark", "Да\n\n-----Исходное сообщение-----\nFrom: x\n" + quote, "Да"},
		{"outlook kk", "Иә\n\nКімнен: I-License <info@license.kz>\nЖіберілді: 5 мамыр\nКімге: Иван\nТақырыбы: Шарт\n\n" + quote, "Иә"},
		{"signature", "Оплатили.\n-- \nИванов\n" + quote, "Оплатили."},
		{"telephone", "Оплатили.\n\nОтправлено с iPhone", "Оплатили."},
		{"telephone en", "Paid.\nSent from my iPhone", "Paid."},
		{"footer ru", "Оплатили.\n\nНастоящее сообщение предназначено только адресату. Если вы получили его по ошибке, удалите его.", "Оплатили."},
		{"footer en", "Paid.\n\nThis e-mail is confidential. If you have received this message in error, delete it.", "Paid."},
		{"footer kk", "Төледік.\n\nБұл хабарлама құпия болып табылады.", "Төледік."},
		{"mailing footer", "Новости недели.\n\nЧтобы отписаться от рассылки, перейдите по ссылке", "Новости недели."},
		{"consent in the footer", "Оплатили.\n\nОтправляя письмо, вы соглашаетесь с правилами.", "Оплатили."},
		{"consent by replying", "Оплатили.\n\nОтвечая на это письмо, вы даёте согласие на обработку ваших данных. Отозвать его можно письмом.", "Оплатили."},
		{"personal data in the footer", "Оплатили.\n\nНастоящее сообщение может содержать персональные данные. Удалите его, если получили по ошибке.", "Оплатили."},
		{"footer first, words after", "Внимание! Данное письмо конфиденциально.\n\nОтзываю согласие.", "Отзываю согласие."},
		{"our acknowledgement", "Понял.\n\nОбращение № LK-2026-000123 зарегистрировано.\n" + quote, "Понял."},
		{"formal letter", "Кому: ТОО «I-License»\nОт: Иванова И.И.\nАдрес: Алматы\n\nПретензия", "Кому: ТОО «I-License»\nОт: Иванова И.И.\nАдрес: Алматы\n\nПретензия"},
		{"formal letter with a date", "От: Иванова И.И.\nДата: 5 мая 2025\nКому: ТОО\n\nПретензия", "От: Иванова И.И.\nДата: 5 мая 2025\nКому: ТОО\n\nПретензия"},
	} {
		if got := separate(c.text, false).fresh; got != c.fresh {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, c.fresh)
		}
	}
}

func TestForwardedText(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"gmail", "Смотрите\n\n---------- Forwarded message ---------\nОт: Иван <ivan@mail.example>\nDate: пн, 5 мая 2025\nSubject: Данные\nTo: <info@license.kz>\n\n\nУдалите мои данные"},
		{"mail.ru", "Смотрите\n\n-------- Пересылаемое сообщение --------\nОт кого: Иван <ivan@mail.example>\nКому: info@license.kz\nДата: 5 мая 2025\nТема: Данные\n\nУдалите мои данные"},
		{"yandex", "Смотрите\n\n-------- Пересылаемое сообщение --------\n05.05.2025, 12:00\n\nУдалите мои данные"},
		{"apple", "Смотрите\n\nНачало переадресованного сообщения:\n\nОт: Иван <ivan@mail.example>\nТема: Данные\nДата: 5 мая 2025\nКому: info@license.kz\n\nУдалите мои данные"},
		{"outlook", "Смотрите\n\nОт: Иван <ivan@mail.example>\nОтправлено: 5 мая 2025\nКому: office@firma.example\nТема: Данные\n\nУдалите мои данные"},
		{"kazakh", "Смотрите\n\n---------- Жіберілген хабарлама ----------\nКімнен: Иван <ivan@mail.example>\nКүні: 5 мамыр\nТақырыбы: Данные\n\nУдалите мои данные"},
	} {
		got := separate(c.text, true)
		if got.fresh != "Смотрите" || !strings.HasSuffix(strings.TrimSpace(got.forwarded), "Удалите мои данные") {
			t.Errorf("%s: fresh %q, forwarded %q", c.name, got.fresh, got.forwarded)
		}
		if c.name != "yandex" && !strings.Contains(got.from, "ivan@mail.example") {
			t.Errorf("%s: from %q", c.name, got.from)
		}
	}
}

func TestSubjectPrefixes(t *testing.T) {
	for s, want := range map[string]subjectLine{
		"Претензия":                      {text: "Претензия"},
		"Re: Претензия":                  {text: "Претензия", prefixes: "Re:", reply: true},
		"RE[2]: FW: Претензия":           {text: "Претензия", prefixes: "RE[2]: FW:", reply: true, forward: true},
		"Re (3): Претензия":              {text: "Претензия", prefixes: "Re (3):", reply: true},
		"Отв.: Претензия":                {text: "Отв.: Претензия"},
		"Ответ: Пересл: Претензия":       {text: "Претензия", prefixes: "Ответ: Пересл:", reply: true, forward: true},
		"Жауап: Наразылық":               {text: "Наразылық", prefixes: "Жауап:", reply: true},
		"HA: Претензия":                  {text: "Претензия", prefixes: "HA:", reply: true},
		"На: Претензия":                  {text: "Претензия", prefixes: "На:", reply: true},
		"[EXTERNAL] Re: Претензия":       {text: "Претензия", prefixes: "[EXTERNAL] Re:", reply: true},
		"***SPAM*** Претензия":           {text: "Претензия", prefixes: "***SPAM***"},
		"[Претензия]":                    {text: "[Претензия]"},
		"Заявление: отзыв согласия":      {text: "Заявление: отзыв согласия"},
		"Автоответ: Претензия":           {text: "Автоответ: Претензия", automatic: true},
		"Re: Автоответ: № LK-2026-00012": {text: "Автоответ: № LK-2026-00012", prefixes: "Re:", reply: true},
		"":    {},
		"Re:": {prefixes: "Re:", reply: true},
	} {
		if got := parseSubject(s); got != want {
			t.Errorf("%q: %+v, want %+v", s, got, want)
		}
	}
}
