package rules

import (
	"strings"
	"testing"
)

// A letter is found through the hands of several colleagues, in the forms in
// which mail programs pass letters on.
func TestPassedOnIn(t *testing.T) {
	own := Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	const body = "Прошу удалить мои персональные данные.\nАйгерим"
	gmail := "---------- Forwarded message ---------\nОт: Айгерим <a@one.example>\nDate: пн, 23 нояб. 2026 г. в 10:00\nSubject: Удаление\nTo: <ivan@license.kz>\n\n" + body
	outlook := "From: Aigerim [mailto:a@one.example]\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ivan\nSubject: Удаление\n\n" + body
	kazakh := "---------- Жіберілген хабарлама ----------\nКімнен: Айгерим <a@one.example>\nКүні: 2026-11-23\nТақырып: Удаление\n\n" + body
	twice := "Смотри ниже\n\n---------- Пересылаемое сообщение ----------\nОт: Иван <ivan@license.kz>\nДата: 23.11.2026\nТема: Fwd: Удаление\nКому: boss@license.kz\n\nПосмотрите\n\n"
	quoted := "> " + strings.ReplaceAll(gmail, "\n", "\n> ")
	for _, c := range []struct {
		name, subject, text string
		found               bool
	}{
		{"gmail", "Fwd: Удаление", "Пересылаю\n\n" + gmail, true},
		{"outlook", "FW: Удаление", outlook, true},
		{"kazakh", "Қайта жіберу: Удаление", kazakh, true},
		{"twice", "Fwd: Fwd: Удаление", twice + gmail, true},
		{"twice, outlook inside", "Fwd: Fwd: Удаление", twice + outlook, true},
		{"twice, quoted", "Fwd: Fwd: Удаление", twice + quoted, true},
		{"of staff alone", "Fwd: Отчёт", "---------- Forwarded message ---------\nFrom: ivan@license.kz\nDate: 23.11.2026\nSubject: Отчёт\n\nВо вложении отчёт.", false},
		{"no letter", "Отчёт", "Во вложении отчёт.", false},
	} {
		got, ok := PassedOnIn(c.subject, c.text, own)
		if ok != c.found || ok && (got.Text != body || !strings.Contains(got.From, "a@one.example") || got.Subject != "Удаление") {
			t.Errorf("%s: %v %+v", c.name, ok, got)
		}
	}
}

// Staff who pass a forward on hand a person's demand in: a person looks at it.
func TestForwardOfForward(t *testing.T) {
	p, own := BuiltIn(), Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	text := "---------- Пересылаемое сообщение ----------\nОт: Иван <ivan@license.kz>\nДата: 23.11.2026\nТема: Fwd: Вопрос\n\nПосмотрите\n\n" +
		"---------- Forwarded message ---------\nFrom: a@one.example\nDate: 23.11.2026\nSubject: Вопрос\n\nПрошу удалить мои персональные данные."
	f := Facts{Subject: "Fwd: Fwd: Вопрос", From: []Address{{Addr: "boss@license.kz"}}, Text: text}
	if got := p.Classify(f, own); got.Verdict != Review || got.Reason.Code != ReasonStaffForward || len(got.Kinds) != 1 || got.Kinds[0] != "erasure" {
		t.Errorf("inline: %+v", got)
	}
	f = Facts{Subject: "Fwd: Вопрос", From: []Address{{Addr: "boss@license.kz"}}, Text: "Смотрите вложение.",
		Forwarded: []Forwarded{{Subject: "Fwd: Вопрос", From: []Address{{Addr: "ivan@license.kz"}}, Text: text}}}
	if got := p.Classify(f, own); got.Verdict != Review || got.Reason.Code != ReasonStaffForward {
		t.Errorf("attached: %+v", got)
	}
}

// What staff pass on is named by what it surely demands, without the traces of
// other kinds that a demand is full of.
func TestForwardNamesItsDemand(t *testing.T) {
	p, own := BuiltIn(), Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	const head = "Пришло мне на личную почту\n\n---------- Forwarded message ---------\nFrom: Анна <a@one.example>\nDate: Sat, 28 Nov 2026\nSubject: Отзыв согласия на обработку персональных данных\nTo: <ivan@license.kz>\n\n"
	for text, want := range map[string]string{
		"Прошу отозвать моё согласие на обработку персональных данных. Анна":                  "consent_withdrawal",
		"Прошу отозвать моё согласие на обработку персональных данных и удалить их все. Анна": "consent_withdrawal erasure",
	} {
		f := Facts{Subject: "Fwd: Отзыв согласия на обработку персональных данных", From: []Address{{Addr: "ivan@license.kz"}}, Text: head + text}
		got := p.Classify(f, own)
		var kinds []string
		for _, k := range got.Kinds {
			kinds = append(kinds, string(k))
		}
		if got.Verdict != Review || strings.Join(kinds, " ") != want {
			t.Errorf("%q: %s %v, want %s", text, got.Verdict, kinds, want)
		}
	}
}

// A forward of our own staff under a subject that demands is for a person also where no
// letter is recognised below it; any other letter of staff is none.
func TestStaffForwardsBySubject(t *testing.T) {
	own := Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	for subject, want := range map[string]Verdict{"Fwd: Удалите мои данные": Review, "Удалите мои данные": None, "Fwd: Счёт": None} {
		f := letterFrom(subject, "Коллеги, посмотрите. От: Жанат, удалите мои данные.")
		f.From[0].Addr = "manager@license.kz"
		if got := BuiltIn().Classify(f, own); got.Verdict != want {
			t.Errorf("%q: %v, want %v", subject, got.Verdict, want)
		}
	}
}

// A text that lost its ends of lines passes a person's demand on, too.
func TestFlatForward(t *testing.T) {
	p, own := BuiltIn(), Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	for text, want := range map[string]Verdict{
		"---------- Forwarded message --------- From: anna@mail.example Subject: данные Удалите мои персональные данные": Review,
		"Посмотрите ---- Қайта жіберілген хат ---- Кімнен: a@b.example. Деректерімді жойыңыз":                            Review,
		"---------- Пересылаемое сообщение ---------- От: sales@license.kz. Удалите мои персональные данные":             None,
		"---------- Пересылаемое сообщение ---------- От: anna@mail.example. Во вложении счёт":                           None,
		"Удалите мои персональные данные из слайда":                                                                      None,
	} {
		f := letterFrom("Fwd: посмотрите", text)
		f.From[0].Addr = "reception@license.kz"
		if got := p.Classify(f, own); got.Verdict != want {
			t.Errorf("%s: %v %v", text, got.Verdict, got.Reason)
		}
	}
}
