package rules

import (
	"strings"
	"testing"
)

// What stands behind the first telephone of a signature is left out, a postscript is not.
func TestWithoutTail(t *testing.T) {
	for _, c := range []struct{ name, text, letter, tail string }{
		{"no signature", "Удалите мои данные.\n+7 727 355 11 22\nСпасибо.", "", ""},
		{"nothing behind", "Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22", "", ""},
		{"no telephone", "Оплатили.\n\nС уважением,\nЛи А.\nПрошу ответить.", "", ""},
		{"footer", "Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\nОтписаться можно на сайте.",
			"Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\n", "Отписаться можно на сайте."},
		{"site", "Paid.\n\nKind regards,\nA. Lee\nwww.firm.example\nUnsubscribe.", "Paid.\n\nKind regards,\nA. Lee\nwww.firm.example\n", "Unsubscribe."},
		{"Kazakh", "Төледік.\n\nҚұрметпен,\nЛи А.\nli@firm.example\nБас тартуға болады.",
			"Төледік.\n\nҚұрметпен,\nЛи А.\nli@firm.example\n", "Бас тартуға болады."},
		{"thanks", "Төледік.\nРақмет,\nЛи А.\n87273551122\n* * *\nБас тартуға болады.", "Төледік.\nРақмет,\nЛи А.\n87273551122\n", "* * *\nБас тартуға болады."},
		{"line across", "Оплатили всё по счёту.\nЖдём акт и накладную.\n---\nЛи А.\n87273551122\nОтписаться.", "Оплатили всё по счёту.\nЖдём акт и накладную.\n---\nЛи А.\n87273551122\n", "Отписаться."},
		{"letterhead", "ТОО «Дом»\n________\nБИН 123456789012\n\nВерните 70 000 тенге.", "", ""},
		{"a number of identity", "Здравствуйте!\nС уважением,\nКим Анна, ИИН 880712301234\nВерните 70 000 тенге.", "", ""},
		{"thanks before a sentence", "Добрый день!\nСпасибо,\nполучила ответ на ask@firma.example.\nВерните 70 000 тенге.", "", ""},
		{"a story of respect", "Добрый день!\nС уважением к вам обращается Ким, kim@mail.example.\nУдалите анкету.", "", ""},
		{"another postscript", "Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\n— Р.S.: удалите анкету.",
			"Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\n\n— Р.S.: удалите анкету.", ""},
		{"no postscript", "Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\nПсихолог.", "Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\n", "Психолог."},
		{"postscript", "Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\nг. Алматы\n\nP. S. Удалите мои данные.",
			"Оплатили.\n\nС уважением,\nЛи А.\n+7 727 355 11 22\n\nP. S. Удалите мои данные.", "г. Алматы\n\n"},
		{"a sentence of thanks", "Спасибо, всё получили\n+7 727 355 11 22\nУдалите номер.", "", ""},
		{"a closing that opens", "С уважением отношусь к вашей работе, но прошу удалить всё, что вы обо мне знаете, и подтвердить это письмом.\n+7 727 355 11 22\nЛи", "", ""},
		{"far from it", "Оплатили.\nС уважением,\n" + strings.Repeat("строка\n", 9) + "+7 727 355 11 22\nОтписаться.", "", ""},
	} {
		if c.letter == "" {
			c.letter = c.text
		}
		letter, tail := withoutTail(c.text)
		if letter != c.letter || tail != c.tail {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, letter, tail, c.letter, c.tail)
		}
	}
}
