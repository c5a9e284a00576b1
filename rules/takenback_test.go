package rules

import "testing"

// Letters that stand one by one become a word, initials and lists do not.
func TestClosedUp(t *testing.T) {
	for s, want := range map[string]string{
		"П Р Е Т Е Н З И Я":             "ПРЕТЕНЗИЯ",
		"О т з ы в  с о г л а с и я":    "Отзыв  согласия",
		"П-Р-Е-Т-Е-Н-З-И-Я по договору": "ПРЕТЕНЗИЯ по договору",
		"№ 5 У.Д.А.Л.И.Т.Е. меня":       "№ 5 УДАЛИТЕ. меня",
		"А. Б. Иванов":                  "",
		"пункты а, б, в, г, д, е":       "",
		"а б в г":                       "",
		"Претензия":                     "",
		"":                              "",
	} {
		got, ok := closedUp(s)
		if ok != (want != "") || ok && got != want {
			t.Errorf("closedUp(%q) = %q, %v, want %q", s, got, ok, want)
		}
	}
}

// A change of mind before a demand is its reason, behind it takes it back.
func TestChangeOfMind(t *testing.T) {
	p := BuiltIn()
	for text, want := range map[string]Verdict{
		"Передумала. Удалите мой аккаунт.":                                   Request,
		"Удалите мой аккаунт. Хотя нет, передумала.":                         Review,
		"По ошибке зарегистрировался, отзываю согласие на обработку данных.": Request,
		"По ошибке отправил вам отзыв согласия на обработку моих данных.":    Review,
		"Registered by mistake, please delete my account and all my data.":   Request,
		"I asked you to delete my data, but I have changed my mind.":         Review,
		"Ойымды өзгерттім. Деректерімді жойыңыз.":                            Request,
	} {
		if f := p.Classify(letterFrom("Re: Ваш заказ", text), p.Own()); f.Verdict != want {
			t.Errorf("%q: %s %v, want %s", text, f.Verdict, f.Reason, want)
		}
	}
}

// The answer to a notice of ours is no notice: the demand in it is answered.
func TestAnswerToANoticeIsNoNotice(t *testing.T) {
	p := BuiltIn()
	for subject, want := range map[string]Answer{
		"Re: Ваша заявка принята": AnswerSend,
		"Ваша заявка принята":     AnswerHold,
	} {
		f := letterFrom(subject, "Отзываю согласие на обработку персональных данных. Хван Э.")
		if got, reason := p.MayAnswer(f, p.Own(), TrustNone); got != want {
			t.Errorf("%s: %s %v, want %s", subject, got, reason, want)
		}
	}
}
