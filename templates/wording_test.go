package templates

import (
	"slices"
	"strings"
	"testing"
)

// The sender is told this, word for word.
func TestAcknowledgementSays(t *testing.T) {
	s := builtIn(t)
	has := func(data any, sentences ...string) {
		t.Helper()
		l, err := s.Letter("acknowledgement", RU, data)
		if err != nil {
			t.Fatal(err)
		}
		body := strings.Join(strings.Fields(l.Body), " ")
		for _, want := range sentences {
			if not, ok := strings.CutPrefix(want, "!"); ok == strings.Contains(body, not) || !ok && !strings.Contains(body, want) {
				t.Errorf("%q in:\n%s", want, l.Body)
			}
		}
	}
	w := words(RU)
	ack := sampleAcknowledgements(w)[0].(Acknowledgement)
	bare := ack
	bare.Requests = []AckRequest{ack.Requests[0]}
	bare.Requests[0].Dates = slices.Clone(ack.Requests[0].Dates)
	bare.Requests[0].Dates[0].Basis = ""
	has(bare, "Срок по Политике: 30 рабочих дней, по 8 января 2027 г. включительно. Закон отводит 15 рабочих дней, "+
		"по 14 декабря 2026 г. включительно; мы работаем по более раннему сроку.")
	for _, data := range sampleAcknowledgements(w) {
		a := data.(Acknowledgement)
		l, err := s.Letter("acknowledgement", RU, a)
		if err != nil {
			t.Fatal(err)
		}
		terse := strings.HasPrefix(l.Body, "Здравствуйте!\n\nПолучено ") // two requests leave no room for more
		if terse && len(a.Requests) == 1 {
			t.Errorf("a letter about one request is shortened:\n%s", l.Body)
		}
		got, number, correct := "Ваше письмо получено", "№ ", "Если мы поняли неверно, "
		switch {
		case terse:
			got, number, correct = "Получено", "", "Если мы ошиблись, ответьте."
		case a.SHA256 == "": // no letter: it came on paper or by telephone
			got = "Ваше обращение получено"
			has(a, "!SHA-256", "!Контрольная", "!письмо получено")
		}
		if a.DayOnly {
			got += " 23 ноября 2026 г. Зарег"
		} else {
			got += " 23 ноября 2026 г., 10:05. Зарег"
		}
		has(a, number+a.Number+": ", got, "!г..", correct,
			"Вопросы: "+a.Contact, "!удовлетвор", "!ИИН", "!цель")
		if a.RegisteredLater {
			has(a, "Зарегистрировано 25 ноября 2026 г.:")
		} else {
			has(a, "Зарегистрировано: "+number+a.Number, "!25 ноября")
		}
		for _, r := range a.Requests {
			has(a, number+r.Number+": "+r.What+". "+sentence(r.Will)+".")
			if r.Claim {
				consumer := "по 3 декабря 2026 г. включительно"
				if r.Dates[1].Passed {
					consumer = "3 декабря 2026 г. этот срок истёк"
				}
				has(a, "; если Вы обращаетесь как потребитель: "+consumer,
					"Регистрация не означает признания претензии.")
			}
			if r.Documents {
				has(a, "Срок: в течение 1 рабочего дня после получения подтверждающих документов.")
			}
			if len(a.Requests) == 1 && (r.Documents || r.PassedOn) {
				has(a, "!включительно")
			}
			if r.PassedOn {
				has(a, "Обращение передано ответственному лицу.", "!Закон")
			}
		}
	}
}

// Whatever acknowledge.dates leaves over reads as a sentence of its own.
func TestAcknowledgementDatesAlone(t *testing.T) {
	s := builtIn(t)
	base := sampleAcknowledgements(words(RU))[0].(Acknowledgement)
	for source, want := range map[string]string{
		"policy":   "Срок по Политике: 10 календарных дней, по 8 января 2027 г. включительно.",
		"law":      "Закон отводит 10 календарных дней, по 8 января 2027 г. включительно.",
		"consumer": "Срок, если Вы обращаетесь как потребитель: по 8 января 2027 г. включительно.",
	} {
		a := base
		a.Requests = []AckRequest{{Number: "LK-2026-000001", What: "x", Will: "y",
			Dates: []AckDate{{Source: source, Days: 10, Due: sampleToday}}}}
		l, err := s.Letter("acknowledgement", RU, &a)
		if err != nil {
			t.Fatal(err)
		}
		if body := strings.Join(strings.Fields(l.Body), " "); !strings.Contains(body, " Y. "+want+" Если") {
			t.Errorf("%s: want %q in:\n%s", source, want, l.Body)
		}
	}
}

// A letter released after a term has passed says so, and promises nothing by
// that term.
func TestAcknowledgementDatesPassed(t *testing.T) {
	s := builtIn(t)
	a := sampleAcknowledgements(words(RU))[0].(Acknowledgement)
	a.Requests = slices.Clone(a.Requests)
	for _, c := range []struct {
		passed []int
		want   string
	}{
		{[]int{1}, "по 8 января 2027 г. включительно. Закон отводит 15 рабочих дней, 14 декабря 2026 г. этот срок истёк."},
		{[]int{0, 1}, "Срок по Политике: 30 рабочих дней, 8 января 2027 г. истёк. Закон отводит 15 рабочих дней, 14 декабря 2026 г. этот срок истёк."},
	} {
		a.Requests[0].Dates = slices.Clone(a.Requests[0].Dates)
		a.Requests[0].Dates[0].Basis = ""
		for _, i := range c.passed {
			a.Requests[0].Dates[i].Passed = true
		}
		l, err := s.Letter("acknowledgement", RU, &a)
		if err != nil {
			t.Fatal(err)
		}
		if body := strings.Join(strings.Fields(l.Body), " "); !strings.Contains(body, c.want) || strings.Contains(body, "более раннему") {
			t.Errorf("want %q in:\n%s", c.want, l.Body)
		}
	}
}

func TestReminderSays(t *testing.T) {
	s := builtIn(t)
	l, err := s.Letter("reminder", RU, s.Sample(RU, "reminder"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Сроки обращений: просрочено 2, срочно 1, всего 5"; l.Subject != want {
		t.Errorf("subject %q, want %q", l.Subject, want)
	}
	body := strings.Join(strings.Fields(l.Body), " ")
	for _, want := range []string{
		"№ LK-2026-000098: досудебная претензия Просрочено на 1 рабочий день " +
			"Срок: по 6 января 2027 г. включительно (закон) Исполнитель: Айгуль Сапарова pometka show 2026-98 pometka answer 2026-98 --template done --text \"…\" №",
		"Просрочено на 2 рабочих дня Срок: по 5 января 2027 г. включительно (политика) Исполнитель не назначен pometka show 2026-117 pometka take 2026-117 №",
		"Сегодня последний день; цель пропущена 3 рабочих дня назад Срок: по 8 января 2027 г. включительно (политика)",
		"№ LK-2027-000004: актуализация персональных данных (новое) Осталось 3 рабочих дня Срок: по 13 января 2027 г. включительно (закон)",
		"№ LK-2027-000005 Нужно решить, что это за обращение Возможно: досудебная претензия, отзыв согласия на обработку персональных данных Цель пропущена 1 рабочий день назад",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in:\n%s", want, l.Body)
		}
	}
}

// A digest without a request to remind of says in its subject what it is about, and that
// there is nothing to remind of only where nothing else is to be done.
func TestDigestWithoutLines(t *testing.T) {
	set, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	day := sampleDay(2026, 11, 27)
	letters := []DigestLetter{{ID: "41", Number: sampleNumber, State: "-"}}
	moved := []DigestMove{{Number: sampleNumber, Old: day, New: day}, {Number: "LK-2026-000124", Old: day, New: day}}
	for _, c := range []struct {
		digest  Digest
		quiet   bool
		subject map[Lang]string
	}{
		{Digest{}, true, map[Lang]string{"ru": "Обращения на 27.11.2026: напоминать не о чем", "kk": "27.11.2026 күнгі өтініштер: еске салатын ештеңе жоқ", "en": "Requests on 2026-11-27: nothing to remind of"}},
		{Digest{NoCalendar: 2027}, true, map[Lang]string{"ru": "Обращения на 27.11.2026: нет календаря на 2027 год", "kk": "27.11.2026 күнгі өтініштер: 2027 жылдың күнтізбесі жоқ", "en": "Requests on 2026-11-27: no calendar of 2027"}},
		{Digest{NoCalendar: 2027, Moved: moved}, false, map[Lang]string{"ru": "Обращения на 27.11.2026: изменившихся сроков 2", "kk": "27.11.2026 күнгі өтініштер: өзгерген мерзім 2", "en": "Requests on 2026-11-27: due dates changed: 2"}},
		{Digest{NoCalendar: 2027, Letters: letters}, false, map[Lang]string{"ru": "Обращения на 27.11.2026: писем на решение 1", "kk": "27.11.2026 күнгі өтініштер: шешім күткен хат 1", "en": "Requests on 2026-11-27: letters to decide on: 1"}},
		{Digest{Letters: letters, Moved: moved}, false, map[Lang]string{"ru": "Обращения на 27.11.2026: писем на решение 1, изменившихся сроков 2", "kk": "27.11.2026 күнгі өтініштер: шешім күткен хат 1, өзгерген мерзім 2", "en": "Requests on 2026-11-27: letters to decide on: 1, due dates changed: 2"}},
	} {
		for lang, subject := range c.subject {
			c.digest.Operator, c.digest.Today = "I-License", day
			l, err := set.Letter("digest", lang, c.digest)
			if err != nil {
				t.Fatal(err)
			}
			quiet := map[Lang]string{"ru": "По Вашим обращениям напоминать не о чем.", "kk": "Сіздің өтініштеріңіз бойынша еске салатын ештеңе жоқ.", "en": "There is nothing to remind you of about your requests."}[lang]
			if l.Subject != subject || strings.Contains(l.Body, quiet) != c.quiet {
				t.Errorf("%+v in %s: %q, want %q\n%s", c.digest, lang, l.Subject, subject, l.Body)
			}
		}
	}
}
