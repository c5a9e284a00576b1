package rules

import (
	"slices"
	"testing"
)

// What programs send without a sign in their header waits for a person, in
// whatever language they speak; what persons write of programs, leave, news and
// systems does not, nor what they write from such an address.
func TestHoldNotice(t *testing.T) {
	const mark = "Отзыв согласия на обработку персональных данных"
	p := BuiltIn()
	for _, c := range []struct {
		name, code, from, subject, text string
	}{
		{"ticket system", HoldNotice, "", "Re: " + mark, "Спасибо за обращение! Менеджер свяжется с Вами."},
		{"status of a demand", HoldNotice, "", "Статус заявки 17 изменён", "Статус вашей заявки «Актуализация персональных данных» изменён на «В работе»."},
		{"nobody reads it", HoldNotice, "", mark, "Документ поступил.\n\nИсполнитель: отдел кадров.\n\nОтвечать на это письмо не нужно."},
		{"footer of a program", HoldNotice, "", mark, "Документ принят.\n\nИсполнитель: Сапарова А.\n\nДанное сообщение сформировано автоматически."},
		{"newsletter without a field", HoldNotice, "", "Вебинар: " + mark, "Как подать его в 2027 году.\n\nЧтобы отписаться, перейдите по ссылке https://x.example/u"},
		{"newsletter that commands", HoldNotice, "news@shop.example", "Новости: " + mark, "Обновите свои данные в кабинете и отпишитесь, если хотите. Unsubscribe here."},
		{"monitoring", HoldNotice, "monitoring@firma.example", "[PROBLEM] " + mark, "Host mail01 is DOWN."},
		{"numbered scanner", HoldNotice, "scanner-2@firma.example", mark, "2 pages"},
		{"tracker", HoldNotice, "support@tracker.example", "[repo] " + mark, "@user commented.\n\nReply to this email directly or view it on GitHub."},
		{"German", HoldAbsence, "", "Automatische Antwort: " + mark, "Ich komme wieder."},
		{"German below a greeting", HoldNotice, "", "AW: " + mark, "Guten Tag,\n\nich bin bis 7. Dezember nicht im Büro."},
		{"Turkish", HoldNotice, "", "YNT: " + mark, "Merhaba, 7 Aralık'a kadar ofis dışındayım."},
		{"Chinese", HoldNotice, "", "回复: " + mark, "您好,我目前不在办公室,回来后会尽快回复。"},
		{"Chinese subject", HoldAbsence, "", "自动回复: " + mark, "谢谢"},
		{"not in the office", HoldAbsence, "", "Re: " + mark, "Меня нет в офисе до понедельника."},
		{"maternity", HoldAbsence, "", "Re: " + mark, "Hi, I'm on maternity leave."},
		{"receipt in French", HoldAbsence, "", "Lu : " + mark, "Ouvert mardi."},

		{"who got an automatic answer only", "", "", mark, "Приходит только автоответ, а ответа нет. Прошу прекратить обработку моих данных."},
		{"whom a link did not help", "", "", mark, "По ссылке «отписаться» ничего не происходит, прошу прекратить обработку моих данных."},
		{"a demand before thanks", "", "", mark, "Прошу удалить мои данные. Спасибо за обращение с этим письмом."},
		{"a person at news", "", "news@journal.example", mark, "Я, Асель Нурпеисова, отзываю согласие на обработку моих персональных данных."},
		{"a name with a system in it", "", "systemova@mail.example", mark, "Сапарова А."},
		{"thanks for a turn to oneself", "", "", mark, "Спасибо за обращение ко мне с предложениями, но я отзываю согласие."},
		{"whom nobody called", "", "", "Претензия", "Менеджер обещал, что специалист свяжется, никто не связался. Требую вернуть деньги."},
		{"who tried to leave", "", "", mark, "Чтобы отписаться, я уже трижды писала."},
		{"new address", "", "", "Актуализация персональных данных", "Новый адрес: Алматы, ул. Абая 5."},
		{"whose lawyer calls", "", "", "Претензия", "Приложена. Мой юрист свяжется с вами."},
	} {
		f := plainLetter()
		f.Subject, f.Text = c.subject, c.text
		if c.from != "" {
			f.From, f.ReturnPath = []Address{{Addr: c.from}}, &c.from
		}
		if _, r := p.MayAnswer(f, p.Own(), TrustNone); r.Code != c.code {
			t.Errorf("%s: %v, want %q", c.name, r, c.code)
		}
		if v := p.Classify(f, p.Own()); c.code == "" && v.Verdict != Request {
			t.Errorf("%s: %s %v", c.name, v.Verdict, v.Reason)
		}
	}
}

// No request of the collection is taken for a program's notice.
func TestHoldNoticeSparesPersons(t *testing.T) {
	p := BuiltIn()
	requests := 0
	for _, l := range readLetters(t) {
		if slices.Contains(l.labels, "N") || slices.Contains(l.labels, "R") {
			continue
		}
		requests++
		if _, r := p.MayAnswer(l.facts, p.Own(), TrustNone); r.Code == HoldNotice {
			t.Errorf("%v: %s", r, l.line)
		}
	}
	if requests < 500 {
		t.Errorf("only %d requests", requests)
	}
}

// Fields of programs, also of such as nobody has seen; one that says "no" is no
// sign.
func TestFieldsOfPrograms(t *testing.T) {
	p := BuiltIn()
	for _, c := range []struct{ field, value, code string }{
		{"x-away", "yes", NeverLoopField},
		{"x-out-of-office", "true", NeverLoopField},
		{"x-yandex-autoreply", "1", NeverLoopField},
		{"x-auto-generated", "rule 7", NeverLoopField},
		{"x-away", "no", ""},
		{"x-auto-response", "false", ""},
		{"x-mailer", "UniSender 3", HoldNotice},
		{"x-campaign-id", "17", HoldNotice},
		{"x-mailer", "Microsoft Outlook 16.0", ""},
		{"x-away-team", "blue", ""},
	} {
		f := plainLetter()
		f.Text = "Иванов И.И."
		f.Fields[c.field] = []string{c.value}
		if _, r := p.MayAnswer(f, p.Own(), TrustNone); r.Code != c.code {
			t.Errorf("%s: %s: %v, want %q", c.field, c.value, r, c.code)
		}
	}
}

// The beginnings of subjects are compared as normalise gives them.
func TestAutomaticSubjectsAreNormal(t *testing.T) {
	for _, s := range automaticSubjects {
		if n := normalise(s); n != s {
			t.Errorf("%q is met as %q", s, n)
		}
	}
}
